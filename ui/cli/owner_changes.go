package cli

import (
	"context"
	"slices"
	"sync"

	"cashier/api"
	"cashier/api/till"
)

// gazette tells of each change that the journal took. Nobody who reads it holds
// the till up: a slow reader gets the latest of each record.
type gazette struct {
	mu      sync.Mutex
	heard   []func(till.Transaction) // of the owner's process, at once
	readers map[*reader]bool
}

// reader has what it was told and not given yet.
type reader struct {
	latest map[api.Reference]till.Transaction
	order  []api.Reference
	wake   chan struct{}
}

func newGazette() *gazette { return &gazette{readers: map[*reader]bool{}} }

func (g *gazette) listen(heard func(till.Transaction)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard = append(slices.Clip(g.heard), heard)
}

func (g *gazette) publish(tx till.Transaction) {
	g.mu.Lock()
	heard := g.heard
	g.mu.Unlock()
	for _, tell := range heard {
		tell(tx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for r := range g.readers {
		if _, waits := r.latest[tx.Reference]; !waits {
			r.order = append(r.order, tx.Reference)
		}
		r.latest[tx.Reference] = tx
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// subscribe begins a reader; forget ends it.
func (g *gazette) subscribe() (r *reader, forget func()) {
	r = &reader{latest: map[api.Reference]till.Transaction{}, wake: make(chan struct{}, 1)}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.readers[r] = true
	return r, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.readers, r)
	}
}

// take is what changed since, in the order of the first change of each.
func (g *gazette) take(r *reader) []till.Transaction {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]till.Transaction, 0, len(r.order))
	for _, reference := range r.order {
		all = append(all, r.latest[reference])
	}
	r.order = r.order[:0]
	clear(r.latest)
	return all
}

// change is an item of the stream of changes. The first one of each owner has
// no transaction: from there on nothing is missed, and what was before may have
// been.
type change struct {
	Begins      bool              `json:",omitempty"`
	Transaction *till.Transaction `json:",omitempty"`
}

var changes = yields("changes", func(ctx context.Context, h *holding, _ none, send func(change) error) error {
	r, forget := h.changes.subscribe()
	defer forget()
	if err := send(change{Begins: true}); err != nil {
		return err
	}
	leave := h.leaving(ctx)
	for {
		select {
		case <-r.wake:
		case <-leave:
			return errMoved
		case <-ctx.Done():
			return ctx.Err()
		}
		for _, tx := range h.changes.take(r) {
			if err := send(change{Transaction: &tx}); err != nil {
				return err
			}
		}
	}
})

// linkHealth is how the link to one provider stands.
type linkHealth struct {
	Name   string // of the endpoint
	Known  bool
	Health api.Health
}

// health is how the owner's links stand.
var health = reads("health", func(_ context.Context, h *holding, _ none) ([]linkHealth, error) {
	p, _, err := h.connect()
	if err != nil {
		return nil, err
	}
	var all []linkHealth
	for _, l := range p.everyLink() {
		at, known := l.client.Health()
		all = append(all, linkHealth{l.endpoint.Name, known, at})
	}
	return all, nil
})
