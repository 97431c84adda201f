package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"
)

// sessions checks every session against the note that made it what it is, and
// that they are numbered without a gap, closed one before the next is opened.
// The notes have named the sessions that are missing.
func (v *verifier) sessions(context.Context) error {
	return v.s.view(func(tx *bbolt.Tx) error {
		number, before := 0, storedSession{}
		for k, value := range entries(tx.Bucket(bucketSessions)) {
			if len(k) != 4 {
				v.say(Problem{What: "sessions: a key that does not belong here"})
				continue
			}
			number++
			n := int(binary.BigEndian.Uint32(k))
			if n != number {
				v.say(Problem{What: fmt.Sprintf("sessions: session %d follows session %d", n, number-1)})
			}
			s, err := asSession(value)
			if err != nil {
				v.say(Problem{What: fmt.Sprintf("sessions: session %d: %v", n, err)})
				number = n
				continue
			}
			switch at, wrong := sessionWrong(tx, n, s, value); {
			case wrong != "":
				v.say(Problem{Event: at.seq(), At: timeOf(at.nanos()), What: fmt.Sprintf("sessions: session %d: %s", n, wrong)})
			case number > 1 && (before.open || !before.last.less(s.opened)):
				v.say(Problem{Event: at.seq(), At: timeOf(at.nanos()), What: fmt.Sprintf("sessions: session %d was opened before the one before it was closed", n)})
			}
			number, before = n, s
		}
		return nil
	})
}

// sessionWrong says what is wrong between a session and its last note.
func sessionWrong(tx *bbolt.Tx, number int, s storedSession, value []byte) (at key, wrong string) {
	e, err := eventAt(tx, s.last)
	if err != nil {
		return s.last, fmt.Sprintf("its last note: %v", err)
	}
	var data sessionData
	n, err := e.note()
	if err == nil {
		err = json.Unmarshal(n.Data, &data)
	}
	switch closed := n.What == noteSessionClosed || n.What == noteSessionLost; {
	case !e.isNote() || err != nil || data.Session != number:
		return s.last, fmt.Sprintf("event %d is not a note of it", s.last.seq())
	case sha256.Sum256(value) != e.made || closed == s.open:
		return s.last, fmt.Sprintf("it is not as event %d made it", s.last.seq())
	}
	return s.last, ""
}

// sessionNote looks into a note of a session: the session is there, and not
// older than the note.
func sessionNote(tx *bbolt.Tx, n note, at key) (wrong string) {
	var data sessionData
	if err := json.Unmarshal(n.Data, &data); err != nil || !bytes.Contains(n.Data, []byte(`"session"`)) {
		return fmt.Sprintf("event %d: note %v", at.seq(), errFormat)
	}
	value := valueAt(tx, bucketSessions, sessionKey(data.Session))
	if value == nil {
		return fmt.Sprintf("the session %d of event %d is missing", data.Session, at.seq())
	}
	s, err := asSession(value)
	switch {
	case err != nil:
		return fmt.Sprintf("the session %d of event %d: %v", data.Session, at.seq(), err)
	case s.last.less(at):
		return fmt.Sprintf("the session %d is older than event %d", data.Session, at.seq())
	case n.What == noteSessionOpened && s.opened != at:
		return fmt.Sprintf("event %d is not the one that opened session %d", at.seq(), data.Session)
	}
	return ""
}
