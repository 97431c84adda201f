//go:build unix

package cli

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"cashier/store"
)

// A guest hears how far a backup and a verification are.
func TestUpkeepTellsGuests(t *testing.T) {
	s := newStand(t)
	for name, do := range map[string]func(tell func(store.Progress)) error{
		"backup": func(tell func(store.Progress)) error {
			_, err := s.guest.store.BackupTelling(t.Context(), filepath.Join(t.TempDir(), "copy.db"), tell)
			return err
		},
		"verify": func(tell func(store.Progress)) error {
			_, err := s.guest.store.VerifyTelling(t.Context(), tell)
			return err
		},
	} {
		told := 0
		if err := do(func(p store.Progress) {
			if p.Step != "" {
				told++
			}
		}); err != nil || told == 0 {
			t.Errorf("%s: told %d times, %v", name, told, err)
		}
	}
}

// endless is long work that ends when it is given up, and at once the second
// time.
func endless(t *testing.T) (l *labour[none, int], runs *atomic.Int32) {
	runs = new(atomic.Int32)
	l = labours("test-labour", func(ctx context.Context, _ *holding, _ none, tell func(store.Progress)) (int, error) {
		if runs.Add(1) > 1 {
			return 7, nil
		}
		for ctx.Err() == nil {
			tell(store.Progress{Step: store.StepCopy, Done: 1, Total: 2})
		}
		return 0, ctx.Err()
	})
	t.Cleanup(func() { delete(handlers, "test-labour") })
	return l, runs
}

// A guest gives long work up, and the owner stops it.
func TestGuestGivesUpkeepUp(t *testing.T) {
	s := newStand(t)
	l, runs := endless(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := l.watched(ctx, s.guest.seat, none{}, func(store.Progress) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if err := s.owner.close(t.Context()); err != nil || runs.Load() != 1 { // waits for what is under way
		t.Errorf("%d runs, %v", runs.Load(), err)
	}
}

// An owner that ends does not wait for long work: the guest, which is the owner
// then, does it itself.
func TestUpkeepMovesOn(t *testing.T) {
	s := newStand(t)
	l, runs := endless(t)
	begun := make(chan struct{})
	tell := sync.OnceFunc(func() { close(begun) })
	ended := make(chan error, 1)
	go func() {
		n, err := l.watched(t.Context(), s.guest.seat, none{}, func(store.Progress) { tell() })
		if n != 7 && err == nil {
			err = errors.New("another value")
		}
		ended <- err
	}()
	<-begun
	if err := s.owner.close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil || runs.Load() != 2 {
		t.Errorf("%d runs, %v", runs.Load(), err)
	}
}
