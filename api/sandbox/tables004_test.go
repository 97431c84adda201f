package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/api/snap"
)

// lengthField is a row of Finnet's tables.
type lengthField struct {
	name      string
	isObject  bool
	mandatory bool
	min, max  int
}

type finnetDocument struct {
	urls              []string
	request, response []lengthField
	statuses          map[string]string // digits -> words
}

func parseFinnet(t *testing.T) finnetDocument {
	t.Helper()
	text, err := os.ReadFile("testdata/tables_004.md")
	if err != nil {
		t.Fatal(err)
	}
	doc, heading := finnetDocument{statuses: map[string]string{}}, ""
	for row := range strings.Lines(string(text)) {
		row = strings.TrimSpace(row)
		if h, ok := strings.CutPrefix(row, "# "); ok {
			heading = h
			continue
		}
		cells := strings.Split(strings.Trim(row, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if heading == "Technical Specification" && len(cells) == 3 && strings.HasPrefix(cells[2], "https://") {
			doc.urls = append(doc.urls, cells[2])
		}
		if _, err := strconv.Atoi(cells[0]); err != nil || len(cells) != 7 {
			continue
		}
		f := lengthField{name: cells[1], isObject: cells[2] == "Object", mandatory: cells[3] == "M"}
		f.min, _ = strconv.Atoi(cells[4])
		f.max, _ = strconv.Atoi(cells[5])
		if f.min != 1 || f.max == 0 {
			t.Fatalf("no lengths in %q", cells)
		}
		if heading == "Body Request" {
			doc.request = append(doc.request, f)
			continue
		}
		doc.response = append(doc.response, f)
		if f.name == "latestTransactionStatus" {
			words := strings.Fields(cells[6])
			for i, word := range words {
				if word == "-" && i > 0 {
					doc.statuses[words[i-1]] = strings.ToLower(words[i+1])
				}
			}
		}
	}
	if len(doc.urls) != 2 || len(doc.request) != 6 || len(doc.response) != 10 || len(doc.statuses) != 8 {
		t.Fatalf("read %d addresses, %d and %d rows, statuses %v", len(doc.urls), len(doc.request), len(doc.response), doc.statuses)
	}
	return doc
}

func (p *partner) finnetBody(reference string) values {
	return values{"originalReferenceNo": reference, "serviceCode": "47", "amount": rupiah("12000.00"), "merchantId": p.id}
}

func TestFinnetTranscription(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	doc := parseFinnet(t)
	for _, url := range doc.urls {
		path := url[strings.Index(url, ".co.id")+len(".co.id"):]
		op := s.operations[path]
		if op == nil || op.service != "51" || op.provider != finnet {
			t.Fatalf("nothing at %s", path)
		}
		var rows []lengthField
		for _, f := range op.body {
			rows = append(rows, lengthField{f.name, f.object != nil, f.mandatory, f.min, f.max})
		}
		if !slices.Equal(rows, doc.request) {
			t.Errorf("transcribed %v, the document has %v", rows, doc.request)
		}
	}
	for status, word := range doc.statuses {
		if !strings.HasPrefix(statusWords[status], word) {
			t.Errorf("status %s is %q, the document has %q", status, statusWords[status], word)
		}
	}
}

// TestFinnetBodies spoils each field of the request's table in turn.
func TestFinnetBodies(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{})
	for _, f := range parseFinnet(t).request {
		cases := map[string]struct {
			value any
			want  string
		}{
			"null":      {nil, "2005300"},
			"too short": {"", "4005301"},
			"number":    {47, "4005301"},
			"list":      {[]any{"x"}, "4005301"},
		}
		if f.isObject {
			cases["too short"] = struct {
				value any
				want  string
			}{values{}, "4005302"}
			cases["too long"] = struct {
				value any
				want  string
			}{values{"value": "1.00", "currency": "IDR", "unit": "x"}, "4005301"}
			cases["text"] = struct {
				value any
				want  string
			}{"12000.00", "4005301"}
		} else {
			cases["too long"] = struct {
				value any
				want  string
			}{strings.Repeat("é", f.max+1), "4005301"}
			cases["object"] = struct {
				value any
				want  string
			}{values{}, "4005301"}
		}
		if f.mandatory {
			for _, name := range []string{"null", "too short"} {
				c := cases[name]
				c.want = "4005302"
				cases[name] = c
			}
		}
		for name, c := range cases {
			body := p.finnetBody("REF")
			body[f.name] = c.value
			got := p.call("finnet", body)
			if got.code() != c.want || strings.HasPrefix(c.want, "400") && !strings.Contains(got.message(), " "+f.name) {
				t.Errorf("%s %s: %s %q, want %s", f.name, name, got.code(), got.message(), c.want)
			}
		}
	}
	for _, c := range []struct {
		field string
		value any
		want  string
	}{
		{"originalReferenceNo", strings.Repeat("é", 64), "4045301"},
		{"originalPartnerReferanceNo", strings.Repeat("é", 64), "4045301"},
		{"originalPartnerReferanceNo", "PARTNER", "2005300"}, // the table's spelling
		{"originalPartnerReferenceNo", "PARTNER", "2005300"}, // the sample's
		{"originalPartnerReferenceNo", "", "4005301"},
		{"originalPartnerReferenceNo", "OTHER", "4045301"},
		{"submerchantId", strings.Repeat("é", 32), "2005300"},
		{"subMerchantId", "FM2007160001", "2005300"},
		{"subMerchantId", strings.Repeat("é", 33), "4005301"},
		{"serviceCode", "51", "4005301"}, // 47, by the remark
		{"serviceCode", "4", "4005301"},
		{"merchantId", "M", "4045308"},
		{"amount", rupiah("12000"), "4005301"},
		{"amount", rupiah("12000.000"), "4005301"},
		{"amount", rupiah("12345678901234567.00"), "4005301"},
		{"amount", values{"value": "12000.00"}, "4005302"},
		{"amount", values{"currency": "IDR"}, "4005302"},
		{"amount", values{"Value": "12000.00", "Currency": "IDR"}, "2005300"},
		{"originalExternalId", "1725949206", "4005301"}, // it is in no table
	} {
		body := p.finnetBody("REF")
		body[c.field] = c.value
		if got := p.call("finnet", body); got.code() != c.want {
			t.Errorf("%s %v: %s %q, want %s", c.field, c.value, got.code(), got.message(), c.want)
		}
	}
}

// TestFinnetLengthsWithoutNames: the lengths hold also where unknown fields
// pass.
func TestFinnetLengthsWithoutNames(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{UnknownFields: true})
	body := p.finnetBody("REF")
	body["amount"] = values{"value": "1.00", "currency": "IDR", "unit": "x"}
	if got := p.call("finnet", body); got.code() != "4005301" {
		t.Errorf("an amount of three members: %v", got.fields)
	}
	body = p.finnetBody("REF")
	body["note"] = "x"
	if got := p.call("finnet", body); got.code() != "2005300" {
		t.Errorf("an unknown field: %v", got.fields)
	}
}

// TestFinnetResponses holds the answer of every status against the table, as
// the sample has it and as the table does.
func TestFinnetResponses(t *testing.T) {
	doc := parseFinnet(t)
	for _, byTable := range []bool{false, true} {
		s, p, _ := mpmPartner(t, Options{ByTable: byTable})
		for status := range doc.statuses {
			mustMPM(t, s, MPMRequest{Provider: finnet, Reference: "REF", Status: status})
			body := p.finnetBody("REF")
			body["amount"] = rupiah("99.00") // another than it is
			got := p.call("finnet", body)
			want := map[string]any{
				"responseCode": "2005300", "originalReferenceNo": "PARTNER", "originalPartnerReferenceNo": "REF", "serviceCode": "47",
				"latestTransactionStatus": status, "transactionStatusDesc": statusWords[status],
			}
			if byTable {
				want["responseCode"], want["originalReferenceNo"], want["originalPartnerReferenceNo"] = "2005100", "REF", "PARTNER"
			}
			for name, value := range want {
				if got.fields[name] != value {
					t.Errorf("by table %v, status %s: %s is %v, want %v", byTable, status, name, got.fields[name], value)
				}
			}
			for _, f := range doc.response {
				name := f.name
				if name == "Feeamount" && !byTable {
					name = "FeeAmount"
				}
				switch v := got.fields[name].(type) {
				case string:
					if f.isObject || len(v) < f.min || len(v) > f.max {
						t.Errorf("by table %v, status %s: %s is %q", byTable, status, name, v)
					}
				case values:
					if !f.isObject || len(v) < f.min || len(v) > f.max {
						t.Errorf("by table %v, status %s: %s is %v", byTable, status, name, v)
					}
				default:
					t.Errorf("by table %v, status %s: %s is %v", byTable, status, name, v)
				}
			}
			if len(got.fields) != len(doc.response) {
				t.Errorf("by table %v: %v", byTable, got.fields)
			}
			if amount := got.fields["amount"].(values)["value"]; amount != "12000.00" {
				t.Errorf("the amount is %v, and not what the payment has", amount)
			}
			info := got.fields["additionalInfo"].(values)
			if paid := status == "00" || status == "04"; paid != (len(info) == 14) || paid != (info["cpan"] != nil) || paid != (info["cust_name"] != nil) {
				t.Errorf("status %s: additionalInfo is %v", status, info)
			}
		}
	}
}

// TestFinnetInfo has exactly the names of the document's sample.
func TestFinnetInfo(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{})
	info := p.call("finnet", p.finnetBody("REF")).fields["additionalInfo"].(values)
	for _, name := range []string{
		"cust_name", "merchantName", "rrn", "nns_issuer", "nns_acquirer", "mpan", "cpan", "nmid", "sof_id",
		"issuer", "acquirer", "note", "merchantId", "paidTime",
	} {
		if text, ok := info[name].(string); !ok || text == "" {
			t.Errorf("%s is %v", name, info[name])
		}
		delete(info, name)
	}
	if len(info) != 0 {
		t.Errorf("the sample does not have %v", info)
	}
}

// TestFinnetCodes gets every code of the catalogue by a fault rule, as the
// service that was called, the one of the sample and a foreign one.
func TestFinnetCodes(t *testing.T) {
	s, p, _ := mpmPartner(t, Options{})
	for meaning := range snap.Catalogue() {
		for _, service := range []string{"51", "53", "47"} {
			code := fmt.Sprintf("%03d%s%s", meaning.HTTP, service, meaning.Case)
			s.ClearFaults()
			mustFault(t, s, "51:code-"+code+":1:1")
			got := p.call("finnet", p.finnetBody("REF"))
			want := meaning.Message
			if meaning.HTTP == 200 && service != "47" {
				want = "Request has been processed successfully" // the sample's
			}
			if got.code() != code || got.message() != want || got.status != meaning.HTTP {
				t.Errorf("got %d %s %q, want %s %q", got.status, got.code(), got.message(), code, want)
			}
		}
	}
	s.ClearFaults()
	used := p.request("finnet", encode(t, p.finnetBody("REF")))
	p.must(used)
	for _, c := range []struct {
		change func(h map[string][]string)
		want   string
	}{
		{func(h map[string][]string) { h["X-Signature"] = []string{"AAAA"} }, "4015300"},
		{func(h map[string][]string) { h["Authorization"] = []string{"Bearer other"} }, "4015301"},
		{func(h map[string][]string) { delete(h, "Channel-Id") }, "4005302"},
		{func(h map[string][]string) { h["X-External-Id"] = used.Header["X-External-Id"] }, "4095300"},
	} {
		r := p.request("finnet", encode(t, p.finnetBody("REF")))
		c.change(r.Header)
		if got := p.must(r); got.code() != c.want {
			t.Errorf("got %v, want %s", got.fields, c.want)
		}
	}
}

// TestFinnetPaths: the printed path, the newer one, and a signature over
// another.
func TestFinnetPaths(t *testing.T) {
	_, p, _ := mpmPartner(t, Options{})
	body := encode(t, p.finnetBody("REF"))
	for _, path := range finnetPaths {
		for _, other := range finnetPaths {
			r := p.request("finnet", body)
			r.URL.Path = path
			text := strings.Join([]string{"POST", other, p.token, sha256Hex(body), r.Header.Get("X-TIMESTAMP")}, ":")
			r.Header.Set("X-SIGNATURE", signature(p, text))
			want := map[bool]string{true: "2005300", false: "4015300"}[path == other]
			if got := p.must(r); got.code() != want {
				t.Errorf("at %s, signed for %s: %v, want %s", path, other, got.fields, want)
			}
		}
	}
}

func signature(p *partner, text string) string {
	return snap.Base64.Encode(snap.SignHMAC(p.secret, text))
}
