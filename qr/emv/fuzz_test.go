package emv

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.Payload)
		f.Add(s.Payload[:len(s.Payload)/2])
	}
	for _, s := range []string{"", boarding, "https://example.test", "hQVDUFYwMWH/", "0002010000", "00020063040۹00"} {
		f.Add(s)
	}
}

// wrapsOne reports whether err is one of the errors that the package promises.
func wrapsOne(err error) bool {
	for _, known := range []error{ErrEmpty, ErrTooLong, ErrTruncated, ErrBase64, ErrMode, ErrTag, ErrLength, ErrOrder, ErrDigits, ErrMissing} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

func FuzzDecodeCPM(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		code, err := DecodeCPM(text)
		strict, strictErr := decodeStrictly(text)
		wantNoPart(t, err, text)
		wantNoPart(t, strictErr, text)
		if err != nil && !wrapsOne(err) || strictErr != nil && !wrapsOne(strictErr) {
			t.Fatalf("errors of their own kind: %v, %v", err, strictErr)
		}
		if strictErr == nil {
			if err != nil || !code.Strict() {
				t.Fatalf("read strictly and not leniently: %v", err)
			}
			if again, err := encode(strict.code.open().nodes); err != nil || again != text {
				t.Fatalf("written again it differs: %v", err)
			}
		}
		if err == nil && code.Strict() != (strictErr == nil) {
			t.Fatalf("Strict() is %t; strictly: %v", code.Strict(), strictErr)
		}
		shown := fmt.Sprintf("%v %+v %#v", code, code.Applications(), struct{ c CPM }{code})
		for _, a := range code.Applications() {
			if pan := a.PAN(); len(pan) > 8 && strings.Contains(shown, pan) {
				t.Fatal("a PAN is shown")
			}
			if pan := a.account(); pan != "" && len(a.Issuer()) > len(pan)-8 && a.Issuer() != "" {
				t.Fatalf("of %d digits %d and four are shown", len(pan), len(a.Issuer()))
			}
		}
	})
}

func FuzzDecodeMPM(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		code, err := DecodeMPM(text)
		wantNoPart(t, err, text)
		if err != nil {
			if !wrapsOne(err) {
				t.Fatalf("an error of its own kind: %v", err)
			}
			return
		}
		// The checksum may be four characters of more bytes: wrong, but in its place.
		signed, sum := cutTail(text)
		if !strings.HasSuffix(signed, "6304") {
			t.Fatal("read without a checksum at its end")
		}
		if want := fmt.Sprintf("%04X", CRC16([]byte(signed))); code.CRCOK() != strings.EqualFold(sum, want) {
			t.Fatalf("checksum right: %t, computed %s", code.CRCOK(), want)
		}
		if strings.ContainsFunc(code.Name()+code.Amount()+code.NMID(), func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x9b }) {
			t.Fatal("a control character reaches the screen")
		}
	})
}

// cutTail cuts off the last four characters.
func cutTail(s string) (before, tail string) {
	end := len(s)
	for range 4 {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	return s[:end], s[end:]
}

func FuzzScan(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		code, err := Scan(text)
		wantNoPart(t, err, text)
		var refusal Refusal
		switch {
		case err == nil:
			if code.Refusal() != ReasonNone || !code.IsQRIS() || Classify(text) != KindCPM {
				t.Fatalf("charged: %v", code)
			}
		case !errors.As(err, &refusal) || plain()[refusal.Reason] == "":
			t.Fatalf("refused without a reason: %v", err)
		}
	})
}
