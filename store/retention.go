package store

import (
	"crypto/sha256"
	"hash"
)

// droppedData is what the note of dropping tells: the seal, and what stays of
// the time before it.
type droppedData struct {
	Events       uint64 `json:"events"` // number of the last event that the seal stands for
	Nanos        int64  `json:"nanos"`  // and its time
	Hash         string `json:"hash"`   // and its hash, hex
	Kept         string `json:"kept"`   // keptDigest of the events before the seal, hex
	Past         string `json:"past"`   // pastDigest, hex
	Transactions int    `json:"transactions"`
	Before       string `json:"before"` // the first month that is not dropped, 2016-11
}

// keptDigest goes on with one event that stands before the seal.
func keptDigest(h hash.Hash, at key, before, its [sha256.Size]byte) {
	h.Write(at[:])
	h.Write(before[:])
	h.Write(its[:])
}
