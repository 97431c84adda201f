package qr

import (
	"errors"
	"fmt"
	"iter"
)

// Mode is the way modules become cells.
type Mode uint8

const (
	Auto       Mode = iota // Spaces where there is room, else HalfBlocks
	HalfBlocks             // a cell holds two modules, one above the other
	Spaces                 // a module is two cells wide and one high
)

// String names the mode.
func (m Mode) String() string {
	switch m {
	case HalfBlocks:
		return "half blocks"
	case Spaces:
		return "spaces"
	}
	return "auto"
}

// The quiet zone in modules: what ISO/IEC 18004 asks for, and what still reads.
const (
	fullQuiet  = 4
	leastQuiet = 2
)

// Box is the room for a code, in cells.
type Box struct {
	Cols, Rows int
	Mode       Mode // the zero value leaves the choice to Fit
}

// TooLarge says that a code is not drawn since it would be cut. Need is the
// least room that would do, with the lower level and the narrowest quiet zone.
type TooLarge struct {
	NeedCols, NeedRows int
	HaveCols, HaveRows int
}

func (e TooLarge) Error() string {
	return fmt.Sprintf("qr: the code needs %dx%d, have %dx%d (columns x rows)", e.NeedCols, e.NeedRows, e.HaveCols, e.HaveRows)
}

// Drawing is a code that fits its box. The zero value draws nothing.
type Drawing struct {
	grid  *Grid
	mode  Mode
	quiet int
}

// Grid is the code that is drawn.
func (d Drawing) Grid() *Grid { return d.grid }

// Mode is HalfBlocks or Spaces.
func (d Drawing) Mode() Mode { return d.mode }

// Quiet is the width of the quiet zone on each side, 2 to 4 modules.
func (d Drawing) Quiet() int { return d.quiet }

// Cols is the width in cells, quiet zone included.
func (d Drawing) Cols() int {
	switch {
	case d.grid == nil:
		return 0
	case d.mode == Spaces:
		return 2 * d.side()
	}
	return d.side()
}

// Rows is the height in cells, quiet zone included. With half blocks the odd
// number of modules leaves half a row, which is drawn light like the quiet zone.
func (d Drawing) Rows() int {
	switch {
	case d.grid == nil:
		return 0
	case d.mode == Spaces:
		return d.side()
	}
	return (d.side() + 1) / 2
}

func (d Drawing) side() int { return d.grid.size + 2*d.quiet }

func (d Drawing) fits(b Box) bool { return d.Cols() <= b.Cols && d.Rows() <= b.Rows }

// Fit finds the most readable drawing of text in box: two spaces a module with
// nothing given up where there is room, else half blocks; then level L before
// a narrower quiet zone, since a screen damages nothing but its surroundings
// come close. The error is ErrEmpty, a TooLong, or a TooLarge when not even the
// smallest drawing fits: nothing is ever cut.
func Fit(text string, box Box) (Drawing, error) {
	var last Drawing
	for d, err := range candidates(text, box.Mode) {
		if err != nil {
			return Drawing{}, err
		}
		if d.fits(box) {
			return d, nil
		}
		last = smaller(last, d)
	}
	return Drawing{}, TooLarge{NeedCols: last.Cols(), NeedRows: last.Rows(), HaveCols: box.Cols, HaveRows: box.Rows}
}

func smaller(a, b Drawing) Drawing {
	if a.grid == nil || b.Cols() < a.Cols() {
		return b
	}
	return a
}

// candidates yields drawings from the best to the smallest. An error ends it.
func candidates(text string, mode Mode) iter.Seq2[Drawing, error] {
	return func(yield func(Drawing, error) bool) {
		dense := HalfBlocks
		if mode == Spaces {
			dense = Spaces
		}
		for quiet := fullQuiet; quiet >= leastQuiet; quiet-- {
			for _, level := range []Level{M, L} {
				grid, err := Encode(text, level)
				if level == M && errors.As(err, new(TooLong)) {
					continue
				}
				if err != nil {
					yield(Drawing{}, err)
					return
				}
				if mode == Auto && level == M && quiet == fullQuiet && !yield(Drawing{grid, Spaces, quiet}, nil) {
					return
				}
				if !yield(Drawing{grid, dense, quiet}, nil) {
					return
				}
			}
		}
	}
}
