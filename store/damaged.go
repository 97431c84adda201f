package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// boltMeta is what a bbolt file's two first pages say (bbolt,
// internal/common/meta.go and page.go): after a page header of 16 bytes magic
// u32, version u32, page size u32, flags u32, root u64, sequence u64, freelist
// u64, pages u64, txid u64 and the FNV-1a sum of these, all in the machine's
// byte order.
type boltMeta struct {
	pageSize uint32
	freelist uint64
	pages    uint64 // how many are in use; the file holds at least these
	txid     uint64
}

const (
	boltHeader  = 16
	boltMagic   = 0xED0CDAED
	boltVersion = 2
	boltSummed  = 56
)

func asBoltMeta(page []byte) (boltMeta, bool) {
	if len(page) < boltHeader+boltSummed+8 {
		return boltMeta{}, false
	}
	b := page[boltHeader:]
	e := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(b[:boltSummed])
	m := boltMeta{pageSize: e.Uint32(b[8:]), freelist: e.Uint64(b[32:]), pages: e.Uint64(b[40:]), txid: e.Uint64(b[48:])}
	return m, e.Uint32(b) == boltMagic && e.Uint32(b[4:]) == boltVersion && e.Uint64(b[boltSummed:]) == sum.Sum64()
}

// boltMetas reads the valid ones of the two.
func boltMetas(f io.ReaderAt) ([]boltMeta, error) {
	var metas []boltMeta
	for i := range int64(2) {
		page := make([]byte, boltHeader+boltSummed+8)
		if _, err := f.ReadAt(page, i*pageSize); err != nil && err != io.EOF {
			return nil, err
		}
		if m, ok := asBoltMeta(page); ok {
			metas = append(metas, m)
		}
	}
	return metas, nil
}

// checkFile finds what bbolt would crash on: it maps the file by the size that
// the meta pages promise, and touching what is not there kills the process.
// It only reads, and a running owner does not disturb it: one of the two meta
// pages is always whole and files never shrink.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &DamagedError{path, "it is not a file"}
	}
	metas, err := boltMetas(f)
	if err != nil {
		return err
	}
	if len(metas) == 0 {
		return &DamagedError{path, "it does not begin as a journal does"}
	}
	newest := metas[0]
	if len(metas) == 2 && metas[1].txid > newest.txid {
		newest = metas[1]
	}
	switch {
	case newest.pageSize != pageSize:
		return &DamagedError{path, fmt.Sprintf("its pages are of %d bytes, not %d", newest.pageSize, pageSize)}
	case newest.pages > uint64(info.Size())/pageSize:
		return &DamagedError{path, fmt.Sprintf("it has been cut: %d bytes of at least %d are left", info.Size(), newest.pages*pageSize)}
	case newest.freelist >= newest.pages:
		return &DamagedError{path, "its list of free pages is nowhere"}
	}
	return nil
}

// fileTime dates the names of files that are kept.
const fileTime = "20060102-150405"

// SetAside gives a damaged journal, with its head file, a dated name beside
// it, so that a new one can be made and the old one be looked into. A journal
// that a process has open is refused with a LockedError.
func SetAside(path string) (newPath string, err error) {
	if inUse(path) {
		return "", lockedBy(path)
	}
	newPath, err = freeName(path + ".damaged-" + time.Now().UTC().Format(fileTime))
	if err != nil {
		return "", err
	}
	if err := os.Rename(path, newPath); err != nil {
		return "", fmt.Errorf("setting the damaged journal aside: %w", err)
	}
	if err := os.Rename(headPath(path), headPath(newPath)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return newPath, fmt.Errorf("setting the head file aside: %w", err)
	}
	return newPath, syncDir(filepath.Dir(path))
}

// freeName is the name, numbered when there is such a file already.
func freeName(name string) (string, error) {
	for i := range 1000 {
		try := name
		if i > 0 {
			try = fmt.Sprintf("%s-%d", name, i)
		}
		if _, err := os.Lstat(try); errors.Is(err, fs.ErrNotExist) {
			return try, nil
		}
	}
	return "", fmt.Errorf("%s and 999 like it exist", name)
}
