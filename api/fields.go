package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// FieldError names the field of a request that a provider's table forbids,
// before anything is sent.
type FieldError struct {
	Field   string // the wire's name, with the path: additionalInfo.courierNo
	Missing bool   // a mandatory field is empty
	// Or names the fields of which any would do in its place.
	Or   []string
	Have int // length in characters
	Min  int // the table's limits in characters; Max 0: no limit
	Max  int
}

func (e *FieldError) Error() string {
	switch {
	case e.Missing:
		if len(e.Or) > 0 {
			return "one of these is mandatory and all are empty: " + e.Field + ", " + strings.Join(e.Or, ", ")
		}
		return e.Field + " is mandatory and empty"
	case e.Have < e.Min:
		return fmt.Sprintf("%s is too short: %d characters, at least %d", e.Field, e.Have, e.Min)
	}
	return fmt.Sprintf("%s is too long: %d characters, at most %d", e.Field, e.Have, e.Max)
}

// rule is one field's row of a provider's table.
type rule struct {
	index     int
	name      string
	mandatory bool
	min, max  int
	inner     bool // a struct or a pointer to one: its own fields are checked
}

var rules sync.Map // reflect.Type -> []rule

// Check holds a request against its provider's table. A wire type carries the
// table in tags: `table:"M,50"` is mandatory with at most 50 characters,
// `table:"O,1-64"` optional with 1 to 64, `table:"M"` mandatory without a
// limit. The first offending field is returned as a *FieldError.
func Check(request any) error {
	var first *FieldError
	check(reflect.ValueOf(request), "", func(e *FieldError) bool {
		first = e
		return false
	})
	if first == nil {
		return nil
	}
	return first
}

// CheckAll is Check that goes on after the first offending field: what an
// answer is held against its table with.
func CheckAll(value any) []*FieldError {
	var all []*FieldError
	check(reflect.ValueOf(value), "", func(e *FieldError) bool {
		all = append(all, e)
		return true
	})
	return all
}

// check reports until report wants no more; it then answers false.
func check(v reflect.Value, path string, report func(*FieldError) bool) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return true
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return true
	}
	for _, r := range rulesOf(v.Type()) {
		field := v.Field(r.index)
		if field.IsZero() {
			if r.mandatory && !report(&FieldError{Field: path + r.name, Missing: true}) {
				return false
			}
			continue
		}
		if field.Kind() == reflect.String {
			n := utf8.RuneCountInString(field.String())
			if (r.max > 0 && n > r.max || n < r.min) && !report(&FieldError{Field: path + r.name, Have: n, Min: r.min, Max: r.max}) {
				return false
			}
		}
		if r.inner && !check(field, path+r.name+".", report) {
			return false
		}
	}
	return true
}

func rulesOf(t reflect.Type) []rule {
	if known, ok := rules.Load(t); ok {
		return known.([]rule)
	}
	var found []rule
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		r := rule{index: i, name: name}
		need, limits, _ := strings.Cut(f.Tag.Get("table"), ",")
		r.mandatory = need == "M"
		if low, high, span := strings.Cut(limits, "-"); span {
			r.min, _ = strconv.Atoi(low)
			r.max, _ = strconv.Atoi(high)
		} else {
			r.max, _ = strconv.Atoi(limits)
		}
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		r.inner = kind.Kind() == reflect.Struct
		found = append(found, r)
	}
	rules.Store(t, found)
	return found
}

// Encode serialises a request once, without HTML escaping and without a
// trailing newline: these bytes are signed, sent, and sent again in a retry.
func Encode(request any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(request); err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
