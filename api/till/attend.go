package till

import (
	"context"
	"time"

	"cashier/api"
)

// returnWithin is how long a payment that was found in the journal waits for
// the console that asked for it, before it is parked: that console looks for
// the journal's next owner every few milliseconds.
const returnWithin = 2 * time.Second

// Attend says that the console which asked for a payment is still there, and
// its cashier with it, although the process that had the journal is not: the
// window goes on to the end that it always had. The console is the one of the
// Order. It counts for a payment that this till found in the journal and has
// not parked, and not once the window is long over; whoever left stays away.
func (t *Till) Attend(ctx context.Context, reference api.Reference, console string) error {
	release, err := t.locks.acquire(ctx, reference)
	if err != nil {
		return err
	}
	defer release()
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return err
	}
	now := t.clock.Now()
	if tx.Payment == nil || tx.Payment.Console != console || !t.awaits(&tx, now) {
		return nil
	}
	r := t.track(&tx, false)
	if r.awaited.IsZero() {
		return nil
	}
	r.live, r.awaited = true, time.Time{}
	for _, a := range tx.Attempts {
		if a.Service == "62" { // the other process's cancel is this window's too
			r.cancels++
			r.cancelled = a.At.Add(a.Latency)
			r.unclear = !cancelAnswered(a.Class)
		}
	}
	t.noted(&tx, r, r.update.Answer, nil)
	return nil
}

// awaits reports whether the cashier of a payment that was found in the journal
// may still be at the console that asked for it.
func (t *Till) awaits(tx *Transaction, now time.Time) bool {
	p := tx.Payment
	return p != nil && p.Console != "" && p.Proof == nil && !p.Mismatch && tx.underway() &&
		now.Before(p.LeftAt.Add(t.plan.Window+t.plan.Settle))
}

// underway reports whether a payment is open and nobody has put it aside.
func (tx *Transaction) underway() bool {
	switch tx.State {
	case Sent, Pending, Unknown, Cancelling:
		return true
	}
	return false
}

// busyFor is how late a step may be on a machine that is only busy, however
// short the window.
const busyFor = 10 * time.Second

// oversleep ends a live window whose step comes a whole window late: the
// machine slept, and nobody stood there. What is open is then asked about and
// parked, as after a start. The caller holds the lock.
func (t *Till) oversleep(tx *Transaction, r *run, now time.Time) {
	t.mu.Lock()
	due := later(r.next, r.last)
	t.mu.Unlock()
	// Round: the monotonic clock stands still while a machine sleeps.
	if tx.Payment == nil || !tx.underway() || now.Round(0).Sub(due.Round(0)) <= max(t.plan.Window, busyFor) {
		return
	}
	r.live, r.awaited, r.cancels, r.unclear, r.end = false, time.Time{}, 0, false, false
	r.begin(now)
}
