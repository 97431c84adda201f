package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// Bounds of what is asked before a session is closed.
const (
	mostUserIDs = 20               // the newest; what an older one got is seen when it is looked at
	atOnce      = 8                // questions
	askFor      = 10 * time.Second // no question begins later
)

// asker is what askAgain needs of a till.
type asker interface {
	CheckPayment(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error)
	CheckDeposits(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error)
}

// askAgain asks, before a session is closed, about what may have moved without
// anybody hearing of it: unpaid endings that are not final yet (PROTOCOLS.md 5)
// and the deposits of user ids. What comes of it is in the journal; unheard is
// how many were not answered.
func askAgain(ctx context.Context, s journal, t asker) (unheard int, err error) {
	var questions []func() (api.Answer, error)
	for tx, err := range s.Open(ctx) {
		if err != nil {
			return 0, err
		}
		if tx.Payment != nil && tx.Unsettled() && !tx.State.Open() {
			questions = append(questions, func() (api.Answer, error) {
				_, answer, err := t.CheckPayment(ctx, tx.Reference)
				return answer, err
			})
		}
	}
	ids, err := s.Page(ctx, till.Filter{Kind: till.CDM, State: till.Active}, "", mostUserIDs)
	if err != nil {
		return 0, err
	}
	for _, row := range ids.Rows {
		questions = append(questions, func() (api.Answer, error) {
			_, answer, err := t.CheckDeposits(ctx, row.Reference)
			return answer, err
		})
	}
	var silent atomic.Int64
	var asking sync.WaitGroup
	free := make(chan struct{}, atOnce)
	end := time.Now().Add(askFor)
	for _, question := range questions {
		free <- struct{}{}
		asking.Go(func() {
			defer func() { <-free }()
			if time.Now().After(end) || ctx.Err() != nil {
				silent.Add(1)
				return
			}
			answer, err := question()
			if errors.Is(err, till.ErrOtherProfile) || errors.Is(err, till.ErrNoProvider) {
				return // nobody here could ask
			}
			if err != nil || answer.HTTPStatus == 0 {
				silent.Add(1)
			}
		})
	}
	asking.Wait()
	return int(silent.Load()), ctx.Err()
}

// askBeforeClosing is askAgain for a command: it holds no closing up, and says
// when the reports will hold only what was known.
func (a *app) askBeforeClosing(ctx context.Context) error {
	a.shift = true
	if !a.json && isTerminal(a.err) {
		fmt.Fprintln(a.err, a.words.T("session.checking"))
	}
	err := a.at(ctx, func(s *station) error {
		if _, err := s.store.CurrentSession(ctx); err != nil {
			return nil // closing says so
		}
		unheard, err := askAgain(ctx, s.store, s.till)
		if err == nil && unheard > 0 {
			a.warn(a.words.T("session.unheard", "n", unheard))
		}
		return err
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		a.warn(err.Error())
	}
	return nil
}
