package store

import (
	"errors"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

// Put is one thing that a change writes; a nil value deletes.
type Put struct{ Bucket, Key, Value []byte }

// Puts is what Append would write for the change, without writing it.
func (s *Store) Puts(change till.Change) ([]Put, error) {
	var puts []Put
	planned := errors.New("planned")
	err := s.update(func(tx *bbolt.Tx) error {
		ops, _, err := plan(tx, change)
		if err != nil {
			return err
		}
		for _, o := range ops {
			puts = append(puts, Put{o.bucket, o.key, o.value})
		}
		return planned
	})
	if errors.Is(err, planned) {
		err = nil
	}
	return puts, err
}

// Bolt is the database, for a peer that writes the same bytes.
func (s *Store) Bolt() *bbolt.DB { return s.db }

// SearchText is what the row of a transaction lets filters look into.
func SearchText(t *till.Transaction) string {
	text, _ := searchText(t)
	return string(text)
}
