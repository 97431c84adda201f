package till

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"cashier/api"
)

// run is what the till remembers of an unsettled payment while it runs: the
// journal holds what must survive, this only paces the questions.
type run struct {
	live  bool      // the cashier stands there: the window's end cancels by itself
	asked int       // questions since the phase began
	last  time.Time // when the last one was answered, or the phase began
	end   bool      // the question at the window's end was asked
	// awaited: found in the journal, and until then its console may return to it.
	awaited time.Time

	cancels   int       // cancels sent by this process
	cancelled time.Time // when the last one was answered
	unclear   bool      // and whether that answer proved nothing
	won       bool      // "paid" was heard once while cancelling

	refunds  int // repeats of the open refund
	refundAt time.Time

	questions int  // since this process works on it, under Till.mu
	attended  bool // live, as Till.mu's holder may read it

	wait   time.Time // the provider asked us not to come before
	update Update
	next   time.Time // under Till.mu
	what   action
	busy   bool
	hurry  bool        // somebody wants it asked about now
	leave  atomic.Bool // the cashier has gone
	subs   map[chan Update]struct{}
}

// begin starts a phase: the pace starts anew.
func (r *run) begin(now time.Time) { r.asked, r.last = 0, now }

// action is what a payment needs next.
type action int

const (
	rest action = iota
	ask
	cancel
	park
	repeatRefund
)

// decide says what a payment needs next and when. It changes nothing.
func (t *Till) decide(tx *Transaction, r *run, now time.Time) (action, time.Time) {
	if tx.Lookup != nil && tx.State == Pending {
		return ask, r.last.Add(rung(t.plan.Sweep, r.asked))
	}
	p := tx.Payment
	if p == nil {
		return rest, time.Time{}
	}
	if i := tx.openRefund(); i >= 0 {
		// When repeating proves nothing any more, a person decides.
		if p.Locked || len(tx.Refunds[i].Attempts) > len(t.plan.CancelAgain)+len(t.plan.Sweep) {
			return rest, time.Time{}
		}
		return repeatRefund, r.refundAt
	}
	if p.Mismatch && tx.State == Parked {
		return rest, time.Time{}
	}
	switch tx.State {
	case Sent, Pending, Unknown:
		return t.decideOpen(p, r, now)
	case Cancelling:
		return t.decideCancelling(p, r, now)
	case Parked:
		return ask, r.last.Add(rung(t.plan.Sweep, r.asked))
	}
	if !p.RecheckAt.IsZero() {
		return ask, later(p.RecheckAt, r.wait)
	}
	return rest, time.Time{}
}

// decideOpen: in the live window the plan's questions, the one at its end, and
// then a cancel; without a cashier one question and parking.
func (t *Till) decideOpen(p *Payment, r *run, now time.Time) (action, time.Time) {
	if !r.live || r.leave.Load() {
		if r.asked == 0 {
			return ask, r.last
		}
		if r.leave.Load() {
			return park, now
		}
		return park, later(now, r.awaited)
	}
	if r.end {
		if p.SaidDone || p.Proof != nil || p.NoCancel {
			return park, now
		}
		return cancel, later(now, p.LeftAt.Add(t.plan.NoCancelBefore))
	}
	at := r.last.Add(rung(t.plan.Ask, r.asked))
	if p.SaidDone && r.asked == 0 {
		at = r.last // only one agreeing answer is missing
	}
	at = later(at, r.wait)
	if end := p.LeftAt.Add(t.plan.Window); at.After(end) {
		at = later(end, r.last)
	}
	return ask, at
}

// decideCancelling: a question after every answer to a cancel; an unclear
// answer repeats the cancel; what stays open is parked.
func (t *Till) decideCancelling(p *Payment, r *run, now time.Time) (action, time.Time) {
	if r.asked == 0 {
		return ask, r.last
	}
	if r.cancels == 0 { // asked for before a restart
		return park, later(now, r.awaited)
	}
	if p.NoCancel {
		return park, now
	}
	if r.unclear {
		if r.cancels > len(t.plan.CancelAgain) {
			return park, now
		}
		return cancel, r.cancelled.Add(t.plan.CancelAgain[r.cancels-1])
	}
	end := r.cancelled.Add(t.plan.Settle)
	if p.NotFounds > 0 {
		end = later(end, later(p.ExpiresAt, p.NotFoundSince.Add(t.plan.NotFoundOver)).Add(rung(t.plan.Ask, r.asked)))
	}
	at := later(r.last.Add(rung(t.plan.Ask, r.asked)), r.wait)
	if at.After(end) {
		return park, now
	}
	return ask, at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Step does what the payment needs, if it is due, and says when it needs
// something again; the zero time means never by itself. It is what Run calls,
// and what a simulation calls in its own time.
func (t *Till) Step(ctx context.Context, reference api.Reference) (time.Time, error) {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return time.Time{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return time.Time{}, err
	}
	r := t.track(&tx, false)
	t.oversleep(&tx, r, t.clock.Now())
	what, at := t.decide(&tx, r, t.clock.Now())
	if what == rest || at.After(t.clock.Now()) {
		return t.noted(&tx, r, r.update.Answer, nil), nil
	}
	var answer api.Answer
	switch what {
	case ask:
		answer, err = t.ask(ctx, &tx, r)
	case cancel:
		answer, err = t.cancel(ctx, &tx, r, "no answer in time")
	case park:
		answer, err = r.update.Answer, t.park(ctx, &tx, r, Event{What: WhatParked})
	case repeatRefund:
		answer, err = t.sendRefund(ctx, &tx, r, tx.openRefund())
		if i := tx.openRefund(); err == nil && i >= 0 && tx.Refunds[i].State == RefundUnknown {
			answer, err = t.ask(ctx, &tx, r) // the payment's own status may say what the refund's answer does not
		}
	}
	return t.noted(&tx, r, answer, err), err
}

// ask queries once and hears the answer; the caller holds the lock.
func (t *Till) ask(ctx context.Context, tx *Transaction, r *run) (api.Answer, error) {
	if tx.Lookup != nil {
		return t.look(ctx, tx, r)
	}
	if tx.Binding != t.payments.Binding() {
		return api.Answer{}, ErrOtherProfile
	}
	t.telling(tx, r)
	news, answer := t.payments.QueryPayment(ctx, tx.key())
	now := t.clock.Now()
	ended := !tx.State.Open()
	r.asked++
	r.last = now
	if answer.RetryAfter > 0 {
		r.wait = now.Add(answer.RetryAfter)
	}
	if tx.Payment.LeftAt.IsZero() || !now.Before(tx.Payment.LeftAt.Add(t.plan.Window)) {
		r.end = true
	}
	before := tx.State
	changed, err := t.hearStatus(ctx, tx, r, news, answer, now)
	if err != nil {
		return answer, err
	}
	if ended && tx.State == before && news.Status == api.NoStatus {
		r.wait = now.Add(rung(t.plan.Sweep, r.asked)) // a later question was not answered: again before long
	}
	if tx.State != before {
		r.begin(now)
	}
	t.count(tx.Reference, answer)
	if !changed && !t.due(tx.Reference, now) {
		return answer, nil
	}
	e := answerEvent(answer)
	e.What = WhatStatus
	if !changed {
		e.What = WhatChecked
	}
	next, _, err := t.saveChecks(ctx, *tx, answer, e)
	switch {
	case err == nil:
		*tx = next
	case tx.State.paid() && !before.paid():
		err = fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return answer, err
}

// key names the payment to its provider.
func (tx *Transaction) key() api.PaymentKey {
	return api.PaymentKey{Reference: tx.Reference, ProviderReference: tx.ProviderReference, ExternalID: tx.ExternalID}
}
