//go:build unix

package cli

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cashier/api/sandbox"
	"cashier/api/till"
)

// spot is where a process dies.
type spot struct{ service, point string }

func (s spot) String() string { return s.point + " of " + s.service }

// killRow is a work with a provider that behaves in one way. phases lists what
// the work comes by and is killed in: the exchanges with a service ("60-": no
// answer to it is ever read; "61=": its answers change nothing), "park",
// "settled"; with a fault, the exchanges that it spoils.
type killRow struct {
	work     string
	customer string
	fault    string
	phases   string
	ends     []till.State // where the provider knows the payment
	twice    string       // services whose exchanges come twice at least
	atOnce   bool         // the answer to a payment is taken for the proof
	hasty    bool         // the client does not wait long for an answer
	part     bool         // of a refund: not the whole
	first    string       // where an earlier process ended, when that is not with the payment's end
}

func (r killRow) name() string {
	name := r.work + ", " + r.customer
	if r.fault != "" {
		name += ", " + r.fault
	}
	for _, more := range []struct {
		is   bool
		name string
	}{{r.atOnce, "believed at once"}, {r.part, "in part"}, {r.first != "", "after " + r.first}} {
		if more.is {
			name += ", " + more.name
		}
	}
	return name
}

var (
	endsPaid      = []till.State{till.Paid}
	endsFailed    = []till.State{till.Failed, till.Cancelled}
	endsCancelled = []till.State{till.Cancelled}
	endsDecided   = []till.State{till.Paid, till.Failed, till.Cancelled}
	endsLate      = []till.State{till.LatePaid, till.Paid}
	endsNowhere   = []till.State{} // the provider keeps nothing
	endsRefunded  = []till.State{till.Refunded}
)

// killRows are every test customer and the network's faults, in a payment, a
// person's cancel, a refund and a start.
var killRows = []killRow{
	{work: "pay", customer: "approves", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "approves", phases: "60", ends: endsPaid, atOnce: true},
	{work: "pay", customer: "approves-after-8s", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "asked", phases: "60 61 62", ends: endsDecided, twice: "61"},
	{work: "pay", customer: "pending", phases: "60 61 62", ends: endsCancelled, twice: "61"},
	{work: "pay", customer: "declines-later", phases: "60 61", ends: endsFailed},
	{work: "pay", customer: "gives-up", phases: "60 61", ends: endsCancelled},
	{work: "pay", customer: "spent-code", phases: "60", ends: endsNowhere},
	{work: "pay", customer: "answer-lost", phases: "60- 61", ends: endsPaid},
	{work: "pay", customer: "answer-lost-declined", phases: "60- 61", ends: endsFailed},
	{work: "pay", customer: "request-lost", phases: "60- 61 62", ends: endsNowhere, twice: "61"},
	{work: "pay", customer: "found-late", phases: "60- 61 62", ends: endsLate, twice: "61"},
	{work: "pay", customer: "timeout-paid", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "timeout-failed", phases: "60 61", ends: endsFailed},
	{work: "pay", customer: "error-paid", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "error-unpaid", phases: "60 61 62", ends: endsNowhere, twice: "61"},
	{work: "pay", customer: "success-pending", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "success-failed", phases: "60 61", ends: endsFailed},
	{work: "pay", customer: "no-reference", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "pays-while-cancelled", phases: "60 61 62", ends: endsPaid, twice: "61"},
	{work: "pay", customer: "pays-before-cancel", phases: "60 61 62", ends: endsPaid, twice: "61"},
	{work: "pay", customer: "cancel-unsupported", phases: "60 61 62 park", ends: endsPaid, twice: "61"},
	{work: "pay", customer: "cancel-refused", phases: "60 61 62 park", ends: endsPaid, twice: "61"},
	{work: "pay", customer: "cancel-slow", phases: "60 61 62", ends: endsCancelled, twice: "61"},
	{work: "pay", customer: "cancel-lost", phases: "60 61 62-", ends: endsCancelled, twice: "61"},
	{work: "pay", customer: "paid-after-cancel", phases: "60 61 62", ends: endsLate, twice: "61"},
	{work: "pay", customer: "returned", phases: "60 61", ends: []till.State{till.Paid, till.Cancelled}},
	{work: "pay", customer: "declined-403-05", phases: "60", ends: endsFailed},
	{work: "pay", customer: "declined-403-06", phases: "60", ends: endsNowhere},
	{work: "pay", customer: "declined-403-13", phases: "60 61", ends: endsPaid},
	{work: "pay", customer: "approves", fault: "60:delay:1:1", phases: "60-", ends: endsPaid, hasty: true},
	{work: "pay", customer: "approves", fault: "60:timeout:1:1", phases: "60-", ends: endsNowhere, hasty: true},
	{work: "pay", customer: "approves", fault: "60:refuse:1:1", phases: "60-", ends: endsNowhere},
	{work: "pay", customer: "approves", fault: "60:http-504:1:1", phases: "60", ends: endsPaid},
	{work: "pay", customer: "approves", fault: "60:http-500:1:1", phases: "60", ends: endsNowhere},
	{work: "pay", customer: "approves", fault: "60:bad-json:1:1", phases: "60", ends: endsPaid},
	{work: "pay", customer: "approves", fault: "60:foreign-reference:1:1", phases: "60", ends: endsPaid},
	{work: "pay", customer: "approves", fault: "60:contradiction:1:1", phases: "60", ends: endsPaid},
	{work: "pay", customer: "approves", fault: "60:too-many:1:1", phases: "60", ends: endsNowhere},
	{work: "pay", customer: "approves", fault: "60:token-expired:1:1", phases: "60", ends: endsPaid},
	{work: "pay", customer: "approves", fault: "61:answer-lost:1:2", phases: "61", ends: endsPaid, twice: "61"},
	{work: "pay", customer: "pending", fault: "62:http-500:1:1", phases: "62", ends: endsCancelled, twice: "62"},

	{work: "cancel", customer: "pending", phases: "62 61", ends: endsCancelled},
	{work: "cancel", customer: "asked", phases: "62 61", ends: endsDecided},
	{work: "cancel", customer: "request-lost", phases: "62 61", ends: endsNowhere},
	{work: "cancel", customer: "pays-while-cancelled", phases: "62 61", ends: endsPaid},
	{work: "cancel", customer: "pays-before-cancel", phases: "62 61", ends: endsPaid},
	{work: "cancel", customer: "cancel-unsupported", phases: "62 61= park", ends: endsPaid},
	{work: "cancel", customer: "cancel-refused", phases: "62 61= park", ends: endsPaid},
	{work: "cancel", customer: "cancel-slow", phases: "62 61", ends: endsCancelled},
	{work: "cancel", customer: "cancel-lost", phases: "62- 61", ends: endsCancelled},
	{work: "cancel", customer: "paid-after-cancel", phases: "62 61", ends: endsLate},
	{work: "cancel", customer: "pending", fault: "62:http-504:1:1", phases: "62", ends: endsCancelled},
	{work: "cancel", customer: "pending", fault: "62:http-500:1:1", phases: "62", ends: endsCancelled, twice: "62"},

	{work: "refund", customer: "approves", phases: "80", ends: endsRefunded},
	{work: "refund", customer: "approves", phases: "80", ends: endsPaid, part: true},
	{work: "refund", customer: "refund-refused", phases: "80", ends: endsPaid},
	{work: "refund", customer: "refund-unsupported", phases: "80", ends: endsPaid},
	{work: "refund", customer: "refund-slow", phases: "80", ends: endsRefunded, twice: "80"},
	{work: "refund", customer: "refund-slow", phases: "80", ends: endsPaid, part: true, twice: "80"},
	{work: "refund", customer: "refund-lost", phases: "80-", ends: endsRefunded},
	{work: "refund", customer: "refund-lost", phases: "80", ends: endsPaid, part: true, twice: "80"},
	{work: "refund", customer: "approves", fault: "80:http-500:1:1", phases: "80", ends: endsPaid, part: true, twice: "80"},
	{work: "refund", customer: "approves", fault: "80:http-504:1:1", phases: "80", ends: endsPaid, part: true, twice: "80"},
	{work: "refund", customer: "approves", fault: "80:refuse:1:1", phases: "80", ends: endsRefunded, twice: "80"},

	{work: "restart", customer: "approves", phases: "61", ends: endsPaid, first: "an unconfirmed answer"},
	{work: "restart", customer: "answer-lost", phases: "61", ends: endsPaid, first: "an unconfirmed answer"},
	{work: "restart", customer: "pending", phases: "61 park", ends: endsCancelled, first: "an unconfirmed answer"},
	{work: "restart", customer: "request-lost", phases: "61 park", ends: endsNowhere, first: "an unconfirmed answer"},
	{work: "restart", customer: "approves", phases: "settled", ends: endsPaid, first: "an intent"},
	{work: "restart", customer: "approves", phases: "settled", ends: endsPaid, first: "a refund's intent"},
	{work: "restart", customer: "refund-lost", phases: "80-", ends: endsRefunded, first: "a refund"},
}

// spots are the points that the row's work comes by. A start repeats what was
// begun: it has no intents.
func (r killRow) spots() []spot {
	var all []spot
	add := func(service string, points ...string) {
		for _, p := range points {
			all = append(all, spot{service, p})
		}
	}
	for phase := range strings.FieldsSeq(r.phases) {
		service := strings.TrimRight(phase, "-=")
		switch service {
		case "park":
			add("60", beforeParked, afterParked)
			continue
		case "settled":
			add("60", beforeSettled, afterSettled)
			continue
		case "60", "80":
			if r.work != "restart" {
				add(service, beforeIntent, afterIntent)
			}
			add(service, beforeAttempt, afterAttempt)
		case "62":
			add(service, beforeAttempt, afterAttempt)
		}
		add(service, beforeBytes, reached, processed)
		if !strings.HasSuffix(phase, "-") {
			add(service, answerThere, answerRead)
		}
		if !strings.HasSuffix(phase, "=") {
			add(service, beforeOutcome, afterOutcome)
		}
	}
	return all
}

// secondDeaths are where the process that finds out after a death dies in its
// turn, one after the other.
var secondDeaths = []spot{
	{"61", beforeBytes}, {"61", processed}, {"60", beforeParked}, {"61", answerRead}, {"61", beforeOutcome},
	{"61", afterOutcome}, {"60", afterParked}, {"61", reached}, {"60", beforeSettled}, {"60", afterSettled},
}

var secondRefundDeaths = []spot{
	{"80", beforeAttempt}, {"80", processed}, {"80", beforeOutcome}, {"60", beforeSettled}, {"80", afterAttempt},
	{"80", reached}, {"80", answerRead}, {"80", afterOutcome}, {"80", beforeBytes}, {"60", afterSettled},
}

// TestPaymentsKilledAnywhere kills the process at every point of a payment, a
// cancel, a refund and a start, with every test customer and fault: once
// plainly, once with the process that comes next killed too, once at the point's
// second coming, where there is one; and between debit and answer more often.
// Then a start finds out, a person decides what is left, and journal and ledger
// agree.
func TestPaymentsKilledAnywhere(t *testing.T) {
	begun := time.Now()
	if _, err := killKey(); err != nil {
		t.Fatal(err)
	}
	for _, c := range sandbox.Customers() {
		played := slices.ContainsFunc(killRows, func(r killRow) bool { return r.customer == c.ID })
		if !played && !strings.HasPrefix(c.ID, "declined-") {
			t.Errorf("nobody dies over %s", c.ID)
		}
	}
	dir := killFolder(t)
	work := make(chan *mortal)
	var mu sync.Mutex
	type death struct {
		spot
		row string
	}
	kills, ends, seconds := map[death]int{}, map[till.State]int{}, 0
	var moved atomic.Int64 // kills with the money gone and no answer out
	var workers sync.WaitGroup
	for range 12 {
		workers.Go(func() {
			for m := range work {
				end, err := m.live(dir, &moved)
				if err != nil {
					t.Errorf("%s: %v", m.name(), err)
				}
				mu.Lock()
				kills[death{m.spot, m.row.name()}] += min(m.deaths, 1)
				seconds += max(m.deaths-1, 0)
				ends[end]++
				mu.Unlock()
			}
		})
	}
	want, n := 0, 0
	for _, row := range killRows {
		for _, at := range row.spots() {
			want++
			rounds := 3
			if at == (spot{"60", processed}) && slices.Equal(row.ends, endsPaid) && row.fault == "" {
				rounds = 8
			}
			for round := range rounds {
				n++
				work <- &mortal{row: row, spot: at, round: round, number: n}
			}
		}
	}
	close(work)
	workers.Wait()

	total, bySpot := 0, map[spot]int{}
	for at, n := range kills {
		if n < 3 {
			t.Errorf("%s, %s: %d kills", at.row, at.spot, n)
		}
		total += n
		bySpot[at.spot] += n
	}
	if len(kills) != want {
		t.Errorf("%d points under behaviours, want %d", len(kills), want)
	}
	if moved.Load() < 50 {
		t.Errorf("only %d kills between debit and answer", moved.Load())
	}
	t.Logf("%d kills at %d points under %d behaviours and %d of the processes after them, %d between debit and answer, in %s",
		total, want, len(killRows), seconds, moved.Load(), time.Since(begun).Round(time.Second))
	for _, at := range slices.SortedFunc(maps.Keys(bySpot), func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.point, b.point))
	}) {
		t.Logf("%4d kills %s", bySpot[at], at)
	}
	t.Logf("the payments ended: %v", ends)
}

// killFolder is where the journals are: in memory, where the system has such a
// folder. What a killed process has written is the kernel's already, so that a
// disk would only cost time; that a commit reaches it is the store's to show.
func killFolder(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "cashier-kill-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (m *mortal) name() string {
	return fmt.Sprintf("%s, %s, round %d", m.row.name(), m.spot, m.round+1)
}
