package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxMinor is the largest amount the documents can carry: 16 digits before
// the two decimals (seed 003, "16,2"), in hundredths.
const maxMinor = 999_999_999_999_999_999

// Amount is money: a whole number of hundredths and an ISO 4217 currency.
// The zero value is no amount. It is never a float.
type Amount struct {
	minor    int64
	currency currency
}

// currency is three letters, or zeros where there is none: held in place, so
// that a list of amounts is nothing that the garbage collector looks into.
type currency [3]byte

var (
	none   currency
	rupiah = currency{'I', 'D', 'R'}
)

func (c currency) String() string {
	switch c {
	case none:
		return ""
	case rupiah:
		return "IDR"
	}
	return string(c[:])
}

// IDR is an amount of rupiah given in hundredths.
func IDR(minor int64) Amount { return Amount{minor: minor, currency: rupiah} }

// ErrAmount says that a text is not an amount; errors wrap it.
var ErrAmount = errors.New("not an amount")

// ParseAmount reads the wire's spelling: up to 16 digits, and at most two
// decimals after a dot. A missing currency is IDR.
func ParseAmount(value, code string) (Amount, error) {
	whole, frac, dot := strings.Cut(value, ".")
	if whole == "" || len(whole) > 16 || dot && frac == "" || len(frac) > 2 || !digits(whole) || !digits(frac) {
		return Amount{}, fmt.Errorf("%w: %q", ErrAmount, Clean(value, 40))
	}
	minor, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil || minor > maxMinor {
		return Amount{}, fmt.Errorf("%w: %q", ErrAmount, Clean(value, 40))
	}
	if code == "" {
		return IDR(minor), nil
	}
	if len(code) != len(none) || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Amount{}, fmt.Errorf("%w: currency %q", ErrAmount, Clean(code, 10))
	}
	return Amount{minor: minor, currency: currency([]byte(code))}, nil
}

// ParseTyped reads what an operator types: digits, optionally a dot and two
// decimals. A thousands separator is refused and the TypedError offers the
// likely reading, since 12.500 may mean twelve and a half or twelve thousand five
// hundred.
func ParseTyped(s string) (Amount, error) {
	s = strings.TrimSpace(s)
	whole, frac, dot := strings.Cut(s, ".")
	if whole != "" && digits(whole) && (!dot || len(frac) == 2 && digits(frac)) {
		return ParseAmount(s, "IDR")
	}
	bare := strings.NewReplacer(".", "", ",", "", " ", "", "Rp", "", "rp", "").Replace(s)
	if bare != "" && digits(bare) && len(bare) <= 16 {
		return Amount{}, &TypedError{Typed: Clean(s, 40), Meant: bare}
	}
	return Amount{}, &TypedError{Typed: Clean(s, 40)}
}

// TypedError is what an operator typed and ParseTyped does not take; it is an
// ErrAmount.
type TypedError struct {
	Typed string
	Meant string // the likely reading in digits; empty if there is none
}

func (e *TypedError) Error() string {
	if e.Meant != "" {
		return fmt.Sprintf("%v: %q; if you mean %s rupiah, write %s", ErrAmount, e.Typed, e.Meant, e.Meant)
	}
	return fmt.Sprintf("%v: %q; write digits only, such as 12500 or 12500.50", ErrAmount, e.Typed)
}

func (e *TypedError) Unwrap() error { return ErrAmount }

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Minor is the amount in hundredths.
func (a Amount) Minor() int64 { return a.minor }

// Currency is the ISO 4217 code, empty for the zero Amount.
func (a Amount) Currency() string { return a.currency.String() }

// Zero reports whether there is no money: no amount at all, or nought.
func (a Amount) Zero() bool { return a.minor == 0 }

// Value is the wire's spelling: digits, a dot and two decimals.
func (a Amount) Value() string {
	sign, m := "", a.minor
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

func (a Amount) String() string {
	if a.currency == none {
		return "no amount"
	}
	return a.currency.String() + " " + a.Value()
}

// Add sums two amounts of one currency. Different currencies, or a sum past
// 16 digits, are errors: money is never silently wrong.
func (a Amount) Add(b Amount) (Amount, error) {
	switch {
	case a.currency == none:
		return b, nil
	case b.currency == none:
		return a, nil
	case a.currency != b.currency:
		return Amount{}, fmt.Errorf("cannot add %s to %s", b.currency, a.currency)
	case b.minor > 0 && a.minor > maxMinor-b.minor, b.minor < 0 && a.minor < -maxMinor-b.minor:
		return Amount{}, errors.New("the sum of amounts is too large")
	}
	return Amount{minor: a.minor + b.minor, currency: a.currency}, nil
}

type wireAmount struct {
	Value    json.RawMessage `json:"value"`
	Currency string          `json:"currency"`
}

// MarshalJSON writes {"value":"12500.00","currency":"IDR"}; the zero Amount
// is null.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.currency == none {
		return []byte("null"), nil
	}
	return []byte(`{"value":"` + a.Value() + `","currency":"` + a.currency.String() + `"}`), nil
}

// UnmarshalJSON reads the same, with either spelling of the keys that the
// documents use (value, Value) and a value that is a string or a bare number.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*a = Amount{}
		return nil
	}
	var w wireAmount
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("%w: %v", ErrAmount, err)
	}
	parsed, err := ParseAmount(strings.Trim(string(w.Value), `"`), w.Currency)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
