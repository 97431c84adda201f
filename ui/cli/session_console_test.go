//go:build unix

package cli

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/ptytest"
)

// runAs runs a command on a machine and gives its exit code and streams.
func runAs(t *testing.T, home string, args ...string) (code int, out, wrong string) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), filepath.Join(home, "cashier"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = home, &stdout, &stderr
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+filepath.Join(home, "state"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "LC_ALL=C")
	_ = cmd.Run() // its code says it
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// oneByOne types a text where keys that come together would be a scanner's.
func oneByOne(term *ptytest.Terminal, text string) {
	for i := range text {
		term.Press(text[i : i+1])
		term.WaitFor(" " + text[:i+1])
	}
}

// TestConsoleSession is a shift at a terminal: opened, its X report with what a
// command did meanwhile, and the closing with one payment carried over by name.
func TestConsoleSession(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openConsole(t, home, 80, 24)
	term.WaitFor("none is open: open one")
	term.Press("6")
	term.WaitFor("Who works here now?")
	for _, v := range []string{"Siti", "0123"} {
		oneByOne(term, v)
		term.Press("down")
	}
	for _, typed := range []string{"2", "20", "200", "2.000", "20.000"} {
		term.Press(typed[len(typed)-1:])
		term.WaitMatch(`start +` + strings.ReplaceAll(typed, ".", `\.`) + `\s`)
	}
	term.Slowly("\r", time.Second) // right behind keys it would be a scanner's
	term.WaitFor("X REPORT")
	term.WaitMatch(`Siti · branch 0123 · since \d\d\.\d\d`)
	term.Press("esc")
	term.WaitFor("Latest")
	term.Press("q")
	if code := term.WaitExit(); code != exitOK {
		t.Fatalf("left with %d", code)
	}

	code, err := sandbox.FreshCode("approves", 20)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, "code")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, _, wrong := runAs(t, home, "cpm", "pay", "--qr", "@"+file, "--amount", "12500", "--reference", "Q-1"); exit != exitOK {
		t.Fatalf("exit %d, %s", exit, wrong)
	}
	leftOpen(t, home, "C-2")

	term = openConsole(t, home, 80, 24)
	term.WaitFor("since ")
	term.Press("6")
	term.WaitMatch(`Paid +1 +Rp12\.500`)
	term.Press("z")
	term.WaitFor("Still open: 1 of 1")
	term.WaitFor("C-2")
	term.Press("esc") // nothing is closed by looking
	term.WaitFor("X REPORT")
	term.Press("z")
	term.WaitFor("Still open: 1 of 1")
	term.Press("o")
	term.WaitFor("Count the cash")
	term.Press("0")
	term.WaitMatch(`counted +0\s`)
	term.Slowly("\r", time.Second)
	term.WaitFor("Rp20.000 of the cash was not deposited. Why?")
	oneByOne(term, "kept")
	term.Slowly("\r", time.Second)
	term.WaitFor("Ready to close")
	term.WaitMatch(`carried over +C-2`)
	term.Press("enter")
	term.WaitFor("Enter do it")
	term.Press("y")
	term.WaitFor("Z REPORT 1")
	term.Press("esc")
	term.WaitFor("Who works here now?")
	term.Slowly("\x0f", time.Second) // Ctrl+O
	term.WaitMatch(`1 .* Siti .*Rp12\.500`)
	term.Press("enter")
	term.WaitFor("COPY")
	for _, shown := range []string{"Z reports", "Who works here now?", "Latest"} {
		term.Press("esc")
		term.WaitFor(shown)
	}
	term.Press("q")
	if code := term.WaitExit(); code != exitOK {
		t.Fatalf("left with %d", code)
	}

	exit, out, wrong := runAs(t, home, "session", "report", "--number", "1", "--json")
	var z struct {
		State  string
		Report struct {
			Open []struct {
				Reference string
				Carried   bool
			}
			Cash struct{ Reason string }
		}
	}
	if err := json.Unmarshal([]byte(out), &z); err != nil || exit != exitOK || wrong != "" {
		t.Fatalf("exit %d, %v: %s %s", exit, err, out, wrong)
	}
	if z.State != "closed" || len(z.Report.Open) != 1 || z.Report.Open[0].Reference != "C-2" || !z.Report.Open[0].Carried || z.Report.Cash.Reason != "kept" {
		t.Errorf("the Z report is %s", out)
	}
}

// leftOpen leaves a user id on a machine whose answer was lost two days ago: no
// start asks for it again by itself.
func leftOpen(t *testing.T, home string, reference api.Reference) {
	t.Helper()
	at := time.Now().AddDate(0, 0, -2)
	s, err := store.Open(filepath.Join(home, "state", "cashier", "sandbox.db"), store.Options{Profile: "sandbox", Binding: sandboxStore})
	if err != nil {
		t.Fatal(err)
	}
	tx := till.Transaction{Reference: reference, Kind: till.CDM, State: till.Unknown, Provider: "paycools", Service: "90", CreatedAt: at, UpdatedAt: at, Revision: 1}
	event := till.Event{At: at, Reference: reference, State: till.Unknown, What: till.WhatAnswer}
	if err := errors.Join(s.Append(t.Context(), till.Change{Transaction: tx, Event: event}), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// forgotten leaves a session open on a machine since yesterday.
func forgotten(t *testing.T, home string) {
	t.Helper()
	path := filepath.Join(home, "state", "cashier", "sandbox.db")
	yesterday := time.Now().AddDate(0, 0, -1)
	s, err := store.Open(path, store.Options{Profile: "sandbox", Binding: sandboxStore, Now: func() time.Time { return yesterday }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenSession(t.Context(), till.Opening{Operator: "Siti", Branch: "0123", Cash: api.Amount{}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestForgottenSession: the next start says so: the console offers to close it,
// a command says one line beside its answer.
func TestForgottenSession(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	forgotten(t, home)
	term := openConsole(t, home, 80, 24)
	term.WaitFor("Session 1 was forgotten open")
	term.WaitFor("Enter do it")
	term.Press("n")
	term.WaitMatch(`open since .*: close it`)
	term.Press("q")
	if code := term.WaitExit(); code != exitOK {
		t.Fatalf("left with %d", code)
	}
	exit, out, wrong := runAs(t, home, "history", "list", "--json")
	if exit != exitOK || strings.Count(wrong, "\n") != 1 || !strings.Contains(wrong, "session 1 of Siti") || !strings.HasPrefix(out, `{"items":`) {
		t.Errorf("exit %d, %q, %q", exit, out, wrong)
	}
	if exit, _, wrong := runAs(t, home, "session", "close", "--json"); exit != exitOK || wrong != "" {
		t.Errorf("closing it: exit %d, %q", exit, wrong)
	}
	if _, _, wrong := runAs(t, home, "history", "list"); wrong != "" {
		t.Errorf("closed, it is still said: %q", wrong)
	}

	home = t.TempDir()
	forgotten(t, home)
	term = openConsole(t, home, 120, 40)
	term.WaitFor("Enter do it")
	term.Press("y")
	term.WaitFor("Ready to close")
	term.Press("enter")
	term.WaitFor("Close and make the Z report")
	term.WaitFor("Enter do it")
	term.Press("y")
	term.WaitFor("Z REPORT 1")
	term.Press("esc")
	term.WaitFor("Latest")
	term.Press("q")
	if code := term.WaitExit(); code != exitOK {
		t.Fatalf("left with %d", code)
	}
}
