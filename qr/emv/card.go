package emv

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Card is what a wallet puts into a QRIS CPM code. It prints as a summary, but
// its fields are plain: it is for customers that are invented.
type Card struct {
	AID      string // hex, 5 to 16 bytes; "" means QRISAID
	Label    string // 1 to 16 printable ASCII characters; "" means "QRISCPM"
	PAN      string // 13 to 19 digits: 9360, the NNS, the account
	Name     string // optional, 2 to 26 printable ASCII characters
	Language string // optional, one to four codes of two small letters, "iden"
	URL      string // optional, printable ASCII
	Token    string // optional, printable ASCII: what the issuer knows the payment by (9F74)
}

// Encode returns the payload of a code with one application, written as strictly
// as the specification says. With a name, a language or a URL it carries the last
// four digits of the PAN too. The error names the field that is out of bounds,
// or wraps ErrTooLong.
func (c Card) Encode() (string, error) {
	aid, label := c.AID, c.Label
	if aid == "" {
		aid = QRISAID
	}
	if label == "" {
		label = "QRISCPM"
	}
	file, err := hex.DecodeString(aid)
	if err != nil || len(file) < 5 || len(file) > 16 {
		return "", fmt.Errorf("emv: card AID: want 5 to 16 bytes in hex: %w", ErrLength)
	}
	if !digits(c.PAN) || len(c.PAN) < 13 || len(c.PAN) > 19 {
		return "", fmt.Errorf("emv: card PAN: want 13 to 19 digits: %w", ErrDigits)
	}
	if len(c.Language)%2 != 0 || strings.Trim(c.Language, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", fmt.Errorf("emv: card language: want codes of two small letters: %w", ErrLength)
	}
	own := []node{
		{tag: tagADF, value: file},
		{tag: tagLabel, value: []byte(label)},
		{tag: tagPAN, value: packDigits(c.PAN)},
	}
	for _, field := range []struct {
		name        string
		value       string
		least, most int
		tag         uint32
	}{
		{"label", label, 1, 16, 0},
		{"name", c.Name, 2, 26, tagName},
		{"language", c.Language, 2, 8, tagLanguage},
		{"URL", c.URL, 1, MaxLength, tagURL},
		{"token", c.Token, 1, MaxLength, 0},
	} {
		if field.value == "" {
			continue
		}
		if n := len(field.value); n < field.least || n > field.most || strings.ContainsFunc(field.value, notASCII) {
			return "", fmt.Errorf("emv: card %s: want %d to %d printable ASCII characters: %w", field.name, field.least, field.most, ErrLength)
		}
		if field.tag != 0 {
			own = append(own, node{tag: field.tag, value: []byte(field.value)})
		}
	}
	if c.Name != "" || c.Language != "" || c.URL != "" {
		own = append(own, node{tag: tagLastFour, value: packDigits(c.PAN[len(c.PAN)-4:])})
	}
	if c.Token != "" {
		own = append(own, node{tag: tagOwn, children: []node{{tag: tagToken, value: []byte(c.Token)}}})
	}
	return encode([]node{
		{tag: tagFormat, value: []byte("CPV01")},
		{tag: tagApplication, children: own},
	})
}

func encode(nodes []node) (string, error) {
	payload := base64.StdEncoding.EncodeToString(appendNodes(nil, nodes))
	if len(payload) > MaxLength {
		return "", fmt.Errorf("emv: %w", ErrTooLong)
	}
	return payload, nil
}

func notASCII(r rune) bool { return r < ' ' || r > '~' }

// packDigits packs two digits a byte, an odd one with an F behind it.
func packDigits(s string) []byte {
	if len(s)%2 != 0 {
		s += "F"
	}
	packed, err := hex.DecodeString(s)
	if err != nil {
		panic("emv: packDigits was given something else than digits")
	}
	return packed
}

func (c Card) summary() masked { return masked{"card"} }

// String is "card", whatever the fields hold; so are the methods below.
func (c Card) String() string { return c.summary().String() }

// GoString is String.
func (c Card) GoString() string { return c.String() }

// Format answers every verb with String.
func (c Card) Format(f fmt.State, _ rune) { io.WriteString(f, c.String()) }

// LogValue is String.
func (c Card) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON is String.
func (c Card) MarshalJSON() ([]byte, error) { return c.summary().MarshalJSON() }
