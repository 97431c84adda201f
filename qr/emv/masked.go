package emv

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// masked makes a type say nothing but its brief, whoever prints it. The types
// that embed it keep their content sealed.
type masked struct{ brief string }

// String is a summary without card or personal data.
func (m masked) String() string {
	if m.brief == "" {
		return "no code"
	}
	return m.brief
}

// GoString is String, so that %#v shows no more than %v.
func (m masked) GoString() string { return m.String() }

// Format answers every verb with String.
func (m masked) Format(f fmt.State, _ rune) { io.WriteString(f, m.String()) }

// LogValue is String.
func (m masked) LogValue() slog.Value { return slog.StringValue(m.String()) }

// MarshalText is String.
func (m masked) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// MarshalJSON is String.
func (m masked) MarshalJSON() ([]byte, error) { return json.Marshal(m.String()) }

// sealed keeps a value in a function, where no reflection reaches it: fmt finds
// these types in unexported fields of others, where it cannot call their methods,
// and follows a pointer as soon as the verb does not suit it (%s).
type sealed[T any] func() *T

func seal[T any](v *T) sealed[T] { return func() *T { return v } }

// open returns the value, which must not be changed; a zero one if there is none.
func (s sealed[T]) open() *T {
	if s == nil {
		return new(T)
	}
	return s()
}
