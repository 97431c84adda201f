package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

func TestAnotherProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(path, Options{Profile: "test", Binding: "https://a.test M1"})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for name, c := range map[string]struct {
		options Options
		refused bool
	}{
		"the same":        {Options{Profile: "test", Binding: "https://a.test M1"}, false},
		"binding unasked": {Options{Profile: "test"}, false},
		"another binding": {Options{Profile: "test", Binding: "https://b.test M1"}, true},
		"another name":    {Options{Profile: "other", Binding: "https://a.test M1"}, true},
		"to read":         {Options{Profile: "other", ReadOnly: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(path, c.options)
			if wrong := new(ProfileError); errors.As(err, &wrong) != c.refused {
				t.Errorf("got %v", err)
			}
			if err == nil {
				s.Close()
			} else if _, err := os.Stat(ownerPath(path)); !errors.Is(err, fs.ErrNotExist) {
				t.Error("a refused opening leaves an owner file")
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	if _, err := Open(path, Options{Profile: "test", ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing journal: %v", err)
	}
	s := openAt(t, path)
	mustAppend(t, s, intent("C1", noon))
	s.Close()
	var readers []*Store
	for range 2 {
		s, err := Open(path, Options{Profile: "test", ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, s)
	}
	for _, err := range []error{
		readers[0].Append(t.Context(), intent("C2", noon)),
		readers[0].SetSetting("x", []byte("y")),
		readers[0].Reserve(),
	} {
		if !errors.Is(err, till.ErrReadOnly) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := readers[1].Get(t.Context(), "C1"); err != nil {
		t.Error(err)
	}
	for _, s := range readers {
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestInterruptedCreation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	// What a creation leaves that is killed at any point: a part of the file
	// under another name.
	whole := sample(t)
	left := filepath.Join(filepath.Dir(path), ".test.db.new-123")
	for _, n := range []int{0, 100, pageSize, 3 * pageSize} {
		write(t, left, read(t, whole)[:n])
		s := openAt(t, path)
		mustVerify(t, s)
		s.Close()
		if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d bytes: the leftover stays", n)
		}
		for _, f := range []string{path, headPath(path)} {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCreatedTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "test.db")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			s, err := Open(path, Options{Profile: "test", Timeout: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Append(t.Context(), intent("C"+string(rune('0'+i)), noon)); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if r := mustVerify(t, openAt(t, path)); r.Transactions != 8 {
		t.Errorf("%d of 8 stayed", r.Transactions)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 3 {
		t.Errorf("the folder holds %v", entries)
	}
}

// TestCreatedMeanwhile: another process puts its journal in place and clears up
// while this one is still making its own.
func TestCreatedMeanwhile(t *testing.T) {
	theirs := sample(t)
	for range 50 {
		path := filepath.Join(t.TempDir(), "test.db")
		var other sync.WaitGroup
		other.Go(func() {
			for {
				made, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".test.db"+leftover+"*"))
				if _, there := os.Lstat(path); there == nil || err != nil {
					return // ours was quicker
				}
				if len(made) > 0 {
					break
				}
			}
			if os.Link(theirs, path) == nil {
				removeLeftovers(path)
			}
		})
		err := create(path, Options{Profile: "test", Timeout: time.Minute}, schema)
		other.Wait()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSchemas(t *testing.T) {
	path := sample(t)
	newer := schema + 1
	marker := []byte("marker")
	steps := []migration{{from: schema, run: func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketSettings).Put(marker, []byte("migrated"))
	}}}
	options := Options{Profile: "test", Timeout: time.Millisecond, Now: func() time.Time { return noon }}

	if _, err := open(path, Options{Profile: "test", ReadOnly: true}, newer, steps); !errors.Is(err, till.ErrReadOnly) {
		t.Errorf("an old schema to read only: %v", err)
	}
	before := read(t, path)
	for name, bad := range map[string][]migration{
		"missing": nil,
		"failing": {{from: schema, run: func(tx *bbolt.Tx) error {
			return errors.Join(tx.DeleteBucket(bucketRefs), errors.New("no luck"))
		}}},
	} {
		if _, err := open(path, options, newer, bad); err == nil {
			t.Fatalf("%s: it opens", name)
		}
		s := openAt(t, path) // still of this schema
		mustVerify(t, s)
		s.Close()
	}

	s, err := open(path, options, newer, steps)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := s.Setting("marker"); string(v) != "migrated" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	mustVerify(t, s)
	s.Close()
	_, err = Open(path, options)
	if wrong := new(SchemaError); !errors.As(err, &wrong) || wrong.Holds != newer || wrong.Knows != schema || !strings.Contains(err.Error(), "update cashier") {
		t.Errorf("a newer schema: %v", err)
	}

	copies, err := filepath.Glob(fmt.Sprintf("%s.schema-%d-20261120-050000*", path, schema))
	if err != nil || len(copies) != 3 {
		t.Fatalf("copies: %v, %v", copies, err)
	}
	old := openAt(t, copies[2])
	if mustVerify(t, old).Transactions != 313 {
		t.Error("the copy is not the journal as it was")
	}
	if binary.BigEndian.Uint32(schemaOf(t, old)) != schema || len(before) == 0 {
		t.Error("the copy has another schema")
	}
}

func schemaOf(t *testing.T, s *Store) (v []byte) {
	t.Helper()
	err := s.view(func(tx *bbolt.Tx) error {
		v = bytes.Clone(tx.Bucket(bucketMeta).Get(metaSchema))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestReserve(t *testing.T) {
	s := newStore(t)
	free, err := s.freeSpace(filepath.Dir(s.path))
	if err != nil || free == 0 {
		t.Fatalf("%d bytes free, %v", free, err)
	}
	for range 2 {
		if err := s.Reserve(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(reservePath(s.path)); err != nil || info.Size() != leastFree {
			t.Fatalf("the reserve: %v, %v", info, err)
		}
	}
	s.freeSpace = func(string) (uint64, error) { return leastFree - 1, nil }
	if err := s.Reserve(); !errors.Is(err, till.ErrFull) || !strings.Contains(err.Error(), "free some") {
		t.Errorf("a full disk: %v", err)
	}
	if !s.spendReserve() || s.spendReserve() {
		t.Error("the reserve is spent once")
	}
	s.freeSpace = func(string) (uint64, error) { return leastFree, nil }
	if err := s.Reserve(); err != nil {
		t.Errorf("room again: %v", err)
	}
}

func TestErrorsHaveTheirNames(t *testing.T) {
	for _, c := range []struct{ err, want error }{
		{&fs.PathError{Op: "write", Path: "x", Err: errnosFull[0]}, till.ErrFull},
		{errors.New("file resize error: truncate x: " + errnosFull[0].Error()), till.ErrFull}, // as bbolt says it
		{&fs.PathError{Op: "open", Path: "x", Err: errnosReadOnly[0]}, till.ErrReadOnly},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, till.ErrReadOnly},
		{till.ErrStale, till.ErrStale},
	} {
		if got := named("x", c.err); !errors.Is(got, c.want) || !errors.Is(got, c.err) && !strings.Contains(got.Error(), c.err.Error()) {
			t.Errorf("%v became %v", c.err, got)
		}
	}
}

func TestPanicsBecomeDamage(t *testing.T) {
	s := newStore(t)
	err := s.view(func(*bbolt.Tx) error { panic("page 7: not a page") })
	if !errors.Is(err, till.ErrDamaged) || !strings.Contains(err.Error(), "page 7") {
		t.Errorf("got %v", err)
	}
	if err := s.update(func(*bbolt.Tx) error { panic("page 7: not a page") }); !errors.Is(err, till.ErrDamaged) {
		t.Errorf("got %v", err)
	}
	var none []byte
	err = s.view(func(*bbolt.Tx) error { _ = none[len(s.path)]; return nil })
	if !errors.Is(err, till.ErrDamaged) || !strings.Contains(err.Error(), "(a page makes no sense: index out of range") {
		t.Errorf("got %v", err)
	}
	mustAppend(t, s, intent("C1", noon)) // no lock is left behind
}

// TestCutWhileOpen cuts the file under an open journal: what is asked for then
// fails at once, each time, and closing lets go of the file.
func TestCutWhileOpen(t *testing.T) {
	for name, left := range map[string]func(size int64) int64{
		"in half":     func(size int64) int64 { return size / 2 },
		"but a few":   func(size int64) int64 { return 3 * pageSize },
		"its meta":    func(int64) int64 { return pageSize },
		"to nothing":  func(int64) int64 { return 0 },
		"in the tail": func(size int64) int64 { return size - size/8 },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			s, err := Open(path, testOptions)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 100 {
				mustAppend(t, s, intent(fmt.Sprintf("C%d", i), noon))
			}
			size := int64(0)
			if err := s.view(func(tx *bbolt.Tx) error { size = tx.Size(); return nil }); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, left(size)); err != nil {
				t.Fatal(err)
			}
			failed := 0
			done := make(chan error, 1)
			step := func(what string, do func() error) {
				t.Helper()
				go func() { done <- do() }()
				select {
				case err := <-done:
					if err != nil && !errors.Is(err, till.ErrDamaged) {
						t.Errorf("%s: %v", what, err)
					}
					if err != nil {
						failed++
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("%s never returns", what)
				}
			}
			for i := range 3 {
				step("append", func() error { return s.Append(t.Context(), intent(fmt.Sprintf("D%d", i), noon)) })
				step("verify", func() error { _, err := s.Verify(t.Context()); return err })
				step("page", func() error { _, err := s.Page(t.Context(), till.Filter{}, "", 10); return err })
			}
			step("close", s.Close)
			if failed < 3 {
				t.Errorf("only %d have failed", failed)
			}
			if _, err := SetAside(path); err != nil {
				t.Errorf("after closing: %v", err)
			}
		})
	}
}
