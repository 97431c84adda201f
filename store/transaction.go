package store

import (
	"errors"

	"go.etcd.io/bbolt"
)

// fault is a panic of bbolt after which not everything can be asked for any
// more, such as a file that was cut while it was open.
type fault struct {
	err   error
	stuck bool // bbolt holds its locks for ever: nothing can be; else nothing is written any more
}

// view reads in one short transaction.
func (s *Store) view(do func(*bbolt.Tx) error) error {
	if f := s.fault.Load(); f != nil && f.stuck {
		return f.err
	}
	var tx *bbolt.Tx
	err := guard(s.path, func() (err error) {
		if tx, err = s.db.Begin(false); err != nil {
			return err
		}
		if err = do(tx); err != nil {
			return err
		}
		return tx.Rollback()
	})
	if err != nil {
		s.undo(tx, err)
	}
	return named(s.path, err)
}

// update writes in one commit. It does what bbolt's Update does, but for undoing
// a transaction that panicked: that one reads the file again, and where this
// panics too, it never lets go of its lock.
func (s *Store) update(do func(*bbolt.Tx) error) error {
	if f := s.fault.Load(); f != nil {
		return f.err
	}
	var tx *bbolt.Tx
	committing := false
	err := guard(s.path, func() (err error) {
		if tx, err = s.db.Begin(true); err != nil {
			return err
		}
		if err = do(tx); err != nil {
			return err
		}
		committing = true
		err = tx.Commit()
		committing = false
		return err
	})
	if err != nil {
		s.undo(tx, err)
	}
	err = named(s.path, err)
	if committing { // what bbolt knows of the file may be half of each
		s.fault.CompareAndSwap(nil, &fault{err: err})
	}
	return err
}

// undo ends a transaction that failed; nil is one that did not begin.
func (s *Store) undo(tx *bbolt.Tx, failed error) {
	if tx == nil {
		if errors.As(failed, new(*DamagedError)) {
			s.fault.Store(&fault{failed, true})
		}
		return
	}
	// It has ended already where bbolt has undone it.
	if err := guard(s.path, tx.Rollback); errors.As(err, new(*DamagedError)) {
		s.fault.Store(&fault{err, true})
	}
}

// closeBolt lets go of the file, and of its lock, whatever has happened.
func (s *Store) closeBolt() error {
	if f := s.fault.Load(); f != nil && f.stuck {
		return errors.Join(unlock(s.file), s.file.Close())
	}
	return guard(s.path, s.db.Close)
}
