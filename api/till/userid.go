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
	log := &attemptLog{till: t, ctx: ctx, tx: &tx, progress: progress}
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

// unclear reports whether an earlier attempt may have arrived and was never
// answered for.
func (tx *Transaction) unclear() bool {
	for _, a := range tx.Attempts {
		if a.Class == "" || a.Class == api.Unknown {
			return true
		}
	}
	return false
}

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

// arrived reports whether any attempt may have reached the provider.
func (tx *Transaction) arrived() bool {
	for _, a := range tx.Attempts {
		if a.Class != api.NotSent {
			return true
		}
	}
	return false
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

// attemptLog makes the attempts of one call durable before they leave. The
// last attempt's answer is written by the caller, together with what it
// means; earlier ones before the next attempt.
type attemptLog struct {
	till     *Till
	ctx      context.Context
	tx       *Transaction
	progress func(api.Attempt)
	last     *api.Answer // not yet filled in
}

func (l *attemptLog) Before(a api.Attempt) error {
	if answer := l.last; answer != nil {
		l.fill()
		if err := l.till.append(l.ctx, l.tx, answerEvent(*answer)); err != nil {
			return err
		}
	}
	a.Number = len(l.tx.Attempts) + 1
	l.tx.Attempts = append(l.tx.Attempts, Attempt{Attempt: a})
	if l.tx.ExternalID == "" {
		l.tx.ExternalID = a.ExternalID
	}
	if l.tx.State == Intent {
		l.tx.State = Sent
	}
	if err := l.till.append(l.ctx, l.tx, Event{What: WhatAttempt, Service: a.Service, ExternalID: a.ExternalID}); err != nil {
		l.tx.Attempts = l.tx.Attempts[:len(l.tx.Attempts)-1]
		return err
	}
	if l.progress != nil {
		l.progress(a)
	}
	return nil
}

func (l *attemptLog) After(_ api.Attempt, answer api.Answer) { l.last = &answer }

// fill writes the pending answer into its attempt.
func (l *attemptLog) fill() {
	if l.last == nil || len(l.tx.Attempts) == 0 {
		return
	}
	a := &l.tx.Attempts[len(l.tx.Attempts)-1]
	a.Class, a.HTTPStatus, a.Latency = l.last.Class, l.last.HTTPStatus, l.last.Latency
	if !l.last.Code.Zero() {
		a.ResponseCode = l.last.Code.String()
	}
	l.last = nil
}
