package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/api/snap"
)

// tableField is a row of a document's request table.
type tableField struct {
	name      string
	fixed     bool
	max       int
	mandatory bool
}

// document is what the tests read out of a seed's tables.
type document struct {
	service         string
	url             string
	headers, body   []tableField // of the request
	responses       []tableField // of the response's body
	codes           [][2]string  // response code, message
	others          []string     // rows of the code table that have no code
	responseHeaders []tableField
}

var lengthPattern = regexp.MustCompile(`^(Fixed|Variable)(?:, (\d+) max)?$`)

func parseDocument(t *testing.T, file string) document {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	heading, tables := "", map[string]int{}
	for row := range strings.Lines(string(text)) {
		row = strings.TrimSpace(row)
		if strings.HasPrefix(row, "# ") {
			heading = row[2:]
			tables[heading]++
			continue
		}
		if !strings.HasPrefix(row, "|") || strings.HasPrefix(row, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(row, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[0] == "No" || cells[0] == "Name" {
			continue
		}
		switch {
		case heading == "Specification" && cells[0] == "Service Code":
			doc.service = cells[1]
		case heading == "Specification" && cells[0] == "URL":
			doc.url = cells[1]
		case heading == "Header" && tables[heading] == 1:
			doc.headers = append(doc.headers, parseField(t, cells))
		case heading == "Body" && tables[heading] == 1:
			doc.body = append(doc.body, parseField(t, cells))
		case heading == "Header":
			doc.responseHeaders = append(doc.responseHeaders, parseField(t, cells))
		case heading == "Body":
			doc.responses = append(doc.responses, parseField(t, cells))
		case heading == "Response Code and Message":
			if _, err := snap.ParseCode(cells[1]); err == nil {
				doc.codes = append(doc.codes, [2]string{cells[1], cells[2]})
			} else {
				doc.others = append(doc.others, cells[1])
			}
		}
	}
	return doc
}

func parseField(t *testing.T, cells []string) tableField {
	t.Helper()
	m := lengthPattern.FindStringSubmatch(cells[3])
	if m == nil {
		t.Fatalf("no length in %q", cells)
	}
	f := tableField{name: cells[1], fixed: m[1] == "Fixed", mandatory: cells[4] == "Mandatory"}
	if m[2] != "" {
		f.max, _ = strconv.Atoi(m[2])
	}
	return f
}

func documents(t *testing.T) []document {
	t.Helper()
	docs := []document{parseDocument(t, "testdata/tables_001.md"), parseDocument(t, "testdata/tables_000.md")}
	for i, want := range []struct{ headers, body, codes, others int }{{5, 3, 14, 2}, {5, 5, 10, 2}} {
		d := docs[i]
		if len(d.headers) != want.headers || len(d.body) != want.body || len(d.codes) != want.codes || len(d.others) != want.others {
			t.Fatalf("service %s: read %d headers, %d fields, %d codes and %d rows without a code, want %+v",
				d.service, len(d.headers), len(d.body), len(d.codes), len(d.others), want)
		}
	}
	return docs
}

// goodBody is a request that the sandbox answers with 200-00, as values.
func (p *partner) goodBody(t *testing.T, service, reference string) map[string]any {
	t.Helper()
	text := generateBody(p.id, reference)
	if service == "91" {
		text = p.queryBody(reference)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func encode(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBodyTables spoils each field of both documents' request tables in turn.
func TestBodyTables(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("known")
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100)})
	checked := 0
	for _, doc := range documents(t) {
		if got := p.must(p.request(doc.service, encode(t, p.goodBody(t, doc.service, "known")))); got.code() != "200"+doc.service+"00" {
			t.Fatalf("%s: the good request got %v", doc.service, got.fields)
		}
		for _, f := range doc.body {
			cases := map[string]struct{ value, want any }{
				"null":         {nil, "02"},
				"wrong type":   {12, "01"},
				"wrong type 2": {[]string{"x"}, "01"},
				"absent":       {absent{}, "02"},
			}
			if f.name == "additionalInfo" {
				cases["empty"] = struct{ value, want any }{map[string]any{}, "02"}
				cases["text"] = struct{ value, want any }{"text", "01"}
			} else {
				cases["empty"] = struct{ value, want any }{"", "02"}
				cases["too long"] = struct{ value, want any }{strings.Repeat("é", f.max+1), "01"}
			}
			if f.fixed {
				cases["too short"] = struct{ value, want any }{strings.Repeat("1", f.max-1), "01"}
			}
			if !f.mandatory {
				t.Fatalf("%s %s: the tables are expected to have mandatory fields only", doc.service, f.name)
			}
			for _, name := range slices.Sorted(maps.Keys(cases)) {
				c := cases[name]
				body := p.goodBody(t, doc.service, "known")
				if body[f.name] = c.value; c.value == (any)(absent{}) {
					delete(body, f.name)
				}
				got := p.must(p.request(doc.service, encode(t, body)))
				want := "400" + doc.service + c.want.(string)
				if got.code() != want || !strings.HasSuffix(got.message(), " "+f.name) {
					t.Errorf("%s %s %s: got %s %q, want %s with the field's name", doc.service, f.name, name, got.code(), got.message(), want)
				}
				checked++
			}
			if f.fixed || f.name == "additionalInfo" || f.name == "serviceCode" {
				continue
			}
			// The longest that the table allows passes the table.
			body := p.goodBody(t, doc.service, "known")
			body[f.name] = strings.Repeat("é", f.max)
			if got := p.must(p.request(doc.service, encode(t, body))); strings.HasPrefix(got.code(), "400") {
				t.Errorf("%s %s with %d characters: %s %q", doc.service, f.name, f.max, got.code(), got.message())
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d cases were tried", checked)
	}
}

// absent stands for a field that is left out.
type absent struct{}

// TestHeaderTables spoils each header of both documents in turn.
func TestHeaderTables(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("known")
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100)})
	for _, doc := range documents(t) {
		for _, f := range doc.headers {
			send := func(value string) response {
				r := p.request(doc.service, encode(t, p.goodBody(t, doc.service, "known")))
				if r.Header.Del(f.name); value != "" {
					r.Header.Set(f.name, value)
				}
				return p.must(r)
			}
			want := "400" + doc.service + "02"
			if f.name == "Authorization" {
				want = "401" + doc.service + "00" // who sends none is not authorised
			}
			if got := send(""); got.code() != want || !strings.Contains(got.message(), f.name) {
				t.Errorf("%s without %s: %s %q, want %s with its name", doc.service, f.name, got.code(), got.message(), want)
			}
			if f.max == 0 {
				continue
			}
			value := strings.Repeat("x", f.max+1)
			if f.name == "Content-Type" { // well-formed but for its length
				value = "application/json; a=" + strings.Repeat("x", f.max+1-len("application/json; a="))
			}
			want = "400" + doc.service + "01"
			if got := send(value); got.code() != want || !strings.HasSuffix(got.message(), " "+f.name) {
				t.Errorf("%s with a long %s: %s %q, want %s with its name", doc.service, f.name, got.code(), got.message(), want)
			}
		}
	}
}

// TestTranscription compares the sandbox's own tables with the documents'.
func TestTranscription(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	for _, doc := range documents(t) {
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
				t.Errorf("%s %s: transcribed %v, the document has %v", doc.service, part.name, rows, part.table)
			}
		}
		var codes [][2]string
		for _, row := range op.codes {
			codes = append(codes, [2]string{row.key[:3] + doc.service + row.key[4:], row.message})
		}
		if !slices.Equal(codes, doc.codes) {
			t.Errorf("%s codes: transcribed %v, the document has %v", doc.service, codes, doc.codes)
		}
	}
}

// TestEveryCode gets each code of both documents' tables by a fault rule, with
// the document's message and the HTTP status it begins with.
func TestEveryCode(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	for _, doc := range documents(t) {
		for _, row := range doc.codes {
			s.ClearFaults()
			if err := s.AddFault(fmt.Sprintf("%s:code-%s:1:1", doc.service, row[0])); err != nil {
				t.Fatal(err)
			}
			got := p.must(p.request(doc.service, encode(t, p.goodBody(t, doc.service, "known"))))
			if got.code() != row[0] || got.message() != row[1] || strconv.Itoa(got.status) != row[0][:3] {
				t.Errorf("got %d %s %q, want %s %q", got.status, got.code(), got.message(), row[0], row[1])
			}
		}
	}
}

// TestResponseTables holds good answers against the documents' response tables.
func TestResponseTables(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("known")
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100)})
	for _, doc := range documents(t) {
		got := p.must(p.request(doc.service, encode(t, p.goodBody(t, doc.service, "known"))))
		if len(got.fields) != len(doc.responses) {
			t.Errorf("%s: the answer has %d fields, the table %d", doc.service, len(got.fields), len(doc.responses))
		}
		for _, f := range doc.responses {
			value, there := got.fields[f.name]
			if text, ok := value.(string); !there || ok && f.max > 0 && len(text) > f.max {
				t.Errorf("%s: %s is %v", doc.service, f.name, value)
			}
		}
		for _, f := range doc.responseHeaders {
			if value := got.header.Get(f.name); value == "" || len(value) > f.max || f.fixed && len(value) != f.max {
				t.Errorf("%s: header %s is %q", doc.service, f.name, value)
			}
		}
	}
}
