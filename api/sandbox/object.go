package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a request may be nested; the documents need three.
const maxDepth = 32

// object is a decoded JSON object whose names are compared exactly, as a
// provider does and encoding/json does not.
type object struct {
	names  []string // in the order they came
	values map[string]any
}

// text is the string of that name; empty where there is none.
func (o object) text(name string) string {
	s, _ := o.values[name].(string)
	return s
}

func (o object) inner(name string) object {
	in, _ := o.values[name].(object)
	return in
}

// MarshalJSON writes the names sorted: equal contents give equal bytes.
func (o object) MarshalJSON() ([]byte, error) {
	if o.values == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(o.values)
}

// decodeObject reads one JSON object, strictly: nothing behind it, no name
// twice, valid UTF-8. Numbers stay json.Number, lists are []any.
func decodeObject(body []byte) (object, error) {
	switch {
	case !utf8.Valid(body):
		return object{}, errors.New("the body is not UTF-8")
	case !json.Valid(body):
		return object{}, errors.New("the body is not JSON")
	}
	r := &reader{text: body}
	value, err := r.value(0)
	if err != nil {
		return object{}, err
	}
	o, ok := value.(object)
	if !ok {
		return object{}, errors.New("the body is not an object")
	}
	return o, nil
}

// reader walks through a text that is known to be valid JSON. A json.Decoder
// makes an error of every token's end and throws it away.
type reader struct {
	text []byte
	at   int
}

// next goes to what stands behind white space and separators.
func (r *reader) next() byte {
	for {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			r.at++
		default:
			return c
		}
	}
}

func (r *reader) value(depth int) (any, error) {
	c := r.next()
	if (c == '{' || c == '[') && depth == maxDepth {
		return nil, errors.New("the body is nested too deeply")
	}
	switch c {
	case '{':
		return r.object(depth + 1)
	case '[':
		return r.list(depth + 1)
	case '"':
		return r.string()
	case 't':
		r.at += len("true")
		return true, nil
	case 'f':
		r.at += len("false")
		return false, nil
	case 'n':
		r.at += len("null")
		return nil, nil
	}
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[r.at]) >= 0 {
		r.at++
	}
	return json.Number(r.text[start:r.at]), nil
}

func (r *reader) object(depth int) (any, error) {
	o := object{values: map[string]any{}}
	for r.at++; r.next() != '}'; {
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if _, twice := o.values[name]; twice {
			return nil, fmt.Errorf("the name %q comes twice", name)
		}
		if o.values[name], err = r.value(depth); err != nil {
			return nil, err
		}
		o.names = append(o.names, name)
	}
	r.at++
	return o, nil
}

func (r *reader) list(depth int) (any, error) {
	list := []any{}
	for r.at++; r.next() != ']'; {
		value, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	r.at++
	return list, nil
}

// string reads the text whose opening quote comes next.
func (r *reader) string() (text string, err error) {
	start, escaped := r.at, false
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			escaped = true
			r.at++
		}
	}
	r.at++
	if !escaped {
		return string(r.text[start+1 : r.at-1]), nil
	}
	err = json.Unmarshal(r.text[start:r.at], &text)
	return text, err
}
