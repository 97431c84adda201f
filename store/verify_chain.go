package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"

	"go.etcd.io/bbolt"

	"cashier/api"
)

// chainWalk is what the walk along the events gathers.
type chainWalk struct {
	seal    seal
	head    head      // as far as it has been walked
	kept    int       // events before the seal
	digest  hash.Hash // of those, see keptDigest
	last    key       // the last of those
	dropped *droppedData
	spent   map[key]string // digests of spent references, by the restore's event
}

// events walks the chain from the seal to the head, and the events before the
// seal that were kept.
func (v *verifier) events(ctx context.Context) error {
	c := &v.chain
	err := v.s.view(func(tx *bbolt.Tx) (err error) {
		meta := tx.Bucket(bucketMeta)
		if c.seal, err = sealOf(tx); err != nil {
			return err
		}
		c.head, c.digest, c.spent = c.seal.start(), sha256.New(), map[key]string{}
		v.report.Events = 0
		cuts, err := asCuts(meta.Get(metaCuts))
		for _, c := range cuts {
			what := fmt.Sprintf("chain: the journal was opened with %d events where %d had been written", c.found, c.should)
			if c.found == c.should {
				what = fmt.Sprintf("chain: the journal was opened with another event %d than had been written", c.found)
			}
			v.say(Problem{What: what, Event: c.found + 1, Known: true, Lost: c.should - c.found})
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := v.walk(ctx, prefixEvents, v.event); err != nil || v.full() {
		return err
	}
	if v.report.HeadKnown && v.kept.count > c.head.count {
		v.say(Problem{What: fmt.Sprintf("chain: it ends at event %d, the head file knows %d", c.head.count, v.kept.count), Event: c.head.count + 1})
	}
	// Changes since the walk ended only make the head grow.
	return v.s.view(func(tx *bbolt.Tx) error {
		h, err := asHead(tx.Bucket(bucketMeta).Get(metaHead))
		switch {
		case err != nil:
			v.say(Problem{What: "chain: the head is malformed"})
		case h.count < c.head.count, h.count == c.head.count && h != c.head:
			v.say(Problem{What: fmt.Sprintf("chain: it ends at event %d, the head says %d", c.head.count, h.count), Event: c.head.count})
		case h.count > c.head.count && !followed(tx, newKey(c.head.nanos, c.head.count)):
			v.say(Problem{What: fmt.Sprintf("chain: it ends at event %d, the head says %d", c.head.count, h.count), Event: c.head.count + 1})
		}
		v.sealed(tx)
		return nil
	})
}

// followed reports whether there is an event after k, so that a head further
// on is just news.
func followed(tx *bbolt.Tx, k key) bool {
	found := false
	_ = eachBucket(tx, prefixEvents, func(_ []byte, b *bbolt.Bucket) error {
		last, _ := b.Cursor().Last()
		at, ok := asKey(last)
		found = found || ok && k.less(at)
		return nil
	})
	return found
}

// sealed compares what was dropped, and what was kept all the same, with the
// note in the chain that tells of it.
func (v *verifier) sealed(tx *bbolt.Tx) {
	c := &v.chain
	if n := number(tx.Bucket(bucketKept)); n != c.kept {
		v.say(Problem{What: fmt.Sprintf("kept: %d entries for %d events before the seal", n, c.kept)})
	}
	d := c.dropped
	switch {
	case c.seal.note == (key{}):
		if c.seal.count > 0 {
			v.say(Problem{What: "seal: no note tells of it"})
		}
		return
	case d == nil:
		v.say(Problem{What: fmt.Sprintf("seal: event %d, which tells of it, is missing", c.seal.note.seq()), Event: c.seal.note.seq()})
		return
	case d.Events != c.seal.count, d.Nanos != c.seal.nanos, d.Hash != hex.EncodeToString(c.seal.hash[:]):
		v.say(Problem{What: fmt.Sprintf("seal: it is not the one that event %d tells of", c.seal.note.seq()), Event: c.seal.note.seq()})
	case d.Kept != hex.EncodeToString(c.digest.Sum(nil)):
		v.say(Problem{What: fmt.Sprintf("kept: the events before the seal are not those that event %d tells of", c.seal.note.seq()), Event: c.seal.note.seq()})
	}
	v.report.Dropped = Dropped{Transactions: d.Transactions, Before: d.Before}
}

func (v *verifier) event(tx *bbolt.Tx, name, k, value []byte) error {
	c := &v.chain
	at, ok := asKey(k)
	if !ok || !bytes.Equal(bucketOf(prefixEvents, at), name) {
		v.say(Problem{Reference: perhapsOf(tx, value), What: fmt.Sprintf("%s: a key that does not belong here", name)})
		return nil
	}
	p := Problem{At: timeOf(at.nanos()), Event: at.seq()}
	bad := func(format string, args ...any) error {
		p.What = fmt.Sprintf(format, args...)
		v.say(p)
		return nil
	}
	v.report.Events++
	v.told(int64(v.report.Events))
	before := c.head
	if at.seq() <= c.seal.count {
		hash, kept, err := keptHash(tx, at)
		if !kept || err != nil || !c.last.less(at) {
			p.Reference = perhapsOf(tx, value)
			return bad("%s: event %d stands before the seal and was not kept", name, at.seq())
		}
		before = head{count: at.seq() - 1, nanos: c.last.nanos(), hash: hash}
	}
	e, err := asEvent(value)
	if err != nil {
		if at.seq() > c.seal.count {
			c.head = head{count: at.seq(), nanos: at.nanos()}
		}
		p.Reference = perhapsOf(tx, value)
		return bad("%s: %v", name, err)
	}
	fits := e.chain(before.hash, at) == e.hash
	// Going on from what stands there names every break once.
	if at.seq() <= c.seal.count {
		c.kept++
		c.last = at
		keptDigest(c.digest, at, before.hash, e.hash)
	} else {
		c.head = head{count: at.seq(), nanos: at.nanos(), hash: e.hash}
	}
	var what string
	if e.isNote() {
		what = v.note(tx, &e, at)
	} else {
		p.Reference, what = v.ofRecord(tx, &e, at, fits)
	}
	switch {
	case at.seq() != before.count+1:
		return bad("%s: event %d follows event %d", name, at.seq(), before.count)
	case at.nanos() < before.nanos:
		return bad("%s: event %d is filed before the one it follows", name, at.seq())
	case !fits:
		return bad("%s: event %d does not fit the chain", name, at.seq())
	case what != "":
		return bad("%s: %s", name, what)
	case v.report.HeadKnown && at.seq() == v.kept.count && e.hash != v.kept.hash:
		return bad("%s: event %d is not the one that the head file knows", name, at.seq())
	}
	return nil
}

// perhapsOf is the reference of the record that a damaged event still names.
func perhapsOf(tx *bbolt.Tx, value []byte) api.Reference {
	if len(value) < eventHeader {
		return ""
	}
	r, err := rowAt(tx, key(value[65:81]))
	if err != nil {
		return ""
	}
	return api.Reference(api.Clean(string(r.reference()), 64))
}

// ofRecord is the reference that an event belongs to, as far as it is known,
// and what is wrong between the two. Where they name different ones, it is the
// event's when that fits the chain; otherwise both are named.
func (v *verifier) ofRecord(tx *bbolt.Tx, e *event, at key, fits bool) (reference api.Reference, wrong string) {
	r, rowErr := rowAt(tx, e.record)
	if rowErr == nil {
		reference = api.Reference(api.Clean(string(r.reference()), 64))
	}
	// The hash vouches for the body as it was written; decoding each would
	// take most of the time.
	if rowErr != nil || !bytes.Contains(e.body, fmt.Appendf(nil, `"reference":"%s"`, reference)) {
		told, err := e.decode()
		switch {
		case err != nil:
			return reference, fmt.Sprintf("event %d: %v", at.seq(), err)
		case rowErr == nil && told.Reference != reference:
			if fits {
				return api.Reference(api.Clean(string(told.Reference), 64)), fmt.Sprintf("event %d tells of another record", at.seq())
			}
			if _, _, err := stored(tx, told.Reference); err == nil { // either may be the damaged one
				v.say(Problem{
					Reference: told.Reference, At: timeOf(at.nanos()), Event: at.seq(),
					What: fmt.Sprintf("chain: event %d tells of it and is filed under %s", at.seq(), reference),
				})
			}
			return reference, fmt.Sprintf("event %d tells of another record", at.seq())
		}
		reference = told.Reference
	}
	switch {
	case rowErr != nil:
		return reference, fmt.Sprintf("the record of event %d: %v", at.seq(), rowErr)
	case r.lastEvent().less(at):
		return reference, fmt.Sprintf("the record is older than event %d", at.seq())
	}
	return reference, ""
}

// note looks into an event of the journal itself.
func (v *verifier) note(tx *bbolt.Tx, e *event, at key) (wrong string) {
	n, err := e.note()
	if err != nil {
		return fmt.Sprintf("event %d: %v", at.seq(), err)
	}
	var data any
	switch n.What {
	case noteDropped:
		d := new(droppedData)
		if at == v.chain.seal.note {
			v.chain.dropped = d
		}
		data = d
	case noteRestored:
		r := new(restoredData)
		defer func() {
			v.report.Restored = append(v.report.Restored, r.restored(n.At))
			if r.Spent != "" {
				v.chain.spent[at] = r.Spent
			}
		}()
		data = r
	case noteSessionOpened, noteSessionTaken, noteSessionClosed, noteSessionLost:
		return sessionNote(tx, n, at)
	default:
		return fmt.Sprintf("event %d: a note of a kind that does not belong here", at.seq())
	}
	if err := json.Unmarshal(n.Data, data); err != nil {
		return fmt.Sprintf("event %d: note %v: %v", at.seq(), errFormat, err)
	}
	return ""
}
