package till

import (
	"context"
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

func (b *bank) Name() string { return "bank" }

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

// cutBeforeTheAttempt pays, and the power goes between the intent and the first
// attempt.
func (c *counter) cutBeforeTheAttempt() {
	c.t.Helper()
	c.m.fail = func(change Change) error {
		if change.Event.What == WhatAttempt {
			panic("power cut")
		}
		return nil
	}
	func() {
		defer func() { recover() }()
		c.till.Pay(c.t.Context(), c.order(), nil)
	}()
	c.m.fail = nil
	c.restart()
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
