// Package paper puts receipts and slips on paper: one value that says what
// stands on them, rendered as text or as the bytes of a receipt printer, and
// the printer that takes those, a device file or an address of the network.
//
// What a server said may stand in a document: both renderers clean it, so that
// no text of it can be taken for a command of a printer or of a terminal.
package paper

import (
	"strings"
	"unicode"

	"cashier/api"
)

// Document is what is printed, from the top.
type Document struct{ lines []line }

// line is one paragraph of a document, a rule or a code.
type line struct {
	kind   kind
	text   string
	value  string // of a pair
	center bool
	strong bool
	large  bool // twice as wide and as high
}

type kind byte

const (
	words kind = iota // wrapped between words
	whole             // without spaces, such as a reference: cut where the line ends
	pair              // a label and its value, at both edges
	rule
	code // a QR code
)

// maxText is the longest text of a line, in characters; what is longer is cut.
// A code is never cut.
const maxText = 512

func (d *Document) add(l line) *Document {
	if l.kind != code {
		l.text, l.value = clean(l.text), clean(l.value)
	}
	d.lines = append(d.lines, l)
	return d
}

// clean keeps what stands on paper; a space that does not break is one too.
func clean(text string) string { return api.Clean(strings.ReplaceAll(text, "\u00a0", " "), maxText) }

// Text adds a paragraph at the left edge.
func (d *Document) Text(text string) *Document { return d.add(line{text: text}) }

// Space adds an empty line.
func (d *Document) Space() *Document { return d.add(line{}) }

// Center adds a paragraph in the middle.
func (d *Document) Center(text string) *Document { return d.add(line{text: text, center: true}) }

// Title adds an emphasised paragraph in the middle.
func (d *Document) Title(text string) *Document {
	return d.add(line{text: text, center: true, strong: true})
}

// Large adds an emphasised paragraph in the middle, of double size where it
// fits one line: an amount is never broken.
func (d *Document) Large(text string) *Document {
	return d.add(line{text: text, center: true, strong: true, large: true})
}

// Whole adds a text without spaces, such as a reference: nothing of it is left
// out, and it breaks only where the paper ends.
func (d *Document) Whole(text string) *Document { return d.add(line{kind: whole, text: text}) }

// Pair adds a label and its value; without a value it adds nothing.
func (d *Document) Pair(label, value string) *Document {
	if value == "" {
		return d
	}
	return d.add(line{kind: pair, text: label, value: value})
}

// Rule adds a line across the paper.
func (d *Document) Rule() *Document { return d.add(line{kind: rule}) }

// Code adds a QR code of exactly this text.
func (d *Document) Code(text string) *Document { return d.add(line{kind: code, text: text}) }

// row is one line of paper.
type row struct {
	text   string
	center bool
	strong bool
	large  bool
	code   bool // text is a QR code's
}

// rows lays the document out; fit makes a text of letters that there are.
func (d *Document) rows(columns int, fit func(string) string) []row {
	var rows []row
	for _, l := range d.lines {
		if l.kind == code {
			rows = append(rows, row{text: l.text, center: true, code: true})
			continue
		}
		room, text := columns, fit(l.text)
		if l.large = l.large && width(text) <= columns/2; l.large {
			room = columns / 2
		}
		put := func(lines ...string) {
			for _, t := range lines {
				rows = append(rows, row{text: t, center: l.center, strong: l.strong, large: l.large})
			}
		}
		switch l.kind {
		case rule:
			put(strings.Repeat("-", columns))
		case whole:
			put(cut(text, room)...)
		case pair:
			value := fit(l.value)
			if space := room - width(text) - width(value); space >= 1 {
				put(text + strings.Repeat(" ", space) + value)
				break
			}
			put(wrap(text, room)...)
			for _, v := range wrap(value, room-2) {
				put("  " + v)
			}
		default:
			put(wrap(text, room)...)
		}
	}
	return rows
}

// Render is the document as text, every line at most columns wide. Letters
// of double size stand in their own size, and [QR] where a code is.
func (d *Document) Render(columns int) []string {
	var lines []string
	for _, r := range d.rows(columns, func(s string) string { return s }) {
		if r.code {
			r.text = "[QR]"
		}
		if r.center {
			r.text = strings.Repeat(" ", max(0, columns-width(r.text))/2) + r.text
		}
		lines = append(lines, r.text)
	}
	return lines
}

// wrap breaks a text between its words into lines of at most columns, and
// words that are too long where a line ends. It has at least one line.
func wrap(text string, columns int) []string {
	var lines []string
	at, used := "", 0
	for word := range strings.FieldsSeq(text) {
		w := width(word)
		switch {
		case used > 0 && used+1+w <= columns:
			at, used = at+" "+word, used+1+w
			continue
		case used > 0:
			lines = append(lines, at)
		}
		parts := cut(word, columns)
		lines = append(lines, parts[:len(parts)-1]...)
		at = parts[len(parts)-1]
		used = width(at)
	}
	return append(lines, at)
}

// cut breaks a text where lines of columns end. It has at least one line.
func cut(text string, columns int) []string {
	var lines []string
	start, used := 0, 0
	for i, r := range text {
		w := cells(r)
		if used+w > columns && used > 0 {
			lines = append(lines, text[start:i])
			start, used = i, 0
		}
		used += w
	}
	return append(lines, text[start:])
}

func width(text string) int {
	n := 0
	for _, r := range text {
		n += cells(r)
	}
	return n
}

// cells is how many columns a letter takes where text is shown: East Asian
// ones and pictures two, marks above others none.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul),
		r >= 0xFF01 && r <= 0xFF60, r >= 0x1F300 && r <= 0x1FAFF:
		return 2
	}
	return 1
}
