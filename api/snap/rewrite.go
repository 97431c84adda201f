package snap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
)

// Bounds of what is written anew for a diagnosis: the bodies of SNAP are a few
// KiB, and a file that was given by mistake must not keep anybody waiting.
const (
	maxRewritten      = 16 << 10
	maxRewrittenDepth = 64
	maxGrowth         = 4 // times the original's length, and 1 KiB
)

// spelling is a body as some program would have written it.
type spelling struct {
	body   []byte
	cause  Cause
	detail string
	likely bool
}

// style is how a program writes JSON.
type style struct {
	slashes, ascii, upper bool // \/ ; \u00e9 ; in capitals
	html, lines           bool // \u003c ; \u2028
	dotnet                bool // also ' + ` and " as \u0027 …
	comma, colon, indent  string
	sorted                bool
	number                func(json.Number) string
	emptyIsList           bool // {} as []
}

var (
	phpDefault = style{slashes: true, ascii: true, number: phpNumber}
	goMap      = style{sorted: true, html: true, lines: true, number: floatNumber}
	script     = style{number: floatNumber}
	python     = style{ascii: true, comma: ", ", colon: ": "}
)

// with changes a copy of a style.
func (s style) with(change func(*style)) style { change(&s); return s }

// writers are the programs that are known to write a body again before it is
// signed. What many of them do is not laid at one's door: that stands first.
var writers = sync.OnceValue(func() []rewriter {
	return []rewriter{
		{style{}, "", BodyRewritten, "the body was written again: its escapes or names that come twice changed", true},
		{script, "", BodyRewritten, "the body was written again, as JSON.stringify or Jackson do: escapes and numbers changed", true},
		{phpDefault, "", BodyPHP, `the body was written again by PHP's json_encode, with \/ and \u escapes`, true},
		{goMap, "", BodyGo, `the body was written again by Go's json.Marshal of a map, with sorted keys and \u003c escapes`, true},
		{phpDefault.with(func(s *style) { s.slashes = false }), "", BodyPHP, `the body was written again by PHP with JSON_UNESCAPED_SLASHES, with \u escapes`, false},
		{phpDefault.with(func(s *style) { s.ascii, s.lines = false, true }), "", BodyPHP, `the body was written again by PHP with JSON_UNESCAPED_UNICODE, with \/ escapes`, false},
		{phpDefault.with(func(s *style) { s.ascii, s.slashes, s.lines = false, false, true }), "", BodyPHP, "the body was written again by PHP, its numbers changed", false},
		{phpDefault.with(func(s *style) { s.emptyIsList = true }), "", BodyPHP, "the body was written again by PHP out of an array: {} became []", false},
		{phpDefault.with(pretty("    ")), "", BodyPHP, "the body was written by PHP with JSON_PRETTY_PRINT and not minified", false},
		{phpDefault.with(pretty("    ")).with(func(s *style) { s.slashes, s.ascii, s.lines = false, false, true }), "", BodyPHP, "the body was written by PHP with JSON_PRETTY_PRINT and not minified", false},
		{goMap.with(func(s *style) { s.html = false }), "", BodyGo, "the body was written again by Go out of a map, with sorted keys", false},
		{goMap, "\n", BodyGo, "the body was written by Go's json.Encoder: sorted keys, and a line end behind it", false},
		{style{html: true, lines: true}, "", BodyGo, `the body was written again by Go's json.Marshal, with \u003c escapes`, true},
		{style{html: true, lines: true}, "\n", BodyGo, "the body was written by Go's json.Encoder, with a line end behind it", false},
		{python, "", BodyRewritten, `the body was written by Python's json.dumps, with ", " and ": " between its parts`, true},
		{python.with(func(s *style) { s.sorted = true }), "", BodyRewritten, "the body was written by Python's json.dumps with sorted keys", false},
		{style{ascii: true, upper: true, html: true, dotnet: true}, "", BodyRewritten, `the body was written again by .NET's JsonSerializer, with \u00E9 escapes in capitals`, false},
		{style{sorted: true}, "", BodyRewritten, "the body's keys were sorted", false},
		{style{ascii: true}, "", BodyRewritten, `the body was written again, with \u escapes`, false},
		{style{comma: ", ", colon: ": "}, "", BodyNotMinified, `the body was not minified: there is a space behind "," and ":"`, false},
		{style{}.with(pretty("  ")), "", BodyNotMinified, "the body was not minified: it stands on several lines, by two spaces", true},
		{style{}.with(pretty("    ")), "", BodyNotMinified, "the body was not minified: it stands on several lines, by four spaces", false},
		{style{}.with(pretty("\t")), "", BodyNotMinified, "the body was not minified: it stands on several lines, by tabs", false},
	}
})

// rewriter is one of them: how it writes, and what is said of it.
type rewriter struct {
	style  style
	end    string
	cause  Cause
	detail string
	likely bool
}

func pretty(indent string) func(*style) {
	return func(s *style) { s.indent, s.comma, s.colon = indent, ",", ": " }
}

// spellings are the ways in which other programs would have written the body.
func spellings(raw, minified []byte) []spelling {
	var out []spelling
	add := func(s spelling) {
		if s.body != nil && !bytes.Equal(s.body, minified) {
			out = append(out, s)
		}
	}
	add(spelling{raw, BodyNotMinified, "the body was not minified: its digest is that of the bytes as written", true})
	add(spelling{[]byte{}, BodyEmpty, "the digest is that of no body at all", true})
	if len(minified) == 0 {
		for _, s := range []string{"{}", "null", "[]", `""`, "\n"} {
			add(spelling{[]byte(s), BodyEmpty, "there is no body, and the digest is that of " + strconv.Quote(s), true})
		}
		return out
	}
	add(spelling{append(bytes.Clone(minified), '\n'), BodyRewritten, "a line end behind the body was digested, too", true})
	add(spelling{append(bytes.Clone(raw), '\n'), BodyNotMinified, "the body was not minified, and a line end behind it was digested, too", false})
	add(spelling{bytes.Join(bytes.Fields(minified), nil), BodyRewritten, "the spaces inside the body's texts were removed, too", false})
	tree, ok := parseTree(minified)
	if !ok {
		return out
	}
	for _, w := range writers() {
		if body := w.style.write(tree, maxGrowth*len(minified)+1024); body != nil {
			add(spelling{append(body, w.end...), w.cause, w.detail, w.likely})
		}
	}
	return out
}

// object keeps its members in their order; of a name that comes twice the last
// value stands in the first one's place, as PHP and JavaScript have it.
type object []member

type member struct {
	name  string
	value any
}

// parseTree reads valid JSON into object, []any and scalars. It refuses what
// is beyond the bounds of this file.
func parseTree(body []byte) (any, bool) {
	if len(body) > maxRewritten {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	tree, err := parseValue(d, 0)
	return tree, err == nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if depth == maxRewrittenDepth {
		return nil, fmt.Errorf("deeper than %d", depth)
	}
	list, members, places := []any{}, object{}, map[string]int{}
	for d.More() {
		name := ""
		if open == '{' {
			token, err := d.Token()
			if err != nil {
				return nil, err
			}
			if name, ok = token.(string); !ok {
				return nil, fmt.Errorf("a name is missing")
			}
		}
		value, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		if at, double := places[name]; open == '{' && double {
			members[at].value = value
			continue
		}
		places[name] = len(members)
		if open == '{' {
			members = append(members, member{name, value})
		} else {
			list = append(list, value)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if open == '{' {
		return members, nil
	}
	return list, nil
}

// write gives nil for a text that grows beyond most bytes.
func (s style) write(tree any, most int) []byte {
	if s.comma == "" {
		s.comma, s.colon = ",", ":"
	}
	w := writer{style: s, most: most}
	w.value(tree, 0)
	if w.out.Len() > most {
		return nil
	}
	return w.out.Bytes()
}

type writer struct {
	style
	out  bytes.Buffer
	most int
}

func (w *writer) value(v any, depth int) {
	if w.out.Len() > w.most {
		return
	}
	switch v := v.(type) {
	case nil:
		w.out.WriteString("null")
	case bool:
		w.out.WriteString(strconv.FormatBool(v))
	case json.Number:
		if w.number != nil {
			w.out.WriteString(w.number(v))
		} else {
			w.out.WriteString(v.String())
		}
	case string:
		w.text(v)
	case []any:
		w.block("[", "]", len(v), depth, func(i int) { w.value(v[i], depth+1) })
	case object:
		if w.sorted {
			v = slices.Clone(v)
			slices.SortFunc(v, func(a, b member) int { return strings.Compare(a.name, b.name) })
		}
		if len(v) == 0 && w.emptyIsList {
			w.out.WriteString("[]")
			return
		}
		w.block("{", "}", len(v), depth, func(i int) {
			w.text(v[i].name)
			w.out.WriteString(w.colon)
			w.value(v[i].value, depth+1)
		})
	}
}

func (w *writer) block(open, end string, n, depth int, each func(int)) {
	w.out.WriteString(open)
	for i := range n {
		if i > 0 {
			w.out.WriteString(w.comma)
		}
		w.line(depth + 1)
		each(i)
	}
	if n > 0 {
		w.line(depth)
	}
	w.out.WriteString(end)
}

func (w *writer) line(depth int) {
	if w.indent != "" {
		w.out.WriteString("\n" + strings.Repeat(w.indent, depth))
	}
}

func (w *writer) text(s string) {
	w.out.WriteByte('"')
	for _, r := range s {
		switch {
		case w.dotnet && strings.ContainsRune("\"'+`", r):
			w.escape(r)
		case r == '"' || r == '\\' || r == '/' && w.slashes:
			w.out.WriteByte('\\')
			w.out.WriteRune(r)
		case strings.ContainsRune("\b\f\n\r\t", r):
			w.out.WriteByte('\\')
			w.out.WriteByte("btn_fr"[r-'\b'])
		case r < ' ', w.html && strings.ContainsRune("<>&", r), w.lines && (r == '\u2028' || r == '\u2029'), r >= 0x80 && w.ascii:
			w.escape(r)
		default:
			w.out.WriteRune(r)
		}
	}
	w.out.WriteByte('"')
}

func (w *writer) escape(r rune) {
	format := `\u%04x`
	if w.upper {
		format = `\u%04X`
	}
	if high, low := utf16.EncodeRune(r); high != '\ufffd' {
		fmt.Fprintf(&w.out, format, high)
		r = low
	}
	fmt.Fprintf(&w.out, format, r)
}

// floatNumber is how JavaScript, and Go for a number without a type, write it.
func floatNumber(n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	out, err := json.Marshal(f)
	if err != nil {
		return n.String()
	}
	return string(out)
}

// phpNumber is how PHP 7.1 and later write it: a whole float loses its ".0".
func phpNumber(n json.Number) string {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return strconv.FormatInt(i, 10)
	}
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	if a := math.Abs(f); f == 0 || a >= 1e-4 && a < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}
