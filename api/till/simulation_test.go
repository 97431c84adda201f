package till

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

// A life is one sale from the first key to the last recheck: a customer, a
// cashier with habits, a network with faults and power cuts at any point. It is
// made of one seed, runs in its own time, and ends with the journal held
// against the provider's ledger.

// account is what the provider's side knows of one payment.
type account struct {
	amount   int64 // in hundredths
	debits   int   // how often the customer's money moved
	refunded int64 // by refunds of ours
	returned bool  // somebody else gave it all back
	lied     bool  // the provider took back its own word about it
}

// kept reports whether the customer's money stayed with the merchant.
func (a account) kept() bool { return a.debits > 0 && a.refunded < a.amount && !a.returned }

// side is a provider with its ledger: the stub below, or the real sandbox.
type side interface {
	payments() Payments
	// code is what the customer shows; the same text is the same customer.
	code() string
	// quiet ends all faults and lets every customer come to an end.
	quiet()
	// accounts is the ledger by reference, and every refund's sum by payment.
	accounts() map[api.Reference]account
}

// powerCut is what a crash panics with.
type powerCut struct{ at string }

// life runs one seed against a side and returns what is wrong, or "".
func life(seed uint64, broken func(*rules), make func(*rand.Rand, *stillClock, *cutter) side) string {
	random := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	clock := stillAt(noon)
	cut := &cutter{random: random}
	l := &living{random: random, clock: clock, cut: cut, broken: broken, journal: newMemory()}
	l.journal.fast = true
	l.side = make(random, clock, cut)
	l.journal.fail = func(c Change) error { cut.point("before commit", c.Event.What); return nil }
	l.journal.after = func(c Change) { cut.point("after commit", c.Event.What) }
	l.boot()
	l.work()
	l.settle()
	return l.verdict()
}

// cutter decides at which named point the power fails; at most twice a life.
type cutter struct {
	random *rand.Rand
	left   int
	in     int // points until the next cut
}

func (c *cutter) arm() {
	if c.random.IntN(3) == 0 {
		c.left, c.in = 1+c.random.IntN(2), c.random.IntN(14)
	}
}

func (c *cutter) point(when, what string) {
	if c.left == 0 {
		return
	}
	if c.in--; c.in < 0 {
		c.left--
		c.in = c.random.IntN(20)
		panic(powerCut{when + " " + what})
	}
}

type living struct {
	random  *rand.Rand
	clock   *stillClock
	cut     *cutter
	broken  func(*rules)
	journal *memory
	side    side
	till    *Till
	fault   string
	told    []func() string // formatted only when something is wrong
}

const sale api.Reference = "SALE"

const console = "desk 2"

func (l *living) note(format string, args ...any) {
	at := l.clock.Now().Sub(noon)
	l.told = append(l.told, func() string { return at.String() + " " + fmt.Sprintf(format, args...) })
}

// boot starts a till on the journal, as after a power cut.
func (l *living) boot() {
	for {
		l.till = New(Options{Journal: l.journal, Payments: l.side.payments(), Clock: l.clock})
		if l.broken != nil {
			l.broken(&l.till.rules)
		}
		if l.survive(func() {
			if _, err := l.till.Resume(context.Background(), nil); err != nil {
				l.fault = "a start failed: " + err.Error()
			}
			l.attend()
		}) {
			return
		}
	}
}

// attend is the console that asked, where it outlived the process that had the
// journal: its cashier is still there.
func (l *living) attend() {
	if l.random.IntN(2) == 0 {
		return
	}
	for _, reference := range []api.Reference{"Q1", "Q2"} {
		err := l.till.Attend(context.Background(), reference, console)
		l.note("attend %s: %v", reference, err)
	}
}

// survive runs f; a power cut in it ends f, and is reported as false.
func (l *living) survive(f func()) (whole bool) {
	defer func() {
		if p := recover(); p != nil {
			cut, ok := p.(powerCut)
			if !ok {
				panic(p)
			}
			l.note("power cut %s", cut.at)
			whole = false
		}
	}()
	f()
	return true
}

// try runs f and boots again after a power cut.
func (l *living) try(f func()) {
	if !l.survive(f) {
		l.boot()
	}
}

// pass lets time go by and does what is due.
func (l *living) pass(d time.Duration) {
	end := l.clock.Now().Add(d)
	for range 10_000 {
		due, next := l.till.Due(l.clock.Now())
		switch {
		case len(due) > 0:
			l.try(func() {
				for _, r := range due {
					l.till.step(context.Background(), r)
				}
			})
		case next.IsZero() || next.After(end):
			l.clock.set(end)
			return
		default:
			l.clock.set(next)
		}
	}
	l.fault = "the till never rested"
}

func (l *living) order(n int) Order {
	return Order{
		Reference: [...]api.Reference{1: "Q1", 2: "Q2"}[n], Sale: sale, Amount: api.IDR(int64(1+l.random.IntN(50)) * 100_000),
		Code: api.NewCustomerCode(l.side.code()), Card: Card{Issuer: "93600014", LastFour: "8231", Mark: "mark"}, Console: console,
	}
}

// work is the cashier's part: pay, and then what people do.
func (l *living) work() {
	ctx := context.Background()
	l.cut.arm()
	first := l.order(1)
	l.try(func() {
		tx, err := l.till.Pay(ctx, first, nil)
		l.note("pay Q1: %s %v", tx.State, err)
	})
	for range l.random.IntN(8) {
		l.pass(time.Duration(l.random.IntN(20_000)) * time.Millisecond)
		switch l.random.IntN(9) {
		case 0:
			l.try(func() {
				tx, err := l.till.Cancel(ctx, "Q1", "changed their mind")
				l.note("cancel: %s %v", tx.State, err)
			})
		case 1:
			l.till.Leave("Q1")
			l.note("leave")
		case 2:
			l.try(func() {
				tx, _, err := l.till.CheckPayment(ctx, "Q1")
				l.note("check: %s %v", tx.State, err)
			})
		case 3: // an impatient cashier asks again for the same sale
			again := l.order(2)
			again.Amount = first.Amount
			l.try(func() {
				tx, err := l.till.Pay(ctx, again, nil)
				l.note("pay Q2: %s %v", tx.State, err)
			})
		case 4: // the very same key twice
			l.try(func() {
				tx, err := l.till.Pay(ctx, first, nil)
				l.note("pay Q1 again: %s %v", tx.State, err)
			})
		case 5: // a notification, true or not
			l.try(func() {
				status := []api.PaymentStatus{api.StatusPaid, api.StatusCancelled, api.StatusFailed}[l.random.IntN(3)]
				l.note("hint %s: %v", status, l.till.Hint(ctx, "Q1", status, "simulated"))
			})
		case 6, 7:
			l.refund(ctx, first.Amount)
		case 8:
			l.note("restart")
			l.boot()
		}
	}
	l.pass(time.Duration(l.random.IntN(180)) * time.Second)
	l.refund(ctx, first.Amount)
}

func (l *living) refund(ctx context.Context, whole api.Amount) {
	amount := whole
	if l.random.IntN(2) == 0 {
		amount = api.IDR(whole.Minor() / 100 * int64(1+l.random.IntN(100)))
	}
	reference := [...]api.Reference{"R1", "R2", "R3"}[l.random.IntN(3)]
	if l.random.IntN(3) > 0 {
		return
	}
	l.try(func() {
		tx, err := l.till.Refund(ctx, "Q1", reference, amount, "broken")
		l.note("refund %s %s: %s %v", reference, amount.Value(), tx.State, err)
	})
}

// settle: the faults end, the days go by, and a person decides what the till
// must not decide.
func (l *living) settle() {
	ctx := context.Background()
	l.cut.left = 0
	l.side.quiet()
	l.pass(time.Hour)
	for range 3 {
		for _, reference := range []api.Reference{"Q1", "Q2"} {
			tx, known := l.journal.records[reference]
			if known && tx.State.Open() {
				after, err := l.till.Cancel(ctx, reference, "end of day")
				l.note("end of day, cancel %s: %s %v", reference, after.State, err)
			}
			if i := tx.openRefund(); i >= 0 {
				sure, _ := tx.Returned()
				done := l.side.accounts()[reference].refunded > sure.Minor()
				after, err := l.till.ResolveRefund(ctx, reference, tx.Refunds[i].Reference, done, "Sari", "the help desk said so")
				l.note("end of day, the help desk on %s, %v: %s %v", tx.Refunds[i].Reference, done, after.State, err)
			}
		}
		l.pass(26 * time.Hour)
	}
}

// verdict holds the journal against the ledger.
func (l *living) verdict() string {
	var wrong []string
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	accounts := l.side.accounts()
	debited, flagged := 0, false
	for reference, a := range accounts {
		if a.debits > 1 {
			bad("%s was debited %d times", reference, a.debits)
		}
		if a.refunded > a.amount {
			bad("%s: %d refunded of %d", reference, a.refunded, a.amount)
		}
		if a.kept() {
			debited++
		}
		tx, known := l.journal.records[reference]
		flagged = flagged || a.lied && (tx.State == Doubled || tx.State == LatePaid)
		if !known {
			bad("the provider has %s and the journal does not", reference)
		}
	}
	if debited > 1 && !flagged {
		bad("the customer paid %d times for one sale", debited)
	}
	for reference, tx := range l.journal.records {
		a := accounts[reference]
		sure, atMost := tx.Returned()
		switch {
		case tx.State.Open():
			bad("%s is still %s", reference, tx.State)
		case tx.State.paid() && a.debits != 1:
			bad("%s is %s here and was debited %d times", reference, tx.State, a.debits)
		case tx.State.unpaid() && a.kept():
			bad("%s is %s here and the money is gone", reference, tx.State)
		case tx.State == Refunded && a.refunded != a.amount && !a.returned:
			bad("%s is refunded here, %d of %d there", reference, a.refunded, a.amount)
		}
		if tx.openRefund() >= 0 {
			bad("a refund of %s is still open", reference)
		}
		if atMost.Minor() > tx.Amount.Minor() {
			bad("%s: refunds of %s exceed %s", reference, atMost, tx.Amount)
		}
		if !a.returned && !tx.Payment.Locked && !tx.State.unpaid() && sure.Minor() != a.refunded {
			bad("%s: %d went back here, %d there", reference, sure.Minor(), a.refunded)
		}
		if tx.State == Paid && a.refunded >= a.amount && a.amount > 0 {
			bad("%s is paid here and everything went back there", reference)
		}
	}
	if l.fault != "" {
		bad("%s", l.fault)
	}
	if len(wrong) == 0 {
		return ""
	}
	slices.Sort(wrong)
	story := strings.Join(wrong, "; ")
	for _, line := range l.told {
		story += "\n\t" + line()
	}
	return story
}

// roomy lets garbage pile up for as long as lives are simulated: almost nothing
// that a life makes outlasts it, and a collector that comes for every 4 MiB
// would be a good part of the work. It returns what undoes it.
func roomy() (undo func()) {
	before := debug.SetGCPercent(800)
	return func() { debug.SetGCPercent(before) }
}

func TestSimulatedLives(t *testing.T) {
	defer roomy()()
	lives := simulated(t, 20_000)
	for seed := range lives {
		if wrong := life(seed, nil, newStub); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
}
