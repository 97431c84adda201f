package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"cashier/ui/words"
)

// stillClock stands until it is moved; its timers never fire: tests send their
// messages themselves.
type stillClock struct{ now time.Time }

func (c *stillClock) Now() time.Time                       { return c.now }
func (c *stillClock) After(time.Duration) <-chan time.Time { return nil }

// page is a screen of the tests.
type page struct {
	title     string
	bindings  []Binding
	got       []tea.Msg
	init      tea.Cmd
	body      string
	capturing bool
	alone     bool
	veto      string
	left      bool
	w, h      int
}

func (p *page) Init() tea.Cmd              { return p.init }
func (p *page) Update(msg tea.Msg) tea.Cmd { p.got = append(p.got, msg); return nil }
func (p *page) View() string               { return p.body }
func (p *page) SetSize(w, h int)           { p.w, p.h = w, h }
func (p *page) Title() string              { return p.title }
func (p *page) Bindings() []Binding        { return p.bindings }
func (p *page) Capturing() bool            { return p.capturing }
func (p *page) Chromeless() bool           { return p.alone }
func (p *page) OnLeave() string            { return p.veto }
func (p *page) Leave()                     { p.left = true }

// scanPage takes codes.
type scanPage struct {
	page
	scans []string
}

func (p *scanPage) Scan(text string) tea.Cmd { p.scans = append(p.scans, text); return nil }

// stage is a root with a clock that stands.
type stage struct {
	t     *testing.T
	root  *Root
	clock *stillClock
}

func newStage(t *testing.T, home Screen, change ...func(*Options)) *stage {
	t.Helper()
	clock := &stillClock{time.Date(2026, 11, 20, 9, 14, 0, 0, time.UTC)}
	ascii := termenv.Ascii
	o := Options{
		Home:  func() Screen { return home },
		Kit:   Kit{Words: words.For(words.English), Theme: NewTheme(ThemeOptions{Profile: &ascii}), Clock: clock},
		Badge: "SANDBOX",
		Who:   func() string { return "Courier 42  · branch 0123" },
	}
	for _, f := range change {
		f(&o)
	}
	s := &stage{t, NewRoot(o), clock}
	s.root.Init()
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return s
}

func (s *stage) send(msg tea.Msg) tea.Cmd { _, cmd := s.root.Update(msg); return cmd }

// press types keys as a person does and lets the gate's timer come.
func (s *stage) press(keys ...string) tea.Cmd {
	var last tea.Cmd
	for _, k := range keys {
		s.clock.now = s.clock.now.Add(100 * time.Millisecond)
		last = s.send(typedKey(k))
		if s.root.gate.busy() {
			s.clock.now = s.root.gate.deadline
			last = s.send(gateTick{})
		}
	}
	return last
}

func (s *stage) quiet() {
	s.clock.now = s.clock.now.Add(quietTime)
	s.send(dialogTick{})
}

func (s *stage) shows(text string) {
	s.t.Helper()
	if !strings.Contains(s.root.View(), text) {
		s.t.Errorf("the screen does not show %q:\n%s", text, s.root.View())
	}
}

func (s *stage) hides(text string) {
	s.t.Helper()
	if strings.Contains(s.root.View(), text) {
		s.t.Errorf("the screen shows %q:\n%s", text, s.root.View())
	}
}

func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch m := cmd().(type) {
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		for _, c := range m {
			if quits(c) {
				return true
			}
		}
	}
	return false
}

func TestDialogTakesNoKeyBeforeQuiet(t *testing.T) {
	moved := 0
	home := &page{}
	s := newStage(t, home)
	s.send(addressed{1, askMsg{Dialog{Title: "Refund?", Choices: []Choice{
		{Key: "n", Label: "No"},
		{Key: "y", Label: "Yes", Danger: true, Do: func() tea.Cmd { moved++; return nil }},
	}}}})
	for range 20 { // somebody who keeps typing never gets through
		s.clock.now = s.clock.now.Add(quietTime - time.Millisecond)
		s.send(dialogTick{})
		s.send(typedKey("y"))
		s.send(typedKey("CR"))
		s.send(tea.KeyMsg{Type: tea.KeyRight})
		s.send(gateTick{})
	}
	s.shows("one moment")
	if moved != 0 || s.root.dialog().cursor != 0 {
		t.Fatalf("keys came through: moved %d, cursor %d", moved, s.root.dialog().cursor)
	}
	s.quiet()
	s.shows("choose   Enter do it")
	s.press("y")
	if moved != 1 || s.root.dialog() != nil {
		t.Errorf("after the quiet: moved %d, dialog %v", moved, s.root.dialog())
	}
}

func TestDialogByArrowsAndEnter(t *testing.T) {
	var chosen string
	ask := Dialog{Title: "?", Choices: []Choice{
		{Label: "No", Do: func() tea.Cmd { chosen = "no"; return nil }},
		{Label: "Yes", Do: func() tea.Cmd { chosen = "yes"; return nil }},
	}}
	right := tea.KeyMsg{Type: tea.KeyRight}
	for want, keys := range map[string][]tea.KeyMsg{
		"no": {typedKey("CR")}, "yes": {right, right, typedKey("CR")}, "": {right, typedKey("ESC")},
	} {
		chosen = ""
		s := newStage(t, &page{})
		s.send(askMsg{ask})
		s.quiet()
		for _, k := range keys {
			s.clock.now = s.clock.now.Add(100 * time.Millisecond)
			s.send(k)
			if s.root.gate.busy() {
				s.clock.now = s.root.gate.deadline
				s.send(gateTick{})
			}
		}
		if chosen != want || s.root.dialog() != nil {
			t.Errorf("%v chose %q, want %q", keys, chosen, want)
		}
	}
}

func TestDialogsQueueAndEachHasItsQuiet(t *testing.T) {
	s := newStage(t, &page{})
	s.send(askMsg{Dialog{Title: "first"}})
	s.send(askMsg{Dialog{Title: "second"}})
	s.quiet()
	s.shows("first")
	s.press("CR")
	s.shows("second")
	s.press("CR")
	s.shows("second")
	s.quiet()
	s.press("CR")
	s.hides("second")
}

func TestDialogWithField(t *testing.T) {
	reason := ""
	s := newStage(t, &page{})
	s.send(askMsg{Dialog{
		Title: "Cancel?",
		Field: &Field{Name: "why", Label: "Reason", Check: func(v string) string {
			if v == "" {
				return "say why"
			}
			return ""
		}},
		Choices: []Choice{{Label: "Keep"}, {Label: "Cancel it", DoText: func(v string) tea.Cmd { reason = v; return nil }}},
	}})
	s.quiet()
	s.press("TAB", "CR")
	s.shows("say why")
	s.press("n", "o", "CR")
	if reason != "no" {
		t.Errorf("the reason is %q", reason)
	}
}

func TestDangerAlwaysAsks(t *testing.T) {
	moved := 0
	b := Binding{Keys: []string{"b"}, Label: "shell.yes", Danger: true, Do: func() tea.Cmd { moved++; return nil }}
	s := newStage(t, &page{bindings: []Binding{b}})
	s.press("b")
	s.shows("Really Yes?")
	s.quiet()
	s.press("CR") // the cursor stands on No
	s.hides("Really")
	if moved != 0 {
		t.Fatal("Enter on the safe choice moved money")
	}
	s.press("b")
	s.quiet()
	s.press("y")
	if moved != 1 {
		t.Errorf("moved %d times", moved)
	}
	s.press(":", "Y", "e", "s", "CR") // by the palette it asks as well
	s.shows("Really Yes?")
	if moved != 1 {
		t.Errorf("the palette moved money")
	}
}

func TestDisabledKeySaysWhy(t *testing.T) {
	done := false
	s := newStage(t, &page{bindings: []Binding{{Keys: []string{"r"}, Label: "shell.open",
		Disabled: func() string { return "no connection" }, Do: func() tea.Cmd { done = true; return nil }}}})
	s.press("r")
	s.shows("open: no connection")
	if done {
		t.Error("it was done all the same")
	}
}

func TestCapturingTurnsLettersOff(t *testing.T) {
	fired := ""
	note := func(s string) func() tea.Cmd { return func() tea.Cmd { fired += s; return nil } }
	home := &page{capturing: true, bindings: []Binding{
		{Keys: []string{"r"}, Label: "shell.open", Do: note("r")},
		{Keys: []string{"ctrl+s", "enter"}, Label: "shell.open", Do: note("s")},
	}}
	s := newStage(t, home)
	s.press("r", "q", "?", ":", "CR")
	if fired != "s" {
		t.Errorf("fired %q, want s", fired)
	}
	if len(home.got) != 4 {
		t.Errorf("the screen got %v", home.got)
	}
}

func TestScanNeverFiresAKey(t *testing.T) {
	fired := ""
	home := &page{bindings: []Binding{{Keys: []string{"a", "1", "enter"}, Label: "shell.open", Do: func() tea.Cmd { fired += "!"; return nil }}}}
	s := newStage(t, home)
	s.send(typedKey("a1"))
	s.send(typedKey("a"))
	s.send(typedKey("1"))
	s.send(typedKey("CR"))
	s.shows("Scanned, but nothing here takes a code.")
	s.press("PASTE:a1a1")
	s.shows("Pasted, but nothing here takes a text.")
	if fired != "" || len(home.got) != 0 {
		t.Errorf("fired %q, got %v", fired, home.got)
	}
}

func TestScanReachesItsScreen(t *testing.T) {
	home := &scanPage{}
	s := newStage(t, home)
	s.send(typedKey("hQVDUFY"))
	s.send(typedKey("CR"))
	s.press("PASTE:pasted")
	if got := strings.Join(home.scans, " "); got != "hQVDUFY pasted" {
		t.Errorf("scans %q", got)
	}
	s.press("?")
	s.send(typedKey("abcd"))
	s.send(typedKey("CR"))
	s.shows("nothing here takes a code")
	if len(home.scans) != 2 {
		t.Error("a scan went through the help")
	}
}

// STX and ETX frame the codes of some scanners; ETX is Ctrl+C.
func TestScannersETXDoesNotQuit(t *testing.T) {
	home := &scanPage{}
	s := newStage(t, home)
	s.send(typedKey("hQVDUFY"))
	if quits(s.send(tea.KeyMsg{Type: tea.KeyCtrlC})) {
		t.Error("ETX ended the program")
	}
	if len(home.scans) != 1 {
		t.Errorf("scans %q", home.scans)
	}
	s.clock.now = s.clock.now.Add(time.Second)
	if !quits(s.send(tea.KeyMsg{Type: tea.KeyCtrlC})) {
		t.Error("Ctrl+C did not end the program")
	}
}

func TestAnswersComeBackToTheirScreen(t *testing.T) {
	type news string
	first, second := &page{}, &page{title: "Second"}
	s := newStage(t, first)
	s.send(addressed{1, pushMsg{second}})
	s.send(addressed{1, news("for the first")})
	s.send(addressed{2, news("for the second")})
	s.send(feedMsg{news("for all")})
	if len(first.got) != 2 || len(second.got) != 2 {
		t.Fatalf("first got %v, second %v", first.got, second.got)
	}
	s.press("ESC")
	if !second.left {
		t.Error("the second screen was not told to leave")
	}
	s.send(addressed{2, news("too late")})
	s.send(addressed{2, pushMsg{&page{title: "Ghost"}}})
	if len(second.got) != 2 {
		t.Error("a screen that has gone got a message")
	}
	s.hides("Ghost")
	if _, ok := first.got[len(first.got)-1].(Shown); !ok {
		t.Errorf("the first screen was not told that it is shown: %v", first.got)
	}
}

func TestTaskDropsStaleAnswers(t *testing.T) {
	type news string
	home := &page{}
	s := newStage(t, home)
	var task Task
	var ctxs []context.Context
	start := func(n news) tea.Cmd {
		return task.Start(func(ctx context.Context) tea.Msg { ctxs = append(ctxs, ctx); return n })
	}
	one, two := start("one"), start("two")
	if !task.Running() {
		t.Error("a started task does not run")
	}
	s.send(addressed{1, two()})
	s.send(addressed{1, one()})
	if len(home.got) != 1 || home.got[0] != news("two") {
		t.Errorf("got %v, want two alone", home.got)
	}
	if task.Running() {
		t.Error("an answered task still runs")
	}
	if ctxs[1].Err() == nil {
		t.Error("the older start was not cancelled")
	}
	three := start("three")
	task.Cancel()
	s.send(addressed{1, three()})
	if len(home.got) != 1 {
		t.Errorf("a cancelled task answered: %v", home.got)
	}
}

func TestResumedAfterTheClockJumps(t *testing.T) {
	home := &page{}
	s := newStage(t, home)
	count := func() (beats, resumed int) {
		for _, m := range home.got {
			switch m.(type) {
			case Beat:
				beats++
			case Resumed:
				resumed++
			}
		}
		return
	}
	for range 3 {
		s.clock.now = s.clock.now.Add(time.Second)
		s.send(beatTick{})
	}
	if b, r := count(); b != 3 || r != 0 {
		t.Fatalf("%d beats, %d resumed", b, r)
	}
	s.clock.now = s.clock.now.Add(time.Hour)
	s.send(beatTick{})
	s.clock.now = s.clock.now.Add(-time.Hour)
	s.send(beatTick{})
	s.send(resumedMsg{})
	if _, r := count(); r != 3 {
		t.Errorf("%d resumed, want 3", r)
	}
}

func TestVeto(t *testing.T) {
	home := &page{}
	s := newStage(t, home)
	busy := &page{title: "Busy", veto: "A payment is under way."}
	s.send(pushMsg{busy})
	s.press("ESC")
	s.shows("A payment is under way.")
	ctrlC := tea.KeyMsg{Type: tea.KeyCtrlC}
	if quits(s.send(ctrlC)) {
		t.Error("the first Ctrl+C left")
	}
	s.shows("Press Ctrl+C again")
	s.clock.now = s.clock.now.Add(time.Second)
	if !quits(s.send(ctrlC)) {
		t.Error("the second Ctrl+C did not leave")
	}
}

func TestChromelessHasTheWindow(t *testing.T) {
	home := &page{body: "code"}
	s := newStage(t, home)
	if home.w != 80 || home.h != 20 {
		t.Errorf("body %dx%d", home.w, home.h)
	}
	home.alone = true
	s.send(Beat{})
	if home.h != 24 {
		t.Errorf("alone %dx%d", home.w, home.h)
	}
	s.hides("cashier")
	s.hides("─")
	if lines := strings.Split(s.root.View(), "\n"); len(lines) != 24 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestFrameNeverExceedsTheWindow(t *testing.T) {
	home := &page{title: strings.Repeat("long ", 40), body: strings.Repeat(strings.Repeat("wide ", 60)+"\n", 90)}
	s := newStage(t, home, func(o *Options) {
		o.Who = func() string { return strings.Repeat("who ", 40) }
		o.Status = func() []Link { return []Link{{strings.Repeat("link ", 30), Good, "1 ms"}} }
	})
	for _, size := range [][2]int{{80, 24}, {81, 25}, {200, 60}, {120, 40}, {79, 24}, {1, 1}, {10, 3}, {500, 24}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, open := range []func(){
			func() {}, func() { s.root.openHelp() }, func() { s.root.openPalette() },
			func() { s.root.open(1, Dialog{Title: strings.Repeat("t", 99), Body: strings.Repeat("b ", 999)}) },
		} {
			open()
			lines := strings.Split(s.root.View(), "\n")
			if len(lines) > size[1] {
				t.Errorf("%v: %d lines", size, len(lines))
			}
			for _, l := range lines {
				if w := ansi.StringWidth(l); w > size[0] {
					t.Errorf("%v: a line is %d wide: %q", size, w, l)
				}
			}
		}
		s.root.dialogs = nil
		s.root.calm()
	}
}
