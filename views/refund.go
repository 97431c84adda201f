package views

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// refund gives money back, whole or in part: a new refund, one that was
// prepared, or the very same one again after an unclear answer.
type refund struct {
	*desk
	tx    till.Transaction
	form  *ui.Form
	draft api.Reference // of the prepared refund that the form confirms
	work  ui.Task
	load  ui.Task
	stale bool
	err   error
	done  bool // one was sent from here: what became of it is shown

	width, height int
}

type refunded struct {
	tx  till.Transaction
	err error
}

func newRefund(d *desk, tx till.Transaction) *refund {
	r := &refund{desk: d, tx: tx, width: ui.MinWidth, height: ui.MinHeight - ui.ChromeRows}
	r.fillIn()
	return r
}

// fillIn makes the form for what can go back now.
func (r *refund) fillIn() {
	left, text := r.remaining(), ""
	r.draft = ""
	if i := r.prepared(); i >= 0 {
		r.draft, left, text = r.tx.Refunds[i].Reference, r.tx.Refunds[i].Amount, r.draftReason(r.tx.Refunds[i].Reason)
	}
	r.form = ui.NewForm(r.Kit, r.amountField(api.Amount{}, left, thousands(strings.TrimSuffix(left.Value(), ".00"))),
		ui.Field{Name: "reason", Label: r.T("refund.reason"), Hint: r.T("refund.reason-hint"), Value: text, Limit: 100, Check: func(v string) string {
			if v == "" {
				return r.T("refund.reason-needed")
			}
			return ""
		}})
	r.SetSize(r.width, r.height)
}

// draftReason is why the till prepared a refund, in words.
func (r *refund) draftReason(why string) string {
	switch till.State(why) {
	case till.LatePaid, till.Doubled:
		return r.stateWord(till.CPM, till.State(why))
	}
	return why
}

// prepared is the index of a drafted refund, or -1.
func (r *refund) prepared() int {
	for i, x := range r.tx.Refunds {
		if x.State == till.RefundDraft {
			return i
		}
	}
	return -1
}

// underWay is the index of the refund that is not settled, or -1.
func (r *refund) underWay() int {
	for i, x := range r.tx.Refunds {
		switch x.State {
		case till.RefundIntent, till.RefundSent, till.RefundUnknown:
			return i
		}
	}
	return -1
}

// remaining is what may still go back: what may have gone back counts as gone.
func (r *refund) remaining() api.Amount {
	_, atMost := r.tx.Returned()
	return api.IDR(max(r.tx.Amount.Minor()-atMost.Minor(), 0))
}

// closed says why no refund can be made here, "" when one can.
func (r *refund) closed() string {
	switch {
	case r.tx.Payment == nil || !paid(r.tx.State) && r.tx.State != till.Refunded:
		return r.T("deny.not-paid")
	case r.tx.Payment.Locked:
		return r.T("deny.locked")
	case r.remaining().Zero():
		return r.T("refund.nothing-left")
	}
	return ""
}

// filling reports whether the form is shown.
func (r *refund) filling() bool {
	return !r.done && !r.work.Running() && r.closed() == "" && r.underWay() < 0
}

func (r *refund) Init() tea.Cmd { return r.reload() }

func (r *refund) reload() tea.Cmd {
	if r.load.Running() {
		r.stale = true
		return nil
	}
	r.stale = false
	return r.load.Start(func(ctx context.Context) tea.Msg {
		tx, err := r.Journal.Get(ctx, r.tx.Reference)
		return storyRead{tx: tx, err: err}
	})
}

func (r *refund) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case storyRead:
		if m.err == nil && m.tx.Revision > r.tx.Revision {
			before := r.filling()
			if r.tx = m.tx; !before && r.filling() || r.draft == "" && r.prepared() >= 0 {
				r.fillIn()
			}
		}
		if r.stale {
			return r.reload()
		}
	case refunded:
		r.err, r.done = m.err, true
		if m.err == nil {
			r.tx = m.tx
		}
		return r.reload()
	case Changed:
		if m.Reference == r.tx.Reference || m.Reference == "" {
			return r.reload()
		}
	case ui.Resumed, ui.Shown:
		return r.reload()
	case tea.KeyMsg:
		if r.filling() && (r.draft == "" || r.form.Focused() != "amount") {
			return typeInto(r.form, m)
		}
	}
	return nil
}

func (r *refund) SetSize(width, height int) {
	r.width, r.height = width, height
	r.form.SetSize(width-6, 4)
}

func (r *refund) Title() string   { return r.T("refund.title") }
func (r *refund) Capturing() bool { return r.filling() }

// Scan refuses: money goes back to the payment's own card, no code is needed.
func (r *refund) Scan(string) tea.Cmd { return ui.Say(r.say(ui.Wait, "shell.scan-nowhere")) }

func (r *refund) Leave() { r.load.Cancel() }

func (r *refund) Bindings() []ui.Binding {
	if r.filling() {
		table := r.form.Bindings(r.ask, "refund.go-on")
		table[2].Hidden = true
		return append(table, ui.Binding{Keys: []string{"ctrl+s"}, Label: "refund.go-on", Hidden: r.form.Focused() == "reason", Do: func() tea.Cmd {
			if r.form.Submit() {
				return r.ask()
			}
			return nil
		}})
	}
	var table []ui.Binding
	if i := r.underWay(); i >= 0 && !r.work.Running() {
		again := r.tx.Refunds[i]
		table = append(table, ui.Binding{Keys: []string{"r"}, Label: "refund.again", Help: "refund.again-help", Danger: true, Confirm: func() ui.Dialog {
			return r.question(r.T("refund.again-title", "sum", r.rupiah(again.Amount)), r.T("refund.again-body"), again.Reference, again.Amount, again.Reason)
		}})
	} else if r.done && !r.work.Running() && r.closed() == "" {
		table = append(table, ui.Binding{Keys: []string{"n"}, Label: "refund.more", Help: "refund.more-help", Do: func() tea.Cmd {
			r.done, r.err = false, nil
			r.fillIn()
			return nil
		}})
	}
	return table
}

// ask is the last question before money goes back.
func (r *refund) ask() tea.Cmd {
	amount, reference := typedAmount(r.form.Value("amount")), r.draft
	if reference == "" {
		reference = r.refer(api.RefundReference)
	} else {
		amount = r.tx.Refunds[r.prepared()].Amount
	}
	rest := api.IDR(r.remaining().Minor() - amount.Minor())
	body := r.T("refund.confirm-body", "sum", r.rupiah(amount), "card", cardName(r.tx.Payment.Card), "rest", r.rupiah(rest))
	return ui.Ask(r.question(r.T("refund.confirm", "sum", r.rupiah(amount)), body, reference, amount, r.form.Value("reason")))
}

func (r *refund) question(title, body string, reference api.Reference, amount api.Amount, reason string) ui.Dialog {
	return ui.Dialog{
		Title: title, Body: body, Tone: ui.Unsure,
		Choices: []ui.Choice{
			{Key: "n", Label: r.T("pay.not-yet")},
			{Key: "y", Label: r.T("refund.do", "sum", r.rupiah(amount)), Danger: true, Do: func() tea.Cmd {
				r.err = nil
				payment := r.tx.Reference
				return r.work.Start(func(ctx context.Context) tea.Msg {
					tx, err := r.Checkout.Payments.Refund(context.WithoutCancel(ctx), payment, reference, amount, reason)
					return refunded{tx, err}
				})
			}},
		},
	}
}

func (r *refund) View() string {
	width := min(r.width-6, readable)
	amount := r.tx.Amount
	if r.filling() {
		amount = typedAmount(r.form.Value("amount"))
		if amount.Zero() {
			amount = api.IDR(0)
		}
	}
	lines := append([]string{""}, r.large(amount, width)...)
	line := cardName(r.tx.Payment.Card) + " · " + string(r.tx.Reference)
	lines = append(lines, r.Theme.Dim(middle(line, width)), "")
	sure, atMost := r.tx.Returned()
	pairs := []ui.Pair{{Label: r.T("refund.paid"), Value: r.rupiah(r.tx.Amount)}, {Label: r.T("refund.returned"), Value: r.rupiah(sure)}}
	if open := atMost.Minor() - sure.Minor(); open > 0 {
		pairs = append(pairs, ui.Pair{Label: r.T("refund.maybe"), Value: r.rupiah(api.IDR(open)), Tone: ui.Unsure})
	}
	pairs = append(pairs, ui.Pair{Label: r.T("refund.left"), Value: r.rupiah(r.remaining())})
	lines = append(lines, strings.Split(r.Pairs(width, pairs...), "\n")...)
	lines = append(lines, "")
	put := func(tone ui.Tone, text string) {
		for _, l := range wrap(signed(tone, text), width) {
			lines = append(lines, r.Theme.Tone(tone, l))
		}
	}
	switch {
	case r.filling():
		if r.draft != "" {
			put(ui.Unsure, r.T("refund.prepared"))
		}
		lines = append(lines, strings.Split(r.form.View(), "\n")...)
		return strings.Join(indent(lines, 3), "\n")
	case r.work.Running():
		put(ui.Wait, r.T("state.refund.sent"))
	case errors.Is(r.err, till.ErrNotRecorded):
		put(ui.Bad, r.T("refund.unrecorded", "reference", spoken(r.tx.Reference), "problem", r.problem(r.err)))
	case errors.Is(r.err, till.ErrNoWord):
		put(ui.Unsure, r.T("state.refund.unknown"))
		put(ui.Plain, r.paymentTrouble(r.err))
	case r.err != nil:
		put(ui.Bad, r.T("refund.trouble", "problem", r.paymentTrouble(r.err)))
	}
	lines = append(lines, r.refundLines(r.tx, width)...)
	if i := r.underWay(); i >= 0 && !r.work.Running() {
		lines = append(append(lines, ""), wrap(r.T("refund.again-hint"), width)...)
	} else if why := r.closed(); why != "" && !r.work.Running() {
		tone := ui.Plain
		if r.tx.Payment.Locked {
			tone = ui.Bad
		}
		if len(r.tx.Refunds) > 0 {
			lines = append(lines, "")
		}
		put(tone, why)
	}
	return strings.Join(indent(lines, 3), "\n")
}
