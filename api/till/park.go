package till

import (
	"context"

	"cashier/api"
)

// Park stops waiting for an open payment: it is asked about slowly from now
// on, and a person decides. by is who said so.
func (t *Till) Park(ctx context.Context, reference api.Reference, by string) (Transaction, error) {
	tx, release, err := t.holdOpen(ctx, reference)
	defer release()
	if err != nil || tx.State == Parked {
		return tx, err
	}
	return t.parkBy(ctx, tx, Event{What: WhatParked, Note: api.Clean(by, 200)})
}

// Accept is a supervisor's word that the customer has shown a proof: the
// payment stays open and is asked about, and is not cancelled any more.
func (t *Till) Accept(ctx context.Context, reference api.Reference, by, reason string) (Transaction, error) {
	tx, release, err := t.holdOpen(ctx, reference)
	defer release()
	switch {
	case err != nil:
		return tx, err
	case tx.Payment.Mismatch:
		return tx, ErrMismatch
	}
	tx.Payment.Proof = &Override{By: by, Reason: reason, At: t.clock.Now()}
	return t.parkBy(ctx, tx, Event{What: WhatProof, Note: api.Clean(by+": "+reason, 200)})
}

// holdOpen is a payment that may have left and has not ended, locked until
// release is called, with an error too. Any other is ErrEnded.
func (t *Till) holdOpen(ctx context.Context, reference api.Reference) (tx Transaction, release func(), err error) {
	if release, err = t.locks.acquire(ctx, reference); err != nil {
		return tx, release, err
	}
	tx, err = t.journal.Get(ctx, reference)
	if err == nil && (tx.Payment == nil || !tx.State.Open() || tx.State == Intent) {
		err = ErrEnded
	}
	return tx, release, err
}

// parkBy parks a payment by a person's word; the caller holds the lock.
func (t *Till) parkBy(ctx context.Context, tx Transaction, event Event) (Transaction, error) {
	r := t.track(&tx, false)
	err := t.park(ctx, &tx, r, event)
	t.noted(&tx, r, r.update.Answer, err)
	return tx, err
}

// park ends the live window of a payment; the caller holds the lock.
func (t *Till) park(ctx context.Context, tx *Transaction, r *run, event Event) error {
	now := t.clock.Now()
	tx.State, tx.Payment.ParkedAt = Parked, now
	r.live = false
	r.begin(now)
	event.Service = tx.Service
	return t.append(ctx, tx, event)
}
