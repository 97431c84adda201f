package till

import (
	"context"
	"errors"
	"iter"

	"cashier/api"
)

// Change is one step of a transaction: the whole record after it and the
// event that tells of it. Both become durable together or not at all.
type Change struct {
	Transaction Transaction
	Event       Event
}

// Journal is what the till asks of a store.
type Journal interface {
	// Append makes the change durable before it returns. A record whose
	// Revision is not one more than the stored one (1 for a new reference) is
	// ErrStale, and nothing is written.
	Append(ctx context.Context, change Change) error
	// Get returns the record, or ErrNotFound.
	Get(ctx context.Context, reference api.Reference) (Transaction, error)
	// Open yields every transaction that is Unsettled, oldest first.
	Open(ctx context.Context) iter.Seq2[Transaction, error]
}

// Errors of a Journal; they may be wrapped.
var (
	ErrNotFound = errors.New("no such reference in the journal")
	ErrStale    = errors.New("the journal holds a newer version of this record")
	ErrDamaged  = errors.New("the journal is damaged")
	ErrFull     = errors.New("no space left for the journal")
	ErrReadOnly = errors.New("the journal cannot be written")
	ErrBusy     = errors.New("another process has the journal and does not answer")
)
