package views

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// payment is one payment as it lives: sent, asked about, ended. While the
// cashier stands here the till cancels at the window's end; leaving the screen
// leaves that to people, and the asking goes on. Nothing on it charges again.
type payment struct {
	deeds
	reference api.Reference
	amount    api.Amount
	card      string      // what may be shown of it
	order     *till.Order // still to be sent, or being sent; it holds the customer's code
	own       bool        // this screen sent it: the window runs
	override  *till.Override

	request  ui.Task
	listener ui.Task
	follow   ui.Task
	load     ui.Task
	stale    bool

	attempts   <-chan api.Attempt
	attempt    int
	began      time.Time
	over       bool // Pay has returned
	err        error
	read       bool             // there is a record to show
	turned     time.Time        // when it was seen to end
	tx         till.Transaction // as the journal has it
	last       till.Update
	unrecorded *till.Update // what the till knows and the journal does not
	updates    <-chan till.Update
	events     []till.Event

	here  context.Context // ends when the screen is left
	leave context.CancelFunc

	width, height int
}

// newPayment sends an order as soon as it is shown.
func newPayment(d *desk, o till.Order) *payment {
	p := newFollow(d, till.Transaction{Reference: o.Reference, Amount: o.Amount, Payment: &till.Payment{Card: o.Card}})
	p.tx, p.order, p.own, p.live, p.over, p.read = till.Transaction{}, &o, true, true, false, false
	return p
}

// newFollow shows a payment that was sent before.
func newFollow(d *desk, tx till.Transaction) *payment {
	p := &payment{deeds: deeds{desk: d}, reference: tx.Reference, over: true, read: true, tx: tx,
		amount: tx.Amount, card: cardName(tx.Payment.Card),
		width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	p.here, p.leave = context.WithCancel(context.Background())
	return p
}

type (
	paymentSent struct {
		tx   till.Transaction
		err  error
		left int // attempts that were begun: with none, nothing was sent
	}
	followed struct {
		updates <-chan till.Update
		err     error
	}
	paymentTold struct{ update till.Update }
	storyRead   struct {
		tx     till.Transaction
		events []till.Event
		err    error
	}
)

func (p *payment) Init() tea.Cmd {
	if p.order != nil {
		return p.send()
	}
	return tea.Batch(p.subscribe(), p.reload())
}

// send charges the order. The till does so once, however often it is asked.
func (p *payment) send() tea.Cmd {
	p.over, p.err, p.attempt, p.began = false, nil, 0, p.Now()
	order := *p.order
	order.Override = p.override
	attempts := make(chan api.Attempt, 16)
	p.attempts = attempts
	var left atomic.Int32
	progress := func(a api.Attempt) {
		left.Add(1)
		select {
		case attempts <- a:
		default: // nobody looks any more
		}
	}
	pays, here := p.Checkout.Payments, p.here
	return tea.Batch(p.request.Start(func(ctx context.Context) tea.Msg {
		defer close(attempts)
		tx, err := pays.Pay(context.WithoutCancel(ctx), order, progress)
		if here.Err() != nil {
			pays.Leave(order.Reference) // it was too early for the till when the screen was left
		}
		return paymentSent{tx, err, int(left.Load())} // the attempts' own messages may come later
	}), p.listen())
}

func (p *payment) listen() tea.Cmd {
	return p.listener.Start(next(p.attempts, func(a api.Attempt) tea.Msg { return attempted{a} }))
}

func (p *payment) subscribe() tea.Cmd {
	pays, reference, here := p.Checkout.Payments, p.reference, p.here
	return p.follow.Start(func(ctx context.Context) tea.Msg {
		updates, unsubscribe, err := pays.Follow(ctx, reference)
		if err == nil {
			context.AfterFunc(here, unsubscribe)
		}
		return followed{updates, err}
	})
}

func (p *payment) hear() tea.Cmd {
	return p.follow.Start(next(p.updates, func(u till.Update) tea.Msg { return paymentTold{u} }))
}

func (p *payment) reload() tea.Cmd {
	if p.load.Running() {
		p.stale = true
		return nil
	}
	p.stale = false
	journal, reference := p.Journal, p.reference
	return p.load.Start(func(ctx context.Context) tea.Msg {
		tx, err := journal.Get(ctx, reference)
		if err != nil {
			return storyRead{err: err}
		}
		events, err := journal.Events(ctx, reference)
		return storyRead{tx, events, err}
	})
}

func (p *payment) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case attempted:
		p.attempt++
		p.began = m.attempt.At
		return p.listen()
	case paymentSent:
		return p.sent(m)
	case followed:
		if m.err != nil {
			return nil // the journal's news still come
		}
		p.updates = m.updates
		return p.hear()
	case paymentTold:
		return tea.Batch(p.hear(), p.take(m.update))
	case storyRead:
		if m.err == nil {
			p.events = m.events
			p.show(m.tx)
		}
		var cmds []tea.Cmd
		if m.err == nil && p.updates == nil && !p.follow.Running() { // it could not be followed before
			cmds = append(cmds, p.subscribe())
		}
		if p.stale {
			cmds = append(cmds, p.reload())
		}
		return tea.Batch(cmds...)
	case Changed:
		if m.Reference == p.reference || m.Reference == "" {
			return p.reload()
		}
	case deed:
		return tea.Batch(ui.Say(p.notice(m)), p.reload())
	case ui.Shown:
		if p.override != nil && p.order != nil && p.over {
			return p.send()
		}
		return tea.Batch(p.shown(p.tx), p.reload())
	case ui.Resumed:
		if p.over && p.read && p.tx.State.Open() && !p.work.Running() {
			return p.check(p.tx)
		}
	}
	return nil
}

// sent hears how the request ended.
func (p *payment) sent(m paymentSent) tea.Cmd {
	p.over, p.err, p.attempt = true, m.err, max(p.attempt, m.left)
	var rule *till.ErrNeedsSupervisor
	if errors.As(m.err, &rule) {
		return nil // the order is kept: a supervisor may allow it
	}
	p.order, p.override = nil, nil
	switch {
	case m.err == nil:
		p.show(m.tx)
	case p.attempt > 0 || errors.Is(m.err, till.ErrNoWord):
		p.unrecorded = &till.Update{Transaction: m.tx, Err: m.err}
	default:
		return nil // nothing was sent, nothing is to be followed
	}
	return tea.Batch(p.subscribe(), p.reload())
}

// take keeps an update. What could not be recorded is never shown as if it
// were.
func (p *payment) take(u till.Update) tea.Cmd {
	p.last = u
	if u.Transaction.Reference != p.reference {
		return nil
	}
	if u.Err != nil && u.Transaction.State != p.tx.State && !aside(u.Err) {
		p.unrecorded = &u
		return nil
	}
	news := p.read && p.tx.State != u.Transaction.State
	if u.Err == nil {
		p.show(u.Transaction)
	}
	if news || len(p.events) == 0 {
		return p.reload()
	}
	return nil
}

// show keeps a record as the journal has it, if it is no older than the one
// that is shown. A newer one makes good what could not be recorded before it.
func (p *payment) show(tx till.Transaction) {
	if p.unrecorded != nil && tx.Revision > p.unrecorded.Transaction.Revision {
		p.unrecorded, p.err = nil, nil
	}
	if p.read && tx.Revision < p.tx.Revision {
		return
	}
	if p.tx.State.Open() != tx.State.Open() || !p.read {
		p.turned = p.Now()
	}
	p.read, p.tx = true, tx
}

// aside reports whether an error came before anything was done.
func aside(err error) bool {
	return errors.Is(err, till.ErrOtherProfile) || errors.Is(err, till.ErrNotFound) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (p *payment) SetSize(width, height int) { p.width, p.height = width, height }
func (p *payment) Title() string             { return p.T("home.pay") }

func (p *payment) Leave() {
	p.leave()
	if p.own {
		p.Checkout.Payments.Leave(p.reference)
	}
	p.order = nil
	for _, t := range []*ui.Task{&p.request, &p.listener, &p.follow, &p.load, &p.work} {
		t.Cancel()
	}
}

// open reports whether it is not known how the payment ends.
func (p *payment) open() bool {
	return !p.over || p.unrecorded != nil || p.read && p.tx.State.Open()
}

func (p *payment) Bindings() []ui.Binding {
	var table []ui.Binding
	switch {
	case !p.over:
	case p.ruled() != nil:
		table = append(table, ui.Binding{Keys: []string{"s"}, Label: "paying.ask-supervisor", Help: "paying.ask-supervisor-help", Do: p.askOverride},
			ui.Binding{Keys: []string{"o"}, Label: "paying.other", Help: "paying.other-help", Do: func() tea.Cmd {
				return ui.Push(newDetail(p.desk, p.ruled().Other))
			}})
	case p.unrecorded != nil:
		tx := p.tx
		tx.Reference = p.reference
		table = append(table, ui.Binding{Keys: []string{"r"}, Label: "code.check", Help: "deed.check-help",
			Do: func() tea.Cmd { return p.check(tx) }, Disabled: p.busy})
	case p.read:
		if p.own && !p.tx.State.Open() {
			table = append(table, p.next()...)
		}
		table = append(table, p.bindings(p.tx)...)
	case p.err != nil:
		table = append(table, p.next()[:1]...)
	}
	table = append(table, ui.Binding{Keys: []string{"c"}, Label: "detail.copy", Hidden: true, Do: func() tea.Cmd {
		return ui.Copy(string(p.reference), p.T("detail.the-reference"))
	}})
	esc := ui.Binding{Keys: []string{"esc"}, Label: "shell.back", Do: ui.Pop}
	if p.open() && p.own {
		esc.Label, esc.Help = "sending.leave", "paying.leave-help"
		esc.Do = func() tea.Cmd {
			return tea.Sequence(ui.Say(p.say(ui.Wait, "paying.goes-on")), ui.Pop()) // said while the screen is still there to say it
		}
	}
	return append(table, esc)
}

// next is what follows an ended payment: the next customer, or the same sale
// once more when it is proven that this customer was not charged.
func (p *payment) next() []ui.Binding {
	table := []ui.Binding{{Keys: []string{"enter"}, Label: "paying.next", Help: "paying.next-help", Do: func() tea.Cmd {
		return ui.Replace(newOrder(p.desk))
	}, Disabled: p.justEnded}}
	switch p.tx.State {
	case till.Failed, till.Cancelled, till.NotFound, till.Unsent:
		tx := p.tx
		table = append(table, ui.Binding{Keys: []string{"n"}, Label: "paying.again", Help: "paying.again-help", Do: func() tea.Cmd {
			title := ""
			if tx.Payment != nil {
				title = tx.Payment.Title
			}
			return ui.Replace(newOrderOf(p.desk, tx.Sale, tx.Amount, title))
		}, Disabled: p.justEnded})
	}
	return table
}

// justEnded keeps a key that was pressed a moment too early from taking the
// result away before anybody has seen it.
func (p *payment) justEnded() string {
	if p.Now().Sub(p.turned) < endQuiet {
		return p.T("shell.dialog-wait")
	}
	return ""
}

const endQuiet = time.Second

// OnLeave: the program is left while a payment is open only when meant.
func (p *payment) OnLeave() string {
	if p.own && p.open() && p.ruled() == nil {
		return p.T("paying.veto")
	}
	return ""
}

// ruled is the rule that stands against the payment, nil when none does.
func (p *payment) ruled() *till.ErrNeedsSupervisor {
	var rule *till.ErrNeedsSupervisor
	if errors.As(p.err, &rule) && p.order != nil {
		return rule
	}
	return nil
}

func (p *payment) askOverride() tea.Cmd {
	rule := p.ruled()
	why := []string{p.ruleSentence(rule), p.T("paying.rule-risk")}
	return ui.Push(newSupervisor(p.desk, "paying.override-do", why, func(by, reason string) {
		p.override = &till.Override{By: by, Reason: reason, At: p.Now()}
	}))
}

func (p *payment) ruleSentence(rule *till.ErrNeedsSupervisor) string {
	if rule.Rule == till.RuleSimilarOpen {
		return p.T("paying.rule-similar", "reference", spoken(rule.Other))
	}
	return p.T("paying.rule-sale", "reference", spoken(rule.Other))
}

func (p *payment) View() string {
	wide := ui.Wide(p.width, p.height)
	width := min(p.width-6, readable)
	if wide {
		width = min(p.width-6-4-wideStory, readable)
	}
	lines := append([]string{""}, p.large(p.amount, width)...)
	line := p.rupiah(p.amount) + " · " + p.card + " · " + string(p.reference)
	lines = append(lines, p.Theme.Dim(middle(line, width)), "")
	lines = append(lines, p.status(width)...)
	if wide {
		lines = append(lines, p.foot(width)...)
		story := append([]string{""}, p.story(wideStory, p.height-1)...)
		return strings.Join(indent(beside(lines, width, 4, story), 3), "\n")
	}
	foot := p.foot(width)
	room := p.height - len(lines) - len(foot) - 1
	if story := p.story(width, room); room > 1 && len(story) > 0 {
		lines = append(append(lines, ""), story...)
	}
	return strings.Join(indent(append(lines, foot...), 3), "\n")
}

// wideStory is the columns of the timeline beside the payment.
const wideStory = 50
