package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"cashier/api"
	"cashier/api/snap"
)

// answer is a response before it is written: its code, its message and the
// fields of the document's table, in their order.
type answer struct {
	code    string // seven digits
	status  int    // HTTP status
	message string
	fields  []member
	kind    Kind // how the customer wants it to go wrong; empty: not at all
}

type member struct {
	name  string
	value any
}

// success is the answer 200-00 of an operation.
func (op *operation) success(fields ...member) answer {
	a := op.refuse(refusal{key: "200-00"})
	a.fields = fields
	return a
}

// refuse is the answer with that code of the operation's table and no fields.
func (op *operation) refuse(r refusal) answer {
	status, err := strconv.Atoi(r.key[:3])
	if err != nil {
		panic("sandbox: no response code begins with " + r.key) // a row of ours is misspelt
	}
	code := snap.Code{HTTP: status, Service: op.codeService(), Case: r.key[4:]}
	return answer{code: code.String(), status: status, message: op.message(code, r.detail)}
}

// message is what the operation's document says with a code, else the
// catalogue of BI SNAP, with the field's name or the reason put in. At most
// 150 characters (response table, responseMessage).
func (op *operation) message(code snap.Code, detail string) string {
	text := "Undefined"
	if meaning, ok := snap.Lookup(code); ok {
		text = meaning.Message
	}
	if op.owns(code) {
		key := code.Key()
		for _, row := range op.codes {
			if row.key == key {
				text = row.message
			}
		}
	}
	if detail != "" {
		switch {
		case strings.Contains(text, "[reason]"):
			text = strings.Replace(text, "reason", detail, 1)
		case strings.Contains(text, "{field name}"):
			text = strings.Replace(text, "{field name}", detail, 1)
		default:
			text += " " + detail
		}
	}
	return api.Clean(text, 150)
}

// encode writes the body in the provider's spelling. Its strings may hold
// anything.
func (a answer) encode(sp *speech) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	members := append([]member{{"responseCode", a.code}, {"responseMessage", a.message}}, a.fields...)
	for i, m := range members {
		m, err := sp.member(m)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(append(strconv.AppendQuote(b.AvailableBuffer(), m.name), ':'))
		if text, ok := m.value.(string); ok && simple(text) {
			b.WriteByte('"')
			b.WriteString(text)
			b.WriteByte('"')
			continue
		}
		if err := enc.Encode(m.value); err != nil {
			return nil, fmt.Errorf("encode %s: %w", m.name, err)
		}
		b.Truncate(b.Len() - 1) // Encode ends with a newline
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// simple reports a text that stands in JSON as it is.
func simple(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
