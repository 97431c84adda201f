package cli

import (
	"context"
	"errors"
	"sync"

	"cashier/api"
	"cashier/api/till"
)

// guest is what another process began here as long as it is there. The owner
// itself is the one without a name.
type guest struct {
	there    int // its streams that say so
	payments map[api.Reference]bool
	watches  map[api.Reference]*till.Watcher
}

func (h *holding) guestLocked(name string) *guest {
	g := h.guests[name]
	if g == nil {
		g = &guest{payments: map[api.Reference]bool{}, watches: map[api.Reference]*till.Watcher{}}
		h.guests[name] = g
	}
	return g
}

// leaving is closed when a guest's long waits are to end; the owner's own never
// are.
func (h *holding) leaving(ctx context.Context) <-chan struct{} {
	if guestOf(ctx) == "" {
		return nil
	}
	return h.ending
}

// attended says that a guest is there until ctx ends, with the cashier of these
// payments; then they are left, and what only it watched is watched no more. A
// guest that is sent to the next owner has left nothing.
func (h *holding) attended(ctx context.Context, payments []api.Reference, welcome func() error) error {
	name := guestOf(ctx)
	h.mu.Lock()
	g := h.guestLocked(name)
	g.there++
	for _, reference := range payments {
		g.payments[reference] = true
	}
	h.mu.Unlock()
	if name == "" { // this process asked for them while another one was the owner
		h.attend(ctx, payments, h.hello.Guest)
		return nil
	}
	err := welcome()
	if err == nil {
		h.attend(ctx, payments, name)
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-h.ending:
			err = errMoved
		}
	}
	if errors.Is(err, errMoved) {
		return err
	}
	h.mu.Lock()
	var stop []*till.Watcher
	if g.there--; g.there == 0 {
		delete(h.guests, name)
		for reference := range g.payments {
			h.leaveLocked(reference)
		}
		for reference, w := range g.watches {
			if !h.watchedLocked(reference) {
				stop = append(stop, w)
			}
		}
	}
	h.mu.Unlock()
	for _, w := range stop {
		w.Stop()
	}
	return err
}

// attend has the windows of these payments go on: the console that asked for
// them is there. A question that is under way does not hold up the others.
func (h *holding) attend(ctx context.Context, payments []api.Reference, console string) {
	var all sync.WaitGroup
	for _, reference := range payments {
		all.Go(func() {
			// One that the journal does not give is asked about and parked.
			_ = h.till.Attend(ctx, reference, console)
		})
	}
	all.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn()
}

// pays notes whose payment it is. left is to be called when its call has ended:
// a cashier who went meanwhile has left it.
func (h *holding) pays(ctx context.Context, reference api.Reference) (left func()) {
	name := guestOf(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.guestLocked(name).payments[reference] = true
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		g := h.guestLocked(name)
		if name != "" && g.there == 0 {
			delete(g.payments, reference)
			h.leaveLocked(reference)
		}
	}
}

// leave is a cashier's going from a payment, while the console stays.
func (h *holding) leave(ctx context.Context, reference api.Reference) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.guests[guestOf(ctx)]; g != nil {
		delete(g.payments, reference)
	}
	h.leaveLocked(reference)
}

// leaveLocked tells the till, unless the payment is another console's too.
func (h *holding) leaveLocked(reference api.Reference) {
	for _, g := range h.guests {
		if g.payments[reference] {
			return
		}
	}
	h.till.Leave(reference)
}

// watch notes who watches a user id. The owner's own watches go on until they
// end by themselves.
func (h *holding) watch(ctx context.Context, reference api.Reference) *till.Watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.till.WatchDeposits(reference)
	h.guestLocked(guestOf(ctx)).watches[reference] = w
	return w
}

func (h *holding) watchedLocked(reference api.Reference) bool {
	for _, g := range h.guests {
		if g.watches[reference] != nil {
			return true
		}
	}
	return false
}
