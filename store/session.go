package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api"
	"cashier/api/till"
)

var _ till.Sessions = (*Store)(nil)

// bucketSessions is made with the first session: its number, u32 -> the
// session. A session is: version 1, 1 while it is open and 0 once it is closed,
// 1 when it opened by itself, the key of the note that opened it (16), the key
// of its last note (16), and the till.Session as JSON with the Z report. The
// last note's made is the hash of all that.
var bucketSessions = []byte("sessions")

const (
	sessionVersion = 1
	sessionHeader  = 3 + 16 + 16
)

// What notes tell of sessions; their data is a sessionData.
const (
	noteSessionOpened = till.WhatSessionOpened
	noteSessionTaken  = till.WhatSessionTaken
	noteSessionClosed = till.WhatSessionClosed
	noteSessionLost   = till.WhatSessionLost
)

type sessionData struct {
	Session int `json:"session"`
}

// storedSession is a session's encoded bytes. The body may lie in the mapped file.
type storedSession struct {
	open, auto bool
	opened     key // the note that opened it
	last       key // its last note
	body       []byte
}

func asSession(v []byte) (storedSession, error) {
	if len(v) < sessionHeader || v[0] != sessionVersion || v[1] > 1 || v[2] > 1 {
		return storedSession{}, fmt.Errorf("session %w", errFormat)
	}
	return storedSession{v[1] == 1, v[2] == 1, key(v[3:19]), key(v[19:35]), v[sessionHeader:]}, nil
}

func (s *storedSession) decode() (till.Session, error) {
	var t till.Session
	if err := json.Unmarshal(s.body, &t); err != nil {
		return t, fmt.Errorf("session %w: %v", errFormat, err)
	}
	return t, nil
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func encodeSession(t till.Session, opened, last key) ([]byte, error) {
	var b bytes.Buffer
	b.Write([]byte{sessionVersion, flag(t.Open()), flag(t.Auto)})
	b.Write(opened[:])
	b.Write(last[:])
	if err := encodeJSON(&b, t); err != nil {
		return nil, fmt.Errorf("encoding the session: %w", err)
	}
	return b.Bytes(), nil
}

func sessionKey(number int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(number)) }

// lastSession is the newest session, with number 0 where there is none.
func lastSession(tx *bbolt.Tx) (number int, s storedSession, err error) {
	b := tx.Bucket(bucketSessions)
	if b == nil {
		return 0, s, nil
	}
	k, v := b.Cursor().Last()
	if k == nil {
		return 0, s, nil
	}
	if len(k) != 4 {
		return 0, s, fmt.Errorf("session %w", errFormat)
	}
	s, err = asSession(v)
	return int(binary.BigEndian.Uint32(k)), s, err
}

// writeSession puts a session and the note that tells of it; opened is the zero
// key for a new one.
func writeSession(tx *bbolt.Tx, at time.Time, what string, t till.Session, opened key) (head, error) {
	// The note's key is known before the note, and the session holds it.
	h, err := asHead(tx.Bucket(bucketMeta).Get(metaHead))
	if err != nil {
		return head{}, err
	}
	nanos, err := nanosOf(at, what)
	if err != nil {
		return head{}, err
	}
	k := newKey(max(h.nanos, nanos), h.count+1)
	if opened == (key{}) {
		opened = k
	}
	value, err := encodeSession(t, opened, k)
	if err != nil {
		return head{}, err
	}
	ops, h, noted, err := planNote(tx, at, what, sessionData{t.Number}, sha256.Sum256(value))
	if err != nil {
		return head{}, err
	}
	if noted != k {
		return head{}, fmt.Errorf("the note of session %d is not where it should be", t.Number)
	}
	for _, o := range append(ops, op{bucketSessions, sessionKey(t.Number), value}) {
		if err := o.run(tx); err != nil {
			return head{}, err
		}
	}
	return h, nil
}

// OpenSession is till.Sessions'.
func (s *Store) OpenSession(ctx context.Context, o till.Opening) (till.Session, error) {
	if err := o.Check(); err != nil {
		return till.Session{}, err
	}
	var opened till.Session
	err := s.change(func(tx *bbolt.Tx) (head, error) {
		if err := ctx.Err(); err != nil {
			return head{}, err
		}
		number, last, err := lastSession(tx)
		if err != nil {
			return head{}, err
		}
		at := s.now()
		opened = till.Session{Number: number + 1, Operator: o.Operator, Branch: o.Branch, Cash: o.Cash, OpenedAt: at}
		if number == 0 || !last.open {
			return writeSession(tx, at, noteSessionOpened, opened, key{})
		}
		current, err := last.decode()
		if err != nil {
			return head{}, err
		}
		if !last.auto {
			return head{}, &till.SessionOpenError{Session: current}
		}
		opened.Number, opened.OpenedAt = current.Number, current.OpenedAt
		return writeSession(tx, at, noteSessionTaken, opened, last.opened)
	})
	if err != nil {
		return till.Session{}, fmt.Errorf("opening a session: %w", err)
	}
	return opened, nil
}

// applyInSession is apply for the operator's path: what is done belongs to a
// session, and the event tells what money it moved.
func (s *Store) applyInSession(tx *bbolt.Tx, change till.Change) (head, error) {
	change.Event.Moved = nil
	open, err := s.openBySelf(tx, &change)
	if err == nil && open {
		change, err = withMovement(tx, change)
	}
	if err != nil {
		return head{}, err
	}
	return apply(tx, change)
}

// openBySelf opens a session for a change that belongs to one while none is
// open, in the change's own commit. It takes the operator and the branch of the
// session before. It reports whether a session is open now.
func (s *Store) openBySelf(tx *bbolt.Tx, change *till.Change) (bool, error) {
	number, last, err := lastSession(tx)
	if err != nil || number > 0 && last.open {
		return err == nil, err
	}
	if s.unattended == nil || !till.OpensSession(change.Event) {
		return false, nil
	}
	at := s.now()
	next := till.Session{Number: number + 1, Operator: s.unattended.Operator, Branch: s.unattended.Branch, Auto: true, OpenedAt: at}
	if number > 0 {
		before, err := last.decode()
		if err != nil {
			return false, err
		}
		if !before.Lost {
			next.Operator, next.Branch = before.Operator, before.Branch
		}
	}
	_, err = writeSession(tx, at, noteSessionOpened, next, key{})
	return err == nil, err
}

// CloseSession is till.Sessions'.
func (s *Store) CloseSession(ctx context.Context, c till.Closing) (till.Session, error) {
	var closed till.Session
	err := s.change(func(tx *bbolt.Tx) (head, error) {
		number, last, err := lastSession(tx)
		switch {
		case err != nil:
			return head{}, err
		case number == 0 || !last.open:
			return head{}, noneOpen(number, last)
		case c.Number != 0 && c.Number != number:
			return head{}, fmt.Errorf("%w of number %d: session %d is", till.ErrNoSession, c.Number, number)
		}
		if closed, err = last.decode(); err != nil {
			return head{}, err
		}
		at := s.now()
		report, err := reportOf(ctx, tx, last, at)
		if err != nil {
			return head{}, err
		}
		if err := closed.Close(report, c, at); err != nil {
			return head{}, err
		}
		return writeSession(tx, at, noteSessionClosed, closed, last.opened)
	})
	if err != nil {
		return till.Session{}, fmt.Errorf("closing the session: %w", err)
	}
	return closed, nil
}

// noneOpen says which session was closed last.
func noneOpen(number int, last storedSession) error {
	if number == 0 {
		return till.ErrNoSession
	}
	t, err := last.decode()
	if err != nil || t.Lost {
		return cmp.Or(err, till.ErrNoSession)
	}
	return fmt.Errorf("%w: session %d was closed at %s", till.ErrNoSession, number, t.ClosedAt.In(api.Jakarta).Format(time.DateTime))
}

// CurrentSession is till.Sessions'.
func (s *Store) CurrentSession(ctx context.Context) (till.Session, error) {
	if err := ctx.Err(); err != nil {
		return till.Session{}, err
	}
	var t till.Session
	err := s.view(func(tx *bbolt.Tx) error {
		number, last, err := lastSession(tx)
		if err != nil {
			return err
		}
		if number == 0 || !last.open {
			return noneOpen(number, last)
		}
		t, err = last.decode()
		return err
	})
	return t, err
}

// SessionReport is till.Sessions'. An X report is read at one moment; it costs
// the session's own events, whatever else the journal holds.
func (s *Store) SessionReport(ctx context.Context, number int) (till.Session, error) {
	if err := ctx.Err(); err != nil {
		return till.Session{}, err
	}
	var t till.Session
	err := s.view(func(tx *bbolt.Tx) error {
		newest, stored, err := lastSession(tx)
		switch {
		case err != nil:
			return err
		case number == 0 && (newest == 0 || !stored.open):
			return noneOpen(newest, stored)
		case number < 0 || number > newest:
			return fmt.Errorf("%w: there is no session %d", till.ErrNotFound, number)
		case number > 0 && (number < newest || !stored.open):
			t, err = s.zReport(tx, number, tx.Bucket(bucketSessions).Get(sessionKey(number)))
			return err
		}
		if t, err = stored.decode(); err != nil {
			return err
		}
		report, err := reportOf(ctx, tx, stored, s.now())
		t.Report = &report
		return err
	})
	return t, err
}

// zReport is a stored session. A closed one is nothing but what its note in the
// chain vouches for: no changed Z report is shown, or printed again.
func (s *Store) zReport(tx *bbolt.Tx, number int, value []byte) (till.Session, error) {
	stored, err := asSession(value)
	if err != nil {
		return till.Session{}, fmt.Errorf("session %d: %w", number, err)
	}
	if !stored.open {
		if _, wrong := sessionWrong(tx, number, stored, value); wrong != "" {
			return till.Session{}, &DamagedError{s.path, fmt.Sprintf("session %d: %s", number, wrong)}
		}
	}
	return stored.decode()
}

// ListSessions is till.Sessions'.
func (s *Store) ListSessions(ctx context.Context, before, limit int) ([]till.Session, error) {
	var list []till.Session
	err := s.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketSessions)
		if b == nil {
			return nil
		}
		c := b.Cursor()
		k, v := c.Last()
		if before > 0 {
			if k, _ = c.Seek(sessionKey(before)); k == nil {
				k, v = c.Last()
			} else {
				k, v = c.Prev()
			}
		}
		for ; k != nil && len(list) < limit; k, v = c.Prev() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(k) != 4 {
				return fmt.Errorf("session %w", errFormat)
			}
			number := int(binary.BigEndian.Uint32(k))
			t, err := s.zReport(tx, number, v)
			if err != nil {
				t = till.Session{Number: number, Damaged: true}
			}
			list = append(list, t)
		}
		return nil
	})
	return list, err
}

// mostLost bounds how many numbers are believed to be lost: nothing vouches for
// what is read out of a damaged file.
const mostLost = 10_000

// loseSessions takes the numbers out of use that had been given to sessions
// since the backup: found are those of which a damaged file still tells, true
// where it was closed. A session that is open in the backup and was closed since
// has its Z report already; one that may be open still goes on.
func loseSessions(tx *bbolt.Tx, found map[int]bool, now time.Time) (h head, err error) {
	if h, err = asHead(tx.Bucket(bucketMeta).Get(metaHead)); err != nil {
		return h, err
	}
	number, last, err := lastSession(tx)
	if err != nil {
		return h, err
	}
	highest := number
	for n := range found {
		if n <= number+mostLost {
			highest = max(highest, n)
		}
	}
	if number > 0 && last.open && (found[number] || highest > number) {
		t, err := last.decode()
		if err != nil {
			return h, err
		}
		t.Lost, t.ClosedAt = true, now
		if h, err = writeSession(tx, now, noteSessionLost, t, last.opened); err != nil {
			return h, err
		}
	}
	for n := number + 1; n <= highest; n++ {
		t := till.Session{Number: n, OpenedAt: now, ClosedAt: now, Lost: true}
		if h, err = writeSession(tx, now, noteSessionLost, t, key{}); err != nil {
			return h, err
		}
	}
	return h, nil
}
