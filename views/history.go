package views

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// history lists all transactions, newest first; more are read when the cursor
// comes to the end.
type history struct {
	*desk
	list *ui.List
	open bool // only what is not settled

	rows  []till.Row
	next  string // where the list goes on; "" at its end
	read  bool   // the first page has come
	fault string
	stale bool
	load  ui.Task // reads again from the top
	more  ui.Task // reads on

	width, height int
}

func newHistory(d *desk, open bool) *history {
	columns, amount, label := rowColumns(), d.T("history.amount"), d.T("history.label")
	if d.pays() {
		amount, label = d.T("history.sum"), d.T("history.who")
	}
	for i, key := range []string{d.T("history.when"), "", amount, d.T("history.state"), label, d.T("detail.reference")} {
		columns[i].Title = key
	}
	h := &history{desk: d, open: open, list: ui.NewList(d.Kit, columns...)}
	h.list.OnEnd(h.readOn)
	h.list.SetEmpty("")
	return h
}

const (
	historyPage = 100
	// historyMost bounds what is read again at a change: what stands further down
	// stays as it was read.
	historyMost = 1000
)

type (
	firstPage struct {
		page till.Page
		err  error
	}
	nextPage struct {
		page till.Page
		err  error
	}
)

func (h *history) filter() till.Filter { return till.Filter{OpenOnly: h.open} }

func (h *history) Init() tea.Cmd { return h.reload() }

func (h *history) reload() tea.Cmd {
	if h.load.Running() {
		h.stale = true
		return nil
	}
	h.stale = false
	h.more.Cancel()
	filter, limit := h.filter(), min(max(historyPage, len(h.rows)+1), historyMost)
	return h.load.Start(func(ctx context.Context) tea.Msg {
		page, err := h.Journal.Page(ctx, filter, "", limit)
		return firstPage{page, err}
	})
}

func (h *history) readOn() tea.Cmd {
	if h.next == "" || h.more.Running() || h.load.Running() {
		return nil
	}
	filter, cursor := h.filter(), h.next
	return h.more.Start(func(ctx context.Context) tea.Msg {
		page, err := h.Journal.Page(ctx, filter, cursor, historyPage)
		return nextPage{page, err}
	})
}

func (h *history) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case firstPage:
		h.take(m.page, m.err, nil, h.older(m.page))
		if h.stale {
			return h.reload()
		}
	case nextPage:
		h.take(m.page, m.err, h.rows, nil)
	case Changed, ui.Resumed, ui.Shown:
		return h.reload()
	case tea.KeyMsg:
		return h.list.Update(m)
	}
	return nil
}

// older are the rows that were read before and lie behind a page that was read
// again.
func (h *history) older(page till.Page) []till.Row {
	if page.Next == "" || len(h.rows) < len(page.Rows) {
		return nil
	}
	fresh := make(map[api.Reference]bool, len(page.Rows))
	for _, r := range page.Rows {
		fresh[r.Reference] = true
	}
	last := page.Rows[len(page.Rows)-1].Reference
	at := slices.IndexFunc(h.rows, func(r till.Row) bool { return r.Reference == last })
	if at < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(h.rows[at+1:]), func(r till.Row) bool { return fresh[r.Reference] })
}

// take shows a page between the rows before it and those after it.
func (h *history) take(page till.Page, err error, before, after []till.Row) {
	h.fault = ""
	if err != nil {
		h.fault = h.trouble(err)
		h.SetSize(h.width, h.height)
		return
	}
	h.read = true
	if len(after) == 0 {
		h.next = page.Next
	}
	h.rows = slices.Concat(before, page.Rows, after)
	rows := make([]ui.Row, len(h.rows))
	for i, r := range h.rows {
		rows[i] = h.row(r)
	}
	empty := h.T("history.empty")
	if h.open {
		empty = h.T("history.nothing-open")
	}
	h.list.SetEmpty(empty)
	h.list.SetRows(rows)
	h.SetSize(h.width, h.height)
}

func (h *history) SetSize(width, height int) {
	h.width, h.height = width, height
	room := height - 1
	if h.fault != "" {
		room -= len(wrap(h.fault, width-6)) + 1
	}
	h.list.SetSize(width-2, room)
}

func (h *history) Title() string {
	if h.open {
		return h.T("home.open")
	}
	return h.T("home.history")
}

func (h *history) Capturing() bool { return h.list.Capturing() }

func (h *history) Leave() {
	h.load.Cancel()
	h.more.Cancel()
}

func (h *history) Bindings() []ui.Binding {
	table := h.list.Bindings(func(r ui.Row) tea.Cmd {
		return ui.Push(newDetail(h.desk, api.Reference(r.ID)))
	}, "shell.open")
	which := ui.Binding{Keys: []string{"o"}, Label: "history.open-only", Help: "history.open-only-help", Do: func() tea.Cmd {
		h.open = !h.open
		h.rows, h.next = nil, ""
		h.load.Cancel()
		return h.reload()
	}}
	if h.open {
		which.Label = "history.all"
	}
	return append(table, which)
}

func (h *history) View() string {
	out := "\n"
	if h.fault != "" {
		for _, l := range indent(wrap(h.fault, h.width-6), 3) {
			out += h.Theme.Tone(ui.Bad, l) + "\n"
		}
		out += "\n"
	}
	if !h.read {
		return out
	}
	lines := h.list.View()
	return out + joinIndented(lines, 1)
}

// Scan fills an open filter, as a paste does too.
func (h *history) Scan(text string) tea.Cmd {
	if !h.Capturing() {
		return ui.Say(h.say(ui.Wait, "shell.scan-nowhere"))
	}
	return h.scanInto(h.list.Update, text)
}
