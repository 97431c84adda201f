package views

import (
	"strings"

	"cashier/api/till"
	"cashier/ui"
)

// rowColumns are the columns of a list of transactions, on home and in the
// history.
func rowColumns() []ui.Column {
	return []ui.Column{{}, {}, {Right: true}, {}, {Flex: true}, {}}
}

// roomy is the least width of a list that has room for the time of day of a row
// of another year and for whole references; in a narrower one the name is worth
// more.
const roomy = 110

// ownReference is the length of a reference of ours; others may be longer.
const ownReference = 25

// row is a transaction in those columns of a list of width columns. A reference
// is shortened only here.
func (d *desk) row(r till.Row, width int) ui.Row {
	made := r.CreatedAt.Time()
	when := d.when(made)
	if day := d.Words.Date(made); width < roomy && strings.HasPrefix(when, day) {
		when = day
	}
	reference := r.Reference.Short()
	if width >= roomy && len(r.Reference) <= ownReference {
		reference = string(r.Reference)
	}
	amount := ui.Toned(ui.Dim, "–")
	if !r.Amount.Zero() {
		amount = ui.Text(d.rupiah(r.Amount))
	}
	return ui.Row{ID: string(r.Reference), Cells: []ui.Cell{
		ui.Toned(ui.Dim, when), ui.Text(kindWord(r.Kind)), amount,
		d.stateCell(r.Kind, r.State), ui.Text(d.rowName(r)), ui.Toned(ui.Dim, reference),
	}}
}

// rowName tells one row from the next: the courier, the card, or who was asked.
func (d *desk) rowName(r till.Row) string {
	if name := rowLabel(r); name != "" || r.Kind != till.MPM {
		return name
	}
	return d.lookupProvider(r.Provider).Title
}
