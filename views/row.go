package views

import (
	"cashier/api/till"
	"cashier/ui"
)

// rowColumns are the columns of a list of transactions, on home and in the
// history.
func rowColumns() []ui.Column {
	return []ui.Column{{}, {}, {Right: true}, {}, {Flex: true}, {}}
}

// row is a transaction in those columns. A reference is shortened only here.
func (d *desk) row(r till.Row) ui.Row {
	amount := ui.Toned(ui.Dim, "–")
	if !r.Amount.Zero() {
		amount = ui.Text(d.rupiah(r.Amount))
	}
	return ui.Row{ID: string(r.Reference), Cells: []ui.Cell{
		ui.Toned(ui.Dim, d.when(r.CreatedAt.Time())), ui.Text(kindWord(r.Kind)), amount,
		d.stateCell(r.Kind, r.State), ui.Text(d.rowName(r)), ui.Toned(ui.Dim, r.Reference.Short()),
	}}
}

// rowName tells one row from the next: the courier, the card, or who was asked.
func (d *desk) rowName(r till.Row) string {
	if name := rowLabel(r); name != "" || r.Kind != till.MPM {
		return name
	}
	return d.lookupProvider(r.Provider).Title
}
