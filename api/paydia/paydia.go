// Package paydia speaks Paydia's query of an MPM payment (service 51, seed 002,
// "Query Payment"), on the issuer's side: what a customer of ours paid at a
// merchant's code.
package paydia

import (
	"sync"

	"cashier/api"
)

// Dialect is the name of this document's operation in a profile.
const Dialect = "paydia"

// originalService is serviceCode where the profile says nothing: the sample's.
// The remark wants the original transaction's.
const originalService = "51"

// listed are the seven codes of the document; for any other the general
// catalogue speaks.
var listed = []string{"200-00", "400-01", "400-02", "401-00", "401-01", "404-01", "500-01"}

// Query is Query Payment. The path is signed as it is sent, /snap included.
var Query = sync.OnceValue(func() api.Operation {
	op := api.LookupOperation(Dialect, "QRIS MPM query (issuer)", "/snap/v1.0/qr/qr-mpm-query")
	op.Headers = []string{"Authorization-Customer", "X-EXTERNAL-ID", "CHANNEL-ID"}
	return op
})

// Provider asks Paydia.
type Provider struct {
	client *api.Client
}

// New speaks through a client whose endpoint has this dialect.
func New(client *api.Client) *Provider { return &Provider{client} }

// Name is the provider's name in the profile.
func (p *Provider) Name() string { return p.client.Endpoint().Name }

// Binding is the endpoint's identity; see api.Endpoint.Binding.
func (p *Provider) Binding() string { return p.client.Endpoint().Binding() }
