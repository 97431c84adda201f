package qr

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestCacheKeepsAndForgets(t *testing.T) {
	c := cache{limit: 3}
	get := func(text string) *Grid {
		t.Helper()
		g, err := c.get(text, M)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	a, b := get("a"), get("b")
	get("c")
	if get("a") != a {
		t.Error("a grid is encoded twice")
	}
	get("d") // drops b, which was used longest ago
	if len(c.entries) != 3 {
		t.Errorf("%d entries, want 3", len(c.entries))
	}
	if get("a") != a {
		t.Error("a grid in use was dropped")
	}
	if get("b") == b {
		t.Error("the grid that was used longest ago was kept")
	}
	low, err := c.get("a", L)
	if err != nil || low == a || low.Level() != L {
		t.Errorf("level L: %v, the grid of M: %t", err, low == a)
	}
}

func TestCacheTakesNoHugeTexts(t *testing.T) {
	c := cache{limit: 3}
	if _, err := c.get(strings.Repeat("x", maxDigits+1), M); err == nil {
		t.Error("encoded")
	}
	if len(c.entries) != 0 {
		t.Error("a text that can never fit is kept")
	}
}

func TestCacheAtTheSameTime(t *testing.T) {
	c := cache{limit: 4}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 60 {
				text := fmt.Sprintf("user %d", i%6)
				g, err := c.get(text, M)
				if err != nil {
					t.Error(err)
					return
				}
				d := Drawing{grid: g, mode: Mode(i%2) + 1, quiet: 4}
				if len(d.Lines(Colour(i%3))) != d.Rows() {
					t.Errorf("%s is drawn with other lines", text)
				}
			}
		})
	}
	wait.Wait()
	if len(c.entries) > c.limit {
		t.Errorf("%d entries, limit %d", len(c.entries), c.limit)
	}
}
