package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
)

// Report is what Verify found.
type Report struct {
	Transactions int
	Events       int
	// Problems, the first one first; empty when the journal is sound. No more
	// than maxProblems are listed.
	Problems []Problem
	// HeadKnown: there was a head file to compare with. Without one a cut tail
	// cannot be noticed.
	HeadKnown bool
}

// Sound reports whether nothing is wrong.
func (r Report) Sound() bool { return len(r.Problems) == 0 }

// Problem is one thing that is wrong.
type Problem struct {
	// Reference of the transaction, where it is known.
	Reference api.Reference
	// Event is the number of the event in the chain, 0 when it is none.
	Event uint64
	// At is the time that the entry is filed under, zero where it has none.
	At time.Time
	// What is wrong, in English, with where: "events/2026-11: …".
	What string
}

func (p Problem) String() string {
	s := p.What
	if p.Reference != "" {
		s = string(p.Reference) + ": " + s
	}
	if !p.At.IsZero() {
		s += " (" + p.At.Format(time.RFC3339) + ")"
	}
	return s
}

const maxProblems = 100

// verifySteps is how many entries one read transaction of Verify checks.
const verifySteps = 2048

type verifier struct {
	s      *Store
	report Report
	head   head // the chain's, as far as it has been walked
	kept   head // the head file's
}

func (v *verifier) say(p Problem) {
	if len(v.report.Problems) < maxProblems {
		v.report.Problems = append(v.report.Problems, p)
	}
}

func (v *verifier) full() bool { return len(v.report.Problems) >= maxProblems }

// Verify checks the whole journal: the pages of the file, the names of what it
// holds, every record with its row and index entries against the event that made it, the chain of
// events from the seal to the head and to the head file, and the counts. It
// works beside a running console, in short transactions. Its error is that of
// reading, or of ctx; what it finds is in the report, also when the report is
// not complete.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	v := &verifier{s: s}
	kept, err := readHead(s.path)
	v.report.HeadKnown = err == nil
	v.kept = kept
	for _, step := range []func(context.Context) error{v.pages, v.shape, v.records, v.due, v.sales, v.events, v.counts} {
		if err := step(ctx); err != nil {
			return v.report, err
		}
		if v.full() {
			break
		}
	}
	return v.report, nil
}

// pages walks the file's pages first: where they are damaged, reading on
// through bbolt could lead anywhere.
func (v *verifier) pages(ctx context.Context) error {
	problems, err := v.s.checkPages(ctx)
	for _, p := range problems {
		v.say(p)
	}
	if err == nil && len(problems) > 0 {
		err = &DamagedError{v.s.path, problems[0].What}
	}
	return err
}

// counts recounts what is told without counting: totals and days, and that
// the indexes have as many entries as there are rows.
func (v *verifier) counts(ctx context.Context) error {
	return v.s.view(func(tx *bbolt.Tx) error {
		days := shift{total: &Tally{}}
		rows, records := 0, 0
		err := eachBucket(tx, prefixRows, func(name []byte, b *bbolt.Bucket) error {
			for k, value := range entries(b) {
				if rows++; rows%verifySteps == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				r, err := asRow(value)
				at, ok := asKey(k)
				if err != nil || !ok {
					continue // records will name it
				}
				for d, t := range shiftOf(dayOf(timeOf(at.nanos())), nil, r) {
					if days[d] == nil {
						days[d] = &Tally{}
					}
					*days[d] = days[d].plus(t)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = eachBucket(tx, prefixRecords, func(_ []byte, b *bbolt.Bucket) error {
			records += number(b)
			return nil
		})
		if err != nil {
			return err
		}
		v.report.Transactions = rows
		for _, other := range []struct {
			name string
			n    int
		}{{"records", records}, {"refs", number(tx.Bucket(bucketRefs))}, {"index", number(tx.Bucket(bucketIndex))}} {
			if other.n != rows {
				v.say(Problem{What: fmt.Sprintf("%s: %d entries for %d rows", other.name, other.n, rows)})
			}
		}
		if got := tx.Bucket(bucketMeta).Get(metaTotals); !bytes.Equal(got, days[total].encode()) {
			v.say(Problem{What: "totals: they are not those of the records"})
		}
		stored := 0
		for k, value := range entries(tx.Bucket(bucketDays)) {
			stored++
			if len(k) != 4 {
				v.say(Problem{What: "days: a key that does not belong here"})
				continue
			}
			d := day(binary.BigEndian.Uint32(k))
			if t := days[d]; t == nil || !bytes.Equal(t.encode(), value) {
				v.say(Problem{What: "days: the counts of a day are not those of its records", At: time.Unix(int64(d)*24*60*60, 0).UTC()})
			}
		}
		delete(days, total)
		for d, t := range days {
			if t.empty() {
				delete(days, d)
			}
		}
		if stored != len(days) {
			v.say(Problem{What: fmt.Sprintf("days: %d are counted, %d have records", stored, len(days))})
		}
		return nil
	})
}

// records checks every row, its record and its index entries against the
// record's last event.
func (v *verifier) records(ctx context.Context) error {
	return v.walk(ctx, prefixRows, func(tx *bbolt.Tx, name, k, value []byte) error {
		at, ok := asKey(k)
		if !ok || !bytes.Equal(bucketOf(prefixRows, at), name) {
			v.say(Problem{What: fmt.Sprintf("%s: a key that does not belong here", name)})
			return nil
		}
		p := Problem{At: timeOf(at.nanos())}
		bad := func(format string, args ...any) error {
			p.What = fmt.Sprintf(format, args...)
			v.say(p)
			return nil
		}
		r, err := asRow(value)
		if err != nil {
			return bad("%s: %v", name, err)
		}
		p.Reference = api.Reference(api.Clean(string(r.reference()), 64))
		e, err := eventAt(tx, r.lastEvent())
		if err != nil {
			return bad("%s: the row's last event: %v", name, err)
		}
		p.Event = r.lastEvent().seq()
		months := tx.Bucket(bucketOf(prefixRecords, at))
		if months == nil || months.Get(k) == nil {
			return bad("records: the record is missing")
		}
		switch {
		case e.record != at:
			return bad("%s: the row's last event is another record's", name)
		case e.revision != uint32(r.revision()):
			return bad("%s: the row is of revision %d, its last event of %d", name, r.revision(), e.revision)
		case recordHash(value, months.Get(k)) != e.made:
			return bad("%s: the record is not as event %d made it", name, p.Event)
		case !bytes.Equal(tx.Bucket(bucketRefs).Get(r.reference()), k):
			return bad("refs: the reference does not lead to its record")
		}
		if v := tx.Bucket(bucketIndex).Get(indexKey(r.kind(), r.state(), at)); v == nil {
			return bad("index: the entry of %s, %s is missing", kindWords[r.kind()], stateWords[r.state()])
		} else if len(v) != 0 {
			return bad("index: the entry has a value")
		}
		if r.due() {
			if v := valueAt(tx, bucketDue, k); v == nil {
				return bad("due: the entry is missing")
			} else if len(v) != 0 {
				return bad("due: the entry has a value")
			}
		}
		if sale := r.otherSale(); len(sale) > 0 {
			if v := valueAt(tx, bucketSales, saleKey(sale, at)); v == nil {
				return bad("sales: the entry under %s is missing", api.Clean(string(sale), 64))
			} else if len(v) != 0 {
				return bad("sales: the entry under %s has a value", api.Clean(string(sale), 64))
			}
		}
		return nil
	})
}

// valueAt is a value in a bucket that may be missing.
func valueAt(tx *bbolt.Tx, bucket, k []byte) []byte {
	if b := tx.Bucket(bucket); b != nil {
		return b.Get(k)
	}
	return nil
}

// due names the entries that no record has; records has named those that are
// missing.
func (v *verifier) due(ctx context.Context) error {
	return v.walk(ctx, bucketDue, func(tx *bbolt.Tx, name, k, _ []byte) error {
		v.surplus(tx, name, k, row.due)
		return nil
	})
}

// sales does the same for the sales.
func (v *verifier) sales(ctx context.Context) error {
	return v.walk(ctx, bucketSales, func(tx *bbolt.Tx, name, k, _ []byte) error {
		sale, rest, _ := bytes.Cut(k, []byte{0})
		v.surplus(tx, name, rest, func(r row) bool { return len(sale) > 0 && bytes.Equal(r.otherSale(), sale) })
		return nil
	})
}

// surplus says what is wrong with an index entry of the record at k, if its
// row should not have it.
func (v *verifier) surplus(tx *bbolt.Tx, name, k []byte, should func(row) bool) {
	at, ok := asKey(k)
	if !ok {
		v.say(Problem{What: fmt.Sprintf("%s: a key that does not belong here", name)})
		return
	}
	p := Problem{At: timeOf(at.nanos())}
	r, err := rowAt(tx, at)
	switch {
	case err != nil:
		p.What = fmt.Sprintf("%s: an entry of no record: %v", name, err)
	case !should(r):
		p.Reference = api.Reference(api.Clean(string(r.reference()), 64))
		p.What = fmt.Sprintf("%s: an entry that the record should not have", name)
	default:
		return
	}
	v.say(p)
}

// events walks the chain.
func (v *verifier) events(ctx context.Context) error {
	err := v.s.view(func(tx *bbolt.Tx) (err error) {
		meta := tx.Bucket(bucketMeta)
		seal, err := asHead(meta.Get(metaSeal))
		if err != nil {
			return err
		}
		v.head = seal.start()
		cuts, err := asCuts(meta.Get(metaCuts))
		for _, c := range cuts {
			what := fmt.Sprintf("chain: the journal was opened with %d events where %d had been written", c.found, c.should)
			if c.found == c.should {
				what = fmt.Sprintf("chain: the journal was opened with another event %d than had been written", c.found)
			}
			v.say(Problem{What: what, Event: c.found + 1})
		}
		return err
	})
	if err != nil {
		return err
	}
	err = v.walk(ctx, prefixEvents, v.event)
	if err != nil {
		return err
	}
	v.report.Events = int(v.head.count)
	if v.report.HeadKnown && v.kept.count > v.head.count {
		v.say(Problem{What: fmt.Sprintf("chain: it ends at event %d, the head file knows %d", v.head.count, v.kept.count), Event: v.head.count + 1})
	}
	// Changes since the walk ended only make the head grow.
	return v.s.view(func(tx *bbolt.Tx) error {
		h, err := asHead(tx.Bucket(bucketMeta).Get(metaHead))
		switch {
		case err != nil:
			v.say(Problem{What: "chain: the head is malformed"})
		case h.count < v.head.count, h.count == v.head.count && h != v.head:
			v.say(Problem{What: fmt.Sprintf("chain: it ends at event %d, the head says %d", v.head.count, h.count), Event: v.head.count})
		case h.count > v.head.count && !followed(tx, newKey(v.head.nanos, v.head.count)):
			v.say(Problem{What: fmt.Sprintf("chain: it ends at event %d, the head says %d", v.head.count, h.count), Event: v.head.count + 1})
		}
		return nil
	})
}

// followed reports whether there is an event after k, so that a head further
// on is just news.
func followed(tx *bbolt.Tx, k key) bool {
	found := false
	_ = eachBucket(tx, prefixEvents, func(_ []byte, b *bbolt.Bucket) error {
		last, _ := b.Cursor().Last()
		at, ok := asKey(last)
		found = found || ok && k.less(at)
		return nil
	})
	return found
}

func (v *verifier) event(tx *bbolt.Tx, name, k, value []byte) error {
	at, ok := asKey(k)
	if !ok || !bytes.Equal(bucketOf(prefixEvents, at), name) {
		v.say(Problem{What: fmt.Sprintf("%s: a key that does not belong here", name)})
		return nil
	}
	p := Problem{At: timeOf(at.nanos()), Event: at.seq()}
	bad := func(format string, args ...any) {
		p.What = fmt.Sprintf(format, args...)
		v.say(p)
	}
	e, err := asEvent(value)
	if err != nil {
		bad("%s: %v", name, err)
		v.head = head{count: at.seq(), nanos: at.nanos()}
		return nil
	}
	r, rowErr := rowAt(tx, e.record)
	if rowErr == nil {
		p.Reference = api.Reference(api.Clean(string(r.reference()), 64))
	}
	// The hash vouches for the body as it was written; decoding each would
	// take most of the time.
	if rowErr != nil || !bytes.Contains(e.body, fmt.Appendf(nil, `"reference":"%s"`, p.Reference)) {
		told, err := e.decode()
		if err != nil {
			bad("%s: event %d: %v", name, at.seq(), err)
			p.Reference = ""
		} else if rowErr == nil && told.Reference != p.Reference {
			bad("%s: event %d tells of another record", name, at.seq())
		} else {
			p.Reference = told.Reference
		}
	}
	switch {
	case at.seq() != v.head.count+1:
		bad("%s: event %d follows event %d", name, at.seq(), v.head.count)
	case at.nanos() < v.head.nanos:
		bad("%s: event %d is filed before the one it follows", name, at.seq())
	case e.chain(v.head.hash, at) != e.hash:
		bad("%s: event %d does not fit the chain", name, at.seq())
	case rowErr != nil:
		bad("%s: the record of event %d: %v", name, at.seq(), rowErr)
	case r.lastEvent().less(at):
		bad("%s: the record is older than event %d", name, at.seq())
	case v.report.HeadKnown && at.seq() == v.kept.count && e.hash != v.kept.hash:
		bad("%s: event %d is not the one that the head file knows", name, at.seq())
	}
	// Going on from what stands there names every break once.
	v.head = head{count: at.seq(), nanos: at.nanos(), hash: e.hash}
	return nil
}

// walk visits all entries of the month buckets, oldest first, a stretch to a
// transaction.
func (v *verifier) walk(ctx context.Context, prefix []byte, visit func(tx *bbolt.Tx, bucket, k, value []byte) error) error {
	var bucket, after []byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		steps := 0
		err := v.s.view(func(tx *bbolt.Tx) error {
			months := tx.Cursor()
			seek := prefix
			if bucket != nil {
				seek = bucket
			}
			for name, _ := months.Seek(seek); bytes.HasPrefix(name, prefix); name, _ = months.Next() {
				c := tx.Bucket(name).Cursor()
				k, value := c.First()
				if bytes.Equal(name, bucket) {
					if k, value = c.Seek(after); bytes.Equal(k, after) {
						k, value = c.Next()
					}
				}
				for ; k != nil; k, value = c.Next() {
					if err := visit(tx, name, k, value); err != nil || v.full() {
						return err
					}
					bucket, after = append(bucket[:0], name...), append(after[:0], k...)
					if steps++; steps == verifySteps {
						return nil
					}
				}
			}
			return nil
		})
		if err != nil || v.full() || steps < verifySteps {
			return err
		}
	}
}

// eachBucket visits the month buckets of a prefix.
func eachBucket(tx *bbolt.Tx, prefix []byte, visit func(name []byte, b *bbolt.Bucket) error) error {
	c := tx.Cursor()
	for name, _ := c.Seek(prefix); bytes.HasPrefix(name, prefix); name, _ = c.Next() {
		if err := visit(name, tx.Bucket(name)); err != nil {
			return err
		}
	}
	return nil
}

// entries goes through a bucket, which may be missing.
func entries(b *bbolt.Bucket) func(yield func(k, v []byte) bool) {
	return func(yield func(k, v []byte) bool) {
		if b == nil {
			return
		}
		c := b.Cursor()
		for k, v := c.First(); k != nil && yield(k, v); k, v = c.Next() {
		}
	}
}

func number(b *bbolt.Bucket) int {
	n := 0
	for range entries(b) {
		n++
	}
	return n
}
