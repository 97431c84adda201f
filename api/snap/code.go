package snap

import (
	"fmt"
	"strconv"
)

// Code is a parsed responseCode: HTTP status (3 digits), service code (2) and
// case code (2), by seed 003, "RESPONSES CODE". The zero value stands for an
// answer without a code.
type Code struct {
	HTTP          int // 100 to 599
	Service, Case string
}

// ParseCode reads a responseCode of exactly seven ASCII digits whose first
// three are an HTTP status from 100 to 599; anything else is an error.
func ParseCode(s string) (Code, error) {
	if len(s) != 7 {
		return Code{}, fmt.Errorf("response code has %d characters instead of 7 digits", len(s))
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return Code{}, fmt.Errorf("response code %q is not 7 digits", s)
		}
	}
	status, err := strconv.Atoi(s[:3])
	if err != nil || status < 100 || status > 599 {
		return Code{}, fmt.Errorf("response code %q does not begin with an HTTP status from 100 to 599", s)
	}
	return Code{HTTP: status, Service: s[3:5], Case: s[5:]}, nil
}

// Zero tells whether there is no code at all.
func (c Code) Zero() bool { return c == Code{} }

// String is the code as it was on the wire; empty for the zero value.
func (c Code) String() string {
	if c.Zero() {
		return ""
	}
	return c.spell(c.Service, c.Case)
}

// Key is HTTP status and case, such as "403-05": the catalogue holds for any
// service, and what people are told is looked up by this key. It is empty for
// the zero value.
func (c Code) Key() string {
	if c.Zero() {
		return ""
	}
	return c.spell("-", c.Case)
}

// spell writes the status in three digits, and what follows it.
func (c Code) spell(then, last string) string {
	if c.HTTP < 100 || c.HTTP > 999 {
		return fmt.Sprintf("%03d%s%s", c.HTTP, then, last)
	}
	var room [8]byte
	return string(append(append(strconv.AppendInt(room[:0], int64(c.HTTP), 10), then...), last...))
}

// Contradicts tells whether the HTTP status of the answer is another than the
// one that the code begins with. Such an answer proves nothing about the money.
// The zero value contradicts every status.
func (c Code) Contradicts(httpStatus int) bool { return c.HTTP != httpStatus }
