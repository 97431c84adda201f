package till

import (
	"context"
	"fmt"
	"time"

	"cashier/api"
)

// Codes is a provider that makes customer codes for us (service 59).
type Codes interface {
	Name() string
	Binding() string
	PrepareCode(reference api.Reference, now time.Time) ([]byte, error)
	GenerateCode(ctx context.Context, reference api.Reference, body []byte, log api.AttemptLog) (api.CodeNews, api.Answer)
}

// NewCode asks for a customer code. Its content is returned and never stored:
// it is shown while it is valid and gone afterwards. Only a record in state
// Active comes with one. No money moves, so an answer that was lost costs
// nothing: a code we do not have is Inactive, and another may be asked for.
func (t *Till) NewCode(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (Transaction, api.CodeNews, error) {
	codes, ok := t.payments.(Codes)
	if !ok {
		return Transaction{}, api.CodeNews{}, ErrNoProvider
	}
	if err := t.awaitLoaded(ctx); err != nil {
		return Transaction{}, api.CodeNews{}, err
	}
	now := t.clock.Now()
	if reference == "" {
		reference = api.NewReference(api.CodeReference, now)
	}
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, api.CodeNews{}, err
	}
	defer release()
	if tx, err := t.journal.Get(ctx, reference); err == nil {
		return tx, api.CodeNews{}, fmt.Errorf("%s: %w", reference, ErrOtherRequest)
	}
	body, err := codes.PrepareCode(reference, now)
	if err != nil {
		return Transaction{}, api.CodeNews{}, err
	}
	tx := Transaction{
		Reference: reference, Kind: CPM, State: Intent, Provider: codes.Name(), Service: "59",
		Binding: codes.Binding(), Operator: t.operator(), CreatedAt: now,
	}
	if err := t.append(ctx, &tx, Event{Service: tx.Service, What: WhatIntent}); err != nil {
		return Transaction{}, api.CodeNews{}, err
	}
	log := &attemptLog{till: t, ctx: ctx, tx: &tx, attempts: &tx.Attempts, service: "59", what: WhatAttempt, progress: progress, begin: func(api.Attempt) {
		if tx.State == Intent {
			tx.State = Sent
		}
	}}
	news, answer := codes.GenerateCode(ctx, reference, body, log)
	log.fill()
	tx.hear(answer)
	tx.ProviderReference = news.ProviderReference
	switch {
	case answer.Class == api.Done:
		tx.State = Active
	case answer.Class == api.Failed:
		tx.State = Failed
	case answer.Class == api.NotSent && !tx.arrived():
		tx.State = Unsent
	default:
		tx.State = Inactive
	}
	if err := t.append(ctx, &tx, answerEvent(answer)); err != nil {
		return tx, news, err
	}
	return tx, news, nil
}
