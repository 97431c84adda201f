package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	xterm "github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// theme is for text on standard output: escapes only where a terminal reads it
// and nobody asked for no colours.
func (a *app) theme() *ui.Theme {
	if a.noColor || os.Getenv("NO_COLOR") != "" || !isTerminal(a.out) {
		plain := termenv.Ascii
		return ui.NewTheme(ui.ThemeOptions{Profile: &plain})
	}
	return ui.NewTheme(ui.ThemeOptions{})
}

func isTerminal(f *os.File) bool { return f != nil && xterm.IsTerminal(f.Fd()) }

// size is the terminal's width and height, 80x24 where it does not say.
func size(f *os.File) (width, height int) {
	if w, h, err := xterm.GetSize(f.Fd()); err == nil && w > 0 && h > 0 {
		return w, h
	}
	return 80, 24
}

// pairs writes labels and values in two columns; a value of several lines
// stays in its column, an empty one is left out.
func pairs(w io.Writer, rows ...[2]string) {
	width := 0
	for _, r := range rows {
		if r[1] != "" {
			width = max(width, utf8.RuneCountInString(r[0]))
		}
	}
	for _, r := range rows {
		if r[1] == "" {
			continue
		}
		value := strings.ReplaceAll(r[1], "\n", "\n"+strings.Repeat(" ", width+2))
		fmt.Fprintf(w, "%s%s  %s\n", r[0], strings.Repeat(" ", width-utf8.RuneCountInString(r[0])), value)
	}
}

// column is one of a table: its cells are plain text, aligned before they are
// coloured.
type column struct {
	title string
	right bool
	style func(row int, cell string) string // may be nil
}

// table writes rows under titles.
func table(w io.Writer, t *ui.Theme, columns []column, rows [][]string) {
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = utf8.RuneCountInString(c.title)
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	line := func(cells []string, style func(i int, padded string) string) {
		var b strings.Builder
		for i, cell := range cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			switch {
			case columns[i].right:
				cell = pad + cell
			case i < len(cells)-1:
				cell += pad
			}
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(style(i, cell))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	line(titles, func(_ int, cell string) string { return t.Dim(cell) })
	for n, r := range rows {
		line(r, func(i int, cell string) string {
			if style := columns[i].style; style != nil {
				return style(n, cell)
			}
			return cell
		})
	}
}

// tones of states, deposits and checks: the colour never stands without the
// sign and the word.
func stateTone(s till.State) ui.Tone {
	switch s {
	case "active", "paid", "refunded":
		return ui.Good
	case "failed", "inactive", "cancelled", "not-found", "refused":
		return ui.Bad
	case "unknown", "parked", "late-paid", "doubled":
		return ui.Unsure
	case "unsent":
		return ui.Dim
	}
	return ui.Wait
}

func depositTone(s api.DepositState) ui.Tone {
	switch s {
	case api.DepositBooked:
		return ui.Good
	case api.DepositWaiting:
		return ui.Wait
	}
	return ui.Unsure
}

// signed is a word behind its sign.
func signed(tone ui.Tone, word string) string {
	if sign := ui.Sign(tone); sign != "" {
		return sign + " " + word
	}
	return word
}

// shellQuote writes a word so that it can be pasted into a shell.
func shellQuote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
