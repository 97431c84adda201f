package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// typedKey makes key messages as Bubble Tea does.
func typedKey(name string) tea.KeyMsg {
	switch name {
	case "CR":
		return tea.KeyMsg{Type: tea.KeyEnter}
	case "LF":
		return tea.KeyMsg{Type: tea.KeyCtrlJ}
	case "TAB":
		return tea.KeyMsg{Type: tea.KeyTab}
	case "GS":
		return tea.KeyMsg{Type: keyGS}
	case "UP":
		return tea.KeyMsg{Type: tea.KeyUp}
	case "ESC":
		return tea.KeyMsg{Type: tea.KeyEsc}
	case " ":
		return runeKey(' ')
	}
	if paste, ok := strings.CutPrefix(name, "PASTE:"); ok {
		return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(paste), Paste: true}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// play feeds a script to a gate: words are keys, +N waits N milliseconds (the
// deadline is looked at on the way, as the root's timer does).
func playGate(script string, mode gateMode) string {
	g := gate{timing: ScanTiming{}.withDefaults()}
	now := time.Unix(1000, 0)
	var out []string
	note := func(events []gateEvent) {
		for _, e := range events {
			switch e.kind {
			case gateKey:
				out = append(out, e.key.String())
			case gateScan:
				out = append(out, fmt.Sprintf("SCAN(%s)", e.text))
			case gatePaste:
				out = append(out, fmt.Sprintf("PASTE(%s)", e.text))
			case gateFast:
				out = append(out, "FAST")
			case gateEnter:
				out = append(out, "KEPT")
			}
		}
	}
	for word := range strings.SplitSeq(script, ",") {
		if ms, ok := strings.CutPrefix(word, "+"); ok {
			var n int
			if _, err := fmt.Sscan(ms, &n); err != nil {
				panic(err)
			}
			until := now.Add(time.Duration(n) * time.Millisecond)
			for g.busy() && !g.deadline.After(until) {
				now = g.deadline
				note(g.expire(now))
			}
			now = until
			continue
		}
		note(g.key(typedKey(word), now, mode))
	}
	return strings.Join(out, " ")
}

func TestGate(t *testing.T) {
	for _, c := range []struct {
		name   string
		mode   gateMode
		script string
		want   string
	}{
		{"a key waits and fires", hotKeys, "q,+34", ""},
		{"a key fires", hotKeys, "q,+35", "q"},
		{"two keys of a person", hotKeys, "q,+60,r,+60", "q r"},
		{"arrows do not wait", hotKeys, "UP", "up"},
		{"Enter does not wait", hotKeys, "CR", "enter"},
		{"an arrow behind a key", hotKeys, "q,+10,UP", "q up"},
		{"a key at the edge of the timer", hotKeys, "q,+32,r,+60", "q r"},

		{"a fast scan", hotKeys, "+500,abc123,CR", "SCAN(abc123)"},
		{"a slow scan", hotKeys, "a,+2,b,+2,c,+2,1,+2,CR", "SCAN(abc1)"},
		{"a very slow scan", hotKeys, "a,+29,b,+29,c,+29,1,+29,CR", "SCAN(abc1)"},
		{"a scan that stutters", hotKeys, "abc,+110,123,+110,CR", "SCAN(abc123)"},
		{"split by space, TAB and GS", hotKeys, "ab, ,c,TAB,d,GS,e,CR", "SCAN(ab c\td\x1de)"},
		{"GS first", hotKeys, "GS,0104,CR", "SCAN(\x1d0104)"},
		{"TAB as terminator", hotKeys, "abcd,TAB,+120", "SCAN(abcd)"},
		{"no terminator", hotKeys, "abcd,+119", ""},
		{"no terminator, idle", hotKeys, "abcd,+120", "SCAN(abcd)"},
		{"its Enter comes late", hotKeys, "abcd,+200,CR,+600,CR", "SCAN(abcd) enter"},
		{"an Enter behind a key of one's own is one's own", hotKeys, "abcd,+200,q,+100,CR", "SCAN(abcd) q enter"},
		{"CR LF", hotKeys, "abcd,CR,LF,+1000,CR", "SCAN(abcd) enter"},
		{"two scans", hotKeys, "abcd,CR,+10,efgh,CR", "SCAN(abcd) SCAN(efgh)"},
		{"an arrow ends a scan", hotKeys, "abcd,UP", "SCAN(abcd) up"},
		{"one character and an Enter", hotKeys, "a,+2,CR", "FAST"},
		{"a few characters and an Enter", hotKeys, "abc,CR", "FAST"},
		{"two different keys at once", hotKeys, "qr,+120", "FAST"},
		{"one key held on a slow line", hotKeys, "jjj,+120", "j j j"},
		{"a paste", hotKeys, "PASTE:abcd,CR,+600,CR", "PASTE(abcd) enter"},
		{"a paste over half a scan", hotKeys, "abcd,PASTE:x", "SCAN(abcd) PASTE(x)"},
		{"512 characters in pieces", hotKeys, strings.Repeat("x", 255) + "," + strings.Repeat("y", 255) + ",zz,CR",
			"SCAN(" + strings.Repeat("x", 255) + strings.Repeat("y", 255) + "zz)"},

		{"typing passes at once", typing, "a,b,+60,c,CR", "a b c enter"},
		{"a scan into a text keeps its Enter", typing, "abcd,CR,+500,CR", "abcd KEPT enter"},
		{"a slow scan too", typing, "a,+2,b,+2,c,+2,d,+2,CR,+500,CR", "a b c d KEPT enter"},
		{"its TAB too", typing, "abcd,TAB", "abcd KEPT"},
		{"a person's Enter passes", typing, "a,+80,b,+80,c,+80,d,+80,CR", "a b c d enter"},
		{"Enter behind a paste", typing, "PASTE:abcd,+10,CR,+600,CR", "PASTE(abcd) KEPT enter"},

		{"typing where scans are wanted", typingScan, "a,+60,b,+60", "a b"},
		{"quick fingers where scans are wanted", typingScan, "a,+20,b,+200", "a b"},
		{"a scan where scans are wanted", typingScan, "abcd,CR", "SCAN(abcd)"},

		{"an amount whose first keys rolled", typingScan, "1,+20,2,+90,5,+90,0,+90,0,+90,CR", "1 2 5 0 0 enter"},
		{"an amount whose first keys rolled, by itself", typingScan, "1,+20,2,+90,5,+90,0,+90,0,+200,CR", "1 2 5 0 0 enter"},
		{"a scan that stutters where scans are wanted", typingScan, "hQVDUFYw,+110,MWEXTweg,+110,CR", "SCAN(hQVDUFYwMWEXTweg)"},
		{"a very slow scan where scans are wanted", typingScan, "h,+29,Q,+29,V,+29,D,+29,CR", "SCAN(hQVD)"},

		{"quick fingers and a space", typingScan, "a,+20, ,+200,b,+60", "a   b"},

		{"a text without scans waits and takes a key", typingNoScan, "a,+34", ""},
		{"a text without scans takes keys", typingNoScan, "a,+60,b,+60,CR,+60", "a b enter"},
		{"a scan is kept out of it", typingNoScan, "hQVDUFYw,CR,+600,CR,+60", "SCAN(hQVDUFYw) enter"},
		{"a slow scan too", typingNoScan, "h,+2,Q,+2,V,+2,D,+2,CR", "SCAN(hQVD)"},
		{"a very slow scan too", typingNoScan, "h,+29,Q,+29,V,+29,D,+29,U,+29,CR", "SCAN(hQVDU)"},
		{"a scan that stutters too", typingNoScan, "hQV,+110,DUFYw,+110,CR", "SCAN(hQVDUFYw)"},
		{"a scan without Enter too", typingNoScan, "hQVDUFYw,+200,CR", "SCAN(hQVDUFYw)"},
		{"a paste without brackets too", typingNoScan, strings.Repeat("x", 200) + "," + strings.Repeat("y", 12) + ",+200",
			"SCAN(" + strings.Repeat("x", 200) + strings.Repeat("y", 12) + ")"},
		{"keys that roll pass", typingNoScan, "s,+20,a,+100,l,+100,a,+20,h,+200", "s a l a h"},
		{"keys that roll pass before their pause", typingNoScan, "s,+20,a,+100,l", "s a"},
		{"keys that roll, then Enter", typingNoScan, "o,+20,k,+100,CR,+60", "o k enter"},
		{"keys that roll, then TAB", typingNoScan, "o,+20,k,+100,TAB,+60,CR,+60", "o k tab enter"},
		{"a rolled space is not lost", typingNoScan, "a,+20, ,+200", "a  "},
		{"what is too short for a code loses its Enter alone", typingNoScan, "abc,CR,+600", "a b c KEPT"},
		{"an Enter before a burst is none", typingNoScan, "CR,+2,y,+200", "FAST"},

		{"a dialog holds the Enter", asking, "CR,+89", ""},
		{"a dialog takes the Enter", asking, "CR,+90", "enter"},
		{"a dialog's letter waits for a late scan", asking, "y,+80,e,+20,s,+20,1,CR", "SCAN(yes1)"},
		{"two keys of a person in a dialog", asking, "n,+120,y,+120", "n y"},
		{"an Enter in a burst is none", asking, "CR,+2,y,+200", "FAST"},
		{"two Enters at once are none", asking, "CR,CR,+200", "FAST"},
		{"a letter in a burst is none", asking, "y,+2,e,+2,s,+200", "FAST"},
		{"a scan in a dialog", asking, "y123,CR", "SCAN(y123)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := playGate(c.script, c.mode); got != c.want {
				t.Errorf("%s\n got %q\nwant %q", c.script, got, c.want)
			}
		})
	}
}

// A timer that is late may overtake the scan's next character: the gate looks
// once more before it believes in a key.
func TestGateWaitsOnceMoreWhenLate(t *testing.T) {
	g := gate{timing: ScanTiming{}.withDefaults()}
	now := time.Unix(1000, 0)
	g.key(typedKey("q"), now, hotKeys)
	late := now.Add(80 * time.Millisecond)
	if got := g.expire(late); got != nil {
		t.Fatalf("fired at once: %v", got)
	}
	if !g.deadline.After(late) {
		t.Fatal("no second look is due")
	}
	if got := g.expire(g.deadline); len(got) != 1 || got[0].key.String() != "q" {
		t.Errorf("the second look gave %v", got)
	}
}

// Where the program itself was held up behind a scan's first character, that
// character is no key: a dialog that takes keys would be answered by it.
func TestHeldUpProgramTakesNoKeyOutOfAScan(t *testing.T) {
	now := time.Unix(1000, 0)
	at := func(ms int) time.Time { return now.Add(time.Duration(ms) * time.Millisecond) }
	for name, c := range map[string]struct {
		way  func(g *gate) []gateEvent
		want string
	}{
		"the timer first, then single keys": {func(g *gate) []gateEvent {
			return slices.Concat(g.expire(at(80)), g.key(typedKey("1"), at(81), asking), g.key(typedKey("2"), at(82), asking),
				g.key(typedKey("3"), at(83), asking), g.key(typedKey("CR"), at(84), asking))
		}, "y123"},
		"the timer first, then all at once": {func(g *gate) []gateEvent {
			return slices.Concat(g.expire(at(80)), g.key(typedKey("123"), at(81), asking), g.key(typedKey("CR"), at(84), asking))
		}, "y123"},
		"what piled up first": {func(g *gate) []gateEvent {
			return slices.Concat(g.key(typedKey("123"), at(80), asking), g.expire(at(81)), g.key(typedKey("CR"), at(84), asking))
		}, "y123"},
		"the timer in time, the terminal not read": {func(g *gate) []gateEvent {
			g.waiting = func(since time.Time) bool { return since.Equal(now) }
			return slices.Concat(g.expire(at(35)), g.expire(g.deadline), g.key(typedKey("1"), at(60), asking),
				g.key(typedKey("2"), at(62), asking), g.key(typedKey("3"), at(64), asking), g.key(typedKey("CR"), at(66), asking))
		}, "y123"},
		"a scan's middle, the terminal not read": {func(g *gate) []gateEvent {
			waits := true
			g.waiting = func(time.Time) bool { return waits }
			out := slices.Concat(g.key(typedKey("123"), at(2), asking), g.expire(at(122)))
			waits = false
			return slices.Concat(out, g.key(typedKey("45"), at(200), asking), g.expire(at(201)), g.key(typedKey("CR"), at(202), asking))
		}, "y12345"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gate{timing: ScanTiming{}.withDefaults()}
			g.key(typedKey("y"), now, asking)
			got := c.way(&g)
			if len(got) != 1 || got[0].kind != gateScan || got[0].text != c.want {
				t.Errorf("%+v, want the scan of %s", got, c.want)
			}
		})
	}
}

// Something that is always said to be on its way holds a key up, not for ever.
func TestGateDoesNotWaitForEver(t *testing.T) {
	g := gate{timing: ScanTiming{}.withDefaults(), waiting: func(time.Time) bool { return true }}
	now := time.Unix(1000, 0)
	g.key(typedKey("q"), now, hotKeys)
	for g.busy() {
		if g.deadline.Sub(now) > time.Second {
			t.Fatal("the key is still held after a second")
		}
		if got := g.expire(g.deadline); len(got) == 1 && got[0].key.String() != "q" {
			t.Fatalf("it gave %v", got)
		}
	}
}

// However a code is cut into messages, no key comes out of it.
func FuzzGate(f *testing.F) {
	f.Add("q1dy:?/ abc", uint8(3), uint8(2), true)
	f.Fuzz(func(t *testing.T, code string, size, gap uint8, enter bool) {
		var clean []rune
		for _, r := range code {
			if r > ' ' && r < 0x7f && r != ',' && r != '+' {
				clean = append(clean, r)
			}
		}
		if len(clean) < 4 {
			return
		}
		script := []string{"+1000"}
		for i := 0; i < len(clean); i += int(size%8) + 1 {
			part := string(clean[i:min(len(clean), i+int(size%8)+1)])
			if i > 0 {
				script = append(script, fmt.Sprintf("+%d", gap%30))
			}
			if part == "CR" || part == "LF" || part == "GS" || part == "UP" || part == "TAB" || part == "ESC" || strings.HasPrefix(part, "PASTE:") {
				return
			}
			script = append(script, part)
		}
		if enter {
			script = append(script, "CR")
		}
		script = append(script, "+200")
		for _, mode := range []gateMode{hotKeys, typingScan, asking, typingNoScan} {
			if got, want := playGate(strings.Join(script, ","), mode), "SCAN("+string(clean)+")"; got != want {
				t.Errorf("mode %d: %s\n got %q\nwant %q", mode, script, got, want)
			}
		}
	})
}
