//go:build !nosqlite

package store_test

// The peer of the benchmarks takes longer to compile than all else together:
// the tag leaves it out where they are not run.
import _ "modernc.org/sqlite"
