package cpm

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/apitest"
	"cashier/api/snap"
)

// sampleProvider is the profile behind the document's samples.
func (d *desk) sampleProvider(store string) *Provider {
	return d.provider(func(e *api.Endpoint) {
		e.Expiry, e.Shop.StoreID = api.ExpirySeconds, store
		e.Terminal.DeviceID = "12345679237"
	})
}

const (
	sampleReference = api.Reference("2020102900000000000001")
	sampleOwn       = "2020102977770000000009"
	sampleStore     = "124928924949487"
)

// The requests of the document's samples, from what a till would say: every
// value is the same, but for what the samples themselves contradict.
func TestRequestsAreThoseOfTheSamples(t *testing.T) {
	all := samples(t)
	at := must(api.ParseTimestamp("2020-12-23T07:50:11+07:00"))
	amount := must(api.ParseAmount("12345678.00", "IDR"))
	d := &desk{}
	ask := func(key api.PaymentKey, do func(p *Provider, key api.PaymentKey)) string {
		d.says("2006100", "").forget()
		do(d.sampleProvider(sampleStore), key)
		return d.Sent[0]
	}
	key := func(external string) api.PaymentKey {
		return api.PaymentKey{Reference: sampleReference, ProviderReference: sampleOwn, ExternalID: external}
	}
	for service, c := range map[string]struct {
		sent   string
		differ []string // a sample's terminal has two device ids; a refund's additionalInfo is null
	}{
		"59": {sent: string(must(d.sampleProvider("").PrepareCode(sampleReference, at)))},
		"60": {sent: string(must(d.sampleProvider("abcd").PreparePayment(api.PaymentRequest{
			Reference: sampleReference, Code: api.NewCustomerCode("hduvY..."), Amount: amount, Fee: amount, Title: "example",
			ExpiresAt: at.Add(time.Minute), Items: []api.PaymentItem{{ProductID: "12345", ProductName: "goods A", Quantity: "6", Description: "barang"}},
		}, at))), differ: []string{".scannerinfo.deviceid"}},
		"61": {sent: ask(key("10052019"), func(p *Provider, k api.PaymentKey) { p.QueryPayment(t.Context(), k) })},
		"62": {sent: ask(key("30443786930722726463280097920912"), func(p *Provider, k api.PaymentKey) {
			p.CancelPayment(t.Context(), k, api.IDR(10_000_00), "cancel reason", nil)
		})},
		"80": {sent: string(must(d.sampleProvider(sampleStore).PrepareRefund(key("10052019"), "239850918204981205970", api.IDR(10_000_00), "Customer complain"))),
			differ: []string{".additionalinfo.deviceid", ".additionalinfo.channel"}},
	} {
		want, got := flat(t, []byte(all[service].request)), flat(t, []byte(c.sent))
		for _, path := range c.differ {
			delete(want, path)
			delete(got, path)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: sent\n%v, the sample has\n%v", service, got, want)
		}
	}
}

// The answers of the document's samples, through the methods.
func TestTheAnswersOfTheSamplesAreRead(t *testing.T) {
	all := samples(t)
	d := &desk{apitest.Desk{Status: http.StatusOK}}
	p := d.sampleProvider(sampleStore)
	key := api.PaymentKey{Reference: sampleReference, ProviderReference: sampleOwn, ExternalID: "10052019"}

	d.Body = all["59"].response
	code, a := p.GenerateCode(t.Context(), sampleReference, must(p.PrepareCode(sampleReference, morning)), nil)
	if a.Class != api.Done || code.Code.Reveal() != "hduvY..." || code.URL != "PL0001" || code.RawExpiry != "60" || code.ProviderReference != sampleOwn ||
		!code.ExpiresAt.Equal(a.At.Add(a.Latency+time.Minute)) {
		t.Errorf("59: %q %v %+v", a.Class, a.Err, code)
	}
	r := aPayment()
	r.Reference = sampleReference
	d.Body = all["60"].response
	paid, a := p.Pay(t.Context(), sampleReference, must(p.PreparePayment(r, morning)), false, nil)
	if want := (api.PaymentNews{ProviderReference: sampleOwn, TransactionDate: "2020-12-23T07:54:11+07:00"}); a.Class != api.Done || paid != want {
		t.Errorf("60: %q %v %+v", a.Class, a.Err, paid)
	}
	d.Body = all["61"].response
	asked, a := p.QueryPayment(t.Context(), key)
	if want := (api.PaymentNews{
		Status: api.StatusPaid, RawStatus: "00", Description: "success", ProviderReference: sampleOwn, Title: "example", PaidTime: "2020-12-23T08:04:11+07:00",
	}); a.Class != api.Done || asked != want || a.Warning != "" {
		t.Errorf("61: %q %v %q %+v", a.Class, a.Err, a.Warning, asked)
	}
	d.Body = all["62"].response
	cancelled, a := p.CancelPayment(t.Context(), key, api.IDR(10_000_00), "cancel reason", nil)
	if want := (api.PaymentNews{ProviderReference: sampleOwn, CancelTime: "2020-12-21T17:07:25+07:00", TransactionDate: "2020-12-21T17:55:11+07:00"}); a.Class != api.Done || cancelled != want {
		t.Errorf("62: %q %v %+v", a.Class, a.Err, cancelled)
	}
	d.Body = all["80"].response
	back, a := p.Refund(t.Context(), "239850918204981205970", must(p.PrepareRefund(key, "239850918204981205970", api.IDR(10_000_00), "")), false, nil)
	if want := (api.RefundNews{ProviderReference: sampleOwn, RefundNo: "REF993883", RefundTime: "2020-12-21T17:21:41+07:00", Amount: api.IDR(10_000_00)}); a.Class != api.Done || back != want || a.Warning != "" {
		t.Errorf("80: %q %v %q %+v", a.Class, a.Err, a.Warning, back)
	}
	note, err := ReadNotification([]byte(all["79"].request))
	if want := (Notification{
		Reference: sampleReference, ProviderReference: sampleOwn, Merchant: "00007100010926", SubMerchant: "310928924949487", Store: sampleStore,
		Amount:   api.IDR(50_000_00),
		News:     api.PaymentNews{Status: api.StatusPaid, RawStatus: "00", Description: "success", ProviderReference: sampleOwn},
		Customer: "****0001", AccountType: "tabungan", Destination: "****8292", DestinationName: "J. D.", Session: "0UYEB77329002HY", Bank: "002",
	}); err != nil || note != want {
		t.Errorf("79: %v\n%+v", err, note)
	}
}

// The samples' header set, path and signature, symmetric and by profile
// asymmetric.
func TestRequestsCarryTheHeadersOfTheSamples(t *testing.T) {
	all := samples(t)
	for service, act := range acts() {
		for _, kind := range []snap.Kind{"", snap.Asymmetric} {
			d := (&desk{}).says("200"+service+"00", act.good)
			p := d.provider(func(e *api.Endpoint) {
				if kind != "" {
					e.Signature = map[string]snap.Kind{service: kind}
				}
			})
			if _, a := act.do(t, p, false); a.Class != api.Done {
				t.Fatalf("%s: %q %v", service, a.Class, a.Err)
			}
			r := d.Seen[0]
			want := slices.Collect(maps.Keys(all[service].headers))
			got := slices.Collect(maps.Keys(r.Header))
			for i, name := range want {
				if strings.EqualFold(name, "Content-type") {
					want[i] = "Content-Type"
				}
			}
			want = append(want, "Accept")
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: headers %v, the sample has %v", service, got, want)
			}
			if path := "/gateway" + all[service].path; r.URL.Path != path {
				t.Errorf("%s: path %s, want %s", service, r.URL.Path, path)
			}
			header := func(name string) string { return strings.Join(r.Header[name], ",") }
			for name, value := range map[string]string{
				"Authorization": "Bearer token-1", "Authorization-Customer": "Bearer customer-token", "ORIGIN": "www.hostname.com",
				"X-PARTNER-ID": "82150823919040624621823174737537", "X-IP-ADDRESS": "172.24.281.24", "X-DEVICE-ID": "46252",
				"X-LATITUDE": "-6.108841", "X-LONGITUDE": "106.7782137", "CHANNEL-ID": "95221",
			} {
				if header(name) != value {
					t.Errorf("%s: %s is %q, want %q", service, name, header(name), value)
				}
			}
			if id := header("X-EXTERNAL-ID"); len(id) != 32 || strings.Trim(id, "0123456789") != "" {
				t.Errorf("%s: X-EXTERNAL-ID %q", service, id)
			}
			signature := must(snap.DecodeSignature(header("X-SIGNATURE")))
			digest, at := snap.Digest([]byte(d.Sent[0])), header("X-TIMESTAMP")
			err := errors.New("the HMAC differs")
			if kind == snap.Asymmetric {
				err = snap.VerifyRSA(&must(apitest.Key()).PublicKey, snap.AsymmetricStringToSign("POST", r.URL.Path, digest, at), signature)
			} else if snap.VerifyHMAC([]byte(secret), snap.SymmetricStringToSign("POST", r.URL.Path, "token-1", digest, at), signature) {
				err = nil
			}
			if err != nil {
				t.Errorf("%s %s: %v", service, kind, err)
			}
		}
	}
}

func TestOperationsAreTheDocuments(t *testing.T) {
	all := samples(t)
	for service, c := range map[string]struct {
		operation api.Operation
		timeout   time.Duration
		strict    bool
	}{
		"59": {Generate, 8 * time.Second, true}, "60": {Payment, 8 * time.Second, true}, "61": {Query, 5 * time.Second, false},
		"62": {Cancel, 8 * time.Second, true}, "80": {Refund, 8 * time.Second, true},
	} {
		op := c.operation
		if op.Service != service || op.Provider != Dialect || op.Method != http.MethodPost || op.Path != all[service].path ||
			op.Timeout != c.timeout || op.Strict != c.strict || op.Attempts != 1 || op.Signature != snap.Symmetric {
			t.Errorf("%s: %+v", service, op)
		}
	}
	p := (&desk{}).provider()
	if p.Name() != "bank" || p.Binding() != "http://127.0.0.1:1/gateway 00007100010926" {
		t.Errorf("%q %q", p.Name(), p.Binding())
	}
}

// A profile's field names reach the wire, and its answers are read under them.
func TestAProfileMaySpellFieldsItsOwnWay(t *testing.T) {
	d := (&desk{}).says("2006100", `"status":"00"`)
	p := d.provider(func(e *api.Endpoint) {
		e.Spellings = map[string]string{"externalStoreID": "externalStoreId", "latestTransactionStatus": "status"}
	})
	news, a := p.QueryPayment(t.Context(), aKey)
	if a.Class != api.Done || news.Status != api.StatusPaid || !strings.Contains(d.Sent[0], `"externalStoreId":"abcd"`) {
		t.Errorf("%q %v %+v, sent %s", a.Class, a.Err, news, d.Sent[0])
	}
}
