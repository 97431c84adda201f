//go:build !race

package ui_test

// slower is how much more time a test of a duration gives the program.
const slower = 1
