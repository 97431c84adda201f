package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/words"
)

// Binding is one row of the table that feeds key handling, footer, help,
// palette and README.
type Binding struct {
	// Keys are Bubble Tea's names: "r", "enter", "ctrl+s", "up", " ". The first
	// one is shown. None at all: an action of the palette only.
	Keys []string
	// Label is the short name in footer and palette.
	Label words.Key
	// Help is the sentence in help and README; "" uses the label.
	Help words.Key
	// Do is the work. Nil is for rows that only tell of a key.
	Do func() tea.Cmd
	// Disabled says why it does not work now; nil or "" means it works.
	Disabled func() string
	// Hidden keeps it out of the footer.
	Hidden bool
	// Danger marks what moves money or cannot be undone: the shell asks first.
	Danger bool
	// Confirm is the question for Danger, whose choice does the work; nil asks a
	// plain "really?" before Do.
	Confirm func() Dialog
}

// reason is why the binding does not work now.
func (b Binding) reason() string {
	if b.Disabled == nil {
		return ""
	}
	return b.Disabled()
}

// help is the long text's key.
func (b Binding) help() words.Key {
	if b.Help != "" {
		return b.Help
	}
	return b.Label
}

// find gives the first binding that has the key.
func find(table []Binding, key string) (Binding, bool) {
	i := slices.IndexFunc(table, func(b Binding) bool { return slices.Contains(b.Keys, key) })
	if i < 0 {
		return Binding{}, false
	}
	return table[i], true
}

// printable reports whether the key types a character: the ones that a scanner
// may send and that a text input takes.
func printable(k tea.KeyMsg) bool {
	return (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) && !k.Alt
}

// glyphs are how keys are written on the screen.
var glyphs = map[string]string{
	"enter": "Enter", "esc": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", " ": "Space",
	"up": "↑", "down": "↓", "left": "←", "right": "→",
	"pgup": "PgUp", "pgdown": "PgDn", "home": "Home", "end": "End",
	"backspace": "Backspace", "delete": "Delete",
}

// KeyName is a key as people read it: "Ctrl+S", "Enter", "r".
func KeyName(key string) string {
	if g, ok := glyphs[key]; ok {
		return g
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return "Ctrl+" + strings.ToUpper(rest)
	}
	if len(key) > 1 && key[0] == 'f' && key[1] >= '0' && key[1] <= '9' {
		return strings.ToUpper(key)
	}
	return key
}

// keyNames writes all keys of a binding.
func keyNames(b Binding) string {
	names := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		names[i] = KeyName(k)
	}
	return strings.Join(names, " ")
}

// KeyGroup is the bindings of one screen, for help and README.
type KeyGroup struct {
	Title    string
	Bindings []Binding
}

// KeyTable writes groups as Markdown, one table each, for the README.
func KeyTable(w *words.Catalogue, groups ...KeyGroup) string {
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("### " + g.Title + "\n\n| " + w.T("shell.key-table-key") + " | " + w.T("shell.key-table-does") + " |\n|---|---|\n")
		for _, row := range g.Bindings {
			if len(row.Keys) == 0 {
				continue
			}
			names := make([]string, len(row.Keys))
			for i, k := range row.Keys {
				names[i] = "`" + KeyName(k) + "`"
			}
			cell := strings.ReplaceAll(strings.Join(names, " "), "|", "\\|")
			b.WriteString("| " + cell + " | " + strings.ReplaceAll(w.T(row.help()), "|", "\\|") + " |\n")
		}
	}
	return b.String()
}

// ShellKeys are the keys that work on every screen, for the README; on a
// screen the root's own table does the work.
func ShellKeys() []Binding {
	return []Binding{
		{Keys: []string{"?"}, Label: "shell.help"},
		{Keys: []string{":"}, Label: "shell.commands"},
		{Keys: []string{"esc"}, Label: "shell.back"},
		{Keys: []string{"q"}, Label: "shell.leave"},
		{Keys: []string{"ctrl+l"}, Label: "shell.redraw"},
		{Keys: []string{"ctrl+z"}, Label: "shell.suspend"},
		{Keys: []string{"ctrl+c"}, Label: "shell.leave-now"},
	}
}
