package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/api/notify"
)

func TestExactRepeat(t *testing.T) {
	w := newWorld(t, nil)
	m := w.payment("1", sample(t))
	expect(t, w.send(m.request(t)), "2007900", "Successful")
	// The repeat is signed anew, and its white space may differ.
	w.clock.move(time.Minute)
	again := w.payment("1", strings.ReplaceAll(m.body, "\n", " \n"))
	expect(t, w.send(again.request(t)), "2007900", "Successful")
	if len(w.took()) != 1 {
		t.Errorf("a repeat was handed over again: %+v", w.took())
	}
	if h := w.server.Health(); h.Count != 2 || !h.LastAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("health %+v", h)
	}
	// A new id is a new notification, whatever its body.
	expect(t, w.send(w.payment("2", m.body).request(t)), "2007900", "Successful")
	if len(w.took()) != 2 {
		t.Errorf("took %+v", w.took())
	}
}

func TestConflict(t *testing.T) {
	w := newWorld(t, nil)
	body := sample(t)
	other := strings.Replace(body, `"00"`, `"06"`, 1)
	expect(t, w.send(w.payment("1", body).request(t)), "2007900", "Successful")
	expect(t, w.send(w.payment("1", other).request(t)), "4097900", "Conflict")
	// Ids belong to a source …
	expect(t, w.send(w.payment("1", other).symmetric(w.token()).request(t)), "2007900", "Successful")
	// … and to a day in Jakarta.
	w.clock.move(12 * time.Hour)
	expect(t, w.send(w.payment("1", other).request(t)), "2007900", "Successful")
	if n := len(w.took()); n != 3 {
		t.Errorf("%d were handed over, want 3", n)
	}
}

func TestRepeatAfterMidnight(t *testing.T) {
	w := newWorld(t, nil)
	w.clock.move(12*time.Hour - time.Second)
	body := sample(t)
	expect(t, w.send(w.payment("1", body).request(t)), "2007900", "Successful")
	w.clock.move(2 * time.Second)
	expect(t, w.send(w.payment("1", body).request(t)), "2007900", "Successful")
	if n := len(w.took()); n != 1 {
		t.Errorf("%d were handed over, want 1", n)
	}
	w.clock.move(48 * time.Hour)
	expect(t, w.send(w.payment("1", body).request(t)), "2007900", "Successful")
	if n := len(w.took()); n != 2 {
		t.Errorf("%d were handed over, want 2", n)
	}
}

// TestMemoryIsBounded: what was forgotten is handed over again, nothing else.
func TestMemoryIsBounded(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Limits.Remembered = 3 })
	body := sample(t)
	send := func(ids ...int) {
		for _, id := range ids {
			expect(t, w.send(w.payment(fmt.Sprint(id), body).request(t)), "2007900", "Successful")
		}
	}
	send(1, 2, 3, 4)
	send(4, 3, 2) // remembered
	send(1)       // forgotten; 2 gives way
	send(2)
	var ids []string
	for _, h := range w.took() {
		ids = append(ids, h.ExternalID)
	}
	if want := []string{"1", "2", "3", "4", "1", "2"}; !slices.Equal(ids, want) {
		t.Errorf("handed over %v, want %v", ids, want)
	}
}

// TestManyAtOnce: every provider's worker sends everything; each notification
// is handed over once.
func TestManyAtOnce(t *testing.T) {
	const workers, notifications = 8, 20
	w := newWorld(t, nil)
	token, body := w.token(), sample(t)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range notifications {
				m := w.payment(fmt.Sprint(i), body)
				if i%2 == 0 {
					m = m.symmetric(token)
				}
				if got := w.send(m.request(t)); got.Code != "2007900" {
					t.Errorf("notification %d: %s", i, got.Raw)
				}
				w.server.Health()
			}
		})
	}
	all.Wait()
	count := map[string]int{}
	for _, h := range w.took() {
		count[h.ExternalID]++
	}
	for i := range notifications {
		if n := count[fmt.Sprint(i)]; n != 1 {
			t.Errorf("notification %d was handed over %d times", i, n)
		}
	}
	if h := w.server.Health(); h.Count != workers*notifications || h.Refused != 0 {
		t.Errorf("health %+v", h)
	}
}
