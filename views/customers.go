package views

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/ui"
)

// customers are the sandbox's test customers: whom one can let pay, and the
// code that each shows.
type customers struct {
	*desk
	use  func(api.CustomerCode) tea.Cmd
	all  map[string]Customer
	list *ui.List
	work ui.Task

	shown   Customer // whose code is shown; none: the list is
	picture picture
	alone   bool

	width, height int
}

func newCustomers(d *desk, use func(api.CustomerCode) tea.Cmd) *customers {
	c := &customers{desk: d, use: use, all: map[string]Customer{}, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	c.list = ui.NewList(d.Kit, ui.Column{}, ui.Column{Flex: true})
	c.list.SetEmpty(d.T("customers.none"))
	var rows []ui.Row
	for _, x := range d.Checkout.Customers.Customers() {
		c.all[x.ID] = x
		rows = append(rows, ui.Row{ID: x.ID, Cells: []ui.Cell{ui.Text(x.ID), ui.Toned(ui.Dim, x.Outcome)}})
	}
	c.list.SetRows(rows)
	return c
}

func (c *customers) Init() tea.Cmd { return nil }

func (c *customers) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case machineDone:
		return ui.Say(m.notice)
	case tea.KeyMsg:
		if c.shown.ID == "" {
			return c.list.Update(m)
		}
	}
	return nil
}

func (c *customers) SetSize(width, height int) {
	c.width, c.height = width, height
	c.list.SetSize(width-4, height-4)
}

func (c *customers) Title() string    { return c.T("customers.title") }
func (c *customers) Capturing() bool  { return c.shown.ID == "" && c.list.Capturing() }
func (c *customers) Chromeless() bool { return c.alone }
func (c *customers) Leave()           { c.work.Cancel() }

// Scan refuses: what a scanner types never lands in the filter.
func (c *customers) Scan(string) tea.Cmd { return ui.Say(c.say(ui.Wait, "shell.scan-nowhere")) }

func (c *customers) Bindings() []ui.Binding {
	if c.alone {
		return []ui.Binding{{Keys: []string{"f", "esc"}, Label: "shell.back", Do: func() tea.Cmd { c.alone = false; return nil }}}
	}
	use := func(x Customer) tea.Cmd { return c.use(api.NewCustomerCode(x.Content)) }
	if c.shown.ID != "" {
		return []ui.Binding{
			{Keys: []string{"u", "enter"}, Label: "customers.use", Help: "customers.use-help", Do: func() tea.Cmd { return use(c.shown) }},
			{Keys: []string{"f"}, Label: "code.alone", Help: "code.alone-help", Do: func() tea.Cmd { c.alone = true; return nil }},
			{Keys: []string{"y"}, Label: "customers.approve", Help: "customers.approve-help", Do: func() tea.Cmd { return c.decide(true) }},
			{Keys: []string{"n"}, Label: "customers.decline", Help: "customers.decline-help", Do: func() tea.Cmd { return c.decide(false) }},
			{Keys: []string{"esc"}, Label: "shell.back", Do: func() tea.Cmd { c.shown, c.picture = Customer{}, picture{}; return nil }},
		}
	}
	table := c.list.Bindings(func(r ui.Row) tea.Cmd {
		c.shown = c.all[r.ID]
		c.picture = picture{text: c.shown.Content}
		return nil
	}, "customers.show")
	return append(table, ui.Binding{Keys: []string{"u"}, Label: "customers.use", Help: "customers.use-help", Do: func() tea.Cmd {
		r, ok := c.list.Selected()
		if !ok {
			return nil
		}
		return use(c.all[r.ID])
	}})
}

// decide answers for a customer that waits to be asked.
func (c *customers) decide(approve bool) tea.Cmd {
	id := c.shown.ID
	return c.work.Start(func(ctx context.Context) tea.Msg {
		if err := c.Checkout.Customers.Decide(ctx, id, approve); err != nil {
			return machineDone{notice: c.machineTrouble(err)}
		}
		if approve {
			return machineDone{notice: c.say(ui.Good, "customers.approved", "id", id)}
		}
		return machineDone{notice: c.say(ui.Good, "customers.declined", "id", id)}
	})
}

func (c *customers) View() string {
	if c.alone {
		if lines := c.drawAlone(&c.picture, c.width, c.height); lines != nil {
			return strings.Join(lines, "\n")
		}
		lines := c.misfitLines(&c.picture, c.width, c.height, "mint.too-large", "mint.too-large-alone")
		return strings.Join(indent(append(append([]string{""}, lines...), "", c.T("code.alone-back")), 3), "\n")
	}
	head := []string{"", c.Theme.Tone(ui.Wait, c.T("panel.sandbox"))}
	if c.shown.ID == "" {
		head = append(head, c.T("customers.hint"), "")
		return strings.Join(append(indent(head, 3), indent(strings.Split(c.list.View(), "\n"), 1)...), "\n")
	}
	c.picture.fit(c.width-codeLeft-codeGap-minColumn, c.height)
	if c.picture.misfit != nil {
		lines := append(append(head, ""), c.about(min(c.width-6, readable))...)
		lines = append(lines, "")
		lines = append(lines, c.misfitLines(&c.picture, c.width, c.height+ui.ChromeRows, "mint.too-large", "mint.too-large-alone")...)
		return strings.Join(indent(lines, 3), "\n")
	}
	column := append([]string{head[1], ""}, c.about(c.width-codeLeft-c.picture.drawing.Cols()-codeGap-1)...)
	return strings.Join(indent(beside(c.picture.drawing.Lines(c.QR), c.picture.drawing.Cols(), codeGap, column), codeLeft), "\n")
}

// about is the customer in words.
func (c *customers) about(width int) []string {
	lines := []string{c.Theme.Strong(c.shown.ID)}
	lines = append(lines, wrap(api.Clean(c.shown.Outcome, 200), width)...)
	return append(append(lines, ""), wrap(c.T("customers.scan"), width)...)
}
