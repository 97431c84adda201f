//go:build unix

package ptytest

import (
	"bytes"
	"encoding/json"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Silent is an AnswerAfter at which the terminal never answers.
const Silent = time.Duration(-1)

// Options say what runs, and in which terminal.
type Options struct {
	Cmd  string   // the program; "" is the test binary itself
	Args []string // without the program's name
	Env  []string // added to a small clean environment
	Dir  string
	// Cols and Rows are the window; 0 is 80x24.
	Cols, Rows int
	// Answer is after how long the terminal answers a query for its background
	// colour. 0 and Silent: never.
	Answer time.Duration
	// Light makes it answer white instead of black.
	Light bool
	// Patience bounds every wait; 0 is 20 s (a busy machine under -race).
	Patience time.Duration
}

// Terminal is a running program and the terminal it sees.
type Terminal struct {
	t        testing.TB
	patience time.Duration
	started  time.Time
	pty, tty *os.File
	shell    *exec.Cmd
	orders   *os.File
	before   unix.Termios

	mu       sync.Mutex
	emulator *vt.Emulator
	raw      bytes.Buffer
	changed  chan struct{} // closed and renewed at every change
	pid      int
	stops    int
	exited   bool
	code     int
	lastKey  time.Time
}

// Start runs the program. It is ended with the test.
func Start(t testing.TB, o Options) *Terminal {
	t.Helper()
	if o.Cols == 0 {
		o.Cols, o.Rows = 80, 24
	}
	if o.Patience == 0 {
		o.Patience = 20 * time.Second
	}
	self, err := os.Executable()
	must(t, err, "finding the test binary")
	if o.Cmd == "" {
		o.Cmd = self
	}
	p, tty, err := pty.Open()
	must(t, err, "opening a pseudo-terminal")
	must(t, pty.Setsize(p, &pty.Winsize{Cols: uint16(o.Cols), Rows: uint16(o.Rows)}), "sizing it")
	term := &Terminal{
		t: t, patience: o.Patience, pty: p, tty: tty,
		emulator: vt.NewEmulator(o.Cols, o.Rows), changed: make(chan struct{}),
	}
	term.before = term.Termios()
	term.answers(o)

	reports, reportsW, err := os.Pipe()
	must(t, err, "making a pipe")
	ordersR, orders, err := os.Pipe()
	must(t, err, "making a pipe")
	term.orders = orders
	job, err := json.Marshal(append([]string{o.Cmd}, o.Args...))
	must(t, err, "writing the job down")
	cmd := exec.Command(self)
	cmd.Dir = o.Dir
	cmd.Env = append(environment(t), o.Env...)
	cmd.Env = append(cmd.Env, shellEnv+"="+string(job))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.ExtraFiles = []*os.File{reportsW, ordersR}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	term.started = time.Now()
	must(t, cmd.Start(), "starting the shell")
	term.shell = cmd
	_ = reportsW.Close()
	_ = ordersR.Close()

	var all sync.WaitGroup
	all.Go(term.read)
	all.Go(func() { _, _ = io.Copy(io.Discard, term.emulator) }) // its own answers: a silent terminal gives none
	all.Go(func() { term.follow(reports) })
	t.Cleanup(func() {
		term.kill()
		_ = cmd.Wait()
		_ = tty.Close()
		_ = p.Close()
		_ = reports.Close()
		_ = orders.Close()
		_ = term.emulator.InputPipe().(io.Closer).Close()
		all.Wait()
		if t.Failed() {
			t.Logf("the screen at the end:\n%s", term.Screen())
		}
	})
	return term
}

// environment is what the program sees beside Options.Env: nothing of the
// person's who runs the tests.
func environment(t testing.TB) []string {
	home := t.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + os.TempDir(),
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_STATE_HOME=" + filepath.Join(home, "state"),
		"XDG_RUNTIME_DIR=" + filepath.Join(home, "run"),
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
		"GORACE=" + os.Getenv("GORACE"), // how a program built with the race detector ends
	}
}

// answers makes the terminal answer the query for its background colour, late
// if wanted.
func (term *Terminal) answers(o Options) {
	if o.Answer <= 0 {
		return
	}
	reply := "\x1b]11;rgb:0000/0000/0000\x1b\\"
	if o.Light {
		reply = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
	}
	term.emulator.RegisterOscHandler(11, func(data []byte) bool {
		if bytes.HasSuffix(data, []byte("?")) {
			time.AfterFunc(o.Answer, func() { _, _ = io.WriteString(term.pty, reply) })
		}
		return true
	})
}

// read takes what the program writes into the emulator.
func (term *Terminal) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := term.pty.Read(buf)
		if n > 0 {
			term.mu.Lock()
			term.raw.Write(buf[:n])
			_, _ = term.emulator.Write(buf[:n])
			term.announce()
			term.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// follow takes the shell's reports.
func (term *Terminal) follow(reports io.Reader) {
	dec := json.NewDecoder(reports)
	for {
		var r report
		err := dec.Decode(&r)
		term.mu.Lock()
		switch {
		case err != nil:
			if !term.exited {
				term.exited, term.code = true, -1
			}
		case r.Pid != 0:
			term.pid, term.started = r.Pid, time.Now()
		case r.Stopped:
			term.stops++
		case r.Exited:
			term.exited, term.code = true, r.Code
		}
		term.announce()
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// announce wakes the waiting; the lock is held.
func (term *Terminal) announce() {
	close(term.changed)
	term.changed = make(chan struct{})
}

// wait waits until done, which runs with the lock held; what names it in a
// failure.
func (term *Terminal) wait(what string, done func() bool) {
	term.t.Helper()
	patience := time.NewTimer(term.patience)
	defer patience.Stop()
	for {
		term.mu.Lock()
		ok, changed := done(), term.changed
		term.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-patience.C:
			term.t.Fatalf("waited %s for %s; the screen is:\n%s", term.patience, what, term.Screen())
		}
	}
}

// WaitFor waits until the screen shows the text.
func (term *Terminal) WaitFor(text string) {
	term.t.Helper()
	term.wait("“"+text+"”", func() bool { return strings.Contains(term.screen(), text) })
}

// WaitGone waits until the screen does not show the text.
func (term *Terminal) WaitGone(text string) {
	term.t.Helper()
	term.wait("“"+text+"” to go", func() bool { return !strings.Contains(term.screen(), text) })
}

// WaitMatch waits until the screen matches the pattern and gives the match and
// its groups.
func (term *Terminal) WaitMatch(pattern string) []string {
	term.t.Helper()
	re := regexp.MustCompile(pattern)
	var found []string
	term.wait("a match of "+pattern, func() bool {
		found = re.FindStringSubmatch(term.screen())
		return found != nil
	})
	return found
}

// WaitExit waits for the program's end and gives its exit code, 128 and the
// number for a signal.
func (term *Terminal) WaitExit() int {
	term.t.Helper()
	term.wait("the program's end", func() bool { return term.exited })
	return term.code
}

// WaitStopped waits until the program was stopped for the n-th time.
func (term *Terminal) WaitStopped(n int) {
	term.t.Helper()
	term.wait("the program to stop", func() bool { return term.stops >= n })
}

// Foreground continues a stopped program, as fg does.
func (term *Terminal) Foreground() {
	term.t.Helper()
	_, err := io.WriteString(term.orders, "fg\n")
	must(term.t, err, "telling the shell fg")
}

// Screen is the text on the screen, lines trimmed at the right.
func (term *Terminal) Screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen()
}

func (term *Terminal) screen() string {
	var b strings.Builder
	for y := range term.emulator.Height() {
		var line strings.Builder
		for x := 0; x < term.emulator.Width(); {
			cell := term.emulator.CellAt(x, y)
			if cell == nil || cell.Content == "" {
				line.WriteByte(' ')
				x++
				continue
			}
			line.WriteString(cell.Content)
			x += max(1, cell.Width)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// Cell is one cell of the screen; a nil colour is the terminal's own.
type Cell struct {
	Content    string
	Foreground color.Color
	Background color.Color
}

// Cell gives the cell at column x, row y, from 0.
func (term *Terminal) Cell(x, y int) Cell {
	term.mu.Lock()
	defer term.mu.Unlock()
	c := term.emulator.CellAt(x, y)
	if c == nil {
		return Cell{}
	}
	return Cell{c.Content, c.Style.Fg, c.Style.Bg}
}

// Size is the window in columns and rows.
func (term *Terminal) Size() (cols, rows int) {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.emulator.Width(), term.emulator.Height()
}

// AltScreen reports whether the alternate screen is shown.
func (term *Terminal) AltScreen() bool {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.emulator.IsAltScreen()
}

// Raw is everything the program has written.
func (term *Terminal) Raw() []byte {
	term.mu.Lock()
	defer term.mu.Unlock()
	return bytes.Clone(term.raw.Bytes())
}

// Since is the time since the shell started the program.
func (term *Terminal) Since() time.Duration {
	term.mu.Lock()
	defer term.mu.Unlock()
	return time.Since(term.started)
}

// Termios are the terminal's settings now.
func (term *Terminal) Termios() unix.Termios {
	term.t.Helper()
	now, err := unix.IoctlGetTermios(int(term.tty.Fd()), getTermios)
	must(term.t, err, "reading the terminal's settings")
	return *now
}

// Before are the settings before the program ran.
func (term *Terminal) Before() unix.Termios { return term.before }

// Pid is the program's process id.
func (term *Terminal) Pid() int {
	term.t.Helper()
	term.wait("the program to start", func() bool { return term.pid != 0 })
	return term.pid
}

// Signal sends a signal to the program.
func (term *Terminal) Signal(s syscall.Signal) {
	term.t.Helper()
	must(term.t, syscall.Kill(term.Pid(), s), "sending a signal")
}

// Resize changes the window.
func (term *Terminal) Resize(cols, rows int) {
	term.t.Helper()
	term.mu.Lock()
	term.emulator.Resize(cols, rows)
	term.mu.Unlock()
	must(term.t, pty.Setsize(term.pty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}), "resizing")
}

// kill ends what is left.
func (term *Terminal) kill() {
	term.mu.Lock()
	pid, exited := term.pid, term.exited
	term.mu.Unlock()
	if pid != 0 && !exited {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	_ = term.shell.Process.Kill()
}

func must(t testing.TB, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}
