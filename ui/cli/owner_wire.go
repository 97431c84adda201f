package cli

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// protocol is the version of what goes over the owner's socket. The program's
// own version must agree too: the types of a call are those of the program.
const protocol = 2

// frameKind says what a frame is. A connection carries one call. The caller
// sends one frame, the request; any further byte, or the end of the connection,
// says that it does not want the answer any more. The owner answers with
// welcome, moved or an error at once, before it begins the work; then comes
// what the call gives, and a beat whenever there was silence for a while. A
// frame is its kind, the length of its JSON (big-endian, 4 bytes) and the JSON.
type frameKind byte

const (
	frameRequest  frameKind = 'R'
	frameWelcome  frameKind = 'W' // the owner is there and begins
	frameMoved    frameKind = 'M' // the owner is about to let go of the journal: ask again
	frameProgress frameKind = 'P' // of a call that tells of its way
	frameItem     frameKind = 'I' // of a stream
	frameValue    frameKind = 'V'
	frameError    frameKind = 'E'
	frameDone     frameKind = 'D' // the last one
	frameBeat     frameKind = 'B'
)

// maxFrame bounds a frame: a page of 10,000 rows has some 5 MiB.
const maxFrame = 64 << 20

// Patience with the other side of the socket; variables for the tests.
var (
	// welcomeWithin is how long an owner may take to say that it is there, and
	// how long a journal may be in use without anybody at its socket.
	welcomeWithin = 5 * time.Second
	// silentFor is after how long without a beat the owner counts as stuck.
	silentFor = 8 * time.Second
	// beatEvery is how often the owner says that it is still at it.
	beatEvery = time.Second
	// finishWithin is how long whoever gives a call up waits for its end: what
	// became of what was sent is to be known.
	finishWithin = 15 * time.Second
)

// hello is what a caller says of itself.
type hello struct {
	Protocol int
	Version  string
	Profile  string
	Binding  string // sandboxStore or realStore
	// Providers are the bindings that records are bound to, sorted; nil where
	// the caller only reads the journal.
	Providers []string
	// Guest is one process's name for itself.
	Guest string
}

// request is a call.
type request struct {
	Hello hello
	Call  string
	Again bool // it may have been begun at an owner that is gone
	Args  json.RawMessage
}

// welcome is what an owner says of itself.
type welcome struct {
	PID     int
	Since   time.Time
	Binding string
}

// socketLine is one connection with its frames.
type socketLine struct {
	conn net.Conn
	in   *bufio.Reader
	mu   sync.Mutex
	out  *bufio.Writer
}

func newLine(conn net.Conn) *socketLine {
	return &socketLine{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriterSize(conn, 32<<10)}
}

// errNotSent is a value that has no JSON: the mistake is the program's.
var errNotSent = errors.New("this cannot be sent over the owner's socket")

// encoded is a frame with its content; nil is none.
func encoded(kind frameKind, v any) ([]byte, error) {
	var b bytes.Buffer
	b.Write([]byte{byte(kind), 0, 0, 0, 0})
	if v != nil {
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return nil, fmt.Errorf("%w: %w", errNotSent, err)
		}
	}
	frame := b.Bytes()
	if len(frame)-5 > maxFrame {
		return nil, fmt.Errorf("%w: %d bytes", errNotSent, len(frame))
	}
	binary.BigEndian.PutUint32(frame[1:], uint32(len(frame)-5))
	return frame, nil
}

// write buffers a frame.
func (l *socketLine) write(frame []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.out.Write(frame)
	return err
}

// flush sends what was written.
func (l *socketLine) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Flush()
}

func (l *socketLine) send(kind frameKind, v any) error {
	frame, err := encoded(kind, v)
	if err != nil {
		return err
	}
	if err := l.write(frame); err != nil {
		return err
	}
	return l.flush()
}

// hangUp ends a call that was not welcomed in time: from here on the owner
// cannot welcome it, and without that it begins nothing. It reports whether the
// owner had done so in the last moment.
func (l *socketLine) hangUp() (welcomed bool) {
	if end, ok := l.conn.(interface{ CloseRead() error }); !ok || end.CloseRead() != nil {
		return true // nobody knows
	}
	_ = l.conn.SetReadDeadline(time.Now().Add(time.Second)) // what is there, then the end
	kind, _, err := l.read()
	return err == nil && kind == frameWelcome
}

func (l *socketLine) read() (frameKind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(l.in, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes came over the owner's socket", n)
	}
	body := make([]byte, n)
	_, err := io.ReadFull(l.in, body)
	return frameKind(head[0]), body, err
}
