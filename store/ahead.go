package store

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"

	"go.etcd.io/bbolt"
)

// readAhead asks the system for the pages that a scan is about to come to.
// bbolt maps the file for random access, so that nothing is read ahead by
// itself: a scan of what is not in memory would wait for the disk at each page.
// It only asks: whatever goes wrong, the scan reads the pages itself.
//
// What it asks for at once is a unit: the leaves below one branch page, about
// half a megabyte, and the unit before it. A scan goes from large keys to small
// ones, so that is the one that comes next.
type readAhead struct {
	file    *os.File
	ask     func(f *os.File, at, size int64)
	page    []byte
	steps   int // that the scan has gone
	rows    aheadTree
	records aheadTree
	index   map[[2]byte]*aheadTree // by kind and state
}

// aheadTree is how far a scan has come in one of its orders.
type aheadTree struct {
	bucket *bbolt.Bucket
	from   []byte // where the unit begins that the scan is in
	leaves int    // of that unit
	visits int    // to it
	spread bool   // the unit before had so few visits that reading all of it would be more work
	asked  []byte // from here on all has been asked for, nil: nothing
}

// aheadShare is how many leaves can be read in a row while one is read alone.
const aheadShare = 8

// aheadFrom is how many steps a scan goes before anything is read ahead: most
// of them end before.
const aheadFrom = 512

// readAhead is for a scan that has gone that many steps already.
func (s *Store) readAhead(steps int) *readAhead {
	if s.ask == nil {
		return nil
	}
	return &readAhead{file: s.file, ask: s.ask, steps: steps}
}

// gone notes the steps of a stretch.
func (a *readAhead) gone(steps int) {
	if a != nil {
		a.steps += steps
	}
}

// ready is nil while it is too early to read ahead.
func (a *readAhead) ready() *readAhead {
	if a == nil || a.steps < aheadFrom {
		return nil
	}
	return a
}

// row, record and entry tell of a key that the scan comes to.
func (a *readAhead) row(b *bbolt.Bucket, k []byte) {
	if a != nil {
		a.visit(&a.rows, b, k)
	}
}

func (a *readAhead) record(b *bbolt.Bucket, k []byte) {
	if a != nil && b != nil {
		a.visit(&a.records, b, k)
	}
}

func (a *readAhead) entry(b *bbolt.Bucket, k []byte) {
	t := a.index[[2]byte(k)]
	if t == nil {
		if a.index == nil {
			a.index = map[[2]byte]*aheadTree{}
		}
		t = new(aheadTree)
		a.index[[2]byte(k)] = t
	}
	a.visit(t, b, k)
}

// visit asks for what comes next in the tree whenever the scan enters a unit.
func (a *readAhead) visit(t *aheadTree, b *bbolt.Bucket, k []byte) {
	if b == t.bucket && bytes.Compare(k, t.from) >= 0 {
		t.visits++
		return
	}
	t.bucket = b
	here, levels := a.unit(b, k, 0)
	if levels == 0 {
		t.from = nil // all in one page
		return
	}
	if !bytes.Equal(here.from, t.from) {
		t.spread = t.visits*aheadShare < t.leaves
		t.from, t.leaves, t.visits = here.from, len(here.leaves), 0
	}
	t.visits++
	if t.spread {
		return
	}
	next, found := a.unit(b, here.from, levels)
	if t.asked == nil || bytes.Compare(here.from, t.asked) < 0 {
		a.want(here.leaves)
		t.asked = here.from
	}
	if found > 0 && bytes.Compare(next.from, t.asked) < 0 {
		a.want(next.leaves)
		t.asked = next.from
	}
}

// aheadUnit is the leaves below a branch page and that page's first key.
type aheadUnit struct {
	from   []byte
	leaves []uint64
}

// unit is the one that has the key, and how many branch pages stand above its
// leaves; when these levels are known, it is the one before the key, and no
// leaf is touched. 0 levels: there is none.
func (a *readAhead) unit(b *bbolt.Bucket, k []byte, levels int) (u aheadUnit, found int) {
	before := levels > 0
	id := uint64(b.Root())
	for depth := 0; id != 0 && depth < maxDepth; depth++ {
		page := a.read(id)
		if page == nil {
			return u, 0
		}
		e := binary.NativeEndian
		if e.Uint16(page[8:]) != pageBranch {
			return u, depth
		}
		n, place := int(e.Uint16(page[10:])), 0
		if n == 0 || boltHeader+n*elementSize > len(page) {
			return u, 0
		}
		u.leaves = slices.Grow(u.leaves[:0], n)
		for i := range n {
			el := page[boltHeader+i*elementSize:]
			position, size := uint64(e.Uint32(el)), uint64(e.Uint32(el[4:]))
			if position+size > uint64(len(el)) {
				return u, 0
			}
			from := el[position : position+size]
			if i == 0 {
				u.from = bytes.Clone(from)
			}
			switch order := bytes.Compare(from, k); {
			case order < 0, order == 0 && !before:
				place = i
			case i == 0 && before:
				return u, 0
			}
			u.leaves = append(u.leaves, e.Uint64(el[8:]))
		}
		if depth+1 == levels {
			return u, levels
		}
		id = u.leaves[place]
	}
	return u, 0
}

// read is a page with its overflow, valid until the next one is read.
func (a *readAhead) read(id uint64) []byte {
	if a.page == nil {
		a.page = make([]byte, pageSize)
	}
	page := a.page[:pageSize]
	if _, err := a.file.ReadAt(page, int64(id)*pageSize); err != nil {
		return nil
	}
	overflow := binary.NativeEndian.Uint32(page[12:])
	if overflow == 0 || binary.NativeEndian.Uint16(page[8:]) != pageBranch {
		return page
	}
	if overflow > maxOverflow {
		return nil
	}
	a.page = make([]byte, (int(overflow)+1)*pageSize)
	if _, err := a.file.ReadAt(a.page, int64(id)*pageSize); err != nil {
		return nil
	}
	return a.page
}

// aheadGap is how many pages that were not asked for may stand between two that
// were: reading them too costs less than a second request. The pages that a
// long record goes on in stand there as well.
const aheadGap = 16

// want asks for the pages, whose order is lost.
func (a *readAhead) want(pages []uint64) {
	slices.Sort(pages)
	for len(pages) > 0 {
		n := 1
		for n < len(pages) && pages[n]-pages[n-1] <= aheadGap {
			n++
		}
		a.ask(a.file, int64(pages[0])*pageSize, int64(pages[n-1]-pages[0]+1)*pageSize)
		pages = pages[n:]
	}
}
