package qr_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cashier/qr"
	"cashier/qr/qrtest"
)

var colours = []qr.Colour{qr.TrueColour, qr.Colour256, qr.Colour16}

func printable(lo, hi int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		n := rapid.IntRange(lo, hi).Draw(t, "length")
		text := make([]byte, n)
		for i := range text {
			text[i] = rapid.ByteRange(' ', '~').Draw(t, "character")
		}
		return string(text)
	})
}

// TestDrawingsDecode: whatever is drawn is read back, by a decoder that is not
// ours, from the cells of an emulated terminal.
func TestDrawingsDecode(t *testing.T) {
	boxes := []qr.Box{
		{Cols: 80, Rows: 24}, {Cols: 80, Rows: 24, Mode: qr.HalfBlocks},
		{Cols: 120, Rows: 40}, {Cols: 120, Rows: 40, Mode: qr.Spaces},
		{Cols: 45, Rows: 23}, {Cols: 61, Rows: 33}, {Cols: 400, Rows: 200}, {Cols: 400, Rows: 200, Mode: qr.HalfBlocks},
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := printable(1, 512).Draw(rt, "text")
		box := rapid.SampledFrom(boxes).Draw(rt, "box")
		th := rapid.SampledFrom(themes).Draw(rt, "theme")
		colour := rapid.SampledFrom(colours).Draw(rt, "colour")
		d, err := qr.Fit(text, box)
		var large qr.TooLarge
		if errors.As(err, &large) {
			if large.NeedCols <= box.Cols && large.NeedRows <= box.Rows {
				rt.Fatalf("refused although it fits: %v", err)
			}
			box.Cols, box.Rows = large.NeedCols, large.NeedRows
			d, err = qr.Fit(text, box)
		}
		if err != nil {
			rt.Fatalf("Fit(%d bytes, %+v): %v", len(text), box, err)
		}
		if d.Cols() > box.Cols || d.Rows() > box.Rows {
			rt.Fatalf("%dx%d drawn into %+v", d.Cols(), d.Rows(), box)
		}
		if box.Mode != qr.Auto && d.Mode() != box.Mode || d.Quiet() < 2 || d.Grid().Version() < 2 {
			rt.Fatalf("%v, quiet zone %d, version %d for %+v", d.Mode(), d.Quiet(), d.Grid().Version(), box)
		}
		wantOnScreen(rt, d.Lines(colour), d, text, th)
		shown, err := qr.Show(text, box, colour)
		if err != nil {
			rt.Fatal(err)
		}
		wantOnScreen(rt, shown, d, text, th)
	})
}

// TestEveryLengthDecodes leaves no length to chance; with -short every 7th.
func TestEveryLengthDecodes(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 7
	}
	for n := 1; n <= 512; n += step {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(' ' + random.IntN('~'-' '+1))
		}
		d, err := qr.Fit(string(text), qr.Box{Cols: 400, Rows: 200, Mode: qr.HalfBlocks})
		if err != nil {
			t.Fatalf("length %d, seed %d: %v", n, seed, err)
		}
		if d.Grid().Level() != qr.M || d.Quiet() != 4 {
			t.Fatalf("length %d: level %v, quiet zone %d in a large box", n, d.Grid().Level(), d.Quiet())
		}
		if !t.Run(fmt.Sprintf("length %d, seed %d", n, seed), func(t *testing.T) {
			wantOnScreen(t, d.Lines(colours[n%3]), d, string(text), themes[n%2])
		}) {
			return
		}
	}
}

// TestPayloadsDecode: the texts this program draws, and ones that make encoders
// change their mode or version.
func TestPayloadsDecode(t *testing.T) {
	for name, text := range map[string]string{
		"one character":         "7",
		"user id":               "userid123456789",
		"digits":                strings.Repeat("0123456789", 30),
		"upper case":            "CDM2938845696 ABCDEF $%*+-./:",
		"mixed modes":           "ABC123456789012345abcDEFGHIJKLMNOP0000000000xyz",
		"base64":                "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=",
		"merchant code":         "00020101021126550016ID.CO.CONTOH.WWW0118936009990000000017",
		"spaces at both ends":   "  a  ",
		"characters of UTF-8":   "Rp 12.500 – selesai",
		"as long as a CPM code": strings.Repeat("hQVDUFYw", 64),
	} {
		t.Run(name, func(t *testing.T) {
			for _, mode := range []qr.Mode{qr.HalfBlocks, qr.Spaces} {
				for _, colour := range colours {
					for _, th := range themes {
						d, err := qr.Fit(text, qr.Box{Cols: 400, Rows: 200, Mode: mode})
						if err != nil {
							t.Fatal(err)
						}
						wantOnScreen(t, d.Lines(colour), d, text, th)
					}
				}
			}
		})
	}
}

func TestPNGDecodes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := printable(1, 512).Draw(rt, "text")
		scale := rapid.IntRange(2, 6).Draw(rt, "pixels a module")
		data, err := qr.PNG(text, scale)
		if err != nil {
			rt.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			rt.Fatal(err)
		}
		grid, err := qr.Encode(text, qr.M)
		if err != nil {
			rt.Fatal(err)
		}
		if side := (grid.Size() + 8) * scale; img.Bounds().Dx() != side || img.Bounds().Dy() != side {
			rt.Fatalf("the image is %v, want %d a side", img.Bounds(), side)
		}
		for x := range img.Bounds().Dx() {
			if r, g, b, _ := img.At(x, 4*scale-1).RGBA(); r&g&b != 0xffff {
				rt.Fatalf("something stands in the quiet zone at column %d", x)
			}
		}
		if got, err := qrtest.DecodeImage(img); err != nil || got != text {
			rt.Fatalf("read %q, %v; want %q", got, err, text)
		}
	})
}
