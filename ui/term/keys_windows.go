package term

import (
	"os"

	"golang.org/x/sys/windows"
)

// Keys makes a console give each key at once and show none by itself, so that
// what a scanner types is never seen. Output and Ctrl+C stay as they are.
// restore undoes it.
func Keys(f *os.File) (restore func() error, err error) {
	console := windows.Handle(f.Fd())
	var before uint32
	if err := windows.GetConsoleMode(console, &before); err != nil {
		return nil, err
	}
	keys := before&^(windows.ENABLE_ECHO_INPUT|windows.ENABLE_LINE_INPUT) | windows.ENABLE_PROCESSED_INPUT
	if err := windows.SetConsoleMode(console, keys); err != nil {
		return nil, err
	}
	return func() error { return windows.SetConsoleMode(console, before) }, nil
}
