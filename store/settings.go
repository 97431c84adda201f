package store

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// Setting is what SetSetting kept under the name; nil when there is none.
func (s *Store) Setting(name string) ([]byte, error) {
	var value []byte
	err := s.view(func(tx *bbolt.Tx) error {
		value = bytes.Clone(tx.Bucket(bucketSettings).Get([]byte(name)))
		return nil
	})
	return value, err
}

// SetSetting keeps a small thing for the next start, such as the courier's
// details; nil forgets it. Never a secret.
func (s *Store) SetSetting(name string, value []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.update(func(tx *bbolt.Tx) error {
		return op{bucketSettings, []byte(name), value}.run(tx)
	})
}

// ClaimSetting keeps a value under a name that has none, and reports whether it
// did: of several who ask at once it is one.
func (s *Store) ClaimSetting(name string, value []byte) (first bool, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	err = s.update(func(tx *bbolt.Tx) error {
		if first = tx.Bucket(bucketSettings).Get([]byte(name)) == nil; !first {
			return nil
		}
		return op{bucketSettings, []byte(name), value}.run(tx)
	})
	return first && err == nil, err
}
