package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/notify"
	"cashier/api/sandbox"
	"cashier/api/till"
)

func (a *app) notifyCommand() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "notify --listen ADDR",
		Short: "Take the providers' notifications",
		Long: `Takes the notifications of the profile's notify.sources until it is interrupted.
A notification is a hint: it is verified, kept in the journal (masked) and
acknowledged, and then the provider is asked. What is open is asked about too.

The first line on standard output is {"listen":ADDR}; then one line for each
notification and one for each change that follows. With --json every line is an
object: {"notification":…} or {"transaction":…}.

The server speaks plain HTTP: put a proxy with TLS in front of it.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&listen, "listen", "", "`ADDR` to listen at, host:port (default: notify.listen of the profile)")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.notify(cmd.Context(), listen) })
	return cmd
}

// listening is a run of notify.
type listening struct {
	app   *app
	mu    sync.Mutex // lines come one at a time
	shown map[api.Reference]string
	store interface {
		Events(context.Context, api.Reference) ([]till.Event, error)
	}
}

func (a *app) notify(ctx context.Context, address string) error {
	var working sync.WaitGroup
	l := &listening{app: a, shown: map[api.Reference]string{}}
	o := stationOptions{start: func(f func()) { working.Go(f) }, changed: l.changed}
	return a.atStation(ctx, o, func(s *station) (err error) {
		l.mu.Lock()
		l.store = s.store
		l.mu.Unlock()
		if address == "" {
			address = s.profile.Notify.Listen
		}
		if address == "" {
			return usagef("notify needs --listen ADDR, such as 127.0.0.1:8080")
		}
		n, err := newNotifier(s, address, l.told)
		if err != nil {
			return err
		}
		if err := s.keysFor([]till.Transaction{{Kind: till.CDM}, {Kind: till.CPM}}); err != nil {
			return err
		}
		loaded, err := openOnes(ctx, s.store)
		if err != nil {
			return err
		}
		l.mu.Lock()
		for _, tx := range loaded {
			l.shown[tx.Reference] = standingOf(tx)
		}
		l.mu.Unlock()
		listener, err := n.listen()
		if errors.Is(err, sandbox.ErrNotLoopback) {
			return usagef("--listen: %w", err)
		}
		if err != nil {
			return &failure{exit: exitOther, code: "listen", message: err.Error(), err: err}
		}
		running, stop := context.WithCancel(ctx)
		defer working.Wait()
		defer s.seat.handOver(ctx)
		defer stop()
		if _, err := s.till.Resume(running, nil); err != nil {
			return errors.Join(fmt.Errorf("load what is open: %w", err), listener.Close())
		}
		l.mu.Lock()
		err = a.printJSON(struct {
			Listen string `json:"listen"`
		}{listener.Addr().String()})
		l.mu.Unlock()
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		working.Go(func() { s.till.Run(running) })
		return n.serve(running, listener)
	})
}

// notificationJSON is a notification as scripts get it. It holds nothing that
// may not be kept.
type notificationJSON struct {
	At                string            `json:"at"`
	Source            string            `json:"source"`
	Service           string            `json:"service"`
	Reference         api.Reference     `json:"reference"`
	ProviderReference api.Text          `json:"providerReference"`
	Status            api.PaymentStatus `json:"status"`
	Amount            api.Amount        `json:"amount"`
	ExternalID        string            `json:"externalId"`
	Verified          bool              `json:"verified"`
	Stale             bool              `json:"stale"`
}

// told prints a notification. That a reader has gone must not keep it from
// being taken, so nobody hears of it here.
func (l *listening) told(h notify.Hint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.app.json {
		_ = l.app.printJSON(map[string]any{"notification": notificationJSON{
			stamp(h.ReceivedAt), h.Source, h.Service, h.Reference, h.ProviderReference, h.Status, money(h.Amount), h.ExternalID, h.Verified, h.Stale,
		}})
		return
	}
	fmt.Fprintf(l.app.out, "%s  %s  %s\n", l.app.words.Clock(time.Now()), h.Reference, h.Note())
}

// changed prints a change that the journal took.
func (l *listening) changed(tx till.Transaction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := standingOf(tx)
	if l.store == nil || l.shown[tx.Reference] == now { // nil: the first line was not printed yet
		return
	}
	l.shown[tx.Reference] = now
	if !l.app.json {
		_ = l.app.changeLine(tx) // a reader that has gone hears of nothing
		return
	}
	// The journal has taken the change, so it gives the events; a reader that
	// has gone hears of neither.
	if events, err := l.store.Events(context.Background(), tx.Reference); err == nil {
		_ = l.app.printJSON(map[string]any{"transaction": l.app.transactionJSON(tx, events)})
	}
}
