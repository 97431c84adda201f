package views

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/ui"
)

// wizard asks who deposits, shows it once more, and only then has the user id
// asked for.
type wizard struct {
	*desk
	form *ui.Form
	base api.Courier // what the folded fields hold
	all  bool        // the optional fields are unfolded

	width, height int
}

// newWizard makes the form, filled in with c.
func newWizard(d *desk, c api.Courier) *wizard {
	w := &wizard{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	w.fillIn(c, c.NotifyURL != "" || c.Channel != "")
	return w
}

func (w *wizard) fillIn(c api.Courier, all bool) {
	w.base, w.all = c, all
	w.form = ui.NewForm(w.Kit, w.formFields(c, all)...)
	w.SetSize(w.width, w.height)
}

func (w *wizard) Init() tea.Cmd              { return w.form.Init() }
func (w *wizard) Update(msg tea.Msg) tea.Cmd { return w.form.Update(msg) }
func (w *wizard) Title() string              { return w.T("home.cdm") }

// Capturing: the form always has the keys, so that no letter is a command.
func (w *wizard) Capturing() bool { return true }

func (w *wizard) SetSize(width, height int) {
	w.width, w.height = width, height
	w.form.SetSize(width-6, height-wizardHead)
}

// wizardHead is the rows above the form.
const wizardHead = 4

func (w *wizard) Bindings() []ui.Binding {
	table := w.form.Bindings(w.confirm, "cdm.go-on")
	for i := range table {
		table[i].Hidden = i > 0 // the footer's room is for what one cannot guess
	}
	fold := ui.Binding{Keys: []string{"ctrl+o"}, Label: "cdm.more", Help: "cdm.more-help", Do: func() tea.Cmd {
		w.fillIn(courierOf(w.form, w.base), !w.all)
		return w.form.Init()
	}}
	if w.all {
		fold.Label = "cdm.fewer"
	}
	return append(table,
		ui.Binding{Keys: []string{"ctrl+s"}, Label: "cdm.go-on", Help: "cdm.go-on-help", Do: func() tea.Cmd {
			if w.form.Submit() {
				return w.confirm()
			}
			return nil
		}}, fold)
}

func (w *wizard) View() string {
	head := []string{"", w.Theme.Strong(w.T("cdm.who")), w.Theme.Dim(ui.Clip(w.T("cdm.who-hint", "provider", w.Provider), w.width-6)), ""}
	lines := append(indent(head, 3), indent(strings.Split(w.form.View(), "\n"), 3)...)
	if !w.all {
		lines = append(lines, "", "   "+w.Theme.Dim(ui.Clip(w.T("cdm.folded"), w.width-6)))
	}
	return strings.Join(lines, "\n")
}

// confirm shows everything once more. It is a dialog, which takes no key that
// was typed ahead and whose first choice sends nothing.
func (w *wizard) confirm() tea.Cmd {
	c := courierOf(w.form, w.base)
	// Folded fields are not seen by the form's own check.
	for _, f := range courierFields {
		if fault := w.fieldFault(f, *f.value(&c), w.limit(f.name)); fault != "" && f.optional && !w.all {
			w.fillIn(c, true)
			w.form.Submit()
			return nil
		}
	}
	const inner = 58 // of a dialog
	body := w.Pairs(inner, w.courierPairs(c)...) + "\n\n" + w.T("cdm.nothing-sent", "provider", w.Provider)
	return ui.Ask(ui.Dialog{
		Title: w.T("cdm.confirm"), Body: body, Tone: ui.Accent,
		Choices: []ui.Choice{
			{Key: "n", Label: w.T("cdm.not-yet")},
			{Key: "y", Label: w.T("cdm.ask", "provider", w.Provider), Do: func() tea.Cmd {
				w.courier = c
				return ui.Replace(newSending(w.desk, w.newReference(), c))
			}},
		},
	})
}

// Scan fills the field that has the keys, as a paste does too.
func (w *wizard) Scan(text string) tea.Cmd { return w.scanInto(w.form.Update, text) }
