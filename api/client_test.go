package api

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cashier/api/snap"
)

func TestAnswersAreClassified(t *testing.T) {
	for _, c := range []struct {
		name    string
		status  int
		body    string
		op      func(*Operation)
		tainted bool
		class   Class
		reason  string
		key     string
	}{
		{name: "done", status: 200, body: `{"responseCode":"2009000","responseMessage":"Successful"}`, class: Done, key: "200-00"},
		{name: "number as code", status: 200, body: `{"responseCode":2009000}`, class: Done, key: "200-00"},
		{name: "pending", status: 202, body: `{"responseCode":"2029000"}`, class: Pending, key: "202-00"},
		{name: "refused", status: 403, body: `{"responseCode":"4039005","responseMessage":"Do Not Honor"}`, class: Failed, key: "403-05"},
		{name: "refused after an unclear attempt", status: 403, tainted: true, body: `{"responseCode":"4039005"}`, class: Unknown, key: "403-05"},
		{name: "a code outside the table", status: 409, body: `{"responseCode":"4099000"}`, class: Unknown, key: "409-00"},
		{name: "code and status contradict", status: 200, body: `{"responseCode":"4039005"}`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "success under an error status", status: 500, body: `{"responseCode":"2009000"}`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "another service's code", status: 200, body: `{"responseCode":"2006000"}`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "another service's code for a query", status: 200, body: `{"responseCode":"2006000"}`, op: func(o *Operation) { o.Strict = false }, class: Done, key: "200-00"},
		{name: "a service that the document expects", status: 200, body: `{"responseCode":"2005300"}`, op: func(o *Operation) { o.Answers = []string{"53"} }, class: Done, key: "200-00"},
		{name: "no code", status: 200, body: `{"ok":true}`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "short code", status: 200, body: `{"responseCode":"200"}`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "not JSON", status: 200, body: `<html>login</html>`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "cut", status: 200, body: `{"responseCode":"2009000",`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "empty", status: 200, body: ``, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "a list", status: 200, body: `[]`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "gateway timeout", status: 504, body: `upstream`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "redirect", status: 302, body: ``, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
		{name: "over 1 MiB", status: 200, body: `{"responseCode":"2009000","x":"` + strings.Repeat("a", 1<<20) + `"}`, class: Unknown, reason: ReasonUnclear, key: ReasonUnclear},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProvider(t, reply(c.status, c.body))
			op := testOperation
			if c.op != nil {
				c.op(&op)
			}
			a := p.client().Do(t.Context(), Call{Operation: op, Body: []byte(`{}`), Tainted: c.tainted})
			if a.Class != c.class || a.Reason != c.reason || a.Key() != c.key {
				t.Errorf("class %q reason %q key %q, want %q %q %q (%v)", a.Class, a.Reason, a.Key(), c.class, c.reason, c.key, a.Err)
			}
			if len(p.seen) != 1 {
				t.Errorf("%d requests, want 1: only the document may allow a repeat", len(p.seen))
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	other := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/stolen", http.StatusTemporaryRedirect)
	})
	if a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)}); a.Class != Unknown {
		t.Errorf("class %q", a.Class)
	}
	if len(other.seen) != 0 {
		t.Error("a signed request was carried to another host")
	}
}

func TestTheBytesSignedAreTheBytesSent(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	body := []byte(`{"note":"Kopi <b>&é","n":1.0e5}`)
	check := func(kind snap.Kind, encoding snap.Encoding, verify func(h http.Header, signature []byte) error) {
		t.Helper()
		c := p.client(func(e *Endpoint) {
			e.Signature = map[string]snap.Kind{"90": kind}
			e.Encoding = encoding
			e.SignPrefix = "/gateway"
		})
		if a := c.Do(t.Context(), Call{Operation: testOperation, Body: body}); a.Class != Done {
			t.Fatalf("%s: %q %v", kind, a.Class, a.Err)
		}
		r := p.seen[len(p.seen)-1]
		if got := p.bodies[len(p.bodies)-1]; got != string(body) {
			t.Errorf("%s: sent %s", kind, got)
		}
		signature, err := snap.DecodeSignature(r.Header.Get("X-Signature"))
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(r.Header, signature); err != nil {
			t.Errorf("%s %s: %v", kind, encoding, err)
		}
	}
	for _, encoding := range []snap.Encoding{snap.Base64, snap.Hex} {
		check(snap.ClientKey, encoding, func(h http.Header, s []byte) error {
			return snap.VerifyRSA(&testKey().PublicKey, "app-1|"+h.Get("X-Timestamp"), s)
		})
		check(snap.Asymmetric, encoding, func(h http.Header, s []byte) error {
			return snap.VerifyRSA(&testKey().PublicKey, "POST:/gateway/v2.0/cdm/x:"+snap.Digest(body)+":"+h.Get("X-Timestamp"), s)
		})
		check(snap.Symmetric, encoding, func(h http.Header, s []byte) error {
			token := strings.TrimPrefix(h.Get("Authorization"), "Bearer ")
			if !snap.VerifyHMAC([]byte("s3cret"), "POST:/gateway/v2.0/cdm/x:"+token+":"+snap.Digest(body)+":"+h.Get("X-Timestamp"), s) {
				return errors.New("the HMAC differs")
			}
			return nil
		})
	}
}

// The path is signed as it is sent, a gateway's prefix in the base URL too.
func TestTheBaseURLsPathIsSigned(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	c := p.client(func(e *Endpoint) {
		e.BaseURL += "/gw/in"
		e.Signature = map[string]snap.Kind{"90": snap.Asymmetric}
	})
	if a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)}); a.Class != Done {
		t.Fatal(a.Err)
	}
	r := p.seen[0]
	signature, err := snap.DecodeSignature(r.Header.Get("X-Signature"))
	if err != nil {
		t.Fatal(err)
	}
	if r.URL.Path != "/gw/in/v2.0/cdm/x" {
		t.Errorf("sent to %s", r.URL.Path)
	}
	if err := snap.VerifyRSA(&testKey().PublicKey, "POST:/gw/in/v2.0/cdm/x:"+snap.Digest([]byte(`{}`))+":"+r.Header.Get("X-Timestamp"), signature); err != nil {
		t.Error(err)
	}
}

func TestHeadersFollowTheOperationsSet(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	c := p.client(func(e *Endpoint) { e.ChannelID = "95221" })
	c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)})
	h := p.seen[0].Header
	for name, want := range map[string]string{"Authorization": "Bearer token-1", "X-Partner-Id": "app-1", "Content-Type": "application/json"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"X-External-Id", "Channel-Id", "X-Client-Key", "Idempotency-Key"} {
		if got := h.Get(name); got != "" {
			t.Errorf("%s: %q is not in this operation's header set", name, got)
		}
	}
	op := testOperation
	op.Headers = []string{snap.HeaderExternalID, snap.HeaderChannelID}
	record := &recorder{}
	c.Do(t.Context(), Call{Operation: op, Body: []byte(`{}`), Log: record})
	h = p.seen[1].Header
	if got := h.Get("X-External-Id"); len(got) != 32 || got != record.attempts[0].ExternalID {
		t.Errorf("X-EXTERNAL-ID %q, journalled %q", got, record.attempts[0].ExternalID)
	}
	if got := h.Get("Channel-Id"); got != "95221" {
		t.Errorf("CHANNEL-ID %q", got)
	}
}

func TestTheAttemptIsDurableBeforeTheFirstByte(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000"}`))
	record := &recorder{before: func(Attempt) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.seen) != 0 {
			t.Error("the request left before its attempt was durable")
		}
	}}
	if a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Log: record}); a.Class != Done {
		t.Fatal(a.Err)
	}
	record = &recorder{fail: errors.New("disk full")}
	a := p.client().Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Log: record})
	if a.Class != NotSent || a.Reason != ReasonJournal || len(p.seen) != 1 {
		t.Errorf("class %q reason %q after %d requests: nothing may leave when the journal fails", a.Class, a.Reason, len(p.seen))
	}
}

func TestRepeatsAreTheDocuments(t *testing.T) {
	op := testOperation
	op.Attempts = 3
	for _, c := range []struct {
		name     string
		answer   http.HandlerFunc
		requests int
		class    Class
	}{
		{"undefined answers", reply(200, `{}`), 3, Unknown},
		{"an undefined code", reply(418, `{"responseCode":"4189000"}`), 3, Unknown},
		{"a listed refusal", reply(403, `{"responseCode":"4039005"}`), 1, Failed},
		{"success", reply(200, `{"responseCode":"2009000"}`), 1, Done},
	} {
		p := newProvider(t, c.answer)
		record := &recorder{}
		a := p.client().Do(t.Context(), Call{Operation: op, Body: []byte(`{"a":1}`), Log: record})
		if len(p.seen) != c.requests || a.Class != c.class || len(record.attempts) != c.requests {
			t.Errorf("%s: %d requests, %d journalled, class %q", c.name, len(p.seen), len(record.attempts), a.Class)
		}
	}
	// A refusal after an unclear attempt says nothing of the first one.
	n := 0
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			reply(200, `{}`)(w, r)
			return
		}
		reply(403, `{"responseCode":"4039005"}`)(w, r)
	})
	if a := p.client().Do(t.Context(), Call{Operation: op, Body: []byte(`{}`)}); a.Class != Unknown || len(p.seen) != 2 {
		t.Errorf("a refusal after an unclear attempt: %q after %d", a.Class, len(p.seen))
	}
}

func TestWhatNeverLeftIsNotSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + listener.Addr().String()
	listener.Close()
	p := newProvider(t, reply(200, `{}`))
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our refusal
	secure.StartTLS()
	defer secure.Close()
	for name, base := range map[string]string{
		"refused": dead, "a certificate nobody knows": secure.URL, "TLS to a plain port": strings.Replace(p.URL, "http:", "https:", 1),
	} {
		c := p.client(func(e *Endpoint) { e.BaseURL = base })
		c.tokens.token, c.tokens.until = "t", time.Now().Add(time.Hour)
		a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)})
		if a.Class != NotSent || a.Reason != ReasonNoConnection || a.Err == nil {
			t.Errorf("%s: class %q reason %q %v", name, a.Class, a.Reason, a.Err)
		}
		if strings.Contains(fmt.Sprint(a.Err), "://") {
			t.Errorf("%s: the error spells the address: %v", name, a.Err)
		}
		if h, ok := c.Health(); !ok || h.Since.IsZero() {
			t.Errorf("%s: the link's health does not say that it is down", name)
		}
	}
	a := p.client(func(e *Endpoint) { e.BaseURL = dead }).Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`), Log: &recorder{fail: errors.New("must not be called")}})
	if a.Class != NotSent || a.Reason == ReasonJournal {
		t.Errorf("without a token: %q %q", a.Class, a.Reason)
	}
}

func TestWhatMayHaveLeftIsUnknown(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	hang := func(http.ResponseWriter, *http.Request) { <-release }
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"responseCode":"2009000"`)
	}
	op := testOperation
	op.Timeout = 150 * time.Millisecond
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason string
	}{"no answer in time": {hang, ReasonTimeout}, "hung up": {hangUp, ReasonTimeout}, "broken off": {half, ReasonUnclear}} {
		p := newProvider(t, c.answer)
		client := p.client()
		if a := client.CheckToken(t.Context()); a.Class != Done {
			t.Fatal(a.Err)
		}
		a := client.Do(t.Context(), Call{Operation: op, Body: []byte(`{}`)})
		if a.Class != Unknown || a.Reason != c.reason {
			t.Errorf("%s: class %q reason %q %v", name, a.Class, a.Reason, a.Err)
		}
		p.mu.Lock()
		if len(p.seen) != 1 {
			t.Errorf("%s: %d requests arrived; nothing may repeat by itself", name, len(p.seen))
		}
		p.mu.Unlock()
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAForeignTransportIsBelievedOnlyWhenItFailedToDial(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		class Class
	}{
		"dial":  {&net.OpError{Op: "dial", Err: errors.New("refused")}, NotSent},
		"dns":   {&net.DNSError{Err: "no such host"}, NotSent},
		"read":  {&net.OpError{Op: "read", Err: errors.New("reset")}, Unknown},
		"other": {errors.New("lost"), Unknown},
	} {
		e := newProvider(t, reply(200, `{}`)).client().Endpoint()
		e.Transport = transportFunc(func(*http.Request) (*http.Response, error) { return nil, c.err })
		client := NewClient(e, nil)
		client.tokens.token, client.tokens.until = "t", time.Now().Add(time.Hour)
		if a := client.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)}); a.Class != c.class {
			t.Errorf("%s: %q, want %q", name, a.Class, c.class)
		}
	}
}

func TestSkewIsTold(t *testing.T) {
	for _, c := range []struct {
		off  time.Duration
		told bool
	}{{0, false}, {29 * time.Second, false}, {31 * time.Second, true}, {-5 * time.Minute, true}} {
		p := newProvider(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-TIMESTAMP"] = []string{Timestamp(morning.Add(c.off))}
			io.WriteString(w, `{"responseCode":"2009000"}`)
		})
		client := NewClient(p.client().Endpoint(), &fakeClock{now: morning})
		a := client.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)})
		if a.Skew != c.off || !a.SkewKnown || (a.Warning != "") != c.told {
			t.Errorf("%s off: skew %s, warning %q", c.off, a.Skew, a.Warning)
		}
		if h, _ := client.Health(); (h.Skew != 0) != c.told {
			t.Errorf("%s off: health says %s", c.off, h.Skew)
		}
	}
}

func TestTLS13IsTheLeast(t *testing.T) {
	if got := newTransport(false).TLSClientConfig.MinVersion; got != 0x0304 {
		t.Errorf("the least version is %#x", got)
	}
	if got := newTransport(true).TLSClientConfig.MinVersion; got != 0x0303 {
		t.Errorf("by profile it is %#x", got)
	}
}

func TestAnErrorNeverHoldsASecret(t *testing.T) {
	p := newProvider(t, reply(200, `{"responseCode":"2009000","x":{}}`))
	c := p.client(func(e *Endpoint) {
		e.PrivateKey = func() (*rsa.PrivateKey, error) { return nil, errors.New("the key file is not there") }
	})
	a := c.Do(t.Context(), Call{Operation: testOperation, Body: []byte(`{}`)})
	if a.Class != NotSent || a.Reason != ReasonRequest || !strings.Contains(a.Err.Error(), "key file") {
		t.Errorf("%q %q %v", a.Class, a.Reason, a.Err)
	}
	if strings.Contains(fmt.Sprintf("%+v", a), "s3cret") {
		t.Error("the answer holds the client secret")
	}
}
