package views

import (
	"errors"
	"strings"
	"unicode"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// standing is where a payment stands, in words: what happened, what it means
// for the money, what to do and to tell the customer.
type standing struct {
	tone       ui.Tone
	title      string
	paragraphs []string
}

// standing of a payment as the journal has it.
func (d *desk) standing(tx till.Transaction) standing {
	p := tx.Payment
	if p == nil { // a code that was made (service 59)
		s := standing{tones[tx.State], d.stateWord(tx.Kind, tx.State), []string{d.T("mint.no-money")}}
		return s
	}
	ended := d.when(p.EndedAt)
	switch tx.State {
	case till.Intent:
		return standing{ui.Wait, d.T("state.intent"), []string{d.T("paying.recording")}}
	case till.Sent:
		return standing{ui.Wait, d.T("state.sent"), []string{d.T("paying.sent")}}
	case till.Pending:
		if p.SaidDone {
			return standing{ui.Wait, d.T("state.sent"), []string{d.T("paying.said-done")}}
		}
		return standing{ui.Wait, d.T("state.pending"), []string{d.T("paying.pending")}}
	case till.Unknown:
		return standing{ui.Unsure, d.T("state.unknown"), []string{d.T("paying.unknown")}}
	case till.Cancelling:
		return standing{ui.Unsure, d.T("state.cancelling"), []string{d.T("paying.cancelling")}}
	case till.Parked:
		return d.parkedStanding(tx)
	case till.Paid:
		s := standing{ui.Good, strings.ToUpper(d.T("state.paid")) + "   " + ended + "   " + cardName(p.Card), nil}
		if p.Won {
			s.title = d.T("state.paid.won") + "   " + ended + "   " + cardName(p.Card)
			s.paragraphs = []string{d.T("paying.won")}
		}
		return s
	case till.LatePaid:
		return standing{ui.Unsure, d.T("state.late-paid", "time", d.when(p.EndedAt)), []string{d.T("paying.late-paid")}}
	case till.Doubled:
		return standing{ui.Unsure, d.T("state.doubled"), []string{d.T("paying.doubled")}}
	case till.Refunded:
		return standing{ui.Good, d.T("state.refunded", "amount", d.rupiah(tx.Amount)), nil}
	case till.Failed:
		advice := d.advice(tx.Service, tx.Advice, unclearBefore(tx))
		return standing{ui.Bad, d.T("state.failed", "reason", reason(advice.Means)), []string{advice.Do}}
	case till.Cancelled:
		if p.MoneyBack {
			return standing{ui.Bad, d.T("state.cancelled.refunded"), []string{d.T("paying.rechecked")}}
		}
		return standing{ui.Bad, d.T("state.cancelled"), []string{d.T("paying.rechecked")}}
	case till.NotFound:
		return standing{ui.Bad, d.T("state.not-found"), []string{d.T("paying.rechecked")}}
	case till.Unsent:
		advice := d.advice(tx.Service, tx.Advice, false)
		return standing{ui.Bad, d.T("state.unsent"), []string{advice.Means, d.T("paying.unsent")}}
	}
	return standing{ui.Unsure, d.stateWord(tx.Kind, tx.State), nil}
}

func (d *desk) parkedStanding(tx till.Transaction) standing {
	s := standing{ui.Unsure, d.T("state.parked"), nil}
	switch {
	case tx.Payment.Mismatch:
		s.tone = ui.Bad
		s.paragraphs = []string{d.T("paying.mismatch")}
	case tx.Payment.Proof != nil:
		s.paragraphs = []string{d.T("paying.proof-open")}
	default:
		s.paragraphs = []string{d.T("paying.parked")}
		if tx.Payment.NoCancel {
			s.paragraphs = append(s.paragraphs, d.T("paying.no-cancel"))
		}
	}
	return s
}

// reason is a sentence as it stands within another one.
func reason(sentence string) string {
	sentence = strings.TrimRight(sentence, ".")
	r := []rune(sentence)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// alarms are what must be seen in red beside any state: decisions against a
// rule, and news that contradicts.
func (d *desk) alarms(tx till.Transaction) []string {
	p := tx.Payment
	if p == nil {
		return nil
	}
	var out []string
	if p.Override != nil {
		out = append(out, d.T("paying.override", "by", p.Override.By, "reason", p.Override.Reason, "time", d.when(p.Override.At)))
	}
	if p.Proof != nil {
		out = append(out, d.T("paying.proof", "by", p.Proof.By, "reason", p.Proof.Reason, "time", d.when(p.Proof.At)))
	}
	if p.Locked {
		out = append(out, d.T("paying.locked"))
	}
	return out
}

func (d *desk) alarmLines(tx till.Transaction, width int) []string {
	var lines []string
	for _, a := range d.alarms(tx) {
		for _, l := range wrap(signed(ui.Bad, a), width) {
			lines = append(lines, d.Theme.Danger(l))
		}
	}
	return lines
}

// paymentTrouble says what an error means for what a person asked of a
// payment.
func (d *desk) paymentTrouble(err error) string {
	for _, known := range []struct {
		err error
		key string
	}{
		{till.ErrTooEarly, "too-early"}, {till.ErrPaid, "paid"}, {till.ErrEnded, "ended"}, {till.ErrAccepted, "accepted"},
		{till.ErrMismatch, "mismatch"}, {till.ErrNotPaid, "not-paid"}, {till.ErrLocked, "locked"},
		{till.ErrNoCancels, "no-cancels"}, {till.ErrRefund, "refund"}, {till.ErrNoProvider, "no-provider"},
	} {
		if errors.Is(err, known.err) {
			return d.T(words.Key("deny." + known.key))
		}
	}
	if errors.Is(err, till.ErrNoWord) {
		return d.T("deny.no-word")
	}
	var field *api.FieldError
	if errors.As(err, &field) {
		return d.T("deny.field", "field", api.Clean(field.Field, 60))
	}
	return d.trouble(err)
}

// refundStanding is a refund's state with its tone.
func (d *desk) refundStanding(r till.Refund) (ui.Tone, string) {
	switch r.State {
	case till.RefundDraft:
		return ui.Unsure, d.T("refund.draft", "amount", d.rupiah(r.Amount))
	case till.RefundIntent:
		return ui.Wait, d.T("state.refund.intent")
	case till.RefundSent:
		return ui.Wait, d.T("state.refund.sent")
	case till.RefundDone:
		return ui.Good, d.T("state.refund.refunded", "amount", d.rupiah(r.Amount))
	case till.RefundRefused:
		why := string(r.Message)
		if c := r.ResponseCode; len(c) == 7 {
			why = reason(d.advice("80", c[:3]+"-"+c[5:], false).Means) + " (" + c + ")"
		}
		return ui.Bad, d.T("state.refund.refused", "reason", why)
	case till.RefundUnsent:
		return ui.Bad, d.T("refund.unsent")
	}
	return ui.Unsure, d.T("state.refund.unknown")
}

// refundLines list the refunds of a payment.
func (d *desk) refundLines(tx till.Transaction, width int) []string {
	var lines []string
	for _, r := range tx.Refunds {
		tone, text := d.refundStanding(r)
		for _, l := range wrap(signed(tone, text), width) {
			lines = append(lines, d.Theme.Tone(tone, l))
		}
		note := d.when(r.At) + " · " + d.rupiah(r.Amount) + " · " + string(r.Reference)
		if r.RefundNo != "" {
			note += " · " + string(r.RefundNo)
		}
		for _, l := range wrap(note, width-2) {
			lines = append(lines, d.Theme.Dim("  "+l))
		}
	}
	return lines
}
