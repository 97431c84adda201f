package views

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// Sessions keeps the shifts, parks what a closing finds open and asks again
// about what may not have ended as it seems; the store and the till together
// are one.
type Sessions interface {
	till.Sessions
	Park(ctx context.Context, reference api.Reference, by string) (till.Transaction, error)
	// AskAgain asks, before a closing, about what may have moved without anybody
	// hearing of it; unheard is how many questions were not answered.
	AskAgain(ctx context.Context) (unheard int, err error)
}

// session is the shift that is open: its X report, live, and the way to close
// it; or the form that opens one.
type session struct {
	*desk
	scroll
	now   till.Session   // with its X report; number 0: none is open
	past  []till.Session // the newest closed ones
	read  bool
	fault string
	form  *ui.Form // nil: the report is shown
	load  ui.Task
	work  ui.Task
	job   ui.Task
	stale bool

	width, height int
}

func newSession(d *desk) *session {
	return &session{desk: d, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
}

// sessionRead is the open session, or none, and the one that was closed last.
type sessionRead struct {
	now  till.Session
	past []till.Session
	err  error
}

// pastShown is how many Z reports stand beside the open session at most.
const pastShown = 20

func (d *desk) readSession(ctx context.Context) sessionRead {
	var r sessionRead
	r.now, r.err = d.Sessions.SessionReport(ctx, 0)
	if errors.Is(r.err, till.ErrNoSession) {
		r.now, r.err = till.Session{}, nil
	}
	if r.err != nil {
		return r
	}
	r.past, r.err = d.Sessions.ListSessions(ctx, 0, pastShown)
	r.past = slices.DeleteFunc(r.past, till.Session.Open)
	return r
}

func (s *session) Init() tea.Cmd { return s.reload() }

func (s *session) reload() tea.Cmd {
	if s.load.Running() {
		s.stale = true
		return nil
	}
	s.stale = false
	return s.load.Start(func(ctx context.Context) tea.Msg { return s.readSession(ctx) })
}

// sessionOpened is how an opening ended.
type sessionOpened struct {
	session till.Session
	err     error
}

func (s *session) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sessionRead:
		s.take(m)
		if s.stale {
			return s.reload()
		}
	case sessionOpened:
		if m.err != nil {
			return tea.Batch(ui.Say(ui.Notice{Tone: ui.Bad, Text: s.sessionDeedTrouble(m.err)}), s.reload())
		}
		s.form = nil
		return tea.Batch(ui.Say(s.say(ui.Good, "session.opened", "n", m.session.Number)), s.reload())
	case printed:
		return s.printOutcome(m)
	case savedText:
		return s.saveOutcome(m)
	case Changed, ui.Resumed, ui.Shown:
		return s.reload()
	case tea.KeyMsg:
		if s.form != nil {
			return typeCash(s.form, m)
		}
	}
	return nil
}

// take shows what was read; what is being typed stays.
func (s *session) take(r sessionRead) {
	s.fault = ""
	if r.err != nil {
		s.fault = s.sessionTrouble(r.err)
		return
	}
	was := s.now.Number
	s.now, s.past, s.read = r.now, r.past, true
	switch {
	case s.now.Number == 0 && s.form == nil:
		s.fillIn()
	case s.now.Number > 0 && !s.now.Auto && (s.form != nil || was == 0):
		s.form = nil
	}
}

// fillIn makes the form of an opening, with what is known of who works here.
func (s *session) fillIn() {
	needed := func(v string) string {
		if strings.TrimSpace(v) == "" {
			return s.T("session.needed")
		}
		return ""
	}
	operator, branch := s.courier.Name, s.courier.BranchNo
	for _, known := range append(slices.Clone(s.past[:min(1, len(s.past))]), s.now) {
		if known.Operator != "" {
			operator, branch = known.Operator, known.Branch
		}
	}
	s.form = ui.NewForm(s.Kit,
		ui.Field{Name: "operator", Label: s.T("session.operator"), Value: operator, Limit: till.MostNamed, Check: needed},
		ui.Field{Name: "branch", Label: s.T("session.branch"), Value: branch, Limit: till.MostNamed, Check: needed},
		ui.Field{Name: "amount", Label: s.T("session.cash"), Hint: s.T("session.cash-hint"), Keep: func(r rune) bool { return r >= '0' && r <= '9' }},
	)
	s.SetSize(s.width, s.height)
}

// sessionTrouble says what an error of sessions means, and what to do.
func (d *desk) sessionTrouble(err error) string {
	if e, ok := errors.AsType[*till.SessionOpenError](err); ok {
		return d.T("session.is-open", "n", e.Session.Number, "operator", e.Session.Operator, "time", d.moment(e.Session.OpenedAt))
	}
	if errors.Is(err, till.ErrNoSession) {
		return d.T("session.none")
	}
	return d.trouble(err)
}

// sessionDeedTrouble is sessionTrouble for what may have been done all the same.
func (d *desk) sessionDeedTrouble(err error) string {
	if errors.Is(err, till.ErrNoWord) {
		return d.T("deny.no-word")
	}
	return d.sessionTrouble(err)
}

func (s *session) SetSize(width, height int) {
	s.width, s.height = width, height
	if s.form != nil {
		s.form.SetSize(width-6, 6)
	}
}

func (s *session) Title() string {
	if s.now.Number > 0 {
		return s.T("session.title-number", "n", s.now.Number)
	}
	return s.T("session.title")
}

func (s *session) Leave()          { s.load.Cancel(); s.job.Cancel() }
func (s *session) Capturing() bool { return s.form != nil }

// Scan refuses: a code is no name.
func (s *session) Scan(string) tea.Cmd { return ui.Say(s.say(ui.Wait, "shell.scan-nowhere")) }

func (s *session) Bindings() []ui.Binding {
	past := ui.Binding{Keys: []string{"h"}, Label: "session.past", Help: "session.past-help", Do: func() tea.Cmd { return ui.Push(newPastSessions(s.desk)) }}
	if s.form != nil {
		past.Keys = []string{"ctrl+o"}
		return append(s.form.Bindings(s.open, "session.open-do"), past)
	}
	if s.now.Number == 0 {
		return []ui.Binding{past}
	}
	var table []ui.Binding
	if s.now.Auto {
		table = append(table, ui.Binding{Keys: []string{"t"}, Label: "session.take", Help: "session.take-help", Do: func() tea.Cmd {
			s.fillIn()
			return s.form.Init()
		}})
	}
	table = append(table, ui.Binding{Keys: []string{"z"}, Label: "session.close", Help: "session.close-help", Do: func() tea.Cmd { return ui.Push(newClosing(s.desk)) }}, past)
	table = append(table, s.reportBindings(&s.job, func() till.Session { return s.now }, false)...)
	return append(table, s.scroll.bindings(s.height, func() int { return len(s.lines()) })...)
}

// reportBindings are the keys of a report: on paper, or into the clipboard.
func (d *desk) reportBindings(job *ui.Task, report func() till.Session, copied bool) []ui.Binding {
	name := "session-" + strconv.Itoa(report().Number)
	text := func() []string { return d.sessionText(report(), copied) }
	table := d.printBindings(job, func() tea.Cmd {
		doc := SessionDocument(d.Words, report(), d.sessionPaper(copied))
		return d.printing(job, func(ctx context.Context) (bool, error) { return copied, d.Press.Print(ctx, doc) })
	}, name, text)
	return append(table, ui.Binding{Keys: []string{"c"}, Label: "session.copy", Help: "session.copy-help", Do: func() tea.Cmd {
		return ui.Copy(strings.Join(text(), "\n"), d.T("session.the-report"))
	}})
}

func (s *session) open() tea.Cmd {
	o := till.Opening{
		Operator: strings.TrimSpace(s.form.Value("operator")), Branch: strings.TrimSpace(s.form.Value("branch")), Cash: typedAmount(s.form.Value("amount")),
	}
	return s.work.Start(func(ctx context.Context) tea.Msg {
		opened, err := s.Sessions.OpenSession(context.WithoutCancel(ctx), o)
		return sessionOpened{opened, err}
	})
}

func (s *session) View() string {
	return strings.Join(s.cut(s.desk, s.lines(), s.height), "\n")
}

func (s *session) lines() []string {
	width := min(s.width-6, readable)
	lines := []string{""}
	put := func(tone ui.Tone, text string) {
		for _, l := range wrap(signed(tone, text), width) {
			lines = append(lines, s.Theme.Tone(tone, l))
		}
		lines = append(lines, "")
	}
	if s.fault != "" {
		put(ui.Bad, s.fault)
	}
	if !s.read {
		return indent(lines, 3)
	}
	if s.form != nil {
		if s.now.Number > 0 {
			put(ui.Unsure, s.T("session.take-head", "n", s.now.Number, "time", s.when(s.now.OpenedAt)))
		} else {
			put(ui.Plain, s.T("session.open-head"))
		}
		lines = append(lines, strings.Split(s.form.View(), "\n")...)
		return indent(lines, 3)
	}
	switch {
	case s.now.Forgotten(s.Now()):
		put(ui.Unsure, s.T("session.forgotten", "date", s.moment(s.now.OpenedAt)))
	case s.now.Auto:
		put(ui.Unsure, s.T("session.take-head", "n", s.now.Number, "time", s.when(s.now.OpenedAt)))
	}
	report := s.reportLines(s.now, false)
	if ui.Wide(s.width, s.height) {
		const gap = 6
		report = beside(report, widePaper, gap, s.pastLines(s.width-6-widePaper-gap))
	}
	return indent(append(lines, report...), 3)
}

// pastLines are the newest Z reports, beside the open session.
func (s *session) pastLines(width int) []string {
	lines := []string{s.Theme.Strong(s.T("session.past-title"))}
	if len(s.past) == 0 {
		return append(lines, s.Theme.Dim(s.T("session.past-none")))
	}
	rows := make([]ui.Row, len(s.past))
	for i, z := range s.past {
		operator, net, _ := s.inShort(z)
		at := "–"
		if z.Report != nil {
			at = s.when(z.ClosedAt)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			ui.Text(strconv.Itoa(z.Number)), ui.Toned(ui.Dim, at), ui.Text(operator), ui.Text(net),
		}}
	}
	return append(lines, s.table(width, 2, []ui.Column{{Right: true}, {}, {Flex: true}, {Right: true}}, rows, -1)...)
}

// sessionPaper is how a report is written here.
func (d *desk) sessionPaper(copied bool) SessionPaper {
	return SessionPaper{Columns: widePaper, Copy: copied, Test: d.test(), Shop: d.Checkout.Shop.Name}
}

func (d *desk) sessionText(s till.Session, copied bool) []string {
	return SessionText(d.Words, s, d.sessionPaper(copied))
}

// reportLines is a report on the screen, its net and its difference stronger
// than the rest. The header names the sandbox already.
func (d *desk) reportLines(s till.Session, copied bool) []string {
	lines := SessionText(d.Words, s, SessionPaper{Columns: widePaper, Copy: copied})
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, d.T("shift.net")+" "), strings.HasPrefix(l, d.T("shift.difference")+" "):
			lines[i] = d.Theme.Money(l)
		case l != "" && strings.Trim(l, "-") == "":
			lines[i] = d.Theme.Dim(strings.Repeat("─", len(l)))
		}
	}
	return lines
}
