package store

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cashier/api/till"
)

// TestNumbersOfLostSessionsAreNotGivenAgain: whatever a backup is older than,
// after its restore no second Z report gets a number that one had.
func TestNumbersOfLostSessionsAreNotGivenAgain(t *testing.T) {
	for _, c := range []struct {
		name        string
		before      func(s *Store) // the backup
		since       func(s *Store)
		lost        []int
		current     int // the open session afterwards; 0: none
		next, inAll int // the next Z report's number, and all sessions then
	}{
		{
			"open in the backup, closed since",
			func(s *Store) { mustOpen(t, s, "Siti", 0) },
			func(s *Store) { mustClose(t, s, till.Closing{}) },
			[]int{1}, 0, 2, 2,
		},
		{
			"open in the backup, two more since",
			func(s *Store) { mustOpen(t, s, "Siti", 0) },
			func(s *Store) {
				mustClose(t, s, till.Closing{})
				mustOpen(t, s, "Budi", 0)
				mustClose(t, s, till.Closing{})
				mustOpen(t, s, "Dewi", 0)
			},
			[]int{1, 2, 3}, 0, 4, 4,
		},
		{
			"closed in the backup, one more since",
			func(s *Store) { mustOpen(t, s, "Siti", 0); mustClose(t, s, till.Closing{}) },
			func(s *Store) { mustOpen(t, s, "Budi", 0); mustClose(t, s, till.Closing{}) },
			[]int{2}, 0, 3, 3,
		},
		{
			"open in the backup and since",
			func(s *Store) { mustOpen(t, s, "Siti", 0) },
			func(*Store) {},
			nil, 1, 1, 1,
		},
		{
			"opened by itself, taken over since",
			func(s *Store) { mustAppend(t, s, intent("C1", noon)) },
			func(s *Store) { mustOpen(t, s, "Siti", 0) },
			nil, 1, 1, 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, backup := filepath.Join(t.TempDir(), "test.db"), filepath.Join(t.TempDir(), "backup.db")
			s, now := shiftStore(t, path)
			c.before(s)
			if _, err := s.Backup(t.Context(), backup); err != nil {
				t.Fatal(err)
			}
			*now = noon.Add(time.Hour)
			c.since(s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			spoilt := read(t, path)
			clear(spoilt[:2*pageSize])
			write(t, path, spoilt)
			if _, err := Restore(t.Context(), backup, path, testOptions, nil); err != nil {
				t.Fatal(err)
			}
			s = openAt(t, path)
			mustVerify(t, s)
			list, err := s.ListSessions(t.Context(), 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			var lost []int
			for _, one := range slices.Backward(list) {
				if one.Lost {
					lost = append(lost, one.Number)
				}
				if one.Lost && (one.Open() || one.Report != nil) {
					t.Errorf("a lost session is %+v", one)
				}
			}
			if !slices.Equal(lost, c.lost) {
				t.Errorf("lost are %v", lost)
			}
			current, err := s.CurrentSession(t.Context())
			if current.Number != c.current || c.current == 0 != errors.Is(err, till.ErrNoSession) {
				t.Errorf("open is %d, %v", current.Number, err)
			}
			if current.Number == 0 || current.Auto {
				mustOpen(t, s, "Eka", 0)
			}
			var carry till.Closing
			for tx, err := range s.Open(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				carry.Carry = append(carry.Carry, tx.Reference)
			}
			if z := mustClose(t, s, carry); z.Number != c.next {
				t.Errorf("the next Z report is %d", z.Number)
			}
			if list, err = s.ListSessions(t.Context(), 0, 100); err != nil || len(list) != c.inAll {
				t.Errorf("%d sessions, %v", len(list), err)
			}
			mustVerify(t, s)
		})
	}
}
