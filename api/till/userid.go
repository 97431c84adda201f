package till

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"cashier/api"
)

// NewUserID asks for a CDM user id: the intent is durable first, then each
// attempt, then the outcome. An empty reference makes one. The same reference
// with the same courier is the same request: an ended one is returned as it
// is, an unsettled one is asked for again; with another courier it is
// ErrOtherRequest and nothing is sent. progress, which may be nil, is told of
// each attempt before it is sent.
func (t *Till) NewUserID(ctx context.Context, reference api.Reference, courier api.Courier, progress func(api.Attempt)) (Transaction, error) {
	if t.userIDs == nil {
		return Transaction{}, ErrNoProvider
	}
	if err := t.awaitLoaded(ctx); err != nil {
		return Transaction{}, err
	}
	now := t.clock.Now()
	if reference == "" {
		reference = api.NewReference(api.UserIDReference, now)
	}
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, err
	}
	defer release()
	body, err := t.userIDs.PrepareUserID(reference, courier)
	if err != nil {
		return Transaction{}, err
	}
	tx, err := t.journal.Get(ctx, reference)
	switch {
	case errors.Is(err, ErrNotFound):
		tx = Transaction{
			Reference: reference, Kind: CDM, State: Intent, Provider: t.userIDs.Name(), Service: "90",
			Binding: t.userIDs.Binding(), Operator: t.operator(), Request: body, Courier: &courier, CreatedAt: now,
		}
		if err := t.append(ctx, &tx, Event{Service: tx.Service, What: WhatIntent}); err != nil {
			return Transaction{}, err
		}
	case err != nil:
		return Transaction{}, err
	case tx.Kind != CDM || !bytes.Equal(tx.Request, body):
		return tx, fmt.Errorf("%s: %w", reference, ErrOtherRequest)
	case !tx.State.Open():
		return tx, nil
	}
	return t.generate(ctx, tx, progress)
}

// RepeatUserID asks again for a user id that is not settled, with the same
// reference and the same bytes: no money moves, and the provider answers the
// same id. An ended one is returned as it is.
func (t *Till) RepeatUserID(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (Transaction, error) {
	if t.userIDs == nil {
		return Transaction{}, ErrNoProvider
	}
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil || tx.Kind == CDM && !tx.State.Open() {
		return tx, err
	}
	if tx.Kind != CDM {
		return tx, fmt.Errorf("%s: %w", reference, ErrOtherRequest)
	}
	return t.generate(ctx, tx, progress)
}

// generate sends and settles; the caller holds the reference's lock.
func (t *Till) generate(ctx context.Context, tx Transaction, progress func(api.Attempt)) (Transaction, error) {
	if tx.Binding != t.userIDs.Binding() {
		return tx, fmt.Errorf("%s: %w", tx.Reference, ErrOtherProfile)
	}
	log := &attemptLog{till: t, ctx: ctx, tx: &tx, attempts: &tx.Attempts, service: "90", what: WhatAttempt, progress: progress, begin: func(api.Attempt) {
		if tx.State == Intent {
			tx.State = Sent
		}
	}}
	id, answer := t.userIDs.GenerateUserID(ctx, tx.Reference, tx.Request, tx.unclear(), log)
	log.fill()
	if answer.Class == api.Done {
		tx.State, tx.QR, tx.ProviderReference = Inactive, string(id.Code), id.CDMReference
		if id.Active {
			tx.State = Active
		}
	} else {
		tx.State = tx.unsettled(answer)
	}
	tx.hear(answer)
	if err := t.append(ctx, &tx, answerEvent(answer)); err != nil {
		if answer.Class == api.Done {
			err = fmt.Errorf("%w: %w", ErrNotRecorded, err)
		}
		return tx, err
	}
	return tx, nil
}

func (tx *Transaction) unclear() bool { return unclear(tx.Attempts) }

func (tx *Transaction) arrived() bool { return arrived(tx.Attempts) }

// unsettled is the state after an answer that gave no user id.
func (tx *Transaction) unsettled(answer api.Answer) State {
	switch {
	case answer.Class == api.Failed:
		return Failed
	case answer.Class == api.NotSent && !tx.arrived():
		return Unsent
	}
	return Unknown
}

// hear keeps what the provider said last.
func (tx *Transaction) hear(answer api.Answer) {
	tx.ResponseCode, tx.ResponseMessage, tx.Advice = "", answer.Message, answer.Key()
	if !answer.Code.Zero() {
		tx.ResponseCode = answer.Code.String()
	}
}

func answerEvent(answer api.Answer) Event {
	e := Event{
		What: WhatAnswer, Service: answer.Attempt.Service, ExternalID: answer.Attempt.ExternalID,
		HTTPStatus: answer.HTTPStatus, Latency: answer.Latency, Note: answer.Warning,
	}
	if !answer.Code.Zero() {
		e.ResponseCode = answer.Code.String()
	}
	if answer.Err != nil {
		e.Note = api.Clean(answer.Err.Error(), 300)
	}
	return e
}
