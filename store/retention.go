package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
)

// droppedData is what the note of dropping tells: the seal, and what stays of
// the time before it.
type droppedData struct {
	Events       uint64 `json:"events"` // number of the last event that the seal stands for
	Nanos        int64  `json:"nanos"`  // and its time
	Hash         string `json:"hash"`   // and its hash, hex
	Kept         string `json:"kept"`   // keptDigest of the events before the seal, hex
	Past         string `json:"past"`   // pastDigest, hex
	Transactions int    `json:"transactions"`
	Before       string `json:"before"` // the first month that is not dropped, 2016-11
}

// keptDigest goes on with one event that stands before the seal.
func keptDigest(h hash.Hash, at key, before, its [sha256.Size]byte) {
	h.Write(at[:])
	h.Write(before[:])
	h.Write(its[:])
}

// dropSteps is how many events one commit of Drop goes through: the operator's
// commit waits for one such step at most.
const dropSteps = 512

// mostPause is after how many months without any event the clock is not
// believed.
const mostPause = 12

// KeptFrom is the beginning of the first month that stays when so many whole
// months before the present one are kept, in Jakarta. What is dropped never
// comes back, so the present is the clock's only as far as the journal bears it
// out: a clock that stands years ahead drops nothing, and neither do the events
// that were filed by it, until they are of two months.
func (s *Store) KeptFrom(months int) (time.Time, error) {
	now := s.now()
	err := s.view(func(tx *bbolt.Tx) error {
		var believed, before time.Time // months
		err := eachBucket(tx, prefixEvents, func(name []byte, _ *bbolt.Bucket) error {
			month, err := time.ParseInLocation(monthLayout, string(name[len(prefixEvents):]), api.Jakarta)
			if err != nil {
				return fmt.Errorf("%s %w", name, errFormat)
			}
			if before.IsZero() || !month.After(before.AddDate(0, mostPause, 0)) {
				believed = month
			}
			before = month
			return nil
		})
		if err == nil && !believed.IsZero() && now.After(believed.AddDate(0, mostPause+1, 0)) {
			now = believed
		}
		return err
	})
	return MonthsBefore(now, months), err
}

// MonthsBefore is the beginning of the first month that stays when so many
// whole months before the present one are kept, in Jakarta.
func MonthsBefore(now time.Time, months int) time.Time {
	t := now.In(api.Jakarta)
	return time.Date(t.Year(), t.Month()-time.Month(months), 1, 0, 0, 0, 0, api.Jakarta)
}

// Outlook is what Drop would do.
type Outlook struct {
	Before       time.Time // the beginning of the first month that stays
	Transactions int       // that would go
	// Held are transactions of the months that would go which stay: they are
	// open, or belong to a sale that is, or something happened to them since.
	Held int
}

// Outlook counts what Drop would drop where so many months are kept, in short
// transactions.
func (s *Store) Outlook(ctx context.Context, months int) (Outlook, error) {
	before, err := s.KeptFrom(months)
	if err != nil {
		return Outlook{}, err
	}
	o := Outlook{Before: before}
	limit := newKey(clampNanos(before), 0)
	v := &verifier{s: s}
	err = v.walk(ctx, prefixRows, func(tx *bbolt.Tx, _, k, value []byte) error {
		at, ok := asKey(k)
		if !ok || !at.less(limit) {
			return errEnough
		}
		r, err := asRow(value)
		if err != nil {
			return err
		}
		stays, err := staysAfter(tx, at, r, limit)
		if err != nil {
			return err
		}
		if stays {
			o.Held++
		} else {
			o.Transactions++
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return o, err
}

// errEnough ends a walk.
var errEnough = errors.New("enough")

// Drop takes away what happened before that time, which is the beginning of a
// month: records, rows, events and index entries. A seal stands for them. What
// is unsettled stays, with its sale and all their events, and so do notes. The
// counts of days stay; the totals are of what is there. It works beside a
// running console, in short commits, each of which leaves a journal that
// verifies; it can be ended at any time and goes on with the next call. What
// it gives back is what this call has dropped.
func (s *Store) Drop(ctx context.Context, before time.Time, tell func(Progress)) (Dropped, error) {
	d := Dropped{Before: before.In(api.Jakarta).Format(monthLayout)}
	limit := newKey(clampNanos(before), 0)
	for {
		if err := ctx.Err(); err != nil {
			return d, err
		}
		n, more, err := s.dropStep(limit, d.Before, dropSteps)
		d.Transactions += n
		if err != nil || !more {
			return d, err
		}
		if tell != nil {
			tell(Progress{Step: StepDrop, Done: int64(d.Transactions)})
		}
	}
}

// Overdue reports whether Drop would find events to go through.
func (s *Store) Overdue(before time.Time) (bool, error) {
	overdue := false
	err := s.view(func(tx *bbolt.Tx) error {
		seal, err := sealOf(tx)
		if err != nil {
			return err
		}
		overdue = len(eventsAfter(tx, seal, newKey(clampNanos(before), 0), 1)) > 0
		return nil
	})
	return overdue, err
}

func (s *Store) dropStep(limit key, before string, steps int) (n int, more bool, err error) {
	s.upkeep.Lock()
	defer s.upkeep.Unlock()
	err = s.change(func(tx *bbolt.Tx) (head, error) {
		w := sweep{tx: tx, limit: limit}
		var err error
		if w.seal, err = sealOf(tx); err != nil {
			return head{}, err
		}
		found := eventsAfter(tx, w.seal, limit, steps)
		if more = len(found) == steps; len(found) == 0 {
			return head{}, errEnough // nothing is written
		}
		w.head = w.seal.start()
		if w.told, err = droppedAt(tx, w.seal); err != nil {
			return head{}, err
		}
		for _, at := range found {
			if err := w.event(at); err != nil {
				return head{}, err
			}
		}
		n = w.transactions
		return w.finish(s.now(), before)
	})
	switch {
	case errors.Is(err, errEnough):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	}
	return n, more, nil
}

// eventsAfter are the keys of the next events after the seal that are older
// than the limit.
func eventsAfter(tx *bbolt.Tx, s seal, limit key, most int) []key {
	var found []key
	from := newKey(s.nanos, s.count+1)
	months := tx.Cursor()
	for name, _ := months.Seek(bucketOf(prefixEvents, from)); bytes.HasPrefix(name, prefixEvents); name, _ = months.Next() {
		c := tx.Bucket(name).Cursor()
		for k, _ := c.Seek(from[:]); k != nil; k, _ = c.Next() {
			at, ok := asKey(k)
			if !ok || !at.less(limit) || len(found) == most {
				return found
			}
			if at.seq() > s.count { // those before were kept
				found = append(found, at)
			}
		}
	}
	return found
}

// sweep is one step: it goes along the chain and decides of each event.
type sweep struct {
	tx           *bbolt.Tx
	limit        key
	seal         seal
	head         head // the seal to be
	transactions int
	told         droppedData // by the newest note of dropping
}

func (w *sweep) event(at key) error {
	e, err := eventAt(w.tx, at)
	if err != nil {
		return fmt.Errorf("event %d: %w", at.seq(), err)
	}
	if at.seq() != w.head.count+1 || e.chain(w.head.hash, at) != e.hash {
		return fmt.Errorf("event %d %w: it does not fit the chain, nothing after it is dropped", at.seq(), errFormat)
	}
	before := w.head.hash
	w.head = head{count: at.seq(), nanos: at.nanos(), hash: e.hash}
	keep := func() error { return op{bucketKept, at[:], before[:]}.run(w.tx) }
	if e.isNote() {
		n, err := e.note()
		if err != nil {
			return err
		}
		if n.What != noteDropped { // a newer one is written with this step
			return keep()
		}
		return w.dropEvents(at, false)
	}
	r, err := rowAt(w.tx, e.record)
	if err != nil {
		return fmt.Errorf("the record of event %d: %w", at.seq(), err)
	}
	r = bytes.Clone(r) // it is deleted below
	stays, err := staysAfter(w.tx, e.record, r, w.limit)
	switch {
	case err != nil:
		return err
	case stays:
		return keep()
	}
	if err := w.dropEvents(at, false); err != nil || r.lastEvent() != at {
		return err
	}
	var others []key
	if sale := r.sale(); len(sale) > 0 {
		if others, err = saleKeys(w.tx, api.Reference(sale)); err != nil {
			return err
		}
	}
	if err := w.dropRecord(e.record, r); err != nil {
		return err
	}
	// Those of the sale that stayed for the sake of this one.
	for _, k := range others {
		other, err := rowAt(w.tx, k)
		switch {
		case k == e.record:
		case err != nil:
			return err
		case !at.less(other.lastEvent()):
			other = bytes.Clone(other)
			if err := w.dropEvents(other.lastEvent(), true); err != nil {
				return err
			}
			if err := w.dropRecord(k, other); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropEvents deletes an event and those of its record before it that had been
// kept.
func (w *sweep) dropEvents(at key, kept bool) error {
	for at != (key{}) {
		if kept && valueAt(w.tx, bucketKept, at[:]) == nil {
			return nil // gone already, with what is before it
		}
		e, err := eventAt(w.tx, at)
		if err != nil {
			return fmt.Errorf("event %d: %w", at.seq(), err)
		}
		previous := e.previous
		if err := w.remove(prefixEvents, at); err != nil {
			return err
		}
		if kept {
			if err := (op{bucketKept, at[:], nil}).run(w.tx); err != nil {
				return err
			}
		}
		at, kept = previous, true
	}
	return nil
}

// dropRecord deletes what the journal holds of a transaction beside its
// events, and files its counts under the past.
func (w *sweep) dropRecord(k key, r row) error {
	w.transactions++
	created := dayOf(timeOf(k.nanos()))
	for d, t := range shiftOf(created, nil, r) {
		if d == total {
			continue
		}
		before, err := asTally(valueAt(w.tx, bucketPast, d.key()))
		if err != nil {
			return err
		}
		if err := (op{bucketPast, d.key(), before.plus(t).encode()}).run(w.tx); err != nil {
			return err
		}
	}
	totals, err := asTally(w.tx.Bucket(bucketMeta).Get(metaTotals))
	if err != nil {
		return err
	}
	ops := []op{
		{bucketRefs, bytes.Clone(r.reference()), nil},
		{bucketIndex, indexKey(r.kind(), r.state(), k), nil},
	}
	if less := shiftOf(created, r, nil)[total]; less != nil {
		ops = append(ops, op{bucketMeta, metaTotals, totals.plus(less).encode()})
	}
	if sale := r.otherSale(); len(sale) > 0 {
		ops = append(ops, op{bucketSales, saleKey(sale, k), nil})
	}
	for _, o := range ops {
		if err := o.run(w.tx); err != nil {
			return err
		}
	}
	if err := w.remove(prefixRecords, k); err != nil {
		return err
	}
	return w.remove(prefixRows, k)
}

// remove deletes an entry of a month, and the month when it was its last.
func (w *sweep) remove(prefix []byte, k key) error {
	name := bucketOf(prefix, k)
	b := w.tx.Bucket(name)
	if b == nil {
		return fmt.Errorf("%s %w: it is missing", name, errFormat)
	}
	if err := b.Delete(k[:]); err != nil {
		return err
	}
	if first, _ := b.Cursor().First(); first == nil {
		return w.tx.DeleteBucket(name)
	}
	return nil
}

// finish moves the seal and writes the note of it.
func (w *sweep) finish(now time.Time, before string) (head, error) {
	w.told.Events, w.told.Nanos, w.told.Hash = w.head.count, w.head.nanos, hex.EncodeToString(w.head.hash[:])
	w.told.Transactions += w.transactions
	w.told.Before = max(w.told.Before, before)
	kept, past := sha256.New(), sha256.New()
	for k, v := range entries(w.tx.Bucket(bucketKept)) {
		at, ok := asKey(k)
		if !ok || len(v) != sha256.Size {
			return head{}, fmt.Errorf("kept event %w", errFormat)
		}
		e, err := eventAt(w.tx, at)
		if err != nil {
			return head{}, fmt.Errorf("event %d: %w", at.seq(), err)
		}
		keptDigest(kept, at, [sha256.Size]byte(v), e.hash)
	}
	for k, v := range entries(w.tx.Bucket(bucketPast)) {
		pastDigest(past, k, v)
	}
	w.told.Kept, w.told.Past = hex.EncodeToString(kept.Sum(nil)), hex.EncodeToString(past.Sum(nil))
	ops, h, at, err := planNote(w.tx, now, noteDropped, w.told, [sha256.Size]byte{})
	if err != nil {
		return head{}, err
	}
	for _, o := range append(ops, op{bucketMeta, metaSeal, seal{w.head, at}.encode()}) {
		if err := o.run(w.tx); err != nil {
			return head{}, err
		}
	}
	return h, nil
}

// droppedAt is what the newest note of dropping tells; nothing when there is
// none.
func droppedAt(tx *bbolt.Tx, s seal) (d droppedData, err error) {
	if s.note == (key{}) {
		return d, nil
	}
	e, err := eventAt(tx, s.note)
	if err != nil {
		return d, fmt.Errorf("event %d: %w", s.note.seq(), err)
	}
	n, err := e.note()
	if err == nil {
		err = json.Unmarshal(n.Data, &d)
	}
	return d, err
}

// staysAfter reports whether the transaction is not to be dropped with what
// is older than the limit: one of its sale is unsettled, or has changed since.
func staysAfter(tx *bbolt.Tx, k key, r row, limit key) (bool, error) {
	if stays(r, limit) || len(r.sale()) == 0 {
		return stays(r, limit), nil
	}
	keys, err := saleKeys(tx, api.Reference(r.sale()))
	for _, other := range keys {
		if other == k {
			continue
		}
		r, err := rowAt(tx, other)
		if err != nil || stays(r, limit) {
			return err == nil, err
		}
	}
	return false, err
}

func stays(r row, limit key) bool {
	return stateWords[r.state()].Open() || r.due() || !r.lastEvent().less(limit)
}
