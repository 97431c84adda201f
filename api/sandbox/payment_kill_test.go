package sandbox

import (
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestPaymentsSurviveKills kills a sandbox process again and again while tills
// pay: what was answered is in the ledger, and a payment whose answer did not
// come is paid once when it is sent again.
func TestPaymentsSurviveKills(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path})
	keys := mustKeys(t, s)
	s.Close()

	var mu sync.Mutex
	answered, unclear := map[string]bool{}, map[string]bool{}
	for round := range 5 {
		child, addr := startChild(t, path)
		killAfter := 10 + 15*round
		var workers sync.WaitGroup
		came := make(chan struct{}, 1000)
		for worker := range 4 {
			p := &partner{
				t: t, transport: &http.Transport{}, base: "http://" + addr, now: time.Now,
				id: keys.ClientKey, key: keys.PrivateKey, secret: keys.ClientSecret, sent: &atomic.Int64{},
			}
			p.sent.Store(int64(round)*1_000_000 + int64(worker)*10_000)
			p.login()
			workers.Go(func() {
				for n := range 250 {
					reference := fmt.Sprintf("R%d-%d-%d", round, worker, n)
					got, err := p.send(p.request("60", encode(t, p.payBody("approves", reference))))
					mu.Lock()
					if err != nil {
						unclear[reference] = true
						mu.Unlock()
						return // killed
					}
					answered[reference] = got.code() == "2006000"
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
	debits := func() map[string]int {
		all := map[string]int{}
		for _, p := range s.Ledger().Payments {
			all[p.Reference] += p.Debits
		}
		return all
	}
	before := debits()
	for reference, ok := range answered {
		if !ok || before[reference] != 1 {
			t.Errorf("%s was answered (paid: %v), the ledger has %d debits", reference, ok, before[reference])
		}
	}
	p := newPartner(t, s)
	p.sent.Store(1_000_000_000)
	moved := 0
	for reference := range unclear {
		want := map[int]string{0: "2006000", 1: "4096001"}[before[reference]]
		if got := p.pay("approves", reference).code(); got != want {
			t.Errorf("%s, %d debits before: sent again it is %s", reference, before[reference], got)
		}
		moved += before[reference]
	}
	for reference, n := range debits() {
		if n != 1 {
			t.Errorf("%s has %d debits", reference, n)
		}
	}
	if len(answered) < 5*10 || len(unclear) < 5 {
		t.Errorf("only %d answers and %d lost ones", len(answered), len(unclear))
	}
	t.Logf("%d answers; of %d payments without one the money of %d had moved", len(answered), len(unclear), moved)
}

// TestPaymentsAtOnce sends the same payments and refunds from many tills.
func TestPaymentsAtOnce(t *testing.T) {
	s, first, _ := cpmPartner(t, Options{Path: filepath.Join(t.TempDir(), "sandbox.jsonl")})
	var all sync.WaitGroup
	var paid, refunded atomic.Int64
	const tills, payments = 8, 10
	for n := range tills {
		all.Go(func() {
			p := *first // the counter of external ids is shared
			for i := range payments {
				reference := fmt.Sprintf("R%d", (n+i)%payments)
				if p.pay("approves", reference).code() == "2006000" {
					paid.Add(1)
				}
				p.status(reference)
				if p.refund(reference, fmt.Sprintf("%s-%d", reference, n), "3000.00") == "2008000" {
					refunded.Add(1)
				}
				s.Ledger()
			}
		})
	}
	all.Wait()
	for i := range payments {
		entry, ok := s.Payment(fmt.Sprintf("R%d", i))
		if !ok || entry.Debits != 1 || entry.Refunded != idr(9000) {
			t.Errorf("the ledger has %+v", entry)
		}
	}
	if paid.Load() != payments || refunded.Load() != 3*payments {
		t.Errorf("%d payments and %d refunds were acknowledged", paid.Load(), refunded.Load())
	}
	if _, ok := s.Payment("R99"); ok {
		t.Error("a payment that nobody made")
	}
}
