package qr_test

import (
	"errors"
	"strings"
	"testing"

	"cashier/qr"
)

// TestSizes holds the sizes that screens are laid out by: half blocks, quiet
// zone 4, level M.
func TestSizes(t *testing.T) {
	for _, c := range []struct{ chars, rows, cols int }{
		{1, 17, 33}, {14, 17, 33}, {17, 17, 33}, {64, 23, 45}, {212, 33, 65}, {255, 37, 73}, {512, 49, 97},
	} {
		text := strings.Repeat("u", c.chars)
		d, err := qr.Fit(text, qr.Box{Cols: c.cols, Rows: c.rows})
		if err != nil {
			t.Errorf("%d characters: %v", c.chars, err)
			continue
		}
		if d.Rows() != c.rows || d.Cols() != c.cols || d.Quiet() != 4 || d.Grid().Level() != qr.M || d.Mode() != qr.HalfBlocks {
			t.Errorf("%d characters: %dx%d rows x columns, quiet zone %d, level %v, %v; want %dx%d, 4, M",
				c.chars, d.Rows(), d.Cols(), d.Quiet(), d.Grid().Level(), d.Mode(), c.rows, c.cols)
		}
	}
}

// TestWindowsHold: the longest text of a window at each level with the whole
// quiet zone.
func TestWindowsHold(t *testing.T) {
	for _, c := range []struct{ cols, rows, m, l int }{{80, 24, 84, 106}, {120, 40, 331, 425}} {
		for level, longest := range map[qr.Level]int{qr.M: c.m, qr.L: c.l} {
			box := qr.Box{Cols: c.cols, Rows: c.rows}
			d, err := qr.Fit(strings.Repeat("u", longest), box)
			if err != nil {
				t.Errorf("%d bytes in %dx%d: %v", longest, c.cols, c.rows, err)
				continue
			}
			if d.Grid().Level() != level || d.Quiet() != 4 {
				t.Errorf("%d bytes in %dx%d: level %v, quiet zone %d; want %v, 4", longest, c.cols, c.rows, d.Grid().Level(), d.Quiet(), level)
			}
			d, err = qr.Fit(strings.Repeat("u", longest+1), box)
			if err == nil && d.Grid().Level() == level && d.Quiet() == 4 {
				t.Errorf("%d bytes still fit %dx%d at %v", longest+1, c.cols, c.rows, level)
			}
		}
	}
}

// TestWhatIsGivenUpFirst walks a box down from plenty to too little.
func TestWhatIsGivenUpFirst(t *testing.T) {
	const chars = 90 // version 6 at M, version 5 at L
	text := strings.Repeat("u", chars)
	type drawn struct {
		mode  qr.Mode
		level qr.Level
		quiet int
	}
	for _, c := range []struct {
		cols, rows int
		want       drawn
	}{
		{98, 49, drawn{qr.Spaces, qr.M, 4}},
		{97, 49, drawn{qr.HalfBlocks, qr.M, 4}},
		{49, 25, drawn{qr.HalfBlocks, qr.M, 4}},
		{48, 25, drawn{qr.HalfBlocks, qr.L, 4}},
		{45, 23, drawn{qr.HalfBlocks, qr.L, 4}},
		{44, 23, drawn{qr.HalfBlocks, qr.L, 3}},
		{43, 22, drawn{qr.HalfBlocks, qr.L, 3}},
		{41, 21, drawn{qr.HalfBlocks, qr.L, 2}},
	} {
		d, err := qr.Fit(text, qr.Box{Cols: c.cols, Rows: c.rows})
		if err != nil {
			t.Errorf("%dx%d: %v", c.cols, c.rows, err)
			continue
		}
		if got := (drawn{d.Mode(), d.Grid().Level(), d.Quiet()}); got != c.want {
			t.Errorf("%dx%d: got %+v, want %+v", c.cols, c.rows, got, c.want)
		}
	}
	for _, box := range []qr.Box{{Cols: 40, Rows: 21}, {Cols: 41, Rows: 20}, {}, {Cols: -1, Rows: -1}} {
		_, err := qr.Fit(text, box)
		var large qr.TooLarge
		want := qr.TooLarge{NeedCols: 41, NeedRows: 21, HaveCols: box.Cols, HaveRows: box.Rows}
		if !errors.As(err, &large) || large != want {
			t.Errorf("%+v: got %v, want %v", box, err, want)
		}
	}
	_, err := qr.Fit(text, qr.Box{Cols: 80, Rows: 24, Mode: qr.Spaces})
	if want := "qr: the code needs 82x41, have 80x24 (columns x rows)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTextsThatAreNoCode(t *testing.T) {
	huge := qr.Box{Cols: 1000, Rows: 1000}
	if _, err := qr.Fit("", huge); !errors.Is(err, qr.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	for _, n := range []int{2954, 7090, 1 << 20} {
		for range 2 { // from the cache as well
			_, err := qr.Fit(strings.Repeat("u", n), huge)
			if want := (qr.TooLong{Bytes: n, Level: qr.L}); !errors.Is(err, want) {
				t.Errorf("%d bytes: got %v, want %v", n, err, want)
			}
		}
	}
	for _, c := range []struct {
		n       int
		level   qr.Level
		version int
	}{{2331, qr.M, 40}, {2332, qr.L, 36}, {2953, qr.L, 40}} {
		d, err := qr.Fit(strings.Repeat("u", c.n), huge)
		if err != nil {
			t.Errorf("%d bytes: %v", c.n, err)
			continue
		}
		if d.Grid().Level() != c.level || d.Grid().Version() != c.version {
			t.Errorf("%d bytes: version %d at %v; want %d at %v", c.n, d.Grid().Version(), d.Grid().Level(), c.version, c.level)
		}
	}
	if _, err := qr.Fit(strings.Repeat("7", 7089), huge); err != nil {
		t.Errorf("7089 digits: %v", err)
	}
}

// TestBytesAsTheyAre: what is no text is encoded too, and errors do not repeat
// what they were given.
func TestBytesAsTheyAre(t *testing.T) {
	if _, err := qr.Fit("\x00\x1d\xff\xfe", qr.Box{Cols: 80, Rows: 24}); err != nil {
		t.Error(err)
	}
	_, err := qr.Fit(strings.Repeat("secret", 2000), qr.Box{Cols: 80, Rows: 24})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestZeroDrawing(t *testing.T) {
	var d qr.Drawing
	if d.Cols() != 0 || d.Rows() != 0 || d.Lines(qr.TrueColour) != nil {
		t.Errorf("%dx%d, %q", d.Cols(), d.Rows(), d.Lines(qr.TrueColour))
	}
}
