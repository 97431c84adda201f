package qr_test

import (
	"regexp"
	"strings"
	"testing"

	"cashier/qr"
)

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		env  string
		want qr.Colour
	}{
		{"", qr.Colour16},
		{"TERM=dumb COLORTERM=truecolor", qr.Colour16},
		{"TERM=linux", qr.Colour16},
		{"TERM=xterm", qr.Colour16},
		{"TERM=xterm-256color", qr.Colour256},
		{"TERM=xterm-256color COLORTERM=truecolor", qr.TrueColour},
		{"TERM=xterm-256color COLORTERM=24bit", qr.TrueColour},
		{"TERM=xterm-256color COLORTERM=TrueColor", qr.TrueColour},
		{"TERM=xterm-256color COLORTERM=yes", qr.Colour256},
		{"TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1", qr.TrueColour},
		{"TERM=xterm-direct", qr.TrueColour},
		{"TERM=xterm-kitty", qr.Colour256},
		{"TERM=alacritty", qr.Colour256},
		{"TERM=tmux-256color COLORTERM=truecolor TMUX=/tmp/s,1,0", qr.TrueColour},
		{"TERM=screen-256color COLORTERM=truecolor TMUX=/tmp/s,1,0", qr.TrueColour},
		{"TERM=screen-256color COLORTERM=truecolor STY=1.a", qr.Colour256},
		{"TERM=screen COLORTERM=truecolor", qr.Colour16},
		{"WT_SESSION=1", qr.TrueColour},
	} {
		env := map[string]string{}
		for _, pair := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		if got := qr.Detect(func(name string) string { return env[name] }); got != c.want {
			t.Errorf("%q: got %v, want %v", c.env, got, c.want)
		}
	}
}

// TestBytesOfADrawing holds the drawing as it was measured: spaces and '▄'
// alone, the colours of each depth, a reset at both ends of a line.
func TestBytesOfADrawing(t *testing.T) {
	allowed := map[qr.Colour]string{
		qr.TrueColour: `\x1b\[0;(?:48;2;(?:255;255;255|0;0;0)m[ ]+|38;2;0;0;0;48;2;255;255;255m▄+|38;2;255;255;255;48;2;0;0;0m▄+)`,
		qr.Colour256:  `\x1b\[0;(?:48;5;23[12]m[ ]+|38;5;232;48;5;231m▄+|38;5;231;48;5;232m▄+)`,
		qr.Colour16:   `\x1b\[0;(?:(?:107|40)m[ ]+|30;107m▄+|97;40m▄+)`,
	}
	for colour, run := range allowed {
		line := regexp.MustCompile(`^(?:` + run + `)+\x1b\[0m$`)
		for _, mode := range []qr.Mode{qr.HalfBlocks, qr.Spaces} {
			d, err := qr.Fit("userid123456789", qr.Box{Cols: 80, Rows: 40, Mode: mode})
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range d.Lines(colour) {
				if !line.MatchString(l) {
					t.Errorf("%v, %v, line %d: %q", colour, mode, i, l)
				}
				if mode == qr.Spaces && strings.Contains(l, "▄") {
					t.Errorf("%v, line %d: a half block between spaces: %q", colour, i, l)
				}
			}
		}
	}
}

func TestLinesBelongToTheCaller(t *testing.T) {
	d, err := qr.Fit("userid123456789", qr.Box{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	lines := d.Lines(qr.TrueColour)
	want := lines[3]
	lines[3] = "spoilt"
	if got := d.Lines(qr.TrueColour)[3]; got != want {
		t.Errorf("another caller's change shows: %q", got)
	}
	if d.Lines(qr.Colour16)[3] == want {
		t.Error("the colours of an earlier drawing are kept")
	}
}
