package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"cashier/ui/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

// gallery is a screen of every widget.
type gallery struct {
	kit  Kit
	list *List
	form *Form
	w, h int
}

func newGallery(kit Kit) *gallery {
	g := &gallery{kit: kit,
		list: NewList(kit, Column{Title: "Time"}, Column{Title: "Kind"}, Column{Title: "Amount", Right: true}, Column{Title: "State"}, Column{Title: "Reference", Flex: true}),
		form: NewForm(kit,
			Field{Name: "name", Label: "Courier", Hint: "as on the card", Value: "Budi Santoso"},
			Field{Name: "branch", Label: "Branch", Hint: "four digits", Value: "12", Check: func(v string) string {
				if len(v) != 4 {
					return "A branch has four digits."
				}
				return ""
			}},
			Field{Name: "mobile", Label: "Mobile", Hint: "08…"}),
	}
	var rows []Row
	for i, r := range []struct {
		amount string
		tone   Tone
		state  string
	}{{"Rp12.500", Good, "paid"}, {"Rp1.030.000", Wait, "waiting"}, {"Rp50.000", Unsure, "not sure yet"}, {"Rp7.000", Bad, "declined"}, {"Rp1.000", Good, "paid"}, {"Rp2.000", Good, "paid"}, {"Rp3.000", Good, "paid"}} {
		rows = append(rows, Row{ID: fmt.Sprint(i), Cells: []Cell{
			Text(fmt.Sprintf("15.04.%02d", 12+i)), Text("CPM"), Text(r.amount), Toned(r.tone, Sign(r.tone)+" "+r.state), Toned(Dim, fmt.Sprintf("Q26112015041%dK7M2RX4T9WZB", i))}})
	}
	g.list.SetRows(rows)
	return g
}

func (g *gallery) Init() tea.Cmd              { return nil }
func (g *gallery) Update(msg tea.Msg) tea.Cmd { return g.list.Update(msg) }
func (g *gallery) SetSize(w, h int)           { g.w, g.h = w, h; g.list.SetSize(w-3, 6); g.form.SetSize(w-3, 6) }
func (g *gallery) Title() string              { return "Gallery" }
func (g *gallery) Capturing() bool            { return g.list.Capturing() }
func (g *gallery) Bindings() []Binding {
	return append(g.list.Bindings(func(Row) tea.Cmd { return nil }, "shell.open"),
		Binding{Keys: []string{"b"}, Label: "shell.yes", Danger: true, Do: func() tea.Cmd { return nil }},
		Binding{Keys: []string{"x"}, Label: "shell.no", Disabled: func() string { return "no connection" }})
}

func (g *gallery) View() string {
	t := g.kit.Theme
	indent := func(s string) string { return "   " + strings.ReplaceAll(s, "\n", "\n   ") }
	left := g.list.View() + "\n\n" + g.form.View()
	right := g.kit.Pairs(40, Pair{"State", "✓ ACTIVE", Good}, Pair{"Reference", "C261120091103K7M2RX4T9WZBQQ and a long rest", Plain}) +
		"\n\n" + g.kit.Progress(40, 7*time.Second, time.Minute) + "\n" + t.Money("Rp12.500")
	if Wide(g.w, g.h) {
		return indent(Columns(g.w-3, 3, left, right))
	}
	return indent(left + "\n" + right)
}

func goldenStage(t *testing.T, o ThemeOptions, lang words.Lang) *stage {
	kit := Kit{Words: words.For(lang), Theme: NewTheme(o), Clock: SystemClock()}
	return newStage(t, newGallery(kit), func(op *Options) {
		kit.Clock = op.Kit.Clock
		op.Kit = kit
		op.Status = func() []Link {
			return []Link{{"PayCools", Good, "120 ms"}, {"CPM", Wait, "1.8 s"}, {"Paydia", Dim, ""}}
		}
	})
}

func TestGolden(t *testing.T) {
	ascii, full, sixteen := termenv.Ascii, termenv.TrueColor, termenv.ANSI
	small, large := tea.WindowSizeMsg{Width: 80, Height: 24}, tea.WindowSizeMsg{Width: 120, Height: 40}
	for _, c := range []struct {
		name  string
		theme ThemeOptions
		lang  words.Lang
		size  tea.WindowSizeMsg
		keys  []string
	}{
		{"80x24", ThemeOptions{Profile: &ascii}, words.English, small, nil},
		{"120x40", ThemeOptions{Profile: &ascii}, words.English, large, nil},
		{"dark", ThemeOptions{Profile: &full}, words.English, small, nil},
		{"light", ThemeOptions{Profile: &full, Light: true}, words.English, small, nil},
		{"sixteen", ThemeOptions{Profile: &sixteen}, words.English, small, nil},
		{"nocolor", ThemeOptions{Profile: &full, NoColor: true}, words.Indonesian, small, nil},
		{"help", ThemeOptions{Profile: &ascii}, words.Indonesian, small, []string{"?"}},
		{"palette", ThemeOptions{Profile: &ascii}, words.English, small, []string{":", "p", "a", "g"}},
		{"dialog", ThemeOptions{Profile: &ascii}, words.Indonesian, small, []string{"b"}},
		{"filter", ThemeOptions{Profile: &ascii}, words.English, small, []string{"j", "/", "p", "a", "i", "d"}},
		{"disabled", ThemeOptions{Profile: &ascii}, words.English, small, []string{"x"}},
		{"small", ThemeOptions{Profile: &full}, words.Indonesian, tea.WindowSizeMsg{Width: 60, Height: 10}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := goldenStage(t, c.theme, c.lang)
			s.send(c.size)
			s.press(c.keys...)
			golden(t, c.name, s.root.View())
		})
	}
}

// NO_COLOR and --no-color take the colours, never the signs and words.
func TestNoColor(t *testing.T) {
	full := termenv.TrueColor
	theme := NewTheme(ThemeOptions{Profile: &full, NoColor: true})
	if got := theme.Good("paid"); got != "✓ paid" {
		t.Errorf("the flag left %q", got)
	}
	t.Setenv("TERM", "xterm-256color")
	t.Setenv("COLORTERM", "truecolor")
	if got := NewTheme(ThemeOptions{}).Good("paid"); !strings.Contains(got, "\x1b[") {
		t.Errorf("no colour without NO_COLOR: %q", got)
	}
	t.Setenv("NO_COLOR", "1")
	if got := NewTheme(ThemeOptions{}).Bad("declined"); got != "✗ declined" {
		t.Errorf("NO_COLOR left %q", got)
	}
}

func TestKeyTable(t *testing.T) {
	golden(t, "keys", KeyTable(words.For(words.English), KeyGroup{"Everywhere", ShellKeys()},
		KeyGroup{"A list", NewList(Kit{Words: words.For(words.English), Theme: NewTheme(ThemeOptions{NoColor: true})}).Bindings(nil, "")}))
}

// golden compares with testdata/NAME.txt; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got = strings.ReplaceAll(got, "\x1b", "␛") + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}
