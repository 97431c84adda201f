package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"cashier/api/snap"
)

// hugeSize is the padding of a huge answer: more than the 1 MiB that a client
// should read.
const hugeSize = 1<<20 + 64<<10

// gatewayPage is what stands in front of a provider and knows no codes.
const gatewayPage = "<html><head><title>%[1]d %[2]s</title></head><body><h1>%[1]d %[2]s</h1></body></html>\n"

// escapes are a colour, a window title, a clear screen, a clipboard write, a
// C1 control and a bidi override.
const escapes = "\x1b[31m\x1b]0;owned\a\x1b[2J\x1b]52;c;b3duZWQ=\a\u009b5m\u202e"

// reply is what goes over the wire.
type reply struct {
	status      int
	contentType string
	body        []byte
	cut         int // bytes of the body that are really sent; -1: all
}

func (op *operation) reply(a answer) (reply, error) {
	body, err := a.encode(op.speech)
	return reply{status: a.status, contentType: "application/json", body: body, cut: -1}, err
}

func gateway(status int) reply {
	return reply{status: status, contentType: "text/html", cut: -1,
		body: fmt.Appendf(nil, gatewayPage, status, http.StatusText(status))}
}

// answerCode is the answer of a code- fault: any code, with the message that
// belongs to it.
func (op *operation) answerCode(code snap.Code) answer {
	return answer{code: code.String(), status: code.HTTP, message: op.message(code, "")}
}

// spoil makes the wire's answer out of a good one, wrong in the way of the
// kind. The zero kind spoils nothing.
func (op *operation) spoil(kind Kind, a answer) (reply, error) {
	switch kind {
	case HTTP504:
		return gateway(http.StatusGatewayTimeout), nil
	case Empty:
		return reply{status: a.status, contentType: "application/json", cut: -1}, nil
	case MissingField:
		a.fields = nil
	case Contradiction:
		if a.status = http.StatusOK; strings.HasPrefix(a.code, "2") {
			a.status = http.StatusInternalServerError
		}
	case WrongType, ForeignReference, Escape, RepeatItems:
		fields, err := a.decoded()
		if err != nil {
			return reply{}, err
		}
		a.fields = rewrite(kind, fields)
		if kind == ForeignReference && op.service == "51" {
			foreignNames(a.fields)
		}
		if kind == Escape {
			a.message = "\x1b[2J" + a.message + escapes
		}
		if kind == WrongType && len(a.fields) == 0 {
			a.fields = []member{{"responseMessage", []string{a.message}}} // the later one counts
		}
	}
	r, err := op.reply(a)
	if err != nil {
		return reply{}, err
	}
	switch kind {
	case Huge:
		r.body = padded(r.body)
	case BadJSON:
		r.body = []byte(strings.ReplaceAll(string(r.body), `,"`, ` "`))
	case Truncated:
		r.cut = len(r.body) / 2
	}
	return r, nil
}

// padded is an object with a last member that makes it huge.
func padded(body []byte) []byte {
	const opening, closing = `,"padding":"`, `"}`
	begin := body[:len(body)-1]
	out := bytes.Repeat([]byte{'x'}, len(begin)+len(opening)+hugeSize+len(closing))
	copy(out[copy(out, begin):], opening)
	copy(out[len(out)-len(closing):], closing)
	return out
}

// decoded are the fields as plain JSON values: texts, lists and maps.
func (a answer) decoded() ([]member, error) {
	plain := make([]member, len(a.fields))
	for i, m := range a.fields {
		text, err := json.Marshal(m.value)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", m.name, err)
		}
		plain[i].name = m.name
		if err := json.Unmarshal(text, &plain[i].value); err != nil {
			return nil, fmt.Errorf("decode %s: %w", m.name, err)
		}
	}
	return plain, nil
}

func rewrite(kind Kind, fields []member) []member {
	foreign := false
	for i, m := range fields {
		switch kind {
		case WrongType:
			fields[i].value = wrongType(m.value)
		case Escape:
			fields[i].value = everyText(m.value, "", func(_, text string) string { return escapes + text + escapes })
		case ForeignReference:
			fields[i].value = everyText(m.value, m.name, foreignText)
			foreign = foreign || isReference(m.name)
		case RepeatItems:
			if list, ok := m.value.([]any); ok {
				var twice []any
				for _, item := range list {
					twice = append(twice, item, item)
				}
				fields[i].value = twice
			}
		}
	}
	if kind == ForeignReference && !foreign {
		// The table of 90's answer has no reference. Providers send one all the
		// same, and without it nobody could tell whose answer this is.
		fields = append(fields, member{"partnerReferenceNo", "FOREIGN000000000000000001"})
	}
	return fields
}

func isReference(name string) bool {
	return name == "partnerReferenceNo" || name == "originalPartnerReferenceNo"
}

// foreignNames makes the other names of 51's answer foreign too: it may have
// been asked for by them alone.
func foreignNames(fields []member) {
	for i, m := range fields {
		switch m.name {
		case "originalReferenceNo":
			fields[i].value = "FOREIGN000000000000000002"
		case "originalExternalId":
			fields[i].value = "99999999999999999999999999999999"
		}
	}
}

func foreignText(name, text string) string {
	switch {
	case isReference(name):
		return "FOREIGN000000000000000001"
	case name == "cdmQrcode":
		return "userid000000000000"
	case name == "cdmReferenceId":
		return "CDM0000000000"
	}
	return text
}

// everyText replaces the texts inside a plain value; name is the nearest one.
func everyText(value any, name string, replace func(name, text string) string) any {
	switch v := value.(type) {
	case string:
		return replace(name, v)
	case []any:
		for i := range v {
			v[i] = everyText(v[i], name, replace)
		}
	case map[string]any:
		for key := range v {
			v[key] = everyText(v[key], key, replace)
		}
	}
	return value
}

func wrongType(value any) any {
	if text, ok := value.(string); ok {
		return []any{map[string]any{"value": text}}
	}
	return "not what the table says"
}
