package till

import (
	"time"

	"cashier/api"
)

// Filter chooses transactions; zero fields choose all. Day and State, Kind
// are served by indexes, the rest by reading.
type Filter struct {
	From, To  time.Time // created in [From, To)
	State     State
	OpenOnly  bool
	Kind      Kind
	Provider  string
	Reference string // a prefix
	Text      string // anywhere in reference, courier, machine, code
}

// Row is what a list shows of a transaction.
type Row struct {
	Reference api.Reference
	Kind      Kind
	State     State
	Provider  string
	Amount    api.Amount // of the payment, or the sum of the booked deposits
	Deposits  int        // booked ones
	Label     string     // the courier's or the card's: what tells one row from the next
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Page is one stretch of a list, newest first.
type Page struct {
	Rows []Row
	// Next continues after the last row; empty at the end.
	Next string
}

// RowOf is the list's view of a transaction.
func RowOf(t Transaction) Row {
	row := Row{
		Reference: t.Reference, Kind: t.Kind, State: t.State, Provider: t.Provider,
		Amount: t.Amount, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
	if t.Kind == CDM {
		sum := Sum(t.Deposits)
		row.Amount, row.Deposits = sum.Booked, sum.BookedCount
		if t.Courier != nil {
			row.Label = t.Courier.Name
		}
	}
	if t.Payment != nil {
		row.Label = t.Payment.Card.String()
	}
	return row
}
