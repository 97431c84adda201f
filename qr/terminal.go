package qr

import (
	"bytes"
	"strings"

	"github.com/mdp/qrterminal/v3"
)

// byteCapacity is what version 40 holds at each level whatever the bytes are
// (ISO/IEC 18004, table 7). qrterminal drops its encoder's error and panics, so
// it is never given more.
var byteCapacity = [...]int{M: 2331, L: 2953}

// Show draws text like Fit and Lines do, by qrterminal where that gives the same
// drawing. It does not where it would have to be forced to version 2 (short
// texts), where our encoder found a smaller version by mixing modes, and where
// the quiet zone is odd (it leaves a dark edge): there our own drawing stands
// in. Errors are those of Fit.
func Show(text string, box Box, colour Colour) ([]string, error) {
	d, err := Fit(text, box)
	if err != nil {
		return nil, err
	}
	if lines := d.byQRTerminal(text, colour); lines != nil {
		return lines, nil
	}
	return d.Lines(colour), nil
}

// byQRTerminal is nil where qrterminal's drawing would not be ours.
func (d Drawing) byQRTerminal(text string, colour Colour) []string {
	if len(text) > byteCapacity[d.grid.level] || d.mode == HalfBlocks && d.quiet%2 != 0 {
		return nil
	}
	cell := func(s cellStyle) string {
		if d.mode == Spaces {
			return colour.sgr(s) + "  "
		}
		return colour.sgr(s) + s.glyph()
	}
	level := qrterminal.M
	if d.grid.level == L {
		level = qrterminal.L
	}
	var out bytes.Buffer // never os.Stdout, which it would probe and wait for
	qrterminal.GenerateWithConfig(text, qrterminal.Config{
		Level:          level,
		Writer:         &out,
		HalfBlocks:     d.mode == HalfBlocks,
		WhiteChar:      cell(lightCell),
		BlackChar:      cell(darkCell),
		WhiteBlackChar: cell(lightOverDark),
		BlackWhiteChar: cell(darkOverLight),
		QuietZone:      d.quiet,
	})
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != d.Rows() { // another version than ours
		return nil
	}
	if d.mode == HalfBlocks {
		// Its last row is light over dark, for terminals without colours.
		lines[len(lines)-1] = strings.Repeat(cell(lightCell), d.Cols())
	}
	for i := range lines {
		lines[i] += sgrReset
	}
	return lines
}
