package cli

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/paycools"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
)

// A day of a branch, made of one seed: payments, refunds, deposits and faults
// through the real till, provider code, sandbox and journal, with sessions
// opened and closed at any moment and the program started again in between. At
// every moment the Z reports and the X report together are the money that the
// journal's records hold; in the end they are the sandbox's ledger.

// dayClock stands still until it is moved.
type dayClock struct{ now atomic.Int64 }

func (c *dayClock) Now() time.Time                         { return time.Unix(0, c.now.Load()).In(api.Jakarta) }
func (c *dayClock) move(d time.Duration)                   { c.now.Add(int64(d)) }
func (c *dayClock) After(d time.Duration) <-chan time.Time { return time.After(0) }

var dayKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

type day struct {
	t       *testing.T
	seed    uint64
	random  *mathrand.Rand
	clock   *dayClock
	box     *sandbox.Sandbox
	journal *store.Store
	till    *till.Till
	user    *paycools.Provider
	pay     *cpm.Provider
	codes   uint64
	story   []string
}

func (d *day) note(format string, args ...any) {
	d.story = append(d.story, d.clock.Now().Format("02 15.04.05 ")+fmt.Sprintf(format, args...))
}

func (d *day) fail(format string, args ...any) {
	d.t.Helper()
	d.t.Fatalf("seed %d: %s\n\t%s", d.seed, fmt.Sprintf(format, args...), strings.Join(d.story, "\n\t"))
}

func newDay(t *testing.T, seed uint64) *day {
	d := &day{t: t, seed: seed, random: mathrand.New(mathrand.NewPCG(seed, 2)), clock: &dayClock{}}
	d.clock.now.Store(time.Date(2026, 11, 20, 8, 0, 0, 0, api.Jakarta).UnixNano())
	var err error
	d.box, err = sandbox.Open(sandbox.Options{
		Seed: int64(seed) + 1, Clock: d.clock, Scale: 1, GenerateKey: dayKey, TokenLife: 366 * 24 * time.Hour,
		StatusNotFound: d.random.IntN(2) == 0, EmptyList: d.random.IntN(2) == 0,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.box.Close() })
	key, private, secret := d.box.Partner()
	at := func(name, dialect string) *api.Client {
		return api.NewClient(api.Endpoint{
			Name: name, Dialect: dialect, BaseURL: "http://sandbox", ClientKey: key, MerchantID: d.box.MerchantID(), ChannelID: "95221",
			PrivateKey: private, ClientSecret: secret, Transport: d.box.Transport(),
		}, d.clock)
	}
	d.user, d.pay = paycools.New(at("paycools", paycools.Dialect)), cpm.New(at("cpm", cpm.Dialect))
	d.journal, err = store.Open(filepath.Join(t.TempDir(), "day.db"), store.Options{
		Profile: "day", Now: d.clock.Now, Unattended: &till.Opening{Operator: "nobody", Branch: "0123"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.journal.Close() })
	d.start()
	return d
}

// start is a program that begins, on what the one before left behind.
func (d *day) start() {
	d.till = till.New(till.Options{Journal: d.journal, UserIDs: d.user, Payments: d.pay, Clock: d.clock, Go: func(f func()) { f() }})
	if _, err := d.till.Resume(context.Background(), nil); err != nil {
		d.fail("a start: %v", err)
	}
}

// pass lets time go by and does what is due.
func (d *day) pass(span time.Duration) {
	end := d.clock.Now().Add(span)
	for range 10_000 {
		due, next := d.till.Due(d.clock.Now())
		switch {
		case len(due) > 0:
			for _, r := range due {
				_, _ = d.till.Step(context.Background(), r) // what fails stays due
			}
		case next.IsZero() || next.After(end):
			d.clock.move(end.Sub(d.clock.Now()))
			return
		default:
			d.clock.move(next.Sub(d.clock.Now()))
		}
	}
	d.fail("the till never rested")
}

// some is a random transaction of a kind, or none.
func (d *day) some(kind till.Kind) (till.Transaction, bool) {
	var all []till.Transaction
	for tx, err := range d.journal.All(context.Background(), till.Filter{Kind: kind}) {
		if err != nil {
			d.fail("%v", err)
		}
		all = append(all, tx)
	}
	if len(all) == 0 {
		return till.Transaction{}, false
	}
	return all[d.random.IntN(len(all))], true
}

func (d *day) deed() {
	ctx := context.Background()
	d.pass(time.Duration(d.random.IntN(40_000)) * time.Millisecond)
	switch d.random.IntN(13) {
	case 0, 1, 2:
		d.charge()
	case 3:
		if tx, ok := d.some(till.CPM); ok {
			after, err := d.till.Cancel(ctx, tx.Reference, "changed their mind")
			d.note("cancel %s: %s %v", tx.Reference, after.State, err)
		}
	case 4, 5:
		d.giveBack()
	case 6:
		if tx, ok := d.some(till.CPM); ok {
			after, _, err := d.till.CheckPayment(ctx, tx.Reference)
			d.note("check %s: %s %v", tx.Reference, after.State, err)
		}
	case 7:
		tx, err := d.till.NewUserID(ctx, "", api.Courier{No: "42", Name: "Budi", Mobile: "081234567890", RegionNo: "07", BranchNo: "0123", NotifyURL: "https://example.com/n"}, nil)
		d.note("user id %s: %s %v", tx.Reference, tx.State, err)
	case 8, 9:
		d.deposit()
	case 10:
		opened, err := d.journal.OpenSession(ctx, till.Opening{Operator: fmt.Sprintf("operator %d", d.random.IntN(3)), Branch: "0123", Cash: api.IDR(int64(d.random.IntN(3)) * 10_000_00)})
		d.note("open session: %d %v", opened.Number, err)
	case 11:
		d.close()
	case 12:
		d.start()
		d.note("a restart")
	}
}

func (d *day) charge() {
	customers := sandbox.Customers()
	who := customers[d.random.IntN(len(customers))].ID
	if d.random.IntN(2) == 0 {
		who = []string{"approves", "approves-after-8s", "answer-lost", "pays-while-cancelled", "returned"}[d.random.IntN(5)]
	}
	if d.random.IntN(3) == 0 {
		kinds := sandbox.Kinds()
		rule := fmt.Sprintf("%s:%s:0.%d:%d", []string{"60", "61", "62", "80", "91"}[d.random.IntN(5)], kinds[d.random.IntN(len(kinds))], 3+d.random.IntN(7), 1+d.random.IntN(2))
		if !strings.Contains(rule, "delay") { // it only waits, by a clock that stands still here
			_ = d.box.AddFault(rule) // a kind that is another service's is refused
		}
	}
	d.codes++
	code, err := sandbox.FreshCode(who, d.codes)
	if err != nil {
		d.fail("%v", err)
	}
	o := till.Order{
		Amount: api.IDR(int64(1+d.random.IntN(5_000_00)) * 25), Code: api.NewCustomerCode(code),
		Card: till.Card{Issuer: "93600014", LastFour: fmt.Sprintf("%04d", d.codes), Mark: fmt.Sprintf("mark %d", d.codes)},
	}
	if tx, ok := d.some(till.CPM); ok && d.random.IntN(4) == 0 { // one more try of a sale
		o.Sale = tx.Sale
		o.Override = &till.Override{By: "Sari", Reason: "the customer insists", At: d.clock.Now()}
	}
	tx, err := d.till.Pay(context.Background(), o, nil)
	d.note("pay %s %s by %s: %s %v", tx.Reference, o.Amount.Value(), who, tx.State, err)
}

func (d *day) giveBack() {
	tx, ok := d.some(till.CPM)
	if !ok {
		return
	}
	amount := tx.Amount
	if d.random.IntN(2) == 0 {
		amount = api.IDR(1 + d.random.Int64N(tx.Amount.Minor()))
	}
	after, err := d.till.Refund(context.Background(), tx.Reference, "", amount, "broken")
	d.note("refund %s of %s: %s %v", amount.Value(), tx.Reference, after.State, err)
}

func (d *day) deposit() {
	tx, ok := d.some(till.CDM)
	if !ok || tx.State != till.Active {
		return
	}
	ctx := context.Background()
	what := sandbox.DepositRequest{Code: tx.QR, Machine: "Kun1", Amount: api.IDR(int64(1+d.random.IntN(200)) * 10_000_00)}
	switch d.random.IntN(3) {
	case 0:
		what.Status = sandbox.StatusWaiting
	case 1:
		what = sandbox.DepositRequest{Code: tx.QR, Book: true}
	}
	_, err := d.box.Deposit(ctx, what)
	d.note("deposit %s, %s: %v", what.Amount, what.Status, err)
	if d.random.IntN(2) == 0 {
		after, _, err := d.till.CheckDeposits(ctx, tx.Reference)
		d.note("deposits of %s: %d %v", tx.Reference, len(after.Deposits), err)
	}
}

// close closes the session, as a person who names what stays open.
func (d *day) close() {
	ctx := context.Background()
	var how till.Closing
	now, err := d.journal.SessionReport(ctx, 0)
	if errors.Is(err, till.ErrNoSession) {
		return
	}
	if err != nil {
		d.fail("the X report: %v", err)
	}
	for _, item := range now.Report.Open {
		if d.random.IntN(3) == 0 {
			if _, err := d.till.Park(ctx, item.Reference, "the till"); err == nil {
				continue
			}
		}
		how.Carry = append(how.Carry, item.Reference)
	}
	if d.random.IntN(2) == 0 {
		how.Counted, how.Reason = api.IDR(d.random.Int64N(1_000_000_00)), "counted"
	}
	z, err := d.journal.CloseSession(ctx, how)
	d.note("close: %d %v", z.Number, err)
	if err != nil {
		d.fail("closing with every name: %v", err)
	}
}

// money is what came, what went back, and what was booked, in hundredths.
type money3 struct{ came, back, booked int64 }

// reports is all sessions together.
func (d *day) reports() (sum money3) {
	ctx := context.Background()
	list, err := d.journal.ListSessions(ctx, 0, 10_000)
	if err != nil {
		d.fail("%v", err)
	}
	for i, s := range list {
		if s.Number != len(list)-i {
			d.fail("session %d stands at %d", s.Number, len(list)-i)
		}
		if s, err = d.journal.SessionReport(ctx, s.Number); err != nil {
			d.fail("%v", err)
		}
		r := s.Report
		sum.came += r.Paid.Sum.Minor() + r.Late.Sum.Minor() + r.Doubled.Sum.Minor()
		sum.back += r.RefundedWhole.Sum.Minor() + r.RefundedPart.Sum.Minor() + r.Elsewhere.Sum.Minor()
		sum.booked += r.Booked.Sum.Minor()
		if len(r.Others) > 0 {
			d.fail("session %d has money in no sum: %v", s.Number, r.Others)
		}
	}
	return sum
}

// records is the same by the journal's records as they stand.
func (d *day) records() (sum money3) {
	for tx, err := range d.journal.All(context.Background(), till.Filter{}) {
		if err != nil {
			d.fail("%v", err)
		}
		switch tx.State {
		case till.Paid, till.LatePaid, till.Doubled, till.Refunded:
			sum.came += tx.Amount.Minor()
			back, _ := tx.Returned()
			if tx.Payment.Locked && tx.Payment.Status == api.StatusRefunded {
				back = tx.Amount
			}
			sum.back += back.Minor()
		}
		sum.booked += till.Sum(tx.Deposits).Booked.Minor()
	}
	return sum
}

// ledger is the same by what really happened.
func (d *day) ledger() (sum money3) {
	l := d.box.Ledger()
	for _, p := range l.Payments {
		sum.came += int64(p.Debits) * p.Amount.Minor()
		back := p.Refunded.Minor()
		if p.Returned {
			back = p.Amount.Minor()
		}
		sum.back += back
	}
	for _, item := range l.Deposits {
		if item.Status == sandbox.StatusBooked {
			sum.booked += item.Amount.Minor()
		}
	}
	return sum
}

// settle ends the faults, lets days go by, and decides what only a person may.
func (d *day) settle() {
	ctx := context.Background()
	d.box.ClearFaults()
	for _, p := range d.box.Ledger().Payments {
		if p.Customer == "asked" && !p.Final {
			_, _ = d.box.Approve(p.Customer, p.Reference) // one that was cancelled has nothing to decide
		}
	}
	d.pass(time.Hour)
	for range 3 {
		for tx, err := range d.journal.All(ctx, till.Filter{}) {
			if err != nil {
				d.fail("%v", err)
			}
			d.decide(ctx, tx)
		}
		d.pass(26 * time.Hour)
	}
}

func (d *day) decide(ctx context.Context, tx till.Transaction) {
	switch {
	case tx.Kind == till.CDM && tx.State.Open():
		tx, err := d.till.RepeatUserID(ctx, tx.Reference, nil)
		d.note("user id again: %s %v", tx.State, err)
	case tx.Kind == till.CDM:
		_, _, err := d.till.CheckDeposits(ctx, tx.Reference)
		d.note("deposits at the end: %v", err)
	case tx.State.Open():
		after, err := d.till.Cancel(ctx, tx.Reference, "end of day")
		d.note("end of day, cancel %s: %s %v", tx.Reference, after.State, err)
	case tx.Payment != nil: // somebody else may have given it back since
		_, _, err := d.till.CheckPayment(ctx, tx.Reference)
		d.note("end of day, check %s: %v", tx.Reference, err)
	}
	for _, r := range tx.Refunds {
		if r.State != till.RefundUnknown && r.State != till.RefundSent {
			continue
		}
		done := slices.ContainsFunc(d.box.Ledger().Refunds, func(l sandbox.LedgerRefund) bool { return l.Reference == string(r.Reference) && l.Done })
		_, err := d.till.ResolveRefund(ctx, tx.Reference, r.Reference, done, "Sari", "the help desk said so")
		d.note("the help desk on %s, %v: %v", r.Reference, done, err)
	}
}

func TestReportsOfRandomDaysAreTheLedger(t *testing.T) {
	days, deeds := uint64(12), 40
	if testing.Short() {
		days = 4
	}
	for seed := range days {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			d := newDay(t, seed)
			for range deeds {
				d.deed()
				if got, want := d.reports(), d.records(); got != want {
					d.fail("the reports say %+v, the records %+v", got, want)
				}
			}
			d.settle()
			d.close()
			got, want := d.reports(), d.ledger()
			// A debit that went back before it was known here is in neither sum.
			if got.came-got.back != want.came-want.back || got.booked != want.booked {
				d.fail("the reports say %+v, the ledger %+v", got, want)
			}
			if report, err := d.journal.Verify(t.Context()); err != nil || !report.Sound() {
				d.fail("verify: %v %v", err, report.Problems)
			}
		})
	}
}
