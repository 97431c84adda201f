package sandbox

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

// customerTokens asks 74 for tokens.
func (p *partner) customerTokens(grant, name, value string) response {
	p.t.Helper()
	return p.must(p.request("74", encode(p.t, values{"grantType": grant, name: value})))
}

func mustConsent(t testing.TB, s *Sandbox) string {
	t.Helper()
	made, err := s.Consent()
	if err != nil {
		t.Fatal(err)
	}
	return made.Code
}

func TestCustomerTokens(t *testing.T) {
	s, p, clock := mpmPartner(t, Options{CustomerTokenLife: 10 * time.Minute, RefreshTokenLife: 30 * time.Minute})
	code := mustConsent(t, s)
	ask := func(token string) string {
		t.Helper()
		p.customer = token
		return p.call("51", paydiaBody("REF")).code()
	}
	refused := func(got response, reason string) {
		t.Helper()
		if got.code() != "4017400" || !strings.Contains(got.message(), reason) || len(got.fields) != 2 {
			t.Errorf("got %v, want 4017400 since it %s", got.fields, reason)
		}
	}
	if got := ask(code); got != "4015102" {
		t.Errorf("the code as a token: %s", got)
	}
	first := p.customerTokens("authorization_code", "authCode", code)
	want := map[string]any{
		"responseCode": "2007400", "responseMessage": "Successful", "tokenType": "Bearer",
		"accessTokenExpiryTime": "2026-11-20T15:14:12+07:00", "refreshTokenExpiryTime": "2026-11-20T15:34:12+07:00",
	}
	for name, value := range want {
		if first.fields[name] != value {
			t.Errorf("%s is %v, want %v", name, first.fields[name], value)
		}
	}
	if len(first.fields) != len(want)+2 {
		t.Errorf("answered %v", first.fields)
	}
	access, refresh := first.fields["accessToken"].(string), first.fields["refreshToken"].(string)
	if got := ask(access); got != "2005100" {
		t.Errorf("with the new token: %s", got)
	}
	if got := ask(refresh); got != "4015102" {
		t.Errorf("the refresh token as a token: %s", got)
	}
	refused(p.customerTokens("authorization_code", "authCode", code), "is spent")
	refused(p.customerTokens("authorization_code", "authCode", refresh), "is not known")
	refused(p.customerTokens("refresh_token", "refreshToken", code), "is not known")
	refused(p.customerTokens("refresh_token", "refreshToken", access), "is not known")

	clock.Add(10 * time.Minute)
	p.login()
	if got := ask(access); got != "4015102" {
		t.Errorf("after its end: %s", got)
	}
	second := p.customerTokens("REFRESH_TOKEN", "refreshToken", refresh) // capitals, as the table of BI SNAP has it
	if second.code() != "2007400" || second.fields["refreshToken"] == refresh || second.fields["accessToken"] == access {
		t.Fatalf("refreshed: %v", second.fields)
	}
	if got := ask(second.fields["accessToken"].(string)); got != "2005100" {
		t.Errorf("with the refreshed token: %s", got)
	}
	refused(p.customerTokens("refresh_token", "refreshToken", refresh), "is spent")
	third := p.customerTokens("refresh_token", "refreshToken", second.fields["refreshToken"].(string))
	if got := ask(second.fields["accessToken"].(string)); got != "4015102" || third.code() != "2007400" {
		t.Errorf("the token before the last refresh: %s", got)
	}
	clock.Add(30 * time.Minute)
	refused(p.customerTokens("refresh_token", "refreshToken", third.fields["refreshToken"].(string)), "has expired")
	late := mustConsent(t, s)
	clock.Add(authCodeLife)
	refused(p.customerTokens("authorization_code", "authCode", late), "has expired")
}

func TestCustomerTokenRequests(t *testing.T) {
	s, p, _ := mpmPartner(t, Options{})
	for _, c := range []struct {
		name string
		body values
		want string
	}{
		{"no grant", values{"authCode": "x"}, "4007402"},
		{"no code", values{"grantType": "authorization_code"}, "4007402"},
		{"no refresh token", values{"grantType": "refresh_token", "authCode": "x"}, "4007402"},
		{"73's grant", values{"grantType": "client_credentials"}, "4007401"},
		{"a number", values{"grantType": 1}, "4007401"},
		{"a long code", values{"grantType": "authorization_code", "authCode": strings.Repeat("x", 257)}, "4007401"},
		{"the longest code", values{"grantType": "authorization_code", "authCode": strings.Repeat("x", 256)}, "4017400"},
		{"a long refresh token", values{"grantType": "refresh_token", "refreshToken": strings.Repeat("x", 513)}, "4007401"},
		{"the longest refresh token", values{"grantType": "refresh_token", "refreshToken": strings.Repeat("x", 512)}, "4017400"},
		{"an unknown field", values{"grantType": "refresh_token", "refresh_token": "x"}, "4007401"},
		{"the other spelling", values{"grant_type": "authorization_code", "authCode": mustConsent(t, s), "additionalInfo": values{}}, "2007400"},
	} {
		if got := p.must(p.request("74", encode(t, c.body))); got.code() != c.want {
			t.Errorf("%s: %v, want %s", c.name, got.fields, c.want)
		}
	}
	for name, value := range map[string]string{"X-SIGNATURE": "AAAA", "X-CLIENT-KEY": "other"} {
		r := p.request("74", encode(t, values{"grantType": "authorization_code", "authCode": mustConsent(t, s)}))
		r.Header.Set(name, value)
		if got := p.must(r); got.code() != "4017400" {
			t.Errorf("%s %s: %v", name, value, got.fields)
		}
	}
	r := p.request("74", `{"grantType":"authorization_code","authCode":"x"}`)
	r.Header.Set("X-TIMESTAMP", api.Timestamp(p.now().Add(-6*time.Minute)))
	if got := p.must(r); got.code() != "4017400" {
		t.Errorf("an old timestamp: %v", got.fields)
	}
}

// TestTokenPaths: each provider's own path gives a token that all take.
func TestTokenPaths(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{})
	for _, path := range []string{payCoolsTokenPath, snapTokenPath, "/snap/v1.0/access-token/b2b", "/oauth/v1.0/access-token/b2b"} {
		for _, name := range []string{"grantType", "grant_type"} {
			r := p.request("73", encode(t, values{name: "client_credentials"}))
			r.URL.Path = path
			got := p.must(r)
			if got.code() != "2007300" || got.fields["expiresIn"] != "900" {
				t.Fatalf("%s %s: %v", path, name, got.fields)
			}
			p.token = got.fields["accessToken"].(string)
			if got := p.call("51", paydiaBody("REF")).code() + p.call("finnet", p.finnetBody("REF")).code(); got != "20051002005300" {
				t.Errorf("with the token of %s: %s", path, got)
			}
		}
	}
}

// TestConsentsSurvive: a partner that kept its tokens goes on after a restart;
// what was spent stays spent.
func TestConsentsSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	clock := newClock()
	s := open(t, Options{Path: path, Clock: clock})
	mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "REF", Amount: idr(1)})
	p := newPartner(t, s)
	code, unused := mustConsent(t, s), mustConsent(t, s)
	first := p.customerTokens("authorization_code", "authCode", code)
	for range slack { // outdated lines are compacted away
		first = p.customerTokens("refresh_token", "refreshToken", first.fields["refreshToken"].(string))
	}
	last := p.customerTokens("refresh_token", "refreshToken", first.fields["refreshToken"].(string))
	standing := s.CustomerToken()
	for range 3 {
		s.Close()
		s = open(t, Options{Path: path, Clock: clock, GenerateKey: noKey})
		sent := p.sent
		p = newPartner(t, s)
		p.sent = sent // the day's external ids are used
		if got := p.customerTokens("authorization_code", "authCode", code); got.code() != "4017400" {
			t.Errorf("the code again: %v", got.fields)
		}
		if got := p.customerTokens("refresh_token", "refreshToken", first.fields["refreshToken"].(string)); got.code() != "4017400" {
			t.Errorf("the spent refresh token: %v", got.fields)
		}
		p.customer = last.fields["accessToken"].(string)
		if got := p.call("51", paydiaBody("REF")); got.code() != "2005100" {
			t.Errorf("the kept token: %v", got.fields)
		}
		if s.CustomerToken() != standing {
			t.Error("the standing token is another one")
		}
	}
	if got := p.customerTokens("refresh_token", "refreshToken", last.fields["refreshToken"].(string)); got.code() != "2007400" {
		t.Errorf("the kept refresh token: %v", got.fields)
	}
	if got := p.customerTokens("authorization_code", "authCode", unused); got.code() != "2007400" {
		t.Errorf("a code of before: %v", got.fields)
	}
	if n := len(s.state.consents); n != 2 {
		t.Errorf("%d consents are kept", n)
	}
}

func TestControlConsents(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	for _, body := range []string{"", "{}"} {
		status, made := control(s, "POST", "consents", body)
		if status != 200 || made["expiresAt"] != "2026-11-20T15:14:12+07:00" {
			t.Fatalf("%d %v", status, made)
		}
		p := newPartner(t, s)
		if got := p.customerTokens("authorization_code", "authCode", made["authCode"].(string)); got.code() != "2007400" {
			t.Errorf("its code: %v", got.fields)
		}
	}
	if status, _ := control(s, "POST", "consents", `{"customer":"x"}`); status != 400 {
		t.Errorf("an unknown field: %d", status)
	}
	s.Close()
	if status, _ := control(s, "POST", "consents", ""); status != 500 {
		t.Errorf("after Close: %d", status)
	}
}
