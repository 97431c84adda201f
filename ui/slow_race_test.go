//go:build race

package ui_test

// slower: the race detector makes everything slower.
const slower = 10
