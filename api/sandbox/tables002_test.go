package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/api"
)

// paydiaDocument is seed 002 without what the sandbox leaves out of it: the
// table has 64 characters for Authorization-Customer, the sample 411.
func paydiaDocument(t *testing.T) document {
	t.Helper()
	doc := parseDocument(t, "testdata/tables_002.md")
	if len(doc.headers) != 8 || len(doc.body) != 4 || len(doc.codes) != 7 || len(doc.others) != 0 || len(doc.responses) != 11 {
		t.Fatalf("read %d headers, %d and %d fields, %d codes", len(doc.headers), len(doc.body), len(doc.responses), len(doc.codes))
	}
	if i := 2; doc.headers[i].name != "Authorization-Customer" || doc.headers[i].max != 64 {
		t.Fatalf("the third header is %+v", doc.headers[i])
	}
	doc.headers[2].max = 0
	return doc
}

// paydiaPartner has a sandbox with one payment of each provider, by all names.
func mpmPartner(t testing.TB, options Options) (*Sandbox, *partner, *stillClock) {
	t.Helper()
	s, p, clock := cpmPartner(t, options)
	for _, provider := range []string{paydia, finnet} {
		mustMPM(t, s, MPMRequest{Provider: provider, Reference: "REF", Partner: "PARTNER", ExternalID: "1725949206", Amount: idr(12000)})
	}
	return s, p, clock
}

func mustMPM(t testing.TB, s *Sandbox, r MPMRequest) LedgerMPM {
	t.Helper()
	made, err := s.MPM(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func paydiaBody(reference string) values {
	return values{"originalReferenceNo": reference, "serviceCode": "51"}
}

func TestPaydiaTranscription(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	doc := paydiaDocument(t)
	op := s.operations[doc.url]
	if op == nil || op.service != doc.service {
		t.Fatalf("no operation %s at %s", doc.service, doc.url)
	}
	for _, part := range []struct {
		name  string
		rows  []field
		table []tableField
	}{{"headers", op.headers, doc.headers}, {"body", op.body, doc.body}} {
		var rows []tableField
		for _, f := range part.rows {
			rows = append(rows, tableField{f.name, f.fixed, f.max, f.mandatory})
		}
		if !slices.Equal(rows, part.table) {
			t.Errorf("%s: transcribed %v, the document has %v", part.name, rows, part.table)
		}
	}
	var codes [][2]string
	for _, row := range op.codes {
		codes = append(codes, [2]string{row.key[:3] + doc.service + row.key[4:], row.message})
	}
	if !slices.Equal(codes, doc.codes) {
		t.Errorf("codes: transcribed %v, the document has %v", codes, doc.codes)
	}
}

// TestPaydiaBodies spoils each field of the request's table in turn.
func TestPaydiaBodies(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{})
	for _, f := range paydiaDocument(t).body {
		cases := map[string]struct {
			value any
			want  string
		}{
			"null":     {nil, "2005100"},
			"empty":    {"", "2005100"},
			"number":   {12, "4005101"},
			"list":     {[]any{"x"}, "4005101"},
			"object":   {values{}, "4005101"},
			"too long": {strings.Repeat("1", f.max+1), "4005101"},
			"longest":  {strings.Repeat("1", f.max), "4045101"},
		}
		with := func(want string, names ...string) {
			for _, name := range names {
				c := cases[name]
				c.want = want
				cases[name] = c
			}
		}
		if f.mandatory {
			with("4005102", "null", "empty")
			with("2005100", "longest")
		}
		for name, c := range cases {
			body := paydiaBody("REF")
			if f.name == "originalReferenceNo" { // another name stands beside it
				body["originalPartnerReferenceNo"] = "PARTNER"
			}
			body[f.name] = c.value
			got := p.call("51", body)
			if got.code() != c.want || strings.HasPrefix(c.want, "400") && !strings.HasSuffix(got.message(), " "+f.name) {
				t.Errorf("%s %s: %s %q, want %s", f.name, name, got.code(), got.message(), c.want)
			}
		}
	}
	if got := p.call("51", values{"serviceCode": "51"}); got.code() != "4005102" || !strings.HasSuffix(got.message(), " originalReferenceNo") {
		t.Errorf("with none of the three names: %v", got.fields)
	}
	for _, code := range []string{"51", "47", "50"} { // the remark and the sample differ
		body := paydiaBody("REF")
		body["serviceCode"] = code
		if got := p.call("51", body); got.code() != "2005100" || got.fields["serviceCode"] != code {
			t.Errorf("serviceCode %s: %v", code, got.fields)
		}
	}
	if got := p.call("51", values{"originalReferenceNo": "REF", "serviceCode": "51", "amount": rupiah("1.00")}); got.code() != "4005101" {
		t.Errorf("a field that no table has: %v", got.fields)
	}
}

func TestPaydiaHeaders(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{})
	for _, f := range paydiaDocument(t).headers {
		for _, value := range []string{"", strings.Repeat("1", f.max+1)} {
			if value != "" && f.max == 0 {
				continue
			}
			r := p.request("51", encode(t, paydiaBody("REF")))
			if r.Header.Del(f.name); value != "" {
				r.Header.Set(f.name, value)
			}
			want := map[bool]string{true: "4005102", false: "4005101"}[value == ""]
			if value == "" && strings.HasPrefix(f.name, "Authorization") {
				want = "4015100" // who sends none is not authorised
			}
			if got := p.must(r); got.code() != want || !strings.Contains(got.message(), f.name) {
				t.Errorf("%s %q: %s %q, want %s with its name", f.name, value, got.code(), got.message(), want)
			}
		}
	}
	r := p.request("51", encode(t, paydiaBody("REF")))
	r.Header.Set("X-EXTERNAL-ID", "12a")
	if got := p.must(r); got.code() != "4005101" {
		t.Errorf("an external id with a letter: %v", got.fields)
	}
}

// TestPaydiaCodes gets each code of the document's table by a fault rule, and
// each in the way that it comes about.
func TestPaydiaCodes(t *testing.T) {
	path := t.TempDir() + "/sandbox.jsonl"
	s, p, _ := mpmPartner(t, Options{Path: path})
	natural := map[string]func() response{
		"2005100": func() response { return p.call("51", paydiaBody("REF")) },
		"4005101": func() response { return p.call("51", paydiaBody(strings.Repeat("x", 65))) },
		"4005102": func() response { return p.call("51", values{"originalReferenceNo": "REF"}) },
		"4015100": func() response {
			r := p.request("51", encode(t, paydiaBody("REF")))
			r.Header.Set("X-SIGNATURE", "AAAA")
			return p.must(r)
		},
		"4015101": func() response {
			r := p.request("51", encode(t, paydiaBody("REF")))
			r.Header.Set("Authorization", "Bearer other")
			return p.must(r)
		},
		"4045101": func() response { return p.call("51", paydiaBody("OTHER")) },
		"5005101": func() response {
			s.log.close() // nothing can be written any more
			return p.call("51", paydiaBody("REF"))
		},
	}
	for _, row := range paydiaDocument(t).codes {
		s.ClearFaults()
		mustFault(t, s, "51:code-"+row[0]+":1:1")
		got := p.call("51", paydiaBody("REF"))
		if got.code() != row[0] || got.message() != row[1] || strconv.Itoa(got.status) != row[0][:3] {
			t.Errorf("got %d %s %q, want %s %q", got.status, got.code(), got.message(), row[0], row[1])
		}
		come := natural[row[0]]
		if come == nil {
			t.Fatalf("nothing brings about %s", row[0])
		}
		begin, _, _ := strings.Cut(row[1], " [")
		if got := come(); got.code() != row[0] || !strings.HasPrefix(got.message(), begin) {
			t.Errorf("got %s %q, want %s %q", got.code(), got.message(), row[0], row[1])
		}
	}
}

// TestPaydiaResponses holds the answer of every status against the table.
func TestPaydiaResponses(t *testing.T) {
	s, p, _ := mpmPartner(t, Options{})
	doc := paydiaDocument(t)
	for n := range 8 {
		status := fmt.Sprintf("%02d", n)
		mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "REF", Status: status})
		got := p.call("51", paydiaBody("REF"))
		if len(got.fields) != len(doc.responses) || got.fields["latestTransactionStatus"] != status {
			t.Errorf("status %s: %v", status, got.fields)
		}
		for _, f := range doc.responses {
			value, there := got.fields[f.name]
			text, isText := value.(string)
			if !there || isText && (f.max > 0 && len(text) > f.max || f.fixed && len(text) != f.max) {
				t.Errorf("status %s: %s is %v", status, f.name, value)
			}
			if money := f.name == "amount" || f.name == "feeAmount"; isText == money {
				t.Errorf("status %s: %s is %T", status, f.name, value)
			}
		}
		if got.fields["transactionStatusDesc"] != statusWords[status] {
			t.Errorf("status %s is described as %v", status, got.fields["transactionStatusDesc"])
		}
	}
}

// TestPaydiaTime: the sample's payment was asked for at 13:24:42 and paid at
// 06:20:06, both +07:00.
func TestPaydiaTime(t *testing.T) {
	for byTable, want := range map[bool]string{false: "2026-11-20T08:04:12+07:00", true: "2026-11-20T15:04:12+07:00"} {
		_, p, _ := mpmPartner(t, Options{ByTable: byTable})
		if got := p.call("51", paydiaBody("REF")).fields["paidTime"]; got != want {
			t.Errorf("by table %v: paidTime is %v, want %s", byTable, got, want)
		}
	}
}

func TestPaydiaVerification(t *testing.T) {
	s, p, clock := mpmPartner(t, Options{})
	body := encode(t, paydiaBody("REF"))
	sign := func(r map[string][]string, path string) {
		stamp := r["X-Timestamp"][0]
		r["X-Signature"] = []string{signature(p, strings.Join([]string{"POST", path, p.token, sha256Hex(body), stamp}, ":"))}
	}
	for _, c := range []struct {
		name   string
		change func(h map[string][]string)
		want   string
	}{
		{"good", func(map[string][]string) {}, "2005100"},
		{"the customer's token with Bearer", func(h map[string][]string) { h["Authorization-Customer"] = []string{"Bearer " + p.customer} }, "2005100"},
		{"another customer's token", func(h map[string][]string) { h["Authorization-Customer"] = []string{"other"} }, "4015102"},
		{"the partner's token as the customer's", func(h map[string][]string) { h["Authorization-Customer"] = []string{p.token} }, "4015102"},
		{"no Bearer for the partner's", func(h map[string][]string) { h["Authorization"] = []string{p.token} }, "4015101"},
		{"signed without /snap", func(h map[string][]string) { sign(h, "/v1.0/qr/qr-mpm-query") }, "4015100"},
		{"signed with the host", func(h map[string][]string) { sign(h, p.base+paths["51"]) }, "4015100"},
		{"another partner", func(h map[string][]string) { h["X-Partner-Id"] = []string{"somebody"} }, "4015100"},
		{"an old timestamp", func(h map[string][]string) {
			h["X-Timestamp"] = []string{api.Timestamp(p.now().Add(-DefaultTolerance * 2))}
			sign(h, paths["51"])
		}, "4015100"},
		{"an external id of the day", func(h map[string][]string) { h["X-External-Id"] = []string{fmt.Sprintf("%020d", 1)} }, "4095100"},
	} {
		r := p.request("51", body)
		c.change(r.Header)
		if got := p.must(r); got.code() != c.want {
			t.Errorf("%s: %s %q, want %s", c.name, got.code(), got.message(), c.want)
		}
	}
	r := p.request("51", body)
	p.asymmetric(r, body)
	if got := p.must(r); got.code() != "4015100" {
		t.Errorf("an asymmetric signature: %v", got.fields)
	}
	clock.Add(DefaultTokenLife)
	if got := p.call("51", paydiaBody("REF")); got.code() != "4015101" {
		t.Errorf("with a spent token: %v", got.fields)
	}
	if n := s.Ledger().MPM[0].Queries; n != 2 {
		t.Errorf("%d of the queries were answered, want 2", n)
	}
}

// TestPaydiaNames asks by one, two and three names.
func TestPaydiaNames(t *testing.T) {
	s, p, _ := mpmPartner(t, Options{})
	mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "REF2", Partner: "PARTNER2", ExternalID: "2", Amount: idr(1)})
	mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "BARE", Amount: idr(1)})
	for _, c := range []struct{ reference, partner, external, want string }{
		{"REF", "", "", "REF"}, {"", "PARTNER", "", "REF"}, {"", "", "1725949206", "REF"},
		{"REF", "PARTNER", "", "REF"}, {"REF", "", "1725949206", "REF"}, {"", "PARTNER2", "2", "REF2"}, {"REF", "PARTNER", "1725949206", "REF"},
		{"REF", "PARTNER2", "", ""}, {"REF", "PARTNER", "2", ""}, {"", "PARTNER", "2", ""}, {"OTHER", "PARTNER", "", ""},
		{"PARTNER", "", "", ""}, {"", "REF", "", ""}, {"BARE", "PARTNER", "", ""}, {"BARE", "", "", "BARE"},
	} {
		got := p.call("51", values{
			"originalReferenceNo": c.reference, "originalPartnerReferenceNo": c.partner, "originalExternalId": c.external, "serviceCode": "51",
		})
		if c.want == "" && got.code() == "4045101" {
			continue
		}
		if got.code() != "2005100" || got.fields["originalReferenceNo"] != c.want {
			t.Errorf("%+v: %v", c, got.fields)
		}
	}
	bare := p.call("51", paydiaBody("BARE"))
	for _, name := range []string{"originalPartnerReferenceNo", "originalExternalId"} {
		if value, there := bare.fields[name]; there {
			t.Errorf("a payment without %s is answered with %v", name, value)
		}
	}
}
