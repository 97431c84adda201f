package views

import (
	"reflect"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"

	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// filterLine is where a filter is typed, or a day to go to.
type filterLine struct {
	*desk
	input  textinput.Model
	open   bool // it has the keys
	jump   bool // it asks for a day
	filter till.Filter
	fault  *FilterFault
}

func newFilterLine(d *desk) filterLine {
	in := textinput.New()
	in.PromptStyle = d.Theme.Style(ui.Accent)
	in.Cursor.SetMode(cursor.CursorStatic)
	in.CharLimit = 200
	return filterLine{desk: d, input: in}
}

func (l *filterLine) text() string { return l.input.Value() }

// asks reports whether anything is filtered: a word that is not finished, or is
// wrong, does not yet.
func (l *filterLine) asks() bool { return !l.jump && !reflect.DeepEqual(l.filter, till.Filter{}) }

func (l *filterLine) edit() {
	if l.jump {
		l.input.SetValue("")
	}
	l.open, l.jump = true, false
	l.input.Prompt = l.T("filter.prompt")
	l.input.Focus()
	l.input.CursorEnd()
}

// askDay asks for a day in the filter's place.
func (l *filterLine) askDay() {
	l.open, l.jump, l.fault, l.filter = true, true, nil, till.Filter{}
	l.input.Prompt = l.T("filter.prompt-day")
	l.input.SetValue("")
	l.input.Focus()
}

func (l *filterLine) close() {
	l.open = false
	l.input.Blur()
	if l.jump {
		l.jump, l.fault = false, nil
		l.input.SetValue("")
	}
}

func (l *filterLine) clear() {
	l.close()
	l.input.SetValue("")
	l.filter, l.fault = till.Filter{}, nil
}

// set writes a filter as if it had been typed.
func (l *filterLine) set(text string) {
	l.jump = false
	l.input.Prompt = l.T("filter.prompt")
	l.input.SetValue(text)
	l.input.CursorEnd()
	l.read()
}

func (l *filterLine) read() {
	if l.jump {
		return
	}
	if f, fault := parseTyping(l.text(), l.Now()); fault != nil {
		l.fault = fault // the filter before stays
	} else {
		l.filter, l.fault = f, nil
	}
}

// update types; it reports whether the filter is another one now.
func (l *filterLine) update(msg tea.Msg) (cmd tea.Cmd, changed bool) {
	before := l.text()
	l.input, cmd = l.input.Update(msg)
	if l.text() == before {
		return cmd, false
	}
	l.fault = nil
	l.read()
	return cmd, l.fault == nil && !l.jump
}

// keep ends the typing; false: something is wrong, and it goes on.
func (l *filterLine) keep() bool {
	f, fault := ParseFilter(l.text(), l.Now())
	if l.fault = fault; fault != nil {
		return false // the filter before stays
	}
	l.filter = f
	l.close()
	return true
}

// typing is the word that is being typed with its place, "" for none.
func (l *filterLine) typing() (word string, at int) {
	text := l.text()
	if strings.HasSuffix(text, " ") || l.input.Position() != len([]rune(text)) {
		return "", 0
	}
	at = strings.LastIndexByte(text, ' ') + 1
	if strings.Count(text, `"`)%2 == 1 { // the words in quotes are one
		if at = strings.LastIndexByte(text[:strings.LastIndexByte(text, '"')], ' ') + 1; at < 0 {
			at = 0
		}
	}
	return text[at:], at
}

// mostOffered is how many words are offered at a time.
const mostOffered = 8

// offers are what the word that is being typed may become.
func (l *filterLine) offers(rows []till.Row) []string {
	word, _ := l.typing()
	if word == "" {
		return nil
	}
	lang := l.Words.Lang()
	days := dayNames(lang)
	var all []string
	lead := ""
	name, value, named := strings.Cut(word, ":")
	switch {
	case l.jump:
		all, value = days, word
	case !named:
		value = word
		all = bareNames(lang)
		for _, n := range filterNames(lang) {
			all = append(all, n+":")
		}
	default:
		lead = name + ":"
		switch filterNameOf(name) {
		case "state":
			all = stateNames(lang)
			if i := strings.LastIndexByte(value, ','); i >= 0 {
				lead, value = lead+value[:i+1], value[i+1:]
			}
		case "kind":
			all = []string{"cdm", "cpm", "mpm"}
		case "day":
			all = days
		case "provider":
			all = seen(rows, func(r till.Row) string { return r.Provider })
		case "courier":
			all = seen(rows, func(r till.Row) string {
				if r.Kind != till.CDM {
					return ""
				}
				return r.Label
			})
			value = strings.TrimPrefix(value, `"`)
		}
	}
	low := strings.ToLower(value)
	var fit []string
	for _, w := range all {
		if strings.HasPrefix(strings.ToLower(w), low) {
			fit = append(fit, w)
		}
	}
	if len(fit) == 0 && named && low != "" {
		for _, m := range fuzzy.Find(low, all) {
			fit = append(fit, m.Str)
		}
	}
	fit = fit[:min(len(fit), mostOffered)]
	for i, w := range fit {
		if strings.Contains(w, " ") {
			w = `"` + w + `"`
		}
		fit[i] = lead + w
	}
	if len(fit) == 1 && fit[0] == word {
		return nil
	}
	return fit
}

// seen are the different texts of rows, sorted.
func seen(rows []till.Row, text func(till.Row) string) []string {
	found := map[string]bool{}
	var out []string
	for _, r := range rows {
		if t := text(r); t != "" && !found[t] {
			found[t] = true
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

// complete puts the first offer in the place of the word; it reports whether
// there was one.
func (l *filterLine) complete(rows []till.Row) bool {
	offers := l.offers(rows)
	if len(offers) == 0 {
		return false
	}
	word, at := l.typing()
	first := offers[0]
	if first == word && len(offers) > 1 {
		first = offers[1]
	}
	if !strings.HasSuffix(first, ":") && !l.jump {
		first += " "
	}
	l.input.SetValue(l.text()[:at] + first)
	l.input.CursorEnd()
	l.read()
	return true
}

// lines are the line itself and, while it is open, what may be typed or what
// is wrong.
func (l *filterLine) lines(width int, rows []till.Row) []string {
	if !l.open {
		if !l.asks() {
			return nil
		}
		return []string{l.Theme.Dim(l.T("filter.prompt")) + ui.Clip(l.text(), width-10)}
	}
	l.input.Width = max(10, width-len(l.input.Prompt)-2)
	out := []string{l.input.View()}
	if l.fault != nil {
		for _, line := range wrap(signed(ui.Bad, l.fault.Text(l.Words)), width) {
			out = append(out, l.Theme.Tone(ui.Bad, line))
		}
		return out
	}
	if l.jump {
		return append(out, l.Theme.Dim(ui.Clip(l.T("filter.ex.days"), width)))
	}
	if l.text() == "" {
		return append(out, l.explained(width)...)
	}
	if offers := l.offers(rows); len(offers) > 0 {
		for i, o := range offers[1:] { // the term's name stands at the first
			if _, value, named := strings.Cut(o, ":"); named && value != "" {
				offers[i+1] = value
			}
		}
		return append(out, l.Theme.Dim(ui.Clip(l.T("filter.could-be", "words", strings.Join(offers, "  ")), width)))
	}
	return append(out, "")
}

// explained is what may be typed, by examples.
func (l *filterLine) explained(width int) []string {
	rows := []string{"days", "states", "kinds", "money", "names", "text"}
	wide := 0
	for _, r := range rows {
		wide = max(wide, len([]rune(l.T(words.Key("filter.of."+r)))))
	}
	var out []string
	for _, r := range rows {
		label := fill(l.T(words.Key("filter.of."+r)), wide, false)
		out = append(out, l.Theme.Dim(label+"  ")+ui.Clip(l.T(words.Key("filter.ex."+r)), width-wide-2))
	}
	return append(out, "")
}
