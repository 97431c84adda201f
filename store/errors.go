package store

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	bolterrors "go.etcd.io/bbolt/errors"

	"cashier/api"
	"cashier/api/till"
)

// LockedError says that another process has the journal.
type LockedError struct {
	Path string
	// PID is 0 when the owner is not known: then Since and Command are empty.
	PID     int
	Since   time.Time
	Command string
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("the journal %s is in use by another process", e.Path)
	}
	return fmt.Sprintf("the journal %s is in use by process %d (%s) since %s", e.Path, e.PID, e.Command, e.Since.Format(time.RFC3339))
}

// DamagedError says that the journal cannot be read as it is. The file has
// not been changed; SetAside moves it away, restore brings a backup back. It
// is a till.ErrDamaged.
type DamagedError struct {
	Path   string
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the journal %s is damaged (%s); it is left as it is", e.Path, e.Reason)
}

func (e *DamagedError) Unwrap() error { return till.ErrDamaged }

// ProfileError says that the journal belongs to another profile, or to the
// same profile while it was bound to another place.
type ProfileError struct {
	Path         string
	Holds, Asked string
}

func (e *ProfileError) Error() string {
	return fmt.Sprintf("the journal %s belongs to %q, not to %q; use another --store or the profile it was made with", e.Path, e.Holds, e.Asked)
}

// SchemaError says that a newer program wrote the journal.
type SchemaError struct {
	Path         string
	Holds, Knows int
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("the journal %s has schema %d, this program knows up to %d; update cashier to open it", e.Path, e.Holds, e.Knows)
}

// SpentError refuses a reference that was in use before the journal was
// restored from a backup that does not know it.
type SpentError struct{ Reference api.Reference }

func (e *SpentError) Error() string {
	return fmt.Sprintf("the reference %s was used before the journal was restored from a backup", e.Reference)
}

// ErrClosed says that the store has been closed.
var ErrClosed = errors.New("the journal is closed")

// named gives an error its place among the errors of this package and of
// till.
func named(path string, err error) error {
	if err == nil {
		return nil // before anything is allocated
	}
	damaged := new(DamagedError)
	switch {
	case errors.As(err, &damaged), errors.Is(err, till.ErrFull), errors.Is(err, till.ErrReadOnly):
		return err
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return ErrClosed
	case errors.Is(err, bolterrors.ErrTimeout):
		return lockedBy(path)
	case errors.Is(err, errFormat), errors.Is(err, bolterrors.ErrInvalid),
		errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return &DamagedError{path, err.Error()}
	case errors.Is(err, bolterrors.ErrDatabaseReadOnly), errors.Is(err, fs.ErrPermission), isErrno(err, errnosReadOnly):
		return fmt.Errorf("%w: %w; check who owns %s and that its folder is writable", till.ErrReadOnly, err, path)
	case isErrno(err, errnosFull):
		return fmt.Errorf("%w: %w; free some space on the disk of %s, nothing has been lost", till.ErrFull, err, path)
	}
	return err
}

// isErrno also reads the text: bbolt drops the cause when growing fails.
func isErrno(err error, list []error) bool {
	for _, errno := range list {
		if errors.Is(err, errno) || strings.HasSuffix(err.Error(), ": "+errno.Error()) {
			return true
		}
	}
	return false
}

// guard runs what touches the mapped file: bbolt panics on pages that make no
// sense, and a fault in the map (a file cut meanwhile, a pointer to nowhere)
// would end the program. Both become a DamagedError.
func guard(path string, do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error: // bbolt says nothing itself where it runs out of a page or of the file
			err = &DamagedError{path, "a page makes no sense: " + strings.TrimPrefix(r.Error(), "runtime error: ")}
		default:
			err = &DamagedError{path, fmt.Sprint(r)}
		}
	}()
	return do()
}
