package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"cashier/qr"
)

func (a *app) qrShowCommand() *cobra.Command {
	var text string
	var cols, rows int
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Draw a text as a QR code on the terminal",
		Long: `Draws the text of --text, or of standard input, as a QR code. The colours are
part of the code and do not follow --no-color. What does not fit is not drawn.
With --json the answer is the drawing's measures and its modules, a 1 for each
dark one.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&text, "text", "", "`TEXT` to draw (default: standard input)")
	cmd.Flags().IntVar(&cols, "cols", 0, "room in `COLUMNS` (default: the terminal's)")
	cmd.Flags().IntVar(&rows, "rows", 0, "room in `ROWS` (default: the terminal's)")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if cols < 0 || rows < 0 {
			return usagef("--cols and --rows must not be negative")
		}
		text, err := a.qrText(cmd, text)
		if err != nil {
			return err
		}
		return a.showCode(text, qr.Box{Cols: cols, Rows: rows})
	})
	return cmd
}

// scroll is the room where there is no terminal whose height could cut a
// code: the largest code there is.
const scroll = 400

func (a *app) showCode(text string, box qr.Box) error {
	width, height := scroll, scroll
	if isTerminal(a.out) {
		width, height = size(a.out)
		height-- // the prompt's
	} else if box.Mode == qr.Auto {
		box.Mode = qr.HalfBlocks // whoever shows the text later may have 80 columns
	}
	if box.Cols == 0 {
		box.Cols = width
	}
	if box.Rows == 0 {
		box.Rows = height
	}
	drawing, err := qr.Fit(text, box)
	if err != nil {
		return cannotDraw(err)
	}
	if a.json {
		return a.printJSON(drawingJSON(drawing))
	}
	lines, err := qr.Show(text, box, qr.Detect(os.Getenv))
	if err != nil {
		return cannotDraw(err)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(a.out, line); err != nil {
			return err
		}
	}
	return nil
}

type codeJSON struct {
	Version int      `json:"version"`
	Level   string   `json:"level"`
	Quiet   int      `json:"quietZone"`
	Cols    int      `json:"cols"`
	Rows    int      `json:"rows"`
	Modules []string `json:"modules"`
}

func drawingJSON(d qr.Drawing) codeJSON {
	g := d.Grid()
	j := codeJSON{Version: g.Version(), Level: g.Level().String(), Quiet: d.Quiet(), Cols: d.Cols(), Rows: d.Rows()}
	for y := range g.Size() {
		row := make([]byte, g.Size())
		for x := range row {
			row[x] = '0'
			if g.Dark(x, y) {
				row[x] = '1'
			}
		}
		j.Modules = append(j.Modules, string(row))
	}
	return j
}

// cannotDraw is a text that makes no code here: nothing was drawn.
func cannotDraw(err error) error {
	f := &failure{exit: exitEnded, code: "too-long", message: err.Error(), err: err}
	if large, ok := errors.AsType[qr.TooLarge](err); ok {
		f.code = "too-large"
		f.advice = fmt.Sprintf("It needs %d columns and %d rows, there are %d and %d. Enlarge the terminal, or write a picture with: cashier qr png",
			large.NeedCols, large.NeedRows, large.HaveCols, large.HaveRows)
	}
	return f
}
