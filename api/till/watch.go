package till

import (
	"context"
	"sync"
	"time"

	"cashier/api"
)

// Update is what a watcher saw. Updates are lossy: a slow reader gets the
// latest one only, which says everything.
type Update struct {
	Transaction Transaction
	Answer      api.Answer // of the last check; zero before the first
	CheckedAt   time.Time  // when the provider last answered; zero before
	Checking    bool       // a check is under way
	Next        time.Time  // when the next check begins; zero while checking
	// Awaits: found in the journal, and until Next its console may come back.
	Awaits bool
	// DownSince is since when no answer comes; zero while the link works.
	DownSince time.Time
	Err       error // the watch ended with this; nil for its cap
	Ended     bool  // no more checks come by themselves
}

// Watcher asks for one user id's deposits by the plan, one request at a time,
// until the plan's cap or Stop.
type Watcher struct {
	till      *Till
	reference api.Reference
	cancel    context.CancelFunc
	wake      chan struct{}
	done      chan struct{}

	mu    sync.Mutex
	shown bool
	last  Update
	subs  map[chan Update]struct{}
}

// WatchDeposits starts a watch, or joins the one that runs already.
func (t *Till) WatchDeposits(reference api.Reference) *Watcher {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.watchers[reference]; w != nil {
		return w
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{
		till: t, reference: reference, cancel: cancel, wake: make(chan struct{}, 1), done: make(chan struct{}),
		shown: true, subs: map[chan Update]struct{}{},
	}
	t.watchers[reference] = w
	t.start(func() { w.run(ctx) })
	return w
}

// Updates subscribes: the channel has room for one, always the latest, and is
// closed when the watch has ended or unsubscribe is called.
func (w *Watcher) Updates() (updates <-chan Update, unsubscribe func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan Update, 1)
	if w.last.Transaction.Reference != "" || w.last.Ended {
		c <- w.last
	}
	if w.subs == nil {
		close(c)
		return c, func() {}
	}
	w.subs[c] = struct{}{}
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if _, there := w.subs[c]; there {
			delete(w.subs, c)
			close(c)
		}
	}
}

// CheckNow makes the next check begin at once: a key was pressed, or the
// machine woke from sleep and the timers are stale.
func (w *Watcher) CheckNow() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Show tells the watch whether its screen is before the operator; the pace
// depends on it.
func (w *Watcher) Show(shown bool) {
	w.mu.Lock()
	changed := w.shown != shown
	w.shown = shown
	w.mu.Unlock()
	if changed && shown {
		w.CheckNow()
	}
}

// Stop ends the watch and waits until nothing of it runs any more.
func (w *Watcher) Stop() {
	w.cancel()
	<-w.done
}

// StopAll ends every watch and writes what they counted: before the journal
// closes.
func (t *Till) StopAll(ctx context.Context) error {
	t.mu.Lock()
	var all []*Watcher
	for _, w := range t.watchers {
		all = append(all, w)
	}
	t.mu.Unlock()
	for _, w := range all {
		w.Stop()
	}
	return t.Flush(ctx)
}

func (w *Watcher) run(ctx context.Context) {
	defer close(w.done)
	t := w.till
	began := t.clock.Now()
	var u Update
	for step := -1; ; { // counts the checks since something last happened
		u.Checking, u.Next = true, time.Time{}
		if u.Transaction.Reference == "" {
			// The first update shows the record before the network answers.
			if tx, err := t.journal.Get(ctx, w.reference); err == nil {
				u.Transaction = tx
			}
		}
		w.tell(u)
		before := len(u.Transaction.Deposits)
		booked := Sum(u.Transaction.Deposits).BookedCount
		at := t.clock.Now()
		tx, answer, err := t.CheckDeposits(ctx, w.reference)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			u.Err = err
			break
		}
		u.Transaction, u.Answer, u.Checking = tx, answer, false
		if answer.HTTPStatus != 0 {
			u.DownSince = time.Time{}
		} else if u.DownSince.IsZero() {
			u.DownSince = at
		}
		if answer.Class == api.Done {
			u.CheckedAt = at
		}
		if len(tx.Deposits) != before || Sum(tx.Deposits).BookedCount != booked {
			step = 0 // money is moving: look closely again
		} else {
			step++
		}
		now := t.clock.Now()
		if now.Sub(began) >= t.plan.Cap {
			break
		}
		w.mu.Lock()
		shown := w.shown
		w.mu.Unlock()
		pause := max(t.plan.pause(step, shown, now.Sub(tx.CreatedAt)), answer.RetryAfter)
		u.Next = now.Add(pause)
		w.tell(u)
		select {
		case <-t.clock.After(pause):
			w.hold(ctx.Done())
		case <-w.wake:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	t.mu.Lock()
	delete(t.watchers, w.reference)
	t.mu.Unlock()
	u.Ended, u.Checking, u.Next = true, false, time.Time{}
	w.tell(u)
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.subs {
		close(c)
	}
	w.subs = nil
}

// tell replaces whatever a subscriber has not read yet.
func (w *Watcher) tell(u Update) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = u
	for c := range w.subs {
		select {
		case <-c:
		default:
		}
		c <- u
	}
}
