package term

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	xterm "github.com/charmbracelet/x/term"
)

// GuardOptions say what a Guard may need in its worst moment.
type GuardOptions struct {
	// Dir is the folder of the crash files; it is made when needed (0700).
	Dir string
	// Redact takes secrets out of a crash file's text. Nil writes no text that
	// may hold one: the panic's value is left out.
	Redact func(string) string
	// Version stands in the crash file.
	Version string
	// Wait bounds each cleanup, and how long the program may take to end by
	// itself before the guard ends the process. 0 is three seconds.
	Wait time.Duration
	// Exit ends the process when nothing else did. Nil is os.Exit.
	Exit func(code int)
}

// Guard gives the terminal back and closes what must be closed, whatever ends
// the program: a return, a panic in Update, in a command or in a goroutine, or
// a signal.
type Guard struct {
	opt GuardOptions

	mu       sync.Mutex
	cleanups []*cleanup
	cause    error
	restore  func()
	stop     func()
	signals  func()

	closed   chan struct{}
	once     sync.Once
	closeErr error
}

type cleanup struct {
	name string
	run  func() error
}

// current is the guard that Go reports to.
var current atomic.Pointer[Guard]

// NewGuard makes the guard of the process, starts to listen to the signals
// that end it, and becomes the one that Go reports to.
func NewGuard(o GuardOptions) *Guard {
	if o.Wait == 0 {
		o.Wait = 3 * time.Second
	}
	if o.Exit == nil {
		o.Exit = os.Exit
	}
	g := &Guard{opt: o, closed: make(chan struct{})}
	g.signals = g.listen()
	current.Store(g)
	return g
}

// Cleanup registers what has to be closed before the process ends. The last
// one registered runs first; each runs once.
func (g *Guard) Cleanup(name string, f func() error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cleanups = append(g.cleanups, &cleanup{name, f})
}

// Hold remembers how the terminal is now and how to stop the program that is
// about to change it. stop must not block. The function it gives lets go.
func (g *Guard) Hold(in, out *os.File, stop func()) (release func()) {
	restore := remember(in, out)
	g.mu.Lock()
	g.restore, g.stop = restore, stop
	dead := g.cause != nil
	g.mu.Unlock()
	if dead {
		stop()
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.restore, g.stop = nil, nil
	}
}

// Restore gives the terminal back by the guard's own means: its settings, and
// the sequences that leave the alternate screen, bracketed paste and the mouse.
func (g *Guard) Restore() {
	g.mu.Lock()
	restore := g.restore
	g.mu.Unlock()
	if restore != nil {
		restore()
	}
}

// Cause is what ended the program before its time: a *Signal, a *Crash, or nil.
func (g *Guard) Cause() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cause
}

// end asks the program to stop because of cause. Only the first cause counts.
// When the program has not ended within the wait, the guard restores the
// terminal, runs the cleanups and ends the process itself.
func (g *Guard) end(cause error) {
	g.mu.Lock()
	if g.cause != nil {
		g.mu.Unlock()
		return
	}
	g.cause = cause
	stop := g.stop
	g.mu.Unlock()
	if stop != nil {
		stop()
	}
	go func() {
		timer := time.NewTimer(g.opt.Wait)
		defer timer.Stop()
		select {
		case <-g.closed:
		case <-timer.C:
			g.Restore()
			_ = g.Close()
			g.opt.Exit(ExitCode(cause))
		}
	}()
}

// Close runs the cleanups, each for at most the wait, and stops listening to
// signals. It gives what they answered, and an error for each that did not end
// in time. Later calls wait for the first and give the same.
func (g *Guard) Close() error {
	g.once.Do(func() {
		g.closeErr = g.clean()
		g.signals()
		current.CompareAndSwap(g, nil)
		close(g.closed)
	})
	return g.closeErr
}

func (g *Guard) clean() error {
	var errs []error
	for {
		g.mu.Lock()
		if len(g.cleanups) == 0 {
			g.mu.Unlock()
			return errors.Join(errs...)
		}
		last := len(g.cleanups) - 1
		c := g.cleanups[last]
		g.cleanups = g.cleanups[:last]
		g.mu.Unlock()

		done := make(chan error, 1)
		go func() { done <- c.safely() }()
		timer := time.NewTimer(g.opt.Wait)
		select {
		case err := <-done:
			timer.Stop()
			if err != nil {
				errs = append(errs, fmt.Errorf("closing %s: %w", c.name, err))
			}
		case <-timer.C: // one that hangs takes no time from the others
			errs = append(errs, fmt.Errorf("closing %s: not done after %s", c.name, g.opt.Wait))
		}
	}
}

// safely runs one cleanup; a panic in it must not keep the others from running.
func (c *cleanup) safely() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in cleanup")
		}
	}()
	return c.run()
}

// remember takes down the terminal's settings and gives the function that puts
// them back.
func remember(in, out *os.File) func() {
	type saved struct {
		f     *os.File
		state *xterm.State
	}
	var states []saved
	for _, f := range []*os.File{in, out} {
		if f == nil || !xterm.IsTerminal(f.Fd()) {
			continue
		}
		if s, err := xterm.GetState(f.Fd()); err == nil {
			states = append(states, saved{f, s})
		}
	}
	return func() {
		if out != nil && xterm.IsTerminal(out.Fd()) {
			_, _ = out.WriteString(leave)
		}
		for _, s := range states {
			_ = xterm.Restore(s.f.Fd(), s.state)
		}
	}
}

// leave undoes everything a full-screen program may have switched on: mouse,
// focus reports, bracketed paste, hidden cursor, alternate screen, colours.
const leave = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m"
