//go:build !unix

package config

import "io/fs"

// othersMayRead is false where mode bits say nothing of who may read.
func othersMayRead(fs.FileMode) bool { return false }
