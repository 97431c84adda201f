package ui

import (
	"reflect"
	"runtime/debug"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/term"
)

// What a screen asks of the shell. Each is a message that a command brings;
// the shell acts on it and no screen sees it.
type (
	pushMsg    struct{ screen Screen }
	replaceMsg struct{ screen Screen }
	popMsg     struct{}
	homeMsg    struct{}
	quitMsg    struct{}
	askMsg     struct{ dialog Dialog }
	copyMsg    struct{ text, what string }
)

// Notice is a sentence that stands in the footer until the next key, or for a
// few seconds.
type Notice struct {
	Tone Tone
	Text string
}

// Push shows s on top of the screen that is there.
func Push(s Screen) tea.Cmd { return func() tea.Msg { return pushMsg{s} } }

// Replace shows s instead of the screen that is on top.
func Replace(s Screen) tea.Cmd { return func() tea.Msg { return replaceMsg{s} } }

// Pop leaves the screen that is on top. The first one is never left so.
func Pop() tea.Cmd { return func() tea.Msg { return popMsg{} } }

// Home leaves every screen but the first.
func Home() tea.Cmd { return func() tea.Msg { return homeMsg{} } }

// Ask opens a dialog.
func Ask(d Dialog) tea.Cmd { return func() tea.Msg { return askMsg{d} } }

// Say shows a notice.
func Say(n Notice) tea.Cmd { return func() tea.Msg { return n } }

// Quit ends the program, without a question.
func Quit() tea.Cmd { return func() tea.Msg { return quitMsg{} } }

// Copy puts text into the clipboard by every way there is; a notice says by
// which. what names it in a sentence: "the id".
func Copy(text, what string) tea.Cmd { return func() tea.Msg { return copyMsg{text, what} } }

// addressed is a message that belongs to one screen: what its command brought.
type addressed struct {
	owner int
	msg   tea.Msg
}

// guarded makes a command safe and brings its message back to owner. Bubble Tea
// would print a panic inside the alternate screen, where nobody sees it.
func guarded(g *term.Guard, owner int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		if g != nil {
			defer func() {
				if r := recover(); r != nil {
					g.Crashed(r, debug.Stack())
					msg = nil
				}
			}()
		}
		return address(g, owner, cmd())
	}
}

// address wraps a command's message; the commands within a batch or a sequence
// are guarded each.
func address(g *term.Guard, owner int, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case nil, addressed:
		return msg
	}
	if cmds, ok := commands(msg); ok {
		return cmds(func(c tea.Cmd) tea.Cmd { return guarded(g, owner, c) })
	}
	if framework(msg) || owner == 0 {
		return msg
	}
	return addressed{owner, msg}
}

var cmdType = reflect.TypeFor[tea.Cmd]()

// commands recognises a batch or a sequence. The type of a sequence is not
// exported, but it is a slice of commands like a batch.
func commands(msg tea.Msg) (func(wrap func(tea.Cmd) tea.Cmd) tea.Msg, bool) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != cmdType {
		return nil, false
	}
	return func(wrap func(tea.Cmd) tea.Cmd) tea.Msg {
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(reflect.ValueOf(wrap(v.Index(i).Interface().(tea.Cmd))))
		}
		return out.Interface()
	}, true
}

// framework reports whether Bubble Tea itself acts on the message, so that it
// has to stay as it is.
func framework(msg tea.Msg) bool {
	t := reflect.TypeOf(msg)
	return t.PkgPath() == cmdType.PkgPath()
}
