package views

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// inquiry is a question to a provider about a payment made elsewhere, and
// everything it answers. Watching, it goes on until the payment is final.
type inquiry struct {
	*desk
	scroll
	provider LookupProvider
	key      api.LookupKey
	watching bool

	ask    ui.Task
	timer  ui.Task
	follow ui.Task
	load   ui.Task

	asked  int
	at     time.Time // when the last answer came
	next   time.Time // when this screen asks again by itself
	answer api.Answer
	err    error
	tx     till.Transaction // the record, once an answer told something
	read   bool
	last   till.Update

	updates <-chan till.Update
	here    context.Context // ends when the screen is left
	leave   context.CancelFunc

	width, height int
}

func newInquiry(d *desk, p LookupProvider, key api.LookupKey, watch bool) *inquiry {
	q := &inquiry{desk: d, provider: p, key: key, watching: watch, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	q.here, q.leave = context.WithCancel(context.Background())
	return q
}

type (
	lookAnswered struct {
		tx     till.Transaction
		answer api.Answer
		err    error
	}
	lookAgain struct{}
	lookRead  struct {
		tx  till.Transaction
		err error
	}
)

// lookPauses are between the questions of a watch to which nobody has
// answered anything yet; the last one repeats. What has a record is asked about
// by the till's plan.
var lookPauses = []time.Duration{3 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second}

func (q *inquiry) Init() tea.Cmd { return q.look() }

func (q *inquiry) look() tea.Cmd {
	if q.ask.Running() {
		return nil
	}
	q.timer.Cancel()
	q.next = time.Time{}
	return q.ask.Start(func(ctx context.Context) tea.Msg {
		tx, answer, err := q.Lookups.Till.Look(ctx, q.provider.Name, q.key)
		return lookAnswered{tx, answer, err}
	})
}

func (q *inquiry) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case lookAnswered:
		q.asked, q.at = q.asked+1, q.Now()
		q.answer, q.err = m.answer, m.err
		q.show(m.tx)
		return q.goOn()
	case lookAgain:
		return q.look()
	case followed:
		if m.err != nil {
			return nil // the journal's news still come
		}
		q.updates = m.updates
		return q.hear()
	case paymentTold:
		q.last = m.update
		q.show(m.update.Transaction)
		if m.update.Answer.Class != "" {
			q.answer = m.update.Answer
		}
		if !m.update.CheckedAt.IsZero() {
			q.at = m.update.CheckedAt
		}
		return tea.Batch(q.hear(), q.goOn())
	case lookRead:
		if m.err == nil {
			q.show(m.tx)
		}
	case Changed:
		if q.read && (m.Reference == q.tx.Reference || m.Reference == "") && !q.load.Running() {
			reference := q.tx.Reference
			return q.load.Start(func(ctx context.Context) tea.Msg {
				tx, err := q.Journal.Get(ctx, reference)
				return lookRead{tx, err}
			})
		}
	case ui.Resumed:
		if q.watching && !q.final() {
			return q.look()
		}
	}
	return nil
}

// show keeps a record that is no older than the one that is shown.
func (q *inquiry) show(tx till.Transaction) {
	if tx.Revision == 0 || tx.Lookup == nil || q.read && tx.Revision < q.tx.Revision {
		return
	}
	q.tx, q.read = tx, true
}

// final: nothing more is to be heard by asking.
func (q *inquiry) final() bool { return q.read && q.tx.State != till.Pending }

// goOn keeps a watch going: the till asks about what has a record, this screen
// about what has none yet.
func (q *inquiry) goOn() tea.Cmd {
	switch {
	case !q.watching || q.final() || q.err != nil || q.ask.Running():
		q.watching = q.watching && !q.final() && q.err == nil
		return nil
	case q.read && q.updates == nil && !q.follow.Running():
		looker, reference, here := q.Lookups.Till, q.tx.Reference, q.here
		return q.follow.Start(func(ctx context.Context) tea.Msg {
			updates, unsubscribe, err := looker.Follow(ctx, reference)
			if err == nil {
				context.AfterFunc(here, unsubscribe)
			}
			return followed{updates, err}
		})
	case q.read:
		return nil
	}
	pause := max(lookPauses[min(max(q.asked-1, 0), len(lookPauses)-1)], q.answer.RetryAfter)
	q.next = q.Now().Add(pause)
	return q.timer.Start(ui.Later(q.Clock, pause, lookAgain{}))
}

func (q *inquiry) hear() tea.Cmd {
	return q.follow.Start(next(q.updates, func(u till.Update) tea.Msg { return paymentTold{u} }))
}

func (q *inquiry) SetSize(width, height int) { q.width, q.height = width, height }
func (q *inquiry) Title() string             { return q.T("home.find") }

func (q *inquiry) Leave() {
	q.leave()
	for _, t := range []*ui.Task{&q.ask, &q.timer, &q.follow, &q.load} {
		t.Cancel()
	}
}

func (q *inquiry) Bindings() []ui.Binding {
	table := []ui.Binding{{Keys: []string{"r"}, Label: "code.check", Help: "lookup.again-help", Do: q.look, Disabled: func() string {
		if q.ask.Running() {
			return q.T("code.checking")
		}
		return ""
	}}}
	if !q.watching && !q.final() {
		table = append(table, ui.Binding{Keys: []string{"w"}, Label: "lookup.watch", Help: "lookup.watch-help", Do: func() tea.Cmd {
			q.watching, q.err = true, nil
			return q.goOn()
		}})
	}
	if q.read {
		table = append(table, ui.Binding{Keys: []string{"enter"}, Label: "lookup.record", Help: "lookup.record-help", Do: func() tea.Cmd {
			return ui.Push(newDetail(q.desk, q.tx.Reference))
		}})
	}
	table = append(table, ui.Binding{Keys: []string{"c"}, Label: "detail.copy", Hidden: true, Do: func() tea.Cmd {
		return ui.Copy(string(q.bestReference()), q.T("detail.the-reference"))
	}})
	return append(table, q.scroll.bindings(q.height, func() int { return len(q.text()) })...)
}

// bestReference is what to quote to the provider.
func (q *inquiry) bestReference() string {
	for _, s := range []string{string(q.tx.ProviderReference), string(q.key.ProviderReference), string(q.key.Reference), q.key.ExternalID} {
		if s != "" {
			return s
		}
	}
	return ""
}

func (q *inquiry) View() string { return strings.Join(q.cut(q.desk, q.text(), q.height), "\n") }

func (q *inquiry) text() []string {
	width := q.width - 6
	lines := []string{""}
	switch {
	case q.read:
		lines = append(lines, q.lookupHead(q.tx, min(width, readable))...)
	default:
		lines = append(lines, q.Theme.Strong(q.lookupTitle(q.provider)))
	}
	if q.ask.Running() || q.last.Checking {
		lines = append(lines, q.Theme.Wait(q.T("lookup.asking", "provider", q.provider.Title)))
	}
	lines = append(lines, q.said(min(width, readable))...)
	if line := q.pace(); line != "" {
		lines = append(lines, q.Theme.Dim(ui.Clip(line, width)))
	}
	lines = append(lines, "")
	if q.read {
		return indent(append(lines, q.lookupBody(q.tx, width)...), 3)
	}
	return indent(append(lines, q.Theme.Dim(ui.Clip(q.T("lookup.asked-with", "key", q.askedWith(q.key)), width))), 3)
}

// said is an answer that told nothing of the payment, or why there is none.
func (q *inquiry) said(width int) []string {
	if q.ask.Running() && q.asked == 0 {
		return nil
	}
	if q.err != nil {
		return q.faultLines(q.trouble(q.err), width)
	}
	if q.asked == 0 && q.answer.Class == "" || q.answer.Class == api.Done || q.answer.Key() == "" {
		return nil
	}
	advice := q.lookupAdvice(q.provider, q.answer.Key())
	lines := []string{q.Theme.Unsure(q.T("lookup.no-word"))}
	lines = append(lines, wrap(advice.String(), width)...)
	if !q.answer.Code.Zero() {
		lines = append(lines, q.Theme.Dim(ui.Clip(strings.TrimSpace(q.answer.Code.String()+" "+string(q.answer.Message)), width)))
	}
	if q.read {
		lines = append(lines, wrap(q.T("lookup.as-before"), width)...)
	}
	return lines
}

// pace is when it was asked and when it is asked next.
func (q *inquiry) pace() string {
	var parts []string
	now := q.Now()
	if !q.at.IsZero() {
		parts = append(parts, q.T("paying.asked", "ago", q.ago(now.Sub(q.at))))
	}
	next := q.next
	if q.read {
		next = q.last.Next
	}
	switch {
	case q.final():
		return strings.Join(parts, " · ")
	case q.watching && next.After(now):
		parts = append(parts, q.T("paying.next-check", "in", q.ago(next.Sub(now)+time.Second-time.Nanosecond)))
	case !q.watching && q.asked > 0:
		parts = append(parts, q.T("lookup.w-watches"))
	}
	return strings.Join(parts, " · ")
}
