package views

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui"
	"cashier/ui/words"
)

// supervisor asks who decides against a rule, and why. It is a screen and no
// dialog with a text: what a scanner types never lands in its fields.
type supervisor struct {
	*desk
	why   []string // what is about to be decided, in paragraphs
	label words.Key
	// decide keeps the decision; the screen below acts on it when it is shown.
	decide func(by, reason string)
	form   *ui.Form

	width, height int
}

func newSupervisor(d *desk, label words.Key, why []string, decide func(by, reason string)) *supervisor {
	needed := func(key words.Key) func(string) string {
		return func(v string) string {
			if v == "" {
				return d.T(key)
			}
			return ""
		}
	}
	s := &supervisor{desk: d, why: why, label: label, decide: decide, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	s.form = ui.NewForm(d.Kit,
		ui.Field{Name: "by", Label: d.T("super.by"), Limit: 40, Check: needed("super.by-needed")},
		ui.Field{Name: "reason", Label: d.T("super.reason"), Limit: 120, Check: needed("super.reason-needed")})
	return s
}

func (s *supervisor) Init() tea.Cmd              { return s.form.Init() }
func (s *supervisor) Update(msg tea.Msg) tea.Cmd { return s.form.Update(msg) }
func (s *supervisor) Title() string              { return s.T("super.title") }
func (s *supervisor) Capturing() bool            { return true }

// Scan refuses: a code is no name.
func (s *supervisor) Scan(string) tea.Cmd { return ui.Say(s.say(ui.Wait, "shell.scan-nowhere")) }

func (s *supervisor) SetSize(width, height int) {
	s.width, s.height = width, height
	s.form.SetSize(width-6, 4)
}

func (s *supervisor) Bindings() []ui.Binding { return s.form.Bindings(s.confirm, s.label) }

func (s *supervisor) confirm() tea.Cmd {
	by, reason := s.form.Value("by"), s.form.Value("reason")
	return ui.Ask(ui.Dialog{
		Title: s.T("super.confirm", "what", s.T(s.label)), Tone: ui.Bad,
		Body: s.T("super.confirm-body", "by", by, "reason", reason),
		Choices: []ui.Choice{
			{Key: "n", Label: s.T("pay.not-yet")},
			{Key: "y", Label: s.T(s.label), Danger: true, Do: func() tea.Cmd {
				s.decide(by, reason)
				return ui.Pop()
			}},
		},
	})
}

func (s *supervisor) View() string {
	width := min(s.width-6, readable)
	lines := []string{"", s.Theme.Danger(signed(ui.Bad, s.T("super.head")))}
	for _, p := range s.why {
		lines = append(append(lines, ""), wrap(p, width)...)
	}
	lines = append(append(lines, ""), strings.Split(s.form.View(), "\n")...)
	lines = append(lines, wrap(s.T("super.logged"), width)...)
	return strings.Join(indent(lines, 3), "\n")
}
