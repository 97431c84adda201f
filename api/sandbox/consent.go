package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// authCodeLife is how long a customer's consent may be used.
const authCodeLife = 10 * time.Minute

// consent is a customer who let the partner ask for them (service 74): an
// authorization code that is good once, then an access token and a refresh
// token, each good until the next ones are made. The file has their digests.
type consent struct {
	ID           int       `json:"id"` // from 1, without gaps
	Code         string    `json:"authCode"`
	CodeUntil    time.Time `json:"authCodeUntil"`
	Spent        bool      `json:"spent,omitempty"` // the code
	Access       string    `json:"accessToken,omitempty"`
	AccessUntil  time.Time `json:"accessTokenUntil,omitzero"`
	Refresh      string    `json:"refreshToken,omitempty"`
	RefreshUntil time.Time `json:"refreshTokenUntil,omitzero"`
	Before       string    `json:"spentRefreshToken,omitempty"` // the refresh token that made these
}

func (*consent) kind() string { return "consent" }

func (c *consent) check(st *state) error {
	switch {
	case c.ID < 1 || c.ID > len(st.consents)+1:
		return fmt.Errorf("consent %d follows consent %d", c.ID, len(st.consents))
	case c.Code == "", c.ID <= len(st.consents) && st.consents[c.ID-1].Code != c.Code:
		return fmt.Errorf("consent %d has another code", c.ID)
	case c.Spent != (c.Access != "" && c.Refresh != ""):
		return errors.New("a consent has tokens exactly when its code is spent")
	}
	return nil
}

func (c *consent) applyTo(st *state) {
	if c.ID > len(st.consents) {
		st.consents = append(st.consents, &consent{})
	}
	known := st.consents[c.ID-1]
	for _, old := range known.secrets() {
		delete(st.consentBy, old)
	}
	*known = *c
	for _, digest := range known.secrets() {
		st.consentBy[digest] = known
	}
}

// secrets are the digests by which the consent is found.
func (c *consent) secrets() []string {
	var all []string
	for _, digest := range []string{c.Code, c.Access, c.Refresh, c.Before} {
		if digest != "" {
			all = append(all, digest)
		}
	}
	return all
}

// Authorization is what a customer's consent gives the partner.
type Authorization struct {
	Code      string `json:"authCode"`  // good once, for service 74
	ExpiresAt string `json:"expiresAt"` // of the code
}

// Consent lets a customer consent: service 74 takes the code once. It stays
// known through restarts, and so do the tokens that are made of it.
func (s *Sandbox) Consent() (Authorization, error) {
	code := newToken()
	s.mu.Lock()
	defer s.mu.Unlock()
	made := &consent{
		ID: len(s.state.consents) + 1, Code: snap.Digest([]byte(code)),
		CodeUntil: s.now().Truncate(time.Second).Add(authCodeLife),
	}
	if err := s.record(made); err != nil {
		return Authorization{}, err
	}
	return Authorization{code, api.Timestamp(made.CodeUntil)}, nil
}

func (s *Sandbox) controlConsent(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 && !readJSON(w, r, &struct{}{}) {
		return
	}
	made, err := s.Consent()
	if err != nil {
		controlError(w, http.StatusInternalServerError, err)
		return
	}
	writeJSON(w, http.StatusOK, made)
}

// CustomerToken is the token of a customer who consented long ago and whose
// token has no end: what a profile may have as Authorization-Customer. 64
// characters, the sandbox's own and always the same.
func (s *Sandbox) CustomerToken() string { return s.derive("customer token") }

// customerTokenGood tells whether a customer's access token may be used.
func (s *Sandbox) customerTokenGood(token string, now time.Time) bool {
	if token == s.CustomerToken() {
		return true
	}
	digest := snap.Digest([]byte(token))
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.consentBy[digest]
	return c != nil && c.Access == digest && now.Before(c.AccessUntil)
}

func newToken() string {
	var random [48]byte
	rand.Read(random[:])
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// customerTokenOperation is access token B2B2C, service 74, at a provider's
// path. BI SNAP gives the headers and the fields; it writes the grants in
// capitals, providers do not.
func customerTokenOperation(provider, path string) *operation {
	grants := []string{grantCode, grantRefresh, strings.ToUpper(grantCode), strings.ToUpper(grantRefresh)}
	return &operation{
		provider: provider,
		service:  "74",
		name:     "access token B2B2C",
		path:     path,
		headers:  tokenHeaders(),
		body: []field{
			{name: grantName, oneOf: grants},
			{name: alsoGrantName, oneOf: grants},
			{name: "authCode", max: 256},
			{name: "refreshToken", max: 512},
			{name: "additionalInfo", format: anyObject},
		},
		verify: (*Sandbox).verifyTokenRequest,
		serve:  (*Sandbox).serveCustomerToken,
	}
}

const (
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
)

// serveCustomerToken makes new tokens of a code or of a refresh token, which is
// spent by that. Who lost the answer has nothing left: the customer must
// consent again.
func (s *Sandbox) serveCustomerToken(x *exchange) (answer, *refusal) {
	grant, wrong := x.grant()
	if wrong != nil {
		return answer{}, wrong
	}
	name := map[string]string{grantCode: "authCode", grantRefresh: "refreshToken"}[strings.ToLower(grant)]
	given := x.body.text(name)
	if given == "" {
		return answer{}, missing(name)
	}
	digest := snap.Digest([]byte(given))

	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.state.consentBy[digest]
	refuse := func(reason string) (answer, *refusal) { return answer{}, &refusal{"401-00", name + " " + reason} }
	switch {
	case known == nil || name == "authCode" && known.Code != digest || name == "refreshToken" && known.Refresh != digest && known.Before != digest:
		return refuse("is not known")
	case name == "authCode" && known.Spent, name == "refreshToken" && known.Before == digest:
		return refuse("is spent")
	case name == "authCode" && !x.at.Before(known.CodeUntil), name == "refreshToken" && !x.at.Before(known.RefreshUntil):
		return refuse("has expired")
	}
	access, refresh := newToken(), newToken()
	made := *known
	made.Spent, made.Before = true, known.Refresh
	made.Access, made.AccessUntil = snap.Digest([]byte(access)), x.at.Add(s.options.CustomerTokenLife)
	made.Refresh, made.RefreshUntil = snap.Digest([]byte(refresh)), x.at.Add(s.options.RefreshTokenLife)
	if err := s.record(&made); err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	return x.operation.success(
		member{"accessToken", access},
		member{"tokenType", "Bearer"},
		member{"accessTokenExpiryTime", api.Timestamp(made.AccessUntil)},
		member{"refreshToken", refresh},
		member{"refreshTokenExpiryTime", api.Timestamp(made.RefreshUntil)},
	), nil
}
