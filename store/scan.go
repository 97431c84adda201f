package store

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// source goes through record keys from the newest to the oldest; the row may
// be nil where the source does not pass it anyway.
type source interface {
	next() (k key, v []byte, ok bool)
}

// span is the keys from (included) to before (excluded), when to pause in
// going through them (zero: only where maxSteps says), and what reads ahead
// from the second stretch on; nil: nothing does.
type span struct {
	from, before key
	until        time.Time
	ahead        *readAhead
}

var endOfTime = newKey(-1, 1<<64-1) // all ones

// spanOf is what the filter's times allow, ending before the cursor.
func spanOf(f till.Filter, before key) span {
	s := span{before: before}
	if !f.From.IsZero() {
		s.from = newKey(clampNanos(f.From), 0)
	}
	if !f.To.IsZero() {
		if to := newKey(clampNanos(f.To), 0); to.less(s.before) {
			s.before = to
		}
	}
	return s
}

// clampNanos keeps any time in what keys hold, so that an absurd limit means
// no limit.
func clampNanos(t time.Time) int64 {
	switch y := t.Year(); {
	case y < 1971:
		return 0
	case y > 2261:
		return 1<<63 - 1
	}
	return t.UnixNano()
}

// maxPrefixed is how many references of one prefix are sorted by time; past
// it, reading by time meets them often enough.
const maxPrefixed = 1 << 16

func newSource(tx *bbolt.Tx, p *rowFilter, within span) (source, error) {
	if p.none || !within.from.less(within.before) {
		return &keySource{}, nil
	}
	rows := monthRows{monthFinder{tx: tx, prefix: prefixRows}, within.ahead.ready()}
	if len(p.reference) > 0 {
		if keys, all := prefixed(tx, p.reference, within); all {
			keys, err := indexed(tx, p, keys)
			return &keySource{rows: rows, keys: keys}, err
		}
	}
	if p.kind == 0 && p.states == 0 {
		return newTimeSource(tx, within), nil
	}
	totals, err := asTally(tx.Bucket(bucketMeta).Get(metaTotals))
	if err != nil {
		return nil, err
	}
	if !p.indexed() && dense(p, totals) {
		return newTimeSource(tx, within), nil
	}
	return &indexSource{rows: rows, indexKeys: newIndexKeys(tx, p, totals, within)}, nil
}

// dense reports whether so many rows are of the kind and states that reading
// all of them in their order is quicker than finding each by its key.
func dense(p *rowFilter, totals Tally) bool {
	all, some := 0, 0
	for _, c := range totals.counts {
		all += int(c.n)
		if p.indexes(c) {
			some += int(c.n)
		}
	}
	return some*8 > all
}

// timeSource reads rows in the order of their keys, month by month.
type timeSource struct {
	tx *bbolt.Tx
	span
	bounded bool // from is not the beginning
	months  *bbolt.Cursor
	bucket  *bbolt.Bucket
	c       *bbolt.Cursor
}

func newTimeSource(tx *bbolt.Tx, within span) *timeSource {
	within.ahead = within.ahead.ready()
	return &timeSource{tx: tx, span: within, bounded: within.from != key{}}
}

func (s *timeSource) next() (key, []byte, bool) {
	for {
		var k, v []byte
		if s.c != nil {
			k, v = s.c.Prev()
		} else if name := s.month(); name != nil {
			s.bucket = s.tx.Bucket(name)
			s.c = s.bucket.Cursor()
			k, v = lastBefore(s.c, s.before[:])
		} else {
			return key{}, nil, false
		}
		if k == nil {
			s.c = nil
			continue
		}
		at, ok := asKey(k)
		if !ok || s.bounded && at.less(s.from) {
			return key{}, nil, false
		}
		s.ahead.row(s.bucket, k)
		return at, v, true
	}
}

// month steps to the newest month left, nil when there is none.
func (s *timeSource) month() []byte {
	var name []byte
	if s.months == nil {
		s.months = s.tx.Cursor()
		limit := []byte("rows0") // just after every "rows/…"
		if s.before != endOfTime {
			limit = append(bucketOf(prefixRows, s.before), 0)
		}
		name, _ = lastBefore(s.months, limit)
	} else {
		name, _ = s.months.Prev()
	}
	if !bytes.HasPrefix(name, prefixRows) {
		return nil
	}
	return name
}

// lastBefore moves the cursor to the last key below the limit.
func lastBefore(c *bbolt.Cursor, limit []byte) (k, v []byte) {
	if k, _ = c.Seek(limit); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// monthFinder finds the month's bucket of a key and remembers it: bbolt makes
// another one each time that it is asked.
type monthFinder struct {
	tx         *bbolt.Tx
	prefix     []byte
	start, end int64
	bucket     *bbolt.Bucket
}

// of is nil where there is no such month.
func (m *monthFinder) of(k key) *bbolt.Bucket {
	if n := k.nanos(); m.bucket == nil || n < m.start || n >= m.end {
		t := timeOf(n)
		m.start = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, api.Jakarta).UnixNano()
		m.end = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, api.Jakarta).UnixNano()
		m.bucket = m.tx.Bucket(bucketOf(m.prefix, k))
	}
	return m.bucket
}

// monthRows finds rows by key.
type monthRows struct {
	months monthFinder
	ahead  *readAhead
}

func (m *monthRows) get(k key) []byte {
	b := m.months.of(k)
	if b == nil {
		return nil
	}
	v := b.Get(k[:])
	m.ahead.row(b, k[:])
	return v
}

// indexKeys merges the index entries of several kinds and states.
type indexKeys struct {
	from  key
	heads []indexHead
	ahead *readAhead
}

type indexHead struct {
	prefix [2]byte
	c      *bbolt.Cursor
	at     key
	ok     bool
}

func newIndexKeys(tx *bbolt.Tx, p *rowFilter, totals Tally, within span) *indexKeys {
	s := &indexKeys{from: within.from, ahead: within.ahead.ready()}
	for _, c := range totals.counts {
		if !p.indexes(c) {
			continue
		}
		h := indexHead{prefix: [2]byte{c.kind, c.state}, c: tx.Bucket(bucketIndex).Cursor()}
		h.set(lastBefore(h.c, indexKey(c.kind, c.state, within.before)))
		s.heads = append(s.heads, h)
	}
	return s
}

func (h *indexHead) set(k, _ []byte) {
	h.ok = len(k) == 2+len(h.at) && k[0] == h.prefix[0] && k[1] == h.prefix[1]
	if h.ok {
		h.at = key(k[2:])
	}
}

func (s *indexKeys) nextKey() (key, bool) {
	var newest *indexHead
	for i := range s.heads {
		if h := &s.heads[i]; h.ok && (newest == nil || newest.at.less(h.at)) {
			newest = h
		}
	}
	if newest == nil || newest.at.less(s.from) {
		return key{}, false
	}
	k := newest.at
	if s.ahead != nil {
		s.ahead.entry(newest.c.Bucket(), indexKey(newest.prefix[0], newest.prefix[1], k))
	}
	newest.set(newest.c.Prev())
	return k, true
}

// indexSource reads the rows of index entries.
type indexSource struct {
	rows monthRows
	*indexKeys
}

func (s *indexSource) next() (key, []byte, bool) {
	k, ok := s.nextKey()
	if !ok {
		return key{}, nil, false
	}
	return k, s.rows.get(k), true
}

// next is the smallest key that is larger.
func (k key) next() key {
	if k.seq() < 1<<64-1 {
		return newKey(k.nanos(), k.seq()+1)
	}
	return newKey(k.nanos()+1, 0)
}

// indexed leaves of the keys, newest first, those that the index has under the
// filter's kind and states, as far as that is less work than reading their rows.
func indexed(tx *bbolt.Tx, p *rowFilter, keys []key) ([]key, error) {
	if len(keys) == 0 || p.kind == 0 && p.states == 0 {
		return keys, nil
	}
	totals, err := asTally(tx.Bucket(bucketMeta).Get(metaTotals))
	if err != nil {
		return nil, err
	}
	entries := newIndexKeys(tx, p, totals, span{from: keys[len(keys)-1], before: keys[0].next()})
	left := keys[:0]
	at, ok := entries.nextKey()
	for budget := 8 * len(keys); len(keys) > 0 && ok; {
		if budget--; budget == 0 {
			return append(left, keys...), nil
		}
		switch compare(keys[0], at) {
		case 0:
			left = append(left, at)
			keys = keys[1:]
		case 1:
			keys = keys[1:]
		case -1:
			at, ok = entries.nextKey()
		}
	}
	return left, nil
}

// keySource goes through keys that were found by reference.
type keySource struct {
	rows monthRows
	keys []key // newest first
}

func (s *keySource) next() (key, []byte, bool) {
	if len(s.keys) == 0 {
		return key{}, nil, false
	}
	k := s.keys[0]
	s.keys = s.keys[1:]
	return k, s.rows.get(k), true
}

// prefixed finds the keys of the references that begin so, newest first;
// all is false when they are too many.
func prefixed(tx *bbolt.Tx, prefix []byte, within span) (keys []key, all bool) {
	c := tx.Bucket(bucketRefs).Cursor()
	seen := 0
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if seen++; seen > maxPrefixed {
			return nil, false
		}
		if at, ok := asKey(v); ok && !at.less(within.from) && at.less(within.before) {
			keys = append(keys, at)
		}
	}
	slices.Reverse(keys) // references mostly begin with their time, so that little is left to sort
	slices.SortFunc(keys, func(a, b key) int { return compare(b, a) })
	return keys, true
}

// maxSteps is how many rows one read transaction goes through: a long one
// would hold up the writer when the file grows.
const maxSteps = 8192

// Between pauseSteps rows a scan looks whether to pause; a record is as much
// work as readSteps rows.
const (
	pauseSteps = 512
	readSteps  = 32
)

// scan visits the rows that match within the span, newest first, until visit
// wants no more or the steps are used up. It returns the last key it went
// through, how many there were and whether the span is exhausted.
func scan(tx *bbolt.Tx, p *rowFilter, within span, visit func(key, row) (more bool, err error)) (last key, looked int, done bool, err error) {
	src, err := newSource(tx, p, within)
	if err != nil {
		return last, 0, false, err
	}
	defer func() { within.ahead.gone(looked) }()
	for work := 0; looked < maxSteps; work++ {
		if work >= pauseSteps && !within.until.IsZero() {
			if work = 0; time.Now().After(within.until) {
				break
			}
		}
		k, v, ok := src.next()
		if !ok {
			return last, looked, true, nil
		}
		r, err := asRow(v)
		if err != nil {
			return last, looked, false, fmt.Errorf("row of %s: %w", timeOf(k.nanos()).Format(time.RFC3339Nano), err)
		}
		last = k
		looked++
		yes, unsure := p.match(r)
		if unsure {
			work += readSteps
			if yes, err = p.matchRecord(tx, k, r); err != nil {
				return last, looked, false, err
			}
		}
		if !yes {
			continue
		}
		more, err := visit(k, r)
		if !more || err != nil {
			return last, looked, false, err
		}
	}
	return last, looked, false, nil
}

// parseCursor is the key that a page ended at.
func parseCursor(cursor string) (key, error) {
	if cursor == "" {
		return endOfTime, nil
	}
	var k []byte
	if n, err := fmt.Sscanf(cursor, "%x", &k); err != nil || n != 1 || len(k) != len(key{}) || strings.ToLower(cursor) != cursor || len(cursor) != 32 {
		return key{}, fmt.Errorf("not a cursor of this journal: %q", api.Clean(cursor, 40))
	}
	return key(k), nil
}
