package store

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

// Options say how a journal is opened.
type Options struct {
	// Profile is the name of the profile that owns the journal; it is
	// remembered, and another one is refused with a ProfileError.
	Profile string
	// Binding names the place that the profile's records belong to, when the
	// whole profile has one; treated like Profile unless it is empty.
	Binding string
	// ReadOnly opens an existing journal beside other readers, not beside an
	// owner.
	ReadOnly bool
	// Timeout is how long to wait for an owner to let go; 0 is one second.
	Timeout time.Duration
	// Unattended is who a session is put down to that opens by itself, when
	// something is done while none is open and there was none before; nil:
	// none opens by itself. Import never opens one.
	Unattended *till.Opening
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Store is an open journal. It is safe for concurrent use.
type Store struct {
	path     string
	db       *bbolt.DB
	file     *os.File // that db has open
	readOnly bool
	now      func() time.Time

	unattended *till.Opening

	// writing orders commits with what follows them outside of bbolt: the head
	// file and the reserve.
	writing   sync.Mutex
	headFile  headFile
	freeSpace func(dir string) (uint64, error)
	ask       func(f *os.File, at, size int64) // see readAhead; nil: nothing is read ahead
	closed    bool
	fault     atomic.Pointer[fault]

	// upkeep keeps work on the whole journal apart: verifying while old months
	// are dropped would meet half of both.
	upkeep sync.Mutex
}

var (
	_ till.Journal = (*Store)(nil)
	_ till.Sales   = (*Store)(nil)
)

// pageSize is bbolt's, fixed so that a journal does not depend on the machine
// it was made on.
const pageSize = 4096

// Open opens the journal, and makes it when there is none. Its errors are
// LockedError, DamagedError, ProfileError, SchemaError, those of till, and
// fs.ErrNotExist for a missing journal that is only to be read.
func Open(path string, options Options) (*Store, error) {
	return open(path, options, schema, migrations)
}

func open(path string, options Options, schema int, steps []migration) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	options.Timeout = cmp.Or(options.Timeout, time.Second)
	if options.Now == nil {
		options.Now = time.Now
	}
	if !options.ReadOnly {
		if err := create(path, options, schema); err != nil {
			return nil, fmt.Errorf("making the journal: %w", named(path, err))
		}
	}
	if err := checkFile(path); err != nil {
		return nil, named(path, err)
	}
	db, file, err := openThere(path, options.ReadOnly, options.Timeout)
	if err != nil {
		return nil, named(path, err)
	}
	s := &Store{
		path: path, db: db, file: file, readOnly: options.ReadOnly, now: options.Now, unattended: options.Unattended,
		freeSpace: freeSpace, ask: willNeed,
	}
	if err := s.start(options, schema, steps); err != nil {
		s.headFile.close()
		s.closeBolt()
		return nil, named(path, err)
	}
	return s, nil
}

// openThere opens the file that stands under the path once its lock is held:
// while it was waited for, compact or restore may have put another one there.
func openThere(path string, readOnly bool, timeout time.Duration) (*bbolt.DB, *os.File, error) {
	for {
		db, file, err := openBolt(path, readOnly, timeout)
		if err != nil {
			return nil, nil, err
		}
		opened, err := file.Stat()
		there, missing := os.Stat(path)
		if err == nil && missing == nil && os.SameFile(opened, there) {
			return db, file, nil
		}
		if err := errors.Join(err, missing, db.Close()); err != nil {
			return nil, nil, err
		}
	}
}

// openBolt opens the file and lets go of it when bbolt panics on it.
func openBolt(path string, readOnly bool, timeout time.Duration) (*bbolt.DB, *os.File, error) {
	var db *bbolt.DB
	var file *os.File
	err := guard(path, func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: timeout, ReadOnly: readOnly, PageSize: pageSize, FreelistType: bbolt.FreelistMapType,
			NoStatistics: true,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				// bbolt would make a missing file; create has made it whole.
				f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
				if db == nil { // later ones are copies being read
					file = f
				}
				return f, err
			},
		})
		return err
	})
	if err != nil && file != nil {
		file.Close()
	}
	return db, file, err
}

// start checks whose journal it is and brings it to the schema.
func (s *Store) start(options Options, schema int, steps []migration) error {
	var h head
	var holds int
	bind := false // the journal does not know yet where it belongs
	err := s.view(func(tx *bbolt.Tx) (err error) {
		meta := tx.Bucket(bucketMeta)
		if meta == nil || len(meta.Get(metaSchema)) != 4 {
			return fmt.Errorf("journal %w: it does not say its schema", errFormat)
		}
		holds = int(binary.BigEndian.Uint32(meta.Get(metaSchema)))
		if holds > schema {
			return &SchemaError{s.path, holds, schema}
		}
		if p := string(meta.Get(metaProfile)); p != options.Profile {
			return &ProfileError{s.path, p, options.Profile}
		}
		if b := string(meta.Get(metaBinding)); b != "" && options.Binding != "" && b != options.Binding {
			return &ProfileError{s.path, b, options.Binding}
		} else {
			bind = b == "" && options.Binding != ""
		}
		h, err = asHead(meta.Get(metaHead))
		return err
	})
	if err != nil || s.readOnly {
		if err == nil && !readable(holds, schema, steps) {
			err = fmt.Errorf("%w: the journal %s has the older schema %d; open it once without read-only", till.ErrReadOnly, s.path, holds)
		}
		return err
	}
	if err := tellOwner(s.path, options.Now()); err != nil {
		return fmt.Errorf("naming the owner: %w", err)
	}
	if err := s.startWriting(options, schema, steps, holds, h, bind); err != nil {
		os.Remove(ownerPath(s.path))
		return err
	}
	return nil
}

func (s *Store) startWriting(options Options, schema int, steps []migration, holds int, h head, bind bool) error {
	removeLeftovers(s.path)
	if holds < schema {
		if err := s.migrate(holds, schema, steps); err != nil {
			return fmt.Errorf("bringing the journal from schema %d to %d: %w", holds, schema, err)
		}
	}
	should, err := readHead(s.path)
	lost := err == nil && (should.count > h.count || should.count == h.count && should.hash != h.hash)
	if lost || bind {
		err := s.update(func(tx *bbolt.Tx) error {
			meta := tx.Bucket(bucketMeta)
			if bind {
				if err := meta.Put(metaBinding, []byte(options.Binding)); err != nil {
					return err
				}
			}
			if !lost {
				return nil
			}
			cut := cutTail{found: h.count, should: should.count, hash: should.hash}
			return meta.Put(metaCuts, cut.append(meta.Get(metaCuts)))
		})
		if err != nil {
			return err
		}
	}
	if s.headFile, err = openHeadFile(s.path); err != nil {
		return fmt.Errorf("opening the head file: %w", err)
	}
	s.headFile.write(h)
	return nil
}

// Close lets go of the journal. Closing twice is allowed.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.headFile.close()
	if !s.readOnly {
		if gone := os.Remove(ownerPath(s.path)); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return errors.Join(err, s.closeBolt())
}

// Path is the journal's file.
func (s *Store) Path() string { return s.path }

const leftover = ".new-"

// create makes an empty journal unless there is a file: whole under another
// name first, so that an interrupted creation leaves no half journal, and put
// in place without ever replacing what another process made meanwhile.
func create(path string, options Options, schema int) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+leftover+"*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	err = format(f.Name(), options, schema)
	if err == nil {
		err = place(f.Name(), path)
	}
	if err != nil {
		if _, there := os.Lstat(path); there == nil {
			return nil // another process made it meanwhile, and has cleared ours away
		}
		return err
	}
	return syncDir(dir)
}

// place puts the file under its name; one that is there already stays.
func place(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return nil
	}
	if _, there := os.Lstat(to); there == nil {
		return nil
	}
	// A file system without hard links.
	return os.Rename(from, to)
}

// format writes an empty journal.
func format(path string, options Options, schema int) error {
	db, _, err := openBolt(path, false, options.Timeout)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range fixedBuckets {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		var seal seal
		rand.Read(seal.hash[:])
		meta := tx.Bucket(bucketMeta)
		return errors.Join(
			meta.Put(metaSchema, binary.BigEndian.AppendUint32(nil, uint32(schema))),
			meta.Put(metaProfile, []byte(options.Profile)),
			meta.Put(metaBinding, []byte(options.Binding)),
			meta.Put(metaSeal, seal.encode()),
			meta.Put(metaHead, seal.start().encode()),
		)
	})
	if err == nil {
		err = db.Sync() // also the file's size
	}
	return errors.Join(err, db.Close())
}

// removeLeftovers clears what an interrupted creation left; the journal is
// there and ours, so nobody is still making it.
func removeLeftovers(path string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	prefix := "." + filepath.Base(path) + leftover
	for _, e := range entries {
		if len(e.Name()) > len(prefix) && e.Name()[:len(prefix)] == prefix {
			os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}
