package api

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cashier/api/snap"
)

// gateway is a provider whose token is asked for otherwise than printed.
type gateway struct {
	token, asked *http.Request
	grant, body  string
	ids          []string
	answers      []string // one a request; the last one goes on
}

func (g *gateway) serve(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(r.URL.Path, "token") {
			g.token, g.grant = r, string(body)
			io.WriteString(w, `{"kode":"2007300","responseCode":"2007300","accessToken":"token-1","expiresIn":900}`)
			return
		}
		g.asked, g.body, g.ids = r, string(body), append(g.ids, r.Header.Get("X-External-Id"))
		answer := g.answers[0]
		if len(g.answers) > 1 {
			g.answers = g.answers[1:]
		}
		var status struct{ ResponseCode, Kode string }
		json.Unmarshal([]byte(answer), &status)
		if code := status.ResponseCode + status.Kode; len(code) == 7 {
			w.WriteHeader(int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0'))
		}
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (g *gateway) client(t *testing.T, change func(*Endpoint)) *Client {
	if g.answers == nil {
		g.answers = []string{`{"responseCode":"2009000"}`}
	}
	e := newProvider(t, nil).client().Endpoint()
	e.BaseURL = g.serve(t)
	change(&e)
	return NewClient(e, nil)
}

// A provider is data: each thing that a profile may say otherwise reaches the
// wire, for an operation that its document describes otherwise.
func TestEachOverrideReachesTheWire(t *testing.T) {
	op := testOperation
	op.Signature, op.Headers = snap.Symmetric, []string{snap.HeaderExternalID}
	do := func(t *testing.T, g *gateway, change func(*Endpoint)) Answer {
		t.Helper()
		c := g.client(t, change)
		body, err := c.Endpoint().Encode(map[string]string{"partnerReferenceNo": "R1"})
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(t.Context(), Call{Operation: op, Body: body})
	}
	t.Run("path", func(t *testing.T) {
		g := &gateway{}
		a := do(t, g, func(e *Endpoint) { e.Paths = map[string]string{"90": "/rest/v1/cdm?x=1"} })
		if a.Class != Done || g.asked.URL.RequestURI() != "/rest/v1/cdm?x=1" {
			t.Errorf("%q at %s", a.Class, g.asked.URL)
		}
		signature, _ := snap.DecodeSignature(g.asked.Header.Get("X-Signature"))
		text := snap.SymmetricStringToSign("POST", "/rest/v1/cdm?x=1", "token-1", snap.Digest([]byte(g.body)), g.asked.Header.Get("X-Timestamp"))
		if !snap.VerifyHMAC([]byte("s3cret"), text, signature) {
			t.Error("another path was signed")
		}
	})
	t.Run("token path and grant name", func(t *testing.T) {
		g := &gateway{}
		do(t, g, func(e *Endpoint) { e.TokenPath, e.GrantName = "/oauth/token.htm", "grant_type" })
		if g.token.URL.Path != "/oauth/token.htm" || g.grant != `{"grant_type":"client_credentials"}` {
			t.Errorf("%s %s", g.token.URL, g.grant)
		}
	})
	t.Run("hex signatures", func(t *testing.T) {
		g := &gateway{}
		do(t, g, func(e *Endpoint) { e.Encoding = snap.Hex })
		for what, r := range map[string]*http.Request{"the token's": g.token, "the request's": g.asked} {
			s := r.Header.Get("X-Signature")
			if strings.Trim(s, "0123456789abcdef") != "" || s == "" {
				t.Errorf("%s: %q", what, s)
			}
		}
		signature, _ := snap.DecodeSignature(g.token.Header.Get("X-Signature"))
		if err := snap.VerifyRSA(&testKey().PublicKey, "app-1|"+g.token.Header.Get("X-Timestamp"), signature); err != nil {
			t.Error(err)
		}
	})
	t.Run("signature kind", func(t *testing.T) {
		g := &gateway{}
		do(t, g, func(e *Endpoint) { e.Signature = map[string]snap.Kind{"90": snap.ClientKey} })
		signature, _ := snap.DecodeSignature(g.asked.Header.Get("X-Signature"))
		if err := snap.VerifyRSA(&testKey().PublicKey, "app-1|"+g.asked.Header.Get("X-Timestamp"), signature); err != nil {
			t.Error(err)
		}
	})
	t.Run("header set", func(t *testing.T) {
		g := &gateway{}
		do(t, g, func(e *Endpoint) {
			e.Headers = map[string][]string{"90": {snap.HeaderChannelID, snap.HeaderOrigin}}
			e.ChannelID, e.Terminal.Origin, e.Terminal.DeviceID = "95221", "www.example.com", "D1"
		})
		h := g.asked.Header
		if h.Get("X-External-Id") != "" || h.Get("Channel-Id") != "95221" || h.Get("Origin") != "www.example.com" || h.Get("X-Device-Id") != "" {
			t.Errorf("%v", h)
		}
		do(t, g, func(e *Endpoint) { e.Headers = map[string][]string{"90": {}}; e.ChannelID = "95221" })
		if h := g.asked.Header; h.Get("X-External-Id") != "" || h.Get("Channel-Id") != "" {
			t.Errorf("an empty set: %v", h)
		}
	})
	t.Run("spellings", func(t *testing.T) {
		g := &gateway{answers: []string{`{"kode":"2009000","pesan":"ya"}`}}
		a := do(t, g, func(e *Endpoint) {
			e.Spellings = map[string]string{"partnerReferenceNo": "partner_ref", "responseCode": "kode", "responseMessage": "pesan"}
		})
		if g.body != `{"partner_ref":"R1"}` || a.Class != Done || a.Message != "ya" {
			t.Errorf("%s, %+v", g.body, a)
		}
	})
	t.Run("statuses", func(t *testing.T) {
		e := Endpoint{Statuses: map[string]PaymentStatus{"02": StatusPaid}}
		if e.StatusOf("02") != StatusPaid || e.StatusOf("00") != NoStatus || (Endpoint{}).StatusOf("02") != StatusPending {
			t.Error("the map of the profile does not hold")
		}
	})
	t.Run("timeout", func(t *testing.T) {
		release := make(chan struct{})
		p := newProvider(t, func(http.ResponseWriter, *http.Request) { <-release })
		c := p.client(func(e *Endpoint) { e.Timeouts = map[string]time.Duration{"90": 50 * time.Millisecond} })
		if a := c.Do(t.Context(), Call{Operation: op, Body: []byte(`{}`)}); a.Reason != ReasonTimeout {
			t.Errorf("%+v", a)
		}
		close(release)
	})
}

// An external id is new for each attempt, or one for the call where the
// provider takes it as the idempotency key; what the caller gives goes first.
func TestExternalIDsByProfile(t *testing.T) {
	op := testOperation
	op.Headers, op.Attempts = []string{snap.HeaderExternalID}, 3
	for name, c := range map[string]struct {
		reuse bool
		given string
		same  bool
	}{"new": {false, "", false}, "reused": {true, "", true}, "given": {true, "123", true}, "given anyway": {false, "123", true}} {
		g := &gateway{answers: []string{`{}`, `{"responseCode":"4019001"}`, `{"responseCode":"2009000"}`}}
		record := &recorder{}
		client := g.client(t, func(e *Endpoint) { e.ReuseExternalID = c.reuse })
		if a := client.Do(t.Context(), Call{Operation: op, Body: []byte(`{}`), ExternalID: c.given, Log: record}); a.Class != Done {
			t.Fatalf("%s: %+v", name, a)
		}
		if len(g.ids) != 3 || (g.ids[0] == g.ids[1] && g.ids[1] == g.ids[2]) != c.same || c.given != "" && g.ids[0] != c.given || len(g.ids[0]) == 0 {
			t.Errorf("%s: %q", name, g.ids)
		}
		for i, a := range record.attempts {
			if a.ExternalID != g.ids[i] {
				t.Errorf("%s: attempt %d is journalled with %q, sent with %q", name, i, a.ExternalID, g.ids[i])
			}
		}
		// Another call is another request.
		before := g.ids[2]
		client.Do(t.Context(), Call{Operation: op, Body: []byte(`{}`)})
		if g.ids[3] == before {
			t.Errorf("%s: a second call has the first one's id", name)
		}
	}
}
