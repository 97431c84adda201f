package till

import (
	"time"

	"cashier/api"
)

// Filter chooses transactions; what is zero chooses all, and a transaction has
// to fit each of the others. Times, states, kind and reference are served by
// indexes, the rest by reading.
type Filter struct {
	From, To  time.Time // created in [From, To)
	State     State
	States    []State // one of these
	OpenOnly  bool
	Kind      Kind
	Provider  string // its name in the profile, in capital or small letters
	Reference string // a prefix

	// Least and Most bound Row.Amount in rupiah, both included. A transaction
	// without money fits no bound.
	Least, Most api.Amount
	Courier     string // part of a courier's number, name or mobile number
	Machine     string // part of the number of a machine with a deposit
	// Text are parts of the reference, the provider's reference, the sale, a
	// user id's code, the card, the courier or a machine, in capital or small
	// letters; of words with | between, one is enough.
	Text []string
	// Similar are words that are similar to the courier's name: misspelt by a
	// letter or two, or shortened.
	Similar []string
}

// Stretch is one stretch of a search, newest first.
type Stretch struct {
	Rows []Row // the first of the hits, as many as were asked for
	// Behind is a page's cursor that goes on behind the last of Rows.
	Behind string
	Hits   int // all of them
	// Sum is what they come to in rupiah, Came the part of it that is here:
	// payments that came and booked deposits.
	Sum, Came api.Amount
	Looked    int       // transactions that were looked at
	Reached   time.Time // when the last one of them was made
	Next      string    // goes on; empty at the end
}

// Row is what a list shows of a transaction.
type Row struct {
	*Standing
	Reference api.Reference
	Amount    api.Amount // of the payment, or the sum of the booked deposits
	Deposits  int        // booked ones
	Label     string     // the courier's or the card's: what tells one row from the next
	CreatedAt Moment
	UpdatedAt Moment
}

// Standing is what many rows of a list have in common: they share it, so that
// a row has half the size and half the pointers. Every row has one, and nobody
// changes it.
type Standing struct {
	Kind     Kind
	State    State
	Provider string
}

// Moment is a time in a list: unix nanoseconds, 0 where there is none. A
// time.Time is three times as large and has a pointer, which a long list pays
// for at each garbage collection.
type Moment int64

// MomentOf is a time as a list has it.
func MomentOf(t time.Time) Moment {
	if t.IsZero() {
		return 0
	}
	return Moment(t.UnixNano())
}

// Time is the moment in Jakarta, the zero Time where there is none.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(m)).In(api.Jakarta)
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
		Standing: &Standing{Kind: t.Kind, State: t.State, Provider: t.Provider}, Reference: t.Reference,
		Amount: t.Amount, CreatedAt: MomentOf(t.CreatedAt), UpdatedAt: MomentOf(t.UpdatedAt),
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
