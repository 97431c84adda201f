package paydia

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/snap"
)

// The document's request, but for what is of the moment: path, headers, body,
// and a signature over the path with /snap.
func TestTheRequestSample(t *testing.T) {
	text := read(t, "request.txt")
	lines := strings.Split(text, "\n")
	d := (&desk{}).says("2005100", sample(t))
	p := d.provider(func(e *api.Endpoint) {
		for _, line := range lines {
			if token, ok := strings.CutPrefix(line, "Authorization-Customer: "); ok {
				e.CustomerToken = func() ([]byte, error) { return []byte(token), nil }
			}
		}
	})
	p.Lookup(t.Context(), asked(t))
	r := d.Seen[0]
	if lines[0] != r.Method+" "+r.URL.Path {
		t.Errorf("%s %s, want %s", r.Method, r.URL.Path, lines[0])
	}
	moment := []string{"X-TIMESTAMP", "X-SIGNATURE", "X-EXTERNAL-ID", "Authorization"}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, `"`) {
			continue
		}
		got := r.Header[name]
		if name == "Content-Type" {
			got = r.Header.Values(name)
		}
		if len(got) != 1 {
			t.Errorf("%s: %q", name, got)
			continue
		}
		if !strings.Contains(strings.Join(moment, " "), name) && got[0] != value {
			t.Errorf("%s: %q, want %q", name, got[0], value)
		}
	}
	want := strings.Join(strings.Fields(text[strings.Index(text, "{"):]), "")
	if d.Sent[0] != want {
		t.Errorf("sent %s, want %s", d.Sent[0], want)
	}
	if id := header(r, "X-EXTERNAL-ID"); strings.Trim(id, "0123456789") != "" || len(id) > 36 {
		t.Errorf("X-EXTERNAL-ID %q", id)
	}
	signature, err := snap.DecodeSignature(header(r, "X-SIGNATURE"))
	if err != nil {
		t.Fatal(err)
	}
	for path, good := range map[string]bool{"/snap/v1.0/qr/qr-mpm-query": true, "/v1.0/qr/qr-mpm-query": false} {
		text := snap.SymmetricStringToSign("POST", path, "token-1", snap.Digest([]byte(d.Sent[0])), header(r, "X-TIMESTAMP"))
		if snap.VerifyHMAC([]byte("secret-canary"), text, signature) != good {
			t.Errorf("signed over %s: %v", path, !good)
		}
	}
}

func TestTheAnswerSample(t *testing.T) {
	d := (&desk{}).says("2005100", sample(t))
	news, a := d.provider().Lookup(t.Context(), asked(t))
	want := api.LookupNews{
		Status: api.StatusPaid, RawStatus: "00", Description: "Success",
		ProviderReference: "e3201ef5c7f06db5d999867b8c220809804443bbedd76d5c43fe6217c5533645",
		Reference:         "21df2838-c9e8-4aff-8c02-274ed4390e70", ExternalID: "1725949206", ServiceCode: "51",
		Amount: api.IDR(12_000_00), Fee: api.IDR(0), PaidTime: "2024-09-10T06:20:06+07:00",
	}
	if a.Class != api.Done || a.Warning != "" || !reflect.DeepEqual(news, want) {
		t.Errorf("%+v\nwant %+v\n%+v", news, want, a)
	}
}

func TestProfilesOfPaydia(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*api.Endpoint)
		fields []any
		check  func(d *desk, news api.LookupNews, a api.Answer) bool
	}{
		"the original's service": {func(e *api.Endpoint) { e.OriginalService = "47" }, []any{"serviceCode", "47"},
			func(d *desk, n api.LookupNews, a api.Answer) bool {
				return strings.Contains(d.Sent[0], `"serviceCode":"47"`) && kinds(n) == ""
			}},
		"another service": {func(*api.Endpoint) {}, []any{"serviceCode", "47"},
			func(_ *desk, n api.LookupNews, a api.Answer) bool {
				return kinds(n) == "other-service:serviceCode" && !n.Doubtful()
			}},
		"a prefix": {func(e *api.Endpoint) { e.CustomerPrefix = "Bearer " }, nil,
			func(d *desk, _ api.LookupNews, _ api.Answer) bool {
				return header(d.Seen[0], "Authorization-Customer") == "Bearer customer-token-canary"
			}},
		"statuses": {func(e *api.Endpoint) { e.Statuses = map[string]api.PaymentStatus{"02": api.StatusPaid} }, []any{"latestTransactionStatus", "02"},
			func(_ *desk, n api.LookupNews, a api.Answer) bool { return n.Status == api.StatusPaid }},
		"statuses without 00": {func(e *api.Endpoint) { e.Statuses = map[string]api.PaymentStatus{"02": api.StatusPaid} }, nil,
			func(_ *desk, n api.LookupNews, a api.Answer) bool {
				return a.Class == api.Unknown && n.Status == api.NoStatus && n.RawStatus == "00"
			}},
		"spellings": {func(e *api.Endpoint) {
			e.Spellings = map[string]string{"originalReferenceNo": "ref", "latestTransactionStatus": "state"}
		}, []any{"originalReferenceNo", nil, "latestTransactionStatus", nil, "ref", string(asked(t).ProviderReference), "state", "06"},
			func(d *desk, n api.LookupNews, a api.Answer) bool {
				return strings.HasPrefix(d.Sent[0], `{"ref":"e32`) && n.Status == api.StatusFailed && n.ProviderReference != ""
			}},
		"a path": {func(e *api.Endpoint) { e.Paths = map[string]string{"51": "/v2/q"} }, nil,
			func(d *desk, _ api.LookupNews, a api.Answer) bool {
				return d.Seen[0].URL.Path == "/v2/q" && a.Class == api.Done
			}},
		"an odd answer": {func(*api.Endpoint) {}, []any{"latestTransactionStatus", []any{"00"}},
			func(_ *desk, n api.LookupNews, a api.Answer) bool {
				return a.Class == api.Unknown && n.Status == api.NoStatus
			}},
	} {
		d := (&desk{}).says("2005100", sample(t, c.fields...))
		news, a := d.provider(c.change).Lookup(t.Context(), asked(t))
		if !c.check(d, news, a) {
			t.Errorf("%s: %+v\n%+v\n%q", name, news, a, d.Sent)
		}
	}
	p := (&desk{}).provider()
	if p.Name() != "paydia" || p.Binding() != "http://127.0.0.1:1 35d1a1127182a65e4fe0256242a40a6d" {
		t.Errorf("%q %q", p.Name(), p.Binding())
	}
}

// The document's list of statuses is empty: seed 003's holds.
func TestStatuses(t *testing.T) {
	for raw, want := range api.DefaultStatuses() {
		news, a := (&desk{}).says("2005100", sample(t, "latestTransactionStatus", raw)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Done || news.Status != want || string(news.RawStatus) != raw {
			t.Errorf("%s: %q %+v", raw, a.Class, news)
		}
	}
	for _, raw := range []any{"08", "0", " 00", "SUCCESS", 0, nil, ""} {
		news, a := (&desk{}).says("2005100", sample(t, "latestTransactionStatus", raw)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Unknown || a.Reason != api.ReasonUnclear || news.Status != api.NoStatus {
			t.Errorf("%v: %q %+v", raw, a.Class, news)
		}
	}
}

// paidTime orders nothing: it is kept as it came.
func TestPaidTimeStaysAsItCame(t *testing.T) {
	for raw, odd := range map[string]string{
		"2024-09-10T06:20:06+07:00": "", "20240910062006": "length:paidTime", "yesterday, about half past 7": "length:paidTime unreadable:paidTime",
		"2024-09-10 06:20:06 +07:00": "length:paidTime unreadable:paidTime",
	} {
		news, a := (&desk{}).says("2005100", sample(t, "paidTime", raw)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Done || string(news.PaidTime) != raw || kinds(news) != odd {
			t.Errorf("%q: %q, %q", raw, news.PaidTime, kinds(news))
		}
	}
	// Mandatory in the table even for what is not paid.
	for status, odd := range map[string]string{"00": "missing:paidTime", "03": "", "06": ""} {
		news, a := (&desk{}).says("2005100", sample(t, "paidTime", nil, "latestTransactionStatus", status)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Done || kinds(news) != odd {
			t.Errorf("%s: %q, %q", status, a.Class, kinds(news))
		}
	}
}

// Whose answer it is.
func TestReferencesOfTheAnswer(t *testing.T) {
	own := asked(t)
	for name, c := range map[string]struct {
		key    api.LookupKey
		fields []any
		class  api.Class
		odd    string
	}{
		"as asked":             {own, nil, api.Done, ""},
		"with spaces":          {own, []any{"originalReferenceNo", string(own.ProviderReference), "originalPartnerReferenceNo", " " + string(own.Reference) + " "}, api.Done, ""},
		"none named":           {own, []any{"originalReferenceNo", nil, "originalPartnerReferenceNo", nil, "originalExternalId", nil}, api.Done, "missing:originalReferenceNo"},
		"another provider's":   {own, []any{"originalReferenceNo", "X"}, api.Done, "other-reference:originalReferenceNo"},
		"another of ours":      {own, []any{"originalPartnerReferenceNo", "X"}, api.Done, "other-reference:originalPartnerReferenceNo"},
		"both others":          {own, []any{"originalReferenceNo", "X", "originalPartnerReferenceNo", "Y"}, api.Unknown, ""},
		"swapped":              {own, []any{"originalReferenceNo", string(own.Reference), "originalPartnerReferenceNo", string(own.ProviderReference)}, api.Unknown, ""},
		"the external id's":    {api.LookupKey{ExternalID: "1725949206"}, nil, api.Done, ""},
		"another external id":  {api.LookupKey{ExternalID: "1"}, nil, api.Unknown, ""},
		"one of three differs": {api.LookupKey{ProviderReference: own.ProviderReference, ExternalID: "1"}, nil, api.Done, "other-reference:originalExternalId"},
		"another amount":       {api.LookupKey{Reference: own.Reference, Amount: api.IDR(1)}, nil, api.Done, "other-amount:amount"},
		"the amount":           {api.LookupKey{Reference: own.Reference, Amount: api.IDR(12_000_00)}, nil, api.Done, ""},
	} {
		news, a := (&desk{}).says("2005100", sample(t, c.fields...)).provider().Lookup(t.Context(), c.key)
		if a.Class != c.class || c.class == api.Done && kinds(news) != c.odd || c.class != api.Done && news.Status != api.NoStatus {
			t.Errorf("%s: %q %v, %q", name, a.Class, a.Err, kinds(news))
		}
		if doubtful := strings.Contains(c.odd, "other-reference") || strings.Contains(c.odd, "other-amount"); news.Doubtful() != doubtful {
			t.Errorf("%s: doubtful %v", name, news.Doubtful())
		}
	}
	// Not found, but by another's name.
	if _, a := (&desk{}).says("4045101", map[string]any{"originalReferenceNo": "X"}).provider().Lookup(t.Context(), api.LookupKey{ProviderReference: "P"}); a.Class != api.Unknown {
		t.Errorf("another's 404-01: %q", a.Class)
	}
}

// Card numbers and tokens that a provider quotes stay there.
func TestNothingPrivateIsKept(t *testing.T) {
	const card = "9360001410190013903"
	d := (&desk{}).says("2005100", sample(t, "transactionStatusDesc", "paid by "+card))
	d.Body = strings.Replace(d.Body, `"words"`, `"card `+card+` of customer-token-canary"`, 1)
	p := d.provider()
	news, a := p.Lookup(t.Context(), asked(t))
	text := fmt.Sprintf("%+v %+v %+v", news, a, p)
	for _, secret := range []string{card, "customer-token-canary", "secret-canary"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s: %s", secret, text)
		}
		if secret != "secret-canary" && !strings.Contains(d.Body, secret) {
			t.Error("the control is not found: this test cannot fail")
		}
	}
	if a.Message != "card ****3903 of ***" || news.Description != "paid by ****3903" {
		t.Errorf("%q %q", a.Message, news.Description)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, read(f, "answer.json"))
	f.Add(404, `{"responseCode":"4045101","originalReferenceNo":{}}`)
	f.Add(200, `{"responseCode":"2005100","latestTransactionStatus":"00","amount":{"value":1e9},"paidTime":[]}`)
	f.Add(500, `<html>`)
	d := &desk{}
	p := d.provider()
	f.Fuzz(func(t *testing.T, status int, body string) {
		d.Seen, d.Sent = nil, nil
		d.Status, d.Body = status, body
		news, a := p.Lookup(t.Context(), api.LookupKey{Reference: "R", Amount: api.IDR(100)})
		key := a.Code.Key()
		if a.Code.HTTP != status && a.Class != api.Unknown && a.Class != api.NotSent {
			t.Fatalf("HTTP %d and code %s prove %q", status, a.Code, a.Class)
		}
		if (a.Class == api.Done) != (news.Status != api.NoStatus) && a.Class == api.Done {
			t.Errorf("done without a status: %+v", news)
		}
		if news.Status != api.NoStatus && a.Class == api.Done && key != "200-00" && key != "404-01" {
			t.Errorf("%s settles", key)
		}
		if a.Class == api.Done && news.Reference != "" && strings.TrimSpace(string(news.Reference)) != "R" {
			t.Errorf("another's: %+v", news)
		}
		for _, s := range []api.Text{news.RawStatus, news.Description, news.ProviderReference, news.Reference, news.ExternalID, news.PaidTime, news.ServiceCode, a.Message, api.Text(a.Warning)} {
			if api.Clean(string(s), api.MaxText) != string(s) {
				t.Errorf("%q is not fit for a terminal", s)
			}
		}
	})
}
