package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"

	"cashier/api"
	"cashier/api/notify"
	"cashier/api/sandbox"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/config"
	"cashier/views"
)

// sentinels are the errors that are compared with errors.Is, by the names that
// they have on the owner's socket.
var sentinels = map[string]error{
	"context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
	"fs.ErrNotExist": fs.ErrNotExist, "fs.ErrPermission": fs.ErrPermission, "fs.ErrExist": fs.ErrExist,

	"api.ErrAmount": api.ErrAmount, "api.ErrTooLarge": api.ErrTooLarge, "api.ErrReference": api.ErrReference, "api.ErrUnclean": api.ErrUnclean,

	"snap.ErrKeyEmpty": snap.ErrKeyEmpty, "snap.ErrKeyUnreadable": snap.ErrKeyUnreadable, "snap.ErrKeyDamaged": snap.ErrKeyDamaged,
	"snap.ErrKeyEncrypted": snap.ErrKeyEncrypted, "snap.ErrKeyOpenSSH": snap.ErrKeyOpenSSH, "snap.ErrKeyNotRSA": snap.ErrKeyNotRSA,
	"snap.ErrKeyShort": snap.ErrKeyShort, "snap.ErrKeyPublic": snap.ErrKeyPublic, "snap.ErrKeyCert": snap.ErrKeyCert,
	"snap.ErrKeyPrivate": snap.ErrKeyPrivate,

	"till.ErrNoProvider": till.ErrNoProvider, "till.ErrOtherRequest": till.ErrOtherRequest, "till.ErrOtherProfile": till.ErrOtherProfile,
	"till.ErrNotActive": till.ErrNotActive, "till.ErrNotRecorded": till.ErrNotRecorded,
	"till.ErrNoWord": till.ErrNoWord, "till.ErrBusy": till.ErrBusy,
	"till.ErrTooEarly": till.ErrTooEarly, "till.ErrPaid": till.ErrPaid, "till.ErrEnded": till.ErrEnded, "till.ErrAccepted": till.ErrAccepted,
	"till.ErrMismatch": till.ErrMismatch, "till.ErrNotPaid": till.ErrNotPaid, "till.ErrRefund": till.ErrRefund, "till.ErrLocked": till.ErrLocked,
	"till.ErrNoCancels": till.ErrNoCancels,
	"till.ErrNotFound":  till.ErrNotFound, "till.ErrStale": till.ErrStale, "till.ErrDamaged": till.ErrDamaged, "till.ErrFull": till.ErrFull,
	"till.ErrReadOnly":  till.ErrReadOnly,
	"till.ErrNoSession": till.ErrNoSession, "till.ErrOpening": till.ErrOpening,

	"store.ErrClosed": store.ErrClosed,

	"sandbox.ErrNoCustomer": sandbox.ErrNoCustomer, "sandbox.ErrNothingWaits": sandbox.ErrNothingWaits, "sandbox.ErrNoUserID": sandbox.ErrNoUserID,
	"sandbox.ErrInactive": sandbox.ErrInactive, "sandbox.ErrNoDeposit": sandbox.ErrNoDeposit, "sandbox.ErrBooked": sandbox.ErrBooked,
	"sandbox.ErrRequest": sandbox.ErrRequest, "sandbox.ErrRule": sandbox.ErrRule, "sandbox.ErrInUse": sandbox.ErrInUse,
	"sandbox.ErrMPM": sandbox.ErrMPM, "sandbox.ErrMPMTaken": sandbox.ErrMPMTaken, "sandbox.ErrNoNotice": sandbox.ErrNoNotice,
	"sandbox.ErrReceiver": sandbox.ErrReceiver, "sandbox.ErrClosed": sandbox.ErrClosed, "sandbox.ErrNotLoopback": sandbox.ErrNotLoopback,

	"notify.ErrUnknown": notify.ErrUnknown, "views.ErrNothingWaits": views.ErrNothingWaits,
}

// errorShape takes a type of error apart that carries more than its text. What it
// wraps is sent beside it.
type errorShape struct {
	find func(error) (content any, ok bool)
	make func(content []byte) (error, error)
}

// plain is the shape of a type all of whose fields are exported.
func plain[E error]() errorShape {
	return errorShape{
		find: func(err error) (any, bool) { e, ok := err.(E); return e, ok },
		make: func(content []byte) (error, error) {
			e := reflect.New(reflect.TypeFor[E]().Elem()) // each of them is a pointer
			err := json.Unmarshal(content, e.Interface())
			return e.Interface().(error), err
		},
	}
}

// errorShapes are the types that are looked for with errors.As.
var errorShapes = map[string]errorShape{
	"till.ErrNeedsSupervisor": plain[*till.ErrNeedsSupervisor](), "till.SessionOpenError": plain[*till.SessionOpenError](),
	"till.StillOpenError": plain[*till.StillOpenError](), "till.DifferenceError": plain[*till.DifferenceError](),
	"api.FieldError": plain[*api.FieldError](), "api.ConsentError": plain[*api.ConsentError](),
	"store.LockedError": plain[*store.LockedError](), "store.DamagedError": plain[*store.DamagedError](),
	"store.ProfileError": plain[*store.ProfileError](), "store.SchemaError": plain[*store.SchemaError](),
	"store.SpentError": plain[*store.SpentError](), "store.ExistsError": plain[*store.ExistsError](), "store.SoundError": plain[*store.SoundError](),
	"config.FilePermissionError": plain[*config.FilePermissionError](), "config.Errors": plain[*config.Errors](),
	"cli.otherVersion": plain[*otherVersion](), "cli.unsafeSocket": plain[*unsafeSocket](),
	"sandbox.DamageError": {
		find: func(err error) (any, bool) {
			e, ok := err.(*sandbox.DamageError)
			if !ok {
				return nil, false
			}
			return sentDamage{e.Path, e.Line, e.Err.Error()}, true
		},
		make: func(content []byte) (error, error) {
			var d sentDamage
			err := json.Unmarshal(content, &d)
			return &sandbox.DamageError{Path: d.Path, Line: d.Line, Err: errors.New(d.Text)}, err
		},
	},
	"fs.PathError": {
		find: func(err error) (any, bool) {
			e, ok := err.(*fs.PathError)
			if !ok {
				return nil, false
			}
			return sentPath{e.Op, e.Path, e.Err.Error()}, true
		},
		make: func(content []byte) (error, error) {
			var p sentPath
			err := json.Unmarshal(content, &p)
			return &fs.PathError{Op: p.Op, Path: p.Path, Err: errors.New(p.Text)}, err
		},
	},
	"cli.usageError": {
		find: func(err error) (any, bool) { e, ok := err.(usageError); return said(e, ok), ok },
		make: func(content []byte) (error, error) { e, err := unsaid(content); return usageError{e}, err },
	},
	"cli.configError": {
		find: func(err error) (any, bool) { e, ok := err.(configError); return said(e, ok), ok },
		make: func(content []byte) (error, error) { e, err := unsaid(content); return configError{e}, err },
	},
	"cli.noPayments": {
		find: func(err error) (any, bool) {
			e, ok := err.(*noPayments)
			if !ok {
				return nil, false
			}
			return e.profile, true
		},
		make: func(content []byte) (error, error) {
			e := new(noPayments)
			err := json.Unmarshal(content, &e.profile)
			return e, err
		},
	},
	"cli.failure": {
		find: func(err error) (any, bool) {
			f, ok := err.(*failure)
			if !ok {
				return nil, false
			}
			return sentFailure{f.exit, f.code, f.message, f.advice}, true
		},
		make: func(content []byte) (error, error) {
			var f sentFailure
			err := json.Unmarshal(content, &f)
			return &failure{exit: f.Exit, code: f.Code, message: f.Message, advice: f.Advice}, err
		},
	},
}

type sentDamage struct {
	Path string
	Line int
	Text string
}

type sentPath struct{ Op, Path, Text string }

type sentFailure struct {
	Exit                  int
	Code, Message, Advice string
}

func said(err error, ok bool) any {
	if !ok {
		return nil
	}
	return err.Error()
}

func unsaid(content []byte) (error, error) {
	var text string
	err := json.Unmarshal(content, &text)
	return errors.New(text), err
}

// wireError is an error on the socket: its text, and all in its tree that
// somebody may look for.
type wireError struct {
	Text string
	Is   []string    `json:",omitempty"`
	As   []wireShape `json:",omitempty"`
}

type wireShape struct {
	Type    string
	Content json.RawMessage
}

// sendable is nil for no error.
func sendable(err error) *wireError {
	if err == nil {
		return nil
	}
	w := &wireError{Text: err.Error()}
	w.walk(err)
	return w
}

func (w *wireError) walk(err error) {
	for name, sentinel := range sentinels {
		if err == sentinel {
			w.Is = append(w.Is, name)
			return
		}
		// What the system says is one of them without wrapping it.
		if is, ok := err.(interface{ Is(error) bool }); ok && is.Is(sentinel) {
			w.Is = append(w.Is, name)
		}
	}
	for name, known := range errorShapes {
		if content, ok := known.find(err); ok {
			if text, err := json.Marshal(content); err == nil {
				w.As = append(w.As, wireShape{name, text})
			}
		}
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		if inner := err.Unwrap(); inner != nil {
			w.walk(inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range err.Unwrap() {
			w.walk(inner)
		}
	}
}

// ownersError is an error that came over the socket.
type ownersError struct {
	text   string
	causes []error
}

func (e *ownersError) Error() string   { return e.text }
func (e *ownersError) Unwrap() []error { return e.causes }

// received is the error as its receiver meets it; nil stays nil.
func (w *wireError) received() error {
	if w == nil {
		return nil
	}
	e := &ownersError{text: w.Text}
	for _, s := range w.As {
		if shape, known := errorShapes[s.Type]; known {
			if cause, err := shape.make(s.Content); err == nil {
				e.causes = append(e.causes, cause)
			}
		}
	}
	for _, name := range w.Is {
		if cause := sentinels[name]; cause != nil {
			e.causes = append(e.causes, cause)
		}
	}
	return e
}
