//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// programs builds the console and the least Bubble Tea program.
func programs(b *testing.B) (cashier, minimal string) {
	b.Helper()
	folder := b.TempDir()
	cashier, minimal = filepath.Join(folder, "cashier"), filepath.Join(folder, "minimal")
	for program, source := range map[string]string{cashier: "cashier", minimal: "cashier/ui/cli/testdata/minimal"} {
		if out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	return cashier, minimal
}

// compare runs ours and the peer by turns and reports the medians' ratio.
func compare(b *testing.B, ours, peer func() time.Duration) {
	b.Helper()
	var mine, theirs []time.Duration
	for b.Loop() {
		mine, theirs = append(mine, ours()), append(theirs, peer())
	}
	a, c := median(mine), median(theirs)
	b.ReportMetric(a.Seconds()*1000, "ours-ms")
	b.ReportMetric(c.Seconds()*1000, "minimal-ms")
	b.ReportMetric(a.Seconds()/c.Seconds(), "ratio")
}

func median(d []time.Duration) time.Duration { return slices.Sorted(slices.Values(d))[len(d)/2] }

// BenchmarkVersion: --version, limit 1.5 of the minimal program.
func BenchmarkVersion(b *testing.B) {
	cashier, minimal := programs(b)
	timed := func(program string) func() time.Duration {
		return func() time.Duration {
			start := time.Now()
			if err := exec.Command(program, "--version").Run(); err != nil {
				b.Fatal(err)
			}
			return time.Since(start)
		}
	}
	compare(b, timed(cashier), timed(minimal))
}

// BenchmarkFirstFrame: from the start to the first frame on a terminal that
// answers nothing, limit 1.5 of the minimal program. The journal holds
// CASHIER_BENCH_N transactions (20,000 without it), and their number stands on
// the frame.
func BenchmarkFirstFrame(b *testing.B) {
	cashier, minimal := programs(b)
	home, arguments := benchHome(b)
	ours := func() time.Duration {
		return firstFrame(b, home, "in the journal", cashier, arguments...)
	}
	ours()
	compare(b, ours, func() time.Duration { return firstFrame(b, home, "MINIMAL", minimal) })
}

// benchmarked is how many transactions the benchmarks' journal holds.
func benchmarked(b *testing.B) int {
	b.Helper()
	text := os.Getenv("CASHIER_BENCH_N")
	if text == "" {
		return 20_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// firstFrame is how long a program takes to show a text.
func firstFrame(b *testing.B, home, text, program string, arguments ...string) time.Duration {
	b.Helper()
	s := onScreen(b, home, program, arguments...)
	defer s.end(b)
	return s.await(b, contains(text)).Sub(s.started)
}
