// Package views holds the screens, one file each. A screen shows and asks: it
// knows the till's types and, for all that moves or stores something, the
// small interfaces of this file.
package views

import (
	"context"
	"errors"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
	"cashier/ui"
	"cashier/ui/books"
	"cashier/ui/paper"
	"cashier/ui/words"
)

// Changed tells every screen that the journal has taken a change of a record;
// an empty reference means any.
type Changed struct{ Reference api.Reference }

// Deps is what the screens work with. UserIDs, Watch, Journal and Settings are
// needed.
type Deps struct {
	UserIDs  UserIDs
	Watch    func(api.Reference) Watch
	Journal  Journal
	Settings Settings
	// Provider of the user ids, as people call it: "PayCools".
	Provider string
	// Courier is the config's; what was filled in last wins.
	Courier api.Courier
	// Limit is the most characters of a field, by its name on the wire
	// (courierNo, notifyUrl …); 0 is no limit. May be nil.
	Limit func(field string) int
	// Attempts of one generate and the time of each; zero: 3 and 8 s, as the
	// document has them (seed 001, expected timeout and "Total Timeout").
	Attempts int
	Timeout  time.Duration
	// QR is how many colours a code is drawn with.
	QR qr.Colour
	// PNGFolder is where codes are saved; it is made when it is not there.
	PNGFolder string
	// Reference makes a user id's reference; nil: api.NewReference.
	Reference func() api.Reference
	// Machine is the sandbox's; nil at a real provider.
	Machine Machine
	// Checkout takes payments; zero in a profile without them.
	Checkout Checkout
	// Lookups asks providers about payments made elsewhere; zero: nobody is asked.
	Lookups Lookups
	// Board is what is open, live; nil: "Open now" lists the journal.
	Board Board
	// Links is how the link to each provider stood last, for the board; may be
	// nil.
	Links func() []ui.Link
	// Explain is the catalogue of response codes; zero: no screen of it.
	Explain Explain
	// Sessions keeps the operators' shifts; nil: no screen of them.
	Sessions Sessions
	// Lab composes and compares signatures; nil: no screen of it.
	Lab Lab
	// Press is the receipt printer; nil: what would be printed is saved as text.
	Press *paper.Press
	// Books is what totals are made of; nil: no screen of them.
	Books books.Journal
}

// UserIDs asks for user ids and their deposits; *till.Till is one.
type UserIDs interface {
	NewUserID(ctx context.Context, reference api.Reference, courier api.Courier, progress func(api.Attempt)) (till.Transaction, error)
	RepeatUserID(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, error)
	CheckDeposits(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error)
}

// Watch is a running watch of one user id's deposits; *till.Watcher is one.
type Watch interface {
	Updates() (updates <-chan till.Update, unsubscribe func())
	CheckNow()
	Show(shown bool)
}

// Journal is what is read for the screens.
type Journal interface {
	Page(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Page, error)
	// Search reads on for a short while and tells how far it has come.
	Search(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Stretch, error)
	Get(ctx context.Context, reference api.Reference) (till.Transaction, error)
	Events(ctx context.Context, reference api.Reference) ([]till.Event, error)
	Counts(ctx context.Context) (Counts, error)
}

// Counts are the figures of the first screen. Today is the day in Jakarta.
type Counts struct {
	Total            int
	Open             int
	TodayUserIDs     int
	TodayBookedCount int
	TodayBooked      api.Amount

	// Of payments: the paid ones of today, and the open ones of any day with
	// their sum and the oldest one's time. All zero where there are none.
	TodayPaidCount int
	TodayPaid      api.Amount
	OpenSum        api.Amount
	OpenSince      time.Time
}

// Settings keeps small values from one start to the next. A name that is not
// there gives nothing or an error.
type Settings interface {
	Setting(name string) ([]byte, error)
	SetSetting(name string, value []byte) error
}

// Machine is the sandbox's cash deposit machine.
type Machine interface {
	Deposit(ctx context.Context, order DepositOrder) error
	// Book ends the oldest waiting deposit of the user id whose code it is, or
	// says ErrNothingWaits.
	Book(ctx context.Context, code string) error
	Ledger() Ledger
	Faults() []string
	AddFault(rule string) error
	ClearFaults()
}

// ErrNothingWaits says that there is no waiting deposit to book.
var ErrNothingWaits = errors.New("no deposit of this user id waits")

// DepositOrder is one deposit of test money.
type DepositOrder struct {
	Code    string // the text of the user id's code
	Machine string
	Amount  api.Amount
	Waiting bool // the machine has not booked it yet
}

// Ledger is what the sandbox has seen.
type Ledger struct {
	UserIDs, Booked, Waiting int
	BookedSum                api.Amount
	Requests                 int64
}

// desk is what all screens share: how to speak and draw, what to work with,
// and the courier of the last user id. It belongs to the program's Update.
type desk struct {
	ui.Kit
	Deps
	courier api.Courier
}

func (d *desk) limit(field string) int {
	if d.Limit == nil {
		return 0
	}
	return d.Limit(field)
}

func (d *desk) attempts() int {
	if d.Attempts > 0 {
		return d.Attempts
	}
	return 3
}

func (d *desk) timeout() time.Duration {
	if d.Timeout > 0 {
		return d.Timeout
	}
	return 8 * time.Second
}

func (d *desk) newReference() api.Reference {
	if d.Reference != nil {
		return d.Reference()
	}
	return api.NewReference(api.UserIDReference, d.Now())
}

func (d *desk) rupiah(a api.Amount) string {
	if c := a.Currency(); c != "" && c != "IDR" {
		return a.String()
	}
	return d.Words.Rupiah(a.Minor())
}

// say is a notice in the catalogue's words.
func (d *desk) say(tone ui.Tone, key words.Key, args ...any) ui.Notice {
	return ui.Notice{Tone: tone, Text: d.T(key, args...)}
}
