package views

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// Board is what is asked about just now. BoardOf makes one of a till.
type Board interface {
	// Rows is a snapshot in any order, and whether the asking is paused.
	Rows(ctx context.Context) (rows []till.BoardRow, paused bool, err error)
	// CheckNow lets one be asked about at once, CheckAll all that are asked
	// about. Neither waits for the answers.
	CheckNow(ctx context.Context, reference api.Reference) error
	CheckAll(ctx context.Context) error
	// Pause holds back what nobody waits for, or lets it go on.
	Pause(ctx context.Context, paused bool) error
}

// board shows everything that is open, live. It draws the visible rows alone:
// a thousand cost no more than a screenful.
type board struct {
	*desk
	poll ui.Task
	work ui.Task

	lines   []boardLine
	shown   []int // indexes into lines that the filter lets through
	at, top int   // into shown
	paused  bool
	read    bool
	changed bool // the journal has news
	fault   string

	filter    string
	filtering bool // the filter has the keys

	width, height int
}

func newBoard(d *desk) *board {
	return &board{desk: d, changed: true, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

type boardDone struct{ notice ui.Notice }

func (b *board) Init() tea.Cmd { return b.reload() }

// reload reads again; one that is under way is not overtaken.
func (b *board) reload() tea.Cmd {
	if b.poll.Running() {
		return nil
	}
	known, changed := openLines(b.lines), b.changed
	b.changed = false
	return b.poll.Start(func(ctx context.Context) tea.Msg { return b.readBoard(ctx, known, changed) })
}

func (b *board) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case boardRead:
		b.fault = ""
		if m.err != nil {
			b.fault, b.changed = b.trouble(m.err), true
			return nil
		}
		b.read, b.paused = true, m.paused
		b.set(merge(b.lines, m, b.Now()))
	case boardDone:
		return tea.Batch(ui.Say(m.notice), b.reload())
	case Changed:
		b.changed = true // read with the next beat: a thousand changes are one reading
	case ui.Resumed, ui.Shown:
		b.changed = true
		return b.reload()
	case ui.Beat:
		return b.reload()
	case tea.KeyMsg:
		b.typeFilter(m)
	}
	return nil
}

// set changes the rows; the cursor stays on its transaction.
func (b *board) set(lines []boardLine) {
	selected := b.selected()
	b.lines = lines
	b.sift()
	if i := slices.IndexFunc(b.shown, func(i int) bool { return lines[i].Reference == selected }); i >= 0 && selected != "" {
		b.at = i
	}
	b.move(0)
}

func (b *board) sift() {
	b.shown = b.shown[:0]
	text := strings.ToLower(strings.TrimSpace(b.filter))
	for i := range b.lines {
		if text == "" || b.has(&b.lines[i], text) {
			b.shown = append(b.shown, i)
		}
	}
}

func (b *board) selected() api.Reference {
	if b.at < 0 || b.at >= len(b.shown) {
		return ""
	}
	return b.lines[b.shown[b.at]].Reference
}

func (b *board) move(by int) tea.Cmd {
	b.at = max(0, min(b.at+by, len(b.shown)-1))
	page := b.page()
	b.top = max(min(b.top, b.at), b.at-page+1)
	b.top = max(0, min(b.top, len(b.shown)-page))
	return nil
}

// page is how many rows are visible: all but the head, the heading and the
// foot.
func (b *board) page() int { return max(1, b.height-len(b.head())-2) }

func (b *board) typeFilter(k tea.KeyMsg) {
	if !b.filtering {
		return
	}
	switch runes := []rune(b.filter); k.Type {
	case tea.KeyRunes, tea.KeySpace:
		if !k.Alt && len(runes)+len(k.Runes) <= 40 {
			b.filter += api.Clean(string(k.Runes), 40)
		}
	case tea.KeyBackspace:
		b.filter = string(runes[:max(len(runes)-1, 0)])
	case tea.KeyCtrlU:
		b.filter = ""
	}
	b.at = 0
	b.sift()
	b.move(0)
}

func (b *board) endFilter(clear bool) func() tea.Cmd {
	return func() tea.Cmd {
		b.filtering = false
		if clear {
			selected := b.selected()
			b.filter = ""
			b.sift()
			b.at = max(0, slices.IndexFunc(b.shown, func(i int) bool { return b.lines[i].Reference == selected }))
		}
		return b.move(0)
	}
}

func (b *board) SetSize(width, height int) {
	b.width, b.height = width, height
	b.move(0)
}

func (b *board) Title() string   { return b.T("home.open") }
func (b *board) Capturing() bool { return b.filtering }

// Leave ends a pause with its screen: a console in which nobody sees that
// nothing is asked would be a trap.
func (b *board) Leave() {
	b.poll.Cancel()
	b.work.Cancel()
	if b.paused {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = b.Board.Pause(ctx, false) // a board that does not answer pauses nothing either
	}
}

// Scan fills an open filter with a reference, never with a customer's code.
func (b *board) Scan(text string) tea.Cmd {
	if !b.filtering {
		return ui.Say(b.say(ui.Wait, "shell.scan-nowhere"))
	}
	return b.scanInto(b.Update, text)
}

func (b *board) Bindings() []ui.Binding {
	by := func(n func() int) func() tea.Cmd { return func() tea.Cmd { return b.move(n()) } }
	one := func(n int) func() int { return func() int { return n } }
	table := []ui.Binding{
		{Keys: []string{"up", "k"}, Label: "shell.up", Hidden: true, Do: by(one(-1))},
		{Keys: []string{"down", "j"}, Label: "shell.down", Hidden: true, Do: by(one(1))},
		{Keys: []string{"pgup", "ctrl+b"}, Label: "shell.page-up", Hidden: true, Do: by(func() int { return -b.page() })},
		{Keys: []string{"pgdown", "ctrl+f"}, Label: "shell.page-down", Hidden: true, Do: by(b.page)},
	}
	if b.filtering {
		return append(table, ui.Binding{Keys: []string{"enter"}, Label: "shell.ok", Do: b.endFilter(false)},
			ui.Binding{Keys: []string{"esc"}, Label: "shell.filter-off", Do: b.endFilter(true)})
	}
	pause := ui.Binding{Keys: []string{"p"}, Label: "board.pause", Help: "board.pause-help", Do: func() tea.Cmd { return b.pause(!b.paused) }}
	if b.paused {
		pause.Label, pause.Help = "board.go-on", "board.go-on-help"
	}
	table = append(table,
		ui.Binding{Keys: []string{"home", "g"}, Label: "shell.first", Hidden: true, Do: by(func() int { return -len(b.shown) })},
		ui.Binding{Keys: []string{"end", "G"}, Label: "shell.last", Hidden: true, Do: by(func() int { return len(b.shown) })},
		ui.Binding{Keys: []string{"enter"}, Label: "shell.open", Do: func() tea.Cmd {
			if reference := b.selected(); reference != "" {
				return ui.Push(newDetail(b.desk, reference))
			}
			return nil
		}},
		ui.Binding{Keys: []string{"r"}, Label: "code.check", Help: "board.check-help", Do: b.check, Disabled: b.cannotCheck},
		ui.Binding{Keys: []string{"a"}, Label: "board.check-all", Help: "board.check-all-help", Do: b.checkAll, Disabled: b.cannotCheck},
		pause,
		ui.Binding{Keys: []string{"/"}, Label: "shell.filter", Do: func() tea.Cmd { b.filtering = true; return b.move(0) }})
	if b.filter != "" {
		table = append(table, ui.Binding{Keys: []string{"esc"}, Label: "shell.filter-off", Do: b.endFilter(true)})
	}
	return table
}

func (b *board) cannotCheck() string {
	switch {
	case b.work.Running():
		return b.T("code.checking")
	case !slices.ContainsFunc(b.lines, func(l boardLine) bool { return l.ended.IsZero() }):
		return b.T("history.nothing-open")
	}
	return ""
}

func (b *board) check() tea.Cmd {
	reference := b.selected()
	if reference == "" {
		return nil
	}
	return b.do(b.say(ui.Plain, "board.checked", "reference", reference.Short()), func(ctx context.Context) error {
		return b.Board.CheckNow(ctx, reference)
	})
}

// checkAll also asks once more for the user ids whose answers were lost, one
// after the other: nothing does that by itself.
func (b *board) checkAll() tea.Cmd {
	open := openLines(b.lines)
	return b.do(b.say(ui.Plain, "board.checked-all", "n", len(open)), func(ctx context.Context) error {
		err := b.Board.CheckAll(ctx)
		for i := 0; i < len(open) && err == nil && ctx.Err() == nil; i++ {
			if l := open[i]; !l.asked && l.Kind == till.CDM {
				err = b.Board.CheckNow(ctx, l.Reference)
			}
		}
		return err
	})
}

func (b *board) pause(paused bool) tea.Cmd {
	notice := b.say(ui.Plain, "board.goes-on")
	if paused {
		notice = b.say(ui.Wait, "board.paused-now")
	}
	return b.do(notice, func(ctx context.Context) error { return b.Board.Pause(ctx, paused) })
}

func (b *board) do(done ui.Notice, run func(ctx context.Context) error) tea.Cmd {
	return b.work.Start(func(ctx context.Context) tea.Msg {
		if err := run(ctx); err != nil {
			return boardDone{ui.Notice{Tone: ui.Bad, Text: b.trouble(err)}}
		}
		return boardDone{done}
	})
}

func (b *board) View() string {
	lines := b.head()
	switch {
	case !b.read:
		return strings.Join(lines, "\n")
	case len(b.lines) == 0:
		return strings.Join(append(lines, "   "+b.Theme.Dim(b.T("history.nothing-open"))), "\n")
	}
	columns := b.columns()
	lines = append(lines, b.heading(columns))
	end := min(b.top+b.page(), len(b.shown))
	rows := make([]ui.Row, 0, end-b.top)
	now := b.Now()
	for _, i := range b.shown[b.top:end] {
		rows = append(rows, b.row(&b.lines[i], now))
	}
	for i, l := range b.table(b.inner(), b.gap(), columns, rows, b.at-b.top) {
		mark := "   "
		if i == b.at-b.top {
			mark = " " + b.Theme.Cursor("▸ ")
		}
		lines = append(lines, mark+l)
	}
	for len(lines) < b.height-1 {
		lines = append(lines, "")
	}
	return strings.Join(append(lines[:b.height-1], "   "+b.foot()), "\n")
}

func (b *board) inner() int { return b.width - 4 }

func (b *board) gap() int {
	if ui.Wide(b.width, b.height) {
		return 2
	}
	return 1
}

// foot is the filter, or the cursor's place.
func (b *board) foot() string {
	place := b.Theme.Dim(b.T("shell.list-place", "at", min(b.at+1, len(b.shown)), "all", len(b.shown)))
	if !b.filtering && b.filter == "" {
		return place + b.Theme.Dim("   "+b.T("board.legend"))
	}
	text := b.T("shell.list-filter") + b.filter
	if b.filtering {
		text += "▏"
	}
	return b.Theme.Accent(text) + "  " + place
}

// head is the sums, what the links are like, and what must be known of the
// asking.
func (b *board) head() []string {
	width := b.width - 6
	lines := []string{""}
	if b.fault != "" {
		lines = append(lines, indent(b.faultLines(b.fault, width), 3)...)
	}
	if b.read {
		lines = append(lines, "   "+b.sums(width))
	}
	if links := b.links(width); links != "" {
		lines = append(lines, "   "+links)
	}
	if b.paused {
		lines = append(lines, "   "+b.Theme.Unsure(ui.Clip(b.T("board.paused"), width-2)))
	}
	return append(lines, "")
}

// sums are how many are open, how many are being asked about, what they are
// worth, and how old the oldest is.
func (b *board) sums(width int) string {
	open, asking := 0, 0
	var sum api.Amount
	var oldest time.Time
	for i := range b.lines {
		l := &b.lines[i]
		if !l.ended.IsZero() {
			continue
		}
		open++
		if l.Checking {
			asking++
		}
		if l.Kind == till.CPM && l.State.Open() {
			if s, err := sum.Add(l.Amount); err == nil {
				sum = s
			}
		}
		if begun := l.CreatedAt.Time(); oldest.IsZero() || begun.Before(oldest) {
			oldest = begun
		}
	}
	parts := []string{b.T("board.open", "n", open)}
	if asking > 0 {
		parts = append(parts, b.T("board.asking", "n", asking))
	}
	if !sum.Zero() {
		parts = append(parts, b.rupiah(sum))
	}
	if !oldest.IsZero() {
		parts = append(parts, b.T("home.oldest", "age", b.age(b.Now().Sub(oldest))))
	}
	return b.Theme.Strong(ui.Clip(strings.Join(parts, " · "), width))
}

// links are the providers' links as the status bar shows them.
func (b *board) links(width int) string {
	if b.Links == nil {
		return ""
	}
	var parts []string
	room := width
	for _, l := range b.Links() {
		text := strings.Join(slices.DeleteFunc([]string{l.Name, ui.Sign(l.Tone), l.Note}, func(s string) bool { return s == "" }), " ")
		if room -= len([]rune(text)) + 3; room < -3 {
			break
		}
		parts = append(parts, b.Theme.Tone(l.Tone, text))
	}
	return strings.Join(parts, "   ")
}

// columns: kind, amount, state, age, requests and questions, last, next, and
// who it is; where there is room the whole reference.
func (b *board) columns() []ui.Column {
	c := []ui.Column{{Width: 3}, {Width: 11, Right: true}, {Width: 16}, {Width: 8, Right: true}, {Width: 5, Right: true},
		{Width: 6, Right: true}, {Width: 8, Right: true}, {Flex: true}}
	if ui.Wide(b.width, b.height) {
		c = append(c, ui.Column{Width: 25})
	}
	return c
}

func (b *board) heading(columns []ui.Column) string {
	texts := []string{"", b.T("amount.label"), b.T("history.state"), b.T("board.age"), b.T("board.tries"), b.T("board.last"), b.T("board.next"), b.T("detail.reference")}
	if len(columns) > len(texts) {
		texts[len(texts)-1] = b.T("history.who")
		texts = append(texts, b.T("detail.reference"))
	}
	row := ui.Row{Cells: make([]ui.Cell, len(texts))}
	for i, t := range texts {
		row.Cells[i] = ui.Toned(ui.Dim, t)
	}
	return "   " + strings.TrimRight(b.table(b.inner(), b.gap(), columns, []ui.Row{row}, -1)[0], " ")
}

// row is one transaction as it stands at now.
func (b *board) row(l *boardLine, now time.Time) ui.Row {
	amount := ui.Toned(ui.Dim, "–")
	if !l.Amount.Zero() {
		amount = ui.Text(b.rupiah(l.Amount))
	}
	state := b.stateCell(l.Kind, l.State)
	if l.Refunding {
		state = ui.Toned(ui.Unsure, signed(ui.Unsure, b.T("board.refunding")))
	}
	tries := "–"
	if l.asked || l.Attempts+l.Checks > 0 {
		tries = strconv.Itoa(l.Attempts) + "/" + strconv.Itoa(l.Checks)
	}
	last := ui.Toned(ui.Dim, "–")
	if !l.CheckedAt.IsZero() {
		last = ui.Toned(ui.Dim, b.brief(now.Sub(l.CheckedAt)))
	}
	if !l.DownSince.IsZero() {
		last = ui.Toned(ui.Bad, signed(ui.Bad, b.brief(now.Sub(l.DownSince))))
	}
	cells := []ui.Cell{ui.Text(kindWord(l.Kind)), amount, state, ui.Text(b.age(now.Sub(l.CreatedAt.Time()))), ui.Toned(ui.Dim, tries), last, b.next(l, now)}
	if name := b.rowName(l.Row); ui.Wide(b.width, b.height) {
		return ui.Row{Cells: append(cells, ui.Text(name), ui.Toned(ui.Dim, string(l.Reference)))}
	}
	who := l.Reference.Short()
	if l.Kind == till.MPM {
		who = b.rowName(l.Row) // the reference is a name that nobody knows
	}
	return ui.Row{Cells: append(cells, ui.Toned(ui.Dim, who))}
}

// next is when a row is asked about, or why it is not.
func (b *board) next(l *boardLine, now time.Time) ui.Cell {
	switch {
	case !l.ended.IsZero():
		return ui.Toned(ui.Dim, b.T("board.leaves", "in", b.brief(endedStay-now.Sub(l.ended))))
	case l.Checking:
		return ui.Toned(ui.Accent, b.T("board.now"))
	case l.Held:
		return ui.Toned(ui.Unsure, b.T("board.held"))
	case l.Next.IsZero():
		return ui.Toned(ui.Dim, "–")
	}
	return ui.Text(b.brief(max(l.Next.Sub(now), 0) + time.Second - time.Nanosecond))
}

// brief is a span in at most six columns: "3 s", "12:05", "26 h".
func (d *desk) brief(span time.Duration) string {
	if span >= time.Hour {
		return d.T("board.hours", "n", int(span/time.Hour))
	}
	return d.ago(span)
}

// age is how long something has been open: "0:41", "1:02:03", "3 d".
func (d *desk) age(span time.Duration) string {
	if span >= 48*time.Hour {
		return d.T("board.days", "n", int(span/(24*time.Hour)))
	}
	return d.Words.Duration(max(span, 0))
}
