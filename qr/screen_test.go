package qr_test

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"cashier/qr"
	"cashier/qr/qrtest"
)

// theme is a terminal's own colours, which a code must not depend on.
type theme struct {
	name    string
	fg, bg  color.Color
	palette bool // the sixteen colours are redefined too, light and dark kept
}

var themes = []theme{
	{name: "dark", fg: color.RGBA{0xd0, 0xd0, 0xd0, 0xff}, bg: color.RGBA{0x10, 0x10, 0x18, 0xff}},
	{name: "light", fg: color.RGBA{0x20, 0x20, 0x20, 0xff}, bg: color.RGBA{0xfd, 0xf6, 0xe3, 0xff}, palette: true},
}

// show draws lines in an emulator at column left and row top, among letters that
// fill the rest of the screen in the theme's colours and reversed.
func show(t rapid.TB, lines []string, th theme, left, top, cols, rows int) *vt.Emulator {
	t.Helper()
	screen := vt.NewEmulator(cols, rows)
	screen.SetDefaultForegroundColor(th.fg)
	screen.SetDefaultBackgroundColor(th.bg)
	if th.palette {
		screen.SetIndexedColor(0, color.RGBA{0x07, 0x36, 0x42, 0xff})
		screen.SetIndexedColor(15, color.RGBA{0xfd, 0xf6, 0xe3, 0xff})
		screen.SetIndexedColor(16, color.RGBA{0xcb, 0x4b, 0x16, 0xff})
	}
	var out strings.Builder
	for y := range rows {
		fmt.Fprintf(&out, "\x1b[%d;1H\x1b[7m%s", y+1, strings.Repeat("x", cols))
	}
	for i, line := range lines {
		fmt.Fprintf(&out, "\x1b[%d;%dH\x1b[1;2;7m%s", top+i+1, left+1, line)
	}
	if _, err := screen.WriteString(out.String()); err != nil {
		t.Fatal(err)
	}
	return screen
}

func cells(screen *vt.Emulator) qrtest.Cell {
	return func(x, y int) (string, color.Color, color.Color) {
		c := screen.CellAt(x, y)
		if c == nil {
			return " ", nil, nil
		}
		fg, bg := inPalette(screen, c.Style.Fg), inPalette(screen, c.Style.Bg)
		if c.Style.Attrs != 0 { // reversed, bold or faint: not the colours that were asked for
			fg, bg = nil, nil
		}
		return c.Content, fg, bg
	}
}

// inPalette resolves a palette colour to what the theme has made of it.
func inPalette(screen *vt.Emulator, c color.Color) color.Color {
	switch c := c.(type) {
	case ansi.BasicColor:
		return screen.IndexedColor(int(c))
	case ansi.IndexedColor:
		return screen.IndexedColor(int(c))
	}
	return c
}

// wantOnScreen proves by the cells alone that d is drawn as text: it decodes,
// has its quiet zone on all sides, and is exactly as large as it says.
func wantOnScreen(t rapid.TB, lines []string, d qr.Drawing, text string, th theme) {
	t.Helper()
	const left, top = 3, 2
	cols, rows := d.Cols()+8, d.Rows()+5
	if len(lines) != d.Rows() {
		t.Fatalf("%d lines for %d rows", len(lines), d.Rows())
	}
	screen := show(t, lines, th, left, top, cols, rows)
	defer screen.Close()
	code, err := qrtest.Find(cells(screen), cols, rows)
	if err != nil {
		t.Fatalf("%s: %q is not read from the screen: %v", th.name, text, err)
	}
	if code.Text != text {
		t.Fatalf("%s: read %q, want %q", th.name, code.Text, text)
	}
	wantScale := map[qr.Mode]int{qr.HalfBlocks: 1, qr.Spaces: 2}[d.Mode()]
	if code.Quiet != d.Quiet() || code.Modules != d.Grid().Size() || code.Scale != wantScale {
		t.Fatalf("%s: on the screen %+v; drawn with quiet zone %d, %d modules, %v",
			th.name, code, d.Quiet(), d.Grid().Size(), d.Mode())
	}
	for y := range rows {
		for x := range cols {
			inside := x >= left && x < left+d.Cols() && y >= top && y < top+d.Rows()
			content := screen.CellAt(x, y).Content
			if inside != (content == " " || content == "▄") {
				t.Fatalf("%s: cell %d,%d holds %q; the code has %dx%d at %d,%d", th.name, x, y, content, d.Cols(), d.Rows(), left, top)
			}
		}
	}
}
