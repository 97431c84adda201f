package views

import (
	"errors"

	"cashier/qr"
	"cashier/ui"
	"cashier/ui/words"
)

// picture is a code as it fits a box; it is kept as long as the box stays.
type picture struct {
	text    string
	drawing qr.Drawing
	misfit  error // why there is no drawing: it is never cut
	box     [2]int
}

func (p *picture) fit(columns, rows int) {
	if box := [2]int{columns, rows}; p.box != box {
		p.box = box
		p.drawing, p.misfit = qr.Fit(p.text, qr.Box{Cols: columns, Rows: rows})
	}
}

// misfitLines say why a customer's code is not drawn in a window of width
// columns and height rows, chrome included; tooLarge says that it would fit
// with nothing beside it.
func (d *desk) misfitLines(p *picture, width, height int, tooLarge, tooLargeAlone words.Key) []string {
	var large qr.TooLarge
	text := d.T("code.unfit")
	if errors.As(p.misfit, &large) {
		key := tooLarge
		if _, err := qr.Fit(p.text, qr.Box{Cols: width, Rows: height}); err != nil {
			key, large.HaveCols, large.HaveRows = tooLargeAlone, width, height
		}
		text = d.T(key, "need", size(large.NeedCols, large.NeedRows), "have", size(large.HaveCols, large.HaveRows))
	}
	lines := wrap(signed(ui.Unsure, text), min(width-6, readable))
	for i := range lines {
		lines[i] = d.Theme.Tone(ui.Unsure, lines[i])
	}
	return lines
}

// alone draws the code in the middle of a whole window, or nil when it does
// not fit.
func (d *desk) drawAlone(p *picture, width, height int) []string {
	p.fit(width, height)
	if p.misfit != nil {
		return nil
	}
	out := make([]string, (height-p.drawing.Rows())/2, height)
	return append(out, indent(p.drawing.Lines(d.QR), (width-p.drawing.Cols())/2)...)
}
