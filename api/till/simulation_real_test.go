package till

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/sandbox"
	"cashier/api/snap"
)

// real is the shipped client and provider code against the shipped sandbox:
// every exchange is signed, verified, classified, and may be spoilt.
type real struct {
	cpm      *cpm.Provider
	sandbox  *sandbox.Sandbox
	random   *mathrand.Rand
	customer string
	codes    uint64
}

// oneKey: making RSA keys is no part of a life.
var oneKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// liars are the customers for whom the provider itself takes back its word: a
// second transaction may rightly have been allowed before. It must be flagged.
var liars = []string{"found-late", "paid-after-cancel"}

func newReal(random *mathrand.Rand, clock *stillClock, cut *cutter) side {
	signature := []snap.Kind{snap.Symmetric, snap.Asymmetric}[random.IntN(32)/31]
	s, err := sandbox.Open(sandbox.Options{
		Seed: random.Int64(), Clock: clock, Scale: 1, GenerateKey: oneKey, StatusNotFound: random.IntN(2) == 0,
		Signature: signature, TokenLife: 30 * 24 * time.Hour,
	})
	if err != nil {
		panic(err)
	}
	customers := sandbox.Customers()
	r := &real{sandbox: s, random: random, customer: customers[random.IntN(len(customers))].ID}
	if random.IntN(2) == 0 {
		r.customer = []string{"approves", "approves-after-8s", "pending", "answer-lost", "pays-while-cancelled"}[random.IntN(5)]
	}
	if random.IntN(2) == 0 {
		kinds := sandbox.Kinds()
		for range 1 + random.IntN(2) {
			kind := kinds[random.IntN(len(kinds))]
			if kind == "delay" {
				continue // it only waits, by a clock that stands still here
			}
			service := []string{"60", "61", "62", "80"}[random.IntN(4)]
			// A kind that is another service's is refused; then there is one fault less.
			s.AddFault(fmt.Sprintf("%s:%s:0.%d:%d", service, kind, 3+random.IntN(7), 1+random.IntN(4)))
		}
	}
	key, private, secret := s.Partner()
	endpoint := api.Endpoint{
		Name: "cpm", Dialect: "snap-cpm", BaseURL: "http://sandbox", ClientKey: key, MerchantID: s.MerchantID(), ChannelID: "95221",
		PrivateKey: private, ClientSecret: secret, Transport: cutTransport{s.Transport(), cut},
	}
	if signature == snap.Asymmetric {
		endpoint.Signature = map[string]snap.Kind{"60": snap.Asymmetric, "61": snap.Asymmetric, "62": snap.Asymmetric, "80": snap.Asymmetric}
	}
	r.cpm = cpm.New(api.NewClient(endpoint, clock))
	return r
}

// cutTransport cuts the power between the steps of an exchange. The token's
// exchange is left alone: it runs in a goroutine of the client's.
type cutTransport struct {
	inner http.RoundTripper
	cut   *cutter
}

func (c cutTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/access-token/b2b") {
		return c.inner.RoundTrip(r)
	}
	c.cut.point("before the bytes leave")
	response, err := c.inner.RoundTrip(r)
	c.cut.point("between debit and answer")
	return response, err
}

func (r *real) payments() Payments { return r.cpm }

func (r *real) code() string {
	r.codes++
	code, err := sandbox.FreshCode(r.customer, r.codes)
	if err != nil {
		panic(err)
	}
	return code
}

func (r *real) quiet() {
	r.sandbox.ClearFaults()
	for _, p := range r.sandbox.Ledger().Payments {
		if p.Customer != "asked" || p.Final {
			continue
		}
		decide := r.sandbox.Approve
		if r.random.IntN(2) == 0 {
			decide = r.sandbox.Decline
		}
		// One that was cancelled meanwhile has nothing to decide.
		decide(p.Customer, p.Reference)
	}
}

func (r *real) accounts() map[api.Reference]account {
	all := map[api.Reference]account{}
	for _, p := range r.sandbox.Ledger().Payments {
		all[api.Reference(p.Reference)] = account{
			amount: p.Amount.Minor(), debits: p.Debits, refunded: p.Refunded.Minor(), returned: p.Returned, lied: isLiar(p.Customer),
		}
	}
	return all
}

func isLiar(customer string) bool {
	for _, l := range liars {
		if l == customer {
			return true
		}
	}
	return false
}

func TestSimulatedLivesWithTheRealProviderCode(t *testing.T) {
	for seed := range simulated(t, 4_000) {
		if wrong := life(seed, nil, newReal); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
}

func BenchmarkSimulatedLivesReal(b *testing.B) {
	if _, err := oneKey(); err != nil {
		b.Fatal(err)
	}
	seed := uint64(0)
	for b.Loop() {
		if wrong := life(seed, nil, newReal); wrong != "" {
			b.Fatalf("seed %d: %s", seed, wrong)
		}
		seed++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lives/s")
}
