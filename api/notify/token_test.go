package notify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/notify"
	"cashier/api/snap"
)

func TestToken(t *testing.T) {
	for name, body := range map[string]string{
		"document": grant, "other name": `{"grant_type":"client_credentials","additionalInfo":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			got := w.send(w.tokenRequest(body))
			expect(t, got, "2007300", "Successful")
			if len(got.Token) < 40 || got.TokenType != "Bearer" || got.ExpiresIn != "900" || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("answer %+v", got)
			}
			if other := w.token(); other == got.Token {
				t.Error("two tokens are the same")
			}
			if h := w.server.Health(); h.Count != 0 || !h.LastAt.IsZero() {
				t.Errorf("a token request is no notification: %+v", h)
			}
		})
	}
}

func TestTokenRefusals(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			if r.Header.Del(name); value != "" {
				r.Header.Set(name, value)
			}
		}
	}
	resign := func(timestamp string, stranger bool) func(*http.Request) {
		return func(r *http.Request) {
			key := providerKey()
			if stranger {
				key = strangerKey()
			}
			r.Header.Set(snap.HeaderTimestamp, timestamp)
			r.Header.Set(snap.HeaderSignature, snap.Hex.Encode(sign(t, key, snap.TokenStringToSign(clientKey, timestamp))))
		}
	}
	now := api.Timestamp(noon)
	for name, c := range map[string]struct {
		body          string
		change        func(*http.Request)
		code, message string
	}{
		"hex":             {grant, resign(now, false), "2007300", "Successful"},
		"no timestamp":    {grant, set(snap.HeaderTimestamp, ""), "4007302", "Invalid Mandatory Field X-TIMESTAMP"},
		"no client key":   {grant, set(snap.HeaderClientKey, ""), "4007302", "Invalid Mandatory Field X-CLIENT-KEY"},
		"no signature":    {grant, set(snap.HeaderSignature, ""), "4007302", "Invalid Mandatory Field X-SIGNATURE"},
		"no time":         {grant, set(snap.HeaderTimestamp, "1"), "4007301", "Invalid Field Format X-TIMESTAMP"},
		"unknown client":  {grant, set(snap.HeaderClientKey, "somebody"), "4017300", "Unauthorized. [Unknown Client]"},
		"odd signature":   {grant, set(snap.HeaderSignature, "%"), "4017300", "Unauthorized. [Invalid Signature]"},
		"another time":    {grant, set(snap.HeaderTimestamp, "2026-11-20T12:00:01+07:00"), "4017300", "Unauthorized. [Invalid Signature]"},
		"another key":     {grant, resign(now, true), "4017300", "Unauthorized. [Invalid Signature]"},
		"old":             {grant, resign(api.Timestamp(noon.Add(-301*time.Second)), false), "4017300", "Unauthorized. [X-TIMESTAMP is more than 5 minutes off]"},
		"no grant":        {`{}`, nil, "4007302", "Invalid Mandatory Field grantType"},
		"another grant":   {`{"grantType":"refresh_token"}`, nil, "4007301", "Invalid Field Format grantType"},
		"both names":      {`{"grantType":"client_credentials","grant_type":"x"}`, nil, "4007301", "Invalid Field Format grantType"},
		"not JSON":        {`grantType=client_credentials`, nil, "4007300", "Bad Request"},
		"no body":         {``, nil, "4007300", "Bad Request"},
		"a body too long": {grant + strings.Repeat(" ", 64<<10), nil, "4007300", "Bad Request"},
		"GET":             {grant, func(r *http.Request) { r.Method = http.MethodGet }, "4057300", "Requested Function Is Not Supported"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			r := w.tokenRequest(c.body)
			if c.change != nil {
				c.change(r)
			}
			got := w.send(r)
			expect(t, got, c.code, c.message)
			if (got.Token != "") != (c.code == "2007300") {
				t.Errorf("token %q", got.Token)
			}
		})
	}
}

func TestTokenExpires(t *testing.T) {
	w := newWorld(t, nil)
	token := w.token()
	send := func(id string) reply { return w.send(w.payment(id, sample(t)).symmetric(token).request(t)) }
	expect(t, send("1"), "2007900", "Successful")
	w.clock.move(900*time.Second - 1)
	expect(t, send("2"), "2007900", "Successful")
	w.clock.move(1)
	expect(t, send("3"), "4017901", "Invalid Token (B2B)")
	token = w.token()
	expect(t, send("3"), "2007900", "Successful")
}

// TestTokensAreBounded: the oldest gives way, so that a provider that asks for
// one each time is always served.
func TestTokensAreBounded(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Limits.Tokens = 2 })
	first, second, third := w.token(), w.token(), w.token()
	for token, code := range map[string]string{first: "4017901", second: "2007900", third: "2007900"} {
		if got := w.send(w.payment("1", sample(t)).symmetric(token).request(t)); got.Code != code {
			t.Errorf("answer %s, want %s", got.Raw, code)
		}
	}
}

// TestTokenIsOneSources: a token opens the source it was given to.
func TestTokenIsOneSources(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) {
		other := o.Sources[1]
		other.Name, other.ClientKey, other.Paths = "other", "other-client", []string{"/other"}
		o.Sources = append(o.Sources, other)
	})
	m := w.payment("1", sample(t)).symmetric(w.token())
	m.path = "/other"
	expect(t, w.send(m.request(t)), "4017901", "Invalid Token (B2B)")
	m.path = symmetric
	expect(t, w.send(m.request(t)), "2007900", "Successful")
}

// TestNoTokenEndpoint: without a symmetric source nobody can ask for a token.
func TestNoTokenEndpoint(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Sources = o.Sources[:1] })
	expect(t, w.send(httptest.NewRequest(http.MethodPost, notify.TokenPath, strings.NewReader(grant))), "4040002", "Invalid Routing")
}
