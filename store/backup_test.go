package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func mustVerifyFile(t testing.TB, path string) Report {
	t.Helper()
	r, err := verifyFile(t.Context(), path, Options{Profile: "test"}, nil)
	if err != nil || !r.Sound() {
		t.Fatal(r.Problems, err)
	}
	return r
}

// TestBackupWhileWorking copies a journal that is being written to: each
// backup is one moment of it.
func TestBackupWhileWorking(t *testing.T) {
	s := openAt(t, sample(t))
	dir := t.TempDir()
	var group sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	appended := make(chan int, 1)
	group.Go(func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			c := intent("C-hot-"+strings.Repeat("x", n%20)+string(rune('a'+n%26))+string(rune('a'+n/26%26))+string(rune('a'+n/676)), noon)
			if err := s.Append(context.Background(), c); err != nil {
				t.Error(err)
				break
			}
		}
		appended <- n
	})
	last := uint64(0)
	for i := range 5 {
		path := filepath.Join(dir, "backup"+string(rune('0'+i)))
		told := 0
		b, err := s.BackupTelling(t.Context(), path, func(p Progress) { told++ })
		if err != nil {
			t.Fatal(err)
		}
		r := mustVerifyFile(t, path)
		if !r.HeadKnown || b.Transactions != r.Transactions || b.Events != uint64(r.Events) || b.Events < last || b.Path != path || told == 0 {
			t.Errorf("%+v of %+v", b, r)
		}
		last = b.Events
		for _, f := range []string{path, headPath(path)} {
			if info, err := os.Stat(f); err != nil || info.Mode() != 0o600 {
				t.Error(info.Mode(), err)
			}
		}
	}
	stop()
	group.Wait()
	t.Logf("%d appended beside 5 backups", <-appended)
	if n := files(t, dir); len(n) != 10 {
		t.Errorf("there are %v", n)
	}
	mustVerify(t, s)
}

func TestBackupRefuses(t *testing.T) {
	s := openAt(t, sample(t))
	dir := t.TempDir()
	path := filepath.Join(dir, "backup")
	exists := new(ExistsError)
	write(t, path, []byte("mine"))
	if _, err := s.Backup(t.Context(), path); !errors.As(err, &exists) || exists.Path != path || !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	other := filepath.Join(dir, "other")
	write(t, headPath(other), []byte("mine"))
	if _, err := s.Backup(t.Context(), other); !errors.As(err, &exists) {
		t.Errorf("over a head file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.BackupTelling(ctx, filepath.Join(dir, "third"), func(Progress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := s.Backup(t.Context(), filepath.Join(dir, "no", "folder")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if n := files(t, dir); len(n) != 2 || string(read(t, path)) != "mine" {
		t.Errorf("there are %v", n)
	}
}

// A backup of a journal that does not verify is none.
func TestBackupOfDamage(t *testing.T) {
	path := sample(t)
	tamperEvent(t, path)
	s := openAt(t, path)
	dir := t.TempDir()
	_, err := s.Backup(t.Context(), filepath.Join(dir, "backup"))
	if wrong := new(DamagedError); !errors.As(err, &wrong) || wrong.Path != path || !errors.Is(err, till.ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if n := files(t, dir); len(n) != 0 {
		t.Errorf("there are %v", n)
	}
}

// tamperEvent changes a byte of an event by bbolt's own means.
func tamperEvent(t testing.TB, path string) {
	t.Helper()
	s := openAt(t, path)
	if err := s.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("events/2026-11"))
		k, v := b.Cursor().Last()
		changed := append([]byte{}, v...)
		changed[len(changed)-2] ^= 1
		return b.Put(append([]byte{}, k...), changed)
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A tail that is known to be lost does not keep a journal from being backed up.
func TestBackupWithAKnownCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openAt(t, path)
	mustAppend(t, s, intent("C1", noon))
	s.Close()
	earlier := read(t, path)
	s = openAt(t, path)
	mustAppend(t, s, intent("C2", noon))
	s.Close()
	write(t, path, earlier)
	s = openAt(t, path)
	mustAppend(t, s, intent("C3", noon))
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	r, err := verifyFile(t.Context(), backup, Options{Profile: "test"}, nil)
	if err != nil || r.Sound() || !r.Usable() || !r.Problems[0].Known {
		t.Errorf("%+v, %v", r, err)
	}
}

// The head file beside a backup tells when its tail has been cut.
func TestBackupTailCut(t *testing.T) {
	s := newStore(t)
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	mustAppend(t, s, intent("C1", noon))
	if _, err := s.Backup(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, intent("C2", noon))
	if _, err := s.Backup(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	write(t, second, read(t, first))
	r, err := verifyFile(t.Context(), second, Options{Profile: "test"}, nil)
	if err != nil || r.Usable() || !strings.Contains(r.Problems[0].What, "the head file knows 2") {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestBackupClearsWhatWasKilled: not what another one is still making, nor what
// belongs to another name.
func TestBackupClearsWhatWasKilled(t *testing.T) {
	s := newStore(t)
	mustAppend(t, s, intent("C1", noon))
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{".b[1].db.partial-7", ".b[1].db.partial-7.head", ".b[1].db.partial-8", ".b1.db.partial-9"} {
		write(t, at(name), []byte("half"))
	}
	release, held, err := hold(at(".b[1].db.partial-8"))
	if err != nil || !held {
		t.Fatal(held, err)
	}
	defer release()
	tried := false
	_, err = s.BackupTelling(t.Context(), at("b[1].db"), func(p Progress) {
		if p.Step == StepCopy && !tried {
			tried = true
			removePartial(at("b[1].db")) // as another backup to this name would
		}
	})
	if err != nil || !tried {
		t.Fatal(tried, err)
	}
	if got, want := files(t, dir), []string{".b1.db.partial-9", ".b[1].db.partial-8", "b[1].db", "b[1].db.head"}; !slices.Equal(got, want) {
		t.Errorf("there are %v, want %v", got, want)
	}
}
