package term

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// readMax is one less than the buffer Bubble Tea reads with. A read that fills
// that buffer makes it hold the keys back until the next one, so a scanned code
// of exactly 256·n bytes without a terminator would wait for ever.
const readMax = 255

// readRoom is what one read leaves for bytes that the filter gives back beside
// it: the end of a paste, or something that looked like an answer and was not.
const readRoom = len(pasteEnd) + reportMax + 2

// Input is a terminal's input as the program should see it: never more than
// readMax bytes a read, without late answers to Query, and with a way out of a
// bracketed paste that does not end. It is still the terminal's file, for raw
// mode and for polling.
type Input struct {
	*os.File

	mu     sync.Mutex
	filter filter
	carry  []byte // the beginning of a sequence that a full read has cut

	readAt atomic.Int64 // when a read last gave something, in unix nanoseconds
}

// NewInput wraps the terminal f. An answer to Query that comes within LateTime
// from now is taken out and given to report, which must not block and may be
// nil.
func NewInput(f *os.File, now time.Time, report func(Background)) *Input {
	return &Input{File: f, filter: filter{report: report, until: now.Add(LateTime), last: now}}
}

// Read gives the next keys. It may give none without an error, when all that
// came was an answer of the terminal. A buffer of less than readMax bytes is
// io.ErrShortBuffer: nothing may be left over, because the caller polls the
// file and not us.
func (in *Input) Read(p []byte) (int, error) {
	if len(p) < readMax {
		return 0, io.ErrShortBuffer
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	room := readMax - readRoom - len(in.carry)
	buf := make([]byte, room)
	n, err := in.File.Read(buf)
	if n == 0 {
		return 0, err
	}
	in.readAt.Store(time.Now().UnixNano())
	chunk := append(in.carry, buf[:n]...)
	in.carry = nil
	if n == room { // more is waiting: do not cut what belongs together
		cut := whole(chunk)
		in.carry = append([]byte(nil), chunk[cut:]...)
		chunk = chunk[:cut]
	}
	return copy(p, in.filter.clean(chunk, time.Now())), err
}

// Waiting reports whether keys are on their way: the terminal holds some that
// were not read, or gave some after since. It never blocks.
func (in *Input) Waiting(since time.Time) bool {
	return in.readAt.Load() > since.UnixNano() || readable(in.File)
}
