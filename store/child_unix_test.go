//go:build unix

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cashier/api/till"
)

func init() {
	children["full"] = childFull
	children["nobody"] = childNobody
}

// childFull appends until the system refuses to let the file grow, and says
// what was taken and how it ended.
func childFull(path string) error {
	signal.Ignore(unix.SIGXFSZ) // otherwise the limit kills
	s, err := Open(path, Options{Profile: "test"})
	if err != nil {
		return err
	}
	if err := s.Reserve(); err != nil {
		return err
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1 << 18, Max: limit.Max}); err != nil {
		return err
	}
	for i := 0; ; i++ {
		c := intent(fmt.Sprintf("C%d", i), time.Now())
		c.Transaction.QR = strings.Repeat("Q", 1000)
		if err := s.Append(context.Background(), c); err != nil {
			_, reserve := os.Stat(reservePath(path))
			fmt.Println("ended", i, errors.Is(err, till.ErrFull), strings.Contains(err.Error(), "free some space"), errors.Is(reserve, fs.ErrNotExist))
			// What is there can still be read, and with room again it goes on.
			if _, err := s.Get(context.Background(), "C0"); err != nil {
				return err
			}
			if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
				return err
			}
			if err := s.Append(context.Background(), c); err != nil {
				return err
			}
			fmt.Println("taken", c.Transaction.Reference)
			return s.Close()
		}
		fmt.Println("taken", c.Transaction.Reference)
	}
}

func TestFileMayNotGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	cmd, out, _ := child(t, "full", path)
	taken, ended := 0, false
	for out.Scan() {
		switch {
		case out.Text() == fmt.Sprintf("taken C%d", taken):
			taken++
		case out.Text() == fmt.Sprintf("ended %d true true true", taken):
			ended = true
		default:
			t.Errorf("the child says %q", out.Text())
		}
	}
	if err := cmd.Wait(); err != nil || !ended || taken == 0 {
		t.Fatalf("ended %v after %d: %v", ended, taken, err)
	}
	s := openAt(t, path)
	if r := mustVerify(t, s); r.Transactions != taken {
		t.Errorf("%d transactions, %d were taken", r.Transactions, taken)
	}
	mustAppend(t, s, intent("C-later", noon))
}

// childNobody gives up root, where it has it, and opens.
func childNobody(path string) error {
	if os.Getuid() == 0 {
		if err := errors.Join(unix.Setgid(65534), unix.Setuid(65534)); err != nil {
			return err
		}
	}
	_, err := Open(path, Options{Profile: "test"})
	fmt.Println(errors.Is(err, till.ErrReadOnly), strings.Contains(fmt.Sprint(err), "who owns"))
	return nil
}

func TestPermissionLost(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "test.db")
	if err := openAt(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	// Readable for all, so that it is the writing that fails.
	for _, change := range []error{os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755), os.Chmod(path, 0o444)} {
		if change != nil {
			t.Fatal(change)
		}
	}
	cmd, out, _ := child(t, "nobody", path)
	if !out.Scan() || out.Text() != "true true" {
		t.Errorf("the child says %q", out.Text())
	}
	cmd.Wait()
}

func TestModes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "test.db")
	openAt(t, path)
	for file, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Stat(file); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, want %v", file, info.Mode(), want)
		}
	}
}
