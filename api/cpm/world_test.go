package cpm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/apitest"
	"cashier/api/snap"
)

var morning = time.Date(2026, 11, 20, 8, 0, 0, 0, api.Jakarta)

const (
	payment = api.Reference("Q261120080000K7M2RX4T9WZB")
	refund  = api.Reference("R261120090000K7M2RX4T9WZB")
	secret  = "client-secret-canary"
)

// customer is the content of a code that a customer shows; its card number and
// its bytes are in code_test.go.
const customer = "hQVDUFYwMWEaTwegAAAGAiAgUAhRUklTQ1BNMVoIk2AJmRI0VniF"

// desk is a provider whose answers the test writes.
type desk struct{ apitest.Desk }

// says makes the desk answer with a code and further fields.
func (d *desk) says(code, fields string) *desk {
	d.Body = `{"responseCode":"` + code + `","responseMessage":"words"`
	if fields != "" {
		d.Body += "," + fields
	}
	d.Body += "}"
	fmt.Sscanf(code[:3], "%d", &d.Status)
	return d
}

// endpoint is a profile with every value filled that a request may carry.
func (d *desk) endpoint() api.Endpoint {
	return api.Endpoint{
		Name: "bank", Dialect: Dialect, BaseURL: "http://127.0.0.1:1/gateway", ClientKey: "client-1", PartnerID: "82150823919040624621823174737537",
		MerchantID: "00007100010926", ChannelID: "95221",
		PrivateKey:    apitest.Key,
		ClientSecret:  func() ([]byte, error) { return []byte(secret), nil },
		CustomerToken: func() ([]byte, error) { return []byte("customer-token"), nil }, CustomerPrefix: "Bearer ",
		UserAccessToken: func() ([]byte, error) { return []byte("xxxxxx"), nil },
		SignPrefix:      "/gateway",
		Shop: api.Shop{
			SubMerchantID: "310928924949487", StoreID: "abcd", Name: "Merchant01", Location: "Jakarta Indonesia", Acquirer: "LinkAja",
		},
		Terminal: api.Terminal{
			ID: "6476378", DeviceID: "46252", DeviceVersion: "v.1.0", DeviceModel: "Scanner", DeviceIP: "172.24.281.24",
			Origin: "www.hostname.com", Latitude: "-6.108841", Longitude: "106.7782137", Channel: "mobilephone",
		},
		Transport: d,
	}
}

func (d *desk) provider(change ...func(*api.Endpoint)) *Provider {
	e := d.endpoint()
	for _, f := range change {
		f(&e)
	}
	return New(api.NewClient(e, nil))
}

// forget drops what was seen so far.
func (d *desk) forget() { d.Seen, d.Sent = nil, nil }

func aPayment() api.PaymentRequest {
	return api.PaymentRequest{
		Reference: payment, Code: api.NewCustomerCode(customer), Amount: api.IDR(12_500_00), Title: "Kopi <b>&é",
		ExpiresAt: morning.Add(time.Minute),
	}
}

var aKey = api.PaymentKey{Reference: payment, ProviderReference: "P1", ExternalID: "30443786930722726463280097920912"}

// must is for what cannot fail in a test.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// act is one of the operations that a provider is asked for, with a good
// request.
type act struct {
	operation api.Operation
	do        func(t testing.TB, p *Provider, tainted bool) (any, api.Answer)
	good      string // what a good success says beside its code
}

func acts() map[string]act {
	return map[string]act{
		"59": {Generate, func(t testing.TB, p *Provider, _ bool) (any, api.Answer) {
			news, a := p.GenerateCode(t.Context(), payment, must(p.PrepareCode(payment, morning)), nil)
			return news, a
		}, `"qrContent":"` + customer + `","expiryTime":"60"`},
		"60": {Payment, func(t testing.TB, p *Provider, tainted bool) (any, api.Answer) {
			news, a := p.Pay(t.Context(), payment, must(p.PreparePayment(aPayment(), morning)), tainted, nil)
			return news, a
		}, `"referenceNo":"P1"`},
		"61": {Query, func(t testing.TB, p *Provider, _ bool) (any, api.Answer) {
			news, a := p.QueryPayment(t.Context(), aKey)
			return news, a
		}, `"latestTransactionStatus":"00","paidTime":"x"`},
		"62": {Cancel, func(t testing.TB, p *Provider, _ bool) (any, api.Answer) {
			news, a := p.CancelPayment(t.Context(), aKey, api.IDR(12_500_00), "the customer left", nil)
			return news, a
		}, `"cancelTime":"2026-11-20T08:01:00+07:00"`},
		"80": {Refund, func(t testing.TB, p *Provider, tainted bool) (any, api.Answer) {
			news, a := p.Refund(t.Context(), refund, must(p.PrepareRefund(aKey, refund, api.IDR(5_000_00), "cold")), tainted, nil)
			return news, a
		}, `"refundNo":"REF1","refundTime":"x"`},
	}
}

// lines reads a copied table without the lines that are ours.
func lines(t testing.TB, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, strings.TrimRight(line, "\n"))
		}
	}
	return kept
}

// catalogue parses the copied table of response codes.
func catalogue(t testing.TB) []snap.Code {
	t.Helper()
	var codes []snap.Code
	for _, line := range lines(t, "testdata/response_codes.txt") {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.EqualFold(strings.TrimSpace(cells[2]), "any") {
			continue
		}
		code, err := snap.ParseCode(strings.TrimSpace(cells[1]) + "00" + strings.TrimSpace(cells[3]))
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	if len(codes) != 63 {
		t.Fatalf("the catalogue has %d codes, want 63", len(codes))
	}
	return codes
}

// sample is one exchange of the document's "CODE SNIPPETS".
type sample struct {
	headers           map[string]string
	path              string
	request, response string
}

// samples parses the copied snippets, by service.
func samples(t testing.TB) map[string]sample {
	t.Helper()
	services := []string{"59", "60", "61", "62", "79", "80"}
	found := map[string]sample{}
	var current sample
	var body *string
	done := func() {
		if current.path != "" {
			found[services[len(found)]] = current
		}
		current = sample{headers: map[string]string{}}
	}
	for _, line := range lines(t, "testdata/samples.txt") {
		name, value, header := strings.Cut(line, ": ")
		switch {
		case line == "Sample Request":
			done()
			body = &current.request
		case line == "Sample Response":
			body = &current.response
		case strings.HasPrefix(line, "POST ..."):
			current.path = strings.TrimPrefix(strings.Fields(line)[1], "...")
		case header && !strings.ContainsAny(name, `"{`):
			if body == &current.request {
				current.headers[name] = value
			}
		case body != nil:
			*body += line
		}
	}
	done()
	if len(found) != len(services) {
		t.Fatalf("%d samples, want %d", len(found), len(services))
	}
	for service, s := range found {
		if !json.Valid([]byte(s.request)) || !json.Valid([]byte(s.response)) {
			t.Fatalf("the sample of %s is not JSON: %s %s", service, s.request, s.response)
		}
	}
	return found
}

// flat is a JSON object as the test compares it: names without regard to case
// and to the space that one of them begins with, and nothing that is null.
func flat(t testing.TB, body []byte) map[string]string {
	t.Helper()
	values := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case nil:
		case map[string]any:
			for name, inner := range v {
				walk(path+"."+strings.ToLower(strings.TrimSpace(name)), inner)
			}
		default:
			values[path] = fmt.Sprintf("%T %v", v, v)
		}
	}
	var whole any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	walk("", whole)
	return values
}
