package views

import (
	"strings"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// tones give each state its colour and sign.
var tones = map[till.State]ui.Tone{
	till.Intent: ui.Wait, till.Sent: ui.Wait, till.Unknown: ui.Unsure,
	till.Failed: ui.Bad, till.Unsent: ui.Bad, till.Active: ui.Good, till.Inactive: ui.Bad,
	till.Pending: ui.Wait, till.Paid: ui.Good, till.Cancelling: ui.Unsure, till.Cancelled: ui.Bad, till.Parked: ui.Unsure,
	till.NotFound: ui.Bad, till.LatePaid: ui.Unsure, till.Doubled: ui.Unsure, till.Refunded: ui.Good,
}

func (d *desk) stateWord(k till.Kind, s till.State) string { return StateWord(d.Words, k, s) }

// StateWord is a state in one or two words, as lists show it. Nobody declines
// a user id: it is refused.
func StateWord(w *words.Catalogue, k till.Kind, s till.State) string {
	if k == till.CDM && s == till.Failed {
		return w.T("short.refused")
	}
	if k == till.MPM && s == till.Parked {
		return w.T("short.doubtful") // news that may be another payment's
	}
	if key := words.Key("short." + string(s)); words.Has(key) {
		return w.T(key)
	}
	return string(s)
}

// stateCell is a state's sign and word for a table.
func (d *desk) stateCell(k till.Kind, s till.State) ui.Cell {
	return ui.Toned(tones[s], signed(tones[s], d.stateWord(k, s)))
}

func signed(t ui.Tone, text string) string {
	if sign := ui.Sign(t); sign != "" {
		return sign + " " + text
	}
	return text
}

// stateSentence says what a user id's state means for the money and what to
// do now.
func (d *desk) stateSentence(tx till.Transaction) string {
	switch tx.State {
	case till.Sent:
		return d.T("state.userid.sent", "provider", d.Provider)
	case till.Unknown:
		return d.T("state.userid.unknown")
	case till.Inactive:
		return d.T("state.inactive", "provider", d.Provider, "reference", spoken(tx.Reference))
	case till.Active:
		return d.T("detail.active")
	case till.Failed:
		return d.T("cdm.refused", "provider", d.Provider)
	}
	if key := words.Key("state." + string(tx.State)); words.Has(key) {
		return d.T(key)
	}
	return string(tx.State)
}

// spoken is a reference in groups that no line's end tears apart.
func spoken(r api.Reference) string { return strings.ReplaceAll(r.Groups(), " ", "\u00a0") }

// depositTone, depositWord and depositCell are the same for a deposit.
func depositTone(s api.DepositState) ui.Tone {
	switch s {
	case api.DepositBooked:
		return ui.Good
	case api.DepositWaiting:
		return ui.Wait
	}
	return ui.Unsure
}

func (d *desk) depositWord(p till.Deposit) string {
	switch p.State {
	case api.DepositBooked:
		return d.T("deposit.booked")
	case api.DepositWaiting:
		return d.T("deposit.waiting")
	}
	return d.T("deposit.other", "status", p.Status)
}

func (d *desk) depositCell(p till.Deposit) ui.Cell {
	tone := depositTone(p.State)
	return ui.Toned(tone, signed(tone, d.depositWord(p)))
}

// kindWord is what a transaction is about, in a list.
func kindWord(k till.Kind) string { return strings.ToUpper(string(k)) }
