package views

import (
	"regexp"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/words"
)

// text is the page of a signature: what was found in comparing first.
func (s *signLab) text() []string {
	width := s.width - 6
	lines := []string{""}
	switch {
	case s.received && s.valid:
		lines = append(append(lines, s.Theme.Good(s.T(words.Key("lab.valid"+s.signedAs())))), "")
	case s.compared || s.received:
		lines = append(append(lines, s.foundLines(width)...), "")
	default:
		lines = append(append(lines, wrap(s.Theme.Accent(s.T("lab.paste-here")), width)...), "")
	}
	part := func(label words.Key, value string) {
		if value == "" {
			return
		}
		lines = append(lines, s.Theme.Strong(s.T(label)))
		for _, l := range cutText(value, width-2) {
			lines = append(lines, "  "+l)
		}
	}
	part("lab.string", api.Clean(s.result.StringToSign, 8<<10))
	part("lab.signature", api.Clean(s.result.Signature, 2<<10))
	part("lab.digest", s.result.Digest)
	part("lab.minified", maskBody(s.result.Minified))
	if len(s.result.Headers) > 0 {
		lines = append(lines, s.Theme.Strong(s.T("lab.headers")))
		pairs := make([]ui.Pair, len(s.result.Headers))
		for i, h := range s.result.Headers {
			pairs[i] = ui.Pair{Label: h.Name, Value: headerValue(h)}
		}
		lines = append(lines, indent(strings.Split(s.Pairs(width-2, pairs...), "\n"), 2)...)
	}
	return indent(lines, 3)
}

// foundLines say whether what was pasted is right, else what is wrong with it,
// the first difference first.
func (s *signLab) foundLines(width int) []string {
	if len(s.findings) == 0 && !s.received {
		return []string{s.Theme.Good(s.T("lab.same"))}
	}
	head := s.T("lab.differs")
	if s.received {
		head = s.T("lab.invalid")
	}
	lines := []string{s.Theme.Bad(head)}
	for _, f := range s.findings {
		sentence := api.Clean(f.Detail, 300)
		if key := words.Key("lab.cause." + f.Cause); words.Has(key) {
			sentence = s.T(key)
		}
		if f.At >= 0 {
			sentence += " " + s.T("lab.at", "n", f.At+1)
		}
		for i, l := range wrap(sentence, min(width, readable)-2) {
			lead := "  "
			if i == 0 {
				lead = "– "
			}
			lines = append(lines, lead+l)
		}
		lines = append(lines, s.pointed(f, width)...)
	}
	return lines
}

// pointed shows both texts one below the other, with a mark at the first
// difference.
func (s *signLab) pointed(f LabFinding, width int) []string {
	want, have := api.Clean(f.Want, 4<<10), api.Clean(f.Have, 4<<10)
	if want == "" && have == "" {
		return nil
	}
	at := alike(want, have)
	ours, theirs := s.T("lab.ours"), s.T("lab.theirs")
	if s.received {
		ours, theirs = s.T("lab.as-came"), s.T("lab.as-signed")
	}
	label := max(ansi.StringWidth(ours), ansi.StringWidth(theirs))
	room := width - label - 6
	from := 0
	if at > room*2/3 { // so that the difference is seen with what stands before it
		from = at - room/2
	}
	show := func(name, text string) string {
		r := []rune(text)
		r = r[min(from, len(r)):]
		lead := ""
		if from > 0 {
			lead = "…"
		}
		return "  " + s.Theme.Dim(fill(name, label, false)) + "  " + ui.Clip(lead+string(r), room)
	}
	mark := at - from
	if from > 0 {
		mark++
	}
	return []string{show(ours, want), show(theirs, have), strings.Repeat(" ", label+4+mark) + s.Theme.Tone(ui.Unsure, "^")}
}

// alike is how many characters two texts begin with in common.
func alike(a, b string) int {
	x, y := []rune(a), []rune(b)
	n := 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	return n
}

// cutText breaks a text at every width columns: not at words, since every
// character counts.
func cutText(text string, width int) []string {
	return strings.Split(ansi.Hardwrap(text, max(width, 1), true), "\n")
}

// member is a name and its text in a minified JSON object.
var member = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"((?:[^"\\]|\\.)*)":"((?:[^"\\]|\\.)*)"`)
})

// maskBody is a body as it may be seen: card data, customers' codes and tokens
// are masked, all else stands as it is signed.
func maskBody(body string) string {
	body = member().ReplaceAllStringFunc(body, func(m string) string {
		parts := member().FindStringSubmatch(m)
		masked := string(api.MaskField(parts[1], api.Text(parts[2])))
		return `"` + parts[1] + `":"` + masked + `"`
	})
	return api.Clean(body, 8<<10)
}

// headerValue hides a token, whoever forgot to.
func headerValue(h LabHeader) string {
	if strings.HasPrefix(strings.ToLower(h.Name), "authorization") {
		return "Bearer ****"
	}
	return api.Clean(h.Value, 1<<10)
}
