package till

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"cashier/api"
)

// slowReader is a journal whose first answer comes late: between it and its
// reader something else happens.
type slowReader struct {
	*memory
	meanwhile func()
}

func (s *slowReader) Get(ctx context.Context, r api.Reference) (Transaction, error) {
	tx, err := s.memory.Get(ctx, r)
	if f := s.meanwhile; f != nil {
		s.meanwhile = nil
		f()
	}
	return tx, err
}

// The step that settles a payment may end while somebody begins to follow it:
// they must not be left with what was before.
func TestFollowMissesNoStep(t *testing.T) {
	for _, already := range []bool{false, true} {
		c := newCounter(t, pending60)
		c.pay(c.order())
		c.bank.status = says(api.StatusPaid)
		journal := &slowReader{memory: c.m}
		c.till = New(Options{Journal: journal, Payments: c.bank, Clock: c.clock})
		if already { // another reader keeps the payment in mind
			_, stop, err := c.till.Follow(t.Context(), "Q1")
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
		}
		journal.meanwhile = func() {
			if tx, _, err := c.till.CheckPayment(t.Context(), "Q1"); err != nil || tx.State != Paid {
				t.Errorf("the step in between: %s %v", tx.State, err)
			}
		}
		updates, stop, err := c.till.Follow(t.Context(), "Q1")
		if err != nil {
			t.Fatal(err)
		}
		if u := <-updates; u.Transaction.State != Paid {
			t.Errorf("followed, it is %s", u.Transaction.State)
		}
		// And the next step is told.
		if _, err := c.till.Refund(t.Context(), "Q1", "R1", c.order().Amount, "cold"); err != nil {
			t.Fatal(err)
		}
		if u := <-updates; u.Transaction.State != Refunded || !u.Ended {
			t.Errorf("followed, after the refund it is %s", u.Transaction.State)
		}
		stop()
		if u, ok := c.till.runs["Q1"]; ok && !already {
			t.Errorf("nobody follows it, and it is kept: %+v", u)
		}
	}
}

// What a listener was told is a picture of that moment: a step that goes on
// must not paint over it while a screen reads it.
func TestWhatWasToldStaysAsItWas(t *testing.T) {
	c := newCounter(t, pending60)
	c.pay(c.order())
	updates, stop, err := c.till.Follow(t.Context(), "Q1")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var told []Update // each beside a copy that shares nothing with the till
	var copies []string
	look := func() {
		select {
		case u := <-updates:
			told, copies = append(told, u), append(copies, asJSON(t, u.Transaction))
		default:
		}
	}
	look()
	c.bank.status = func(time.Duration) (api.PaymentStatus, api.Answer) {
		look() // the question is under way
		return api.StatusPaid, done61
	}
	c.pass(time.Minute)
	look()
	if _, err := c.till.Refund(t.Context(), "Q1", "R1", c.order().Amount, "cold"); err != nil {
		t.Fatal(err)
	}
	look()
	if len(told) < 3 {
		t.Fatalf("%d updates", len(told))
	}
	for i, u := range told {
		if now := asJSON(t, u.Transaction); now != copies[i] {
			t.Errorf("update %d was\n%s\nand became\n%s", i, copies[i], now)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
