package store

import (
	"fmt"
	"iter"
	"os"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

// oneMonth is a journal whose rows and records stand in many pages of one month.
func oneMonth(t *testing.T, n int) *Store {
	t.Helper()
	s := newStore(t)
	var changes iter.Seq2[till.Change, error] = func(yield func(till.Change, error) bool) {
		for i := range n {
			if !yield(intent(fmt.Sprintf("C261101%05d", i), noon.Add(time.Duration(i-n)*time.Minute)), nil) {
				return
			}
		}
	}
	if err := s.Import(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	return s
}

// pagesOf are the bucket's leaves with all that belongs to them, but for the
// branches above.
func pagesOf(t *testing.T, s *Store, tx *bbolt.Tx, bucket []byte) map[uint64]bool {
	t.Helper()
	a, leaves := s.readAhead(0), map[uint64]bool{}
	b := tx.Bucket(bucket)
	for k := range entries(b) {
		u, levels := a.unit(b, k, 0)
		if levels == 0 {
			t.Fatalf("%s is in one page", bucket)
		}
		for _, id := range u.leaves {
			leaves[id] = true
		}
	}
	return leaves
}

// A scan of everything asks for each page once and before it comes to it; one
// that touches little of what it passes asks for nothing more when that shows.
func TestReadAhead(t *testing.T) {
	s := oneMonth(t, 6000)
	asked := map[uint64]int{}
	s.ask = func(_ *os.File, at, size int64) {
		for id := at / pageSize; id < (at+size)/pageSize; id++ {
			asked[uint64(id)]++
		}
	}
	if err := s.view(func(tx *bbolt.Tx) error {
		bucket := bucketOf(prefixRecords, newKey(noon.UnixNano(), 0))
		b, leaves := tx.Bucket(bucket), pagesOf(t, s, tx, bucket)
		for _, stride := range []int{1, 300} {
			clear(asked)
			a, c, n := s.readAhead(aheadFrom).ready(), b.Cursor(), 0
			for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
				if n++; n%stride != 0 {
					continue
				}
				a.record(b, k)
				if u, _ := a.unit(b, k, 0); stride == 1 {
					for _, id := range u.leaves {
						if asked[id] != 1 {
							t.Fatalf("page %d was asked for %d times when the scan came to its unit", id, asked[id])
						}
					}
				}
			}
			found := 0
			for id := range leaves {
				found += asked[id]
			}
			if stride == 1 && found != len(leaves) || stride > 1 && found*2 > len(leaves) {
				t.Errorf("every %d: %d of %d leaves were asked for", stride, found, len(leaves))
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// What goes through the whole journal reads ahead; a page does not.
func TestScansReadAhead(t *testing.T) {
	s := oneMonth(t, 9000)
	asked := int64(0)
	s.ask = func(_ *os.File, at, size int64) { asked += size }
	rows := func(f till.Filter) func() error {
		return func() error {
			for _, err := range s.Rows(t.Context(), f) {
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	for _, c := range []struct {
		name  string
		ahead bool
		do    func() error
	}{
		{"page", false, func() error { _, err := s.Page(t.Context(), till.Filter{}, "", 0); return err }},
		{"search", false, func() error { _, err := s.Search(t.Context(), till.Filter{}, "", 100); return err }},
		{"page of what is nowhere", true, func() error { _, err := s.Page(t.Context(), till.Filter{Text: []string{"nowhere"}}, "", 0); return err }},
		{"search on", true, func() error {
			page, err := s.Page(t.Context(), till.Filter{}, "", 0)
			if err == nil {
				_, err = s.Search(t.Context(), till.Filter{}, page.Next, 100)
			}
			return err
		}},
		{"rows", true, rows(till.Filter{})},
		{"rows of the index", true, rows(till.Filter{State: till.Intent})},
		{"all", true, func() error {
			for _, err := range s.All(t.Context(), till.Filter{}) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		asked = 0
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if ahead := asked > 0; ahead != c.ahead {
			t.Errorf("%s: %d bytes were asked for", c.name, asked)
		}
	}
}

// TestReadingAheadIsCheap: it looks for pages once a unit, not once a record.
func TestReadingAheadIsCheap(t *testing.T) {
	const n = 6000
	s := oneMonth(t, n)
	all := func() {
		for _, err := range s.All(t.Context(), till.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	asked := 0
	s.ask = func(*os.File, int64, int64) { asked++ }
	with := testing.AllocsPerRun(1, all)
	s.ask = nil
	if without := testing.AllocsPerRun(1, all); asked == 0 || with-without > n { // the race detector spoils pools at random
		t.Errorf("asked %d times; %.0f allocations, %.0f without reading ahead", asked, with, without)
	}
}
