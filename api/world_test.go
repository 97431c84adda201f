package api

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cashier/api/snap"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// fakeClock stands still until it is moved; waiting moves it.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	done := make(chan time.Time, 1)
	done <- c.now
	return done
}

var morning = time.Date(2026, 11, 20, 8, 0, 0, 0, Jakarta)

// provider answers tokens by itself and everything else by answer.
type provider struct {
	*httptest.Server
	tokens  atomic.Int64
	expires string // expiresIn
	answer  http.HandlerFunc
	mu      sync.Mutex
	seen    []*http.Request
	bodies  []string
}

func newProvider(t *testing.T, answer http.HandlerFunc) *provider {
	p := &provider{expires: `"900"`, answer: answer}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/access-token/b2b") {
			n := p.tokens.Add(1)
			fmt.Fprintf(w, `{"responseCode":"2007300","responseMessage":"Successful","accessToken":"token-%d","tokenType":"Bearer","expiresIn":%s}`, n, p.expires)
			return
		}
		p.mu.Lock()
		p.seen = append(p.seen, r)
		p.bodies = append(p.bodies, string(body))
		p.mu.Unlock()
		p.answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) client(change ...func(*Endpoint)) *Client {
	e := Endpoint{
		Name: "test", Dialect: "paycools", BaseURL: p.URL, ClientKey: "app-1", MerchantID: "M1",
		PrivateKey:   func() (*rsa.PrivateKey, error) { return testKey(), nil },
		ClientSecret: func() ([]byte, error) { return []byte("s3cret"), nil },
		RetryPause:   time.Millisecond,
	}
	for _, f := range change {
		f(&e)
	}
	return NewClient(e, nil)
}

var testOperation = Operation{
	Provider: "paycools", Service: "90", Name: "test", Method: "POST", Path: "/v2.0/cdm/x", Timeout: 5 * time.Second,
	Signature: snap.ClientKey, Strict: true,
	Classes: map[string]Rule{
		"200-00": Both(Done), "202-00": Both(Pending), "403-05": {Fresh: Failed, Tainted: Unknown},
		"401-01": Both(Failed), "401-03": Both(Failed), "429-00": Both(Failed),
	},
}

func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// recorder is an attempt log that can fail.
type recorder struct {
	mu       sync.Mutex
	attempts []Attempt
	answers  []Answer
	fail     error
	before   func(Attempt)
}

func (r *recorder) Before(a Attempt) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.before != nil {
		r.before(a)
	}
	r.attempts = append(r.attempts, a)
	return r.fail
}

func (r *recorder) After(_ Attempt, a Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, a)
}

// askCustomer fetches the customer's token, or finds the one at hand still
// good, behind the access token that it is asked with.
func askCustomer(ctx context.Context, c *Client) Answer {
	if a := c.CheckToken(ctx); a.Class != Done {
		return a
	}
	if _, failed := c.customer.get(ctx); failed != nil {
		failed.Class = NotSent
		return *failed
	}
	return Answer{Class: Done, At: c.clock.Now(), Skew: c.customer.skew(), SkewKnown: true}
}
