package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Clip shortens s to width columns, with … where something is missing.
func Clip(s string, width int) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(s, width, "…")
}

// pad fills s with spaces to width columns; right puts them before it.
func pad(s string, width int, right bool) string {
	fill := width - ansi.StringWidth(s)
	if fill <= 0 {
		return s
	}
	if right {
		return strings.Repeat(" ", fill) + s
	}
	return s + strings.Repeat(" ", fill)
}

// fit makes a block exactly width columns and height rows large.
func fit(block string, width, height int) []string {
	lines := strings.Split(strings.TrimSuffix(block, "\n"), "\n")
	out := make([]string, height)
	for i := range out {
		if i < len(lines) {
			out[i] = ansi.Truncate(lines[i], width, "")
		}
	}
	return out
}

// overlay puts a box in the middle of lines that are width columns wide.
func overlay(lines []string, width int, boxed string) []string {
	rows := strings.Split(boxed, "\n")
	wide := 0
	for _, r := range rows {
		wide = max(wide, ansi.StringWidth(r))
	}
	top, left := max(0, (len(lines)-len(rows))/2), max(0, (width-wide)/2)
	for i, row := range rows {
		at := top + i
		if at >= len(lines) {
			break
		}
		under := pad(lines[at], width, false)
		lines[at] = ansi.Truncate(under, left, "") + pad(row, wide, false) + ansi.TruncateLeft(under, left+wide, "")
	}
	return lines
}

// box draws a border around lines, each inner columns wide.
func box(t *Theme, inner int, lines []string) string {
	edge := t.Accent("│")
	var b strings.Builder
	b.WriteString(t.Accent("╭"+strings.Repeat("─", inner+4)+"╮") + "\n")
	for _, l := range lines {
		b.WriteString(edge + "  " + pad(Clip(l, inner), inner, false) + "  " + edge + "\n")
	}
	b.WriteString(t.Accent("╰" + strings.Repeat("─", inner+4) + "╯"))
	return b.String()
}

// Columns stands right beside left: left gets what right leaves of width
// columns, with gap columns between. The right block must be unstyled or reset
// at its lines' ends.
func Columns(width, gap int, left, right string) string {
	r := strings.Split(strings.TrimSuffix(right, "\n"), "\n")
	l := strings.Split(strings.TrimSuffix(left, "\n"), "\n")
	wide := 0
	for _, line := range r {
		wide = max(wide, ansi.StringWidth(line))
	}
	room := max(0, width-wide-gap)
	var b strings.Builder
	for i := range max(len(l), len(r)) {
		var a, z string
		if i < len(l) {
			a = ansi.Truncate(l[i], room, "")
		}
		if i < len(r) {
			z = r[i]
		}
		b.WriteString(strings.TrimRight(pad(a, room, false)+strings.Repeat(" ", gap)+z, " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Minutes writes a duration as m:ss.
func Minutes(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Progress is one line of width columns: a bar, and how much of the time is
// over: "━━━━━───── 0:07 of 1:00".
func (k Kit) Progress(width int, elapsed, total time.Duration) string {
	note := k.T("shell.time-of", "gone", Minutes(min(elapsed, total)), "whole", Minutes(total))
	room := width - ansi.StringWidth(note) - 2
	if room < 4 {
		return note
	}
	done := room
	if total > 0 {
		done = int(int64(room) * int64(min(max(elapsed, 0), total)) / int64(total))
	}
	return k.Theme.Accent(strings.Repeat("━", done)) + k.Theme.Dim(strings.Repeat("─", room-done)) + "  " + note
}

// Pair is a label and its value; the tone colours the value.
type Pair struct {
	Label, Value string
	Tone         Tone
}

// Pairs draws pairs one below the other, the values aligned and wrapped to
// width columns.
func (k Kit) Pairs(width int, pairs ...Pair) string {
	wide := 0
	for _, p := range pairs {
		wide = max(wide, ansi.StringWidth(p.Label))
	}
	wide = max(0, min(wide, width/2))
	var b strings.Builder
	for _, p := range pairs {
		label := k.Theme.Dim(pad(Clip(p.Label, wide), wide, false))
		for _, line := range strings.Split(ansi.Wrap(p.Value, max(1, width-wide-3), ""), "\n") {
			b.WriteString(label + "   " + k.Theme.Tone(p.Tone, line) + "\n")
			label = strings.Repeat(" ", wide)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
