package store

import (
	"crypto/sha256"
	"fmt"

	"go.etcd.io/bbolt"
)

// seal is where the chain begins: everything up to its event number has been
// dropped, except what stands in the bucket kept. A new journal's seal is
// random bytes at number 0, so that no part of another journal fits in.
//
// In meta it is the head that it stands for and, once months have been dropped,
// the key of the note that tells of it: the note is in the chain, so the seal
// cannot change without the chain breaking.
type seal struct {
	head
	note key
}

const sealSize = headSize + 16

func (s seal) encode() []byte {
	if s.note == (key{}) {
		return s.head.encode()
	}
	return append(s.head.encode(), s.note[:]...)
}

func asSeal(v []byte) (seal, error) {
	var s seal
	var err error
	switch len(v) {
	case headSize:
		s.head, err = asHead(v)
	case sealSize:
		if s.head, err = asHead(v[:headSize]); err == nil {
			s.note = key(v[headSize:])
		}
	default:
		err = fmt.Errorf("seal %w", errFormat)
	}
	return s, err
}

func sealOf(tx *bbolt.Tx) (seal, error) { return asSeal(tx.Bucket(bucketMeta).Get(metaSeal)) }

// start is the head that the first event after the seal follows. Before
// anything was dropped it covers all of the seal.
func (s seal) start() head {
	h := s.head
	if h.count == 0 {
		h.hash = sha256.Sum256(h.encode())
	}
	return h
}

// keptHash is the hash before an event that stayed when those around it were
// dropped; ok is false when the event did not.
func keptHash(tx *bbolt.Tx, at key) (hash [sha256.Size]byte, ok bool, err error) {
	v := valueAt(tx, bucketKept, at[:])
	switch {
	case v == nil:
		return hash, false, nil
	case len(v) != sha256.Size:
		return hash, true, fmt.Errorf("kept event %w", errFormat)
	}
	return [sha256.Size]byte(v), true, nil
}

// inChain reports whether the event at k is one that the journal still holds:
// after the seal, or kept.
func (s seal) inChain(tx *bbolt.Tx, k key) bool {
	return k.seq() > s.count || valueAt(tx, bucketKept, k[:]) != nil
}
