package views

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// panel is the sandbox's cash deposit machine: it puts test money in, books
// what waits, and makes things go wrong on purpose.
type panel struct {
	*desk
	list   *ui.List
	load   ui.Task
	work   ui.Task
	stale  bool
	rows   []till.Row
	fault  string
	faults []string
	ledger Ledger

	width, height int
}

func newPanel(d *desk) *panel {
	p := &panel{desk: d, list: ui.NewList(d.Kit, rowColumns()...)}
	p.list.SetEmpty("")
	return p
}

// panelRows is how many of the latest active user ids are offered.
const panelRows = 50

type (
	panelRead struct {
		page   till.Page
		ledger Ledger
		faults []string
		err    error
	}
	machineDone struct {
		notice ui.Notice
		leave  bool
	}
)

func (p *panel) Init() tea.Cmd { return p.reload() }

func (p *panel) reload() tea.Cmd {
	if p.load.Running() {
		p.stale = true
		return nil
	}
	p.stale = false
	return p.load.Start(func(ctx context.Context) tea.Msg {
		page, err := p.Journal.Page(ctx, till.Filter{Kind: till.CDM, State: till.Active}, "", panelRows)
		return panelRead{page, p.Machine.Ledger(), p.Machine.Faults(), err}
	})
}

func (p *panel) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case panelRead:
		p.ledger, p.faults, p.fault = m.ledger, m.faults, ""
		if m.err != nil {
			p.fault = p.trouble(m.err)
		} else {
			p.rows = m.page.Rows
			rows := make([]ui.Row, len(p.rows))
			for i, r := range p.rows {
				rows[i] = p.row(r, p.width)
			}
			p.list.SetRows(rows)
			p.list.SetEmpty(p.T("panel.no-ids"))
		}
		p.SetSize(p.width, p.height)
		if p.stale {
			return p.reload()
		}
	case Changed, ui.Shown, ui.Resumed:
		return p.reload()
	case machineDone:
		return tea.Batch(ui.Say(m.notice), p.reload())
	case tea.KeyMsg:
		return p.list.Update(m)
	}
	return nil
}

func (p *panel) SetSize(width, height int) {
	p.width, p.height = width, height
	p.list.SetSize(width-4, max(3, height-len(p.head())-len(p.foot())))
}

func (p *panel) Title() string   { return p.T("home.machine") }
func (p *panel) Capturing() bool { return p.list.Capturing() }

func (p *panel) Leave() {
	p.load.Cancel()
	p.work.Cancel()
}

func (p *panel) Bindings() []ui.Binding {
	table := p.list.Bindings(p.choose, "panel.deposit")
	if p.Checkout.Customers != nil && p.pays() {
		table = append(table, ui.Binding{Keys: []string{"c"}, Label: "pay.customers", Help: "pay.customers-help", Do: func() tea.Cmd {
			return ui.Push(newCustomers(p.desk, func(code api.CustomerCode) tea.Cmd {
				return ui.Replace(newOrderWith(p.desk, code))
			}))
		}})
	}
	return append(table,
		ui.Binding{Keys: []string{"b"}, Label: "panel.book", Help: "panel.book-help", Do: p.book, Disabled: func() string {
			if len(p.rows) == 0 {
				return p.T("panel.no-ids")
			}
			return ""
		}},
		ui.Binding{Keys: []string{"a"}, Label: "panel.fault", Help: "panel.fault-help", Do: p.askFault},
		ui.Binding{Keys: []string{"z"}, Label: "panel.clear", Help: "panel.clear-help", Do: func() tea.Cmd {
			return p.do(func(context.Context) ui.Notice {
				p.Machine.ClearFaults()
				return p.say(ui.Good, "panel.cleared")
			})
		}})
}

// do runs a job of the machine and says what came of it.
func (p *panel) do(job func(context.Context) ui.Notice) tea.Cmd {
	return p.work.Start(func(ctx context.Context) tea.Msg { return machineDone{notice: job(ctx)} })
}

// choose reads the chosen user id and goes on to the deposit.
func (p *panel) choose(r ui.Row) tea.Cmd {
	return p.work.Start(func(ctx context.Context) tea.Msg {
		tx, err := p.Journal.Get(ctx, api.Reference(r.ID))
		if err != nil {
			return ui.Notice{Tone: ui.Bad, Text: p.trouble(err)}
		}
		return ui.Push(newDeposit(p.desk, tx))()
	})
}

// book ends the oldest waiting deposit of the user id under the cursor.
func (p *panel) book() tea.Cmd {
	r, ok := p.list.Selected()
	if !ok {
		return nil
	}
	return p.do(func(ctx context.Context) ui.Notice {
		tx, err := p.Journal.Get(ctx, api.Reference(r.ID))
		if err != nil {
			return ui.Notice{Tone: ui.Bad, Text: p.trouble(err)}
		}
		err = p.Machine.Book(ctx, tx.QR)
		switch {
		case errors.Is(err, ErrNothingWaits):
			return p.say(ui.Wait, "panel.nothing-waits")
		case err != nil:
			return p.machineTrouble(err)
		}
		return p.say(ui.Good, "panel.booked")
	})
}

// machineTrouble tells an error of the sandbox; its own text is English.
func (d *desk) machineTrouble(err error) ui.Notice {
	return d.say(ui.Bad, "panel.trouble", "problem", api.Clean(err.Error(), 200))
}

// askFault asks for a fault's rule.
func (p *panel) askFault() tea.Cmd {
	return ui.Ask(ui.Dialog{
		Title: p.T("panel.fault-title"), Body: p.T("panel.fault-body"),
		Field: &ui.Field{Name: "rule", Label: p.T("panel.rule"), Hint: "90:timeout:1:1", Limit: 60, Check: func(v string) string {
			if v == "" {
				return p.T("panel.rule-needed")
			}
			return ""
		}},
		Choices: []ui.Choice{
			{Label: p.T("panel.add"), DoText: func(rule string) tea.Cmd {
				return p.do(func(context.Context) ui.Notice {
					if err := p.Machine.AddFault(rule); err != nil {
						return p.machineTrouble(err)
					}
					return p.say(ui.Good, "panel.added", "rule", rule)
				})
			}},
			{Label: p.T("panel.cancel")},
		},
	})
}

func (p *panel) head() []string {
	lines := []string{"", p.Theme.Tone(ui.Wait, p.T("panel.sandbox"))}
	l := p.ledger
	lines = append(lines, p.T("panel.ledger", "ids", l.UserIDs, "booked", l.Booked, "sum", p.rupiah(l.BookedSum), "waiting", l.Waiting, "requests", l.Requests), "")
	if p.fault != "" {
		for _, line := range wrap(p.fault, p.width-6) {
			lines = append(lines, p.Theme.Tone(ui.Bad, line))
		}
		lines = append(lines, "")
	}
	return append(lines, p.Theme.Strong(p.T("panel.choose")))
}

func (p *panel) foot() []string {
	lines := []string{"", p.Theme.Strong(p.T("panel.faults"))}
	if len(p.faults) == 0 {
		return append(lines, p.Theme.Dim(p.T("panel.no-faults")))
	}
	shown := p.faults[:min(len(p.faults), 4)]
	for _, f := range shown {
		lines = append(lines, p.Theme.Unsure(ui.Clip(f, p.width-8)))
	}
	if n := len(p.faults) - len(shown); n > 0 {
		lines = append(lines, p.Theme.Dim(p.T("panel.more-faults", "n", n)))
	}
	return lines
}

func (p *panel) View() string {
	lines := indent(p.head(), 3)
	lines = append(lines, indent(strings.Split(p.list.View(), "\n"), 1)...)
	foot := indent(p.foot(), 3)
	for len(lines) < p.height-len(foot) {
		lines = append(lines, "")
	}
	return strings.Join(append(lines, foot...), "\n")
}

// Scan fills an open filter, as a paste does too.
func (p *panel) Scan(text string) tea.Cmd {
	if !p.Capturing() {
		return ui.Say(p.say(ui.Wait, "shell.scan-nowhere"))
	}
	return p.scanInto(p.list.Update, text)
}
