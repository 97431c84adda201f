package views

import (
	"time"

	"cashier/api/till"
	"cashier/ui"
)

// depositTable lists deposits in width columns: time, machine, amount, state.
// From timedDeposits columns on it has the time of day on every day, from
// fullDeposits on the whole date and the machine whole.
func (d *desk) depositTable(deposits []till.Deposit, width int) []string {
	columns := []ui.Column{{}, {Flex: true}, {Right: true}, {}}
	rows := make([]ui.Row, len(deposits))
	for i, p := range deposits {
		at := d.depositTime(p.CreatedAt)
		switch {
		case width >= fullDeposits:
			at = d.moment(p.CreatedAt)
		case width >= timedDeposits:
			at = d.when(p.CreatedAt)
		}
		state := d.depositCell(p)
		if p.Flag != "" {
			state.Text += " " + ui.Sign(ui.Unsure)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			ui.Toned(ui.Dim, at), ui.Text(string(p.Machine)), ui.Text(d.rupiah(p.Amount)), state,
		}}
	}
	gap := 2
	if width < fullDeposits {
		gap = 1
	}
	return d.table(width, gap, columns, rows, -1)
}

const (
	timedDeposits = 52
	fullDeposits  = 62
)

// depositTime is at most 8 columns: the time of day, or the day before today.
func (d *desk) depositTime(t time.Time) string {
	switch {
	case t.IsZero():
		return "–"
	case sameDay(t, d.Now()):
		return d.Words.Clock(t)
	}
	return d.shortDate(t)
}
