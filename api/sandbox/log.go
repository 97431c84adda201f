package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrInUse says that another process has the state file.
var ErrInUse = errors.New("another process is using this sandbox")

// DamageError says which line of a state file cannot be read. The file has
// not been touched.
type DamageError struct {
	Path string
	Line int // from 1
	Err  error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s is damaged in line %d (%v); move it away to start with an empty sandbox", e.Path, e.Line, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }

// log is the open state file: JSON lines, each written whole by one write at
// the end of the file before anybody is told of it. That survives the death of
// the process; only compacting waits for the disk.
type log struct {
	file *os.File
	size int64
	torn bool // a failed write could not be taken back: nothing more is written
}

// slack is how many outdated lines a file may have before it is compacted.
const slack = 64

// openLog replays the file into st. What follows the last newline is a write
// that never finished, so nobody was told of it, and it is dropped.
func openLog(path string, st *state) (*log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the state file: %w", err)
	}
	lines, tail, err := replay(path, st)
	if err != nil {
		return nil, err
	}
	if tail > 0 || lines > 2*st.size()+slack {
		if err := compact(path, st); err != nil {
			return nil, fmt.Errorf("compact %s: %w", path, err)
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the state file: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = file.Chmod(0o600) // it holds private keys
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open the state file: %w", err)
	}
	return &log{file: file, size: info.Size()}, nil
}

// replay answers how many whole lines were read and how many bytes follow the
// last one. A file that is not there is an empty one.
func replay(path string, st *state) (lines int, tail int, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the state file: %w", err)
	}
	defer file.Close()
	for r := bufio.NewReaderSize(file, 64<<10); ; lines++ {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return lines, len(text), nil
		}
		if err != nil {
			return 0, 0, fmt.Errorf("read the state file: %w", err)
		}
		rec, err := decodeRecord(bytes.TrimSuffix(text, []byte("\n")))
		if err == nil {
			if err = rec.check(st); err == nil {
				rec.applyTo(st)
			}
		}
		if err == nil && lines == 0 && st.salt == "" {
			err = errors.New("this is not the beginning of a sandbox's state")
		}
		if err != nil {
			return 0, 0, &DamageError{Path: path, Line: lines + 1, Err: err}
		}
	}
}

// compact writes the state to a new file and puts it in the old one's place.
func compact(path string, st *state) error {
	return replaceFile(path, func(w io.Writer) error {
		for r := range st.all() {
			text, err := encodeRecord(r)
			if err != nil {
				return err
			}
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
		return nil
	})
}

// replaceFile writes a file (0600) beside the path, waits for the disk, and
// renames it: a reader finds the old content or the new, never a part.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func (l *log) append(r record) error {
	if l.torn {
		return errors.New("write the state file: an earlier write failed half-way")
	}
	text, err := encodeRecord(r)
	if err != nil {
		return err
	}
	n, err := l.file.Write(text)
	if err != nil {
		// A half line in the middle would damage the file: take it back.
		if n > 0 && l.file.Truncate(l.size) != nil {
			l.torn = true
		}
		return fmt.Errorf("write the state file: %w", err)
	}
	l.size += int64(n)
	return nil
}

func (l *log) close() error { return l.file.Close() }
