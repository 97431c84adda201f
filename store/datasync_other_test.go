//go:build !linux

package store_test

import "os"

// datasync is what bbolt calls after its writes on this system.
func datasync(f *os.File) error { return f.Sync() }
