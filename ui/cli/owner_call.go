package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"cashier/api"
)

// handler is a call or a stream as the owner serves it.
type handler interface {
	// works reports whether it needs the till, so that what is open is loaded
	// before it begins.
	works() bool
	// serve runs it; tell is called with what it gives on its way.
	serve(ctx context.Context, h *holding, args json.RawMessage, tell func(frameKind, any) error) (value any, err error)
}

// handlers are all of them by name. Every start registers them: the map need
// not grow meanwhile.
var handlers = make(map[string]handler, 128)

// none stands for no arguments and for no value.
type none struct{}

// progressing is a method that ends with a value, an error, or both, and tells of
// its way. At the owner it is run; elsewhere it goes over the socket.
type progressing[A, R, P any] struct {
	name string
	till bool // it needs the till
	once bool // it is not repeated when the owner went away in its middle
	run  func(ctx context.Context, h *holding, a A, progress func(P)) (R, error)
}

// call is a method of which each attempt at the provider can be told.
type call[A, R any] = progressing[A, R, api.Attempt]

// reads is a call that needs the journal alone.
func reads[A, R any](name string, run func(context.Context, *holding, A) (R, error)) *call[A, R] {
	c := &call[A, R]{name: name, run: func(ctx context.Context, h *holding, a A, _ func(api.Attempt)) (R, error) { return run(ctx, h, a) }}
	handlers[name] = c
	return c
}

// asks is a call that needs the till. It must be safe to repeat: see again.
func asks[A, R any](name string, run func(context.Context, *holding, A) (R, error)) *call[A, R] {
	c := reads(name, run)
	c.till = true
	return c
}

// tells is asks that reports each attempt.
func tells[A, R any](name string, run func(context.Context, *holding, A, func(api.Attempt)) (R, error)) *call[A, R] {
	c := &call[A, R]{name: name, till: true, run: run}
	handlers[name] = c
	return c
}

// single is reads for what is not repeated.
func single[A, R any](name string, run func(context.Context, *holding, A) (R, error)) *call[A, R] {
	c := reads(name, run)
	c.once = true
	return c
}

func (c *progressing[A, R, P]) works() bool { return c.till }

func (c *progressing[A, R, P]) serve(ctx context.Context, h *holding, args json.RawMessage, tell func(frameKind, any) error) (any, error) {
	var a A
	if err := json.Unmarshal(args, &a); err != nil {
		return nil, fmt.Errorf("read the call %s: %w", c.name, err)
	}
	return c.run(ctx, h, a, func(p P) {
		_ = tell(frameProgress, p) // whoever wanted to see it may have gone
	})
}

// do makes the call from a seat.
func (c *progressing[A, R, P]) do(ctx context.Context, s *seat, a A) (R, error) {
	return c.watched(ctx, s, a, nil)
}

// watched is do that tells of its way; progress may be nil.
func (c *progressing[A, R, P]) watched(ctx context.Context, s *seat, a A, progress func(P)) (R, error) {
	var value R
	err := s.at(ctx, visit{
		call: c.name, args: a, once: c.once, finish: true,
		here: func(ctx context.Context, h *holding) (err error) {
			if c.till {
				if err := s.loaded(ctx, h); err != nil {
					return err
				}
			}
			value, err = c.run(ctx, h, a, progress)
			return err
		},
		begin: func() { value = *new(R) },
		told: func(kind frameKind, body []byte) error {
			switch kind {
			case frameProgress:
				var p P
				if err := json.Unmarshal(body, &p); err != nil {
					return err
				}
				if progress != nil {
					progress(p)
				}
			case frameValue:
				return json.Unmarshal(body, &value)
			}
			return nil
		},
	})
	return value, err
}

// stream is a method that gives items until it ends or nobody wants them.
type stream[A, R any] struct {
	name   string
	till   bool
	finish bool // its end at the owner is waited for
	run    func(ctx context.Context, h *holding, a A, send func(R) error) error
}

// yields is a stream of the journal.
func yields[A, R any](name string, run func(context.Context, *holding, A, func(R) error) error) *stream[A, R] {
	s := &stream[A, R]{name: name, run: run}
	handlers[name] = s
	return s
}

// follows is a stream of the till.
func follows[A, R any](name string, run func(context.Context, *holding, A, func(R) error) error) *stream[A, R] {
	s := yields(name, run)
	s.till = true
	return s
}

// finished is a stream whose end at the owner is waited for.
func finished[A, R any](m *stream[A, R]) *stream[A, R] {
	m.finish = true
	return m
}

func (m *stream[A, R]) works() bool { return m.till }

func (m *stream[A, R]) serve(ctx context.Context, h *holding, args json.RawMessage, tell func(frameKind, any) error) (any, error) {
	var a A
	if err := json.Unmarshal(args, &a); err != nil {
		return nil, fmt.Errorf("read the call %s: %w", m.name, err)
	}
	return nil, m.run(ctx, h, a, func(item R) error {
		select {
		case <-h.ending:
			return errMoved
		default:
			return tell(frameItem, item)
		}
	})
}

// each hands over the items of a stream until it ends. When the owner goes
// away it is begun anew, with the arguments that are asked for then.
func (m *stream[A, R]) each(ctx context.Context, s *seat, args func() A, got func(R) error) error {
	var a A
	return s.at(ctx, visit{
		call: m.name, finish: m.finish,
		begin: func() { a = args() },
		argsOf: func() any {
			return a
		},
		here: func(ctx context.Context, h *holding) error {
			if m.till {
				if err := s.loaded(ctx, h); err != nil {
					return err
				}
			}
			return m.run(ctx, h, a, got)
		},
		told: func(kind frameKind, body []byte) error {
			if kind != frameItem {
				return nil
			}
			var item R
			if err := json.Unmarshal(body, &item); err != nil {
				return err
			}
			return got(item)
		},
	})
}

// errEnough ends a stream whose reader wants no more.
type errEnough struct{}

func (errEnough) Error() string { return "enough" }

// sequence is a stream of the journal as an iterator. After a change of owners
// it is begun where narrow puts its beginning (nil: anew), and what was given
// already is left out. made is when an item was made, newest first.
func sequence[A, R any](ctx context.Context, s *seat, m *stream[A, R], a A, name func(R) (api.Reference, time.Time), narrow func(A, time.Time) A) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		given := map[api.Reference]bool{}
		var last time.Time
		err := m.each(ctx, s, func() A {
			if len(given) > 0 && narrow != nil {
				return narrow(a, last)
			}
			return a
		}, func(item R) error {
			reference, made := name(item)
			if given[reference] {
				return nil
			}
			if narrow != nil && !made.Equal(last) {
				clear(given) // the new beginning is behind them
			}
			given[reference], last = true, made
			if !yield(item, nil) {
				return errEnough{}
			}
			return nil
		})
		if _, enough := err.(errEnough); err != nil && !enough {
			yield(*new(R), err)
		}
	}
}

// Whether a call is repeated, and whose it is, goes with its context.
type (
	againKey struct{}
	guestKey struct{}
)

// again reports whether the call may have been begun at an owner that is gone:
// then what it would do may be done already.
func again(ctx context.Context) bool { on, _ := ctx.Value(againKey{}).(bool); return on }

// guestOf is who calls; empty is the owner itself.
func guestOf(ctx context.Context) string { name, _ := ctx.Value(guestKey{}).(string); return name }
