package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// cpmServices are those of the BI SNAP QR CPM document that a partner calls.
var cpmServices = []string{"59", "60", "61", "62", "80"}

// symmetric signs as BI SNAP says, with a new external id.
func (p *partner) symmetric(r *http.Request, body string) {
	r.Header.Set("X-EXTERNAL-ID", fmt.Sprintf("%020d", p.sent.Add(1)))
	r.Header.Set("CHANNEL-ID", "95221")
	stamp := p.now().In(api.Jakarta).Format("2006-01-02T15:04:05-07:00")
	r.Header.Set("X-TIMESTAMP", stamp)
	text := strings.Join([]string{r.Method, r.URL.RequestURI(), p.token, sha256Hex(body), stamp}, ":")
	r.Header.Set("X-SIGNATURE", snap.Base64.Encode(snap.SignHMAC(p.secret, text)))
}

// asymmetric signs a request anew.
func (p *partner) asymmetric(r *http.Request, body string) {
	p.t.Helper()
	text := strings.Join([]string{r.Method, r.URL.RequestURI(), sha256Hex(body), r.Header.Get("X-TIMESTAMP")}, ":")
	signature, err := snap.SignRSA(p.key, text)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("X-SIGNATURE", snap.Base64.Encode(signature))
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

type values = map[string]any

func rupiah(amount string) values { return values{"value": amount, "currency": "IDR"} }

func codeOf(t testing.TB, customer string) string {
	t.Helper()
	for _, c := range Customers() {
		if c.ID == customer {
			return c.Content
		}
	}
	t.Fatalf("there is no customer %s", customer)
	return ""
}

// payBody is a payment of 10,000 rupiah by a test customer.
func (p *partner) payBody(customer, reference string) values {
	p.t.Helper()
	return values{
		"partnerReferenceNo": reference, "qrContent": codeOf(p.t, customer), "amount": rupiah("10000.00"),
		"merchantId": p.id, "expiryTime": "60", "title": "Kopi",
	}
}

func cancelBody(reference string) values {
	return values{"originalPartnerReferenceNo": reference, "reason": "the customer waits no longer"}
}

func refundBody(reference, number, amount string) values {
	return values{"originalPartnerReferenceNo": reference, "partnerRefundNo": number, "refundAmount": rupiah(amount)}
}

func (p *partner) call(service string, body values) response {
	p.t.Helper()
	return p.must(p.request(service, encode(p.t, body)))
}

func (p *partner) pay(customer, reference string) response {
	p.t.Helper()
	return p.call("60", p.payBody(customer, reference))
}

// tryPay is pay where no answer may come: that is the code "".
func (p *partner) tryPay(customer, reference string) string {
	p.t.Helper()
	got, err := p.send(p.request("60", encode(p.t, p.payBody(customer, reference))))
	if err != nil {
		return ""
	}
	return got.code()
}

// status is what 61 says: the status, or the code of another answer.
func (p *partner) status(reference string) string {
	p.t.Helper()
	got := p.call("61", values{"originalPartnerReferenceNo": reference})
	if status, ok := got.fields["latestTransactionStatus"].(string); ok && got.code() == "2006100" {
		return status
	}
	return got.code()
}

// cancel is the code of 62's answer; empty where none came.
func (p *partner) cancel(reference string) string {
	p.t.Helper()
	got, err := p.send(p.request("62", encode(p.t, cancelBody(reference))))
	if err != nil {
		return ""
	}
	return got.code()
}

// refund is the code of 80's answer; empty where none came.
func (p *partner) refund(reference, number, amount string) string {
	p.t.Helper()
	got, err := p.send(p.request("80", encode(p.t, refundBody(reference, number, amount))))
	if err != nil {
		return ""
	}
	return got.code()
}

func ledgerPayment(t testing.TB, s *Sandbox, reference string) LedgerPayment {
	t.Helper()
	for _, p := range s.Ledger().Payments {
		if p.Reference == reference {
			return p
		}
	}
	t.Fatalf("the ledger has no payment %s", reference)
	return LedgerPayment{}
}

func cpmPartner(t testing.TB, options Options) (*Sandbox, *partner, *stillClock) {
	t.Helper()
	clock := newClock()
	options.Clock = clock
	s := open(t, options)
	return s, newPartner(t, s), clock
}

func TestSignatures(t *testing.T) {
	_, p, clock := cpmPartner(t, Options{})
	body := encode(t, values{"originalPartnerReferenceNo": "R1"})
	good := "4046101" // verified: it is the payment that is not there
	spaced := strings.ReplaceAll(body, `":"`, `" : "`)
	for _, c := range []struct {
		name, body string
		change     func(r *http.Request)
		want       string
	}{
		{"symmetric", body, func(*http.Request) {}, good},
		{"symmetric in hex", body, func(r *http.Request) {
			text, err := snap.DecodeSignature(r.Header.Get("X-SIGNATURE"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-SIGNATURE", hex.EncodeToString(text))
		}, good},
		{"symmetric over the raw bytes", spaced, func(*http.Request) {}, good},
		{"symmetric over the minified bytes", spaced, func(r *http.Request) {
			text := strings.Join([]string{"POST", paths["61"], p.token, sha256Hex(body), r.Header.Get("X-TIMESTAMP")}, ":")
			r.Header.Set("X-SIGNATURE", snap.Base64.Encode(snap.SignHMAC(p.secret, text)))
		}, good},
		{"asymmetric", body, func(r *http.Request) { p.asymmetric(r, body) }, good},
		{"asymmetric without a token", body, func(r *http.Request) {
			r.Header.Del("Authorization")
			p.asymmetric(r, body)
		}, good},
		{"another secret", body, func(r *http.Request) {
			r.Header.Set("X-SIGNATURE", snap.Base64.Encode(snap.SignHMAC([]byte("guess"), "x")))
		}, "4016100"},
		{"another body", body, func(r *http.Request) { p.asymmetric(r, body+" ") }, "4016100"},
		{"the client-key signature", body, func(r *http.Request) { p.sign(r, p.now()) }, "4016100"},
		{"rubbish", body, func(r *http.Request) { r.Header.Set("X-SIGNATURE", "!") }, "4016100"},
		{"another token", body, func(r *http.Request) { r.Header.Set("Authorization", "Bearer other") }, "4016101"},
		{"no bearer", body, func(r *http.Request) { r.Header.Set("Authorization", p.token) }, "4016101"},
		{"symmetric without a token", body, func(r *http.Request) {
			r.Header.Del("Authorization")
			text := strings.Join([]string{"POST", paths["61"], "", sha256Hex(body), r.Header.Get("X-TIMESTAMP")}, ":")
			r.Header.Set("X-SIGNATURE", snap.Base64.Encode(snap.SignHMAC(p.secret, text)))
		}, "4016103"},
		{"an old timestamp", body, func(r *http.Request) {
			r.Header.Set("X-TIMESTAMP", api.Timestamp(p.now().Add(-6*time.Minute)))
		}, "4016100"},
		{"another partner", body, func(r *http.Request) { r.Header.Set("X-PARTNER-ID", "somebody") }, "4016100"},
	} {
		r := p.request("61", c.body)
		c.change(r)
		if got := p.must(r); got.code() != c.want {
			t.Errorf("%s: %s %q, want %s", c.name, got.code(), got.message(), c.want)
		}
	}
	clock.Add(DefaultTokenLife)
	if got := p.status("R1"); got != "4016101" {
		t.Errorf("with a spent token: %s", got)
	}
}

func TestSignatureOfTheContract(t *testing.T) {
	body := encode(t, values{"originalPartnerReferenceNo": "R1"})
	for _, kind := range []snap.Kind{snap.Symmetric, snap.Asymmetric} {
		_, p, _ := cpmPartner(t, Options{Signature: kind})
		other := p.request("61", body)
		p.asymmetric(other, body)
		want := map[bool]string{true: "4046101", false: "4016100"}
		if got := p.must(p.request("61", body)).code(); got != want[kind == snap.Symmetric] {
			t.Errorf("%s: a symmetric signature got %s", kind, got)
		}
		if got := p.must(other).code(); got != want[kind == snap.Asymmetric] {
			t.Errorf("%s: an asymmetric signature got %s", kind, got)
		}
	}
	for _, options := range []Options{
		{Signature: snap.ClientKey}, {NotifySignature: "none"}, {Expiry: "soon"}, {Scale: -1}, {NotifyURL: "http://shop.example/"},
	} {
		if s, err := Open(options); err == nil {
			s.Close()
			t.Errorf("opened with %+v", options)
		}
	}
}

func TestTokenPathOfSNAP(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{})
	r := p.request("73", `{"grant_type":"client_credentials"}`)
	r.URL.Path = "/v1.0/access-token/b2b"
	got := p.must(r)
	if got.code() != "2007300" {
		t.Fatalf("%v", got.fields)
	}
	p.token = got.fields["accessToken"].(string)
	if code := p.pay("approves", "R1").code(); code != "2006000" {
		t.Errorf("paid with its token: %s", code)
	}
}

func TestExternalIDs(t *testing.T) {
	path := t.TempDir() + "/sandbox.jsonl"
	clock := newClock()
	s := open(t, Options{Path: path, Clock: clock})
	p := newPartner(t, s)
	send := func(id, reference string) string {
		r := p.request("61", encode(t, values{"originalPartnerReferenceNo": reference}))
		r.Header.Set("X-EXTERNAL-ID", id)
		return p.must(r).code()
	}
	steps := func(when string, want ...string) {
		t.Helper()
		for i, id := range []string{"1", "1", "2"} {
			if got := send(id, "R1"); got != want[i] {
				t.Errorf("%s, id %s: %s, want %s", when, id, got, want[i])
			}
		}
	}
	steps("first", "4046101", "4096100", "4046101")
	s.Close()
	s = open(t, Options{Path: path, Clock: clock})
	p = newPartner(t, s)
	steps("after a restart", "4096100", "4096100", "4096100")
	clock.Add(24 * time.Hour)
	p.login()
	steps("the next day", "4046101", "4096100", "4046101")
	s.Close()
	s = open(t, Options{Path: path, Clock: clock, ReuseExternalID: true})
	p = newPartner(t, s)
	if got := send("1", "R1"); got != "4046101" {
		t.Errorf("the same request with its id, where ids are reused: %s", got)
	}
	if got := send("1", "R2"); got != "4096100" {
		t.Errorf("another request with the id, where ids are reused: %s", got)
	}
	if n := len(s.state.external); n != 2 {
		t.Errorf("%d external ids are kept, want those of the day alone", n)
	}
}

// TestUnverifiedIDsAreNotUsed: who cannot sign uses up nobody's external ids.
func TestUnverifiedIDsAreNotUsed(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{})
	r := p.request("61", encode(t, values{"originalPartnerReferenceNo": "R1"}))
	id := r.Header.Get("X-EXTERNAL-ID")
	r.Header.Set("X-SIGNATURE", "AAAA")
	if got := p.must(r).code(); got != "4016100" {
		t.Fatal(got)
	}
	r = p.request("61", encode(t, values{"originalPartnerReferenceNo": "R1"}))
	r.Header.Set("X-EXTERNAL-ID", id)
	if got := p.must(r).code(); got != "4046101" {
		t.Errorf("the id of a request that was not verified: %s", got)
	}
}

// good is a body of each service that is answered with a good code: every
// field of the tables that can stand beside the others.
func (p *partner) good(service, reference string) values {
	p.t.Helper()
	sub := values{"merchantId": p.id, "subMerchantId": "310928924949487"}
	info := values{"deviceId": "12345679237", "channel": "mobilephone"}
	var body values
	switch service {
	case "59":
		body = values{"partnerReferenceNo": reference, "userAccessToken": "token", "partnerTrxDate": "2026-11-20T15:04:12+07:00"}
	case "60":
		body = p.payBody("approves", reference)
		maps.Copy(body, values{
			"feeAmount": rupiah("0.00"), "items": []any{values{"productId": "1", "qty": "6"}}, "externalStoreId": "abcd",
			"merchantName": "Merchant01", "merchantLocation": "Jakarta", "acquirerName": "LinkAja", "terminalId": "6476378",
			"scannerInfo": values{"deviceId": "46252", "deviceVersion": "v.1.0", "deviceModel": "Scanner", "deviceIp": "192.0.2.1"},
		})
	case "61":
		body = values{"originalPartnerReferenceNo": "paid", "originalExternalId": "1", "externalStoreID": "abcd"}
	case "62":
		body = cancelBody("cancelled")
		maps.Copy(body, values{"originalExternalId": "1", "externalStoreID": "abcd", "amount": rupiah("10000.00")})
	case "80":
		body = refundBody("paid", reference, "1.00")
		maps.Copy(body, values{"originalExternalId": "1", "externalStoreId": "abcd", "reason": "complaint"})
	}
	maps.Copy(body, sub)
	body["additionalInfo"] = info
	return body
}

// copyOf is deep.
func copyOf(t testing.TB, body values) values {
	t.Helper()
	var again values
	if err := json.Unmarshal([]byte(encode(t, body)), &again); err != nil {
		t.Fatal(err)
	}
	return again
}

func TestCPMHeaders(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{})
	for _, service := range cpmServices {
		for name, cases := range map[string]map[string]string{
			"X-TIMESTAMP":   {"": "02", "2026-11-20 15:04:12": "01"},
			"X-SIGNATURE":   {"": "02"},
			"X-PARTNER-ID":  {"": "02", strings.Repeat("x", 37): "01"},
			"X-EXTERNAL-ID": {"": "02", "12a": "01", strings.Repeat("1", 37): "01"},
			"CHANNEL-ID":    {"": "02", "123456": "01"},
			"Content-Type":  {"": "02", "text/plain": "01"},
		} {
			for value, end := range cases {
				r := p.request(service, "{}")
				if r.Header.Del(name); value != "" {
					r.Header.Set(name, value)
				}
				want := "400" + service + end
				if got := p.must(r); got.code() != want || !strings.HasSuffix(got.message(), " "+name) {
					t.Errorf("%s with %s %q: %s %q, want %s with its name", service, name, value, got.code(), got.message(), want)
				}
			}
		}
	}
}

func TestCPMMerchants(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	p.pay("approves", "paid")
	for _, service := range cpmServices {
		body := p.good(service, "M")
		body["merchantId"] = "unknown"
		if got := p.call(service, body).code(); got != "404"+service+"08" {
			t.Errorf("%s: %s", service, got)
		}
	}
	body := p.payBody("approves", "other name")
	body["merchantId"] = s.MerchantID()
	if got := p.call("60", body).code(); got != "2006000" {
		t.Errorf("the merchant's own id: %s", got)
	}
}

// TestEveryCatalogueCode gets each code of the catalogue from each service by a
// fault rule, with the document's words.
func TestEveryCatalogueCode(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	doc := parseCPM(t)
	for _, service := range cpmServices {
		for _, row := range doc.codes {
			code := row.http + service + row.end
			s.ClearFaults()
			mustFault(t, s, service+":code-"+code+":1:1")
			got := p.call(service, p.good(service, "C"))
			if got.code() != code || got.message() != row.message || fmt.Sprint(got.status) != row.http {
				t.Errorf("got %d %s %q, want %s %q", got.status, got.code(), got.message(), code, row.message)
			}
		}
	}
	if n := len(s.Ledger().Payments); n != 0 {
		t.Errorf("%d payments were made by answers alone", n)
	}
}

func TestFaultsOfCPM(t *testing.T) {
	processed := map[Kind]bool{Refuse: false, RequestLost: false, Timeout: false, HTTP500: false, TooMany: false, TokenExpired: false, Delay: true}
	for _, kind := range Kinds() {
		done, stated := processed[kind]
		done = done || !stated
		s, p, clock := cpmPartner(t, Options{})
		mustFault(t, s, "60:"+string(kind)+":1:1")
		if kind == Delay {
			go func() { <-clock.waiting; clock.release <- clock.Now() }()
		}
		got, err := p.send(p.request("60", encode(t, p.payBody("approves", "R1"))))
		if (kind == AnswerLost || kind == RequestLost || kind == Refuse || kind == Timeout) != (err != nil && got.status == 0 && kind != Truncated) {
			t.Errorf("%s: %v %s", kind, err, got.raw)
		}
		if kind == ForeignReference && got.fields["partnerReferenceNo"] != "FOREIGN000000000000000001" {
			t.Errorf("%s: %v", kind, got.fields)
		}
		if made := len(s.Ledger().Payments) == 1; made != done {
			t.Errorf("%s: processed %v, want %v", kind, made, done)
		}
		if kind == TokenExpired {
			p.login()
		}
		want := map[bool]string{true: "4096001", false: "2006000"}[done]
		if got := p.pay("approves", "R1").code(); got != want {
			t.Errorf("after %s: %s, want %s", kind, got, want)
		}
		if debits := ledgerPayment(t, s, "R1").Debits; debits != 1 {
			t.Errorf("after %s: %d debits", kind, debits)
		}
	}
}

func TestCPMServicesAreSorted(t *testing.T) {
	if !slices.IsSorted(cpmServices) {
		t.Error("request searches them by halving")
	}
}
