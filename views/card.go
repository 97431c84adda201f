package views

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/api/till"
	"cashier/qr/emv"
	"cashier/ui"
)

// issuers name the first eight digits of a QRIS account (9360 and the NNS, the
// national numbering system, which for a bank is its clearing code) as
// customers know them. A number that is not here is shown as it is.
var issuers = map[string]string{
	"93600002": "BRI", "93600008": "Mandiri", "93600009": "BNI", "93600011": "Danamon",
	"93600013": "Permata", "93600014": "BCA", "93600016": "Maybank", "93600019": "Panin",
	"93600022": "CIMB Niaga", "93600028": "OCBC", "93600200": "BTN", "93600426": "Mega",
	"93600451": "BSI", "93600535": "SeaBank", "93600542": "Jago",
	"93600911": "LinkAja", "93600912": "OVO", "93600914": "GoPay", "93600915": "DANA", "93600918": "ShopeePay",
}

func issuerName(digits string) string {
	if name, ok := issuers[digits]; ok {
		return name
	}
	return digits
}

// CardName is cardName for whoever asks without a screen.
func CardName(c till.Card) string { return cardName(c) }

// cardName is the little of a customer's card that may be shown: "BCA ··8231".
func cardName(c till.Card) string {
	name := issuerName(c.Issuer)
	if name == "" {
		name = c.Label
	}
	if c.LastFour != "" {
		name = strings.TrimSpace(name + " ··" + c.LastFour)
	}
	return name
}

// RowLabel is rowLabel for whoever lists without a screen.
func RowLabel(r till.Row) string { return rowLabel(r) }

// rowLabel is what a list shows of whom a transaction is for. A card's is its
// issuer's digits or what its code says, and "··" with the last four digits.
func rowLabel(r till.Row) string {
	if r.Kind != till.CPM {
		return r.Label
	}
	first, rest, more := strings.Cut(r.Label, " ")
	if more && first == "QRISCPM" {
		return rest // the label of nearly every code: it tells nothing and is long
	}
	return strings.TrimSpace(issuerName(first) + " " + rest)
}

// scanInto types a scanned or pasted text into a text input, unless it is a
// payment code or a piece of one: a customer's card is never shown.
func (d *desk) scanInto(update func(tea.Msg) tea.Cmd, text string) tea.Cmd {
	switch emv.Classify(text) {
	case emv.KindUnknown, emv.KindLink:
		return update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	}
	return ui.Say(d.say(ui.Wait, "shell.scan-nowhere"))
}
