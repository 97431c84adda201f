package cpm

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"

	"cashier/api"
)

// sealed is a customer's code or a secret on its way into a request's bytes and
// out of an answer's: it is encoded as it is and printed as a placeholder.
type sealed string

const placeholder = "[not shown]"

// Format hides the content from every verb.
func (sealed) Format(f fmt.State, _ rune) { io.WriteString(f, placeholder) }

// LogValue hides the content from logs.
func (sealed) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalJSON writes the content: only requests are encoded.
func (s sealed) MarshalJSON() ([]byte, error) { return api.Encode(string(s)) }

// received is a customer's code that a provider made: printed and encoded as a
// placeholder.
type received string

// Format hides the content from every verb.
func (received) Format(f fmt.State, _ rune) { io.WriteString(f, placeholder) }

// LogValue hides the content from logs.
func (received) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalJSON writes the placeholder.
func (received) MarshalJSON() ([]byte, error) { return []byte(`"` + placeholder + `"`), nil }

// UnmarshalJSON never fails: a content that is not fit to be shown as a QR code
// is none.
func (r *received) UnmarshalJSON(data []byte) error {
	var exact api.Exact
	if exact.UnmarshalJSON(data) == nil {
		*r = received(exact)
	}
	return nil
}

// private is account data as it comes in: it is printed as a placeholder and
// leaves by api.MaskNumber and api.MaskName alone.
type private string

// Format hides the content from every verb.
func (private) Format(f fmt.State, _ rune) { io.WriteString(f, placeholder) }

// LogValue hides the content from logs.
func (private) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalJSON writes the placeholder: account data is only ever read.
func (private) MarshalJSON() ([]byte, error) { return []byte(`"` + placeholder + `"`), nil }

// UnmarshalJSON cleans, as api.Text does.
func (p *private) UnmarshalJSON(data []byte) error {
	var t api.Text
	if err := json.Unmarshal(data, &t); err != nil {
		return err
	}
	*p = private(t)
	return nil
}

// word is what a code, a token or a card number looks like inside a sentence.
var word = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[0-9A-Za-z+/=_-]{8,}`) })

// cardNumber is the shortest and the longest card number, in digits.
const cardNumber, longestCardNumber = 12, 19

// unspoken is a provider's sentence without what it may have quoted of the
// customer's code or of a secret (a part of eight characters or more), without
// anything that looks like a code, and with no more of a card number than its
// last four digits: answers are journalled. The secret is asked for when the
// sentence has more than plain words.
func unspoken(message api.Text, secret func() string) api.Text {
	if plainWords(string(message)) {
		return message
	}
	hidden := secret()
	return api.Text(word().ReplaceAllStringFunc(string(message), func(s string) string {
		switch {
		case hidden != "" && (strings.Contains(hidden, s) || strings.Contains(s, hidden)), looksLikeCode(s):
			return "***"
		case len(s) >= cardNumber && len(s) <= longestCardNumber && strings.Trim(s, "0123456789") == "":
			return api.MaskNumber(s)
		}
		return s
	}))
}

// unknown is the secret of a request that holds none. Its answer may still
// quote the customer's code: the provider has it from the payment.
func unknown() string { return "" }

// looksLikeCode tells base64 from references, which have letters of one size,
// and from names of fields, which have no digits.
func looksLikeCode(word string) bool {
	const shortest = 20
	return len(word) >= shortest && strings.ContainsAny(word, "0123456789+/=") &&
		strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz") && strings.ContainsAny(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// plainWords reports a sentence that can quote nothing: every word in it is
// short, or in small letters but for its first.
func plainWords(sentence string) bool {
	for w := range strings.FieldsSeq(sentence) {
		if len(w) >= 8 && (len(w) > 16 || strings.Trim(w[1:], "abcdefghijklmnopqrstuvwxyz.,") != "") {
			return false
		}
	}
	return true
}
