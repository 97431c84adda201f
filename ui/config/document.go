package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// document is a config file's text without its byte order mark.
type document []byte

// position is the line and column of an offset, both from 1; the column
// counts characters.
func (d document) position(offset int) (line, column int) {
	before := d[:min(offset, len(d))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

func (d document) problem(offset int, path, message string) *Problem {
	line, column := d.position(offset)
	return &Problem{Line: line, Column: column, Path: path, Message: message}
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
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.IndexByte(text, 0) >= 0 {
		return nil, node{}, &Problem{Line: 1, Column: 1, Message: "the file is not UTF-8 (it looks like UTF-16); save it as UTF-8"}
	}
	doc := document(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	for offset := 0; offset < len(doc); {
		r, size := utf8.DecodeRune(doc[offset:])
		if r == utf8.RuneError && size == 1 {
			return doc, node{}, doc.problem(offset, "", "the file is not UTF-8 here; save it as UTF-8")
		}
		offset += size
	}
	if len(bytes.TrimSpace(doc)) == 0 {
		return doc, node{}, &Problem{Line: 1, Column: 1, Message: "the file is empty; `cashier config init --config OTHER` writes an example"}
	}
	var whole json.RawMessage
	if err := json.Unmarshal(doc, &whole); err != nil {
		return doc, node{}, doc.syntax(err)
	}
	r := reader{json.NewDecoder(bytes.NewReader(doc)), doc}
	r.UseNumber()
	root, err := r.node()
	if err != nil {
		return doc, node{}, doc.problem(int(r.InputOffset()), "", "this is no JSON; correct it")
	}
	return doc, root, nil
}

// syntax says what stands where the text stops being JSON. The parser's own
// words are of no help to who writes a config, and quote the file.
func (d document) syntax(err error) *Problem {
	var at *json.SyntaxError
	if !errors.As(err, &at) {
		return d.problem(0, "", "this is no JSON; correct it")
	}
	offset := max(int(at.Offset)-1, 0)
	if strings.Contains(at.Error(), "unexpected end") {
		return d.problem(len(d), "", "the file ends too early; a quote, } or ] is missing")
	}
	before := bytes.TrimRight(d[:offset], " \t\r\n")
	switch c := d[offset]; {
	case c == '/' || c == '#':
		return d.problem(offset, "", `JSON has no comments; write a field "comment" instead`)
	case (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")):
		return d.problem(len(before)-1, "", "a comma too many; remove it")
	case c == '\'' || bytes.HasPrefix(d[offset:], []byte("“")) || bytes.HasPrefix(d[offset:], []byte("”")):
		return d.problem(offset, "", `a wrong kind of quote; write "`)
	case c < ' ' && c != '\n' && c != '\r':
		return d.problem(offset, "", "a control character inside a text; remove it")
	case c == '\n' || c == '\r':
		return d.problem(offset, "", "a text does not end on its line; close its quote")
	case strings.Contains(at.Error(), "after object key:value") || strings.Contains(at.Error(), "after array element"):
		return d.problem(offset, "", "a comma is missing before this; add it, or close the object or list")
	case strings.Contains(at.Error(), "after object key"):
		return d.problem(offset, "", "a colon is missing between name and value; add it")
	case strings.Contains(at.Error(), "after top-level value"):
		return d.problem(offset, "", "the file goes on after its last }; remove the rest")
	case strings.Contains(at.Error(), "in string escape"):
		return d.problem(offset, "", `a wrong escape in a text; write a backslash twice, or / in a path`)
	}
	return d.problem(offset, "", "this is no JSON; texts and field names stand in double quotes")
}

// reader builds nodes from tokens of a text that is known to be JSON.
type reader struct {
	*json.Decoder
	doc document
}

// token is the next token and where it begins: the decoder's offset is the
// end of the last one.
func (r reader) token() (json.Token, int, error) {
	offset := int(r.InputOffset())
	for offset < len(r.doc) && strings.IndexByte(" \t\r\n,:", r.doc[offset]) >= 0 {
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
