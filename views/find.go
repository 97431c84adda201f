package views

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// find looks a reference of ours up in the journal.
type find struct {
	*desk
	form  *ui.Form
	load  ui.Task
	fault string

	width, height int
}

func newFind(d *desk) *find {
	f := &find{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	f.form = ui.NewForm(d.Kit, ui.Field{
		Name: "reference", Label: d.T("detail.reference"), Hint: d.T("find.hint"), Limit: 80,
		Check: func(v string) string {
			if _, err := api.ParseReference(bare(v)); err != nil {
				return d.T("find.bad")
			}
			return ""
		},
	})
	return f
}

// bare is a reference without the spaces of its groups; people read them out
// in small letters too.
func bare(v string) string {
	joined := strings.Join(strings.Fields(v), "")
	if len(joined) == 25 {
		return strings.ToUpper(joined)
	}
	return joined
}

// ours is how api.NewReference spells a reference.
var ours = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[CQGR][0-9]{12}[0-9A-Z]{12}$`)
})

type found struct {
	reference api.Reference
	err       error
}

func (f *find) Init() tea.Cmd { return f.form.Init() }

func (f *find) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(found); ok {
		if m.err != nil {
			f.fault = f.trouble(m.err)
			if errors.Is(m.err, till.ErrNotFound) {
				f.fault = f.T("find.none")
			}
			return nil
		}
		return ui.Replace(newDetail(f.desk, m.reference))
	}
	if _, ok := msg.(tea.KeyMsg); ok {
		f.fault = ""
	}
	return f.form.Update(msg)
}

func (f *find) SetSize(width, height int) {
	f.width, f.height = width, height
	f.form.SetSize(width-6, 2)
}

func (f *find) Title() string   { return f.T("home.find") }
func (f *find) Capturing() bool { return true }
func (f *find) Leave()          { f.load.Cancel() }

// Scan looks up a scanned reference, such as that of a receipt; anything else
// is not even shown: it may be a customer's code.
func (f *find) Scan(text string) tea.Cmd {
	reference, err := api.ParseReference(bare(text))
	if err != nil || !ours().MatchString(string(reference)) {
		return ui.Say(f.say(ui.Wait, "find.no-reference"))
	}
	f.form.Set("reference", string(reference))
	return f.look()
}

func (f *find) Bindings() []ui.Binding { return f.form.Bindings(f.look, "find.look") }

func (f *find) look() tea.Cmd {
	reference := api.Reference(bare(f.form.Value("reference")))
	return f.load.Start(func(ctx context.Context) tea.Msg {
		_, err := f.Journal.Get(ctx, reference)
		return found{reference, err}
	})
}

func (f *find) View() string {
	width := min(f.width-6, readable)
	lines := []string{"", f.Theme.Strong(f.T("find.which"))}
	lines = append(lines, wrap(f.T("find.which-hint"), width)...)
	lines = append(append(lines, ""), strings.Split(f.form.View(), "\n")...)
	if f.fault != "" {
		for _, l := range wrap(signed(ui.Bad, f.fault), width) {
			lines = append(lines, f.Theme.Tone(ui.Bad, l))
		}
	}
	return strings.Join(indent(lines, 3), "\n")
}
