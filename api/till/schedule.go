package till

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"cashier/api"
)

// workers is how many payments are asked about at the same time.
const workers = 8

// track finds or makes the run of a transaction. A run that is made for a
// record from the journal belongs to no cashier: nothing is cancelled by
// itself.
func (t *Till) track(tx *Transaction, live bool) *run {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trackLocked(tx, live)
}

func (t *Till) trackLocked(tx *Transaction, live bool) *run {
	r := t.runs[tx.Reference]
	if r == nil {
		now := t.clock.Now()
		r = &run{live: live, attended: live}
		r.begin(now)
		r.dueRefund(now)
		if tx.State == Parked {
			r.last = now.Add(-t.plan.Sweep[0]) // found at a start: asked at once
		}
		if !live && t.awaits(tx, now) {
			r.awaited = now.Add(returnWithin)
		}
		r.update.Transaction = tx.shown()
		t.runs[tx.Reference] = r
	}
	return r
}

// telling shows that a question is under way.
func (t *Till) telling(tx *Transaction, r *run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.show(tx)
	r.update.Checking, r.update.Next = true, time.Time{}
	r.questions++
	r.tell()
}

// noted shows what came of a step and schedules the next one, whose time it
// returns. A settled payment without listeners is forgotten.
func (t *Till) noted(tx *Transaction, r *run, answer api.Answer, err error) time.Time {
	now := t.clock.Now()
	what, at := t.decide(tx, r, now)
	switch {
	case errors.Is(err, ErrOtherProfile):
		what = rest
	case err != nil: // the journal could not take it and still holds what was: again, but not in a tight loop
		what, at = ask, now.Add(5*time.Second)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	r.what, r.next, r.hurry, r.attended = what, at, false, r.live
	u := &r.update
	if err != nil || u.Err != nil { // what the journal did not take has no revision of its own
		u.Transaction = tx.shown()
	}
	r.show(tx)
	u.Answer, u.Checking, u.Err = answer, false, err
	if u.Next = at; what == rest {
		u.Next = time.Time{}
	}
	if answer.HTTPStatus != 0 {
		u.CheckedAt, u.DownSince = now, time.Time{}
	} else if answer.Class != "" && u.DownSince.IsZero() {
		u.DownSince = now
	}
	u.Ended, u.Awaits = what == rest, tx.underway() && !r.awaited.IsZero()
	r.tell()
	if what == rest && len(r.subs) == 0 {
		delete(t.runs, tx.Reference)
	}
	t.nudgeLocked()
	if what == rest {
		return time.Time{}
	}
	return at
}

// show puts the record into the update. Most questions tell nothing new: then
// it stands there already.
func (r *run) show(tx *Transaction) {
	shown := &r.update.Transaction
	if tx.Revision != shown.Revision || tx.State != shown.State || tx.Lookup != nil {
		*shown = tx.shown()
	}
}

func (r *run) tell() {
	for c := range r.subs {
		select {
		case <-c:
		default:
		}
		c <- r.update
	}
}

func (t *Till) nudge() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nudgeLocked()
}

func (t *Till) nudgeLocked() {
	select {
	case t.stir <- struct{}{}:
	default:
	}
}

// Follow subscribes to one payment: the channel has room for one update,
// always the latest. The payment need not be open.
func (t *Till) Follow(ctx context.Context, reference api.Reference) (updates <-chan Update, unsubscribe func(), err error) {
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return nil, nil, err
	}
	c := make(chan Update, 1)
	t.mu.Lock()
	r := t.trackLocked(&tx, false)
	if r.subs == nil {
		r.subs = map[chan Update]struct{}{}
	}
	r.subs[c] = struct{}{}
	t.mu.Unlock()
	unsubscribe = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(r.subs, c)
		if len(r.subs) == 0 && r.what == rest && t.runs[reference] == r {
			delete(t.runs, reference)
		}
	}
	// From here on every step tells us, but one may have ended since the first
	// look: it told nobody.
	if tx, err = t.journal.Get(ctx, reference); err != nil {
		unsubscribe()
		return nil, nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if tx.Revision > r.update.Transaction.Revision {
		r.update.Transaction = tx
	}
	select {
	case <-c:
	default:
	}
	c <- r.update
	return c, unsubscribe, nil
}

// Leave says that the cashier has gone from a payment's window: from now on
// nothing is cancelled by itself.
func (t *Till) Leave(reference api.Reference) {
	t.mu.Lock()
	if r := t.runs[reference]; r != nil {
		r.leave.Store(true)
	}
	t.mu.Unlock()
}

// Due lists the payments whose next step is due, in the order of their times,
// and when the first of the others is; zero when there is none.
func (t *Till) Due(now time.Time) (due []api.Reference, next time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dueLocked(now)
}

func (t *Till) dueLocked(now time.Time) (due []api.Reference, next time.Time) {
	for reference, r := range t.runs {
		switch {
		case r.busy || r.what == rest && !r.hurry || t.heldLocked(r):
		case !r.next.After(now):
			due = append(due, reference)
		case next.IsZero() || r.next.Before(next):
			next = r.next
		}
	}
	slices.SortFunc(due, func(a, b api.Reference) int {
		return cmp.Or(t.runs[a].next.Compare(t.runs[b].next), cmp.Compare(a, b))
	})
	return due, next
}

// Run steps every payment when it is due, a few at a time and never one twice
// at once, until the context ends; then it waits for the steps under way.
func (t *Till) Run(ctx context.Context) {
	var steps sync.WaitGroup
	defer steps.Wait()
	free := make(chan struct{}, workers)
	for {
		t.mu.Lock()
		due, next := t.dueLocked(t.clock.Now())
		for _, reference := range due {
			t.runs[reference].busy = true
		}
		t.mu.Unlock()
		for _, reference := range due {
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
				t.idle(reference)
				continue
			}
			steps.Add(1)
			t.start(func() {
				defer steps.Done()
				defer func() { <-free }()
				defer t.idle(reference)
				t.step(ctx, reference)
			})
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = t.clock.After(max(next.Sub(t.clock.Now()), 0))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.stir:
		case <-timer:
		}
	}
}

func (t *Till) idle(reference api.Reference) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.runs[reference]; r != nil {
		r.busy = false
	}
	t.nudgeLocked()
}

// step is Step, or a question when somebody is in a hurry.
func (t *Till) step(ctx context.Context, reference api.Reference) {
	t.mu.Lock()
	r := t.runs[reference]
	hurried := r != nil && r.hurry
	t.mu.Unlock()
	// What went wrong is in the update; the next step is scheduled already.
	if hurried {
		t.CheckPayment(ctx, reference)
		return
	}
	t.Step(ctx, reference)
}

// Settle steps one payment until it is final, parked or rests, and returns it:
// for a command that waits. It must not run beside Run.
func (t *Till) Settle(ctx context.Context, reference api.Reference) (Transaction, error) {
	for {
		at, err := t.Step(ctx, reference)
		if err != nil {
			return Transaction{}, err
		}
		tx, err := t.journal.Get(ctx, reference)
		if err != nil || at.IsZero() || !tx.State.Open() && tx.openRefund() < 0 || tx.State == Parked {
			return tx, err
		}
		select {
		case <-t.clock.After(max(at.Sub(t.clock.Now()), 0)):
		case <-ctx.Done():
			return tx, ctx.Err()
		}
	}
}
