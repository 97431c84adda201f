package emv

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// payload makes a payload of hex, in which blanks are for the reader.
func payload(t testing.TB, tlv string) string {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(tlv, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

const head = "8505 4350563031 "

func TestWhatACashierSees(t *testing.T) {
	code, err := DecodeCPM(own(t, "cpm-short-form"))
	if err != nil {
		t.Fatal(err)
	}
	if code.Issuer() != "93600999" || code.LastFour() != "0017" || code.Label() != "QRISCPM" || !code.IsQRIS() {
		t.Errorf("issuer %q, last four %q, label %q, QRIS %t", code.Issuer(), code.LastFour(), code.Label(), code.IsQRIS())
	}
	if name, ok := code.Applications()[0].Value(tagName); !ok || string(name) != "BUDI CONTOH" {
		t.Errorf("name %q", name)
	}
	if token, ok := code.Applications()[0].Value(tagToken); !ok || string(token) != "012345678901234567890123" {
		t.Errorf("token %q", token)
	}
	if _, ok := code.Applications()[0].Value(0x9F10); ok {
		t.Error("a value that is not there")
	}
	track2, err := DecodeCPM(own(t, "cpm-track2-only"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := track2.Application()
	if a.PAN() != "" || a.Track2() != "9360099900000000017D30122010000000000" || a.Issuer() != "93600999" || a.LastFour() != "0017" {
		t.Errorf("PAN %q, track 2 %q, issuer %q, last four %q", a.PAN(), a.Track2(), a.Issuer(), a.LastFour())
	}
}

func TestSeveralApplications(t *testing.T) {
	code, err := decodeStrictly(payload(t, head+
		"6113 4F07A0000000999999 5A08 9999000000000001"+
		"6109 4F07A0000006022020"+
		"620F 5A08 9360099900000018 9F2502 4321"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(code.Applications()); n != 2 {
		t.Fatalf("%d applications", n)
	}
	if foreign := code.Applications()[0]; foreign.IsQRIS() || foreign.PAN() != "9999000000000001" {
		t.Errorf("the first: AID %s", foreign.AID())
	}
	a, ok := code.Application()
	if !ok || !a.IsQRIS() || a.PAN() != "9360099900000018" || code.LastFour() != "4321" {
		t.Errorf("the one to pay by: AID %s, last four %s; its account is in the common template", a.AID(), code.LastFour())
	}
}

// TestShortAccounts: of a PAN at least four digits stay hidden.
func TestShortAccounts(t *testing.T) {
	for _, c := range []struct{ pan, issuer, last string }{
		{"9360099900000000017F", "93600999", "0017"},
		{"9360099900000018", "93600999", "0018"},
		{"936009990000018F", "936009", "0018"},
		{"93600999000018", "936009", "0018"},
		{"9360099900018F", "", ""},
		{"93600999", "", ""},
	} {
		code, err := DecodeCPM(payload(t, head+"61"+hexByte(11+len(c.pan)/2)+"4F07A0000006022020 5A"+hexByte(len(c.pan)/2)+c.pan))
		if err != nil {
			t.Fatal(err)
		}
		if code.Issuer() != c.issuer || code.LastFour() != c.last {
			t.Errorf("%s: issuer %q, last four %q; want %q, %q", c.pan, code.Issuer(), code.LastFour(), c.issuer, c.last)
		}
	}
}

func hexByte(n int) string { return hex.EncodeToString([]byte{byte(n)}) }

func TestLenientOnly(t *testing.T) {
	plain := own(t, "cpm-short-form")
	for name, text := range map[string]string{
		"line end":              plain + "\r\n",
		"split by a scanner":    plain[:40] + " " + plain[40:80] + "\x1d" + plain[80:],
		"no padding":            strings.TrimRight(plain, "="),
		"URL alphabet":          strings.NewReplacer("+", "-", "/", "_").Replace(payload(t, head+"6112 4F07A0000006022020 5007 FBEFBEFFEFBFBE")),
		"length in 81":          payload(t, head+"61810E 4F07A0000006022020 5003 414243"),
		"length in 82":          payload(t, head+"6182000E 4F07A0000006022020 5003 414243"),
		"padding":               payload(t, head+"00 610E 4F07A0000006022020 5003 414243 00"),
		"opaque 63":             payload(t, head+"610E 4F07A0000006022020 6303 414243"),
		"no AID":                payload(t, head+"6105 5003 414243"),
		"short AID":             payload(t, head+"6103 4F01A0"),
		"PAN not of digits":     payload(t, head+"610D 4F07A0000006022020 5A02 12A4"),
		"track 2 without D":     payload(t, head+"610D 4F07A0000006022020 5702 1234"),
		"last four of three":    payload(t, head+"610E 4F07A0000006022020 9F2502 123F"),
		"common PAN of letters": payload(t, head+"6109 4F07A0000006022020 6204 5A02 12A4"),
	} {
		code, err := DecodeCPM(text)
		if err != nil || code.Strict() {
			t.Errorf("%s: %v, strict %t", name, err, code.Strict())
		}
		if _, err := decodeStrictly(text); err == nil {
			t.Errorf("%s: read strictly", name)
		}
	}
}

func TestCPMErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", ErrEmpty},
		{"513 characters", strings.Repeat("A", 513), ErrTooLong},
		{"not base64", "hQVDUFYwM!!!", ErrBase64},
		{"two padded codes", own(t, "cpm-min") + own(t, "cpm-min"), ErrBase64},
		{"two codes in one", payload(t, head+head), ErrOrder},
		{"cut within a character", "hQVDU", ErrTruncated},
		{"cut after a tag", payload(t, head+"61"), ErrTruncated},
		{"cut within a tag", payload(t, head+"61019F"), ErrTruncated},
		{"cut within a length", payload(t, head+"6181"), ErrTruncated},
		{"cut in the old form", payload(t, head+"618C 4F07A0000006022020"), ErrTruncated},
		{"another template first", payload(t, "6109 4F07A0000006022020"), ErrMode},
		{"another format", payload(t, "8505 4350563041"), ErrMode},
		{"a short format", payload(t, "8504 43505630"), ErrMode},
		{"tag 00 as padding only", payload(t, "0000"), ErrMode},
		{"tag of four bytes", payload(t, head+"9F81818101 00"), ErrTag},
		{"too deep", payload(t, head+"610A 6108 6106 6104 6102 6100"), ErrOrder},
	} {
		_, err := DecodeCPM(c.text)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if _, err := decodeStrictly(c.text); err == nil {
			t.Errorf("%s: read strictly", c.name)
		}
	}
}

func TestZeroCodes(t *testing.T) {
	var code CPM
	if code.Version() != "" || code.Strict() || code.IsQRIS() || code.Issuer() != "" || code.LastFour() != "" ||
		code.Label() != "" || code.Applications() != nil || code.String() != "no code" {
		t.Errorf("a code of nothing says %v", code)
	}
	var a Application
	if a.PAN() != "" || a.Track2() != "" || a.HasAccount() || a.AID() != "" {
		t.Errorf("an application of nothing says %v", a)
	}
	var m MPM
	if m.CRCOK() || m.Value("59") != "" || m.IsQRIS() || m.Purpose() != "" || m.NMID() != "" {
		t.Errorf("a merchant's code of nothing says %v", m)
	}
}
