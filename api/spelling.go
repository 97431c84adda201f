package api

import (
	"bytes"
	"encoding/json"

	"cashier/api/snap"
)

// Encode is Encode with the field names that this provider spells otherwise.
func (e Endpoint) Encode(request any) ([]byte, error) {
	body, err := Encode(request)
	if err != nil || len(e.Spellings) == 0 {
		return body, err
	}
	return respell(body, e.Spellings), nil
}

// Decode reads a body that Encode wrote.
func (e Endpoint) Decode(body []byte, into any) error { return json.Unmarshal(e.ours(body), into) }

// ours is a provider's body under the documents' names. One that is not JSON
// stays as it is.
func (e Endpoint) ours(body []byte) []byte {
	if len(e.Spellings) == 0 {
		return body
	}
	compact, err := snap.Minify(body)
	if err != nil {
		return body
	}
	names := make(map[string]string, len(e.Spellings))
	for our, their := range e.Spellings {
		names[their] = our
	}
	return respell(compact, names)
}

// respell exchanges the names of fields in compact JSON and leaves the order
// and every other byte alone. There, a string is a name exactly when a colon
// follows it.
func respell(compact []byte, names map[string]string) []byte {
	out := make([]byte, 0, len(compact))
	for rest := compact; ; {
		start := bytes.IndexByte(rest, '"')
		if start < 0 {
			return append(out, rest...)
		}
		end := start + 1
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(rest))
		text := rest[start:end]
		out = append(out, rest[:start]...)
		if name, ok := names[inside(text)]; ok && end < len(rest) && rest[end] == ':' {
			quoted, _ := json.Marshal(name) // a string never fails
			out = append(out, quoted...)
		} else {
			out = append(out, text...)
		}
		rest = rest[end:]
	}
}

// inside is what stands between a string's quotes, as written.
func inside(quoted []byte) string { return string(quoted[1:max(len(quoted)-1, 1)]) }
