package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"
)

// palette is the list of everything that can be done here, searched as one
// types.
type palette struct {
	kit     Kit
	owner   int
	input   textinput.Model
	actions []Binding
	names   []string
	shown   []int
	at      int
}

// paletteRows is how many commands are visible.
const paletteRows = 10

func newPalette(kit Kit, owner int, actions []Binding) *palette {
	in := textinput.New()
	in.Prompt = ": "
	in.PromptStyle = kit.Theme.Style(Accent)
	in.Placeholder = kit.T("shell.palette-hint")
	in.PlaceholderStyle = kit.Theme.Style(Dim)
	in.Cursor.SetMode(cursor.CursorStatic)
	in.CharLimit = 40
	in.Width = 40
	in.Focus()
	p := &palette{kit: kit, owner: owner, input: in}
	seen := map[string]bool{}
	for _, b := range actions {
		name := kit.T(b.help())
		if b.Do == nil && b.Confirm == nil || seen[name] {
			continue
		}
		seen[name] = true
		p.actions = append(p.actions, b)
		p.names = append(p.names, name)
	}
	p.sift()
	return p
}

func (p *palette) sift() {
	p.shown, p.at = p.shown[:0], 0
	pattern := strings.TrimSpace(p.input.Value())
	if pattern == "" {
		for i := range p.actions {
			p.shown = append(p.shown, i)
		}
		return
	}
	for _, m := range fuzzy.Find(pattern, p.names) {
		p.shown = append(p.shown, m.Index)
	}
}

// key handles one key; closed: the palette is done with, and chosen is what to
// do, if anything.
func (p *palette) key(k tea.KeyMsg) (chosen *Binding, closed bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		if p.at < len(p.shown) {
			return &p.actions[p.shown[p.at]], true
		}
		return nil, false
	case "up", "ctrl+p", "shift+tab":
		p.at = max(0, p.at-1)
		return nil, false
	case "down", "ctrl+n", "tab":
		p.at = max(0, min(p.at+1, len(p.shown)-1))
		return nil, false
	case "ctrl+v":
		return nil, false
	}
	before := p.input.Value()
	p.input, _ = p.input.Update(k)
	if p.input.Value() != before {
		p.sift()
	}
	return nil, false
}

func (p *palette) view(width int) string {
	t := p.kit.Theme
	inner := min(dialogWidth, width-4) - 6
	lines := []string{t.Strong(p.kit.T("shell.palette-title")), "", p.input.View(), ""}
	top := max(0, p.at-paletteRows+1)
	for i := top; i < top+paletteRows; i++ {
		if i >= len(p.shown) {
			if i == 0 {
				lines = append(lines, t.Dim(p.kit.T("shell.palette-none")))
			} else {
				lines = append(lines, "")
			}
			continue
		}
		b := p.actions[p.shown[i]]
		keys := ""
		if len(b.Keys) > 0 {
			keys = KeyName(b.Keys[0])
		}
		name := pad(Clip(p.names[p.shown[i]], inner-14), inner-14, false)
		switch why := b.reason(); {
		case i == p.at:
			lines = append(lines, t.Cursor("▸ "+name)+" "+t.Dim(keys))
		case why != "":
			lines = append(lines, t.Dim("  "+name+" "+keys))
		default:
			lines = append(lines, "  "+name+" "+t.Dim(keys))
		}
	}
	why := ""
	if p.at < len(p.shown) {
		why = p.actions[p.shown[p.at]].reason()
	}
	lines = append(lines, t.Tone(Wait, why), t.Dim(p.kit.T("shell.palette-close")))
	return box(t, inner, lines)
}
