package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/config"
)

// holding is what the owner of a journal has: the journal, its providers and
// the one till. Everything that is asked for by anybody is done here.
type holding struct {
	store   *store.Store
	profile config.Profile
	hello   hello // the owner's own
	since   time.Time
	options stationOptions
	changes *gazette

	reception reception
	quiet     atomic.Bool // the till starts nothing while this holds

	mu        sync.Mutex
	providers *providers // nil: not needed so far
	till      *till.Till
	loaded    chan struct{} // closed when what is open was loaded; nil: nobody has begun
	announced bool          // load will be called
	loadError error
	sweepers  int
	sweep     *sweep
	turned    chan struct{} // closed by turn
	guests    map[string]*guest
	ending    chan struct{} // closed when guests are to leave
	ended     bool
}

// sweep is one run of the till's Run.
type sweep struct {
	stop  context.CancelFunc
	ended chan struct{}
}

func newHolding(opened *store.Store, p config.Profile, own hello, o stationOptions) *holding {
	return &holding{
		store: opened, profile: p, hello: own, since: time.Now().Truncate(time.Second), options: o, changes: newGazette(),
		turned: make(chan struct{}), guests: map[string]*guest{}, ending: make(chan struct{}),
	}
}

// connect makes the providers' clients and the till. It neither reads a key nor
// touches the network.
func (h *holding) connect() (*providers, *till.Till, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.till != nil {
		return h.providers, h.till, nil
	}
	p, err := openProviders(h.profile, h.openBox, h.store.Path()+".tokens")
	if err != nil {
		return nil, nil, err
	}
	options := p.till()
	options.Journal, options.Plan = announcing{h.store, h.changes.publish}, plan(h.profile.Poll)
	options.Go, options.Operator = h.start, operatorOf(h.store)
	h.providers, h.till = p, till.New(options)
	return h.providers, h.till, nil
}

// openBox opens the built-in sandbox. A process that was killed lets go of its
// files one after the other, so there may be a moment between the journal's
// lock and the sandbox's.
func (h *holding) openBox() (box, error) {
	for began := time.Now(); ; {
		own, err := openEmbedded(h.store.Path(), 0, notifyAddress(h.profile))
		if err == nil {
			return own, nil
		}
		if !errors.Is(err, sandbox.ErrInUse) || time.Since(began) > time.Second {
			return nil, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// start starts a goroutine of the till.
func (h *holding) start(f func()) {
	if !h.quiet.Load() {
		h.options.begin(f)
	}
}

// announce says that load will be called before long, and nothing new begins
// before it has been.
func (h *holding) announce() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.loaded == nil {
		h.loaded, h.announced = make(chan struct{}), true
		h.till.Announce()
	}
}

// ready loads what is open, unless somebody did: no rule overlooks it then, and
// what has provably not left is ended. By itself it asks about nothing.
func (h *holding) ready(ctx context.Context) error {
	if _, _, err := h.connect(); err != nil {
		return err
	}
	h.mu.Lock()
	loaded := h.loaded
	mine := loaded == nil
	if mine {
		h.loaded = make(chan struct{})
	}
	h.mu.Unlock()
	if mine {
		h.quiet.Store(true)
		_, err := h.till.Resume(context.WithoutCancel(ctx), nil)
		h.quiet.Store(false)
		h.endLoad(err)
		return err
	}
	select {
	case <-loaded:
	case <-ctx.Done():
		return ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.loadError
}

// readyAgain is ready for a visit that may have been begun at an owner that is
// gone: then an error says nothing of what became of it.
func (h *holding) readyAgain(ctx context.Context) error {
	err := h.ready(ctx)
	if err != nil && again(ctx) {
		return &noWord{err}
	}
	return err
}

func (h *holding) endLoad(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.loadError = fmt.Errorf("load what is open: %w", err)
	}
	close(h.loaded)
}

// load is ready for whoever sees to what is open: what is to be asked for again
// is begun. first is false where somebody had loaded it before: then the caller
// sees to what is listed.
func (h *holding) load(ctx context.Context, settled func(till.Transaction, error)) (r till.Resumed, first bool, err error) {
	h.mu.Lock()
	first = h.loaded == nil || h.announced
	h.announced = false
	if h.loaded == nil {
		h.loaded = make(chan struct{})
	}
	h.mu.Unlock()
	if first {
		r, err = h.till.Resume(ctx, settled)
		h.endLoad(err)
		return r, true, err
	}
	if err := h.ready(ctx); err != nil {
		return r, false, err
	}
	r, err = h.standing(ctx)
	return r, false, err
}

// standing lists what is unsettled as a start would find it, and touches
// nothing: the till works on it.
func (h *holding) standing(ctx context.Context) (r till.Resumed, err error) {
	for tx, err := range h.store.Open(ctx) {
		p := h.providers
		switch {
		case err != nil:
			return r, err
		case tx.Lookup != nil, tx.Service == "59":
		case tx.Kind == till.CPM && p.pay != nil && tx.Binding == p.payAt.Binding():
			r.Payments = append(r.Payments, tx.Reference)
		case tx.Kind != till.CDM || p.client == nil || tx.Binding != p.endpoint.Binding():
			r.Foreign = append(r.Foreign, tx.Reference)
		default:
			r.Scheduled = append(r.Scheduled, tx.Reference)
		}
	}
	return r, nil
}

// run has the till see to what is due until ctx ends. However many want that,
// the till runs once.
func (h *holding) run(ctx context.Context) {
	h.mu.Lock()
	if h.sweepers++; h.sweepers == 1 {
		running, stop := context.WithCancel(context.Background())
		s := &sweep{stop, make(chan struct{})}
		h.sweep = s
		h.turn()
		h.start(func() {
			defer close(s.ended)
			h.till.Run(running)
		})
	}
	s := h.sweep
	h.mu.Unlock()
	<-ctx.Done()
	h.mu.Lock()
	last := h.sweepers == 1
	if h.sweepers--; last {
		s.stop()
		h.sweep = nil
		h.turn()
	}
	h.mu.Unlock()
	if last {
		<-s.ended
	}
}

// turn tells those who wait that the sweep began or ended, or that something is
// due at another time; the caller holds mu.
func (h *holding) turn() {
	close(h.turned)
	h.turned = make(chan struct{})
}

// settle waits until a payment is final, parked or rests, and does its steps
// itself where the till does not run: both at once would ask twice.
func (h *holding) settle(ctx context.Context, reference api.Reference) (till.Transaction, error) {
	leave := h.leaving(ctx)
	for {
		h.mu.Lock()
		running, turned := h.sweep != nil, h.turned
		h.mu.Unlock()
		var tx till.Transaction
		var over bool
		var err error
		if running {
			tx, over, err = h.await(ctx, reference, turned, leave)
		} else {
			tx, over, err = h.step(ctx, reference, turned, leave)
		}
		if over || err != nil {
			return tx, err
		}
	}
}

// step does what is due and waits for the next time.
func (h *holding) step(ctx context.Context, reference api.Reference, turned, leave <-chan struct{}) (tx till.Transaction, over bool, err error) {
	at, err := h.till.Step(ctx, reference)
	if err != nil {
		return tx, true, err
	}
	if tx, err = h.store.Get(ctx, reference); err != nil || at.IsZero() || settledAlready(tx) {
		return tx, true, err
	}
	timer := time.NewTimer(max(time.Until(at), 0))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-turned:
	case <-leave:
		return tx, true, errMoved
	case <-ctx.Done():
		return tx, true, ctx.Err()
	}
	return tx, false, nil
}

// await follows a payment while the till runs.
func (h *holding) await(ctx context.Context, reference api.Reference, turned, leave <-chan struct{}) (tx till.Transaction, over bool, err error) {
	updates, unsubscribe, err := h.till.Follow(ctx, reference)
	if err != nil {
		return tx, true, err
	}
	defer unsubscribe()
	for {
		select {
		case u := <-updates:
			switch {
			case u.Checking:
			case u.Err != nil:
				return till.Transaction{}, true, u.Err
			case u.Ended || settledAlready(u.Transaction):
				tx, err = h.store.Get(ctx, reference)
				return tx, true, err
			}
		case <-turned:
			return tx, false, nil
		case <-leave:
			return tx, true, errMoved
		case <-ctx.Done():
			tx, err = h.store.Get(context.WithoutCancel(ctx), reference)
			return tx, true, errors.Join(err, ctx.Err())
		}
	}
}

// settledAlready reports whether nobody has to wait for a payment any more.
func settledAlready(tx till.Transaction) bool {
	return !stillOpen(tx) || tx.State == till.Parked
}

// bindings are what records are bound to here, sorted.
func (h *holding) bindings() ([]string, error) {
	p, _, err := h.connect()
	if err != nil {
		return nil, err
	}
	return p.bindings(), nil
}

// welcomes says what stands against a caller.
func (h *holding) welcomes(from hello) error {
	own := h.hello
	describe := func() string {
		return fmt.Sprintf("process %d (since %s)", os.Getpid(), localTime(h.since))
	}
	switch {
	case from.Protocol != own.Protocol || from.Version != own.Version:
		return &otherVersion{os.Getpid(), own.Version, from.Version}
	case from.Profile != own.Profile:
		return &store.ProfileError{Path: h.store.Path(), Holds: own.Profile, Asked: from.Profile}
	case from.Binding != own.Binding:
		return &store.ProfileError{Path: h.store.Path(), Holds: own.Binding, Asked: from.Binding}
	case from.Providers == nil:
		return nil
	}
	have, err := h.bindings()
	if err != nil {
		return err
	}
	if !slices.Equal(have, from.Providers) {
		return configError{fmt.Errorf("%s has the journal %s open with other providers (%v) than this config names (%v): use the same config in both, or end it first",
			describe(), h.store.Path(), have, from.Providers)}
	}
	return nil
}

// open lets guests in. A system without unix sockets has none: then others find
// the journal in use.
func (h *holding) open() { h.reception.open(h) }

// handOver lets guests finish what is under way and sends them to the next
// owner. It may be called more than once.
func (h *holding) handOver(context.Context) {
	h.mu.Lock()
	if !h.ended {
		h.ended = true
		close(h.ending)
	}
	h.mu.Unlock()
	h.reception.drain()
}

// close ends everything, then lets go of the journal.
func (h *holding) close(ctx context.Context) error {
	h.handOver(ctx)
	h.reception.close()
	h.mu.Lock()
	working, p := h.till, h.providers
	h.mu.Unlock()
	var errs []error
	if working != nil {
		errs = append(errs, working.StopAll(context.WithoutCancel(ctx)))
	}
	if p != nil {
		p.close()
		if p.box != nil { // before the lock: the next owner opens it behind that
			errs = append(errs, p.box.Close())
		}
	}
	return errors.Join(append(errs, h.store.Close())...)
}
