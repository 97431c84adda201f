package ui

import (
	"maps"
	"runtime/debug"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/term"
	"cashier/ui/words"
)

// Messages of the root to itself.
type (
	gateTick       struct{} // the scan gate's deadline may have come
	dialogTick     struct{} // a dialog may have been quiet long enough
	beatTick       struct{} // a second has passed
	resumedMsg     struct{} // it was continued
	feedMsg        struct{ msg tea.Msg }
	backgroundMsg  struct{ background term.Background }
	backgroundSent struct{ at time.Time }
)

const (
	beatEvery = time.Second

	// sleptAfter is how far the wall clock may be off between two beats before
	// the computer is taken to have slept (or its clock to have been set).
	sleptAfter = 5 * time.Second

	noticeTime = 6 * time.Second

	// againTime is within which time a second Ctrl+C means it.
	againTime = 3 * time.Second
)

// Root is the program's model: the stack of screens and what lies around it.
type Root struct {
	opt    Options
	kit    Kit
	router router

	width, height int
	sized         map[int][2]int // what each screen was last told

	gate      gate
	gateTimer bool
	dialogs   []*dialogBox
	quietTick bool
	palette   *palette
	help      *help

	notice    Notice
	noticedAt time.Time
	leaveAt   time.Time // the last Ctrl+C
	beatAt    time.Time
	askedAt   time.Time // when the terminal was asked for its background

	clip  clipboards
	ask   func() error // asks the terminal for its background; nil: do not
	drawn atomic.Bool  // a whole frame was given to the renderer
	dead  bool
}

// NewRoot makes the model with the home screen on its stack. Run uses it;
// tests drive it with messages and look at View.
func NewRoot(o Options) *Root {
	if o.Kit.Clock == nil {
		o.Kit.Clock = SystemClock()
	}
	if o.Kit.Theme == nil {
		o.Kit.Theme = NewTheme(ThemeOptions{})
	}
	if o.Kit.Words == nil {
		o.Kit.Words = words.For(words.English)
	}
	if o.Background != term.Unknown {
		o.Kit.Theme.SetLight(o.Background == term.Light)
	}
	return &Root{opt: o, kit: o.Kit, sized: map[int][2]int{}, gate: gate{timing: o.Scan.withDefaults()}}
}

// Init starts the home screen and the beat.
func (r *Root) Init() (cmd tea.Cmd) {
	defer r.caught(&cmd)
	// Here and not in NewRoot: the renderer's first tick runs already, and
	// making the first screen costs none of it.
	r.router.push(r.opt.Home())
	r.beatAt = r.kit.Now()
	r.resize()
	home := r.router.top()
	cmds := []tea.Cmd{r.run(home.id, home.screen.Init()), r.after(beatEvery, beatTick{})}
	if r.ask != nil {
		cmds = append(cmds, func() tea.Msg {
			if r.ask() != nil {
				return nil
			}
			return backgroundSent{r.kit.Now()}
		})
	}
	return tea.Batch(cmds...)
}

// Update is Bubble Tea's; a panic in it ends the program through the guard.
func (r *Root) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	model = r
	if r.dead {
		return r, nil
	}
	defer r.caught(&cmd)
	cmd = r.update(msg)
	r.resize()
	return r, cmd
}

// View is Bubble Tea's.
func (r *Root) View() (frame string) {
	if r.dead || r.width == 0 {
		return ""
	}
	defer func() {
		if v := recover(); v != nil {
			r.crash(v)
			frame = ""
		}
	}()
	frame = r.frame()
	r.drawn.Store(true)
	return frame
}

func (r *Root) caught(cmd *tea.Cmd) {
	if v := recover(); v != nil {
		r.crash(v)
		*cmd = nil
	}
}

// crash hands a panic to the guard; without one (in tests) it goes on its way.
func (r *Root) crash(v any) {
	if r.opt.Guard == nil {
		panic(v)
	}
	r.dead = true
	r.opt.Guard.Crashed(v, debug.Stack())
}

func (r *Root) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = m.Width, m.Height
		return nil
	case tea.KeyMsg:
		return r.keyboard(m)
	case gateTick:
		r.gateTimer = false
		return tea.Batch(r.act(r.gate.expire(r.kit.Now())), r.armGate())
	case dialogTick:
		r.quietTick = false
		if d := r.dialog(); d != nil {
			d.settle(r.kit.Now())
		}
		return r.armDialog()
	case beatTick:
		return r.beat()
	case resumedMsg:
		r.beatAt = r.kit.Now()
		return tea.Batch(tea.ClearScreen, r.broadcast(Resumed{}))
	case backgroundSent:
		r.askedAt = m.at
		return nil
	case backgroundMsg:
		// An answer that took longer may only be kept from the keys: colours
		// that change under somebody's hands are worse than the wrong ones.
		if r.askedAt.IsZero() || r.kit.Now().Sub(r.askedAt) <= term.ProbeTime {
			r.kit.Theme.SetLight(m.background == term.Light)
		}
		return nil
	case feedMsg:
		return r.broadcast(m.msg)
	case addressed:
		if r.router.find(m.owner) < 0 {
			// The screen that asked has gone. What it said when it went is still
			// true: a batch gives Say and Pop in any order.
			if n, ok := m.msg.(Notice); ok {
				r.say(n)
			}
			return nil
		}
		return r.request(m.owner, m.msg)
	}
	return r.request(r.router.top().id, msg)
}

// request acts on what a screen asks of the shell and gives every other
// message to the screen.
func (r *Root) request(owner int, msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case pushMsg:
		return r.begin(r.router.push(m.screen))
	case replaceMsg:
		if e, ok := r.router.replace(owner, m.screen); ok {
			return r.begin(e)
		}
		return nil
	case popMsg:
		return r.shown(r.router.pop(owner))
	case homeMsg:
		return r.shown(r.router.home())
	case quitMsg:
		return tea.Quit
	case askMsg:
		return r.open(owner, m.dialog)
	case copyMsg:
		return r.run(owner, r.clip.copy(r.kit, m.text, m.what))
	case Notice:
		r.say(m)
		return nil
	case answer:
		inner, ok := m.accept()
		if !ok {
			return nil
		}
		if _, ok := commands(inner); ok {
			return r.run(owner, func() tea.Msg { return inner })
		}
		return r.request(owner, inner)
	}
	_, cmd := r.router.deliver(owner, msg)
	return r.run(owner, cmd)
}

// run guards a command and addresses its answer.
func (r *Root) run(owner int, cmd tea.Cmd) tea.Cmd { return guarded(r.opt.Guard, owner, cmd) }

// after is a timer of the root's own.
func (r *Root) after(d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		<-r.kit.Clock.After(d)
		return msg
	}
}

// begin starts a screen that was put on the stack.
func (r *Root) begin(e entry) tea.Cmd {
	r.calm()
	r.resize()
	return r.run(e.id, e.screen.Init())
}

// shown tells the screen that came on top.
func (r *Root) shown(changed bool) tea.Cmd {
	if !changed {
		return nil
	}
	r.calm()
	r.forget()
	r.resize()
	top := r.router.top()
	return r.run(top.id, top.screen.Update(Shown{}))
}

// calm forgets what belonged to the screen before: half a scan, overlays.
func (r *Root) calm() {
	r.gate.drop()
	r.palette, r.help = nil, nil
}

// broadcast gives a message to every screen on the stack.
func (r *Root) broadcast(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range append([]entry(nil), r.router.stack...) {
		_, cmd := r.router.deliver(e.id, msg)
		cmds = append(cmds, r.run(e.id, cmd))
	}
	return tea.Batch(cmds...)
}

// beat is the second's tick. A wall clock that has moved much more means that
// the computer slept: every timer is stale.
func (r *Root) beat() tea.Cmd {
	now := r.kit.Now()
	gap := now.Round(0).Sub(r.beatAt.Round(0)) // Round strips the monotonic clock, which stands still in sleep
	r.beatAt = now
	cmds := []tea.Cmd{r.after(beatEvery, beatTick{})}
	if gap > sleptAfter || gap < -sleptAfter {
		cmds = append(cmds, tea.ClearScreen, r.broadcast(Resumed{Gap: gap})) // a stop from outside spoils the screen, too
	}
	if r.notice.Text != "" && now.Sub(r.noticedAt) > noticeTime {
		r.notice = Notice{}
	}
	top := r.router.top()
	return tea.Batch(append(cmds, r.run(top.id, top.screen.Update(Beat{now})))...)
}

// say shows a notice.
func (r *Root) say(n Notice) { r.notice, r.noticedAt = n, r.kit.Now() }

// open shows a dialog, behind the ones that are already there.
func (r *Root) open(owner int, d Dialog) tea.Cmd {
	r.calm()
	r.dialogs = append(r.dialogs, newDialogBox(r.kit, owner, d))
	return r.armDialog()
}

// dialog is the one that is shown.
func (r *Root) dialog() *dialogBox {
	if len(r.dialogs) == 0 {
		return nil
	}
	return r.dialogs[0]
}

// closeDialog takes the shown one away; the next starts its own quiet time.
func (r *Root) closeDialog() tea.Cmd {
	r.gate.drop()
	r.dialogs = r.dialogs[1:]
	if d := r.dialog(); d != nil {
		d.quiet = r.kit.Now()
	}
	return r.armDialog()
}

// armDialog sees to it that the dialog's quiet time is looked at.
func (r *Root) armDialog() tea.Cmd {
	d := r.dialog()
	if d == nil || d.armed || r.quietTick {
		return nil
	}
	r.quietTick = true
	return r.after(max(quietTime-r.kit.Now().Sub(d.quiet), 0), dialogTick{})
}

// armGate sees to it that the gate's deadline is looked at.
func (r *Root) armGate() tea.Cmd {
	if !r.gate.busy() || r.gateTimer {
		return nil
	}
	r.gateTimer = true
	return r.after(max(r.gate.deadline.Sub(r.kit.Now()), 0), gateTick{})
}

// resize tells the top screen its room when it has changed. A window that is
// too small, or not yet known, counts as the smallest one: nothing is drawn in
// it, and no screen has to think of it.
func (r *Root) resize() {
	width, height := r.width, r.height
	if r.small() {
		width, height = MinWidth, MinHeight
	}
	top := r.router.top()
	size := [2]int{width, height - ChromeRows}
	if chromeless(top.screen) {
		size[1] = height
	}
	if r.sized[top.id] != size {
		r.sized[top.id] = size
		top.screen.SetSize(size[0], size[1])
	}
}

// forget drops the sizes of screens that have gone.
func (r *Root) forget() {
	maps.DeleteFunc(r.sized, func(id int, _ [2]int) bool { return r.router.find(id) < 0 })
}

// small reports whether the window is too small to draw in.
func (r *Root) small() bool { return r.width < MinWidth || r.height < MinHeight }

// close tells the screens that the program ends. A panic in one of them must
// not keep the others from cancelling.
func (r *Root) close() {
	defer func() {
		if v := recover(); v != nil && r.opt.Guard != nil {
			r.opt.Guard.Crashed(v, debug.Stack())
		}
	}()
	r.router.close()
}
