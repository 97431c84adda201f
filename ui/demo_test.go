package ui_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui"
	"cashier/ui/term"
	_ "cashier/ui/term/dark" // as in main.go
	"cashier/ui/words"
)

// demoEnv makes the test binary play the demo program in a terminal. Its value
// is the folder for crash files and for what the cleanup leaves behind.
const demoEnv = "CASHIER_UI_DEMO"

// patientEnv, when it is set, lets the demo take ten times as long for a
// scanner's pause: a busy machine delivers what was typed 2 ms apart with
// pauses of 40 ms. The times themselves are tested without a clock.
const patientEnv = "CASHIER_UI_DEMO_PATIENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(demoEnv); dir != "" {
		os.Exit(demo(dir))
	}
	os.Exit(m.Run())
}

// demo is main as the real program writes it.
func demo(dir string) int {
	guard := term.NewGuard(term.GuardOptions{
		Dir:     dir,
		Version: "demo",
		Redact:  func(s string) string { return strings.ReplaceAll(s, secret, "[secret]") },
	})
	guard.Cleanup("journal", func() error { return os.WriteFile(dir+"/closed", []byte("closed"), 0o600) })
	background, err := term.Choose("", os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	kit := ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{}), Clock: ui.SystemClock()}
	var scan ui.ScanTiming
	if os.Getenv(patientEnv) != "" {
		scan = ui.ScanTiming{Gap: 300 * time.Millisecond, Hold: 350 * time.Millisecond, Idle: 1200 * time.Millisecond}
	}
	err = ui.Run(context.Background(), ui.Options{
		Scan:       scan,
		Home:       func() ui.Screen { return &demoScreen{kit: kit} },
		Kit:        kit,
		Badge:      "SANDBOX",
		Who:        func() string { return "Courier 42 · branch 0123" },
		Guard:      guard,
		Background: background,
		OnFirstFrame: func() {
			_ = os.WriteFile(dir+"/first", nil, 0o600)
		},
	})
	if closed := guard.Close(); closed != nil {
		fmt.Fprintln(os.Stderr, closed)
	}
	if said := ui.Farewell(kit.Words, err); said != "" {
		fmt.Fprintln(os.Stderr, said)
	}
	if err != nil && !errors.As(err, new(*term.Crash)) {
		fmt.Fprintln(os.Stderr, err)
	}
	return term.ExitCode(err)
}

const secret = "s3cr3t-canary"

// demoScreen shows what reached it, and fails in every way there is.
type demoScreen struct {
	kit           ui.Kit
	width, height int
	log           []string
}

func (d *demoScreen) Init() tea.Cmd           { return nil }
func (d *demoScreen) Title() string           { return "" }
func (d *demoScreen) SetSize(w, h int)        { d.width, d.height = w, h }
func (d *demoScreen) say(text string) tea.Cmd { d.log = append(d.log, text); return nil }

func (d *demoScreen) View() string {
	light := "dark"
	if d.kit.Theme.IsLight() {
		light = "light"
	}
	lines := []string{"", fmt.Sprintf("   demo %dx%d %s", d.width, d.height, light), ""}
	for _, l := range d.log {
		lines = append(lines, "   "+l)
	}
	return strings.Join(lines, "\n")
}

func (d *demoScreen) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.KeyMsg:
		return d.say("key " + m.String())
	case ui.Resumed:
		return d.say("resumed")
	}
	return nil
}

func (d *demoScreen) Bindings() []ui.Binding {
	fail := func(do func()) func() tea.Cmd {
		return func() tea.Cmd { do(); return nil }
	}
	return []ui.Binding{
		{Keys: []string{"a"}, Label: "shell.open", Do: func() tea.Cmd { return d.say("hot-key a") }},
		{Keys: []string{"enter"}, Label: "shell.choose", Do: func() tea.Cmd { return d.say("hot-key enter") }},
		{Keys: []string{"s"}, Label: "shell.choose", Do: func() tea.Cmd { return ui.Push(&scanScreen{demoScreen{kit: d.kit}}) }},
		{Keys: []string{"f"}, Label: "shell.choose", Do: func() tea.Cmd { return ui.Push(newFormScreen(d.kit)) }},
		{Keys: []string{"d"}, Label: "shell.yes", Danger: true, Do: func() tea.Cmd { return d.say("money moved") }},
		{Keys: []string{"t"}, Label: "shell.next-field", Do: func() tea.Cmd { return ui.Ask(d.why()) }},
		{Keys: []string{"x"}, Label: "shell.last", Disabled: func() string { return "the link is down" }},
		{Keys: []string{"1"}, Label: "shell.up", Hidden: true, Do: fail(func() { panic("update " + secret) })},
		{Keys: []string{"2"}, Label: "shell.up", Hidden: true, Do: func() tea.Cmd {
			return tea.Sequence(tea.Batch(func() tea.Msg { panic("command " + secret) }, nil))
		}},
		{Keys: []string{"3"}, Label: "shell.up", Hidden: true, Do: fail(func() { term.Go(func() { panic("goroutine " + secret) }) })},
	}
}

// why is a question for a text.
func (d *demoScreen) why() ui.Dialog {
	return ui.Dialog{Title: "Why?", Field: &ui.Field{Name: "why", Label: "Reason"}, Choices: []ui.Choice{
		{Label: "Keep"},
		{Label: "Go on", DoText: func(v string) tea.Cmd { return d.say("because " + v) }},
	}}
}

// scanScreen wants codes.
type scanScreen struct{ demoScreen }

func (s *scanScreen) Title() string            { return "Scan" }
func (s *scanScreen) Scan(text string) tea.Cmd { return s.say(fmt.Sprintf("scan %q", text)) }

// formScreen has text inputs.
type formScreen struct {
	demoScreen
	form *ui.Form
}

func newFormScreen(kit ui.Kit) *formScreen {
	return &formScreen{demoScreen{kit: kit}, ui.NewForm(kit,
		ui.Field{Name: "name", Label: "Name", Hint: "as on the card", Limit: 30},
		ui.Field{Name: "branch", Label: "Branch", Hint: "four digits", Limit: 10, Check: func(v string) string {
			if len(v) != 4 {
				return "needs four digits"
			}
			return ""
		}})}
}

func (f *formScreen) Title() string   { return "Form" }
func (f *formScreen) Capturing() bool { return true }
func (f *formScreen) SetSize(w, h int) {
	f.demoScreen.SetSize(w, h)
	f.form.SetSize(w-6, h)
}
func (f *formScreen) View() string { return f.form.View() + "\n" + f.demoScreen.View() }
func (f *formScreen) Update(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.KeyMsg); ok {
		return f.form.Update(msg)
	}
	return nil
}
func (f *formScreen) Bindings() []ui.Binding {
	return f.form.Bindings(func() tea.Cmd { return f.say("sent " + f.form.Value("name") + " " + f.form.Value("branch")) }, "shell.yes")
}
