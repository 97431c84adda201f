package api

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"cashier/api/snap"
)

// tokenMargin is how long before its end a token is no longer used.
const tokenMargin = 30 * time.Second

// tokenTimeout bounds the token exchange.
const tokenTimeout = 8 * time.Second

// TokenOperation is access token B2B (73) with the path of a dialect
// (PROTOCOLS.md 1, "Token paths as printed").
func TokenOperation(dialect string) Operation {
	path := map[string]string{
		"paycools": "/v2.0/access-token/b2b",
		"paydia":   "/snap/v1.0/access-token/b2b",
		"finnet":   "/oauth/v1.0/access-token/b2b",
	}[dialect]
	if path == "" {
		path = "/v1.0/access-token/b2b"
	}
	return Operation{
		Provider: dialect, Service: "73", Name: "access token B2B", Method: http.MethodPost, Path: path,
		Timeout: tokenTimeout, Signature: snap.ClientKey, Strict: true,
		Classes: map[string]Rule{
			"200-00": Both(Done),
			"400-00": Both(Failed), "400-01": Both(Failed), "400-02": Both(Failed),
			"401-00": Both(Failed), "404-08": Both(Failed), "429-00": Both(Failed),
		},
	}
}

// tokenAnswer is the answer of 73. expiresIn is a string in the document;
// integers are seen.
type tokenAnswer struct {
	AccessToken string `json:"accessToken"`
	TokenType   Text   `json:"tokenType"`
	ExpiresIn   Text   `json:"expiresIn"`
}

// tokens keeps one access token and lets one refresh serve all who wait.
type tokens struct {
	fetch func(context.Context) (token string, life time.Duration, answer Answer)
	now   func() time.Time

	mu      sync.Mutex
	token   string
	until   time.Time
	clock   time.Duration // the skew seen when it was fetched
	running *refresh
}

type refresh struct {
	done   chan struct{}
	token  string
	failed *Answer
}

// get returns a token that is good for a while, or why there is none.
func (t *tokens) get(ctx context.Context) (string, *Answer) {
	t.mu.Lock()
	if t.token != "" && t.now().Before(t.until) {
		defer t.mu.Unlock()
		return t.token, nil
	}
	r := t.running
	if r == nil {
		r = &refresh{done: make(chan struct{})}
		t.running = r
		// The refresh outlives the caller that began it: others wait for it.
		go t.run(context.WithoutCancel(ctx), r)
	}
	t.mu.Unlock()
	select {
	case <-r.done:
		if r.failed != nil {
			failed := *r.failed
			return "", &failed
		}
		return r.token, nil
	case <-ctx.Done():
		return "", &Answer{Class: NotSent, Reason: ReasonToken, At: t.now(), Err: plain(ctx.Err(), tokenTimeout)}
	}
}

func (t *tokens) run(ctx context.Context, r *refresh) {
	token, life, answer := t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if answer.Class == Done {
		r.token = token
		// A token that lives shorter than the margin serves its waiters only.
		t.token, t.until, t.clock = token, answer.At.Add(life-tokenMargin), answer.Skew
	} else {
		r.failed = &answer
	}
	t.running = nil
	close(r.done)
}

// drop forgets a token that the provider no longer takes, unless a newer one
// is here already.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = ""
	}
}

func (t *tokens) skew() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock
}

func (c *Client) fetchToken(ctx context.Context) (string, time.Duration, Answer) {
	e, now := c.endpoint, c.clock.Now()
	body, err := Encode(map[string]string{e.grantName(): "client_credentials"})
	if err != nil {
		return "", 0, Answer{Class: NotSent, Reason: ReasonRequest, At: now, Err: err}
	}
	var wire tokenAnswer
	answer := c.askToken(ctx, e.override(TokenOperation(e.Dialect)), body, &wire, func() string { return wire.AccessToken })
	if answer.Class != Done {
		return "", 0, answer
	}
	// Without a readable lifetime the document's 900 s are assumed.
	life, ok := seconds(wire.ExpiresIn)
	if !ok {
		life = unknownLife
	}
	return wire.AccessToken, life, answer
}

// unknownLife is how long a token is taken to live whose answer does not say:
// the document's 900 s.
const unknownLife = 900 * time.Second

// seconds reads expiresIn.
func seconds(expiresIn Text) (time.Duration, bool) {
	s, err := strconv.Atoi(string(expiresIn))
	if err != nil || s <= 0 {
		return 0, false
	}
	return time.Duration(min(s, 366*24*3600)) * time.Second, true
}

func (e Endpoint) grantName() string {
	if e.GrantName != "" {
		return e.GrantName
	}
	return "grantType"
}

func (e Endpoint) conceal(secret string) {
	if e.Conceal != nil && secret != "" {
		e.Conceal(secret)
	}
}

// askToken asks for an access token with an asymmetric signature of client key
// and time, and reads the answer into wire. Done always has a token; any other
// answer is NotSent, since the request proper did not leave.
func (c *Client) askToken(ctx context.Context, op Operation, body []byte, wire any, token func() string) Answer {
	e, now := c.endpoint, c.clock.Now()
	timestamp := Timestamp(now)
	signature, err := e.signRSA(snap.TokenStringToSign(e.ClientKey, timestamp))
	if err != nil {
		return Answer{Class: NotSent, Reason: ReasonRequest, At: now, Err: err}
	}
	request, err := http.NewRequest(op.Method, e.BaseURL+op.Path, bytes.NewReader(body))
	if err != nil {
		return Answer{Class: NotSent, Reason: ReasonRequest, At: now, Err: err}
	}
	request.Header["Content-Type"] = []string{"application/json"}
	request.Header["Accept"] = []string{"application/json"}
	request.Header[snap.HeaderTimestamp] = []string{timestamp}
	request.Header[snap.HeaderClientKey] = []string{e.ClientKey}
	request.Header[snap.HeaderSignature] = []string{signature}

	answer, raw := c.exchange(ctx, request, op.Timeout)
	if raw != nil {
		judge(&answer, Call{Operation: op, Into: wire, Judge: func(a *Answer) {
			if t := token(); a.Class == Done && (t == "" || Clean(t, 4096) != t) {
				a.Unclear("the answer holds no access token")
			}
		}}, e.ours(raw))
	}
	c.noteHealth(answer)
	if answer.Class == Done {
		e.conceal(token())
		return answer
	}
	if answer.Reason == ReasonTimeout || answer.Reason == ReasonUnclear {
		answer.Reason = ReasonToken
	}
	answer.Class = NotSent
	return answer
}
