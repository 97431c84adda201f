package api

import (
	"bytes"
	"context"
	"crypto/rsa"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Each token is told when it arrives, before a request carries it, and once,
// however often it is used.
func TestTokensAreConcealedBeforeTheyAreUsed(t *testing.T) {
	var mu sync.Mutex
	var told []string
	spent := true
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !slices.Contains(told, token) {
			t.Errorf("%q was used before it was told; told were %q", token, told)
		}
		if spent {
			spent = false
			reply(401, `{"responseCode":"4019001"}`)(w, r)
			return
		}
		reply(200, `{"responseCode":"2009000"}`)(w, r)
	})
	c := p.client(func(e *Endpoint) {
		e.Conceal = func(secret string) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, secret)
		}
	})
	for range 3 {
		if a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)}); a.Class != Done {
			t.Fatal(a.Err)
		}
	}
	if want := []string{"token-1", "token-2"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// An answer without a usable token has nothing to tell.
func TestNoTokenIsNotConcealed(t *testing.T) {
	for _, body := range []string{`{"responseCode":"2007300"}`, `{"responseCode":"4017300","accessToken":"token-0"}`, `nonsense`} {
		asked := 0
		c := NewClient(Endpoint{
			Name: "test", Dialect: "paycools", BaseURL: "http://127.0.0.1", ClientKey: "app-1", MerchantID: "M1",
			PrivateKey: func() (*rsa.PrivateKey, error) { return testKey(), nil },
			Conceal:    func(secret string) { t.Errorf("%s: told %q", body, secret) },
			Transport: transportFunc(func(*http.Request) (*http.Response, error) {
				asked++
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
			}),
		}, nil)
		if a := c.CheckToken(t.Context()); a.Class != NotSent || asked != 1 {
			t.Errorf("%s: class %q after %d requests", body, a.Class, asked)
		}
	}
}

func TestOneRefreshServesAllWaiters(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	c := p.client()
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)}); a.Class != Done {
				t.Error(a.Err)
			}
		})
	}
	all.Wait()
	if n := p.tokens.Load(); n != 1 {
		t.Errorf("%d tokens were fetched for 32 calls", n)
	}
}

func TestATokenIsUsedUntil30SecondsBeforeItsEnd(t *testing.T) {
	for _, expires := range []string{`"900"`, `900`} {
		p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
		p.expires = expires
		clock := &fakeClock{now: morning}
		c := NewClient(p.client().Endpoint(), clock)
		ask := func() {
			if a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)}); a.Class != Done {
				t.Fatal(a.Err)
			}
		}
		ask()
		clock.After(869 * time.Second)
		if ask(); p.tokens.Load() != 1 {
			t.Errorf("expiresIn %s: renewed too early", expires)
		}
		clock.After(time.Second)
		if ask(); p.tokens.Load() != 2 {
			t.Errorf("expiresIn %s: a token was used within 30 s of its end", expires)
		}
	}
}

func TestASpentTokenIsRenewedOnceAndNeverInALoop(t *testing.T) {
	for _, code := range []string{"4019001", "4019003"} {
		p := newProvider(t, reply(401, `{"responseCode":"`+code+`"}`))
		record := &recorder{}
		a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Log: record})
		if a.Class != Failed || len(p.seen) != 2 || p.tokens.Load() != 2 {
			t.Errorf("%s: class %q after %d requests with %d tokens; want one renewal", code, a.Class, len(p.seen), p.tokens.Load())
		}
		if len(record.attempts) != 2 || len(record.answers) != 2 || record.answers[0].Class != Renew {
			t.Errorf("%s: the log has %d attempts and %d answers", code, len(record.attempts), len(record.answers))
		}
	}
	first := true
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			reply(401, `{"responseCode":"4019001"}`)(w, r)
			return
		}
		reply(200, `{"responseCode":"2009000"}`)(w, r)
	})
	if a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{"a":1}`)}); a.Class != Done {
		t.Errorf("after the renewal: %q %v", a.Class, a.Err)
	}
	if !slices.Equal(p.bodies, []string{`{"a":1}`, `{"a":1}`}) {
		t.Errorf("the repeat had another body: %q", p.bodies)
	}
	if p.seen[1].Header.Get("Authorization") != "Bearer token-2" {
		t.Error("the repeat used the spent token")
	}
}

func TestTokenRefusalsAndOddTokens(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		key    string
	}{
		"refused":         {401, `{"responseCode":"4017300","responseMessage":"Unauthorized. Signature"}`, "401-00"},
		"no token inside": {200, `{"responseCode":"2007300"}`, ReasonToken},
		"not JSON":        {200, `hello`, ReasonToken},
		"a live escape":   {200, `{"responseCode":"2007300","accessToken":"a\u001b[2J","expiresIn":"900"}`, ReasonToken},
	} {
		asked := 0
		e := newProvider(t, reply(200, `{}`)).client().Endpoint()
		e.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
			asked++
			return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(c.body)), Request: r}, nil
		})
		a := NewClient(e, nil).Do(context.Background(), Call{Operation: testOperation, Body: []byte(`{}`)})
		if a.Class != NotSent || a.Key() != c.key || asked != 1 {
			t.Errorf("%s: class %q key %q after %d requests", name, a.Class, a.Key(), asked)
		}
	}
}
