package views

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui"
)

// paymentBindings are the keys of a payment's page.
func (d *detail) paymentBindings() []ui.Binding {
	if d.tx.Lookup != nil {
		return d.lookupBindings()
	}
	if d.tx.Payment == nil || !d.pays() {
		return nil
	}
	table := []ui.Binding{{Keys: []string{"w", "enter"}, Label: "detail.follow", Help: "detail.follow-help", Do: func() tea.Cmd {
		return ui.Push(newFollow(d.desk, d.tx))
	}}}
	return append(table, d.deeds.bindings(d.tx)...)
}

// paymentText is the page of a payment, or of a code that was made.
func (d *detail) paymentText() []string {
	if d.tx.Lookup != nil {
		return d.lookupText()
	}
	if ui.Wide(d.width, d.height) {
		left, right := 58, d.width-6-58-4
		story := append(d.attempts(right), d.timeline(d.tx, d.events, right)...)
		return beside(append(d.paymentHead(left), d.paymentFacts(left)...), left, 4, story)
	}
	width := d.width - 6
	lines := append(d.paymentHead(width), d.paymentFacts(width)...)
	lines = append(lines, d.attempts(width)...)
	return append(lines, d.timeline(d.tx, d.events, width)...)
}

// paymentHead is the amount, where it stands, and what is to be seen in red.
func (d *detail) paymentHead(width int) []string {
	tx := d.tx
	s := d.standing(tx)
	var lines []string
	if tx.Payment != nil {
		lines = append(lines, d.Theme.Money(d.rupiah(tx.Amount))+"   "+cardName(tx.Payment.Card))
	}
	for _, l := range wrap(signed(s.tone, s.title), width) {
		lines = append(lines, d.Theme.Tone(s.tone, l))
	}
	for _, p := range s.paragraphs {
		if p != "" {
			lines = append(lines, wrap(p, width)...)
		}
	}
	lines = append(lines, d.alarmLines(tx, width)...)
	if refunds := d.refundLines(tx, width); len(refunds) > 0 {
		lines = append(append(lines, "", d.Theme.Strong(d.T("refund.title"))), refunds...)
	}
	return append(lines, "")
}

func (d *detail) paymentFacts(width int) []string {
	tx := d.tx
	pairs := []ui.Pair{
		{Label: d.T("detail.reference"), Value: string(tx.Reference)},
		{Label: d.T("slip.read-out"), Value: spoken(tx.Reference)},
	}
	add := func(label, value string) {
		if value != "" {
			pairs = append(pairs, ui.Pair{Label: label, Value: value})
		}
	}
	if tx.Sale != tx.Reference {
		add(d.T("detail.sale"), string(tx.Sale))
	}
	add(d.T("detail.bank-reference"), string(tx.ProviderReference))
	add(d.T("detail.external-id"), tx.ExternalID)
	if p := tx.Payment; p != nil {
		if p.Card.Issuer != "" {
			add(d.T("pay.issuer"), strings.TrimSpace(issuerName(p.Card.Issuer)+" ("+p.Card.Issuer+")"))
		}
		add(d.T("pay.label"), p.Card.Label)
		add(d.T("pay.title"), p.Title)
		if !p.Fee.Zero() {
			add(d.T("receipt.fee"), d.rupiah(p.Fee))
		}
		if !p.LeftAt.IsZero() {
			add(d.T("slip.sent-at"), d.moment(p.LeftAt))
		}
		if !p.CancelAskedAt.IsZero() {
			add(d.T("detail.cancel-asked"), d.moment(p.CancelAskedAt)+" · "+p.CancelReason)
		}
		add(d.T("detail.cancel-time"), string(p.CancelTime))
		if !p.EndedAt.IsZero() {
			add(d.T("detail.ended"), d.moment(p.EndedAt))
		}
		add(d.T("detail.paid-time"), string(p.PaidTime))
		if !p.RecheckAt.IsZero() {
			add(d.T("detail.recheck"), d.moment(p.RecheckAt))
		}
	}
	add(d.T("detail.recorded"), d.moment(tx.CreatedAt))
	if !tx.CheckedAt.IsZero() {
		add(d.T("detail.checked-at"), d.T("detail.checks", "at", d.moment(tx.CheckedAt), "n", tx.Checks))
	}
	add(d.T("detail.operator"), tx.Operator)
	add(d.T("detail.answer", "provider", d.providerOf(tx)), d.answerLine(tx))
	return append(strings.Split(d.Pairs(width, pairs...), "\n"), "")
}

// attempts are the requests that moved or may have moved money, those of the
// refunds too.
func (d *detail) attempts(width int) []string {
	all := d.tx.Attempts
	for _, r := range d.tx.Refunds {
		all = append(all[:len(all):len(all)], r.Attempts...)
	}
	if len(all) == 0 {
		return nil
	}
	var rows []ui.Row
	for _, a := range all {
		answer := ui.Toned(ui.Unsure, signed(ui.Unsure, d.T("detail.unanswered")))
		switch {
		case a.ResponseCode != "":
			answer = ui.Text(a.ResponseCode)
		case a.HTTPStatus != 0:
			answer = ui.Text("HTTP " + strconv.Itoa(a.HTTPStatus))
		}
		took := ""
		if a.Latency > 0 {
			took = d.latency(a.Latency)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			ui.Toned(ui.Dim, d.on(d.tx.CreatedAt, a.At)), ui.Text(a.Service), ui.Toned(ui.Dim, a.ExternalID), answer, ui.Toned(ui.Dim, took),
		}})
	}
	columns := []ui.Column{{}, {}, {Flex: true}, {}, {Right: true}}
	return append(append([]string{d.heading("detail.attempts", d.tx.CreatedAt)}, d.table(width, 2, columns, rows, -1)...), "")
}
