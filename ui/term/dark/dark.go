// Package dark tells lipgloss that the terminal is dark before Bubble Tea can
// ask the terminal itself.
//
// Bubble Tea v1 asks for the background colour in a package init and waits
// five seconds where nothing answers, even for --version. Go initialises the
// packages that are ready in the order of their import paths. This package
// needs lipgloss and nothing else, so it is ready as soon as lipgloss is, and
// its path sorts before github.com/charmbracelet/bubbletea. That is why the
// module is named cashier and not after where it is hosted: example.com/… or
// github.com/… would sort behind and bring the wait back. An import of
// bubbletea or of net/http here would bring it back too.
//
// Package term finds out later, without waiting, what the terminal really is.
package dark

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
