package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/views"
)

func (a *app) resumeCommand() *cobra.Command {
	var limit time.Duration
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Ask about everything that is not settled yet",
		Long: `Asks about every transaction that is not settled yet, as the console does at
its start, and prints each change: one line, or with --json one object with all
of them at the end. Nothing is cancelled by itself. Without --for it ends once
each is settled or was asked about and parked; with --for it goes on by the
profile's plan as long as something is open, at most for that long.

Exit codes: 0 nothing is open any more; 5 something is; 7 nothing is open, and
a payment turned out to be paid twice or late; 130 interrupted.`,
		Args: noArgs,
	}
	cmd.Flags().DurationVar(&limit, "for", 0, "how `long` to go on, such as 30s or 2h")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("for") && limit <= 0 {
			return usagef("--for must be longer than nothing")
		}
		return a.resume(cmd.Context(), limit)
	})
	return cmd
}

// resuming is a run of resume.
type resuming struct {
	app     *app
	station *station
	working sync.WaitGroup // the till's goroutines
	until   time.Time      // of --for; zero: until each has been asked about
	settled chan struct{}  // one for each that rests

	mu    sync.Mutex
	shown map[api.Reference]string // what was said last of each
	late  bool
}

func (a *app) resume(ctx context.Context, limit time.Duration) error {
	w := &resuming{app: a, shown: map[api.Reference]string{}}
	if limit > 0 {
		w.until = time.Now().Add(limit)
	}
	o := stationOptions{start: func(f func()) { w.working.Go(f) }, changed: w.changed}
	return a.atStation(ctx, o, func(s *station) error {
		w.station = s
		return w.run(ctx)
	})
}

func (w *resuming) run(ctx context.Context) error {
	s := w.station
	loaded, err := openOnes(ctx, s.store)
	if err != nil {
		return err
	}
	if err := s.keysFor(loaded); err != nil {
		return err
	}
	w.mu.Lock()
	for _, tx := range loaded {
		w.shown[tx.Reference] = standingOf(tx)
	}
	w.mu.Unlock()
	working, stop := context.WithCancel(ctx)
	defer w.working.Wait()
	defer s.seat.handOver(ctx)
	defer stop()
	w.settled = make(chan struct{}, len(loaded))
	resumed, err := s.till.Resume(working, func(till.Transaction, error) { w.rested(working) })
	if err != nil {
		return fmt.Errorf("load what is open: %w", err)
	}
	left := len(resumed.Scheduled) + len(resumed.Payments) + len(resumed.Waiting)
	for _, reference := range resumed.Foreign {
		fmt.Fprintf(w.app.err, "%s: %s\n", reference, w.app.words.T("trouble.other-profile"))
	}
	for _, reference := range resumed.Payments {
		if err := w.follow(working, reference); err != nil {
			return err
		}
	}
	// Too old to be asked for by itself at a start: this is a person asking.
	w.working.Go(func() {
		for _, reference := range resumed.Waiting {
			// What went wrong is in the record; it stays open.
			_, _ = s.till.RepeatUserID(working, reference, nil)
			w.rested(working)
		}
	})
	w.working.Go(func() { s.till.Run(working) })
	var over <-chan time.Time
	if !w.until.IsZero() {
		timer := time.NewTimer(time.Until(w.until))
		defer timer.Stop()
		over = timer.C
	}
	for left > 0 {
		select {
		case <-w.settled:
			left--
			continue
		case <-over:
		case <-ctx.Done():
		}
		break
	}
	stop()
	s.seat.handOver(ctx)
	w.working.Wait()
	return w.end(ctx, loaded)
}

// rested counts one that rests; other processes may have begun more meanwhile
// than were loaded.
func (w *resuming) rested(ctx context.Context) {
	select {
	case w.settled <- struct{}{}:
	case <-ctx.Done():
	}
}

// follow reports when a payment rests.
func (w *resuming) follow(ctx context.Context, reference api.Reference) error {
	updates, unsubscribe, err := w.station.till.Follow(ctx, reference)
	if err != nil {
		return err
	}
	w.working.Go(func() {
		defer unsubscribe()
		for {
			select {
			case u := <-updates:
				if u.Err != nil {
					w.app.tellFailure(u.Err)
				}
				if w.rests(u) {
					w.rested(ctx)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	})
	return nil
}

// rests reports whether nothing more is to be waited for: the payment is
// settled, or its next step lies behind the end.
func (w *resuming) rests(u till.Update) bool {
	tx := u.Transaction
	switch {
	case u.Checking:
		return false
	case u.Ended || !tx.Unsettled():
		return true
	case w.until.IsZero() && u.Awaits:
		return false
	case w.until.IsZero() || !stillOpen(tx): // an ending is asked about again if that is due, and not waited for
		return u.Next.After(time.Now())
	}
	return u.Next.After(w.until)
}

// changed hears of each change that the journal took.
func (w *resuming) changed(tx till.Transaction) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := standingOf(tx)
	if w.shown[tx.Reference] == now {
		return
	}
	w.shown[tx.Reference] = now
	w.late = w.late || tx.State == till.LatePaid || tx.State == till.Doubled
	if !w.app.json {
		_ = w.app.changeLine(tx) // a reader that has gone does not end the asking
	}
}

// end asks again where "paid" was heard once while a cancel was under way,
// tells what is open and gives the exit code.
func (w *resuming) end(ctx context.Context, loaded []till.Transaction) error {
	a, s := w.app, w.station
	open := 0
	answer := make([]transactionJSON, 0, len(loaded))
	for _, tx := range loaded {
		tx, err := s.store.Get(context.WithoutCancel(ctx), tx.Reference)
		if err == nil && tx.State.Open() && tx.Payment != nil && tx.Payment.Status == api.StatusPaid && !tx.Payment.Mismatch && ctx.Err() == nil {
			tx, _, err = s.till.CheckPayment(ctx, tx.Reference)
		}
		if err != nil {
			return a.untold(tx, err)
		}
		if stillOpen(tx) {
			open++
		}
		if a.json {
			events, err := s.store.Events(context.WithoutCancel(ctx), tx.Reference)
			if err != nil {
				return err
			}
			answer = append(answer, a.transactionJSON(tx, events))
		} else if stillOpen(tx) {
			fmt.Fprintf(a.out, "%s  %s  %s\n", tx.Reference, signed(stateTone(tx.State), a.stateSentence(tx)), a.amount(money(tx.Amount)))
		}
	}
	switch {
	case ctx.Err() != nil && open > 0:
		a.exit = exitInterrupted
	case open > 0:
		a.exit = exitOpen
	case w.late:
		a.exit = exitLate
	}
	if a.json {
		return a.printJSON(itemsOf(answer))
	}
	if open == 0 {
		_, err := fmt.Fprintln(a.out, a.words.T("owner.none-open"))
		return err
	}
	_, err := fmt.Fprintln(a.out, a.words.T("owner.still-open", "n", open))
	return err
}

// changeLine tells of one change.
func (a *app) changeLine(tx till.Transaction) error {
	about := ""
	switch {
	case tx.Payment != nil:
		about = "  " + a.amount(tx.Amount) + "  " + views.CardName(tx.Payment.Card)
	case len(tx.Deposits) > 0:
		sum := till.Sum(tx.Deposits)
		about = fmt.Sprintf("  %s %d  %s", a.words.T("state.deposit.booked"), sum.BookedCount, a.words.Rupiah(sum.Booked.Minor()))
	}
	_, err := fmt.Fprintf(a.out, "%s  %s  %s%s\n", a.words.Clock(time.Now()), tx.Reference, a.theme().Signed(stateTone(tx.State), a.stateSentence(tx)), about)
	return err
}

// standingOf is what a change is a change of.
func standingOf(tx till.Transaction) string {
	text := string(tx.State)
	for _, r := range tx.Refunds {
		text += " " + string(r.Reference) + "=" + string(r.State)
	}
	if tx.Kind == till.CDM {
		text += fmt.Sprintf(" %+v", till.Sum(tx.Deposits))
	}
	return text
}

// stillOpen reports whether somebody must find out what happened: to a
// transaction, or to a refund of it.
func stillOpen(tx till.Transaction) bool { return tx.State.Open() || refundOpen(tx) }

// openOnes are the journal's unsettled transactions.
func openOnes(ctx context.Context, s journal) ([]till.Transaction, error) {
	var all []till.Transaction
	for tx, err := range s.Open(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, tx)
	}
	return all, nil
}

// keysFor reads the keys of the providers that will be asked about these.
func (s *station) keysFor(open []till.Transaction) error {
	of := func(kind till.Kind) bool {
		return slices.ContainsFunc(open, func(tx till.Transaction) bool { return tx.Kind == kind })
	}
	if s.client != nil && of(till.CDM) {
		if err := s.credentials(); err != nil {
			return err
		}
	}
	if s.pay != nil && of(till.CPM) {
		return s.payable()
	}
	return nil
}
