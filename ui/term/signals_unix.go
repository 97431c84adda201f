//go:build unix

package term

import (
	"os"
	"os/signal"
	"syscall"
)

// Signal is a signal that ended the program.
type Signal struct{ Signal os.Signal }

// Error names the signal.
func (s *Signal) Error() string { return "ended by signal: " + s.Signal.String() }

// ExitCode is 128 and the signal's number, as shells count.
func (s *Signal) ExitCode() int {
	if n, ok := s.Signal.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return 1
}

// listen ends the program at the first SIGHUP, SIGTERM or SIGINT (Ctrl+C is a
// key while the terminal is raw; this one comes from kill).
func (g *Guard) listen() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for {
			select {
			case s := <-c:
				g.end(&Signal{s})
			case <-g.closed:
				return
			}
		}
	}()
	return func() { signal.Stop(c) }
}
