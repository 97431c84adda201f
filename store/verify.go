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
	// Dropped is what retention has dropped so far.
	Dropped Dropped
	// Restored are the restores that the journal has gone through.
	Restored []Restored
}

// Dropped is what a seal stands for.
type Dropped struct {
	Transactions int
	// Before is the first month that is not dropped, 2016-11; empty: nothing was.
	Before string
}

// Progress is how far long work has come. Total is an estimate, and 0 where
// nothing is known.
type Progress struct {
	// Step is one of the Step constants.
	Step        string
	Done, Total int64
}

// Steps of long work.
const (
	StepPages   = "pages"
	StepRecords = "records"
	StepEvents  = "events"
	StepCounts  = "counts"
	StepCopy    = "copy" // Done and Total are bytes
	StepRead    = "read" // likewise, of a damaged file
	StepDrop    = "drop"
)

// Sound reports whether nothing is wrong.
func (r Report) Sound() bool { return len(r.Problems) == 0 }

// First is the first problem that was not known before.
func (r Report) First() *Problem {
	for i := range r.Problems {
		if !r.Problems[i].Known {
			return &r.Problems[i]
		}
	}
	return nil
}

// Usable reports whether the journal can be relied on from here on: nothing
// is wrong with it but events that are known to be lost.
func (r Report) Usable() bool { return r.First() == nil }

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
	// Known: it was noticed when the journal was opened, and work went on since.
	// It stays in the journal and in its backups. Lost is how many events are.
	Known bool
	Lost  uint64
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
	chain  chainWalk
	kept   head // the head file's
	tell   func(Progress)
	now    Progress
}

// told says how far the step has come, now and then.
func (v *verifier) told(done int64) {
	if v.tell != nil && done%verifySteps == 0 {
		v.now.Done = done
		v.tell(v.now)
	}
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
func (s *Store) Verify(ctx context.Context) (Report, error) { return s.VerifyTelling(ctx, nil) }

// VerifyTelling is Verify that says how far it has come.
func (s *Store) VerifyTelling(ctx context.Context, tell func(Progress)) (Report, error) {
	s.upkeep.Lock()
	defer s.upkeep.Unlock()
	v := &verifier{s: s, tell: tell}
	kept, err := readHead(s.path)
	v.report.HeadKnown = err == nil
	v.kept = kept
	rows, events, err := s.sizes()
	if err != nil {
		return v.report, err
	}
	for _, step := range []struct {
		name  string
		total int64
		run   func(context.Context) error
	}{
		{StepPages, 0, v.pages}, {StepPages, 0, v.shape}, {StepRecords, rows, v.records}, {StepRecords, 0, v.due}, {StepRecords, 0, v.sales},
		{StepEvents, events, v.events}, {StepCounts, rows, v.counts}, {StepCounts, 0, v.spent}, {StepCounts, 0, v.sessions},
	} {
		if v.now = (Progress{Step: step.name, Total: step.total}); tell != nil {
			tell(v.now)
		}
		if err := step.run(ctx); err != nil {
			return v.report, err
		}
		if v.full() {
			break
		}
	}
	return v.report, nil
}

// sizes is about how many rows and events there are.
func (s *Store) sizes() (rows, events int64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		totals, err := asTally(meta.Get(metaTotals))
		if err != nil {
			return nil // counts will name it
		}
		rows = int64(totals.Of("", ""))
		if h, err := asHead(meta.Get(metaHead)); err == nil {
			events = int64(h.count)
		}
		if s, err := sealOf(tx); err == nil {
			events -= int64(s.count)
		}
		return nil
	})
	return rows, max(events, 0), err
}

// pages walks the file's pages first: where they are damaged, reading on
// through bbolt could lead anywhere.
func (v *verifier) pages(ctx context.Context) error {
	problems, err := v.s.checkPages(ctx, func(done, total int64) {
		if v.now.Done, v.now.Total = done, total; v.tell != nil {
			v.tell(v.now)
		}
	})
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
				v.told(int64(rows))
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
			return ctx.Err()
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
		if err := v.past(tx, days); err != nil {
			return err
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
	rows := int64(0)
	return v.walk(ctx, prefixRows, func(tx *bbolt.Tx, name, k, value []byte) error {
		rows++
		v.told(rows)
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
