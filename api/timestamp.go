package api

import (
	"fmt"
	"strings"
	"time"
)

// Jakarta is the one zone of the wire and of the screen: +07:00 all year,
// fixed, so that no zone database is needed.
var Jakarta = time.FixedZone("WIB", 7*60*60)

// TimestampLayout is X-TIMESTAMP: 25 characters (seeds 000 to 002, header
// tables: YYYY-MM-DDTHH:mm:ss+07:00).
const TimestampLayout = "2006-01-02T15:04:05-07:00"

// Timestamp spells t for the wire, in Jakarta time.
func Timestamp(t time.Time) string {
	return t.In(Jakarta).Format(time.RFC3339) // in this zone the same text as TimestampLayout's, and time has a short way to it
}

// ParseTimestamp reads the times that providers send: ISO 8601 with or
// without fractions of a second, and the bare yyyyMMddHHmmss of seed 003,
// which is taken as Jakarta time.
func ParseTimestamp(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.In(Jakarta), nil
	}
	if t, err := time.ParseInLocation("20060102150405", s, Jakarta); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("not a time: %q", Clean(s, 40))
}

// Clock tells the time and waits. Real time is WallClock; tests bring their
// own.
type Clock interface {
	Now() time.Time
	// After delivers once, when d has passed.
	After(d time.Duration) <-chan time.Time
}

// WallClock is the machine's clock.
type WallClock struct{}

// Now is time.Now.
func (WallClock) Now() time.Time { return time.Now() }

// After is time.After.
func (WallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
