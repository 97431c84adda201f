package till

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cashier/api"
)

// stillClock stands still until it is set.
type stillClock struct {
	start time.Time
	since atomic.Int64 // nanoseconds from start
}

// stillAt is a clock that stands at a time.
func stillAt(t time.Time) *stillClock { return &stillClock{start: t} }

func (c *stillClock) Now() time.Time { return c.start.Add(time.Duration(c.since.Load())) }

func (c *stillClock) set(t time.Time) { c.since.Store(int64(t.Sub(c.start))) }

func (c *stillClock) After(time.Duration) <-chan time.Time {
	panic("nothing waits in a test that steps by hand")
}

// Sale makes the memory journal one that keeps payments.
func (m *memory) Sale(_ context.Context, sale api.Reference) ([]Transaction, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Transaction
	for _, tx := range m.records {
		if tx.Sale == sale {
			found = append(found, tx)
		}
	}
	slices.SortFunc(found, func(a, b Transaction) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return found, nil
}

// bank is a provider of payments that follows a script.
type bank struct {
	clock   *stillClock
	start   time.Time
	payment api.Answer
	// status is what a query says at an age; nil says pending.
	status func(age time.Duration) (api.PaymentStatus, api.Answer)
	cancel func(n int) api.Answer
	refund func(n int) api.Answer
	log    []string // "pay@0s", "ask@1s", "cancel@60s" …
	bodies []string // of refunds
}

func (b *bank) Name() string    { return "bank" }
func (b *bank) Binding() string { return "https://bank.example M1" }

func (b *bank) note(what string) {
	b.log = append(b.log, fmt.Sprintf("%s@%s", what, b.clock.Now().Sub(b.start)))
}

func (b *bank) count(what string) int {
	n := 0
	for _, l := range b.log {
		if strings.HasPrefix(l, what+"@") {
			n++
		}
	}
	return n
}

func (b *bank) PreparePayment(r api.PaymentRequest, _ time.Time) ([]byte, error) {
	if r.Code.Reveal() == "" {
		return nil, &api.FieldError{Field: "qrContent", Missing: true}
	}
	return []byte(`{"partnerReferenceNo":"` + string(r.Reference) + `"}`), nil
}

func (b *bank) attempt(service string, body string, log api.AttemptLog, answer api.Answer) api.Answer {
	a := api.Attempt{Service: service, ExternalID: "1", At: b.clock.Now()}
	if err := log.Before(a); err != nil {
		return api.Answer{Class: api.NotSent, Reason: api.ReasonJournal, Err: err}
	}
	if service == "80" {
		b.bodies = append(b.bodies, body)
	}
	answer.Attempt = a
	log.After(a, answer)
	return answer
}

func (b *bank) Pay(_ context.Context, _ api.Reference, body []byte, _ bool, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	b.note("pay")
	return api.PaymentNews{}, b.attempt("60", string(body), log, b.payment)
}

func (b *bank) QueryPayment(context.Context, api.PaymentKey) (api.PaymentNews, api.Answer) {
	b.note("ask")
	status, answer := api.StatusPending, done61
	if b.status != nil {
		status, answer = b.status(b.clock.Now().Sub(b.start))
	}
	return api.PaymentNews{Status: status, PaidTime: "raw"}, answer
}

func (b *bank) CancelPayment(_ context.Context, _ api.PaymentKey, _ api.Amount, _ string, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	n := b.count("cancel")
	b.note("cancel")
	answer := done62
	if b.cancel != nil {
		answer = b.cancel(n)
	}
	return api.PaymentNews{CancelTime: "raw"}, b.attempt("62", "", log, answer)
}

func (b *bank) PrepareRefund(_ api.PaymentKey, refund api.Reference, amount api.Amount, reason string) ([]byte, error) {
	return []byte(string(refund) + " " + amount.Value() + " " + reason), nil
}

func (b *bank) Refund(_ context.Context, _ api.Reference, body []byte, _ bool, log api.AttemptLog) (api.RefundNews, api.Answer) {
	n := b.count("refund")
	b.note("refund")
	answer := done80
	if b.refund != nil {
		answer = b.refund(n)
	}
	return api.RefundNews{RefundNo: "REF1"}, b.attempt("80", string(body), log, answer)
}

var (
	done60     = api.Answer{Class: api.Done, HTTPStatus: 200, Code: code("2006000")}
	pending60  = api.Answer{Class: api.Pending, HTTPStatus: 202, Code: code("2026000")}
	failed60   = api.Answer{Class: api.Failed, HTTPStatus: 403, Code: code("4036014")}
	mismatch60 = api.Answer{Class: api.Mismatch, HTTPStatus: 409, Code: code("4096001")}
	done61     = api.Answer{Class: api.Done, HTTPStatus: 200, Code: code("2006100")}
	odd61      = api.Answer{Class: api.Unknown, HTTPStatus: 500, Code: code("5006100")}
	done62     = api.Answer{Class: api.Done, HTTPStatus: 200, Code: code("2006200")}
	void62     = api.Answer{Class: api.NotFound, HTTPStatus: 404, Code: code("4046201")}
	settled62  = api.Answer{Class: api.Settled, HTTPStatus: 404, Code: code("4046200")}
	cannot62   = api.Answer{Class: api.Unsupported, HTTPStatus: 405, Code: code("4056200")}
	done80     = api.Answer{Class: api.Done, HTTPStatus: 200, Code: code("2008000")}
	pending80  = api.Answer{Class: api.Pending, HTTPStatus: 202, Code: code("2028000")}
	refused80  = api.Answer{Class: api.Failed, HTTPStatus: 403, Code: code("4038015")}
)

func says(s api.PaymentStatus) func(time.Duration) (api.PaymentStatus, api.Answer) {
	return func(time.Duration) (api.PaymentStatus, api.Answer) { return s, done61 }
}

// from is one status until an age and another from then on.
func from(before api.PaymentStatus, age time.Duration, after api.PaymentStatus) func(time.Duration) (api.PaymentStatus, api.Answer) {
	return func(now time.Duration) (api.PaymentStatus, api.Answer) {
		if now < age {
			return before, done61
		}
		return after, done61
	}
}

// counter is a till with a bank, stepped by hand.
type counter struct {
	t     *testing.T
	till  *Till
	bank  *bank
	m     *memory
	clock *stillClock
}

func newCounter(t *testing.T, payment api.Answer) *counter {
	clock := stillAt(noon)
	c := &counter{t: t, clock: clock, m: newMemory(), bank: &bank{clock: clock, start: noon, payment: payment}}
	c.restart()
	return c
}

// restart forgets everything but the journal.
func (c *counter) restart() {
	c.till = New(Options{Journal: c.m, Payments: c.bank, Clock: c.clock})
}

func (c *counter) order() Order {
	return Order{
		Reference: "Q1", Amount: api.IDR(1_250_000), Code: api.NewCustomerCode("hQVDUFYwMW"),
		Card: Card{Issuer: "93600014", LastFour: "8231", Mark: "m1"},
	}
}

func (c *counter) pay(o Order) Transaction {
	c.t.Helper()
	tx, err := c.till.Pay(c.t.Context(), o, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return tx
}

// pass does what is due, in its own time, until the time has come.
func (c *counter) pass(d time.Duration) {
	c.t.Helper()
	end := c.clock.Now().Add(d)
	for range 100_000 {
		due, next := c.till.Due(c.clock.Now())
		for _, reference := range due {
			if _, err := c.till.Step(c.t.Context(), reference); err != nil {
				c.t.Fatal(err)
			}
		}
		switch {
		case len(due) > 0:
		case next.IsZero() || next.After(end):
			c.clock.set(end)
			return
		default:
			c.clock.set(next)
		}
	}
	c.t.Fatal("the till never rests")
}

func (c *counter) get(r api.Reference) Transaction {
	c.t.Helper()
	tx, err := c.m.Get(c.t.Context(), r)
	if err != nil {
		c.t.Fatal(err)
	}
	return tx
}

func (c *counter) want(state State) Transaction {
	c.t.Helper()
	tx := c.get("Q1")
	if tx.State != state {
		c.t.Errorf("state %q, want %q; the bank saw %v", tx.State, state, c.bank.log)
	}
	if n := c.bank.count("pay"); n != 1 {
		c.t.Errorf("the payment left %d times", n)
	}
	return tx
}

func TestAPaymentIsConfirmedByAQuery(t *testing.T) {
	c := newCounter(t, done60)
	c.bank.status = says(api.StatusPaid)
	if tx := c.pay(c.order()); tx.State != Pending || !tx.Payment.SaidDone {
		t.Errorf("after its own answer: %q", tx.State)
	}
	c.pass(0)
	tx := c.want(Paid)
	if tx.Payment.Won || len(tx.Refunds) != 0 || !slices.Equal(c.bank.log, []string{"pay@0s", "ask@0s"}) {
		t.Errorf("%+v %v", tx.Payment, c.bank.log)
	}
	c.pass(48 * time.Hour)
	if n := len(c.bank.log); n != 2 {
		t.Errorf("a paid payment was asked about again: %v", c.bank.log)
	}
	c = newCounter(t, done60)
	c.till.plan.PaidAtOnce = true
	c.pay(c.order())
	c.want(Paid)
}

func TestTheLiveWindowKeepsToThePlan(t *testing.T) {
	c := newCounter(t, pending60)
	c.bank.cancel = func(int) api.Answer { return done62 }
	c.bank.status = from(api.StatusPending, 60*time.Second+1, api.StatusCancelled)
	c.pay(c.order())
	c.pass(59 * time.Second)
	want := []string{"pay@0s", "ask@1s", "ask@3s", "ask@6s", "ask@9s", "ask@14s", "ask@19s", "ask@24s", "ask@29s", "ask@34s", "ask@39s", "ask@44s", "ask@49s", "ask@54s", "ask@59s"}
	if !slices.Equal(c.bank.log, want) {
		t.Errorf("%v\nwant %v", c.bank.log, want)
	}
	c.pass(time.Second)
	if got := c.bank.log[len(want):]; !slices.Equal(got, []string{"ask@1m0s", "cancel@1m0s", "ask@1m0s"}) {
		t.Errorf("at the window's end: %v", got)
	}
	c.pass(2 * time.Second)
	tx := c.want(Cancelled)
	if !tx.Payment.CancelAccepted || tx.Payment.RecheckAt.IsZero() || tx.Payment.MoneyBack {
		t.Errorf("%+v", tx.Payment)
	}
	// No ending is final before the expiry that was sent; then 5 min, 1 h, a day.
	n := len(c.bank.log)
	c.pass(72 * time.Hour)
	if got := c.bank.log[n:]; !slices.Equal(got, []string{"ask@1m30s", "ask@6m2s", "ask@1h1m2s", "ask@24h1m2s"}) {
		t.Errorf("asked again: %v", got)
	}
	c.want(Cancelled)
}

func TestEndings(t *testing.T) {
	for _, x := range []struct {
		name    string
		payment api.Answer
		status  func(time.Duration) (api.PaymentStatus, api.Answer)
		cancel  func(int) api.Answer
		state   State
		cancels int
		check   func(Transaction) bool
	}{
		{name: "declined", payment: failed60, state: Failed},
		{name: "the customer confirms after 8 s", payment: pending60, status: from(api.StatusPending, 8*time.Second, api.StatusPaid), state: Paid},
		{name: "the answer was lost after the debit", payment: lost, status: says(api.StatusPaid), state: Paid},
		{name: "the bank fails it later", payment: pending60, status: from(api.StatusPending, 8*time.Second, api.StatusFailed), state: Failed},
		{name: "the customer cancels", payment: pending60, status: from(api.StatusPending, 8*time.Second, api.StatusCancelled), state: Cancelled},
		{name: "the payment won", payment: pending60, status: from(api.StatusPending, 60*time.Second+1, api.StatusPaid), state: Paid, cancels: 1,
			check: func(tx Transaction) bool { return tx.Payment.Won }},
		{name: "the cancel gave the money back", payment: pending60, status: from(api.StatusPending, 60*time.Second+1, api.StatusRefunded), state: Cancelled, cancels: 1,
			check: func(tx Transaction) bool { return tx.Payment.MoneyBack }},
		{name: "failed while cancelling", payment: pending60, status: from(api.StatusPending, 60*time.Second+1, api.StatusFailed), state: Cancelled, cancels: 1},
		{name: "it was final already", payment: pending60, status: from(api.StatusPending, 60*time.Second+1, api.StatusPaid), cancel: func(int) api.Answer { return settled62 }, state: Paid, cancels: 1},
		{name: "this provider cannot cancel", payment: pending60, cancel: func(int) api.Answer { return cannot62 }, state: Parked, cancels: 1},
		{name: "no cancel is ever answered", payment: pending60, cancel: func(int) api.Answer { return lost }, state: Parked, cancels: 4},
		{name: "accepted, and pending all the same", payment: pending60, state: Parked, cancels: 1},
		{name: "said done, never confirmed", payment: done60, status: says(api.StatusPending), state: Parked, cancels: 0},
		{name: "said done, queries without an answer", payment: done60, status: func(time.Duration) (api.PaymentStatus, api.Answer) { return api.NoStatus, odd61 }, state: Parked, cancels: 0},
		{name: "queries without an answer", payment: lost, status: func(time.Duration) (api.PaymentStatus, api.Answer) { return api.NoStatus, odd61 }, state: Parked, cancels: 1},
		{name: "never arrived", payment: lost, status: says(api.StatusNotFound), cancel: func(int) api.Answer { return void62 }, state: NotFound, cancels: 1},
		{name: "our reference is another sale's", payment: mismatch60, status: says(api.StatusPaid), state: Parked,
			check: func(tx Transaction) bool { return tx.Payment.Mismatch }},
		{name: "nothing left", payment: refused, state: Unsent},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newCounter(t, x.payment)
			c.bank.status, c.bank.cancel = x.status, x.cancel
			c.pay(c.order())
			c.pass(4 * time.Minute)
			tx := c.want(x.state)
			if n := c.bank.count("cancel"); n != x.cancels {
				t.Errorf("%d cancels, want %d: %v", n, x.cancels, c.bank.log)
			}
			if x.check != nil && !x.check(tx) {
				t.Errorf("%+v", tx.Payment)
			}
		})
	}
}

func TestNotFoundNeedsTimeACancelAndTheExpiry(t *testing.T) {
	c := newCounter(t, lost)
	c.bank.status = says(api.StatusNotFound)
	c.bank.cancel = func(int) api.Answer { return void62 }
	c.pay(c.order())
	c.pass(89 * time.Second)
	c.want(Cancelling)
	c.pass(10 * time.Second)
	c.want(NotFound)
	// Without a cancel nothing is proven, however often it is said.
	c = newCounter(t, lost)
	c.bank.status = says(api.StatusNotFound)
	c.pay(c.order())
	c.till.Leave("Q1")
	c.pass(time.Hour)
	c.want(Parked)
	if c.bank.count("cancel") != 0 {
		t.Error("cancelled although the cashier had gone")
	}
}

func TestARestartAsksAndParksAndNeverCancels(t *testing.T) {
	c := newCounter(t, pending60)
	c.pay(c.order())
	c.pass(5 * time.Second)
	c.restart()
	r, err := c.till.Resume(t.Context(), nil)
	if err != nil || !slices.Equal(r.Payments, []api.Reference{"Q1"}) {
		t.Fatalf("%+v %v", r, err)
	}
	n := len(c.bank.log)
	c.pass(0)
	c.want(Parked)
	if got := c.bank.log[n:]; !slices.Equal(got, []string{"ask@5s"}) {
		t.Errorf("%v", got)
	}
	c.pass(31 * time.Minute)
	if got := c.bank.log[n+1:]; !slices.Equal(got, []string{
		"ask@35s", "ask@1m35s", "ask@2m35s", "ask@3m35s", "ask@8m35s", "ask@13m35s", "ask@28m35s",
	}) {
		t.Errorf("swept: %v", got)
	}
	if c.bank.count("cancel") != 0 {
		t.Error("cancelled by itself after a restart")
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(15 * time.Minute)
	c.want(Paid)
}

func TestAnIntentThatNeverLeftEndsUnsent(t *testing.T) {
	c := newCounter(t, done60)
	c.m.fail = func(change Change) error {
		if change.Event.What == WhatAttempt {
			panic("power cut")
		}
		return nil
	}
	func() {
		defer func() { recover() }()
		c.till.Pay(t.Context(), c.order(), nil)
	}()
	c.m.fail = nil
	c.restart()
	if _, err := c.till.Resume(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Hour)
	if tx := c.get("Q1"); tx.State != Unsent || len(tx.Attempts) != 0 {
		t.Errorf("%q with %d attempts", tx.State, len(tx.Attempts))
	}
}

func TestMoneyThatComesAfterAllIsNeverSilent(t *testing.T) {
	c := newCounter(t, pending60)
	c.bank.status = from(api.StatusPending, 60*time.Second+1, api.StatusCancelled)
	c.pay(c.order())
	c.pass(2 * time.Minute)
	c.want(Cancelled)
	c.bank.status = says(api.StatusPaid)
	c.pass(10 * time.Minute)
	tx := c.want(LatePaid)
	if len(tx.Refunds) != 1 || tx.Refunds[0].State != RefundDraft || tx.Refunds[0].Amount != tx.Amount {
		t.Errorf("no refund was drafted: %+v", tx.Refunds)
	}
	// The supervisor confirms the draft.
	tx, err := c.till.Refund(t.Context(), "Q1", tx.Refunds[0].Reference, tx.Amount, "late")
	if err != nil || tx.State != Refunded || len(tx.Refunds) != 1 {
		t.Errorf("%q %v %+v", tx.State, err, tx.Refunds)
	}
}

func TestASecondTransactionOfASaleWaitsForTheFirst(t *testing.T) {
	c := newCounter(t, lost)
	c.pay(c.order())
	second := c.order()
	second.Reference, second.Sale, second.Amount = "Q2", "Q1", api.IDR(1_250_000)
	second.Card = Card{Issuer: "93600014", LastFour: "0001", Mark: "m2"}
	_, err := c.till.Pay(t.Context(), second, nil)
	var needs *ErrNeedsSupervisor
	if !errors.As(err, &needs) || needs.Rule != RuleSaleOpen || c.bank.count("pay") != 1 {
		t.Fatalf("%v after %v", err, c.bank.log)
	}
	// A supervisor allows it; both are paid in the end.
	second.Override = &Override{By: "Sari", Reason: "customer left", At: c.clock.Now()}
	c.bank.payment = pending60
	if _, err := c.till.Pay(t.Context(), second, nil); err != nil {
		t.Fatal(err)
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(time.Minute)
	states := []State{c.get("Q1").State, c.get("Q2").State}
	slices.Sort(states)
	if !slices.Equal(states, []State{Doubled, Paid}) {
		t.Errorf("%v", states)
	}
	if !slices.ContainsFunc(c.m.told("Q2"), func(s string) bool { return strings.HasPrefix(s, WhatOverride) }) {
		t.Errorf("the override is not in the journal: %v", c.m.told("Q2"))
	}
	// After a decline another one may start by itself.
	c = newCounter(t, failed60)
	c.pay(c.order())
	second.Override = nil
	if _, err := c.till.Pay(t.Context(), second, nil); err != nil {
		t.Error(err)
	}
}

func TestTheSameCardAndAmountAsksASupervisor(t *testing.T) {
	c := newCounter(t, lost)
	c.pay(c.order())
	again := c.order()
	again.Reference = "Q2"
	var needs *ErrNeedsSupervisor
	if _, err := c.till.Pay(t.Context(), again, nil); !errors.As(err, &needs) || needs.Rule != RuleSimilarOpen || needs.Other != "Q1" {
		t.Errorf("%v", err)
	}
	other := again
	other.Amount = api.IDR(100)
	if _, err := c.till.Pay(t.Context(), other, nil); err != nil {
		t.Errorf("another amount: %v", err)
	}
	someone := again
	someone.Reference, someone.Card = "Q3", Card{Issuer: "93600009", LastFour: "8231", Mark: "m3"}
	if _, err := c.till.Pay(t.Context(), someone, nil); err != nil {
		t.Errorf("another customer: %v", err)
	}
	c.clock.set(noon.Add(11 * time.Minute))
	again.Reference = "Q4"
	if _, err := c.till.Pay(t.Context(), again, nil); err != nil {
		t.Errorf("after ten minutes: %v", err)
	}
}

func TestTheSameReferenceIsTheSamePayment(t *testing.T) {
	c := newCounter(t, lost)
	first := c.pay(c.order())
	same, err := c.till.Pay(t.Context(), c.order(), nil)
	if err != nil || same.Revision != first.Revision || c.bank.count("pay") != 1 {
		t.Errorf("%v, sent %d times", err, c.bank.count("pay"))
	}
	for name, change := range map[string]func(*Order){
		"another amount": func(o *Order) { o.Amount = api.IDR(1) }, "another code": func(o *Order) { o.Card.Mark = "m9" },
	} {
		o := c.order()
		change(&o)
		if _, err := c.till.Pay(t.Context(), o, nil); !errors.Is(err, ErrOtherRequest) || c.bank.count("pay") != 1 {
			t.Errorf("%s: %v, sent %d times", name, err, c.bank.count("pay"))
		}
	}
}

func TestAPersonCancels(t *testing.T) {
	c := newCounter(t, pending60)
	c.pay(c.order())
	c.clock.set(noon.Add(14 * time.Second))
	if _, err := c.till.Cancel(t.Context(), "Q1", "x"); !errors.Is(err, ErrTooEarly) || c.bank.count("cancel") != 0 {
		t.Errorf("after 14 s: %v", err)
	}
	c.clock.set(noon.Add(15 * time.Second))
	c.bank.status = says(api.StatusCancelled)
	if tx, err := c.till.Cancel(t.Context(), "Q1", "the customer changed their mind"); err != nil || tx.State != Cancelled {
		t.Errorf("%q %v", tx.State, err)
	}
	if _, err := c.till.Cancel(t.Context(), "Q1", "x"); !errors.Is(err, ErrEnded) {
		t.Errorf("again: %v", err)
	}
	c = newCounter(t, done60)
	c.bank.status = says(api.StatusPaid)
	c.pay(c.order())
	c.pass(time.Minute)
	if _, err := c.till.Cancel(t.Context(), "Q1", "x"); !errors.Is(err, ErrPaid) {
		t.Errorf("a paid one: %v", err)
	}
}

func TestAcceptedOnProofIsNotCancelled(t *testing.T) {
	c := newCounter(t, lost)
	c.bank.status = func(time.Duration) (api.PaymentStatus, api.Answer) { return api.NoStatus, odd61 }
	c.pay(c.order())
	c.pass(20 * time.Second)
	if tx, err := c.till.Accept(t.Context(), "Q1", "Sari", "saw the success page"); err != nil || tx.State != Parked || tx.Payment.Proof.By != "Sari" {
		t.Fatalf("%q %v", tx.State, err)
	}
	if _, err := c.till.Cancel(t.Context(), "Q1", "x"); !errors.Is(err, ErrAccepted) {
		t.Error(err)
	}
	c.pass(10 * time.Minute)
	if c.bank.count("cancel") != 0 {
		t.Error("it was cancelled")
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(time.Hour)
	c.want(Paid)
}

func TestANotificationAloneProvesNothing(t *testing.T) {
	c := newCounter(t, pending60)
	c.pay(c.order())
	c.pass(2 * time.Second)
	n := c.bank.count("ask")
	if err := c.till.Hint(t.Context(), "Q1", api.StatusPaid, "00"); err != nil {
		t.Fatal(err)
	}
	c.want(Pending)
	due, _ := c.till.Due(c.clock.Now())
	if !slices.Equal(due, []api.Reference{"Q1"}) {
		t.Error("a notification did not make the till ask")
	}
	c.till.step(t.Context(), "Q1")
	if c.bank.count("ask") != n+1 {
		t.Errorf("%v", c.bank.log)
	}
	c.want(Pending)
	if err := c.till.Hint(t.Context(), "NOBODY", api.StatusPaid, ""); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func paidCounter(t *testing.T) *counter {
	c := newCounter(t, done60)
	c.bank.status = says(api.StatusPaid)
	c.pay(c.order())
	c.pass(0)
	c.want(Paid)
	return c
}

func TestRefundsStayWithinTheAmount(t *testing.T) {
	c := paidCounter(t)
	refund := func(r api.Reference, minor int64) (Transaction, error) {
		return c.till.Refund(t.Context(), "Q1", r, api.IDR(minor), "broken")
	}
	if tx, err := refund("R1", 500_000); err != nil || tx.State != Paid || tx.Refunds[0].State != RefundDone {
		t.Fatalf("part: %q %v", tx.State, err)
	}
	if _, err := refund("R2", 750_001); !errors.Is(err, ErrRefund) || c.bank.count("refund") != 1 {
		t.Errorf("more than is left: %v", err)
	}
	if _, err := refund("R2", 0); !errors.Is(err, ErrRefund) {
		t.Errorf("nothing: %v", err)
	}
	if _, err := refund("R1", 1); !errors.Is(err, ErrOtherRequest) {
		t.Errorf("the same reference with another amount: %v", err)
	}
	if tx, err := refund("R1", 500_000); err != nil || c.bank.count("refund") != 1 || len(tx.Refunds) != 1 {
		t.Errorf("the same refund again: %v", err)
	}
	if tx, err := refund("R2", 750_000); err != nil || tx.State != Refunded {
		t.Errorf("the rest: %q %v", tx.State, err)
	}
}

func TestAnUnknownRefundIsRepeatedByteForByte(t *testing.T) {
	c := paidCounter(t)
	c.bank.refund = func(n int) api.Answer {
		if n < 2 {
			return lost
		}
		return done80
	}
	tx, err := c.till.Refund(t.Context(), "Q1", "R1", api.IDR(1_250_000), "broken")
	if err != nil || tx.State != Paid || tx.Refunds[0].State != RefundUnknown {
		t.Fatalf("%q %v", tx.State, err)
	}
	if _, err := c.till.Refund(t.Context(), "Q1", "R2", api.IDR(1), "x"); !errors.Is(err, ErrRefund) {
		t.Errorf("a second refund beside an open one: %v", err)
	}
	c.restart() // also by another process
	if _, err := c.till.Resume(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Minute)
	tx = c.want(Refunded)
	if n := len(c.bank.bodies); n != 3 || len(slices.Compact(slices.Clone(c.bank.bodies))) != 1 || len(tx.Refunds[0].Attempts) != 3 {
		t.Errorf("%q", c.bank.bodies)
	}
}

// Some providers know a repeat by its X-EXTERNAL-ID: a later call with the same
// bytes can name the first one's.
func TestARepeatKnowsTheFirstExternalID(t *testing.T) {
	c := paidCounter(t)
	c.bank.refund = func(int) api.Answer { return lost }
	tx, err := c.till.Refund(t.Context(), "Q1", "R1", api.IDR(100), "x")
	if err != nil {
		t.Fatal(err)
	}
	log := &attemptLog{attempts: &tx.Refunds[0].Attempts, service: "80"}
	if got := log.EarlierExternalID(); got == "" || got != tx.Refunds[0].Attempts[0].ExternalID {
		t.Errorf("%q", got)
	}
	if got := (&attemptLog{attempts: &tx.Attempts, service: "62"}).EarlierExternalID(); got != "" {
		t.Errorf("a cancel that never left has the id %q", got)
	}
}

func TestRefundAnswers(t *testing.T) {
	for _, x := range []struct {
		name   string
		answer api.Answer
		state  RefundState
	}{
		{"refused", refused80, RefundRefused}, {"in progress", pending80, RefundSent}, {"never left", refused, RefundUnsent},
	} {
		c := paidCounter(t)
		c.bank.refund = func(int) api.Answer { return x.answer }
		tx, err := c.till.Refund(t.Context(), "Q1", "R1", api.IDR(100), "x")
		if err != nil || tx.State != Paid || tx.Refunds[0].State != x.state {
			t.Errorf("%s: %q %q %v", x.name, tx.State, tx.Refunds[0].State, err)
		}
	}
	// Money that went back without us locks refunds.
	c := paidCounter(t)
	c.bank.status = says(api.StatusRefunded)
	if _, _, err := c.till.CheckPayment(t.Context(), "Q1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.till.Refund(t.Context(), "Q1", "R1", api.IDR(100), "x"); !errors.Is(err, ErrLocked) || c.bank.count("refund") != 0 {
		t.Errorf("locked: %v", err)
	}
	// The same news proves a single whole refund that is under way.
	c = paidCounter(t)
	c.bank.refund = func(int) api.Answer { return lost }
	c.till.Refund(t.Context(), "Q1", "R1", api.IDR(1_250_000), "x")
	c.bank.status = says(api.StatusRefunded)
	if tx, _, err := c.till.CheckPayment(t.Context(), "Q1"); err != nil || tx.State != Refunded || tx.Refunds[0].State != RefundDone {
		t.Errorf("whole: %q %v", tx.State, err)
	}
}

func TestARefundNobodyAnswersForIsLeftToAPerson(t *testing.T) {
	c := paidCounter(t)
	c.bank.refund = func(int) api.Answer { return lost }
	if _, err := c.till.Refund(t.Context(), "Q1", "R1", api.IDR(100), "x"); err != nil {
		t.Fatal(err)
	}
	c.pass(72 * time.Hour)
	n := c.bank.count("refund")
	if n < 5 || n > 15 {
		t.Errorf("it was sent %d times in three days", n)
	}
	tx, err := c.till.ResolveRefund(t.Context(), "Q1", "R1", false, "Sari", "the help desk: never seen")
	if err != nil || tx.Refunds[0].State != RefundRefused || tx.Unsettled() {
		t.Errorf("%v %+v", err, tx.Refunds)
	}
	if told := c.m.told("Q1"); told[len(told)-1] != "override/paid" {
		t.Errorf("%v", told)
	}
	if _, err := c.till.ResolveRefund(t.Context(), "Q1", "R1", true, "Sari", "again"); !errors.Is(err, ErrEnded) {
		t.Errorf("twice: %v", err)
	}
}

// A provider wants its answer at once: a notification does not wait for the
// question that is under way, and the question's outcome is not lost by it.
func TestANotificationDuringAQuestion(t *testing.T) {
	c := newCounter(t, pending60)
	c.pay(c.order())
	c.clock.set(noon.Add(2 * time.Second))
	c.bank.status = func(time.Duration) (api.PaymentStatus, api.Answer) {
		if err := c.till.Hint(t.Context(), "Q1", api.StatusPaid, "while asking"); err != nil {
			t.Error(err)
		}
		return api.StatusPaid, done61
	}
	if _, err := c.till.Step(t.Context(), "Q1"); err != nil {
		t.Fatal(err)
	}
	c.want(Paid)
	if told := c.m.told("Q1"); !slices.Equal(told, []string{"intent/intent", "attempt/sent", "answer/pending", "hint/pending", "status/paid"}) {
		t.Errorf("%v", told)
	}
}

func TestPaidButNotRecorded(t *testing.T) {
	c := newCounter(t, done60)
	c.bank.status = says(api.StatusPaid)
	c.pay(c.order())
	c.m.fail = func(Change) error { return ErrFull }
	_, err := c.till.Step(t.Context(), "Q1")
	if !errors.Is(err, ErrNotRecorded) || !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	if tx := c.get("Q1"); tx.State != Pending {
		t.Errorf("the journal says %q", tx.State)
	}
	c.m.fail = nil
	c.pass(10 * time.Second)
	c.want(Paid)
}

func TestTheProductionPaymentPlan(t *testing.T) {
	p := DefaultPlan()
	minutes := func(all ...float64) (d []time.Duration) {
		for _, m := range all {
			d = append(d, time.Duration(m*float64(time.Minute)))
		}
		return d
	}
	if !slices.Equal(p.Ask, seconds(1, 2, 3, 3, 5)) || p.Window != time.Minute || p.NoCancelBefore != 15*time.Second ||
		!slices.Equal(p.CancelAgain, seconds(5, 10, 30)) || !slices.Equal(p.Sweep, minutes(0.5, 1, 1, 1, 5, 5, 15)) ||
		!slices.Equal(p.Recheck, minutes(5, 60, 24*60)) || p.NotFoundOver != time.Minute || p.Similar != 10*time.Minute || p.PaidAtOnce {
		t.Errorf("%+v", p)
	}
}
