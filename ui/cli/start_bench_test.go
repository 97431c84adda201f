//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"cashier/store/storetest"
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
	home := b.TempDir()
	journal, err := storetest.Cached(benchmarked(b), 1)
	if err != nil {
		b.Fatal(err)
	}
	config := filepath.Join(home, "config.json")
	profile := fmt.Sprintf(`{"profile":%q,"profiles":{%[1]q:{"sandbox":true}}}`, storetest.Profile)
	if err := os.WriteFile(config, []byte(profile), 0o600); err != nil {
		b.Fatal(err)
	}
	ours := func() time.Duration {
		return firstFrame(b, home, "in the journal", cashier, "--lang", "en", "--config", config, "--store", journal)
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

func firstFrame(b *testing.B, home, text, program string, arguments ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(program, arguments...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "TERM=xterm-256color")
	start := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		b.Fatal(err)
	}
	defer tty.Close()
	var seen []byte
	buffer := make([]byte, 64<<10)
	for !bytes.Contains(seen, []byte(text)) {
		n, err := tty.Read(buffer)
		if err != nil {
			b.Fatalf("ended before its first frame: %v\n%q", err, seen)
		}
		seen = append(seen, buffer[:n]...)
	}
	took := time.Since(start)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	for err == nil { // its last words, until it hangs up
		_, err = tty.Read(buffer)
	}
	_ = cmd.Wait() // ended by our signal
	return took
}
