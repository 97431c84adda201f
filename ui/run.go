package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	xterm "github.com/charmbracelet/x/term"

	"cashier/ui/term"
	"cashier/ui/words"
)

// ErrNoTerminal says that standard input or output is no terminal; the screen
// was not touched.
var ErrNoTerminal = errors.New("no terminal")

// Options are what Run needs. Only Home must be there.
type Options struct {
	// Home makes the first screen; called once, before the first frame.
	Home func() Screen
	Kit  Kit
	// Badge stands beside the program's name, such as SANDBOX.
	Badge string
	// Who is the header's right side.
	Who func() string
	// Status is the links' health, in the footer of the home screen.
	Status func() []Link
	// Start runs in a goroutine of its own. What it sends reaches every screen
	// on the stack.
	Start func(send func(tea.Msg))
	// OnFirstFrame runs in a goroutine of its own when the first frame has been
	// written: for work that may not delay it.
	OnFirstFrame func()
	// Background: Unknown asks the terminal, without waiting.
	Background term.Background
	// Guard gives the terminal back; nil makes one that writes no crash file.
	Guard *term.Guard
	// Input and Output are the terminal; nil is standard input and output.
	Input, Output *os.File
	// Scan tells scanners and fingers apart; the zero value is right.
	Scan ScanTiming
}

// framesPerSecond: twice Bubble Tea's default halves the time from a key to
// its paint.
const framesPerSecond = 120

// Run shows the home screen and returns when the program is left: nil, a
// *term.Signal, a *term.Crash, the context's error, or ErrNoTerminal. The
// terminal has been given back; the guard's cleanups have not run yet (the
// caller closes the guard).
func Run(ctx context.Context, o Options) (err error) {
	if o.Input == nil {
		o.Input = os.Stdin
	}
	if o.Output == nil {
		o.Output = os.Stdout
	}
	if !xterm.IsTerminal(o.Input.Fd()) || !xterm.IsTerminal(o.Output.Fd()) {
		return ErrNoTerminal
	}
	if o.Guard == nil {
		o.Guard = term.NewGuard(term.GuardOptions{})
		defer o.Guard.Close()
	}
	root := NewRoot(o)
	out := &screenFile{File: o.Output, ready: root.drawn.Load}
	if o.OnFirstFrame != nil {
		out.first = func() { o.Guard.Go(o.OnFirstFrame) }
	}
	root.clip = systemClipboards(out)
	if w, h, err := xterm.GetSize(o.Output.Fd()); err == nil {
		root.width, root.height = w, h // the first frame need not wait to be told
	}

	var program *tea.Program
	answered := make(chan term.Background, 1)
	in := term.NewInput(o.Input, time.Now(), func(b term.Background) {
		select {
		case answered <- b:
		default:
		}
	})
	root.gate.waiting = in.Waiting
	if o.Background == term.Unknown && runtime.GOOS != "windows" {
		root.ask = func() error {
			_, err := io.WriteString(out, term.Query)
			return err
		}
	}
	program = tea.NewProgram(root,
		tea.WithContext(ctx),
		tea.WithInput(in),
		tea.WithOutput(out),
		tea.WithAltScreen(),
		tea.WithFPS(framesPerSecond),
		tea.WithoutSignalHandler(),
		tea.WithoutCatchPanics(),
	)
	defer o.Guard.Hold(o.Input, o.Output, program.Kill)()
	done := make(chan struct{})
	defer close(done)
	o.Guard.Go(func() {
		select {
		case b := <-answered:
			program.Send(backgroundMsg{b})
		case <-done:
		}
	})
	if o.Start != nil {
		o.Guard.Go(func() { o.Start(func(m tea.Msg) { program.Send(feedMsg{m}) }) })
	}

	defer func() {
		if v := recover(); v != nil { // in Bubble Tea itself, outside our Update
			o.Guard.Crashed(v, debug.Stack())
			o.Guard.Restore()
			err = o.Guard.Cause()
		}
	}()
	_, err = program.Run()
	root.close()
	switch cause := o.Guard.Cause(); {
	case cause != nil:
		return cause
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("the terminal failed: %w", err)
	}
	return nil
}

// Farewell is what to say on the plain terminal when Run ended with err; ""
// for an end that needs no words.
func Farewell(w *words.Catalogue, err error) string {
	var crash *term.Crash
	if !errors.As(err, &crash) {
		return ""
	}
	if crash.Path == "" {
		return w.T("shell.crashed") + "\n" + w.T("shell.crash-nofile")
	}
	return w.T("shell.crashed") + "\n" + w.T("shell.crash-file", "path", crash.Path)
}

// suspend stops the program as Ctrl+Z does in a shell: the terminal is given
// back before, and taken again when the shell brings us back.
func (r *Root) suspend() tea.Cmd {
	if !term.CanSuspend {
		return nil
	}
	return tea.Exec(stopped{}, func(error) tea.Msg { return resumedMsg{} })
}

// stopped is a "program" that Bubble Tea runs with the terminal given back:
// its own suspend waits for ever where no shell can continue us.
type stopped struct{}

func (stopped) Run() error          { term.Suspend(); return nil }
func (stopped) SetStdin(io.Reader)  {}
func (stopped) SetStdout(io.Writer) {}
func (stopped) SetStderr(io.Writer) {}
