package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/ui/words"
)

// Screen is one page of the program. It is implemented by pointers: Update
// changes its receiver. It draws its body only.
type Screen interface {
	// Init runs once, when the screen is pushed; SetSize came before.
	Init() tea.Cmd
	// Update gets the answers to the screen's own commands, the keys that no
	// binding took, and the messages of this file. It does no I/O.
	Update(msg tea.Msg) tea.Cmd
	// View draws the body. What is larger than the size that was set is cut.
	View() string
	// SetSize tells the room for the body in columns and rows.
	SetSize(width, height int)
	// Title stands in the header; "" on home.
	Title() string
	// Bindings are the keys that work now. Asked at every key and every frame.
	Bindings() []Binding
}

// Chromeless is a screen that can have the whole window for itself, without
// header, footer or anything else beside it (a code alone).
type Chromeless interface{ Chromeless() bool }

// Capturer is a screen in which a text input may have the keys: while it does,
// bindings of printable keys are off.
type Capturer interface{ Capturing() bool }

// ScanTarget is a screen that takes scanned or pasted codes. The text may hold
// spaces, TAB and GS (0x1d); its terminator is gone.
type ScanTarget interface{ Scan(text string) tea.Cmd }

// Vetoer is a screen that cannot always be left: OnLeave says why, "" means go.
// Ctrl+C twice leaves all the same.
type Vetoer interface{ OnLeave() string }

// Leaver is told that its screen is gone for good: cancel what still runs.
type Leaver interface{ Leave() }

// Resumed tells every screen on the stack that time has passed unseen: after a
// suspend, or when the wall clock jumped (the computer slept). Timers are
// stale: ask again at once.
type Resumed struct{ Gap time.Duration }

// Beat comes to the top screen once a second, for ages and countdowns.
type Beat struct{ Now time.Time }

// Shown tells a screen that it is on top again after another was popped.
type Shown struct{}

// Clock is the time as screens see it; tests have their own.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// SystemClock is the real time.
func SystemClock() Clock { return systemClock{} }

// Kit is what every screen and widget needs to speak, draw and tell the time.
type Kit struct {
	Words *words.Catalogue
	Theme *Theme
	Clock Clock
}

// T is the sentence of key in the chosen language; args are name, value pairs.
func (k Kit) T(key words.Key, args ...any) string { return k.Words.T(key, args...) }

// Now is the clock's time.
func (k Kit) Now() time.Time { return k.Clock.Now() }

// The smallest window the program draws in, and the one from which a second
// column stands beside the first.
const (
	MinWidth   = 80
	MinHeight  = 24
	WideWidth  = 120
	WideHeight = 30

	// ChromeRows is what header, footer and two rules take from the window.
	ChromeRows = 4
)

// Wide reports whether a body of this size has room for two columns.
func Wide(width, height int) bool {
	return width >= WideWidth && height >= WideHeight-ChromeRows
}
