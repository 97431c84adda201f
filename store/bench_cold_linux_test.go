package store_test

import (
	"database/sql"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cashier/api/till"
	"cashier/store"
	"cashier/store/storetest"
)

// evict drops what the system keeps of the file in memory; nobody may have it
// mapped.
func evict(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(path)
	if err == nil {
		err = errors.Join(unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED), f.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCold is long work on a journal nothing of which is in memory, as on
// the first morning after a restart: beside the same in SQLite where that has
// it, and beside reading the whole file.
func BenchmarkCold(b *testing.B) {
	path, database := generated(b), inSQLite(b)
	options := store.Options{Profile: storetest.Profile, ReadOnly: true, Now: func() time.Time { return storetest.End }}
	timed := func(b *testing.B, file string, do func() (int, error)) (time.Duration, int) {
		evict(b, file)
		start := time.Now()
		n, err := do()
		if err != nil {
			b.Fatal(err)
		}
		return time.Since(start), n
	}
	raw := func(b *testing.B) time.Duration {
		took, _ := timed(b, path, func() (int, error) {
			f, err := os.Open(path)
			if err != nil {
				return 0, err
			}
			defer f.Close()
			page := make([]byte, 1<<20)
			for n := 1; n > 0; {
				if n, err = f.Read(page); err != nil && n > 0 {
					return 0, err
				}
			}
			return 0, nil
		})
		return took
	}
	at := func(do func(*store.Store) (int, error)) func() (int, error) {
		return func() (int, error) {
			s, err := store.Open(path, options)
			if err != nil {
				return 0, err
			}
			n, err := do(s)
			return n, errors.Join(err, s.Close())
		}
	}
	in := func(do func(*sql.DB) (int, error)) func() (int, error) {
		return func() (int, error) {
			db, err := openSQLite(database)
			if err != nil {
				return 0, err
			}
			db.SetMaxOpenConns(1)
			n, err := do(db)
			return n, errors.Join(err, db.Close())
		}
	}
	whole := func(f till.Filter) func() (int, error) {
		return at(func(s *store.Store) (int, error) { return search(b, s, f).hits, nil })
	}
	for _, c := range []struct {
		name         string
		ours, theirs func() (int, error)
	}{
		{"export", at(func(s *store.Store) (n int, err error) {
			for _, err := range s.All(b.Context(), till.Filter{}) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		}), in(sqliteExport)},
		{"state-common", whole(till.Filter{State: till.Active}), in(func(db *sql.DB) (int, error) {
			return sqliteRows(db, "WHERE state = 'active' ORDER BY created DESC")
		})},
		{"state-rare", whole(till.Filter{State: till.Failed}), in(func(db *sql.DB) (int, error) {
			return sqliteRows(db, "WHERE state = 'failed' ORDER BY created DESC")
		})},
		{"text-nowhere", whole(till.Filter{Text: []string{"nowhere at all"}}), in(func(db *sql.DB) (int, error) {
			return sqliteRows(db, "WHERE search LIKE '%nowhere at all%' ORDER BY created DESC")
		})},
	} {
		b.Run(c.name, func(b *testing.B) {
			var ours, theirs, file time.Duration
			for b.Loop() {
				took, n := timed(b, path, c.ours)
				ours += took
				took, m := timed(b, database, c.theirs)
				if theirs += took; n != m {
					b.Fatalf("the journal gives %d, SQLite %d", n, m)
				}
				file += raw(b)
			}
			b.ReportMetric(0, "ns/op") // of all together: it says nothing
			b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ms/ours")
			b.ReportMetric(float64(theirs.Milliseconds())/float64(b.N), "ms/sqlite")
			b.ReportMetric(float64(file.Milliseconds())/float64(b.N), "ms/raw-file")
			b.ReportMetric(float64(ours)/float64(theirs), "x-sqlite")
		})
	}
}
