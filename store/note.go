package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"cashier/api/till"
)

// note is an event of the journal itself and of no transaction: that it was
// restored, that old months were dropped, that a shift was closed. It stands
// in the chain among the events of transactions; its record key is zero, and
// made is the hash of what it made, zeros when that is nothing beside itself.
// Retention never drops a note, except an older one of dropping.
type note struct {
	At   time.Time       `json:"at"`
	What string          `json:"what"` // one of the note words
	Data json.RawMessage `json:"data"`
}

// What a note tells. A word once written means the same for ever.
const (
	noteRestored = "restored" // restoredData, restore.go
	noteDropped  = "dropped"  // droppedData, retention.go
)

// isNote reports whether the event is one of the journal itself.
func (e *event) isNote() bool { return e.record == (key{}) }

// planNote says what to write for a note after the present head: the event,
// and the new head in meta. What it made is written in the same commit by the
// caller, before or after.
func planNote(tx *bbolt.Tx, at time.Time, what string, data any, made [sha256.Size]byte) ([]op, head, key, error) {
	fail := func(err error) ([]op, head, key, error) { return nil, head{}, key{}, err }
	nanos, err := nanosOf(at, what)
	if err != nil {
		return fail(err)
	}
	h, err := asHead(tx.Bucket(bucketMeta).Get(metaHead))
	if err != nil {
		return fail(err)
	}
	n := note{At: at, What: what}
	if n.Data, err = json.Marshal(data); err != nil {
		return fail(fmt.Errorf("encoding the note: %w", err))
	}
	var body bytes.Buffer
	if err := encodeJSON(&body, n); err != nil {
		return fail(fmt.Errorf("encoding the note: %w", err))
	}
	h.count++
	h.nanos = max(h.nanos, nanos)
	k := newKey(h.nanos, h.count)
	e := event{made: made, body: body.Bytes()}
	e.hash = e.chain(h.hash, k)
	h.hash = e.hash
	return []op{{bucketOf(prefixEvents, k), k[:], e.encode()}, {bucketMeta, metaHead, h.encode()}}, h, k, nil
}

// change runs a commit that moves the chain's head, with the reserve behind
// it, and tells the head file.
func (s *Store) change(do func(*bbolt.Tx) (head, error)) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	var h head
	commit := func() error {
		return s.update(func(tx *bbolt.Tx) (err error) {
			h, err = do(tx)
			return err
		})
	}
	err := commit()
	if errors.Is(err, till.ErrFull) && s.spendReserve() {
		err = commit()
	}
	if err == nil && h.count > 0 {
		s.headFile.write(h)
	}
	return err
}

func (e *event) note() (note, error) {
	var n note
	if err := json.Unmarshal(e.body, &n); err != nil {
		return n, fmt.Errorf("note %w: %v", errFormat, err)
	}
	return n, nil
}
