package api

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// Reference is a partnerReferenceNo: our own name for one transaction and the
// business idempotency key at the provider.
type Reference string

// The letter that a reference of ours begins with.
const (
	UserIDReference  byte = 'C' // a CDM user id (service 90)
	PaymentReference byte = 'Q' // a QRIS payment (service 60)
	CodeReference    byte = 'G' // a generated customer code (service 59)
	RefundReference  byte = 'R' // a refund (service 80)
)

// crockford is the base32 alphabet without I, L, O and U, so that a reference
// can be read out over a telephone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewReference makes a reference of 25 characters: the letter of its kind,
// yyMMddHHmmss in Jakarta time, and 60 random bits as 12 characters. It is
// unique across terminals and after a restore without any shared state.
func NewReference(kind byte, now time.Time) Reference {
	var random [12]byte
	rand.Read(random[:])
	for i, b := range random {
		random[i] = crockford[b&31]
	}
	return Reference(string(kind) + now.In(Jakarta).Format("060102150405") + string(random[:]))
}

// ErrReference says that a text cannot be a reference; errors wrap it.
var ErrReference = errors.New("not a reference")

// ParseReference accepts a reference that a person or a script chose: 1 to 64
// letters, digits, dots, dashes and underscores (seed 003: 64; a provider's
// own limit is checked when its request is built).
func ParseReference(s string) (Reference, error) {
	if s == "" || len(s) > 64 {
		return "", fmt.Errorf("%w: it has %d characters, 1 to 64 are allowed", ErrReference, len(s))
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return "", fmt.Errorf("%w: only letters, digits, dot, dash and underscore are allowed", ErrReference)
		}
	}
	return Reference(s), nil
}

// Groups spells the reference in groups for reading out:
// Q26 1120 1504 12 K7M2 RX4T 9WZB. A reference that is not ours is returned
// as it is.
func (r Reference) Groups() string {
	s := string(r)
	if len(s) != 25 {
		return s
	}
	return s[:3] + " " + s[3:7] + " " + s[7:11] + " " + s[11:13] + " " + s[13:17] + " " + s[17:21] + " " + s[21:]
}

// Short is the reference cut for a list: its first 13 characters and an
// ellipsis.
func (r Reference) Short() string {
	if len(r) <= 14 {
		return string(r)
	}
	return string(r[:13]) + "…"
}

// NewExternalID makes an X-EXTERNAL-ID: 32 digits (the header allows 36,
// originalExternalId only 32), unique in a Jakarta calendar day across
// terminals and restarts: yyyyMMddHHmmss and 18 random digits.
func NewExternalID(now time.Time) string {
	var random [18]byte
	for i := 0; i < len(random); {
		var b [18]byte
		rand.Read(b[:])
		for _, v := range b {
			if v < 250 && i < len(random) { // no modulo bias
				random[i] = '0' + v%10
				i++
			}
		}
	}
	return now.In(Jakarta).Format("20060102150405") + string(random[:])
}
