package qrtest_test

import (
	"errors"
	"image/color"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"cashier/qr/qrtest"
)

// plane is a screen of half rows, drawn by the peer encoder of gozxing and not
// by ours.
type plane struct {
	cols, rows int
	tone       map[[2]int]color.Color
}

func (p plane) cell(x, y int) (string, color.Color, color.Color) {
	upper, drawn := p.tone[[2]int{x, 2 * y}]
	if !drawn {
		return "x", nil, nil
	}
	return "▄", p.tone[[2]int{x, 2*y + 1}], upper
}

func draw(t *testing.T, text string, left, top, quiet int, inverted bool) plane {
	t.Helper()
	matrix, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 0, 0,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: quiet})
	if err != nil {
		t.Fatal(err)
	}
	p := plane{cols: 80, rows: 40, tone: map[[2]int]color.Color{}}
	for y := range matrix.GetHeight() + matrix.GetHeight()%2 {
		for x := range matrix.GetWidth() {
			p.tone[[2]int{left + x, top + y}] = color.White
			isDark := y < matrix.GetHeight() && matrix.Get(x, y)
			if isDark != inverted {
				p.tone[[2]int{left + x, top + y}] = color.Black
			}
		}
	}
	return p
}

func TestFindsACodeAmongText(t *testing.T) {
	for _, quiet := range []int{1, 2, 4} {
		p := draw(t, "user id 4711", 17, 6, quiet, false)
		code, err := qrtest.Find(p.cell, p.cols, p.rows)
		if err != nil || code.Text != "user id 4711" || code.Quiet != quiet {
			t.Errorf("quiet zone %d: got %+v, %v", quiet, code, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	inverted := draw(t, "user id 4711", 17, 6, 4, true)
	cut := draw(t, "user id 4711", 17, 6, 4, false)
	cut.cols = 17 + 4 + 16
	empty := plane{cols: 80, rows: 24}
	for name, p := range map[string]plane{"inverted": inverted, "cut": cut, "empty": empty} {
		if text, err := qrtest.Decode(p.cell, p.cols, p.rows); !errors.Is(err, qrtest.ErrNotFound) {
			t.Errorf("%s: read %q, %v; want ErrNotFound", name, text, err)
		}
	}
}

func TestCountsWhatStandsInTheQuietZone(t *testing.T) {
	p := draw(t, "user id 4711", 17, 6, 4, false)
	delete(p.tone, [2]int{18, 20}) // a letter in the second column of the zone
	delete(p.tone, [2]int{18, 21})
	code, err := qrtest.Find(p.cell, p.cols, p.rows)
	if err != nil || code.Quiet != 2 {
		t.Errorf("got %+v, %v; want a quiet zone of 2", code, err)
	}
}

func TestDamageIsAnError(t *testing.T) {
	p := draw(t, "user id 4711", 17, 6, 4, false)
	for y := 6 + 4 + 8; y < 6+4+13; y++ {
		for x := 17 + 4; x < 17+4+21; x++ {
			p.tone[[2]int{x, y}] = color.Black
		}
	}
	if text, err := qrtest.Decode(p.cell, p.cols, p.rows); err == nil {
		t.Errorf("read %q from a code that has lost a quarter", text)
	}
}
