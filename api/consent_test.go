package api

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

// Ends as providers write them.
func TestEndsOfACustomersToken(t *testing.T) {
	for name, c := range map[string]struct {
		spell func(m map[string]any)
		skew  time.Duration
		good  time.Duration // used until then
	}{
		"as the table says": {func(map[string]any) {}, 0, 900 * time.Second},
		"none":              {func(m map[string]any) { delete(m, "accessTokenExpiryTime") }, 0, 810 * time.Second},
		"words":             {func(m map[string]any) { m["accessTokenExpiryTime"] = "tomorrow" }, 0, 810 * time.Second},
		"expiresIn instead": {func(m map[string]any) { delete(m, "accessTokenExpiryTime"); m["expiresIn"] = 400 }, 0, 360 * time.Second},
		"UTC digits as Jakarta": {func(m map[string]any) {
			m["accessTokenExpiryTime"] = morning.UTC().Add(1000*time.Second).Format("2006-01-02T15:04:05") + "+07:00"
		}, 0, 810 * time.Second},
		"the refresh ends first": {func(m map[string]any) { m["refreshTokenExpiryTime"] = Timestamp(morning.Add(500 * time.Second)) }, 0, 450 * time.Second},
		"by a clock that is ahead": {func(m map[string]any) {
			m["accessTokenExpiryTime"] = Timestamp(morning.Add(time.Hour + 1000*time.Second))
			m["refreshTokenExpiryTime"] = Timestamp(morning.Add(3 * time.Hour))
		}, time.Hour, 900 * time.Second},
		"no refresh token": {func(m map[string]any) { delete(m, "refreshToken"); delete(m, "refreshTokenExpiryTime") }, 0, 900 * time.Second},
	} {
		b := newBank(t)
		b.spell, b.skew = c.spell, c.skew
		client := b.start()
		must(t, ask(t, client))
		b.clock.After(c.good - time.Second)
		if must(t, ask(t, client)); len(b.grants) != 1 {
			t.Errorf("%s: renewed too early", name)
		}
		b.clock.After(time.Second)
		a := ask(t, client)
		if name == "no refresh token" {
			b.clock.After(100 * time.Second)
			var e *ConsentError
			if a = ask(t, client); !errors.As(a.Err, &e) || e.Lack != RefreshSpent {
				t.Errorf("%s: %+v", name, a)
			}
			continue
		}
		if len(b.grants) != 2 {
			t.Errorf("%s: not renewed after %s, %+v", name, c.good, a)
		}
	}
}

// A refresh token that is not replaced goes on.
func TestARefreshTokenThatIsNotReplacedGoesOn(t *testing.T) {
	b := newBank(t)
	c := b.start()
	must(t, ask(t, c))
	b.spell = func(m map[string]any) { delete(m, "refreshToken"); b.next = "customer-refresh-canary-1" }
	for range 3 {
		b.clock.After(950 * time.Second)
		must(t, ask(t, c))
	}
	if b.made != 4 || !strings.Contains(b.grants[3], "customer-refresh-canary-1") {
		t.Errorf("%q", b.grants)
	}
}

func TestAStoreThatFailsIsToldAndTriedAgain(t *testing.T) {
	b := newBank(t)
	b.store.save = errors.New("the disk is full")
	c := b.start()
	if a := must(t, ask(t, c)); !strings.Contains(a.Warning, "could not be stored") {
		t.Errorf("warning %q", a.Warning)
	}
	b.store.save = nil
	b.clock.After(950 * time.Second)
	if a := must(t, ask(t, c)); a.Warning != "" || b.store.saves == 0 || b.made != 2 {
		t.Errorf("warning %q, %d saves", a.Warning, b.store.saves)
	}
	if must(t, ask(t, b.start())); b.made != 2 {
		t.Error("the renewed tokens are not there after a restart")
	}
}

// Tokens of another place, and bytes that are none, are not used.
func TestKeptTokensBelongToOnePlace(t *testing.T) {
	b := newBank(t)
	must(t, ask(t, b.start()))
	b.codes[authCode] = true
	other := b.start(func(e *Endpoint) { e.ClientKey = "app-2" })
	if must(t, ask(t, other)); b.made != 2 || !strings.Contains(b.grants[1], "AUTHORIZATION_CODE") {
		t.Errorf("%q", b.grants)
	}
	b.codes[authCode] = true
	b.store.held[clientName+"-customer"] = []byte(`{"accessToken":`)
	if must(t, ask(t, b.start())); b.made != 3 {
		t.Errorf("%d tokens", b.made)
	}
}

func TestGrantsAsAProfileSpellsThem(t *testing.T) {
	b := newBank(t)
	c := b.start(func(e *Endpoint) {
		e.Customer.SmallGrants = true
		e.GrantName = "grant_type"
		e.Spellings = map[string]string{"authCode": "auth_code"}
		e.Paths = map[string]string{"74": "/other/access-token/b2b2c"}
	})
	ask(t, c)
	if want := `{"grant_type":"authorization_code","auth_code":"` + authCode + `"}`; len(b.grants) != 1 || b.grants[0] != want || b.path != "/other/access-token/b2b2c" {
		t.Errorf("%s: %q", b.path, b.grants)
	}
	if op := CustomerOperation("snap-cpm"); op.Path != "/v1.0/access-token/b2b2c" || op.Service != "74" {
		t.Errorf("%+v", op)
	}
}

// Tokens are in the store and in headers, and nowhere else: in no answer, no
// log, no error, whatever the provider quotes.
func TestCustomerTokensAreNowhereElse(t *testing.T) {
	b := newBank(t)
	var told []string
	c := b.start(func(e *Endpoint) { e.Conceal = func(s string) { told = append(told, s) } })
	var all strings.Builder
	note := func(v any) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&all, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&all, nil)).Info("x", "v", v)
	}
	record := &recorder{}
	call := func() {
		a := c.Do(t.Context(), Call{Operation: customerOperation, Body: []byte(`{}`), Log: record})
		note(a)
		note(a.Err)
	}
	call()
	b.mu.Lock()
	b.good = "revoked"
	b.mu.Unlock()
	call()
	b.refuse = "4017400" // it quotes the refresh token
	b.clock.After(5 * b.life)
	call()
	note(record.attempts)
	note(record.answers)
	note(askCustomer(t.Context(), c))
	secrets := []string{authCode, "customer-access-canary-1", "customer-access-canary-2", "customer-refresh-canary-1", "customer-refresh-canary-2"}
	for _, secret := range secrets {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%s is printed", secret)
		}
		if !slices.Contains(told, secret) {
			t.Errorf("%s was not told to be concealed", secret)
		}
	}
	if !strings.Contains(string(b.store.held[clientName+"-customer"]), "customer-refresh-canary-2") || !strings.Contains(all.String(), "thank you, ***") {
		t.Error("the control is not found: this test cannot fail")
	}
	if b.made != 2 {
		t.Errorf("%d tokens", b.made)
	}
}
