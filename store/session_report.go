package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

// movedField stands in the body of every event that moved money, and in no
// other: in a text its quotes would be escaped.
var movedField = []byte(`"moved":{`)

// reportOf adds up the events of a session, from its opening on to the chain's
// end, and what is open in the journal now. It is read at the one moment of tx.
func reportOf(ctx context.Context, tx *bbolt.Tx, s storedSession, at time.Time) (till.Report, error) {
	r := till.Report{At: at}
	var begun []key
	waits := map[key]*till.Movement{} // of user ids, by record: their last word
	err := eventsFrom(ctx, tx, s.opened, func(e *event) error {
		if e.isNote() {
			return nil
		}
		if e.revision == 1 && e.previous == (key{}) {
			begun = append(begun, e.record)
		}
		if !bytes.Contains(e.body, movedField) {
			return nil
		}
		told, err := e.decode()
		if err != nil {
			return err
		}
		r.Add(told.Moved, told.State)
		if told.Moved.Deposits {
			waits[e.record] = told.Moved
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	for _, k := range begun {
		row, err := rowAt(tx, k)
		if err != nil {
			return r, err
		}
		r.Begin(kindWords[row.kind()], stateWords[row.state()], row.amount())
	}
	for _, k := range slices.SortedFunc(maps.Keys(waits), compare) {
		r.AddWaiting(waits[k])
	}
	r.Open, err = openItems(tx)
	return r, err
}

// eventsFrom visits the events after the one at from, oldest first. Their
// bodies lie in the mapped file.
func eventsFrom(ctx context.Context, tx *bbolt.Tx, from key, visit func(e *event) error) error {
	first := bucketOf(prefixEvents, from)
	steps := 0
	months := tx.Cursor()
	for name, _ := months.Seek(first); bytes.HasPrefix(name, prefixEvents); name, _ = months.Next() {
		c := tx.Bucket(name).Cursor()
		k, v := c.First()
		if bytes.Equal(name, first) {
			if k, v = c.Seek(from[:]); bytes.Equal(k, from[:]) {
				k, v = c.Next()
			}
		}
		for ; k != nil; k, v = c.Next() {
			if steps++; steps%verifySteps == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			e, err := asEvent(v)
			if err == nil {
				err = visit(&e)
			}
			if err != nil {
				at, _ := asKey(k)
				return fmt.Errorf("event %d: %w", at.seq(), err)
			}
		}
	}
	return nil
}

// openItems is what is not settled in the journal now, oldest first.
func openItems(tx *bbolt.Tx) ([]till.OpenItem, error) {
	var items []till.OpenItem
	for _, k := range unsettledKeys(tx) {
		t, err := recordAt(tx, k)
		if err != nil {
			return nil, err
		}
		if item, open := till.OpenItemOf(t); open {
			items = append(items, item)
		}
	}
	return items, nil
}

// withMovement tells in the change's event what money it moved.
func withMovement(tx *bbolt.Tx, change till.Change) (till.Change, error) {
	if !till.MayMove(&change.Transaction) {
		return change, nil
	}
	var before till.Transaction
	k, r, err := stored(tx, change.Transaction.Reference)
	switch {
	case errors.Is(err, till.ErrNotFound):
	case err != nil:
		return change, err
	case r.paid() == (paidSum{}) && change.Transaction.Kind == till.CPM && len(change.Transaction.Refunds) == 0:
		// Nothing had come and nothing goes back: the record before tells no more.
	default:
		if before, err = recordAt(tx, k); err != nil {
			return change, err
		}
	}
	change.Event.Moved = till.Moved(&before, &change.Transaction)
	return change, nil
}
