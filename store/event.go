package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"cashier/api/till"
)

// An event is: version 1, its hash (32), the hash of the record it made (32),
// the record's key (16), the key of the record's previous event or zeros (16),
// the record's revision u32, and the till.Event as JSON.
const (
	eventVersion = 1
	eventHeader  = 1 + sha256.Size + sha256.Size + 16 + 16 + 4
)

type event struct {
	hash     [sha256.Size]byte
	made     [sha256.Size]byte // recordHash after the event
	record   key
	previous key
	revision uint32
	body     []byte // JSON
}

// chain is the event's hash after prev.
func (e *event) chain(prev [sha256.Size]byte, at key) [sha256.Size]byte {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(at[:])
	h.Write(e.record[:])
	h.Write(e.previous[:])
	h.Write(binary.BigEndian.AppendUint32(nil, e.revision))
	h.Write(e.made[:])
	h.Write(e.body)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}

func (e *event) encode() []byte {
	v := make([]byte, 0, eventHeader+len(e.body))
	v = append(v, eventVersion)
	v = append(v, e.hash[:]...)
	v = append(v, e.made[:]...)
	v = append(v, e.record[:]...)
	v = append(v, e.previous[:]...)
	v = binary.BigEndian.AppendUint32(v, e.revision)
	return append(v, e.body...)
}

// asEvent splits v; the body still lies in it.
func asEvent(v []byte) (event, error) {
	if len(v) < eventHeader || v[0] != eventVersion {
		return event{}, fmt.Errorf("event %w", errFormat)
	}
	return event{
		hash: [32]byte(v[1:]), made: [32]byte(v[33:]), record: key(v[65:81]), previous: key(v[81:97]),
		revision: binary.BigEndian.Uint32(v[97:]), body: v[eventHeader:],
	}, nil
}

func (e *event) decode() (till.Event, error) {
	var t till.Event
	if err := json.Unmarshal(e.body, &t); err != nil {
		return t, fmt.Errorf("event %w: %v", errFormat, err)
	}
	return t, nil
}

func encodeEventBody(e till.Event) ([]byte, error) {
	var b bytes.Buffer
	if err := encodeJSON(&b, e); err != nil {
		return nil, fmt.Errorf("encoding the event: %w", err)
	}
	return b.Bytes(), nil
}

// head is where the chain ends: count u64, time of the last event's key, hash.
type head struct {
	count uint64
	nanos int64
	hash  [sha256.Size]byte
}

const headSize = 16 + sha256.Size

func (h head) encode() []byte {
	v := binary.BigEndian.AppendUint64(nil, h.count)
	v = binary.BigEndian.AppendUint64(v, uint64(h.nanos))
	return append(v, h.hash[:]...)
}

func asHead(v []byte) (head, error) {
	if len(v) != headSize {
		return head{}, fmt.Errorf("chain head %w", errFormat)
	}
	return head{
		count: binary.BigEndian.Uint64(v),
		nanos: int64(binary.BigEndian.Uint64(v[8:])),
		hash:  [32]byte(v[16:]),
	}, nil
}
