package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Compacted is what Compact has done.
type Compacted struct {
	Before, After int64 // bytes
	Transactions  int
	Events        uint64 // in the chain since its beginning
}

// copyBatch is how many bytes of entries one commit of a copy holds.
const copyBatch = 4 << 20

// compactGrows is by how many bytes a compacted file grows; bbolt's 16 MiB would
// leave as much of it empty.
const compactGrows = 1 << 20

// Compact writes the journal anew, without free pages, and puts the new file,
// once it is on the disk and verified, in the place of the old one by a rename:
// whatever happens, one of the two is there and whole. The journal must not be
// open: a running owner is a LockedError. It needs as much free space as the
// journal has; without, it is till.ErrFull and nothing has changed.
func Compact(ctx context.Context, path string, options Options, tell func(Progress)) (Compacted, error) {
	options.ReadOnly = false
	old, err := Open(path, options)
	if err != nil {
		return Compacted{}, err
	}
	done, copied, err := old.compact(ctx, options, tell)
	put := func() error {
		if err := os.Rename(copied.path, old.path); err != nil {
			return named(old.path, fmt.Errorf("putting the compacted journal in place: %w", err))
		}
		return syncDir(filepath.Dir(old.path))
	}
	if err == nil && renamesOpenFiles {
		err = put()
	}
	err = errors.Join(err, old.Close())
	if copied != nil { // its lock is held until now, so that nobody gets in between the two
		err = errors.Join(err, copied.closeBolt())
		if err == nil && !renamesOpenFiles {
			err = put()
		}
		os.Remove(copied.path) // gone already, unless something failed
		os.Remove(headPath(copied.path))
	}
	return done, err
}

// compact makes the new file and gives it back open, for its lock.
func (s *Store) compact(ctx context.Context, options Options, tell func(Progress)) (done Compacted, copied *Store, err error) {
	dir, base := filepath.Split(s.path)
	f, err := os.CreateTemp(dir, "."+base+leftover+"*") // 0600; the next opening clears it after a crash
	if err != nil {
		return done, nil, named(s.path, err)
	}
	defer func() {
		if copied == nil {
			os.Remove(f.Name())
			os.Remove(headPath(f.Name()))
		}
	}()
	name := f.Name()
	if err := f.Close(); err != nil {
		return done, nil, err
	}
	var h head
	err = s.view(func(tx *bbolt.Tx) (err error) {
		if h, err = asHead(tx.Bucket(bucketMeta).Get(metaHead)); err != nil {
			return err
		}
		return copyBuckets(ctx, tx, name, tell)
	})
	if err == nil {
		err = writeHead(name, h)
	}
	if err != nil {
		return done, nil, named(s.path, err)
	}
	db, file, err := openBolt(name, false, options.Timeout)
	if err != nil {
		return done, nil, named(s.path, err)
	}
	copied = &Store{path: name, db: db, file: file, now: s.now, freeSpace: s.freeSpace}
	report, err := copied.VerifyTelling(ctx, tell)
	if err == nil && !report.Usable() {
		err = &DamagedError{s.path, report.First().String()}
	}
	if err != nil {
		return done, copied, fmt.Errorf("verifying the compacted journal: %w", err)
	}
	for file, size := range map[string]*int64{s.path: &done.Before, name: &done.After} {
		info, err := os.Stat(file)
		if err != nil {
			return done, copied, err
		}
		*size = info.Size()
	}
	done.Transactions, done.Events = report.Transactions, h.count
	return done, copied, ctx.Err()
}

// copyBuckets writes all entries, in order, to a new file, which is on the disk
// when it returns.
func copyBuckets(ctx context.Context, tx *bbolt.Tx, path string, tell func(Progress)) error {
	to, _, err := openBolt(path, false, 0)
	if err != nil {
		return err
	}
	to.NoSync, to.NoGrowSync = true, true // it is nobody's journal before it is whole
	to.AllocSize = compactGrows
	c := copier{ctx: ctx, to: to, total: tx.Size(), tell: tell}
	err = tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		c.name = name
		if err := c.begin(); err != nil {
			return err
		}
		if _, err := c.tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
		return b.ForEach(c.put)
	})
	if err == nil {
		err = c.commit()
	} else if c.tx != nil {
		err = errors.Join(err, c.tx.Rollback())
	}
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

type copier struct {
	ctx         context.Context
	to          *bbolt.DB
	tx          *bbolt.Tx
	name        []byte
	bytes       int // in this commit
	done, total int64
	tell        func(Progress)
}

func (c *copier) begin() (err error) {
	if c.tx == nil {
		c.tx, err = c.to.Begin(true)
	}
	return err
}

func (c *copier) commit() error {
	if c.tx == nil {
		return nil
	}
	tx := c.tx
	c.tx, c.bytes = nil, 0
	return tx.Commit()
}

func (c *copier) put(k, v []byte) error {
	if c.bytes > copyBatch {
		if err := errors.Join(c.ctx.Err(), c.commit()); err != nil {
			return err
		}
		if c.tell != nil {
			c.tell(Progress{Step: StepCopy, Done: min(c.done, c.total), Total: c.total})
		}
	}
	if err := c.begin(); err != nil {
		return err
	}
	b := c.tx.Bucket(c.name)
	b.FillPercent = fill
	c.bytes += len(k) + len(v) + elementSize
	c.done += int64(len(k) + len(v) + elementSize)
	return b.Put(k, v)
}
