//go:build unix

package cli

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
)

// hasty lets the patience with a silent owner end soon.
func hasty(t *testing.T) {
	t.Helper()
	before, silent, beat := welcomeWithin, silentFor, beatEvery
	welcomeWithin, silentFor, beatEvery = 300*time.Millisecond, 300*time.Millisecond, 50*time.Millisecond
	t.Cleanup(func() { welcomeWithin, silentFor, beatEvery = before, silent, beat })
}

// lock has the journal as a process that does not serve it.
func lock(t *testing.T, path string) {
	t.Helper()
	s, err := store.Open(path, store.Options{Profile: "sandbox", Binding: sandboxStore})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// silent listens at a socket and never answers.
func silent(t *testing.T, path string) {
	t.Helper()
	l, err := bindSocket(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		var held []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				for _, c := range held {
					_ = c.Close()
				}
				return
			}
			held = append(held, conn)
		}
	}()
}

// TestSilentOwner: an owner that is there and does not answer is exit 6, within
// a bounded time, with its process and since when.
func TestSilentOwner(t *testing.T) {
	for name, at := range map[string]func(*testing.T, string){
		"it accepts and never answers": func(t *testing.T, path string) { silent(t, path+".sock") },
		"nobody is at the socket":      func(*testing.T, string) {},
		"the socket is a dead owner's": func(t *testing.T, path string) {
			l, err := listenAt(path + ".sock")
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Chmod(path+".sock", 0o600), l.Close()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			hasty(t)
			a := testApp(t, t.TempDir(), shortName)
			lock(t, a.store)
			at(t, a.store)
			began := time.Now()
			_, err := a.openStation(stationOptions{})
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			locked, ok := errors.AsType[*store.LockedError](err)
			if !ok || locked.PID != os.Getpid() || locked.Since.IsZero() || errors.Is(err, till.ErrNoWord) || !errors.Is(err, till.ErrBusy) {
				t.Fatalf("the error is %v", err)
			}
			f := a.describe(err)
			if f.exit != exitStore || f.code != "store-busy" || !strings.Contains(f.advice, "does not answer") {
				t.Errorf("it is told as %d %s: %s", f.exit, f.code, f.advice)
			}
		})
	}
}

// TestOwnerFallsSilent: what was begun may have been done, and the words do not
// say that nothing was sent.
func TestOwnerFallsSilent(t *testing.T) {
	hasty(t)
	s := newStand(t)
	stuck := make(chan struct{})
	beatEvery = time.Hour // as an owner has that is stopped
	deaf := reads("test-deaf", func(context.Context, *holding, none) (none, error) {
		<-stuck
		return none{}, nil
	})
	defer delete(handlers, "test-deaf")
	defer close(stuck)
	_, err := deaf.do(t.Context(), s.guest.seat, none{})
	if !errors.Is(err, till.ErrNoWord) || !errors.Is(err, till.ErrBusy) {
		t.Errorf("the error is %v", err)
	}
	f := s.app.describe(err)
	if f.exit != exitStore || f.code != "owner-stuck" || strings.Contains(f.advice, "Nothing was sent") {
		t.Errorf("it is told as %d %s: %s", f.exit, f.code, f.advice)
	}
}

// TestOwnerGoesAndLeavesNothingToOpen: the owner began it and is gone, and the
// journal that it leaves does not open. What became of it is not known.
func TestOwnerGoesAndLeavesNothingToOpen(t *testing.T) {
	a := testApp(t, t.TempDir(), shortName)
	if err := os.WriteFile(a.store, []byte("this is no journal"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := bindSocket(a.store + ".sock")
	if err != nil {
		t.Fatal(err)
	}
	go func() { // an owner that welcomes one call and dies
		defer l.Close()
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		line := newLine(conn)
		if _, _, err := line.read(); err == nil {
			_ = line.send(frameWelcome, welcome{})
		}
	}()
	_, p, err := a.loadProfile()
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{app: a, path: a.store, profile: p, guest: true, socket: socketOf(a.store), stands: map[api.Reference]bool{}}
	_, err = greet.do(t.Context(), s, none{})
	if _, damaged := errors.AsType[*store.DamagedError](err); !damaged || !errors.Is(err, till.ErrNoWord) {
		t.Errorf("the error is %v", err)
	}
}

// TestStaleSocket: what a dead owner left is replaced by the next one.
func TestStaleSocket(t *testing.T) {
	a := testApp(t, t.TempDir(), shortName)
	l, err := listenAt(a.store + ".sock")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// And one that was killed while it made its own.
	half := makingPath(a.store + ".sock")
	if err := errors.Join(os.Mkdir(filepath.Dir(half), 0o700), os.WriteFile(half, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	s := &stand{app: a, path: a.store}
	s.owner, s.guest = s.sit(t), s.sit(t)
	if s.owner.seat.guest || !s.guest.seat.guest {
		t.Error("the second one does not reach the first")
	}
	if _, err := os.Lstat(filepath.Dir(half)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was half made is still there: %v", err)
	}
}

// TestUnsafeSocket: a socket that others could have made or can use is not
// used.
func TestUnsafeSocket(t *testing.T) {
	s := newStand(t)
	if info, err := os.Lstat(s.path + ".sock"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has %v, %v", info, err)
	}
	if err := os.Chmod(s.path+".sock", 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := s.app.openStation(stationOptions{})
	if f := s.app.describe(err); f.exit != exitStore || f.code != "socket-unsafe" || !strings.Contains(f.message, "0666") {
		t.Errorf("open to others: %d %s: %s", f.exit, f.code, f.message)
	}
	if err := errors.Join(os.Remove(s.path+".sock"), os.WriteFile(s.path+".sock", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err = s.app.openStation(stationOptions{})
	if f := s.app.describe(err); f.code != "socket-unsafe" || !strings.Contains(f.message, "no socket") {
		t.Errorf("a file in its place: %d %s: %s", f.exit, f.code, f.message)
	}
}

// TestLongPath: a journal whose socket's name would be too long for the system
// has it under a short one, in a folder of this user's.
func TestLongPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("long-", 16))
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	a := testApp(t, folder, shortName)
	s := &stand{app: a, path: a.store}
	s.owner, s.guest = s.sit(t), s.sit(t)
	at := s.guest.seat.socket
	if !s.guest.seat.guest || !at.private || len(at.path) > longestSocket {
		t.Errorf("the socket is %q", at.path)
	}
	if info, err := os.Stat(filepath.Dir(at.path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its folder: %v %v", info, err)
	}
	if err := errors.Join(s.guest.close(t.Context()), s.owner.close(t.Context())); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(at.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

// TestOtherConfig: a guest whose config names another provider is refused, and
// so is another program.
func TestOtherConfig(t *testing.T) {
	s := newStand(t)
	other := testApp(t, filepath.Dir(s.path), `{"profiles":{"sandbox":{"sandbox":true,"providers":{
		"paycools":{"dialect":"paycools","baseUrl":"http://127.0.0.1:9","clientKey":"K","privateKey":{"env":"NO_KEY"}}}}}}`)
	_, err := other.openStation(stationOptions{})
	if f := other.describe(err); f.exit != exitConfig || !strings.Contains(f.message, "other providers") {
		t.Errorf("another provider: %d %s: %s", f.exit, f.code, f.message)
	}
	guest := s.guest.seat
	guest.mu.Lock()
	guest.hello.Version = "0.0.1"
	guest.mu.Unlock()
	_, err = s.guest.store.Get(t.Context(), "X")
	if f := s.app.describe(err); f.exit != exitStore || f.code != "other-version" {
		t.Errorf("another program: %d %s: %s", f.exit, f.code, f.message)
	}
}

// TestHandOver: an owner that ends answers what is under way, and its guests go
// on, one of them as the owner, with their subscriptions.
func TestHandOver(t *testing.T) {
	s := newStand(t)
	ctx := t.Context()
	if _, err := s.guest.till.Pay(ctx, s.order(t, "P-1", "pending", 11), nil); err != nil {
		t.Fatal(err)
	}
	updates, unsubscribe, err := s.guest.till.Follow(ctx, "P-1")
	if err != nil {
		t.Fatal(err)
	}
	defer unsubscribe()
	<-updates
	running, stop := context.WithCancel(ctx)
	defer stop()
	go s.guest.till.Run(running)
	third := s.sit(t)
	if err := s.owner.close(ctx); err != nil {
		t.Fatal(err)
	}
	for _, st := range []*station{s.guest, third} {
		if tx, err := st.store.Get(ctx, "P-1"); err != nil || tx.Reference != "P-1" {
			t.Errorf("after the change: %+v %v", tx, err)
		}
	}
	if (s.guest.seat.holding() == nil) == (third.seat.holding() == nil) {
		t.Error("not one of the guests became the owner")
	}
	for u := range updates {
		if !u.Checking && u.Answer.HTTPStatus != 0 { // the next owner asks
			break
		}
	}
	report, err := third.store.VerifyTelling(ctx, nil)
	if err != nil || !report.Sound() {
		t.Errorf("the journal: %+v %v", report, err)
	}
}
