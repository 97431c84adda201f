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
	b.begin()
	more := false
	for done := false; !done && len(b.notes) < limit; {
		if err := ctx.Err(); err != nil {
			return till.Page{}, err
		}
		err := s.view(func(tx *bbolt.Tx) (err error) {
			within.before, _, done, err = scan(tx, &p, within, func(k key, r row) (bool, error) {
				if more = len(b.notes) == limit; more {
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
		if more = more || !done; more && len(b.notes) < limit { // the steps ran out
			within.ahead = s.readAhead(maxSteps)
		}
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
			b.begin()
			most := size
			size = min(4*size, 1024)
			last, _, done, err := scan(tx, p, within, func(k key, r row) (bool, error) {
				b.add(k, r)
				return len(b.notes) < most, nil
			})
			return last, done, err
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
			records, ahead := monthFinder{tx: tx, prefix: prefixRecords}, within.ahead.ready()
			last, _, done, err := scan(tx, p, within, func(k key, r row) (bool, error) {
				b := records.of(k)
				ahead.record(b, k[:])
				t, err := recordIn(b, k)
				if err == nil {
					found = append(found, t)
				}
				return len(found) < most, err
			})
			return last, done, err
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
	within.ahead = s.readAhead(0)
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

// rowBuilder makes rows whose strings share one allocation. What a transaction
// shows is noted without pointers, and the rows are made in one go at the end:
// that is half the work for the garbage collector.
type rowBuilder struct {
	notes     []rowNote
	last      key
	text      []byte
	standings []sharedStanding // few, so that each is made once
}

// rowNote is a row but for its text.
type rowNote struct {
	created, updated int64
	amount           api.Amount
	deposits         int
	reference, label int32 // where they end in text
	standing         int32 // place in standings
}

func (b *rowBuilder) begin() {
	b.notes, b.text = b.notes[:0], b.text[:0]
	if len(b.standings) > maxStandings {
		b.standings = nil
	}
}

func (b *rowBuilder) add(k key, r row) {
	reference, provider, label := r.shown()
	b.text = append(b.text, reference...)
	end := len(b.text)
	b.text = append(b.text, label...)
	b.notes = append(b.notes, rowNote{})
	n := &b.notes[len(b.notes)-1] // field by field: a literal is copied once more
	n.created, n.updated, n.amount, n.deposits = k.nanos(), r.updated(), r.amount(), r.deposits()
	n.reference, n.label, n.standing = int32(end), int32(len(b.text)), b.standing(r.kind(), r.state(), provider)
	b.last = k
}

// sharedStanding is a till.Standing and what stands for it in a row.
type sharedStanding struct {
	kind, state byte
	shared      *till.Standing
}

// maxStandings is how many of them a builder keeps from one list to the next.
const maxStandings = 64

func (b *rowBuilder) standing(kind, state byte, provider []byte) int32 {
	for i := range b.standings {
		if s := &b.standings[i]; s.kind == kind && s.state == state && s.shared.Provider == string(provider) {
			return int32(i)
		}
	}
	b.standings = append(b.standings, sharedStanding{kind, state, &till.Standing{
		Kind: kindWords[kind], State: stateWords[state], Provider: string(provider)}})
	return int32(len(b.standings) - 1)
}

// finish makes the rows; the builder keeps nothing of them.
func (b *rowBuilder) finish() []till.Row {
	rows := make([]till.Row, len(b.notes))
	text, at := string(b.text), int32(0)
	for i := range b.notes {
		n, to := &b.notes[i], &rows[i]
		shared := b.standings[n.standing].shared
		reference, label := text[at:n.reference], text[n.reference:n.label]
		at = n.label
		// All at once: the compiler then joins the write barriers.
		to.Standing, to.Reference, to.Label = shared, api.Reference(reference), label
		to.Amount, to.Deposits = n.amount, n.deposits
		to.CreatedAt, to.UpdatedAt = till.Moment(n.created), till.Moment(n.updated)
	}
	return rows
}
