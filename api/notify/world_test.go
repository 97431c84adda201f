package notify_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/notify"
	"cashier/api/snap"
)

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, api.Jakarta)

func newClock() *clock { return &clock{at: noon} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// After is not needed by a server that never waits on this clock.
func (c *clock) After(time.Duration) <-chan time.Time { panic("nobody waits here") }

// providerKey is the provider's; strangerKey is anybody's.
var (
	providerKey = sync.OnceValue(newKey)
	strangerKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

const (
	clientKey    = "provider-client-key"
	clientSecret = "fdppqbF5wq7vVegyvsV1CROMv646nJ7A"
	symmetric    = "/sym" + notify.PaymentPath
)

func publicKey() (*rsa.PublicKey, error) { return &providerKey().PublicKey, nil }

// readPayment is what a program wires: the provider's decoder in our words.
func readPayment(body []byte) ([]notify.Notice, error) {
	n, err := cpm.ReadNotification(body)
	if err != nil {
		return nil, err
	}
	return []notify.Notice{{
		Reference: n.Reference, ProviderReference: n.ProviderReference,
		Status: n.News.Status, RawStatus: n.News.RawStatus, Amount: n.Amount,
		Customer: n.Customer, Destination: n.Destination,
	}}, nil
}

func sources() []notify.Source {
	return []notify.Source{
		{Name: "asym", Kind: snap.Asymmetric, Paths: []string{notify.PaymentPath}, PublicKey: publicKey, Decode: readPayment},
		{
			Name: "sym", Kind: snap.Symmetric, Paths: []string{symmetric}, PublicKey: publicKey, ClientKey: clientKey,
			ClientSecret: func() ([]byte, error) { return []byte(clientSecret), nil }, Decode: readPayment,
		},
		{
			Name: "paycools", Kind: notify.Unsigned, Paths: []string{notify.DepositPath}, Service: notify.DepositCode,
			Decode: notify.ReadDeposits,
		},
	}
}

// world is a server, its journal in memory, and the provider's side.
type world struct {
	t       testing.TB
	clock   *clock
	server  *notify.Server
	handler http.Handler

	mu     sync.Mutex
	hints  []notify.Hint
	refuse func(notify.Hint) error // nil: everything is taken
}

func newWorld(t testing.TB, change func(*notify.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: newClock()}
	o := notify.Options{
		Sources: sources(), Hand: w.take, Clock: w.clock,
		Limits: notify.Limits{PerSource: 1_000_000, Total: 1_000_000, Unsigned: 1_000_000},
	}
	if change != nil {
		change(&o)
	}
	var err error
	if w.server, err = notify.New(o); err != nil {
		t.Fatal(err)
	}
	w.handler = w.server.Handler()
	return w
}

func (w *world) take(_ context.Context, h notify.Hint) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse != nil {
		if err := w.refuse(h); err != nil {
			return err
		}
	}
	w.hints = append(w.hints, h)
	return nil
}

func (w *world) refuseWith(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refuse = func(notify.Hint) error { return err }
}

// took returns the hints that were taken so far.
func (w *world) took() []notify.Hint {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]notify.Hint(nil), w.hints...)
}

// message is one request of the provider, before it is signed.
type message struct {
	method, path, body string
	signedBody         *string // what the provider digested, where it differs
	externalID, token  string
	timestamp          string
	encoding           snap.Encoding
	key                *rsa.PrivateKey
	secret             string
	header             map[string]string // set last; "" removes
}

func (w *world) payment(externalID, body string) message {
	return message{
		method: http.MethodPost, path: notify.PaymentPath, body: body, externalID: externalID,
		timestamp: api.Timestamp(w.clock.Now()), key: providerKey(),
	}
}

func (m message) request(t testing.TB) *http.Request {
	t.Helper()
	r := httptest.NewRequest(m.method, m.path, bytes.NewReader([]byte(m.body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(snap.HeaderTimestamp, m.timestamp)
	r.Header.Set(snap.HeaderExternalID, m.externalID)
	signed := m.body
	if m.signedBody != nil {
		signed = *m.signedBody
	}
	digest := snap.Digest([]byte(signed))
	var signature []byte
	if m.secret != "" {
		r.Header.Set(snap.HeaderAuthorization, "Bearer "+m.token)
		signature = snap.SignHMAC([]byte(m.secret), snap.SymmetricStringToSign(m.method, m.path, m.token, digest, m.timestamp))
	} else {
		signature = sign(t, m.key, snap.AsymmetricStringToSign(m.method, m.path, digest, m.timestamp))
	}
	r.Header.Set(snap.HeaderSignature, m.encoding.Encode(signature))
	for name, value := range m.header {
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

func sign(t testing.TB, key *rsa.PrivateKey, text string) []byte {
	t.Helper()
	signature, err := snap.SignRSA(key, text)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// symmetric makes a message one of the symmetric source, with that token.
func (m message) symmetric(token string) message {
	m.path, m.token, m.secret = symmetric, token, clientSecret
	return m
}

// tokenRequest is the provider's request of service 73.
func (w *world) tokenRequest(body string) *http.Request {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, notify.TokenPath, bytes.NewReader([]byte(body)))
	timestamp := api.Timestamp(w.clock.Now())
	r.Header.Set(snap.HeaderTimestamp, timestamp)
	r.Header.Set(snap.HeaderClientKey, clientKey)
	r.Header.Set(snap.HeaderSignature, snap.Base64.Encode(sign(w.t, providerKey(), snap.TokenStringToSign(clientKey, timestamp))))
	return r
}

const grant = `{"grantType":"client_credentials"}`

// token asks for a token and must get one.
func (w *world) token() string {
	w.t.Helper()
	got := w.send(w.tokenRequest(grant))
	if got.Code != "2007300" || got.Token == "" {
		w.t.Fatalf("no token: %+v", got)
	}
	return got.Token
}

// reply is an answer as the provider reads it.
type reply struct {
	Code      string `json:"responseCode"`
	Message   string `json:"responseMessage"`
	Token     string `json:"accessToken"`
	TokenType string `json:"tokenType"`
	ExpiresIn string `json:"expiresIn"`
	Header    http.Header
	Raw       string
}

// send serves a request and holds what every answer must be: JSON, with a code
// that agrees with the HTTP status, a message of at most 150 printable
// characters and our X-TIMESTAMP.
func (w *world) send(r *http.Request) reply {
	w.t.Helper()
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	return read(w.t, recorder.Result())
}

func read(t testing.TB, response *http.Response) reply {
	t.Helper()
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := reply{Header: response.Header, Raw: string(raw)}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("the answer %q is not JSON: %v", raw, err)
	}
	code, err := snap.ParseCode(got.Code)
	if err != nil || code.Contradicts(response.StatusCode) {
		t.Errorf("HTTP %d with %s (%v)", response.StatusCode, raw, err)
	}
	if n := len([]rune(got.Message)); n == 0 || n > 150 || api.Clean(got.Message, 150) != got.Message {
		t.Errorf("the message is %q", got.Message)
	}
	if stamp := response.Header.Get(snap.HeaderTimestamp); len(stamp) != len(api.TimestampLayout) {
		t.Errorf("X-TIMESTAMP is %q", stamp)
	}
	if response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("Content-Type is %q", response.Header.Get("Content-Type"))
	}
	return got
}

// sample is seed 003's notification.
func sample(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/payment.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var errDisk = errors.New("the disk is full")
