package api

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"cashier/api/snap"
)

// override applies what a profile changed of an operation's document.
func (e Endpoint) override(op Operation) Operation {
	if path := e.Paths[op.Service]; path != "" {
		op.Path = path
	}
	if op.Service == "73" && e.TokenPath != "" {
		op.Path = e.TokenPath
	}
	if kind := e.Signature[op.Service]; kind != "" {
		op.Signature = kind
	}
	if headers := e.Headers[op.Service]; headers != nil {
		op.Headers = headers
	}
	if timeout := e.Timeouts[op.Service]; timeout > 0 {
		op.Timeout = timeout
	}
	return op
}

// Signed is how an operation is signed for this endpoint: the kind of its
// signature, and its path as it stands in the string to sign.
func (e Endpoint) Signed(op Operation) (snap.Kind, string) {
	op = e.override(op)
	return op.Signature, e.signedPrefix() + op.Path
}

// signedPrefix stands before an operation's path in what is signed: a path is
// signed as it is sent, the base URL's own path included, unless the profile
// says otherwise.
func (e Endpoint) signedPrefix() string {
	if e.SignPrefix != "" {
		return e.SignPrefix
	}
	at, err := url.Parse(e.BaseURL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(at.EscapedPath(), "/")
}

func (e Endpoint) partnerID() string {
	if e.PartnerID != "" {
		return e.PartnerID
	}
	return e.ClientKey
}

// checkPartner holds X-PARTNER-ID against the header tables of seeds 000 and
// 001: mandatory, at most 36 characters.
func (e Endpoint) checkPartner() error {
	return Check(struct {
		PartnerID string `json:"X-PARTNER-ID" table:"M,36"`
	}{e.partnerID()})
}

// Merchant is the merchantId of bodies: the profile's, else the partner id,
// which PayCools' remarks equate.
func (e Endpoint) Merchant() string {
	if e.MerchantID != "" {
		return e.MerchantID
	}
	return e.partnerID()
}

// Binding is the identity of the place a record belongs to: it must never be
// settled against another (base URL and merchant).
func (e Endpoint) Binding() string { return e.BaseURL + " " + e.Merchant() }

func (e Endpoint) signRSA(text string) (string, error) {
	if e.PrivateKey == nil {
		return "", fmt.Errorf("%s has no private key in this profile", e.Name)
	}
	key, err := e.PrivateKey()
	if err != nil {
		return "", err
	}
	signature, err := snap.SignRSA(key, text)
	if err != nil {
		return "", err
	}
	return e.Encoding.Encode(signature), nil
}

func (e Endpoint) secret() ([]byte, error) {
	if e.ClientSecret == nil {
		return nil, fmt.Errorf("%s has no client secret in this profile", e.Name)
	}
	secret, err := e.ClientSecret()
	if err == nil && len(secret) == 0 {
		err = errors.New("the client secret is empty")
	}
	return secret, err
}

func (op Operation) carries(header string) bool { return slices.Contains(op.Headers, header) }

func (op Operation) answers(service string) bool {
	return service == op.Service || slices.Contains(op.Answers, service)
}
