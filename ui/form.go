package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/words"
)

// Field is one line to fill in.
type Field struct {
	Name  string // its key in Values
	Label string
	Hint  string // stands beside an empty input and under the one that has the keys
	Value string // what it starts with
	Limit int    // most characters, 0 for no limit
	// Check says what is wrong with a value, "" when nothing is. It runs at
	// every character; its sentence stands under the field.
	Check func(value string) string
	// Keep says which characters may be typed; nil: all.
	Keep func(r rune) bool
}

// Form is a column of fields. A fault is shown as one types; that of an empty
// field only when it has been left or the form was submitted.
type Form struct {
	kit           Kit
	fields        []formField
	at            int
	width, height int
}

type formField struct {
	Field
	input   textinput.Model
	touched bool
}

// NewForm makes a form; the first field has the keys.
func NewForm(k Kit, fields ...Field) *Form {
	f := &Form{kit: k, width: MinWidth}
	for _, field := range fields {
		in := textinput.New()
		in.Prompt = ""
		in.CharLimit = field.Limit
		in.Placeholder = field.Hint
		in.PlaceholderStyle = k.Theme.Style(Dim)
		in.Cursor.SetMode(cursor.CursorStatic) // a blinking one repaints for ever
		in.Cursor.Style = k.Theme.Style(Accent)
		in.SetValue(field.Value)
		in.CursorEnd()
		f.fields = append(f.fields, formField{Field: field, input: in})
	}
	f.focus(0)
	return f
}

// Init asks for nothing.
func (f *Form) Init() tea.Cmd { return nil }

// Update types into the field that has the keys.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	if len(f.fields) == 0 {
		return nil
	}
	field := &f.fields[f.at]
	if k, ok := msg.(tea.KeyMsg); ok {
		switch k.Type {
		case tea.KeyRunes, tea.KeySpace:
			if k.Alt {
				return nil
			}
			if field.Keep != nil {
				k.Runes = keepRunes(k.Runes, field.Keep)
				if len(k.Runes) == 0 {
					return nil
				}
				msg = k
			}
		case tea.KeyCtrlV: // textinput would read the clipboard in a command of its own
			return nil
		}
	}
	var cmd tea.Cmd
	field.input, cmd = field.input.Update(msg)
	return cmd
}

func keepRunes(in []rune, keep func(rune) bool) []rune {
	out := make([]rune, 0, len(in))
	for _, r := range in {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// focus moves the keys to a field.
func (f *Form) focus(to int) {
	for i := range f.fields {
		if i == to {
			f.fields[i].input.Focus()
			f.fields[i].input.CursorEnd()
		} else {
			f.fields[i].input.Blur()
		}
	}
	f.at = to
}

// move goes to the next or the previous field.
func (f *Form) move(by int) tea.Cmd {
	if len(f.fields) == 0 {
		return nil
	}
	f.fields[f.at].touched = true
	f.focus((f.at + by + len(f.fields)) % len(f.fields))
	return nil
}

// SetSize sets the room in columns and rows.
func (f *Form) SetSize(width, height int) {
	f.width, f.height = width, height
	for i := range f.fields {
		room := width - f.labelWidth() - 6
		if l := f.fields[i].Limit; l > 0 {
			room = min(room, max(l, len([]rune(f.fields[i].Hint)))+1)
		}
		f.fields[i].input.Width = max(room, 4)
	}
}

// Values gives every field's value by its name, spaces trimmed.
func (f *Form) Values() map[string]string {
	out := make(map[string]string, len(f.fields))
	for i := range f.fields {
		out[f.fields[i].Name] = f.fields[i].value()
	}
	return out
}

func (f *formField) value() string { return strings.TrimSpace(f.input.Value()) }

func (f *formField) fault() string {
	if f.Check == nil {
		return ""
	}
	return f.Check(f.value())
}

// Value is one field's value, "" for a name that is not there.
func (f *Form) Value(name string) string { return f.Values()[name] }

// Set changes a field's value.
func (f *Form) Set(name, value string) {
	for i := range f.fields {
		if f.fields[i].Name == name {
			f.fields[i].input.SetValue(value)
			f.fields[i].input.CursorEnd()
		}
	}
}

// Focused is the name of the field that has the keys.
func (f *Form) Focused() string {
	if len(f.fields) == 0 {
		return ""
	}
	return f.fields[f.at].Name
}

// Submit shows every fault and goes to the first one. It reports whether there
// is none.
func (f *Form) Submit() bool {
	first := -1
	for i := range f.fields {
		f.fields[i].touched = true
		if first < 0 && f.fields[i].fault() != "" {
			first = i
		}
	}
	if first >= 0 {
		f.focus(first)
	}
	return first < 0
}

// Bindings are the form's keys: TAB and the arrows between the fields; Enter to
// the next one and, on the last, done if everything is right.
func (f *Form) Bindings(done func() tea.Cmd, label words.Key) []Binding {
	next := func() tea.Cmd { return f.move(1) }
	enter := Binding{Keys: []string{"enter"}, Label: label, Do: func() tea.Cmd {
		if f.Submit() {
			return done()
		}
		return nil
	}}
	if f.at < len(f.fields)-1 {
		enter = Binding{Keys: []string{"enter"}, Label: "shell.next-field", Do: next}
	}
	return []Binding{
		enter,
		{Keys: []string{"tab", "down"}, Label: "shell.next-field", Hidden: true, Do: next},
		{Keys: []string{"shift+tab", "up"}, Label: "shell.prev-field", Do: func() tea.Cmd { return f.move(-1) }},
	}
}

func (f *Form) labelWidth() int {
	wide := 0
	for i := range f.fields {
		wide = max(wide, len([]rune(f.fields[i].Label)))
	}
	return max(0, min(wide, f.width/2))
}

// View draws two rows a field: the input, and under it the fault, or the hint
// of the field that has the keys. Where the rows do not suffice, the part
// around the cursor is shown.
func (f *Form) View() string {
	t, wide := f.kit.Theme, f.labelWidth()
	indent := strings.Repeat(" ", wide+5)
	lines := make([]string, 0, 2*len(f.fields))
	for i := range f.fields {
		field := &f.fields[i]
		mark, label := "  ", pad(Clip(field.Label, wide), wide, false)
		if i == f.at {
			mark, label = t.Cursor("▸ "), t.Strong(label)
		} else {
			label = t.Dim(label)
		}
		lines = append(lines, mark+label+"   "+field.input.View())
		fault := field.fault()
		switch {
		case fault != "" && (field.touched || field.value() != ""):
			lines = append(lines, indent+t.Bad(Clip(fault, max(10, f.width-wide-7))))
		case i == f.at && field.Hint != "" && field.value() != "":
			lines = append(lines, indent+t.Dim(Clip(field.Hint, f.width-wide-5)))
		default:
			lines = append(lines, "")
		}
	}
	if f.height > 1 && len(lines) > f.height {
		top := min(max(0, 2*f.at-f.height/2), len(lines)-f.height)
		lines = lines[top : top+f.height]
	}
	return strings.Join(lines, "\n")
}
