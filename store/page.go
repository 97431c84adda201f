package store

import (
	"context"
	"encoding/hex"
	"iter"
	"sync"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// Limits of a page.
const (
	defaultPage = 100
	maxPage     = 10_000
)

// Page is one stretch of the list, newest first, continuing after the cursor
// (a Page's Next; empty begins). It holds limit rows (0: 100, at most 10,000)
// unless the journal ends before. The cursor stays valid whatever is appended.
// Where matches are rare the page after the last one may be empty. A filter on words alone may have
// to read the whole journal for a page: Rows gives its hits as they are found.
func (s *Store) Page(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Page, error) {
	before, err := parseCursor(cursor)
	if err != nil {
		return till.Page{}, err
	}
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	p, within := newRowFilter(filter), spanOf(filter, before)
	b := builders.Get().(*rowBuilder)
	defer builders.Put(b)
	b.begin(limit)
	more := false
	for done := false; !done && len(b.rows) < limit; {
		if err := ctx.Err(); err != nil {
			return till.Page{}, err
		}
		err := s.view(func(tx *bbolt.Tx) (err error) {
			within.before, done, err = scan(tx, &p, within, func(k key, r row) (bool, error) {
				if more = len(b.rows) == limit; more {
					return false, nil
				}
				b.add(k, r)
				return true, nil
			})
			return err
		})
		if err != nil {
			return till.Page{}, err
		}
		more = more || !done // the steps ran out: there may be more
	}
	page := till.Page{Rows: b.finish()}
	if more && len(page.Rows) == limit {
		page.Next = hex.EncodeToString(b.last[:])
	}
	return page, nil
}

// Rows yields the list, newest first, as it is found, without its caller ever
// holding up the writer.
func (s *Store) Rows(ctx context.Context, filter till.Filter) iter.Seq2[till.Row, error] {
	return func(yield func(till.Row, error) bool) {
		var b rowBuilder
		size := 1
		s.stream(ctx, filter, func(tx *bbolt.Tx, p *rowFilter, within span) (key, bool, error) {
			b.begin(size)
			size = min(4*size, 1024)
			return scan(tx, p, within, func(k key, r row) (bool, error) {
				b.add(k, r)
				return len(b.rows) < cap(b.rows), nil
			})
		}, func(err error) bool {
			for _, r := range b.finish() {
				if !yield(r, nil) {
					return false
				}
			}
			return err == nil || yield(till.Row{}, err)
		})
	}
}

// All yields whole transactions, newest first, likewise.
func (s *Store) All(ctx context.Context, filter till.Filter) iter.Seq2[till.Transaction, error] {
	return func(yield func(till.Transaction, error) bool) {
		var found []till.Transaction
		size := 1
		s.stream(ctx, filter, func(tx *bbolt.Tx, p *rowFilter, within span) (key, bool, error) {
			found = found[:0]
			most := size
			size = min(2*size, chunk)
			return scan(tx, p, within, func(k key, r row) (bool, error) {
				t, err := recordAt(tx, k)
				if err == nil {
					found = append(found, t)
				}
				return len(found) < most, err
			})
		}, func(err error) bool {
			for _, t := range found {
				if !yield(t, nil) {
					return false
				}
			}
			return err == nil || yield(till.Transaction{}, err)
		})
	}
}

// stream alternates reading a stretch in a short transaction with handing it
// out, which also gets the error that ended the stretch.
func (s *Store) stream(ctx context.Context, filter till.Filter,
	read func(*bbolt.Tx, *rowFilter, span) (last key, done bool, err error), hand func(error) bool) {
	p, within := newRowFilter(filter), spanOf(filter, endOfTime)
	for done := false; !done; {
		err := ctx.Err()
		if err == nil {
			err = s.view(func(tx *bbolt.Tx) (err error) {
				within.before, done, err = read(tx, &p, within)
				return err
			})
		}
		if !hand(err) || err != nil {
			return
		}
	}
}

// builders are kept, so that a page costs its rows and one string.
var builders = sync.Pool{New: func() any { return new(rowBuilder) }}

// rowBuilder makes rows whose strings share one allocation.
type rowBuilder struct {
	rows      []till.Row
	last      key
	text      []byte
	ends      []int    // of each row's reference and label in text
	providers []string // few, so that each is made once
}

func (b *rowBuilder) begin(room int) {
	b.rows = make([]till.Row, 0, room)
	b.text, b.ends = b.text[:0], b.ends[:0]
}

func (b *rowBuilder) add(k key, r row) {
	b.rows = b.rows[:len(b.rows)+1] // begin made room for as many as are added
	to := &b.rows[len(b.rows)-1]
	r.fill(to, k)
	to.Provider = b.provider(r.provider())
	b.text = append(b.text, r.reference()...)
	b.ends = append(b.ends, len(b.text))
	b.text = append(b.text, r.label()...)
	b.ends = append(b.ends, len(b.text))
	b.last = k
}

func (b *rowBuilder) provider(name []byte) string {
	for _, p := range b.providers {
		if p == string(name) {
			return p
		}
	}
	p := string(name)
	if len(b.providers) < 16 {
		b.providers = append(b.providers, p)
	}
	return p
}

// finish hands the rows out; the builder keeps nothing of them.
func (b *rowBuilder) finish() []till.Row {
	text, at := string(b.text), 0
	for i := range b.rows {
		b.rows[i].Reference = api.Reference(text[at:b.ends[2*i]])
		b.rows[i].Label = text[b.ends[2*i]:b.ends[2*i+1]]
		at = b.ends[2*i+1]
	}
	rows := b.rows
	b.rows, b.text, b.ends = nil, b.text[:0], b.ends[:0]
	return rows
}
