package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	if !utf8.Valid(body) {
		return object{}, errors.New("the body is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	value, err := decodeValue(dec, 0)
	if err != nil {
		return object{}, err
	}
	o, ok := value.(object)
	if !ok {
		return object{}, errors.New("the body is not an object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return object{}, errors.New("something follows the body's object")
	}
	return o, nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if depth == maxDepth {
		return nil, errors.New("the body is nested too deeply")
	}
	if delim == '[' {
		return decodeList(dec, depth+1)
	}
	o := object{values: map[string]any{}}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.New("an object's name is not a string")
		}
		if _, twice := o.values[name]; twice {
			return nil, fmt.Errorf("the name %q comes twice", name)
		}
		if o.values[name], err = decodeValue(dec, depth+1); err != nil {
			return nil, err
		}
		o.names = append(o.names, name)
	}
	_, err = dec.Token() // the closing brace
	return o, err
}

func decodeList(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		value, err := decodeValue(dec, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := dec.Token() // the closing bracket
	return list, err
}
