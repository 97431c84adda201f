package till

import (
	"context"
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
// every exchange is signed, verified, classified, and may be spoilt. The sales
// of one street share a sandbox and its access token, one after another, a week
// apart; a street is what a seed gives again.
type real struct {
	*street
	random   *mathrand.Rand
	customer string
	prefix   api.Reference // what makes this sale's references unlike the others'
}

// street is a provider that several sales come to.
type street struct {
	cpm     *cpm.Provider
	sandbox *sandbox.Sandbox
	now     *turn
	cut     *cutter // of the sale that is going on
	codes   uint64
	sales   int
}

// turn is the clock of the sale that is going on.
type turn struct{ *stillClock }

// streetLength is how many sales come to one street.
const streetLength = 40

// oneKey: making RSA keys is no part of a life.
var oneKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// testCustomers is asked for by every life.
var testCustomers = sync.OnceValue(sandbox.Customers)

// liars are the customers for whom the provider itself takes back its word: a
// second transaction may rightly have been allowed before. It must be flagged.
var liars = []string{"found-late", "paid-after-cancel"}

// streets makes sales in order: the first of each street opens it.
func streets() func(*mathrand.Rand, *stillClock, *cutter) side {
	var now *street
	return func(random *mathrand.Rand, clock *stillClock, cut *cutter) side {
		if now == nil || now.sales == streetLength {
			now = newStreet(random, clock)
		}
		clock.set(noon.Add(time.Duration(now.sales) * 7 * 24 * time.Hour))
		now.now.stillClock, now.cut = clock, cut
		now.sales++
		return newReal(now, random)
	}
}

func newStreet(random *mathrand.Rand, clock *stillClock) *street {
	signature := []snap.Kind{snap.Symmetric, snap.Asymmetric}[random.IntN(128)/127]
	s := &street{now: &turn{clock}}
	var err error
	s.sandbox, err = sandbox.Open(sandbox.Options{
		Seed: random.Int64(), Clock: s.now, Scale: 1, GenerateKey: oneKey, StatusNotFound: random.IntN(2) == 0,
		Signature: signature, TokenLife: 366 * 24 * time.Hour,
	})
	if err != nil {
		panic(err)
	}
	key, private, secret := s.sandbox.Partner()
	endpoint := api.Endpoint{
		Name: "cpm", Dialect: "snap-cpm", BaseURL: "http://sandbox", ClientKey: key, MerchantID: s.sandbox.MerchantID(), ChannelID: "95221",
		PrivateKey: private, ClientSecret: secret, Transport: cutTransport{s.sandbox.Transport(), s},
	}
	if signature == snap.Asymmetric {
		endpoint.Signature = map[string]snap.Kind{"60": snap.Asymmetric, "61": snap.Asymmetric, "62": snap.Asymmetric, "80": snap.Asymmetric}
	}
	s.cpm = cpm.New(api.NewClient(endpoint, s.now))
	return s
}

func newReal(s *street, random *mathrand.Rand) side {
	customers := testCustomers()
	r := &real{street: s, random: random, customer: customers[random.IntN(len(customers))].ID, prefix: api.Reference(fmt.Sprintf("S%d-", s.sales))}
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
			s.sandbox.AddFault(fmt.Sprintf("%s:%s:0.%d:%d", service, kind, 3+random.IntN(7), 1+random.IntN(4)))
		}
	}
	return r
}

// cutTransport cuts the power between the steps of an exchange. The token's
// exchange is left alone: it runs in a goroutine of the client's.
type cutTransport struct {
	inner  http.RoundTripper
	street *street
}

func (c cutTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/access-token/b2b") {
		return c.inner.RoundTrip(r)
	}
	c.street.cut.point("before the bytes leave for", r.URL.Path)
	response, err := c.inner.RoundTrip(r)
	c.street.cut.point("between debit and answer of", r.URL.Path)
	return response, err
}

func (r *real) payments() Payments { return numbered{r.cpm, r.prefix} }

// numbered is the provider with a sale's own references.
type numbered struct {
	*cpm.Provider
	prefix api.Reference
}

func (n numbered) key(k api.PaymentKey) api.PaymentKey {
	k.Reference = n.prefix + k.Reference
	return k
}

func (n numbered) PreparePayment(r api.PaymentRequest, now time.Time) ([]byte, error) {
	r.Reference = n.prefix + r.Reference
	return n.Provider.PreparePayment(r, now)
}

func (n numbered) Pay(ctx context.Context, ref api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	return n.Provider.Pay(ctx, n.prefix+ref, body, tainted, log)
}

func (n numbered) QueryPayment(ctx context.Context, k api.PaymentKey) (api.PaymentNews, api.Answer) {
	return n.Provider.QueryPayment(ctx, n.key(k))
}

func (n numbered) CancelPayment(ctx context.Context, k api.PaymentKey, amount api.Amount, reason string, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	return n.Provider.CancelPayment(ctx, n.key(k), amount, reason, log)
}

func (n numbered) PrepareRefund(k api.PaymentKey, refund api.Reference, amount api.Amount, reason string) ([]byte, error) {
	return n.Provider.PrepareRefund(n.key(k), n.prefix+refund, amount, reason)
}

func (n numbered) Refund(ctx context.Context, refund api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.RefundNews, api.Answer) {
	return n.Provider.Refund(ctx, n.prefix+refund, body, tainted, log)
}

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
		if p.Customer != "asked" || p.Final || !strings.HasPrefix(p.Reference, string(r.prefix)) {
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
		reference, ours := strings.CutPrefix(p.Reference, string(r.prefix))
		if !ours {
			continue
		}
		all[api.Reference(reference)] = account{
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
	defer roomy()()
	make := streets()
	for seed := range simulated(t, 20_000) {
		if wrong := life(seed, nil, make); wrong != "" {
			t.Fatalf("seed %d, in the street that begins with %d: %s", seed, seed-seed%streetLength, wrong)
		}
	}
}
