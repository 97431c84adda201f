package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// Get is till.Journal's.
func (s *Store) Get(ctx context.Context, reference api.Reference) (till.Transaction, error) {
	if err := ctx.Err(); err != nil {
		return till.Transaction{}, err
	}
	var t till.Transaction
	err := s.view(func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucketRefs).Get([]byte(reference))
		if v == nil {
			return fmt.Errorf("%w: %s", till.ErrNotFound, reference)
		}
		k, ok := asKey(v)
		if !ok {
			return fmt.Errorf("index entry of %s %w", reference, errFormat)
		}
		var err error
		if t, err = recordAt(tx, k); err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
		return nil
	})
	return t, err
}

// chunk is how many records one read transaction decodes for an iterator at
// most: the caller is then served without one, however slow it is.
const chunk = 64

// Open is till.Journal's. It yields what is unsettled now, each as it is when
// its turn comes; what has been settled meanwhile is left out.
func (s *Store) Open(ctx context.Context) iter.Seq2[till.Transaction, error] {
	return func(yield func(till.Transaction, error) bool) {
		var keys []key
		err := s.view(func(tx *bbolt.Tx) error {
			keys = unsettledKeys(tx)
			return nil
		})
		if err != nil {
			yield(till.Transaction{}, err)
			return
		}
		s.each(ctx, keys, func(t till.Transaction) bool { return t.Unsettled() }, yield)
	}
}

// unsettledKeys are the keys of all records in open states and of those that
// have ended and are due, oldest first.
func unsettledKeys(tx *bbolt.Tx) []key {
	var keys []key
	c := tx.Bucket(bucketIndex).Cursor()
	for kind := 1; kind < len(kindWords); kind++ {
		for state := 1; state < len(stateWords); state++ {
			if !stateWords[state].Open() {
				continue
			}
			prefix := []byte{byte(kind), byte(state)}
			for k, _ := c.Seek(prefix); len(k) == 18 && k[0] == prefix[0] && k[1] == prefix[1]; k, _ = c.Next() {
				keys = append(keys, key(k[2:]))
			}
		}
	}
	for k := range entries(tx.Bucket(bucketDue)) {
		if k, ok := asKey(k); ok {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compare)
	return keys
}

func compare(a, b key) int {
	switch {
	case a.less(b):
		return -1
	case b.less(a):
		return 1
	}
	return 0
}

// each yields the wanted ones of the keys' records, in short transactions. It
// reports whether the caller wants more.
func (s *Store) each(ctx context.Context, keys []key, want func(till.Transaction) bool, yield func(till.Transaction, error) bool) bool {
	for size := 1; len(keys) > 0; size = min(2*size, chunk) {
		if err := ctx.Err(); err != nil {
			yield(till.Transaction{}, err)
			return false
		}
		some := keys[:min(size, len(keys))]
		keys = keys[len(some):]
		found := make([]till.Transaction, 0, len(some))
		err := s.view(func(tx *bbolt.Tx) error {
			for _, k := range some {
				t, err := recordAt(tx, k)
				if err != nil {
					return fmt.Errorf("record of %s: %w", timeOf(k.nanos()).Format(time.RFC3339Nano), err)
				}
				if want(t) {
					found = append(found, t)
				}
			}
			return nil
		})
		for _, t := range found {
			if !yield(t, nil) {
				return false
			}
		}
		if err != nil {
			yield(till.Transaction{}, err)
			return false
		}
	}
	return true
}

// Sale is till.Sales'. All its transactions are read at one moment.
func (s *Store) Sale(ctx context.Context, sale api.Reference) ([]till.Transaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var list []till.Transaction
	err := s.view(func(tx *bbolt.Tx) error {
		keys, err := saleKeys(tx, sale)
		if err != nil {
			return err
		}
		for _, k := range keys {
			t, err := recordAt(tx, k)
			if err != nil {
				return fmt.Errorf("record of %s: %w", timeOf(k.nanos()).Format(time.RFC3339Nano), err)
			}
			list = append(list, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sale %s: %w", sale, err)
	}
	return list, nil
}

// saleKeys are the keys of a sale's records, oldest first.
func saleKeys(tx *bbolt.Tx, sale api.Reference) ([]key, error) {
	var keys []key
	switch k, r, err := stored(tx, sale); {
	case errors.Is(err, till.ErrNotFound):
	case err != nil:
		return nil, err
	case r.ownSale():
		keys = append(keys, k)
	}
	b := tx.Bucket(bucketSales)
	if b == nil {
		return keys, nil
	}
	c := b.Cursor()
	prefix := append([]byte(sale), 0)
	for name, _ := c.Seek(prefix); bytes.HasPrefix(name, prefix); name, _ = c.Next() {
		k, ok := asKey(name[len(prefix):])
		if !ok {
			return nil, fmt.Errorf("index entry %w", errFormat)
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys, nil
}

// Events is the timeline of a transaction, oldest first, or till.ErrNotFound.
func (s *Store) Events(ctx context.Context, reference api.Reference) ([]till.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var events []till.Event
	err := s.view(func(tx *bbolt.Tx) error {
		_, r, err := stored(tx, reference)
		if err != nil {
			return err
		}
		seal, err := sealOf(tx)
		if err != nil {
			return err
		}
		for at := r.lastEvent(); at != (key{}) && seal.inChain(tx, at); {
			e, err := eventAt(tx, at)
			if err != nil {
				return fmt.Errorf("event %d of %s: %w", at.seq(), reference, err)
			}
			told, err := e.decode()
			if err != nil {
				return fmt.Errorf("event %d of %s: %w", at.seq(), reference, err)
			}
			events = append(events, told)
			if e.previous != (key{}) && !e.previous.less(at) {
				return fmt.Errorf("event %d of %s %w: it follows a later one", at.seq(), reference, errFormat)
			}
			at = e.previous
		}
		return nil
	})
	slices.Reverse(events)
	return events, err
}

func eventAt(tx *bbolt.Tx, at key) (event, error) {
	b := tx.Bucket(bucketOf(prefixEvents, at))
	if b == nil {
		return event{}, fmt.Errorf("event %w: its month is missing", errFormat)
	}
	return asEvent(b.Get(at[:]))
}

// Counts are the journal's totals and those of today in Jakarta.
type Counts struct {
	All   Tally
	Today Tally
}

// Counts reads the totals, whatever the journal's size.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	today, err := s.Day(ctx, s.now())
	if err != nil {
		return c, err
	}
	c.Today = today
	err = s.view(func(tx *bbolt.Tx) error {
		c.All, err = asTally(tx.Bucket(bucketMeta).Get(metaTotals))
		return err
	})
	return c, err
}

// Day counts the transactions created, and the deposits made, on the day of t
// in Jakarta.
func (s *Store) Day(ctx context.Context, t time.Time) (Tally, error) {
	if err := ctx.Err(); err != nil {
		return Tally{}, err
	}
	var tally Tally
	err := s.view(func(tx *bbolt.Tx) (err error) {
		tally, err = asTally(tx.Bucket(bucketDays).Get(dayOf(t).key()))
		return err
	})
	return tally, err
}
