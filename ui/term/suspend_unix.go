//go:build unix

package term

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// CanSuspend says whether Suspend does anything here.
const CanSuspend = true

// orphanTime is after how long a process that asked to be stopped, and was
// not, goes on. Without a shell above it (a login straight into the program)
// the kernel drops the stop, and nobody would ever continue it.
const orphanTime = 250 * time.Millisecond

// stops is where stop requests of others arrive, nil when nobody listens.
// Suspend has to take it away: a caught signal stops no process.
var stops struct {
	sync.Mutex
	c chan os.Signal
}

// Suspend stops the process group as Ctrl+Z does and returns when it is
// continued. The terminal must have been given back before.
func Suspend() {
	stops.Lock()
	defer stops.Unlock()
	if stops.c != nil {
		signal.Stop(stops.c)
		defer signal.Notify(stops.c, syscall.SIGTSTP)
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return
	}
	timer := time.NewTimer(orphanTime)
	defer timer.Stop()
	select {
	case <-continued:
	case <-timer.C:
	}
}

// OnStop calls f when somebody else asks the program to stop (kill -TSTP). f
// must not block; what follows from it gives the terminal back and calls
// Suspend. The function it gives ends that.
func OnStop(f func()) (end func()) {
	c := make(chan os.Signal, 1)
	done := make(chan struct{})
	stops.Lock()
	stops.c = c
	signal.Notify(c, syscall.SIGTSTP)
	stops.Unlock()
	Go(func() {
		for {
			select {
			case <-c:
				f()
			case <-done:
				return
			}
		}
	})
	return func() {
		stops.Lock()
		defer stops.Unlock()
		signal.Stop(c)
		stops.c = nil
		close(done)
	}
}
