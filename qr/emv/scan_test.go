package emv

import (
	"errors"
	"strings"
	"testing"
)

// boarding is the example of IATA's BCBP implementation guide, made up there.
const boarding = "M1DESMARAIS/LUC       EABC123 YULFRAAC 0834 326J001A0025 100"

func TestClassify(t *testing.T) {
	cpm, mpm := own(t, "cpm-short-form"), own(t, "mpm-dynamic")
	for _, c := range []struct {
		name, text string
		want       Kind
	}{
		{"nothing", "", KindEmpty},
		{"an Enter alone", " \r\n", KindEmpty},
		{"a customer's code", cpm, KindCPM},
		{"a customer's code with an Enter", cpm + "\r\n", KindCPM},
		{"a customer's code split", cpm[:50] + "\x1d" + cpm[50:], KindCPM},
		{"a customer's code of no scheme", own(t, "cpm-no-61"), KindCPM},
		{"a merchant's code", mpm, KindMPM},
		{"a merchant's code with a wrong checksum", own(t, "mpm-bad-crc"), KindMPM},
		{"a cash deposit", own(t, "mpm-tts-cdpt"), KindMPM},
		{"a boarding pass", boarding, KindBoardingPass},
		{"a boarding pass of two legs", strings.Replace(boarding, "M1", "M2", 1), KindBoardingPass},
		{"a short scan of a boarding pass", boarding[:20], KindBoardingPass},
		{"a link", "https://qris.example/pay?x=1", KindLink},
		{"a link in capitals", "HTTPS://QRIS.EXAMPLE/PAY", KindLink},
		{"a wallet's link", "dana://pay/1", KindLink},
		{"a link without a scheme", "www.example.test", KindLink},
		{"a customer's code, cut", own(t, "cpm-truncated"), KindHalf},
		{"a customer's code, garbled", own(t, "cpm-not-base64"), KindHalf},
		{"a customer's code without its first key", cpm[1:], KindHalf},
		{"the beginning of a customer's code", "hQVD", KindHalf},
		{"two customers' codes", cpm + cpm, KindHalf},
		{"a merchant's code, cut", mpm[:60], KindHalf},
		{"a merchant's code, its tail", mpm[60:], KindHalf},
		{"two merchants' codes", mpm + mpm, KindHalf},
		{"the beginning of a merchant's code", "000201", KindHalf},
		{"513 characters", strings.Repeat("h", 513), KindTooLong},
		{"a customer's code of 513", cpm[:12] + strings.Repeat("A", 501), KindTooLong},
		{"a link of 513", "https://" + strings.Repeat("a", 505), KindTooLong},
		{"512 characters of three bytes", strings.Repeat("最", 512), KindUnknown},
		{"an article", "8992761139018", KindUnknown},
		{"a courier's id", "userid123456789", KindUnknown},
		{"M1 alone", "M1", KindUnknown},
		{"a product that begins with M1", "M1-4711-A", KindUnknown},
		{"bytes", "\xff\xfe\x00", KindUnknown},
	} {
		if got := Classify(c.text); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Refusal
	}{
		{"nothing", "", Refusal{KindEmpty, ReasonEmpty}},
		{"a merchant's code", own(t, "mpm-static"), Refusal{KindMPM, ReasonMerchantCode}},
		{"a boarding pass", boarding, Refusal{KindBoardingPass, ReasonBoardingPass}},
		{"a link", "https://example.test", Refusal{KindLink, ReasonLink}},
		{"half a scan", own(t, "cpm-truncated"), Refusal{KindHalf, ReasonHalfScan}},
		{"too long", strings.Repeat("7", 513), Refusal{KindTooLong, ReasonTooLong}},
		{"an article", "8992761139018", Refusal{KindUnknown, ReasonUnknown}},
		{"another version", own(t, "cpm-bad-cpv"), Refusal{KindCPM, ReasonVersion}},
		{"no application", own(t, "cpm-no-61"), Refusal{KindCPM, ReasonNoApplication}},
		{"another scheme", own(t, "cpm-foreign-aid"), Refusal{KindCPM, ReasonForeignScheme}},
		{"no account", own(t, "cpm-no-pan"), Refusal{KindCPM, ReasonNoAccount}},
	} {
		code, err := Scan(c.text)
		var got Refusal
		if !errors.As(err, &got) || got != c.want || code.code != nil {
			t.Errorf("%s: got %v, %v; want %+v", c.name, code, err, c.want)
		}
		if plain()[c.want.Reason] == "" || got.Error() == "emv: " {
			t.Errorf("%s: no words for %q", c.name, c.want.Reason)
		}
	}
	for _, id := range []string{"cpm-min", "cpm-short-form", "cpm-len81", "cpm-len82", "cpm-track2-only", "cpm-nonber-length"} {
		if code, err := Scan(own(t, id) + "\r"); err != nil || !code.IsQRIS() {
			t.Errorf("%s: %v, %v", id, code, err)
		}
	}
}

// TestNoPartOfAScanIsCharged: however much a scanner loses at either end, what is
// left is refused.
func TestNoPartOfAScanIsCharged(t *testing.T) {
	for _, s := range samples(t) {
		if s.Mode != "CPM" {
			continue
		}
		whole := strings.TrimRight(s.Payload, "=")
		for n := range whole {
			if code, err := Scan(whole[:n]); err == nil {
				t.Errorf("%s: the first %d of %d characters are charged: %v", s.ID, n, len(whole), code)
			}
			if n > 0 {
				if code, err := Scan(s.Payload[n:]); err == nil {
					t.Errorf("%s: all but the first %d characters are charged: %v", s.ID, n, code)
				}
			}
		}
	}
}
