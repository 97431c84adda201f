package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/till"
)

// backedUp is a journal with a backup of it and some later work, closed.
func backedUp(t testing.TB) (path, backup string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.db")
	backup = filepath.Join(t.TempDir(), "backup.db")
	s := openAt(t, path)
	for i := range 50 {
		c := intent(fmt.Sprintf("C%d", i), noon)
		mustAppend(t, s, c, after(c.Transaction, till.Active, noon, nil))
	}
	unsent := payment("Q-intent", "Q-intent", noon)
	open := payment("Q-open", "Q-open", noon)
	paid := payment("Q-paid", "Q-paid", noon)
	mustAppend(t, s, unsent, open, after(open.Transaction, till.Unknown, noon, nil),
		paid, after(paid.Transaction, till.Paid, noon, func(x *till.Transaction) {
			x.Refunds = []till.Refund{{Reference: "R-intent", Amount: api.IDR(1_00), State: till.RefundIntent, Request: []byte("{}")}}
		}))
	if _, err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	// Since the backup: a session, a new payment, one that ended, and a refund that left.
	if _, err := s.OpenSession(t.Context(), till.Opening{Operator: "Siti", Branch: "0123"}); err != nil {
		t.Fatal(err)
	}
	late := payment("Q-late", "Q-late", noon)
	mustAppend(t, s, late, after(late.Transaction, till.Paid, noon, nil))
	x, err := s.Get(t.Context(), "Q-open")
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, after(x, till.Paid, noon, nil))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, backup
}

func names(rows []till.Row) (list []string) {
	for _, r := range rows {
		list = append(list, string(r.Reference))
	}
	return list
}

func TestRestore(t *testing.T) {
	for name, spoil := range map[string]func(b []byte) []byte{
		"cut in half":    func(b []byte) []byte { return b[:len(b)/2] },
		"no beginning":   func(b []byte) []byte { clear(b[:2*pageSize]); return b },
		"pages of zeros": func(b []byte) []byte { clear(b[4*pageSize : 16*pageSize]); return b },
	} {
		t.Run(name, func(t *testing.T) {
			path, backup := backedUp(t)
			saved := read(t, backup)
			spoilt := spoil(read(t, path))
			write(t, path, bytes.Clone(spoilt))
			steps := map[string]bool{}
			r, err := Restore(t.Context(), backup, path, testOptions, func(p Progress) { steps[p.Step] = true })
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(read(t, backup), saved) {
				t.Error("the backup has been changed")
			}
			if r.Path != path || !strings.HasPrefix(r.SetAside, path+".damaged-") || !bytes.Equal(read(t, r.SetAside), spoilt) || r.Read != path || r.ReadError != nil {
				t.Errorf("%+v", r)
			}
			if r.Transactions != 53 || r.Events != 105 || !r.At.Equal(noon) || r.Open != 3 || !steps[StepCopy] || !steps[StepRead] {
				t.Errorf("%+v, %v", r, steps)
			}
			if got := r.Unsure; !slices.Equal(got, []api.Reference{"Q-intent", "Q-paid"}) {
				t.Errorf("unsure are %v", got)
			}
			if name == "no beginning" { // its rows are all there
				if !slices.Equal(names(r.New), []string{"Q-late"}) || !slices.Equal(names(r.Changed), []string{"Q-open"}) || r.New[0].State != till.Paid || !slices.Equal(r.Sessions, []int{1}) || r.New[0].Amount != api.IDR(125_000_00) {
					t.Errorf("new %v, changed %v", r.New, r.Changed)
				}
			}
			if n := files(t, filepath.Dir(path)); len(n) != 4 {
				t.Errorf("there are %v", n)
			}
			s := openAt(t, path)
			v := mustVerify(t, s)
			if !v.HeadKnown || len(v.Restored) != 1 || v.Restored[0].Events != 105 || v.Restored[0].Missing != len(r.New)+len(r.Changed) || !v.Restored[0].At.Equal(noon) {
				t.Errorf("%+v", v)
			}
			if len(r.New) > 0 {
				err := s.Append(t.Context(), payment("Q-late", "Q-late", noon))
				if spent := new(SpentError); !errors.As(err, &spent) || spent.Reference != "Q-late" {
					t.Errorf("a spent reference: %v", err)
				}
			}
			// What may have been sent since is not called unsent any more.
			x, err := s.Get(t.Context(), "Q-intent")
			if err != nil || x.State != till.Unknown || len(x.Attempts) != 1 || x.Attempts[0].Class != api.Unknown {
				t.Errorf("%+v, %v", x, err)
			}
			x, err = s.Get(t.Context(), "Q-paid")
			if err != nil || x.State != till.Paid || x.Refunds[0].State != till.RefundUnknown || len(x.Refunds[0].Attempts) != 1 {
				t.Errorf("%+v, %v", x, err)
			}
			events, err := s.Events(t.Context(), "Q-intent")
			if err != nil || events[len(events)-1].What != till.WhatRestored {
				t.Errorf("%v, %v", events, err)
			}
			mustAppend(t, s, payment("Q-next", "Q-next", noon))
			mustVerify(t, s)
		})
	}
}

func TestRestoreRefuses(t *testing.T) {
	path, backup := backedUp(t)
	before := read(t, path)
	refused := func(name string, err error, want any) {
		t.Helper()
		if err == nil || !errors.As(err, want) {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(read(t, path), before) {
			t.Errorf("%s: the journal has been changed", name)
		}
		if n := files(t, filepath.Dir(path)); len(n) != 2 {
			t.Errorf("%s: there are %v", name, n)
		}
	}
	sound := new(SoundError)
	_, err := Restore(t.Context(), backup, path, testOptions, nil)
	refused("a sound journal", err, &sound)
	if sound.Path != path || sound.Transactions != 54 {
		t.Errorf("%+v", sound)
	}
	_, err = Restore(t.Context(), path, path, testOptions, nil)
	refused("from itself", err, new(*ExistsError))

	cmd, out, in := child(t, "hold", path)
	if !out.Scan() {
		t.Fatal("no child")
	}
	if _, err := Restore(t.Context(), backup, path, testOptions, nil); !errors.As(err, new(*LockedError)) {
		t.Errorf("in use: %v", err)
	}
	in.Close()
	cmd.Wait()

	// From here on the journal itself is damaged.
	before = before[:len(before)/2]
	write(t, path, before)
	other := testOptions
	other.Profile = "other"
	_, err = Restore(t.Context(), backup, path, other, nil)
	refused("another profile's", err, new(*ProfileError))
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Restore(ctx, backup, path, testOptions, func(p Progress) {
		if p.Step == StepCopy {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	refused("cancelled", &ExistsError{}, new(*ExistsError))
	_, err = Restore(t.Context(), backup+"-none", path, testOptions, nil)
	refused("no backup", err, new(*fs.PathError))
	tamperEvent(t, backup)
	_, err = Restore(t.Context(), backup, path, testOptions, nil)
	wrong := new(DamagedError)
	refused("a damaged backup", err, &wrong)
	if wrong.Path != backup {
		t.Errorf("%+v", wrong)
	}
}

// TestRestoreAlone: nobody sets the journal aside or begins to work with it while
// a backup is put in its place; and what stands there by then all the same stays.
func TestRestoreAlone(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(path string)
		meanwhile func(path string) error
		refused   string // the restore says so; empty: it is done
	}{
		"damaged, set aside": {
			func(path string) { write(t, path, []byte("junk")) },
			func(path string) error { _, err := SetAside(path); return err }, "",
		},
		"empty, opened": {
			func(path string) {
				os.Remove(path)
				os.Remove(headPath(path))
				openAt(t, path).Close()
			},
			func(path string) error { _, err := Open(path, testOptions); return err }, "",
		},
		"gone, made anew": {
			func(path string) { os.Remove(path); os.Remove(headPath(path)) },
			func(path string) error {
				s := openAt(t, path)
				mustAppend(t, s, payment("Q-mine", "Q-mine", noon))
				return s.Close()
			}, "is not overwritten",
		},
		"damaged, another file": {
			func(path string) { write(t, path, []byte("junk")) },
			func(path string) error {
				os.Remove(path)
				os.Remove(headPath(path))
				s := openAt(t, path)
				mustAppend(t, s, payment("Q-mine", "Q-mine", noon))
				return s.Close()
			}, "is in use",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, backup := backedUp(t)
			c.spoil(path)
			tried := false
			_, err := Restore(t.Context(), backup, path, testOptions, func(p Progress) {
				if p.Step == StepCopy && !tried {
					tried = true
					if err := c.meanwhile(path); c.refused == "" {
						if locked := new(LockedError); !errors.As(err, &locked) || locked.PID != os.Getpid() {
							t.Errorf("meanwhile: %v", err)
						}
					} else if err != nil {
						t.Error(err)
					}
				}
			})
			want := "Q-open"
			if c.refused != "" {
				want = "Q-mine"
			}
			if !tried || (err == nil) != (c.refused == "") || !strings.Contains(fmt.Sprint(err), c.refused) {
				t.Errorf("%v, %v", tried, err)
			}
			s := openAt(t, path)
			if _, err := s.Get(t.Context(), api.Reference(want)); err != nil {
				t.Error(err)
			}
			mustVerify(t, s) // with its own head file
		})
	}
}

// TestRestoreWhereNothingIs also reads what was set aside before.
func TestRestoreWhereNothingIs(t *testing.T) {
	path, backup := backedUp(t)
	whole := read(t, path)
	clear(whole[:pageSize*2])
	write(t, path, whole)
	aside, err := SetAside(path)
	if err != nil {
		t.Fatal(err)
	}
	openAt(t, path).Close() // somebody began anew, and did nothing
	r, err := Restore(t.Context(), backup, path, testOptions, nil)
	if err != nil || r.Read != aside || !slices.Equal(names(r.New), []string{"Q-late"}) || !strings.Contains(r.SetAside, ".empty-") {
		t.Fatalf("%+v, %v", r, err)
	}
	mustVerifyFile(t, path)
	mustVerifyFile(t, r.SetAside)

	elsewhere := filepath.Join(t.TempDir(), "deep", "test.db")
	r, err = Restore(t.Context(), backup, elsewhere, testOptions, nil)
	if err != nil || r.Read != "" || r.SetAside != "" || len(r.New) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	mustVerifyFile(t, elsewhere)
	if _, err := os.Stat(headPath(elsewhere)); err != nil {
		t.Error(err)
	}
}

func init() { children["restore"] = childRestore }

// childRestore restores the backup beside the journal and says each step.
func childRestore(path string) error {
	_, err := Restore(context.Background(), path+".backup", path, Options{Profile: "test"}, func(p Progress) { fmt.Println(p.Step, p.Done) })
	fmt.Println("done")
	return err
}

// TestKilledWhileRestoring leaves the damaged journal as it was, or the restored
// one whole and the other under its new name.
func TestKilledWhileRestoring(t *testing.T) {
	path, backup := backedUp(t)
	spoilt := read(t, path)[:3*pageSize]
	write(t, path, spoilt)
	write(t, path+".backup", read(t, backup))
	write(t, headPath(path+".backup"), read(t, headPath(backup)))
	for lines := 0; ; lines++ {
		cmd, out, _ := child(t, "restore", path)
		for range lines {
			if !out.Scan() {
				break
			}
		}
		done := out.Text() == "done"
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		aside, err := filepath.Glob(path + ".damaged-*")
		if err != nil {
			t.Fatal(err)
		}
		kept := slices.ContainsFunc(aside, func(name string) bool { return bytes.Equal(read(t, name), spoilt) })
		if bytes.Equal(read(t, path), spoilt) {
			if done {
				t.Fatal("it is done, and nothing was restored")
			}
			continue
		}
		mustVerifyFile(t, path)
		if !kept {
			t.Errorf("after %d lines the damaged journal is gone: %v", lines, aside)
		}
		mustVerify(t, openAt(t, path))
		return
	}
}
