package notify_test

import (
	"fmt"
	"testing"
	"time"

	"cashier/api/notify"
)

const taken, refused = "2007900", "4297900"

func TestRateOfASource(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Limits = notify.Limits{PerSource: 3} })
	next := 0
	send := func(codes ...string) {
		t.Helper()
		for _, code := range codes {
			next++
			got := w.send(w.payment(fmt.Sprint(next), sample(t)).request(t))
			if got.Code != code {
				t.Errorf("request %d: %s, want %s", next, got.Raw, code)
			}
			if code == refused && got.Header.Get("Retry-After") != "1" {
				t.Errorf("request %d: Retry-After %q", next, got.Header.Get("Retry-After"))
			}
		}
	}
	send(taken, taken, taken, refused)
	w.clock.move(333 * time.Millisecond)
	send(refused)
	w.clock.move(time.Millisecond)
	send(taken, refused)
	// An hour's rest allows no more than a second's worth, and a clock that is
	// set back nothing at all; it goes on from there.
	w.clock.move(time.Hour)
	send(taken, taken, taken, refused)
	w.clock.move(-time.Hour)
	send(refused)
	w.clock.move(time.Second)
	send(taken, taken, taken, refused)
	if hints := w.took(); len(hints) != 10 {
		t.Errorf("%d were handed over, want 10", len(hints))
	}
	if h := w.server.Health(); h.Count != 10 || h.Refused != 6 {
		t.Errorf("health %+v", h)
	}
}

// TestRateInAll: sources and the token endpoint share it.
func TestRateInAll(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Limits = notify.Limits{PerSource: 3, Total: 5} })
	for range 3 {
		w.token()
	}
	expect(t, w.send(w.tokenRequest(grant)), "4297300", "Too Many Requests")
	for i, code := range []string{taken, taken, refused} {
		if got := w.send(w.payment(fmt.Sprint(i), sample(t)).request(t)); got.Code != code {
			t.Errorf("request %d: %s, want %s", i, got.Raw, code)
		}
	}
}
