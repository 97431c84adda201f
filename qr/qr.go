// Package qr turns a text into a QR code that scanners really read from a
// terminal: a cached grid of modules, cells of that grid fitted to a box, or a
// PNG. How it draws was measured against terminals, themes and decoders: a code
// is at least version 2 (version 1 has no alignment pattern), is never inverted
// and keeps a drawn quiet zone of its own.
package qr

import (
	"errors"
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// Level is the share of a code that may be damaged and still be read.
type Level uint8

const (
	M Level = iota // about 15 %: the level to use where there is room
	L              // about 7 %: only to make a text fit
)

// String is the letter that ISO/IEC 18004 gives the level.
func (l Level) String() string {
	if l == L {
		return "L"
	}
	return "M"
}

func (l Level) recovery() qrcode.RecoveryLevel {
	if l == L {
		return qrcode.Low
	}
	return qrcode.Medium
}

// minVersion is the smallest version with an alignment pattern: of forty camera
// shots of a screen 24 were read at version 1 and all forty at version 2.
const minVersion = 2

// maxDigits is the capacity of the largest code (version 40, level L) for its
// densest content, digits (ISO/IEC 18004, table 7). Nothing longer can fit.
const maxDigits = 7089

// ErrEmpty says that there is nothing to encode.
var ErrEmpty = errors.New("qr: the text is empty")

// TooLong says that a text exceeds the largest QR code there is.
type TooLong struct {
	Bytes int   // length of the text
	Level Level // the level it was tried at
}

func (e TooLong) Error() string {
	return fmt.Sprintf("qr: a text of %d bytes does not fit the largest QR code at level %s", e.Bytes, e.Level)
}

// Grid is one encoded text, without quiet zone. It is immutable and may be
// shared; it does not keep the text.
type Grid struct {
	size    int    // modules a side: 17 + 4 * version
	version int    // 2 to 40
	level   Level  //
	dark    []bool // row by row

	drawn lastDrawn
}

// Size is the number of modules a side, quiet zone not included.
func (g *Grid) Size() int { return g.size }

// Version is the QR version, 2 to 40.
func (g *Grid) Version() int { return g.version }

// Level is the level the grid was encoded at.
func (g *Grid) Level() Level { return g.level }

// Dark reports whether the module in column x and row y is dark. Outside of
// the grid everything is light, which is what the quiet zone is.
func (g *Grid) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < g.size && y < g.size && g.dark[y*g.size+x]
}

// Encode returns the grid of text at level, from the cache when it was encoded
// before. The bytes of text are encoded as they are. The error is ErrEmpty or a
// TooLong. It may be called from several goroutines.
func Encode(text string, level Level) (*Grid, error) {
	return grids.get(text, level)
}

func encode(text string, level Level) (*Grid, error) {
	code, err := newCode(text, level)
	if err != nil {
		return nil, err
	}
	code.DisableBorder = true
	bitmap := code.Bitmap()
	g := &Grid{size: len(bitmap), version: code.VersionNumber, level: level}
	g.dark = make([]bool, 0, g.size*g.size)
	for _, row := range bitmap {
		g.dark = append(g.dark, row...)
	}
	return g, nil
}

func newCode(text string, level Level) (*qrcode.QRCode, error) {
	if text == "" {
		return nil, ErrEmpty
	}
	if len(text) > maxDigits {
		return nil, TooLong{Bytes: len(text), Level: level}
	}
	code, err := qrcode.New(text, level.recovery())
	if err == nil && code.VersionNumber < minVersion {
		code, err = qrcode.NewWithForcedVersion(text, minVersion, level.recovery())
	}
	if err != nil {
		return nil, TooLong{Bytes: len(text), Level: level} // go-qrcode has no other complaint left
	}
	return code, nil
}
