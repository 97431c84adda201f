package till

import (
	"errors"
	"testing"
	"time"

	"cashier/api"
)

// TestPark: an open payment is let go of; it is asked about slowly and never
// cancelled by itself.
func TestPark(t *testing.T) {
	c := newCounter(t, pending60)
	c.pay(c.order())
	c.pass(5 * time.Second)
	tx, err := c.till.Park(t.Context(), "Q1", "Sari\x1b")
	if err != nil || tx.State != Parked || tx.Payment.ParkedAt.IsZero() {
		t.Fatalf("parked it is %s, %v", tx.State, err)
	}
	last := c.m.changes[len(c.m.changes)-1].Event
	if last.What != WhatParked || last.Note != "Sari" {
		t.Errorf("its event is %+v", last)
	}
	if again, err := c.till.Park(t.Context(), "Q1", "Sari"); err != nil || again.Revision != tx.Revision {
		t.Errorf("parked twice: %+v, %v", again, err)
	}
	c.pass(10 * time.Minute)
	if n := c.bank.count("cancel"); n != 0 {
		t.Errorf("it was cancelled %d times", n)
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(time.Hour)
	if tx = c.get("Q1"); tx.State != Paid {
		t.Errorf("it ends as %s", tx.State)
	}
	if _, err := c.till.Park(t.Context(), "Q1", "Sari"); !errors.Is(err, ErrEnded) {
		t.Errorf("a paid one is parked: %v", err)
	}
	if _, err := c.till.Park(t.Context(), "Q9", "Sari"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown one is parked: %v", err)
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

// TestNothingLeftIsNotParked: of a payment of which nothing left, the next
// start proves so; no word of a person keeps it open.
func TestNothingLeftIsNotParked(t *testing.T) {
	c := newCounter(t, done60)
	c.cutBeforeTheAttempt()
	if _, err := c.till.Accept(t.Context(), "Q1", "Sari", "saw the success page"); !errors.Is(err, ErrEnded) {
		t.Errorf("accepted: %v", err)
	}
	if _, err := c.till.Park(t.Context(), "Q1", "Sari"); !errors.Is(err, ErrEnded) {
		t.Errorf("parked: %v", err)
	}
	c.want(Intent)
}
