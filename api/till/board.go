package till

import (
	"context"
	"time"

	"cashier/api"
)

// BoardRow is one transaction that the till works on now, as it stands at
// this moment.
type BoardRow struct {
	Row
	Attempts  int       // requests so far that may have moved something, those of refunds too
	Checks    int       // questions so far, those that the journal does not know yet included
	CheckedAt time.Time // when the provider last answered; zero before
	Checking  bool      // a question is under way
	Next      time.Time // when it is asked about next; zero while checking and where it never is by itself
	DownSince time.Time // since when no answer comes; zero while the link works
	Refunding bool      // what is open is a refund
	Held      bool      // Pause keeps it from being asked about
}

// Board is a snapshot of what is asked about: open payments, refunds and
// lookups, and the watched user ids. The order is any. What is unsettled in
// the journal without being here is not asked about by itself. It costs no
// I/O.
func (t *Till) Board() []BoardRow {
	t.mu.Lock()
	rows := make([]BoardRow, 0, len(t.runs)+len(t.watchers))
	for reference, r := range t.runs {
		tx := &r.update.Transaction
		refunding := tx.openRefund() >= 0
		if !tx.State.Open() && !refunding {
			continue
		}
		row := boardRow(r.update)
		row.Checks = max(row.Checks+t.uncountedLocked(reference), r.questions)
		row.Refunding = refunding && !tx.State.Open()
		row.Held = t.heldLocked(r)
		rows = append(rows, row)
	}
	watchers := make([]*Watcher, 0, len(t.watchers))
	for _, w := range t.watchers {
		watchers = append(watchers, w)
	}
	paused := t.paused != nil
	t.mu.Unlock()
	for _, w := range watchers {
		w.mu.Lock()
		u, shown := w.last, w.shown
		w.mu.Unlock()
		if u.Transaction.Reference == "" || u.Ended {
			continue
		}
		row := boardRow(u)
		t.mu.Lock()
		row.Checks += t.uncountedLocked(row.Reference)
		t.mu.Unlock()
		row.Held = paused && !shown
		rows = append(rows, row)
	}
	return rows
}

func boardRow(u Update) BoardRow {
	tx := &u.Transaction
	row := BoardRow{
		Row: RowOf(*tx), Attempts: len(tx.Attempts), Checks: tx.Checks, CheckedAt: u.CheckedAt,
		Checking: u.Checking, Next: u.Next, DownSince: u.DownSince,
	}
	if row.CheckedAt.IsZero() {
		row.CheckedAt = tx.CheckedAt
	}
	for _, r := range tx.Refunds {
		row.Attempts += len(r.Attempts)
	}
	return row
}

func (t *Till) uncountedLocked(reference api.Reference) int {
	if u := t.unsaved[reference]; u != nil {
		return u.checks
	}
	return 0
}

// Hurry makes the next question about one transaction begin at once; false
// where the till does not work on it, so that nothing would be asked.
func (t *Till) Hurry(reference api.Reference) bool {
	t.mu.Lock()
	w, working := t.watchers[reference], t.runs[reference] != nil
	t.mu.Unlock()
	if w != nil {
		w.CheckNow()
	}
	if working {
		t.hurry(reference)
	}
	return w != nil || working
}

// CheckNow is Hurry, and asks itself where the till does not work on the
// transaction. A user id whose answer was lost is asked for once more, with the
// same reference and bytes; no money moves by it.
func (t *Till) CheckNow(ctx context.Context, reference api.Reference) error {
	if t.Hurry(reference) {
		return nil
	}
	tx, err := t.journal.Get(ctx, reference)
	if err != nil {
		return err
	}
	if tx.Kind == CDM && tx.State.Open() {
		_, err = t.RepeatUserID(ctx, reference, nil)
		return err
	}
	_, _, err = t.CheckPayment(ctx, reference)
	return err
}

// HurryAll hurries all that Board shows, and returns how many that are.
func (t *Till) HurryAll() int {
	n := 0
	for _, row := range t.Board() {
		if t.Hurry(row.Reference) {
			n++
		}
	}
	return n
}

// Pause keeps the till from asking by itself, or lets it go on. What somebody
// waits for goes on all the same: a payment whose cashier stands there (its
// window must end as it should), what is followed on a screen, and what Hurry
// asks for. Nothing is lost by it: what is due is asked about when it goes on.
func (t *Till) Pause(paused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case paused && t.paused == nil:
		t.paused = make(chan struct{})
	case !paused && t.paused != nil:
		close(t.paused)
		t.paused = nil
	}
	t.nudgeLocked()
}

// Paused reports whether Pause holds.
func (t *Till) Paused() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.paused != nil
}

// heldLocked reports whether a run waits for the end of a pause.
func (t *Till) heldLocked(r *run) bool {
	return t.paused != nil && !r.hurry && len(r.subs) == 0 && (!r.attended || r.leave.Load())
}

// hold waits while the till is paused and nobody looks at this watch.
func (w *Watcher) hold(done <-chan struct{}) {
	for {
		w.mu.Lock()
		shown := w.shown
		w.mu.Unlock()
		w.till.mu.Lock()
		paused := w.till.paused
		w.till.mu.Unlock()
		if shown || paused == nil {
			return
		}
		select {
		case <-paused:
		case <-w.wake:
			return
		case <-done:
			return
		}
	}
}
