package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// shiftStore is a journal whose clock is moved by the test, in which sessions
// open by themselves.
func shiftStore(t testing.TB, path string) (s *Store, now *time.Time) {
	t.Helper()
	clock := noon
	s, err := Open(path, Options{
		Profile: "test", Timeout: time.Millisecond, Now: func() time.Time { return clock },
		Unattended: &till.Opening{Operator: "till", Branch: "0123"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &clock
}

func mustOpen(t testing.TB, s *Store, operator string, cash int64) till.Session {
	t.Helper()
	opened, err := s.OpenSession(t.Context(), till.Opening{Operator: operator, Branch: "0123", Cash: api.IDR(cash)})
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func mustClose(t testing.TB, s *Store, c till.Closing) till.Session {
	t.Helper()
	closed, err := s.CloseSession(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return closed
}

func figure(count int, minor int64) till.Figure {
	if count == 0 {
		return till.Figure{}
	}
	return till.Figure{Count: count, Sum: api.IDR(minor)}
}

// refundOf adds a refund in a state.
func refundOf(reference string, minor int64, state till.RefundState) func(*till.Transaction) {
	return func(x *till.Transaction) {
		x.Refunds = append(x.Refunds[:len(x.Refunds):len(x.Refunds)], till.Refund{Reference: api.Reference(reference), Amount: api.IDR(minor), State: state, At: noon})
	}
}

func TestSessionsCountWhatBelongsToThem(t *testing.T) {
	s, now := shiftStore(t, filepath.Join(t.TempDir(), "test.db"))
	if _, err := s.CurrentSession(t.Context()); !errors.Is(err, till.ErrNoSession) {
		t.Fatalf("a new journal has a session: %v", err)
	}
	if first := mustOpen(t, s, "Siti", 0); first.Number != 1 || !first.Open() || first.Auto {
		t.Fatalf("the first session is %+v", first)
	}
	var already *till.SessionOpenError
	if _, err := s.OpenSession(t.Context(), till.Opening{Operator: "Budi", Branch: "1"}); !errors.As(err, &already) || already.Session.Number != 1 {
		t.Fatalf("a second one beside it: %v", err)
	}

	// Of session 1: a payment that is paid, one that stays open, deposits.
	paid := payment("Q1", "Q1", noon)
	mustAppend(t, s, paid)
	paidNow := after(paid.Transaction, till.Paid, noon, nil)
	mustAppend(t, s, paidNow)
	open := payment("Q2", "Q2", noon)
	mustAppend(t, s, open)
	pending := after(open.Transaction, till.Pending, noon, nil)
	mustAppend(t, s, pending)
	id := intent("C1", noon)
	mustAppend(t, s, id)
	active := after(id.Transaction, till.Active, noon, func(x *till.Transaction) {
		x.Deposits = []till.Deposit{deposit("ATM-1", 50_000_00, noon, api.DepositBooked), deposit("ATM-2", 30_000_00, noon, api.DepositWaiting)}
	})
	mustAppend(t, s, active)

	x, err := s.SessionReport(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, *x.Report, till.Report{
		At: noon,
		Begun: []till.Begun{
			{Kind: till.CDM, State: till.Active, Figure: figure(1, 50_000_00)},
			{Kind: till.CPM, State: till.Paid, Figure: figure(1, 125_000_00)},
			{Kind: till.CPM, State: till.Pending, Figure: figure(1, 125_000_00)},
		},
		Paid: figure(1, 125_000_00), Booked: figure(1, 50_000_00), Waiting: figure(1, 30_000_00),
		Open: []till.OpenItem{{Reference: "Q2", Kind: till.CPM, State: till.Pending, Amount: api.IDR(125_000_00), Since: noon}},
	})

	// Nothing is closed while something is open that nobody named.
	var still *till.StillOpenError
	if _, err := s.CloseSession(t.Context(), till.Closing{}); !errors.As(err, &still) || len(still.Items) != 1 || still.Items[0].Reference != "Q2" {
		t.Fatalf("closed over an open payment: %v", err)
	}
	if _, err := s.CloseSession(t.Context(), till.Closing{Carry: []api.Reference{"Q9"}}); !errors.As(err, &still) {
		t.Fatalf("closed by another's name: %v", err)
	}
	if _, err := s.CloseSession(t.Context(), till.Closing{Number: 2, Carry: []api.Reference{"Q2"}}); !errors.Is(err, till.ErrNoSession) {
		t.Fatalf("closed in another's place: %v", err)
	}
	*now = noon.Add(8 * time.Hour)
	z := mustClose(t, s, till.Closing{Number: 1, Carry: []api.Reference{"Q2"}})
	if z.Number != 1 || z.Open() || !z.ClosedAt.Equal(*now) || !z.Report.Open[0].Carried {
		t.Fatalf("the Z report is %+v of %+v", z.Report, z)
	}
	if _, err := s.CloseSession(t.Context(), till.Closing{}); !errors.Is(err, till.ErrNoSession) || !strings.Contains(err.Error(), "session 1 was closed at 2026-11-20 20:00:00") {
		t.Fatalf("closed twice: %v", err)
	}

	// A payment of session 1 that becomes paid in session 2 is money of session
	// 2, and so is what goes back of session 1's.
	second := mustOpen(t, s, "Budi", 0)
	mustAppend(t, s,
		after(pending.Transaction, till.LatePaid, *now, nil),
		after(paidNow.Transaction, till.Paid, *now, refundOf("R1", 25_000_00, till.RefundDone)),
	)
	part := after(paidNow.Transaction, till.Paid, *now, refundOf("R1", 25_000_00, till.RefundDone)).Transaction
	part.Revision++
	part.Payment.Locked, part.Payment.Status = true, api.StatusRefunded
	mustAppend(t, s, till.Change{Transaction: part, Event: till.Event{At: *now, Reference: "Q1", State: till.Paid, What: till.WhatAlarm}})
	booked := after(active.Transaction, till.Active, *now, func(x *till.Transaction) { x.Deposits[1].State = api.DepositBooked })
	mustAppend(t, s, booked)
	x, err = s.SessionReport(t.Context(), second.Number)
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, *x.Report, till.Report{
		At: *now, Late: figure(1, 125_000_00), RefundedPart: figure(1, 25_000_00), Elsewhere: figure(1, 100_000_00), Booked: figure(1, 30_000_00),
	})
	if x.Report.Net() != 0 {
		t.Errorf("the net is %d", x.Report.Net())
	}
	mustClose(t, s, till.Closing{})

	old, err := s.SessionReport(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, old, z)
	list, err := s.ListSessions(t.Context(), 0, 10)
	if err != nil || len(list) != 2 || list[0].Number != 2 || list[1].Report == nil {
		t.Fatalf("the list is %+v, %v", list, err)
	}
	if list, err = s.ListSessions(t.Context(), 2, 10); err != nil || len(list) != 1 || list[0].Number != 1 {
		t.Fatalf("the list before 2 is %+v, %v", list, err)
	}
	if _, err := s.SessionReport(t.Context(), 3); !errors.Is(err, till.ErrNotFound) {
		t.Errorf("a session that was never: %v", err)
	}
	mustVerify(t, s)
}

func TestCashOfASession(t *testing.T) {
	s, _ := shiftStore(t, filepath.Join(t.TempDir(), "test.db"))
	mustOpen(t, s, "Siti", 20_000_00)
	id := intent("C1", noon)
	mustAppend(t, s, id, after(id.Transaction, till.Active, noon, func(x *till.Transaction) {
		x.Deposits = []till.Deposit{deposit("ATM-1", 100_000_00, noon, api.DepositBooked)}
	}))
	var differs *till.DifferenceError
	if _, err := s.CloseSession(t.Context(), till.Closing{Counted: api.IDR(90_000_00)}); !errors.As(err, &differs) || differs.Difference() != 10_000_00 {
		t.Fatalf("a difference without a reason: %v", err)
	}
	z := mustClose(t, s, till.Closing{Counted: api.IDR(90_000_00), Reason: "the machine was full"})
	if d, counted := z.Difference(); d != 10_000_00 || !counted || z.Report.Reason != "the machine was full" {
		t.Errorf("the difference is %d, %q", d, z.Report.Reason)
	}
	mustOpen(t, s, "Siti", 20_000_00)
	z = mustClose(t, s, till.Closing{})
	if _, counted := z.Difference(); counted {
		t.Error("cash was counted by nobody")
	}
	mustOpen(t, s, "Siti", 0)
	if z = mustClose(t, s, till.Closing{Counted: api.IDR(0)}); !z.Report.CashCounted() {
		t.Error("no cash is a count too")
	}
}

func TestSessionOpensByItself(t *testing.T) {
	s, now := shiftStore(t, filepath.Join(t.TempDir(), "test.db"))
	c := intent("C1", noon)
	mustAppend(t, s, c)
	auto, err := s.CurrentSession(t.Context())
	if err != nil || auto.Number != 1 || !auto.Auto || auto.Operator != "till" || auto.Branch != "0123" {
		t.Fatalf("the session is %+v, %v", auto, err)
	}
	// Somebody takes it over, with what was done in it.
	*now = noon.Add(time.Hour)
	taken := mustOpen(t, s, "Siti", 5_000_00)
	if taken.Number != 1 || taken.Auto || !taken.OpenedAt.Equal(noon) || taken.Cash != api.IDR(5_000_00) {
		t.Fatalf("taken over it is %+v", taken)
	}
	z := mustClose(t, s, till.Closing{Carry: []api.Reference{"C1"}})
	if len(z.Report.Begun) != 1 || z.Report.Begun[0].Count != 1 {
		t.Errorf("what was done before is not in it: %+v", z.Report)
	}
	// What a machine notes without any news opens none; the next deed does, for
	// the operator of last time.
	checked := after(c.Transaction, till.Intent, *now, nil)
	checked.Event.What = till.WhatChecked
	mustAppend(t, s, checked)
	if _, err := s.CurrentSession(t.Context()); !errors.Is(err, till.ErrNoSession) {
		t.Fatalf("a count of checks opened a session: %v", err)
	}
	mustAppend(t, s, after(checked.Transaction, till.Active, *now, nil))
	if auto, err = s.CurrentSession(t.Context()); err != nil || auto.Number != 2 || !auto.Auto || auto.Operator != "Siti" {
		t.Fatalf("the session is %+v, %v", auto, err)
	}
	mustVerify(t, s)
}

// TestSessionOfARefusedChange: a change that is refused opens no session.
func TestSessionOfARefusedChange(t *testing.T) {
	s, _ := shiftStore(t, filepath.Join(t.TempDir(), "test.db"))
	stale := intent("C1", noon)
	stale.Transaction.Revision = 2
	if err := s.Append(t.Context(), stale); !errors.Is(err, till.ErrStale) {
		t.Fatal(err)
	}
	if _, err := s.CurrentSession(t.Context()); !errors.Is(err, till.ErrNoSession) {
		t.Errorf("it left a session: %v", err)
	}
	if r := mustVerify(t, s); r.Events != 0 {
		t.Errorf("%d events", r.Events)
	}
}

// threeSessions is a closed journal with two Z reports and an open session.
func threeSessions(t testing.TB) (path string) {
	path = filepath.Join(t.TempDir(), "three.db")
	s, now := shiftStore(t, path)
	for i := range 3 {
		mustOpen(t, s, fmt.Sprintf("Siti %d", i), 0)
		c := payment(fmt.Sprintf("Q%d", i), fmt.Sprintf("Q%d", i), *now)
		mustAppend(t, s, c, after(c.Transaction, till.Paid, *now, nil))
		if i < 2 {
			mustClose(t, s, till.Closing{})
		}
		*now = now.AddDate(0, 0, 17) // another month now and then
	}
	mustVerify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestVerifyNoticesEachByteOfASession: any byte of a session, of its key too;
// a session that is lost, and one that is added.
func TestVerifyNoticesEachByteOfASession(t *testing.T) {
	path := threeSessions(t)
	s := openAt(t, path)
	type entry struct{ k, v []byte }
	var all []entry
	if err := s.view(func(tx *bbolt.Tx) error {
		for k, v := range entries(tx.Bucket(bucketSessions)) {
			all = append(all, entry{bytes.Clone(k), bytes.Clone(v)})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 {
		t.Fatalf("%d sessions", len(all))
	}
	put := func(k, v []byte) {
		t.Helper()
		if err := s.update(func(tx *bbolt.Tx) error { return op{bucketSessions, k, v}.run(tx) }); err != nil {
			t.Fatal(err)
		}
	}
	wrong := func(what string) {
		t.Helper()
		problems := 0
		v := &verifier{s: s}
		for _, step := range []func() error{func() error { return v.events(t.Context()) }, func() error { return v.sessions(t.Context()) }} {
			if err := step(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		for _, p := range v.report.Problems {
			problems++
			if !strings.Contains(p.What, "session") {
				t.Errorf("%s is named so: %s", what, p)
			}
		}
		if problems == 0 {
			t.Errorf("%s is not noticed", what)
		}
	}
	s.db.NoSync = true // the disk is not what is tested here
	for n, e := range all {
		for i := range e.v {
			changed := bytes.Clone(e.v)
			changed[i] ^= 1 << (i % 8)
			put(e.k, changed)
			wrong(fmt.Sprintf("byte %d of session %d", i, n+1))
			if n == len(all)-1 {
				continue // it is open: it has no Z report yet
			}
			if _, err := s.SessionReport(t.Context(), n+1); !errors.Is(err, till.ErrDamaged) {
				t.Errorf("Z report %d with another byte %d is shown: %v", n+1, i, err)
			}
			list, err := s.ListSessions(t.Context(), 0, 9)
			if err != nil || len(list) != 3 {
				t.Fatalf("%d sessions are listed, %v", len(list), err)
			}
			for _, one := range list {
				if one.Damaged != (one.Number == n+1) || one.Damaged && one.Report != nil {
					t.Errorf("byte %d of session %d: listed is %+v", i, n+1, one)
				}
			}
		}
		put(e.k, nil)
		wrong(fmt.Sprintf("the loss of session %d", n+1))
		moved := bytes.Clone(e.k)
		moved[3] ^= 0x10
		put(moved, e.v)
		wrong(fmt.Sprintf("session %d under another number", n+1))
		put(moved, nil)
		put(e.k, e.v)
	}
	put(sessionKey(4), all[2].v)
	wrong("a copied session")
	put(sessionKey(4), nil)
	// An older one put back, with its own note.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	mustVerify(t, s)
	open := all[2].v
	mustClose(t, s, till.Closing{})
	mustVerify(t, s)
	put(sessionKey(3), open)
	wrong("a Z report taken back")
}

// TestSessionAfterPowerCut: whatever part of the last commit is on the disk, the
// journal has the session before it or after it.
func TestSessionAfterPowerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, _ := shiftStore(t, path)
	states := [][]byte{read(t, path)}
	want := []string{"0"}
	step := func(number string, do func()) {
		do()
		states = append(states, read(t, path))
		want = append(want, number)
	}
	c := payment("Q1", "Q1", noon)
	step("1 auto", func() { mustAppend(t, s, c) })
	step("1 open", func() { mustOpen(t, s, "Siti", 0) })
	step("1 open", func() { mustAppend(t, s, after(c.Transaction, till.Paid, noon, nil)) })
	step("1 closed", func() { mustClose(t, s, till.Closing{}) })
	step("2 open", func() { mustOpen(t, s, "Budi", 0) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const page = pageSize
	for i := 1; i < len(states); i++ {
		before, after := states[i-1], states[i]
		for cut := 0; cut <= len(after)/page; cut++ {
			// bbolt writes data pages first and the meta pages, 0 and 1, last.
			torn := bytes.Clone(after)
			meta := cut == len(after)/page
			if !meta {
				copy(torn[:2*page], before[:2*page])
				for p := 2 + cut; p*page < len(before); p++ {
					copy(torn[p*page:(p+1)*page], before[p*page:(p+1)*page])
				}
			}
			file := filepath.Join(t.TempDir(), "torn.db")
			write(t, file, torn)
			again := openAt(t, file)
			got := "0"
			switch list, err := again.ListSessions(t.Context(), 0, 1); {
			case err != nil:
				t.Fatal(err)
			case len(list) == 1:
				got = fmt.Sprint(list[0].Number)
				switch {
				case !list[0].Open():
					got += " closed"
				case list[0].Auto:
					got += " auto"
				default:
					got += " open"
				}
			}
			expect := want[i-1]
			if meta {
				expect = want[i]
			}
			if got != expect {
				t.Errorf("step %d cut at page %d: %q, want %q", i, cut, got, expect)
			}
			mustVerify(t, again)
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
