package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"cashier/api"
)

// waysOf are ways in which a token comes into a log.
func waysOf(token string) []string {
	raw := []byte(token)
	return []string{
		"Authorization: Bearer " + token, fmt.Sprintf("%q", token), fmt.Sprint(raw), fmt.Sprintf("%#v", raw),
		hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
}

// leaks counts the spellings that are left as they are.
func leaks(token string) (n int) {
	for _, text := range waysOf(token) {
		if Redact(text) == text {
			n++
		}
	}
	return n
}

func TestOnlyTheLatestTokensAreKept(t *testing.T) {
	secret := "secret-" + rand.Text()
	Conceal(secret)
	tokens := make([]string, maxTokens+8)
	for i := range tokens {
		tokens[i] = fmt.Sprintf("eyJ%d.%s", i, rand.Text())
		if leaks(tokens[i]) != len(waysOf("")) {
			t.Fatalf("token %d is struck out before it came", i)
		}
	}
	for i, token := range tokens {
		ConcealToken(token)
		if leaks(token) != 0 {
			t.Errorf("token %d is shown: %s", i, Redact(fmt.Sprint(waysOf(token))))
		}
		// A token that comes again is a new one.
		ConcealToken(tokens[0])
	}
	for i, token := range tokens {
		kept := i == 0 || i > len(tokens)-maxTokens
		if n := leaks(token); kept && n != 0 || !kept && n != len(waysOf("")) {
			t.Errorf("token %d of %d: %d spellings are shown, kept is %t", i, len(tokens), n, kept)
		}
	}
	if n := len(concealed.tokens); n != maxTokens {
		t.Errorf("%d tokens are kept", n)
	}
	if leaks(secret) != 0 {
		t.Error("a secret was forgotten with the tokens")
	}
	if ConcealToken("abc"); Redact("abcde") != "abcde" {
		t.Error("three letters strike out every text that has them")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTokensOfAProfileAreStruckOut fetches a token as a profile's client does,
// and reads the customer's.
func TestTokensOfAProfileAreStruckOut(t *testing.T) {
	b2b, customer := "b2b-"+rand.Text(), "customer-"+rand.Text()
	p, folder := profile(t, `{"file":"k.pem"}`, `{"env":"CONFIG_TEST_TOKEN_SECRET"},"customerToken":{"env":"CONFIG_TEST_CUSTOMER_TOKEN"}`)
	write(t, filepath.Join(folder, "k.pem"), pkcs8(t, testKey()), 0o600)
	t.Setenv("CONFIG_TEST_CUSTOMER_TOKEN", customer)
	e, err := p.Endpoint("cpm")
	if err != nil {
		t.Fatal(err)
	}
	if leaks(b2b) != len(waysOf("")) || leaks(customer) != len(waysOf("")) {
		t.Fatal("struck out before it came")
	}
	e.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
		body := `{"responseCode":"2007300","accessToken":"` + b2b + `","tokenType":"Bearer","expiresIn":"900"}`
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	})
	if a := api.NewClient(e, nil).CheckToken(t.Context()); a.Class != api.Done {
		t.Fatal(a.Err)
	}
	if token, err := e.CustomerToken(); err != nil || string(token) != customer {
		t.Fatalf("%q, %v", token, err)
	}
	for name, token := range map[string]string{"B2B": b2b, "customer": customer} {
		if n := leaks(token); n != 0 {
			t.Errorf("%s: %d spellings are shown", name, n)
		}
	}
}
