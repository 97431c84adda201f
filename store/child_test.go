package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// children are what this test binary does when it is started again with
// childVar set: another process that has the journal open.
const childVar = "CASHIER_STORE_TEST_CHILD"

var children = map[string]func(path string) error{
	"append": childAppend,
	"hold":   childHold,
}

func TestMain(m *testing.M) {
	if name := os.Getenv(childVar); name != "" {
		if err := children[name](os.Args[1]); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child starts the binary again; what it prints comes line by line.
func child(t *testing.T, name, path string) (*exec.Cmd, *bufio.Scanner, io.WriteCloser) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, path)
	cmd.Env = append(os.Environ(), childVar+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out), in
}

// childAppend appends for ever and says each change that has been taken: user
// ids, and payments that end, are due, and are settled.
func childAppend(path string) error {
	s, err := Open(path, Options{Profile: "test"})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		ref := api.NewReference(api.UserIDReference, time.Now())
		c := intent(string(ref), time.Now())
		if i%2 == 1 {
			c = payment(string(ref), "SALE", time.Now())
		}
		for range 3 {
			if err := s.Append(context.Background(), c); err != nil {
				return err
			}
			fmt.Println(ref, c.Transaction.Revision)
			if c.Transaction.Payment != nil {
				again := time.Time{}
				if c.Transaction.Revision == 1 {
					again = time.Now()
				}
				c = after(c.Transaction, till.Failed, time.Now(), recheck(again))
				continue
			}
			c = after(c.Transaction, till.Active, time.Now(), func(x *till.Transaction) {
				x.QR = strings.Repeat("Q", i%3000)
			})
		}
	}
}

// childHold keeps the journal until its standard input ends.
func childHold(path string) error {
	s, err := Open(path, Options{Profile: "test"})
	if err != nil {
		return err
	}
	fmt.Println("open")
	io.Copy(io.Discard, os.Stdin)
	return s.Close()
}

func TestKilledWhileAppending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	random := rand.New(rand.NewPCG(1, 2))
	taken := map[api.Reference]int{}
	for range 12 {
		cmd, out, _ := child(t, "append", path)
		note := func() {
			var ref api.Reference
			var revision int
			if _, err := fmt.Sscan(out.Text(), &ref, &revision); err != nil {
				t.Fatalf("the child says %q", out.Text())
			}
			taken[ref] = revision
		}
		for range random.IntN(60) {
			if !out.Scan() {
				t.Fatal("the child ended")
			}
			note()
		}
		// Now it is somewhere in a later commit.
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() {
			note()
		}
		cmd.Wait()

		s := openAt(t, path)
		for ref, revision := range taken {
			got, err := s.Get(t.Context(), ref)
			if err != nil || got.Revision < revision {
				t.Fatalf("%s was taken at revision %d, there is %d, %v", ref, revision, got.Revision, err)
			}
		}
		mustVerify(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(taken) < 50 {
		t.Errorf("only %d references were taken", len(taken))
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	cmd, out, in := child(t, "hold", path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the child says %q", out.Text())
	}
	for _, readOnly := range []bool{false, true} {
		_, err := Open(path, Options{Profile: "test", ReadOnly: readOnly, Timeout: time.Millisecond})
		locked := new(LockedError)
		if !errors.As(err, &locked) || locked.PID != cmd.Process.Pid || time.Since(locked.Since) > time.Minute ||
			!strings.HasPrefix(locked.Command, filepath.Base(os.Args[0])) {
			t.Errorf("got %v of %+v", err, locked)
		}
	}
	if _, err := SetAside(path); !errors.As(err, new(*LockedError)) {
		t.Errorf("a journal in use is set aside: %v", err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ownerPath(path)); !os.IsNotExist(err) {
		t.Errorf("the owner file stays after a close: %v", err)
	}
	openAt(t, path)
}

func TestStaleOwnerIsNotBelieved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	cmd, out, _ := child(t, "hold", path)
	if !out.Scan() {
		t.Fatal("no child")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if _, err := os.Stat(ownerPath(path)); err != nil {
		t.Fatalf("a killed owner leaves its file: %v", err)
	}
	if e := lockedBy(path); e.PID != 0 || !strings.Contains(e.Error(), "another process") {
		t.Errorf("believed: %v", e)
	}
	s := openAt(t, path)
	if e := lockedBy(path); e.PID != os.Getpid() {
		t.Errorf("the new owner is not named: %v", e)
	}
	s.Close()
}
