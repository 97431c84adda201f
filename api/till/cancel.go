package till

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cashier/api"
)

// Errors of what a person asks for; they may be wrapped.
var (
	ErrTooEarly  = errors.New("a payment may not be cancelled so soon after it left")
	ErrPaid      = errors.New("it is paid: refund it instead")
	ErrEnded     = errors.New("it has ended already")
	ErrAccepted  = errors.New("it was accepted on the customer's proof and is not cancelled any more")
	ErrMismatch  = errors.New("this reference belongs to something else at the provider: call the help desk")
	ErrNotPaid   = errors.New("it is not paid")
	ErrRefund    = errors.New("the refund does not fit")
	ErrLocked    = errors.New("money went back that was not sent from here: refunds are locked")
	ErrNoCancels = errors.New("this provider cannot cancel")
)

// Cancel asks the provider to cancel an open payment, for a person. What
// became of it, queries find out; Cancel returns after the provider's answer
// and one query.
func (t *Till) Cancel(ctx context.Context, reference api.Reference, reason string) (Transaction, error) {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return tx, err
	}
	p, now := tx.Payment, t.clock.Now()
	switch {
	case p == nil || t.payments == nil:
		return tx, ErrNoProvider
	case tx.Binding != t.payments.Binding():
		return tx, fmt.Errorf("%s: %w", reference, ErrOtherProfile)
	case tx.State.paid() || tx.State == Refunded:
		return tx, ErrPaid
	case !tx.State.Open() || tx.State == Intent:
		return tx, ErrEnded
	case p.Proof != nil:
		return tx, ErrAccepted
	case p.Mismatch:
		return tx, ErrMismatch
	case p.NoCancel:
		return tx, ErrNoCancels
	case now.Before(p.LeftAt.Add(t.plan.NoCancelBefore)):
		return tx, fmt.Errorf("%w: wait until %s", ErrTooEarly, p.LeftAt.Add(t.plan.NoCancelBefore).In(api.Jakarta).Format("15.04.05"))
	}
	r := t.track(&tx, false)
	r.end = true
	answer, err := t.cancel(ctx, &tx, r, reason)
	if err == nil && tx.State.Open() {
		answer, err = t.ask(ctx, &tx, r)
	}
	t.noted(&tx, r, answer, err)
	return tx, err
}

// cancel sends one cancel; the caller holds the lock. An answer proves at most
// that the provider took it: the end is what a query says.
func (t *Till) cancel(ctx context.Context, tx *Transaction, r *run, reason string) (api.Answer, error) {
	if tx.Binding != t.payments.Binding() {
		return api.Answer{}, ErrOtherProfile
	}
	p := tx.Payment
	if p.CancelAskedAt.IsZero() {
		p.CancelAskedAt, p.CancelReason = t.clock.Now(), api.Clean(reason, 256)
	}
	tx.State = Cancelling
	t.telling(tx, r)
	log := &attemptLog{till: t, ctx: ctx, tx: tx, attempts: &tx.Attempts, service: "62", what: WhatCancel}
	news, answer := t.payments.CancelPayment(ctx, tx.key(), tx.Amount, p.CancelReason, log)
	log.fill()
	now := t.clock.Now()
	r.cancels++
	r.cancelled, r.unclear, r.won = now, !cancelAnswered(answer.Class), false
	r.begin(now)
	switch answer.Class {
	case api.Done:
		p.CancelAccepted, p.CancelTime = true, news.CancelTime
	case api.NotFound:
		p.CancelVoid = true
	case api.Unsupported:
		p.NoCancel = true
	}
	if next := t.rules.cancelled(answer); next != Cancelling {
		t.end(tx, next, now)
	}
	return answer, t.append(ctx, tx, answerEvent(answer))
}

// cancelAnswered reports whether an answer to a cancel leaves nothing to repeat.
func cancelAnswered(c api.Class) bool {
	return c == api.Done || c == api.NotFound || c == api.Settled || c == api.Unsupported
}

// CheckPayment asks about a payment now, whatever its state and whatever the
// plan: an operator's "check now", a notification, a command.
func (t *Till) CheckPayment(ctx context.Context, reference api.Reference) (Transaction, api.Answer, error) {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, api.Answer{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return tx, api.Answer{}, err
	}
	if tx.Lookup == nil && (tx.Payment == nil || t.payments == nil) {
		return tx, api.Answer{}, ErrNoProvider
	}
	r := t.track(&tx, false)
	if tx.State == Intent || tx.State == Unsent { // nothing left: there is nothing to ask about
		t.noted(&tx, r, api.Answer{}, nil)
		return tx, api.Answer{}, nil
	}
	t.oversleep(&tx, r, t.clock.Now())
	answer, err := t.ask(ctx, &tx, r)
	t.noted(&tx, r, answer, err)
	return tx, answer, err
}

// Hint takes a verified notification about a payment. It is journalled and
// makes the till ask; by itself it proves nothing. It does not wait for a
// question that is under way: a provider wants its answer at once. An unknown
// reference is ErrNotFound.
func (t *Till) Hint(ctx context.Context, reference api.Reference, told api.PaymentStatus, note string) error {
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return err
	}
	if tx.Payment == nil {
		return fmt.Errorf("%s: %w", reference, ErrNotFound)
	}
	r := t.track(&tx, false)
	if status := t.rules.hint(told); status != api.NoStatus {
		if _, err := t.hearStatus(ctx, &tx, r, api.PaymentNews{Status: status}, api.Answer{Class: api.Done}, t.clock.Now()); err != nil {
			return err
		}
	}
	if err := t.append(ctx, &tx, Event{What: WhatHint, Service: "79", Note: api.Clean(note, 200)}); err != nil {
		return err
	}
	t.hurry(reference)
	return nil
}

// hurry makes the next step of a payment a question, now.
func (t *Till) hurry(reference api.Reference) {
	t.mu.Lock()
	if r := t.runs[reference]; r != nil {
		r.next, r.hurry = time.Unix(0, 0), true
	}
	t.mu.Unlock()
	t.nudge()
}
