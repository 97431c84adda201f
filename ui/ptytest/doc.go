// Package ptytest plays a program in a real pseudo-terminal with an emulator
// behind it, for tests only: what a person would see, type, paste, resize and
// kill. It waits for a text on the screen, never for a time.
//
// The terminal is silent: it answers no query of the program unless asked to.
// The program runs below a small shell of its own session, as it would in real
// life, so that Ctrl+Z and fg work. The shell is the test binary itself: a
// package that uses ptytest needs nothing more than to import it.
package ptytest
