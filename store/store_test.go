package store

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

func TestAppendedComesBack(t *testing.T) {
	s := newStore(t)
	first := intent("C1", noon)
	first.Transaction.Attempts = []till.Attempt{{Attempt: api.Attempt{Service: "90", Number: 1, At: noon, Digest: "ab"}}}
	second := after(first.Transaction, till.Active, noon.Add(time.Second), func(x *till.Transaction) {
		x.QR = "ID.CO.QRIS <&>"
		x.Deposits = []till.Deposit{deposit("ATM-7", 50_000_00, noon, api.DepositBooked), deposit("ATM-8", 1, noon, api.DepositWaiting)}
	})
	mustAppend(t, s, first, second)

	got, err := s.Get(t.Context(), "C1")
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Request) != string(first.Transaction.Request) {
		t.Errorf("the request is not the bytes that were appended:\n%s\n%s", got.Request, first.Transaction.Request)
	}
	equalJSON(t, got, second.Transaction)
	events, err := s.Events(t.Context(), "C1")
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, events, []till.Event{first.Event, second.Event})

	page, err := s.Page(t.Context(), till.Filter{}, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, page.Rows, []till.Row{till.RowOf(second.Transaction)})
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tally := range []Tally{counts.All, counts.Today} {
		sum, n, skipped := tally.Booked()
		if tally.Of("", "") != 1 || tally.Of(till.CDM, till.Active) != 1 || tally.Open() != 0 || sum != api.IDR(50_000_00) || n != 1 || skipped != 0 {
			t.Errorf("counts are %+v", tally)
		}
	}
	if _, err := s.Get(t.Context(), "C2"); !errors.Is(err, till.ErrNotFound) {
		t.Errorf("an unknown reference: %v", err)
	}
	if _, err := s.Events(t.Context(), "C2"); !errors.Is(err, till.ErrNotFound) {
		t.Errorf("an unknown reference's events: %v", err)
	}
	if r := mustVerify(t, s); r.Transactions != 1 || r.Events != 2 || !r.HeadKnown {
		t.Errorf("report is %+v", r)
	}
}

// equalJSON compares what time zones and monotonic clocks make unequal.
func equalJSON(t interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}, got, want any) {
	t.Helper()
	g, err := json.Marshal(inUTC(got))
	if err != nil {
		t.Fatal(err)
	}
	w, err := json.Marshal(inUTC(want))
	if err != nil {
		t.Fatal(err)
	}
	if string(g) != string(w) {
		t.Fatalf("got\n%s\nwant\n%s", g, w)
	}
}

// inUTC is a deep copy with every time in UTC.
func inUTC(v any) any {
	out := reflect.New(reflect.TypeOf(v)).Elem()
	copyUTC(out, reflect.ValueOf(v))
	return out.Interface()
}

func copyUTC(to, from reflect.Value) {
	switch x := from.Interface().(type) {
	case time.Time:
		to.Set(reflect.ValueOf(x.UTC().Round(0)))
		return
	case api.Amount:
		to.Set(from)
		return
	}
	switch from.Kind() {
	case reflect.Struct:
		for i := range from.NumField() {
			copyUTC(to.Field(i), from.Field(i))
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyUTC(to.Index(i), from.Index(i))
		}
	default:
		to.Set(from)
	}
}

func TestAppendRefuses(t *testing.T) {
	s := newStore(t)
	first := intent("C1", noon)
	mustAppend(t, s, first)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	edited := func(edit func(*till.Change)) till.Change {
		c := after(first.Transaction, till.Active, noon.Add(time.Second), nil)
		edit(&c)
		return c
	}
	for name, c := range map[string]struct {
		change till.Change
		ctx    context.Context
		want   error
	}{
		"the same again":     {first, t.Context(), till.ErrStale},
		"a gap":              {edited(func(c *till.Change) { c.Transaction.Revision = 3 }), t.Context(), till.ErrStale},
		"new at 2":           {edited(func(c *till.Change) { c.Transaction.Reference, c.Event.Reference = "C2", "C2" }), t.Context(), till.ErrStale},
		"cancelled":          {edited(func(*till.Change) {}), cancelled, context.Canceled},
		"another kind":       {edited(func(c *till.Change) { c.Transaction.Kind = till.CPM }), t.Context(), nil},
		"another creation":   {edited(func(c *till.Change) { c.Transaction.CreatedAt = noon.Add(1) }), t.Context(), nil},
		"another's event":    {edited(func(c *till.Change) { c.Event.Reference = "C9" }), t.Context(), nil},
		"no event time":      {edited(func(c *till.Change) { c.Event.At = time.Time{} }), t.Context(), nil},
		"an unknown state":   {edited(func(c *till.Change) { c.Transaction.State = "perhaps" }), t.Context(), nil},
		"an unknown kind":    {intentOf("C3", "gift"), t.Context(), nil},
		"a bad reference":    {intentOf("C 3", till.CDM), t.Context(), api.ErrReference},
		"a long provider":    {edited(func(c *till.Change) { c.Transaction.Provider = strings.Repeat("p", 256) }), t.Context(), nil},
		"a time out of keys": {edited(func(c *till.Change) { c.Transaction.UpdatedAt = time.Unix(-1, 0) }), t.Context(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.Append(c.ctx, c.change)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if r := mustVerify(t, s); r.Events != 1 || r.Transactions != 1 {
		t.Errorf("something was written: %+v", r)
	}
}

func intentOf(reference string, kind till.Kind) till.Change {
	c := intent(reference, noon)
	c.Transaction.Kind = kind
	return c
}

func TestWordsHaveCodes(t *testing.T) {
	for _, w := range []till.State{till.Intent, till.Sent, till.Unknown, till.Failed, till.Unsent, till.Active, till.Inactive,
		"pending", "cancelling", "parked", "paid", "cancelled", "refunded", "not-found", "late-paid", "doubled"} {
		if stateCodes[w] == 0 {
			t.Errorf("state %q has no code", w)
		}
	}
	// A code once written means the same for ever.
	if stateCodes[till.Intent] != 1 || stateCodes["paid"] != 7 || stateCodes[till.Active] != 15 || kindCodes[till.MPM] != 3 {
		t.Error("the codes of the file format have moved")
	}
}

func TestOpenYieldsOldestFirstWhatIsOpen(t *testing.T) {
	s := newStore(t)
	for i := range 200 {
		c := intent("C"+string(rune('A'+i%26))+time.Duration(i).String(), noon.Add(-time.Duration(i)*time.Hour))
		mustAppend(t, s, c)
		if i%3 == 0 {
			mustAppend(t, s, after(c.Transaction, till.Active, noon, nil))
		}
	}
	last, n := time.Time{}, 0
	for x, err := range s.Open(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !x.State.Open() || x.CreatedAt.Before(last) {
			t.Fatalf("%s is %s, created %s after %s", x.Reference, x.State, x.CreatedAt, last)
		}
		// The caller may write while it reads: what it settles is not held up.
		mustAppend(t, s, after(x, till.Failed, noon, nil))
		last, n = x.CreatedAt, n+1
	}
	if n != 133 {
		t.Errorf("%d open, want 133", n)
	}
	mustVerify(t, s)
}

func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "test.db")
	s := openAt(t, path)
	if v, err := s.Setting("courier"); v != nil || err != nil {
		t.Fatalf("%q, %v", v, err)
	}
	if err := s.SetSetting("courier", []byte("Siti")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Setting("courier"); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	s = openAt(t, path)
	if v, err := s.Setting("courier"); string(v) != "Siti" || err != nil {
		t.Fatalf("%q, %v", v, err)
	}
	if first, err := s.ClaimSetting("courier", []byte("Budi")); first || err != nil {
		t.Errorf("what is there is claimed: %v, %v", first, err)
	}
	if err := s.SetSetting("courier", nil); err != nil {
		t.Fatal(err)
	}
	if v, _ := s.Setting("courier"); v != nil {
		t.Errorf("forgotten: %q", v)
	}
	claims := make(chan bool)
	for range 8 {
		go func() {
			first, err := s.ClaimSetting("courier", []byte("Sari"))
			claims <- first && err == nil
		}()
	}
	won := 0
	for range 8 {
		if <-claims {
			won++
		}
	}
	if v, _ := s.Setting("courier"); won != 1 || string(v) != "Sari" {
		t.Errorf("%d of 8 have claimed it: %q", won, v)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := newStore(t)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 25 {
				c := intent("C"+string(rune('A'+g))+string(rune('a'+i)), noon.Add(time.Duration(i)*time.Hour))
				if err := s.Append(t.Context(), c); err != nil {
					t.Error(err)
				}
				if err := s.Append(t.Context(), after(c.Transaction, till.Active, noon, nil)); err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for range 10 {
				if _, err := s.Page(t.Context(), till.Filter{State: till.Active}, "", 10); err != nil {
					t.Error(err)
				}
				if r, err := s.Verify(t.Context()); err != nil || !r.Sound() {
					t.Error(r.Problems, err)
				}
				for _, err := range s.Open(t.Context()) {
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	if r := mustVerify(t, s); r.Transactions != 100 || r.Events != 200 {
		t.Errorf("%+v", r)
	}
}

func TestClockGoingBack(t *testing.T) {
	s := newStore(t)
	c := intent("C1", noon)
	mustAppend(t, s, c, after(c.Transaction, till.Active, noon.AddDate(0, -2, 0), nil), intent("C2", noon.AddDate(0, -3, 0)))
	mustVerify(t, s)
	events, err := s.Events(t.Context(), "C1")
	if err != nil || len(events) != 2 || !events[1].At.Equal(noon.AddDate(0, -2, 0)) {
		t.Errorf("%v, %v", events, err)
	}
}

func TestImport(t *testing.T) {
	s := newStore(t)
	boom := errors.New("boom")
	yieldSome := func(n int, last error) func(func(till.Change, error) bool) {
		return func(yield func(till.Change, error) bool) {
			for i := range n {
				c := intent("C"+strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second))
				if !yield(c, nil) || !yield(after(c.Transaction, till.Active, noon, nil), nil) {
					return
				}
			}
			if last != nil {
				yield(till.Change{}, last)
			}
		}
	}
	if err := s.Import(t.Context(), yieldSome(2, boom)); !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if err := s.Import(t.Context(), yieldSome(importBatch, nil)); err != nil {
		t.Fatal(err)
	}
	if r := mustVerify(t, s); r.Transactions != importBatch || r.Events != 2*importBatch {
		t.Errorf("%+v", r)
	}
}

func TestMonthsAndDaysAreJakartas(t *testing.T) {
	s := newStore(t)
	// Half past midnight in Jakarta is still the month before in UTC.
	mustAppend(t, s, intent("C1", time.Date(2026, 10, 31, 17, 30, 0, 0, time.UTC)))
	var names []string
	err := s.view(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			names = append(names, string(name))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, "rows/2026-11") || !slices.Contains(names, "events/2026-11") {
		t.Error(names)
	}
	tally, err := s.Day(t.Context(), time.Date(2026, 11, 1, 23, 59, 0, 0, api.Jakarta))
	if err != nil || tally.Of(till.CDM, "") != 1 {
		t.Error(tally, err)
	}
}
