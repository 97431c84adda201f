package store

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cashier/api"
	"cashier/api/till"
)

// model is the journal as simply as it can be told.
type model struct {
	order   []api.Reference // as first appended
	records map[api.Reference]till.Transaction
	events  map[api.Reference][]till.Event
}

// newest lists what matches, by creation and then by arrival, newest first.
func (m *model) newest(f till.Filter) []till.Transaction {
	var list []till.Transaction
	for _, ref := range m.order {
		if t := m.records[ref]; matches(f, t) {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b till.Transaction) int { return a.CreatedAt.Compare(b.CreatedAt) })
	slices.Reverse(list)
	return list
}

func matches(f till.Filter, t till.Transaction) bool {
	if !f.From.IsZero() && t.CreatedAt.Before(f.From) || !f.To.IsZero() && !t.CreatedAt.Before(f.To) ||
		f.State != "" && f.State != t.State || f.OpenOnly && !t.State.Open() || f.Kind != "" && f.Kind != t.Kind ||
		f.Provider != "" && f.Provider != t.Provider || !strings.HasPrefix(string(t.Reference), f.Reference) {
		return false
	}
	if len(f.States) > 0 && !slices.Contains(f.States, t.State) {
		return false
	}
	if amount := till.RowOf(t).Amount; !f.Least.Zero() || !f.Most.Zero() {
		if amount.Zero() || amount.Currency() != "IDR" || amount.Minor() < f.Least.Minor() || !f.Most.Zero() && amount.Minor() > f.Most.Minor() {
			return false
		}
	}
	has := func(word string, texts ...string) bool {
		return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(word)) })
	}
	texts := []string{string(t.Reference), string(t.ProviderReference), t.QR, string(t.Sale)}
	if t.Payment != nil {
		texts = append(texts, t.Payment.Card.String())
	}
	var who, machines []string
	if t.Courier != nil {
		who = []string{t.Courier.No, t.Courier.Name, t.Courier.Mobile}
	}
	for _, d := range t.Deposits {
		machines = append(machines, string(d.Machine))
	}
	texts = slices.Concat(texts, who, machines)
	for _, word := range f.Text {
		one, other, _ := strings.Cut(word, "|")
		if !has(one, texts...) && (other == "" || !has(other, texts...)) {
			return false
		}
	}
	isCDM := t.Kind == till.CDM
	return (f.Courier == "" || isCDM && has(f.Courier, who...)) && (f.Machine == "" || isCDM && has(f.Machine, machines...))
}

var (
	someKinds  = []till.Kind{till.CDM, till.CPM, till.MPM}
	someStates = []till.State{
		till.Intent, till.Sent, till.Unknown, till.Failed, till.Unsent, till.Active, till.Inactive,
		till.Parked, till.Cancelled, till.Paid, till.LatePaid, till.Doubled, till.Refunded,
	}
	someAmounts = []api.Amount{api.IDR(12_500_00), api.IDR(1), api.IDR(maxSummed), api.IDR(maxSummed + 1), {}}
)

func drawTime(t *rapid.T, name string) time.Time {
	// Few distinct instants, so that equal ones and month borders come up.
	return time.Date(2026, 9, 30, 23, 59, 59, 0, api.Jakarta).Add(time.Duration(rapid.IntRange(0, 40).Draw(t, name)) * 37 * time.Hour)
}

func drawFilter(t *rapid.T) till.Filter {
	var f till.Filter
	if rapid.Bool().Draw(t, "from?") {
		f.From = drawTime(t, "from")
	}
	if rapid.Bool().Draw(t, "to?") {
		f.To = drawTime(t, "to")
	}
	f.State = rapid.SampledFrom(append([]till.State{"", "", "no such"}, someStates...)).Draw(t, "state")
	f.Kind = rapid.SampledFrom(append([]till.Kind{"", "", "", "no such"}, someKinds...)).Draw(t, "kind")
	f.OpenOnly = rapid.IntRange(0, 3).Draw(t, "open") == 0
	f.Provider = rapid.SampledFrom([]string{"", "", "paycools", "finnet", "nobody"}).Draw(t, "provider")
	f.Reference = rapid.SampledFrom([]string{"", "", "C", "Q1", "C12", "zz"}).Draw(t, "reference")
	f.Text = rapid.SliceOfN(rapid.SampledFrom([]string{"", "SITI", "atm-3", "c1", "qr", "m250", "bca ··82", "nothing", "nothing|siti"}), 0, 2).Draw(t, "text")
	if rapid.IntRange(0, 3).Draw(t, "money?") == 0 {
		f.Least = rapid.SampledFrom(someAmounts).Draw(t, "least")
		f.Most = rapid.SampledFrom(someAmounts).Draw(t, "most")
	}
	f.States = rapid.SliceOfN(rapid.SampledFrom(someStates), 0, 2).Draw(t, "states")
	f.Courier = rapid.SampledFrom([]string{"", "", "", "siti", "K-", "m2", "0812", "1"}).Draw(t, "courier")
	f.Machine = rapid.SampledFrom([]string{"", "", "", "ATM", "m2", "3", "0812"}).Draw(t, "machine")
	return f
}

// drawPayment changes what makes a payment unsettled.
func drawPayment(t *rapid.T, x *till.Transaction) {
	p := till.Payment{Card: till.Card{Label: "BCA", LastFour: "8231"}}
	if rapid.Bool().Draw(t, "recheck?") {
		p.RecheckAt = drawTime(t, "recheck")
	}
	x.Payment = &p
	x.Amount = rapid.SampledFrom(someAmounts).Draw(t, "amount")
	if rapid.IntRange(0, 7).Draw(t, "dollars?") == 0 {
		x.Amount, _ = api.ParseAmount("5.00", "USD")
	}
	x.Refunds = nil
	for range rapid.IntRange(0, 2).Draw(t, "refunds") {
		x.Refunds = append(x.Refunds, till.Refund{Reference: "R1", Amount: api.IDR(1), State: rapid.SampledFrom([]till.RefundState{
			till.RefundDraft, till.RefundIntent, till.RefundSent, till.RefundDone, till.RefundRefused, till.RefundUnknown, till.RefundUnsent,
		}).Draw(t, "refund")})
	}
}

func drawEdit(t *rapid.T, x *till.Transaction) {
	if x.Kind == till.CPM {
		drawPayment(t, x)
	}
	if rapid.Bool().Draw(t, "deposit?") {
		n := 1
		if rapid.IntRange(0, 15).Draw(t, "many?") == 0 {
			n = 900 // more machines than a row's search text holds
		}
		for i := range n {
			machine := fmt.Sprintf("ATM-%d", rapid.IntRange(1, 5).Draw(t, "machine"))
			if n > 1 {
				machine = fmt.Sprintf("M%d", i)
			}
			minor := rapid.SampledFrom([]int64{1, 100_00, 50_000_00, maxSummed + 1}).Draw(t, "minor")
			d := deposit(machine, minor, drawTime(t, "made"), rapid.SampledFrom([]api.DepositState{api.DepositBooked, api.DepositBooked, api.DepositWaiting, api.DepositOther}).Draw(t, "deposit"))
			if rapid.IntRange(0, 7).Draw(t, "dollars?") == 0 {
				d.Amount, _ = api.ParseAmount("5.00", "USD")
			}
			x.Deposits = append(x.Deposits, d)
			if n > 1 && i > 0 {
				x.Deposits[len(x.Deposits)-1].Amount = api.IDR(1)
			}
		}
	} else if len(x.Deposits) > 0 && rapid.Bool().Draw(t, "drop?") {
		x.Deposits = x.Deposits[1:]
	}
	if rapid.Bool().Draw(t, "qr?") {
		x.QR = "QR of " + string(x.Reference)
	}
}

func TestStoreIsItsModel(t *testing.T) {
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		path := filepath.Join(dir, fmt.Sprint(run)+".db")
		m := model{records: map[api.Reference]till.Transaction{}, events: map[api.Reference][]till.Event{}}
		s := openFast(rt, path)
		defer func() { s.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"new": func(rt *rapid.T) {
				ref := fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"C", "Q"}).Draw(rt, "letter"), rapid.IntRange(0, 200).Draw(rt, "number"))
				c := intentOf(ref, rapid.SampledFrom(someKinds).Draw(rt, "kind"))
				c.Transaction.CreatedAt = drawTime(rt, "created")
				c.Transaction.Provider = rapid.SampledFrom([]string{"paycools", "finnet"}).Draw(rt, "provider")
				c.Event.At = drawTime(rt, "at")
				c.Transaction.Sale = drawSale(rt, c.Transaction.Reference)
				m.append(rt, s, c)
			},
			"another sale": func(rt *rapid.T) {
				if len(m.order) == 0 {
					rt.Skip()
				}
				t := m.records[rapid.SampledFrom(m.order).Draw(rt, "which")]
				c := after(t, till.Failed, noon, nil)
				if c.Transaction.Sale = drawSale(rt, t.Reference); c.Transaction.Sale == t.Sale {
					rt.Skip()
				}
				if err := s.Append(rt.Context(), c); err == nil {
					rt.Fatalf("%s went from sale %q to %q", t.Reference, t.Sale, c.Transaction.Sale)
				}
			},
			"change": func(rt *rapid.T) {
				if len(m.order) == 0 {
					rt.Skip()
				}
				t := m.records[rapid.SampledFrom(m.order).Draw(rt, "which")]
				m.append(rt, s, after(t, rapid.SampledFrom(someStates).Draw(rt, "state"), drawTime(rt, "at"), func(x *till.Transaction) { drawEdit(rt, x) }))
			},
			"stale": func(rt *rapid.T) {
				if len(m.order) == 0 {
					rt.Skip()
				}
				t := m.records[rapid.SampledFrom(m.order).Draw(rt, "which")]
				t.Revision += rapid.SampledFrom([]int{-2, -1, 1, 5}).Draw(rt, "off")
				if err := s.Append(rt.Context(), after(t, till.Failed, noon, nil)); !errors.Is(err, till.ErrStale) {
					rt.Fatalf("revision %d: %v", t.Revision+1, err)
				}
			},
			"reopen": func(rt *rapid.T) {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				s = openFast(rt, path)
			},
			"list": func(rt *rapid.T) { m.list(rt, s, drawFilter(rt)) },
			"":     func(rt *rapid.T) { m.check(rt, s) },
		})
		if r, err := s.Verify(rt.Context()); err != nil || !r.Sound() || r.Transactions != len(m.order) {
			rt.Fatalf("verify: %+v, %v", r, err)
		}
	})
}

// drawSale is the reference itself in many cases, as in life; or that of
// another, or what has a common beginning with others, or none.
func drawSale(t *rapid.T, reference api.Reference) api.Reference {
	return rapid.SampledFrom([]api.Reference{reference, reference, "", "Q1", "Q", "Q12", "C1"}).Draw(t, "sale")
}

// openFast opens without waiting for the disk, which this test is not about.
func openFast(t *rapid.T, path string) *Store {
	s, err := Open(path, Options{Profile: "test", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true
	return s
}

func (m *model) append(t *rapid.T, s *Store, c till.Change) {
	ref := c.Transaction.Reference
	old, known := m.records[ref]
	err := s.Append(t.Context(), c)
	if want := old.Revision+1 == c.Transaction.Revision; want != (err == nil) {
		t.Fatalf("append of revision %d after %d: %v", c.Transaction.Revision, old.Revision, err)
	}
	if err != nil {
		return
	}
	if !known {
		m.order = append(m.order, ref)
	}
	m.records[ref] = c.Transaction
	m.events[ref] = append(m.events[ref], c.Event)
}

// sales compares every sale that there is, and some that there is not.
func (m *model) sales(t *rapid.T, s *Store) {
	want := map[api.Reference][]till.Transaction{"": nil, "Q": nil, "Q1": nil, "nothing": nil}
	for _, ref := range m.order {
		want[ref] = nil
	}
	for _, x := range slices.Backward(m.newest(till.Filter{})) {
		if x.Sale != "" {
			want[x.Sale] = append(want[x.Sale], x)
		}
	}
	for sale, list := range want {
		got, err := s.Sale(t.Context(), sale)
		if err != nil {
			t.Fatal(err)
		}
		equalJSON(t, append([]till.Transaction{}, got...), append([]till.Transaction{}, list...))
	}
}

// unsettled compares what a start has to see to.
func (m *model) unsettled(t *rapid.T, s *Store) {
	var want []till.Transaction
	for _, x := range slices.Backward(m.newest(till.Filter{})) {
		if x.Unsettled() {
			want = append(want, x)
		}
	}
	var got []till.Transaction
	for x, err := range s.Open(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x)
	}
	equalJSON(t, append([]till.Transaction{}, got...), append([]till.Transaction{}, want...))
}

// check compares what costs little after every step.
func (m *model) check(t *rapid.T, s *Store) {
	if len(m.order) > 0 {
		ref := m.order[len(m.order)-1]
		got, err := s.Get(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		equalJSON(t, got, m.records[ref])
		events, err := s.Events(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		equalJSON(t, events, m.events[ref])
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.checkTally(t, counts.All, func(time.Time) bool { return true })
	day := drawTime(t, "day")
	tally, err := s.Day(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	m.checkTally(t, tally, func(x time.Time) bool {
		return x.In(api.Jakarta).Format(time.DateOnly) == day.In(api.Jakarta).Format(time.DateOnly)
	})
}

func (m *model) checkTally(t *rapid.T, got Tally, that func(time.Time) bool) {
	type word struct {
		kind  till.Kind
		state till.State
	}
	n, open, sum, booked, skipped := map[word]int{}, 0, int64(0), 0, 0
	for _, x := range m.records {
		if that(x.CreatedAt) {
			n[word{x.Kind, x.State}]++
			if x.State.Open() {
				open++
			}
		}
		for _, d := range x.Deposits {
			switch {
			case x.Kind != till.CDM || d.State != api.DepositBooked || !that(d.CreatedAt):
			case d.Amount.Currency() != "IDR" || d.Amount.Minor() > maxSummed:
				skipped++
			default:
				sum += d.Amount.Minor()
				booked++
			}
		}
	}
	var paid Tally
	for _, x := range m.records {
		if x.Kind == till.CPM && slices.Contains([]till.State{till.Paid, till.LatePaid, till.Doubled}, x.State) && that(x.CreatedAt) {
			if x.Amount.Currency() != "IDR" || x.Amount.Minor() > maxSummed {
				paid.paid.skipped++
				continue
			}
			paid.paid.minor += x.Amount.Minor()
			paid.paid.count++
		}
	}
	all := 0
	for w := range maps.Keys(n) {
		all += n[w]
		if got.Of(w.kind, w.state) != n[w] {
			t.Fatalf("%v: %d, want %d", w, got.Of(w.kind, w.state), n[w])
		}
	}
	came, payments, left := got.Paid()
	if wantSum, wantN, wantLeft := paid.Paid(); came != wantSum || payments != wantN || left != wantLeft {
		t.Fatalf("%d payments of %s, %d skipped; want %d of %s, %d", payments, came.Value(), left, wantN, wantSum.Value(), wantLeft)
	}
	money, b, sk := got.Booked()
	if got.Of("", "") != all || got.Open() != open || money != api.IDR(sum) || b != booked || sk != skipped {
		t.Fatalf("tally %+v, want %d in all, %d open, %d booked (%d), %d skipped", got, all, open, booked, sum, skipped)
	}
}

// list compares everything that lists, by the filter.
func (m *model) list(t *rapid.T, s *Store, f till.Filter) {
	want := m.newest(f)
	var rows []till.Row
	limit := rapid.IntRange(1, 7).Draw(t, "limit")
	for cursor := ""; ; {
		page, err := s.Page(t.Context(), f, cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Rows...)
		if cursor = page.Next; cursor == "" {
			break
		}
		if len(page.Rows) != limit {
			t.Fatalf("a page of %d with a next one, want %d", len(page.Rows), limit)
		}
	}
	wanted := make([]till.Row, 0, len(want))
	for _, x := range want {
		wanted = append(wanted, till.RowOf(x))
	}
	equalJSON(t, append([]till.Row{}, rows...), wanted)
	streamed := []till.Row{}
	for r, err := range s.Rows(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, r)
	}
	equalJSON(t, streamed, wanted)
	whole := []till.Transaction{}
	for x, err := range s.All(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, x)
	}
	equalJSON(t, whole, append([]till.Transaction{}, want...))
	var sum, came int64
	for _, r := range wanted {
		if minor := r.Amount.Minor(); r.Amount.Currency() == "IDR" && minor <= maxSummed {
			sum += minor
			if r.Kind == till.CDM || r.Kind == till.CPM && slices.Contains([]till.State{till.Paid, till.LatePaid, till.Doubled}, r.State) {
				came += minor
			}
		}
	}
	found := searched(t, s, f, limit)
	equalJSON(t, append([]till.Row{}, found.Rows...), wanted[:min(limit, len(wanted))])
	if found.Hits != len(wanted) || found.Sum.Minor() != sum || found.Came.Minor() != came {
		t.Fatalf("%d hits, %s, of them %s; want %d, %d, %d", found.Hits, found.Sum, found.Came, len(wanted), sum, came)
	}
	m.unsettled(t, s)
	m.sales(t, s)
}
