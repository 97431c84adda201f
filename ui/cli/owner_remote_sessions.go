package cli

import (
	"context"
	"errors"

	"cashier/api/till"
)

func (j seatJournal) OpenSession(ctx context.Context, o till.Opening) (till.Session, error) {
	return sessionOpen.do(ctx, j.seat, o)
}

var sessionOpen = reads("session-open", func(ctx context.Context, h *holding, o till.Opening) (till.Session, error) {
	s, err := h.store.OpenSession(ctx, o)
	if e, ok := errors.AsType[*till.SessionOpenError](err); ok && again(ctx) &&
		e.Session.Operator == o.Operator && e.Session.Branch == o.Branch && e.Session.Cash == o.Cash {
		return e.Session, nil // the owner that is gone had opened it
	}
	return s, err
})

func (j seatJournal) CloseSession(ctx context.Context, c till.Closing) (till.Session, error) {
	return sessionClose.do(ctx, j.seat, c)
}

var sessionClose = reads("session-close", func(ctx context.Context, h *holding, c till.Closing) (till.Session, error) {
	s, err := h.store.CloseSession(ctx, c)
	if errors.Is(err, till.ErrNoSession) && again(ctx) {
		// The owner that is gone had closed it.
		list, listed := h.store.ListSessions(ctx, 0, 2) // what was done since may have opened another
		for _, last := range list {
			if listed == nil && !last.Open() && (c.Number == 0 || last.Number == c.Number) {
				return h.store.SessionReport(ctx, last.Number)
			}
		}
	}
	return s, err
})

func (j seatJournal) CurrentSession(ctx context.Context) (till.Session, error) {
	return sessionCurrent.do(ctx, j.seat, none{})
}

var sessionCurrent = reads("session-current", func(ctx context.Context, h *holding, _ none) (till.Session, error) {
	return h.store.CurrentSession(ctx)
})

func (j seatJournal) SessionReport(ctx context.Context, number int) (till.Session, error) {
	return sessionReport.do(ctx, j.seat, number)
}

var sessionReport = reads("session-report", func(ctx context.Context, h *holding, number int) (till.Session, error) {
	return h.store.SessionReport(ctx, number)
})

func (j seatJournal) ListSessions(ctx context.Context, before, limit int) ([]till.Session, error) {
	return sessionList.do(ctx, j.seat, listArgs{before, limit})
}

type listArgs struct{ Before, Limit int }

var sessionList = reads("session-list", func(ctx context.Context, h *holding, a listArgs) ([]till.Session, error) {
	return h.store.ListSessions(ctx, a.Before, a.Limit)
})
