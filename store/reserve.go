package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"cashier/api/till"
)

// leastFree is how much space a payment wants to see: the reserve's size, and
// far more than the commits of one payment.
const leastFree = 1 << 20

func reservePath(store string) string { return store + ".reserve" }

// Reserve makes sure, before a payment is sent, that its answer can be
// written: a file of 1 MiB beside the journal, really allocated, is given up
// when a commit finds the disk full. It is till.ErrFull when the file cannot
// be made or less than 1 MiB is free beside it, and till.ErrReadOnly when the
// journal cannot be written at all.
func (s *Store) Reserve() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.readOnly {
		return fmt.Errorf("%w: it was opened for reading", till.ErrReadOnly)
	}
	path := reservePath(s.path)
	if info, err := os.Stat(path); err != nil || info.Size() < leastFree {
		if err := allocate(path); err != nil {
			os.Remove(path)
			return named(s.path, err)
		}
	}
	free, err := s.freeSpace(filepath.Dir(s.path))
	if err != nil {
		return fmt.Errorf("looking for free space: %w", err)
	}
	if free < leastFree {
		return fmt.Errorf("%w: %d KiB are left on the disk of %s; free some before taking payments", till.ErrFull, free>>10, s.path)
	}
	return nil
}

// allocate fills the file with what no file system compresses away.
func allocate(path string) error {
	noise := make([]byte, leastFree)
	rand.Read(noise)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(noise)
	return errors.Join(err, f.Sync(), f.Close())
}

// spendReserve gives the reserve to a commit that found the disk full.
func (s *Store) spendReserve() bool { return os.Remove(reservePath(s.path)) == nil }
