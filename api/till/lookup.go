package till

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"reflect"

	"cashier/api"
)

// Lookups is a provider that can be asked for a payment of a QR code by its
// references (service 51).
type Lookups interface {
	Name() string
	Binding() string
	// Fits says which reference the provider misses; nil: it can be asked.
	Fits(key api.LookupKey) error
	Lookup(ctx context.Context, key api.LookupKey) (api.LookupNews, api.Answer)
}

// Lookup is the part of a transaction that was made elsewhere and is looked up
// here. The till never moves its money.
type Lookup struct {
	Key  api.LookupKey  `json:"key"`
	News api.LookupNews `json:"news"`
}

// lookupReference names a looked-up payment in the journal: the same question
// to the same provider is the same record.
func lookupReference(p Lookups, key api.LookupKey) api.Reference {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%s",
		p.Name(), p.Binding(), key.Reference, key.ProviderReference, key.ExternalID, key.Amount))
	letters := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)
	return api.Reference("L" + letters.EncodeToString(sum[:15]))
}

// FittingLookups names the providers that can be asked with these references,
// in the profile's order.
func (t *Till) FittingLookups(key api.LookupKey) []string {
	var names []string
	for _, p := range t.lookups {
		if p.Fits(key) == nil {
			names = append(names, p.Name())
		}
	}
	return names
}

func (t *Till) lookupProvider(name string) Lookups {
	for _, p := range t.lookups {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// Look asks a provider about a payment once. What it tells is journalled when
// it says something new; an answer that says nothing leaves everything as it
// was, and without any news before there is no record. News that may be
// another payment's is kept, shown and believed by nobody: the record is
// Parked.
func (t *Till) Look(ctx context.Context, provider string, key api.LookupKey) (Transaction, api.Answer, error) {
	p := t.lookupProvider(provider)
	if p == nil {
		return Transaction{}, api.Answer{}, fmt.Errorf("%s: %w", provider, ErrNoProvider)
	}
	if err := p.Fits(key); err != nil {
		return Transaction{}, api.Answer{}, err
	}
	reference := lookupReference(p, key)
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return Transaction{}, api.Answer{}, err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	switch {
	case errors.Is(err, ErrNotFound):
		tx = Transaction{
			Reference: reference, Kind: MPM, Provider: provider, Service: "51", Binding: p.Binding(), Operator: t.operator(),
			Amount: key.Amount, CreatedAt: t.clock.Now(), Lookup: &Lookup{Key: key},
		}
	case err != nil:
		return tx, api.Answer{}, err
	}
	r := t.track(&tx, false)
	answer, err := t.look(ctx, &tx, r)
	t.noted(&tx, r, answer, err)
	return tx, answer, err
}

// look asks and journals; the caller holds the lock.
func (t *Till) look(ctx context.Context, tx *Transaction, r *run) (api.Answer, error) {
	p := t.lookupProvider(tx.Provider)
	if p == nil || tx.Binding != p.Binding() {
		return api.Answer{}, fmt.Errorf("%s: %w", tx.Reference, ErrOtherProfile)
	}
	t.telling(tx, r)
	news, answer := p.Lookup(ctx, tx.Lookup.Key)
	r.asked++
	r.last = t.clock.Now()
	tx.hear(answer)
	if answer.Class != api.Done || news.Status == api.NoStatus {
		return answer, nil
	}
	state := lookedUp[news.Status]
	if news.Doubtful() {
		state = Parked
	}
	if tx.State == state && reflect.DeepEqual(tx.Lookup.News, news) {
		return answer, nil
	}
	tx.State, tx.Lookup.News = state, news
	if !news.Amount.Zero() {
		tx.Amount = news.Amount
	}
	if news.ProviderReference != "" {
		tx.ProviderReference = news.ProviderReference
	}
	e := answerEvent(answer)
	e.What = WhatStatus
	return answer, t.append(ctx, tx, e)
}

var lookedUp = map[api.PaymentStatus]State{
	api.StatusPaid: Paid, api.StatusPending: Pending, api.StatusRefunded: Refunded,
	api.StatusCancelled: Cancelled, api.StatusFailed: Failed, api.StatusNotFound: NotFound,
}
