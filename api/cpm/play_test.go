package cpm

import (
	"testing"
	"time"

	"cashier/api"
	"cashier/api/apitest"
	"cashier/api/sandbox"
)

// The sandbox reads the document's tables by a transcription of its own: what
// both sides understand is not a mistake that both share. A life of a payment,
// with every value that a profile can fill.
func TestALifeAgainstTheSandbox(t *testing.T) {
	for _, kind := range []string{"59 first", "scanned"} {
		box, err := sandbox.Open(sandbox.Options{GenerateKey: apitest.Key})
		if err != nil {
			t.Fatal(err)
		}
		clientKey, key, clientSecret := box.Partner()
		must(key()) // made before the first request is verified
		customer := sandbox.Customers()[0]
		d := &desk{}
		p := d.provider(func(e *api.Endpoint) {
			e.ClientKey, e.PartnerID, e.MerchantID, e.PrivateKey, e.ClientSecret = clientKey, "", box.MerchantID(), key, clientSecret
			e.UserAccessToken = func() ([]byte, error) { return []byte(customer.ID), nil }
			e.BaseURL, e.SignPrefix, e.Terminal.DeviceIP, e.Transport = "https://bank.example", "", "172.24.28.24", box.Transport()
		})
		now := time.Now()
		code := api.NewCustomerCode(customer.Content)
		if kind == "59 first" {
			reference := api.NewReference(api.CodeReference, now)
			news, a := p.GenerateCode(t.Context(), reference, must(p.PrepareCode(reference, now)), nil)
			if a.Class != api.Done || !news.ExpiresAt.After(now) {
				t.Fatalf("59: %q %s %q %v, until %s", a.Class, a.Code, a.Message, a.Err, news.ExpiresAt)
			}
			code = news.Code
		}
		r := aPayment()
		r.Reference, r.Code, r.ExpiresAt, r.Fee = api.NewReference(api.PaymentReference, now), code, now.Add(time.Minute), api.IDR(100_00)
		r.Items = []api.PaymentItem{{ProductID: "1", ProductName: "Kopi", Quantity: "2", Description: "panas"}, {ProductID: "2"}}
		log := &journal{}
		paid, a := p.Pay(t.Context(), r.Reference, must(p.PreparePayment(r, now)), false, log)
		if a.Class != api.Done || paid.ProviderReference == "" {
			t.Fatalf("%s 60: %q %s %q %v %+v", kind, a.Class, a.Code, a.Message, a.Err, paid)
		}
		k := api.PaymentKey{Reference: r.Reference, ProviderReference: paid.ProviderReference, ExternalID: a.Attempt.ExternalID}
		if news, a := p.QueryPayment(t.Context(), k); a.Class != api.Done || news.Status != api.StatusPaid || a.Warning != "" {
			t.Errorf("%s 61: %q %s %q %q %v %+v", kind, a.Class, a.Code, a.Message, a.Warning, a.Err, news)
		}
		if news, a := p.QueryPayment(t.Context(), api.PaymentKey{Reference: "Q-NONE"}); a.Class != api.Done || news.Status != api.StatusNotFound {
			t.Errorf("%s 61 of nothing: %q %s %q %v %+v", kind, a.Class, a.Code, a.Message, a.Err, news)
		}
		if _, a := p.CancelPayment(t.Context(), api.PaymentKey{Reference: "Q-NONE"}, r.Amount, "", nil); a.Class != api.NotFound {
			t.Errorf("%s 62 of nothing: %q %s %q %v", kind, a.Class, a.Code, a.Message, a.Err)
		}
		back := api.NewReference(api.RefundReference, now)
		body := must(p.PrepareRefund(k, back, r.Amount, "cold"))
		if news, a := p.Refund(t.Context(), back, body, false, nil); a.Class != api.Done || news.RefundNo == "" || news.Amount != r.Amount || a.Warning != "" {
			t.Errorf("%s 80: %q %s %q %q %v %+v", kind, a.Class, a.Code, a.Message, a.Warning, a.Err, news)
		}
		if _, a := p.Refund(t.Context(), back, body, true, nil); a.Class != api.Done {
			t.Errorf("%s 80 again: %q %s %q %v", kind, a.Class, a.Code, a.Message, a.Err)
		}
		if entry, ok := box.Payment(string(r.Reference)); !ok || entry.Debits != 1 {
			t.Errorf("%s: the ledger has %+v", kind, entry)
		}
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	}
}
