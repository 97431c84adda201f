package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestOutfileWholeOrNotAtAll: what is broken off leaves nothing, and a file
// that came meanwhile stays as it is.
func TestOutfileWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "out.csv")
	left := func() int {
		t.Helper()
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	o := outfile{path: path}
	err := o.write(nil, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return context.Canceled
	})
	if !errors.Is(err, context.Canceled) || left() != 0 {
		t.Errorf("broken off: %v, %d files left", err, left())
	}
	err = o.write(nil, func(w io.Writer) error { return os.WriteFile(path, []byte("theirs"), 0o600) })
	if text, _ := os.ReadFile(path); !errors.Is(err, fs.ErrExist) || string(text) != "theirs" || left() != 1 {
		t.Errorf("a file that came meanwhile: %v, %q, %d files", err, text, left())
	}
	if err := o.check(); err == nil {
		t.Error("a file that is there is no usage error")
	}
	o.force = true
	err = errors.Join(o.check(), o.write(nil, func(w io.Writer) error { _, err := io.WriteString(w, "ours"); return err }))
	if text, _ := os.ReadFile(path); err != nil || string(text) != "ours" || left() != 1 {
		t.Errorf("with --force: %v, %q, %d files", err, text, left())
	}
}
