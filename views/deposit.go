package views

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// deposit puts test money into the sandbox's machine for one user id.
type deposit struct {
	*desk
	tx   till.Transaction
	form *ui.Form
	work ui.Task

	width, height int
}

func newDeposit(d *desk, tx till.Transaction) *deposit {
	p := &deposit{desk: d, tx: tx, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	p.form = ui.NewForm(d.Kit,
		ui.Field{Name: "machine", Label: d.T("panel.machine"), Value: "Kun520B40321", Limit: 64, Keep: inNumber, Check: func(v string) string {
			if v == "" {
				return d.T("panel.machine-needed")
			}
			return ""
		}},
		ui.Field{Name: "amount", Label: d.T("panel.amount"), Value: "50000", Hint: d.T("panel.amount-hint"), Limit: 20, Check: func(v string) string {
			if a, err := api.ParseTyped(v); err != nil || a.Zero() {
				return d.T("panel.amount-bad")
			}
			return ""
		}})
	p.SetSize(p.width, p.height)
	return p
}

func (p *deposit) Init() tea.Cmd { return p.form.Init() }

func (p *deposit) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(machineDone); ok {
		if m.leave {
			return tea.Sequence(ui.Say(m.notice), ui.Pop()) // said while the screen is still there to say it
		}
		return ui.Say(m.notice)
	}
	return p.form.Update(msg)
}

func (p *deposit) SetSize(width, height int) {
	p.width, p.height = width, height
	p.form.SetSize(width-6, height-6)
}

func (p *deposit) Title() string   { return p.T("home.machine") }
func (p *deposit) Capturing() bool { return true }
func (p *deposit) Leave()          { p.work.Cancel() }

func (p *deposit) Bindings() []ui.Binding { return p.form.Bindings(p.ask, "panel.deposit") }

// ask lets the machine book at once, or leave the deposit waiting.
func (p *deposit) ask() tea.Cmd {
	amount, err := api.ParseTyped(p.form.Value("amount"))
	if err != nil {
		return nil // the form has refused it already
	}
	order := DepositOrder{Code: p.tx.QR, Machine: p.form.Value("machine"), Amount: amount}
	put := func(waiting bool) func() tea.Cmd {
		return func() tea.Cmd {
			order := order
			order.Waiting = waiting
			return p.work.Start(func(ctx context.Context) tea.Msg {
				if err := p.Machine.Deposit(ctx, order); err != nil {
					return machineDone{notice: p.machineTrouble(err)}
				}
				return machineDone{notice: p.say(ui.Good, "panel.deposited", "sum", p.rupiah(order.Amount)), leave: true}
			})
		}
	}
	return ui.Ask(ui.Dialog{
		Title: p.T("panel.ask", "sum", p.rupiah(amount), "machine", order.Machine), Body: p.T("panel.ask-body"), Tone: ui.Wait,
		Choices: []ui.Choice{
			{Key: "b", Label: p.T("panel.ask-booked"), Do: put(false)},
			{Key: "w", Label: p.T("panel.ask-waiting"), Do: put(true)},
			{Key: "n", Label: p.T("panel.cancel")},
		},
	})
}

func (p *deposit) View() string {
	head := []string{
		"", p.Theme.Tone(ui.Wait, p.T("panel.sandbox")),
		p.T("panel.for", "id", ui.Clip(p.tx.QR, p.width-20)), p.Theme.Dim(p.tx.Reference.Groups()), "",
	}
	return strings.Join(append(indent(head, 3), indent(strings.Split(p.form.View(), "\n"), 3)...), "\n")
}

// Scan fills the field that has the keys, as a paste does too.
func (p *deposit) Scan(text string) tea.Cmd { return p.scanInto(p.form.Update, text) }
