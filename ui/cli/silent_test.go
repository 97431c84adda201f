//go:build unix

package cli

import (
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"cashier/ui/ptytest"
)

// built is the program that is shipped: in a test binary other packages
// come first, and with them another order of their initialisation.
func built(t *testing.T) (program, home string) {
	t.Helper()
	home = t.TempDir()
	program = filepath.Join(t.TempDir(), "cashier")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "cashier").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program, home
}

// A terminal that answers nothing holds up neither --version nor the console:
// Bubble Tea alone would wait five seconds for its background colour. The best
// of a few is measured, since a busy machine is no fault of ours.
func TestShippedProgramOnASilentTerminal(t *testing.T) {
	program, home := built(t)
	best := time.Hour
	for range 8 {
		cmd := exec.CommandContext(t.Context(), program, "--version")
		start := time.Now()
		tty, err := pty.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(tty) // ends with EIO when the program has gone
		took := time.Since(start)
		if err := cmd.Wait(); err != nil || !strings.Contains(string(said), "cashier") {
			t.Fatalf("%v: %q", err, said)
		}
		tty.Close()
		best = min(best, took)
	}
	t.Logf("--version: %s", best)
	if best > 100*time.Millisecond {
		t.Errorf("--version took %s, not under 100 ms", best)
	}
	best = time.Hour
	for range 4 {
		term := ptytest.Start(t, ptytest.Options{
			Cmd: program, Args: []string{"--lang", "en"}, Dir: home, Answer: ptytest.Silent,
			Env: []string{"HOME=" + home, "XDG_STATE_HOME=" + home, "XDG_CONFIG_HOME=" + home, "TERM=xterm-256color"},
		})
		term.WaitFor("in the journal")
		best = min(best, term.Since())
		term.Press("q")
		if code := term.WaitExit(); code != 0 {
			t.Errorf("exit code %d after q", code)
		}
		if term.Termios() != term.Before() || term.AltScreen() {
			t.Error("the terminal was not given back as it was")
		}
	}
	t.Logf("first frame: %s", best)
	if best > 300*time.Millisecond {
		t.Errorf("the first frame came after %s, not within 300 ms", best)
	}
}
