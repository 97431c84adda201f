package paycools

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

var (
	courier = api.Courier{No: "C042", Name: "Budi Santoso", Mobile: "081234567890", RegionNo: "R12", BranchNo: "B0123"}
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 0, api.Jakarta)
)

// sent is one request as it left the client.
type sent struct {
	path   string
	header http.Header
	body   []byte
}

// wire counts and keeps what leaves for another transport.
type wire struct {
	to http.RoundTripper

	mu   sync.Mutex
	sent []sent
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	w.sent = append(w.sent, sent{r.URL.Path, r.Header.Clone(), body})
	w.mu.Unlock()
	return w.to.RoundTrip(r)
}

// of gives what was sent to a path that ends so.
func (w *wire) of(path string) []sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []sent
	for _, s := range w.sent {
		if strings.HasSuffix(s.path, path) {
			found = append(found, s)
		}
	}
	return found
}

func (w *wire) generates() []sent { return w.of("/cdm-mpm-generate") }
func (w *wire) queries() []sent   { return w.of("/cdm-mpm-query") }
func (w *wire) tokens() []sent    { return w.of("/access-token/b2b") }

func (w *wire) total() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// endpoint is a provider behind a transport.
func endpoint(to http.RoundTripper, change ...func(*api.Endpoint)) (api.Endpoint, *wire) {
	w := &wire{to: to}
	e := api.Endpoint{
		Name: "paycools", Dialect: Dialect, BaseURL: "https://paycools.example", ClientKey: "app-1", MerchantID: "M1",
		PrivateKey: func() (*rsa.PrivateKey, error) { return testKey(), nil },
		RetryPause: time.Microsecond, Transport: w,
	}
	for _, f := range change {
		f(&e)
	}
	return e, w
}

// play is a sandbox in memory and a provider that speaks to it.
func play(t *testing.T, o sandbox.Options, change ...func(*api.Endpoint)) (*sandbox.Sandbox, *Provider, *wire) {
	t.Helper()
	o.GenerateKey = func() (*rsa.PrivateKey, error) { return testKey(), nil }
	box, err := sandbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	clientKey, key, secret := box.Partner()
	if _, err := key(); err != nil { // made before the first request is verified
		t.Fatal(err)
	}
	e, w := endpoint(box.Transport(), append([]func(*api.Endpoint){func(e *api.Endpoint) {
		e.ClientKey, e.MerchantID, e.PrivateKey, e.ClientSecret = clientKey, box.MerchantID(), key, secret
	}}, change...)...)
	return box, New(api.NewClient(e, nil)), w
}

// script answers tokens by itself and 91 and 90 by a function of the body.
type script func(path string, body map[string]any) (status int, answer string)

func (s script) RoundTrip(r *http.Request) (*http.Response, error) {
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("the request's body: %w", err)
	}
	status, answer := 200, `{"responseCode":"2007300","accessToken":"token","expiresIn":"900"}`
	if !strings.HasSuffix(r.URL.Path, "/access-token/b2b") {
		status, answer = s(r.URL.Path, body)
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)),
		ContentLength: int64(len(answer)), Request: r,
	}, nil
}

// playScript is a provider that answers what the test says.
func playScript(s script, change ...func(*api.Endpoint)) (*Provider, *wire) {
	e, w := endpoint(s, change...)
	return New(api.NewClient(e, nil)), w
}

// generate prepares and asks for a user id.
func generate(t *testing.T, p *Provider, reference api.Reference) (api.UserID, api.Answer) {
	t.Helper()
	body, err := p.PrepareUserID(reference, courier)
	if err != nil {
		t.Fatal(err)
	}
	return p.GenerateUserID(t.Context(), reference, body, false, nil)
}
