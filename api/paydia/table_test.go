package paydia

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/snap"
)

// row is a field of the document's tables.
type row struct {
	name, kind string
	need       string // Mandatory, Optional, Conditional
	min, max   int    // in characters; 0: no limit
}

// tables parses the copied tables: headers, request, response; and the codes.
func tables(t testing.TB) (all [3][]row, codes []string) {
	t.Helper()
	at := -1
	for line := range strings.Lines(read(t, "tables.txt")) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(cells) > 1 && cells[0] == "No":
			at++
		case len(cells) >= 4 && at == 3:
			codes = append(codes, cells[1])
		case len(cells) >= 6 && at >= 0 && strings.Trim(cells[0], "0123456789") == "" && cells[0] != "":
			r := row{name: cells[1], kind: cells[2], need: cells[4]}
			how, length, ok := strings.Cut(cells[3], ", ")
			if ok {
				n, err := strconv.Atoi(strings.TrimSuffix(length, " max"))
				if err != nil {
					t.Fatalf("%q", cells[3])
				}
				r.max = n
				if how == "Fixed" {
					r.min = n
				}
			}
			all[at] = append(all[at], r)
		}
	}
	if len(all[0]) != 8 || len(all[1]) != 4 || len(all[2]) != 11 || len(codes) != 8 {
		t.Fatalf("%d headers, %d and %d fields, %d lines of codes", len(all[0]), len(all[1]), len(all[2]), len(codes))
	}
	return all, codes[1:] // the first one is the ruler
}

func tag(t *testing.T, kind reflect.Type, name string) (field int, table string) {
	t.Helper()
	for i := range kind.NumField() {
		if got, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ","); got == name {
			return i, kind.Field(i).Tag.Get("table")
		}
	}
	t.Errorf("%s has no %s", kind.Name(), name)
	return -1, ""
}

// Every row of the request's table is what Fits enforces, and nothing is sent
// that no row has.
func TestTheRequestIsHeldAgainstItsTable(t *testing.T) {
	all, _ := tables(t)
	kind := reflect.TypeFor[queryRequest]()
	if kind.NumField() != len(all[1]) {
		t.Errorf("%d fields, %d rows", kind.NumField(), len(all[1]))
	}
	for _, r := range all[1] {
		i, _ := tag(t, kind, r.name)
		if i < 0 {
			continue
		}
		for n, fits := range map[int]bool{1: true, r.max: true, r.max + 1: false} {
			request := queryRequest{OriginalReferenceNo: "R", ServiceCode: "51"}
			v := reflect.ValueOf(&request).Elem().Field(i)
			for _, letter := range []string{"x", "é"} {
				v.SetString(strings.Repeat(letter, n))
				var e *api.FieldError
				if err := api.Check(request); fits && err != nil || !fits && (!errors.As(err, &e) || e.Field != r.name || e.Max != r.max) {
					t.Errorf("%s with %d characters: %v", r.name, n, err)
				}
			}
			v.SetString("")
			var e *api.FieldError
			if err := api.Check(request); r.need == "Mandatory" != errors.As(err, &e) {
				t.Errorf("%s left out: %v", r.name, err)
			}
		}
	}
}

// The conditions of the three references: none is refused, any one of them
// will do, all together are sent together.
func TestReferencesThatFit(t *testing.T) {
	d := &desk{}
	p := d.provider()
	long := strings.Repeat("x", 65)
	for name, c := range map[string]struct {
		key   api.LookupKey
		field string // of the error; empty: it fits
	}{
		"none":               {api.LookupKey{}, "originalReferenceNo"},
		"an amount alone":    {api.LookupKey{Amount: api.IDR(100)}, "originalReferenceNo"},
		"the provider's":     {api.LookupKey{ProviderReference: "P"}, ""},
		"ours":               {api.LookupKey{Reference: "R"}, ""},
		"the external id":    {api.LookupKey{ExternalID: "1"}, ""},
		"two":                {api.LookupKey{ProviderReference: "P", ExternalID: "1"}, ""},
		"all":                {api.LookupKey{ProviderReference: "P", Reference: "R", ExternalID: "1"}, ""},
		"a long one":         {api.LookupKey{ProviderReference: api.Text(long)}, "originalReferenceNo"},
		"ours, long":         {api.LookupKey{Reference: api.Reference(long)}, "originalPartnerReferenceNo"},
		"the external, long": {api.LookupKey{ExternalID: long[:33]}, "originalExternalId"},
		"the external, full": {api.LookupKey{ExternalID: long[:32]}, ""},
	} {
		var e *api.FieldError
		err := p.Fits(c.key)
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &e) || e.Field != c.field) {
			t.Errorf("%s: %v", name, err)
		}
		before := len(d.Seen)
		d.says("4045101", nil)
		news, a := p.Lookup(t.Context(), c.key)
		if c.field != "" {
			if a.Class != api.NotSent || a.Reason != api.ReasonRequest || a.Err == nil || len(d.Seen) != before {
				t.Errorf("%s: %+v, sent %d", name, a, len(d.Seen)-before)
			}
			continue
		}
		if a.Class != api.Done || news.Status != api.StatusNotFound || len(d.Seen) != before+1 {
			t.Errorf("%s: %+v %+v", name, news, a)
		}
		want := map[string]any{"serviceCode": "51"}
		for field, value := range map[string]string{
			"originalReferenceNo": string(c.key.ProviderReference), "originalPartnerReferenceNo": string(c.key.Reference), "originalExternalId": c.key.ExternalID,
		} {
			if value != "" {
				want[field] = value
			}
		}
		if got := fields(t, d.Sent[len(d.Sent)-1]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: sent %v", name, got)
		}
	}
	var e *api.FieldError
	if err := p.Fits(api.LookupKey{}); !errors.As(err, &e) || !slices.Equal(e.Or, []string{"originalPartnerReferenceNo", "originalExternalId"}) {
		t.Errorf("%v", err)
	}
}

// Every header of the table is sent, and what a profile lacks of them is named
// before anything is.
func TestHeadersOfTheTable(t *testing.T) {
	all, _ := tables(t)
	d := (&desk{}).says("4045101", nil)
	p := d.provider()
	p.Lookup(t.Context(), asked(t))
	h := d.Seen[0].Header
	have := map[string]string{}
	for name, values := range h {
		have[strings.ToLower(name)] = values[0]
	}
	for _, r := range all[0] {
		value, ok := have[strings.ToLower(r.name)]
		if !ok || value == "" || r.need != "Mandatory" {
			t.Errorf("%s is not sent", r.name)
		}
		if n := len(value); r.max > 0 && (n > r.max || n < r.min) {
			t.Errorf("%s has %d characters", r.name, n)
		}
		delete(have, strings.ToLower(r.name))
	}
	delete(have, "accept") // "Accept application/json" of the specification
	if len(have) != 0 {
		t.Errorf("headers that no row has: %v", have)
	}
	for _, c := range []struct {
		field  string
		change func(*api.Endpoint)
	}{
		{"CHANNEL-ID", func(e *api.Endpoint) { e.ChannelID = "" }},
		{"CHANNEL-ID", func(e *api.Endpoint) { e.ChannelID = "123456" }},
		{"Authorization-Customer", func(e *api.Endpoint) { e.CustomerToken = nil }},
		{"X-PARTNER-ID", func(e *api.Endpoint) { e.PartnerID = strings.Repeat("x", 37) }},
	} {
		before := len(d.Seen)
		var e *api.FieldError
		_, a := d.provider(c.change).Lookup(t.Context(), asked(t))
		if a.Class != api.NotSent || !errors.As(a.Err, &e) || e.Field != c.field || len(d.Seen) != before {
			t.Errorf("%s: %+v", c.field, a)
		}
	}
	// The profile's own header set goes before the table.
	_, a := d.provider(func(e *api.Endpoint) { e.ChannelID, e.Headers = "", map[string][]string{"51": {"X-EXTERNAL-ID"}} }).Lookup(t.Context(), asked(t))
	if a.Class != api.Done || d.Seen[len(d.Seen)-1].Header.Get("Authorization-Customer") != "" {
		t.Errorf("%+v", a)
	}
}

// Every row of the response's table is read, and an answer that leaves it is
// noted by the field's name.
func TestTheAnswerIsHeldAgainstItsTable(t *testing.T) {
	all, _ := tables(t)
	kind := reflect.TypeFor[queryAnswer]()
	if kind.NumField() != len(all[2]) {
		t.Errorf("%d fields, %d rows", kind.NumField(), len(all[2]))
	}
	d := &desk{}
	p := d.provider()
	look := func(changes ...any) (api.LookupNews, api.Answer) {
		d.says("2005100", sample(t, changes...))
		return p.Lookup(t.Context(), api.LookupKey{ExternalID: "1725949206"})
	}
	if news, a := look(); a.Class != api.Done || kinds(news) != "" || a.Warning != "" {
		t.Fatalf("the sample: %+v %+v", news, a)
	}
	for _, r := range all[2] {
		tag(t, kind, r.name)
		if r.name == "responseCode" {
			continue // seven digits by the client
		}
		mandatory := r.need == "Mandatory" || r.need == "Conditional" // the sample succeeded
		news, a := look(r.name, nil)
		if r.name == "responseMessage" {
			d.Body = strings.Replace(d.Body, `"words"`, `""`, 1)
			news, a = p.Lookup(t.Context(), api.LookupKey{ExternalID: "1725949206"})
		}
		if got := strings.Contains(kinds(news), "missing:"+r.name); got != mandatory {
			t.Errorf("%s left out: %q", r.name, kinds(news))
		}
		if known := r.name != "latestTransactionStatus"; known != (a.Class == api.Done) {
			t.Errorf("%s left out: %q", r.name, a.Class)
		}
		if r.kind == "Money" {
			for _, odd := range []any{"12000.00", map[string]any{"value": "12.000,00"}, map[string]any{"value": "-1.00"}, []any{}, 7} {
				if news, a := look(r.name, odd); a.Class != api.Done || kinds(news) != "unreadable:"+r.name {
					t.Errorf("%s as %v: %q, %q", r.name, odd, a.Class, kinds(news))
				}
			}
			continue
		}
		if r.max == 0 {
			t.Errorf("%s has no length", r.name)
		}
		if r.name == "latestTransactionStatus" || r.name == "originalExternalId" {
			continue // what is not known proves nothing; below
		}
		for n, fits := range map[int]bool{r.max: true, r.max + 1: false, r.min - 1: r.min < 2} {
			if n < 1 {
				continue
			}
			text := strings.Repeat("y", n)
			changes := []any{r.name, text}
			if r.name == "responseMessage" {
				d.says("2005100", sample(t))
				d.Body = strings.Replace(d.Body, `"words"`, `"`+text+`"`, 1)
				news, a = p.Lookup(t.Context(), api.LookupKey{ExternalID: "1725949206"})
			} else {
				news, a = look(changes...)
			}
			if a.Class != api.Done || strings.Contains(kinds(news), "length:"+r.name) == fits {
				t.Errorf("%s with %d characters: %q, %q", r.name, n, a.Class, kinds(news))
			}
		}
		if news, a := look(r.name, map[string]any{"a": 1}); r.name != "responseMessage" && (a.Class != api.Done || strings.Contains(kinds(news), "missing:"+r.name) != mandatory) {
			t.Errorf("%s as an object: %q, %q", r.name, a.Class, kinds(news))
		}
	}
}

// The seven codes of the document, and the whole general catalogue behind them.
func TestEveryCode(t *testing.T) {
	_, codes := tables(t)
	inTable := map[string]bool{}
	want := map[string]api.Class{
		"2005100": api.Done, "4005101": api.Failed, "4005102": api.Failed, "4015100": api.Failed, "4015101": api.Failed,
		"4045101": api.Done, "5005101": api.Failed,
	}
	for _, text := range codes {
		code, err := snap.ParseCode(text)
		if err != nil || code.Service != Query().Service || want[text] == "" || !slices.Contains(listed, code.Key()) {
			t.Fatalf("%s: %v", text, err)
		}
		inTable[code.Key()] = true
	}
	if len(inTable) != 7 || len(listed) != 7 {
		t.Fatalf("%d codes", len(inTable))
	}
	rows := 0
	for line := range strings.Lines(read(t, "response_codes.txt")) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.EqualFold(strings.TrimSpace(cells[2]), "any") {
			continue
		}
		rows++
		text := strings.TrimSpace(cells[1]) + "51" + strings.TrimSpace(cells[3])
		code, err := snap.ParseCode(text)
		if err != nil {
			t.Fatal(err)
		}
		d := (&desk{}).says(text, sample(t))
		news, a := d.provider().Lookup(t.Context(), asked(t))
		if a.Code != code || strings.Contains(a.Warning, "general catalogue") == inTable[code.Key()] {
			t.Errorf("%s: code %s, warning %q", text, a.Code, a.Warning)
		}
		if class, ok := want[text]; ok && a.Class != class {
			t.Errorf("%s: %q, want %q", text, a.Class, class)
		}
		// An error answer says nothing of the payment, whatever its fields say.
		status := map[string]api.PaymentStatus{"2005100": api.StatusPaid, "4045101": api.StatusNotFound}[text]
		if news.Status != status || (a.Class == api.Done) != (status != "") || status != api.StatusPaid && !reflect.DeepEqual(news, api.LookupNews{Status: status}) {
			t.Errorf("%s: %q, %+v", text, a.Class, news)
		}
		if renews := text == "4015101" || text == "4015103"; (len(d.Seen) == 2) != renews {
			t.Errorf("%s: %d requests", text, len(d.Seen))
		}
	}
	if rows != 63 {
		t.Fatalf("%d rows in the catalogue", rows)
	}
	for text, warning := range map[string]string{"4185199": "no document", "2005300": "another service", "4046101": "another service"} {
		_, a := (&desk{}).says(text, sample(t)).provider().Lookup(t.Context(), asked(t))
		if !strings.Contains(a.Warning, warning) {
			t.Errorf("%s: %+v", text, a)
		}
	}
}
