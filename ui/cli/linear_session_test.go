//go:build unix

package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cashier/api/sandbox"
)

// TestLinearSession is a shift with a screen reader: opened, its X report, the
// closing with one transaction carried over by name, and the Z report again.
func TestLinearSession(t *testing.T) {
	home := t.TempDir()
	leftOpen(t, home, "C-2")
	code, err := sandbox.FreshCode("approves", 21)
	if err != nil {
		t.Fatal(err)
	}
	term := openWith(t, home, []string{"ACCESSIBLE=1"}, 100, 60)
	answer := answering(t, term)
	// choose waits for a menu by its last line but two: the menus differ in it.
	choose := func(last, number string) {
		t.Helper()
		term.WaitMatch(regexp.QuoteMeta(last) + `\s+0 .*\s+Your choice:\s*\z`)
		term.Burst(number + "\r")
	}
	menu := func(number string) {
		t.Helper()
		choose("Explain a response code", "6")
		choose("Z report of a closed session", number)
	}
	const item = "leave this one to the next session"
	confirm := func(word string) {
		t.Helper()
		term.WaitMatch(`anything else leaves it:\s*\z`)
		term.Slowly(word+"\r", 50*time.Millisecond)
	}

	menu("1")
	term.WaitFor("No session is open. Open one first.")
	menu("2")
	answer("Operator:", code) // a scan is no name
	term.WaitFor("Scanned, but nothing here takes a code.")
	answer("Operator:", "Siti")
	answer("Branch:", "0123")
	answer("may be empty:", "20.000")
	term.WaitFor("write 20000")
	answer("may be empty:", "20000")
	term.WaitFor("Open a session for Siti, branch 0123, Rp20.000 in hand")
	confirm("yes")
	term.WaitFor("Session 1 is open.")
	menu("2")
	term.WaitFor("Session 1 of Siti is open")
	menu("1")
	term.WaitFor("X REPORT")

	menu("3")
	term.WaitMatch(`Still open: 1 of 1\s+Reference +C-2`)
	choose(item, "0") // nothing is closed by looking
	term.WaitFor("Nothing was done.")
	menu("3")
	choose(item, "2")
	answer("Collected, as counted:", "0")
	answer("Rp20.000 of the cash was not deposited. Why?:", "kept")
	term.WaitMatch(`carried over: C-2\s+Close session 1\?`)
	confirm("no")
	term.WaitMatch(`Nothing was done\.(?s:.*)Explain a response code`)
	if _, out, _ := runAs(t, home, "session", "report", "--json"); !strings.Contains(out, `"state":"open"`) {
		t.Fatalf("it was closed: %s", out)
	}
	menu("3")
	choose(item, "2")
	answer("Collected, as counted:", "0")
	answer("Rp20.000 of the cash was not deposited. Why?:", "kept")
	confirm("yes")
	term.WaitMatch(`(?s)Z REPORT 1.*Reason: kept.*C-2`)
	menu("4")
	answer("Which number? [1]:", "")
	term.WaitFor("COPY")
	choose("Explain a response code", "0")
	if exit := term.WaitExit(); exit != 0 {
		t.Errorf("it ended with %d", exit)
	}
	if strings.Contains(string(term.Raw()), code) {
		t.Error("the customer's code was on the screen")
	}
	list := runIn(t, home, filepath.Join(home, "cashier"), "session", "list", "--json")
	if strings.Count(list, `"state":"closed"`) != 1 || !strings.Contains(list, `"operator":"Siti"`) {
		t.Errorf("the sessions are %s", list)
	}
}

// TestLinearForgottenSession: the console for a screen reader says it at its start.
func TestLinearForgottenSession(t *testing.T) {
	home := t.TempDir()
	forgotten(t, home)
	term := openWith(t, home, []string{"ACCESSIBLE=1"}, 100, 30)
	term.WaitMatch(`(?s)Session 1 was forgotten open.*Close it now.*Your choice:\s*\z`)
	term.Burst("0\r")
	if exit := term.WaitExit(); exit != 0 {
		t.Errorf("it ended with %d", exit)
	}
}
