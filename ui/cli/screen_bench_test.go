//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"cashier/store"
	"cashier/store/storetest"
)

// benchHome is a home folder with a config, and the console's arguments for
// the benchmarks' journal: CASHIER_BENCH_N transactions, 20,000 without it.
func benchHome(b *testing.B) (home string, arguments []string) {
	b.Helper()
	home = b.TempDir()
	journal, err := storetest.Cached(benchmarked(b), 1)
	if err != nil {
		b.Fatal(err)
	}
	// One that an earlier program made is brought to this one's schema first.
	s, err := store.Open(journal, store.Options{Profile: storetest.Profile, Binding: sandboxStore})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	config := filepath.Join(home, "config.json")
	profile := fmt.Sprintf(`{"profile":%q,"profiles":{%[1]q:{"sandbox":true}}}`, storetest.Profile)
	if err := os.WriteFile(config, []byte(profile), 0o600); err != nil {
		b.Fatal(err)
	}
	return home, []string{"--lang", "en", "--config", config, "--store", journal}
}

// screen is a program on a terminal of 80x24 that answers nothing.
type screen struct {
	cmd     *exec.Cmd
	tty     *os.File
	started time.Time
	output  chan []byte // closed when the program hangs up
}

func onScreen(b *testing.B, home, program string, arguments ...string) *screen {
	b.Helper()
	cmd := exec.Command(program, arguments...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "TERM=xterm-256color")
	s := &screen{cmd: cmd, started: time.Now(), output: make(chan []byte, 256)}
	var err error
	if s.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		b.Fatal(err)
	}
	go func() {
		defer close(s.output)
		for {
			buffer := make([]byte, 64<<10)
			n, err := s.tty.Read(buffer)
			if err != nil {
				return
			}
			s.output <- buffer[:n]
		}
	}()
	return s
}

// await reads until what came since the call is what is wanted, and says when
// its last bytes came.
func (s *screen) await(b *testing.B, wanted func(seen []byte) bool) time.Time {
	b.Helper()
	var seen []byte
	patience := time.NewTimer(20 * time.Second)
	defer patience.Stop()
	for {
		select {
		case more, ok := <-s.output:
			if !ok {
				b.Fatalf("%s ended\n%q", s.cmd.Path, seen)
			}
			if seen = append(seen, more...); wanted(seen) {
				return time.Now()
			}
		case <-patience.C:
			b.Fatalf("%s does not show what is waited for\n%q", s.cmd.Path, seen)
		}
	}
}

// end ends the program and waits for its last words.
func (s *screen) end(b *testing.B) {
	b.Helper()
	defer s.tty.Close()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	for range s.output {
	}
	_ = s.cmd.Wait() // ended by our signal
}
