//go:build unix

package cli

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"cashier/store"
	"cashier/store/storetest"
)

// TestUpkeep is the life of a journal: sound, backed up, cut in half, restored,
// compacted.
func TestUpkeep(t *testing.T) {
	p := newPremises(t)
	_, said := p.run(exitEnded, "history", "verify")
	want(t, "no journal", said, `there is no journal .*\nThere is no journal .* yet`)
	if _, err := os.Stat(filepath.Dir(p.journal())); err == nil {
		t.Error("verify makes a journal")
	}
	p.generate()
	out, said := p.run(0, "history", "verify")
	want(t, "sound", out, `^✓ sound  1 transactions, \d+ events\n$`)
	want(t, "sound", said, `^$`)
	backup := filepath.Join(p.home, "backup.db")
	out, _ = p.run(0, "history", "backup", "backup.db")
	want(t, "backup", out, `^✓ backup  `+regexp.QuoteMeta(backup)+`: 1 transactions, .* verified\n$`)
	_, said = p.run(exitUsage, "history", "backup", "backup.db")
	want(t, "backup again", said, `is there already and was not overwritten`)
	out, _ = p.run(0, "history", "backup", "second.db", "--json")
	want(t, "backup as JSON", out, `^\{"file":".*second.db","bytes":\d+,"transactions":1,"events":\d+\}\n$`)
	out, _ = p.run(0, "--store", backup, "history", "verify", "--json")
	want(t, "verify the backup", out, `"sound":true,"complete":true,"headFile":true,"transactions":1`)
	_, said = p.run(exitEnded, "history", "restore", "backup.db")
	want(t, "restore over a sound journal", said, `is sound and holds 1 transactions; it is not replaced\n.*mv -n `)
	_, said = p.run(exitUsage, "history", "restore", p.journal())
	want(t, "restore from itself", said, `is the journal itself, not a backup`)
	_, said = p.run(exitUsage, "history", "backup", filepath.Join("none", "b.db"))
	want(t, "backup to nowhere", said, `there is no folder .*none\n.*Make it first`)
	_, said = p.run(exitUsage, "history", "restore", "nothing.db")
	want(t, "no backup", said, `There is no backup .*nothing.db`)

	p.generate()
	p.cutInHalf()
	before := p.files()
	out, said = p.run(exitStore, "history", "verify")
	want(t, "cut", out, `^✗ damaged\n.*\n.*it has been cut: \d+ bytes of at least \d+ are left\n$`)
	want(t, "cut", said, `cannot be read: it has been cut.*history restore BACKUP`)
	out, _ = p.run(exitStore, "history", "verify", "--json")
	want(t, "cut", out, `^\{"file":".*","sound":false,"complete":false,.*"problems":\[\{"what":"it has been cut.*"\}\]\}\n$`)
	p.run(exitStore, "history", "compact")
	p.run(exitStore, "history", "compact", "--dry-run")
	if after := p.files(); len(after) != len(before) || after["sandbox.db"] != before["sandbox.db"] {
		t.Error("looking at a damaged journal changes it")
	}
	out, said = p.run(0, "history", "restore", "backup.db")
	want(t, "restored", out, `^✓ restored  .*: 1 transactions, \d+ events, verified\nThe file that stood there is kept as .*sandbox\.db\.damaged-`)
	want(t, "restored", said, `(missing in this journal|Nothing that happened after the backup was found)`)
	out, _ = p.run(0, "history", "verify")
	want(t, "after the restore", out, `✓ sound  1 transactions, \d+ events\nrestored 20\d\d-\d\d-\d\d .* from a backup of \d+ events`)
	kept := 0
	for name, content := range p.files() {
		if strings.HasPrefix(name, "sandbox.db.damaged-") && content == before["sandbox.db"] {
			kept++
		}
	}
	if kept != 1 {
		t.Error("the damaged journal is not kept")
	}
	p.generate()
	out, _ = p.run(0, "history", "compact")
	want(t, "compact", out, `^✓ compact  .* → .* gained; 2 transactions, verified\n$`)
	out, _ = p.run(0, "history", "compact", "--dry-run", "--json")
	want(t, "what would go", out, `^\{"before":"\d{4}-\d\d","transactions":0,"held":0\}\n$`)
	p.run(0, "history", "verify")
}

// TestRestoreSaysWhatIsMissing damages the beginning alone: what happened after
// the backup can still be read.
func TestRestoreSaysWhatIsMissing(t *testing.T) {
	p := newPremises(t)
	p.generate()
	p.run(0, "history", "backup", "backup.db")
	p.generate()
	out, _ := p.run(0, "history", "list", "--json", "--limit", "1")
	var list struct{ Items []rowJSON }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	reference := string(list.Items[0].Reference)
	f, err := os.OpenFile(p.journal(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 8192), 0); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out, said := p.run(0, "history", "restore", "backup.db")
	want(t, "restored", out, `(?s)Missing here, as they stood in .*`+reference)
	want(t, "restored", said, `1 transactions of that time were found .* before you charge anybody again`)
	_, said = p.run(exitUsage, "cdm", "generate", "--reference", reference, "--courier-no", "1", "--courier-name", "Budi", "--courier-mobile", "08", "--region-no", "1", "--branch-no", "1")
	want(t, "a spent reference", said, `was used before this journal was restored`)
	out, _ = p.run(0, "history", "verify", "--json")
	want(t, "verify", out, `"restored":\[\{"at":".*\+07:00","events":\d+,"missing":1\}\]`)
}

// TestGoBackToABackup moves a sound journal away, as the restore that is refused
// says: what it held is found there.
func TestGoBackToABackup(t *testing.T) {
	p := newPremises(t)
	p.generate()
	p.run(0, "history", "backup", "backup.db")
	p.generate()
	_, said := p.run(exitEnded, "history", "restore", "backup.db")
	move := regexp.MustCompile(`mv -n (\S+) (\S+)\n`).FindStringSubmatch(said)
	if move == nil {
		t.Fatalf("%q does not say how", said)
	}
	if err := os.Rename(move[1], move[2]); err != nil {
		t.Fatal(err)
	}
	out, said := p.run(0, "history", "restore", "backup.db", "--json")
	want(t, "restored", out, `"read":"`+regexp.QuoteMeta(move[2])+`","missing":\[\{"reference"`)
	want(t, "restored", said, `1 transactions of that time were found in .*\.old`)
	p.run(0, "history", "verify")
}

// TestDiskFull limits how large files may become: nothing is lost, and each
// command says so.
func TestDiskFull(t *testing.T) {
	p := newPremises(t)
	p.generate()
	p.run(0, "history", "backup", "backup.db")
	before := p.files()
	const full = `(?s)no space left for the journal.*The disk is full, so .* cannot be written`
	limited := *p
	limited.shell = "ulimit -f 8" // 4 or 8 KiB
	for _, args := range [][]string{
		{"history", "backup", "more.db"}, {"history", "compact"}, {"cdm", "generate", "--courier-no", "1", "--courier-name", "B", "--courier-mobile", "08", "--region-no", "1", "--branch-no", "1"},
	} {
		_, said := limited.run(exitStore, args...)
		if args[1] == "backup" {
			want(t, "backup", said, `(?s)no backup was made: .*The disk is full where \S*/more\.db was to be\. The journal itself was not touched`)
		} else {
			want(t, strings.Join(args, " "), said, full)
		}
		out, _ := limited.run(exitStore, append(args, "--json")...)
		if code := errorCode(t, out); code != "disk-full" {
			t.Errorf("%v: the code is %s", args, code)
		}
		if after := p.files(); !sameFiles(t, before, after) {
			t.Fatalf("%v changes something", args)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(p.home, "*more*")); len(names) > 0 {
		t.Errorf("there are %v", names)
	}
	p.cutInHalf()
	before = p.files()
	_, said := limited.run(exitStore, "history", "restore", "backup.db")
	want(t, "restore", said, full)
	if after := p.files(); !sameFiles(t, before, after) {
		t.Error("a restore that had no room changes something")
	}
	p.run(0, "history", "restore", "backup.db")
	p.run(0, "history", "verify")
}

// TestNotOurFile takes the permissions away.
func TestNotOurFile(t *testing.T) {
	p := newPremises(t)
	p.generate()
	p.run(0, "history", "backup", "backup.db")
	before := p.files()
	other := *p
	other.nobody = true
	dir := filepath.Dir(p.journal())
	mode := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getuid() != 0 {
		t.Cleanup(func() { os.Chmod(dir, 0o700) })
	}
	for _, c := range []struct {
		name             string
		folder, file     os.FileMode
		verify           int
		verifies, writes string
	}{
		{"read-only", 0o555, 0o444, exitOK, ``, `the journal cannot be written.*check who owns.*\nNo permission to use .*Give this user access`},
		{"permission lost", 0o555, 0o000, exitStore, `permission denied`, `permission denied.*check who owns`},
		{"folder closed", 0o000, 0o444, exitStore, `permission denied`, `permission denied.*check who owns`},
	} {
		t.Run(c.name, func(t *testing.T) {
			mode(p.journal(), c.file)
			mode(dir, c.folder)
			defer func() {
				mode(dir, 0o700)
				mode(p.journal(), 0o600)
				if after := p.files(); !sameFiles(t, before, after) {
					t.Error("something was changed")
				}
			}()
			other.t = t
			_, said := other.run(c.verify, "history", "verify")
			want(t, "verify", said, c.verifies)
			for _, args := range [][]string{{"history", "list"}, {"history", "backup", "b.db"}, {"history", "compact"}, {"history", "restore", "backup.db"}} {
				if args[1] == "restore" && (c.file == 0o444 || os.Getuid() == 0) {
					continue // a sound journal is refused as such; the backup is not that user's either
				}
				_, said := other.run(exitStore, args...)
				want(t, strings.Join(args, " "), said, c.writes)
			}
		})
	}
	p.run(0, "history", "verify")
}

// TestLocked has another process hold the journal.
func TestLocked(t *testing.T) {
	p := newPremises(t)
	p.generate()
	p.run(0, "history", "backup", "backup.db")
	s, err := store.Open(p.journal(), store.Options{Profile: "sandbox", Binding: sandboxStore})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := p.files()
	for _, args := range [][]string{{"history", "compact"}, {"history", "restore", "backup.db"}} {
		_, said := p.run(exitStore, args...)
		want(t, strings.Join(args, " "), said, `in use by process \d+ .* since .*\n.*has been in use by process`)
	}
	if after := p.files(); !sameFiles(t, before, after) {
		t.Error("something was changed")
	}
	// Whose it is does not stand beside it.
	if err := os.Remove(p.journal() + ".owner"); err != nil {
		t.Fatal(err)
	}
	_, said := p.run(exitStore, "history", "compact")
	want(t, "compact", said, `in use by another process\n.*Close the other window`)
	if r, err := s.Verify(t.Context()); err != nil || !r.Sound() {
		t.Error(r.Problems, err)
	}
}

// TestInterruptedUpkeep ends each long work in its middle: by 130, with nothing
// left behind.
func TestInterruptedUpkeep(t *testing.T) {
	n := 6000
	if testing.Short() {
		n = 3000
	}
	p := newPremises(t)
	if err := os.MkdirAll(filepath.Dir(p.journal()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Build(p.journal(), n, 1); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(p.home, "cfg.json")
	if err := os.WriteFile(config, []byte(`{"profiles":{"`+storetest.Profile+`":{"sandbox":true}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run(0, "--config", config, "--store", p.journal(), "history", "list", "--limit", "1") // from now on it is this profile's
	want := p.files()
	for _, args := range [][]string{{"verify"}, {"backup", "backup.db"}, {"compact"}} {
		c := p.command(append([]string{"--config", config, "--store", p.journal(), "history"}, args...)...)
		// Until it has the journal open it has not begun; a pipe that nobody
		// reads does not hold it up.
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		awaitOpen(t, p.journal(), c.Process.Pid)
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		if got := c.ProcessState.ExitCode(); got != exitInterrupted {
			t.Errorf("%v ended with %d", args, got)
		}
		if after := p.files(); !sameFiles(t, want, after) {
			t.Errorf("%v changes something", args)
		}
		if left, _ := filepath.Glob(filepath.Join(p.home, "*backup*")); len(left) > 0 {
			t.Errorf("there are %v", left)
		}
		if left, _ := filepath.Glob(filepath.Join(p.home, ".*partial*")); len(left) > 0 {
			t.Errorf("there are %v", left)
		}
	}
}

// TestConsoleDropsOldMonths opens a console on a journal of two years that keeps
// one: the rest goes while the console is open, and verifies all the while.
func TestConsoleDropsOldMonths(t *testing.T) {
	p := newPremises(t)
	journal := filepath.Join(p.home, "two-years.db")
	if err := storetest.Build(journal, 1500, 2); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(p.home, "cfg.json")
	if err := os.WriteFile(config, []byte(`{"profiles":{"`+storetest.Profile+`":{"sandbox":true,"retentionMonths":12}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--config", config, "--store", journal}
	with := func(args ...string) []string { return append(slices.Clone(flags), args...) }
	var would outlookJSON
	out, _ := p.run(0, with("history", "compact", "--dry-run", "--json")...)
	if err := json.Unmarshal([]byte(out), &would); err != nil || would.Transactions < 500 {
		t.Fatalf("%+v, %v", would, err)
	}
	term := openConsole(t, p.home, 80, 24, flags...)
	term.WaitFor("SANDBOX")
	var found findingsJSON
	eventually(t, "the old months to go", func() bool {
		out, _ := p.run(0, with("history", "verify", "--json")...) // sound at each step
		found = findingsJSON{}
		if err := json.Unmarshal([]byte(out), &found); err != nil {
			t.Fatal(err)
		}
		return found.Dropped != nil && found.Dropped.Transactions == would.Transactions
	})
	if found.Dropped.Before != would.Before || found.Transactions+would.Transactions != 1500 {
		t.Errorf("%+v, %+v", found, would)
	}
	// Beside the console: a backup of what is there, what retention would drop,
	// and nothing that needs the journal alone.
	out, _ = p.run(0, with("history", "compact", "--dry-run", "--json")...)
	want(t, "what would go now", out, `"before":"`+would.Before+`","transactions":0,`)
	out, _ = p.run(0, with("history", "backup", "beside.db")...)
	want(t, "backup", out, `^✓ backup  .*beside\.db: \d+ transactions`)
	p.run(0, "--config", config, "--store", filepath.Join(p.home, "beside.db"), "history", "verify")
	_, said := p.run(exitUsage, with("history", "backup", "beside.db")...)
	want(t, "backup again", said, `is there already and was not overwritten`)
	for _, args := range [][]string{{"history", "compact"}, {"history", "restore", "beside.db"}} {
		_, said := p.run(exitStore, with(args...)...)
		want(t, strings.Join(args, " "), said, `has been in use by process`)
	}
}

// TestNewerSchema is a journal that a newer program has written.
func TestNewerSchema(t *testing.T) {
	p := newPremises(t)
	p.generate()
	db, err := bbolt.Open(p.journal(), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte{0, 0, 0, 99}) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before := p.files()
	for _, args := range [][]string{{"history", "list"}, {"history", "verify"}, {"history", "backup", "b.db"}, {"history", "compact"}} {
		_, said := p.run(exitStore, args...)
		want(t, strings.Join(args, " "), said, `has schema 99, this program knows up to .*\n.*was written by a newer cashier`)
	}
	if after := p.files(); !sameFiles(t, before, after) {
		t.Error("something was changed")
	}
}
