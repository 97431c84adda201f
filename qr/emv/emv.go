// Package emv reads and writes what payment QR codes hold: consumer-presented
// codes (CPM: BER-TLV in base64, EMVCo QR Code Specification for Payment
// Systems, Consumer-Presented Mode 1.1) and merchant-presented codes (MPM:
// id-length-value in characters, EMVCo Merchant-Presented Mode 1.1), with what
// QRIS makes of them.
//
// It writes strictly and reads leniently. A customer's code is card data: no
// error, no verb of fmt, no log line and no JSON of this package's types ever
// shows a PAN, a track 2, a name or a payload. Only methods that say so return
// them.
package emv

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// MaxLength is the longest payload that is read or written, in characters: as
// many as a QR code can hold and still be read from a telephone.
const MaxLength = 512

// QRISAID is the application identifier of QRIS in consumer-presented codes.
const QRISAID = "A0000006022020"

// What can be wrong with a payload. Decoders wrap these; the offset that they
// add counts bytes of BER-TLV in a CPM code and characters in an MPM code.
var (
	ErrEmpty     = errors.New("there is no payload")
	ErrTooLong   = fmt.Errorf("the payload is longer than %d characters", MaxLength)
	ErrTruncated = errors.New("the payload ends too early")
	ErrBase64    = errors.New("the payload is not base64")
	ErrMode      = errors.New("the payload does not begin as this kind of code does")
	ErrTag       = errors.New("a tag or id is malformed")
	ErrLength    = errors.New("a length is malformed")
	ErrOrder     = errors.New("an element stands where it must not")
	ErrDigits    = errors.New("a number is not made of digits")
	ErrMissing   = errors.New("a mandatory element is missing")
)

// at wraps err with the mode and the offset, and never with content.
func at(mode string, offset int, err error) error {
	return fmt.Errorf("emv: %s code, offset %d: %w", mode, offset, err)
}

// printable keeps what may stand on a screen: a code is a stranger's text.
func printable(s string, most int) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar || n == most {
			return -1
		}
		n++
		return r
	}, s)
}
