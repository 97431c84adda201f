package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"
)

// help is the overlay of all keys that work here.
type help struct {
	kit    Kit
	groups []KeyGroup
	port   viewport.Model
}

func newHelp(kit Kit, groups ...KeyGroup) *help {
	return &help{kit: kit, groups: groups, port: viewport.New(0, 0)}
}

// key scrolls; closed: the overlay is done with.
func (h *help) key(k tea.KeyMsg) (closed bool) {
	switch k.String() {
	case "esc", "?", "q", "enter":
		return true
	}
	h.port, _ = h.port.Update(k)
	return false
}

func (h *help) view(width, height int) string {
	t := h.kit.Theme
	inner := min(72, width-4) - 6
	wide := 0
	for _, g := range h.groups {
		for _, b := range g.Bindings {
			wide = max(wide, len([]rune(keyNames(b))))
		}
	}
	wide = min(wide, inner/3)
	var lines []string
	for _, g := range h.groups {
		if len(g.Bindings) == 0 {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, t.Accent(g.Title))
		for _, b := range g.Bindings {
			if len(b.Keys) == 0 {
				continue
			}
			text := h.kit.T(b.help())
			keys := pad(Clip(keyNames(b), wide), wide, false)
			if why := b.reason(); why != "" {
				lines = append(lines, t.Dim(Clip("  "+keys+"   "+text+" ("+why+")", inner)))
				continue
			}
			lines = append(lines, "  "+t.Strong(keys)+"   "+Clip(text, inner-wide-5))
		}
	}
	h.port.Width, h.port.Height = inner, min(len(lines), max(1, height-6))
	h.port.SetContent(strings.Join(lines, "\n"))
	out := []string{t.Strong(h.kit.T("shell.help-title")), ""}
	out = append(out, strings.Split(h.port.View(), "\n")...)
	out = append(out, t.Dim(h.place(len(lines))), t.Dim(h.kit.T("shell.help-close")))
	return box(t, inner, out)
}

// place says how far down the keys go when they do not all fit, "" when they do.
func (h *help) place(rows int) string {
	last := min(h.port.YOffset+h.port.Height, rows)
	if h.port.Height >= rows {
		return ""
	}
	arrow := "▾ "
	if last == rows {
		arrow = "▴ "
	}
	return arrow + h.kit.T("shell.list-place", "at", last, "all", rows)
}
