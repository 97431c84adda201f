package views

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// deeds is what a person may do to a payment that was sent. The live screen
// and the record's page share it.
type deeds struct {
	*desk
	work  ui.Task
	proof *till.Override // decided on the screen above, not yet told to the till
	live  bool           // the customer stands here: p prints the receipt at once
}

// deed is what came of one.
type deed struct {
	what   words.Key // of the notice when it went well
	tx     till.Transaction
	answer api.Answer
	err    error
}

// run does one; leaving the screen does not stop it: its end is wanted in the
// journal.
func (w *deeds) run(what words.Key, do func(ctx context.Context) (till.Transaction, api.Answer, error)) tea.Cmd {
	return w.work.Start(func(ctx context.Context) tea.Msg {
		tx, answer, err := do(context.WithoutCancel(ctx))
		return deed{what, tx, answer, err}
	})
}

func (w *deeds) check(tx till.Transaction) tea.Cmd {
	return w.run("deed.checked", func(ctx context.Context) (till.Transaction, api.Answer, error) {
		return w.Checkout.Payments.CheckPayment(ctx, tx.Reference)
	})
}

// shown does what was decided on the screen above.
func (w *deeds) shown(tx till.Transaction) tea.Cmd {
	if w.proof == nil {
		return nil
	}
	by, why := w.proof.By, w.proof.Reason
	w.proof = nil
	return w.run("deed.accepted", func(ctx context.Context) (till.Transaction, api.Answer, error) {
		tx, err := w.Checkout.Payments.Accept(ctx, tx.Reference, by, why)
		return tx, api.Answer{}, err
	})
}

// notice tells what came of a deed.
func (w *deeds) notice(m deed) ui.Notice {
	switch {
	case m.err != nil:
		return ui.Notice{Tone: ui.Bad, Text: w.paymentTrouble(m.err)}
	case m.what == "deed.checked" && m.answer.Class != api.Done:
		if m.answer.Key() == "" {
			return w.say(ui.Wait, "deed.nothing-to-ask")
		}
		return ui.Notice{Tone: ui.Unsure, Text: w.advice("61", m.answer.Key(), false).Means}
	}
	return w.say(ui.Plain, m.what, "state", w.stateWord(m.tx.Kind, m.tx.State))
}

// busy is the reason while one is under way.
func (w *deeds) busy() string {
	if w.work.Running() {
		return w.T("code.checking")
	}
	return ""
}

// bindings are the deeds that a record allows.
func (w *deeds) bindings(tx till.Transaction) []ui.Binding {
	p := tx.Payment
	if p == nil || tx.State == till.Intent || tx.State == till.Unsent {
		return nil
	}
	table := []ui.Binding{{Keys: []string{"r"}, Label: "code.check", Help: "deed.check-help",
		Do: func() tea.Cmd { return w.check(tx) }, Disabled: w.busy}}
	if tx.State.Open() {
		table = append(table,
			ui.Binding{Keys: []string{"x"}, Label: "deed.cancel", Help: "deed.cancel-help", Danger: true,
				Confirm: func() ui.Dialog { return w.confirmCancel(tx) }, Disabled: func() string { return w.noCancel(tx) }},
			ui.Binding{Keys: []string{"s"}, Label: "deed.accept", Help: "deed.accept-help", Do: func() tea.Cmd { return w.accept(tx) },
				Disabled: func() string { return w.noAccept(tx) }},
			ui.Binding{Keys: []string{"h"}, Label: "deed.slip", Help: "deed.slip-help", Do: func() tea.Cmd {
				return ui.Push(newSlip(w.desk, tx.Reference))
			}})
		return table
	}
	if paid(tx.State) || tx.State == till.Refunded {
		receipt := ui.Binding{Keys: []string{"p"}, Label: "deed.receipt", Help: "deed.receipt-help", Do: func() tea.Cmd {
			return ui.Push(newReceipt(w.desk, tx))
		}}
		if w.live && w.Press != nil {
			receipt.Label, receipt.Help = "print.receipt", "print.receipt-help"
			receipt.Do = func() tea.Cmd { return ui.Push(newPrint(w.desk, tx)) }
		}
		table = append(table, receipt)
	}
	if paid(tx.State) {
		table = append(table, ui.Binding{Keys: []string{"b"}, Label: "deed.refund", Help: "deed.refund-help", Do: func() tea.Cmd {
			return ui.Push(newRefund(w.desk, tx))
		}})
	}
	return table
}

// paid reports whether the customer's money is here.
func paid(s till.State) bool { return s == till.Paid || s == till.LatePaid || s == till.Doubled }

// noCancel says why a payment may not be cancelled now; the till holds the
// same rules.
func (w *deeds) noCancel(tx till.Transaction) string {
	p := tx.Payment
	left := p.LeftAt.Add(w.noCancelBefore()).Sub(w.Now())
	switch {
	case w.busy() != "":
		return w.busy()
	case p.Proof != nil:
		return w.T("deny.accepted")
	case p.Mismatch:
		return w.T("deny.mismatch")
	case p.NoCancel:
		return w.T("deny.no-cancels")
	case left > 0:
		return w.T("deed.wait", "in", w.ago(left+time.Second-time.Nanosecond))
	}
	return ""
}

func (w *deeds) confirmCancel(tx till.Transaction) ui.Dialog {
	return ui.Dialog{
		Title: w.T("deed.cancel-title", "sum", w.rupiah(tx.Amount)), Body: w.T("deed.cancel-body"), Tone: ui.Unsure,
		Choices: []ui.Choice{
			{Key: "n", Label: w.T("deed.cancel-no")},
			{Key: "y", Label: w.T("deed.cancel-yes"), Danger: true, Do: func() tea.Cmd {
				return w.run("deed.cancelled", func(ctx context.Context) (till.Transaction, api.Answer, error) {
					tx, err := w.Checkout.Payments.Cancel(ctx, tx.Reference, "operator")
					return tx, api.Answer{}, err
				})
			}},
		},
	}
}

func (w *deeds) noAccept(tx till.Transaction) string {
	switch {
	case w.busy() != "":
		return w.busy()
	case tx.Payment.Proof != nil:
		return w.T("deed.accepted-already")
	case tx.Payment.Mismatch:
		return w.T("deny.mismatch")
	}
	return ""
}

func (w *deeds) accept(tx till.Transaction) tea.Cmd {
	why := []string{w.T("deed.accept-why", "sum", w.rupiah(tx.Amount), "card", cardName(tx.Payment.Card)), w.T("deed.accept-then")}
	return ui.Push(newSupervisor(w.desk, "deed.accept-do", why, func(by, reason string) {
		w.proof = &till.Override{By: by, Reason: reason}
	}))
}
