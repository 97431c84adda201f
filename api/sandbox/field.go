package sandbox

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"cashier/api"
	"cashier/api/snap"
)

// format is what a field's text must be, beyond its length.
type format string

const (
	anyText    format = ""
	jsonType   format = "application/json"
	timestamp  format = "timestamp"  // YYYY-MM-DDTHH:mm:ss+07:00
	rangeTime  format = "range-time" // as Options.RangeReading has it
	credential format = "credential" // its absence is an authorisation matter
	digitsOnly format = "digits"
	money      format = "money"    // 16,2: digits, a dot and two decimals
	currency   format = "currency" // ISO 4217
	expiry     format = "expiry"   // ISO 8601, or seconds as a text or a number
	anyTime    format = "time"     // ISO 8601 or yyyyMMddHHmmss
	anyObject  format = "object"   // an object of whatever content
	itemList   format = "items"    // such an object, or a list of them
)

// field is one row of a document's table.
type field struct {
	name      string
	mandatory bool
	min       int  // characters, of an object members; 0: the document gives none
	max       int  // likewise
	fixed     bool // exactly max characters
	format    format
	object    []field // of an object field: its own rows; nil: see format
	oneOf     []string
	also      string // another spelling in the document's own samples
}

// of is the field's value in an object, under either spelling; nil: none.
func (f field) of(o object) any {
	if value, there := o.values[f.name]; there || f.also == "" {
		return value
	}
	return o.values[f.also]
}

// refusal is why a request is not served: a case of the operation's codes and
// what the message says of it.
type refusal struct {
	key    string // snap.Code.Key: "400-02"
	detail string // a field's name or a reason
}

func missing(field string) *refusal { return &refusal{"400-02", field} }
func invalid(field string) *refusal { return &refusal{"400-01", field} }

// header is the value of a document's header, without white space around it.
func header(h http.Header, name string) string {
	if values := h[canonical(name)]; len(values) > 0 {
		return strings.TrimSpace(values[0])
	}
	return ""
}

// canonical is a header's name as net/http keeps it.
func canonical(name string) string {
	if key := canonicalNames()[name]; key != "" {
		return key
	}
	return http.CanonicalHeaderKey(name)
}

// canonicalNames is looked up several times in each request.
var canonicalNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, name := range []string{
		"Accept", "Content-Type", snap.HeaderTimestamp, snap.HeaderSignature, snap.HeaderClientKey, snap.HeaderPartnerID,
		snap.HeaderExternalID, snap.HeaderChannelID, snap.HeaderAuthorization, snap.HeaderAuthorizationCustomer,
	} {
		names[name] = http.CanonicalHeaderKey(name)
	}
	return names
})

// checkHeaders holds the headers against a document's header table.
func checkHeaders(table []field, h http.Header) *refusal {
	for _, f := range table {
		value := header(h, f.name)
		if value == "" {
			switch {
			case f.format == credential:
				return &refusal{"401-00", f.name + " is missing"}
			case f.mandatory:
				return missing(f.name)
			}
			continue
		}
		if !f.fits(value, "") {
			return invalid(f.name)
		}
	}
	return nil
}

// checkBody holds an object against a document's body table. Names that no
// table has are refused unless the sandbox is told to let them pass: here they
// are misspellings.
func (s *Sandbox) checkBody(table []field, o object, path string) *refusal {
	for _, f := range table {
		name := path + f.name
		value := f.of(o)
		if value == nil || value == "" {
			switch {
			case f.mandatory:
				return missing(name)
			case value == "" && f.min > 0:
				return invalid(name)
			}
			continue
		}
		if f.object != nil {
			inner, ok := value.(object)
			if !ok {
				return invalid(name)
			}
			switch n := len(inner.names); {
			case f.mandatory && n == 0:
				return missing(name)
			case n < f.min || f.max > 0 && n > f.max:
				return invalid(name)
			}
			if wrong := s.checkBody(f.object, inner, name+"."); wrong != nil {
				return wrong
			}
			continue
		}
		if !f.fitsValue(value, s.options.RangeReading) {
			return invalid(name)
		}
	}
	if s.options.UnknownFields {
		return nil
	}
	for _, name := range o.names {
		if !slices.ContainsFunc(table, func(f field) bool { return f.name == name || f.also == name && name != "" }) {
			return invalid(path + api.Clean(name, 64))
		}
	}
	return nil
}

// fitsValue tells whether a value that is no object with rows of its own is
// what the table says.
func (f field) fitsValue(value any, reading api.RangeReading) bool {
	switch v := value.(type) {
	case string:
		return f.format != anyObject && f.format != itemList && f.fits(v, reading)
	case json.Number: // "Numeric" in a table whose samples have texts
		return f.format == expiry && f.fits(v.String(), reading)
	case object:
		return f.format == anyObject || f.format == itemList
	case []any:
		return f.format == itemList && !slices.ContainsFunc(v, func(item any) bool {
			_, ok := item.(object)
			return !ok
		})
	}
	return false
}

func (f field) fits(text string, reading api.RangeReading) bool {
	n := utf8.RuneCountInString(text)
	max := f.max
	if f.format == rangeTime && reading == api.RangeUTC {
		max = len(zuluLayout)
	}
	if n < f.min || max > 0 && (n > max || f.fixed && n != max) {
		return false
	}
	if f.oneOf != nil && !slices.Contains(f.oneOf, text) {
		return false
	}
	switch f.format {
	case jsonType:
		if text == string(jsonType) {
			return true
		}
		kind, _, err := mime.ParseMediaType(text)
		return err == nil && kind == "application/json"
	case timestamp:
		_, err := jakartaTime(text)
		return err == nil
	case rangeTime:
		_, err := parseRange(reading, text)
		return err == nil
	case digitsOnly:
		return decimal(text)
	case money:
		whole, frac, _ := strings.Cut(text, ".")
		return len(whole) <= 16 && decimal(whole) && len(frac) == 2 && decimal(frac)
	case currency:
		return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	case anyTime:
		if _, err := time.Parse(time.RFC3339, text); err == nil {
			return true
		}
		_, err := time.Parse(bareLayout, text)
		return err == nil
	case expiry:
		_, err := parseExpiry(text, time.Time{})
		return err == nil
	}
	return true
}

const (
	jakartaLayout = "2006-01-02T15:04:05+07:00" // the zone is literal
	zuluLayout    = "2006-01-02T15:04:05Z"
	bareLayout    = "20060102150405"
)

// jakartaTime reads exactly the documents' format, +07:00 included.
func jakartaTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err == nil && api.Timestamp(t) != text {
		return time.Time{}, errInexact
	}
	return t.In(api.Jakarta), err
}

var errInexact = errors.New("not in the documents' format")

// parseRange reads a bound of service 91's range. The document writes "+07:00"
// and "Time must be in UTC" of the same field.
func parseRange(reading api.RangeReading, text string) (time.Time, error) {
	switch reading {
	case api.RangeUTCLabelled:
		return exactTime(jakartaLayout, text, time.UTC)
	case api.RangeUTC:
		return exactTime(zuluLayout, text, time.UTC)
	}
	return jakartaTime(text)
}

// parseExpiry reads expiryTime (seed 003, service 60), which is "Numeric",
// "ISO-8601" and, in the sample, "60" at once: a moment, or seconds from now.
func parseExpiry(text string, now time.Time) (time.Time, error) {
	if !decimal(text) {
		return time.Parse(time.RFC3339, text)
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	return now.Add(time.Duration(seconds) * time.Second), err
}

func decimal(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// exactTime refuses what time.Parse tolerates: fractions and short hours.
func exactTime(layout, text string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(layout, text, zone)
	if err == nil && t.Format(layout) != text {
		return time.Time{}, errInexact
	}
	return t, err
}

// snapHeaders is the header table of services 90 and 91 (both documents print
// the same).
func snapHeaders() []field {
	return []field{
		{name: "Content-Type", mandatory: true, max: 127, format: jsonType},
		{name: snap.HeaderAuthorization, mandatory: true, max: 2048, format: credential},
		{name: snap.HeaderTimestamp, mandatory: true, max: 25, fixed: true, format: timestamp},
		{name: snap.HeaderSignature, mandatory: true},
		{name: snap.HeaderPartnerID, mandatory: true, max: 36},
	}
}
