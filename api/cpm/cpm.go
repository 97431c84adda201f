// Package cpm speaks the BI SNAP QR CPM operations (seed 003): a customer shows
// a code, the till charges it. Generate (service 59), payment (60), query (61),
// cancel (62) and refund (80) are asked of the provider; the payment
// notification (79) is what the provider tells us.
package cpm

import (
	"errors"

	"cashier/api"
)

// Dialect is the name of this document's operations in a profile.
const Dialect = "snap-cpm"

// Provider asks a provider that speaks this dialect.
type Provider struct {
	client *api.Client
}

// New speaks through a client whose endpoint has this dialect.
func New(client *api.Client) *Provider { return &Provider{client} }

// Name is the provider's name in the profile.
func (p *Provider) Name() string { return p.client.Endpoint().Name }

// Binding is the endpoint's identity; see api.Endpoint.Binding.
func (p *Provider) Binding() string { return p.client.Endpoint().Binding() }

// prepare holds a request against its table and encodes it once.
func (p *Provider) prepare(request any) ([]byte, error) {
	if err := api.Check(request); err != nil {
		return nil, err
	}
	return p.client.Endpoint().Encode(request)
}

// unsent is the answer to a request that could not be built.
func unsent(err error) api.Answer {
	return api.Answer{Class: api.NotSent, Reason: api.ReasonRequest, Err: err}
}

// maxDigits is "16,2": how many digits an amount has before its decimals.
const maxDigits = 16

// checkAmount refuses what no table can mean by an amount: none, nothing, less
// than nothing, or more digits than fit.
func checkAmount(field string, a api.Amount) error {
	switch n := len(a.Value()) - len(".00"); {
	case a.Minor() <= 0 || a.Currency() == "":
		return &api.FieldError{Field: field + ".value", Missing: true}
	case n > maxDigits:
		return &api.FieldError{Field: field + ".value", Have: n, Max: maxDigits}
	}
	return nil
}

// under names a field by the one that holds it.
func under(field string, err error) error {
	if e, ok := errors.AsType[*api.FieldError](err); ok {
		inner := *e
		inner.Field = field + "." + e.Field
		return &inner
	}
	return err
}
