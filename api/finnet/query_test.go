package finnet

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/snap"
)

// The document's request, with the table's name for the submerchant.
func TestTheRequestSample(t *testing.T) {
	d := (&desk{}).says("2005300", sample(t))
	d.provider().Lookup(t.Context(), asked(t))
	want := fields(t, read(t, "request.json"))
	want["submerchantId"] = want["subMerchantId"]
	delete(want, "subMerchantId")
	if got := fields(t, d.Sent[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
	if !strings.Contains(d.Sent[0], `"amount":{"value":"10000.00","currency":"IDR"}`) {
		t.Errorf("sent %s", d.Sent[0])
	}
	d = (&desk{}).says("2005300", sample(t))
	d.provider(func(e *api.Endpoint) {
		e.Spellings = map[string]string{"submerchantId": "subMerchantId", "originalPartnerReferenceNo": "originalPartnerReferanceNo"}
	}).Lookup(t.Context(), asked(t))
	if !strings.Contains(d.Sent[0], `"subMerchantId":`) || !strings.Contains(d.Sent[0], `"originalPartnerReferanceNo":`) {
		t.Errorf("by profile: %s", d.Sent[0])
	}
	r := d.Seen[0]
	signature, err := snap.DecodeSignature(header(r, "X-SIGNATURE"))
	text := snap.SymmetricStringToSign("POST", "/v1.0/qrqr/qr-mpm-query", "token-1", snap.Digest([]byte(d.Sent[0])), header(r, "X-TIMESTAMP"))
	if err != nil || !snap.VerifyHMAC([]byte("secret-canary"), text, signature) {
		t.Errorf("the signature: %v", err)
	}
	if id := header(r, "X-EXTERNAL-ID"); len(id) != 32 || header(r, "CHANNEL-ID") != "95221" {
		t.Errorf("%v", r.Header)
	}
}

// The document's answer, both of its faults in it: the two references are
// swapped, and the amount is another one.
func TestTheAnswerSample(t *testing.T) {
	d := (&desk{}).says("2005300", sample(t))
	d.Body = `{"responseCode":"2005300","responseMessage":"Request has been processed successfully",` + strings.SplitN(read(t, "answer.json"), "\n", 4)[3]
	news, a := d.provider().Lookup(t.Context(), asked(t))
	want := api.LookupNews{
		Status: api.StatusPaid, RawStatus: "00", Description: "success",
		ProviderReference: "weoOiX7RIjSBA31QGcUxrJLyaKFH0z5T", Reference: "INV012021", ServiceCode: "47",
		Amount: api.IDR(12_345_678_00), Fee: api.IDR(1_234_00), PaidTime: "2024-06-07T10:03:54+07:00",
		Info: []api.Detail{
			{Name: "cust_name", Value: "C. G. G."}, {Name: "merchantName", Value: "BB011 WARTEG MUSTIKA"}, {Name: "rrn", Value: "000019001390"},
			{Name: "nns_issuer", Value: "93600014"}, {Name: "nns_acquirer", Value: "93600777"}, {Name: "mpan", Value: "****0011"},
			{Name: "cpan", Value: "****3903"}, {Name: "nmid", Value: "ID1023249949984"}, {Name: "sof_id", Value: "qr_statis"},
			{Name: "issuer", Value: "BCA"}, {Name: "acquirer", Value: "Finpay"}, {Name: "note", Value: "Transaction Remark"},
			{Name: "merchantId", Value: "FM1234567700"}, {Name: "paidTime", Value: "2024-06-07T10:03:54+07:00"},
		},
		Oddities: []api.Oddity{
			{Kind: api.SwappedReferences}, {Kind: api.OtherAmount, Field: "amount", Have: "IDR 12345678.00", Want: "IDR 10000.00"},
		},
	}
	if a.Class != api.Done || a.Warning != "" || !reflect.DeepEqual(news, want) {
		t.Errorf("%+v\nwant %+v\n%+v", news, want, a)
	}
	if !news.Doubtful() {
		t.Error("it is taken as proof")
	}
	all := fields(t, read(t, "answer.json"))["additionalInfo"].(map[string]any)
	if len(all) != len(news.Info) {
		t.Errorf("%d of %d fields are shown", len(news.Info), len(all))
	}
}

// Whose answer it is: the pair counts in either order.
func TestReferencesOfTheAnswer(t *testing.T) {
	both := api.LookupKey{ProviderReference: "P", Reference: "R", Amount: api.IDR(12_345_678_00)}
	one := api.LookupKey{ProviderReference: "P", Amount: api.IDR(12_345_678_00)}
	const misspelt = "originalPartnerReferanceNo"
	for name, c := range map[string]struct {
		key          api.LookupKey
		own, partner any
		misspelt     any
		class        api.Class
		odd          string
		news         [2]api.Text
	}{
		"in order":                {both, "P", "R", nil, api.Done, "", [2]api.Text{"P", "R"}},
		"swapped":                 {both, "R", "P", nil, api.Done, "swapped-references", [2]api.Text{"P", "R"}},
		"misspelt":                {both, "P", nil, "R", api.Done, "", [2]api.Text{"P", "R"}},
		"misspelt and swapped":    {both, "R", nil, "P", api.Done, "swapped-references", [2]api.Text{"P", "R"}},
		"with spaces":             {both, " P ", "R ", nil, api.Done, "", [2]api.Text{"P", "R"}},
		"the first alone":         {both, "P", nil, nil, api.Done, "", [2]api.Text{"P", ""}},
		"the second alone":        {both, nil, "R", nil, api.Done, "missing:originalReferenceNo", [2]api.Text{"", "R"}},
		"ours in the first":       {both, "R", nil, nil, api.Done, "swapped-references", [2]api.Text{"", "R"}},
		"theirs in the second":    {both, nil, "P", nil, api.Done, "missing:originalReferenceNo swapped-references", [2]api.Text{"P", ""}},
		"neither":                 {both, nil, nil, nil, api.Done, "missing:originalReferenceNo", [2]api.Text{"", ""}},
		"another first":           {both, "X", "R", nil, api.Unknown, "", [2]api.Text{}},
		"another second":          {both, "P", "X", nil, api.Unknown, "", [2]api.Text{}},
		"another, swapped":        {both, "X", "P", nil, api.Unknown, "", [2]api.Text{}},
		"ours twice":              {both, "R", "R", nil, api.Unknown, "", [2]api.Text{}},
		"both others":             {both, "X", "Y", nil, api.Unknown, "", [2]api.Text{}},
		"one asked, in order":     {one, "P", "R", nil, api.Done, "", [2]api.Text{"P", "R"}},
		"one asked, swapped":      {one, "R", "P", nil, api.Done, "swapped-references", [2]api.Text{"P", "R"}},
		"one asked, second alone": {one, nil, "P", nil, api.Done, "missing:originalReferenceNo swapped-references", [2]api.Text{"P", ""}},
		"one asked, another":      {one, "X", nil, nil, api.Unknown, "", [2]api.Text{}},
		"one asked, others":       {one, "X", "Y", nil, api.Unknown, "", [2]api.Text{}},
	} {
		all := sample(t, "originalReferenceNo", c.own, "originalPartnerReferenceNo", c.partner, misspelt, c.misspelt)
		for _, code := range []string{"2005300", "2005100", "2004700"} {
			news, a := (&desk{}).says(code, all).provider().Lookup(t.Context(), c.key)
			if a.Class != c.class || kinds(news) != c.odd || [2]api.Text{news.ProviderReference, news.Reference} != c.news {
				t.Errorf("%s: %q %v, %q, %q %q", name, a.Class, a.Err, kinds(news), news.ProviderReference, news.Reference)
			}
			if news.Doubtful() != strings.Contains(c.odd, "swapped") {
				t.Errorf("%s: doubtful %v", name, news.Doubtful())
			}
		}
		_, a := (&desk{}).says("4045301", map[string]any{"originalReferenceNo": c.own, "originalPartnerReferenceNo": c.partner, misspelt: c.misspelt}).provider().Lookup(t.Context(), c.key)
		if a.Class != c.class {
			t.Errorf("%s, not found: %q", name, a.Class)
		}
	}
}

// Spellings of the answer that are not the table's.
func TestSpellingsOfTheAnswer(t *testing.T) {
	fee := map[string]any{"value": "7.00", "currency": "IDR"}
	for _, name := range []string{"Feeamount", "FeeAmount", "feeAmount"} {
		news, a := (&desk{}).says("2005300", sample(t, "FeeAmount", nil, name, fee)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Done || news.Fee != api.IDR(7_00) {
			t.Errorf("%s: %+v", name, news)
		}
	}
	for name, c := range map[string]struct {
		changes []any
		odd     string
	}{
		"no amount":        {[]any{"amount", nil}, "swapped-references"},
		"another currency": {[]any{"amount", map[string]any{"value": "10000.00", "currency": "USD"}}, "swapped-references other-amount:amount"},
		"the amount":       {[]any{"amount", map[string]any{"Value": 10000, "Currency": "IDR"}}, "swapped-references"},
		"no info":          {[]any{"additionalInfo", []any{}}, "swapped-references other-amount:amount"},
		"an odd time":      {[]any{"additionalInfo", map[string]any{"PaidTime": "noon"}}, "unreadable:additionalInfo.paidTime swapped-references other-amount:amount"},
		"another service":  {[]any{"serviceCode", "51"}, "swapped-references other-amount:amount other-service:serviceCode"},
	} {
		news, a := (&desk{}).says("2005300", sample(t, c.changes...)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Done || kinds(news) != c.odd {
			t.Errorf("%s: %q, %q", name, a.Class, kinds(news))
		}
		if name == "an odd time" && news.PaidTime != "noon" {
			t.Errorf("%q", news.PaidTime)
		}
	}
	p := (&desk{}).provider()
	if p.Name() != "finnet" || p.Binding() != "http://127.0.0.1:1 FM2007160001" {
		t.Errorf("%q %q", p.Name(), p.Binding())
	}
}

// A newer page's path and a map of statuses are the profile's.
func TestProfilesOfFinnet(t *testing.T) {
	d := (&desk{}).says("2005300", sample(t, "latestTransactionStatus", "02"))
	news, a := d.provider(func(e *api.Endpoint) {
		e.Paths = map[string]string{"51": "/v1.0/qr/qr-mpm-query"}
		e.Statuses = map[string]api.PaymentStatus{"02": api.StatusPaid}
		e.OriginalService = "51"
	}).Lookup(t.Context(), asked(t))
	if a.Class != api.Done || news.Status != api.StatusPaid || d.Seen[0].URL.Path != "/v1.0/qr/qr-mpm-query" || !strings.Contains(d.Sent[0], `"serviceCode":"51"`) {
		t.Errorf("%+v %+v %s", news, a, d.Sent[0])
	}
}

// The payer's card and name stay in the answer's bytes.
func TestNothingPrivateIsKept(t *testing.T) {
	private := []string{"9360001410190013903", "9360077732302230011", "CANDRA", "GUNAWAN", "GAHO"}
	all := sample(t, "transactionStatusDesc", "card 9360001410190013903")
	all["additionalInfo"].(map[string]any)["payer"] = map[string]any{"name": "CANDRA GUNAWAN", "cards": []any{"9360001410190013903"}}
	d := (&desk{}).says("2005300", all)
	d.Body = strings.Replace(d.Body, `"words"`, `"card 9360001410190013903"`, 1)
	p := d.provider()
	news, a := p.Lookup(t.Context(), asked(t))
	text := fmt.Sprintf("%v %+v %#v %+v %+v", news, news, news, a, p)
	for _, secret := range append(private, "secret-canary") {
		if strings.Contains(text, secret) {
			t.Errorf("%s: %s", secret, text)
		}
		if secret != "secret-canary" && !strings.Contains(d.Body, secret) {
			t.Error("the control is not found: this test cannot fail")
		}
	}
	if a.Class != api.Done || a.Message != "card ****3903" || news.Description != "card ****3903" {
		t.Errorf("%q %q", a.Message, news.Description)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, read(f, "answer.json"))
	f.Add(404, `{"responseCode":"4045301","originalReferenceNo":{}}`)
	f.Add(200, `{"responseCode":"2005100","originalPartnerReferanceNo":"P","latestTransactionStatus":"00","additionalInfo":{"cpan":["9360001410190013903",{}]}}`)
	f.Add(502, `<html>`)
	d := &desk{}
	p := d.provider()
	f.Fuzz(func(t *testing.T, status int, body string) {
		d.Seen, d.Sent = nil, nil
		d.Status, d.Body = status, body
		news, a := p.Lookup(t.Context(), api.LookupKey{ProviderReference: "P", Reference: "R", Amount: api.IDR(100)})
		key := a.Code.Key()
		if a.Code.HTTP != status && a.Class != api.Unknown && a.Class != api.NotSent {
			t.Fatalf("HTTP %d and code %s prove %q", status, a.Code, a.Class)
		}
		if a.Class == api.Done && (news.Status == api.NoStatus || key != "200-00" && key != "404-01") {
			t.Errorf("%s settles: %+v", key, news)
		}
		if a.Class == api.Done && (news.ProviderReference != "" && news.ProviderReference != "P" || news.Reference != "" && news.Reference != "R") {
			t.Errorf("another's: %+v", news)
		}
		if a.Class == api.Done && news.Amount.Currency() != "" && news.Amount != api.IDR(100) && !news.Doubtful() {
			t.Errorf("another amount is proof: %+v", news)
		}
		texts := []api.Text{news.RawStatus, news.Description, news.PaidTime, news.ServiceCode, a.Message, api.Text(a.Warning)}
		for _, d := range news.Info {
			texts = append(texts, d.Name, d.Value)
		}
		for _, s := range texts {
			if api.Clean(string(s), api.MaxText) != string(s) {
				t.Errorf("%q is not fit for a terminal", s)
			}
		}
	})
}
