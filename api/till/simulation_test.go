package till

import (
	"context"
	"fmt"
	"math/rand/v2"
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
	clock := &stillClock{now: noon}
	cut := &cutter{random: random}
	l := &living{random: random, clock: clock, cut: cut, broken: broken, journal: newMemory()}
	l.journal.fast = true
	l.side = make(random, clock, cut)
	l.journal.fail = func(c Change) error { cut.point("before commit " + c.Event.What); return nil }
	l.journal.after = func(c Change) { cut.point("after commit " + c.Event.What) }
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
	log    []string
}

func (c *cutter) arm() {
	if c.random.IntN(3) == 0 {
		c.left, c.in = 1+c.random.IntN(2), c.random.IntN(14)
	}
}

func (c *cutter) point(at string) {
	if c.left == 0 {
		return
	}
	if c.in--; c.in < 0 {
		c.left--
		c.in = c.random.IntN(20)
		c.log = append(c.log, at)
		panic(powerCut{at})
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
		}) {
			return
		}
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
		Reference: api.Reference(fmt.Sprintf("Q%d", n)), Sale: sale, Amount: api.IDR(int64(1+l.random.IntN(50)) * 100_000),
		Code: api.NewCustomerCode(l.side.code()), Card: Card{Issuer: "93600014", LastFour: "8231", Mark: "mark"},
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
	reference := api.Reference(fmt.Sprintf("R%d", 1+l.random.IntN(3)))
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
			tx, err := l.journal.Get(ctx, reference)
			if err == nil && tx.State.Open() {
				after, err := l.till.Cancel(ctx, reference, "end of day")
				l.note("end of day, cancel %s: %s %v", reference, after.State, err)
			}
			if i := tx.openRefund(); err == nil && i >= 0 {
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

// stub is a provider in a few lines: fast, and hostile.
type stub struct {
	random  *rand.Rand
	clock   *stillClock
	cut     *cutter
	calm    bool
	outcome int
	made    map[api.Reference]*stubPayment
	refunds map[api.Reference]api.Amount // partnerRefundNo -> amount
	booked  map[api.Reference]account
	// late holds requests that the network delivers after the client gave up.
	late   func()
	lateAt time.Time
}

type stubPayment struct {
	amount    int64
	at        time.Time
	debited   bool
	cancelled bool
	declined  bool
}

// What the stub's customers do.
const (
	approves = iota
	approvesLater
	declines
	neverAnswers
	paysWhileCancelled
	outcomes
)

func newStub(random *rand.Rand, clock *stillClock, cut *cutter) side {
	return &stub{
		random: random, clock: clock, cut: cut, outcome: random.IntN(outcomes), made: map[api.Reference]*stubPayment{},
		refunds: map[api.Reference]api.Amount{}, booked: map[api.Reference]account{},
	}
}

func (s *stub) payments() Payments { return s }
func (s *stub) code() string       { return "hQVDUFYwMW" }
func (s *stub) quiet()             { s.calm = true }

func (s *stub) accounts() map[api.Reference]account {
	s.deliver()
	for _, p := range s.made {
		s.advance(p)
	}
	for r, p := range s.made {
		a := s.booked[r]
		a.amount = p.amount
		if a.debits = 0; p.debited {
			a.debits = 1
		}
		s.booked[r] = a
	}
	return s.booked
}

func (s *stub) advance(p *stubPayment) {
	if p.debited || p.cancelled || p.declined {
		return
	}
	age := s.clock.Now().Sub(p.at)
	switch s.outcome {
	case approves:
		p.debited = true
	case approvesLater:
		p.debited = age >= 8*time.Second
	case declines:
		p.declined = true
	}
}

// fault says what the network does to an exchange.
func (s *stub) fault() (lostRequest, lostAnswer, late bool) {
	if s.calm {
		return false, false, false
	}
	switch s.random.IntN(9) {
	case 0:
		return true, false, false
	case 1:
		return false, true, false
	case 2:
		return false, false, s.late == nil
	}
	return false, false, false
}

func (s *stub) deliver() {
	if s.late != nil && !s.clock.Now().Before(s.lateAt) {
		serve := s.late
		s.late = nil
		serve()
	}
}

// exchange runs one request: durable first, then the network, then serve.
func (s *stub) exchange(service string, log api.AttemptLog, serve func() api.Answer) api.Answer {
	a := api.Attempt{Service: service, At: s.clock.Now(), ExternalID: "1"}
	if log != nil {
		if err := log.Before(a); err != nil {
			return api.Answer{Class: api.NotSent, Reason: api.ReasonJournal, Err: err}
		}
	}
	s.cut.point("before the bytes of " + service)
	s.deliver()
	lostRequest, lostAnswer, late := s.fault()
	answer := api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout}
	switch {
	case late:
		s.late, s.lateAt = func() { serve() }, s.clock.Now().Add(time.Duration(s.random.IntN(60))*time.Second)
	case !lostRequest:
		if served := serve(); !lostAnswer {
			answer = served
		}
		s.cut.point("between debit and answer of " + service)
	}
	answer.Attempt = a
	s.cut.point("after the answer of " + service)
	if log != nil {
		log.After(a, answer)
	}
	return answer
}

func (s *stub) Name() string    { return "stub" }
func (s *stub) Binding() string { return "stub M1" }

func (s *stub) PreparePayment(r api.PaymentRequest, _ time.Time) ([]byte, error) {
	return []byte(r.Amount.Value()), nil
}

func (s *stub) Pay(_ context.Context, reference api.Reference, body []byte, _ bool, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	var status api.PaymentStatus
	answer := s.exchange("60", log, func() api.Answer {
		if s.made[reference] != nil {
			return mismatch60
		}
		amount, err := api.ParseAmount(string(body), "IDR")
		if err != nil {
			panic(err)
		}
		p := &stubPayment{amount: amount.Minor(), at: s.clock.Now()}
		s.made[reference] = p
		s.advance(p)
		switch {
		case p.debited:
			return done60
		case p.declined:
			return failed60
		}
		return pending60
	})
	return api.PaymentNews{Status: status}, answer
}

func (s *stub) QueryPayment(_ context.Context, key api.PaymentKey) (api.PaymentNews, api.Answer) {
	status := api.NoStatus
	answer := s.exchange("61", nil, func() api.Answer {
		p := s.made[key.Reference]
		if p == nil {
			status = api.StatusNotFound
			return done61
		}
		s.advance(p)
		switch {
		case p.debited && s.booked[key.Reference].refunded == p.amount:
			status = api.StatusRefunded
		case p.debited:
			status = api.StatusPaid
		case p.cancelled:
			status = api.StatusCancelled
		case p.declined:
			status = api.StatusFailed
		default:
			status = api.StatusPending
		}
		return done61
	})
	if answer.Class != api.Done {
		status = api.NoStatus
	}
	return api.PaymentNews{Status: status}, answer
}

func (s *stub) CancelPayment(_ context.Context, key api.PaymentKey, _ api.Amount, _ string, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	return api.PaymentNews{CancelTime: "raw"}, s.exchange("62", log, func() api.Answer {
		p := s.made[key.Reference]
		if p == nil {
			return void62
		}
		s.advance(p)
		switch {
		case p.debited, p.declined, p.cancelled:
			return settled62
		case s.outcome == paysWhileCancelled:
			p.debited = true // accepted, and the payment won
		default:
			p.cancelled = true
		}
		return done62
	})
}

func (s *stub) PrepareRefund(key api.PaymentKey, refund api.Reference, amount api.Amount, _ string) ([]byte, error) {
	return []byte(string(key.Reference) + " " + string(refund) + " " + amount.Value()), nil
}

func (s *stub) Refund(_ context.Context, _ api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.RefundNews, api.Answer) {
	return api.RefundNews{RefundNo: "1"}, s.exchange("80", log, func() api.Answer {
		f := strings.Fields(string(body))
		reference, refund := api.Reference(f[0]), api.Reference(f[1])
		amount, err := api.ParseAmount(f[2], "IDR")
		if err != nil {
			panic(err)
		}
		if known, again := s.refunds[refund]; again {
			if known == amount && tainted {
				return done80 // 409-01 on an identical repeat
			}
			return api.Answer{Class: api.Mismatch, HTTPStatus: 409, Code: code("4098001")}
		}
		p := s.made[reference]
		if p == nil || !p.debited {
			return refused80
		}
		// A provider that does not check the sum: the till must.
		s.refunds[refund] = amount
		a := s.booked[reference]
		a.refunded += amount.Minor()
		s.booked[reference] = a
		return done80
	})
}

func TestSimulatedLives(t *testing.T) {
	lives := simulated(t, 20_000)
	for seed := range lives {
		if wrong := life(seed, nil, newStub); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
}

// A broken rule must be seen within the seeds that the sound till passes.
func TestEveryBrokenRuleIsCaught(t *testing.T) {
	for name, breakRule := range mutants {
		t.Run(name, func(t *testing.T) {
			for seed := range simulated(t, 20_000) {
				if wrong := life(seed, breakRule, newStub); wrong != "" {
					first, _, _ := strings.Cut(wrong, "\n")
					t.Logf("seed %d: %s", seed, first)
					return
				}
			}
			t.Error("nobody noticed")
		})
	}
}

var mutants = map[string]func(*rules){
	"sent again on unknown": func(r *rules) {
		tries := 0
		r.again = func(a api.Answer) bool { tries++; return a.Class == api.Unknown && tries%3 != 0 }
	},
	"a second transaction while one is open": func(r *rules) { r.mayStart = func([]Transaction) bool { return true } },
	"paid by a notification alone":           func(r *rules) { r.hint = func(s api.PaymentStatus) api.PaymentStatus { return s } },
	"failed on a timeout": func(r *rules) {
		r.sent = func(tx *Transaction, a api.Answer) State {
			if a.Class == api.Unknown {
				return Failed
			}
			return stateAfterPayment(tx, a)
		}
	},
	"no intent before the send": func(r *rules) { r.intentFirst = false },
	"the refunds' sum unchecked": func(r *rules) {
		r.refundFits = func(*Transaction, api.Amount) bool { return true }
	},
	"a refund repeated under a new reference": func(r *rules) {
		r.refundAs = func(f Refund, now time.Time) api.Reference {
			return f.Reference + api.Reference(fmt.Sprintf("-%d", now.UnixNano()))
		}
	},
	"a cancel taken as final": func(r *rules) {
		r.cancelled = func(a api.Answer) State {
			if a.Class == api.Done {
				return Cancelled
			}
			return Cancelling
		}
	},
	"not found at the first word": func(r *rules) {
		r.notFound = func(*Payment, Plan, time.Time) bool { return true }
	},
	"paid at any answer": func(r *rules) {
		r.sent = func(tx *Transaction, a api.Answer) State {
			if a.Class == api.Pending {
				return Paid
			}
			return stateAfterPayment(tx, a)
		}
	},
}

func BenchmarkSimulatedLivesStub(b *testing.B) {
	seed := uint64(0)
	for b.Loop() {
		if wrong := life(seed, nil, newStub); wrong != "" {
			b.Fatalf("seed %d: %s", seed, wrong)
		}
		seed++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lives/s")
}
