package cli

import (
	"context"

	"cashier/api"
	"cashier/api/till"
	"cashier/views"
)

// Follow gives the updates of a payment, also when the owner changes.
func (t seatTill) Follow(ctx context.Context, reference api.Reference) (<-chan till.Update, func(), error) {
	if _, err := journalGet.do(ctx, t.seat, reference); err != nil {
		return nil, nil, err
	}
	updates, stop := relay(t.seat, updatesOf, reference, false)
	return updates, stop, nil
}

var updatesOf = follows("follow", func(ctx context.Context, h *holding, reference api.Reference, send func(sentUpdate) error) error {
	updates, unsubscribe, err := h.till.Follow(ctx, reference)
	if err != nil {
		return err
	}
	defer unsubscribe()
	return pass(ctx, h, updates, send)
})

var depositsOf = follows("watch", func(ctx context.Context, h *holding, reference api.Reference, send func(sentUpdate) error) error {
	updates, unsubscribe := h.watch(ctx, reference).Updates()
	defer unsubscribe()
	return pass(ctx, h, updates, send)
})

// pass hands updates on until they end.
func pass(ctx context.Context, h *holding, updates <-chan till.Update, send func(sentUpdate) error) error {
	leave := h.leaving(ctx)
	for {
		select {
		case u, more := <-updates:
			if !more {
				return nil
			}
			if err := send(sendUpdate(u)); err != nil {
				return err
			}
		case <-leave:
			return errMoved
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// relay keeps a subscription through changes of owners. The channel has room
// for one update, always the latest; where it is to be closed, then at the end
// of the stream or of the subscription.
func relay(s *seat, from *stream[api.Reference, sentUpdate], reference api.Reference, closes bool) (<-chan till.Update, func()) {
	updates := make(chan till.Update, 1)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		if closes {
			defer close(updates)
		}
		s.keep(ctx, func(ctx context.Context) error {
			return from.each(ctx, s, func() api.Reference { return reference }, func(sent sentUpdate) error {
				u := sent.received()
				select {
				case <-updates:
				default:
				}
				updates <- u
				return nil
			})
		})
	}()
	return updates, stop
}

// seatWatch is a watch of deposits from a seat.
type seatWatch struct {
	seat      *seat
	reference api.Reference
}

func (t seatTill) WatchDeposits(reference api.Reference) views.Watch {
	if h := t.seat.holding(); h != nil && !t.seat.guest {
		return h.watch(context.Background(), reference)
	}
	t.seat.present(context.Background(), "")
	w := seatWatch{t.seat, reference}
	w.nudge(startWatch)
	return w
}

func (w seatWatch) Updates() (<-chan till.Update, func()) {
	return relay(w.seat, depositsOf, w.reference, true)
}

func (w seatWatch) CheckNow() { w.nudge(checkWatch) }

func (w seatWatch) Show(shown bool) {
	if shown {
		w.nudge(showWatch)
	} else {
		w.nudge(hideWatch)
	}
}

// nudge tells the owner's watch something; a screen does not wait for it.
func (w seatWatch) nudge(c *call[api.Reference, none]) {
	ctx, cancel := context.WithTimeout(context.Background(), silentFor)
	go func() {
		defer cancel()
		_, _ = c.do(ctx, w.seat, w.reference)
	}()
}

func watching(name string, do func(*till.Watcher)) *call[api.Reference, none] {
	return asks(name, func(ctx context.Context, h *holding, reference api.Reference) (none, error) {
		do(h.watch(ctx, reference))
		return none{}, nil
	})
}

var (
	startWatch = watching("watch-start", func(*till.Watcher) {})
	checkWatch = watching("watch-check", (*till.Watcher).CheckNow)
	showWatch  = watching("watch-show", func(w *till.Watcher) { w.Show(true) })
	hideWatch  = watching("watch-hide", func(w *till.Watcher) { w.Show(false) })
)
