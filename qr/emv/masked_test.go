package emv

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
)

var asciiPrintable = &unicode.RangeTable{R16: []unicode.Range16{{Lo: ' ', Hi: '~', Stride: 1}}, LatinOffset: 1}

// said is everything that v gives away, in any way a program prints things:
// alone, by pointer, in a slice or a map, in exported and unexported fields.
func said(t testing.TB, v any) string {
	t.Helper()
	type holder struct {
		Open   any
		hidden any
	}
	var out bytes.Buffer
	forms := []any{v, &v, []any{v}, map[string]any{"k": v}, holder{v, v}, &holder{v, v}, fmt.Errorf("%v", v)}
	if code, ok := v.(CPM); ok {
		forms = append(forms, code.Applications(), struct{ hidden CPM }{code}, &struct{ hidden *CPM }{&code}, struct{ hidden []Application }{code.Applications()})
	}
	if code, ok := v.(MPM); ok {
		forms = append(forms, struct{ hidden MPM }{code}, &code)
	}
	for _, form := range forms {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%o", "%10.3v"} {
			fmt.Fprintf(&out, verb+"\n", form)
		}
		fmt.Fprintln(&out, form)
		fmt.Fprint(&out, form)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).With("with", form).Info("scanned", "code", form, slog.Group("g", "v", form))
		}
		data, err := json.Marshal(form)
		fmt.Fprintln(&out, string(data), err)
		data, err = xml.Marshal(form)
		fmt.Fprintln(&out, string(data), err)
		err = gob.NewEncoder(&out).Encode(form)
		fmt.Fprintln(&out, err)
	}
	return out.String()
}

// spellings are the ways in which a secret could show.
func spellings(secret string) []string {
	return []string{
		secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		strings.Trim(fmt.Sprint([]byte(secret)), "[]"), fmt.Sprintf("%q", secret),
	}
}

func wantSilent(t *testing.T, what, out string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		for _, s := range spellings(secret) {
			if strings.Contains(strings.ToLower(out), strings.ToLower(s)) {
				t.Errorf("%s: %q is shown", what, s)
			}
		}
	}
}

func TestCodesPrintNoCardData(t *testing.T) {
	const pan = "9360099912345678904"
	const track2 = "9360099912345678904D3012201"
	inner := "4F07A0000006022020" + "50075152495343504D" + "5711" + hexDigits(track2+"000000") + "5A0A" + hexDigits(pan) +
		"5F200B" + hex.EncodeToString([]byte("BUDI CONTOH")) + "630B9F7408" + hex.EncodeToString([]byte("tokenabc"))
	card := payload(t, head+"61"+hexByte(len(inner)/2)+inner)
	code, err := decodeStrictly(card)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := code.Application()
	if a.PAN() != pan || !strings.HasPrefix(a.Track2(), track2) { // the positive control: it is there
		t.Fatalf("PAN or track 2 is not read")
	}
	for what, v := range map[string]any{"code": code, "pointer": &code, "application": a, "pointer to application": &a} {
		out := said(t, v)
		wantSilent(t, what, out, pan, "1234567890", "123456", track2, "D3012201", "BUDI", "tokenabc", card, card[:24])
		if !strings.Contains(out, "93600999") || !strings.Contains(out, "8904") {
			t.Errorf("%s does not show issuer and last four", what)
		}
	}
	if got := code.String(); got != "CPM code: QRIS, issuer 93600999, last four 8904" {
		t.Errorf("got %s", got)
	}
}

func hexDigits(s string) string {
	if len(s)%2 != 0 {
		s += "F"
	}
	return s
}

func TestMerchantCodesPrintNothing(t *testing.T) {
	m, err := DecodeMPM(own(t, "mpm-tts-cdpt"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Name() != "BUDI CONTOH" {
		t.Fatalf("name %q", m.Name())
	}
	wantSilent(t, "merchant's code", said(t, m), "BUDI", "936009990000000017", "00020101")
	if got := m.String(); got != "MPM code: QRIS" {
		t.Errorf("got %s", got)
	}
}

func TestCardsPrintNothing(t *testing.T) {
	card := Card{PAN: testPAN, Name: "BUDI CONTOH", Token: "tokenabc"}
	var out bytes.Buffer
	for _, form := range []any{card, &card, []Card{card}, struct{ Open Card }{card}} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", form, form, form, form, form, form, form)
		slog.New(slog.NewTextHandler(&out, nil)).Info("card", "card", form)
		data, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
	}
	wantSilent(t, "card", out.String(), testPAN, "BUDI", "tokenabc")
}

// TestTheSearchFinds: the positive control of the tests above.
func TestTheSearchFinds(t *testing.T) {
	type leak struct{ PAN string }
	for _, v := range []any{leak{testPAN}, map[string]string{"pan": testPAN}, []byte(testPAN)} {
		out, found := said(t, v), false
		for _, s := range spellings(testPAN) {
			found = found || strings.Contains(out, s)
		}
		if !found {
			t.Errorf("%T prints a PAN and the search does not see it", v)
		}
	}
}

// TestErrorsSayNothing: no error repeats any six characters of what was decoded.
func TestErrorsSayNothing(t *testing.T) {
	cpm, mpm := own(t, "cpm-len82"), own(t, "mpm-tts-cdpt")
	for _, text := range []string{cpm, mpm} {
		for n := range text {
			for _, broken := range []string{text[:n], text[n:], text[:n] + "!" + text[n:], text[:n] + "0" + text[n:]} {
				_, strict := decodeStrictly(broken)
				_, lenient := DecodeCPM(broken)
				_, merchant := DecodeMPM(broken)
				_, scan := Scan(broken)
				for _, err := range []error{strict, lenient, merchant, scan} {
					wantNoPart(t, err, broken)
				}
			}
		}
	}
}

func wantNoPart(t testing.TB, err error, text string) {
	t.Helper()
	if err == nil {
		return
	}
	message := fmt.Sprintf("%v %+v %#v", err, err, err)
	for i := 0; i+6 <= len(text); i++ {
		part := text[i : i+6]
		if strings.Contains(message, part) && !strings.Contains(everyMessage(), part) {
			t.Fatalf("the error repeats %q: %s", part, message)
		}
	}
}

// everyMessage is all text that errors may consist of beside offsets: a payload
// that happens to say the same is not repeated by them.
func everyMessage() string {
	var out strings.Builder
	for _, err := range []error{ErrEmpty, ErrTooLong, ErrTruncated, ErrBase64, ErrMode, ErrTag, ErrLength, ErrOrder, ErrDigits, ErrMissing} {
		for _, mode := range []string{"CPM", "MPM"} {
			wrapped := at(mode, 0, err)
			fmt.Fprintf(&out, "%v %+v %#v\n", wrapped, wrapped, wrapped)
		}
	}
	for reason, words := range plain() {
		fmt.Fprintf(&out, "emv: %s %#v\n", words, Refusal{Reason: reason})
	}
	return out.String()
}
