package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// listen serves the sandbox on a free port until the test ends.
func listen(t testing.TB, s *Sandbox) (addr string) {
	t.Helper()
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l.Addr().String()
}

func TestListenRefusesOtherAddresses(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:80"} {
		if l, err := Listen(addr); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v", addr, err)
			if l != nil {
				l.Close()
			}
		}
	}
	for _, addr := range []string{"127.0.0.1", "127.0.0.1:port", "127.0.0.1:99999"} {
		if l, err := Listen(addr); err == nil {
			l.Close()
			t.Errorf("%s was taken", addr)
		}
	}
	l, err := Listen("localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

// elsewhere is a listener that says it can be reached from other machines.
type elsewhere struct{ closed chan struct{} }

func (e elsewhere) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (e elsewhere) Close() error              { close(e.closed); return nil }
func (e elsewhere) Addr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

func TestServeRefusesOtherListeners(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	l := elsewhere{make(chan struct{})}
	if err := s.Serve(t.Context(), l); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("served on %s: %v", l.Addr(), err)
	}
	<-l.closed
}

// TestServeEnds: the end of the context ends silent requests too, and frees
// the port.
func TestServeEnds(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	p.base, p.transport = "http://"+l.Addr().String(), &http.Transport{}
	p.generate("R1")

	mustFault(t, s, "90:timeout")
	silent := make(chan error, 1)
	r := p.request("90", generateBody(p.id, "R2"))
	go func() {
		_, err := p.send(r)
		silent <- err
	}()
	<-clock.waiting
	start := time.Now()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("serve: %v", err)
	}
	if err := <-silent; err == nil {
		t.Error("the silent request was answered")
	}
	if took := time.Since(start); took > grace {
		t.Errorf("it took %v", took)
	}
	again, err := Listen(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// TestConcurrentUse lets partners, machines and watchers at one sandbox.
func TestConcurrentUse(t *testing.T) {
	s := open(t, Options{Path: t.TempDir() + "/sandbox.jsonl", Seed: 3})
	first := newPartner(t, s)
	mustFault(t, s, "91:answer-lost:0.2")
	var all sync.WaitGroup
	const partners, rounds = 8, 20
	for n := range partners {
		all.Go(func() {
			p := *first
			for i := range rounds {
				reference := fmt.Sprintf("R%d", (n+i)%rounds)
				code := p.generate(reference)
				if _, err := s.Deposit(t.Context(), DepositRequest{Code: code, Machine: "M", Amount: idr(1)}); err != nil {
					t.Error(err)
				}
				if got, err := p.send(p.request("91", p.queryBody(reference))); err == nil && got.code() != "2009100" {
					t.Errorf("query: %v", got.fields)
				}
				s.Ledger()
				s.Faults()
			}
		})
	}
	all.Wait()
	ledger := s.Ledger()
	requests, channels := 0, map[string]bool{}
	for _, u := range ledger.UserIDs {
		requests += u.Requests
	}
	for _, d := range ledger.Deposits {
		channels[d.Channel] = true
	}
	if len(ledger.UserIDs) != rounds || requests != partners*rounds || len(channels) != partners*rounds {
		t.Errorf("%d user ids from %d requests, %d deposits; want %d, %d, %d",
			len(ledger.UserIDs), requests, len(channels), rounds, partners*rounds, partners*rounds)
	}
}
