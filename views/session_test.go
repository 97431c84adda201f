package views

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// fakeSessions are shifts in memory, by the till's own rules.
type fakeSessions struct {
	mu     sync.Mutex
	clock  bubbleClock
	now    *till.Session // without a report
	report till.Report   // of the open one
	closed []till.Session
	parked []api.Reference
	err    error
	lost   bool // the word of what became of a closing gets lost
	deaf   bool // and nothing is closed
	// again is what comes of the questions before a closing.
	again func() (unheard int, err error)
}

func (f *fakeSessions) AskAgain(context.Context) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.again == nil {
		return 0, nil
	}
	return f.again()
}

func (f *fakeSessions) OpenSession(_ context.Context, o till.Opening) (till.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := o.Check(); err != nil || f.err != nil {
		return till.Session{}, errors.Join(err, f.err)
	}
	if f.now != nil && !f.now.Auto {
		return till.Session{}, &till.SessionOpenError{Session: *f.now}
	}
	s := till.Session{Number: len(f.closed) + 1, Operator: o.Operator, Branch: o.Branch, Cash: o.Cash, OpenedAt: f.clock.Now()}
	if f.now != nil {
		s.OpenedAt = f.now.OpenedAt
	}
	f.now = &s
	return s, nil
}

func (f *fakeSessions) CloseSession(_ context.Context, c till.Closing) (till.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil || f.now.Number != c.Number {
		return till.Session{}, till.ErrNoSession
	}
	if f.deaf {
		return till.Session{}, till.ErrNoWord
	}
	s := *f.now
	report := f.report
	report.At = f.clock.Now()
	if err := s.Close(report, c, f.clock.Now()); err != nil {
		return till.Session{}, err
	}
	f.closed, f.now, f.report = append(f.closed, s), nil, till.Report{}
	if f.lost {
		return till.Session{}, till.ErrNoWord
	}
	return s, nil
}

func (f *fakeSessions) CurrentSession(context.Context) (till.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil {
		return till.Session{}, till.ErrNoSession
	}
	return *f.now, nil
}

func (f *fakeSessions) SessionReport(_ context.Context, number int) (till.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return till.Session{}, f.err
	}
	if number > 0 && number <= len(f.closed) {
		return f.closed[number-1], nil
	}
	if f.now == nil {
		return till.Session{}, till.ErrNoSession
	}
	s, report := *f.now, f.report
	report.At, report.Open = f.clock.Now(), slices.Clone(report.Open)
	s.Report = &report
	return s, nil
}

func (f *fakeSessions) ListSessions(_ context.Context, before, limit int) ([]till.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []till.Session
	if f.now != nil && (before == 0 || f.now.Number < before) {
		list = append(list, *f.now)
	}
	for _, s := range slices.Backward(f.closed) {
		if before == 0 || s.Number < before {
			list = append(list, s)
		}
	}
	return list[:min(limit, len(list))], nil
}

func (f *fakeSessions) Park(_ context.Context, reference api.Reference, _ string) (till.Transaction, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.parked = append(f.parked, reference)
	for i := range f.report.Open {
		if f.report.Open[i].Reference == reference {
			f.report.Open[i].State = till.Parked
		}
	}
	return till.Transaction{Reference: reference, State: till.Parked}, nil
}

func sum(n int, rupiah int64) till.Figure { return till.Figure{Count: n, Sum: api.IDR(rupiah * 100)} }

// shift is a session of some hours with a bit of everything.
func shift(f *fakeSessions, clock bubbleClock) {
	opened := clock.Now().Add(-6 * time.Hour)
	f.now = &till.Session{Number: 1, Operator: "Siti Rahma", Branch: "0123", Cash: api.IDR(20_000_00), OpenedAt: opened}
	f.report = till.Report{
		Begun: []till.Begun{
			{Kind: till.CDM, State: till.Active, Figure: sum(1, 80_000)}, {Kind: till.CPM, State: till.Paid, Figure: sum(38, 4_812_500)},
			{Kind: till.CPM, State: till.Pending, Figure: sum(1, 50_000)}, {Kind: till.MPM, State: till.Paid, Figure: sum(2, 12_000)},
		},
		Paid: sum(38, 4_812_500), Late: sum(1, 12_500), RefundedPart: sum(2, 25_000), Booked: sum(2, 80_000), Waiting: sum(1, 30_000),
		Open: []till.OpenItem{
			{Reference: "Q261120145803K7M2RX4T9WZB", Kind: till.CPM, State: till.Pending, Amount: api.IDR(50_000_00), Since: clock.Now().Add(-4 * time.Minute)},
			{Reference: "Q261120101503P4Q8S2V6X0Y1", Kind: till.CPM, State: till.Paid, Refunding: true, Amount: api.IDR(12_500_00), Since: clock.Now().Add(-5 * time.Hour)},
		},
	}
}

// runShift plays a test on a console with sessions.
func runShift(t *testing.T, o options, prepare func(*fakeSessions, bubbleClock), play func(*program, *fakeSessions)) {
	t.Helper()
	var f *fakeSessions
	before := o.deps
	o.deps = func(d *Deps) {
		clock := newBubbleClock()
		f = &fakeSessions{clock: clock}
		if prepare != nil {
			prepare(f, clock)
		}
		d.Sessions = f
		if before != nil {
			before(d)
		}
	}
	run(t, o, func(p *program) { play(p, f) })
}

// closeAll answers the closing's questions up to the last one.
func closeAll(p *program) {
	p.press("6", "z", "p", "o")
	p.write("60000")
	p.press("enter")
}

var shiftScenes = []struct {
	name    string
	prepare func(*fakeSessions, bubbleClock)
	play    func(*program, *fakeSessions)
}{
	{"session-home", shift, func(*program, *fakeSessions) {}},
	{"session-home-auto", func(f *fakeSessions, c bubbleClock) {
		f.now = &till.Session{Number: 1, Auto: true, OpenedAt: c.Now().Add(-time.Hour)}
	}, func(*program, *fakeSessions) {}},
	{"session-forgotten", func(f *fakeSessions, c bubbleClock) {
		shift(f, c)
		f.now.OpenedAt = c.Now().Add(-22 * time.Hour)
	}, func(p *program, _ *fakeSessions) { p.pass(500 * time.Millisecond) }},
	{"session-form", nil, func(p *program, _ *fakeSessions) { p.press("6") }},
	{"session-form-faults", nil, func(p *program, _ *fakeSessions) { p.press("6", "ctrl+u", "enter", "enter", "enter") }},
	{"session-x", shift, func(p *program, _ *fakeSessions) { p.press("6") }},
	{"session-x-end", shift, func(p *program, _ *fakeSessions) { p.press("6", "end") }},
	{"session-take", func(f *fakeSessions, c bubbleClock) {
		f.now = &till.Session{Number: 1, Auto: true, OpenedAt: c.Now().Add(-time.Hour)}
	}, func(p *program, _ *fakeSessions) { p.press("6", "t") }},
	{"session-closing-open", shift, func(p *program, _ *fakeSessions) { p.press("6", "z") }},
	{"session-closing-refund", shift, func(p *program, _ *fakeSessions) { p.press("6", "z", "o") }},
	{"session-closing-cash", shift, func(p *program, _ *fakeSessions) { p.press("6", "z", "o", "o") }},
	{"session-closing-reason", shift, func(p *program, _ *fakeSessions) {
		p.press("6", "z", "o", "o")
		p.write("50000")
		p.press("enter")
	}},
	{"session-closing-ready", shift, func(p *program, _ *fakeSessions) {
		p.press("6", "z", "o", "o")
		p.write("50000")
		p.press("enter")
		p.write("a torn note")
		p.press("enter")
	}},
	{"session-closing-confirm", shift, func(p *program, _ *fakeSessions) {
		closeAll(p)
		p.press("enter")
		p.pass(500 * time.Millisecond)
	}},
	{"session-z", shift, func(p *program, _ *fakeSessions) {
		closeAll(p)
		p.press("enter")
		p.answer("y")
	}},
	{"session-past", func(f *fakeSessions, c bubbleClock) {
		for i := range 3 {
			f.closed = append(f.closed, till.Session{
				Number: i + 1, Operator: []string{"Siti Rahma", "Budi", "Dewi Lestari"}[i], Branch: "0123",
				OpenedAt: c.Now().AddDate(0, 0, i-3), ClosedAt: c.Now().AddDate(0, 0, i-3).Add(8 * time.Hour),
				Report: &till.Report{Paid: sum(3+i, 125_000), RefundedWhole: sum(i, int64(i)*100_000), Booked: sum(2, 80_000)},
			})
		}
	}, func(p *program, _ *fakeSessions) { p.press("6", "ctrl+o") }},
	{"session-copy", func(f *fakeSessions, c bubbleClock) {
		shift(f, c)
		f.report.Open = nil
		s := *f.now
		r := f.report
		s.ClosedAt, s.Report = c.Now().Add(-time.Hour), &r
		r.Counted = api.IDR(60_000_00)
		f.closed, f.now = []till.Session{s}, nil
	}, func(p *program, _ *fakeSessions) { p.press("6", "ctrl+o", "enter") }},
}

func TestSessionScreens(t *testing.T) {
	for _, v := range []look{
		{"en-80x24", options{}},
		{"id-80x24", options{lang: words.Indonesian}},
		{"en-120x40", options{width: 120, height: 40}},
		{"id-120x40", options{lang: words.Indonesian, width: 120, height: 40}},
	} {
		for _, s := range shiftScenes {
			t.Run(v.folder+"/"+s.name, func(t *testing.T) {
				runShift(t, v.o, s.prepare, func(p *program, f *fakeSessions) {
					s.play(p, f)
					p.golden(v, s.name)
				})
			})
		}
	}
}

func TestSessionIsOpenedAndClosed(t *testing.T) {
	runShift(t, options{}, nil, func(p *program, f *fakeSessions) {
		p.want("none is open: open one")
		p.press("6")
		p.want("Who works here now?", "Budi Santoso", "0123") // the courier of the config
		p.press("ctrl+u")
		p.write("Siti")
		p.press("enter", "enter")
		p.write("20000")
		p.want("20.000")
		p.press("enter")
		p.want("X REPORT", "Siti", "Rp20.000", "Session 1 is open.")
		// Money comes in while the report is shown.
		f.mu.Lock()
		f.report.Paid = sum(1, 12_500)
		f.mu.Unlock()
		p.send(Changed{})
		p.want("Rp12.500")
		p.press("z")
		p.want("Count the cash", "Rp20.000")
		p.press("esc") // nothing happened
		p.want("X REPORT")
		p.press("z")
		p.write("0")
		p.press("enter") // nought is a count: the start's cash was not deposited
		p.want("Rp20.000 of the cash was not deposited. Why?")
		p.press("enter")
		p.want("Fill this in.")
		p.write("kept")
		p.press("enter")
		p.want("Ready to close", "kept")
		p.press("enter")
		p.answer("n")
		p.want("Ready to close")
		p.press("enter")
		p.answer("y")
		p.want("Z REPORT 1", "Session 1 is closed.")
		if len(f.closed) != 1 || f.closed[0].Report.Reason != "kept" || f.closed[0].Report.Counted != api.IDR(0) {
			t.Errorf("closed: %+v", f.closed)
		}
		p.press("esc")
		p.want("Who works here now?", "Siti")
		p.press("esc")
		p.want("none is open")
	})
}

// TestSessionOfAnotherProcess: one that a command opens or closes is seen on
// home before long.
func TestSessionOfAnotherProcess(t *testing.T) {
	runShift(t, options{}, nil, func(p *program, f *fakeSessions) {
		p.want("none is open: open one")
		if _, err := f.OpenSession(t.Context(), till.Opening{Operator: "Siti", Branch: "0123"}); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			p.pass(time.Second)
			p.send(ui.Beat{Now: p.clock.Now()})
		}
		p.want("X report, close the day")
		p.wantNot("none is open")
	})
}

func TestForgottenSessionIsOffered(t *testing.T) {
	forgotten := func(f *fakeSessions, c bubbleClock) {
		f.now = &till.Session{Number: 1, Operator: "Siti", Branch: "0123", OpenedAt: c.Now().AddDate(0, 0, -1)}
	}
	runShift(t, options{}, forgotten, func(p *program, f *fakeSessions) {
		p.want("Session 1 was forgotten open")
		p.answer("n")
		p.want("open since 19 Nov 2026: close it")
		if f.now == nil {
			t.Error("it was closed without a word")
		}
	})
	runShift(t, options{}, forgotten, func(p *program, f *fakeSessions) {
		p.answer("y")
		p.want("Ready to close")
		p.press("enter")
		p.answer("y")
		p.want("Z REPORT 1")
	})
}

// TestSessionText: whatever stands in a report, each line fits the paper, in
// both languages, and no figure is lost.
func TestSessionText(t *testing.T) {
	huge, err := api.ParseAmount("9999999999999999.99", "IDR") // the largest that the documents carry
	if err != nil {
		t.Fatal(err)
	}
	s := till.Session{
		Number: 1234, Operator: strings.Repeat("Siti ", 12), Branch: "0123", Cash: huge, Auto: true, OpenedAt: start, ClosedAt: start.Add(time.Hour),
		Report: &till.Report{
			At: start, Paid: till.Figure{Count: 99999, Sum: huge}, Late: till.Figure{Count: 1, Sum: huge}, Doubled: till.Figure{Count: 1, Sum: huge},
			RefundedWhole: till.Figure{Count: 1, Sum: huge}, RefundedPart: till.Figure{Count: 1, Sum: huge}, Elsewhere: till.Figure{Count: 1, Sum: huge},
			Booked: till.Figure{Count: 1, Sum: huge}, Waiting: till.Figure{Count: 1, Sum: huge}, Counted: huge, Reason: strings.Repeat("why ", 40),
			Open:   []till.OpenItem{{Reference: api.Reference(strings.Repeat("Q", 64)), Kind: till.CPM, State: till.Unknown, Amount: huge, Carried: true}},
			Others: []till.Other{{What: "paid", Amount: huge}},
		},
	}
	for _, state := range []till.State{till.Paid, till.LatePaid, till.Doubled, till.NotFound, till.Cancelling} {
		s.Report.Begin(till.CPM, state, huge)
	}
	for _, lang := range []words.Lang{words.English, words.Indonesian} {
		for _, columns := range []int{32, 42, 48, 80} {
			lines := SessionText(words.For(lang), s, SessionPaper{Columns: columns, Copy: true, Test: true, Shop: "Warung"})
			for _, l := range lines {
				if regexp.MustCompile(`[0-9]-?Rp`).MatchString(l) {
					t.Errorf("%s, %d columns: a count stands in its sum: %q", lang, columns, l)
				}
				if w := ansi.StringWidth(l); w > columns {
					t.Errorf("%s: %d columns of %d: %q", lang, w, columns, l)
				}
			}
			if n := strings.Count(strings.Join(lines, "\n"), "Rp9.999.999.999.999.999,99"); n < 18 {
				t.Errorf("%s, %d columns: %d of the sums are whole:\n%s", lang, columns, n, strings.Join(lines, "\n"))
			}
			if strings.Contains(fmt.Sprint(lines), "⟨") {
				t.Errorf("%s: a word is missing: %q", lang, lines)
			}
		}
	}
}

// TestUncountedCashIsSaid: a courier's report never passes over the cash.
func TestUncountedCashIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		cash   api.Amount
		report till.Report
		want   bool
	}{
		"a cashier's":         {report: till.Report{Paid: sum(1, 100)}},
		"cash at the start":   {cash: api.IDR(100), want: true},
		"deposits are booked": {report: till.Report{Booked: sum(1, 100)}, want: true},
		"deposits wait":       {report: till.Report{Waiting: sum(1, 100)}, want: true},
	} {
		s := till.Session{Number: 1, Cash: c.cash, OpenedAt: start, ClosedAt: start, Report: &c.report}
		text := strings.Join(SessionText(words.For(words.English), s, SessionPaper{}), "\n")
		if got := regexp.MustCompile(`Collected, counted +not counted`).MatchString(text); got != c.want {
			t.Errorf("%s: %v\n%s", name, got, text)
		}
	}
}

// TestLostReport: a Z report that a restore has lost stands in the lists, and
// says where the one that counts is.
func TestLostReport(t *testing.T) {
	for _, size := range []options{{}, {width: 120, height: 40}} {
		runShift(t, size, func(f *fakeSessions, c bubbleClock) {
			shift(f, c)
			f.now.Number = 3
			f.closed = []till.Session{{Number: 1, OpenedAt: c.Now(), ClosedAt: c.Now(), Lost: true}, {Number: 2, Damaged: true}}
		}, func(p *program, _ *fakeSessions) {
			p.press("6")
			if size.width > 0 {
				p.want("lost by a restore") // beside the open one
			}
			p.press("h")
			p.want("lost by a restore", "damaged")
			p.press("enter")
			p.want("lost by a restore", "Z report 2 is damaged and is not shown.")
			p.press("down", "enter")
			p.want("Z REPORT 1", "This report was lost", "The printed one counts.")
		})
	}
}
