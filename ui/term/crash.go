package term

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Crash is a panic that was caught.
type Crash struct {
	// Path is the crash file, "" when it could not be written.
	Path string
	// Err says why there is no file.
	Err error
}

// Error names the crash file.
func (c *Crash) Error() string {
	if c.Path == "" {
		return fmt.Sprintf("the program failed, and no crash file could be written: %v", c.Err)
	}
	return "the program failed; what is known of it is in " + c.Path
}

// Unwrap gives why there is no file.
func (c *Crash) Unwrap() error { return c.Err }

// ExitCode is the process's exit code for what Run or Cause gave: 0 without an
// error, 128 and the signal's number after a signal, 1 for everything else.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var s *Signal
	if errors.As(err, &s) {
		return s.ExitCode()
	}
	return 1
}

// Go runs f in a goroutine of its own. A panic in it ends the program as one in
// the event loop does: the terminal is given back and a crash file written.
func Go(f func()) {
	g := current.Load()
	go func() {
		if g != nil {
			defer g.Recover()
		}
		f()
	}()
}

// Go is the package's Go, reporting to g.
func (g *Guard) Go(f func()) {
	go func() {
		defer g.Recover()
		f()
	}()
}

// Recover is for a defer statement at the top of a goroutine. It turns a panic
// into the guard's cause.
func (g *Guard) Recover() {
	if r := recover(); r != nil {
		g.Crashed(r, debug.Stack())
	}
}

// Crashed reports a panic that somebody else has recovered, with its stack as
// debug.Stack gives it. Only the first panic is written down.
func (g *Guard) Crashed(value any, stack []byte) {
	if g.Cause() != nil {
		return
	}
	c := &Crash{}
	c.Path, c.Err = g.write(value, stack)
	g.end(c)
}

// write makes the crash file, 0600. It holds the version, the time, the panic
// and the stack without the values of arguments; the panic's value has passed
// the redactor.
func (g *Guard) write(value any, stack []byte) (string, error) {
	if g.opt.Dir == "" {
		return "", errors.New("no folder for crash files")
	}
	if err := os.MkdirAll(g.opt.Dir, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for crash files: %w", err)
	}
	now := time.Now()
	what := fmt.Sprintf("%T", value)
	if g.opt.Redact != nil {
		what = g.opt.Redact(fmt.Sprint(value))
	}
	text := fmt.Sprintf("cashier %s\n%s/%s %s\n%s\n\npanic: %s\n\n%s",
		g.opt.Version, runtime.GOOS, runtime.GOARCH, runtime.Version(),
		now.Format(time.RFC3339), what, bare(string(stack)))
	if g.opt.Redact != nil {
		text = g.opt.Redact(text)
	}
	f, err := os.CreateTemp(g.opt.Dir, now.Format("crash-20060102-150405-")+"*.txt")
	if err != nil {
		return "", fmt.Errorf("writing the crash file: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("writing the crash file: %w", err)
	}
	return filepath.Clean(f.Name()), nil
}

// bare takes the arguments out of a stack's calls. They are words of memory
// and no use to a reader, but a short string may be read from them, and a line
// "panic({…, …})" repeats the value.
func bare(stack string) string {
	lines := strings.Split(stack, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "\t") || !strings.HasSuffix(line, ")") {
			continue
		}
		if open := strings.LastIndexByte(line, '('); open > 0 {
			lines[i] = line[:open] + "(…)"
		}
	}
	return strings.Join(lines, "\n")
}
