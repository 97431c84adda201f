package views

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

// A filter line is words with spaces between; a transaction has to fit each.
// A word is a term by name, "state:paid", or one that is known by its looks: a
// day, a state, a kind, an amount behind <, > or =, a reference. Any other is
// text. Quotes keep spaces together and make text of anything. States are the
// exception to "each": of several, one is enough.

// FilterFault is what is wrong with a filter and how to write it.
type FilterFault struct {
	key  words.Key
	args []any
}

// Text is the fault in the words of a language. A word that may have been
// meant stands first.
func (f *FilterFault) Text(w *words.Catalogue) string {
	var known []string
	switch f.key {
	case "filter.bad-name":
		known = filterNames(w.Lang())
	case "filter.bad-state":
		known = stateNames(w.Lang())
	default:
		return w.T(f.key, f.args...)
	}
	text := w.T(f.key, append(f.args, "names", strings.Join(known, ", "))...)
	if near := api.Nearest(f.args[1].(string), known); near != "" {
		text = w.T("filter.meant", "word", near) + " " + text
	}
	return text
}

func (f *FilterFault) Error() string { return f.Text(words.For(words.English)) }

// filterReader is a filter that words are added to.
type filterReader struct{ till.Filter }

// ParseFilter reads a whole filter line; now is what days like today go by.
func ParseFilter(line string, now time.Time) (till.Filter, *FilterFault) {
	var f filterReader
	tokens, open := filterTokens(line)
	if open {
		return till.Filter{}, &FilterFault{key: "filter.quote"}
	}
	for _, t := range tokens {
		if fault := f.take(t, now); fault != nil {
			return till.Filter{}, fault
		}
	}
	return f.Filter, nil
}

// FilterTerm reads one term by its name, as a command's flag gives it, into a
// filter; an unknown name is a fault as a wrong value is.
func FilterTerm(f till.Filter, name, value string, now time.Time) (till.Filter, *FilterFault) {
	made := filterReader{f}
	fault := made.term(name, value, now)
	return made.Filter, fault
}

// parseTyping reads a line that is being typed: what its last word may still
// become is no fault, and does not filter yet.
func parseTyping(line string, now time.Time) (till.Filter, *FilterFault) {
	var f filterReader
	tokens, open := filterTokens(line)
	for i, t := range tokens {
		last := i == len(tokens)-1 && (open || !strings.HasSuffix(line, " "))
		if last && unfinished(t) {
			continue
		}
		if fault := f.take(t, now); fault != nil {
			return till.Filter{}, fault
		}
	}
	return f.Filter, nil
}

// filterToken is a word of the line. quoted: it began with a quote, or its
// value did.
type filterToken struct {
	text   string
	name   string // of a term: what stands before a colon outside quotes
	named  bool
	quoted bool
}

// filterTokens splits a line; open: the last quote has no partner.
func filterTokens(line string) (tokens []filterToken, open bool) {
	var t filterToken
	var text strings.Builder
	started := false
	end := func() {
		if started {
			t.text = text.String()
			tokens = append(tokens, t)
		}
		t, started = filterToken{}, false
		text.Reset()
	}
	for _, r := range line {
		switch {
		case r == '"' || r == '“' || r == '”':
			open = !open
			started, t.quoted = true, true
		case unicode.IsSpace(r) && !open:
			end()
		case r == ':' && !open && !t.named && !t.quoted && text.Len() > 0:
			t.name, t.named = text.String(), true
			text.Reset()
		default:
			started = true
			text.WriteRune(r)
		}
		started = started || t.named
	}
	end()
	return tokens, open
}

// ourReference is how a reference of ours begins, at least to its day.
var ourReference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[CQGR][0-9]{6}([0-9]{0,6}|[0-9]{6}[0-9A-Z]{0,12})$`)
})

// take adds one word to the filter.
func (f *filterReader) take(t filterToken, now time.Time) *FilterFault {
	low := strings.ToLower(t.text)
	switch {
	case t.named:
		if t.quoted && strings.TrimSpace(t.text) == "" {
			return &FilterFault{key: "filter.quote"}
		}
		return f.term(t.name, t.text, now)
	case t.text == "":
	case t.quoted:
		f.addText(t.text)
	case t.text[0] == '~':
		return f.term("similar", t.text[1:], now)
	case strings.ContainsRune("<>=", rune(t.text[0])), isRupiah(low):
		return f.term("amount", t.text, now)
	case strings.Contains(t.text, ".."):
		if from, to, _ := strings.Cut(low, ".."); from+to != "" && startsMoney(from) && startsMoney(to) {
			return f.term("amount", t.text, now)
		}
		return f.term("day", t.text, now)
	case looksLikeDay(low):
		return f.term("day", t.text, now)
	case stateValues()[low] != nil:
		return f.term("state", t.text, now)
	case kindValues[low] != "":
		return f.term("kind", t.text, now)
	case ourReference().MatchString(strings.ToUpper(t.text)):
		return f.term("ref", strings.ToUpper(t.text), now)
	default:
		f.addText(t.text)
	}
	return nil
}

// addText adds a text. A card's issuer stands in the journal by its number, so
// that a name which lists show for it asks for the number as well.
func (f *filterReader) addText(text string) {
	either := text
	low := strings.ToLower(text)
	for _, number := range slices.Sorted(maps.Keys(issuers)) {
		name := strings.ToLower(issuers[number])
		if len(low) > 1 && (strings.HasPrefix(name, low) || strings.Contains(name, " "+low)) {
			either += "|" + number
		}
	}
	f.Text = append(f.Text, either)
}

// unfinished reports whether the word that is being typed may still become a
// term that it is not yet.
func unfinished(t filterToken) bool {
	low := strings.ToLower(t.text)
	if t.named {
		name := filterNameOf(t.name)
		if low == "" {
			return true
		}
		begins := func(all []string) bool {
			return slices.ContainsFunc(all, func(v string) bool { return strings.HasPrefix(v, low) && v != low })
		}
		switch name {
		case "state":
			last := low[strings.LastIndexByte(low, ',')+1:]
			return stateValues()[last] == nil && slices.ContainsFunc(allStateNames(), func(v string) bool { return strings.HasPrefix(v, last) })
		case "kind":
			return kindValues[low] == "" && begins(kindNames())
		case "day":
			return unfinishedDay(low)
		case "amount":
			return unfinishedAmount(low)
		}
		return name == "" && t.quoted
	}
	if t.quoted || low == "" {
		return false
	}
	return unfinishedAmount(low) && strings.ContainsRune("<>=", rune(low[0])) || strings.Contains(low, "..") && (unfinishedDay(low) || unfinishedAmount(low)) ||
		!looksLikeDay(low) && unfinishedDate().MatchString(low) || low == "~"
}

// filterTerm is a term's name: how it is told in each language, what else is
// understood, and an example.
type filterTerm struct {
	name    string
	id      string
	more    []string
	example string
}

var filterTerms = []filterTerm{
	{"day", "hari", []string{"date", "tanggal", "tgl"}, "day:2026-11-20"},
	{"state", "status", nil, "state:paid"},
	{"kind", "jenis", nil, "kind:cpm"},
	{"amount", "jumlah", []string{"nominal", "rp"}, "amount:10000..20000"},
	{"courier", "kurir", nil, "courier:siti"},
	{"machine", "mesin", nil, "machine:Kun520"},
	{"provider", "penyedia", nil, "provider:finnet"},
	{"ref", "ref", []string{"reference", "referensi"}, "ref:Q2611"},
	{"text", "teks", nil, "text:8231"},
	{"similar", "mirip", nil, "similar:sity"},
}

// filterNameOf is the name of a term however it is said, "" for none.
func filterNameOf(said string) string {
	said = strings.ToLower(said)
	for _, t := range filterTerms {
		if t.name == said || t.id == said || slices.Contains(t.more, said) {
			return t.name
		}
	}
	return ""
}

func filterNames(lang words.Lang) []string {
	out := make([]string, len(filterTerms))
	for i, t := range filterTerms {
		if out[i] = t.name; lang == words.Indonesian {
			out[i] = t.id
		}
	}
	return out
}

// term adds a named term.
func (f *filterReader) term(said, value string, now time.Time) *FilterFault {
	name := filterNameOf(said)
	value = strings.TrimSpace(value)
	if name == "" {
		return &FilterFault{"filter.bad-name", []any{"word", said}}
	}
	if value == "" {
		at := slices.IndexFunc(filterTerms, func(t filterTerm) bool { return t.name == name })
		return &FilterFault{"filter.empty", []any{"name", said, "example", filterTerms[at].example}}
	}
	once := func(to *string) *FilterFault {
		if *to != "" && !strings.EqualFold(*to, value) {
			return &FilterFault{"filter.twice", []any{"name", said}}
		}
		*to = strings.TrimRight(value, "…*")
		return nil
	}
	switch name {
	case "day":
		return f.days(value, now)
	case "state":
		return f.addStates(value)
	case "kind":
		kind := kindValues[strings.ToLower(value)]
		if kind == "" {
			return &FilterFault{"filter.bad-kind", []any{"word", value}}
		}
		if f.Kind != "" && f.Kind != kind {
			return &FilterFault{"filter.twice", []any{"name", said}}
		}
		f.Kind = kind
	case "amount":
		return f.money(value)
	case "courier":
		return once(&f.Courier)
	case "machine":
		return once(&f.Machine)
	case "provider":
		return once(&f.Provider)
	case "ref":
		if joined := bare(value); ours().MatchString(joined) || ourReference().MatchString(strings.ToUpper(joined)) {
			value = strings.ToUpper(joined)
		}
		return once(&f.Reference)
	case "text":
		f.addText(value)
	case "similar":
		f.Similar = append(f.Similar, value)
	}
	return nil
}

// addStates adds states, by their own words or those of a language, with
// commas between.
func (f *filterReader) addStates(value string) *FilterFault {
	for word := range strings.SplitSeq(strings.ToLower(value), ",") {
		states := stateValues()[word]
		if states == nil {
			return &FilterFault{"filter.bad-state", []any{"word", word}}
		}
		for _, s := range states {
			if !slices.Contains(f.States, s) {
				f.States = append(f.States, s)
			}
		}
	}
	return nil
}
