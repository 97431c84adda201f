package till

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cashier/api"
)

// watched is an active user id at a desk whose deposit queries are noted.
type watched struct {
	till  *Till
	desk  *desk
	m     *memory
	mu    sync.Mutex
	asked []time.Duration // since the start
	found []api.Deposit
	reply api.Answer
	slow  time.Duration
}

func newWatched(t *testing.T, plan Plan) *watched {
	t.Helper()
	w := &watched{m: newMemory(), reply: done91}
	w.desk = &desk{answers: []api.Answer{done90}, id: active}
	w.till = New(Options{Journal: w.m, UserIDs: w.desk, Plan: plan})
	if _, err := w.till.NewUserID(t.Context(), "W", courier, nil); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	w.desk.deposits = func(_, _ time.Time) ([]api.Deposit, api.Answer) {
		w.mu.Lock()
		w.asked = append(w.asked, time.Since(start))
		found, reply, slow := slices.Clone(w.found), w.reply, w.slow
		w.mu.Unlock()
		if slow > 0 {
			<-time.After(slow)
		}
		return found, reply
	}
	return w
}

func (w *watched) times() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

func (w *watched) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func seconds(all ...int) []time.Duration {
	var out []time.Duration
	for _, s := range all {
		out = append(out, time.Duration(s)*time.Second)
	}
	return out
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestTheWatchKeepsToThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, Plan{})
		watch := w.till.WatchDeposits("W")
		pass(61 * time.Second)
		// 2, 3, 5, 8, 12 and then every 15 s; the first check is at once.
		if got, want := w.times(), seconds(0, 2, 5, 10, 18, 30, 45, 60); !slices.Equal(got, want) {
			t.Errorf("on the screen it asked at %v, want %v", got, want)
		}
		watch.Show(false)
		pass(3 * time.Minute)
		if got, want := w.times()[8:], seconds(75, 135, 195); !slices.Equal(got, want) {
			t.Errorf("behind another screen it asked at %v, want %v", got, want)
		}
		// A deposit makes it look closely again.
		w.set(func() { w.found = []api.Deposit{item(1, api.DepositBooked, 100)} })
		watch.Show(true)
		pass(6 * time.Second)
		if got, want := w.times()[11:], seconds(241, 243, 246); !slices.Equal(got, want) {
			t.Errorf("after a deposit it asked at %v, want %v", got, want)
		}
		if err := w.till.StopAll(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheWatchNeverOverlapsAndWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, Plan{})
		w.slow = 20 * time.Second
		watch := w.till.WatchDeposits("W")
		if again := w.till.WatchDeposits("W"); again != watch {
			t.Error("a second watch of the same user id")
		}
		pass(time.Second)
		for range 5 {
			watch.CheckNow()
		}
		w.till.start(func() { w.till.CheckDeposits(t.Context(), "W") })
		pass(2 * time.Minute)
		if w.desk.overlap {
			t.Error("two requests of one transaction were in flight")
		}
		if err := w.till.StopAll(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheWatchTellsOfALinkThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, Plan{})
		start := time.Now()
		watch := w.till.WatchDeposits("W")
		updates, unsubscribe := watch.Updates()
		defer unsubscribe()
		pass(time.Second)
		if u := <-updates; !u.DownSince.IsZero() || u.CheckedAt.IsZero() || u.Next.IsZero() {
			t.Errorf("with a link: %+v", u)
		}
		w.set(func() { w.reply = refused })
		pass(30 * time.Second)
		if u := <-updates; u.DownSince.Sub(start) != 2*time.Second {
			t.Errorf("down since %s after the start, want 2s", u.DownSince.Sub(start))
		}
		w.set(func() { w.reply = done91 })
		pass(30 * time.Second)
		if u := <-updates; !u.DownSince.IsZero() {
			t.Errorf("still down since %s", u.DownSince)
		}
		// 429 with a time to wait is obeyed.
		busy := api.Answer{Class: api.Failed, HTTPStatus: 429, Code: code("4299100"), RetryAfter: 5 * time.Minute}
		w.set(func() { w.reply = busy })
		pass(16 * time.Second)
		n := len(w.times())
		pass(4 * time.Minute)
		if got := len(w.times()); got != n {
			t.Errorf("asked %d times while told to wait", got-n)
		}
		watch.Stop()
	})
}

func TestTheWatchEndsAtItsCapAndCanBeStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, Plan{Cap: time.Minute})
		updates, _ := w.till.WatchDeposits("W").Updates()
		pass(2 * time.Minute)
		var last Update
		for u := range updates {
			last = u
		}
		if !last.Ended || last.Err != nil {
			t.Errorf("%+v", last)
		}
		n := len(w.times())
		watch := w.till.WatchDeposits("W")
		pass(time.Second)
		if len(w.times()) != n+1 {
			t.Error("a new watch did not ask")
		}
		watch.Stop()
	})
}

func TestChecksAreCountedAndWrittenSparingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, Plan{})
		w.till.WatchDeposits("W")
		pass(59 * time.Second)
		before := len(w.m.told("W"))
		if before != 3 {
			t.Errorf("unchanged checks wrote %d events", before-3)
		}
		if err := w.till.StopAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		tx, _ := w.m.Get(t.Context(), "W")
		if got := w.m.told("W"); tx.Checks != 7 || got[len(got)-1] != "checked/active" || tx.CheckedAt.IsZero() {
			t.Errorf("%d checks, %q", tx.Checks, got)
		}
	})
}

func TestTheRangeAskedForCoversWhatMayHaveChanged(t *testing.T) {
	m := newMemory()
	made := noon.Add(-10 * 24 * time.Hour)
	oldWaiting := item(1, api.DepositWaiting, 100)
	oldWaiting.CreatedAt = noon.Add(-5 * 24 * time.Hour)
	for _, c := range []struct {
		name    string
		checked time.Time
		known   []Deposit
		from    time.Time
	}{
		{"never asked", time.Time{}, nil, made.Add(-margin)},
		{"asked an hour ago", noon.Add(-time.Hour), nil, noon.Add(-25 * time.Hour).Add(-margin)},
		{"one still waiting", noon.Add(-time.Hour), []Deposit{{Deposit: oldWaiting}}, oldWaiting.CreatedAt.Add(-margin)},
		{"asked right after it was made", made.Add(time.Minute), nil, made.Add(-margin)},
	} {
		tx := Transaction{CreatedAt: made, CheckedAt: c.checked, Deposits: c.known}
		if got := askFrom(tx); !got.Equal(c.from) {
			t.Errorf("%s: from %s, want %s", c.name, got, c.from)
		}
	}
	d := &desk{}
	till := New(Options{Journal: m, UserIDs: d})
	body, _ := d.PrepareUserID("F", courier)
	if err := m.Append(t.Context(), Change{Transaction: Transaction{Reference: "F", Kind: CDM, State: Failed, Binding: d.Binding(), Request: body, Revision: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := till.CheckDeposits(t.Context(), "F"); err == nil {
		t.Error("the deposits of a refused user id were asked for")
	}
}

func TestTheProductionPlan(t *testing.T) {
	p := DefaultPlan()
	if !slices.Equal(p.First, seconds(2, 3, 5, 8, 12)) || p.Every != 15*time.Second || p.Background != time.Minute || p.AfterDay != 15*time.Minute {
		t.Errorf("%+v", p)
	}
	if got := p.pause(9, true, 25*time.Hour); got != 15*time.Minute {
		t.Errorf("after a day: %s", got)
	}
}
