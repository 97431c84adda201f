package till

import (
	"context"
	"fmt"
	"time"

	"cashier/api"
)

// margin widens the range of deposits that is asked for: a provider's clock may
// differ from ours, and some label UTC digits as +07:00. A user id has no
// deposits of anybody else's, so too wide costs nothing.
const margin = 8 * time.Hour

// CheckDeposits asks once for the deposits of a user id. The record that is
// returned has them merged in; an answer of any class but Done leaves it as it
// was. A change is durable before CheckDeposits returns; checks that change
// nothing are counted, and written with the next change or after Plan.Flush.
func (t *Till) CheckDeposits(ctx context.Context, reference api.Reference) (Transaction, api.Answer, error) {
	if t.userIDs == nil {
		return Transaction{}, api.Answer{}, ErrNoProvider
	}
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, api.Answer{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return tx, api.Answer{}, err
	}
	switch {
	case tx.Kind != CDM || tx.State != Active && tx.State != Inactive:
		return tx, api.Answer{}, fmt.Errorf("%s: %w", reference, ErrNotActive)
	case tx.Binding != t.userIDs.Binding():
		return tx, api.Answer{}, fmt.Errorf("%s: %w", reference, ErrOtherProfile)
	}
	now := t.clock.Now()
	found, answer := t.userIDs.Deposits(ctx, reference, askFrom(tx), now.Add(margin))
	t.count(reference, answer)
	if answer.Class == api.Done {
		tx.CheckedAt = now
		if merged, changed := Merge(tx.Deposits, found, now); changed {
			tx.Deposits = merged
			e := answerEvent(answer)
			e.What, e.Service = WhatDeposits, "91"
			return t.saveChecks(ctx, tx, answer, e)
		}
	}
	if t.due(tx.Reference, now) {
		e := answerEvent(answer)
		e.What, e.Service = WhatChecked, "91"
		return t.saveChecks(ctx, tx, answer, e)
	}
	return tx, answer, nil
}

// askFrom is the start of the range to ask for: everything at first, later
// only what may have changed since the last check.
func askFrom(tx Transaction) time.Time {
	from := tx.CreatedAt
	if !tx.CheckedAt.IsZero() {
		from = tx.CheckedAt.Add(-24 * time.Hour)
		for _, d := range tx.Deposits {
			if d.State == api.DepositWaiting && !d.CreatedAt.IsZero() && d.CreatedAt.Before(from) {
				from = d.CreatedAt
			}
		}
		if from.Before(tx.CreatedAt) {
			from = tx.CreatedAt
		}
	}
	return from.Add(-margin)
}

// uncounted are the checks of a user id that the journal does not know yet.
type uncounted struct {
	checks int
	since  time.Time
	lastAt time.Time // the last check that the provider answered
}

func (t *Till) count(reference api.Reference, answer api.Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.unsaved[reference]
	if u == nil {
		u = &uncounted{since: t.clock.Now()}
		t.unsaved[reference] = u
	}
	u.checks++
	if answer.Class == api.Done {
		u.lastAt = t.clock.Now()
	}
}

func (t *Till) due(reference api.Reference, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.unsaved[reference]
	return u != nil && now.Sub(u.since) >= t.plan.Flush
}

// saveChecks writes a record together with the checks that were not counted
// yet.
func (t *Till) saveChecks(ctx context.Context, tx Transaction, answer api.Answer, e Event) (Transaction, api.Answer, error) {
	t.mu.Lock()
	u := t.unsaved[tx.Reference]
	if u != nil {
		tx.Checks += u.checks
		if u.lastAt.After(tx.CheckedAt) {
			tx.CheckedAt = u.lastAt
		}
	}
	t.mu.Unlock()
	if err := t.append(ctx, &tx, e); err != nil {
		return tx, answer, err
	}
	t.mu.Lock()
	delete(t.unsaved, tx.Reference)
	t.mu.Unlock()
	return tx, answer, nil
}

// Flush writes the checks that are counted but not in the journal yet.
func (t *Till) Flush(ctx context.Context) error {
	t.mu.Lock()
	var references []api.Reference
	for r := range t.unsaved {
		references = append(references, r)
	}
	t.mu.Unlock()
	for _, r := range references {
		if err := t.flush(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// questions are the services of the queries, by kind.
var questions = map[Kind]string{CDM: "91", CPM: "61", MPM: "51"}

func (t *Till) flush(ctx context.Context, reference api.Reference) error {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return err
	}
	defer release()
	t.mu.Lock()
	waiting := t.unsaved[reference] != nil
	t.mu.Unlock()
	if !waiting {
		return nil
	}
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return err
	}
	_, _, err = t.saveChecks(ctx, tx, api.Answer{}, Event{What: WhatChecked, Service: questions[tx.Kind]})
	return err
}
