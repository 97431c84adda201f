package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// fill is how full bbolt leaves the pages it splits: nearly all keys arrive in
// order.
const fill = 0.9

// op is one thing that a commit writes; a nil value deletes.
type op struct{ bucket, key, value []byte }

func (o op) run(tx *bbolt.Tx) error {
	b := tx.Bucket(o.bucket)
	if b == nil {
		var err error
		if b, err = tx.CreateBucket(o.bucket); err != nil {
			return err
		}
	}
	b.FillPercent = fill
	if o.value == nil {
		return b.Delete(o.key)
	}
	return b.Put(o.key, o.value)
}

// Append is till.Journal's: one commit, on the disk when it returns. Beside
// till.ErrStale it refuses a change that does not fit its record (another
// kind, creation time or sale, an event of another reference, a word that the
// format does not know), and nothing is written. till.ErrFull and
// till.ErrReadOnly say that nothing was written either.
func (s *Store) Append(ctx context.Context, change till.Change) error {
	err := s.change(func(tx *bbolt.Tx) (head, error) {
		if err := ctx.Err(); err != nil {
			return head{}, err
		}
		return s.applyInSession(tx, change)
	})
	if err != nil {
		return fmt.Errorf("journalling %s: %w", change.Transaction.Reference, err)
	}
	return nil
}

// importBatch is how many changes one commit of Import holds.
const importBatch = 10_000

// Import appends many changes by the rules of Append, thousands to a commit:
// for restoring and for generated journals, never for the operator's path.
// When it fails, whole batches before the failure stay.
func (s *Store) Import(ctx context.Context, changes iter.Seq2[till.Change, error]) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	next, stop := iter.Pull2(changes)
	defer stop()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var h head
		err := s.update(func(tx *bbolt.Tx) error {
			for range importBatch {
				change, err, ok := next()
				if more = ok; !ok {
					return nil
				}
				if err != nil {
					return err
				}
				if h, err = apply(tx, change); err != nil {
					return fmt.Errorf("journalling %s: %w", change.Transaction.Reference, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if h.count > 0 {
			s.headFile.write(h)
		}
	}
	return nil
}

func apply(tx *bbolt.Tx, change till.Change) (head, error) {
	ops, h, err := plan(tx, change)
	if err != nil {
		return head{}, err
	}
	for _, o := range ops {
		if err := o.run(tx); err != nil {
			return head{}, err
		}
	}
	return h, nil
}

// plan reads what the change builds on and says what to write for it.
func plan(tx *bbolt.Tx, change till.Change) ([]op, head, error) {
	t := &change.Transaction
	if _, err := api.ParseReference(string(t.Reference)); err != nil {
		return nil, head{}, err
	}
	if t.Sale != "" {
		if _, err := api.ParseReference(string(t.Sale)); err != nil {
			return nil, head{}, fmt.Errorf("sale %w", err)
		}
	}
	if change.Event.Reference != t.Reference {
		return nil, head{}, fmt.Errorf("the event tells of %q", change.Event.Reference)
	}
	created, err := nanosOf(t.CreatedAt, "created")
	if err != nil {
		return nil, head{}, err
	}
	at, err := nanosOf(change.Event.At, "event")
	if err != nil {
		return nil, head{}, err
	}
	meta := tx.Bucket(bucketMeta)
	h, err := asHead(meta.Get(metaHead))
	if err != nil {
		return nil, head{}, err
	}
	h.count++
	h.nanos = max(h.nanos, at)
	eventKey := newKey(h.nanos, h.count)

	recordKey, old, err := stored(tx, t.Reference)
	switch {
	case errors.Is(err, till.ErrNotFound):
		if valueAt(tx, bucketSpent, []byte(t.Reference)) != nil {
			return nil, head{}, &SpentError{t.Reference}
		}
		recordKey = newKey(created, h.count)
		if t.Revision != 1 {
			return nil, head{}, fmt.Errorf("%w: it holds none, the change is revision %d", till.ErrStale, t.Revision)
		}
	case err != nil:
		return nil, head{}, err
	case t.Revision != old.revision()+1:
		return nil, head{}, fmt.Errorf("%w: it holds revision %d, the change is revision %d", till.ErrStale, old.revision(), t.Revision)
	case recordKey.nanos() != created:
		return nil, head{}, fmt.Errorf("the record was created at %s, the change says %s", timeOf(recordKey.nanos()), t.CreatedAt)
	case kindWords[old.kind()] != t.Kind:
		return nil, head{}, fmt.Errorf("the record is of kind %q, the change says %q", kindWords[old.kind()], t.Kind)
	case string(old.sale()) != string(t.Sale):
		return nil, head{}, fmt.Errorf("the record is of sale %q, the change says %q", old.sale(), t.Sale)
	}

	row, err := encodeRow(t, eventKey)
	if err != nil {
		return nil, head{}, err
	}
	record, err := encodeRecord(*t)
	if err != nil {
		return nil, head{}, err
	}
	e := event{record: recordKey, revision: uint32(t.Revision), made: recordHash(row, record)}
	if old != nil {
		e.previous = old.lastEvent()
	}
	if e.body, err = encodeEventBody(change.Event); err != nil {
		return nil, head{}, err
	}
	e.hash = e.chain(h.hash, eventKey)
	h.hash = e.hash

	ops := make([]op, 0, 12)
	put := func(bucket, key, value []byte) { ops = append(ops, op{bucket, key, value}) }
	put(bucketOf(prefixRows, recordKey), recordKey[:], row)
	put(bucketOf(prefixRecords, recordKey), recordKey[:], record)
	put(bucketOf(prefixEvents, eventKey), eventKey[:], e.encode())
	if old == nil {
		put(bucketRefs, []byte(t.Reference), recordKey[:])
		if sale := row.otherSale(); len(sale) > 0 {
			put(bucketSales, saleKey(sale, recordKey), []byte{})
		}
	}
	if old == nil || old.state() != row.state() {
		if old != nil {
			put(bucketIndex, indexKey(old.kind(), old.state(), recordKey), nil)
		}
		put(bucketIndex, indexKey(row.kind(), row.state(), recordKey), []byte{})
	}
	switch was := old != nil && old.due(); {
	case was && !row.due():
		put(bucketDue, recordKey[:], nil)
	case !was && row.due():
		put(bucketDue, recordKey[:], []byte{})
	}
	for d, difference := range shiftOf(dayOf(t.CreatedAt), old, row) {
		bucket, name := bucketDays, d.key()
		if d == total {
			bucket, name = bucketMeta, metaTotals
		}
		before, err := asTally(tx.Bucket(bucket).Get(name))
		if err != nil {
			return nil, head{}, err
		}
		put(bucket, name, before.plus(difference).encode())
	}
	put(bucketMeta, metaHead, h.encode())
	return ops, h, nil
}

// saleKey is a sale's entry for a record. A reference has no zero byte, so
// none begins as another's does.
func saleKey(sale []byte, k key) []byte {
	return append(append(sale[:len(sale):len(sale)], 0), k[:]...)
}

func indexKey(kind, state byte, k key) []byte {
	return append([]byte{kind, state}, k[:]...)
}

// stored finds a reference's key and row, or till.ErrNotFound.
func stored(tx *bbolt.Tx, reference api.Reference) (key, row, error) {
	v := tx.Bucket(bucketRefs).Get([]byte(reference))
	if v == nil {
		return key{}, nil, fmt.Errorf("%w: %s", till.ErrNotFound, reference)
	}
	k, ok := asKey(v)
	if !ok {
		return key{}, nil, fmt.Errorf("index entry of %s %w", reference, errFormat)
	}
	r, err := rowAt(tx, k)
	if err != nil {
		return key{}, nil, fmt.Errorf("%s: %w", reference, err)
	}
	return k, r, nil
}

func rowAt(tx *bbolt.Tx, k key) (row, error) {
	b := tx.Bucket(bucketOf(prefixRows, k))
	if b == nil {
		return nil, fmt.Errorf("row %w: its month is missing", errFormat)
	}
	v := b.Get(k[:])
	if v == nil {
		return nil, fmt.Errorf("row %w: it is missing", errFormat)
	}
	return asRow(v)
}

func recordAt(tx *bbolt.Tx, k key) (till.Transaction, error) {
	return recordIn(tx.Bucket(bucketOf(prefixRecords, k)), k)
}

// recordIn is recordAt in the month's bucket, nil where there is none.
func recordIn(b *bbolt.Bucket, k key) (till.Transaction, error) {
	if b == nil {
		return till.Transaction{}, fmt.Errorf("record %w: its month is missing", errFormat)
	}
	return decodeRecord(b.Get(k[:]))
}
