package config

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Settlement is how a provider writes its settlement files. The zero value
// finds the columns by the names that such files have.
type Settlement struct {
	Separator string `json:"separator,omitempty"` // , ; | or a tab; empty: found in the first line
	Decimal   string `json:"decimal,omitempty"`   // . or , between rupiah and sen; empty: .
	NoHeader  bool   `json:"noHeader,omitempty"`  // the first line is data, columns are numbers
	// Columns: reference, providerReference, amount, currency, time or status ->
	// the column's name in the first line, or its number from "1".
	Columns    map[string]string `json:"columns,omitempty"`
	TimeFormat string            `json:"timeFormat,omitempty"` // of yyyy MM dd HH mm ss; empty: the usual ones are tried
	Zone       string            `json:"zone,omitempty"`       // of times that name none: "+07:00" when empty
	// Words of the status column, in any case; empty: the usual ones.
	Paid     []string `json:"paid,omitempty"`
	Refunded []string `json:"refunded,omitempty"`
}

// SettlementColumns are what columns are told for.
var SettlementColumns = []string{"amount", "currency", "providerReference", "reference", "status", "time"}

// Layout is TimeFormat as package time wants it, empty where none is said.
func (s Settlement) Layout() string {
	layout, _ := timeLayout(s.TimeFormat)
	return layout
}

// Location is Zone; Jakarta when it is empty.
func (s Settlement) Location() *time.Location {
	zone, _ := timeZone(s.Zone)
	return zone
}

var zonePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([+-])(0[0-9]|1[0-4]):([0-5][0-9])$`) })

func timeZone(text string) (*time.Location, bool) {
	if text == "" {
		text = "+07:00"
	}
	part := zonePattern().FindStringSubmatch(text)
	if part == nil {
		return time.UTC, false
	}
	hours, _ := strconv.Atoi(part[2]) // by the pattern
	minutes, _ := strconv.Atoi(part[3])
	seconds := hours*3600 + minutes*60
	if part[1] == "-" {
		seconds = -seconds
	}
	return time.FixedZone(text, seconds), true
}

// timeLayout translates a format; it holds a year, a month and a day once, and
// nothing that package time takes for something else.
func timeLayout(format string) (string, bool) {
	if format == "" {
		return "", true
	}
	rest := format
	for _, token := range []string{"yyyy", "MM", "dd"} {
		if strings.Count(rest, token) != 1 {
			return "", false
		}
	}
	for _, token := range []string{"yyyy", "MM", "dd", "HH", "mm", "ss"} {
		rest = strings.Replace(rest, token, "", 1)
	}
	if strings.Trim(rest, " -/.:T,") != "" {
		return "", false
	}
	return strings.NewReplacer("yyyy", "2006", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05").Replace(format), true
}

const columnCure = `write its name as it stands in the first line, or its number such as "3"`

func (d *decoder) settlement(s Settlement, path string) {
	if s.Separator != "" && !slices.Contains([]string{",", ";", "|", "\t"}, s.Separator) {
		d.fail(path+".separator", `is no separator; write ",", ";", "|" or "\t"`)
	}
	d.oneOf(path+".decimal", s.Decimal, ".", ",")
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		at := join(path+".columns", name)
		switch n, err := strconv.Atoi(s.Columns[name]); {
		case !slices.Contains(SettlementColumns, name):
			d.fail(at, "is no column that is compared; %s", suggest(name, "use one of: ", SettlementColumns))
		case d.failed(at):
		case strings.TrimSpace(s.Columns[name]) == "":
			d.fail(at, "is empty; %s", columnCure)
		case s.NoHeader && (err != nil || n < 1):
			d.fail(at, `must be a number such as "3": with noHeader columns have no names`)
		}
	}
	if s.NoHeader && !d.failedWithin(path+".columns") && (s.Columns["amount"] == "" || s.Columns["reference"]+s.Columns["providerReference"] == "") {
		d.fail(path, `has no names to find columns by; write "columns":{"reference":"1","amount":"2"}`)
	}
	if _, ok := timeLayout(s.TimeFormat); !ok {
		d.fail(path+".timeFormat", `is no format; write it of yyyy MM dd HH mm ss, such as "dd/MM/yyyy HH:mm:ss"`)
	}
	if _, ok := timeZone(s.Zone); !ok {
		d.fail(path+".zone", `is no offset; write "+07:00" for Jakarta, "+00:00" for UTC`)
	}
	for field, words := range map[string][]string{"paid": s.Paid, "refunded": s.Refunded} {
		for i, w := range words {
			at := path + "." + field + "[" + strconv.Itoa(i) + "]"
			if strings.TrimSpace(w) == "" && !d.failed(at) {
				d.fail(at, "is empty; write a word of the status column, or remove it")
			}
			if field == "paid" && slices.ContainsFunc(s.Refunded, func(r string) bool { return strings.EqualFold(strings.TrimSpace(r), strings.TrimSpace(w)) }) {
				d.fail(at, "stands in refunded too; a word means one thing, remove it from one of them")
			}
		}
	}
}
