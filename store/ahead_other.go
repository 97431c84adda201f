//go:build !linux

package store

import (
	"io"
	"os"
)

// willNeed reads a part of the file, in order, so that it is in memory.
func willNeed(f *os.File, at, size int64) {
	_, _ = io.Copy(io.Discard, io.NewSectionReader(f, at, size)) // the scan meets what is wrong
}
