//go:build unix

package config

import "io/fs"

// othersMayRead says whether group or others may do anything with a file.
func othersMayRead(mode fs.FileMode) bool { return mode.Perm()&0o077 != 0 }
