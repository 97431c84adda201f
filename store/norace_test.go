//go:build !race

package store

// raceEnabled is false without the race detector.
const raceEnabled = false
