package sandbox

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// cpmField is a row of the QR CPM document; a nested one has a dot.
type cpmField struct {
	name      string
	mandatory bool
	max       int
}

// cpmDocument is what the tests read out of seed 003's tables.
type cpmDocument struct {
	paths     map[string]string // service -> the end of its path
	requests  map[string][]cpmField
	responses map[string][]cpmField
	mandatory map[string][]string // of the response: M and C
	codes     []cpmCode
}

type cpmCode struct{ http, end, message string }

var lengthOf = regexp.MustCompile(`^(16,2|\d+)$`)

// nestedRows tells how many rows behind an object's row are its own: the
// document does not mark them.
var nestedRows = map[string]int{"amount": 2, "feeAmount": 2, "refundAmount": 2, "scannerInfo": 4}

func parseCPM(t testing.TB) cpmDocument {
	t.Helper()
	text, err := os.ReadFile("testdata/tables_003.txt")
	if err != nil {
		t.Fatal(err)
	}
	doc := cpmDocument{
		paths: map[string]string{}, requests: map[string][]cpmField{}, responses: map[string][]cpmField{}, mandatory: map[string][]string{},
	}
	order := []string{"59", "60", "61", "62", "79", "80"}
	service, requests, responses, within, nested := "", 0, 0, "", 0
	request := false
	for row := range strings.Lines(string(text)) {
		row = strings.TrimSpace(row)
		cells := strings.Split(row, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "Service Code":
			service = cells[1]
		case cells[0] == "Path":
			doc.paths[service] = strings.TrimPrefix(cells[1], ".../{version}")
		case row == "Request Body":
			service, request, nested = order[requests], true, 0
			requests++
		case row == "Response Body":
			service, request, nested = order[responses], false, 0
			responses++
		case len(cells) > 5 && cells[2] == "any" || len(cells) > 5 && cells[2] == "Any":
			doc.codes = append(doc.codes, cpmCode{cells[1], cells[3], cells[4]})
		case requests > 0 && len(cells) > 3 && (cells[2] == "O" || cells[2] == "M" || cells[2] == "C"):
			f := cpmField{name: cells[0], mandatory: cells[2] == "M"}
			if lengthOf.MatchString(cells[3]) {
				if f.max, err = strconv.Atoi(cells[3]); err != nil {
					f.max = len("1234567890123456.00") // "16,2"
				}
			}
			if nested > 0 {
				f.name = within + "." + f.name
				nested--
			} else if n := nestedRows[f.name]; n > 0 {
				within, nested = f.name, n
			}
			if request {
				doc.requests[service] = append(doc.requests[service], f)
				continue
			}
			doc.responses[service] = append(doc.responses[service], f)
			if cells[2] != "O" && nested == 0 && !strings.Contains(f.name, ".") {
				doc.mandatory[service] = append(doc.mandatory[service], f.name)
			}
		}
	}
	for i, want := range []struct{ request, response int }{{6, 8}, {24, 6}, {7, 10}, {11, 8}, {17, 3}, {12, 12}} {
		if a, b := len(doc.requests[order[i]]), len(doc.responses[order[i]]); a != want.request || b != want.response {
			t.Fatalf("service %s: read %d and %d rows, want %+v", order[i], a, b, want)
		}
	}
	if len(doc.codes) != 63 || len(doc.paths) != 6 {
		t.Fatalf("read %d codes and %d paths", len(doc.codes), len(doc.paths))
	}
	return doc
}

// TestCPMTranscription compares the sandbox's own tables with the document's.
func TestCPMTranscription(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	doc := parseCPM(t)
	for _, service := range cpmServices {
		op := s.operations["/v1.0"+doc.paths[service]]
		if op == nil || op.service != service {
			t.Fatalf("no operation %s at %s", service, doc.paths[service])
		}
		var rows []cpmField
		for _, f := range op.body {
			rows = append(rows, cpmField{f.name, f.mandatory, f.max})
			for _, in := range f.object {
				rows = append(rows, cpmField{f.name + "." + in.name, in.mandatory, in.max})
			}
		}
		if !slices.Equal(rows, doc.requests[service]) {
			t.Errorf("%s: transcribed\n%v, the document has\n%v", service, rows, doc.requests[service])
		}
	}
}

// place sets a field, nested or not, and nil where there is no such object.
func place(body values, name string, value any) {
	outer, inner, nested := strings.Cut(name, ".")
	if !nested {
		body[name] = value
		return
	}
	object := maps.Clone(body[outer].(values))
	delete(object, strings.ToLower(inner[:1])+inner[1:]) // the sample's spelling
	object[inner] = value
	body[outer] = object
}

// TestCPMBodies spoils each field of the document's request tables in turn.
func TestCPMBodies(t *testing.T) {
	doc, checked := parseCPM(t), 0
	for _, service := range cpmServices {
		_, p, _ := cpmPartner(t, Options{})
		p.pay("approves", "paid")
		p.pay("pending", "cancelled")
		if got := p.call(service, p.good(service, "G")); got.status != 200 {
			t.Fatalf("%s: the good request got %v", service, got.fields)
		}
		for i, f := range doc.requests[service] {
			isObject := f.name == "additionalInfo" || f.name == "items" || nestedRows[f.name] > 0
			cases := map[string]struct {
				value any
				end   string // empty: not refused by the table
			}{"null": {nil, ""}, "empty": {"", ""}, "number": {12, "01"}, "list": {[]any{"x"}, "01"}, "text": {"text", ""}}
			if f.mandatory {
				cases["null"] = struct {
					value any
					end   string
				}{nil, "02"}
				cases["empty"] = struct {
					value any
					end   string
				}{"", "02"}
			}
			if f.name == "amount" && service == "60" { // nothing can be paid without
				delete(cases, "null")
				delete(cases, "empty")
			}
			if f.name == "expiryTime" {
				delete(cases, "number")
			}
			if isObject {
				cases["text"] = struct {
					value any
					end   string
				}{"text", "01"}
			} else if delete(cases, "text"); f.max > 0 {
				cases["too long"] = struct {
					value any
					end   string
				}{strings.Repeat("é", f.max+1), "01"}
			}
			for name, c := range cases {
				body := copyOf(t, p.good(service, "R"+strconv.Itoa(i)+strconv.Itoa(checked)))
				place(body, f.name, c.value)
				got := p.call(service, body)
				if c.end == "" && strings.HasPrefix(got.code(), "400") && !lacksName(service, f.name) {
					t.Errorf("%s %s %s: %s %q", service, f.name, name, got.code(), got.message())
				}
				if want := "400" + service + c.end; c.end != "" && (got.code() != want || !strings.HasSuffix(got.message(), " "+f.name)) {
					t.Errorf("%s %s %s: got %s %q, want %s with the field's name", service, f.name, name, got.code(), got.message(), want)
				}
				checked++
			}
			if !isObject && f.max > 0 && !hasFormat[f.name[strings.LastIndex(f.name, ".")+1:]] {
				body := copyOf(t, p.good(service, "L"+strconv.Itoa(i)))
				place(body, f.name, strings.Repeat("é", f.max))
				if got := p.call(service, body); strings.HasPrefix(got.code(), "400") {
					t.Errorf("%s %s with %d characters: %s %q", service, f.name, f.max, got.code(), got.message())
				}
			}
		}
		body := p.good(service, "U")
		body["merchantID"] = "x"
		if got := p.call(service, body); got.code() != "400"+service+"01" || !strings.HasSuffix(got.message(), " merchantID") {
			t.Errorf("%s with a field that no table has: %s %q", service, got.code(), got.message())
		}
	}
	if checked < 200 {
		t.Errorf("only %d cases were tried", checked)
	}
}

// hasFormat are fields that are more than texts of some length.
var hasFormat = map[string]bool{
	"value": true, "Value": true, "currency": true, "Currency": true, "expiryTime": true, "partnerTrxDate": true,
}

// lacksName: 61 needs one of its names, which the table calls all optional.
func lacksName(service, field string) bool {
	return service == "61" && field == "originalPartnerReferenceNo"
}

// TestCPMFormats: what a field's text must be, and both spellings where the
// document has two.
func TestCPMFormats(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{})
	p.pay("approves", "paid")
	n := 0
	for _, c := range []struct {
		service, field string
		value          any
		want           string
	}{
		{"60", "amount", values{"Value": "10000.00", "Currency": "IDR"}, "2006000"},
		{"60", "amount", values{"value": "10000.00"}, "4006002"},
		{"60", "amount", values{"currency": "IDR"}, "4006002"},
		{"60", "amount", rupiah("10000"), "4006001"},
		{"60", "amount", rupiah("10.000,00"), "4006001"},
		{"60", "amount", rupiah("-1.00"), "4006001"},
		{"60", "amount", rupiah("1.000"), "4006001"},
		{"60", "amount", rupiah("12345678901234567.00"), "4006001"},
		{"60", "amount", rupiah("1234567890123456.00"), "2006000"},
		{"60", "amount", values{"value": "1.00", "currency": "id1"}, "4006001"},
		{"60", "amount", rupiah("0.00"), "4046013"},
		{"60", "amount", nil, "4006002"},
		{"60", "expiryTime", "60", "2006000"},
		{"60", "expiryTime", 60, "2006000"},
		{"60", "expiryTime", "2026-11-20T15:05:12+07:00", "2006000"},
		{"60", "expiryTime", "2026-11-20T08:05:12Z", "2006000"},
		{"60", "expiryTime", "2026-11-20T15:04:12+07:00", "4036000"},
		{"60", "expiryTime", "0", "4036000"},
		{"60", "expiryTime", "soon", "4006001"},
		{"60", "expiryTime", "99999999999", "4006001"},
		{"60", "expiryTime", true, "4006001"},
		{"60", "items", values{"productId": "1"}, "2006000"},
		{"60", "items", []any{values{"productId": "1"}, values{}}, "2006000"},
		{"60", "items", []any{1}, "4006001"},
		{"59", "partnerTrxDate", "20261120150412", "2005900"},
		{"59", "partnerTrxDate", "today", "4005901"},
		{"61", "externalStoreId", "abcd", "2006100"},
		{"61", " originalExternalId", "10052019", "2006100"},
		{"62", "externalStoreId", "abcd", "4046200"},
		{"80", "externalStoreID", "abcd", "2008000"},
		{"80", "additionalInfo", nil, "2008000"},
	} {
		n++
		body := p.good(c.service, "F"+strconv.Itoa(n))
		if c.service == "62" {
			body["originalPartnerReferenceNo"] = "paid"
		}
		delete(body, "externalStoreID")
		delete(body, "externalStoreId")
		delete(body, "originalExternalId")
		body[c.field] = c.value
		if got := p.call(c.service, body); got.code() != c.want {
			t.Errorf("%s %s %v: %s %q, want %s", c.service, c.field, c.value, got.code(), got.message(), c.want)
		}
	}
}

// TestCPMResponses holds good answers against the document's response tables.
func TestCPMResponses(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{})
	p.pay("approves", "paid")
	p.pay("pending", "cancelled")
	doc := parseCPM(t)
	for _, service := range cpmServices {
		got := p.call(service, p.good(service, "A"))
		if got.code() != "200"+service+"00" {
			t.Fatalf("%s: %v", service, got.fields)
		}
		known := map[string]int{}
		for _, f := range doc.responses[service] {
			known[f.name] = f.max
			if value, ok := got.fields[f.name].(string); ok && f.max > 0 && len(value) > f.max {
				t.Errorf("%s: %s is %q, longer than %d", service, f.name, value, f.max)
			}
		}
		for name := range got.fields {
			if _, ok := known[name]; !ok {
				t.Errorf("%s: %s is in no table", service, name)
			}
		}
		for name := range known {
			if _, ok := got.fields[name]; !ok && !strings.Contains(name, ".") {
				t.Errorf("%s: the answer lacks %s", service, name)
			}
		}
		if info, ok := got.fields["additionalInfo"].(values); !ok || info["deviceId"] != "12345679237" {
			t.Errorf("%s: additionalInfo is %v", service, got.fields["additionalInfo"])
		}
		for _, name := range doc.mandatory[service] {
			if got.fields[name] == nil || got.fields[name] == "" {
				t.Errorf("%s: the mandatory %s is %v", service, name, got.fields[name])
			}
		}
	}
}
