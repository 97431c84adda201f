package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"
)

// Backup is what a backup holds.
type Backup struct {
	Path         string
	Bytes        int64
	Transactions int
	Events       uint64 // in the chain since its beginning
}

// ExistsError says that a file is in the way, which is never overwritten.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("there is a file %s already; it is not overwritten", e.Path)
}

func (e *ExistsError) Unwrap() error { return fs.ErrExist }

// Backup writes the journal as it is at one moment to a new file, readable by
// its owner alone, with its head file beside it. Work goes on meanwhile. The
// copy is whole under another name first, on the disk and verified; a file
// that is there already is an ExistsError. Beside that its errors are those of
// Verify, a DamagedError for a journal that does not verify, those of till for
// the other disk, and that of ctx; nothing stays behind then.
func (s *Store) Backup(ctx context.Context, path string) (Backup, error) {
	return s.BackupTelling(ctx, path, nil)
}

// BackupTelling is Backup that says how far it has come.
func (s *Store) BackupTelling(ctx context.Context, path string, tell func(Progress)) (Backup, error) {
	b := Backup{}
	path, err := filepath.Abs(path)
	if err != nil {
		return b, err
	}
	b.Path = path
	for _, file := range []string{path, headPath(path)} {
		if _, err := os.Lstat(file); err == nil {
			return b, &ExistsError{file}
		}
	}
	removePartial(path)
	part, err := os.CreateTemp(filepath.Dir(path), partialName(path)+"*") // 0600
	if err != nil {
		return b, named(path, err)
	}
	defer os.Remove(part.Name())
	defer os.Remove(headPath(part.Name()))
	release, held, _ := hold(part.Name())
	if !held { // a file system without locks: then nothing says that it is not left over
		release = func() {}
	}
	var h head
	var profile string
	err = s.view(func(tx *bbolt.Tx) (err error) {
		meta := tx.Bucket(bucketMeta)
		profile = string(meta.Get(metaProfile))
		if h, err = asHead(meta.Get(metaHead)); err != nil {
			return err
		}
		b.Bytes = tx.Size()
		return copyTo(ctx, tx, part, tell)
	})
	err = errors.Join(err, part.Sync(), part.Close())
	release()
	if err == nil {
		err = writeHead(part.Name(), h)
	}
	if err != nil {
		return b, named(path, err)
	}
	report, err := verifyFile(ctx, part.Name(), Options{Profile: profile, Now: s.now}, tell)
	switch {
	case err != nil:
		return b, fmt.Errorf("verifying the backup: %w", err)
	case !report.Usable():
		return b, &DamagedError{s.path, "a backup of it does not verify: " + report.First().String()}
	}
	b.Transactions, b.Events = report.Transactions, h.count
	if err := putNew(headPath(part.Name()), headPath(path)); err != nil {
		return b, named(path, err)
	}
	if err := putNew(part.Name(), path); err != nil {
		os.Remove(headPath(path))
		return b, named(path, err)
	}
	return b, named(path, syncDir(filepath.Dir(path)))
}

// partialName begins the names that a backup has before it is whole.
func partialName(path string) string { return "." + filepath.Base(path) + ".partial-" }

// removePartial clears what a backup to this name left that was killed: one that
// is being made is held by its maker.
func removePartial(path string) {
	found, err := filepath.Glob(escapeGlob(filepath.Join(filepath.Dir(path), partialName(path))) + "*")
	if err != nil {
		return
	}
	for _, part := range found {
		if strings.HasSuffix(part, ".head") {
			continue // goes with the file that it belongs to
		}
		if release, held, err := hold(part); err == nil && held {
			os.Remove(part)
			os.Remove(headPath(part))
			release()
		}
	}
}

// copyTo writes the file as the transaction sees it. The writer of the journal
// goes on meanwhile; it would have to wait only where the file outgrows what is
// mapped of it.
func copyTo(ctx context.Context, tx *bbolt.Tx, to io.Writer, tell func(Progress)) error {
	_, err := tx.WriteTo(&watched{ctx: ctx, to: to, total: tx.Size(), tell: tell})
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // bbolt keeps the text alone
	}
	return err
}

// watched is a writer that can be interrupted and says how far it has come.
type watched struct {
	ctx         context.Context
	to          io.Writer
	done, total int64
	tell        func(Progress)
}

func (w *watched) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.to.Write(p)
	w.done += int64(n)
	if w.tell != nil {
		w.tell(Progress{Step: StepCopy, Done: w.done, Total: w.total})
	}
	return n, err
}

// writeHead makes the head file of a journal that nobody has open.
func writeHead(store string, h head) error {
	f, err := openHeadFile(store)
	if err != nil {
		return err
	}
	f.write(h)
	return f.close()
}

// verifyFile verifies a journal that nobody has open for writing.
func verifyFile(ctx context.Context, path string, options Options, tell func(Progress)) (Report, error) {
	options.ReadOnly = true
	s, err := Open(path, options)
	if err != nil {
		return Report{}, err
	}
	report, err := s.VerifyTelling(ctx, tell)
	return report, errors.Join(err, s.Close())
}

// putNew gives a file its name, which no other file may have.
func putNew(from, to string) error {
	err := os.Link(from, to)
	switch {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return &ExistsError{to}
	}
	// A file system without hard links.
	if _, there := os.Lstat(to); there == nil {
		return &ExistsError{to}
	}
	return os.Rename(from, to)
}
