package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api/snap"
)

// drawer is a token store in memory that can fail.
type drawer struct {
	mu         sync.Mutex
	held       map[string][]byte
	load, save error
	saves      int
}

func (d *drawer) Load(_ context.Context, name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held[name], d.load
}

func (d *drawer) Save(_ context.Context, name string, data []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.save != nil {
		return d.save
	}
	if d.held == nil {
		d.held = map[string][]byte{}
	}
	d.held[name] = slices.Clone(data)
	d.saves++
	return nil
}

// bank gives customer tokens, each grant good once, and asks for the last one.
type bank struct {
	*provider
	clock *fakeClock
	store *drawer

	mu     sync.Mutex
	grants []string // the bodies of 74
	made   int
	good   string          // the access token that is taken; empty: the last one
	codes  map[string]bool // authorization codes that are good
	next   string          // the refresh token that is good
	life   time.Duration   // of access tokens; refresh tokens live four times as long
	spell  func(m map[string]any)
	skew   time.Duration // of the provider's clock
	refuse string        // a response code for every 74
	path   string
}

const (
	authCode   = "auth-code-canary-1"
	clientName = "test"
)

func newBank(t *testing.T) *bank {
	b := &bank{clock: &fakeClock{now: morning}, store: &drawer{}, codes: map[string]bool{authCode: true}, life: 1000 * time.Second}
	b.provider = newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-TIMESTAMP"] = []string{Timestamp(b.clock.Now().Add(b.skew))}
		if strings.HasSuffix(r.URL.Path, "/access-token/b2b2c") {
			b.give(w, r)
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if token := r.Header.Get("Authorization-Customer"); token != "Bearer "+b.good {
			reply(401, `{"responseCode":"4019002","responseMessage":"Invalid Customer Token `+token+`"}`)(w, r)
			return
		}
		reply(200, `{"responseCode":"2009000","responseMessage":"thank you, `+b.good+`"}`)(w, r)
	})
	b.expires = `"999999"`
	return b
}

func (b *bank) give(w http.ResponseWriter, r *http.Request) {
	body := b.bodies[len(b.bodies)-1] // kept by newProvider just before
	b.mu.Lock()
	defer b.mu.Unlock()
	b.grants, b.path = append(b.grants, body), r.URL.Path
	var asked struct{ GrantType, AuthCode, RefreshToken string }
	if err := json.Unmarshal([]byte(body), &asked); err != nil {
		reply(400, `{"responseCode":"4007400"}`)(w, r)
		return
	}
	switch {
	case b.refuse != "":
		var status int
		fmt.Sscanf(b.refuse[:3], "%d", &status)
		reply(status, `{"responseCode":"`+b.refuse+`","responseMessage":"no `+asked.RefreshToken+`"}`)(w, r)
		return
	case asked.GrantType == "AUTHORIZATION_CODE" && b.codes[asked.AuthCode]:
		delete(b.codes, asked.AuthCode)
	case asked.GrantType == "REFRESH_TOKEN" && asked.RefreshToken == b.next && b.next != "":
	default:
		reply(401, `{"responseCode":"4017400","responseMessage":"Unauthorized. the grant is spent"}`)(w, r)
		return
	}
	b.made++
	b.good, b.next = fmt.Sprintf("customer-access-canary-%d", b.made), fmt.Sprintf("customer-refresh-canary-%d", b.made)
	now := b.clock.Now()
	m := map[string]any{
		"responseCode": "2007400", "responseMessage": "Successful", "accessToken": b.good, "tokenType": "Bearer",
		"accessTokenExpiryTime": Timestamp(now.Add(b.life)), "refreshToken": b.next, "refreshTokenExpiryTime": Timestamp(now.Add(4 * b.life)),
	}
	if b.spell != nil {
		b.spell(m)
	}
	json.NewEncoder(w).Encode(m)
}

var customerOperation = func() Operation {
	op := testOperation
	op.Headers = []string{snap.HeaderAuthorizationCustomer}
	op.Classes = map[string]Rule{"200-00": Both(Done), "401-02": Both(Failed), "401-04": Both(Failed)}
	return op
}()

// start is the program started again, with what the store has.
func (b *bank) start(change ...func(*Endpoint)) *Client {
	e := b.client().Endpoint()
	e.Dialect, e.CustomerPrefix = "paydia", "Bearer "
	e.Customer = &Consent{AuthCode: func() ([]byte, error) { return []byte(authCode), nil }, Store: b.store}
	for _, f := range change {
		f(&e)
	}
	return NewClient(e, b.clock)
}

func ask(t *testing.T, c *Client) Answer {
	t.Helper()
	return c.Do(t.Context(), Call{Operation: customerOperation, Body: []byte(`{"a":1}`)})
}

func must(t *testing.T, a Answer) Answer {
	t.Helper()
	if a.Class != Done {
		t.Fatalf("class %q: %v", a.Class, a.Err)
	}
	return a
}

func TestACustomersTokenFromConsentToRestart(t *testing.T) {
	b := newBank(t)
	c := b.start()
	must(t, ask(t, c))
	must(t, ask(t, c))
	if want := []string{`{"grantType":"AUTHORIZATION_CODE","authCode":"` + authCode + `"}`}; !slices.Equal(b.grants, want) || b.path != "/snap/v1.0/access-token/b2b2c" {
		t.Fatalf("asked %s for %q", b.path, b.grants)
	}
	// Renewed while a tenth of its life is left, and not before.
	b.clock.After(899 * time.Second)
	if must(t, ask(t, c)); b.made != 1 {
		t.Error("renewed too early")
	}
	b.clock.After(time.Second)
	if must(t, ask(t, c)); b.made != 2 || b.grants[1] != `{"grantType":"REFRESH_TOKEN","refreshToken":"customer-refresh-canary-1"}` {
		t.Errorf("%d tokens, asked for %q", b.made, b.grants)
	}
	// A restart asks for nothing, and goes on where the last program was.
	c = b.start()
	if must(t, ask(t, c)); b.made != 2 {
		t.Error("a restart spent a refresh token")
	}
	b.clock.After(b.life)
	if must(t, ask(t, b.start())); b.made != 3 || !strings.Contains(b.grants[2], "customer-refresh-canary-2") {
		t.Errorf("after the end and a restart: %q", b.grants)
	}
	if a := askCustomer(t.Context(), c); a.Class != Done {
		t.Errorf("check: %+v", a)
	}
}

// A program that is open and another one share the store: what one renewed the
// other finds.
func TestTwoProgramsShareAConsent(t *testing.T) {
	b := newBank(t)
	first, second := b.start(), b.start()
	must(t, ask(t, first))
	must(t, ask(t, second))
	b.clock.After(950 * time.Second)
	must(t, ask(t, second))
	must(t, ask(t, first))
	if b.made != 2 {
		t.Errorf("%d tokens were made for two renewals at one time", b.made)
	}
}

func TestOneRenewalOfACustomersTokenServesAll(t *testing.T) {
	b := newBank(t)
	c := b.start()
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if a := ask(t, c); a.Class != Done {
				t.Error(a.Err)
			}
		})
	}
	all.Wait()
	if b.made != 1 || b.store.saves != 1 {
		t.Errorf("%d tokens were made, %d times stored, for 32 calls", b.made, b.store.saves)
	}
}

func TestASpentCustomerTokenIsRenewedOnce(t *testing.T) {
	for _, code := range []string{"4019002", "4019004"} {
		b := newBank(t)
		c := b.start()
		must(t, ask(t, c))
		b.mu.Lock()
		b.good = "revoked"
		b.mu.Unlock()
		n := len(b.seen)
		if must(t, ask(t, c)); b.made != 2 {
			t.Errorf("%d tokens", b.made)
		}
		if got := b.bodies[n:]; len(got) != 3 || got[0] != got[2] {
			t.Errorf("%q: not the same request again", got)
		}
		// A provider that never takes one is not asked in a loop.
		record := &recorder{}
		b.answer = func(w http.ResponseWriter, r *http.Request) {
			w.Header()["X-TIMESTAMP"] = []string{Timestamp(b.clock.Now())}
			if strings.HasSuffix(r.URL.Path, "b2b2c") {
				b.give(w, r)
				return
			}
			reply(401, `{"responseCode":"`+code+`"}`)(w, r)
		}
		a := c.Do(t.Context(), Call{Operation: customerOperation, Body: []byte(`{}`), Log: record})
		if a.Class != Failed || len(record.attempts) != 2 || record.answers[0].Class != Renew || b.made != 3 {
			t.Errorf("%s: class %q after %d attempts, %d tokens", code, a.Class, len(record.attempts), b.made)
		}
	}
}

func TestAStaticCustomerTokenIsNotRenewed(t *testing.T) {
	p := newProvider(t, reply(401, `{"responseCode":"4019002"}`))
	c := p.client(func(e *Endpoint) { e.CustomerToken = func() ([]byte, error) { return []byte("static"), nil } })
	if a := ask(t, c); a.Class != Failed || len(p.seen) != 1 || p.seen[0].Header.Get("Authorization-Customer") != "static" {
		t.Errorf("class %q after %d requests", a.Class, len(p.seen))
	}
	c = p.client(func(e *Endpoint) { e.CustomerToken = func() ([]byte, error) { return nil, errors.New("no such file") } })
	if a := ask(t, c); a.Class != NotSent || a.Reason != ReasonRequest {
		t.Errorf("%+v", a)
	}
}

// A refresh token that is spent needs a person: it is said, the provider is not
// asked at every poll, and a new code heals it without a restart.
func TestASpentRefreshTokenNeedsAPerson(t *testing.T) {
	b := newBank(t)
	code := authCode
	c := b.start(func(e *Endpoint) { e.Customer.AuthCode = func() ([]byte, error) { return []byte(code), nil } })
	must(t, ask(t, c))
	b.clock.After(5 * b.life)
	b.next = ""
	requests := len(b.seen)
	a := ask(t, c)
	var e *ConsentError
	if a.Class != NotSent || a.Reason != ReasonToken || !errors.As(a.Err, &e) || e.Lack != RefreshSpent || e.Provider != clientName {
		t.Fatalf("%+v", a)
	}
	if want := morning.Add(4 * b.life); !e.Ended.Equal(want) {
		t.Errorf("ended %s, want %s", e.Ended, want)
	}
	for _, words := range []string{"refresh token for test is spent", "4017400", "consent again", "authorization code", "nothing was sent"} {
		if !strings.Contains(e.Error(), words) {
			t.Errorf("%q does not say %q", e, words)
		}
	}
	if a := ask(t, c); !errors.As(a.Err, &e) || len(b.seen) != requests+1 {
		t.Errorf("%d requests for one spent token", len(b.seen)-requests)
	}
	b.clock.After(consentPause)
	if ask(t, c); len(b.seen) != requests+2 {
		t.Error("it is never tried again")
	}
	code = "auth-code-canary-2"
	b.codes[code] = true
	must(t, ask(t, c))
	must(t, ask(t, b.start(func(e *Endpoint) { e.Customer.AuthCode = func() ([]byte, error) { return []byte(code), nil } })))
	if b.made != 2 {
		t.Errorf("%d tokens", b.made)
	}
}

func TestWhyThereIsNoCustomerToken(t *testing.T) {
	value := func(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }
	broken := func() ([]byte, error) { return nil, errors.New("the file is not there") }
	for name, c := range map[string]struct {
		consent Consent
		refuse  string
		lack    Lack // empty: another error
		asked   int
	}{
		"nothing given":         {Consent{}, "", NoConsent, 0},
		"an unknown code":       {Consent{AuthCode: value("other")}, "", CodeSpent, 1},
		"an unknown refresh":    {Consent{RefreshToken: value("other")}, "", RefreshSpent, 1},
		"forbidden":             {Consent{AuthCode: value(authCode)}, "4037401", CodeSpent, 1},
		"the request's shape":   {Consent{AuthCode: value(authCode)}, "4007401", "", 1},
		"too many":              {Consent{AuthCode: value(authCode)}, "4297400", "", 1},
		"the provider's fault":  {Consent{AuthCode: value(authCode)}, "5007400", "", 1},
		"the code's file":       {Consent{AuthCode: broken}, "", "", 0},
		"the refresh's file":    {Consent{RefreshToken: broken}, "", "", 0},
		"a store that is stuck": {Consent{AuthCode: value(authCode), Store: &drawer{load: errors.New("input/output error")}}, "", "", 0},
	} {
		b := newBank(t)
		b.refuse = c.refuse
		a := ask(t, b.start(func(e *Endpoint) { e.Customer = &c.consent }))
		var e *ConsentError
		if errors.As(a.Err, &e); a.Class != NotSent || (e != nil) != (c.lack != "") || e != nil && e.Lack != c.lack || len(b.grants) != c.asked {
			t.Errorf("%s: class %q, %v after %d questions", name, a.Class, a.Err, len(b.grants))
		}
		if a.Key() == "" {
			t.Errorf("%s: no advice key", name)
		}
		for _, r := range b.seen {
			if !strings.HasSuffix(r.URL.Path, "b2b2c") {
				t.Errorf("%s: %s was sent without a customer token", name, r.URL.Path)
			}
		}
	}
}

func TestAHandedOverRefreshTokenIsUsed(t *testing.T) {
	b := newBank(t)
	b.next = "handed-over-canary"
	c := b.start(func(e *Endpoint) {
		e.Customer = &Consent{RefreshToken: func() ([]byte, error) { return []byte("handed-over-canary"), nil }, Store: b.store}
	})
	must(t, ask(t, c))
	b.clock.After(950 * time.Second)
	if must(t, ask(t, c)); b.made != 2 || !strings.Contains(b.grants[1], "customer-refresh-canary-1") {
		t.Errorf("%q", b.grants)
	}
}

// While the token still lives, a provider that cannot renew it changes nothing.
func TestAFailedRenewalLeavesTheTokenThatIsGood(t *testing.T) {
	b := newBank(t)
	c := b.start()
	must(t, ask(t, c))
	b.refuse = "5007400"
	b.clock.After(910 * time.Second)
	must(t, ask(t, c))
	if must(t, ask(t, c)); len(b.grants) != 2 {
		t.Errorf("%d questions at one time", len(b.grants))
	}
	b.clock.After(time.Minute)
	if a := ask(t, c); a.Class != NotSent {
		t.Errorf("a token was used within 30 s of its end: %q", a.Class)
	}
	b.refuse = ""
	must(t, ask(t, c))
}
