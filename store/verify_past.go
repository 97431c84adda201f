package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"go.etcd.io/bbolt"

	"cashier/api"
)

// past adds the counts of what was dropped to those of the rows: the days keep
// both. They are those that the note of dropping tells of.
func (v *verifier) past(tx *bbolt.Tx, days shift) error {
	digest := sha256.New()
	for k, value := range entries(tx.Bucket(bucketPast)) {
		t, err := asTally(value)
		if err != nil || len(k) != 4 || t.empty() {
			v.say(Problem{What: "past: an entry is malformed"})
			continue
		}
		pastDigest(digest, k, value)
		d := day(binary.BigEndian.Uint32(k))
		if days[d] == nil {
			days[d] = &Tally{}
		}
		*days[d] = days[d].plus(&t)
	}
	told := hex.EncodeToString(sha256.New().Sum(nil)) // of none
	if d := v.chain.dropped; d != nil {
		told = d.Past
	}
	if hex.EncodeToString(digest.Sum(nil)) != told {
		v.say(Problem{What: "past: the counts of what was dropped are not those that its note tells of"})
	}
	return nil
}

func pastDigest(h hash.Hash, k, value []byte) {
	h.Write(k)
	h.Write(value)
}

// spentDigest goes on with one reference that a restore keeps from being used
// again.
func spentDigest(h hash.Hash, reference []byte) {
	h.Write(reference)
	h.Write([]byte{0})
}

// spent compares the references that a restore has set apart with what its
// note tells of them.
func (v *verifier) spent(context.Context) error {
	return v.s.view(func(tx *bbolt.Tx) error {
		digests := map[key]hash.Hash{}
		var notes []key
		for k, value := range entries(tx.Bucket(bucketSpent)) {
			at, ok := asKey(value)
			if !ok {
				v.say(Problem{Reference: api.Reference(api.Clean(string(k), 64)), What: "spent: an entry is malformed"})
				continue
			}
			if digests[at] == nil {
				digests[at] = sha256.New()
				notes = append(notes, at)
			}
			spentDigest(digests[at], k)
		}
		for at, want := range v.chain.spent {
			if digests[at] == nil {
				v.say(Problem{Event: at.seq(), At: timeOf(at.nanos()), What: "spent: the references that the restore set apart are missing"})
			} else if got := hex.EncodeToString(digests[at].Sum(nil)); got != want {
				v.say(Problem{Event: at.seq(), At: timeOf(at.nanos()), What: "spent: the references are not those that the restore set apart"})
			}
		}
		slices.SortFunc(notes, compare)
		for _, at := range notes {
			if _, ok := v.chain.spent[at]; !ok {
				v.say(Problem{Event: at.seq(), What: fmt.Sprintf("spent: event %d is no restore", at.seq())})
			}
		}
		return nil
	})
}
