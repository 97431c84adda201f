package config

import "cashier/api"

// Consent is where a customer's consent is: the authorization code that it
// gave, or a refresh token that was handed over in its place. The tokens that
// are made of it are kept elsewhere, see [CustomerTokens].
type Consent struct {
	AuthCode     Secret `json:"authCode,omitzero"`
	RefreshToken Secret `json:"refreshToken,omitzero"`
	SmallGrants  bool   `json:"smallGrants,omitempty"` // grant types in small letters
}

func (c Consent) isZero() bool { return c.AuthCode.IsZero() && c.RefreshToken.IsZero() }

// customer is the consent as the client takes it, nil where there is none. Its
// secrets are read anew each time: whoever consents again puts another code in
// the old one's place, and a console that is open shall take it.
func (c Consent) customer(path string) *api.Consent {
	if c.isZero() {
		return nil
	}
	c.AuthCode.known, c.RefreshToken.known = nil, nil
	return &api.Consent{
		AuthCode: c.AuthCode.reader(path + ".authCode"), RefreshToken: c.RefreshToken.reader(path + ".refreshToken"),
		SmallGrants: c.SmallGrants,
	}
}

func (d *decoder) consent(p *Provider, path string) {
	at := path + ".consent"
	switch {
	case !d.has(at) || d.failedWithin(at):
	case p.Consent.isZero():
		d.fail(at, "names no consent; write authCode, or refreshToken in its place")
	case !p.Consent.AuthCode.IsZero() && !p.Consent.RefreshToken.IsZero():
		d.fail(at+".refreshToken", "stands beside authCode, which alone would be used; remove one of them")
	case !p.CustomerToken.IsZero():
		d.fail(at, "stands beside customerToken, and only one token can be sent; remove one of them")
	}
}
