package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// document is a config file's text without its byte order mark.
type document struct {
	text   []byte
	starts []int // offset of each line
}

func newDocument(text []byte) document {
	d := document{text: bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), starts: []int{0}}
	for i, c := range d.text {
		if c == '\n' {
			d.starts = append(d.starts, i+1)
		}
	}
	return d
}

// line is the line of an offset, from 1.
func (d document) line(offset int) int {
	n, begins := slices.BinarySearch(d.starts, offset)
	if begins {
		n++
	}
	return n
}

// problem reports what stands at an offset; the column counts characters.
func (d document) problem(offset int, path, message string) Problem {
	line := d.line(offset)
	column := utf8.RuneCount(d.text[d.starts[line-1]:min(offset, len(d.text))]) + 1
	return Problem{Line: line, Column: column, Path: path, Message: message}
}

// node is a JSON value and where it begins: encoding/json alone forgets the
// place, and takes the last of two equal keys in silence.
type node struct {
	offset int
	value  any // string, json.Number, bool, nil, []member or []node
}

// member is a field of an object; offset is that of its name.
type member struct {
	name   string
	offset int
	value  node
}

// read parses a whole file. What is no JSON is the only problem of a file.
func read(text []byte) (document, node, *Problem) {
	doc := newDocument(text)
	refuse := func(offset int, message string) (document, node, *Problem) {
		problem := doc.problem(offset, "", message)
		return doc, node{}, &problem
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.IndexByte(text, 0) >= 0 {
		return refuse(0, "the file is not UTF-8 (it looks like UTF-16); save it as UTF-8")
	}
	for offset := 0; offset < len(doc.text); {
		r, size := utf8.DecodeRune(doc.text[offset:])
		if r == utf8.RuneError && size == 1 {
			return refuse(offset, "the file is not UTF-8 here; save it as UTF-8")
		}
		offset += size
	}
	if len(bytes.TrimSpace(doc.text)) == 0 {
		return refuse(0, "the file is empty; `cashier config init --config OTHER` writes an example")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(doc.text, &whole); err != nil {
		return refuse(doc.syntax(err))
	}
	r := reader{json.NewDecoder(bytes.NewReader(doc.text)), doc.text}
	r.UseNumber()
	root, err := r.node()
	if err != nil {
		return refuse(int(r.InputOffset()), "this is no JSON; correct it")
	}
	return doc, root, nil
}

// syntax says what stands where the text stops being JSON. The parser's own
// words are of no help to who writes a config, and quote the file.
func (d document) syntax(err error) (offset int, message string) {
	var at *json.SyntaxError
	if !errors.As(err, &at) {
		return 0, "this is no JSON; correct it"
	}
	offset = max(int(at.Offset)-1, 0)
	if strings.Contains(at.Error(), "unexpected end") {
		return len(d.text), "the file ends too early; a quote, } or ] is missing"
	}
	before := bytes.TrimRight(d.text[:offset], " \t\r\n")
	switch c := d.text[offset]; {
	case c == '/' || c == '#':
		return offset, `JSON has no comments; write a field "comment" instead`
	case (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")):
		return len(before) - 1, "a comma too many; remove it"
	case c == '\'' || bytes.HasPrefix(d.text[offset:], []byte("“")) || bytes.HasPrefix(d.text[offset:], []byte("”")):
		return offset, `a wrong kind of quote; write "`
	case c < ' ' && c != '\n' && c != '\r':
		return offset, "a control character inside a text; remove it"
	case c == '\n' || c == '\r':
		return offset, "a text does not end on its line; close its quote"
	case strings.Contains(at.Error(), "after object key:value") || strings.Contains(at.Error(), "after array element"):
		return offset, "a comma is missing before this; add it, or close the object or list"
	case strings.Contains(at.Error(), "after object key"):
		return offset, "a colon is missing between name and value; add it"
	case strings.Contains(at.Error(), "after top-level value"):
		return offset, "the file goes on after its last }; remove the rest"
	case strings.Contains(at.Error(), "in string escape"):
		return offset, `a wrong escape in a text; write a backslash twice, or / in a path`
	}
	return offset, "this is no JSON; texts and field names stand in double quotes"
}

// reader builds nodes from tokens of a text that is known to be JSON.
type reader struct {
	*json.Decoder
	text []byte
}

// token is the next token and where it begins: the decoder's offset is the
// end of the last one.
func (r reader) token() (json.Token, int, error) {
	offset := int(r.InputOffset())
	for offset < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[offset]) >= 0 {
		offset++
	}
	token, err := r.Token()
	return token, offset, err
}

func (r reader) node() (node, error) {
	token, offset, err := r.token()
	if err != nil {
		return node{}, err
	}
	n := node{offset: offset, value: token}
	switch token {
	case json.Delim('{'):
		members := []member{}
		for r.More() {
			name, at, err := r.token()
			if err != nil {
				return node{}, err
			}
			value, err := r.node()
			if err != nil {
				return node{}, err
			}
			members = append(members, member{name.(string), at, value})
		}
		n.value = members
	case json.Delim('['):
		items := []node{}
		for r.More() {
			item, err := r.node()
			if err != nil {
				return node{}, err
			}
			items = append(items, item)
		}
		n.value = items
	default:
		return n, nil
	}
	_, err = r.Token() // the closing bracket
	return n, err
}
