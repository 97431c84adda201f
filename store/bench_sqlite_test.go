package store_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/api/till"
	"cashier/store"
	"cashier/store/storetest"
)

// sqliteTables keep what the journal keeps, as one would in SQLite: the columns
// that lists show and filters ask, the whole record beside them, the events,
// and an index for each way in. There is no chain of hashes.
const sqliteTables = `
CREATE TABLE transactions (
	id INTEGER PRIMARY KEY, reference TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, provider TEXT NOT NULL,
	amount INTEGER NOT NULL, currency TEXT NOT NULL, deposits INTEGER NOT NULL, label TEXT NOT NULL, sale TEXT NOT NULL,
	created INTEGER NOT NULL, updated INTEGER NOT NULL, search TEXT NOT NULL, record BLOB NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, transaction_id INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);`

const sqliteIndexes = `
CREATE UNIQUE INDEX by_reference ON transactions (reference);
CREATE INDEX by_created ON transactions (created);
CREATE INDEX by_state ON transactions (state, created);
CREATE INDEX by_kind ON transactions (kind, state, created);
CREATE INDEX by_sale ON transactions (sale);
CREATE INDEX by_transaction ON events (transaction_id);
ANALYZE;`

const sqliteRow = `SELECT reference, kind, state, provider, amount, currency, deposits, label, created, updated FROM transactions `

func openSQLite(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=mmap_size(17179869184)&_pragma=temp_store(memory)")
}

// inSQLite is the database of the generated journal's transactions, beside it
// in the cache folder, made when it is not there yet.
func inSQLite(b *testing.B) string {
	b.Helper()
	dir, name := filepath.Split(generated(b))
	path := filepath.Join(dir, strings.Replace(name, "journal", "sqlite", 1))
	if _, err := os.Stat(path); err == nil {
		return path
	} else if !errors.Is(err, fs.ErrNotExist) {
		b.Fatal(err)
	}
	making, err := os.MkdirTemp(dir, "making-*")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(making)
	made := filepath.Join(making, "sqlite.db")
	if err := buildSQLite(made, size(b), 1); err != nil {
		b.Fatal(err)
	}
	if err := os.Rename(made, path); err != nil {
		b.Fatal(err)
	}
	return path
}

func buildSQLite(path string, n int, seed int64) (err error) {
	db, err := openSQLite(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(sqliteTables); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Commit()) }()
	event, err := tx.Prepare("INSERT INTO events (transaction_id, at, body) VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	record, err := tx.Prepare("INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	var last till.Transaction
	id := 0
	put := func() error {
		if id == 0 {
			return nil
		}
		row := till.RowOf(last)
		body, err := json.Marshal(last)
		if err != nil {
			return err
		}
		search := strings.ReplaceAll(store.SearchText(&last), "\x00", "\n") // LIKE ends at a zero
		_, err = record.Exec(id, row.Reference, row.Kind, row.State, row.Provider, row.Amount.Minor(), row.Amount.Currency(), row.Deposits,
			row.Label, last.Sale, int64(row.CreatedAt), int64(row.UpdatedAt), search, body)
		return err
	}
	for c := range storetest.Changes(n, seed) {
		if c.Transaction.Revision == 1 {
			if err := put(); err != nil {
				return err
			}
			id++
		}
		last = c.Transaction
		body, err := json.Marshal(c.Event)
		if err != nil {
			return err
		}
		if _, err := event.Exec(id, c.Event.At.UnixNano(), body); err != nil {
			return err
		}
	}
	if err := put(); err != nil {
		return err
	}
	_, err = tx.Exec(sqliteIndexes)
	return err
}

func sqliteRows(db *sql.DB, query string, args ...any) (int, error) {
	rows, err := db.Query(sqliteRow+query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	var standing till.Standing
	for rows.Next() {
		var r struct {
			till.Row
			minor            int64
			currency         string
			created, updated int64
		}
		r.Standing = &standing
		if err := rows.Scan(&r.Reference, &r.Kind, &r.State, &r.Provider, &r.minor, &r.currency, &r.Deposits, &r.Label, &r.created, &r.updated); err != nil {
			return n, err
		}
		r.CreatedAt, r.UpdatedAt = till.Moment(r.created), till.Moment(r.updated)
		n++
	}
	return n, rows.Err()
}

// BenchmarkBesideSQLite does the same work in the journal and in SQLite
// (modernc.org/sqlite, whose pages are mapped too), one after the other.
func BenchmarkBesideSQLite(b *testing.B) {
	path, database := generated(b), inSQLite(b)
	s := shared(b)
	db, err := openSQLite(database)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	day := storetest.End.AddDate(-1, 0, 0).Truncate(24 * time.Hour)
	page := func(b *testing.B, f till.Filter) (int, error) {
		p, err := s.Page(b.Context(), f, "", 100)
		return len(p.Rows), err
	}
	options := store.Options{Profile: storetest.Profile, ReadOnly: true}
	for _, c := range []struct {
		name         string
		ours, theirs func(b *testing.B) (int, error)
		large        bool // a whole pass: once is enough
	}{
		{"open", func(b *testing.B) (int, error) {
			s, err := store.Open(path, options)
			if err != nil {
				return 0, err
			}
			p, err := s.Page(b.Context(), till.Filter{}, "", 1)
			return len(p.Rows), errors.Join(err, s.Close())
		}, func(*testing.B) (int, error) {
			db, err := openSQLite(database)
			if err != nil {
				return 0, err
			}
			n, err := sqliteRows(db, "ORDER BY created DESC LIMIT 1")
			return n, errors.Join(err, db.Close())
		}, false},
		{"first-page", func(b *testing.B) (int, error) { return page(b, till.Filter{}) }, func(*testing.B) (int, error) {
			return sqliteRows(db, "ORDER BY created DESC LIMIT 100")
		}, false},
		{"filter", func(b *testing.B) (int, error) {
			return page(b, till.Filter{State: till.Paid, From: day, To: day.AddDate(0, 0, 1)})
		}, func(*testing.B) (int, error) {
			return sqliteRows(db, "WHERE state = 'paid' AND created >= ? AND created < ? ORDER BY created DESC LIMIT 100", day.UnixNano(), day.AddDate(0, 0, 1).UnixNano())
		}, false},
		{"search", func(b *testing.B) (int, error) { return page(b, till.Filter{Text: []string{"siti rahma"}}) }, func(*testing.B) (int, error) {
			return sqliteRows(db, "WHERE search LIKE '%siti rahma%' ORDER BY created DESC LIMIT 100")
		}, false},
		{"search-nowhere", func(b *testing.B) (int, error) { return page(b, till.Filter{Text: []string{"nowhere at all"}}) }, func(*testing.B) (int, error) {
			return sqliteRows(db, "WHERE search LIKE '%nowhere at all%' ORDER BY created DESC LIMIT 100")
		}, true},
		{"export", func(b *testing.B) (int, error) {
			n := 0
			for _, err := range s.All(b.Context(), till.Filter{}) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		}, func(*testing.B) (int, error) { return sqliteExport(db) }, true},
		{"verify", func(b *testing.B) (int, error) {
			r, err := s.Verify(b.Context())
			if !r.Sound() {
				err = errors.Join(err, fmt.Errorf("%v", r.Problems))
			}
			return 1, err
		}, func(*testing.B) (int, error) {
			answer := ""
			err := db.QueryRow("PRAGMA integrity_check").Scan(&answer)
			if answer != "ok" {
				err = errors.Join(err, errors.New(answer))
			}
			return 1, err
		}, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			var ours, theirs time.Duration
			timed := func(d *time.Duration, do func(*testing.B) (int, error)) int {
				start := time.Now()
				n, err := do(b)
				*d += time.Since(start)
				if err != nil {
					b.Fatal(err)
				}
				return n
			}
			rounds := 0
			once := func() {
				if n, m := timed(&ours, c.ours), timed(&theirs, c.theirs); n != m {
					b.Fatalf("the journal gives %d, SQLite %d", n, m)
				}
				rounds++
			}
			if !c.large { // what both read is in memory
				once()
				ours, theirs, rounds = 0, 0, 0
			}
			for b.Loop() {
				once()
			}
			b.ReportMetric(0, "ns/op") // of both together: it says nothing
			b.ReportMetric(float64(ours.Microseconds())/float64(rounds), "µs/ours")
			b.ReportMetric(float64(theirs.Microseconds())/float64(rounds), "µs/sqlite")
			b.ReportMetric(float64(ours)/float64(theirs), "x-sqlite")
		})
	}
}

// sqliteExport reads every whole transaction, newest first.
func sqliteExport(db *sql.DB) (int, error) {
	rows, err := db.Query("SELECT record FROM transactions ORDER BY created DESC")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var body sql.RawBytes
		var t till.Transaction
		if err := errors.Join(rows.Scan(&body), json.Unmarshal(body, &t)); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}
