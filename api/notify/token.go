package notify

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// tokens are the access tokens that are out, by the hash of each: what is
// looked up says nothing of a token by how long it takes. They die with the
// process; a provider then gets 401-01 and asks again.
type tokens struct {
	max int // a source

	mu     sync.Mutex
	grants map[[sha256.Size]byte]grant
	issued map[*source][][sha256.Size]byte // oldest first
}

type grant struct {
	src   *source
	until time.Time
}

func (t *tokens) issue(src *source, now time.Time) string {
	var random [32]byte
	rand.Read(random[:])
	token := base64.RawURLEncoding.EncodeToString(random[:])
	sum := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.grants == nil {
		t.grants, t.issued = map[[sha256.Size]byte]grant{}, map[*source][][sha256.Size]byte{}
	}
	old := t.issued[src]
	for len(old) > 0 && (len(old) >= t.max || !now.Before(t.grants[old[0]].until)) {
		delete(t.grants, old[0])
		old = old[1:]
	}
	t.grants[sum] = grant{src, now.Add(tokenLife)}
	t.issued[src] = append(old, sum)
	return token
}

func (t *tokens) good(token string, src *source, now time.Time) bool {
	sum := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	g, known := t.grants[sum]
	return known && g.src == src && now.Before(g.until)
}

// tokenRequest is BI SNAP's body of 73; some providers spell grant_type.
type tokenRequest struct {
	GrantType api.Text `json:"grantType"`
	OtherName api.Text `json:"grant_type"`
}

// giveToken is access token B2B (73): X-SIGNATURE is the provider's, over
// client key and timestamp.
func (s *Server) giveToken(r *http.Request, body []byte, now time.Time) (answer, *source) {
	h := r.Header
	for _, name := range []string{snap.HeaderTimestamp, snap.HeaderClientKey, snap.HeaderSignature} {
		if h.Get(name) == "" {
			return missingField.of(tokenCode, name), nil
		}
	}
	timestamp := h.Get(snap.HeaderTimestamp)
	sent, err := api.ParseTimestamp(timestamp)
	if err != nil {
		return badFormat.of(tokenCode, snap.HeaderTimestamp), nil
	}
	src := s.clients[h.Get(snap.HeaderClientKey)]
	if src == nil {
		return unauthorized.of(tokenCode, "Unknown Client"), nil
	}
	key, err := src.key.get()
	if err != nil {
		return failure.of(tokenCode, "public key: "+err.Error()), src
	}
	signature, err := snap.DecodeSignature(h.Get(snap.HeaderSignature))
	if err != nil || snap.VerifyRSA(key, snap.TokenStringToSign(src.ClientKey, timestamp), signature) != nil {
		return unauthorized.of(tokenCode, invalidSignature), src
	}
	if stale(sent, now) {
		return unauthorized.of(tokenCode, snap.HeaderTimestamp+" is more than 5 minutes off"), src
	}
	var wire tokenRequest
	if err := json.Unmarshal(body, &wire); err != nil {
		return badRequest.of(tokenCode, "the body is not JSON"), src
	}
	switch given := wire.GrantType + wire.OtherName; given {
	case "client_credentials":
	case "":
		return missingField.of(tokenCode, "grantType"), src
	default:
		return badFormat.of(tokenCode, "grantType"), src
	}
	a := done.of(tokenCode, "")
	a.token = s.tokens.issue(src, now)
	return a, src
}
