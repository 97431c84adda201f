package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// quietTime is how long the keys must have been quiet before a dialog takes
// one: no key typed ahead ever answers a question about money.
const quietTime = 425 * time.Millisecond

// Dialog is a question over the screen. It takes no key until the input has
// been quiet for a moment; then the arrows and Enter, or a choice's letter.
// Esc closes it and does nothing. A scan never answers it and never comes into
// its field.
type Dialog struct {
	Title string
	Body  string // lines are wrapped
	Tone  Tone
	// Choices: the first is the safe one and has the cursor. None: "OK".
	Choices []Choice
	// Field asks for a text beside the choice, such as a reason; then the
	// choices have no letters.
	Field *Field
}

// Choice is one answer.
type Choice struct {
	Key    string // one letter, "" for none
	Label  string
	Danger bool
	Do     func() tea.Cmd
	// DoText is used instead of Do when the dialog has a Field.
	DoText func(value string) tea.Cmd
}

// dialogBox is an open dialog.
type dialogBox struct {
	Dialog
	kit    Kit
	owner  int
	cursor int
	quiet  time.Time // last key, or the opening
	armed  bool
	form   *Form
}

func newDialogBox(kit Kit, owner int, d Dialog) *dialogBox {
	if len(d.Choices) == 0 {
		d.Choices = []Choice{{Label: kit.T("shell.ok")}}
	}
	b := &dialogBox{Dialog: d, kit: kit, owner: owner, quiet: kit.Now()}
	if d.Field != nil {
		b.form = NewForm(kit, *d.Field)
		b.form.SetSize(dialogWidth-6, 4)
	}
	return b
}

// mode is how the gate reads keys for this dialog.
func (b *dialogBox) mode() gateMode {
	if b.form != nil && b.armed {
		return typingNoScan
	}
	return asking
}

// longestPaste is how many characters of pasted text a dialog's field takes;
// what is longer is taken for a code.
const longestPaste = 64

// codeStart begins every code of a customer: base64 of the tag and value
// 85 05 "CPV01" (EMV QRCPS CPM, the payload format indicator).
const codeStart = "hQVDUFY"

// paste puts a short text into the field; it reports whether it did. A code is
// not put there, where it would be read and sent along with the answer.
func (b *dialogBox) paste(k tea.KeyMsg) bool {
	if b.form == nil || !b.armed || len(k.Runes) > longestPaste || strings.Contains(string(k.Runes), codeStart) {
		return false
	}
	b.form.Update(k)
	return true
}

// touch notes input; it reports whether the dialog takes keys already.
func (b *dialogBox) touch(now time.Time) bool {
	b.settle(now)
	if !b.armed {
		b.quiet = now
	}
	return b.armed
}

// settle arms the dialog once the quiet has lasted.
func (b *dialogBox) settle(now time.Time) {
	if now.Sub(b.quiet) >= quietTime {
		b.armed = true
	}
}

// key handles one key. closed: the dialog is answered; do is then the work.
func (b *dialogBox) key(k tea.KeyMsg) (do func() tea.Cmd, closed bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "left", "shift+tab":
		b.cursor = max(b.cursor-1, 0)
		return nil, false
	case "right", "tab":
		b.cursor = min(b.cursor+1, len(b.Choices)-1)
		return nil, false
	case "enter":
		return b.choose(b.Choices[b.cursor])
	}
	if b.form != nil {
		b.form.Update(k)
		return nil, false
	}
	switch k.String() {
	case "up", "k", "h":
		b.cursor = max(b.cursor-1, 0)
		return nil, false
	case "down", "j", "l":
		b.cursor = min(b.cursor+1, len(b.Choices)-1)
		return nil, false
	}
	for _, c := range b.Choices {
		if c.Key != "" && strings.EqualFold(c.Key, k.String()) {
			return b.choose(c)
		}
	}
	return nil, false
}

func (b *dialogBox) choose(c Choice) (func() tea.Cmd, bool) {
	if b.form == nil || c.DoText == nil {
		return c.Do, true
	}
	if !b.form.Submit() {
		return nil, false
	}
	value := b.form.Value(b.Field.Name)
	return func() tea.Cmd { return c.DoText(value) }, true
}

// dialogWidth is the widest a dialog gets, borders included.
const dialogWidth = 64

// view draws the dialog's box.
func (b *dialogBox) view(width int) string {
	t := b.kit.Theme
	inner := min(dialogWidth, width-4) - 6
	lines := []string{t.Strong(b.signed(inner)), ""}
	if b.Body != "" {
		lines = append(lines, strings.Split(ansi.Wordwrap(b.Body, inner, ""), "\n")...)
		lines = append(lines, "")
	}
	if b.form != nil {
		lines = append(lines, strings.Split(strings.TrimRight(b.form.View(), "\n"), "\n")...)
		lines = append(lines, "")
	}
	var choices []string
	for i, c := range b.Choices {
		label := c.Label
		if c.Key != "" && b.form == nil {
			label += " (" + c.Key + ")"
		}
		switch {
		case !b.armed:
			label = t.Dim("  " + label + "  ")
		case i == b.cursor && c.Danger:
			label = t.Danger("▸ " + label + "  ")
		case i == b.cursor:
			label = t.Cursor("▸ " + label + "  ")
		default:
			label = "  " + label + "  "
		}
		choices = append(choices, label)
	}
	lines = append(lines, strings.Join(choices, " "), "")
	if b.armed {
		lines = append(lines, t.Dim(b.kit.T("shell.dialog-keys")))
	} else {
		lines = append(lines, t.Dim(b.kit.T("shell.dialog-wait")))
	}
	return box(t, inner, lines)
}

func (b *dialogBox) signed(width int) string {
	title := b.Title
	if sign := Sign(b.Tone); sign != "" {
		title = sign + " " + title
	}
	return b.kit.Theme.Tone(b.Tone, Clip(title, width))
}

// reallyDialog is the question before a Danger binding that has none of its own.
func reallyDialog(kit Kit, b Binding) Dialog {
	return Dialog{
		Title: kit.T("shell.really", "what", kit.T(b.Label)),
		Body:  kit.T("shell.really-body"),
		Tone:  Unsure,
		Choices: []Choice{
			{Key: "n", Label: kit.T("shell.no")},
			{Key: "y", Label: kit.T("shell.yes"), Danger: true, Do: b.Do},
		},
	}
}
