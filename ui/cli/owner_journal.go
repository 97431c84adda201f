package cli

import (
	"context"
	"iter"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/views"
)

// One process has the journal: the owner. Commands and screens of every other
// process work through it, and must not know the difference. So they use the
// two interfaces below and never *store.Store or *till.Till themselves.
//
// To use a method that is not in them yet: add its line here; its call in
// owner_remote_journal.go or owner_remote_till.go, with the function beside it
// that the owner runs, wherever that is; and a row in the table of
// TestEveryMethodCrossesTheSocket. What changes something must bear being
// called again after an owner died in its middle: see again in owner_call.go.
// An error of a package that was not sent before stands in owner_errors.go. What only makes sense
// with the file itself in hand (compact, restore) opens it with store.Open,
// which does not share.

// journal is what is read of a profile's journal; *store.Store is one.
type journal interface {
	Path() string
	Get(ctx context.Context, reference api.Reference) (till.Transaction, error)
	Events(ctx context.Context, reference api.Reference) ([]till.Event, error)
	Page(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Page, error)
	Search(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Stretch, error)
	Rows(ctx context.Context, filter till.Filter) iter.Seq2[till.Row, error]
	All(ctx context.Context, filter till.Filter) iter.Seq2[till.Transaction, error]
	Open(ctx context.Context) iter.Seq2[till.Transaction, error]
	Sale(ctx context.Context, sale api.Reference) ([]till.Transaction, error)
	Counts(ctx context.Context) (store.Counts, error)
	Day(ctx context.Context, t time.Time) (store.Tally, error)
	Setting(name string) ([]byte, error)
	SetSetting(name string, value []byte) error
	ClaimSetting(name string, value []byte) (first bool, err error)
	// Outlook is what would be dropped where so many months are kept.
	Outlook(ctx context.Context, months int) (store.Outlook, error)
	VerifyTelling(ctx context.Context, tell func(store.Progress)) (store.Report, error)
	BackupTelling(ctx context.Context, path string, tell func(store.Progress)) (store.Backup, error)
	till.Sessions
}

// works is what is asked of a profile's till; seatTill is one.
type works interface {
	NewUserID(ctx context.Context, reference api.Reference, courier api.Courier, progress func(api.Attempt)) (till.Transaction, error)
	RepeatUserID(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, error)
	CheckDeposits(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error)
	// DepositsBetween asks for the deposits of a range and keeps nothing of it.
	DepositsBetween(ctx context.Context, reference api.Reference, from, to time.Time) ([]api.Deposit, api.Answer, error)
	WatchDeposits(reference api.Reference) views.Watch

	Pay(ctx context.Context, o till.Order, progress func(api.Attempt)) (till.Transaction, error)
	NewCode(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, api.CodeNews, error)
	CheckPayment(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error)
	Cancel(ctx context.Context, reference api.Reference, reason string) (till.Transaction, error)
	Accept(ctx context.Context, reference api.Reference, by, reason string) (till.Transaction, error)
	Park(ctx context.Context, reference api.Reference, by string) (till.Transaction, error)
	Refund(ctx context.Context, reference, refund api.Reference, amount api.Amount, reason string) (till.Transaction, error)
	ResolveRefund(ctx context.Context, reference, refund api.Reference, done bool, by, reason string) (till.Transaction, error)
	Hint(ctx context.Context, reference api.Reference, told api.PaymentStatus, note string) error
	Look(ctx context.Context, provider string, key api.LookupKey) (till.Transaction, api.Answer, error)
	FittingLookups(key api.LookupKey) []string

	Step(ctx context.Context, reference api.Reference) (time.Time, error)
	Settle(ctx context.Context, reference api.Reference) (till.Transaction, error)
	Follow(ctx context.Context, reference api.Reference) (updates <-chan till.Update, unsubscribe func(), err error)
	Leave(reference api.Reference)

	Board(ctx context.Context) (rows []till.BoardRow, paused bool, err error)
	Hurry(ctx context.Context, reference api.Reference) (working bool, err error)
	CheckNow(ctx context.Context, reference api.Reference) error
	HurryAll(ctx context.Context) error
	Pause(ctx context.Context, paused bool) error

	Announce()
	Resume(ctx context.Context, settled func(till.Transaction, error)) (till.Resumed, error)
	Run(ctx context.Context)
	StopAll(ctx context.Context) error
}

var _ journal = (*store.Store)(nil)

// boardView is the till's board as the screen reads it.
type boardView struct{ works }

func (b boardView) Rows(ctx context.Context) ([]till.BoardRow, bool, error) { return b.Board(ctx) }

func (b boardView) CheckAll(ctx context.Context) error { return b.HurryAll(ctx) }
