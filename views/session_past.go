package views

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api/till"
	"cashier/ui"
)

// pastSessions lists the Z reports, newest first; more are read when the cursor
// comes to the end.
type pastSessions struct {
	*desk
	list  *ui.List
	rows  []till.Session
	end   bool
	read  bool
	fault string
	load  ui.Task

	width, height int
}

// sessionsPage is how many are read at a time.
const sessionsPage = 50

func newPastSessions(d *desk) *pastSessions {
	p := &pastSessions{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	p.list = ui.NewList(d.Kit,
		ui.Column{Title: "Z", Right: true}, ui.Column{Title: d.T("shift.from")}, ui.Column{Title: d.T("shift.to")},
		ui.Column{Title: d.T("session.operator"), Flex: true}, ui.Column{Title: d.T("shift.net"), Right: true}, ui.Column{Title: d.T("shift.deposits"), Right: true})
	p.list.SetEmpty("")
	p.list.OnEnd(p.readOn)
	return p
}

type sessionsRead struct {
	list []till.Session
	err  error
}

func (p *pastSessions) Init() tea.Cmd { return p.readOn() }

func (p *pastSessions) readOn() tea.Cmd {
	if p.end || p.load.Running() {
		return nil
	}
	before := 0
	if len(p.rows) > 0 {
		before = p.rows[len(p.rows)-1].Number
	}
	return p.load.Start(func(ctx context.Context) tea.Msg {
		list, err := p.Sessions.ListSessions(ctx, before, sessionsPage)
		return sessionsRead{list, err}
	})
}

func (p *pastSessions) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sessionsRead:
		p.take(m)
	case tea.KeyMsg:
		return p.list.Update(m)
	}
	return nil
}

func (p *pastSessions) take(m sessionsRead) {
	p.fault = ""
	if m.err != nil {
		p.fault = p.trouble(m.err)
		return
	}
	p.read, p.end = true, len(m.list) < sessionsPage
	p.rows = append(p.rows, m.list...)
	rows := make([]ui.Row, 0, len(p.rows))
	for _, s := range p.rows {
		if s.Open() {
			continue
		}
		operator, net, booked := p.inShort(s)
		from, to := "–", "–"
		if s.Report != nil {
			from, to = p.minute(s.OpenedAt), p.until(s)
		}
		rows = append(rows, ui.Row{ID: strconv.Itoa(s.Number), Cells: ui.Cells(strconv.Itoa(s.Number), from, to, operator, net, booked)})
	}
	p.list.SetEmpty(p.T("session.past-none"))
	p.list.SetRows(rows)
}

// inShort is what a list says of a closed session.
func (d *desk) inShort(s till.Session) (operator, net, booked string) {
	switch {
	case s.Damaged:
		return d.T("session.damaged"), "–", "–"
	case s.Lost:
		return d.T("session.lost"), "–", "–"
	}
	return s.Operator, d.Words.Rupiah(s.Report.Net()), d.Words.Rupiah(s.Report.Booked.Sum.Minor())
}

// until is when a session ended, by its day only where it began on another.
func (p *pastSessions) until(s till.Session) string {
	if sameDay(s.OpenedAt, s.ClosedAt) {
		return p.Words.Clock(s.ClosedAt)[:len("15.04")]
	}
	return p.minute(s.ClosedAt)
}

// minute is a time without its seconds: "20 Nov 2026 15.04".
func (p *pastSessions) minute(t time.Time) string {
	return p.Words.Date(t) + " " + p.Words.Clock(t)[:len("15.04")]
}

func (p *pastSessions) SetSize(width, height int) {
	p.width, p.height = width, height
	p.list.SetSize(width-6, height-2)
}

func (p *pastSessions) Title() string   { return p.T("session.past-title") }
func (p *pastSessions) Leave()          { p.load.Cancel() }
func (p *pastSessions) Capturing() bool { return p.list.Capturing() }

func (p *pastSessions) Bindings() []ui.Binding {
	return p.list.Bindings(func(r ui.Row) tea.Cmd {
		for _, s := range p.rows {
			switch {
			case strconv.Itoa(s.Number) != r.ID:
			case s.Damaged:
				return ui.Say(p.say(ui.Bad, "session.unshown", "n", s.Number))
			default:
				return ui.Push(newZReport(p.desk, s, true))
			}
		}
		return nil
	}, "session.show")
}

func (p *pastSessions) View() string {
	if p.fault != "" {
		return "\n" + strings.Join(indent(wrap(signed(ui.Bad, p.fault), p.width-6), 3), "\n")
	}
	return "\n" + joinIndented(p.list.View(), 3)
}

// zReport is the report of a closed session.
type zReport struct {
	*desk
	scroll
	session till.Session
	copied  bool
	job     ui.Task

	width, height int
}

func newZReport(d *desk, s till.Session, copied bool) *zReport {
	return &zReport{desk: d, session: s, copied: copied, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

func (z *zReport) Init() tea.Cmd { return nil }

func (z *zReport) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case printed:
		z.copied = z.copied || m.err == nil // there is one original
		return z.printOutcome(m)
	case savedText:
		return z.saveOutcome(m)
	}
	return nil
}

func (z *zReport) SetSize(width, height int) { z.width, z.height = width, height }
func (z *zReport) Title() string             { return z.T("session.title-number", "n", z.session.Number) }
func (z *zReport) Leave()                    { z.job.Cancel() }

func (z *zReport) Bindings() []ui.Binding {
	return append(z.reportBindings(&z.job, func() till.Session { return z.session }, z.copied),
		z.scroll.bindings(z.height, func() int { return len(z.lines()) })...)
}

func (z *zReport) lines() []string {
	return indent(append([]string{""}, z.reportLines(z.session, z.copied)...), 3)
}

func (z *zReport) View() string {
	return strings.Join(z.cut(z.desk, z.lines(), z.height), "\n")
}
