package till

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cashier/api"
)

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
	c.cutBeforeTheAttempt()
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

// TestAnEarlyQuestionTakesNoneOfThePlans: however often somebody asks about an
// unpaid ending, the plan asks again after 5 minutes, an hour and a day.
func TestAnEarlyQuestionTakesNoneOfThePlans(t *testing.T) {
	c := newCounter(t, pending60)
	c.bank.status = from(api.StatusPending, 8*time.Second, api.StatusCancelled)
	c.pay(c.order())
	c.pass(time.Minute)
	before := c.want(Cancelled)
	for range 5 {
		if _, _, err := c.till.CheckPayment(t.Context(), "Q1"); err != nil {
			t.Fatal(err)
		}
	}
	if tx := c.get("Q1"); !tx.Payment.RecheckAt.Equal(before.Payment.RecheckAt) || tx.Payment.RecheckAt.IsZero() {
		t.Errorf("it is asked about again at %s, not at %s", tx.Payment.RecheckAt, before.Payment.RecheckAt)
	}
	asked := c.bank.count("ask")
	c.pass(23 * time.Hour)
	if n := c.bank.count("ask") - asked; n != 3 { // at its expiry too
		t.Errorf("%d questions in a day", n)
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(2 * time.Hour)
	c.want(LatePaid)
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
