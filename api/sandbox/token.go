package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"sync"
	"time"

	"cashier/api/snap"
)

// maxTokens is how many tokens may be good at once.
const maxTokens = 10_000

// tokens are the access tokens that are out. They die with the process: a
// partner then gets 401-01 and asks again.
type tokens struct {
	mu     sync.Mutex
	expiry map[string]time.Time
}

// issue is false when too many tokens are out.
func (t *tokens) issue(now time.Time, life time.Duration) (string, bool) {
	var random [48]byte
	rand.Read(random[:])
	token := base64.RawURLEncoding.EncodeToString(random[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.expiry == nil {
		t.expiry = map[string]time.Time{}
	}
	if len(t.expiry) >= maxTokens {
		for old, end := range t.expiry {
			if !now.Before(end) {
				delete(t.expiry, old)
			}
		}
		if len(t.expiry) >= maxTokens {
			return "", false
		}
	}
	t.expiry[token] = now.Add(life)
	return token, true
}

func (t *tokens) good(token string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	end, known := t.expiry[token]
	return known && now.Before(end)
}

func (t *tokens) revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.expiry, token)
}

// Token paths, as the documents print them.
const (
	payCoolsTokenPath = "/v2.0/access-token/b2b"
	snapTokenPath     = "/v1.0/access-token/b2b"
)

// tokenOperation is access token B2B, service 73, at a provider's path. BI SNAP
// gives the headers; some providers spell the body's field grant_type.
func tokenOperation(provider, path string) *operation {
	return &operation{
		provider: provider,
		service:  "73",
		name:     "access token B2B",
		path:     path,
		headers:  tokenHeaders(),
		body: []field{
			{name: grantName, oneOf: []string{"client_credentials"}},
			{name: alsoGrantName, oneOf: []string{"client_credentials"}},
		},
		verify: (*Sandbox).verifyTokenRequest,
		serve:  (*Sandbox).serveToken,
	}
}

// The two names of a token request's grant.
const (
	grantName     = "grantType"
	alsoGrantName = "grant_type"
)

// tokenHeaders is BI SNAP's header table of 73 and 74.
func tokenHeaders() []field {
	return []field{
		{name: "Content-Type", mandatory: true, max: 127, format: jsonType},
		{name: snap.HeaderTimestamp, mandatory: true, max: 25, fixed: true, format: timestamp},
		{name: snap.HeaderClientKey, mandatory: true, max: 36},
		{name: snap.HeaderSignature, mandatory: true},
	}
}

// grant is what a token request asks for, under whatever name.
func (x *exchange) grant() (string, *refusal) {
	for _, f := range x.operation.body {
		if text := x.body.text(f.name); f.oneOf != nil && text != "" {
			return text, nil
		}
	}
	return "", missing(grantName)
}

func (s *Sandbox) verifyTokenRequest(x *exchange) *refusal {
	if wrong := s.verifyTimestamp(x); wrong != nil {
		return wrong
	}
	if header(x.request.Header, snap.HeaderClientKey) != s.ClientKey() {
		return &refusal{"401-00", "Unknown Client"}
	}
	return s.verifyClientKey(x)
}

func (s *Sandbox) serveToken(x *exchange) (answer, *refusal) {
	if _, wrong := x.grant(); wrong != nil {
		return answer{}, wrong
	}
	token, ok := s.tokens.issue(x.at, s.options.TokenLife)
	if !ok {
		return answer{}, &refusal{key: "429-00"}
	}
	return x.operation.success(
		member{"accessToken", token},
		member{"tokenType", "Bearer"},
		member{"expiresIn", strconv.Itoa(int(s.options.TokenLife / time.Second))},
	), nil
}
