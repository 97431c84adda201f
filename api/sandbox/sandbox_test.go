package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		os.Exit(runChild(path))
	}
	os.Exit(m.Run())
}

// testKey is made once: a key takes longer than most tests.
var testKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// stillClock stands until a test moves it. Waiting ends when a test says so.
type stillClock struct {
	mu      sync.Mutex
	now     time.Time
	waiting chan time.Duration // told of each wait
	release chan time.Time     // ends one wait
}

func newClock() *stillClock {
	return &stillClock{
		now:     time.Date(2026, 11, 20, 15, 4, 12, 0, api.Jakarta),
		waiting: make(chan time.Duration, 16), release: make(chan time.Time),
	}
}

func (c *stillClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stillClock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *stillClock) After(d time.Duration) <-chan time.Time {
	c.waiting <- d
	return c.release
}

func open(t testing.TB, options Options) *Sandbox {
	t.Helper()
	if options.GenerateKey == nil {
		options.GenerateKey = testKey
	}
	s, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// partner signs and sends as a client would, by the documents and not by our
// client's code.
type partner struct {
	t         testing.TB
	transport http.RoundTripper
	base      string
	now       func() time.Time
	id        string
	key       *rsa.PrivateKey
	secret    []byte
	token     string
	customer  string            // Authorization-Customer
	sent      *atomic.Int64     // makes external ids
	at        map[string]string // paths that differ from those of the documents
}

func newPartner(t testing.TB, s *Sandbox) *partner {
	t.Helper()
	keys, err := s.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := &partner{t: t, transport: s.Transport(), base: "http://sandbox", now: s.now, id: keys.ClientKey, key: keys.PrivateKey,
		secret: keys.ClientSecret, customer: s.CustomerToken(), sent: &atomic.Int64{}}
	p.login()
	return p
}

func (p *partner) login() {
	p.t.Helper()
	r := p.request("73", `{"grantType":"client_credentials"}`)
	got := p.must(r)
	if got.code() != "2007300" {
		p.t.Fatalf("token: %v", got.fields)
	}
	p.token = got.fields["accessToken"].(string)
}

var paths = map[string]string{
	"73": "/v2.0/access-token/b2b",
	"90": "/v2.0/cdm/cdm-mpm-generate",
	"91": "/v2.0/cdm/cdm-mpm-query",
	"59": "/v1.0/qr/qr-cpm-generate",
	"60": "/v1.0/qr/qr-cpm-payment",
	"61": "/v1.0/qr/qr-cpm-query",
	"62": "/v1.0/qr/qr-cpm-cancel",
	"80": "/v1.0/qr/qr-cpm-refund",
	"74": "/snap/v1.0/access-token/b2b2c",
	"51": "/snap/v1.0/qr/qr-mpm-query",
	// The service of both is 51.
	"finnet": "/v1.0/qrqr/qr-mpm-query",
}

// request is a good one; a test spoils it before it sends it.
func (p *partner) request(service, body string) *http.Request {
	p.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, p.base+cmp.Or(p.at[service], paths[service]), bytes.NewBufferString(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if service == "73" || service == "74" {
		r.Header.Set("X-CLIENT-KEY", p.id)
	} else {
		r.Header.Set("X-PARTNER-ID", p.id)
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	if service == "51" {
		r.Header.Set("Authorization-Customer", p.customer)
	}
	if _, cpm := slices.BinarySearch(cpmServices, service); cpm || service == "51" || service == "finnet" {
		p.symmetric(r, body)
		return r
	}
	p.sign(r, p.now())
	return r
}

func (p *partner) sign(r *http.Request, at time.Time) {
	p.t.Helper()
	stamp := at.In(api.Jakarta).Format("2006-01-02T15:04:05-07:00")
	signature, err := snap.SignRSA(p.key, p.id+"|"+stamp)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("X-TIMESTAMP", stamp)
	r.Header.Set("X-SIGNATURE", snap.Base64.Encode(signature))
}

type response struct {
	status int
	header http.Header
	raw    []byte
	fields map[string]any
}

func (r response) code() string {
	code, _ := r.fields["responseCode"].(string)
	return code
}

func (r response) message() string {
	message, _ := r.fields["responseMessage"].(string)
	return message
}

// send answers an error where no whole answer came.
func (p *partner) send(r *http.Request) (response, error) {
	got, err := p.transport.RoundTrip(r)
	if err != nil {
		return response{}, err
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		return response{}, err
	}
	out := response{status: got.StatusCode, header: got.Header, raw: raw}
	if err := json.Unmarshal(raw, &out.fields); err != nil {
		return out, fmt.Errorf("not JSON: %w", err)
	}
	return out, nil
}

func (p *partner) must(r *http.Request) response {
	p.t.Helper()
	got, err := p.send(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

func generateBody(merchant, reference string) string {
	return generateBodyFor(merchant, reference, "C001", "12356")
}

func generateBodyFor(merchant, reference, courier, region string) string {
	return fmt.Sprintf(`{"partnerReferenceNo":%q,"merchantId":%q,"additionalInfo":{"channelCode":"ATM_STATIC_QR",`+
		`"notifyUrl":"www.test.com","regionNo":%q,"branchNo":"123456","courierNo":%q,"courierName":"Budi","courierMobile":"092838345"}}`,
		reference, merchant, region, courier)
}

func (p *partner) queryBody(reference string) string {
	from, to := p.now().Add(-24*time.Hour), p.now().Add(24*time.Hour)
	return fmt.Sprintf(`{"originalPartnerReferenceNo":%q,"merchantId":%q,"serviceCode":"90","fromDateTime":%q,"toDateTime":%q}`,
		reference, p.id, api.Timestamp(from), api.Timestamp(to))
}

// generate makes a user id and answers its code.
func (p *partner) generate(reference string) string {
	p.t.Helper()
	got := p.must(p.request("90", generateBody(p.id, reference)))
	if got.code() != "2009000" {
		p.t.Fatalf("generate %s: %v", reference, got.fields)
	}
	return got.fields["cdmQrcode"].(string)
}

func (p *partner) query(reference string) response {
	p.t.Helper()
	return p.must(p.request("91", p.queryBody(reference)))
}

func (p *partner) items(reference string) []map[string]any {
	p.t.Helper()
	got := p.query(reference)
	if got.code() != "2009100" {
		p.t.Fatalf("query %s: %v", reference, got.fields)
	}
	var items []map[string]any
	for _, item := range got.fields["cdmNotifyItems"].([]any) {
		items = append(items, item.(map[string]any))
	}
	return items
}

func mustDeposit(t testing.TB, s *Sandbox, r DepositRequest) Item {
	t.Helper()
	item, err := s.Deposit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return item
}
