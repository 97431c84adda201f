package till

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cashier/api"
)

// Refund sends money back, once. An empty refund reference makes one. The same
// refund reference with the same amount is the same refund: a settled one is
// returned as it is, an unknown one is repeated byte for byte. The sum of all
// refunds, those that may have happened included, never exceeds the payment.
func (t *Till) Refund(ctx context.Context, reference, refund api.Reference, amount api.Amount, reason string) (Transaction, error) {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return tx, err
	}
	if tx.Payment == nil || t.payments == nil {
		return tx, ErrNoProvider
	}
	if tx.Binding != t.payments.Binding() {
		return tx, fmt.Errorf("%s: %w", reference, ErrOtherProfile)
	}
	now := t.clock.Now()
	if refund == "" {
		refund = api.NewReference(api.RefundReference, now)
	}
	r := t.track(&tx, false)
	i := slices.IndexFunc(tx.Refunds, func(x Refund) bool { return x.Reference == refund })
	switch {
	case i >= 0 && tx.Refunds[i].Amount != amount:
		return tx, fmt.Errorf("%s: %w", refund, ErrOtherRequest)
	case i >= 0 && tx.Refunds[i].State == RefundDraft: // a supervisor confirms what was drafted
	case i >= 0 && !tx.Refunds[i].State.open():
		return tx, nil
	case i >= 0:
		answer, err := t.sendRefund(ctx, &tx, r, i)
		t.noted(&tx, r, answer, err)
		return tx, err
	}
	switch {
	case !tx.State.paid():
		return tx, ErrNotPaid
	case tx.Payment.Locked:
		return tx, ErrLocked
	case tx.openRefund() >= 0:
		return tx, fmt.Errorf("%w: refund %s is not settled yet", ErrRefund, tx.Refunds[tx.openRefund()].Reference)
	case !t.rules.refundFits(&tx, amount):
		sure, _ := tx.Returned()
		return tx, fmt.Errorf("%w: %s of %s went back already", ErrRefund, sure.Value(), tx.Amount.Value())
	}
	body, err := t.payments.PrepareRefund(tx.key(), refund, amount, reason)
	if err != nil {
		return tx, err
	}
	next := Refund{Reference: refund, Amount: amount, Reason: reason, State: RefundIntent, Request: body, At: now}
	if i >= 0 {
		tx.Refunds[i] = next
	} else {
		tx.Refunds = append(tx.Refunds, next)
		i = len(tx.Refunds) - 1
	}
	if err := t.append(ctx, &tx, Event{What: WhatRefund, Service: "80", Note: "intent " + string(refund)}); err != nil {
		return tx, err
	}
	r.refunds = 0
	answer, err := t.sendRefund(ctx, &tx, r, i)
	t.noted(&tx, r, answer, err)
	return tx, err
}

// ResolveRefund is a supervisor's word about a refund that nobody answers for,
// on what the provider's help desk said: done, or not. It is written into the
// journal under their name.
func (t *Till) ResolveRefund(ctx context.Context, reference, refund api.Reference, done bool, by, reason string) (Transaction, error) {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return tx, err
	}
	i := slices.IndexFunc(tx.Refunds, func(x Refund) bool { return x.Reference == refund })
	if i < 0 || tx.Payment == nil {
		return tx, fmt.Errorf("%s: %w", refund, ErrNotFound)
	}
	if tx.Refunds[i].State != RefundUnknown && tx.Refunds[i].State != RefundSent {
		return tx, ErrEnded
	}
	tx.Refunds[i].State = RefundRefused
	if done {
		tx.Refunds[i].State = RefundDone
	}
	if sure, _ := tx.Returned(); sure == tx.Amount {
		tx.State = Refunded
	}
	r := t.track(&tx, false)
	err = t.append(ctx, &tx, Event{
		What: WhatOverride, Service: "80", Note: api.Clean(fmt.Sprintf("%s %s, by %s: %s", tx.Refunds[i].State, refund, by, reason), 200),
	})
	t.noted(&tx, r, r.update.Answer, err)
	return tx, err
}

// sendRefund sends a journalled refund, for the first time or again; the
// caller holds the lock.
func (t *Till) sendRefund(ctx context.Context, tx *Transaction, r *run, i int) (api.Answer, error) {
	if tx.Binding != t.payments.Binding() {
		return api.Answer{}, ErrOtherProfile
	}
	f := &tx.Refunds[i]
	body := f.Request
	if as := t.rules.refundAs(*f, t.clock.Now()); as != f.Reference && f.State == RefundUnknown {
		// Only a broken rule comes here; see the simulation's mutants.
		changed, err := t.payments.PrepareRefund(tx.key(), as, f.Amount, f.Reason)
		if err != nil {
			return api.Answer{}, err
		}
		body = changed
	}
	t.telling(tx, r)
	log := &attemptLog{till: t, ctx: ctx, tx: tx, attempts: &f.Attempts, service: "80", what: WhatRefund, begin: func(api.Attempt) {
		if f.State == RefundIntent {
			f.State = RefundSent
		}
	}}
	news, answer := t.payments.Refund(ctx, f.Reference, body, f.known(), log)
	log.fill()
	f.Message, f.ResponseCode = answer.Message, ""
	if !answer.Code.Zero() {
		f.ResponseCode = answer.Code.String()
	}
	switch {
	case answer.Class == api.Done:
		f.State, f.RefundNo, f.RefundTime = RefundDone, news.RefundNo, news.RefundTime
	case answer.Class == api.Pending:
		f.State = RefundSent
	case answer.Class == api.Failed:
		f.State = RefundRefused
	case answer.Class == api.Mismatch:
		f.State = RefundRefused
		tx.Payment.Locked = true // the reference is somebody's: a person looks
	case answer.Class == api.NotSent && !f.arrived():
		f.State = RefundUnsent
	default:
		f.State = RefundUnknown
	}
	if sure, _ := tx.Returned(); sure == tx.Amount {
		tx.State = Refunded
	}
	now := t.clock.Now()
	if f.State.open() {
		pause := rung(t.plan.Sweep, max(r.refunds-len(t.plan.CancelAgain), 0))
		if r.refunds < len(t.plan.CancelAgain) {
			pause = t.plan.CancelAgain[r.refunds]
		}
		r.refunds++
		r.refundAt = later(now.Add(pause), now.Add(answer.RetryAfter))
	}
	r.begin(now)
	e := answerEvent(answer)
	e.What, e.Note = WhatRefund, string(f.State)+" "+string(f.Reference)
	err := t.append(ctx, tx, e)
	if err != nil && answer.Class == api.Done {
		err = fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return answer, err
}

// known reports whether the provider may know this refund from an earlier
// attempt: then "duplicate" speaks of our own request.
func (f *Refund) known() bool {
	return slices.ContainsFunc(f.Attempts, func(a Attempt) bool {
		return a.Class == "" || a.Class == api.Unknown || a.Class == api.Pending || a.Class == api.Done
	})
}

func (f *Refund) arrived() bool { return arrived(f.Attempts) }

// due is when a parked refund is repeated next, for a process that found it.
func (r *run) dueRefund(now time.Time) {
	if r.refundAt.IsZero() {
		r.refundAt = now
	}
}
