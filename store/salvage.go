package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"

	"cashier/api"
	"cashier/api/till"
)

// salvaged is a row that still stands somewhere in a damaged file.
type salvaged struct {
	at  key
	row row
}

// salvage reads the rows that are newer than the event's number out of a file,
// page by page, asking neither its meta pages nor its tree: whatever a page
// says by itself is taken, the newest version of each record. What has been
// overwritten is not found; a row of a page that is free by now is one that the
// journal once held.
//
// Sessions are those whose last note is newer, by number; true: it was closed.
func salvage(ctx context.Context, path string, after uint64, tell func(Progress)) (rows []salvaged, sessions map[int]bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	found, shifts := map[key]row{}, map[int]bool{}
	take := func(k, v []byte) {
		if len(k) == 4 {
			if s, err := asSession(v); err == nil && s.last.seq() > after {
				if t, err := s.decode(); err == nil && bytes.Equal(k, sessionKey(t.Number)) {
					shifts[t.Number] = shifts[t.Number] || !t.Open()
				}
			}
			return
		}
		at, ok := asKey(k)
		if !ok {
			return
		}
		r, err := asRow(v)
		if err != nil || r.lastEvent().seq() <= after {
			return
		}
		if _, err := api.ParseReference(string(r.reference())); err != nil {
			return
		}
		if old, ok := found[at]; !ok || old.revision() < r.revision() {
			found[at] = slices.Clone(r)
		}
	}
	for id := int64(0); id*pageSize < info.Size(); id++ {
		if id%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			if tell != nil {
				tell(Progress{Step: StepRead, Done: id * pageSize, Total: info.Size()})
			}
		}
		page, err := loosePage(f, id)
		if err != nil {
			return nil, nil, err
		}
		eachLoose(page, take, true)
	}
	for at, r := range found {
		rows = append(rows, salvaged{at, r})
	}
	slices.SortFunc(rows, func(a, b salvaged) int { return compare(b.at, a.at) })
	return rows, shifts, nil
}

// loosePage is the page with its overflow if it says that it is a leaf, nil
// otherwise.
func loosePage(f io.ReaderAt, id int64) ([]byte, error) {
	page := make([]byte, pageSize)
	if n, err := f.ReadAt(page, id*pageSize); n < boltHeader {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	e := binary.NativeEndian
	if e.Uint64(page) != uint64(id) || e.Uint16(page[8:]) != pageLeaf {
		return nil, nil
	}
	overflow := e.Uint32(page[12:])
	if overflow == 0 || overflow > maxOverflow {
		return page, nil
	}
	whole := make([]byte, (int(overflow)+1)*pageSize)
	n, err := f.ReadAt(whole, id*pageSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return page, nil // what can be read of it
	}
	return whole[:n], nil
}

// eachLoose visits the entries of a leaf, those of buckets inside the page too.
func eachLoose(page []byte, visit func(k, v []byte), buckets bool) {
	if len(page) < boltHeader {
		return
	}
	e := binary.NativeEndian
	for i := range int(e.Uint16(page[10:])) {
		at := boltHeader + i*elementSize
		if at+elementSize > len(page) {
			return
		}
		el := page[at:]
		from := uint64(at) + uint64(e.Uint32(el[4:]))
		size, length := uint64(e.Uint32(el[8:])), uint64(e.Uint32(el[12:]))
		if from+size+length > uint64(len(page)) {
			continue
		}
		k, v := page[from:from+size], page[from+size:from+size+length]
		switch flags := e.Uint32(el); {
		case flags == leafBucket && buckets && len(v) > 16 && e.Uint64(v) == 0:
			eachLoose(v[16:], visit, false)
		case flags == 0:
			visit(k, v)
		}
	}
}

// asRow is what lists show of it.
func (s salvaged) asRow() till.Row {
	var b rowBuilder
	b.add(s.at, s.row)
	r := b.finish()[0]
	// Nothing vouches for its texts.
	r.Label = api.Clean(r.Label, maxLabel)
	r.Standing = &till.Standing{Kind: r.Kind, State: r.State, Provider: api.Clean(r.Provider, maxLabel)}
	return r
}
