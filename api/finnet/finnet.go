// Package finnet speaks Finnet's query of an MPM payment (seed 004, "Query
// Payment"). Development and production are base URLs of the profile.
package finnet

import (
	"sync"

	"cashier/api"
)

// Dialect is the name of this document's operation in a profile.
const Dialect = "finnet"

// originalService is serviceCode where the profile says nothing: "QR MPM = 47".
const originalService = "47"

// Query is Query Payment, its path as printed. The codes of its answers carry
// 53 in the sample, and may carry 47, the original transaction's.
var Query = sync.OnceValue(func() api.Operation {
	op := api.LookupOperation(Dialect, "QRIS MPM query", "/v1.0/qrqr/qr-mpm-query")
	op.Answers = []string{"53", "47"}
	return op
})

// Provider asks Finnet.
type Provider struct {
	client *api.Client
}

// New speaks through a client whose endpoint has this dialect.
func New(client *api.Client) *Provider { return &Provider{client} }

// Name is the provider's name in the profile.
func (p *Provider) Name() string { return p.client.Endpoint().Name }

// Binding is the endpoint's identity; see api.Endpoint.Binding.
func (p *Provider) Binding() string { return p.client.Endpoint().Binding() }
