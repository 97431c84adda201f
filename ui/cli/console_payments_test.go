//go:build unix

package cli

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cashier/api/sandbox"
)

// TestConsolePayment is a customer at the counter: the amount, a pasted code,
// the question before the charge, paid, and the provider's own notification of
// it, which the status bar tells of.
func TestConsolePayment(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "config.json")
	text := fmt.Sprintf(`{"profiles":{"sandbox":{"sandbox":true,"maxAmount":"50000","notify":{"listen":%q}}}}`, address)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, err := sandbox.FreshCode("approves", 7)
	if err != nil {
		t.Fatal(err)
	}
	term := openConsole(t, home, 80, 24, "--config", config)
	term.WaitFor("SANDBOX")
	term.WaitMatch(`CPM –.*Notify ✓`)
	term.Press("2")
	term.WaitFor("How much")
	for _, typed := range []string{"1", "12", "125", "1.250", "12.500"} {
		term.Press(typed[len(typed)-1:])
		term.WaitMatch(`Amount +` + regexp.QuoteMeta(typed) + `\s`) // keys that come together may be a scanner's
	}
	term.Press("enter")
	term.WaitFor("Scan the customer's code")
	term.Paste(code)
	term.WaitFor("Look once more")
	term.WaitFor("··0001")
	term.Slowly("\r", time.Second) // right behind a scan it would be the scanner's
	term.WaitFor("Charge Rp12.500?")
	term.WaitFor("Enter do it")
	term.Press("y")
	term.WaitFor("PAID")
	term.WaitFor("cpm notified")
	term.Press("esc")
	term.WaitMatch(`CPM ✓ \d+ ms.*Notify ✓ \d+ s`)
	term.Signal(syscall.SIGTERM)
	if exit := term.WaitExit(); exit != 128+int(syscall.SIGTERM) {
		t.Errorf("SIGTERM ended it with %d", exit)
	}
	if strings.Contains(string(term.Raw()), code) {
		t.Error("the customer's code was on the screen")
	}

	program := filepath.Join(home, "cashier")
	list := runIn(t, home, program, "--config", config, "history", "list", "--json")
	if !strings.Contains(list, `"kind":"cpm","state":"paid"`) {
		t.Errorf("the journal has %s", list)
	}
	reference := between(list, `"reference":"`, `"`)
	if shown := runIn(t, home, program, "--config", config, "history", "show", reference); !strings.Contains(shown, "cpm notified; status 00") {
		t.Errorf("no notification in\n%s", shown)
	}
}

// A scanner types the code into a command that waits for it: it is not shown.
func TestScanOnATerminal(t *testing.T) {
	code, err := sandbox.FreshCode("approves", 8)
	if err != nil {
		t.Fatal(err)
	}
	term := openConsole(t, t.TempDir(), 100, 30, "cpm", "pay", "--qr", "-", "--amount", "100", "--reference", "Q-1")
	term.WaitFor("Scan the customer's code now.")
	term.Burst(code + "\r")
	term.WaitMatch(`State +✓ Paid`)
	if exit := term.WaitExit(); exit != 0 {
		t.Errorf("it ended with %d", exit)
	}
	if strings.Contains(string(term.Raw()), code) {
		t.Error("the customer's code was on the screen")
	}
	// Nobody scans: a signal ends the waiting, and the terminal echoes again.
	term = openConsole(t, t.TempDir(), 100, 30, "cpm", "pay", "--qr", "-", "--amount", "100")
	term.WaitFor("Scan the customer's code now.")
	term.Press("ctrl+c")
	if exit := term.WaitExit(); exit != 130 {
		t.Errorf("it ended with %d", exit)
	}
	if now, before := term.Termios(), term.Before(); now != before {
		t.Errorf("the terminal's settings are %+v, they were %+v", now, before)
	}
}

func runIn(t *testing.T, home, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+filepath.Join(home, "state"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return string(out)
}

func between(text, before, after string) string {
	_, text, _ = strings.Cut(text, before)
	text, _, _ = strings.Cut(text, after)
	return text
}
