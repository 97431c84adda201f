//go:build unix

package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cashier/api/sandbox"
	"cashier/ui/ptytest"
)

// answering answers a question once it is the last line.
func answering(t *testing.T, term *ptytest.Terminal) func(question, text string) {
	return func(question, text string) {
		t.Helper()
		term.WaitMatch(`(?s)` + regexp.QuoteMeta(question) + `\s*\z`)
		term.Burst(text + "\r")
	}
}

// TestLinearConsole is a day with a screen reader: a user id and a payment, one
// question a line, and nothing of it drawn twice.
func TestLinearConsole(t *testing.T) {
	home := t.TempDir()
	code, err := sandbox.FreshCode("approves", 9)
	if err != nil {
		t.Fatal(err)
	}
	term := openWith(t, home, []string{"ACCESSIBLE=1"}, 100, 30)
	answer := answering(t, term)

	term.WaitFor("SANDBOX: this is test money.")
	// A scan where a menu waits chooses nothing.
	answer("Your choice:", code)
	term.WaitFor("Scanned, but nothing here takes a code.")
	answer("Your choice:", "12345")
	term.WaitFor("Type one of the numbers above.")

	answer("Your choice:", "2")
	answer("How much does the customer pay?:", "12.500")
	term.WaitFor("“12.500” can be read in two ways. If you mean 12500 rupiah, write 12500.")
	answer("How much does the customer pay?:", "twelve")
	term.WaitFor("“twelve” is no amount.")
	answer("How much does the customer pay?:", "12500")
	term.WaitFor("Scan the customer's code now.")
	// The scanner's line end and what was typed ahead confirm nothing.
	term.Burst(code + "\ryes\r")
	term.WaitFor("Type yes to do it")
	term.Slowly("yes\r", 50*time.Millisecond)
	term.WaitMatch(`State +✓ Paid`)

	answer("Your choice:", "1")
	for _, field := range []struct{ question, text string }{
		{"Courier no.", "C-042"}, {"Courier name", "Budi"}, {"Mobile no.", "081234567890"}, {"Region no.", "R-1"}, {"Branch no.", "0123"},
	} {
		answer(field.question+":", field.text)
	}
	term.WaitFor("Get a user ID for C-042 Budi")
	term.WaitFor("Type yes to do it")
	answer("anything else leaves it:", "yes")

	answer("Your choice:", "2") // below the code
	answer("How much does the customer pay?:", "")
	term.WaitFor("Nothing was done.")
	answer("Your choice:", "0")
	if exit := term.WaitExit(); exit != 0 {
		t.Errorf("it ended with %d", exit)
	}
	if strings.Contains(string(term.Raw()), code) {
		t.Error("the customer's code was on the screen")
	}
	if drawn := regexp.MustCompile(`\x1b\[[?0-9;]*[^m?0-9;]`).Find(term.Raw()); drawn != nil {
		t.Errorf("something was drawn: %q", drawn)
	}
	list := runIn(t, home, filepath.Join(home, "cashier"), "history", "list", "--json")
	if strings.Count(list, `"state":"paid"`) != 1 || strings.Count(list, `"state":"active"`) != 1 {
		t.Errorf("the journal has %s", list)
	}
}
