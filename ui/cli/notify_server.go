package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/notify"
	"cashier/api/paycools"
	"cashier/api/sandbox"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/ui/config"
)

// notifier is our server for what providers tell us by themselves, and what
// becomes of it: a payment is asked about, and so are a user id's deposits.
type notifier struct {
	server  *notify.Server
	station *station
	address string            // where to listen
	told    func(notify.Hint) // hears of each hint that was taken; may be nil

	// deposits are user ids that unsigned notifications named. They are asked
	// about one after another; what does not fit is found by the watch.
	deposits chan api.Reference

	mu      sync.Mutex
	refused error // the address could not be listened at
	at      time.Time
}

// decoders read what each dialect notifies, in our words.
var decoders = map[string]struct {
	service string
	decode  func(s *station, provider string) func([]byte) ([]notify.Notice, error)
}{
	cpm.Dialect:      {notify.PaymentCode, readPayment},
	paycools.Dialect: {notify.DepositCode, func(*station, string) func([]byte) ([]notify.Notice, error) { return notify.ReadDeposits }},
}

// readPayment reads a payment notification with the provider's own spellings
// and statuses, where the profile has the provider.
func readPayment(s *station, provider string) func([]byte) ([]notify.Notice, error) {
	read := cpm.ReadNotification
	if s.pay != nil && s.payAt.Name == provider {
		read = cpm.New(s.pay).ReadNotification
	}
	return func(body []byte) ([]notify.Notice, error) {
		n, err := read(body)
		if err != nil {
			return nil, err
		}
		return []notify.Notice{{
			Reference: n.Reference, ProviderReference: n.ProviderReference,
			Status: n.News.Status, RawStatus: n.News.RawStatus, Amount: n.Amount,
			Customer: n.Customer, Destination: n.Destination,
		}}, nil
	}
}

// newNotifier makes the server of a profile's sources. It does not listen yet.
func newNotifier(s *station, address string, told func(notify.Hint)) (*notifier, error) {
	n := &notifier{station: s, address: address, told: told, deposits: make(chan api.Reference, 64)}
	o := notify.Options{TokenPath: s.profile.Notify.TokenPath, Hand: n.hand}
	for _, in := range s.inbound() {
		row, known := decoders[in.Dialect]
		if !known {
			return nil, configError{fmt.Errorf("the notifications of %s cannot be read here", in.Name)}
		}
		o.Sources = append(o.Sources, notify.Source{
			Name: in.Name, Paths: []string{in.Path}, SignedPath: in.SignedPath, Service: row.service, Kind: in.Kind,
			ClientKey: in.ClientKey, PublicKey: in.PublicKey, ClientSecret: in.ClientSecret, Decode: row.decode(s, in.Name),
		})
	}
	if len(o.Sources) == 0 {
		return nil, configError{fmt.Errorf("the profile %s names nobody who notifies: add notify.sources to the config", s.profile.Name)}
	}
	var err error
	if n.server, err = notify.New(o); err != nil {
		return nil, configError{err}
	}
	return n, nil
}

// inbound lists who notifies. The built-in sandbox does so without a config.
func (s *station) inbound() []config.Inbound {
	in := s.profile.Inbound()
	if len(in) > 0 || s.box == nil {
		return in
	}
	return []config.Inbound{
		{Name: s.payAt.Name, Dialect: cpm.Dialect, Kind: snap.Asymmetric, Path: notify.PaymentPath, PublicKey: s.box.providerKey},
		{Name: s.endpoint.Name, Dialect: paycools.Dialect, Kind: notify.Unsigned, Path: notify.DepositPath},
	}
}

// listen opens the address; a sandbox listens on this machine alone.
func (n *notifier) listen() (net.Listener, error) {
	open := func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	if n.station.profile.Sandbox {
		open = sandbox.Listen
	}
	l, err := open(n.address)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.refused, n.at = err, time.Now()
	return l, err
}

// serve answers until the context ends, then waits for what is under way.
func (n *notifier) serve(ctx context.Context, l net.Listener) error {
	asking, stop := context.WithCancel(ctx)
	var asks sync.WaitGroup
	asks.Add(1)
	n.station.start(func() {
		defer asks.Done()
		n.ask(asking)
	})
	err := n.server.Serve(ctx, l)
	stop()
	asks.Wait()
	return err
}

// ask asks about the deposits of user ids that were named.
func (n *notifier) ask(ctx context.Context) {
	for {
		select {
		case reference := <-n.deposits:
			// It was a hint: what comes of the question is in the journal, and
			// what goes wrong with it the link shows.
			_, _, _ = n.station.till.CheckDeposits(ctx, reference)
		case <-ctx.Done():
			return
		}
	}
}

// hand takes a hint: a payment's is in the journal when it returns nil.
func (n *notifier) hand(ctx context.Context, h notify.Hint) error {
	if !h.Verified { // anybody may have sent it: no more than a reason to ask
		select {
		case n.deposits <- h.Reference:
		default:
		}
		n.tell(h)
		return nil
	}
	reference, err := n.find(ctx, h)
	if err == nil {
		err = n.keep(ctx, reference, h)
	}
	if errors.Is(err, till.ErrNotFound) {
		return fmt.Errorf("%w: %w", notify.ErrUnknown, err)
	}
	if err == nil {
		h.Reference = reference
		n.tell(h)
	}
	return err
}

func (n *notifier) tell(h notify.Hint) {
	if n.told != nil {
		n.told(h)
	}
}

// nameless is how long after it was made a payment that has ended is still
// found by the provider's reference alone.
const nameless = 48 * time.Hour

// find is our reference of a notification that names the provider's alone: of
// what is not settled yet, or of what has ended lately, since a provider that
// was not heard tells the same again.
func (n *notifier) find(ctx context.Context, h notify.Hint) (api.Reference, error) {
	if h.Reference != "" {
		return h.Reference, nil
	}
	lately := till.Filter{Kind: till.CPM, From: time.Now().Add(-nameless), Text: []string{string(h.ProviderReference)}}
	for _, all := range []iter.Seq2[till.Transaction, error]{n.station.store.Open(ctx), n.station.store.All(ctx, lately)} {
		for tx, err := range all {
			if err != nil {
				return "", err
			}
			if tx.ProviderReference == h.ProviderReference && tx.Provider == h.Source {
				return tx.Reference, nil
			}
		}
	}
	return "", till.ErrNotFound
}

// keep journals a hint, unless the journal has the very same one: a provider
// repeats what it was not sure of, also to another process of ours.
func (n *notifier) keep(ctx context.Context, reference api.Reference, h notify.Hint) error {
	if h.ExternalID != "" {
		events, err := n.station.store.Events(ctx, reference)
		if err != nil {
			return err
		}
		h := h
		h.Stale = false // the same words heard again later are still the same
		note := h.Note()
		if slices.ContainsFunc(events, func(e till.Event) bool {
			return e.What == till.WhatHint && (e.Note == note || strings.HasPrefix(e.Note, note+"; stale"))
		}) {
			return nil
		}
	}
	return n.station.till.Hint(ctx, reference, h.Status, h.Note())
}

// health is the server's, and why it does not listen.
func (n *notifier) health() notify.Health {
	h := n.server.Health()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.refused != nil {
		h.LastError, h.ErrorAt = n.refused.Error(), n.at
	}
	return h
}
