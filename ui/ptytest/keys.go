//go:build unix

package ptytest

import (
	"io"
	"time"
)

// fingers is how far apart a person's keys are at least. It is a property of
// the input like its letters, not a wait for the program: keys that follow each
// other faster are a scanner's.
const (
	fingers = 60 * time.Millisecond
	pause   = 200 * time.Millisecond
)

// named are the bytes of the keys that have a name.
var named = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~",
	"backspace": "\x7f", "delete": "\x1b[3~",
	"ctrl+b": "\x02", "ctrl+c": "\x03", "ctrl+d": "\x04", "ctrl+f": "\x06", "ctrl+k": "\x0b", "ctrl+l": "\x0c", "ctrl+p": "\x10", "ctrl+r": "\x12", "ctrl+s": "\x13", "ctrl+u": "\x15", "ctrl+z": "\x1a",
}

// after waits until the last key is at least d ago.
func (term *Terminal) after(d time.Duration) {
	term.mu.Lock()
	last := term.lastKey
	term.mu.Unlock()
	if left := d - time.Since(last); left > 0 {
		<-time.After(left)
	}
}

// Burst writes text in one piece, as a fast scanner does: no pace, no pause.
func (term *Terminal) Burst(text string) {
	term.t.Helper()
	_, err := io.WriteString(term.pty, text)
	must(term.t, err, "typing")
	term.mu.Lock()
	term.lastKey = time.Now()
	term.mu.Unlock()
}

// Slowly writes text character by character, apart by d: a slow scanner. On a
// busy machine more may lie between two of them, and the terminal may deliver
// them later still.
func (term *Terminal) Slowly(text string, d time.Duration) {
	term.t.Helper()
	for _, r := range text {
		term.after(d)
		term.Burst(string(r))
	}
}

// Type types text as a person does.
func (term *Terminal) Type(text string) {
	term.t.Helper()
	term.after(pause)
	term.Slowly(text, fingers)
}

// Press presses keys one after the other as a person does: names such as
// "enter", "ctrl+c", "down", or single characters.
func (term *Terminal) Press(keys ...string) {
	term.t.Helper()
	for _, k := range keys {
		term.after(pause)
		seq, ok := named[k]
		if !ok {
			if len([]rune(k)) != 1 {
				term.t.Fatalf("no key is called %q", k)
			}
			seq = k
		}
		term.Burst(seq)
	}
}

// Paste pastes text with the brackets that a terminal puts around it.
func (term *Terminal) Paste(text string) {
	term.t.Helper()
	term.Burst("\x1b[200~" + text + "\x1b[201~")
}
