package cli

import (
	"slices"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/paycools"
	"cashier/api/till"
	"cashier/ui/config"
)

// providers are those of a profile, each with its client.
type providers struct {
	box      box         // the built-in sandbox; nil: the profile's providers are elsewhere
	client   *api.Client // of the provider of user ids; nil: the profile has none
	endpoint api.Endpoint
	pay      *api.Client // of the provider of payments; nil likewise
	payAt    api.Endpoint
	lookups  []informant // providers of payments made elsewhere
}

// openProviders makes the clients of the first provider of user ids and the
// first of payments in the profile, in alphabetical order, and of all that can
// be asked about other payments; a sandbox without providers has its own.
// Customers' tokens are kept in the file tokens; empty: they are not kept.
func openProviders(profile config.Profile, openBox func() (box, error), tokens string) (*providers, error) {
	p := &providers{}
	if builtIn(profile) {
		box, err := openBox()
		if err != nil {
			return nil, err
		}
		p.box, p.endpoint, p.payAt = box, box.as(paycools.Dialect, paycools.Dialect), paymentEndpoint(box, profile)
		p.endpoint.Limits = profile.Limits
	} else if err := p.find(profile); err != nil {
		return nil, err
	}
	if p.endpoint.Name != "" {
		p.client = api.NewClient(p.endpoint, nil)
	}
	if p.payAt.Name != "" {
		p.pay = api.NewClient(p.payAt, nil)
	}
	return p, p.openLookups(profile, tokens)
}

func (p *providers) find(profile config.Profile) error {
	for _, name := range profile.ProviderNames() {
		at := map[string]*api.Endpoint{paycools.Dialect: &p.endpoint, cpm.Dialect: &p.payAt}[profile.Providers[name].Dialect]
		if at == nil || at.Name != "" {
			continue
		}
		endpoint, err := profile.Endpoint(name)
		if err != nil {
			return configError{err}
		}
		*at = endpoint
	}
	return nil
}

// builtIn reports whether the profile's providers are a sandbox of the
// journal's owner.
func builtIn(p config.Profile) bool { return p.Sandbox && len(p.Providers) == 0 }

// till is what a till asks.
func (p *providers) till() till.Options {
	var o till.Options
	if p.client != nil {
		o.UserIDs = paycools.New(p.client)
	}
	if p.pay != nil {
		o.Payments = cpm.New(p.pay)
	}
	for _, l := range p.lookups {
		o.Lookups = append(o.Lookups, l.Lookups)
	}
	return o
}

// link is a provider that is talked to.
type link struct {
	client   *api.Client
	endpoint api.Endpoint
}

func (p *providers) links() []link {
	var all []link
	for _, l := range []link{{p.client, p.endpoint}, {p.pay, p.payAt}} {
		if l.client != nil {
			all = append(all, l)
		}
	}
	return all
}

// bindings are what records are bound to, sorted.
func (p *providers) bindings() []string {
	all := []string{}
	for _, l := range p.links() {
		all = append(all, l.endpoint.Binding())
	}
	for _, l := range p.lookups {
		all = append(all, l.endpoint.Binding())
	}
	slices.Sort(all)
	return all
}

// fittingLookups names the providers that can be asked with these references.
func (p *providers) fittingLookups(key api.LookupKey) []string {
	var names []string
	for _, l := range p.lookups {
		if l.Fits(key) == nil {
			names = append(names, l.Name())
		}
	}
	return names
}

func (p *providers) close() {
	for _, l := range p.links() {
		l.client.Close()
	}
	for _, l := range p.lookups {
		l.client.Close()
	}
}
