package notify_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cashier/api/notify"
)

// hang makes the hand-over wait until it is let go. Made inside a bubble.
func hang(t *testing.T, change func(*notify.Options)) (w *world, began *atomic.Int32, release func()) {
	gate := make(chan struct{})
	began = new(atomic.Int32)
	w = newWorld(t, func(o *notify.Options) {
		hand := o.Hand
		o.Hand = func(ctx context.Context, h notify.Hint) error {
			began.Add(1)
			<-gate // deaf to its context
			return hand(ctx, h)
		}
		if change != nil {
			change(o)
		}
	})
	return w, began, sync.OnceFunc(func() { close(gate) })
}

// TestBlockedJournal: the provider is answered in time, 5xx, and told again
// once the journal has it after all; nothing is handed over twice.
func TestBlockedJournal(t *testing.T) {
	providerKey()
	synctest.Test(t, func(t *testing.T) {
		w, began, release := hang(t, nil)
		defer release()
		m := w.payment("1", sample(t))
		for range 3 {
			start := time.Now()
			expect(t, w.send(m.request(t)), "5007900", "General Error")
			if took := time.Since(start); took > 100*time.Millisecond {
				t.Errorf("answered after %v", took)
			}
		}
		if want := "asym: 5007900 General Error: the journal did not take it in time"; w.server.Health().LastError != want {
			t.Errorf("last error %q", w.server.Health().LastError)
		}
		release()
		synctest.Wait()
		expect(t, w.send(m.request(t)), "2007900", "Successful")
		if began.Load() != 1 || len(w.took()) != 1 {
			t.Errorf("handed over %d times, taken %d times", began.Load(), len(w.took()))
		}
	})
}

// TestHandOverHasADeadline: a journal that heeds its context is told when the
// answer has left.
func TestHandOverHasADeadline(t *testing.T) {
	providerKey()
	synctest.Test(t, func(t *testing.T) {
		var ended time.Duration
		w := newWorld(t, func(o *notify.Options) {
			o.Hand = func(ctx context.Context, _ notify.Hint) error {
				start := time.Now()
				<-ctx.Done()
				ended = time.Since(start)
				return ctx.Err()
			}
		})
		expect(t, w.send(w.payment("1", sample(t)).request(t)), "5007900", "General Error")
		synctest.Wait()
		if ended != 80*time.Millisecond {
			t.Errorf("the context ended after %v", ended)
		}
	})
}

// TestProviderHangsUp: what began is journalled all the same.
func TestProviderHangsUp(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) {
		hand := o.Hand
		o.Hand = func(ctx context.Context, h notify.Hint) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return hand(ctx, h)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	expect(t, w.send(w.payment("1", sample(t)).request(t).WithContext(ctx)), "2007900", "Successful")
	if len(w.took()) != 1 {
		t.Error("nothing was handed over")
	}
}

// TestHangingJournalIsNotPiledUp: hand-overs that hang are counted; further
// notifications are answered at once and start no more of them.
func TestHangingJournalIsNotPiledUp(t *testing.T) {
	providerKey()
	synctest.Test(t, func(t *testing.T) {
		w, began, release := hang(t, func(o *notify.Options) { o.Limits.Concurrent = 2 })
		defer release()
		for i := range 5 {
			start := time.Now()
			expect(t, w.send(w.payment(fmt.Sprint(i), sample(t)).request(t)), "5007900", "General Error")
			if took := time.Since(start); i >= 2 && took != 0 {
				t.Errorf("notification %d waited %v", i, took)
			}
		}
		if began.Load() != 2 {
			t.Errorf("%d hand-overs hang, want 2", began.Load())
		}
		release()
		synctest.Wait()
		for i := range 5 {
			expect(t, w.send(w.payment(fmt.Sprint(i), sample(t)).request(t)), "2007900", "Successful")
		}
		if len(w.took()) != 5 {
			t.Errorf("%d were taken, want 5", len(w.took()))
		}
	})
}

// TestRepeatWhileUnderWay: both callers wait for the one hand-over; another
// body under the same id does not.
func TestRepeatWhileUnderWay(t *testing.T) {
	providerKey()
	synctest.Test(t, func(t *testing.T) {
		w, began, release := hang(t, nil)
		defer release()
		var answers [2]reply
		var both sync.WaitGroup
		for i := range answers {
			both.Go(func() { answers[i] = w.send(w.payment("1", sample(t)).request(t)) })
		}
		synctest.Wait()
		other := strings.Replace(sample(t), "50000", "90000", 1)
		expect(t, w.send(w.payment("1", other).request(t)), "4097900", "Conflict")
		release()
		both.Wait()
		for _, got := range answers {
			expect(t, got, "2007900", "Successful")
		}
		if began.Load() != 1 || len(w.took()) != 1 {
			t.Errorf("handed over %d times, taken %d times", began.Load(), len(w.took()))
		}
	})
}

// TestTooManyAtOnce: requests in work are counted too.
func TestTooManyAtOnce(t *testing.T) {
	providerKey()
	synctest.Test(t, func(t *testing.T) {
		w, _, release := hang(t, func(o *notify.Options) { o.Limits.Concurrent = 1 })
		defer release()
		var first sync.WaitGroup
		first.Go(func() { w.send(w.payment("1", sample(t)).request(t)) })
		synctest.Wait()
		got := w.send(w.payment("2", sample(t)).request(t))
		expect(t, got, "4297900", "Too Many Requests")
		if got.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
		}
		release()
		first.Wait()
	})
}
