package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/store"
	"cashier/ui"
)

func (a *app) historyCompactCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "compact",
		Short: "Drop months past the retention and write the journal without free space",
		Long: `Drops the months that are older than the profile's retentionMonths (120, ten
years, where it says nothing); a seal in the chain stands for them. What is open
stays, with its sale and all its events; so do Z reports and the counts of days.
Then the journal is written anew without free pages, verified, and put in place
by a rename. It needs the journal alone, and as much free space as it has.

Exit codes: 0 done, 6 another process has the journal, it does not verify or the
disk is full, 130 interrupted; the journal is whole in each case.`,
		Args: noArgs,
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be dropped")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		f, err := a.journalFile()
		if err != nil {
			return err
		}
		if err := a.there(f); err != nil {
			return err
		}
		if dryRun {
			err = a.outlook(cmd.Context(), f)
		} else {
			err = a.compact(cmd.Context(), f)
		}
		if e, ok := errors.AsType[*store.DamagedError](err); ok {
			return a.unreadable(e)
		}
		return interrupted(cmd.Context(), err)
	})
	return cmd
}

// outlookJSON is what retention would do, or has done.
type outlookJSON struct {
	Before       string `json:"before"`       // the first month that stays
	Transactions int    `json:"transactions"` // that go
	Held         int    `json:"held"`         // older ones that stay: open, of an open sale, or changed since
}

func (a *app) outlook(ctx context.Context, f journalFile) error {
	o, err := a.lookAhead(ctx, f)
	if err != nil {
		return err
	}
	month := o.Before.In(api.Jakarta).Format("2006-01")
	if a.json {
		return a.printJSON(outlookJSON{month, o.Transactions, o.Held})
	}
	fmt.Fprintf(a.out, "Kept are %d months: %s and later. Older: %d transactions would be dropped, %d stay (open, of an open sale, or changed since).\n",
		f.profile.Retention(), month, o.Transactions, o.Held)
	return nil
}

// lookAhead only reads; where a process has the journal, that one does it.
func (a *app) lookAhead(ctx context.Context, f journalFile) (o store.Outlook, err error) {
	options := f.options
	options.ReadOnly = true
	s, err := store.Open(f.path, options)
	if _, busy := errors.AsType[*store.LockedError](err); busy {
		err = a.withStore(ctx, func(j journal) (err error) {
			o, err = j.Outlook(ctx, f.profile.Retention())
			return err
		})
		return o, err
	}
	if err != nil {
		return o, err
	}
	o, err = s.Outlook(ctx, f.profile.Retention())
	return o, errors.Join(err, s.Close())
}

func (a *app) compact(ctx context.Context, f journalFile) error {
	var dropped store.Dropped
	var done store.Compacted
	err := a.metered(func(tell func(store.Progress)) error {
		s, err := store.Open(f.path, f.options)
		if err != nil {
			return err
		}
		before, err := s.KeptFrom(f.profile.Retention())
		if err == nil {
			dropped, err = s.Drop(ctx, before, tell)
		}
		if err := errors.Join(err, s.Close()); err != nil {
			return err
		}
		done, err = store.Compact(ctx, f.path, f.options, tell)
		return err
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			File         string `json:"file"`
			Dropped      int    `json:"dropped"`
			BytesBefore  int64  `json:"bytesBefore"`
			BytesAfter   int64  `json:"bytesAfter"`
			Transactions int    `json:"transactions"`
		}{f.path, dropped.Transactions, done.Before, done.After, done.Transactions})
	}
	t := a.theme()
	if dropped.Transactions > 0 {
		fmt.Fprintf(a.out, "%d transactions from before %s were dropped\n", dropped.Transactions, dropped.Before)
	}
	fmt.Fprintf(a.out, "%s  %s → %s, %s gained; %d transactions, verified\n", t.Tone(ui.Good, signed(ui.Good, "compact")),
		sizeText(done.Before), sizeText(done.After), sizeText(max(done.Before-done.After, 0)), done.Transactions)
	return nil
}
