package cli

import (
	"fmt"
	"io"
	"strings"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/paycools"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
	"cashier/views"
)

// refundJSON is a refund as scripts get it; refundNo is the provider's proof.
type refundJSON struct {
	Reference api.Reference    `json:"reference"`
	Amount    api.Amount       `json:"amount"`
	State     till.RefundState `json:"state"`
	RefundNo  api.Text         `json:"refundNo"`
}

// refundsOf lists the refunds of a payment; nil for what is none.
func refundsOf(tx till.Transaction) []refundJSON {
	if tx.Payment == nil {
		return nil
	}
	all := make([]refundJSON, 0, len(tx.Refunds))
	for _, r := range tx.Refunds {
		all = append(all, refundJSON{r.Reference, money(r.Amount), r.State, r.RefundNo})
	}
	return all
}

// dialectOf names the document that a record's answers are read by: the
// profile may call its provider as it likes.
func dialectOf(tx till.Transaction) string {
	if tx.Kind == till.CPM {
		return cpm.Dialect
	}
	return paycools.Dialect
}

// paymentAdvice says what the state of a payment means for the money and what
// to do: by the provider's code as long as that decides, else by what queries
// have found out since.
func (a *app) paymentAdvice(tx till.Transaction, byCode words.Advice) words.Advice {
	p, t := tx.Payment, a.words.T
	said := func(keys ...words.Key) words.Advice {
		parts := make([]string, len(keys))
		for i, key := range keys {
			parts[i] = sentence(t(key))
		}
		return words.Advice{Do: strings.Join(parts, " ")}
	}
	state := words.Advice{Means: sentence(a.stateSentence(tx))}
	switch tx.State {
	case till.Pending:
		if p.SaidDone {
			return said("paying.said-done")
		}
		if tx.Advice != "202-00" {
			return said("state.pending", "paying.pending")
		}
	case till.Unknown, till.Sent:
		if tx.Advice == "" {
			return said("state.unknown")
		}
	case till.Failed:
		if p.Status != api.NoStatus { // a query said so
			return state
		}
	case till.Parked:
		switch {
		case p.Mismatch:
			return said("paying.mismatch")
		case p.Proof != nil:
			return said("state.parked", "paying.proof-open")
		}
		return said("state.unknown", "state.parked")
	case till.Cancelling:
		return said("state.cancelling", "paying.cancelling")
	case till.Cancelled, till.NotFound:
		state.Do = t("paying.rechecked")
		return state
	case till.Paid:
		if p.Won {
			return said("state.paid.won", "paying.won")
		}
		return state
	case till.LatePaid, till.Doubled, till.Refunded:
		return state
	}
	return byCode
}

// sentence closes what stands alone on a screen.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}

// paymentState finds the words for the special cases of a payment's state;
// empty where there are none.
func paymentState(tx till.Transaction) words.Key {
	switch p := tx.Payment; {
	case tx.Service == cpm.Generate.Service && tx.State == till.Inactive:
		return "mint.none"
	case p == nil:
	case tx.State == till.Cancelled && p.MoneyBack:
		return "state.cancelled.refunded"
	case tx.State == till.Paid && p.Won:
		return "state.paid.won"
	}
	return ""
}

// paymentPairs are the lines that only a payment has.
func (a *app) paymentPairs(t *ui.Theme, tx till.Transaction) [][2]string {
	p := tx.Payment
	if p == nil {
		return nil
	}
	sale := ""
	if tx.Sale != tx.Reference {
		sale = string(tx.Sale)
	}
	decided := func(key words.Key, o *till.Override) string {
		if o == nil {
			return ""
		}
		return t.Danger(a.words.T(key, "by", o.By, "reason", o.Reason, "time", localTime(o.At)))
	}
	locked := ""
	if p.Locked {
		locked = t.Danger(a.words.T("paying.locked"))
	}
	return [][2]string{
		{"Amount", t.Money(a.amount(tx.Amount))}, {"Card", views.CardName(p.Card)}, {"For", p.Title}, {"Sale", sale},
		{"Override", decided("paying.override", p.Override)}, {"Proof", decided("paying.proof", p.Proof)}, {"Locked", locked},
	}
}

func refundTone(s till.RefundState) ui.Tone {
	switch s {
	case till.RefundDone:
		return ui.Good
	case till.RefundRefused:
		return ui.Bad
	case till.RefundUnknown, till.RefundDraft:
		return ui.Unsure
	case till.RefundUnsent:
		return ui.Dim
	}
	return ui.Wait
}

// showRefunds writes the refunds of a payment for people.
func (a *app) showRefunds(w io.Writer, t *ui.Theme, tx till.Transaction) {
	rows := make([][]string, len(tx.Refunds))
	for i, r := range tx.Refunds {
		rows[i] = []string{
			localTime(r.At), string(r.Reference), a.amount(r.Amount), signed(refundTone(r.State), a.refundWord(r.State)), string(r.RefundNo), r.Reason,
		}
	}
	fmt.Fprintln(w)
	table(w, t, []column{
		{title: "Asked"}, {title: "Refund"}, {title: "Amount", right: true},
		{title: "State", style: func(row int, cell string) string { return t.Tone(refundTone(tx.Refunds[row].State), cell) }},
		{title: "Refund number"}, {title: "Reason"},
	}, rows)
}

// refundWord is a refund's state in a list. A draft has no word of its own: it
// is not sent yet.
func (a *app) refundWord(s till.RefundState) string {
	if s == till.RefundDraft {
		s = till.RefundIntent
	}
	return a.words.T(words.Key("short." + string(s)))
}

// refundOpen reports whether a refund is under way.
func refundOpen(tx till.Transaction) bool {
	sure, atMost := tx.Returned()
	return sure != atMost
}
