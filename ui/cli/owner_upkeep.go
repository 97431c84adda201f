package cli

import (
	"context"
	"errors"
	"time"

	"cashier/store"
)

// Long work on the whole journal goes on at its owner too: whoever asked hears
// how far it is, and may give it up.

func (j seatJournal) VerifyTelling(ctx context.Context, tell func(store.Progress)) (store.Report, error) {
	return journalVerify.watched(ctx, j.seat, none{}, tell)
}

var journalVerify = labours("verify", func(ctx context.Context, h *holding, _ none, tell func(store.Progress)) (store.Report, error) {
	return h.store.VerifyTelling(ctx, tell)
})

func (j seatJournal) BackupTelling(ctx context.Context, path string, tell func(store.Progress)) (store.Backup, error) {
	return journalBackup.watched(ctx, j.seat, path, tell)
}

var journalBackup = once(labours("backup", func(ctx context.Context, h *holding, path string, tell func(store.Progress)) (store.Backup, error) {
	return h.store.BackupTelling(ctx, path, tell)
}))

func (j seatJournal) Outlook(ctx context.Context, months int) (store.Outlook, error) {
	return journalOutlook.do(ctx, j.seat, months)
}

var journalOutlook = reads("outlook", func(ctx context.Context, h *holding, months int) (store.Outlook, error) {
	return h.store.Outlook(ctx, months)
})

// labour is long work on the journal.
type labour[A, R any] = progressing[A, R, store.Progress]

// labours is a labour. An owner that is about to end does not finish it: it
// leaves it to its successor, which begins anew.
func labours[A, R any](name string, run func(context.Context, *holding, A, func(store.Progress)) (R, error)) *labour[A, R] {
	l := &labour[A, R]{name: name}
	l.run = func(ctx context.Context, h *holding, a A, tell func(store.Progress)) (R, error) {
		leave := h.leaving(ctx)
		if leave == nil {
			return run(ctx, h, a, tell)
		}
		ctx, giveUp := context.WithCancelCause(ctx)
		defer giveUp(nil)
		var next time.Time
		done, err := run(ctx, h, a, func(p store.Progress) {
			select {
			case <-leave:
				giveUp(errMoved)
				return
			default:
			}
			if now := time.Now(); now.After(next) {
				next = now.Add(meterEvery)
				tell(p)
			}
		})
		if err != nil && errors.Is(context.Cause(ctx), errMoved) {
			err = errMoved
		}
		return done, err
	}
	handlers[name] = l
	return l
}

// once is a labour that is not repeated when the owner was killed in its middle:
// a file that is there is not written again.
func once[A, R any](l *labour[A, R]) *labour[A, R] {
	l.once = true
	return l
}
