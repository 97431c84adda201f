// Package books adds up and compares what a journal holds: the totals of days,
// hours, machines and couriers, and a provider's settlement file against our
// own records. It reads in one stream and keeps no more than its results.
package books

import (
	"context"
	"iter"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// Journal is what is read; *store.Store is one. Both lists are newest first.
type Journal interface {
	All(ctx context.Context, filter till.Filter) iter.Seq2[till.Transaction, error]
	Rows(ctx context.Context, filter till.Filter) iter.Seq2[till.Row, error]
	Get(ctx context.Context, reference api.Reference) (till.Transaction, error)
}

// slack is how far a provider's clock may be from ours.
const slack = time.Hour

// touching visits every transaction of which something may have happened in
// [from, to): those made in it, and those made before that were changed since.
// A user id takes deposits for days, a payment is given back later. Each is
// called for every transaction that was looked at; an error of visit ends it.
func touching(ctx context.Context, j Journal, from, to time.Time, each func(), visit func(till.Transaction) error) error {
	last := to
	if !to.IsZero() {
		last = to.Add(slack)
	}
	for tx, err := range j.All(ctx, till.Filter{From: from, To: last}) {
		if err != nil {
			return err
		}
		each()
		if err := visit(tx); err != nil {
			return err
		}
	}
	if from.IsZero() {
		return nil
	}
	for row, err := range j.Rows(ctx, till.Filter{To: from}) {
		if err != nil {
			return err
		}
		each()
		if row.UpdatedAt.Time().Before(from.Add(-slack)) {
			continue
		}
		tx, err := j.Get(ctx, row.Reference)
		if err != nil {
			return err
		}
		if err := visit(tx); err != nil {
			return err
		}
	}
	return nil
}

// within reports whether a time is in [from, to); zero ends are open.
func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}

// paid reports whether the customer's money came, be it given back since.
func paid(s till.State) bool {
	return s == till.Paid || s == till.LatePaid || s == till.Doubled || s == till.Refunded
}
