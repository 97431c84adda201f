//go:build unix

package term

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// CanSuspend says whether Suspend does anything here.
const CanSuspend = true

// orphanTime is after how long a process that asked to be stopped, and was
// not, goes on. Without a shell above it (a login straight into the program)
// the kernel drops the stop, and nobody would ever continue it.
const orphanTime = 250 * time.Millisecond

// Suspend stops the process group as Ctrl+Z does and returns when it is
// continued. The terminal must have been given back before.
//
// SIGTSTP must not have been caught anywhere before (signal.Notify): Go does
// not give a caught one its default effect back, and nothing would stop.
func Suspend() {
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
