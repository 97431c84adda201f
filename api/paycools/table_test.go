package paycools

import (
	"errors"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/snap"
)

// field is a row of a document's request table.
type field struct {
	name      string
	fixed     bool
	max       int // 0: the table gives none
	mandatory bool
}

// code is a row of a document's table of response codes; the two rows
// without a code have their title in its place.
type code struct{ no, code, message, action string }

// document is what the tests read out of a copied table.
type document struct {
	service, path string
	headers, body []field
	codes, others []code
}

var length = regexp.MustCompile(`^(Fixed|Variable)(?:, (\d+) max)?$`)

// documents are seeds 001 and 000, counted.
func documents(t *testing.T) (generate, query document) {
	t.Helper()
	generate, query = parse(t, "testdata/tables_001.md"), parse(t, "testdata/tables_000.md")
	for _, c := range []struct {
		document
		service              string
		headers, body, codes int
	}{{generate, "90", 5, 3, 14}, {query, "91", 5, 5, 10}} {
		d := c.document
		if d.service != c.service || len(d.headers) != c.headers || len(d.body) != c.body || len(d.codes) != c.codes || len(d.others) != 2 {
			t.Fatalf("service %s: read %d headers, %d fields, %d codes, %d rows without a code", d.service, len(d.headers), len(d.body), len(d.codes), len(d.others))
		}
		if d.others[0].no != "16" || d.others[0].code != "Total Timeout" || d.others[1].no != "17" || !strings.HasPrefix(d.others[1].code, "Unexpected response") {
			t.Fatalf("service %s: the rows without a code are %v", d.service, d.others)
		}
	}
	return generate, query
}

func parse(t *testing.T, file string) document {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	heading, tables := "", map[string]int{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "# "); ok {
			heading = title
			tables[heading]++
			continue
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") {
			continue
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		request := tables[heading] == 1 // the second table of a name is the answer's
		switch {
		case cells[0] == "No" || cells[0] == "Name":
		case heading == "Specification" && cells[0] == "Service Code":
			d.service = cells[1]
		case heading == "Specification" && cells[0] == "URL":
			d.path = cells[1]
		case heading == "Header" && request:
			d.headers = append(d.headers, parseField(t, cells))
		case heading == "Body" && request:
			d.body = append(d.body, parseField(t, cells))
		case heading == "Response Code and Message":
			if _, err := snap.ParseCode(cells[1]); err == nil {
				d.codes = append(d.codes, code{cells[0], cells[1], cells[2], cells[4]})
			} else { // these rows lack the column "Response Message"
				d.others = append(d.others, code{cells[0], cells[1], "", cells[3]})
			}
		}
	}
	return d
}

func parseField(t *testing.T, cells []string) field {
	t.Helper()
	m := length.FindStringSubmatch(cells[3])
	if m == nil {
		t.Fatalf("no length in %q", cells)
	}
	f := field{name: cells[1], fixed: m[1] == "Fixed", mandatory: cells[4] == "Mandatory"}
	if m[2] != "" {
		f.max, _ = strconv.Atoi(m[2])
	}
	return f
}

func TestOperationsAreTheDocuments(t *testing.T) {
	doc90, doc91 := documents(t)
	for _, c := range []struct {
		document
		op api.Operation
	}{{doc90, Generate}, {doc91, Query}} {
		if c.op.Service != c.service || c.op.Path != c.path || c.op.Method != "POST" || c.op.Timeout != 8*time.Second {
			t.Errorf("%s: %s %s %s in %s", c.service, c.op.Service, c.op.Method, c.op.Path, c.op.Timeout)
		}
		listed := map[string]bool{"401-03": true} // the general list's twin of 401-01
		for _, row := range c.codes {
			parsed, err := snap.ParseCode(row.code)
			if err != nil {
				t.Fatal(err)
			}
			listed[parsed.Key()] = true
			if _, ok := c.op.Classes[parsed.Key()]; !ok || parsed.Service != c.service {
				t.Errorf("%s: the row %s has no class", c.service, row.code)
			}
		}
		for key := range c.op.Classes {
			if !listed[key] {
				t.Errorf("%s: %s is in no row", c.service, key)
			}
		}
	}
}

// requestTypes are the wire types that Check holds against the body tables.
var requestTypes = map[string]func() any{
	"90": func() any {
		return &generateRequest{PartnerReferenceNo: "R", MerchantID: "M", AdditionalInfo: goodInfo}
	},
	"91": func() any {
		return &queryRequest{
			OriginalPartnerReferenceNo: "R", MerchantID: "M", ServiceCode: "90",
			FromDateTime: api.Timestamp(noon), ToDateTime: api.Timestamp(noon),
		}
	},
}

var goodInfo = additionalInfo{
	ChannelCode: defaultChannel, RegionNo: "1", BranchNo: "2", CourierNo: "3", CourierName: "4", CourierMobile: "5",
}

// TestBodyTables holds what Check enforces of each body field against its row:
// the name, the longest length, in characters, and whether it must be there.
func TestBodyTables(t *testing.T) {
	doc90, doc91 := documents(t)
	for _, doc := range []document{doc90, doc91} {
		fields := map[string]int{}
		kind := reflect.TypeOf(requestTypes[doc.service]()).Elem()
		for i := range kind.NumField() {
			fields[kind.Field(i).Tag.Get("json")] = i
		}
		if len(fields) != len(doc.body) {
			t.Errorf("%s: the wire type has %d fields, the table %d", doc.service, len(fields), len(doc.body))
		}
		for _, row := range doc.body {
			i, ok := fields[row.name]
			if !ok {
				t.Errorf("%s: the wire type has no %s", doc.service, row.name)
				continue
			}
			with := func(value any) *api.FieldError {
				request := requestTypes[doc.service]()
				if err := api.Check(request); err != nil {
					t.Fatal(err)
				}
				v := reflect.ValueOf(request).Elem().Field(i)
				if value == nil {
					v.SetZero()
				} else {
					v.SetString(value.(string))
				}
				var wrong *api.FieldError
				if err := api.Check(request); err != nil && !errors.As(err, &wrong) {
					t.Fatalf("%s %s: %v", doc.service, row.name, err)
				}
				return wrong
			}
			if got := with(nil); row.mandatory != (got != nil) || got != nil && (got.Field != row.name || !got.Missing) {
				t.Errorf("%s without %s: %v", doc.service, row.name, got)
			}
			if row.max == 0 {
				continue
			}
			if got := with(strings.Repeat("é", row.max)); got != nil {
				t.Errorf("%s %s with %d characters: %v", doc.service, row.name, row.max, got)
			}
			if got := with(strings.Repeat("é", row.max+1)); got == nil || got.Field != row.name || got.Max != row.max || got.Have != row.max+1 {
				t.Errorf("%s %s with %d characters: %v", doc.service, row.name, row.max+1, got)
			}
		}
	}
}

// TestAWrongFieldIsNamedAndNothingIsSent goes the way of the till: through
// the provider.
func TestAWrongFieldIsNamedAndNothingIsSent(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n+1) }
	change := func(f func(*api.Courier)) api.Courier {
		c := courier
		f(&c)
		return c
	}
	for name, c := range map[string]struct {
		reference api.Reference
		courier   api.Courier
		endpoint  func(*api.Endpoint)
		field     string
		missing   bool
	}{
		"long reference":   {reference: api.Reference(long(50)), courier: courier, field: "partnerReferenceNo"},
		"no reference":     {courier: courier, field: "partnerReferenceNo", missing: true},
		"long merchant":    {reference: "R", courier: courier, endpoint: func(e *api.Endpoint) { e.MerchantID = long(64) }, field: "merchantId"},
		"no merchant":      {reference: "R", courier: courier, endpoint: func(e *api.Endpoint) { e.MerchantID, e.ClientKey = "", "" }, field: "merchantId", missing: true},
		"no region":        {reference: "R", courier: change(func(c *api.Courier) { c.RegionNo = "" }), field: "additionalInfo.regionNo", missing: true},
		"no branch":        {reference: "R", courier: change(func(c *api.Courier) { c.BranchNo = "" }), field: "additionalInfo.branchNo", missing: true},
		"no courier":       {reference: "R", courier: change(func(c *api.Courier) { c.No = "" }), field: "additionalInfo.courierNo", missing: true},
		"no name":          {reference: "R", courier: change(func(c *api.Courier) { c.Name = "" }), field: "additionalInfo.courierName", missing: true},
		"no mobile":        {reference: "R", courier: change(func(c *api.Courier) { c.Mobile = "" }), field: "additionalInfo.courierMobile", missing: true},
		"long channel":     {reference: "R", courier: change(func(c *api.Courier) { c.Channel = long(64) }), field: "additionalInfo.channelCode"},
		"long notify url":  {reference: "R", courier: change(func(c *api.Courier) { c.NotifyURL = long(255) }), field: "additionalInfo.notifyUrl"},
		"long region":      {reference: "R", courier: change(func(c *api.Courier) { c.RegionNo = long(64) }), field: "additionalInfo.regionNo"},
		"long branch":      {reference: "R", courier: change(func(c *api.Courier) { c.BranchNo = long(64) }), field: "additionalInfo.branchNo"},
		"long courier":     {reference: "R", courier: change(func(c *api.Courier) { c.No = long(64) }), field: "additionalInfo.courierNo"},
		"long name":        {reference: "R", courier: change(func(c *api.Courier) { c.Name = long(64) }), field: "additionalInfo.courierName"},
		"long mobile":      {reference: "R", courier: change(func(c *api.Courier) { c.Mobile = long(25) }), field: "additionalInfo.courierMobile"},
		"the profile's 10": {reference: "R", courier: change(func(c *api.Courier) { c.Name = long(10) }), endpoint: func(e *api.Endpoint) { e.Limits = map[string]int{"courierName": 10} }, field: "additionalInfo.courierName"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.endpoint == nil {
				c.endpoint = func(*api.Endpoint) {}
			}
			_, p, w := play(t, sandbox.Options{}, c.endpoint)
			_, err := p.PrepareUserID(c.reference, c.courier)
			var wrong *api.FieldError
			if !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Missing != c.missing || !strings.Contains(err.Error(), c.field) {
				t.Errorf("got %v, want %s", err, c.field)
			}
			if !strings.HasPrefix(c.field, "additionalInfo.") {
				_, answer := p.Deposits(t.Context(), c.reference, noon, noon)
				field := strings.Replace(c.field, "partnerReferenceNo", "originalPartnerReferenceNo", 1)
				if answer.Class != api.NotSent || answer.Reason != api.ReasonRequest || !errors.As(answer.Err, &wrong) || wrong.Field != field {
					t.Errorf("the query: %+v", answer)
				}
			}
			if n := w.total(); n != 0 {
				t.Errorf("%d requests left", n)
			}
		})
	}
}

// TestHeaderTables holds the headers that leave against their rows, and refuses
// what no row allows.
func TestHeaderTables(t *testing.T) {
	doc90, doc91 := documents(t)
	_, p, w := play(t, sandbox.Options{})
	if _, answer := generate(t, p, "HEADERS"); answer.Class != api.Done {
		t.Fatalf("%+v", answer)
	}
	if _, answer := p.Deposits(t.Context(), "HEADERS", noon, noon); answer.Class != api.Done {
		t.Fatalf("%+v", answer)
	}
	for _, c := range []struct {
		document
		sent []sent
	}{{doc90, w.generates()}, {doc91, w.queries()}} {
		if len(c.sent) != 1 {
			t.Fatalf("%s: %d requests", c.service, len(c.sent))
		}
		for _, row := range c.headers {
			values := c.sent[0].header[row.name] // the document's own capitals
			if len(values) != 1 || values[0] == "" || row.max > 0 && len(values[0]) > row.max || row.fixed && len(values[0]) != row.max {
				t.Errorf("%s: %s is %q", c.service, row.name, values)
			}
		}
		if got := len(c.sent[0].header); got != len(c.headers)+1 { // and Accept, of the specification
			t.Errorf("%s: %d headers, the table has %d: %v", c.service, got, len(c.headers), c.sent[0].header)
		}
	}
	for _, partner := range []string{strings.Repeat("x", 37), ""} {
		_, p, w := play(t, sandbox.Options{}, func(e *api.Endpoint) { e.PartnerID, e.ClientKey, e.MerchantID = partner, partner, "M1" })
		_, answer := generate(t, p, "R")
		var wrong *api.FieldError
		if answer.Class != api.NotSent || !errors.As(answer.Err, &wrong) || wrong.Field != snap.HeaderPartnerID || w.total() != 0 {
			t.Errorf("a partner of %d characters: %+v after %d requests", len(partner), answer, w.total())
		}
	}
}
