package emv

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCRC16(t *testing.T) {
	// The check value of CRC-16/CCITT-FALSE in the catalogues of CRC algorithms.
	if got := CRC16([]byte("123456789")); got != 0x29B1 {
		t.Errorf("got %04X, want 29B1", got)
	}
	if got := CRC16(nil); got != 0xFFFF {
		t.Errorf("of nothing: %04X", got)
	}
}

// withCRC ends a payload with its checksum.
func withCRC(s string) string {
	s += "6304"
	return s + fmt.Sprintf("%04X", CRC16([]byte(s)))
}

func TestMPMOfAMerchant(t *testing.T) {
	m, err := DecodeMPM(own(t, "mpm-tip-fixed"))
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"initiation": {m.Initiation(), "12"}, "amount": {m.Amount(), "25000"}, "currency": {m.Currency(), "360"},
		"category": {m.Category(), "5812"}, "country": {m.Country(), "ID"}, "name": {m.Name(), "WARUNG CONTOH"},
		"city": {m.City(), "JAKARTA"}, "postal": {m.Postal(), "10000"}, "NMID": {m.NMID(), "ID0000000000001"},
		"PAN": {m.Value("26", "01"), "936009990000000017"}, "tip": {m.Value("56"), "2000"}, "purpose": {m.Purpose(), ""},
		"terminal": {m.Value("62", "07"), "A01"}, "nothing": {m.Value("62", "99"), ""}, "too deep": {m.Value("59", "01"), ""},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	if !m.IsQRIS() || !m.CRCOK() {
		t.Errorf("QRIS %t, checksum %t", m.IsQRIS(), m.CRCOK())
	}
}

func TestMPMPurposes(t *testing.T) {
	for _, purpose := range []string{"CDPT", "CWDL", "DMCT"} {
		m, err := DecodeMPM(own(t, "mpm-tts-"+strings.ToLower(purpose)))
		if err != nil || m.Purpose() != purpose || !m.IsQRIS() {
			t.Errorf("%s: purpose %q, QRIS %t, %v", purpose, m.Purpose(), m.IsQRIS(), err)
		}
	}
}

func TestMPMForeign(t *testing.T) {
	for name, text := range map[string]string{
		"another currency":          withCRC("000201" + "51180014ID.CO.QRIS.WWW" + "5303458"),
		"another country's account": withCRC("000201" + "2612010858873402" + "5303360"),
	} {
		if m, err := DecodeMPM(text); err != nil || m.IsQRIS() || !m.CRCOK() {
			t.Errorf("%s: QRIS %t, checksum %t, %v", name, m.IsQRIS(), m.CRCOK(), err)
		}
	}
}

func TestMPMAmounts(t *testing.T) {
	for text, want := range map[string]string{
		"25000": "25000", "25000.50": "25000.50", "25000.": "25000.", "0": "0",
		".5": "", "1,5": "", "-1": "", "1e5": "", "1.2.3": "", "1 0": "",
	} {
		m, err := DecodeMPM(withCRC(fmt.Sprintf("000201"+"54%02d%s", len(text), text)))
		if err != nil || m.Amount() != want {
			t.Errorf("%q: got %q, %v; want %q", text, m.Amount(), err, want)
		}
	}
}

func TestMPMChecksum(t *testing.T) {
	good := own(t, "mpm-crc-leading-zero")
	if m, err := DecodeMPM(strings.ToLower(good[len(good)-4:])); err == nil {
		t.Errorf("a tail alone is read: %v", m)
	}
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"as is":         {good, true},
		"small letters": {strings.TrimSuffix(own(t, "mpm-static"), "AB7A") + "ab7a", true},
		"other digits":  {good[:len(good)-1] + "9", false},
		"no hex":        {good[:len(good)-1] + "Z", false},
		"another name":  {strings.Replace(good, "WARUNG", "WARANG", 1), false},
	} {
		if m, err := DecodeMPM(c.text); err != nil || m.CRCOK() != c.ok {
			t.Errorf("%s: checksum %t, %v; want %t", name, m.CRCOK(), err, c.ok)
		}
	}
}

// TestMPMText: what a stranger's code says is stripped of what a terminal obeys.
func TestMPMText(t *testing.T) {
	m, err := DecodeMPM(withCRC("000201" + "5910a\x1b[31m\u202eb\x9bé"))
	if err != nil || m.Name() != "a[31mbé" {
		t.Errorf("name %q, %v", m.Name(), err)
	}
}

func TestMPMErrors(t *testing.T) {
	good := own(t, "mpm-static")
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", ErrEmpty},
		{"513 characters", "000201" + strings.Repeat("5", 507), ErrTooLong},
		{"something else", "userid123456789", ErrMode},
		{"no checksum", good[:len(good)-8], ErrTruncated},
		{"cut within the checksum", good[:len(good)-2], ErrTruncated},
		{"cut within an id", "0002015", ErrTruncated},
		{"cut within the format", "000", ErrTruncated},
		{"an id of letters", "000201" + "A902ab", ErrTag},
		{"a length with a sign", "000201" + "59+2ab", ErrTag},
		{"something behind the checksum", good + "5902ab", ErrOrder},
		{"two codes", good + good, ErrOrder},
		{"a checksum of three", "000201" + "6303ABC", ErrLength},
	} {
		if _, err := DecodeMPM(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	for n := range good {
		if _, err := DecodeMPM(good[:n]); err == nil {
			t.Errorf("the first %d characters are read", n)
		}
	}
}
