package emv

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// cpmPrefix is how every CPM payload begins: base64 of 85 05 "CPV".
const cpmPrefix = "hQVDUFY"

// CPM is a decoded consumer-presented code. It prints as a summary: see the
// package's comment. The zero value is a code without anything.
type CPM struct {
	masked
	code sealed[cpmCode]
}

type cpmCode struct {
	nodes        []node
	version      string
	applications []Application
	strict       bool
}

// Application is one way to pay that a code offers (template 61). It prints as a
// summary too.
type Application struct {
	masked
	data sealed[applicationData]
}

type applicationData struct {
	aid    string
	label  string
	own    []node // of its template 61
	common []node // of the code's template 62, which all applications share
}

// DecodeCPM reads a consumer-presented payload as leniently as is safe: white
// space inside (a scanner's), URL alphabet or missing padding, lengths longer
// than needed, lengths of 128 and more in one plain byte (an illegal form that
// two open libraries write), padding between elements, and an opaque 63 or 64.
// What it accepts may still be no code to charge: see CPM.Refusal.
func DecodeCPM(payload string) (CPM, error) {
	compact := strings.Map(func(r rune) rune {
		switch {
		case r <= ' ': // a scanner's space, TAB, CR, LF or GS
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, payload)
	if err := checkLength(compact); err != nil {
		return CPM{}, err
	}
	// Strict about the bits after the last byte: in a code that was cut they are
	// not zero.
	raw, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(compact, "="))
	if err != nil {
		return CPM{}, base64Error(strings.TrimRight(compact, "="))
	}
	if code, err := (grammar{strict: true}).decode(raw); err == nil && payload == base64.StdEncoding.EncodeToString(raw) {
		return code, nil
	}
	code, err := grammar{}.decode(raw)
	if err == nil {
		return code, nil
	}
	// A writer knows the long form of a length or does not: never some of each.
	code, rawErr := grammar{rawLengths: true}.decode(raw)
	switch {
	case rawErr == nil:
		return code, nil
	case errors.Is(err, ErrLength) && errors.Is(rawErr, ErrTruncated):
		return CPM{}, rawErr
	}
	return CPM{}, err
}

func checkLength(payload string) error {
	switch {
	case payload == "":
		return at("CPM", 0, ErrEmpty)
	case len(payload) > MaxLength:
		return at("CPM", 0, ErrTooLong)
	}
	return nil
}

// base64Error tells a payload that was cut from one that never was base64. (The
// decoder's own error has the same offset but its text is not ours to vouch for.)
func base64Error(payload string) error {
	foreign := strings.IndexFunc(payload, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '+' || r == '/')
	})
	if foreign >= 0 {
		return at("CPM", foreign*3/4, ErrBase64)
	}
	return at("CPM", len(payload)*3/4, ErrTruncated)
}

func (g grammar) decode(raw []byte) (CPM, error) {
	nodes, err := g.parse(raw, 0, 0)
	if err != nil {
		if len(raw) > 0 && raw[0] != tagFormat {
			return CPM{}, at("CPM", 0, ErrMode)
		}
		return CPM{}, err
	}
	if len(nodes) == 0 || nodes[0].tag != tagFormat {
		return CPM{}, at("CPM", 0, ErrMode)
	}
	version := string(nodes[0].value)
	if len(version) != len("CPV01") || !strings.HasPrefix(version, "CPV") || !digits(version[3:]) {
		return CPM{}, at("CPM", 2, ErrMode)
	}
	code := &cpmCode{nodes: nodes, version: version, strict: g.strict}
	var common []node
	for _, n := range nodes[1:] {
		switch n.tag {
		case tagFormat: // two codes in one scan
			return CPM{}, at("CPM", len(raw), ErrOrder)
		case tagCommon:
			common = append(common, n.children...)
		}
	}
	for _, n := range nodes[1:] {
		if n.tag != tagApplication {
			continue
		}
		if g.strict {
			if err := checkApplication(n.children); err != nil {
				return CPM{}, err
			}
		}
		code.applications = append(code.applications, newApplication(n.children, common))
	}
	if g.strict {
		if err := checkNumbers(common); err != nil {
			return CPM{}, err
		}
	}
	c := CPM{code: seal(code)}
	c.brief = c.summary()
	return c, nil
}

// checkApplication holds what EMVCo CPM table 4.3 demands of a template 61.
func checkApplication(own []node) error {
	aid, ok := find(own, tagADF)
	if !ok {
		return at("CPM", 0, ErrMissing)
	}
	if len(aid) < 5 || len(aid) > 16 {
		return at("CPM", 0, ErrLength)
	}
	return checkNumbers(own)
}

func checkNumbers(nodes []node) error {
	if value, ok := find(nodes, tagPAN); ok && !digits(bcd(value)) {
		return at("CPM", 0, ErrDigits)
	}
	if value, ok := find(nodes, tagTrack2); ok {
		pan, rest, split := strings.Cut(bcd(value), "D")
		if !split || !digits(pan) || !digits(rest) {
			return at("CPM", 0, ErrDigits)
		}
	}
	if value, ok := find(nodes, tagLastFour); ok && (len(bcd(value)) != 4 || !digits(bcd(value))) {
		return at("CPM", 0, ErrDigits)
	}
	return nil
}

func newApplication(own, common []node) Application {
	d := &applicationData{own: own, common: common}
	if aid, ok := find(own, tagADF); ok {
		d.aid = strings.ToUpper(hex.EncodeToString(aid))
	}
	if label, ok := find(own, tagLabel); ok {
		d.label = printable(string(label), 16)
	}
	a := Application{data: seal(d)}
	a.brief = a.summary()
	return a
}

func (a Application) summary() string {
	scheme := "another scheme"
	if a.IsQRIS() {
		scheme = "QRIS"
	}
	if issuer, last := a.Issuer(), a.LastFour(); issuer != "" && last != "" {
		return scheme + ", issuer " + issuer + ", last four " + last
	}
	return scheme
}

func (c CPM) summary() string {
	a, ok := c.Application()
	if !ok {
		return "CPM code without an application"
	}
	return "CPM code: " + a.summary()
}

// Version is the payload format indicator, "CPV01" in all codes so far.
func (c CPM) Version() string { return c.code.open().version }

// Strict reports whether the payload is written exactly as specified.
func (c CPM) Strict() bool { return c.code.open().strict }

// Applications are the ways to pay, in the code's order of preference.
func (c CPM) Applications() []Application { return slices.Clone(c.code.open().applications) }

// Application is the one to pay by: that of QRIS, or else the first.
func (c CPM) Application() (Application, bool) {
	all := c.code.open().applications
	if len(all) == 0 {
		return Application{}, false
	}
	return all[max(0, slices.IndexFunc(all, Application.IsQRIS))], true
}

// IsQRIS reports whether one of the applications is that of QRIS.
func (c CPM) IsQRIS() bool {
	a, ok := c.Application()
	return ok && a.IsQRIS()
}

// Issuer is Application's issuer, fit to be shown and kept.
func (c CPM) Issuer() string { a, _ := c.Application(); return a.Issuer() }

// LastFour are Application's last four digits, fit to be shown and kept.
func (c CPM) LastFour() string { a, _ := c.Application(); return a.LastFour() }

// Label is Application's label.
func (c CPM) Label() string { a, _ := c.Application(); return a.Label() }

// AID is the application identifier in upper-case hex, "" if there is none.
func (a Application) AID() string { return a.data.open().aid }

// IsQRIS reports whether the application is that of QRIS.
func (a Application) IsQRIS() bool { return a.AID() == QRISAID }

// Label is what the wallet calls the application, at most 16 printable
// characters. The customer's wallet chose it: proof of nothing.
func (a Application) Label() string { return a.data.open().label }

// Value returns the bytes of the first element with tag (say 0x9F74) in the
// application, or else in what the code's applications share. It may be card or
// personal data: not to be shown, kept or logged.
func (a Application) Value(tag uint32) ([]byte, bool) {
	data := a.data.open()
	if value, ok := find(data.own, tag); ok {
		return slices.Clone(value), true
	}
	value, ok := find(data.common, tag)
	return slices.Clone(value), ok
}

// PAN returns the primary account number (5A), digits only, "" if there is none.
// It is card data: not to be shown, kept or logged.
func (a Application) PAN() string {
	value, _ := a.Value(tagPAN)
	if pan := bcd(value); digits(pan) {
		return pan
	}
	return ""
}

// Track2 returns the track 2 equivalent data (57): PAN, "D", the rest; "" if
// there is none. It is card data: not to be shown, kept or logged.
func (a Application) Track2() string {
	value, _ := a.Value(tagTrack2)
	return bcd(value)
}

// account is the PAN, from track 2 where 5A is missing.
func (a Application) account() string {
	if pan := a.PAN(); pan != "" {
		return pan
	}
	if pan, _, _ := strings.Cut(a.Track2(), "D"); digits(pan) {
		return pan
	}
	return ""
}

// HasAccount reports whether there is an account to charge: a PAN or a track 2
// (EMVCo CPM table 6.1 demands one).
func (a Application) HasAccount() bool { return a.account() != "" }

// Issuer are the digits that name the issuer, fit to be shown and kept: for
// QRIS 9360 and the NNS, the first eight. Of a short PAN, of which eight and four
// digits would leave less than four hidden, they are six, or none.
func (a Application) Issuer() string {
	switch pan := a.account(); {
	case len(pan) >= 16:
		return pan[:8]
	case len(pan) >= 14:
		return pan[:6]
	}
	return ""
}

// LastFour are the last four digits of the account (9F25, which is right where
// the PAN is a token, or else the PAN's), fit to be shown and kept.
func (a Application) LastFour() string {
	value, _ := a.Value(tagLastFour)
	if last := bcd(value); len(last) == 4 && digits(last) {
		return last
	}
	if pan := a.account(); len(pan) >= 14 {
		return pan[len(pan)-4:]
	}
	return ""
}

// bcd are the nibbles of b in upper-case hex without the padding F at the end.
func bcd(b []byte) string {
	return strings.TrimRight(strings.ToUpper(hex.EncodeToString(b)), "F")
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
