package till

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cashier/api"
)

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
