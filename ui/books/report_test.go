package books

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// memory is a journal in memory, newest first.
type memory struct {
	all  []till.Transaction
	err  error
	gets int
}

func (m *memory) put(txs ...till.Transaction) {
	m.all = append(m.all, txs...)
	slices.SortStableFunc(m.all, func(a, b till.Transaction) int { return b.CreatedAt.Compare(a.CreatedAt) })
}

func (m *memory) All(ctx context.Context, f till.Filter) iter.Seq2[till.Transaction, error] {
	return func(yield func(till.Transaction, error) bool) {
		for _, tx := range m.all {
			if err := ctx.Err(); err != nil {
				yield(till.Transaction{}, err)
				return
			}
			if within(tx.CreatedAt, f.From, f.To) && (f.Kind == "" || f.Kind == tx.Kind) && (f.Provider == "" || strings.EqualFold(f.Provider, tx.Provider)) && !yield(tx, nil) {
				return
			}
		}
		if m.err != nil {
			yield(till.Transaction{}, m.err)
		}
	}
}

func (m *memory) Rows(ctx context.Context, f till.Filter) iter.Seq2[till.Row, error] {
	return func(yield func(till.Row, error) bool) {
		for tx, err := range m.All(ctx, f) {
			if !yield(till.RowOf(tx), err) {
				return
			}
		}
	}
}

func (m *memory) Get(_ context.Context, reference api.Reference) (till.Transaction, error) {
	m.gets++
	for _, tx := range m.all {
		if tx.Reference == reference {
			return tx, nil
		}
	}
	return till.Transaction{}, till.ErrNotFound
}

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, api.Jakarta)
}

func usd(t *testing.T, value string) api.Amount {
	t.Helper()
	a, err := api.ParseAmount(value, "USD")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func payment(reference string, when time.Time, state till.State, amount api.Amount) till.Transaction {
	return till.Transaction{Reference: api.Reference(reference), Kind: till.CPM, State: state, Provider: "cpm", Amount: amount, Payment: &till.Payment{EndedAt: when},
		CreatedAt: when, UpdatedAt: when}
}

func userID(reference string, when time.Time, no, name string, deposits ...till.Deposit) till.Transaction {
	tx := till.Transaction{Reference: api.Reference(reference), Kind: till.CDM, State: till.Active, Provider: "paycools", Courier: &api.Courier{No: no, Name: name},
		Deposits: deposits, CreatedAt: when, UpdatedAt: when}
	for _, d := range deposits {
		if d.SeenAt.After(tx.UpdatedAt) {
			tx.UpdatedAt = d.SeenAt
		}
	}
	return tx
}

func deposit(when time.Time, machine string, state api.DepositState, amount api.Amount) till.Deposit {
	return till.Deposit{Deposit: api.Deposit{Machine: api.Text(machine), State: state, Amount: amount, CreatedAt: when, ChannelReference: api.Text(machine + when.Format("150405"))}, SeenAt: when}
}

// day is a journal around the 20th.
func day(t *testing.T) *memory {
	m := &memory{}
	back := payment("Q-4", at(19, 9, 0), till.Paid, api.IDR(500_00))
	back.Refunds = []till.Refund{{State: till.RefundDone, Amount: api.IDR(200_00), At: at(20, 9, 30)}, {State: till.RefundUnknown, Amount: api.IDR(100_00), At: at(20, 9, 31)}}
	back.UpdatedAt = at(20, 9, 31)
	whole := payment("Q-5", at(20, 15, 30), till.Refunded, api.IDR(1000_50))
	whole.Refunds = []till.Refund{{State: till.RefundDone, Amount: api.IDR(1000_50), At: at(21, 8, 0)}}
	whole.UpdatedAt = at(21, 8, 0)
	m.put(
		payment("Q-1", at(20, 15, 0), till.Paid, api.IDR(12_500_00)),
		payment("Q-2", at(20, 15, 59), till.LatePaid, api.IDR(1_01)),
		payment("Q-3", at(20, 15, 1), till.Failed, api.IDR(999_00)),
		payment("Q-6", at(20, 0, 0), till.Doubled, api.IDR(5_00)),
		payment("Q-7", at(19, 23, 59), till.Paid, api.IDR(7_00)),
		payment("Q-8", at(21, 0, 0), till.Paid, api.IDR(8_00)),
		payment("Q-9", at(20, 15, 2), till.Paid, usd(t, "30.25")),
		payment("Q-10", at(20, 15, 3), till.Pending, api.IDR(3_00)),
		till.Transaction{Reference: "L-1", Kind: till.MPM, State: till.Paid, Amount: api.IDR(77_00), CreatedAt: at(20, 1, 0), UpdatedAt: at(20, 1, 0)},
		back, whole,
		userID("C-1", at(20, 8, 0), "42", "Budi", deposit(at(20, 9, 1), "K1", api.DepositBooked, api.IDR(50_000_00)),
			deposit(at(20, 9, 2), "K2", api.DepositWaiting, api.IDR(9_00)), deposit(at(21, 0, 0), "K1", api.DepositBooked, api.IDR(1_00))),
		userID("C-2", at(17, 8, 0), "7", "Siti", deposit(at(20, 23, 59), "K2", api.DepositBooked, api.IDR(30_000_00)), deposit(at(18, 9, 0), "K1", api.DepositBooked, api.IDR(2_00))),
		userID("C-3", at(1, 8, 0), "8", "Old", deposit(at(1, 9, 0), "K9", api.DepositBooked, api.IDR(2_00))),
	)
	return m
}

func show(lines []Line) []string {
	var out []string
	for _, l := range lines {
		text := l.Key + l.Name
		for _, s := range []Sum{l.Payments, l.Refunds, l.Deposits} {
			text += "|"
			if s.Count > 0 {
				text += strings.Repeat("I", s.Count) + s.Amount.Value()
			}
		}
		out = append(out, text)
	}
	return out
}

func TestReport(t *testing.T) {
	for by, want := range map[By][]string{
		Hour:    {"00|I5.00||", "09||I200.00|I50000.00", "15|III13501.51||", "23|||I30000.00"},
		Day:     {"2026-11-20|IIII13506.51|I200.00|II80000.00"},
		Machine: {"|IIII13506.51|I200.00|", "K1|||I50000.00", "K2|||I30000.00"},
		Courier: {"|IIII13506.51|I200.00|", "42Budi|||I50000.00", "7Siti|||I30000.00"},
	} {
		m := day(t)
		looked := 0
		r, err := Make(t.Context(), m, by, at(20, 0, 0), at(21, 0, 0), func() { looked++ })
		if err != nil {
			t.Fatal(err)
		}
		if got := show(r.Rupiah().Lines); !slices.Equal(got, want) {
			t.Errorf("by %s:\n got %q\nwant %q", by, got, want)
		}
		if got := show([]Line{r.Rupiah().Total})[0]; got != "|IIII13506.51|I200.00|II80000.00" {
			t.Errorf("by %s the total is %s", by, got)
		}
		if len(r.Currencies) != 2 || r.Currencies[1].Code != "USD" || r.Currencies[1].Total.Payments.Amount != usd(t, "30.25") {
			t.Errorf("by %s: %+v", by, r.Currencies)
		}
		if looked != len(m.all) || m.gets != 3 { // Q-4, C-2, and Q-7 of a minute before
			t.Errorf("%d looked at of %d, %d read again: only what changed since is", looked, len(m.all), m.gets)
		}
	}
}

// TestReportOfAll: without days everything is in it, and days add up.
func TestReportOfAll(t *testing.T) {
	m := day(t)
	whole, err := Make(t.Context(), m, Day, time.Time{}, time.Time{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	var sum Line
	for d := 1; d <= 21; d++ {
		one, err := Make(t.Context(), m, Machine, at(d, 0, 0), at(d+1, 0, 0), func() {})
		if err != nil {
			t.Fatal(err)
		}
		total := one.Rupiah().Total
		sum.Payments.join(total.Payments)
		sum.Refunds.join(total.Refunds)
		sum.Deposits.join(total.Deposits)
	}
	if total := whole.Rupiah().Total; sum != total {
		t.Errorf("the days come to %+v, all to %+v", sum, total)
	}
}

func TestReportPastAnAmount(t *testing.T) {
	m := &memory{}
	m.put(payment("Q-1", at(20, 1, 0), till.Paid, api.IDR(999_999_999_999_999_999)), payment("Q-2", at(20, 2, 0), till.Paid, api.IDR(1)), payment("Q-3", at(20, 2, 1), till.Paid, api.IDR(2)))
	r, err := Make(t.Context(), m, Hour, time.Time{}, time.Time{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if total := r.Rupiah().Total.Payments; total.Count != 3 || total.Past != 2 || total.Amount.Minor() != 999_999_999_999_999_999 {
		t.Errorf("%+v", total)
	}
}

func TestReportStops(t *testing.T) {
	m := day(t)
	m.err = errors.New("damaged")
	if _, err := Make(t.Context(), m, Hour, at(20, 0, 0), at(21, 0, 0), func() {}); !errors.Is(err, m.err) {
		t.Errorf("a damaged journal gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Make(ctx, day(t), Hour, at(20, 0, 0), at(21, 0, 0), cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("given up, it says %v", err)
	}
}
