package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"

	"cashier/ui/words"
)

// Column is one column of a List.
type Column struct {
	Title string
	Width int  // 0: as wide as its widest cell
	Right bool // numbers
	Flex  bool // takes the room that the others leave; one of them
}

// Cell is plain text (no escapes: they would break the columns) and its tone.
type Cell struct {
	Text string
	Tone Tone
}

// Text is a cell in the terminal's own colour.
func Text(s string) Cell { return Cell{Text: s} }

// Toned is a cell with a tone; put its sign into the text.
func Toned(t Tone, s string) Cell { return Cell{s, t} }

// Cells makes plain cells of texts.
func Cells(texts ...string) []Cell {
	out := make([]Cell, len(texts))
	for i, s := range texts {
		out[i] = Text(s)
	}
	return out
}

// Row is one line of a List; ID keeps the cursor on it when rows change.
type Row struct {
	ID    string
	Cells []Cell
}

func (r Row) text() string {
	parts := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		parts[i] = c.Text
	}
	return strings.Join(parts, " ")
}

// List is an aligned table with a cursor, a filter and paging.
type List struct {
	kit     Kit
	columns []Column
	rows    []Row
	shown   []int // indexes into rows, in order, that the filter lets through
	at      int   // index into shown
	top     int
	empty   string
	onEnd   func() tea.Cmd
	more    bool

	filter    textinput.Model
	filtering bool // the filter has the keys

	width, height int
}

// NewList makes an empty list.
func NewList(k Kit, columns ...Column) *List {
	in := textinput.New()
	in.Prompt = k.T("shell.list-filter")
	in.PromptStyle = k.Theme.Style(Accent)
	in.Cursor.SetMode(cursor.CursorStatic)
	in.CharLimit = 40
	return &List{kit: k, columns: columns, filter: in, width: MinWidth, height: 10, empty: k.T("shell.list-empty")}
}

// SetRows changes the rows; the cursor stays on the row with its ID.
func (l *List) SetRows(rows []Row) {
	id := ""
	if r, ok := l.Selected(); ok {
		id = r.ID
	}
	l.rows = rows
	l.sift()
	if at := slices.IndexFunc(l.shown, func(i int) bool { return id != "" && rows[i].ID == id }); at >= 0 {
		l.at = at
	}
	l.clamp()
}

// SetEmpty sets what is said when there are no rows.
func (l *List) SetEmpty(text string) { l.empty = text }

// OnEnd sets what happens when the cursor reaches the last row: load more.
func (l *List) OnEnd(f func() tea.Cmd) { l.onEnd = f }

// SetMore says whether there are rows behind the last one that are not loaded
// yet.
func (l *List) SetMore(more bool) { l.more = more }

// SetSize sets the room in columns and rows, the heading included.
func (l *List) SetSize(width, height int) {
	l.width, l.height = width, height
	l.filter.Width = max(4, min(40, width-20))
	l.clamp()
}

// Len is how many rows the filter lets through.
func (l *List) Len() int { return len(l.shown) }

// Selected gives the row under the cursor.
func (l *List) Selected() (Row, bool) {
	if l.at < 0 || l.at >= len(l.shown) {
		return Row{}, false
	}
	return l.rows[l.shown[l.at]], true
}

// Capturing reports whether the filter has the keys.
func (l *List) Capturing() bool { return l.filtering }

// Update types into the filter while it is open.
func (l *List) Update(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.KeyMsg); !ok || !l.filtering {
		return nil
	}
	before := l.filter.Value()
	var cmd tea.Cmd
	l.filter, cmd = l.filter.Update(msg)
	if l.filter.Value() != before {
		l.at = 0
		l.sift()
		l.clamp()
	}
	return cmd
}

// sift finds the rows that the filter lets through, best match first.
func (l *List) sift() {
	l.shown = l.shown[:0]
	pattern := strings.TrimSpace(l.filter.Value())
	if pattern == "" {
		for i := range l.rows {
			l.shown = append(l.shown, i)
		}
		return
	}
	texts := make([]string, len(l.rows))
	for i, r := range l.rows {
		texts[i] = r.text()
	}
	for _, m := range fuzzy.Find(pattern, texts) {
		l.shown = append(l.shown, m.Index)
	}
}

// page is how many rows are visible.
func (l *List) page() int {
	n := l.height
	if l.titled() {
		n--
	}
	if l.footed() {
		n--
	}
	return max(n, 1)
}

func (l *List) titled() bool {
	return slices.ContainsFunc(l.columns, func(c Column) bool { return c.Title != "" })
}

// footed: the last line is the filter, or the cursor's place when not all rows
// are visible.
func (l *List) footed() bool {
	room := l.height
	if l.titled() {
		room--
	}
	return l.filtering || l.filter.Value() != "" || len(l.shown) > room
}

func (l *List) clamp() {
	l.at = max(0, min(l.at, len(l.shown)-1))
	page := l.page()
	l.top = max(min(l.top, l.at), l.at-page+1)
	l.top = max(0, min(l.top, len(l.shown)-page))
}

func (l *List) move(by int) tea.Cmd {
	l.at += by
	l.clamp()
	if by > 0 && l.at == len(l.shown)-1 && l.onEnd != nil && !l.filtering {
		return l.onEnd()
	}
	return nil
}

func (l *List) endFilter(clear bool) tea.Cmd {
	l.filtering = false
	l.filter.Blur()
	if clear {
		l.filter.SetValue("")
		id := ""
		if r, ok := l.Selected(); ok {
			id = r.ID
		}
		l.sift()
		l.at = max(0, slices.IndexFunc(l.shown, func(i int) bool { return l.rows[i].ID == id }))
	}
	l.clamp()
	return nil
}

// Bindings are the list's keys; open gets the row under the cursor at Enter,
// nil for a list that opens nothing. While the filter has the keys, Enter keeps
// it and Esc ends it.
func (l *List) Bindings(open func(Row) tea.Cmd, label words.Key) []Binding {
	step := func(by func() int) func() tea.Cmd {
		return func() tea.Cmd { return l.move(by()) }
	}
	one := func(n int) func() int { return func() int { return n } }
	table := []Binding{
		{Keys: []string{"up", "k"}, Label: "shell.up", Hidden: true, Do: step(one(-1))},
		{Keys: []string{"down", "j"}, Label: "shell.down", Hidden: true, Do: step(one(1))},
		{Keys: []string{"pgup", "ctrl+b"}, Label: "shell.page-up", Hidden: true, Do: step(func() int { return -l.page() })},
		{Keys: []string{"pgdown", "ctrl+f"}, Label: "shell.page-down", Hidden: true, Do: step(l.page)},
	}
	if l.filtering {
		return append(table,
			Binding{Keys: []string{"enter"}, Label: "shell.ok", Do: func() tea.Cmd { return l.endFilter(false) }},
			Binding{Keys: []string{"esc"}, Label: "shell.filter-off", Do: func() tea.Cmd { return l.endFilter(true) }})
	}
	table = append(table,
		Binding{Keys: []string{"home", "g"}, Label: "shell.first", Hidden: true, Do: step(func() int { return -len(l.shown) })},
		Binding{Keys: []string{"end", "G"}, Label: "shell.last", Hidden: true, Do: step(func() int { return len(l.shown) })},
		Binding{Keys: []string{"/"}, Label: "shell.filter", Do: func() tea.Cmd {
			l.filtering = true
			l.filter.Focus()
			l.clamp()
			return nil
		}})
	if l.filter.Value() != "" {
		table = append(table, Binding{Keys: []string{"esc"}, Label: "shell.filter-off", Do: func() tea.Cmd { return l.endFilter(true) }})
	}
	if open != nil {
		enter := Binding{Keys: []string{"enter"}, Label: label, Do: func() tea.Cmd {
			if r, ok := l.Selected(); ok {
				return open(r)
			}
			return nil
		}}
		table = append([]Binding{enter}, table...)
	}
	return table
}

// widths gives each column its width.
func (l *List) widths() []int {
	out := make([]int, len(l.columns))
	flex, used := -1, 2+2*max(0, len(l.columns)-1)
	for i, c := range l.columns {
		out[i] = c.Width
		if c.Width == 0 {
			out[i] = ansi.StringWidth(c.Title)
			for _, r := range l.rows {
				if i < len(r.Cells) {
					out[i] = max(out[i], ansi.StringWidth(r.Cells[i].Text))
				}
			}
		}
		if c.Flex {
			flex = i
			continue
		}
		used += out[i]
	}
	if flex >= 0 {
		out[flex] = max(l.width-used, min(out[flex], 4))
	}
	return out
}

// View draws the heading, the visible rows and, where needed, the filter or
// the cursor's place.
func (l *List) View() string {
	t, widths := l.kit.Theme, l.widths()
	var lines []string
	if l.titled() {
		heads := make([]string, len(l.columns))
		for i, c := range l.columns {
			heads[i] = pad(Clip(c.Title, widths[i]), widths[i], c.Right)
		}
		lines = append(lines, t.Dim("  "+strings.TrimRight(strings.Join(heads, "  "), " ")))
	}
	page := l.page()
	switch {
	case len(l.rows) == 0:
		lines = append(lines, t.Dim("  "+Clip(l.empty, l.width-2)))
	case len(l.shown) == 0:
		lines = append(lines, t.Dim("  "+Clip(l.kit.T("shell.list-none", "filter", l.filter.Value()), l.width-2)))
	}
	for i := l.top; i < min(l.top+page, len(l.shown)); i++ {
		lines = append(lines, l.row(l.rows[l.shown[i]], widths, i == l.at))
	}
	if l.footed() {
		for len(lines) < l.height-1 {
			lines = append(lines, "")
		}
		all := strconv.Itoa(len(l.shown))
		if l.more {
			all += "+"
		}
		place := l.kit.T("shell.list-place", "at", min(l.at+1, len(l.shown)), "all", all)
		if l.filtering || l.filter.Value() != "" {
			lines = append(lines, "  "+l.filter.View()+"  "+t.Dim(place))
		} else {
			lines = append(lines, t.Dim("  "+place))
		}
	}
	return strings.Join(lines, "\n")
}

// row draws one row; the one under the cursor as a whole, its mark before it.
func (l *List) row(r Row, widths []int, here bool) string {
	parts := make([]string, 0, len(l.columns))
	for i, c := range l.columns {
		var cell Cell
		if i < len(r.Cells) {
			cell = r.Cells[i]
		}
		text := Clip(cell.Text, widths[i])
		if c.Right || i < len(l.columns)-1 {
			text = pad(text, widths[i], c.Right)
		}
		if !here {
			text = l.kit.Theme.Tone(cell.Tone, text)
		}
		parts = append(parts, text)
	}
	line := strings.Join(parts, "  ")
	if here {
		return l.kit.Theme.Cursor("▸ " + line)
	}
	return "  " + line
}
