package snap

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Minify removes the insignificant white space of a JSON text and nothing else:
// key order, escapes, numbers and bytes that are not UTF-8 stay as written,
// since a re-marshalled body has another digest. An empty body stays empty. The
// result shares no memory with body.
//
// Invalid JSON, a body of white space alone included, is an error that names
// the offending byte, counted from 1 (for a body that ends too soon: its last).
func Minify(body []byte) ([]byte, error) {
	if len(body) == 0 {
		return []byte{}, nil
	}
	out := bytes.NewBuffer(make([]byte, 0, len(body)))
	if err := json.Compact(out, body); err != nil {
		return nil, fmt.Errorf("the body is not valid JSON at byte %d: %w", syntaxOffset(body), err)
	}
	return out.Bytes(), nil
}

// syntaxOffset finds where an invalid JSON text goes wrong, which json.Compact
// does not tell.
func syntaxOffset(body []byte) int64 {
	var raw json.RawMessage
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(body, &raw)); ok {
		return syntax.Offset
	}
	return int64(len(body))
}

// Digest is the lowercase hex SHA-256 of the bytes as given: minify first what
// is sent. No body has the digest of the empty string.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// InboundDigests are the digests under which a received body may have been
// signed, in the order to try them: the raw bytes, then, where they are valid
// JSON with white space to remove, the minified ones. A re-marshalled value is
// never among them.
func InboundDigests(raw []byte) []string {
	digests := []string{Digest(raw)}
	if minified, err := Minify(raw); err == nil && len(minified) != len(raw) {
		digests = append(digests, Digest(minified))
	}
	return digests
}
