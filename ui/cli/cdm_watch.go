package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) cdmWatchCommand() *cobra.Command {
	var limit time.Duration
	cmd := &cobra.Command{
		Use:   "watch REFERENCE",
		Short: "Follow the deposits of a user id",
		Long: `Follows the deposits of a user id by the profile's plan: one line for its
present state, then one for each change, until --for is over or a signal comes.
With --json each line is the transaction.

Exit codes: 0 at the end of --for or of the plan; 130 interrupted.`,
		Args: exactly("a REFERENCE"),
	}
	cmd.Flags().DurationVar(&limit, "for", 0, "how `long` to watch, such as 30s or 2h (default: the plan's end)")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("for") && limit <= 0 {
			return usagef("--for must be longer than nothing")
		}
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		return a.at(cmd.Context(), func(s *station) error { return a.watch(cmd.Context(), s, reference, limit) })
	})
	return cmd
}

func (a *app) watch(ctx context.Context, s *station, reference api.Reference, limit time.Duration) error {
	tx, err := a.find(ctx, s, reference)
	if err != nil {
		return err
	}
	if tx.Kind != till.CDM {
		return usagef("%s is a payment; ask about it with: cashier cpm query", reference)
	}
	if err := s.credentials(); err != nil {
		return err
	}
	var over <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		over = timer.C
	}
	if tx.State.Open() {
		if tx, err = s.till.RepeatUserID(ctx, tx.Reference, nil); err != nil {
			return a.notRecorded(tx, err)
		}
	}
	if tx.State != till.Active && tx.State != till.Inactive {
		if err := a.watchLine(ctx, s, till.Update{Transaction: tx}); err != nil {
			return err
		}
		a.exit = settled(tx.State)
		return nil
	}
	w := s.till.WatchDeposits(tx.Reference)
	updates, unsubscribe := w.Updates()
	defer unsubscribe()
	var shown watchState
	for {
		select {
		case u, more := <-updates:
			if u.Err != nil {
				return u.Err
			}
			if now := stateOf(u); u.Transaction.Reference != "" && (!u.Checking || !shown.seen) && now != shown {
				shown = now
				if err := a.watchLine(ctx, s, u); err != nil {
					return err
				}
			}
			if !more || u.Ended {
				return nil
			}
		case <-over:
			return nil
		case <-ctx.Done():
			a.exit = exitInterrupted
			return nil
		}
	}
}

// watchState is what a line of watch tells: another line comes when it is
// another one.
type watchState struct {
	seen bool
	// The deposits by state, with their sums: a change of any is news.
	booked, waiting, other int
	sum, expected          int64
	state                  till.State
	down                   bool
	said                   string
}

func stateOf(u till.Update) watchState {
	said := u.Answer.Key()
	if u.Answer.Class == api.Done {
		said = "" // no deposit yet and an empty list are the same news
	}
	sum := till.Sum(u.Transaction.Deposits)
	return watchState{
		seen: true, booked: sum.BookedCount, waiting: sum.WaitingCount, other: sum.Other,
		sum: sum.Booked.Minor(), expected: sum.Waiting.Minor(),
		state: u.Transaction.State, down: !u.DownSince.IsZero(), said: said,
	}
}

func (a *app) watchLine(ctx context.Context, s *station, u till.Update) error {
	if a.json {
		events, err := s.store.Events(context.WithoutCancel(ctx), u.Transaction.Reference)
		if err != nil {
			return err
		}
		return a.printJSON(a.transactionJSON(u.Transaction, events))
	}
	sum, t := till.Sum(u.Transaction.Deposits), a.theme()
	link := ""
	switch {
	case !u.DownSince.IsZero():
		link = "   " + a.words.T("state.link.down", "time", a.words.Clock(u.DownSince))
	case u.Answer.Class != "" && u.Answer.Class != api.Done:
		link = "   " + string(u.Answer.Message) + " " + u.Answer.Code.String()
	}
	_, err := fmt.Fprintf(a.out, "%s  %s  %s  %s %d  %s   %s %d  %s%s\n",
		a.words.Clock(time.Now()), u.Transaction.Reference,
		t.Tone(stateTone(u.Transaction.State), a.stateWord(u.Transaction.Kind, u.Transaction.State)),
		a.words.T("state.deposit.booked"), sum.BookedCount, t.Money(a.words.Rupiah(sum.Booked.Minor())),
		a.words.T("state.deposit.waiting"), sum.WaitingCount, a.words.Rupiah(sum.Waiting.Minor()), link)
	return err
}
