package store_test

import (
	"os"

	"golang.org/x/sys/unix"
)

// datasync is what bbolt calls after its writes on this system.
func datasync(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }
