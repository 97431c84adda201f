package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/config"
)

// seat is this process's place at a journal: its owner, or a guest of the
// process that is. A guest becomes the owner when the owner has gone, and goes
// on with what it was doing; an owner stays one until it ends.
type seat struct {
	app     *app
	path    string
	profile config.Profile
	options stationOptions
	hello   hello
	guest   bool // it began as one
	socket  ownerSocket

	taking sync.Mutex // one attempt at a time to become the owner
	locked error      // what the last attempt found

	life  context.Context // ends with the seat
	leave context.CancelFunc

	mu     sync.Mutex
	own    *holding // not nil: this process is the owner
	closed bool
	there  chan struct{}          // closed when the owner has this guest's word that it is there, or cannot get it; nil: nobody gave it
	stands map[api.Reference]bool // payments that were asked for here and not left
}

// openSeat sits down: at the file itself, or with its owner.
func (a *app) openSeat(p config.Profile, o stationOptions) (*seat, error) {
	path, err := a.storePath(p)
	if err != nil {
		return nil, err
	}
	s := &seat{
		app: a, path: path, profile: p, options: o,
		hello:  hello{Protocol: protocol, Version: version(), Profile: p.Name, Binding: bindingOf(p), Guest: rand.Text()},
		stands: map[api.Reference]bool{},
	}
	s.life, s.leave = context.WithCancel(context.Background())
	taken, err := s.take()
	if err != nil {
		return nil, err
	}
	s.guest, s.socket = !taken, socketOf(path)
	return s, nil
}

// ownerIsSandbox asks the owner of a journal that is in use whether it is a
// sandbox's. Whoever does not answer is none.
func ownerIsSandbox(path, profile string) bool {
	for range 2 {
		s := &seat{path: path, hello: hello{Protocol: protocol, Version: version(), Profile: profile, Binding: sandboxStore}}
		ctx, cancel := context.WithTimeout(context.Background(), welcomeWithin)
		conn, err := socketOf(path).dial(ctx)
		if err == nil {
			_, err = s.visit(ctx, conn, visit{call: greet.name, args: none{}, told: func(frameKind, []byte) error { return nil }}, false)
			_ = conn.Close() // it carried one call
		}
		cancel()
		if err == nil {
			return true
		}
		other, ok := errors.AsType[*store.ProfileError](err)
		if !ok || other.Holds == realStore {
			return false
		}
		profile = other.Holds // a journal under another name than its profile's
	}
	return false
}

// sit says which providers this process's config names.
func (s *seat) sit(bindings []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hello.Providers = bindings
}

// introduction is what the owner is told at each call.
func (s *seat) introduction() hello {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hello
}

// hear has this process told of the changes of the journal, from now on.
func (s *seat) hear(o stationOptions) error {
	if h := s.holding(); h != nil && !s.guest {
		if o.changed != nil {
			h.changes.listen(o.changed)
		}
		return nil
	}
	if o.changed == nil {
		_, err := greet.do(context.Background(), s, none{}) // is it welcome?
		return err
	}
	began := make(chan error, 1)
	tell := func(err error) {
		select {
		case began <- err:
		default:
		}
	}
	listen := func() {
		first := !o.serveLater // else something was read before
		s.keep(s.life, func(ctx context.Context) error {
			err := changes.each(ctx, s, func() none { return none{} }, func(c change) error {
				switch {
				case c.Transaction != nil:
					o.changed(*c.Transaction)
				case first:
					first = false
					tell(nil)
				case o.missed != nil:
					o.missed()
				}
				return nil
			})
			tell(err)
			return err
		})
	}
	if o.serveLater { // not before the first frame, and what was read before it is read again
		o.begin(listen)
		return nil
	}
	go listen()
	return <-began
}

func bindingOf(p config.Profile) string {
	if p.Sandbox {
		return sandboxStore
	}
	return realStore
}

// greet asks for nothing.
var greet = reads("greet", func(context.Context, *holding, none) (none, error) { return none{}, nil })

// holding is not nil in the owner.
func (s *seat) holding() *holding {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own
}

// loaded makes sure, in a process that has just become the owner, that what is
// open is loaded before the till does anything new.
func (s *seat) loaded(ctx context.Context, h *holding) error {
	if !s.guest {
		return nil // whoever opened the file itself loads what it needs
	}
	return h.readyAgain(ctx)
}

// take opens the file, when nobody has it. Without an error the process is the
// owner, or another one is.
func (s *seat) take() (bool, error) {
	s.taking.Lock()
	defer s.taking.Unlock()
	s.mu.Lock()
	closed, own := s.closed, s.own
	s.mu.Unlock()
	switch {
	case closed:
		return false, store.ErrClosed
	case own != nil:
		return true, nil
	}
	how := storeOptions(s.profile)
	how.Timeout = time.Nanosecond // one attempt
	opened, err := store.Open(s.path, how)
	if e, busy := errors.AsType[*store.LockedError](err); busy {
		s.locked = s.app.unopened(e)
		return false, nil
	}
	if err != nil {
		return false, s.app.unopened(err)
	}
	h := newHolding(opened, s.profile, s.hello, s.options)
	s.mu.Lock()
	s.own = h
	s.mu.Unlock()
	if s.guest || !s.options.serveLater {
		h.open()
	}
	if s.guest && s.options.moved != nil {
		s.options.moved()
	}
	return true, nil
}

// busy is why nobody can work: the journal's owner is there and does not
// answer. When the owner has gone meanwhile there is no error.
func (s *seat) busy() error {
	taken, err := s.take()
	if taken || err != nil {
		return err
	}
	s.taking.Lock()
	defer s.taking.Unlock()
	return &silentOwner{s.locked}
}

// silentOwner is an owner that is there and does not answer: a till.ErrBusy; a
// store.LockedError names it.
type silentOwner struct{ err error }

func (e *silentOwner) Error() string   { return e.err.Error() + "; it does not answer" }
func (e *silentOwner) Unwrap() []error { return []error{e.err, till.ErrBusy} }

// noWord is why it is not known what became of a visit that was begun: a
// till.ErrNoWord.
type noWord struct{ err error }

func (e *noWord) Error() string   { return e.err.Error() }
func (e *noWord) Unwrap() []error { return []error{e.err, till.ErrNoWord} }

// visit is one call or stream, wherever it is run.
type visit struct {
	call   string
	args   any
	argsOf func() any // instead of args, asked for at each beginning
	once   bool       // it is not begun twice
	finish bool       // its end is waited for when it is given up
	begin  func()     // before each beginning
	here   func(context.Context, *holding) error
	told   func(frameKind, []byte) error
}

// Ends of a connection other than an answer.
var (
	errMoved = errors.New("the journal's owner is letting go of it")
	errGone  = errors.New("the journal's owner has gone")
	errStuck = errors.New("the journal's owner does not answer")
)

// at makes a visit: in this process where it is the owner, else at the owner.
// When that one ends in the middle, the visit is repeated at its successor,
// which this process may be. An owner that does not answer is a
// store.LockedError. What ends a visit that was begun, other than its own answer
// or the caller, is a till.ErrNoWord.
func (s *seat) at(ctx context.Context, v visit) error {
	begun := false
	lost := func(err error) error {
		if begun {
			return &noWord{err}
		}
		return err
	}
	for waited := time.Now(); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if v.begin != nil {
			v.begin()
		}
		calling := context.WithValue(ctx, againKey{}, begun)
		if h := s.holding(); h != nil {
			return v.here(calling, h)
		}
		conn, err := s.socket.dial(ctx)
		if err == nil {
			var started bool
			started, err = s.visit(ctx, conn, v, begun)
			_ = conn.Close() // it carried one call
			begun = begun || started
			switch {
			case errors.Is(err, errMoved):
				waited = time.Now() // it does answer
			case errors.Is(err, errGone):
				if started && v.once {
					return err
				}
				if started {
					waited = time.Now() // it did answer; now its successor has time
				}
			case errors.Is(err, errStuck):
				if err := s.busy(); err != nil {
					return lost(err)
				}
			default:
				return err
			}
		} else if !nobodyThere(err) {
			return lost(err)
		}
		taken, err := s.take()
		switch {
		case err != nil:
			return lost(err)
		case taken:
			continue
		case time.Since(waited) > welcomeWithin:
			if err := s.busy(); err != nil {
				return lost(err)
			}
		}
		if err := wait(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// visit makes a call over a connection. started says that the owner began it.
func (s *seat) visit(ctx context.Context, conn net.Conn, v visit, begun bool) (started bool, err error) {
	line := newLine(conn)
	a := v.args
	if v.argsOf != nil {
		a = v.argsOf()
	}
	args, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errNotSent, err)
	}
	_ = conn.SetDeadline(time.Now().Add(welcomeWithin))
	if err := line.send(frameRequest, request{Hello: s.introduction(), Call: v.call, Again: begun, Args: args}); err != nil {
		return false, broken(err)
	}
	// The request is out: from here on a byte says that it is given up.
	given := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(given)
		if !v.finish {
			_ = conn.SetReadDeadline(time.Unix(1, 0))
			return
		}
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = conn.Write([]byte{0}) // it has gone otherwise, and reading says so
	})
	defer func() {
		if !stop() {
			<-given
		}
	}()
	var gaveUp time.Time
	var failed *wireError
	for {
		kind, body, err := line.read()
		if err == nil && kind != frameWelcome {
			_ = conn.SetReadDeadline(time.Now().Add(silentFor))
		}
		if ctx.Err() != nil {
			if gaveUp.IsZero() {
				gaveUp = time.Now()
			}
			if !v.finish || time.Since(gaveUp) > finishWithin || !started && err != nil {
				return started, ctx.Err()
			}
		}
		if err != nil {
			err = broken(err)
			return started || errors.Is(err, errStuck) && line.hangUp(), err
		}
		switch kind {
		case frameWelcome:
			started = true
			_ = conn.SetReadDeadline(time.Now().Add(silentFor))
		case frameMoved:
			return started, errMoved
		case frameError:
			failed = new(wireError)
			if err := json.Unmarshal(body, failed); err != nil {
				return started, fmt.Errorf("read the owner's answer: %w", err)
			}
		case frameDone:
			return started, failed.received()
		case frameBeat:
		default:
			if err := v.told(kind, body); err != nil {
				return started, err
			}
		}
	}
}

// broken tells an owner that went away from one that is stuck.
func broken(err error) error {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return errStuck
	}
	return errGone
}

// keep repeats a stream that is to last, until it ends by itself: an owner that
// does not answer now may do so later.
func (s *seat) keep(ctx context.Context, do func(context.Context) error) {
	for ctx.Err() == nil {
		err := do(ctx)
		if err == nil || errors.Is(err, store.ErrClosed) {
			return
		}
		if wait(ctx, time.Second) != nil {
			return
		}
	}
}

// handOver ends what guests do here, and this process's own subscriptions, so
// that nothing of it holds up the end.
func (s *seat) handOver(ctx context.Context) {
	s.leave()
	if h := s.holding(); h != nil {
		h.handOver(ctx)
	}
}

// letIn lets guests in, where that was put off.
func (s *seat) letIn() {
	if h := s.holding(); h != nil {
		h.open()
	}
}

// ready makes sure that what is open is loaded, so that no rule overlooks it.
func (s *seat) ready(ctx context.Context) error {
	h := s.holding()
	if h == nil {
		return nil // its owner does so before it works for us
	}
	return h.ready(ctx)
}

// close leaves the seat. What is under way for guests is answered first.
func (s *seat) close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	own := s.own
	s.mu.Unlock()
	s.leave()
	if own == nil {
		return nil
	}
	return own.close(ctx)
}
