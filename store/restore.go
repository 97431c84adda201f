package store

import "time"

// restoredData is what the note of a restore tells.
type restoredData struct {
	Events   uint64 `json:"events"` // of the backup
	Hash     string `json:"hash"`   // and the hash of its last event, hex
	SetAside string `json:"setAside,omitempty"`
	Missing  int    `json:"missing,omitempty"` // transactions that were found in the damaged journal and are not in the backup
	Spent    string `json:"spent,omitempty"`   // digest of the references that are spent by it, hex
}

// Restored is a restore that the journal has gone through.
type Restored struct {
	At      time.Time
	Events  uint64 // that the backup held
	Missing int    // transactions after the backup that are known to be missing
}

func (r *restoredData) restored(at time.Time) Restored {
	return Restored{At: at, Events: r.Events, Missing: r.Missing}
}
