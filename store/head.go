package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// headFile keeps the chain's head outside the journal: one line of fixed
// length, "cashier-head 1 COUNT HASH CHECK", written in place.
type headFile struct {
	file *os.File // nil when the journal is only read
	err  error    // the first failure; told at Close, since the journal itself is safe
}

const headLine = "cashier-head 1 %020d %x "

// headLineSize is the line's length: CHECK is 8 hex digits and a line feed.
const headLineSize = 15 + 20 + 1 + 2*sha256.Size + 1 + 8 + 1

func headPath(store string) string { return store + ".head" }

func openHeadFile(store string) (headFile, error) {
	f, err := os.OpenFile(headPath(store), os.O_RDWR|os.O_CREATE, 0o600)
	return headFile{file: f}, err
}

func (f *headFile) write(h head) {
	if f.file == nil {
		return
	}
	line := fmt.Appendf(make([]byte, 0, headLineSize), headLine, h.count, h.hash)
	check := sha256.Sum256(line)
	line = append(hex.AppendEncode(line, check[:4]), '\n')
	if _, err := f.file.WriteAt(line, 0); err != nil && f.err == nil {
		f.err = err
	}
}

func (f *headFile) close() error {
	if f.file == nil {
		return f.err
	}
	return errors.Join(f.err, f.file.Sync(), f.file.Close())
}

// errNoHead says that there is no head file, or an unreadable one: a cut tail
// cannot be noticed.
var errNoHead = errors.New("no readable head file")

// readHead reads count and hash; its nanos are not kept there.
func readHead(store string) (head, error) {
	f, err := os.Open(headPath(store))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return head{}, errNoHead
		}
		return head{}, fmt.Errorf("%w: %v", errNoHead, err)
	}
	defer f.Close()
	line := make([]byte, headLineSize)
	if _, err := io.ReadFull(f, line); err != nil {
		return head{}, errNoHead
	}
	var h head
	var hash []byte
	body := line[:headLineSize-9]
	check := sha256.Sum256(body)
	if !bytes.Equal(hex.AppendEncode(nil, check[:4]), line[headLineSize-9:headLineSize-1]) {
		return head{}, errNoHead
	}
	if _, err := fmt.Sscanf(string(body), headLine, &h.count, &hash); err != nil || len(hash) != sha256.Size {
		return head{}, errNoHead
	}
	h.hash = [32]byte(hash)
	return h, nil
}

// cutTail is a journal that was found behind its head file: Lost events had
// been written after its last one. It stays in the journal, since the head
// file goes on with the next commit. Encoded: found u64, should u64, hash.
type cutTail struct {
	found, should uint64
	hash          [sha256.Size]byte // of the last lost event
}

const cutSize = 16 + sha256.Size

func (c cutTail) append(v []byte) []byte {
	v = binary.BigEndian.AppendUint64(bytes.Clone(v), c.found)
	v = binary.BigEndian.AppendUint64(v, c.should)
	return append(v, c.hash[:]...)
}

func asCuts(v []byte) ([]cutTail, error) {
	var cuts []cutTail
	if len(v)%cutSize != 0 {
		return nil, fmt.Errorf("cuts %w", errFormat)
	}
	for ; len(v) > 0; v = v[cutSize:] {
		cuts = append(cuts, cutTail{
			binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:]), [32]byte(v[16:]),
		})
	}
	return cuts, nil
}
