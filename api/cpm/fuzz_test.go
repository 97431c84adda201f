package cpm

import (
	"errors"
	"strings"
	"testing"

	"cashier/api"
)

// Whatever comes as a notification, it is read or refused, and what is read is
// fit for a terminal and masked.
func FuzzReadNotification(f *testing.F) {
	f.Add([]byte(samples(f)["79"].request))
	f.Add(notice(f, map[string]any{"amount": nil, "customerNumber": 6281388370001}))
	f.Add([]byte(`{"originalReferenceNo":"\u001b[2J","latestTransactionStatus":"00","merchantId":"M","additionalInfo":[1]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := ReadNotification(body)
		if err == nil && (n.Reference == "" && n.ProviderReference == "" || n.Merchant == "" || n.News.RawStatus == "") {
			t.Errorf("read without what is mandatory: %+v", n)
		}
		if err != nil && !errors.Is(err, ErrNotification) && !errors.As(err, new(*api.FieldError)) {
			t.Errorf("an error of another kind: %v", err)
		}
		for _, text := range []api.Text{
			n.ProviderReference, n.Merchant, n.SubMerchant, n.Store, n.News.Description, n.News.RawStatus, n.Customer, n.AccountType,
			n.Destination, n.DestinationName, n.Session, n.Bank, api.Text(n.Reference),
		} {
			if api.Clean(string(text), api.MaxText) != string(text) {
				t.Errorf("%q is not fit for a terminal", text)
			}
		}
		for _, number := range []api.Text{n.Customer, n.Destination} {
			if number != "" && (!strings.HasPrefix(string(number), "****") || len([]rune(number)) > 8) {
				t.Errorf("%q is not masked", number)
			}
		}
		if _, err := api.ParseReference(string(n.Reference)); n.Reference != "" && err != nil {
			t.Errorf("%v", err)
		}
	})
}

// Whatever comes as an answer, money is settled only by the code and the proof
// that the tables demand.
func FuzzAnswers(f *testing.F) {
	services := []string{"59", "60", "61", "62", "80"}
	for i, service := range services {
		f.Add(byte(i), 200, samples(f)[service].response, false)
		f.Add(byte(i), 200, `{"responseCode":"200`+service+`00",`+acts()[service].good+`}`, true)
		f.Add(byte(i), 404, `{"responseCode":"404`+service+`18","additionalInfo":[],"partnerRefundNo":{}}`, true)
		f.Add(byte(i), 504, `{"responseCode":"504`+service+`00"`, false)
	}
	d := &desk{}
	p := d.provider()
	all := acts()
	f.Fuzz(func(t *testing.T, which byte, status int, body string, tainted bool) {
		service := services[int(which)%len(services)]
		d.forget()
		d.Status, d.Body = status, body
		news, a := all[service].do(t, p, tainted)
		key := a.Code.Key()
		if a.Code.HTTP != status && a.Class != api.Unknown {
			t.Fatalf("HTTP %d and code %s prove %q", status, a.Code, a.Class)
		}
		settled := map[string]bool{"200-00": true}
		switch n := news.(type) {
		case api.CodeNews:
			if a.Class == api.Done && n.Code.Reveal() == "" {
				t.Error("a code without a code")
			}
		case api.PaymentNews:
			switch {
			case service == "60" && a.Class == api.Done && (n.ProviderReference == "" || n.Status != api.StatusPaid && n.RawStatus != ""):
				t.Errorf("paid without proof: %+v", n)
			case service == "61" && a.Class == api.Done && n.Status == api.NoStatus:
				t.Errorf("an answer without a status: %+v", n)
			case service == "61" && a.Class != api.Done && n.Status != api.NoStatus:
				t.Errorf("an error answer with a status: %+v", n)
			case service == "62" && a.Class == api.Done && n.CancelTime == "":
				t.Errorf("cancelled without proof: %+v", n)
			}
			settled["404-01"] = service == "61"
			for _, text := range []api.Text{n.RawStatus, n.Description, n.ProviderReference, n.Title, n.PaidTime, n.TransactionDate, n.CancelTime} {
				if api.Clean(string(text), api.MaxText) != string(text) {
					t.Errorf("%q is not fit for a terminal", text)
				}
			}
		case api.RefundNews:
			settled["404-18"], settled["409-01"] = tainted, tainted
			if a.Class == api.Done && key == "200-00" && n.RefundNo == "" {
				t.Errorf("refunded without proof: %+v", n)
			}
		default:
			t.Fatalf("news of another kind: %T", news)
		}
		if a.Class == api.Done && !settled[key] {
			t.Errorf("%s: code %s settles", service, a.Code)
		}
	})
}
