package till

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cashier/api"
)

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
