package qr

import (
	"slices"
	"strings"
	"testing"
)

// TestShowByQRTerminal: it draws where it can draw as we need, and only there.
func TestShowByQRTerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		box  Box
		by   bool
	}{
		{"version 1", "14 characters.", Box{Cols: 80, Rows: 24}, false},
		{"version 1 of digits", strings.Repeat("7", 34), Box{Cols: 80, Rows: 24}, false},
		{"user id", "userid123456789", Box{Cols: 80, Rows: 24}, true},
		{"user id in spaces", "userid123456789", Box{Cols: 80, Rows: 40}, true},
		{"level L", strings.Repeat("u", 100), Box{Cols: 80, Rows: 24}, true},
		{"quiet zone 3", strings.Repeat("u", 90), Box{Cols: 44, Rows: 23}, false},
		{"quiet zone 2", strings.Repeat("u", 90), Box{Cols: 41, Rows: 21}, true},
		{"quiet zone 3 in spaces", strings.Repeat("u", 90), Box{Cols: 86, Rows: 43, Mode: Spaces}, true},
		{"another version than ours", "a" + strings.Repeat("7", 60), Box{Cols: 80, Rows: 24}, false},
		{"all that fits at M", strings.Repeat("u", 2331), Box{Cols: 1000, Rows: 1000}, true},
		{"all that fits", strings.Repeat("u", 2953), Box{Cols: 1000, Rows: 1000}, true},
		{"more than qrterminal's encoder takes", strings.Repeat("7", 7089), Box{Cols: 1000, Rows: 1000}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Fit(c.text, c.box)
			if err != nil {
				t.Fatal(err)
			}
			lines := d.byQRTerminal(c.text, TrueColour)
			if by := lines != nil; by != c.by {
				t.Fatalf("by qrterminal: %t, want %t", by, c.by)
			}
			shown, err := Show(c.text, c.box, TrueColour)
			if err != nil {
				t.Fatal(err)
			}
			want := lines
			if !c.by {
				want = d.Lines(TrueColour)
			}
			if !slices.Equal(shown, want) {
				t.Error("shown otherwise than drawn")
			}
		})
	}
}

func TestShowRefusesLikeFit(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("u", 3000), strings.Repeat("u", 512)} {
		box := Box{Cols: 80, Rows: 24}
		_, want := Fit(text, box)
		if _, err := Show(text, box, TrueColour); err == nil || err != want {
			t.Errorf("%d bytes: got %v, want %v", len(text), err, want)
		}
	}
}
