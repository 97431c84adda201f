package notify

import (
	"sync"
	"time"
)

// bucket lets a number of requests pass a second, and as many at once.
type bucket struct {
	perSecond int

	mu   sync.Mutex
	left float64
	at   time.Time
}

// allow takes one request out of the bucket, or says that it is empty.
func (b *bucket) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := float64(b.perSecond)
	switch passed := now.Sub(b.at); {
	case b.at.IsZero():
		b.left, b.at = full, now
	case passed > 0: // a clock that is set back fills nothing
		b.left, b.at = min(full, b.left+passed.Seconds()*full), now
	case passed < -time.Second:
		b.at = now
	}
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
