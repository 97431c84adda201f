package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// migration brings a journal from one schema to the next.
type migration struct {
	from int
	// readable: what the older schema holds is read as it stands, so that an
	// old backup can be looked into without being changed.
	readable bool
	run      func(*bbolt.Tx) error
}

// migrations lists one step for every schema before this program's. Schema 2
// only adds to schema 1; its number keeps a program that does not know seals
// away.
var migrations = []migration{{from: 1, readable: true, run: func(*bbolt.Tx) error { return nil }}}

// readable reports whether a journal of that schema can be read without being
// migrated.
func readable(from, to int, steps []migration) bool {
	for at := from; at < to; at++ {
		step, err := stepFrom(steps, at)
		if err != nil || !step.readable {
			return false
		}
	}
	return true
}

// migrate keeps a copy of the journal beside it, then runs the steps in one
// commit.
func (s *Store) migrate(from, to int, steps []migration) error {
	kept, err := freeName(fmt.Sprintf("%s.schema-%d-%s", s.path, from, s.now().UTC().Format(fileTime)))
	if err != nil {
		return err
	}
	if err := s.view(func(tx *bbolt.Tx) error { return keepCopy(tx, kept, s.path) }); err != nil {
		return fmt.Errorf("keeping a copy: %w", err)
	}
	return s.update(func(tx *bbolt.Tx) error {
		for at := from; at < to; at++ {
			step, err := stepFrom(steps, at)
			if err != nil {
				return err
			}
			if err := step.run(tx); err != nil {
				return fmt.Errorf("step from schema %d: %w", at, err)
			}
		}
		return tx.Bucket(bucketMeta).Put(metaSchema, binary.BigEndian.AppendUint32(nil, uint32(to)))
	})
}

func stepFrom(steps []migration, from int) (migration, error) {
	for _, m := range steps {
		if m.from == from {
			return m, nil
		}
	}
	return migration{}, fmt.Errorf("no step from schema %d", from)
}

// keepCopy writes the copy under another name first: under its own it is
// whole.
func keepCopy(tx *bbolt.Tx, path, store string) error {
	f, err := os.CreateTemp(filepath.Dir(store), "."+filepath.Base(store)+leftover+"*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = tx.WriteTo(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return errors.Join(putNew(f.Name(), path), syncDir(filepath.Dir(store)))
}
