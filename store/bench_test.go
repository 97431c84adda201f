package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/store/storetest"
)

// size is how many transactions the journals of the benchmarks hold.
func size(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("CASHIER_BENCH_N"))
	if err != nil {
		return 20_000
	}
	return n
}

func generated(b *testing.B) string {
	b.Helper()
	path, err := storetest.Cached(size(b), 1)
	if err != nil {
		b.Fatal(err)
	}
	return path
}

// shared opens the generated journal to be read.
func shared(b *testing.B) *store.Store {
	b.Helper()
	s, err := store.Open(generated(b), store.Options{
		Profile: storetest.Profile, ReadOnly: true, Now: func() time.Time { return storetest.End },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// private opens a copy to be changed.
func private(b *testing.B, name string) *store.Store {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := storetest.Copy(generated(b), path); err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(path, store.Options{Profile: storetest.Profile})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// life is the changes of one new transaction, after those generated.
func life(i int) []till.Change {
	var changes []till.Change
	for c := range storetest.Changes(1, int64(1000+i)) {
		at := storetest.End.Add(time.Duration(i+1) * time.Minute)
		c.Transaction.Reference = api.Reference(fmt.Sprintf("C%s%012d", at.Format("060102150405"), i))
		c.Event.Reference = c.Transaction.Reference
		if c.Transaction.Sale != "" {
			c.Transaction.Sale = c.Transaction.Reference
		}
		c.Transaction.CreatedAt, c.Transaction.UpdatedAt, c.Event.At = at, at, at
		changes = append(changes, c)
	}
	return changes
}

// BenchmarkCommit times Append, beside a bare bbolt Update of the same bytes
// in the same buckets of an equal file, and beside two fdatasyncs.
func BenchmarkCommit(b *testing.B) {
	ours, peer := private(b, "ours.db"), private(b, "peer.db")
	raw, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	page := make([]byte, 16<<10)
	if _, err := raw.Write(make([]byte, 1<<20)); err != nil {
		b.Fatal(err)
	}
	var oursTimes, peerTimes, syncTimes []time.Duration
	timed := func(times *[]time.Duration, do func() error) {
		start := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		*times = append(*times, time.Since(start))
	}
	i := 0
	var changes []till.Change
	next := func() till.Change {
		if len(changes) == 0 {
			changes = life(i)
			i++
		}
		change := changes[0]
		changes = changes[1:]
		return change
	}
	for range 10 { // the first commits read the pages that all others change
		change := next()
		for _, s := range []*store.Store{ours, peer} {
			if err := s.Append(b.Context(), change); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		change := next()
		puts, err := peer.Puts(change)
		if err != nil {
			b.Fatal(err)
		}
		first := func() { timed(&oursTimes, func() error { return ours.Append(b.Context(), change) }) }
		second := func() {
			timed(&peerTimes, func() error { return peer.Bolt().Update(func(tx *bbolt.Tx) error { return write(tx, puts) }) })
		}
		if len(oursTimes)%2 == 1 { // neither always follows the other
			first, second = second, first
		}
		first()
		second()
		timed(&syncTimes, func() error {
			for range 2 {
				if _, err := raw.WriteAt(page, 0); err != nil {
					return err
				}
				if err := datasync(raw); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ReportMetric(0, "ns/op") // of all three together: it says nothing
	b.ReportMetric(median(oursTimes)/1e3, "µs/commit")
	b.ReportMetric(median(oursTimes)/median(peerTimes), "x-bbolt")
	b.ReportMetric(median(oursTimes)/median(syncTimes), "x-2-fdatasyncs")
}

func write(tx *bbolt.Tx, puts []store.Put) error {
	for _, p := range puts {
		bucket, err := tx.CreateBucketIfNotExists(p.Bucket)
		if err != nil {
			return err
		}
		bucket.FillPercent = 0.9
		if p.Value == nil {
			err = bucket.Delete(p.Key)
		} else {
			err = bucket.Put(p.Key, p.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func median(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2])
}

// BenchmarkNewestPage is also compared with making the same rows from memory:
// what any journal would have to pay for them.
func BenchmarkNewestPage(b *testing.B) {
	s := shared(b)
	b.ReportAllocs()
	var shown till.Page
	for b.Loop() {
		page, err := s.Page(b.Context(), till.Filter{}, "", 100)
		if err != nil || len(page.Rows) != 100 {
			b.Fatal(len(page.Rows), err)
		}
		shown = page
	}
	ours := b.Elapsed()
	var text []byte
	for _, r := range shown.Rows {
		text = append(append(text, r.Reference...), r.Label...)
	}
	start := time.Now()
	for range b.N {
		if again := rowsFrom(shown.Rows, text); len(again) != 100 {
			b.Fatal(len(again))
		}
	}
	b.ReportMetric(float64(ours)/float64(time.Since(start)), "x-rows-in-memory")
}

// rowsFrom makes rows anew, whose references and labels stand in text.
//
//go:noinline
func rowsFrom(rows []till.Row, text []byte) []till.Row {
	made, all := make([]till.Row, len(rows)), string(text)
	for i, r := range rows {
		n, m := len(r.Reference), len(r.Reference)+len(r.Label)
		made[i] = r
		made[i].Reference, made[i].Label = api.Reference(all[:n]), all[n:m]
		all = all[m:]
	}
	return made
}

func BenchmarkGet(b *testing.B) {
	s := shared(b)
	var references []api.Reference
	for r, err := range s.Rows(b.Context(), till.Filter{}) {
		if err != nil {
			b.Fatal(err)
		}
		references = append(references, r.Reference)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(references)
		if _, err := s.Get(b.Context(), references[i]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenFirst is what a start waits for: the first open transaction.
func BenchmarkOpenFirst(b *testing.B) {
	s := shared(b)
	for b.Loop() {
		for _, err := range s.Open(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			break
		}
	}
}

// BenchmarkSale is what stands between a new payment and its intent: the
// earlier payments of its sale.
func BenchmarkSale(b *testing.B) {
	s := shared(b)
	for _, c := range []struct {
		name  string
		tries int
	}{{"new", 0}, {"one", 1}, {"several", 2}} {
		b.Run(c.name, func(b *testing.B) {
			sale := api.Reference("Q2611201504057B3NFT5GBHQY")
			for x, err := range s.All(b.Context(), till.Filter{Kind: till.CPM}) {
				if c.tries == 0 {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				if list, err := s.Sale(b.Context(), x.Sale); err != nil {
					b.Fatal(err)
				} else if len(list) == c.tries {
					sale = x.Sale
					break
				}
			}
			for b.Loop() {
				if list, err := s.Sale(b.Context(), sale); err != nil || len(list) != c.tries {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}

// BenchmarkStart opens the journal for writing, reads what home shows, and
// closes it.
func BenchmarkStart(b *testing.B) {
	closed := filepath.Join(b.TempDir(), "closed.db")
	if err := storetest.Copy(generated(b), closed); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := store.Open(closed, store.Options{Profile: storetest.Profile})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Counts(b.Context()); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Page(b.Context(), till.Filter{}, "", 30); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	s := shared(b)
	for b.Loop() {
		if r, err := s.Verify(b.Context()); err != nil || !r.Sound() {
			b.Fatal(r.Problems, err)
		}
	}
}

func BenchmarkExportAll(b *testing.B) {
	s := shared(b)
	for b.Loop() {
		for _, err := range s.All(b.Context(), till.Filter{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
