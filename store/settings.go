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
