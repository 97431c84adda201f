package api

import (
	"crypto/rsa"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
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
