//go:build unix

package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
)

// cancelledInItsWindow: nobody put the payment aside, it was cancelled when the
// window that began with it was over, and no money moved.
func cancelledInItsWindow(t *testing.T, tx till.Transaction, events []till.Event, window time.Duration) {
	t.Helper()
	if tx.State != till.Cancelled || tx.Payment.CancelAskedAt.Before(tx.Payment.LeftAt.Add(window)) || tx.Payment.CancelReason != "no answer in time" {
		t.Errorf("it is %s: %+v", tx.State, tx.Payment)
	}
	for _, e := range events {
		if e.What == till.WhatParked {
			t.Errorf("it was parked on the way: %+v", events)
		}
	}
	if n := slices.IndexFunc(tx.Attempts, func(a till.Attempt) bool { return a.Service == "62" }); n != 1 || len(tx.Attempts) != 2 {
		t.Errorf("what left: %+v", tx.Attempts)
	}
}

// longerWindow leaves a busy machine the time to change owners.
const longerWindow = 1500 * time.Millisecond

// longerPlan is a window, and a time after it, of that length.
var longerPlan = strings.NewReplacer(`"window":"600ms"`, `"window":"1500ms"`, `"settle":"300ms"`, `"settle":"1500ms"`)

// runs has a station see to what is due, as watch does, until it is interrupted.
func runs(ctx context.Context, s *station) (interrupt func()) {
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); s.till.Run(running) }()
	return func() {
		stop()
		s.seat.handOver(ctx)
		<-ended
	}
}

// TestTheWindowOutlivesTheOwner: a process that happens to have the journal ends
// while another console's cashier waits for a customer. The window goes on, at
// whichever process is the next owner.
func TestTheWindowOutlivesTheOwner(t *testing.T) {
	for _, first := range []string{"the console that asked", "a third one"} {
		t.Run("the next owner is "+first, func(t *testing.T) {
			s := newStandOf(t, longerPlan.Replace(shortName))
			ctx := t.Context()
			third := s.sit(t)
			interrupt := runs(ctx, s.owner)
			defer runs(ctx, third)()
			if _, err := s.guest.till.Pay(ctx, s.order(t, "P-1", "pending", 21), nil); err != nil {
				t.Fatal(err)
			}
			updates, unsubscribe, err := s.guest.till.Follow(ctx, "P-1")
			if err != nil {
				t.Fatal(err)
			}
			defer unsubscribe()
			for u := range updates { // the window runs
				if u.Answer.Class != "" && !u.Checking {
					break
				}
			}
			next, other := s.guest, third
			if first == "a third one" {
				next, other = third, s.guest
			}
			other.seat.taking.Lock() // it comes too late
			interrupt()
			if err := s.owner.close(ctx); err != nil {
				t.Error(err)
			}
			if _, err := next.store.Get(ctx, "P-1"); err != nil {
				t.Error(err)
			}
			other.seat.taking.Unlock()
			if next.seat.holding() == nil {
				t.Fatal("the other one became the owner")
			}
			var ended till.Transaction
			for u := range updates {
				if ended = u.Transaction; !ended.State.Open() || ended.State == till.Parked {
					break
				}
			}
			events, err := third.store.Events(ctx, "P-1")
			if err != nil {
				t.Fatal(err)
			}
			cancelledInItsWindow(t, ended, events, longerWindow)
		})
	}
}

// TestACashierWhoLeavesTakesTheWindowAlong: the console is there and the cashier
// is not at the payment any more: the next owner asks and parks.
func TestACashierWhoLeavesTakesTheWindowAlong(t *testing.T) {
	s := newStand(t)
	ctx := t.Context()
	if _, err := s.guest.till.Pay(ctx, s.order(t, "P-1", "pending", 31), nil); err != nil {
		t.Fatal(err)
	}
	s.guest.seat.absent("P-1") // and the owner ends before it is told
	if err := s.owner.close(ctx); err != nil {
		t.Error(err)
	}
	tx, err := s.guest.till.Settle(ctx, "P-1")
	if err != nil || tx.State != till.Parked || len(tx.Attempts) != 1 {
		t.Errorf("it is %s with %+v, %v", tx.State, tx.Attempts, err)
	}
}

// TestTwoCashiersAtOnePayment: whoever repeats a reference and goes does not
// take the first one's window along.
func TestTwoCashiersAtOnePayment(t *testing.T) {
	s := newStand(t)
	ctx := t.Context()
	second := s.sit(t)
	order := s.order(t, "P-1", "pending", 41)
	for _, at := range []*station{s.guest, second} {
		if _, err := at.till.Pay(ctx, order, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := second.close(ctx); err != nil {
		t.Fatal(err)
	}
	tx, err := s.guest.till.Settle(ctx, "P-1")
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.guest.store.Events(ctx, "P-1")
	if err != nil {
		t.Fatal(err)
	}
	cancelledInItsWindow(t, tx, events, 600*time.Millisecond)
}

// TestResumeBehindTwoProcessesThatAreGone: the owner and the console that asked
// for a payment have both gone, as after a power cut. resume waits a moment for
// that console, then the payment is parked.
func TestResumeBehindTwoProcessesThatAreGone(t *testing.T) {
	s := newStand(t)
	ctx := t.Context()
	order := s.order(t, "P-1", "pending", 51)
	order.Console = "gone"
	if _, err := s.owner.seat.holding().till.Pay(ctx, order, nil); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.guest.close(ctx), s.owner.close(ctx)); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	s.app.out, s.app.err, s.app.json = out, out, true
	if err := s.app.resume(ctx, 0); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []struct{ State string } }
	if err := json.Unmarshal(said, &list); err != nil || len(list.Items) != 1 || list.Items[0].State != "parked" || s.app.exit != exitOpen {
		t.Errorf("exit %d, %v: %s", s.app.exit, err, said)
	}
}

// longer gives the shop's terminal the longer plan.
func (s *shop) longer() {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	s.must(err)
	changed := longerPlan.Replace(string(text))
	if strings.Count(changed, `"1500ms"`) != 2 {
		s.t.Fatalf("the plan is another one: %s", text)
	}
	s.must(os.WriteFile(s.config, []byte(changed), 0o600))
}

// TestAPaymentGoesOnWhenTheOwnerIsEnded: cpm pay beside a watch that has the
// journal and is interrupted or killed, while the provider has the payment or a
// question about it.
func TestAPaymentGoesOnWhenTheOwnerIsEnded(t *testing.T) {
	for _, x := range []struct {
		name    string
		signal  syscall.Signal
		request int // the token is the first
		point   string
	}{
		{"interrupted in the window", syscall.SIGINT, 4, unanswered},
		{"killed in the window", syscall.SIGKILL, 4, unanswered},
		{"killed before the payment is answered", syscall.SIGKILL, 2, processed},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, 1)
			s.longer()
			watch := exec.Command(s.program, "--config", s.config, "--store", s.journal, "--lang", "en", "watch")
			watch.Env = s.command().Env
			out, err := watch.StdoutPipe()
			s.must(err)
			s.must(watch.Start())
			if said := bufio.NewScanner(out); !said.Scan() { // it has the journal
				t.Fatal("watch says nothing")
			}
			code, err := sandbox.FreshCode("pending", 7)
			s.must(err)
			file := filepath.Join(s.home, "code")
			s.must(os.WriteFile(file, []byte(code), 0o600))
			g := s.wire.lay(x.request, x.point)
			pay := s.command("cpm", "pay", "--qr", "@"+file, "--amount", "12500", "--reference", "R1")
			answer, err := pay.StdoutPipe()
			s.must(err)
			s.must(pay.Start())
			<-g.arrived
			s.must(watch.Process.Signal(x.signal))
			if x.signal == syscall.SIGKILL {
				_ = watch.Wait() // that it was killed
			}
			close(g.open)
			var told struct{ State string }
			s.must(json.NewDecoder(answer).Decode(&told))
			_ = pay.Wait() // its exit code says how
			if code := pay.ProcessState.ExitCode(); code != exitEnded || told.State != "cancelled" {
				t.Errorf("the payment ended with %d, %s", code, told.State)
			}
			if x.signal == syscall.SIGINT {
				_ = watch.Wait()
				if code := watch.ProcessState.ExitCode(); code != exitInterrupted {
					t.Errorf("watch ended with %d", code)
				}
			}
			journal, err := store.Open(s.journal, store.Options{Profile: "sandbox", Binding: sandboxStore})
			s.must(err)
			defer func() { s.must(journal.Close()) }()
			tx, err := journal.Get(t.Context(), "R1")
			s.must(err)
			events, err := journal.Events(t.Context(), "R1")
			s.must(err)
			cancelledInItsWindow(t, tx, events, longerWindow)
			s.must(sound(t.Context(), journal))
			if p := s.box.Ledger().Payments; len(p) != 1 || p[0].Debits != 0 || p[0].Status != "05" {
				t.Errorf("the ledger has %+v", p)
			}
		})
	}
}
