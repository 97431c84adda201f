package cli

import (
	"context"
	"maps"
	"slices"
	"sync"

	"cashier/api"
)

// present says to the owner, and to each next one, that this process is there
// until the seat is left: what it began as a person's is theirs as long. The
// cashier stands at the payment; empty is none.
func (s *seat) present(ctx context.Context, payment api.Reference) {
	s.mu.Lock()
	if s.own != nil || s.closed {
		s.mu.Unlock()
		return
	}
	if payment != "" {
		s.stands[payment] = true
	}
	first := s.there == nil
	if first {
		s.there = make(chan struct{})
	}
	there := s.there
	s.mu.Unlock()
	if first {
		told := sync.OnceFunc(func() { close(there) })
		go s.keep(s.life, func(ctx context.Context) error {
			defer told()
			return attend.each(ctx, s, s.standsAt, func(none) error { told(); return nil })
		})
	}
	if payment == "" {
		return
	}
	select {
	case <-there:
	case <-ctx.Done():
	}
}

// absent says that the cashier has gone from a payment.
func (s *seat) absent(payment api.Reference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.stands, payment)
}

// standsAt are the payments at which this process's cashier stands.
func (s *seat) standsAt() []api.Reference {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.stands))
}
