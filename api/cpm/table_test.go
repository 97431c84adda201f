package cpm

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/api"
)

// row is a field of the document's tables.
type row struct {
	name      string
	path      string // with the object that holds it
	kind      string
	mandatory bool
	max       int // in characters; 0: none is named
}

// tables parses the copied tables: request and response of each service, in the
// document's order.
func tables(t *testing.T) [][]row {
	t.Helper()
	var all [][]row
	holder := ""
	for _, line := range lines(t, "testdata/tables.txt") {
		if line == "Request Body" || line == "Response Body" {
			all, holder = append(all, nil), ""
			continue
		}
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) < 3 || cells[1] == "" || !slices.Contains([]string{"M", "O", "C"}, cells[2]) {
			continue // a heading, or the rest of a description
		}
		r := row{name: cells[0], path: cells[0], kind: cells[1], mandatory: cells[2] == "M"}
		if len(cells) > 3 {
			r.max, _ = strconv.Atoi(cells[3])
			if cells[3] == "16,2" {
				r.max = 16
			}
		}
		name := strings.ToLower(r.name)
		inAmount := strings.HasSuffix(holder, "mount") && (name == "value" || name == "currency")
		inScanner := holder == "scannerInfo" && strings.HasPrefix(name, "device")
		switch {
		case r.kind == "Object":
			holder = r.name
		case inAmount, inScanner:
			r.path = holder + "." + r.name
		default:
			holder = ""
		}
		all[len(all)-1] = append(all[len(all)-1], r)
	}
	if len(all) != 12 {
		t.Fatalf("%d tables, want 12", len(all))
	}
	sizes := []int{6, 8, 24, 6, 7, 10, 11, 8, 17, 3, 12, 12}
	for i, table := range all {
		if len(table) != sizes[i] {
			t.Fatalf("table %d has %d rows, want %d: %+v", i, len(table), sizes[i], table)
		}
	}
	return all
}

// full is a request with something in every field.
func full(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[api.Amount]():
		v.Set(reflect.ValueOf(api.IDR(100)))
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`"60"`))
	case v.Type() == reflect.TypeFor[items]():
		v.Set(reflect.ValueOf(items{{ProductID: "1"}}))
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		full(v.Elem())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			full(v.Field(i))
		}
	}
}

func names(t reflect.Type) map[string]int {
	found := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		found[name] = i
	}
	return found
}

// Every row of a request's table is held against what Check enforces, and no
// field is sent that no row has.
func TestRequestsAreHeldAgainstTheirTables(t *testing.T) {
	all := tables(t)
	for i, request := range []any{generateRequest{}, paymentRequest{}, queryRequest{}, cancelRequest{}, notifyRequest{}, refundRequest{}} {
		kind := reflect.TypeOf(request)
		inTable := map[string]bool{}
		for _, r := range all[i*2] {
			inTable[strings.SplitN(r.path, ".", 2)[0]] = true
			checkRow(t, kind, r)
		}
		for name := range names(kind) {
			if !inTable[name] {
				t.Errorf("%s: %s is in no row of the table", kind.Name(), name)
			}
		}
	}
}

// checkRow spoils one field of a good request.
func checkRow(t *testing.T, kind reflect.Type, r row) {
	t.Helper()
	outer, inner, nested := strings.Cut(r.path, ".")
	index, ok := names(kind)[outer]
	if !ok {
		t.Errorf("%s has no %s", kind.Name(), outer)
		return
	}
	fresh := func() (whole, field reflect.Value) {
		whole = reflect.New(kind).Elem()
		full(whole)
		field = whole.Field(index)
		if nested && field.Kind() == reflect.Pointer {
			field = field.Elem().Field(names(field.Type().Elem())[inner])
		}
		return whole, field
	}
	whole, field := fresh()
	if err := api.Check(whole.Interface()); err != nil {
		t.Fatalf("%s: a good request is refused: %v", kind.Name(), err)
	}
	if field.Type() == reflect.TypeFor[api.Amount]() && nested {
		return // an amount is whole by its type: TestAmountsOfATable
	}
	if field.SetZero(); r.mandatory {
		var e *api.FieldError
		if err := api.Check(whole.Interface()); !errors.As(err, &e) || e.Field != r.path || !e.Missing {
			t.Errorf("%s without %s: %v", kind.Name(), r.path, err)
		}
	} else if err := api.Check(whole.Interface()); err != nil {
		t.Errorf("%s without %s, which is optional: %v", kind.Name(), r.path, err)
	}
	if field.Kind() != reflect.String {
		if r.max > 0 && r.name != "expiryTime" { // TestExpiryTimeIsSpeltAsTheProfileSays
			t.Errorf("%s: the length of %s is not checked", kind.Name(), r.path)
		}
		return
	}
	if r.max == 0 {
		t.Errorf("%s: the row of %s has no length", kind.Name(), r.path)
	}
	for _, c := range []struct {
		text string
		fits bool
	}{{strings.Repeat("x", r.max), true}, {strings.Repeat("é", r.max), true}, {strings.Repeat("x", r.max+1), false}} {
		whole, field := fresh()
		field.SetString(c.text)
		err := api.Check(whole.Interface())
		var e *api.FieldError
		if c.fits && err != nil || !c.fits && (!errors.As(err, &e) || e.Field != r.path || e.Max != r.max || e.Have != r.max+1) {
			t.Errorf("%s: %d characters in %s: %v", kind.Name(), len([]rune(c.text)), r.path, err)
		}
	}
}

// Every row of a response's table has a place where it is read, and nothing is
// read that no row has, but for what providers are known to add.
func TestAnswersHaveEveryFieldOfTheirTables(t *testing.T) {
	all := tables(t)
	for i, c := range []struct {
		answer any
		added  []string
	}{
		0: {generateAnswer{}, nil},
		1: {paymentAnswer{}, []string{"latestTransactionStatus", "transactionStatusDesc"}},
		2: {queryAnswer{}, []string{" originalExternalId"}},
		3: {cancelAnswer{}, nil},
		5: {refundAnswer{}, nil},
	} {
		if c.answer == nil {
			continue // the answer to 79 is ours to give
		}
		kind := reflect.TypeOf(c.answer)
		have := names(kind)
		for _, r := range all[i*2+1] {
			outer, _, _ := strings.Cut(r.path, ".")
			if _, ok := have[outer]; !ok {
				t.Errorf("%s does not read %s", kind.Name(), r.path)
			}
		}
		for name := range have {
			if !slices.Contains(c.added, name) && !slices.ContainsFunc(all[i*2+1], func(r row) bool { return r.path == name }) {
				t.Errorf("%s reads %s, which is in no row", kind.Name(), name)
			}
		}
	}
}

func TestAmountsOfATable(t *testing.T) {
	p := (&desk{}).provider()
	most := must(api.ParseAmount("9999999999999999.99", "IDR"))
	for name, c := range map[string]struct {
		amount api.Amount
		fits   bool
	}{
		"one hundredth": {api.IDR(1), true}, "16 digits": {most, true}, "17 digits": {api.IDR(most.Minor() + 1), false},
		"none": {api.Amount{}, false}, "nought": {api.IDR(0), false}, "less": {api.IDR(-1), false},
	} {
		r := aPayment()
		r.Amount = c.amount
		_, pay := p.PreparePayment(r, morning)
		_, back := p.PrepareRefund(aKey, refund, c.amount, "")
		_, cancel := p.CancelPayment(t.Context(), aKey, c.amount, "", nil)
		for field, err := range map[string]error{"amount.value": pay, "refundAmount.value": back} {
			var e *api.FieldError
			if c.fits && err != nil || !c.fits && (!errors.As(err, &e) || e.Field != field) {
				t.Errorf("%s: %s: %v", name, field, err)
			}
		}
		if refused := cancel.Class == api.NotSent && cancel.Reason == api.ReasonRequest && errors.As(cancel.Err, new(*api.FieldError)); refused == c.fits {
			t.Errorf("%s: cancel: %q %v", name, cancel.Class, cancel.Err)
		}
	}
	r := aPayment()
	r.Fee = api.IDR(-1)
	var e *api.FieldError
	if _, err := p.PreparePayment(r, morning); !errors.As(err, &e) || e.Field != "feeAmount.value" {
		t.Errorf("a fee below nought: %v", err)
	}
}
