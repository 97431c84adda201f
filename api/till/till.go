// Package till is the domain: what was asked of the providers, what became of
// it, and which step may come next. It knows neither wire nor screen nor file;
// it asks for a Journal that makes changes durable and for providers in small
// interfaces of its own.
package till

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cashier/api"
)

// Options of a Till. Journal is needed; the rest may be zero.
type Options struct {
	Journal Journal
	// UserIDs makes CDM user ids; nil where the profile has no such provider.
	UserIDs UserIDs
	// Payments charges customers' codes; nil likewise.
	Payments Payments
	// Lookups are asked about payments made elsewhere.
	Lookups []Lookups
	Clock   api.Clock // nil: the wall clock
	Plan    Plan      // zero: DefaultPlan
	// Operator names who works now; may be nil.
	Operator func() string
	// Go starts a goroutine; nil: the go statement.
	Go func(func())
}

// Till moves transactions through their states. It is safe for concurrent
// use; at most one request is in flight for a transaction.
type Till struct {
	journal  Journal
	userIDs  UserIDs
	payments Payments
	lookups  []Lookups
	rules    rules
	clock    api.Clock
	plan     Plan
	operator func() string
	start    func(func())

	locks     locks
	saleLocks locks // taken before locks
	mu        sync.Mutex
	watchers  map[api.Reference]*Watcher
	unsaved   map[api.Reference]*uncounted
	runs      map[api.Reference]*run
	stir      chan struct{} // the schedule changed
	loaded    chan struct{} // closed once what is open is loaded; nil: nobody announced a Resume
	paused    chan struct{} // closed when a pause ends; nil: there is none
}

// New makes a till. It reads nothing: see Resume.
func New(o Options) *Till {
	t := &Till{
		journal: o.Journal, userIDs: o.UserIDs, payments: o.Payments, lookups: o.Lookups, rules: soundRules(), clock: o.Clock, plan: o.Plan.orDefault(),
		operator: o.Operator, start: o.Go,
		watchers: map[api.Reference]*Watcher{}, unsaved: map[api.Reference]*uncounted{},
		runs: map[api.Reference]*run{}, stir: make(chan struct{}, 1),
	}
	if t.clock == nil {
		t.clock = api.WallClock{}
	}
	if t.operator == nil {
		t.operator = func() string { return "" }
	}
	if t.start == nil {
		t.start = func(f func()) { go f() }
	}
	return t
}

// Announce says that Resume will be called, perhaps beside other work: until
// it has loaded what is open, nothing new is started. Without it a Resume must
// have returned before anything else is asked of the till.
func (t *Till) Announce() { t.loaded = make(chan struct{}) }

// awaitLoaded waits for an announced Resume.
func (t *Till) awaitLoaded(ctx context.Context) error {
	if t.loaded == nil {
		return nil
	}
	select {
	case <-t.loaded:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Errors that the till adds; they may be wrapped.
var (
	// ErrNoProvider: the profile has no provider for what was asked.
	ErrNoProvider = errors.New("this profile has no provider for that")
	// ErrOtherRequest: the reference was used before for something else; nothing was sent.
	ErrOtherRequest = errors.New("this reference was used before for another request")
	// ErrOtherProfile: the record was made at another provider or merchant and
	// is never settled against this one.
	ErrOtherProfile = errors.New("this record belongs to another provider or merchant")
	// ErrNotActive: there is nothing to watch.
	ErrNotActive = errors.New("this user id is not active")
	// ErrNotRecorded: the provider has answered, and the journal could not take it.
	ErrNotRecorded = errors.New("done at the provider, but NOT recorded here")
	// ErrNoWord: another process was asked to do it and gave no word of what
	// became of it. It may have been done, or be done yet.
	ErrNoWord = errors.New("the process that was asked gave no word of what became of it")
)

// UserIDs is a provider of CDM user ids.
type UserIDs interface {
	// Name is the provider's name in the profile.
	Name() string
	// Binding is the identity that a record is bound to.
	Binding() string
	// PrepareUserID builds the request's bytes, or names the field that is wrong.
	PrepareUserID(reference api.Reference, courier api.Courier) ([]byte, error)
	// GenerateUserID sends prepared bytes, as often as the document allows.
	GenerateUserID(ctx context.Context, reference api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.UserID, api.Answer)
	// Deposits asks for the deposits made in [from, to].
	Deposits(ctx context.Context, reference api.Reference, from, to time.Time) ([]api.Deposit, api.Answer)
}

// Get returns a record as the journal has it.
func (t *Till) Get(ctx context.Context, reference api.Reference) (Transaction, error) {
	return t.journal.Get(ctx, reference)
}

// append makes one step durable. A request's end must be recorded even when
// whoever asked has gone, so the caller's cancellation does not reach here.
//
// Who changes a record holds its lock. Only Hint writes without it, an event
// and nothing of the record: a step that nothing but hints overtook follows
// them, any other that comes too late is ErrStale.
func (t *Till) append(ctx context.Context, tx *Transaction, e Event) error {
	ctx = context.WithoutCancel(ctx)
	now := t.clock.Now()
	next := *tx
	next.UpdatedAt = now
	e.At, e.Reference, e.State = now, tx.Reference, tx.State
	for overtaken := 0; ; overtaken++ {
		next.Revision++
		if e.What == WhatHint {
			next.Hints++
		}
		err := t.journal.Append(ctx, Change{Transaction: next, Event: e})
		if err == nil {
			*tx = next
			return nil
		}
		err = fmt.Errorf("record %s: %w", tx.Reference, err)
		if !errors.Is(err, ErrStale) || overtaken == 8 {
			return err
		}
		stored, got := t.journal.Get(ctx, tx.Reference)
		switch {
		case got != nil:
			return err
		case e.What == WhatHint:
			next, e.State = stored, stored.State
			next.UpdatedAt = now
		case stored.Revision-tx.Revision != stored.Hints-tx.Hints:
			return err
		default:
			next.Revision, next.Hints = stored.Revision, stored.Hints
		}
	}
}

// locks holds a lock for each reference that is being worked on.
type locks struct {
	mu   sync.Mutex
	held map[api.Reference]*lock // and a few that nobody holds, to be used again
}

type lock struct {
	turn  chan struct{} // holds one token: whose turn it is
	users int
}

// keptLocks is how many locks stay, held or not.
const keptLocks = 16

// acquire waits for its turn, or for the caller to give up. release is never
// nil and does nothing after an error.
func (l *locks) acquire(ctx context.Context, reference api.Reference) (release func(), err error) {
	k := l.enter(reference)
	select {
	case k.turn <- struct{}{}:
		return func() { <-k.turn; l.leave(reference, k) }, nil
	case <-ctx.Done():
		l.leave(reference, k)
		return func() {}, ctx.Err()
	}
}

func (l *locks) enter(reference api.Reference) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[api.Reference]*lock{}
	}
	k := l.held[reference]
	if k == nil {
		k = &lock{turn: make(chan struct{}, 1)}
		l.held[reference] = k
	}
	k.users++
	return k
}

func (l *locks) leave(reference api.Reference, k *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 && len(l.held) > keptLocks {
		delete(l.held, reference)
	}
}
