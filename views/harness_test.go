package views

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/words"
)

// start is when every test begins: 20 Nov 2026, 15.02.43 in Jakarta.
var start = time.Date(2026, 11, 20, 15, 2, 43, 0, api.Jakarta)

// bubbleClock is the synthetic time of testing/synctest, moved to start.
type bubbleClock struct{ offset time.Duration }

func newBubbleClock() bubbleClock                          { return bubbleClock{time.Until(start)} }
func (c bubbleClock) Now() time.Time                       { return time.Now().Add(c.offset) }
func (bubbleClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// options of one run of the program.
type options struct {
	lang          words.Lang
	width, height int
	profile       termenv.Profile
	deps          func(*Deps)
	world         func(*world)
}

// program is the real root model with the screens, driven by messages in
// synthetic time; commands run in goroutines as Bubble Tea runs them.
type program struct {
	t     *testing.T
	root  *ui.Root
	msgs  chan tea.Msg
	clock bubbleClock
	world *world
	quit  bool

	running int      // commands that have not brought their message yet
	film    []string // every view, where a test wants them
	filming bool
}

// run plays a test in a bubble of synthetic time.
func run(t *testing.T, o options, play func(*program)) {
	t.Helper()
	if o.width == 0 {
		o.width, o.height = 80, 24
	}
	if o.lang == "" {
		o.lang = words.English
	}
	switch o.profile {
	case 0:
		o.profile = termenv.Ascii
	case profileTrueColor:
		o.profile = termenv.TrueColor
	}
	synctest.Test(t, func(t *testing.T) {
		p := &program{t: t, msgs: make(chan tea.Msg, 1000), clock: newBubbleClock()}
		p.world = newWorld(p.clock)
		if o.world != nil {
			o.world(p.world)
		}
		deps := p.world.deps()
		if o.deps != nil {
			o.deps(&deps)
		}
		kit := ui.Kit{Words: words.For(o.lang), Theme: ui.NewTheme(ui.ThemeOptions{Profile: &o.profile}), Clock: p.clock}
		p.root = ui.NewRoot(ui.Options{
			Home: func() ui.Screen { return Home(kit, deps) }, Kit: kit, Badge: "SANDBOX",
			Who:    func() string { return "Courier 42 · branch 0123" },
			Status: func() []ui.Link { return []ui.Link{{Name: "PayCools", Tone: ui.Good, Note: "120 ms"}} },
		})
		defer p.drain()
		p.spawn(p.root.Init())
		p.send(tea.WindowSizeMsg{Width: o.width, Height: o.height})
		play(p)
	})
}

func (p *program) spawn(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	p.running++
	go func() { p.msgs <- cmd() }()
}

// drain ends the program: nothing is handled any more, and every command that
// still runs comes to its end.
func (p *program) drain() {
	p.world.close()
	for ; p.running > 0; p.running-- {
		<-p.msgs
	}
}

var cmdSlice = reflect.TypeFor[[]tea.Cmd]()

func (p *program) handle(msg tea.Msg) {
	if msg == nil {
		return
	}
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.CanConvert(cmdSlice) {
		cmds := v.Convert(cmdSlice).Interface().([]tea.Cmd)
		if _, ok := msg.(tea.BatchMsg); ok {
			for _, cmd := range cmds {
				p.spawn(cmd)
			}
			return
		}
		cmds = slices.DeleteFunc(slices.Clone(cmds), func(c tea.Cmd) bool { return c == nil })
		p.running += len(cmds)
		go func() { // a sequence
			for _, cmd := range cmds {
				p.msgs <- cmd()
			}
		}()
		return
	}
	if _, ok := msg.(tea.QuitMsg); ok {
		p.quit = true
		return
	}
	_, cmd := p.root.Update(msg)
	p.spawn(cmd)
	if p.filming {
		p.film = append(p.film, p.root.View())
	}
}

// settle lets everything run that can run without time going by.
func (p *program) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-p.msgs:
			p.running--
			p.handle(msg)
		default:
			return
		}
	}
}

func (p *program) send(msg tea.Msg) {
	p.handle(msg)
	p.settle()
}

// pass lets time go by.
func (p *program) pass(d time.Duration) {
	end := time.After(d)
	for {
		select {
		case msg := <-p.msgs:
			p.running--
			p.handle(msg)
		case <-end:
			p.settle()
			return
		}
	}
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"right": tea.KeyRight, "left": tea.KeyLeft, "shift+tab": tea.KeyShiftTab, "end": tea.KeyEnd, "pgdown": tea.KeyPgDown,
	"ctrl+o": tea.KeyCtrlO, "backspace": tea.KeyBackspace, "ctrl+s": tea.KeyCtrlS, "ctrl+u": tea.KeyCtrlU, "ctrl+k": tea.KeyCtrlK, "ctrl+p": tea.KeyCtrlP, "ctrl+r": tea.KeyCtrlR, "ctrl+x": tea.KeyCtrlX, "ctrl+c": tea.KeyCtrlC,
}

func keyMsg(name string) tea.KeyMsg {
	if k, ok := named[name]; ok {
		return tea.KeyMsg{Type: k}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// press types keys as fingers do, a tenth of a second apart.
func (p *program) press(keys ...string) {
	for _, k := range keys {
		p.send(keyMsg(k))
		p.pass(100 * time.Millisecond)
	}
}

// write types a text into a form.
func (p *program) write(text string) {
	for _, r := range text {
		p.press(string(r))
	}
}

// burst sends keys without any time between them, as a scanner or a paste
// without brackets does.
func (p *program) burst(keys ...string) {
	for _, k := range keys {
		p.handle(keyMsg(k))
	}
	p.settle()
}

// answer waits until a dialog takes keys and presses one.
func (p *program) answer(key string) {
	p.pass(500 * time.Millisecond)
	p.press(key)
}

func (p *program) view() string { return p.root.View() }

// text is the screen without colours.
func (p *program) text() string { return plain(p.view()) }

func plain(view string) string {
	lines := strings.Split(ansi.Strip(view), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func (p *program) want(texts ...string) {
	p.t.Helper()
	screen := p.text()
	flat := strings.Join(strings.Fields(screen), " ")
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			p.t.Fatalf("the screen has no %q:\n%s", text, screen)
		}
	}
}

func (p *program) wantNot(texts ...string) {
	p.t.Helper()
	flat := strings.Join(strings.Fields(p.text()), " ")
	for _, text := range texts {
		if strings.Contains(flat, text) {
			p.t.Fatalf("the screen has %q:\n%s", text, p.text())
		}
	}
}

// wantFits proves that nothing was cut: every line fits, and there are exactly
// as many as the window has.
func (p *program) wantFits(width, height int) {
	p.t.Helper()
	lines := strings.Split(p.view(), "\n")
	if len(lines) != height {
		p.t.Errorf("%d lines, the window has %d", len(lines), height)
	}
	for _, l := range lines {
		if w := ansi.StringWidth(l); w > width {
			p.t.Errorf("a line of %d columns in a window of %d: %q", w, width, ansi.Strip(l))
		}
	}
}
