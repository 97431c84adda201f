package term

import (
	"os"
	"os/signal"
	"syscall"
)

// Signal is a signal that ended the program. Windows has two: os.Interrupt for
// Ctrl+C and Ctrl+Break, SIGTERM when the console is closed or the user leaves.
type Signal struct{ Signal os.Signal }

// Error names the signal.
func (s *Signal) Error() string { return "ended by signal: " + s.Signal.String() }

// ExitCode is 130 for an interrupt and 143 otherwise.
func (s *Signal) ExitCode() int {
	if s.Signal == os.Interrupt {
		return 130
	}
	return 143
}

// listen ends the program at the first signal. The process has about five
// seconds to end when its console is closed.
func (g *Guard) listen() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
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
