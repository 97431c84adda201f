package paydia

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/apitest"
	"cashier/api/sandbox"
	"cashier/api/snap"
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	done := make(chan time.Time, 1)
	done <- c.now
	return done
}

// drawer is a token store in memory.
type drawer map[string][]byte

func (d drawer) Load(_ context.Context, name string) ([]byte, error) { return d[name], nil }

func (d drawer) Save(_ context.Context, name string, data []byte) error {
	d[name] = data
	return nil
}

// open is a sandbox and a provider that asks it.
func open(t *testing.T, options sandbox.Options, change ...func(*api.Endpoint)) (*sandbox.Sandbox, *Provider) {
	t.Helper()
	options.GenerateKey = apitest.Key
	box, err := sandbox.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	clientKey, key, secret := box.Partner()
	if _, err := key(); err != nil { // made before the first request is verified
		t.Fatal(err)
	}
	e := (&desk{}).endpoint()
	e.ClientKey, e.PartnerID, e.PrivateKey, e.ClientSecret = clientKey, "", key, secret
	e.CustomerToken = func() ([]byte, error) { return []byte(box.CustomerToken()), nil }
	e.BaseURL, e.Transport = "https://paydia.example", box.Transport()
	for _, f := range change {
		f(&e)
	}
	return box, New(api.NewClient(e, options.Clock))
}

// The sandbox reads the document's tables by a transcription of its own: what
// both sides understand is not a mistake that both share.
func TestLookupsAgainstTheSandbox(t *testing.T) {
	for _, byTable := range []bool{false, true} {
		box, p := open(t, sandbox.Options{ByTable: byTable})
		for raw, want := range api.DefaultStatuses() {
			made, err := box.MPM(t.Context(), sandbox.MPMRequest{
				Provider: Dialect, Partner: "R" + raw, ExternalID: "10" + raw, Status: raw, Amount: api.IDR(12_000_00),
			})
			if err != nil {
				t.Fatal(err)
			}
			all := api.LookupKey{ProviderReference: api.Text(made.ProviderReference), Reference: api.Reference(made.Reference), ExternalID: made.ExternalID}
			for name, key := range map[string]api.LookupKey{
				"theirs": {ProviderReference: all.ProviderReference}, "ours": {Reference: all.Reference}, "external": {ExternalID: all.ExternalID}, "all": all,
			} {
				news, a := p.Lookup(t.Context(), key)
				if a.Class != api.Done || news.Status != want || len(news.Oddities) != 0 || a.Warning != "" {
					t.Errorf("%s %s: %q %s %q %v %+v", raw, name, a.Class, a.Code, a.Message, a.Err, news)
				}
				if news.ProviderReference != all.ProviderReference || news.Reference != api.Text(all.Reference) || string(news.ExternalID) != all.ExternalID || news.Amount != api.IDR(12_000_00) || news.Fee.Currency() != "IDR" {
					t.Errorf("%s %s: %+v", raw, name, news)
				}
			}
			// Another amount than was believed.
			all.Amount = api.IDR(1)
			if news, a := p.Lookup(t.Context(), all); a.Class != api.Done || kinds(news) != "other-amount:amount" {
				t.Errorf("%s: %+v", raw, news)
			}
		}
		if news, a := p.Lookup(t.Context(), api.LookupKey{Reference: "none"}); a.Class != api.Done || news.Status != api.StatusNotFound {
			t.Errorf("%+v %+v", news, a)
		}
	}
}

// A customer's consent, its tokens' renewals, restarts of either side, its end,
// and a new consent.
func TestAConsentAgainstTheSandbox(t *testing.T) {
	for _, small := range []bool{false, true} {
		now := &clock{now: time.Date(2026, 11, 20, 8, 0, 0, 0, api.Jakarta)}
		options := sandbox.Options{
			Path: filepath.Join(t.TempDir(), "box"), Clock: now, CustomerTokenLife: time.Hour, RefreshTokenLife: 24 * time.Hour, TokenLife: time.Hour,
		}
		store := drawer{}
		code := ""
		consent := func(e *api.Endpoint) {
			e.Customer = &api.Consent{AuthCode: func() ([]byte, error) { return []byte(code), nil }, Store: store, SmallGrants: small}
		}
		box, p := open(t, options, consent)
		agree := func() {
			made, err := box.Consent()
			if err != nil {
				t.Fatal(err)
			}
			code = made.Code
		}
		look := func(why string) {
			t.Helper()
			if news, a := p.Lookup(t.Context(), api.LookupKey{Reference: "R1"}); a.Class != api.Done || news.Status != api.StatusPaid {
				t.Fatalf("%s: %q %s %q %v", why, a.Class, a.Code, a.Message, a.Err)
			}
		}
		agree()
		if _, err := box.MPM(t.Context(), sandbox.MPMRequest{Provider: Dialect, Partner: "R1", Amount: api.IDR(100)}); err != nil {
			t.Fatal(err)
		}
		look("consent")
		for range 30 {
			now.After(59 * time.Minute)
			look("renewal")
		}
		box.Close()
		box, p = open(t, options, consent)
		look("a restart of both")
		now.After(23 * time.Hour)
		look("just before the refresh token's end")
		now.After(25 * time.Hour)
		_, a := p.Lookup(t.Context(), api.LookupKey{Reference: "R1"})
		var e *api.ConsentError
		if a.Class != api.NotSent || !errors.As(a.Err, &e) || e.Lack != api.RefreshSpent || e.Ended.IsZero() || !strings.Contains(string(e.Said), "expired") {
			t.Fatalf("after its end: %+v", a)
		}
		agree()
		look("a new consent")
	}
}

// A fifth provider is data: Paydia's operations under other paths, names,
// statuses and encodings.
func TestAnotherProviderByProfileAlone(t *testing.T) {
	spellings := map[string]string{"originalReferenceNo": "refNo", "latestTransactionStatus": "state", "value": "Value"}
	box, p := open(t, sandbox.Options{ByTable: true, ReuseExternalID: true, Dialect: sandbox.Dialect{
		Provider: Dialect, Paths: map[string]string{"51": "/rest/v1/query.htm", "73": "/rest/v1/token.htm"}, GrantName: "grant_type",
		Encoding: snap.Hex, Headers: map[string]bool{"Authorization-Customer": false, "CHANNEL-ID": true, "ORIGIN": true},
		Spellings: spellings, Statuses: map[string]string{"00": "02", "02": "00"},
	}}, func(e *api.Endpoint) {
		e.Name = "fifth"
		e.Paths, e.TokenPath, e.GrantName = map[string]string{"51": "/rest/v1/query.htm"}, "/rest/v1/token.htm", "grant_type"
		e.Encoding, e.Spellings, e.ReuseExternalID = snap.Hex, spellings, true
		e.Headers = map[string][]string{"51": {"X-EXTERNAL-ID", "CHANNEL-ID", "ORIGIN"}}
		e.Terminal.Origin, e.CustomerToken = "www.example.com", nil
		e.Statuses = map[string]api.PaymentStatus{"02": api.StatusPaid, "00": api.StatusPending}
	})
	for raw, want := range map[string]api.PaymentStatus{"00": api.StatusPaid, "02": api.StatusPending} {
		made, err := box.MPM(t.Context(), sandbox.MPMRequest{Provider: Dialect, Status: raw, Amount: api.IDR(100)})
		if err != nil {
			t.Fatal(err)
		}
		news, a := p.Lookup(t.Context(), api.LookupKey{ProviderReference: api.Text(made.ProviderReference), Amount: api.IDR(100)})
		if a.Class != api.Done || news.Status != want || len(news.Oddities) != 0 || string(news.ProviderReference) != made.ProviderReference {
			t.Errorf("%s: %q %s %q %v %+v", raw, a.Class, a.Code, a.Message, a.Err, news)
		}
	}
}
