package finnet

import (
	"errors"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/snap"
)

// row is a field of the document's tables. An object's lengths count members.
type row struct {
	name, kind string
	mandatory  bool
	min, max   int
	text       string
}

// tables parses the copied tables: the URLs, the request and the answer.
func tables(t testing.TB) (urls []string, request, answer []row) {
	t.Helper()
	all := [2][]row{}
	at := -1
	for line := range strings.Lines(read(t, "tables.txt")) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "No":
			at++
		case len(cells) > 2 && cells[1] == "POST":
			urls = append(urls, cells[2])
		case len(cells) > 6 && at >= 0:
			low, err := strconv.Atoi(cells[4])
			if err != nil {
				continue // the ruler
			}
			high, err := strconv.Atoi(cells[5])
			if err != nil {
				t.Fatal(err)
			}
			all[at] = append(all[at], row{cells[1], cells[2], cells[3] == "M", low, high, cells[6]})
		}
	}
	if len(urls) != 2 || len(all[0]) != 6 || len(all[1]) != 10 {
		t.Fatalf("%d URLs, %d and %d rows", len(urls), len(all[0]), len(all[1]))
	}
	return urls, all[0], all[1]
}

// sent is how a name of the request's table is sent: one is misspelt.
func sent(name string) string { return strings.Replace(name, "Referance", "Reference", 1) }

func index(t *testing.T, kind reflect.Type, name string) int {
	t.Helper()
	for i := range kind.NumField() {
		if got, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ","); got == name {
			return i
		}
	}
	t.Errorf("%s has no %s", kind.Name(), name)
	return -1
}

// Both environments are base URLs with one path behind them.
func TestEnvironments(t *testing.T) {
	urls, _, _ := tables(t)
	hosts := map[string]bool{}
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil || u.Path != Query().Path || Query().Method != "POST" {
			t.Errorf("%s: %v, ours is %s", text, err, Query().Path)
		}
		hosts[u.Host] = true
		d := (&desk{}).says("4045101", nil)
		p := d.provider(func(e *api.Endpoint) { e.BaseURL = strings.TrimSuffix(text, Query().Path) })
		if _, a := p.Lookup(t.Context(), asked(t)); a.Class != api.Done || d.Seen[0].URL.String() != text {
			t.Errorf("%s: asked %s, %+v", text, d.Seen[0].URL, a)
		}
	}
	if len(hosts) != 2 {
		t.Errorf("%v", hosts)
	}
}

// Every row of the request's table is enforced, and nothing is sent that no
// row has.
func TestTheRequestIsHeldAgainstItsTable(t *testing.T) {
	_, rows, _ := tables(t)
	kind := reflect.TypeFor[queryRequest]()
	if kind.NumField() != len(rows) {
		t.Errorf("%d fields, %d rows", kind.NumField(), len(rows))
	}
	good := queryRequest{"R", "P", "47", api.IDR(100), "M", "S"}
	for _, r := range rows {
		i := index(t, kind, sent(r.name))
		if i < 0 {
			continue
		}
		request := good
		v := reflect.ValueOf(&request).Elem().Field(i)
		v.SetZero()
		var e *api.FieldError
		if err := api.Check(request); r.mandatory != (errors.As(err, &e) && e.Missing && e.Field == sent(r.name)) {
			t.Errorf("%s left out: %v", r.name, err)
		}
		if r.kind == "Object" {
			if r.min != 1 || r.max != 2 {
				t.Errorf("%s has %d to %d members", r.name, r.min, r.max)
			}
			continue // TestAmountsThatFit
		}
		for n, fits := range map[int]bool{r.min: true, r.max: true, r.max + 1: false} {
			for _, letter := range []string{"x", "é"} {
				v.SetString(strings.Repeat(letter, n))
				err := api.Check(request)
				if e = nil; fits && err != nil || !fits && (!errors.As(err, &e) || e.Field != sent(r.name) || e.Max != r.max || e.Min != r.min) {
					t.Errorf("%s with %d characters: %v", r.name, n, err)
				}
			}
		}
	}
}

func TestAmountsThatFit(t *testing.T) {
	p := (&desk{}).provider()
	most, err := api.ParseAmount("9999999999999999.99", "IDR")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		amount api.Amount
		field  string
	}{
		"one hundredth": {api.IDR(1), ""}, "16 digits": {most, ""}, "17 digits": {api.IDR(most.Minor() + 1), "amount.value"},
		"none": {api.Amount{}, "amount"}, "nought": {api.IDR(0), "amount"}, "less": {api.IDR(-1), "amount"},
	} {
		var e *api.FieldError
		err := p.Fits(api.LookupKey{ProviderReference: "P", Amount: c.amount})
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &e) || e.Field != c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is missing is named at once, and nothing leaves.
func TestReferencesThatFit(t *testing.T) {
	long := strings.Repeat("x", 65)
	for name, c := range map[string]struct {
		key    api.LookupKey
		change func(*api.Endpoint)
		fields string // of the errors
	}{
		"nothing":            {api.LookupKey{}, nil, "originalReferenceNo amount"},
		"ours alone":         {api.LookupKey{Reference: "R", ExternalID: "1"}, nil, "originalReferenceNo amount"},
		"without an amount":  {api.LookupKey{ProviderReference: "P"}, nil, "amount"},
		"without the other":  {api.LookupKey{Amount: api.IDR(100)}, nil, "originalReferenceNo"},
		"enough":             {api.LookupKey{ProviderReference: "P", Amount: api.IDR(100)}, nil, ""},
		"all":                {api.LookupKey{ProviderReference: "P", Reference: "R", ExternalID: "1", Amount: api.IDR(100)}, nil, ""},
		"a long one":         {api.LookupKey{ProviderReference: api.Text(long), Amount: api.IDR(100)}, nil, "originalReferenceNo"},
		"ours, long":         {api.LookupKey{ProviderReference: "P", Reference: api.Reference(long), Amount: api.IDR(100)}, nil, "originalPartnerReferenceNo"},
		"a long merchant":    {api.LookupKey{ProviderReference: "P", Amount: api.IDR(100)}, func(e *api.Endpoint) { e.MerchantID = long }, "merchantId"},
		"a long submerchant": {api.LookupKey{ProviderReference: "P", Amount: api.IDR(100)}, func(e *api.Endpoint) { e.Shop.SubMerchantID = long[:33] }, "submerchantId"},
		"a long service":     {api.LookupKey{ProviderReference: "P", Amount: api.IDR(100)}, func(e *api.Endpoint) { e.OriginalService = "470" }, "serviceCode"},
	} {
		d := (&desk{}).says("4045101", nil)
		change := c.change
		if change == nil {
			change = func(*api.Endpoint) {}
		}
		p := d.provider(change)
		var got []string
		err := p.Fits(c.key)
		all := []error{err}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = joined.Unwrap()
		}
		for _, one := range all {
			if e, ok := errors.AsType[*api.FieldError](one); ok {
				got = append(got, e.Field)
			}
		}
		if strings.Join(got, " ") != c.fields || (err == nil) != (c.fields == "") {
			t.Errorf("%s: %v", name, err)
		}
		news, a := p.Lookup(t.Context(), c.key)
		if refused := a.Class == api.NotSent && a.Reason == api.ReasonRequest && len(d.Seen) == 0; refused != (c.fields != "") {
			t.Errorf("%s: %+v after %d requests", name, a, len(d.Seen))
		}
		if c.fields == "" && (a.Class != api.Done || news.Status != api.StatusNotFound) {
			t.Errorf("%s: %+v %+v", name, news, a)
		}
	}
}

// Every row of the answer's table is read, and an answer that leaves it is
// noted by the field's name.
func TestTheAnswerIsHeldAgainstItsTable(t *testing.T) {
	_, _, rows := tables(t)
	kind := reflect.TypeFor[queryAnswer]()
	if kind.NumField() != len(rows)+1 { // and the request table's misspelling
		t.Errorf("%d fields, %d rows", kind.NumField(), len(rows))
	}
	key := api.LookupKey{ProviderReference: "P", Amount: api.IDR(12_345_678_00)}
	d := &desk{}
	p := d.provider()
	look := func(changes ...any) (api.LookupNews, api.Answer) {
		all := sample(t, append([]any{"originalReferenceNo", "P", "originalPartnerReferenceNo", "R"}, changes...)...)
		message := any("words")
		if m, ok := all["responseMessage"]; ok || len(changes) > 0 && changes[0] == "responseMessage" {
			message = m
		}
		delete(all, "responseMessage")
		d.says("2005300", all)
		switch m := message.(type) {
		case string:
			d.Body = strings.Replace(d.Body, `"words"`, `"`+m+`"`, 1)
		default:
			d.Body = strings.Replace(d.Body, `"words"`, `{}`, 1)
		}
		return p.Lookup(t.Context(), key)
	}
	if news, a := look(); a.Class != api.Done || kinds(news) != "" || a.Warning != "" {
		t.Fatalf("the sample: %q %+v", kinds(news), a)
	}
	name := func(r row) string { // in the sample
		return strings.Replace(r.name, "Feeamount", "FeeAmount", 1)
	}
	for _, r := range rows {
		index(t, kind, r.name)
		if r.name == "responseCode" {
			continue // seven digits by the client
		}
		news, a := look(name(r), nil)
		if r.name == "responseMessage" {
			news, a = look("responseMessage", "")
		}
		if got := strings.Contains(kinds(news), "missing:"+r.name); got != r.mandatory {
			t.Errorf("%s left out: %q", r.name, kinds(news))
		}
		if known := r.name != "latestTransactionStatus"; known != (a.Class == api.Done) {
			t.Errorf("%s left out: %q", r.name, a.Class)
		}
		if r.kind == "Object" {
			for _, odd := range []any{"x", 7, []any{1}} {
				if news, a := look(name(r), odd); a.Class != api.Done || kinds(news) != "unreadable:"+r.name {
					t.Errorf("%s as %v: %q, %q", r.name, odd, a.Class, kinds(news))
				}
			}
			continue
		}
		if r.name == "latestTransactionStatus" || r.name == "originalReferenceNo" {
			continue // another one proves nothing; below
		}
		for n, fits := range map[int]bool{r.min: true, r.max: true, r.max + 1: false} {
			if news, a := look(r.name, strings.Repeat("y", n)); a.Class != api.Done || strings.Contains(kinds(news), "length:"+r.name) == fits {
				t.Errorf("%s with %d characters: %q, %q", r.name, n, a.Class, kinds(news))
			}
		}
	}
	// additionalInfo has 1 to 14 members: the sample has as many as may be.
	info := sample(t)["additionalInfo"].(map[string]any)
	if len(info) != maxMembers || rows[9].max != maxMembers || rows[9].name != "additionalInfo" {
		t.Errorf("%d members, %+v", len(info), rows[9])
	}
	info["one_more"] = "x"
	if news, _ := look("additionalInfo", info); kinds(news) != "length:additionalInfo" || len(news.Info) != maxMembers+1 {
		t.Errorf("a member more: %q, %d shown", kinds(news), len(news.Info))
	}
}

// The status list of the table, word by word.
func TestStatusesOfTheTable(t *testing.T) {
	_, _, rows := tables(t)
	words := map[string]api.PaymentStatus{
		"Success": api.StatusPaid, "Initiated": api.StatusPending, "Paying": api.StatusPending, "Pending": api.StatusPending,
		"Refunded": api.StatusRefunded, "Cancelled": api.StatusCancelled, "Failed": api.StatusFailed, "Not found": api.StatusNotFound,
	}
	list := strings.Split(rows[5].text, " - ")
	seen := 0
	for i := 1; i < len(list); i++ {
		digits, word := list[i-1][len(list[i-1])-2:], list[i]
		if i < len(list)-1 {
			word = strings.TrimSpace(word[:len(word)-2])
		}
		news, a := (&desk{}).says("2005300", sample(t, "latestTransactionStatus", digits)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Done || news.Status != words[word] || words[word] == "" {
			t.Errorf("%s %q: %q %+v", digits, word, a.Class, news)
		}
		seen++
	}
	if seen != 8 {
		t.Errorf("%d statuses", seen)
	}
	for _, raw := range []any{"08", "0", " 00", "Success", 0, nil, "", []any{"00"}} {
		news, a := (&desk{}).says("2005300", sample(t, "latestTransactionStatus", raw)).provider().Lookup(t.Context(), asked(t))
		if a.Class != api.Unknown || a.Reason != api.ReasonUnclear || news.Status != api.NoStatus {
			t.Errorf("%v: %q %+v", raw, a.Class, news)
		}
	}
}

// There is no table of codes: the general catalogue speaks, under any of the
// three services that this document's answers carry, and it is said.
func TestEveryCode(t *testing.T) {
	rows := 0
	for line := range strings.Lines(read(t, "response_codes.txt")) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.EqualFold(strings.TrimSpace(cells[2]), "any") {
			continue
		}
		rows++
		for service, expected := range map[string]bool{"51": true, "53": true, "47": true, "61": false} {
			text := strings.TrimSpace(cells[1]) + service + strings.TrimSpace(cells[3])
			code, err := snap.ParseCode(text)
			if err != nil {
				t.Fatal(err)
			}
			d := (&desk{}).says(text, sample(t))
			news, a := d.provider().Lookup(t.Context(), asked(t))
			if a.Code != code || strings.Contains(a.Warning, "another service") == expected || strings.Contains(a.Warning, "general catalogue") == (code.Key() == "200-00") {
				t.Errorf("%s: code %s, warning %q", text, a.Code, a.Warning)
			}
			status := map[string]api.PaymentStatus{"200-00": api.StatusPaid, "404-01": api.StatusNotFound}[code.Key()]
			if news.Status != status || (a.Class == api.Done) != (status != "") || status != api.StatusPaid && !reflect.DeepEqual(news, api.LookupNews{Status: status}) {
				t.Errorf("%s: %q, %+v", text, a.Class, news)
			}
		}
	}
	if rows != 63 {
		t.Fatalf("%d rows in the catalogue", rows)
	}
	if _, a := (&desk{}).says("4185399", nil).provider().Lookup(t.Context(), asked(t)); a.Class != api.Unknown || !strings.Contains(a.Warning, "no document") {
		t.Errorf("%+v", a)
	}
}
