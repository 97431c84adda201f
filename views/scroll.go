package views

import (
	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui"
)

// scroll moves through a text that is longer than the screen.
type scroll struct{ top int }

// bindings are its keys; lines is how long the text is now.
func (s *scroll) bindings(height int, lines func() int) []ui.Binding {
	by := func(n func() int) func() tea.Cmd {
		return func() tea.Cmd { s.top += n(); return nil }
	}
	page := func() int { return max(1, height-2) }
	return []ui.Binding{
		{Keys: []string{"down", "j"}, Label: "shell.down", Hidden: lines() <= height, Do: by(func() int { return 1 })},
		{Keys: []string{"up", "k"}, Label: "shell.up", Hidden: true, Do: by(func() int { return -1 })},
		{Keys: []string{"pgdown", "ctrl+f"}, Label: "shell.page-down", Hidden: true, Do: by(page)},
		{Keys: []string{"pgup", "ctrl+b"}, Label: "shell.page-up", Hidden: true, Do: by(func() int { return -page() })},
		{Keys: []string{"home", "g"}, Label: "shell.first", Hidden: true, Do: by(func() int { return -s.top })},
		{Keys: []string{"end", "G"}, Label: "shell.last", Hidden: true, Do: by(lines)},
	}
}

// cut is the part that is shown; its last line tells what is left.
func (s *scroll) cut(d *desk, lines []string, height int) []string {
	s.top = max(0, min(s.top, len(lines)-height))
	lines = lines[s.top:]
	if len(lines) > height {
		lines = append(lines[:height-1:height-1], d.Theme.Dim("   "+d.T("detail.more", "n", len(lines)-height+1)))
	}
	return lines
}
