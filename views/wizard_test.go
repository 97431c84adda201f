package views

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
)

func TestWizardSendsWhatIsConfirmed(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.press("1", "ctrl+u")
		p.write("A-7")
		p.press("tab", "tab", "ctrl+u")
		p.write("+62 812-9876")
		p.press("tab", "tab", "enter") // the last field: Enter is done
		p.pass(500 * time.Millisecond)
		p.want("Nothing is sent yet", "A-7", "Budi Santoso", "+628129876")
		if len(p.world.calls) != 0 {
			t.Fatal("sent before it was confirmed")
		}
		p.press("y")
		want := api.Courier{No: "A-7", Name: "Budi Santoso", Mobile: "+628129876", RegionNo: "07", BranchNo: "0123"}
		if len(p.world.calls) != 1 || p.world.calls[0].courier != want {
			t.Fatalf("calls %+v, want one for %+v", p.world.calls, want)
		}
		var saved api.Courier
		if err := json.Unmarshal(p.world.settings[courierSetting], &saved); err != nil || saved != want {
			t.Fatalf("remembered %s (%v)", p.world.settings[courierSetting], err)
		}
	})
}

func TestRememberedCourierWins(t *testing.T) {
	run(t, options{world: func(w *world) {
		w.settings[courierSetting] = []byte(`{"courierNo":"99","courierName":"Siti","notifyUrl":"www.test.com"}`)
	}}, func(p *program) {
		p.press("1")
		p.want("99", "Siti", "www.test.com")
		p.wantNot("Budi")
	})
}

func TestBrokenSettingLeavesTheConfig(t *testing.T) {
	run(t, options{world: func(w *world) { w.settings[courierSetting] = []byte(`{"courierNo":`) }}, func(p *program) {
		p.press("1")
		p.want("Budi Santoso")
	})
}

// Enter typed ahead fills the form and opens the question; it never answers it.
func TestTypedAheadNeverSends(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.press("1")
		for range 20 {
			p.press("enter")
		}
		p.want("Nothing is sent yet")
		// Even when it has become quiet, Enter is the first choice: not yet.
		p.pass(500 * time.Millisecond)
		p.press("enter")
		p.wantNot("Nothing is sent yet")
		p.press("ctrl+s", "y", "y", "y") // too early, each of them
		if n := len(p.world.calls); n != 0 {
			t.Fatalf("%d requests were sent by keys typed ahead", n)
		}
		p.answer("y")
		if n := len(p.world.calls); n != 1 {
			t.Fatalf("%d requests after the question was answered", n)
		}
	})
}

// A scanner's burst lands in the field as if typed; no character of it is a
// command, and its Enter neither moves on nor confirms.
func TestScanOnTheWizardDoesNothing(t *testing.T) {
	for name, keys := range map[string][]string{
		"one message":  {"q1y/:n?", "enter"},
		"single keys":  append(strings.Split("q1ynfrop", ""), "enter"),
		"with tabs":    {"12345", "tab", "67890", "enter"},
		"digits twice": {"12345678", "enter", "12345678", "enter"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, options{}, func(p *program) {
				p.press("1")
				p.burst(keys...)
				p.pass(time.Second)
				p.want("Who deposits?", "▸ Courier no.")
				p.wantNot("Nothing is sent yet")
				if len(p.world.calls) != 0 || p.quit {
					t.Fatal("a scan sent something or left the program")
				}
			})
		})
	}
}

// A scan while the question stands does not answer it, nor does one while the
// request is under way.
func TestScanElsewhereDoesNothing(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.press("1", "ctrl+s")
		p.pass(500 * time.Millisecond)
		p.burst("y123456", "enter")
		p.pass(time.Second)
		p.want("Nothing is sent yet")
		if len(p.world.calls) != 0 {
			t.Fatal("a scan confirmed")
		}
		p.answer("y")
		p.burst("r123456", "enter")
		p.pass(time.Second)
		p.want("nothing here takes a code")
		if len(p.world.calls) != 1 {
			t.Fatalf("%d calls", len(p.world.calls))
		}
	})
}

func TestHotKeysAreTextInTheForm(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.press("1", "tab", "ctrl+u")
		p.write("Qq?:1y nfr")
		p.want("Qq?:1y nfr", "Who deposits?")
		if p.quit || len(p.world.calls) != 0 {
			t.Fatal("a letter was a command")
		}
	})
}

func TestPasteFillsTheField(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.press("1", "tab", "ctrl+u")
		p.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("Dewi\x1b[31m Lestari"), Paste: true})
		p.want("Dewi[31m Lestari")
	})
}

func TestFaultsKeepTheFormOpen(t *testing.T) {
	for name, c := range map[string]struct {
		courier api.Courier
		want    string
	}{
		"missing":     {api.Courier{}, "PayCools needs this."},
		"too long":    {api.Courier{No: "12345678901234567", Name: "B", Mobile: "08123456789", RegionNo: "1", BranchNo: "1"}, "17 characters; 16 at most."},
		"bad mobile":  {api.Courier{No: "1", Name: "B", Mobile: "1234567", RegionNo: "1", BranchNo: "1"}, "8 to 15 digits"},
		"bad address": {api.Courier{No: "1", Name: "B", Mobile: "081234567", RegionNo: "1", BranchNo: "1", NotifyURL: "nowhere"}, "An address"},
		"odd sign":    {api.Courier{No: "1;2", Name: "B", Mobile: "081234567", RegionNo: "1", BranchNo: "1"}, "cannot be sent"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, options{deps: func(d *Deps) { d.Courier = c.courier }}, func(p *program) {
				p.press("1", "ctrl+s")
				p.want(c.want, "Who deposits?")
				p.wantNot("Nothing is sent yet")
			})
		})
	}
}

func TestFoldedFieldsAreCheckedToo(t *testing.T) {
	run(t, options{}, func(p *program) {
		p.press("1", "ctrl+o", "shift+tab", "shift+tab")
		p.write("nowhere")
		p.press("ctrl+o")
		p.wantNot("nowhere")
		p.press("ctrl+s")
		p.want("nowhere", "An address")
	})
}

func TestActiveShowsTheCode(t *testing.T) {
	run(t, options{}, func(p *program) {
		ask(p)
		tx := p.world.active(p.world.calls[0].reference, "userid42")
		p.world.put(tx)
		finish(p, tx, nil)
		p.want("ACTIVE", "userid42", "Hold this code")
		p.press("esc")
		p.want("Latest")
	})
}

func TestLeavingWhileSendingLetsItGoOn(t *testing.T) {
	run(t, options{}, func(p *program) {
		ask(p)
		p.world.attempt(1)
		p.press("esc")
		p.want("The request goes on", "Latest")
		tx := p.world.active(p.world.calls[0].reference, "userid42")
		p.world.put(tx)
		p.world.outcome <- ended{tx: tx} // it still waits for its answer: it was not cancelled
		p.send(Changed{tx.Reference})
		p.want("✓ active", "1 in the journal")
	})
}

func TestUnknownRepeatsTheSameReference(t *testing.T) {
	run(t, options{}, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Unknown, Advice: "timeout"}, nil)
		p.press("r")
		if len(p.world.calls) != 2 || p.world.calls[0].reference != p.world.calls[1].reference {
			t.Fatalf("calls %+v", p.world.calls)
		}
		p.want("Asking PayCools")
		p.world.attempt(4)
		p.settle()
		p.want("Attempt 1 of 3")
	})
}

func TestRefusedTriesAgainWithANewReference(t *testing.T) {
	run(t, options{}, func(p *program) {
		ask(p)
		finish(p, till.Transaction{State: till.Failed, Advice: "403-05"}, nil)
		p.press("r")
		if len(p.world.calls) != 2 || p.world.calls[0].reference == p.world.calls[1].reference {
			t.Fatalf("calls %+v", p.world.calls)
		}
		finish(p, till.Transaction{State: till.Failed, Advice: "403-05"}, nil)
		p.press("e")
		p.want("Who deposits?", "Budi Santoso")
	})
}

func TestErrorsAreSentences(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no provider": {till.ErrNoProvider, "no provider of user IDs"},
		"other":       {till.ErrOtherProfile, "another provider or merchant"},
		"used":        {till.ErrOtherRequest, "already belongs to another request"},
		"full":        {till.ErrFull, "the disk is full"},
		"field":       {&api.FieldError{Field: "additionalInfo.courierNo", Have: 70, Max: 64}, "Courier no. has 70 characters"},
		"missing":     {&api.FieldError{Field: "additionalInfo.branchNo", Missing: true}, "Branch no. is empty"},
		"foreign":     {errors.New("odd\x1b[2J"), "odd[2J"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, options{}, func(p *program) {
				ask(p)
				p.world.outcome <- ended{err: c.err}
				p.settle()
				p.want("Nothing was sent.", c.want)
			})
		})
	}
}

// An error after an attempt has left says nothing of "not sent".
func TestErrorAfterAnAttemptIsUnsure(t *testing.T) {
	run(t, options{}, func(p *program) {
		ask(p)
		p.world.attempt(1)
		p.settle()
		p.world.outcome <- ended{err: till.ErrFull}
		p.settle()
		p.want("Not sure yet", "the disk is full", "C26 1120 1502 43 K7M2 RX4T 9WZ1")
		p.wantNot("Nothing was sent")
		p.press("r")
		if len(p.world.calls) != 2 || p.world.calls[0].reference != p.world.calls[1].reference {
			t.Fatalf("calls %+v", p.world.calls)
		}
	})
}

func TestCheckMobile(t *testing.T) {
	for value, good := range map[string]bool{
		"081234567890": true, "+6281234567890": true, "0812 3456-7890": true, "12345678": true, "123456789012345": true,
		"1234567": false, "1234567890123456": false, "08+12345678": false, "": false, "+": false,
	} {
		if (checkMobile(value) == "") != good {
			t.Errorf("%q: good is %v", value, !good)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for value, good := range map[string]bool{
		"www.test.com": true, "https://example.com/a?b=c": true, "http://10.0.0.1:80/x": true,
		"nowhere": false, "https://": false, ".com": false, "a.": false, "ftp://example.com": false,
	} {
		if (checkAddress(value) == "") != good {
			t.Errorf("%q: good is %v", value, !good)
		}
	}
}
