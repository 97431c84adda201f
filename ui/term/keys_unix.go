//go:build unix

package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// Keys makes a terminal give each key at once and show none by itself, so that
// what a scanner types is never seen. Output, Ctrl+C and Ctrl+Z stay as they
// are. restore undoes it.
func Keys(f *os.File) (restore func() error, err error) {
	before, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		return nil, err
	}
	keys := *before
	keys.Lflag &^= unix.ECHO | unix.ICANON
	keys.Iflag |= unix.ICRNL
	keys.Cc[unix.VMIN], keys.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(f.Fd()), setTermios, &keys); err != nil {
		return nil, err
	}
	return func() error { return unix.IoctlSetTermios(int(f.Fd()), setTermios, before) }, nil
}
