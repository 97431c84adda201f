package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// story fills a sandbox with all that is kept.
func story(t *testing.T, s *Sandbox) (code string) {
	t.Helper()
	p := newPartner(t, s)
	code = p.generate("R1")
	p.generate("R1")
	p.generate("R2")
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100), Status: StatusWaiting})
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(250)})
	mustDeposit(t, s, DepositRequest{Code: code, Book: true})
	return code
}

func TestStateSurvivesReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "sandbox.jsonl")
	clock := newClock()
	s := open(t, Options{Path: path, Clock: clock})
	code := story(t, s)
	before, keys := s.Ledger(), mustKeys(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Deposit(t.Context(), DepositRequest{Code: code, Machine: "M1", Amount: idr(1)}); !errors.Is(err, ErrClosed) {
		t.Errorf("a deposit after Close: %v", err)
	}

	clock.Add(24 * time.Hour)
	s = open(t, Options{Path: path, Clock: clock, GenerateKey: noKey})
	after := s.Ledger()
	after.Requests = before.Requests // is since opening
	if !reflect.DeepEqual(before, after) {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}
	if again := mustKeys(t, s); !again.PrivateKey.Equal(keys.PrivateKey) || !bytes.Equal(again.ClientSecret, keys.ClientSecret) ||
		again.ClientKey != keys.ClientKey || !again.ProviderKey.Equal(keys.ProviderKey) {
		t.Error("the keys are others")
	}
	p := newPartner(t, s)
	if p.generate("R1") != code {
		t.Error("yesterday's reference has another user id")
	}
	item := mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(7)})
	if item.Channel != "M1261121D001" {
		t.Errorf("the next day's first deposit is %s", item.Channel)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the state file: %v %v", info.Mode(), err)
	}
}

func mustKeys(t testing.TB, s *Sandbox) Credentials {
	t.Helper()
	c, err := s.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSeedFixesIDs(t *testing.T) {
	ids := map[string]bool{}
	for _, seed := range []int64{7, 7, 8, 0, 0} {
		s := open(t, Options{Clock: newClock(), Seed: seed})
		ids[fmt.Sprint(newPartner(t, s).generate("R1"), " ", s.ClientKey())] = true
	}
	if len(ids) != 4 {
		t.Errorf("seeds 7, 7, 8, 0, 0 made %d sets of ids, want 4: %v", len(ids), ids)
	}
}

func TestSecondOpenerIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	if _, err := Open(Options{Path: path}); !errors.Is(err, ErrInUse) {
		t.Fatalf("a second opener: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, Options{Path: path})
}

// TestTornLastLine cuts the file in its last lines: what was
// whole is kept, the sandbox works on.
func TestTornLastLine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "whole.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	story(t, s)
	s.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	lines = lines[:len(lines)-1]
	last := len(whole) - len(lines[len(lines)-1]) - len(lines[len(lines)-2])
	for cut := last; cut < len(whole); cut++ {
		if inner := cut - last; inner%23 > 1 && whole[cut-1] != '\n' && whole[cut] != '\n' {
			continue // the ends of the lines and samples between: each costs the disk
		}
		torn := filepath.Join(dir, "torn.jsonl")
		if err := os.WriteFile(torn, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		kept := bytes.Count(whole[:cut], []byte("\n"))
		s, err := Open(Options{Path: torn, Clock: newClock(), GenerateKey: noKey})
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		// The last two lines are the second deposit and the booking of the first.
		deposits := s.Ledger().Deposits
		if want := kept - len(lines) + 3; len(deposits) != min(want, 2) {
			t.Fatalf("cut at %d: %d deposits, want %d", cut, len(deposits), want)
		}
		item, err := s.Deposit(t.Context(), DepositRequest{Code: deposits[0].Code, Machine: "M9", Amount: idr(9)})
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		s.Close()
		s, err = Open(Options{Path: torn, Clock: newClock(), GenerateKey: noKey})
		if err != nil {
			t.Fatalf("cut at %d, reopened: %v", cut, err)
		}
		if again := s.Ledger().Deposits; again[len(again)-1].Channel != item.Channel {
			t.Fatalf("cut at %d: the deposit after it is lost", cut)
		}
		s.Close()
	}
}

func noKey() (*rsa.PrivateKey, error) { return nil, errors.New("no key may be made here") }

func TestDamageIsNamedAndLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sandbox.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	story(t, s)
	s.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	for name, c := range map[string]struct {
		change func(lines []string)
		line   int
	}{
		"rubbish":           {func(l []string) { l[2] = "rubbish\n" }, 3},
		"an empty line":     {func(l []string) { l[3] = "\n" }, 4},
		"an unknown kind":   {func(l []string) { l[3] = `{"kind":"new","value":{}}` + "\n" }, 4},
		"a newer version":   {func(l []string) { l[0] = `{"kind":"sandbox","value":{"version":2,"salt":"a"}}` + "\n" }, 1},
		"no beginning":      {func(l []string) { l[0] = "" }, 1},
		"a lost user id":    {func(l []string) { l[2], l[3] = "", "" }, 4},
		"a lost deposit":    {func(l []string) { l[5], l[6] = "", "" }, 6},
		"broken keys":       {func(l []string) { l[1] = strings.Replace(l[1], `Key":"M`, `Key":"N`, 1) }, 2},
		"a wrong type":      {func(l []string) { l[2] = strings.Replace(l[2], `"requests":1`, `"requests":"x"`, 1) }, 3},
		"a half line first": {func(l []string) { l[2] = l[2][:20] }, 3},
	} {
		damaged := append([]string(nil), lines...)
		c.change(damaged)
		text := strings.Join(damaged, "")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Options{Path: path, Clock: newClock()})
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		damage, ok := errors.AsType[*DamageError](err)
		if !ok || damage.Line != c.line || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want line %d", name, err, c.line)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%s: the file was touched (%v)", name, err)
		}
	}
}

func TestCompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("R1")
	for range 2 * slack {
		p.generate("R1")
	}
	before := s.Ledger()
	s.Close()
	grown, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Path: path, Clock: newClock()})
	shrunk, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if shrunk.Size() > grown.Size()/10 {
		t.Errorf("%d bytes became %d", grown.Size(), shrunk.Size())
	}
	if after := s.Ledger(); !reflect.DeepEqual(before.UserIDs, after.UserIDs) {
		t.Errorf("before %+v, after %+v", before.UserIDs, after.UserIDs)
	}
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(1)})
	s.Close()
	if n := len(open(t, Options{Path: path, Clock: newClock()}).Ledger().Deposits); n != 1 {
		t.Errorf("%d deposits after the compacted file was written to", n)
	}
	rest, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(rest) != 0 {
		t.Errorf("left behind: %v %v", rest, err)
	}
}

// TestWriteFailure: what could not be written was not done, and is not told.
func TestWriteFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("R1")
	s.log.close()
	if got := p.must(p.request("90", generateBody(p.id, "R2"))); got.code() != "5009001" {
		t.Errorf("generate without a file: %v", got.fields)
	}
	if _, err := s.Deposit(t.Context(), DepositRequest{Code: code, Machine: "M", Amount: idr(1)}); err == nil {
		t.Error("a deposit without a file was taken")
	}
	if l := s.Ledger(); len(l.UserIDs) != 1 || len(l.Deposits) != 0 {
		t.Errorf("the ledger has %+v", l)
	}
}

// TestKilled kills a sandbox process again and again while user ids are asked
// for: every answer that came is in the state that the next process finds.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path})
	keys := mustKeys(t, s)
	s.Close()

	var mu sync.Mutex
	answered := map[string]string{} // reference -> code
	for round := range 5 {
		child, addr := startChild(t, path)
		killAfter := 10 + 15*round
		var workers sync.WaitGroup
		came := make(chan struct{}, 1000)
		for worker := range 4 {
			p := &partner{t: t, transport: &http.Transport{}, base: "http://" + addr, now: time.Now, id: keys.ClientKey, key: keys.PrivateKey}
			p.login()
			workers.Go(func() {
				for n := range 250 {
					reference := fmt.Sprintf("R%d-%d-%d", round, worker, n)
					got, err := p.send(p.request("90", generateBody(p.id, reference)))
					if err != nil {
						return // killed
					}
					mu.Lock()
					answered[reference], _ = got.fields["cdmQrcode"].(string)
					mu.Unlock()
					came <- struct{}{}
				}
			})
		}
		for range killAfter {
			<-came
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		workers.Wait()
		child.Wait() // says that it was killed
	}

	s = open(t, Options{Path: path, GenerateKey: noKey})
	kept := map[string]string{}
	for _, u := range s.Ledger().UserIDs {
		kept[u.Reference] = u.Code
	}
	if len(answered) < 5*10 {
		t.Fatalf("only %d answers came", len(answered))
	}
	for reference, code := range answered {
		if code == "" || kept[reference] != code {
			t.Errorf("%s was answered with %q, kept is %q", reference, code, kept[reference])
		}
	}
	t.Logf("%d answers, %d user ids kept over 5 kills", len(answered), len(kept))
}

// runChild is the process that TestKilled kills.
func runChild(path string) int {
	s, err := Open(Options{Path: path, GenerateKey: noKey})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(l.Addr().String()); err != nil {
		return 1
	}
	if err := s.Serve(context.Background(), l); err != nil {
		return 1
	}
	return 0
}

const childEnv = "CASHIER_SANDBOX_TEST_CHILD"

func startChild(t *testing.T, path string) (*exec.Cmd, string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() })
	text, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var addr string
	if err := json.Unmarshal(text, &addr); err != nil {
		t.Fatal(err)
	}
	return child, addr
}
