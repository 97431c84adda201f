package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) watchCommand() *cobra.Command {
	var limit time.Duration
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Follow everything that is open, live",
		Long: `Follows everything that is open, and what is begun meanwhile by any console or
command of this journal: one line for each transaction as it stands, then one
for each change. With --json each line is the transaction. It works beside an
open console, and alone: then it asks about what is open by the profile's plan.
Nothing is cancelled by itself but a payment whose cashier waits for it at
another console: its window ends as it would without this command, and goes on
there when this command ends.

Exit codes: 0 at the end of --for; 130 interrupted.`,
		Args: noArgs,
	}
	cmd.Flags().DurationVar(&limit, "for", 0, "how `long` to watch, such as 30s or 2h (default: until it is interrupted)")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("for") && limit <= 0 {
			return usagef("--for must be longer than nothing")
		}
		return a.watchAll(cmd.Context(), limit)
	})
	return cmd
}

// watchingAll is a run of watch.
type watchingAll struct {
	app     *app
	station *station
	news    *gazette
	again   chan struct{} // changes may have been missed

	shown map[api.Reference]string // what was said last of each
}

func (a *app) watchAll(ctx context.Context, limit time.Duration) error {
	var working sync.WaitGroup
	w := &watchingAll{app: a, news: newGazette(), again: make(chan struct{}, 1), shown: map[api.Reference]string{}}
	changed, forget := w.news.subscribe()
	defer forget()
	o := stationOptions{
		start: func(f func()) { working.Go(f) }, changed: w.news.publish,
		missed: func() {
			select {
			case w.again <- struct{}{}:
			default:
			}
		},
	}
	return a.atStation(ctx, o, func(s *station) error {
		w.station = s
		loaded, err := openOnes(ctx, s.store)
		if err != nil {
			return err
		}
		if err := s.keysFor(loaded); err != nil {
			return err
		}
		if len(loaded) == 0 && !a.json {
			fmt.Fprintln(a.out, a.words.T("owner.none-open"))
		}
		for _, tx := range loaded {
			if err := w.show(ctx, tx); err != nil {
				return err
			}
		}
		running, stop := context.WithCancel(ctx)
		defer working.Wait()
		defer s.seat.handOver(ctx)
		defer stop()
		if !s.seat.guest {
			if _, err := s.till.Resume(running, nil); err != nil {
				return fmt.Errorf("load what is open: %w", err)
			}
		}
		working.Go(func() { s.till.Run(running) })
		return w.run(ctx, limit, changed)
	})
}

func (w *watchingAll) run(ctx context.Context, limit time.Duration, changed *reader) error {
	var over <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		over = timer.C
	}
	for {
		select {
		case <-changed.wake:
			for _, tx := range w.news.take(changed) {
				if err := w.show(ctx, tx); err != nil {
					return err
				}
			}
		case <-w.again:
			if err := w.catchUp(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		case <-over:
			return nil
		case <-ctx.Done():
			w.app.exit = exitInterrupted
			return nil
		}
	}
}

// catchUp shows what changed while nobody told of it.
func (w *watchingAll) catchUp(ctx context.Context) error {
	loaded, err := openOnes(ctx, w.station.store)
	if err != nil {
		return err
	}
	open := map[api.Reference]bool{}
	for _, tx := range loaded {
		open[tx.Reference] = true
		if err := w.show(ctx, tx); err != nil {
			return err
		}
	}
	for reference := range w.shown {
		if open[reference] {
			continue
		}
		tx, err := w.station.store.Get(ctx, reference)
		if errors.Is(err, till.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := w.show(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// show writes a line, unless it would say what the last one of the transaction
// said.
func (w *watchingAll) show(ctx context.Context, tx till.Transaction) error {
	now := standingOf(tx)
	last, known := w.shown[tx.Reference]
	if known && last == now {
		return nil
	}
	w.shown[tx.Reference] = now
	if !w.app.json {
		return w.app.changeLine(tx)
	}
	events, err := w.station.store.Events(context.WithoutCancel(ctx), tx.Reference)
	if err != nil {
		return err
	}
	return w.app.printJSON(w.app.transactionJSON(tx, events))
}
