package till

import (
	"errors"
	"testing"
	"time"

	"cashier/api"
)

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
