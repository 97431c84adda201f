package ui

import (
	"bytes"
	"os"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// screenFile is the terminal's output, still a file for Bubble Tea. Its writes
// do not mix with ours (the clipboard, the background's query), and it sees
// the first frame go out.
type screenFile struct {
	*os.File

	mu    sync.Mutex
	ready func() bool // a whole frame was handed over
	first func()      // called once, after the first frame; nil afterwards
}

// Write writes p in one piece.
func (f *screenFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.File.Write(p)
	// The renderer's frames begin so, and nothing else that it writes.
	if f.first != nil && bytes.HasPrefix(p, []byte(ansi.CursorHomePosition)) && f.ready() {
		f.first()
		f.first = nil
	}
	return n, err
}

// WriteString is io.StringWriter's; os.File's own would pass the lock by.
func (f *screenFile) WriteString(s string) (int, error) { return f.Write([]byte(s)) }
