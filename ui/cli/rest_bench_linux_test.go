package cli

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// restLimit is the most memory of its own that the console may hold while it
// stands there, in MiB.
const restLimit = 15

// BenchmarkMemoryAtRest: the console's home screen over the benchmarks' journal,
// a while after the first frame: its own memory (RssAnon), what it was at most,
// and the minimal program's beside it.
func BenchmarkMemoryAtRest(b *testing.B) {
	cashier, minimal := programs(b)
	home, arguments := benchHome(b)
	var ours, most, theirs float64
	for b.Loop() {
		a, peak := resting(b, home, "in the journal", cashier, arguments...)
		peer, _ := resting(b, home, "MINIMAL", minimal)
		ours, most, theirs = max(ours, a), max(most, peak), max(theirs, peer)
	}
	b.ReportMetric(ours, "ours-MiB")
	b.ReportMetric(most, "ours-most-MiB")
	b.ReportMetric(theirs, "minimal-MiB")
	b.ReportMetric(ours/restLimit, "x-limit")
}

// resting starts a program and gives its own memory, in MiB, three seconds
// after it showed a text, and the most that it had in that time.
func resting(b *testing.B, home, text, program string, arguments ...string) (last, most float64) {
	b.Helper()
	screen := onScreen(b, home, program, arguments...)
	defer screen.end(b)
	screen.await(b, contains(text))
	readings := time.NewTicker(50 * time.Millisecond)
	defer readings.Stop()
	for range 60 {
		<-readings.C
		last = ownMemory(b, screen.cmd)
		most = max(most, last)
	}
	return last, most
}

// ownMemory is RssAnon of a program, in MiB.
func ownMemory(b *testing.B, cmd *exec.Cmd) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, found := strings.Cut(string(status), "RssAnon:")
	line, _, _ := strings.Cut(rest, "\n")
	kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(line), " kB"))
	if !found || err != nil {
		b.Fatalf("no RssAnon: %v", err)
	}
	return float64(kib) / 1024
}
