//go:build unix

package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cashier/api/sandbox"
)

// receiptPrinter is a printer at the loopback address that says that it has
// printed; jobs come as they are printed.
func receiptPrinter(t *testing.T) (address string, jobs <-chan []byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	printed := make(chan []byte, 16)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var job []byte
			for one := make([]byte, 1); !bytes.HasSuffix(job, []byte("\x1dr\x01")); job = append(job, one...) {
				if _, err := io.ReadFull(c, one); err != nil {
					break
				}
			}
			_, _ = c.Write([]byte{0}) // the test sees whether it was heard
			c.Close()
			printed <- job
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String(), printed
}

// TestConsolePaper is what comes on paper at the counter: the receipt, at once
// and as a copy, the help-desk slip, and the day's report beside it.
func TestConsolePaper(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	address, jobs := receiptPrinter(t)
	config := filepath.Join(home, "config.json")
	text, err := json.Marshal(map[string]any{"profiles": map[string]any{"sandbox": map[string]any{
		"sandbox": true, "merchant": map[string]string{"name": "Toko Maju Jaya"}, "printer": map[string]any{"address": address, "width": 80},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, err := sandbox.FreshCode("approves", 7)
	if err != nil {
		t.Fatal(err)
	}
	open, err := sandbox.FreshCode("pending", 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "code"), []byte(open), 0o600); err != nil {
		t.Fatal(err)
	}
	term := openConsole(t, home, 80, 24, "--config", config, "cpm", "pay", "--qr", "@"+filepath.Join(home, "code"), "--amount", "9000", "--no-wait")
	if exit := term.WaitExit(); exit != exitOpen {
		t.Fatalf("the open payment ended with %d", exit)
	}
	term = openConsole(t, home, 80, 24, "--config", config)
	term.WaitFor("r  Report")
	term.Press("2")
	term.WaitFor("How much")
	for _, typed := range []string{"1", "12", "125", "1.250", "12.500"} {
		term.Press(typed[len(typed)-1:])
		term.WaitFor(typed)
	}
	term.Press("enter")
	term.WaitFor("Scan the customer's code")
	term.Paste(code)
	term.WaitFor("Look once more")
	term.WaitFor("··0001")
	term.Slowly("\r", time.Second) // right behind a scan it would be the scanner's
	term.WaitFor("Enter do it")
	term.Press("y")
	term.WaitFor("PAID")
	term.WaitFor("p print receipt")
	term.Press("p")
	term.WaitFor("Printed.")
	printed := func(texts ...string) {
		t.Helper()
		job := string(<-jobs)
		for _, text := range texts {
			if !strings.Contains(job, text) {
				t.Errorf("%q was not printed: %q", text, job)
			}
		}
	}
	printed("TEST - NO REAL MONEY", "Toko Maju Jaya", "Rp12.500")
	term.WaitFor("Rp12.500")
	term.Press("p")
	term.WaitFor("marked as a copy")
	printed("*** COPY ***")
	term.WaitFor("*** COPY ***")
	term.Press("esc")
	term.WaitFor("PAID")
	term.Press("esc")
	term.WaitFor("r  Report")

	term.Press("r")
	term.WaitFor("today   by hour")
	term.WaitMatch(`\d\d\.00 +█+ +1 · Rp12\.500`)
	term.Press("b")
	term.WaitFor("by machine")
	term.WaitFor("Nothing was deposited.")
	term.Press("left")
	term.WaitFor("Nothing was paid or deposited.")
	term.Press("esc")
	term.WaitFor("r  Report")

	term.Press("5")
	term.WaitMatch(`CPM +Rp9\.000 `)
	term.Press("down", "enter")
	term.WaitFor("Transaction")
	term.Press("h")
	term.WaitFor("Read this out to the help desk")
	term.Press("p")
	term.WaitFor("Printed.")
	printed("Help-desk slip", "TEST - NO REAL MONEY")
	term.Signal(syscall.SIGTERM)
	term.WaitExit()

	if out := runIn(t, home, filepath.Join(home, "cashier"), "--config", config, "history", "list", "--json"); !strings.Contains(out, `"state":"paid"`) {
		t.Errorf("the journal has %s", out)
	}
	reference := between(runIn(t, home, filepath.Join(home, "cashier"), "--config", config, "history", "list", "--json"), `"reference":"`, `"`)
	if out := runIn(t, home, filepath.Join(home, "cashier"), "--config", config, "history", "receipt", reference); !strings.Contains(out, "COPY") {
		t.Errorf("after a restart it is no copy: %s", out)
	}
}
