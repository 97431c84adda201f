// Package paycools speaks PayCools' CDM operations: user-id generate (service
// 90, seed 001) and deposits query (service 91, seed 000).
package paycools

import (
	"net/http"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// Dialect is the name of this provider's operations in a profile.
const Dialect = "paycools"

// defaultChannel is channelCode where neither the profile nor the caller says
// otherwise (seed 001, request sample).
const defaultChannel = "ATM_STATIC_QR"

// Generate is CDM user-id generate (seed 001). Every listed refusal marks the
// generate as failed; after an unclear attempt those that could come of a
// moment (401, 429, 500) or of the first attempt itself (404-18) prove nothing.
var Generate = api.Operation{
	Provider: Dialect, Service: "90", Name: "CDM user-id generate",
	Method: http.MethodPost, Path: "/v2.0/cdm/cdm-mpm-generate",
	Timeout: 8 * time.Second, Signature: snap.ClientKey, Strict: true, Attempts: 3,
	Classes: map[string]api.Rule{
		"200-00": api.Both(api.Done),
		"400-00": api.Both(api.Failed),
		"400-01": api.Both(api.Failed),
		"400-02": api.Both(api.Failed),
		"401-00": {Fresh: api.Failed, Tainted: api.Unknown},
		"401-01": {Fresh: api.Failed, Tainted: api.Unknown},
		"401-03": {Fresh: api.Failed, Tainted: api.Unknown}, // not listed: the general SNAP list's twin of 401-01
		"403-02": api.Both(api.Failed),
		"403-05": api.Both(api.Failed),
		"403-15": api.Both(api.Failed),
		"404-08": api.Both(api.Failed),
		"404-18": {Fresh: api.Failed, Tainted: api.Unknown},
		"429-00": {Fresh: api.Failed, Tainted: api.Unknown},
		"500-00": {Fresh: api.Failed, Tainted: api.Unknown},
		"500-01": {Fresh: api.Failed, Tainted: api.Unknown},
	},
}

// Query is CDM deposits query (seed 000). A listed error marks the query as
// failed and leaves the payment pending; 404-01 means that there is no deposit
// yet.
var Query = api.Operation{
	Provider: Dialect, Service: "91", Name: "CDM deposits query",
	Method: http.MethodPost, Path: "/v2.0/cdm/cdm-mpm-query",
	Timeout: 8 * time.Second, Signature: snap.ClientKey, Attempts: 3, RepeatSilenceOnly: true,
	Classes: map[string]api.Rule{
		"200-00": api.Both(api.Done),
		"400-00": api.Both(api.Failed),
		"400-01": api.Both(api.Failed),
		"400-02": api.Both(api.Failed),
		"401-00": api.Both(api.Failed),
		"401-01": api.Both(api.Failed),
		"401-03": api.Both(api.Failed), // not listed: the general SNAP list's twin of 401-01
		"404-01": api.Both(api.Done),
		"429-00": api.Both(api.Failed),
		"500-00": api.Both(api.Failed),
		"500-01": api.Both(api.Failed),
	},
}

// Provider asks PayCools.
type Provider struct {
	client *api.Client
}

// New speaks through a client whose endpoint has this dialect.
func New(client *api.Client) *Provider { return &Provider{client} }

// Name is the provider's name in the profile.
func (p *Provider) Name() string { return p.client.Endpoint().Name }

// Binding is the endpoint's identity; see api.Endpoint.Binding.
func (p *Provider) Binding() string { return p.client.Endpoint().Binding() }
