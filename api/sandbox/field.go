package sandbox

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
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
)

// field is one row of a document's table.
type field struct {
	name      string
	mandatory bool
	max       int  // characters; 0: the document gives none
	fixed     bool // exactly max characters
	format    format
	object    []field // of an object field: its own rows; nil: a text
	oneOf     []string
}

// refusal is why a request is not served: a case of the operation's codes and
// what the message says of it.
type refusal struct {
	key    string // snap.Code.Key: "400-02"
	detail string // a field's name or a reason
}

func missing(field string) *refusal { return &refusal{"400-02", field} }
func invalid(field string) *refusal { return &refusal{"400-01", field} }

// checkHeaders holds the headers against a document's header table.
func checkHeaders(table []field, h http.Header) *refusal {
	for _, f := range table {
		value := strings.TrimSpace(h.Get(f.name))
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
		value := o.values[f.name]
		if value == nil || value == "" {
			if f.mandatory {
				return missing(name)
			}
			continue
		}
		if f.object != nil {
			inner, ok := value.(object)
			if !ok {
				return invalid(name)
			}
			if f.mandatory && len(inner.names) == 0 {
				return missing(name)
			}
			if wrong := s.checkBody(f.object, inner, name+"."); wrong != nil {
				return wrong
			}
			continue
		}
		text, ok := value.(string)
		if !ok || !f.fits(text, s.options.RangeReading) {
			return invalid(name)
		}
	}
	if s.options.UnknownFields {
		return nil
	}
	for _, name := range o.names {
		if !slices.ContainsFunc(table, func(f field) bool { return f.name == name }) {
			return invalid(path + api.Clean(name, 64))
		}
	}
	return nil
}

func (f field) fits(text string, reading api.RangeReading) bool {
	n := utf8.RuneCountInString(text)
	max := f.max
	if f.format == rangeTime && reading == api.RangeUTC {
		max = len(zuluLayout)
	}
	if max > 0 && (n > max || f.fixed && n != max) {
		return false
	}
	if f.oneOf != nil && !slices.Contains(f.oneOf, text) {
		return false
	}
	switch f.format {
	case jsonType:
		kind, _, err := mime.ParseMediaType(text)
		return err == nil && kind == "application/json"
	case timestamp:
		_, err := jakartaTime(text)
		return err == nil
	case rangeTime:
		_, err := parseRange(reading, text)
		return err == nil
	}
	return true
}

const (
	jakartaLayout = "2006-01-02T15:04:05+07:00" // the zone is literal
	zuluLayout    = "2006-01-02T15:04:05Z"
)

// jakartaTime reads exactly the documents' format, +07:00 included.
func jakartaTime(text string) (time.Time, error) { return exactTime(jakartaLayout, text, api.Jakarta) }

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

// exactTime refuses what time.Parse tolerates: fractions and short hours.
func exactTime(layout, text string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(layout, text, zone)
	if err == nil && t.Format(layout) != text {
		return time.Time{}, errors.New("not in the documents' format")
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
