// Package snap is BI SNAP, the Indonesian national open API standard for
// payments, as pure functions on strings, bytes and keys: the strings to sign,
// the three kinds of signature, header names, and response codes with their
// catalogue. It sends nothing, keeps nothing and reads no clock.
//
// Sources: "keamanan" (security) of the ASPI developer portal for the token,
// symmetric and asymmetric signatures; the PayCools CDM documents (seeds 000
// and 001, header table) for the client-key signature; the BI SNAP QR CPM
// document (seed 003) for response codes.
//
// No error of this package contains key material, a token or a secret.
package snap

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what a request's signature covers and with which key it is made.
type Kind string

const (
	// Symmetric is HMAC-SHA512 with the client secret over method, endpoint,
	// access token, body digest and timestamp.
	Symmetric Kind = "symmetric"
	// Asymmetric is SHA256withRSA over method, endpoint, body digest and timestamp.
	Asymmetric Kind = "asymmetric"
	// ClientKey is SHA256withRSA over client key and timestamp alone: method,
	// path and body are not covered. Access tokens are asked for with it.
	ClientKey Kind = "client-key"
)

// ParseKind reads a kind as config and commands spell it.
func ParseKind(s string) (Kind, error) {
	switch k := Kind(s); k {
	case Symmetric, Asymmetric, ClientKey:
		return k, nil
	}
	return "", fmt.Errorf("signature kind %q is not known: use %s, %s or %s", s, Symmetric, Asymmetric, ClientKey)
}

// TokenStringToSign is clientKey|timestamp: what an access token request and a
// [ClientKey] signature sign.
func TokenStringToSign(clientKey, timestamp string) string {
	return clientKey + "|" + timestamp
}

// SymmetricStringToSign is METHOD:EndpointUrl:AccessToken:digest:timestamp.
// Every part is taken verbatim. The endpoint is the relative path exactly as
// sent, gateway prefix and query string included; the token goes without
// "Bearer "; the digest is [Digest] of the minified body.
func SymmetricStringToSign(method, endpoint, accessToken, digest, timestamp string) string {
	return method + ":" + endpoint + ":" + accessToken + ":" + digest + ":" + timestamp
}

// AsymmetricStringToSign is METHOD:EndpointUrl:digest:timestamp, its parts as in
// [SymmetricStringToSign].
func AsymmetricStringToSign(method, endpoint, digest, timestamp string) string {
	return method + ":" + endpoint + ":" + digest + ":" + timestamp
}

// Parts is all that a signature can depend on, beside the key.
type Parts struct {
	Kind        Kind
	Method      string // in capitals, as sent
	Endpoint    string // relative path as sent, from "/", query string included
	AccessToken string // Symmetric only; without "Bearer "
	ClientKey   string // ClientKey only
	Timestamp   string // the X-TIMESTAMP header, verbatim
	Body        []byte // as written; may be empty
	Digest      string // of the body, instead of one that is not known: lowercase hex
}

// Minified is the body as it is digested and must be sent; see [Minify].
func (p Parts) Minified() ([]byte, error) { return Minify(p.Body) }

// StringToSign composes what the parts' kind signs, with the digest of the
// minified body in it. For [ClientKey], which does not cover the body, the
// digest is empty and the body is not looked at. A part that the kind needs and
// that is missing is an error, since a provider would only say "Unauthorized".
func (p Parts) StringToSign() (stringToSign, bodyDigest string, err error) {
	if err := p.check(); err != nil {
		return "", "", fmt.Errorf("string to sign: %w", err)
	}
	if p.Kind == ClientKey {
		return TokenStringToSign(p.ClientKey, p.Timestamp), "", nil
	}
	if bodyDigest = p.Digest; bodyDigest == "" {
		body, err := p.Minified()
		if err != nil {
			return "", "", fmt.Errorf("string to sign: %w", err)
		}
		bodyDigest = Digest(body)
	}
	if p.Kind == Symmetric {
		return SymmetricStringToSign(p.Method, p.Endpoint, p.AccessToken, bodyDigest, p.Timestamp), bodyDigest, nil
	}
	return AsymmetricStringToSign(p.Method, p.Endpoint, bodyDigest, p.Timestamp), bodyDigest, nil
}

func (p Parts) check() error {
	if _, err := ParseKind(string(p.Kind)); err != nil {
		return err
	}
	if p.Timestamp == "" {
		return errors.New("the timestamp is missing")
	}
	if p.Kind == ClientKey {
		if p.ClientKey == "" {
			return errors.New("the client key is missing")
		}
		return nil
	}
	if p.Method == "" {
		return errors.New("the HTTP method is missing")
	}
	if !strings.HasPrefix(p.Endpoint, "/") {
		return errors.New(`the endpoint must be the relative path that is sent, beginning with "/" and without a host`)
	}
	if p.Kind == Symmetric && p.AccessToken == "" {
		return errors.New("the access token is missing, and a symmetric signature covers it")
	}
	return nil
}
