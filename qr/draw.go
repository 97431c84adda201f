package qr

import (
	"slices"
	"sync/atomic"
)

// lastDrawn is a grid's latest rendering: a screen paints the same one again
// and again.
type lastDrawn = atomic.Pointer[rendering]

type rendering struct {
	mode   Mode
	quiet  int
	colour Colour
	lines  []string
}

// Lines draws the code as Rows strings, each exactly Cols cells wide. A cell
// with two equal modules is a coloured space, one with two different modules is
// '▄' (foreground: the lower module, background: the upper one), which is the
// drawing that decoders read most often. Each line begins by resetting the
// style it finds and ends by resetting its own. The slice is the caller's.
func (d Drawing) Lines(colour Colour) []string {
	if d.grid == nil {
		return nil
	}
	if r := d.grid.drawn.Load(); r != nil && r.mode == d.mode && r.quiet == d.quiet && r.colour == colour {
		return slices.Clone(r.lines)
	}
	r := &rendering{mode: d.mode, quiet: d.quiet, colour: colour, lines: d.render(colour)}
	d.grid.drawn.Store(r)
	return slices.Clone(r.lines)
}

func (d Drawing) render(colour Colour) []string {
	var (
		buf   = make([]byte, 0, 24*d.Cols()*d.Rows()) // 24-bit colours take 13 to 22 bytes a cell
		ends  = make([]int, 0, d.Rows())
		g     = d.grid
		first = -d.quiet
		past  = g.size + d.quiet
	)
	for y := first; y < past; {
		current := cellStyles
		for x := first; x < past; x++ {
			var style cellStyle
			if d.mode == Spaces {
				style = styleOf(g.Dark(x, y), g.Dark(x, y))
			} else {
				style = styleOf(g.Dark(x, y), g.Dark(x, y+1))
			}
			if style != current {
				buf = append(buf, colour.sgr(style)...)
				current = style
			}
			buf = append(buf, style.glyph()...)
			if d.mode == Spaces {
				buf = append(buf, ' ')
			}
		}
		buf = append(buf, sgrReset...)
		ends = append(ends, len(buf))
		if d.mode == Spaces {
			y++
		} else {
			y += 2
		}
	}
	whole := string(buf)
	lines := make([]string, len(ends))
	start := 0
	for i, end := range ends {
		lines[i] = whole[start:end]
		start = end
	}
	return lines
}
