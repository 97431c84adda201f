package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cashier/api"
	"cashier/api/finnet"
	"cashier/api/paydia"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/config"
	"cashier/views"
)

// informant is a provider that can be asked about payments made elsewhere.
type informant struct {
	link
	till.Lookups
}

// everyLink are the links to all providers, those that are asked about payments
// made elsewhere last.
func (p *providers) everyLink() []link {
	all := p.links()
	for _, l := range p.lookups {
		all = append(all, l.link)
	}
	return all
}

// boardLinks is the status bar for the board, which has room for the providers
// that are asked about payments made elsewhere, once they have been.
func (d *desk) boardLinks() []ui.Link {
	all := d.status()
	for _, l := range d.station.lookups {
		if _, known := d.health(l.link); known {
			all = append(all, d.link(l.link))
		}
	}
	return all
}

// askers make of a client what asks in its dialect.
var askers = map[string]func(*api.Client) till.Lookups{
	paydia.Dialect: func(c *api.Client) till.Lookups { return paydia.New(c) },
	finnet.Dialect: func(c *api.Client) till.Lookups { return finnet.New(c) },
}

// openLookups makes a client for each provider that can be asked, in
// alphabetical order. Customers' tokens are kept beside the journal, whose lock
// keeps a second process from spending them too.
func (p *providers) openLookups(profile config.Profile, tokens string) error {
	var endpoints []api.Endpoint
	if p.box != nil {
		endpoints = lookupEndpoints(p.box)
	} else {
		for _, name := range profile.ProviderNames() {
			if askers[profile.Providers[name].Dialect] == nil {
				continue
			}
			e, err := profile.Endpoint(name)
			if err != nil {
				return configError{err}
			}
			endpoints = append(endpoints, e)
		}
	}
	for _, e := range endpoints {
		if e.Customer != nil && tokens != "" {
			e.Customer.Store = config.CustomerTokens(tokens)
		}
		client := api.NewClient(e, nil)
		p.lookups = append(p.lookups, informant{link{client, e}, askers[e.Dialect](client)})
	}
	return nil
}

// asked is who can be asked, for the screens.
func (s *station) asked() views.Lookups {
	if len(s.lookups) == 0 {
		return views.Lookups{}
	}
	l := views.Lookups{Till: s.till}
	for _, i := range s.lookups {
		l.Providers = append(l.Providers, views.LookupProvider{
			Name: i.Name(), Title: providerTitles[i.endpoint.Dialect], Dialect: i.endpoint.Dialect,
			Issuer: i.endpoint.Dialect == paydia.Dialect, Fits: i.Fits,
		})
	}
	return l
}

// lookupEndpoints are the sandbox as providers that can be asked, the same as in
// the config that it writes for others.
func lookupEndpoints(b box) []api.Endpoint {
	finnet, paydia := b.as(finnet.Dialect, finnet.Dialect), b.as(paydia.Dialect, paydia.Dialect)
	finnet.ChannelID, paydia.ChannelID = embeddedChannel, embeddedChannel
	paydia.CustomerToken = b.customerToken
	return []api.Endpoint{finnet, paydia}
}

// askable reads the secrets that a question is signed with; a consent's are
// read when its token is wanted.
func (l link) askable() error {
	if err := readKeys(l.endpoint); err != nil {
		return err
	}
	for _, read := range []func() ([]byte, error){l.endpoint.ClientSecret, l.endpoint.CustomerToken} {
		if read == nil {
			continue
		}
		if _, err := read(); err != nil {
			return configError{err}
		}
	}
	return nil
}

// lookupProvider finds the provider to ask: the one that was named, else the
// only one that can be asked with these references.
func (s *station) lookupProvider(name string, key api.LookupKey) (informant, error) {
	if len(s.lookups) == 0 {
		return informant{}, &failure{
			exit: exitConfig, code: "no-provider", err: till.ErrNoProvider,
			message: fmt.Sprintf("profile %s has no provider that can be asked about payments made elsewhere", s.profile.Name),
			advice:  "Nothing was sent. Add one of the dialect paydia or finnet to the config.",
		}
	}
	named := func(l informant) bool { return l.Name() == name }
	switch {
	case name != "" && !slices.ContainsFunc(s.lookups, named):
		return informant{}, usagef("--provider: %q cannot be asked about payments made elsewhere; these can: %s", name, strings.Join(s.lookupNames(), ", "))
	case name != "":
		l := s.lookups[slices.IndexFunc(s.lookups, named)]
		if err := l.Fits(key); err != nil {
			return informant{}, usagef("%s", unfit(name, err))
		}
		return l, nil
	}
	fits := s.till.FittingLookups(key)
	switch len(fits) {
	case 0:
		var why []string
		for _, l := range s.lookups {
			why = append(why, unfit(l.Name(), l.Fits(key)))
		}
		return informant{}, usagef("nobody can be asked with this: %s", strings.Join(why, "; "))
	case 1:
		return s.lookupProvider(fits[0], key)
	}
	return informant{}, usagef("several providers can be asked with this; choose one with --provider: %s", strings.Join(fits, ", "))
}

func (s *station) lookupNames() []string {
	var all []string
	for _, l := range s.lookups {
		all = append(all, l.Name())
	}
	return all
}

// lookupFlags are the flags of the fields that a question is made of.
var lookupFlags = map[string]string{
	"originalReferenceNo": "--reference", "originalPartnerReferenceNo": "--partner-reference", "originalExternalId": "--external-id",
	"amount": "--amount", "amount.value": "--amount",
}

// unfit says which references a provider misses, by flag and by the wire's
// name.
func unfit(provider string, err error) string {
	flag := func(field string) string {
		if f := lookupFlags[field]; f != "" {
			return fmt.Sprintf("%s (%s)", f, field)
		}
		return field
	}
	var needs, wrong []string
	for _, err := range each(err) {
		e, ok := errors.AsType[*api.FieldError](err)
		switch {
		case !ok:
			wrong = append(wrong, err.Error())
		case e.Missing:
			any := []string{flag(e.Field)}
			for _, other := range e.Or {
				any = append(any, flag(other))
			}
			needs = append(needs, strings.Join(any, " or "))
		default:
			wrong = append(wrong, strings.Replace(e.Error(), e.Field, flag(e.Field), 1))
		}
	}
	if len(needs) > 0 {
		wrong = append([]string{"needs " + strings.Join(needs, " and ")}, wrong...)
	}
	return provider + " " + strings.Join(wrong, ", ")
}

// each takes joined errors apart.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
