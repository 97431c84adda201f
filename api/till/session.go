package till

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cashier/api"
)

// Session is one operator's shift. Everything done belongs to exactly one: the
// one whose opening is the last before it in the journal's chain and which was
// not closed yet. Numbers count from 1 in each journal, without a gap; the
// number is that of the Z report too.
type Session struct {
	Number   int        `json:"number"`
	Operator string     `json:"operator,omitempty"`
	Branch   string     `json:"branch,omitempty"`
	Cash     api.Amount `json:"cash,omitzero"` // in a courier's hand at the start
	// Auto: nobody opened it; something was done while none was open. The next
	// opening takes it over, with all that was done in it.
	Auto     bool      `json:"auto,omitempty"`
	OpenedAt time.Time `json:"openedAt"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
	// Lost: it is known that there was a session of this number, and a restore
	// from a backup has lost it. It is closed and has no report; its printed one
	// counts, and its number is never used again.
	Lost bool `json:"lost,omitempty"`
	// Damaged: in a list, a closed one that is not as its closing made it.
	// Nothing else of it is told.
	Damaged bool `json:"damaged,omitempty"`
	// Report is the Z report of a closed session, and never changes; of an
	// open one it is what Sessions.SessionReport has added up so far (X).
	Report *Report `json:"report,omitempty"`
}

// Open reports whether the session was not closed yet.
func (s Session) Open() bool { return s.ClosedAt.IsZero() && !s.Damaged }

// longestShift is how long a session may be open before somebody is asked
// whether it was forgotten.
const longestShift = 16 * time.Hour

// Forgotten reports whether the session should have been closed before now: it
// was opened on an earlier day in Jakarta, or more than 16 hours ago.
func (s Session) Forgotten(now time.Time) bool {
	if s.Number == 0 || !s.Open() {
		return false
	}
	opened, today := s.OpenedAt.In(api.Jakarta), now.In(api.Jakarta)
	return opened.Format(time.DateOnly) < today.Format(time.DateOnly) || now.Sub(s.OpenedAt) > longestShift
}

// Opening is what is said when a session is opened.
type Opening struct {
	Operator string     // at most 64 characters; needed
	Branch   string     // likewise
	Cash     api.Amount // in a courier's hand; rupiah, the zero Amount is none
}

// MostNamed is how many characters an operator's name and a branch may have,
// MostReason a reason.
const (
	MostNamed  = 64
	MostReason = 200
)

// Check says what is wrong with an opening.
func (o Opening) Check() error {
	for _, f := range []struct{ name, value string }{{"operator", o.Operator}, {"branch", o.Branch}} {
		switch {
		case f.value == "":
			return fmt.Errorf("%w: the %s is missing", ErrOpening, f.name)
		case api.Clean(f.value, MostNamed) != f.value:
			return fmt.Errorf("%w: the %s may have %d characters that can be shown", ErrOpening, f.name, MostNamed)
		}
	}
	if c := o.Cash.Currency(); c != "" && c != "IDR" || o.Cash.Minor() < 0 {
		return fmt.Errorf("%w: the cash is rupiah and not less than nought", ErrOpening)
	}
	return nil
}

// Closing is what is said when a session is closed.
type Closing struct {
	// Number is the session that is meant; 0: whichever is open. Another one is
	// never closed in its place.
	Number int
	// Counted is the cash that a courier collected in the session, as counted,
	// without the cash in hand at its start; the zero Amount: not counted.
	Counted api.Amount
	Reason  string // why the cash does not agree with the deposits
	// Carry names what stays open and goes over into the next session.
	Carry []api.Reference
}

// Sessions keeps the shifts of a journal; a journal that is a file is one.
type Sessions interface {
	// OpenSession opens the next session, or takes over one that had opened by
	// itself. While another is open it is a SessionOpenError.
	OpenSession(ctx context.Context, o Opening) (Session, error)
	// CloseSession closes the open session with its Z report, which is
	// returned. Its errors are ErrNoSession, StillOpenError and
	// DifferenceError; with each nothing was changed.
	CloseSession(ctx context.Context, c Closing) (Session, error)
	// CurrentSession is the open session without its report, or ErrNoSession.
	CurrentSession(ctx context.Context) (Session, error)
	// SessionReport is a session with its report: the X report of the open one,
	// or the Z report that a closed one has. Number 0 is the open one, and
	// ErrNoSession where none is.
	SessionReport(ctx context.Context, number int) (Session, error)
	// ListSessions returns at most limit sessions whose number is below before
	// (0: all), the newest first, without the reports of open ones. One that is
	// damaged hides no other.
	ListSessions(ctx context.Context, before, limit int) ([]Session, error)
}

// Errors of sessions; they may be wrapped.
var (
	ErrNoSession = errors.New("no session is open")
	ErrOpening   = errors.New("a session cannot be opened so")
)

// SessionOpenError says that a session is open already.
type SessionOpenError struct{ Session Session }

func (e *SessionOpenError) Error() string {
	return fmt.Sprintf("session %d of %s is open since %s: close it first", e.Session.Number, e.Session.Operator, e.Session.OpenedAt.In(api.Jakarta).Format(time.DateTime))
}

// StillOpenError lists what is neither settled nor parked and was not named to
// be carried over.
type StillOpenError struct{ Items []OpenItem }

func (e *StillOpenError) Error() string {
	return fmt.Sprintf("%d not settled: each must be settled, parked or carried over by name", len(e.Items))
}

// DifferenceError says that the counted cash does not agree with the deposits
// and that no reason was given.
type DifferenceError struct {
	Cash, Counted, Booked api.Amount
}

// Difference is what is missing in the machines (more than nought) or what was
// put in beyond the cash (less), in hundredths.
func (e *DifferenceError) Difference() int64 {
	return e.Cash.Minor() + e.Counted.Minor() - e.Booked.Minor()
}

func (e *DifferenceError) Error() string {
	return fmt.Sprintf("the cash and the booked deposits differ by %s: a reason is needed", api.IDR(e.Difference()).Value())
}

// OpenItem is one transaction that nobody knows the end of yet.
type OpenItem struct {
	Reference api.Reference `json:"reference"`
	Kind      Kind          `json:"kind"`
	State     State         `json:"state"`
	// Refunding: the payment has ended, and a refund of it is open.
	Refunding bool       `json:"refunding,omitempty"`
	Amount    api.Amount `json:"amount,omitzero"`
	Since     time.Time  `json:"since"`
	// Carried: it was named to go over into the next session.
	Carried bool `json:"carried,omitempty"`
}

// Parked reports whether the item needs no word at the closing: it was parked.
func (i OpenItem) Parked() bool { return !i.Refunding && i.State == Parked }

// Parkable reports whether Till.Park takes it: a payment that may have left.
func (i OpenItem) Parkable() bool { return i.Kind == CPM && !i.Refunding && i.State != Intent }

// OpenItemOf is the transaction as a closing lists it; false when it has ended,
// its refunds too.
func OpenItemOf(tx Transaction) (OpenItem, bool) {
	refund := tx.openRefund()
	if !tx.State.Open() && refund < 0 {
		return OpenItem{}, false
	}
	item := OpenItem{Reference: tx.Reference, Kind: tx.Kind, State: tx.State, Amount: tx.Amount, Since: tx.CreatedAt}
	if !tx.State.Open() {
		item.Refunding, item.Amount, item.Since = true, tx.Refunds[refund].Amount, tx.Refunds[refund].At
	}
	return item, true
}

// Close makes the session a closed one with its Z report, when nothing stands
// against it: a StillOpenError, or a DifferenceError where the counted cash
// does not agree with the deposits and no reason is given. What Carry names and
// is not open needs no word any more.
func (s *Session) Close(report Report, c Closing, now time.Time) error {
	if undecided := report.Undecided(c.Carry); len(undecided) > 0 {
		return &StillOpenError{undecided}
	}
	report.Open = slices.Clone(report.Open)
	for i := range report.Open {
		report.Open[i].Carried = slices.Contains(c.Carry, report.Open[i].Reference)
	}
	report.Counted, report.Reason = c.Counted, api.Clean(c.Reason, MostReason)
	closed := *s
	closed.Report = &report
	if difference, counted := closed.Difference(); counted && difference != 0 && report.Reason == "" {
		return &DifferenceError{s.Cash, c.Counted, report.Booked.Sum}
	}
	closed.ClosedAt = now
	*s = closed
	return nil
}

// What an event of a session tells. Such an event belongs to no transaction.
const (
	WhatSessionOpened = "session-opened"
	WhatSessionTaken  = "session-taken" // one that had opened by itself got its operator
	WhatSessionClosed = "session-closed"
	WhatSessionLost   = "session-lost" // a restore from a backup has lost it
)

// OpensSession reports whether something was done that belongs to a session:
// all but what a machine notes without any news.
func OpensSession(e Event) bool { return e.What != WhatChecked && e.What != WhatHint }
