package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// The file's pages (bbolt, internal/common/page.go): a header of 16 bytes, id
// u64, flags u16, count u16, overflow u32, then count elements of 16 bytes: in
// a branch the key's position (from the element), its length u32 each and the
// child u64; in a leaf flags, position, key length, value length u32 each. A
// leaf element with flag 1 is a bucket: root page u64, sequence u64, and, when
// the root is 0, a page inside the value.
const (
	pageBranch   = 0x01
	pageLeaf     = 0x02
	pageFreelist = 0x10
	elementSize  = 16
	leafBucket   = 1
	maxOverflow  = 1 << 14 // 64 MiB: no entry is that large
	maxDepth     = 64
)

// pageWalk reads the tree of one transaction from the file, trusting nothing:
// no page twice, none out of range, none that is listed as free, keys in
// order and in the range that the branch above gives them.
type pageWalk struct {
	file    io.ReaderAt
	path    string
	pages   uint64
	seen    []uint64 // a bit a page
	free    []uint64 // likewise
	where   string   // the bucket that is walked
	buckets []walkedBucket
	visited func(pages int) error // after each page with its overflow; an error ends the walk
}

type walkedBucket struct {
	name string
	root uint64
}

// pageError is what is wrong with a page.
type pageError struct{ what string }

func (e *pageError) Error() string { return e.what }

func (w *pageWalk) wrong(format string, args ...any) error {
	return &pageError{w.where + ": " + fmt.Sprintf(format, args...)}
}

// checkPages walks the root bucket and then each bucket, each in a short
// transaction that keeps the writer from reusing its pages. It tells
// now and then how many there were, and how many the file has with its free ones.
func (s *Store) checkPages(ctx context.Context, tell func(done, total int64)) ([]Problem, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var problems []Problem
	note := func(err error) error {
		broken := new(pageError)
		if !errors.As(err, &broken) {
			return err
		}
		problems = append(problems, Problem{What: broken.what})
		return nil
	}
	steps, done, total := 0, int64(0), int64(0)
	visited := func(pages int) error {
		done += int64(pages)
		if steps++; steps%verifySteps == 0 {
			tell(done, total)
		}
		return ctx.Err()
	}
	var buckets []walkedBucket
	err = s.view(func(tx *bbolt.Tx) error {
		w, err := newPageWalk(f, s.path, tx)
		if err != nil {
			return err
		}
		total, w.visited = int64(w.pages), visited
		w.where = "root"
		err = w.tree(uint64(tx.Cursor().Bucket().Root()), nil, nil, 0)
		buckets = w.buckets
		return err
	})
	if err := note(err); err != nil || len(problems) > 0 {
		return problems, err
	}
	for _, b := range buckets {
		err := s.view(func(tx *bbolt.Tx) error {
			w, err := newPageWalk(f, s.path, tx)
			if err != nil {
				return err
			}
			bucket := tx.Bucket([]byte(b.name)) // the root bucket's pages are sound
			if bucket == nil || bucket.Root() == 0 {
				return nil // gone, or inside the root's page
			}
			w.where, w.visited = b.name, visited
			return w.tree(uint64(bucket.Root()), nil, nil, 0)
		})
		if err := note(err); err != nil {
			return problems, err
		}
	}
	return problems, nil
}

func newPageWalk(f *os.File, path string, tx *bbolt.Tx) (*pageWalk, error) {
	w := &pageWalk{file: f, path: path, pages: uint64(tx.Size()) / pageSize, where: "free pages"}
	w.seen = make([]uint64, w.pages/64+1)
	w.free = make([]uint64, w.pages/64+1)
	metas, err := boltMetas(f)
	if err != nil {
		return nil, err
	}
	for _, m := range metas {
		if m.txid == uint64(tx.ID()) {
			return w, w.freelist(m.freelist)
		}
	}
	return w, nil // the writer is two commits on: its list is not ours
}

func (w *pageWalk) freelist(id uint64) error {
	page, err := w.page(id)
	if err != nil {
		return err
	}
	e := binary.NativeEndian
	if e.Uint16(page[8:]) != pageFreelist {
		return w.wrong("page %d is not a list of free pages", id)
	}
	n, ids := uint64(e.Uint16(page[10:])), page[boltHeader:]
	if n == 0xFFFF {
		if len(ids) < 8 {
			return w.wrong("page %d is cut", id)
		}
		n, ids = e.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return w.wrong("page %d says %d free pages and holds %d", id, n, len(ids)/8)
	}
	for i := range n {
		p := e.Uint64(ids[8*i:])
		if p < 2 || p >= w.pages {
			return w.wrong("page %d does not exist", p)
		}
		w.free[p/64] |= 1 << (p % 64)
	}
	return nil
}

// page reads a page with its overflow and marks both as seen.
func (w *pageWalk) page(id uint64) ([]byte, error) {
	if id < 2 || id >= w.pages {
		return nil, w.wrong("page %d does not exist", id)
	}
	var header [boltHeader]byte
	if _, err := w.file.ReadAt(header[:], int64(id)*pageSize); err != nil {
		return nil, w.wrong("page %d cannot be read: %v", id, err)
	}
	e := binary.NativeEndian
	overflow := uint64(e.Uint32(header[12:]))
	if e.Uint64(header[:]) != id {
		return nil, w.wrong("page %d says that it is page %d", id, e.Uint64(header[:]))
	}
	if overflow > maxOverflow || id+overflow >= w.pages {
		return nil, w.wrong("page %d is longer than the file", id)
	}
	page := make([]byte, (overflow+1)*pageSize)
	if _, err := w.file.ReadAt(page, int64(id)*pageSize); err != nil {
		return nil, w.wrong("page %d cannot be read: %v", id, err)
	}
	for p := id; p <= id+overflow; p++ {
		bit := uint64(1) << (p % 64)
		if w.seen[p/64]&bit != 0 {
			return nil, w.wrong("page %d is used twice", p)
		}
		if w.free[p/64]&bit != 0 {
			return nil, w.wrong("page %d is used and listed as free", p)
		}
		w.seen[p/64] |= bit
	}
	return page, nil
}

// tree walks a page whose keys lie in [from, before); nil is no limit.
func (w *pageWalk) tree(id uint64, from, before []byte, depth int) error {
	if depth > maxDepth {
		return w.wrong("page %d is too deep", id)
	}
	page, err := w.page(id)
	if err != nil {
		return err
	}
	if err := w.visited(len(page) / pageSize); err != nil {
		return err
	}
	return w.elements(id, page, from, before, depth)
}

func (w *pageWalk) elements(id uint64, page, from, before []byte, depth int) error {
	e := binary.NativeEndian
	flags, n := e.Uint16(page[8:]), int(e.Uint16(page[10:]))
	if flags != pageBranch && flags != pageLeaf {
		return w.wrong("page %d is neither branch nor leaf", id)
	}
	if boltHeader+n*elementSize > len(page) || n == 0 && flags == pageBranch {
		return w.wrong("page %d cannot have %d entries", id, n)
	}
	var last []byte
	keyOf := func(i int, position, size uint32) ([]byte, error) {
		at := uint64(boltHeader+i*elementSize) + uint64(position)
		if at+uint64(size) > uint64(len(page)) || at < uint64(boltHeader+n*elementSize) {
			return nil, w.wrong("page %d, entry %d lies outside of it", id, i)
		}
		k := page[at : at+uint64(size)]
		// bbolt may leave a branch's first key larger than its child's.
		if i > 0 && bytes.Compare(last, k) >= 0 || before != nil && bytes.Compare(k, before) >= 0 ||
			from != nil && flags == pageLeaf && bytes.Compare(k, from) < 0 {
			return nil, w.wrong("page %d, entry %d is out of order", id, i)
		}
		last = k
		return k, nil
	}
	if flags == pageLeaf {
		for i := range n {
			el := page[boltHeader+i*elementSize:]
			k, err := keyOf(i, e.Uint32(el[4:]), e.Uint32(el[8:]))
			if err != nil {
				return err
			}
			at := uint64(boltHeader+i*elementSize) + uint64(e.Uint32(el[4:])) + uint64(len(k))
			size := uint64(e.Uint32(el[12:]))
			if at+size > uint64(len(page)) {
				return w.wrong("page %d, the value of entry %d lies outside of it", id, i)
			}
			if err := w.bucket(id, e.Uint32(el), k, page[at:at+size]); err != nil {
				return err
			}
		}
		return nil
	}
	keys, children := make([][]byte, n), make([]uint64, n)
	for i := range n {
		el := page[boltHeader+i*elementSize:]
		k, err := keyOf(i, e.Uint32(el), e.Uint32(el[4:]))
		if err != nil {
			return err
		}
		keys[i], children[i] = k, e.Uint64(el[8:])
	}
	for i, child := range children {
		low, high := keys[i], before
		if i == 0 {
			low = from
		}
		if i+1 < n {
			high = keys[i+1]
		}
		if err := w.tree(child, low, high, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// bucket checks a leaf's entry: buckets stand in the root only, and values
// nowhere else but in buckets.
func (w *pageWalk) bucket(id uint64, flags uint32, name, value []byte) error {
	inRoot := w.where == "root"
	switch {
	case flags != 0 && flags != leafBucket, inRoot != (flags == leafBucket):
		return w.wrong("page %d has an entry of a kind that does not belong here", id)
	case !inRoot:
		return nil
	case len(value) < 16:
		return w.wrong("page %d, bucket %q is cut", id, name)
	}
	root := binary.NativeEndian.Uint64(value)
	if root != 0 {
		w.buckets = append(w.buckets, walkedBucket{string(name), root})
		return nil
	}
	inline := value[16:]
	if len(inline) < boltHeader || binary.NativeEndian.Uint16(inline[8:]) != pageLeaf {
		return w.wrong("page %d, bucket %q is malformed", id, name)
	}
	within := &pageWalk{where: string(name)}
	return within.elements(id, inline, nil, nil, 0)
}
