package config

import (
	"crypto/rsa"
	"fmt"
	"strings"
	"time"

	"cashier/api"
)

// Endpoint makes of a provider what the client takes. Nothing is read yet:
// the secrets are, when the client first asks for them. A secret that the config
// does not name has a nil function. Customer has no Store: who opens the client
// gives it one, see [CustomerTokens].
func (p Profile) Endpoint(name string) (api.Endpoint, error) {
	provider, ok := p.Providers[name]
	if !ok {
		if len(p.Providers) == 0 {
			return api.Endpoint{}, fmt.Errorf("the profile %s has no providers in the config", p.Name)
		}
		return api.Endpoint{}, fmt.Errorf("the profile %s has no provider %q; it has: %s", p.Name, name, strings.Join(p.ProviderNames(), ", "))
	}
	e := api.Endpoint{
		Name:            name,
		Dialect:         provider.Dialect,
		BaseURL:         provider.BaseURL,
		ClientKey:       provider.ClientKey,
		PartnerID:       provider.PartnerID,
		MerchantID:      provider.MerchantID,
		ChannelID:       provider.ChannelID,
		Encoding:        provider.Encoding,
		TokenPath:       provider.TokenPath,
		GrantName:       provider.GrantName,
		Paths:           provider.Paths,
		Signature:       provider.Signature,
		SignPrefix:      provider.SignPrefix,
		Headers:         provider.Headers,
		OriginalService: provider.OriginalService,
		Limits:          p.Limits,
		RangeReading:    provider.RangeReading,
		Spellings:       provider.Spellings,
		Statuses:        provider.statuses(),
		Shop:            p.shop(),
		Terminal:        api.Terminal(p.Terminal),
		Expiry:          provider.Expiry,
		RetryPause:      time.Duration(provider.RetryPause),
		TLS12:           provider.TLS12,
		ReuseExternalID: provider.ReuseExternalID,
		Conceal:         ConcealToken,
	}
	if len(provider.Timeouts) > 0 {
		e.Timeouts = make(map[string]time.Duration, len(provider.Timeouts))
		for service, limit := range provider.Timeouts {
			e.Timeouts[service] = time.Duration(limit)
		}
	}
	at := join(join("profiles", p.Name)+".providers", name)
	if !provider.PrivateKey.IsZero() {
		e.PrivateKey = func() (*rsa.PrivateKey, error) {
			key, err := provider.PrivateKey.PrivateKey()
			if err != nil {
				return nil, fmt.Errorf("%s.privateKey: %w", at, err)
			}
			return key, nil
		}
	}
	e.ClientSecret = provider.ClientSecret.reader(at + ".clientSecret")
	e.UserAccessToken = provider.UserAccessToken.reader(at + ".userAccessToken")
	e.CustomerToken = provider.CustomerToken.reader(at + ".customerToken")
	e.Customer = provider.Consent.customer(at + ".consent")
	if e.CustomerToken != nil || e.Customer != nil {
		e.CustomerPrefix = provider.prefix()
	}
	return e, nil
}

// reader is the secret as a function, nil where there is none; path names it in
// errors.
func (s Secret) reader(path string) func() ([]byte, error) {
	if s.IsZero() {
		return nil
	}
	return func() ([]byte, error) {
		secret, err := s.Read()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return secret, nil
	}
}
