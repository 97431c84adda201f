package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText caps a cleaned text, in runes: the longest field of the documents
// that is shown is 512 (seed 001, cdmQrcode).
const MaxText = 512

// Clean is the one place where text from outside becomes fit for a terminal:
// it keeps the runes that unicode.IsPrint accepts, drops every other one
// (escapes, C1 controls, bidi controls, zero-width characters, broken UTF-8)
// and cuts at max runes.
func Clean(s string, max int) string {
	clean := true
	n := 0
	for _, r := range s {
		n++
		if !printable(r) || n > max {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	n = 0
	for _, r := range s {
		if !printable(r) {
			continue
		}
		if n == max {
			break
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

func printable(r rune) bool { return r != unicode.ReplacementChar && unicode.IsPrint(r) }

// Text is a string from a server, cleaned as it is decoded. Wire types use
// it for every string they read. A JSON number or boolean is read as its
// literal, null as nothing: providers differ.
type Text string

// UnmarshalJSON cleans.
func (t *Text) UnmarshalJSON(data []byte) error {
	s, err := literal(data)
	if err != nil {
		return err
	}
	*t = Text(Clean(s, MaxText))
	return nil
}

// Exact is a string from a server that must be used as it came, such as the
// content of a QR code. One that cleaning would change is an error, not a
// different code.
type Exact string

// ErrUnclean says that a text which must be exact holds characters that no
// terminal and no QR code of ours may carry.
var ErrUnclean = errors.New("unprintable characters or too long")

// UnmarshalJSON refuses what Clean would change.
func (e *Exact) UnmarshalJSON(data []byte) error {
	s, err := literal(data)
	if err != nil {
		return err
	}
	if Clean(s, MaxText) != s {
		return ErrUnclean
	}
	*e = Exact(s)
	return nil
}

func literal(data []byte) (string, error) {
	switch data[0] {
	case '"':
		// What a decoder hands over is one valid literal: without an escape its
		// bytes are the text.
		if inner := data[1 : len(data)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
			return string(inner), nil
		}
		var s string
		err := json.Unmarshal(data, &s)
		return s, err
	case '{', '[':
		return "", errors.New("an object or a list where a text belongs")
	case 'n':
		return "", nil
	}
	return string(data), nil
}
