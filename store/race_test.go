//go:build race

package store

// raceEnabled: everything takes many times as long.
const raceEnabled = true
