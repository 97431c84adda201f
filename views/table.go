package views

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cashier/ui"
)

// table draws rows without headings into width columns; the row number at is
// marked, -1 marks none; gap columns stand between two columns. It is ui.List's
// look for places that are no list.
func (d *desk) table(width, gap int, columns []ui.Column, rows []ui.Row, at int) []string {
	widths := make([]int, len(columns))
	flex, used := -1, gap*(len(columns)-1)
	for i, c := range columns {
		widths[i] = c.Width
		if c.Width == 0 {
			for _, r := range rows {
				widths[i] = max(widths[i], ansi.StringWidth(r.Cells[i].Text))
			}
		}
		if c.Flex {
			flex = i
			continue
		}
		used += widths[i]
	}
	if flex >= 0 {
		widths[flex] = max(width-used, 4)
	}
	lines := make([]string, len(rows))
	for n, r := range rows {
		parts := make([]string, len(columns))
		for i, c := range columns {
			text := fill(r.Cells[i].Text, widths[i], c.Right)
			if n != at {
				text = d.Theme.Tone(r.Cells[i].Tone, text)
			}
			parts[i] = text
		}
		line := strings.Join(parts, strings.Repeat(" ", gap))
		if n == at {
			line = d.Theme.Cursor(strings.TrimRight(line, " "))
		}
		lines[n] = line
	}
	return lines
}

// fill makes text exactly width columns wide; right puts the spaces before it.
func fill(text string, width int, right bool) string {
	text = ui.Clip(text, width)
	spaces := strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
	if right {
		return spaces + text
	}
	return text + spaces
}

// wrap breaks text into lines of at most width columns, words that are too
// long too.
func wrap(text string, width int) []string {
	return strings.Split(ansi.Wrap(text, max(width, 1), ""), "\n")
}

// indent puts n spaces before every line that has something in it.
func indent(lines []string, n int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		if l != "" {
			l = strings.Repeat(" ", n) + l
		}
		out[i] = l
	}
	return out
}

// joinIndented is indent for a whole block.
func joinIndented(block string, n int) string {
	return strings.Join(indent(strings.Split(block, "\n"), n), "\n")
}

// beside stands right, gap columns behind left, which gets width columns.
func beside(left []string, width, gap int, right []string) []string {
	out := make([]string, max(len(left), len(right)))
	for i := range out {
		var l string
		if i < len(left) {
			l = ansi.Truncate(left[i], width, "")
		}
		if i < len(right) && right[i] != "" {
			l += strings.Repeat(" ", max(0, width-ansi.StringWidth(l))+gap) + right[i]
		}
		out[i] = l
	}
	return out
}
