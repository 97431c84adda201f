package views

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// history lists transactions, newest first: all of them, or those that a
// filter finds. More are read when the cursor comes to the end.
type history struct {
	*desk
	list  *ui.List
	open  bool // only what is not settled
	line  filterLine
	until time.Time // the list begins before it; zero: with the newest
	total int       // transactions in the journal, as counted last
	count time.Time // when that was

	rows  []till.Row
	next  string // where the list goes on; "" at its end
	read  bool   // the first page has come
	fault string
	stale bool
	load  ui.Task // reads again from the top
	more  ui.Task // reads on

	found  finding // by the filter
	search ui.Task

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
	h := &history{desk: d, open: open, list: ui.NewList(d.Kit, columns...), line: newFilterLine(d)}
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
		page  till.Page
		total int
		err   error
	}
	nextPage struct {
		page till.Page
		err  error
	}
)

// filter is what is asked for now.
func (h *history) filter() till.Filter {
	f := h.line.filter
	f.OpenOnly = h.open
	if !h.until.IsZero() && (f.To.IsZero() || h.until.Before(f.To)) {
		f.To = h.until
	}
	return f
}

// filtered reports whether a search makes the list.
func (h *history) filtered() bool { return h.line.asks() }

func (h *history) Init() tea.Cmd { return h.reload() }

func (h *history) reload() tea.Cmd {
	if h.filtered() {
		h.stale = true
		return h.again()
	}
	if h.load.Running() {
		h.stale = true
		return nil
	}
	h.stale = false
	h.more.Cancel()
	filter, limit := h.filter(), min(max(historyPage, len(h.rows)+1), historyMost)
	again, total := h.Now().Sub(h.count) >= historyAgain, h.total
	if again {
		h.count = h.Now()
	}
	return h.load.Start(func(ctx context.Context) tea.Msg {
		page, err := h.Journal.Page(ctx, filter, "", limit)
		if err != nil || !again {
			return firstPage{page, total, err}
		}
		if counts, err := h.Journal.Counts(ctx); err == nil { // the list stands without
			total = counts.Total
		}
		return firstPage{page, total, nil}
	})
}

func (h *history) readOn() tea.Cmd {
	if h.next == "" || h.more.Running() || h.load.Running() {
		return nil
	}
	filter, cursor := h.filter(), h.next
	if h.filtered() {
		filter = h.found.filter
	}
	return h.more.Start(func(ctx context.Context) tea.Msg {
		page, err := h.Journal.Page(ctx, filter, cursor, historyPage)
		return nextPage{page, err}
	})
}

func (h *history) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case firstPage:
		if m.err == nil {
			h.total = m.total
		}
		h.take(m.page, m.err, nil, h.older(m.page))
		if h.stale {
			return h.reload()
		}
	case nextPage:
		h.take(m.page, m.err, h.rows, nil)
	case stretch:
		return h.takeStretch(m)
	case Changed, ui.Resumed, ui.Shown:
		return h.reload()
	case ui.Beat:
		return h.again()
	case tea.KeyMsg:
		if !h.line.open {
			return nil
		}
		cmd, changed := h.line.update(m)
		if changed {
			return tea.Batch(cmd, h.refilter())
		}
		return cmd
	}
	return nil
}

// refilter lists by the filter as it is now.
func (h *history) refilter() tea.Cmd {
	if h.filtered() {
		return h.look(false)
	}
	h.search.Cancel()
	h.load.Cancel()
	h.rows, h.next, h.found = nil, "", finding{}
	return h.reload()
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
		return
	}
	h.read = true
	if len(after) == 0 {
		h.next = page.Next
	}
	h.show(slices.Concat(before, page.Rows, after))
}

func (h *history) show(rows []till.Row) {
	h.rows = rows
	shown := make([]ui.Row, len(rows))
	for i, r := range rows {
		shown[i] = h.row(r, h.width)
	}
	empty := h.T("history.empty")
	switch {
	case h.filtered() && !h.found.done:
		empty = ""
	case h.filtered(), !h.until.IsZero():
		empty = strings.TrimSpace(FilterHint(h.Words, h.line.filter) + " " + h.T("filter.none"))
	case h.open:
		empty = h.T("history.nothing-open")
	}
	h.list.SetEmpty(empty)
	h.list.SetMore(h.next != "")
	h.list.SetRows(shown)
}

func (h *history) SetSize(width, height int) {
	had := h.width >= roomy
	h.width, h.height = width, height
	if had != (width >= roomy) && h.read {
		h.show(h.rows)
	}
}

func (h *history) Title() string {
	if h.open {
		return h.T("home.open")
	}
	return h.T("home.history")
}

func (h *history) Capturing() bool { return h.line.open }

func (h *history) Leave() {
	h.load.Cancel()
	h.more.Cancel()
	h.search.Cancel()
}

func (h *history) Bindings() []ui.Binding {
	table := h.list.Bindings(func(r ui.Row) tea.Cmd {
		return ui.Push(newDetail(h.desk, api.Reference(r.ID)))
	}, "shell.open")
	table = slices.DeleteFunc(table, func(b ui.Binding) bool { return b.Keys[0] == "/" || h.line.open && b.Keys[0] == "enter" })
	if h.line.open {
		return append(table, h.typingBindings()...)
	}
	which := ui.Binding{Keys: []string{"o"}, Label: "history.open-only", Help: "history.open-only-help", Do: func() tea.Cmd {
		h.open = !h.open
		return h.refilter()
	}}
	if h.open {
		which.Label = "history.all"
	}
	table = append(table,
		ui.Binding{Keys: []string{"/"}, Label: "filter.edit", Help: "filter.edit-help", Do: func() tea.Cmd { h.line.edit(); return nil }},
		ui.Binding{Keys: []string{"d"}, Label: "filter.jump", Help: "filter.jump-help", Do: h.askDay},
		which,
		ui.Binding{Keys: []string{"["}, Label: "filter.older-day", Hidden: true, Do: func() tea.Cmd { return h.moveDay(-1) }},
		ui.Binding{Keys: []string{"]"}, Label: "filter.newer-day", Hidden: true, Do: func() tea.Cmd { return h.moveDay(+1) }})
	if h.filtered() || !h.until.IsZero() {
		off := ui.Binding{Keys: []string{"esc"}, Label: "filter.off", Help: "filter.off-help", Do: h.everything}
		if !h.filtered() {
			off.Label, off.Help = "filter.newest", "filter.newest-help"
		}
		table = append(table, off)
	}
	return table
}

// typingBindings are the keys of the open line.
func (h *history) typingBindings() []ui.Binding {
	keep := ui.Binding{Keys: []string{"enter"}, Label: "filter.keep", Help: "filter.keep-help", Do: func() tea.Cmd {
		was := h.line.filter
		if h.line.keep() && !reflect.DeepEqual(was, h.line.filter) {
			return h.refilter()
		}
		return nil
	}}
	off := ui.Binding{Keys: []string{"esc"}, Label: "filter.off", Help: "filter.off-help", Do: h.everything}
	if h.line.jump {
		keep.Label, keep.Help, keep.Do = "filter.jump", "filter.jump-help", h.jumpTyped
		off.Label, off.Help, off.Do = "shell.back", "", func() tea.Cmd { h.line.close(); return nil }
	}
	return []ui.Binding{keep, off, {Keys: []string{"tab"}, Label: "filter.complete", Help: "filter.complete-help", Do: func() tea.Cmd {
		if h.line.complete(h.rows) && !h.line.jump {
			return h.refilter()
		}
		return nil
	}}}
}

// everything ends filter and jump.
func (h *history) everything() tea.Cmd {
	h.line.clear()
	h.until = time.Time{}
	return h.refilter()
}

// askDay asks which day to go to; a filter ends with it.
func (h *history) askDay() tea.Cmd {
	was := h.filtered()
	h.line.askDay()
	if was {
		return h.refilter()
	}
	return nil
}

func (h *history) jumpTyped() tea.Cmd {
	text := strings.TrimSpace(h.line.text())
	_, to, fault := daySpan(text, h.Now())
	if fault != nil || to.IsZero() {
		h.line.fault = &FilterFault{"filter.bad-day", []any{"word", text}}
		return nil
	}
	h.line.close()
	return h.jump(to)
}

// jump begins the list with what was made before a time.
func (h *history) jump(to time.Time) tea.Cmd {
	if h.until = to; to.After(h.Now()) {
		h.until = time.Time{}
	}
	h.list.SetRows(nil) // the cursor goes to the first
	return h.refilter()
}

// moveDay goes to the day before or behind that of the row under the cursor.
func (h *history) moveDay(by int) tea.Cmd {
	selected, ok := h.list.Selected()
	at := slices.IndexFunc(h.rows, func(r till.Row) bool { return ok && string(r.Reference) == selected.ID })
	if at < 0 {
		return nil
	}
	y, m, d := h.rows[at].CreatedAt.Time().Date()
	if by > 0 {
		d += 2
	}
	return h.jump(time.Date(y, m, d, 0, 0, 0, 0, api.Jakarta))
}

func (h *history) View() string {
	head := h.head()
	h.list.SetSize(h.width-2, h.height-len(head))
	out := strings.Join(indent(head, 3), "\n") + "\n"
	if !h.read {
		return out
	}
	return out + joinIndented(h.list.View(), 1)
}

// Scan types into an open line, as a paste does too; a reference of ours is
// looked for at once.
func (h *history) Scan(text string) tea.Cmd {
	if joined := bare(text); ours().MatchString(joined) {
		h.line.set(joined)
		return h.refilter()
	}
	if !h.line.open {
		return ui.Say(h.say(ui.Wait, "shell.scan-nowhere"))
	}
	return h.scanInto(h.Update, text)
}
