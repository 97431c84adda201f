package sandbox

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"cashier/api/snap"
)

// fifth is a provider with the QR CPM operations that differs in all that a
// dialect can: what pays is 02, as DANA's public pages have it.
func fifth() Dialect {
	return Dialect{
		Provider: snapCPM,
		Paths: map[string]string{
			"73": "/open/token", "60": "/open/acquiring/pay", "61": "/open/acquiring/status", "62": "/open/acquiring/void", "80": "/open/acquiring/return",
		},
		GrantName:  "grant_type",
		Encoding:   snap.Hex,
		SignPrefix: "/gateway",
		Headers:    map[string]bool{"CHANNEL-ID": false, "ORIGIN": true},
		Spellings: map[string]string{
			"partnerReferenceNo": "merchantOrderNo", "originalPartnerReferenceNo": "origOrderNo", "value": "nominal",
			"referenceNo":     "partnerReferenceNo", // a name of another field of the document
			"externalStoreID": "storeId", "deviceId": "device", "latestTransactionStatus": "state", "responseMessage": "responseText",
			"accessToken": "access_token",
		},
		Statuses: map[string]string{"00": "02", "02": "01", "05": "09"},
	}
}

// foreigner speaks as the fifth provider wants it; the tests change one thing.
type foreigner struct {
	*partner
	change func(r *http.Request)
}

func (f foreigner) call(path, body string) response {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodPost, f.base+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	h := r.Header
	h.Set("Content-Type", "application/json")
	f.sign(r, f.now())
	h.Set("X-CLIENT-KEY", f.id)
	signature, err := snap.DecodeSignature(h.Get("X-SIGNATURE"))
	if err != nil {
		f.t.Fatal(err)
	}
	if f.token != "" {
		f.symmetric(r, body)
		h.Del("CHANNEL-ID")
		h.Set("ORIGIN", "shop.example")
		h.Set("X-PARTNER-ID", f.id)
		h.Set("Authorization", "Bearer "+f.token)
		text := strings.Join([]string{"POST", "/gateway" + path, f.token, sha256Hex(body), h.Get("X-TIMESTAMP")}, ":")
		signature = snap.SignHMAC(f.secret, text)
	}
	h.Set("X-SIGNATURE", hex.EncodeToString(signature))
	if f.change != nil {
		f.change(r)
	}
	return f.must(r)
}

func newForeigner(t testing.TB, s *Sandbox) foreigner {
	t.Helper()
	f := foreigner{partner: newPartner(t, s)} // the other providers' tokens are as ever
	f.token = ""
	got := f.call("/open/token", `{"grant_type":"client_credentials"}`)
	token, _ := got.fields["access_token"].(string)
	if got.code() != "2007300" || token == "" {
		t.Fatalf("token: %v", got.fields)
	}
	f.token = token
	return f
}

func (f foreigner) payBody(customer, reference string) string {
	return encode(f.t, values{
		"merchantOrderNo": reference, "qrContent": codeOf(f.t, customer), "amount": values{"nominal": "10000.00", "currency": "IDR"},
		"merchantId": f.id, "expiryTime": "60", "scannerInfo": values{"device": "S1"}, "additionalInfo": values{"device": "D1"},
	})
}

func TestFifthProvider(t *testing.T) {
	var told [][]byte
	receiver := receiverFunc(func(r *http.Request, body []byte) { told = append(told, body) })
	s := open(t, Options{Clock: newClock(), Dialect: fifth(), ReuseExternalID: true, Receiver: receiver})
	f := newForeigner(t, s)

	paid := f.call("/open/acquiring/pay", f.payBody("approves", "R1"))
	if paid.code() != "2006000" || paid.fields["responseText"] != "Successful" || paid.fields["merchantOrderNo"] != "R1" ||
		paid.fields["partnerReferenceNo"] == nil || paid.fields["additionalInfo"].(values)["device"] != "D1" {
		t.Errorf("paid: %v", paid.fields)
	}
	status := func(reference string) any {
		t.Helper()
		got := f.call("/open/acquiring/status", encode(t, values{"origOrderNo": reference, "storeId": "s"}))
		if got.code() != "2006100" || got.fields["origOrderNo"] != reference || got.fields["latestTransactionStatus"] != nil {
			t.Errorf("status: %v", got.fields)
		}
		return got.fields["state"]
	}
	if got := status("R1"); got != "02" {
		t.Errorf("a paid payment has the status %v", got)
	}
	f.call("/open/acquiring/pay", f.payBody("asked", "R2"))
	if got := status("R2"); got != "01" {
		t.Errorf("a payment that waits has the status %v", got)
	}
	if got := f.call("/open/acquiring/void", `{"origOrderNo":"R2"}`); got.code() != "2006200" {
		t.Errorf("cancel: %v", got.fields)
	}
	if got := status("R2"); got != "09" {
		t.Errorf("a cancelled payment has the status %v", got)
	}
	refund := `{"origOrderNo":"R1","partnerRefundNo":"A","refundAmount":{"nominal":"1.00","currency":"IDR"}}`
	if got := f.call("/open/acquiring/return", refund); got.code() != "2008000" || got.fields["refundAmount"].(values)["nominal"] != "1.00" {
		t.Errorf("refund: %v", got.fields)
	}

	// Its ledger and its notifications: the one in the document's words.
	if p := ledgerPayment(t, s, "R1"); p.Status != "00" || p.Debits != 1 || p.Refunded.Value() != "1.00" {
		t.Errorf("the ledger has %+v", p)
	}
	if _, err := s.Notify(t.Context(), "R1", "http://127.0.0.1:9/notify"); err != nil || len(told) != 1 {
		t.Fatalf("%d notifications, %v", len(told), err)
	}
	var notice values
	if err := json.Unmarshal(told[0], &notice); err != nil || notice["origOrderNo"] != "R1" || notice["state"] != "02" ||
		notice["amount"].(values)["nominal"] != "10000.00" {
		t.Errorf("notified %s (%v)", told[0], err)
	}

	// The other providers are as ever.
	f.login()
	f.partner.generate("U1")
	mustMPM(t, s, MPMRequest{Provider: finnet, Reference: "REF", Amount: idr(1)})
	if got := f.partner.call("finnet", f.finnetBody("REF")); got.code() != "2005300" || got.message() == "" {
		t.Errorf("another provider: %v", got.fields)
	}
}

// receiverFunc takes notifications.
type receiverFunc func(r *http.Request, body []byte)

func (f receiverFunc) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	f(r, body)
	return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

// TestFifthProviderIsStrict: what was good for the document is not for the
// provider, and refusals name the provider's fields.
func TestFifthProviderIsStrict(t *testing.T) {
	s := open(t, Options{Clock: newClock(), Dialect: fifth(), ReuseExternalID: true})
	f := newForeigner(t, s)
	good := f.payBody("approves", "R1")
	for _, c := range []struct {
		name, body string
		change     func(r *http.Request)
		want, says string
	}{
		{"base64", good, func(r *http.Request) {
			text, _ := snap.DecodeSignature(r.Header.Get("X-SIGNATURE"))
			r.Header.Set("X-SIGNATURE", snap.Base64.Encode(text))
		}, "4016000", "Invalid Signature"},
		{"signed without the prefix", good, func(r *http.Request) {
			text := strings.Join([]string{"POST", r.URL.Path, f.token, sha256Hex(good), r.Header.Get("X-TIMESTAMP")}, ":")
			r.Header.Set("X-SIGNATURE", hex.EncodeToString(snap.SignHMAC(f.secret, text)))
		}, "4016000", "Invalid Signature"},
		{"the document's path", good, func(r *http.Request) { r.URL.Path = paths["60"] }, "4040002", "Routing"},
		{"a header of its own", good, func(r *http.Request) { r.Header.Del("ORIGIN") }, "4006002", "ORIGIN"},
		{"the document's name", strings.Replace(good, "merchantOrderNo", "partnerRefNo", 1), nil, "4006002", "merchantOrderNo"},
		{"an inner field", strings.Replace(good, `"nominal":"10000.00"`, `"value":"10000.00"`, 1), nil, "4006002", "amount.nominal"},
		{"a wrong inner field", strings.Replace(good, `10000.00`, `10000`, 1), nil, "4006001", "amount.nominal"},
		{"one of the document's two names", strings.Replace(good, `"nominal":"10000.00"`, `"Value":"0.00"`, 1), nil, "4046013", "Invalid Amount"},
		{"the other documents' name beside", strings.Replace(good, `{"additional`, `{"device":"x","additional`, 1), nil, "4006001", "device"},
	} {
		spoilt := f
		spoilt.change = c.change
		got := spoilt.call("/open/acquiring/pay", c.body)
		message, _ := got.fields["responseText"].(string)
		if message == "" {
			message = got.message() // nobody's path has the document's words
		}
		if got.code() != c.want || !strings.Contains(message, c.says) {
			t.Errorf("%s: %v, want %s with %q", c.name, got.fields, c.want, c.says)
		}
	}
	if got := f.call("/open/acquiring/status", "{}"); got.code() != "4006102" || !strings.HasSuffix(got.fields["responseText"].(string), " origOrderNo") {
		t.Errorf("without a name: %v", got.fields)
	}
	if n := len(s.Ledger().Payments); n != 0 {
		t.Errorf("%d payments were made", n)
	}
	f.token = ""
	for body, want := range map[string]string{`{"grantType":"client_credentials"}`: "4007302", `{"grant_type":"x"}`: "4007301"} {
		if got := f.call("/open/token", body); got.code() != want {
			t.Errorf("%s: %v", body, got.fields)
		}
	}
}

// TestFifthProviderReusesIDs: the same request with the same id is answered
// again, and moves no money twice.
func TestFifthProviderReusesIDs(t *testing.T) {
	s := open(t, Options{Clock: newClock(), Dialect: fifth(), ReuseExternalID: true})
	f := newForeigner(t, s)
	f.change = func(r *http.Request) { r.Header.Set("X-EXTERNAL-ID", "42") }
	var got []string
	for _, body := range []string{f.payBody("asked", "R1"), f.payBody("asked", "R1"), f.payBody("asked", "R2")} {
		got = append(got, f.call("/open/acquiring/pay", body).code())
	}
	if text := strings.Join(got, " "); text != "2026000 2026000 4096000" {
		t.Error(text)
	}
}

// TestDialectOfMPM: service 51 of a fifth provider that follows a document.
func TestDialectOfMPM(t *testing.T) {
	dialect := Dialect{
		Provider: paydia, Paths: map[string]string{"51": "/v2/check", "74": "/v2/customer"}, GrantName: "grant",
		Headers:   map[string]bool{"Authorization-Customer": false, "X-EXTERNAL-ID": false},
		Spellings: map[string]string{"authCode": "code", "originalReferenceNo": "ref"}, Statuses: map[string]string{"03": "10"},
	}
	s, p, _ := mpmPartner(t, Options{Dialect: dialect})
	mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "REF", Status: "03"})
	p.at = dialect.Paths
	got := p.must(p.request("74", encode(t, values{"grant": "authorization_code", "code": mustConsent(t, s)})))
	if got.code() != "2007400" {
		t.Fatalf("74: %v", got.fields)
	}
	p.customer = got.fields["accessToken"].(string)
	got = p.call("51", values{"ref": "REF", "serviceCode": "47"})
	if got.code() != "2005100" || got.fields["ref"] != "REF" || got.fields["latestTransactionStatus"] != "10" {
		t.Errorf("51: %v", got.fields)
	}
	if s.Ledger().MPM[0].Status != "03" {
		t.Errorf("the ledger has %+v", s.Ledger().MPM[0])
	}
	r := p.request("51", encode(t, values{"ref": "REF", "serviceCode": "47"}))
	r.Header.Del("X-EXTERNAL-ID")
	r.Header.Del("Authorization-Customer")
	if got := p.must(r); got.code() != "2005100" {
		t.Errorf("without the headers that it need not have: %v", got.fields)
	}
}

func TestDialectsThatAreRefused(t *testing.T) {
	for name, d := range map[string]Dialect{
		"an unknown provider":          {Provider: "dana"},
		"an unknown service":           {Paths: map[string]string{"12": "/a"}},
		"another provider's service":   {Provider: finnet, Paths: map[string]string{"60": "/a"}},
		"51 of nobody":                 {Paths: map[string]string{"51": "/a"}},
		"no path":                      {Paths: map[string]string{"60": "a"}},
		"the sandbox's path":           {Paths: map[string]string{"60": "/_sandbox/ledger"}},
		"two services at one":          {Paths: map[string]string{"60": "/a", "61": "/a"}},
		"a path that is there":         {Provider: snapCPM, Paths: map[string]string{"60": "/v2.0/cdm/cdm-mpm-query"}},
		"an unknown encoding":          {Encoding: "base32"},
		"an empty spelling":            {Spellings: map[string]string{"amount": ""}},
		"two fields of one name":       {Spellings: map[string]string{"amount": "a", "feeAmount": "a"}},
		"a status beyond the document": {Statuses: map[string]string{"08": "00"}},
		"a word as a status":           {Statuses: map[string]string{"00": "paid"}},
	} {
		s, err := Open(Options{Dialect: d, Clock: newClock()})
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
		} else if strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
