package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"cashier/api/till"
	"cashier/store"
	"cashier/store/storetest"
	"cashier/ui/words"
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

// TestExportIsGivenUp: a signal in the middle ends it, and leaves no file.
func TestExportIsGivenUp(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal.db")
	if err := storetest.Build(path, 300, 1); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(path, store.Options{Profile: storetest.Profile})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, format := range []string{"csv", "json"} {
		ctx, cancel := context.WithCancel(t.Context())
		a, o, n := &app{words: words.For(words.English)}, outfile{path: filepath.Join(folder, "out")}, 0
		err := o.write(nil, func(w io.Writer) error {
			return a.export(ctx, s, till.Filter{}, format, w, func() {
				if n++; n == 100 {
					cancel()
				}
			})
		})
		if left, _ := filepath.Glob(filepath.Join(folder, "*out*")); !errors.Is(err, context.Canceled) || n >= 300 || len(left) > 0 {
			t.Errorf("%s: %v after %d, left %q", format, err, n, left)
		}
		if f := a.describe(err); f.exit != exitInterrupted {
			t.Errorf("%s: exit code %d", format, f.exit)
		}
	}
}
