package views

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// home is the first screen: what one can do, how today stands, and what was
// done last.
type home struct {
	*desk
	load  ui.Task
	stale bool // the journal has changed while it was being read

	known   bool // counts and rows have been read
	counts  Counts
	rows    []till.Row
	session till.Session // the open one; number 0: none
	heard   time.Time    // when the session was read last
	fault   string
	entries []entry
	at      int // into entries, and behind them into rows

	width, height int
}

// entry is one line of the menu.
type entry struct {
	key   string
	label words.Key
	open  func() tea.Cmd
}

// latestRows is how many rows home keeps; it shows as many as there is room
// for.
const latestRows = 20

// firstRead bounds what the first frame waits for. The local journal answers
// in microseconds; a slower one is read again by a command.
const firstRead = 100 * time.Millisecond

// Home makes the first screen. It reads the journal's newest page, its counts
// and the courier of last time before it returns, so that the first frame has
// them.
func Home(kit ui.Kit, deps Deps) ui.Screen {
	d := &desk{Kit: kit, Deps: deps, courier: deps.Courier}
	d.recallCourier()
	h := &home{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	h.entries = h.menuEntries()
	ctx, cancel := context.WithTimeout(context.Background(), firstRead)
	defer cancel()
	h.take(d.readHome(ctx))
	return h
}

func (h *home) menuEntries() []entry {
	d := h.desk
	cdm := func() tea.Cmd { return ui.Push(newWizard(d, d.courier)) }
	all := func() tea.Cmd { return ui.Push(newHistory(d, false)) }
	open := func() tea.Cmd {
		if d.Board != nil {
			return ui.Push(newBoard(d))
		}
		return ui.Push(newHistory(d, true))
	}
	machine := func() tea.Cmd { return ui.Push(newPanel(d)) }
	var entries []entry
	if d.pays() || d.looks() {
		entries = append(entries, entry{"1", "home.cdm", cdm})
		if d.pays() {
			entries = append(entries, entry{"2", "home.pay", func() tea.Cmd { return ui.Push(newOrder(d)) }})
		}
		entries = append(entries,
			entry{"3", "home.find", func() tea.Cmd {
				if d.looks() {
					return ui.Push(newLookup(d))
				}
				return ui.Push(newFind(d))
			}},
			entry{"4", "home.open", open},
			entry{"5", "home.history", all})
		if d.Machine != nil {
			entries = append(entries, entry{"t", "home.machine", machine})
		}
	} else {
		entries = append(entries, entry{"1", "home.cdm", cdm}, entry{"2", "home.history", all})
		if d.Machine != nil {
			entries = append(entries, entry{"3", "home.machine", machine})
		}
		entries = append(entries, entry{"o", "home.open", open})
	}
	if d.Sessions != nil {
		entries = d.withSession(entries)
	}
	if d.Books != nil {
		entries = append(entries, entry{"r", "home.report", func() tea.Cmd { return ui.Push(newTotals(d)) }})
	}
	if d.Explain.Codes != nil {
		entries = append(entries, entry{"e", "home.codes", func() tea.Cmd { return ui.Push(newExplain(d)) }})
	}
	if d.Lab != nil {
		entries = append(entries, entry{"s", "home.lab", func() tea.Cmd { return ui.Push(newSignLab(d)) }})
	}
	return entries
}

// homeRead is what one reading of the journal gave.
type homeRead struct {
	counts  Counts
	rows    []till.Row
	session till.Session
	err     error
}

func (d *desk) readHome(ctx context.Context) homeRead {
	counts, err := d.Journal.Counts(ctx)
	if err != nil {
		return homeRead{err: err}
	}
	page, err := d.Journal.Page(ctx, till.Filter{}, "", latestRows)
	if err != nil {
		return homeRead{err: err}
	}
	session, err := d.currentSession(ctx)
	return homeRead{counts, page.Rows, session, err}
}

func (h *home) take(r homeRead) {
	h.fault = ""
	if r.err != nil {
		h.fault = h.trouble(r.err)
		return
	}
	h.known, h.counts, h.rows, h.session, h.heard = true, r.counts, r.rows, r.session, h.Now()
	h.at = min(h.at, len(h.entries)+h.latest()-1)
}

func (h *home) reload() tea.Cmd {
	if h.load.Running() {
		h.stale = true
		return nil
	}
	h.stale = false
	return h.load.Start(func(ctx context.Context) tea.Msg { return h.readHome(ctx) })
}

// Init reads again only what the first reading did not get.
func (h *home) Init() tea.Cmd {
	if h.fault != "" {
		return h.reload()
	}
	return h.offerClosing()
}

func (h *home) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case homeRead:
		h.take(m)
		if h.stale {
			return h.reload()
		}
	case Changed, ui.Resumed, ui.Shown:
		return h.reload()
	case ui.Beat:
		if h.fault != "" || h.sessionDue(m.Now) {
			return h.reload()
		}
	}
	return nil
}

func (h *home) SetSize(width, height int) {
	h.width, h.height = width, height
	h.at = min(h.at, len(h.entries)+h.latest()-1)
}
func (h *home) Title() string { return "" }
func (h *home) Leave()        { h.load.Cancel() }

func (h *home) Bindings() []ui.Binding {
	last := len(h.entries) + h.latest() - 1
	table := []ui.Binding{
		{Keys: []string{"enter"}, Label: "shell.open", Do: h.open},
		{Keys: []string{"up", "k"}, Label: "shell.up", Hidden: true, Do: func() tea.Cmd { h.at = max(h.at-1, 0); return nil }},
		{Keys: []string{"down", "j"}, Label: "shell.down", Hidden: true, Do: func() tea.Cmd { h.at = min(h.at+1, last); return nil }},
	}
	for _, e := range h.entries {
		table = append(table, ui.Binding{Keys: []string{e.key}, Label: e.label, Hidden: true, Do: e.open})
	}
	return table
}

// open opens what the cursor stands on.
func (h *home) open() tea.Cmd {
	if h.at < len(h.entries) {
		return h.entries[h.at].open()
	}
	if i := h.at - len(h.entries); i < len(h.rows) {
		return ui.Push(newDetail(h.desk, h.rows[i].Reference))
	}
	return nil
}

func (h *home) View() string {
	if ui.Wide(h.width, h.height) {
		const gap = 3
		both := beside(h.menu(wideMenu), wideMenu, gap, h.list(h.width-6-wideMenu-gap))
		return "\n" + strings.Join(indent(both, 3), "\n")
	}
	lines := append([]string{""}, indent(h.menu(h.width-6), 3)...)
	lines = append(lines, "")
	return strings.Join(append(lines, indent(h.list(h.width-6), 3)...), "\n")
}

// wideMenu is how many columns the menu gets where the list stands beside it.
const wideMenu = 52

// latest is how many of the newest rows are shown.
func (h *home) latest() int {
	room := h.height - 3
	if !ui.Wide(h.width, h.height) {
		room = h.height - len(h.entries) - len(h.today(h.width-6)) - 5
	}
	return max(0, min(len(h.rows), room, latestRows))
}

// menuLabel is the columns of an entry's name.
const menuLabel = 16

// today is the figures of the day, as wide as the menu leaves.
func (h *home) today(width int) []string {
	text := "–"
	switch c := h.counts; {
	case !h.known:
	case h.pays():
		text = h.T("home.today-both", "paid", c.TodayPaidCount, "in", h.rupiah(c.TodayPaid), "deposits", c.TodayBookedCount, "sum", h.rupiah(c.TodayBooked))
	default:
		text = h.T("home.today-figures", "ids", c.TodayUserIDs, "deposits", c.TodayBookedCount, "sum", h.rupiah(c.TodayBooked))
	}
	return figureLines(text, width-menuLabel-7)
}

// figureLines breaks figures so that a number of things stays with their sum.
func figureLines(text string, width int) []string {
	const between = " · "
	if figures := strings.Split(text, between); ansi.StringWidth(text) > width && len(figures) > 2 {
		cut := len(figures) - 2
		return append(wrap(strings.Join(figures[:cut], between), width), wrap(strings.Join(figures[cut:], between), width)...)
	}
	return wrap(text, width)
}

// menu is the entries and the line of today.
func (h *home) menu(width int) []string {
	const label = menuLabel
	var lines []string
	line := func(mark, key, name, rest string) {
		lines = append(lines, mark+h.Theme.Accent(key)+"  "+name+"  "+rest)
	}
	for i, e := range h.entries {
		mark, name := "  ", fill(h.T(e.label), label, false)
		if i == h.at {
			mark, name = h.Theme.Cursor("▸ "), h.Theme.Cursor(name)
		}
		line(mark, e.key, name, h.hint(e, width-label-7))
	}
	lines = append(lines, "")
	name := h.T("home.today")
	for _, l := range h.today(width) {
		line("  ", " ", fill(name, label, false), l)
		name = ""
	}
	return lines
}

// hint stands beside an entry of the menu.
func (h *home) hint(e entry, width int) string {
	switch {
	case !h.known && (e.label == "home.history" || e.label == "home.open"):
		return h.Theme.Dim("–")
	case e.label == "home.session":
		return h.sessionHint(width)
	case e.label == "home.history":
		return ui.Clip(h.T("home.count", "n", h.number(h.counts.Total)), width)
	case e.label == "home.open":
		if h.counts.Open == 0 {
			return h.Theme.Dim(ui.Clip(h.T("home.open-none"), width))
		}
		return h.Theme.Unsure(ui.Clip(h.openNow(), width-2))
	}
	return h.Theme.Dim(ui.Clip(h.T(e.label+"-hint"), width))
}

// openNow is how many are open, with the sum of the payments among them and
// how long the oldest waits.
func (h *home) openNow() string {
	text := h.T("home.open-some", "n", h.number(h.counts.Open))
	if !h.counts.OpenSum.Zero() {
		text += " · " + h.rupiah(h.counts.OpenSum)
	}
	if !h.counts.OpenSince.IsZero() {
		text += " · " + h.T("home.oldest", "age", h.Words.Duration(max(h.Now().Sub(h.counts.OpenSince), 0)))
	}
	return text
}

// list is the newest rows.
func (h *home) list(width int) []string {
	lines := []string{h.Theme.Strong(h.T("home.latest"))}
	switch {
	case h.fault != "":
		for _, l := range wrap(signed(ui.Bad, h.fault), width-2) {
			lines = append(lines, "  "+h.Theme.Tone(ui.Bad, l))
		}
		return lines
	case len(h.rows) == 0:
		return append(lines, h.Theme.Dim("  "+h.T("home.nothing-yet")))
	}
	shown := h.rows[:h.latest()]
	rows := make([]ui.Row, len(shown))
	for i, r := range shown {
		rows[i] = h.row(r, width)
	}
	at := h.at - len(h.entries)
	columns := rowColumns()
	if ui.Wide(h.width, h.height) {
		columns = columns[:len(columns)-1] // beside the menu the name matters more than the reference
	}
	for i, l := range h.table(width-2, 2, columns, rows, at) {
		mark := "  "
		if i == at {
			mark = h.Theme.Cursor("▸ ")
		}
		lines = append(lines, mark+l)
	}
	return lines
}
