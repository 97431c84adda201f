//go:build unix

package cli

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"cashier/qr/qrtest"
	"cashier/ui/ptytest"
)

// openConsole runs the program in a terminal, on a machine of its own.
func openConsole(t *testing.T, home string, cols, rows int, args ...string) *ptytest.Terminal {
	t.Helper()
	return openWith(t, home, nil, cols, rows, args...)
}

// openWith is openConsole with more in the environment.
func openWith(t *testing.T, home string, env []string, cols, rows int, args ...string) *ptytest.Terminal {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(home, "cashier")
	if err := os.Symlink(self, program); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return ptytest.Start(t, ptytest.Options{
		Cmd: program, Args: args, Dir: home, Cols: cols, Rows: rows, Answer: ptytest.Silent,
		Env: append([]string{
			"HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config"),
			"TERM=xterm-256color", "LANG=en_US.UTF-8",
		}, env...),
	})
}

// decoded waits until a code stands on the screen and gives its text.
func decoded(t *testing.T, term *ptytest.Terminal) string {
	t.Helper()
	cols, rows := term.Size()
	text := ""
	eventually(t, "a code that can be read", func() (ok bool) { // a frame may be half painted
		var err error
		text, err = qrtest.Decode(func(x, y int) (string, color.Color, color.Color) {
			c := term.Cell(x, y)
			return c.Content, c.Foreground, c.Background
		}, cols, rows)
		return err == nil
	})
	return text
}

// TestConsoleStory is a courier's day on a fresh machine: a user id, its code
// read from the screen's cells, a deposit, and the same id after a restart.
func TestConsoleStory(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ cols, rows int }{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(t *testing.T) {
			home := t.TempDir()
			term := openConsole(t, home, size.cols, size.rows)
			term.WaitFor("SANDBOX")
			term.Press("1")
			term.WaitFor("Who deposits?")
			for _, v := range []string{"42", "Budi", "081234567890", "R1", "0123"} {
				term.Type(v)
				term.WaitFor(v)
				term.Press("down") // an Enter behind fast keys may be a scanner's and waits for a person
			}
			term.Press("ctrl+s")
			term.WaitFor("Enter do it")
			term.Press("y")
			id := term.WaitMatch(`userid\d{12}`)[0]
			term.WaitFor("ACTIVE")
			term.WaitFor("Courier 42 · branch 0123")
			if got := decoded(t, term); got != id {
				t.Errorf("the code on the screen says %q, the text beside it %q", got, id)
			}
			term.Press("t")
			term.WaitFor("Machine no.")
			term.Press("enter", "enter")
			term.WaitFor("Enter do it")
			term.Press("b")
			term.WaitFor("Booked 1")
			term.WaitFor("Rp50.000")
			term.Press("esc")
			term.WaitFor("Latest")
			term.Press("q")
			if code := term.WaitExit(); code != exitOK {
				t.Fatalf("left with %d", code)
			}

			// The journal is free again and has it all; so has the next start.
			term = openConsole(t, home, size.cols, size.rows)
			term.WaitFor("deposits 1")
			term.Press("5")
			term.WaitFor("Budi")
			term.Press("enter")
			term.WaitFor(id)
			term.Press("w")
			term.WaitFor("Booked 1")
			if got := decoded(t, term); got != id {
				t.Errorf("after a restart the code says %q, want %q", got, id)
			}
			term.Press("esc", "esc", "esc")
			term.WaitMatch(`PayCools ✓ \d+ ms`)
			term.Signal(syscall.SIGTERM)
			if code := term.WaitExit(); code != 128+int(syscall.SIGTERM) {
				t.Errorf("SIGTERM ended it with %d", code)
			}
			// The process may end before its last words have been read.
			eventually(t, "the alternate screen to be left", func() bool { return !term.AltScreen() })
			if now, before := term.Termios(), term.Before(); now != before {
				t.Errorf("the terminal's settings are %+v, they were %+v", now, before)
			}
			if _, err := os.Stat(filepath.Join(home, "state", "cashier", "sandbox.db.owner")); !os.IsNotExist(err) {
				t.Errorf("the journal was not closed: %v", err)
			}
		})
	}
}

// eventually waits for what no text on the screen tells.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		runtime.Gosched()
	}
}

// TestConsoleRefusals: what keeps the console from opening is said on a
// terminal that was never touched.
func TestConsoleRefusals(t *testing.T) {
	home := t.TempDir()
	term := openConsole(t, home, 80, 24, "--profile", "nosuch")
	if code := term.WaitExit(); code != exitConfig {
		t.Errorf("an unknown profile ends it with %d", code)
	}
	term.WaitFor("nosuch")
	if strings.Contains(string(term.Raw()), "\x1b[?1049h") {
		t.Error("the alternate screen was entered")
	}
}

// TestSecondConsole: a second console works beside the first, and takes over
// when that one is left.
func TestSecondConsole(t *testing.T) {
	home := t.TempDir()
	first := openConsole(t, home, 80, 24)
	first.WaitFor("SANDBOX")
	second := openConsole(t, home, 80, 24)
	second.WaitFor("2nd screen ✓")
	first.Press("q")
	if code := first.WaitExit(); code != exitOK {
		t.Errorf("left with %d", code)
	}
	eventually(t, "the second console stands alone", func() bool { return !strings.Contains(second.Screen(), "2nd screen") })
	second.Press("q")
	if code := second.WaitExit(); code != exitOK {
		t.Errorf("left with %d", code)
	}
}

// TestCodeOnATerminal: a command that makes a user id draws it below its text.
func TestCodeOnATerminal(t *testing.T) {
	term := openConsole(t, t.TempDir(), 100, 60, "cdm", "generate", "--courier-no", "42", "--courier-name", "Budi",
		"--courier-mobile", "0812", "--region-no", "1", "--branch-no", "0123")
	if code := term.WaitExit(); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, term.Screen())
	}
	id := term.WaitMatch(`User id\s+(userid\d+)`)[1]
	if got := decoded(t, term); got != id {
		t.Errorf("the code says %q, the text %q", got, id)
	}
	if !strings.Contains(string(term.Raw()), "\x1b[") {
		t.Error("a terminal gets colours")
	}
}
