package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
)

// answerer notes what is asked and answers by a script.
type answerer struct {
	mu         sync.Mutex
	references []api.Reference
	answer     func(api.Reference) (api.Answer, error)
}

func (a *answerer) CheckPayment(_ context.Context, reference api.Reference) (till.Transaction, api.Answer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.references = append(a.references, "payment "+reference)
	answer, err := a.answer(reference)
	return till.Transaction{}, answer, err
}

func (a *answerer) CheckDeposits(_ context.Context, reference api.Reference) (till.Transaction, api.Answer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.references = append(a.references, "deposits "+reference)
	answer, err := a.answer(reference)
	return till.Transaction{}, answer, err
}

// TestWhatIsAskedBeforeAClosing: unpaid endings that are not final, and user ids
// that deposits may have come to; nothing that a person must decide about.
func TestWhatIsAskedBeforeAClosing(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "test.db"), store.Options{Profile: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Now().Add(-time.Minute)
	for _, tx := range []till.Transaction{
		{Reference: "CANCELLED", Kind: till.CPM, State: till.Cancelled, Payment: &till.Payment{EndedAt: at, RecheckAt: at.Add(time.Hour)}},
		{Reference: "NOT-FOUND", Kind: till.CPM, State: till.NotFound, Payment: &till.Payment{EndedAt: at, RecheckAt: at}},
		{Reference: "FINAL", Kind: till.CPM, State: till.Cancelled, Payment: &till.Payment{EndedAt: at}},
		{Reference: "PAID", Kind: till.CPM, State: till.Paid, Payment: &till.Payment{EndedAt: at}},
		{Reference: "PENDING", Kind: till.CPM, State: till.Pending, Payment: &till.Payment{LeftAt: at}},
		{Reference: "ACTIVE", Kind: till.CDM, State: till.Active},
		{Reference: "UNKNOWN", Kind: till.CDM, State: till.Unknown},
		{Reference: "ELSEWHERE", Kind: till.CDM, State: till.Active},
	} {
		tx.Sale, tx.Provider, tx.Amount, tx.CreatedAt, tx.UpdatedAt, tx.Revision = tx.Reference, "bank", api.IDR(100), at, at, 1
		event := till.Event{At: at, Reference: tx.Reference, State: tx.State, What: till.WhatAnswer}
		if err := s.Append(t.Context(), till.Change{Transaction: tx, Event: event}); err != nil {
			t.Fatal(err)
		}
	}
	a := &answerer{answer: func(reference api.Reference) (api.Answer, error) {
		switch reference {
		case "CANCELLED":
			return api.Answer{}, nil // no answer came
		case "NOT-FOUND":
			return api.Answer{HTTPStatus: 200}, errors.New("the journal is full")
		case "ELSEWHERE":
			return api.Answer{}, till.ErrOtherProfile
		}
		return api.Answer{HTTPStatus: 200}, nil
	}}
	unheard, err := askAgain(t.Context(), s, a)
	if err != nil || unheard != 2 {
		t.Errorf("%d not answered, %v", unheard, err)
	}
	slices.Sort(a.references)
	if want := []api.Reference{"deposits ACTIVE", "deposits ELSEWHERE", "payment CANCELLED", "payment NOT-FOUND"}; !slices.Equal(a.references, want) {
		t.Errorf("asked about %v", a.references)
	}
}
