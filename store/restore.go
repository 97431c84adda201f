package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

// restoredData is what the note of a restore tells.
type restoredData struct {
	Events   uint64 `json:"events"` // of the backup
	Hash     string `json:"hash"`   // of its last one, hex
	SetAside string `json:"setAside,omitempty"`
	Missing  int    `json:"missing,omitempty"` // transactions that were found in the damaged journal and are not so in the backup
	Spent    string `json:"spent,omitempty"`   // digest of the references that are spent by it, hex
}

// Restored is a restore that the journal has gone through.
type Restored struct {
	At      time.Time
	Events  uint64 // that the backup held
	Missing int    // transactions that are known to be missing or older than they were
}

func (r *restoredData) restored(at time.Time) Restored {
	return Restored{At: at, Events: r.Events, Missing: r.Missing}
}

// SoundError says that the journal is sound: a backup does not take its place.
type SoundError struct {
	Path         string
	Transactions int
}

func (e *SoundError) Error() string {
	return fmt.Sprintf("the journal %s is sound and holds %d transactions; it is not replaced", e.Path, e.Transactions)
}

// Recovery is what Restore has done.
type Recovery struct {
	Path         string
	Transactions int
	Events       uint64    // that the backup held
	At           time.Time // when the last of them happened; zero: it held none
	// SetAside is where the damaged journal is now; empty: there was none.
	SetAside string
	// Read is the damaged file that was searched for what the backup does not
	// have; empty: there was none, or ReadError says why not.
	Read      string
	ReadError error
	// New are transactions that were found there and are not in the backup,
	// Changed are those that are older in the backup, both the newest first and
	// as they were there. Nothing vouches for their details.
	New, Changed []till.Row
	// Sessions are the numbers of those that were opened, taken over or closed
	// after the backup, as far as the damaged file tells; no new Z report has the
	// number of one that was lost.
	Sessions []int
	closed   map[int]bool // by those numbers
	// Unsure are payments and refunds that the backup holds as not sent yet:
	// they may have been sent since, and are unknown now.
	Unsure []api.Reference
	// Open is how many transactions will be asked about again.
	Open int
}

// Restore puts a backup in the journal's place, when that is missing, damaged
// or empty. The backup is verified before anything else, and the copy of it
// once more. A sound journal is a SoundError, one that is in use a LockedError.
// A damaged one gets another name (SetAside), is read as far as it can be, and
// the references found in it and not in the backup can never be used again
// (SpentError): those that the program makes up carry time and chance and never
// come twice. What the backup holds as not sent yet becomes unknown. The
// restore stands in the chain as a note.
func Restore(ctx context.Context, backup, path string, options Options, tell func(Progress)) (r Recovery, err error) {
	if backup, err = filepath.Abs(backup); err != nil {
		return r, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return r, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	r.Path = path
	old, err := replaceable(ctx, path, backup, options, tell)
	if err != nil {
		return r, err
	}
	defer old.release()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return r, named(path, err)
	}
	part, err := copyBackup(ctx, backup, path, options, &r, tell)
	if err != nil {
		return r, err
	}
	defer removeJournal(part)
	r.search(ctx, path, old.state, tell)
	if err := ctx.Err(); err != nil {
		return r, err
	}
	if old.state != absent {
		if r.SetAside, err = freeName(path + "." + string(old.state) + "-" + time.Now().UTC().Format(fileTime)); err != nil {
			return r, err
		}
	}
	s, err := Open(part, options)
	if err != nil {
		return r, err
	}
	if err := s.restored(ctx, &r, options.Now()); err != nil {
		return r, errors.Join(named(path, err), s.Close())
	}
	report, err := s.VerifyTelling(ctx, tell)
	if err == nil && !report.Usable() {
		err = &DamagedError{part, report.First().String()}
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && renamesOpenFiles {
		err = old.swap(part, path, r.SetAside)
	}
	err = errors.Join(err, s.Close()) // its lock is held until here
	if err == nil && !renamesOpenFiles {
		err = old.swap(part, path, r.SetAside)
	}
	return r, err
}

// standing is what stands in the journal's place.
type standing string

const (
	absent  standing = ""
	damaged standing = "damaged"
	empty   standing = "empty"
)

// replaced is the journal that a backup takes the place of. It is held, so
// that nobody begins to work with it meanwhile.
type replaced struct {
	state   standing
	file    os.FileInfo // nil where there is none
	release func()
}

// replaceable looks at what a backup is to replace; it only reads.
func replaceable(ctx context.Context, path, backup string, options Options, tell func(Progress)) (*replaced, error) {
	there, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &replaced{release: func() {}}, nil
	} else if err != nil {
		return nil, named(path, err)
	}
	if from, err := os.Stat(backup); err == nil && os.SameFile(there, from) {
		return nil, &ExistsError{path}
	}
	if inUse(path) {
		return nil, lockedBy(path)
	}
	state := empty
	report, err := verifyFile(ctx, path, options, tell)
	switch {
	case errors.Is(err, till.ErrDamaged), err == nil && !report.Usable():
		state = damaged
	case err != nil:
		return nil, err
	case report.Events > 0:
		return nil, &SoundError{path, report.Transactions}
	}
	release, held, err := hold(path)
	if err != nil {
		return nil, named(path, err)
	}
	if !held {
		return nil, lockedBy(path)
	}
	old := &replaced{state, there, release}
	if !old.stands(path) {
		release()
		return nil, lockedBy(path)
	}
	if tellOwner(path, options.Now()) == nil { // else others hear that it is in use, and not by whom
		old.release = func() {
			os.Remove(ownerPath(path))
			release()
		}
	}
	return old, nil
}

// stands reports whether the file is still the one that was looked at, as it
// was.
func (o *replaced) stands(path string) bool {
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(now, o.file) && now.Size() == o.file.Size() && now.ModTime().Equal(o.file.ModTime())
}

// copyBackup verifies the backup and copies it beside the journal.
func copyBackup(ctx context.Context, backup, path string, options Options, r *Recovery, tell func(Progress)) (part string, err error) {
	options.ReadOnly = true
	b, err := Open(backup, options)
	if err != nil {
		return "", err
	}
	defer b.Close()
	report, err := b.VerifyTelling(ctx, tell)
	if err == nil && !report.Usable() {
		err = &DamagedError{backup, report.First().String()}
	}
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+leftover+"*") // 0600
	if err != nil {
		return "", named(path, err)
	}
	err = b.view(func(tx *bbolt.Tx) error {
		h, err := asHead(tx.Bucket(bucketMeta).Get(metaHead))
		if err != nil {
			return err
		}
		if r.Events, r.Transactions = h.count, report.Transactions; h.count > 0 {
			r.At = timeOf(h.nanos)
		}
		return copyTo(ctx, tx, f, tell)
	})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", named(path, err)
	}
	return f.Name(), nil
}

// removeJournal removes a journal that was made under another name, with what
// opening it has put beside it.
func removeJournal(path string) {
	os.Remove(path)
	beside, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, e := range beside {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+".") {
			os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}

// MovedAway is what stands behind a sound journal's name once a person has moved
// it out of a backup's way.
const MovedAway = ".old"

// search finds what happened after the backup in the damaged journal, or in
// the one that was set aside or moved away and was written last.
func (r *Recovery) search(ctx context.Context, path string, state standing, tell func(Progress)) {
	from := path
	if state != damaged {
		aside, err := filepath.Glob(escapeGlob(path) + "." + string(damaged) + "-*")
		aside = slices.DeleteFunc(aside, func(name string) bool { return strings.HasSuffix(name, ".head") })
		if err != nil {
			return
		}
		from = newest(append(aside, path+MovedAway))
	}
	if from == "" {
		return
	}
	rows, sessions, err := salvage(ctx, from, r.Events, tell)
	if err != nil {
		r.ReadError = err
		return
	}
	r.Read, r.Sessions, r.closed = from, slices.Sorted(maps.Keys(sessions)), sessions
	for _, s := range rows {
		r.New = append(r.New, s.asRow())
	}
}

// newest is the file that was written last; empty: none is there.
func newest(files []string) (path string) {
	var last time.Time
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() && !info.ModTime().Before(last) {
			path, last = f, info.ModTime()
		}
	}
	return path
}

// escapeGlob lets a path stand in a pattern for itself.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path // there, a pattern has no escapes
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// restored writes what a restore changes in the copy: spent references, the
// note, and what can no longer be called unsent. It sorts what was found.
func (s *Store) restored(ctx context.Context, r *Recovery, now time.Time) error {
	var unsure []till.Transaction
	for tx, err := range s.Open(ctx) {
		if err != nil {
			return err
		}
		r.Open++
		if t, changed := perhapsSent(tx, now); changed {
			unsure = append(unsure, t)
			r.Unsure = append(r.Unsure, t.Reference)
		}
	}
	err := s.change(func(tx *bbolt.Tx) (head, error) {
		h, err := asHead(tx.Bucket(bucketMeta).Get(metaHead))
		if err != nil {
			return head{}, err
		}
		found := r.New
		r.New = nil
		var spent [][]byte
		for _, row := range found {
			if valueAt(tx, bucketRefs, []byte(row.Reference)) != nil {
				r.Changed = append(r.Changed, row)
				continue
			}
			r.New = append(r.New, row)
			if valueAt(tx, bucketSpent, []byte(row.Reference)) == nil {
				spent = append(spent, []byte(row.Reference))
			}
		}
		data := restoredData{Events: h.count, Hash: hex.EncodeToString(h.hash[:]), Missing: len(found)}
		if r.SetAside != "" {
			data.SetAside = filepath.Base(r.SetAside)
		}
		slices.SortFunc(spent, slices.Compare)
		if len(spent) > 0 {
			digest := sha256.New()
			for _, reference := range spent {
				spentDigest(digest, reference)
			}
			data.Spent = hex.EncodeToString(digest.Sum(nil))
		}
		ops, _, at, err := planNote(tx, now, noteRestored, data, [sha256.Size]byte{})
		if err != nil {
			return head{}, err
		}
		for _, reference := range spent {
			ops = append(ops, op{bucketSpent, reference, at[:]})
		}
		for _, o := range ops {
			if err := o.run(tx); err != nil {
				return head{}, err
			}
		}
		return loseSessions(tx, r.closed, now)
	})
	if err != nil {
		return err
	}
	for _, t := range unsure {
		change := till.Change{Transaction: t, Event: till.Event{
			At: now, Reference: t.Reference, Service: t.Service, State: t.State, What: till.WhatRestored,
			Note: "the backup has it as not sent yet; it may have been sent since",
		}}
		if err := s.Append(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// perhapsSent is the transaction as it must be taken after a restore: a payment
// or refund that was not sent when the backup was made may have been sent since
// then, and is never called unsent. A user id stays as it is: it is asked for
// again with the same reference and bytes.
func perhapsSent(tx till.Transaction, now time.Time) (till.Transaction, bool) {
	perhaps := func(service string) []till.Attempt {
		return []till.Attempt{{Attempt: api.Attempt{Service: service, Number: 1, At: now}, Class: api.Unknown}}
	}
	changed := false
	if tx.Kind == till.CPM && tx.Payment != nil && tx.State == till.Intent && len(tx.Attempts) == 0 {
		tx.State, tx.Attempts, changed = till.Unknown, perhaps(tx.Service), true
	}
	tx.Refunds = slices.Clone(tx.Refunds)
	for i := range tx.Refunds {
		if f := &tx.Refunds[i]; f.State == till.RefundIntent {
			f.State, f.Attempts, changed = till.RefundUnknown, append(f.Attempts[:len(f.Attempts):len(f.Attempts)], perhaps("80")...), true
		}
	}
	if changed {
		tx.UpdatedAt = now
		tx.Revision++
	}
	return tx, changed
}

// swap puts the restored journal in the place of the other, which keeps its
// content under the name aside. At every moment there is a whole file under
// path, or none where there was none.
func (o *replaced) swap(part, path, aside string) error {
	if aside != "" {
		if !o.stands(path) {
			return lockedBy(path) // or it was, a moment ago
		}
		if err := alsoAs(path, aside); err != nil {
			return named(path, fmt.Errorf("setting the other journal aside: %w", err))
		}
		if err := alsoAs(headPath(path), headPath(aside)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return named(path, fmt.Errorf("setting its head file aside: %w", err))
		}
	}
	if aside == "" { // first: the head file of a journal that was made meanwhile stays
		if err := putNew(part, path); err != nil {
			return named(path, err)
		}
	}
	if err := os.Rename(headPath(part), headPath(path)); err != nil {
		return named(path, fmt.Errorf("putting the head file in place: %w", err))
	}
	if aside != "" {
		if err := os.Rename(part, path); err != nil {
			return named(path, fmt.Errorf("putting the backup in place: %w", err))
		}
	}
	return syncDir(filepath.Dir(path))
}

// alsoAs gives a file a second name, or another one where a file system has no
// second names.
func alsoAs(path, name string) error {
	err := os.Link(path, name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(path, name)
}
