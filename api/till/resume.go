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
	Foreign   []api.Reference // made under another provider or merchant
}

// Resume loads every open transaction, then settles them one after another in
// the background; it never waits for the network. A user id is asked for again
// with the same reference and the same bytes, so the provider makes at most
// one. settled, which may be nil, is told of each.
func (t *Till) Resume(ctx context.Context, settled func(Transaction, error)) (Resumed, error) {
	var r Resumed
	now := t.clock.Now()
	for tx, err := range t.journal.Open(ctx) {
		switch {
		case err != nil:
			return r, err
		case tx.Kind != CDM || t.userIDs == nil || tx.Binding != t.userIDs.Binding():
			r.Foreign = append(r.Foreign, tx.Reference)
		case now.Sub(tx.CreatedAt) > t.plan.ResumeWithin:
			r.Waiting = append(r.Waiting, tx.Reference)
		default:
			r.Scheduled = append(r.Scheduled, tx.Reference)
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
