package store

import (
	"context"
	"encoding/hex"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// searchFor is how long one stretch of a search reads: a screen that wants
// another one waits no longer.
const searchFor = 20 * time.Millisecond

// Search reads on for a short while, newest first, and tells what it found and
// how far it came: a Page that does not wait for its hits. It counts all hits
// of the stretch and gives the first limit of them as rows. The cursor is the
// Next of the stretch before, empty to begin; cursors of pages serve as well.
func (s *Store) Search(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Stretch, error) {
	before, err := parseCursor(cursor)
	if err != nil {
		return till.Stretch{}, err
	}
	p, within := newRowFilter(filter), spanOf(filter, before)
	b := builders.Get().(*rowBuilder)
	defer builders.Put(b)
	b.begin()
	var found tallied
	var out till.Stretch
	within.until = time.Now().Add(searchFor)
	if cursor != "" { // it goes on
		within.ahead = s.readAhead(aheadFrom)
	}
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return till.Stretch{}, err
		}
		err := s.view(func(tx *bbolt.Tx) (err error) {
			var last key
			var looked int
			last, looked, done, err = scan(tx, &p, within, func(k key, r row) (bool, error) {
				found.add(r)
				if len(b.notes) < limit {
					b.add(k, r)
				}
				return true, nil
			})
			if looked > 0 {
				within.before, out.Reached = last, timeOf(last.nanos())
				out.Looked += looked
			}
			return err
		})
		if err != nil {
			return till.Stretch{}, err
		}
		if !done && time.Now().After(within.until) {
			out.Next = hex.EncodeToString(within.before[:])
			break
		}
	}
	if out.Rows, out.Hits = b.finish(), found.hits; len(out.Rows) > 0 {
		out.Behind = hex.EncodeToString(b.last[:])
	}
	out.Sum, out.Came = api.IDR(found.sum), api.IDR(found.came)
	return out, nil
}

// mostSum is the largest amount that is written in the wire's 16 digits.
const mostSum = 999_999_999_999_999_999

// tallied is what a stretch's hits come to.
type tallied struct {
	hits      int
	sum, came int64 // hundredths of rupiah
}

func (t *tallied) add(r row) {
	t.hits++
	minor := r.minor()
	if string(r.currency()) != "IDR" || minor < 0 || minor > maxSummed || t.sum > mostSum-minor {
		return // not in what a sum can hold
	}
	t.sum += minor
	switch kindWords[r.kind()] {
	case till.CDM:
		t.came += minor // of the booked deposits
	case till.CPM:
		switch stateWords[r.state()] {
		case till.Paid, till.LatePaid, till.Doubled:
			t.came += minor
		}
	}
}
