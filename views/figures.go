package views

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cashier/api"
)

// figureRows is the height of a large amount.
const figureRows = 3

// figures are characters in half blocks, three rows high.
var figures = map[rune][figureRows]string{
	'0': {"█▀█", "█ █", "▀▀▀"}, '1': {"▀█ ", " █ ", "▀▀▀"}, '2': {"▀▀█", "█▀▀", "▀▀▀"}, '3': {"▀▀█", " ▀█", "▀▀▀"},
	'4': {"█ █", "▀▀█", "  ▀"}, '5': {"█▀▀", "▀▀█", "▀▀▀"}, '6': {"█▀▀", "█▀█", "▀▀▀"}, '7': {"▀▀█", "  █", "  ▀"},
	'8': {"█▀█", "█▀█", "▀▀▀"}, '9': {"█▀█", "▀▀█", "▀▀▀"},
	'.': {" ", " ", "▀"}, ',': {" ", "▄", "▀"}, '-': {"  ", "▀▀", "  "},
	'R': {"█▀▄", "█▀▄", "▀ ▀"}, 'p': {"   ", "█▀█", "█▀▀"},
}

// large is an amount in figures, the largest thing on a money screen, in the
// middle of width columns; in plain bold characters where it does not fit.
func (d *desk) large(a api.Amount, width int) []string {
	text := d.rupiah(a)
	var rows [figureRows]string
	for _, r := range text {
		f, ok := figures[r]
		if !ok {
			return []string{"", middle(d.Theme.Money(text), width), ""}
		}
		for i := range rows {
			rows[i] += f[i] + " "
		}
	}
	if ansi.StringWidth(rows[0]) > width {
		return []string{"", middle(d.Theme.Money(text), width), ""}
	}
	out := make([]string, figureRows)
	for i, r := range rows {
		r = strings.TrimSuffix(r, " ")
		out[i] = strings.Repeat(" ", max(0, (width-ansi.StringWidth(rows[i])+1)/2)) + d.Theme.Money(r)
	}
	return out
}

// middle puts text into the middle of width columns.
func middle(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return strings.Repeat(" ", max(0, (width-ansi.StringWidth(text))/2)) + text
}
