package paper

import (
	"encoding/hex"
	"flag"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cashier/qr"
	"cashier/qr/qrtest"
)

var update = flag.Bool("update", false, "write the golden bytes of testdata")

// sample has every kind of line.
func sample() *Document {
	return new(Document).
		Title("*** TEST - NO REAL MONEY ***").Center("Kopi Kenangan Café, Jl. Jenderal Sudirman No. 1, Jakarta Pusat").
		Rule().Pair("Payment", "QRIS").Pair("Time", "20 Nov 2026 15.04.19").Pair("Left out", "").
		Pair("A label that is long", "and a value that does not stand beside it on narrow paper at all").
		Large("Rp1.234.567").Large("Rp999.999.999.999.999").
		Whole("Q261120150412K7M2RX4T9WZBQ261120150412K7M2RX4T9WZB").Space().
		Code("userid123456789").
		Text("naïve “quotes” … Łódź · 東京 – ok")
}

func sheet(t *testing.T, width int, letters string, cut Cut) Sheet {
	t.Helper()
	l, err := LettersOf(letters)
	if err != nil {
		t.Fatal(err)
	}
	return Sheet{Width: width, Letters: l, Cut: cut}
}

// TestGoldenBytes holds each byte of a job, and what it would look like.
func TestGoldenBytes(t *testing.T) {
	for name, s := range map[string]Sheet{
		"58-pc437-partial": sheet(t, 58, "", ""), "80-pc437-full": sheet(t, 80, "pc437", CutFull), "58-wpc1252-none": sheet(t, 58, "wpc1252", CutNone),
	} {
		t.Run(name, func(t *testing.T) {
			job, err := sample().Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			out, err := readJob(job, Columns(s.Width))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", readable(out.lines)+"\n"+hex.Dump(job))
			if out.page != s.Letters.page || !out.american || len(out.codes) != 1 || out.queries != 0 {
				t.Errorf("%+v", out)
			}
			if want := map[Cut][]string{"": {"partial"}, CutFull: {"full"}, CutNone: nil}[s.Cut]; !slices.Equal(out.cuts, want) {
				t.Errorf("cuts %v, want %v", out.cuts, want)
			}
		})
	}
	for _, columns := range []int{32, 48} {
		golden(t, map[int]string{32: "text-32.txt", 48: "text-48.txt"}[columns], strings.Join(sample().Render(columns), "\n")+"\n")
	}
}

// readable writes bytes beyond ASCII as \x82.
func readable(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		for _, c := range []byte(strings.NewReplacer("«", "<b>", "»", "</b>").Replace(l)) {
			if c < 0x80 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

// TestCommands compares the commands with the reference's own hexadecimal
// lines (Epson, "ESC/POS Command Reference": GS ( k functions 165 to 181).
func TestCommands(t *testing.T) {
	for want, got := range map[string][]byte{
		"1b40": initialise, "1c2e": noKanji, "1b5200": noCountry, "1b4d00": fontA, "1b7410": codePage(16), "1b6101": align(true), "1b6100": align(false),
		"1b4501": emphasise(true), "1b4500": emphasise(false), "1d2111": double(true), "1d2100": double(false), "1b6403": feed(3),
		"1d564100": cutFull, "1d564200": cutPartial, "1d7201": askPaper,
		"1d286b0400314132" + "00": modelTwo, "1d286b0300314305": moduleSize(5), "1d286b0300314531": levelM, "1d286b0300314530": levelL,
		"1d286b0500315030" + "6162": storeCode("ab"), "1d286b0300315130": drawStored,
	} {
		if hex.EncodeToString(got) != want {
			t.Errorf("% x, want %s", got, want)
		}
	}
	if head := storeCode(strings.Repeat("x", 300))[3:5]; head[0] != 0x2F || head[1] != 1 {
		t.Errorf("300 bytes are counted as % x", head)
	}
}

// TestCodeIsScannable draws the code as a printer does, from what the job says,
// and reads it back.
func TestCodeIsScannable(t *testing.T) {
	for _, text := range []string{"userid123456789", "00020101021126" + strings.Repeat("A1b2", 100), strings.Repeat("x", 512), "naïve-é"} {
		for _, width := range []int{58, 80} {
			job, err := new(Document).Title("x").Code(text).Text("y").Encode(sheet(t, width, "", ""))
			if err != nil {
				t.Fatal(err)
			}
			out, err := readJob(job, Columns(width))
			if err != nil || len(out.codes) != 1 {
				t.Fatalf("%v: %+v", err, out)
			}
			c := out.codes[0]
			if c.text != text || c.model != 2 || c.module < 2 || c.module > 16 {
				t.Fatalf("the code is %+v, want %q", c, text)
			}
			grid, err := qr.Encode(c.text, map[byte]qr.Level{'L': qr.L, 'M': qr.M}[c.level])
			if err != nil {
				t.Fatal(err)
			}
			if side := (grid.Size() + 8) * c.module; side > dots(width) {
				t.Errorf("%d dots do not fit %d mm", side, width)
			}
			paper := image.NewGray(image.Rect(0, 0, dots(width), dots(width)))
			left := (dots(width) - grid.Size()*c.module) / 2
			for y := range dots(width) {
				for x := range dots(width) {
					shade := color.Gray{0xFF}
					if x >= left && y >= left && grid.Dark((x-left)/c.module, (y-left)/c.module) {
						shade = color.Gray{0}
					}
					paper.SetGray(x, y, shade)
				}
			}
			if got, err := qrtest.DecodeImage(paper); err != nil || got != text {
				t.Errorf("%d mm, %d bytes: read %q, %v", width, len(text), got, err)
			}
		}
	}
	if _, err := new(Document).Code(strings.Repeat("x", 8000)).Encode(sheet(t, 58, "", "")); err == nil {
		t.Error("a code that is too long is printed")
	}
	if _, err := new(Document).Code("").Encode(sheet(t, 58, "", "")); err == nil {
		t.Error("an empty code is printed")
	}
}

func TestLetters(t *testing.T) {
	dos, windows := sheet(t, 58, "pc437", "").Letters, sheet(t, 58, "wpc1252", "").Letters
	for _, c := range []struct {
		l          Letters
		text, want string
	}{
		{dos, "Café", "Caf\x82"}, {windows, "Café", "Caf\xe9"}, {dos, "Łódź", "L\xa2dz"}, {dos, "…", "..."}, {dos, "東京", "??"},
		{dos, "e\u0301", "e"}, {windows, "½ ×", "\xbd \xd7"}, {dos, "½ × ÷", "\xab x /"}, {dos, "a\x1b@\x07\n\u009bb\u202ec", "a@bc"}, {dos, "ＡＢ１", "AB1"},
		{dos, "a\u2003b", "a b"}, {dos, "\xff\xfe", "??"}, {windows, "€5", "EUR5"}, {dos, "🙂", "?"},
	} {
		if got := string(c.l.bytes(c.l.fit(c.text))); got != c.want {
			t.Errorf("%s: %q is % x, want % x", c.l.Name, c.text, got, c.want)
		}
	}
	if _, err := LettersOf("utf-8"); err == nil {
		t.Error("a table that is not there is found")
	}
}

// FuzzNoCommand: whatever stands in a document, a job has the commands that we
// put there and no other one.
func FuzzNoCommand(f *testing.F) {
	for _, s := range []string{"Budi", "\x1b@\x1dV\x00", "\x1d(k\x03\x001Q0", "é\u0085\u2028\x10\x04\x01", strings.Repeat("long ", 60), "\xc2\x1b", "ǅ\u0300"} {
		f.Add(s, "v"+s)
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		for _, s := range []Sheet{sheet(t, 58, "pc437", ""), sheet(t, 80, "wpc1252", CutNone)} {
			d := new(Document).Text(text).Pair(text, value).Whole(value).Large(text).Title(value).Center(text)
			job, err := d.Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			out, err := readJob(job, Columns(s.Width))
			if err != nil {
				t.Fatalf("%q, %q: %v in % x", text, value, err, job)
			}
			if len(out.cuts) > 1 || len(out.codes) > 0 || out.queries > 0 {
				t.Fatalf("a text became a command: %+v", out)
			}
			for _, l := range d.Render(Columns(s.Width)) {
				if w := width(l); w > Columns(s.Width) || strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 }) {
					t.Fatalf("a line of %d columns: %q", w, l)
				}
			}
		}
	})
}
