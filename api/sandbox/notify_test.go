package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api/snap"
)

// till receives notifications as the document's service 79 says, and verifies
// them.
type till struct {
	t      *testing.T
	s      *Sandbox
	status int // of the next answers; 0: 200
	token  string

	mu      sync.Mutex
	got     []values
	heads   []http.Header
	arrived chan values
}

func newTill(t *testing.T, s *Sandbox) *till {
	return &till{t: t, s: s, arrived: make(chan values, 64)}
}

func (r *till) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		r.t.Error(err)
	}
	keys := mustKeys(r.t, r.s)
	h := request.Header
	signature, err := snap.DecodeSignature(h.Get("X-SIGNATURE"))
	if err != nil {
		r.t.Error(err)
	}
	stamp := h.Get("X-TIMESTAMP")
	if request.URL.Path == "/v1.0/access-token/b2b" {
		if err := snap.VerifyRSA(keys.ProviderKey, h.Get("X-CLIENT-KEY")+"|"+stamp, signature); err != nil || h.Get("X-CLIENT-KEY") != keys.ClientKey {
			r.t.Errorf("the token request: %v", err)
		}
		if string(body) != `{"grantType":"client_credentials"}` {
			r.t.Errorf("the token request's body is %s", body)
		}
		r.token = "till's token"
		fmt.Fprintf(w, `{"responseCode":"2007300","responseMessage":"Successful","accessToken":%q,"tokenType":"Bearer","expiresIn":"900"}`, r.token)
		return
	}
	text := strings.Join([]string{"POST", request.URL.RequestURI(), sha256Hex(string(body)), stamp}, ":")
	ok := snap.VerifyRSA(keys.ProviderKey, text, signature) == nil
	if r.token != "" {
		text = strings.Join([]string{"POST", request.URL.RequestURI(), r.token, sha256Hex(string(body)), stamp}, ":")
		ok = snap.VerifyHMAC(keys.ClientSecret, text, signature) && h.Get("Authorization") == "Bearer "+r.token
	}
	if !ok {
		r.t.Errorf("the signature does not fit")
	}
	var fields values
	if err := json.Unmarshal(body, &fields); err != nil {
		r.t.Error(err)
	}
	r.mu.Lock()
	r.got, r.heads = append(r.got, fields), append(r.heads, h)
	status := r.status
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"responseCode":"%d7900","responseMessage":"x"}`, status)
	r.arrived <- fields
}

// RoundTrip is the till without a network.
func (r *till) RoundTrip(request *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	inbound := request.Clone(request.Context())
	inbound.RequestURI = request.URL.RequestURI()
	r.ServeHTTP(w, inbound)
	return w.Result(), nil
}

func TestNotifications(t *testing.T) {
	doc := parseCPM(t)
	for _, kind := range []snap.Kind{snap.Asymmetric, snap.Symmetric} {
		s, p, _ := cpmPartner(t, Options{NotifySignature: kind})
		receiver := newTill(t, s)
		server := httptest.NewServer(receiver)
		t.Cleanup(server.Close)
		body := p.payBody("approves", "R1")
		body["externalStoreId"] = "abcd"
		provider := p.call("60", body).fields["referenceNo"].(string)
		p.pay("pending", "R2")
		to := server.URL + "/v1.0/qr/qr-cpm-notify?till=1"
		for i, reference := range []string{provider, "R1", "R2"} {
			receipt, err := s.Notify(t.Context(), reference, to)
			if err != nil || receipt != (Receipt{200, "2007900"}) {
				t.Fatalf("%s %s: %+v, %v", kind, reference, receipt, err)
			}
			got := receiver.got[i]
			want := []string{"R1", provider, "00"}
			if reference == "R2" {
				want = []string{"R2", ledgerPayment(t, s, "R2").ProviderReference, "03"}
			}
			if has := []string{got["originalPartnerReferenceNo"].(string), got["originalReferenceNo"].(string), got["latestTransactionStatus"].(string)}; !slices.Equal(has, want) {
				t.Errorf("%s %s: %v, want %v", kind, reference, has, want)
			}
			if amount := got["amount"].(values); amount["value"] != "10000.00" || amount["currency"] != "IDR" {
				t.Errorf("the amount is %v", amount)
			}
		}
		// The table of 79: every name is one of its, every length fits, and the
		// mandatory ones are there.
		for _, f := range doc.requests["79"] {
			value := any(receiver.got[0])
			for part := range strings.SplitSeq(f.name, ".") {
				value = value.(values)[part]
			}
			text, ok := value.(string)
			if f.mandatory && (value == nil || value == "") || ok && f.max > 0 && len(text) > f.max {
				t.Errorf("%s is %v, the table %+v", f.name, value, f)
			}
		}
		for name := range receiver.got[0] {
			if !slices.ContainsFunc(doc.requests["79"], func(f cpmField) bool { return f.name == name }) {
				t.Errorf("%s is in no table", name)
			}
		}
		ids := map[string]bool{}
		for _, h := range receiver.heads {
			id := h.Get("X-EXTERNAL-ID")
			ids[id] = len(id) == 32 && strings.Trim(id, "0123456789") == ""
			if h.Get("X-PARTNER-ID") != p.id || h.Get("CHANNEL-ID") != "95221" || h.Get("Content-Type") != "application/json" || !ids[id] {
				t.Errorf("headers %v", h)
			}
		}
		if len(ids) != 3 {
			t.Errorf("the external ids are %v", ids)
		}
	}
}

func TestNotifyRefuses(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	p.pay("approves", "R1")
	for _, to := range []string{
		"", "http://shop.example/", "http://192.0.2.1/", "http://127.0.0.1.shop.example/", "ftp://127.0.0.1/", "http://user@127.0.0.1/",
		"http://localhost.shop.example/", "//127.0.0.1/", "http://[::ffff:192.0.2.1]/", "http://%zz/",
	} {
		if _, err := s.Notify(t.Context(), "R1", to); !errors.Is(err, ErrReceiver) {
			t.Errorf("%q: %v", to, err)
		}
	}
	for _, reference := range []string{"", "R2"} {
		if _, err := s.Notify(t.Context(), reference, "http://127.0.0.1:1/"); !errors.Is(err, ErrNoNotice) {
			t.Errorf("%q: %v", reference, err)
		}
	}
	server := httptest.NewServer(http.RedirectHandler("http://shop.example/", http.StatusTemporaryRedirect))
	defer server.Close()
	if receipt, err := s.Notify(t.Context(), "R1", server.URL); err != nil || receipt.HTTPStatus != 307 {
		t.Errorf("a redirect: %+v, %v", receipt, err)
	}
	gone := server.URL
	server.Close()
	if _, err := s.Notify(t.Context(), "R1", gone); err == nil {
		t.Error("nobody listens, and it was delivered")
	}
	for body, want := range map[string]int{
		`{"referenceNo":"R1","url":"http://shop.example/"}`: 400,
		`{"referenceNo":"R9","url":"http://127.0.0.1:1/"}`:  404,
		`{"referenceNo":"R1","url":"` + gone + `"}`:         502,
		`{"reference":"R1"}`:                                400,
	} {
		if status, fields := control(s, "POST", "notify", body); status != want || fields["error"] == nil {
			t.Errorf("%s: %d %v, want %d", body, status, fields, want)
		}
	}
	server = httptest.NewServer(newTill(t, s))
	defer server.Close()
	status, fields := control(s, "POST", "notify", `{"referenceNo":"R1","url":"`+server.URL+`/v1.0/qr/qr-cpm-notify"}`)
	if status != 200 || fields["responseCode"] != "2007900" || fields["httpStatus"] != 200.0 {
		t.Errorf("%d %v", status, fields)
	}
}

// TestAutomaticNotifications: every end of a payment is told once, by the
// clock, without a network.
func TestAutomaticNotifications(t *testing.T) {
	receiver := &till{t: t, arrived: make(chan values, 64)}
	s, p, clock := cpmPartner(t, Options{NotifyURL: "http://localhost:1/notify", Receiver: receiver})
	receiver.s = s
	status := func(reference, want string) {
		t.Helper()
		got := <-receiver.arrived
		if got["originalPartnerReferenceNo"] != reference || got["latestTransactionStatus"] != want {
			t.Errorf("told %v of %v, want %s of %s", got["latestTransactionStatus"], got["originalPartnerReferenceNo"], want, reference)
		}
	}
	pass := func(want time.Duration) {
		t.Helper()
		if d := <-clock.waiting; d != want {
			t.Errorf("it waits %v, want %v", d, want)
		}
		clock.Add(want)
		clock.release <- clock.Now()
	}
	p.pay("approves", "R1")
	status("R1", "00")
	p.refund("R1", "A", "1.00")
	p.refund("R1", "B", "9999.00")
	status("R1", "04")
	p.pay("pending", "R2")
	p.cancel("R2")
	status("R2", "05")
	p.pay("approves-after-8s", "R3")
	pass(8 * time.Second)
	status("R3", "00")
	p.pay("returned", "R4")
	status("R4", "00")
	pass(8 * time.Second)
	status("R4", "04")
	p.pay("asked", "R5")
	if _, err := s.Decline("asked", "R5"); err != nil {
		t.Fatal(err)
	}
	status("R5", "06")
	// Not acknowledged: it is repeated after a while.
	receiver.mu.Lock()
	receiver.status = 500
	receiver.mu.Unlock()
	p.pay("approves", "R6")
	status("R6", "00")
	receiver.mu.Lock()
	receiver.status = 0
	receiver.mu.Unlock()
	pass(time.Second)
	status("R6", "00")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(receiver.arrived); n != 0 {
		t.Errorf("%d notifications too many", n)
	}
}

func TestDepositNotifications(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	receiver := newTill(t, s)
	server := httptest.NewServer(receiver)
	defer server.Close()
	body := strings.ReplaceAll(generateBody(p.id, "R1"), "www.test.com", server.URL+"/deposits")
	code := p.must(p.request("90", body)).fields["cdmQrcode"].(string)
	waiting := mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100), Status: StatusWaiting})
	if got := <-receiver.arrived; encode(t, got) != encode(t, copyOf(t, toValues(t, waiting))) {
		t.Errorf("told %v\nmade %+v", got, waiting)
	}
	booked := mustDeposit(t, s, DepositRequest{Code: code, Book: true})
	if got := <-receiver.arrived; encode(t, got) != encode(t, toValues(t, booked)) {
		t.Errorf("told %v\nmade %+v", got, booked)
	}
	for _, reference := range []string{"R1", booked.Channel} {
		if receipt, err := s.Notify(t.Context(), reference, server.URL); err != nil || receipt.HTTPStatus != 200 {
			t.Errorf("%s: %+v %v", reference, receipt, err)
		}
		if got := <-receiver.arrived; got["channelReferNo"] != booked.Channel {
			t.Errorf("%s: told %v", reference, got)
		}
	}
}

func toValues(t testing.TB, item Item) values {
	t.Helper()
	var fields values
	if err := json.Unmarshal([]byte(encode(t, item)), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// TestCloseEndsNotifications: a receiver that never acknowledges keeps nobody.
func TestCloseEndsNotifications(t *testing.T) {
	receiver := &till{t: t, status: 503, arrived: make(chan values, 64)}
	s, p, clock := cpmPartner(t, Options{NotifyURL: "http://127.0.0.1:1/", Receiver: receiver})
	receiver.s = s
	p.pay("approves", "R1")
	<-receiver.arrived
	<-clock.waiting
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNotificationsAfterARestart: a payment that ends while nobody runs the
// sandbox is told of when somebody does.
func TestNotificationsAfterARestart(t *testing.T) {
	path, clock := filepath.Join(t.TempDir(), "sandbox.jsonl"), newClock()
	s := open(t, Options{Path: path, Clock: clock})
	p := newPartner(t, s)
	p.pay("approves", "R1")
	p.pay("approves-after-8s", "R2")
	s.Close()
	clock.Add(8 * time.Second)
	receiver := &till{t: t, arrived: make(chan values, 64)}
	ready := make(chan struct{})
	s = open(t, Options{Path: path, Clock: clock, NotifyURL: "http://[::1]:1/", Receiver: roundTrip(func(r *http.Request) (*http.Response, error) {
		<-ready
		return receiver.RoundTrip(r)
	})})
	receiver.s = s
	close(ready)
	if got := <-receiver.arrived; got["originalPartnerReferenceNo"] != "R2" || got["latestTransactionStatus"] != "00" {
		t.Errorf("told %v", got)
	}
	s.Close()
	if n := len(receiver.arrived); n != 0 {
		t.Errorf("%d notifications too many", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
