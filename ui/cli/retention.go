package cli

import (
	"context"
	"time"

	"cashier/store"
)

// dropOldMonths drops what is past the profile's retention, in the background
// of a console. Each step is one short commit, and the disk has as long a rest
// after it as it took, so that the operator's commits never wait long. Where it
// fails (a full disk, damage) the journal is whole, the next start or compact
// goes on, and verify names what is wrong.
func (d *desk) dropOldMonths(ctx context.Context) error {
	h := d.station.seat.holding()
	if h == nil {
		return nil // the process that has the journal does it
	}
	own := h.store
	before, err := own.KeptFrom(d.station.profile.Retention())
	if err != nil {
		return err
	}
	overdue, err := own.Overdue(before)
	if err != nil || !overdue {
		return err
	}
	began := time.Now()
	_, err = own.Drop(ctx, before, func(store.Progress) {
		rest := time.NewTimer(time.Since(began))
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-ctx.Done():
		}
		began = time.Now()
	})
	return err
}
