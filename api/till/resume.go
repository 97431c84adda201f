package till

import (
	"context"
	"errors"

	"cashier/api"
)

// Resumed is what a start found unsettled.
type Resumed struct {
	Scheduled []api.Reference // asked for again, in the background
	Waiting   []api.Reference // too old: a person asks for it
	Payments  []api.Reference // asked about by Run, then parked
	Foreign   []api.Reference // made under another provider or merchant
}

// Resume loads every unsettled transaction and schedules it; it never waits
// for the network. A user id is asked for again with the same reference and
// the same bytes, so the provider makes at most one. A payment of which no
// attempt was journalled has provably not left and ends unsent; any other is
// asked about by Run and then parked: nothing is cancelled by itself after a
// restart, unless Attend says that the cashier is still there. settled, which
// may be nil, is told of each user id.
func (t *Till) Resume(ctx context.Context, settled func(Transaction, error)) (Resumed, error) {
	if t.loaded != nil {
		defer close(t.loaded)
	}
	var r Resumed
	var unsent []Transaction
	now := t.clock.Now()
	for tx, err := range t.journal.Open(ctx) {
		switch {
		case err != nil:
			return r, err
		case tx.Lookup != nil && t.lookupProvider(tx.Provider) != nil:
			t.noted(&tx, t.track(&tx, false), api.Answer{}, nil)
		case tx.Service == "59":
			unsent = append(unsent, tx) // its code is gone with the process that asked
		case tx.Kind == CPM && t.payments != nil && tx.Binding == t.payments.Binding():
			if len(tx.Attempts) == 0 && tx.State == Intent {
				unsent = append(unsent, tx)
				continue
			}
			r.Payments = append(r.Payments, tx.Reference)
			if i := tx.openRefund(); i >= 0 && tx.Refunds[i].State == RefundIntent {
				unsent = append(unsent, tx)
				continue
			}
			t.noted(&tx, t.track(&tx, false), api.Answer{}, nil)
		case tx.Kind != CDM || t.userIDs == nil || tx.Binding != t.userIDs.Binding():
			r.Foreign = append(r.Foreign, tx.Reference)
		case now.Sub(tx.CreatedAt) > t.plan.ResumeWithin:
			r.Waiting = append(r.Waiting, tx.Reference)
		default:
			r.Scheduled = append(r.Scheduled, tx.Reference)
		}
	}
	for _, tx := range unsent {
		note := "nothing was sent"
		switch i := tx.openRefund(); {
		case i >= 0:
			tx.Refunds[i].State = RefundUnsent
		case tx.Payment != nil:
			tx.State, tx.Payment.EndedAt = Unsent, now
		case len(tx.Attempts) == 0:
			tx.State = Unsent
		default:
			tx.State, note = Inactive, "the code was not kept"
		}
		if err := t.append(ctx, &tx, Event{What: WhatSettled, Service: tx.Service, Note: note}); err != nil {
			return r, err
		}
		if tx.Unsettled() {
			t.noted(&tx, t.track(&tx, false), api.Answer{}, nil)
		}
	}
	if len(r.Scheduled) > 0 {
		t.start(func() {
			for _, reference := range r.Scheduled {
				if ctx.Err() != nil {
					return
				}
				tx, err := t.RepeatUserID(ctx, reference, nil)
				if settled != nil && !errors.Is(err, context.Canceled) {
					settled(tx, err)
				}
			}
		})
	}
	return r, nil
}
