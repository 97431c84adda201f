package storetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"cashier/api/till"
	"cashier/store"
)

func TestBuild(t *testing.T) {
	path := filepath.Join(t.TempDir(), "built.db")
	if err := Build(path, 2000, 1); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copied.db")
	if err := Copy(path, copied); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(copied, store.Options{Profile: Profile})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	report, err := s.Verify(t.Context())
	if err != nil || !report.Sound() || report.Transactions != 2000 || !report.HeadKnown {
		t.Errorf("%+v, %v", report, err)
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []till.Kind{till.CDM, till.CPM, till.MPM} {
		if counts.All.Of(kind, "") == 0 || counts.All.Of(kind, till.Failed) == 0 {
			t.Errorf("%s: %+v", kind, counts.All)
		}
	}
	if sum, n, skipped := counts.All.Paid(); sum.Zero() || n == 0 || skipped != 0 {
		t.Errorf("%+v", counts.All)
	}
	if sum, n, _ := counts.All.Booked(); sum.Zero() || n == 0 || counts.All.Open() == 0 {
		t.Errorf("%+v", counts.All)
	}
}

// TestPayments: the journal holds what the indexes of payments are for.
func TestPayments(t *testing.T) {
	due, tries := 0, map[string]int{}
	last := map[string]till.Transaction{}
	for c := range Changes(20_000, 1) {
		last[string(c.Transaction.Reference)] = c.Transaction
	}
	for _, x := range last {
		if x.Unsettled() && !x.State.Open() {
			due++
		}
		if x.Sale != "" {
			tries[string(x.Sale)]++
		}
	}
	again := 0
	for _, n := range tries {
		if n > 1 {
			again++
		}
	}
	if due == 0 || again < 20 || len(tries) < 1000 {
		t.Errorf("%d due, %d sales, %d of several tries", due, len(tries), again)
	}
}

func TestTheSameSeedIsTheSameJournal(t *testing.T) {
	if a, b := dump(t, 7), dump(t, 7); a != b {
		t.Error("two journals of one seed differ")
	}
	if dump(t, 7) == dump(t, 8) {
		t.Error("two seeds give one journal")
	}
}

func dump(t *testing.T, seed int64) string {
	var all []till.Change
	for c, err := range Changes(50, seed) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCachedIsMadeAnew(t *testing.T) {
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} { // wherever it is
		t.Setenv(name, t.TempDir())
	}
	path, err := Cached(50, 1)
	if err != nil || !readable(path) {
		t.Fatal(path, err)
	}
	if err := os.WriteFile(path, []byte("of another format"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := Cached(50, 1); err != nil || again != path || !readable(path) {
		t.Error(again, err)
	}
}
