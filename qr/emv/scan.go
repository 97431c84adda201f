package emv

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// Kind is what a scanned text is, as far as its form tells.
type Kind uint8

const (
	KindUnknown Kind = iota
	KindEmpty
	KindCPM          // a customer's payment code
	KindMPM          // a merchant's, which a customer would scan
	KindBoardingPass // IATA BCBP (Resolution 792), format M
	KindLink         // a URL
	KindHalf         // a payment code of either kind, cut or garbled
	KindTooLong      // longer than MaxLength
)

// String names the kind.
func (k Kind) String() string {
	return [...]string{
		KindUnknown: "unknown", KindEmpty: "empty", KindCPM: "CPM", KindMPM: "MPM",
		KindBoardingPass: "boarding pass", KindLink: "link", KindHalf: "half a scan", KindTooLong: "too long",
	}[k]
}

// Reason is why a scanned text is not charged. It is a key for the words that
// the cashier sees.
type Reason string

const (
	ReasonNone          Reason = ""
	ReasonEmpty         Reason = "empty"
	ReasonMerchantCode  Reason = "merchant-code"
	ReasonBoardingPass  Reason = "boarding-pass"
	ReasonLink          Reason = "link"
	ReasonHalfScan      Reason = "half-scan"
	ReasonTooLong       Reason = "too-long"
	ReasonUnknown       Reason = "unknown"
	ReasonVersion       Reason = "unknown-version" // a format that is not CPV01
	ReasonNoApplication Reason = "no-application"  // EMVCo CPM 5.1.3
	ReasonForeignScheme Reason = "foreign-scheme"  // none of its applications is that of QRIS
	ReasonNoAccount     Reason = "no-account"      // neither PAN nor track 2 (table 6.1)
)

// plain is made when the first code is refused.
var plain = sync.OnceValue(func() map[Reason]string {
	return map[Reason]string{
		ReasonEmpty:         "nothing was scanned",
		ReasonMerchantCode:  "this is a merchant's code; scan the one that the customer's app shows",
		ReasonBoardingPass:  "this is a boarding pass",
		ReasonLink:          "this is a link",
		ReasonHalfScan:      "only part of the code was read; scan it again",
		ReasonTooLong:       "the code is too long for a payment code",
		ReasonUnknown:       "this is not a payment code",
		ReasonVersion:       "the payment code has a format that is not known",
		ReasonNoApplication: "the payment code holds no way to pay",
		ReasonForeignScheme: "the payment code is not one of QRIS",
		ReasonNoAccount:     "the payment code holds no account",
	}
})

// Refusal is the error of Scan. It does not repeat what was scanned.
type Refusal struct {
	Kind   Kind
	Reason Reason
}

func (r Refusal) Error() string { return "emv: " + plain()[r.Reason] }

// Scan decodes a scanned text that is to be charged. Its error is a Refusal,
// for anything that must be refused before a request is made.
func Scan(text string) (CPM, error) {
	switch kind := Classify(text); kind {
	case KindCPM:
		code, err := DecodeCPM(trim(text))
		if err != nil {
			return CPM{}, Refusal{KindHalf, ReasonHalfScan}
		}
		if reason := code.Refusal(); reason != ReasonNone {
			return CPM{}, Refusal{kind, reason}
		}
		return code, nil
	default:
		return CPM{}, Refusal{kind, kind.reason()}
	}
}

func (k Kind) reason() Reason {
	return [...]Reason{
		KindUnknown: ReasonUnknown, KindEmpty: ReasonEmpty, KindCPM: ReasonNone, KindMPM: ReasonMerchantCode,
		KindBoardingPass: ReasonBoardingPass, KindLink: ReasonLink, KindHalf: ReasonHalfScan, KindTooLong: ReasonTooLong,
	}[k]
}

// Refusal is why a code that was decoded is not to be charged, ReasonNone if it
// is.
func (c CPM) Refusal() Reason {
	a, ok := c.Application()
	switch {
	case c.Version() != "CPV01":
		return ReasonVersion
	case !ok:
		return ReasonNoApplication
	case !a.IsQRIS():
		return ReasonForeignScheme
	case !a.HasAccount():
		return ReasonNoAccount
	}
	return ReasonNone
}

var (
	link = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?i:[a-z][a-z0-9+.-]*://|www\.)`) })
	// Format M, one to nine legs, then the name ("RIYADI/BUDI MR").
	boardingPass = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^M[1-9][A-Z][A-Z' -]*[A-Z /]{4}`) })
	// The tail of a merchant's code, whose beginning was lost.
	merchantTail = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`6304[0-9A-Fa-f]{4}$`) })
	merchantHead = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^0002[0-9]{2}(?:$|[0-9])`) })
)

// Classify tells what a scanned text is, without judging whether it can be
// charged. White space around it, which scanners add, does not count.
func Classify(text string) Kind {
	text = trim(text)
	switch {
	case text == "":
		return KindEmpty
	case utf8.RuneCountInString(text) > MaxLength:
		return KindTooLong
	case link().MatchString(text):
		return KindLink
	case strings.HasPrefix(text, cpmPrefix):
		if _, err := DecodeCPM(text); err != nil {
			return KindHalf
		}
		return KindCPM
	case merchantHead().MatchString(text):
		if _, err := DecodeMPM(text); err != nil {
			return KindHalf
		}
		return KindMPM
	case boardingPass().MatchString(text):
		return KindBoardingPass
	case merchantTail().MatchString(text), cpmPiece(text):
		return KindHalf
	}
	return KindUnknown
}

// cpmPiece reports whether text is the very beginning of a CPM payload or one
// that has lost its first characters (to a key that was bound elsewhere).
func cpmPiece(text string) bool {
	return len(text) >= 4 && strings.HasPrefix(cpmPrefix, text) ||
		strings.Contains(text[:min(len(text), len(cpmPrefix)+4)], "DUFYw")
}

// trim drops what scanners put around a code: white space and control characters.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
