//go:build unix

package cli

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/paycools"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
)

var killKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// killPoints are all points, in the order of a generate. sent says whether the
// first request may have left when the point comes for the first time, noted
// whether an earlier attempt must have been unclear for it to come at all.
var killPoints = []struct {
	name        string
	sent, noted bool
}{
	{beforeIntent, false, false}, {afterIntent, false, false},
	{beforeAttempt, false, false}, {afterAttempt, false, false},
	{beforeBytes, false, false},
	{reached, true, false}, {processed, true, false},
	{answerThere, true, false}, {answerRead, true, false},
	{beforeNote, true, true}, {afterNote, true, true},
	{beforeOutcome, true, false}, {afterOutcome, true, false},
}

// behaviours are what the provider does with the first request that it gets.
var behaviours = []struct {
	name     string
	fault    string
	courier  string
	unclear  bool // the first attempt ends unclear: there is a second one
	ends     []till.State
	timeout  time.Duration
	mayTwice bool // a refusal after an unclear attempt proves nothing: one more start
}{
	{name: "ok", ends: []till.State{till.Active}, timeout: 8 * time.Second},
	{name: "answer lost", fault: "90:answer-lost:1:1", unclear: true, ends: []till.State{till.Active}, timeout: 8 * time.Second},
	{name: "slow", fault: "90:delay:1:1", unclear: true, ends: []till.State{till.Active}, timeout: 250 * time.Millisecond},
	{name: "500", fault: "90:http-500:1:1", unclear: true, ends: []till.State{till.Active}, timeout: 8 * time.Second},
	{name: "refused", fault: "90:code-5009000:1:1", ends: []till.State{till.Failed, till.Active}, timeout: 8 * time.Second, mayTwice: true},
	{name: "inactive", courier: "INACTIVE", ends: []till.State{till.Inactive}, timeout: 8 * time.Second},
}

// TestKilledAnywhere kills a generate at every point under every behaviour,
// three times each: once plainly; once with the process that settles it killed
// at the same point; and once at the point's second coming, where there is
// one. Then a start settles, and journal and ledger agree on one user id.
func TestKilledAnywhere(t *testing.T) {
	var mu sync.Mutex
	kills, settled := map[string]int{}, map[till.State]int{}
	t.Run("behaviours", func(t *testing.T) {
		for _, b := range behaviours {
			t.Run(b.name, func(t *testing.T) {
				t.Parallel()
				scene := newScene(t, b.timeout)
				scene.courier.No = "C042"
				if b.courier != "" {
					scene.courier.No = b.courier
				}
				for _, point := range killPoints {
					if point.noted && !b.unclear {
						continue
					}
					for round := range 3 {
						scene.box.ClearFaults()
						if b.fault != "" {
							if err := scene.box.AddFault(b.fault); err != nil {
								t.Fatal(err)
							}
						}
						l := &life{
							scene: scene, t: t, name: fmt.Sprintf("%s, %s, round %d", b.name, point.name, round+1),
							journal: filepath.Join(killFolder(t), "test.db"), reference: api.NewReference(api.UserIDReference, time.Now()),
						}
						occurrence := 1
						if round == 2 && b.unclear && l.repeats(point.name) {
							occurrence = 2
						}
						if !l.run("generate", point.name, occurrence) {
							t.Fatalf("%s: the point did not come", l.name)
						}
						died := 1
						l.checkAfterDeath(point.name, occurrence == 1 && !point.sent)
						if round == 1 && l.run("resume", point.name, 1) {
							died++
						}
						end := l.settle(b.mayTwice)
						if l.found && !slices.Contains(b.ends, end) {
							t.Errorf("%s: it ended %q", l.name, end)
						}
						mu.Lock()
						kills[point.name+" / "+b.name] += died
						settled[end]++
						mu.Unlock()
					}
				}
			})
		}
	})
	total := 0
	for at, n := range kills {
		if total += n; n < 3 {
			t.Errorf("%s: %d kills", at, n)
		}
	}
	want := len(killPoints)*len(behaviours) - 2*3 // the notes, where no attempt is unclear
	if len(kills) != want {
		t.Errorf("%d points under behaviours, want %d", len(kills), want)
	}
	t.Logf("%d kills at %d points under behaviours; the starts after them found: %v", total, len(kills), settled)
}

// scene is a provider that outlives its customers.
type scene struct {
	doorman
	box     *sandbox.Sandbox
	place   place
	courier api.Courier
}

func newScene(t *testing.T, timeout time.Duration) *scene {
	t.Helper()
	s := &scene{courier: api.Courier{Name: "Budi", Mobile: "0812345678", RegionNo: "R1", BranchNo: "B1"}}
	box, err := sandbox.Open(sandbox.Options{GenerateKey: killKey, Delay: time.Hour, Clock: &aheadClock{silent: s.silent}})
	if err != nil {
		t.Fatal(err)
	}
	credentials, err := box.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pem, err := credentials.PrivateKeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	s.box = box
	server := httptest.NewServer(s.watch(box.Handler()))
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	s.place = place{
		Dialect: paycools.Dialect, URL: server.URL, ClientKey: credentials.ClientKey, MerchantID: box.MerchantID(),
		KeyFile: filepath.Join(t.TempDir(), "key.pem"), Timeouts: map[string]time.Duration{"90": timeout},
	}
	if err := os.WriteFile(s.place.KeyFile, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// life is one reference and the journal that knows of it.
type life struct {
	*scene
	t         *testing.T
	name      string
	journal   string
	reference api.Reference
	found     bool // the intent was durable
}

// repeats: the point comes again with a second attempt.
func (l *life) repeats(point string) bool {
	switch point {
	case beforeAttempt, afterAttempt, beforeBytes, reached, processed:
		return true
	}
	return false
}

// run starts a process and kills it at the point; false: it came to its end
// without meeting the point.
func (l *life) run(work, point string, occurrence int) bool {
	l.t.Helper()
	killed, err := l.kill(order{
		Work: work, Service: "90", Point: point, Occurrence: occurrence,
		Store: l.journal, Endpoint: l.place, Reference: l.reference, Courier: l.courier,
	}, nil)
	l.must(err)
	return killed
}

func (l *life) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatalf("%s: %v", l.name, err)
	}
}

// arrived is how many generates of this reference the provider got.
func (l *life) arrived() int { return l.doorman.arrived("90", l.reference) }

// made are the user ids that the provider has for this reference.
func (l *life) made() []sandbox.LedgerUserID {
	var own []sandbox.LedgerUserID
	for _, u := range l.box.Ledger().UserIDs {
		if u.Reference == string(l.reference) {
			own = append(own, u)
		}
	}
	return own
}

// open opens the journal as the next start does; it must be sound.
func (l *life) open() *store.Store {
	l.t.Helper()
	s, err := store.Open(l.journal, store.Options{Profile: "test"})
	l.must(err)
	l.sound(s)
	return s
}

func (l *life) sound(s *store.Store) {
	l.t.Helper()
	if err := sound(context.Background(), s); err != nil {
		l.t.Errorf("%s: %v", l.name, err)
	}
}

// checkAfterDeath looks at what a killed process left: no request had left
// that was not durable before.
func (l *life) checkAfterDeath(point string, unsent bool) {
	l.t.Helper()
	s := l.open()
	defer func() { l.must(s.Close()) }()
	tx, err := s.Get(context.Background(), l.reference)
	l.found = !errors.Is(err, till.ErrNotFound)
	if l.found == (point == beforeIntent) || l.found && err != nil {
		l.t.Errorf("%s: the record: %v", l.name, err)
	}
	if arrived := l.arrived(); arrived > len(tx.Attempts) || unsent && arrived != 0 {
		l.t.Errorf("%s: %d requests arrived, %d attempts are durable", l.name, arrived, len(tx.Attempts))
	}
	if l.found && point != afterOutcome && !tx.State.Open() {
		l.t.Errorf("%s: it is %q already", l.name, tx.State)
	}
}

// settle is the next start: it settles what is open, and journal and ledger
// agree.
func (l *life) settle(mayTwice bool) till.State {
	l.t.Helper()
	s := l.open()
	defer func() { l.must(s.Close()) }()
	client := api.NewClient(l.place.endpoint(), nil)
	defer client.Close()
	work := till.New(till.Options{Journal: s, UserIDs: paycools.New(client)})
	settled, err := settle(context.Background(), work)
	l.must(err)
	if mayTwice && len(settled) == 1 && settled[0].State == till.Unknown {
		_, err = settle(context.Background(), work)
		l.must(err)
	}
	tx, err := work.Get(context.Background(), l.reference)
	if !l.found {
		if !errors.Is(err, till.ErrNotFound) || len(settled) != 0 || len(l.made()) != 0 || l.arrived() != 0 {
			l.t.Errorf("%s: nothing was durable, and now: %+v, %v, %d made", l.name, tx, err, len(l.made()))
		}
		return "never begun"
	}
	l.must(err)
	l.agree(tx)
	// The same request again is no other one.
	again, err := work.NewUserID(context.Background(), l.reference, l.courier, nil)
	l.must(err)
	if again.Revision != tx.Revision {
		l.t.Errorf("%s: asked again, it was sent again", l.name)
	}
	l.agree(again)
	l.sound(s)
	return tx.State
}

// agree compares a record with the provider's ledger.
func (l *life) agree(tx till.Transaction) {
	l.t.Helper()
	made := l.made()
	if arrived := l.arrived(); arrived > len(tx.Attempts) {
		l.t.Errorf("%s: %d requests arrived, %d attempts are in the journal", l.name, arrived, len(tx.Attempts))
	}
	if tx.State == till.Failed {
		if len(made) != 0 || tx.QR != "" {
			l.t.Errorf("%s: failed, and the ledger has %+v", l.name, made)
		}
		return
	}
	if len(made) != 1 {
		l.t.Errorf("%s: %q, and the ledger has %d user ids", l.name, tx.State, len(made))
		return
	}
	status := map[till.State]string{till.Active: "ACTIVE", till.Inactive: "INACTIVE"}[tx.State]
	if made[0].Status != status || made[0].Code != tx.QR || made[0].CDMReference != string(tx.ProviderReference) {
		l.t.Errorf("%s: the journal has %q %q %q, the ledger %+v", l.name, tx.State, tx.QR, tx.ProviderReference, made[0])
	}
}
