package till

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cashier/api"
)

func TestTheBoardShowsWhatIsWorkedOn(t *testing.T) {
	c := newCounter(t, pending60)
	if rows := c.till.Board(); len(rows) != 0 {
		t.Fatalf("%+v", rows)
	}
	tx := c.pay(c.order())
	c.pass(7 * time.Second)
	rows := c.till.Board()
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	row := rows[0]
	if row.Reference != tx.Reference || row.State != Pending || row.Kind != CPM || row.Amount != tx.Amount {
		t.Errorf("%+v", row.Row)
	}
	if row.Attempts != 1 || row.Checks != c.bank.count("ask") || row.Checks < 3 {
		t.Errorf("%d attempts, %d checks, the bank was asked %d times", row.Attempts, row.Checks, c.bank.count("ask"))
	}
	if now := c.clock.Now(); row.CheckedAt.IsZero() || row.CheckedAt.After(now) || !row.Next.After(now) || row.Checking || row.Held {
		t.Errorf("%+v", row)
	}
	c.bank.status = says(api.StatusPaid)
	c.pass(10 * time.Second)
	if rows := c.till.Board(); len(rows) != 0 {
		t.Errorf("a paid one is still there: %+v", rows)
	}
}

func TestTheBoardShowsRefundsThatAreOpen(t *testing.T) {
	c := paidCounter(t)
	c.bank.refund = func(int) api.Answer { return lost }
	tx := c.want(Paid)
	if _, err := c.till.Refund(t.Context(), tx.Reference, "R1", api.IDR(100), "cup"); err != nil {
		t.Fatal(err)
	}
	rows := c.till.Board()
	if len(rows) != 1 || !rows[0].Refunding || rows[0].State != Paid || rows[0].Attempts != 2 {
		t.Errorf("%+v", rows)
	}
}

// A pause holds back what nobody waits for, and nothing else.
func TestPause(t *testing.T) {
	c := newCounter(t, pending60)
	live := c.pay(c.order())
	c.till.Pause(true)
	c.till.Pause(true)
	if !c.till.Paused() {
		t.Error("it is not paused")
	}
	asked := c.bank.count("ask")
	c.pass(10 * time.Second)
	if c.bank.count("ask") == asked {
		t.Error("a payment whose cashier stands there was held back")
	}
	c.till.Leave(live.Reference)
	c.pass(10 * time.Second)
	asked = c.bank.count("ask")
	c.pass(10 * time.Minute)
	if n := c.bank.count("ask"); n != asked {
		t.Errorf("asked %d times during the pause", n-asked)
	}
	if rows := c.till.Board(); len(rows) != 1 || !rows[0].Held {
		t.Errorf("%+v", rows)
	}
	if !c.till.Hurry(live.Reference) {
		t.Error("it cannot be asked about now")
	}
	if due, _ := c.till.Due(c.clock.Now()); !slices.Equal(due, []api.Reference{live.Reference}) {
		t.Errorf("due in a pause after Hurry: %v", due)
	}
	if _, _, err := c.till.CheckPayment(t.Context(), live.Reference); err != nil || c.bank.count("ask") != asked+1 {
		t.Errorf("%v, asked %d times", err, c.bank.count("ask")-asked)
	}
	_, unsubscribe, err := c.till.Follow(t.Context(), live.Reference)
	if err != nil || c.till.Board()[0].Held {
		t.Errorf("%v: what is followed on a screen is held back", err)
	}
	unsubscribe()
	c.till.Pause(false)
	c.till.Pause(false)
	if c.till.Paused() || c.till.Board()[0].Held {
		t.Error("the pause goes on")
	}
	asked = c.bank.count("ask")
	c.pass(10 * time.Minute)
	if c.bank.count("ask") == asked {
		t.Error("nothing was asked after the pause")
	}
}

func TestHurryOfNothing(t *testing.T) {
	c := newCounter(t, pending60)
	if c.till.Hurry("nobody") || c.till.HurryAll() != 0 {
		t.Error("something was asked about")
	}
	c.pay(c.order())
	if n := c.till.HurryAll(); n != 1 {
		t.Errorf("%d are asked about now, want 1", n)
	}
}

// TestCheckNow asks about what nobody works on, and hurries what somebody does.
func TestCheckNow(t *testing.T) {
	c := newCounter(t, pending60)
	if err := c.till.CheckNow(t.Context(), "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	c.pay(c.order())
	asked := c.bank.count("ask")
	if err := c.till.CheckNow(t.Context(), "Q1"); err != nil || c.bank.count("ask") != asked {
		t.Errorf("%v, asked %d times beside the plan", err, c.bank.count("ask")-asked)
	}
	if due, _ := c.till.Due(c.clock.Now()); !slices.Equal(due, []api.Reference{"Q1"}) {
		t.Errorf("due: %v", due)
	}
	c.restart() // nothing is loaded
	if err := c.till.CheckNow(t.Context(), "Q1"); err != nil || c.bank.count("ask") != asked+1 {
		t.Errorf("%v, asked %d times", err, c.bank.count("ask")-asked)
	}
}

func TestLookupsOnTheBoardCountTheirQuestions(t *testing.T) {
	clock := stillAt(noon)
	paydia := &register{name: "paydia", answer: done61, news: api.LookupNews{Status: api.StatusPending}}
	till := New(Options{Journal: newMemory(), Lookups: []Lookups{paydia}, Clock: clock})
	for range 3 {
		if _, _, err := till.Look(t.Context(), "paydia", api.LookupKey{Reference: "INV-1"}); err != nil {
			t.Fatal(err)
		}
	}
	if rows := till.Board(); len(rows) != 1 || rows[0].Checks != 3 || rows[0].Provider != "paydia" || rows[0].Kind != MPM {
		t.Errorf("%+v", rows)
	}
}

// A watch behind other screens waits for the end of the pause; one that is
// looked at does not.
func TestPausedWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, Plan{})
		watch := w.till.WatchDeposits("W")
		pass(time.Second)
		rows := w.till.Board()
		if len(rows) != 1 || rows[0].Kind != CDM || rows[0].Checks != 1 || rows[0].Next.IsZero() || rows[0].Held {
			t.Fatalf("%+v", rows)
		}
		w.till.Pause(true)
		pass(5 * time.Second)
		if n := len(w.times()); n != 3 {
			t.Errorf("asked %d times while it is looked at, want 3", n)
		}
		watch.Show(false)
		pass(10 * time.Minute)
		if n := len(w.times()); n != 3 || !w.till.Board()[0].Held {
			t.Errorf("asked %d times during the pause", n)
		}
		if w.till.HurryAll() != 1 {
			t.Error("the watch was not woken")
		}
		pass(time.Second)
		if n := len(w.times()); n != 4 {
			t.Errorf("asked %d times after a wake, want 4", n)
		}
		pass(10 * time.Minute)
		w.till.Pause(false)
		pass(time.Second)
		if n := len(w.times()); n != 5 {
			t.Errorf("asked %d times after the pause, want 5", n)
		}
		w.till.Pause(true)
		pass(10 * time.Minute)
		if err := w.till.StopAll(context.Background()); err != nil { // also in a pause
			t.Fatal(err)
		}
		if rows := w.till.Board(); len(rows) != 0 {
			t.Errorf("%+v", rows)
		}
	})
}

// BenchmarkBoard is a snapshot of 1,000 open payments.
func BenchmarkBoard(b *testing.B) {
	till := New(Options{Journal: newMemory(), Clock: stillAt(noon)})
	for i := range 1000 {
		tx := Transaction{Reference: api.Reference(fmt.Sprintf("Q%024d", i)), Kind: CPM, State: Pending, Amount: api.IDR(100), Payment: &Payment{}}
		till.track(&tx, false)
	}
	for b.Loop() {
		if len(till.Board()) != 1000 {
			b.Fatal("rows are missing")
		}
	}
}
