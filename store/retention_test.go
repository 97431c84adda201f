package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"cashier/api"
	"cashier/api/till"
)

// oct, nov are beginnings of months in Jakarta.
var (
	oct = time.Date(2026, 10, 1, 0, 0, 0, 0, api.Jakarta)
	nov = time.Date(2026, 11, 1, 0, 0, 0, 0, api.Jakarta)
)

func mustDrop(t testing.TB, s *Store, before time.Time) Dropped {
	t.Helper()
	d, err := s.Drop(t.Context(), before, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A clock that stands far ahead drops nothing, nor do the events filed by it.
func TestWrongClockDropsNothing(t *testing.T) {
	month := func(year int, m time.Month) time.Time { return time.Date(year, m, 1, 0, 0, 0, 0, api.Jakarta) }
	for name, c := range map[string]struct {
		events []time.Time
		now    time.Time
		want   time.Time // kept are three months
	}{
		"nothing is there":     {nil, month(2026, 11), month(2026, 8)},
		"every month":          {[]time.Time{month(2026, 8), month(2026, 9), month(2026, 10)}, month(2026, 11), month(2026, 8)},
		"a pause":              {[]time.Time{month(2026, 1)}, month(2027, 1), month(2026, 10)},
		"a clock ahead":        {[]time.Time{month(2026, 10), month(2026, 11)}, month(2099, 5), month(2026, 8)},
		"and events by it":     {[]time.Time{month(2026, 10), month(2026, 11), month(2099, 5)}, month(2099, 6), month(2026, 8)},
		"of two months":        {[]time.Time{month(2024, 10), month(2026, 10), month(2026, 11)}, month(2026, 11), month(2026, 8)},
		"only one, long ago":   {[]time.Time{month(2020, 1)}, month(2026, 11), month(2019, 10)},
		"a clock that is late": {[]time.Time{month(2026, 10), month(2026, 11)}, month(2001, 1), month(2000, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			s.now = func() time.Time { return c.now }
			for i, at := range c.events {
				mustAppend(t, s, intent(fmt.Sprintf("C%d", i), at))
			}
			if got, err := s.KeptFrom(3); err != nil || !got.Equal(c.want) {
				t.Errorf("kept from %s, want %s, %v", got, c.want, err)
			}
		})
	}
}

func references(t testing.TB, s *Store) (list []string) {
	t.Helper()
	for r, err := range s.Rows(t.Context(), till.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(r.Reference))
	}
	slices.Sort(list)
	return list
}

func TestDrop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openAt(t, path)
	september, october := oct.AddDate(0, 0, -10), oct.AddDate(0, 0, 10)
	done := func(c till.Change, at time.Time) {
		mustAppend(t, s, c, after(c.Transaction, till.Active, at, func(x *till.Transaction) {
			x.Deposits = []till.Deposit{deposit("ATM-1", 100_00, at, api.DepositBooked)}
		}))
	}
	paid := func(c till.Change, state till.State, at time.Time) {
		mustAppend(t, s, c, after(c.Transaction, state, at, nil))
	}
	late := intent("C-late", september)
	mustAppend(t, s, late)
	done(intent("C-old", september), september)
	mustAppend(t, s, intent("C-open", september))
	paid(payment("Q-a", "Q-a", september), till.Failed, september) // its sale is open
	paid(payment("Q-b", "Q-a", september), till.Unknown, september)
	paid(payment("Q-c", "Q-c", september), till.Failed, september) // a sale that has ended
	due := payment("Q-due", "Q-due", september)                    // to be asked about again
	mustAppend(t, s, due, after(due.Transaction, till.Cancelled, september, recheck(noon)))
	paid(payment("Q-d", "Q-c", october), till.Paid, october)
	mustAppend(t, s, after(late.Transaction, till.Active, noon, nil)) // something happened since
	done(intent("C-new", noon), noon)
	september4, err := s.Day(t.Context(), september)
	if err != nil {
		t.Fatal(err)
	}
	before := mustVerify(t, s)

	look, err := s.Outlook(t.Context(), 0)
	if err != nil || look.Transactions != 3 || look.Held != 5 {
		t.Errorf("%+v, %v", look, err)
	}
	if over, err := s.Overdue(nov); err != nil || !over {
		t.Error("nothing is overdue", err)
	}
	if d := mustDrop(t, s, nov); d.Transactions != 3 || d.Before != "2026-11" {
		t.Errorf("dropped %+v", d)
	}
	if over, err := s.Overdue(nov); err != nil || over {
		t.Error("still overdue", err)
	}
	if got, want := references(t, s), []string{"C-late", "C-new", "C-open", "Q-a", "Q-b", "Q-due"}; !slices.Equal(got, want) {
		t.Errorf("there are %v, want %v", got, want)
	}
	r := mustVerify(t, s)
	if r.Dropped.Transactions != 3 || r.Dropped.Before != "2026-11" || r.Transactions != 6 || r.Events != before.Events-6+1 {
		t.Errorf("%+v, before %+v", r, before)
	}
	for ref, want := range map[api.Reference]int{"C-open": 1, "C-late": 2, "Q-a": 2, "Q-due": 2} {
		if events, err := s.Events(t.Context(), ref); err != nil || len(events) != want {
			t.Errorf("%s has %d events, want %d, %v", ref, len(events), want, err)
		}
	}
	// The day remembers, the totals are of what is there.
	if now, err := s.Day(t.Context(), september); err != nil || now.Of("", "") != september4.Of("", "") {
		t.Errorf("the day counts %v, before %v", now, september4)
	}
	if counts, err := s.Counts(t.Context()); err != nil || counts.All.Of("", "") != 6 {
		t.Errorf("%+v, %v", counts.All, err)
	}
	if _, err := s.Get(t.Context(), "C-old"); err == nil {
		t.Error("C-old is still there")
	}

	// What was open is settled; a month later it goes, with its sale.
	for _, ref := range []api.Reference{"C-open", "Q-b", "Q-due"} {
		x, err := s.Get(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		state := till.Paid
		if x.Kind == till.CDM {
			state = till.Active
		}
		mustAppend(t, s, after(x, state, noon, func(x *till.Transaction) {
			if x.Payment != nil {
				recheck(time.Time{})(x)
			}
		}))
	}
	mustVerify(t, s)
	s.now = func() time.Time { return noon.AddDate(0, 2, 0) }
	if d := mustDrop(t, s, nov.AddDate(0, 1, 0)); d.Transactions != 6 {
		t.Errorf("dropped %+v", d)
	}
	r = mustVerify(t, s)
	if r.Transactions != 0 || r.Events != 1 || r.Dropped.Transactions != 9 {
		t.Errorf("%+v", r)
	}
	if err := s.view(func(tx *bbolt.Tx) error {
		for _, b := range [][]byte{bucketKept, bucketSales, bucketRefs, bucketIndex, bucketDue} {
			if n := number(tx.Bucket(b)); n > 0 {
				t.Errorf("%s has %d entries", b, n)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, intent("C-again", noon))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	mustVerify(t, s)
}

// TestDropKeepsSessions: Z reports stay, with the notes that vouch for them.
func TestDropKeepsSessions(t *testing.T) {
	clock := oct.AddDate(0, 0, -10)
	s, err := Open(filepath.Join(t.TempDir(), "test.db"), Options{Profile: "test", Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 3 { // two closed ones, one that is open still
		if _, err := s.OpenSession(t.Context(), till.Opening{Operator: "Siti", Branch: "0123"}); err != nil {
			t.Fatal(err)
		}
		c := payment(fmt.Sprintf("Q%d", i), fmt.Sprintf("Q%d", i), clock)
		mustAppend(t, s, c, after(c.Transaction, till.Paid, clock, nil))
		if i == 2 {
			break
		}
		if _, err := s.CloseSession(t.Context(), till.Closing{}); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(time.Hour)
	}
	before, err := s.ListSessions(t.Context(), 0, 10)
	if err != nil || len(before) != 3 {
		t.Fatal(before, err)
	}
	mustVerify(t, s)
	clock = noon
	if d := mustDrop(t, s, nov); d.Transactions != 3 {
		t.Errorf("%+v", d)
	}
	mustVerify(t, s)
	for i, x := range before {
		got, err := s.SessionReport(t.Context(), x.Number)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 { // the newest is open: its X report is of what is there
			equalJSON(t, got.Report, x.Report)
		}
	}
	if _, err := s.CloseSession(t.Context(), till.Closing{}); err != nil {
		t.Error(err)
	}
	mustVerify(t, s)
}

// TestDropInSteps ends dropping after each step: every state verifies, and
// work goes on in between.
func TestDropInSteps(t *testing.T) {
	s := newStore(t)
	var open []till.Transaction
	for i := range 60 {
		at := oct.Add(time.Duration(i) * 11 * time.Hour)
		c := payment(fmt.Sprintf("Q%d", i), fmt.Sprintf("S%d", i/2), at)
		mustAppend(t, s, c)
		if i%7 == 0 {
			open = append(open, c.Transaction)
			continue
		}
		mustAppend(t, s, after(c.Transaction, till.Paid, at, nil))
	}
	all := len(references(t, s))
	steps := 0
	for more := true; more; steps++ {
		var err error
		if _, more, err = s.dropStep(newKey(nov.UnixNano(), 0), "2026-11", 5); err != nil {
			t.Fatal(err)
		}
		mustVerify(t, s)
		mustAppend(t, s, intent(fmt.Sprintf("C-step-%d", steps), noon))
		if len(open) > 0 { // what had been kept is settled while the seal goes on
			mustAppend(t, s, after(open[0], till.Paid, noon, nil))
			open = open[1:]
		}
	}
	if steps < 20 {
		t.Fatalf("only %d steps", steps)
	}
	if left := len(references(t, s)); left >= all {
		t.Errorf("%d of %d are left", left, all)
	}
	mustVerify(t, s)
}

// TestDropAnything drops at random moments of random histories.
func TestDropAnything(t *testing.T) {
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		s := openAt(t, filepath.Join(dir, fmt.Sprintf("%d.db", run)))
		defer s.Close()
		s.db.NoSync = true
		known := map[api.Reference]till.Transaction{}
		var order []api.Reference
		sales := []api.Reference{"S1", "S2", "S3"}
		clock := oct.AddDate(0, -6, 0)
		s.now = func() time.Time { return clock }
		tally := map[string]int{}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			clock = clock.Add(time.Duration(rapid.IntRange(0, 20).Draw(rt, "days")) * 24 * time.Hour)
			switch what := rapid.IntRange(0, 9).Draw(rt, "what"); {
			case what < 4 || len(order) == 0:
				ref := fmt.Sprintf("Q%d", len(order))
				sale := rapid.SampledFrom(append(sales, api.Reference(ref))).Draw(rt, "sale")
				c := payment(ref, string(sale), clock)
				mustAppend(t, s, c)
				known[c.Transaction.Reference] = c.Transaction
				order = append(order, c.Transaction.Reference)
				tally[clock.Format(time.DateOnly)]++
			case what < 8:
				ref := rapid.SampledFrom(order).Draw(rt, "reference")
				x, err := s.Get(t.Context(), ref)
				if err != nil {
					continue // it has been dropped
				}
				c := after(x, rapid.SampledFrom([]till.State{till.Paid, till.Failed, till.Unknown, till.Cancelled}).Draw(rt, "state"), clock, func(x *till.Transaction) {
					again := time.Time{}
					if rapid.IntRange(0, 4).Draw(rt, "due") == 0 {
						again = clock
					}
					recheck(again)(x)
				})
				mustAppend(t, s, c)
				known[ref] = c.Transaction
			default:
				before := time.Date(clock.Year(), clock.Month()-time.Month(rapid.IntRange(0, 3).Draw(rt, "months")), 1, 0, 0, 0, 0, api.Jakarta)
				limit := newKey(before.UnixNano(), 0)
				for more := true; more; {
					var err error
					if _, more, err = s.dropStep(limit, before.Format(monthLayout), 3); err != nil {
						rt.Fatal(err)
					}
				}
				// What is unsettled stays, and what hangs on it.
				var gone []api.Reference
				for _, x := range known {
					_, err := s.Get(t.Context(), x.Reference)
					switch {
					case needed(known, x, before) && err != nil:
						rt.Fatalf("%s is %s and gone: %v", x.Reference, x.State, err)
					case !needed(known, x, before) && err == nil:
						rt.Fatalf("%s is %s of %s and stays", x.Reference, x.State, x.UpdatedAt)
					case err != nil:
						gone = append(gone, x.Reference)
					}
				}
				for _, ref := range gone {
					delete(known, ref)
				}
			}
			report, err := s.Verify(t.Context())
			if err != nil || !report.Sound() {
				rt.Fatal(report.Problems, err)
			}
		}
		for d, n := range tally {
			at, _ := time.ParseInLocation(time.DateOnly, d, api.Jakarta)
			if got, err := s.Day(t.Context(), at); err != nil || got.Of("", "") != n {
				rt.Fatalf("%s counts %d, want %d, %v", d, got.Of("", ""), n, err)
			}
		}
	})
}

// needed is the rule of retention, told simply.
func needed(known map[api.Reference]till.Transaction, x till.Transaction, before time.Time) bool {
	for _, other := range known {
		if other.Sale == x.Sale && (other.Unsettled() || !other.UpdatedAt.Before(before)) {
			return true
		}
	}
	return false
}
