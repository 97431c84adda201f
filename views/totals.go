package views

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/ui"
	"cashier/ui/books"
	"cashier/ui/words"
)

// totals shows what came in on a day, hour by hour, by machine or courier, or a
// month by its days, as bars with their amounts beside them.
type totals struct {
	*desk
	scroll
	by  books.By
	day time.Time // any time of the day

	report books.Report
	read   bool
	fault  string
	looked *atomic.Int64 // transactions, by the reading under way
	load   ui.Task
	stale  bool
	at     time.Time // when it was added up

	width, height int
}

func newTotals(d *desk) *totals {
	return &totals{desk: d, by: books.Hour, day: d.Now(), looked: new(atomic.Int64), width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

type addedUp struct {
	report books.Report
	err    error
}

// groupings are the ways to group in the order of their key.
var groupings = []books.By{books.Hour, books.Machine, books.Courier, books.Day}

// span is the day, or its month.
func (t *totals) span() (from, to time.Time) {
	y, m, d := t.day.In(words.Jakarta).Date()
	if t.by == books.Day {
		return time.Date(y, m, 1, 0, 0, 0, 0, words.Jakarta), time.Date(y, m+1, 1, 0, 0, 0, 0, words.Jakarta)
	}
	return time.Date(y, m, d, 0, 0, 0, 0, words.Jakarta), time.Date(y, m, d+1, 0, 0, 0, 0, words.Jakarta)
}

func (t *totals) Init() tea.Cmd { return t.add() }

// add adds up once more; what was under way is given up.
func (t *totals) add() tea.Cmd {
	t.stale, t.looked = false, new(atomic.Int64)
	journal, by, looked := t.Books, t.by, t.looked
	from, to := t.span()
	return t.load.Start(func(ctx context.Context) tea.Msg {
		report, err := books.Make(ctx, journal, by, from, to, func() { looked.Add(1) })
		return addedUp{report, err}
	})
}

// turn shows another day or another grouping.
func (t *totals) turn() tea.Cmd {
	t.read, t.top = false, 0
	return t.add()
}

// settleTime is how long the sums of a day stay as they are while it goes on.
const settleTime = 10 * time.Second

func (t *totals) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case addedUp:
		t.fault, t.at = "", t.Now()
		if m.err != nil {
			t.fault = t.trouble(m.err)
			return nil
		}
		t.report, t.read = m.report, true
	case Changed, ui.Resumed, ui.Shown:
		t.stale = true
	case ui.Beat:
		if t.stale && !t.load.Running() && t.Now().Sub(t.at) >= settleTime {
			return t.add()
		}
	}
	return nil
}

func (t *totals) SetSize(width, height int) { t.width, t.height = width, height }
func (t *totals) Title() string             { return t.T("report.title") }
func (t *totals) Leave()                    { t.load.Cancel() }

// move goes n days on; by day, n months.
func (t *totals) move(n int) tea.Cmd {
	from, _ := t.span()
	if t.by == books.Day {
		t.day = from.AddDate(0, n, 0)
	} else {
		t.day = from.AddDate(0, 0, n)
	}
	return t.turn()
}

func (t *totals) Bindings() []ui.Binding {
	last := func() string {
		if _, to := t.span(); to.After(t.Now()) {
			return t.T("report.last")
		}
		return ""
	}
	return append([]ui.Binding{
		{Keys: []string{"left", "h"}, Label: "report.earlier", Help: "report.earlier-help", Do: func() tea.Cmd { return t.move(-1) }},
		{Keys: []string{"right", "l"}, Label: "report.later", Help: "report.later-help", Do: func() tea.Cmd { return t.move(+1) }, Disabled: last},
		{Keys: []string{"b"}, Label: "report.by", Help: "report.by-help", Do: func() tea.Cmd {
			t.by = groupings[(slices.Index(groupings, t.by)+1)%len(groupings)]
			return t.turn()
		}},
		{Keys: []string{"t"}, Label: "report.to-today", Help: "report.to-today-help", Do: func() tea.Cmd { t.day = t.Now(); return t.turn() }, Disabled: last},
		{Keys: []string{"r"}, Label: "report.again", Hidden: true, Do: t.add},
	}, t.scroll.bindings(t.height, func() int { return len(t.lines()) })...)
}

func (t *totals) View() string {
	return strings.Join(t.cut(t.desk, t.lines(), t.height), "\n")
}

// head is the day and how it is grouped.
func (t *totals) head() string {
	from, to := t.span()
	when := t.Words.Date(from)
	if t.by == books.Day {
		when = t.T("report.span", "from", t.shortDate(from), "to", t.Words.Date(to.AddDate(0, 0, -1)))
	} else if sameDay(from, t.Now()) {
		when += " · " + t.T("report.today")
	}
	return t.Theme.Strong(when) + "   " + t.Theme.Dim(t.T(words.Key("report."+string(t.by))))
}

func (t *totals) lines() []string {
	lines := []string{"", t.head(), ""}
	switch {
	case t.fault != "":
		for _, l := range wrap(signed(ui.Bad, t.fault), t.width-6) {
			lines = append(lines, t.Theme.Tone(ui.Bad, l))
		}
	case !t.read:
		lines = append(lines, t.Theme.Dim(t.T("report.adding", "n", t.looked.Load())))
	default:
		lines = append(lines, t.body(t.width-6)...)
	}
	return indent(lines, 3)
}

// body is the sums, and a bar with its amounts for each line.
func (t *totals) body(width int) []string {
	c := t.report.Rupiah()
	sums := t.Theme.Tone(ui.Accent, firstPart) + " " + t.T("report.payments") + " " + t.counted(c.Total.Payments, true) + "   " +
		t.Theme.Tone(ui.Good, secondPart) + " " + t.T("report.deposits") + " " + t.counted(c.Total.Deposits, true)
	out := []string{sums}
	if c.Total.Refunds.Count > 0 {
		out = append(out, t.T("report.refunds")+" "+t.counted(c.Total.Refunds, true))
	}
	out = append(out, t.notes()...)
	out = append(out, "")
	if len(c.Lines) == 0 {
		return append(out, t.Theme.Dim(t.T("report.nothing")))
	}
	lines := t.filled(c.Lines)
	if len(lines) == 0 {
		return append(out, t.Theme.Dim(t.T("report.no-deposits")))
	}
	return append(out, t.barLines(width, lines)...)
}

// notes tell of what is not in the sums.
func (t *totals) notes() []string {
	var out, others []string
	past := 0
	for i, c := range t.report.Currencies {
		for _, s := range []books.Sum{c.Total.Payments, c.Total.Refunds, c.Total.Deposits} {
			past += s.Past
		}
		if i > 0 {
			others = append(others, strings.TrimSpace(c.Code+" "+t.counted(c.Total.Payments, false)+" "+t.counted(c.Total.Deposits, false)))
		}
	}
	note := func(text string) {
		for _, l := range wrap(signed(ui.Unsure, text), t.width-6) {
			out = append(out, t.Theme.Tone(ui.Unsure, l))
		}
	}
	if len(others) > 0 {
		note(t.T("report.others", "list", strings.Join(others, ", ")))
	}
	if past > 0 {
		note(t.T("report.past", "n", past))
	}
	return out
}

// counted is a number with its amount: "38 · Rp4.812.500".
func (t *totals) counted(s books.Sum, strong bool) string {
	if s.Count == 0 {
		if strong {
			return t.Theme.Dim("–")
		}
		return ""
	}
	text := t.number(s.Count) + " · " + t.rupiah(s.Amount)
	if strong {
		return t.Theme.Money(text)
	}
	return text
}

// The chart's columns: the least of a bar, the most of a name, and those before
// each amount.
const (
	leastBar = 10
	mostName = 24
	gap      = 3
)

func (t *totals) barLines(width int, lines []books.Line) []string {
	names := make([]string, len(lines))
	bars := make([]bar, len(lines))
	cells := make([][2]string, len(lines))
	name, wide := 0, [2]int{}
	for i, l := range lines {
		names[i] = ui.Clip(t.name(l), mostName)
		name = max(name, ansi.StringWidth(names[i]))
		bars[i] = bar{l.Payments.Amount.Minor(), l.Deposits.Amount.Minor()}
		for j, s := range []books.Sum{l.Payments, l.Deposits} {
			cells[i][j] = t.counted(s, false)
			wide[j] = max(wide[j], ansi.StringWidth(cells[i][j]))
		}
	}
	room := width - name - 2
	for _, w := range wide {
		if w > 0 {
			room -= gap + w
		}
	}
	drawn := t.chart(bars, max(room, leastBar))
	out := make([]string, len(lines))
	for i := range lines {
		out[i] = t.Theme.Dim(fill(names[i], name, false)) + "  " + drawn[i]
		for j, w := range wide {
			if w > 0 {
				out[i] += strings.Repeat(" ", gap) + fill(cells[i][j], w, true)
			}
		}
		out[i] = strings.TrimRight(out[i], " ")
	}
	return out
}

// filled are the lines in the order they are shown in: hours and days without
// a gap, machines and couriers by what they brought. Payments, which have
// neither, stand in the sums alone: their bar would leave no room for others.
func (t *totals) filled(lines []books.Line) []books.Line {
	if t.by == books.Machine || t.by == books.Courier {
		lines = slices.Clone(lines)
		for i := range lines {
			lines[i].Payments = books.Sum{}
		}
		lines = slices.DeleteFunc(lines, func(l books.Line) bool { return l.Deposits.Count == 0 })
		return slices.SortedStableFunc(slices.Values(lines), func(a, b books.Line) int {
			return cmp.Compare(b.Deposits.Amount.Minor(), a.Deposits.Amount.Minor())
		})
	}
	first, err := strconv.Atoi(lines[0].Key[len(lines[0].Key)-2:])
	last, err2 := strconv.Atoi(lines[len(lines)-1].Key[len(lines[0].Key)-2:])
	if err != nil || err2 != nil {
		return lines
	}
	prefix := lines[0].Key[:len(lines[0].Key)-2]
	var out []books.Line
	for n := first; n <= last; n++ {
		key := prefix + strconv.Itoa(100 + n)[1:]
		if len(lines) > 0 && lines[0].Key == key {
			out, lines = append(out, lines[0]), lines[1:]
			continue
		}
		out = append(out, books.Line{Key: key})
	}
	return out
}

// name is what a line is called.
func (t *totals) name(l books.Line) string {
	switch {
	case t.by == books.Hour:
		return l.Key + ".00"
	case t.by == books.Day:
		day, err := time.ParseInLocation(time.DateOnly, l.Key, words.Jakarta)
		if err != nil {
			return l.Key
		}
		return t.shortDate(day)
	case l.Key == "" && l.Name == "":
		return "–"
	}
	return strings.TrimSpace(l.Key + " " + l.Name)
}
