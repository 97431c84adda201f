package views

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/paper"
	"cashier/ui/words"
)

// TestTheZReportIsShown: the journal may tell that the session is closed before
// the closing itself does.
func TestTheZReportIsShown(t *testing.T) {
	d := &desk{}
	d.Kit = ui.Kit{Words: words.For(words.English), Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: ui.SystemClock()}
	c := newClosing(d)
	if cmd := c.Update(sessionRead{}); cmd == nil {
		t.Error("another process closed the session, and the screen stays")
	}
	c.now.Report = new(till.Report)
	c.finish()
	if cmd := c.Update(sessionRead{}); cmd != nil {
		t.Error("the screen leaves before its own closing has ended")
	}
	if cmd := c.Update(sessionClosed{session: till.Session{Number: 1}}); cmd == nil {
		t.Error("no Z report is shown")
	}
	if cmd := c.Update(sessionRead{}); cmd != nil {
		t.Error("the Z report is left at once") // the page is on its way, and this would pop it
	}
}

// TestClosingHearsNews: what comes in while the last question stands there is
// never passed over.
func TestClosingHearsNews(t *testing.T) {
	runShift(t, options{}, func(f *fakeSessions, c bubbleClock) {
		shift(f, c)
		f.report.Open, f.now.Cash = nil, api.Amount{}
	}, func(p *program, f *fakeSessions) {
		p.press("6", "z")
		p.write("80000")
		p.press("enter")
		p.want("Ready to close")
		p.press("enter")
		p.pass(500 * time.Millisecond)
		f.mu.Lock()
		f.report.Open = []till.OpenItem{{Reference: "Q1", Kind: till.CPM, State: till.Unknown, Amount: api.IDR(100), Since: f.clock.Now()}}
		f.mu.Unlock()
		p.press("y")
		p.want("Still open: 1 of 1", "Q1")
		p.wantNot("Z REPORT")
		p.press("o") // carried over: back at the end, the count stays
		p.want("Count the cash")
		f.mu.Lock()
		f.report.Booked = sum(3, 90_000)
		f.mu.Unlock()
		p.press("enter", "enter") // by what this screen knows they agree
		p.answer("y")
		p.want("Rp10.000 more was deposited than there was cash. Why?")
		p.write("late")
		p.press("enter", "enter")
		p.answer("y")
		p.want("Z REPORT 1")
		if z := f.closed[0]; !z.Report.Open[0].Carried || z.Report.Reason != "late" {
			t.Errorf("closed: %+v", z.Report)
		}
	})
}

// TestClosingAsksAgain: what the providers say when the closing begins is in the
// Z report.
func TestClosingAsksAgain(t *testing.T) {
	quiet := func(f *fakeSessions, c bubbleClock) {
		shift(f, c)
		f.report, f.now.Cash = till.Report{}, api.Amount{}
	}
	runShift(t, options{}, quiet, func(p *program, f *fakeSessions) {
		f.again = func() (int, error) { f.report.Late = sum(1, 12_500); return 0, nil }
		p.press("6", "z")
		p.want("Ready to close", "Rp12.500")
		p.press("enter")
		p.answer("y")
		p.want("Z REPORT 1", "Paid after all")
	})
	runShift(t, options{}, quiet, func(p *program, f *fakeSessions) {
		f.again = func() (int, error) { return 2, nil }
		p.press("6", "z")
		p.want("Ready to close", "2 not answered: the Z report will hold what is known now")
	})
}

func TestClosingParksAndSettles(t *testing.T) {
	runShift(t, options{}, shift, func(p *program, f *fakeSessions) {
		p.press("6", "z")
		p.want("Still open: 1 of 2", "Q261120145803K7M2RX4T9WZB")
		// It is settled while it stands there.
		f.mu.Lock()
		f.report.Open = f.report.Open[1:]
		f.mu.Unlock()
		p.send(Changed{Reference: "Q261120145803K7M2RX4T9WZB"})
		p.want("Still open: 1 of 1", "refund not settled")
		p.press("p") // a refund cannot be parked
		p.want("only an open payment that was sent can be parked")
		if len(f.parked) > 0 {
			t.Errorf("parked: %v", f.parked)
		}
	})
	runShift(t, options{}, shift, func(p *program, f *fakeSessions) {
		p.press("6", "z", "p")
		p.want("refund not settled")
		if !slices.Equal(f.parked, []api.Reference{"Q261120145803K7M2RX4T9WZB"}) {
			t.Errorf("parked: %v", f.parked)
		}
	})
}

// TestClosingListsWhatStaysOpen: before the last question all that stays open is
// named, the parked too, however much it is.
func TestClosingListsWhatStaysOpen(t *testing.T) {
	many := func(f *fakeSessions, c bubbleClock) {
		f.now = &till.Session{Number: 1, Operator: "Siti", Branch: "0123", OpenedAt: c.Now()}
		for i := range 15 {
			f.report.Open = append(f.report.Open,
				till.OpenItem{Reference: api.Reference(fmt.Sprintf("CARRIED-%02d", i)), Kind: till.CPM, State: till.Unknown, Amount: api.IDR(100), Since: c.Now()},
				till.OpenItem{Reference: api.Reference(fmt.Sprintf("PARKED-%02d", i)), Kind: till.CPM, State: till.Parked, Amount: api.IDR(100), Since: c.Now()})
		}
	}
	runShift(t, options{}, many, func(p *program, f *fakeSessions) {
		p.press("6", "z")
		for range 15 {
			p.press("o")
		}
		p.want("Ready to close", "CARRIED-00", "CARRIED-09", "more lines")
		p.press("end")
		p.want("parked", "PARKED-00", "PARKED-14")
		p.press("enter")
		p.answer("y")
		p.want("Z REPORT 1")
	})
}

// TestClosingTouchesNoOtherSession: while the last question stood there, another
// process has closed the session and opened the next one.
func TestClosingTouchesNoOtherSession(t *testing.T) {
	runShift(t, options{}, func(f *fakeSessions, c bubbleClock) {
		shift(f, c)
		f.report.Open, f.now.Cash, f.report.Booked, f.report.Waiting = nil, api.Amount{}, till.Figure{}, till.Figure{}
	}, func(p *program, f *fakeSessions) {
		p.press("6", "z", "enter")
		p.pass(500 * time.Millisecond)
		if _, err := f.CloseSession(t.Context(), till.Closing{Number: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.OpenSession(t.Context(), till.Opening{Operator: "Budi", Branch: "0123"}); err != nil {
			t.Fatal(err)
		}
		p.press("y")
		p.want("X REPORT", "Budi", "Session 1 is closed.")
		if f.now == nil || len(f.closed) != 1 {
			t.Errorf("closed: %+v", f.closed)
		}
	})
}

// TestReportsThatFailBehindTheScreen: whoever left the X or a Z report is told
// that the printer failed.
func TestReportsThatFailBehindTheScreen(t *testing.T) {
	for _, keys := range [][]string{{"6", "p"}, {"6", "h", "enter", "p"}} {
		f := &fakePress{err: &paper.Trouble{Printer: "192.168.1.50:9100", Stage: paper.StageOff}}
		runShift(t, options{deps: f.deps}, func(s *fakeSessions, c bubbleClock) {
			shift(s, c)
			r := s.report
			s.closed = []till.Session{{Number: 1, Operator: "Budi", Branch: "0123", OpenedAt: c.Now().Add(-20 * time.Hour), ClosedAt: c.Now().Add(-10 * time.Hour), Report: &r}}
		}, func(p *program, _ *fakeSessions) {
			f.block = make(chan struct{})
			p.press(keys...)
			p.want("Printing on 192.168.1.50:9100")
			p.press("esc", "esc", "esc")
			p.want("CDM user ID")
			close(f.block)
			p.settle()
			p.want("✗ Not printed. The printer 192.168.1.50:9100 cannot be reached")
		})
	}
}

// TestAClosingWhoseWordIsLost: the process that has the journal stopped in the
// middle of it.
func TestAClosingWhoseWordIsLost(t *testing.T) {
	for _, closes := range []bool{true, false} {
		runShift(t, options{}, func(f *fakeSessions, c bubbleClock) {
			shift(f, c)
			f.report.Open, f.now.Cash, f.lost, f.deaf = nil, api.Amount{}, true, !closes
		}, func(p *program, _ *fakeSessions) {
			p.press("6", "z")
			p.write("80000")
			p.press("enter", "enter")
			p.pass(500 * time.Millisecond)
			p.press("y")
			if closes { // the journal says so
				p.want("Session 1 is closed.", "Who works here now?")
			} else {
				p.want("Not sure yet whether it was done", "Ready to close")
			}
		})
	}
}
