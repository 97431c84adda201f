package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// ScanTiming tells scanners and fingers apart. Zero values take the defaults.
type ScanTiming struct {
	// Gap is the longest time between the first two characters of a scan: 30 ms
	// (a finger needs 60 and more).
	Gap time.Duration
	// Hold is how long a printable key waits for a second one before it counts
	// as a key: 35 ms. It is never less than Gap.
	Hold time.Duration
	// Idle ends a scan that has no terminator: 120 ms.
	Idle time.Duration
	// Deaf is how long after such an end an Enter still belongs to it: 500 ms.
	Deaf time.Duration
	// Min is how many characters a code has at least: 4.
	Min int
}

func (t ScanTiming) withDefaults() ScanTiming {
	set := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	set(&t.Gap, 30*time.Millisecond)
	set(&t.Hold, 35*time.Millisecond)
	set(&t.Idle, 120*time.Millisecond)
	set(&t.Deaf, 500*time.Millisecond)
	t.Hold = max(t.Hold, t.Gap)
	if t.Min == 0 {
		t.Min = 4
	}
	return t
}

// patience is d, or three gaps where the key would answer a question: a machine
// may deliver a scanner's second character late, and its first one must not be
// the yes to a charge.
func (t ScanTiming) patience(mode gateMode, d time.Duration) time.Duration {
	if mode == asking {
		return max(d, 3*t.Gap)
	}
	return d
}

// gateMode is what the keys are for just now.
type gateMode int

const (
	// hotKeys: printable keys are commands; they are held until they are sure
	// not to be a scan's first character.
	hotKeys gateMode = iota
	// typing: a text input has the keys and no scan is wanted. Characters pass
	// at once; only the Enter or TAB that ends a burst is kept away.
	typing
	// typingScan: a text input has the keys and scans are wanted.
	typingScan
	// asking: a dialog is open; Enter is held like a printable key.
	asking
	// typingNoScan: a text input of the shell's own has the keys, and a scan must
	// not reach it: a customer's code would be shown there. Keys are held like
	// those of typingScan, Enter as in asking; what fingers can have typed passes.
	typingNoScan
)

// quickest is the mean time between characters that fingers do not get below.
// Two keys may roll faster, and a scanner may stutter once; a whole run tells.
const quickest = 45 * time.Millisecond

// gateKind is what the gate has made of the input.
type gateKind int

const (
	gateKey   gateKind = iota // key is a key
	gateScan                  // text is a scanned code
	gatePaste                 // text was pasted
	gateFast                  // too fast for fingers, too short for a code
	gateEnter                 // the Enter of a burst into a text input was kept away
)

type gateEvent struct {
	kind gateKind
	key  tea.KeyMsg
	text string
}

// gate keeps scanned codes apart from keys. A scanner that types like a
// keyboard has two shapes in Bubble Tea: a fast one arrives as one message
// with all its runes and a separate Enter, a slow one as single keys, and
// space, TAB and GS split either. The gate is a pure machine: keys and times
// in, events out; the root keeps the timer that deadline asks for.
type gate struct {
	timing ScanTiming

	text     []rune       // what may become a scan
	held     []tea.KeyMsg // the same as keys, while it may be keys
	burst    bool         // sure to be no single key
	mode     gateMode     // of the first key
	first    time.Time    // when it came
	last     time.Time
	deaf     time.Time // until then an Enter belongs to the scan before
	deadline time.Time // when expire has something to do; zero: nothing is held
	looks    int       // how often the deadline was put off because the program, not the scanner, was slow
	run      int       // characters in quick succession while typing

	// waiting reports whether the terminal has given something since a time that
	// no key was made of yet; nil: nobody knows.
	waiting func(since time.Time) bool
}

const (
	mostLooks = 32                     // at input that is on its way
	lateLooks = 1                      // where the timer is late: more would reach a finger's next key
	punctual  = 500 * time.Microsecond // how late a timer of an idle machine is at most
)

// key takes one key as it came at now.
func (g *gate) key(k tea.KeyMsg, now time.Time, mode gateMode) []gateEvent {
	gap := now.Sub(g.last)
	g.last = now
	if k.Paste {
		out := g.finish(false)
		g.deaf = now.Add(g.timing.Deaf)
		return append(out, gateEvent{kind: gatePaste, text: string(k.Runes)})
	}
	if mode == typing {
		return append(g.finish(false), g.typed(k, gap, now)...)
	}
	var out []gateEvent
	// The times are those of this loop: where it was held up, a gap says nothing
	// of the scanner, and what piled up meanwhile comes in one piece.
	if g.busy() && !g.burst && gap > g.timing.patience(g.mode, g.timing.Gap) && g.looks == 0 && len(k.Runes) < 2 {
		out = g.finish(false) // its time was over, only the timer was late
	}
	if g.byHand(now) {
		out = append(out, g.release()...)
	}
	switch {
	case terminator(k):
		if g.busy() {
			out = append(out, g.finish(true)...)
			g.deaf = now.Add(g.timing.Idle) // a CR LF
			return out
		}
		if now.Before(g.deaf) {
			return out
		}
		if mode != asking && mode != typingNoScan {
			return append(out, gateEvent{kind: gateKey, key: k})
		}
		g.mode, g.first = mode, now
		g.held = append(g.held, k)
		g.wait(now, g.timing.patience(g.mode, g.timing.Hold))
	case g.part(k):
		if !g.busy() {
			g.mode, g.first = mode, now
		}
		g.burst = g.burst || g.busy() || len(k.Runes) > 1 || k.Type == keyGS
		g.text = append(g.text, runesOf(k)...)
		g.held = append(g.held, k)
		if g.burst {
			g.wait(now, g.timing.Idle)
		} else {
			g.wait(now, g.timing.patience(g.mode, g.timing.Hold))
		}
	default:
		out = append(out, g.finish(false)...)
		out = append(out, gateEvent{kind: gateKey, key: k})
	}
	return out
}

// expire is called when the deadline has come.
func (g *gate) expire(now time.Time) []gateEvent {
	if !g.busy() || now.Before(g.deadline) {
		return nil
	}
	// The next character may be waiting behind this very message: it is looked
	// for as long as the terminal has something. A late call means that the
	// machine is busy, and then the terminal may have it and not say so yet.
	switch late := now.Sub(g.deadline); {
	case g.looks < mostLooks && g.waiting != nil && g.waiting(g.last):
		g.looks++
		g.deadline = now.Add(g.timing.Gap / 4)
		return nil
	case g.looks < lateLooks && late > punctual:
		g.looks++
		g.deadline = now.Add(g.timing.Gap / 2)
		return nil
	}
	if g.burst {
		g.deaf = now.Add(g.timing.Deaf)
	}
	return g.finish(false)
}

// drop forgets what is held, for Ctrl+C.
func (g *gate) drop() {
	g.text, g.held, g.burst, g.looks, g.run = nil, nil, false, 0, 0
	g.deadline, g.first = time.Time{}, time.Time{}
}

func (g *gate) busy() bool { return len(g.held) > 0 }

func (g *gate) wait(now time.Time, d time.Duration) {
	g.deadline, g.looks = now.Add(d), 0
}

// finish says what the held keys were. terminated: an Enter came behind them.
func (g *gate) finish(terminated bool) []gateEvent {
	if !g.busy() {
		return nil
	}
	held, burst, mode, raw := g.held, g.burst, g.mode, string(g.text)
	text := strings.TrimRight(raw, "\t\r\n ")
	fingers := g.last.Sub(g.first) > time.Duration(len(g.text))*quickest
	g.drop()
	switch {
	case !burst && !terminated:
		g.deaf = time.Time{} // somebody types: the next Enter is theirs
		return []gateEvent{{kind: gateKey, key: held[0]}}
	case mode == typingScan && burst && fingers: // an amount whose first two keys rolled
		g.deaf = time.Time{}
		out := keysOf(raw)
		if terminated {
			out = append(out, gateEvent{kind: gateKey, key: tea.KeyMsg{Type: tea.KeyEnter}})
		}
		return out
	case len([]rune(text)) >= g.timing.Min:
		return []gateEvent{{kind: gateScan, text: text}}
	case mode == typingNoScan && !terminator(held[0]):
		out := keysOf(raw) // too short for a code: only its Enter is in doubt
		if terminated {
			out = append(out, gateEvent{kind: gateEnter})
		}
		return out
	case !terminated && mode == typingScan:
		return keysOf(raw)
	case !terminated && mode == hotKeys && repeated(text):
		return keysOf(text)
	}
	return []gateEvent{{kind: gateFast}}
}

// byHand reports whether what is held came too slowly for a scanner, so that
// somebody whose keys rolled need not stop typing to see them. Only where a
// scan is unwanted: elsewhere half a code would be taken for a whole one.
func (g *gate) byHand(now time.Time) bool {
	return g.burst && g.mode == typingNoScan && now.Sub(g.first) > time.Duration(len(g.text))*quickest
}

// release gives what is held as the keys that it was.
func (g *gate) release() []gateEvent {
	text := string(g.text)
	g.drop()
	g.deaf = time.Time{}
	return keysOf(text)
}

// keysOf gives the characters of a burst as the keys that brought them.
func keysOf(text string) []gateEvent {
	out := make([]gateEvent, 0, len(text))
	for _, r := range text {
		switch r {
		case '\t':
			out = append(out, gateEvent{kind: gateKey, key: tea.KeyMsg{Type: tea.KeyTab}})
		case 0x1d: // no key that a text takes
		default:
			out = append(out, gateEvent{kind: gateKey, key: runeKey(r)})
		}
	}
	return out
}

// typed passes keys to a text input, all but the Enter or TAB that a scanner
// (or a paste without brackets) puts behind its text: it must send no form.
func (g *gate) typed(k tea.KeyMsg, gap time.Duration, now time.Time) []gateEvent {
	if printable(k) {
		if gap > g.timing.Gap {
			g.run = 0
		}
		g.run += len(k.Runes)
		return []gateEvent{{kind: gateKey, key: k}}
	}
	if terminator(k) || k.Type == tea.KeyTab {
		fast := g.run >= g.timing.Min && gap <= g.timing.Gap
		if fast || now.Before(g.deaf) {
			g.deaf = now.Add(g.timing.Gap)
			return []gateEvent{{kind: gateEnter}}
		}
	}
	g.run = 0
	return []gateEvent{{kind: gateKey, key: k}}
}

// keyGS is GS (0x1d), which separates the fields of some codes.
const keyGS = tea.KeyCtrlCloseBracket

// part reports whether the key may be a piece of a scan. TAB is one only
// behind others: alone it is a key.
func (g *gate) part(k tea.KeyMsg) bool {
	return printable(k) || k.Type == keyGS || k.Type == tea.KeyTab && g.busy()
}

func runesOf(k tea.KeyMsg) []rune {
	switch k.Type {
	case tea.KeyTab:
		return []rune{'\t'}
	case keyGS:
		return []rune{0x1d}
	}
	return k.Runes
}

// terminator reports whether the key is a CR or LF.
func terminator(k tea.KeyMsg) bool {
	return (k.Type == tea.KeyEnter || k.Type == tea.KeyCtrlJ) && !k.Alt
}

// repeated reports whether text is one character over and over: a key held
// down on a slow line, not a code.
func repeated(text string) bool {
	r := []rune(text)
	return len(r) > 0 && strings.Count(text, string(r[0])) == len(r)
}

func runeKey(r rune) tea.KeyMsg {
	if r == ' ' {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
}
