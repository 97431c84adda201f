// Package qrtest reads QR codes back from the cells of a terminal screen, so
// that tests prove what a scanner would see and not what was meant to be drawn.
// Only tests import it.
package qrtest

import (
	"errors"
	"image"
	"image/color"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Cell returns what stands in column x and row y of a screen: its text and its
// colours, nil for a colour that nobody set (the terminal's default, which no
// code may rely on).
type Cell func(x, y int) (content string, fg, bg color.Color)

// Code is a QR code found on a screen.
type Code struct {
	Text    string
	Modules int             // a side, quiet zone not included
	Scale   int             // 1: half blocks, 2: two cells a module
	Quiet   int             // whole light modules around it on every side, counted up to maxQuiet
	Dark    image.Rectangle // the code without its quiet zone: columns, and half rows
}

// ErrNotFound says that no three finder patterns stand on the screen as a QR
// code has them.
var ErrNotFound = errors.New("qrtest: no QR code on the screen")

const (
	finder   = 7 // modules a side of a finder pattern
	maxQuiet = 10
	// zoom is the size in pixels that half a row gets in the image for the decoder.
	zoom = 4
)

// Decode returns the text of the QR code on a screen of cols x rows cells, with
// any text around it.
func Decode(cell func(x, y int) (content string, fg, bg color.Color), cols, rows int) (string, error) {
	code, err := Find(cell, cols, rows)
	return code.Text, err
}

// Find is Decode with where and how the code stands. The error is ErrNotFound,
// or that of the decoder where patterns stand and do not decode.
func Find(cell Cell, cols, rows int) (Code, error) {
	s := read(cell, cols, rows)
	failed := ErrNotFound
	for scale := 1; scale <= 2; scale++ {
		for y := range s.height {
			for x := range s.width {
				if !s.finderAt(x, y, scale) {
					continue
				}
				for modules := 21; x+modules*scale <= s.width && y+modules*scale <= s.height; modules += 4 {
					far := (modules - finder) * scale
					if !s.finderAt(x+far, y, scale) || !s.finderAt(x, y+far, scale) {
						continue
					}
					code := Code{Modules: modules, Scale: scale}
					code.Dark = image.Rect(x, y, x+modules*scale, y+modules*scale)
					code.Quiet = s.quiet(code.Dark, scale)
					var err error
					if code.Text, err = DecodeImage(s.image(code)); err == nil {
						return code, nil
					}
					failed = err
				}
			}
		}
	}
	return Code{}, failed
}

// DecodeImage decodes an image that shows one QR code and its quiet zone.
func DecodeImage(img image.Image) (string, error) {
	var failed error
	// The detector first: it works like a camera's. On grids that it misses the
	// reader for generated images has the last word.
	for _, hints := range []map[gozxing.DecodeHintType]any{
		{gozxing.DecodeHintType_TRY_HARDER: true},
		{gozxing.DecodeHintType_PURE_BARCODE: true},
	} {
		bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			return "", err
		}
		result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
		if err == nil {
			return result.GetText(), nil
		}
		failed = err
	}
	return "", failed
}

// tone is what half a cell looks like: a scanner sees light, dark, or what the
// theme has put there.
type tone uint8

const (
	themed tone = iota
	light
	dark
)

// screen holds two tones a cell, one above the other, which makes them square.
type screen struct {
	width, height int
	tones         []tone
}

func read(cell Cell, cols, rows int) *screen {
	s := &screen{width: cols, height: 2 * rows, tones: make([]tone, 2*cols*rows)}
	for y := range rows {
		for x := range cols {
			content, fg, bg := cell(x, y)
			upper, lower := themed, themed
			switch content {
			case " ", "":
				upper, lower = toneOf(bg), toneOf(bg)
			case "▄":
				upper, lower = toneOf(bg), toneOf(fg)
			case "▀":
				upper, lower = toneOf(fg), toneOf(bg)
			case "█":
				upper, lower = toneOf(fg), toneOf(fg)
			}
			s.tones[2*y*cols+x], s.tones[(2*y+1)*cols+x] = upper, lower
		}
	}
	return s
}

func toneOf(c color.Color) tone {
	if c == nil {
		return themed
	}
	if color.GrayModel.Convert(c).(color.Gray).Y >= 128 {
		return light
	}
	return dark
}

func (s *screen) at(x, y int) tone {
	if x < 0 || y < 0 || x >= s.width || y >= s.height {
		return themed
	}
	return s.tones[y*s.width+x]
}

// finderAt reports whether a finder pattern begins at x, y: a dark ring, a light
// ring and a dark heart of three modules.
func (s *screen) finderAt(x, y, scale int) bool {
	for dy := range finder * scale {
		for dx := range finder * scale {
			mx, my := dx/scale, dy/scale
			ring := min(mx, my, finder-1-mx, finder-1-my)
			want := dark
			if ring == 1 {
				want = light
			}
			if s.at(x+dx, y+dy) != want {
				return false
			}
		}
	}
	return true
}

// quiet counts the whole light rings of modules around r.
func (s *screen) quiet(r image.Rectangle, scale int) int {
	for n := range maxQuiet * scale {
		ring := r.Inset(-n - 1)
		for x := ring.Min.X; x < ring.Max.X; x++ {
			if s.at(x, ring.Min.Y) != light || s.at(x, ring.Max.Y-1) != light {
				return n / scale
			}
		}
		for y := ring.Min.Y; y < ring.Max.Y; y++ {
			if s.at(ring.Min.X, y) != light || s.at(ring.Max.X-1, y) != light {
				return n / scale
			}
		}
	}
	return maxQuiet
}

// image shows the code with the quiet zone that stands on the screen, and no
// more of it than four modules.
func (s *screen) image(c Code) image.Image {
	r := c.Dark.Inset(-min(c.Quiet, 4) * c.Scale)
	img := image.NewGray(image.Rect(0, 0, r.Dx()*zoom, r.Dy()*zoom))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if s.at(r.Min.X+x/zoom, r.Min.Y+y/zoom) == light {
				img.Pix[img.PixOffset(x, y)] = 0xff
			}
		}
	}
	return img
}
