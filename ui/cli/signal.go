package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// catchSignals gives a context that SIGINT and SIGTERM end. stop lets go of
// the signals and gives the number of the one that came, 0 for none; a second
// signal ends the process at once.
func catchSignals(parent context.Context) (ctx context.Context, stop func() int) {
	ctx, cancel := context.WithCancel(parent)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM)
	var mu sync.Mutex
	number := 0
	done := make(chan struct{})
	go func() {
		select {
		case s := <-caught:
			mu.Lock()
			if n, ok := s.(syscall.Signal); ok {
				number = int(n)
			}
			mu.Unlock()
			signal.Stop(caught)
			cancel()
		case <-done:
		}
	}()
	var once sync.Once
	return ctx, func() int {
		once.Do(func() {
			signal.Stop(caught)
			close(done)
			cancel()
		})
		mu.Lock()
		defer mu.Unlock()
		return number
	}
}
