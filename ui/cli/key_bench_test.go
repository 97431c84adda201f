//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// paintLimit is how long 95 of 100 keys may take to be seen.
const paintLimit = 12 * time.Millisecond

// keys is how many are pressed in a run: enough to walk past the first page.
const keys = 150

// BenchmarkKeyToPaint: from a key to what it paints, in the list of all the
// benchmarks' journal, beside the minimal program. Both draw at most 120 times
// a second, and the keys come at any moment between two frames.
func BenchmarkKeyToPaint(b *testing.B) {
	cashier, minimal := programs(b)
	home, arguments := benchHome(b)
	ours := onScreen(b, home, cashier, arguments...)
	defer ours.end(b)
	ours.await(b, contains("in the journal"))
	ours.press(b, "5")
	ours.await(b, contains("▸"))
	peer := onScreen(b, home, minimal)
	defer peer.end(b)
	peer.await(b, contains("MINIMAL 0"))

	var mine, theirs []time.Duration
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		for range keys {
			theirs = append(theirs, peer.painted(b, random, fmt.Sprintf("MINIMAL %d", len(theirs)+1)))
			mine = append(mine, ours.painted(b, random, "▸"))
		}
	}
	a, c := late(mine), late(theirs)
	b.ReportMetric(a.Seconds()*1000, "ours-p95-ms")
	b.ReportMetric(c.Seconds()*1000, "minimal-p95-ms")
	b.ReportMetric(a.Seconds()/c.Seconds(), "ratio")
	b.ReportMetric(a.Seconds()/paintLimit.Seconds(), "x-limit")
}

// late is the time that 95 of 100 do not exceed.
func late(d []time.Duration) time.Duration { return slices.Sorted(slices.Values(d))[len(d)*95/100] }

func contains(text string) func([]byte) bool {
	return func(seen []byte) bool { return bytes.Contains(seen, []byte(text)) }
}

// press sends keys as the terminal does.
func (s *screen) press(b *testing.B, text string) {
	b.Helper()
	if _, err := io.WriteString(s.tty, text); err != nil {
		b.Fatal(err)
	}
}

// painted presses the arrow down, some time after what was seen last, and says
// how long it takes until the terminal is sent a text.
func (s *screen) painted(b *testing.B, random *rand.Rand, text string) time.Duration {
	b.Helper()
	pause := time.NewTimer(time.Duration(3_000+random.IntN(20_000)) * time.Microsecond)
	defer pause.Stop()
	for resting := true; resting; {
		select {
		case <-s.output: // what else it painted: a clock, the rest of a frame
		case <-pause.C:
			resting = false
		}
	}
	start := time.Now()
	s.press(b, "\x1b[B")
	return s.await(b, contains(text)).Sub(start)
}
