package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"cashier/api/till"
)

var testOptions = Options{Profile: "test", Timeout: time.Millisecond, Now: func() time.Time { return noon }}

func TestCompact(t *testing.T) {
	path := sample(t)
	s := openAt(t, path)
	for i := range 40 { // pages that are free afterwards
		if err := s.SetSetting(fmt.Sprint(i), bytes.Repeat([]byte("x"), 20_000)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		if err := s.SetSetting(fmt.Sprint(i), nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Compact(t.Context(), path, testOptions, nil); !errors.As(err, new(*LockedError)) {
		t.Errorf("an open journal: %v", err)
	}
	s.Close()
	want := contents(t, path)
	told := 0
	done, err := Compact(t.Context(), path, testOptions, func(Progress) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	if done.After >= done.Before || done.Before-done.After < 500_000 || done.Transactions != 313 || done.Events == 0 || told == 0 {
		t.Errorf("%+v", done)
	}
	if !bytes.Equal(contents(t, path), want) {
		t.Error("the journal says something else")
	}
	if r := mustVerifyFile(t, path); !r.HeadKnown {
		t.Error("the head file is gone")
	}
	if n := files(t, filepath.Dir(path)); len(n) != 2 {
		t.Errorf("there are %v", n)
	}
	s = openAt(t, path)
	mustAppend(t, s, intent("C-next", noon))
	mustVerify(t, s)
}

func TestCompactRefuses(t *testing.T) {
	path := sample(t)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Compact(ctx, path, testOptions, func(Progress) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	mustVerifyFile(t, path)
	tamperEvent(t, path)
	before := read(t, path)
	if _, err := Compact(t.Context(), path, testOptions, nil); !errors.Is(err, till.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
	if !bytes.Equal(read(t, path), before) {
		t.Error("the damaged journal has been changed")
	}
	if n := files(t, filepath.Dir(path)); len(n) != 2 {
		t.Errorf("there are %v", n)
	}
}

func init() { children["compact"] = childCompact }

// childCompact compacts and says each step, so that it can be killed at any.
func childCompact(path string) error {
	_, err := Compact(context.Background(), path, Options{Profile: "test"}, func(p Progress) { fmt.Println(p.Step, p.Done) })
	fmt.Println("done")
	return err
}

// TestKilledWhileCompacting leaves one whole journal, whenever it happens.
func TestKilledWhileCompacting(t *testing.T) {
	path := sample(t)
	want := contents(t, path)
	for lines := range 14 {
		cmd, out, _ := child(t, "compact", path)
		for range lines {
			if !out.Scan() {
				break
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		s := openAt(t, path)
		mustVerify(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(contents(t, path), want) {
			t.Fatalf("killed after %d lines: the journal says something else", lines)
		}
		if n := files(t, filepath.Dir(path)); len(n) != 2 {
			t.Errorf("killed after %d lines: there are %v", lines, n)
		}
	}
}
