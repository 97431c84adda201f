package till

import (
	"sync"
	"time"
)

// Plan is when the till asks by itself. Profiles bring their own; the zero
// value of a field means the default's.
type Plan struct {
	// First are the pauses between the first checks of a user id's deposits
	// while its screen is shown; then Every.
	First []time.Duration
	Every time.Duration
	// Background is the pause while another screen is shown, AfterDay the one
	// for an id that is older than a day.
	Background time.Duration
	AfterDay   time.Duration
	// Cap ends a watch; from then on a check is on demand.
	Cap time.Duration
	// Flush is how long unchanged checks may stay uncounted in the journal.
	Flush time.Duration
	// ResumeWithin is how old an unsettled user id may be to be asked for again
	// at a start; an older one waits for a person.
	ResumeWithin time.Duration

	// Ask are the pauses between the questions about a payment that is not
	// final, from its answer on; the last one repeats until Window has passed
	// since the payment left.
	Ask    []time.Duration
	Window time.Duration
	// Expiry is how long the code may be charged: the expiryTime that is sent.
	Expiry time.Duration
	// NoCancelBefore is how soon after the payment left it may be cancelled.
	NoCancelBefore time.Duration
	// CancelAgain are the pauses before a cancel without a clear answer is
	// repeated; Settle is how long an answered one is asked about.
	CancelAgain []time.Duration
	Settle      time.Duration
	// Sweep are the pauses between the questions about a parked payment, the
	// last one repeats. Recheck is when an unpaid ending is asked about again,
	// counted from its end.
	Sweep   []time.Duration
	Recheck []time.Duration
	// NotFoundOver is the least time between the first and the last of the
	// not-found answers that prove something.
	NotFoundOver time.Duration
	// Similar is for how long the same amount with the same card beside an open
	// payment asks a supervisor.
	Similar time.Duration
	// PaidAtOnce takes the answer to the payment for the proof; else one query
	// must agree.
	PaidAtOnce bool
}

// DefaultPlan is PROTOCOLS.md 3 and 5. Deposits: 2, 3, 5 … 15 s on the screen,
// 60 s otherwise, 15 min after a day. Payments: 1 s, then 2, 3, 3, 5, 5 … until
// 60 s; parked ones at 30 s, 1, 1, 1, 5, 5 min and every 15 min.
func DefaultPlan() Plan {
	return Plan{
		First: []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second, 8 * time.Second, 12 * time.Second},
		Every: 15 * time.Second, Background: time.Minute, AfterDay: 15 * time.Minute,
		Cap: 72 * time.Hour, Flush: time.Minute, ResumeWithin: 24 * time.Hour,

		Ask:    []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second, 5 * time.Second},
		Window: time.Minute, Expiry: 90 * time.Second, NoCancelBefore: 15 * time.Second,
		CancelAgain: []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second}, Settle: 30 * time.Second,
		Sweep: []time.Duration{
			30 * time.Second, time.Minute, time.Minute, time.Minute, 5 * time.Minute, 5 * time.Minute, 15 * time.Minute,
		},
		Recheck:      []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour},
		NotFoundOver: time.Minute, Similar: 10 * time.Minute,
	}
}

// defaults is DefaultPlan, whose pauses nobody may write into.
var defaults = sync.OnceValue(DefaultPlan)

func (p Plan) orDefault() Plan {
	d := defaults()
	for _, f := range []struct {
		to   *[]time.Duration
		from []time.Duration
	}{{&d.First, p.First}, {&d.Ask, p.Ask}, {&d.CancelAgain, p.CancelAgain}, {&d.Sweep, p.Sweep}, {&d.Recheck, p.Recheck}} {
		if len(f.from) > 0 {
			*f.to = f.from
		}
	}
	d.PaidAtOnce = p.PaidAtOnce
	for _, f := range []struct {
		to   *time.Duration
		from time.Duration
	}{
		{&d.Every, p.Every}, {&d.Background, p.Background}, {&d.AfterDay, p.AfterDay},
		{&d.Cap, p.Cap}, {&d.Flush, p.Flush}, {&d.ResumeWithin, p.ResumeWithin},
		{&d.Window, p.Window}, {&d.Expiry, p.Expiry}, {&d.NoCancelBefore, p.NoCancelBefore}, {&d.Settle, p.Settle},
		{&d.NotFoundOver, p.NotFoundOver}, {&d.Similar, p.Similar},
	} {
		if f.from > 0 {
			*f.to = f.from
		}
	}
	return d
}

// pause is how long to wait before the next check: step counts the checks
// since something last happened, age is the user id's.
func (p Plan) pause(step int, shown bool, age time.Duration) time.Duration {
	switch {
	case shown && step < len(p.First):
		return p.First[step]
	case age > 24*time.Hour:
		return p.AfterDay
	case shown:
		return p.Every
	}
	return p.Background
}

// rung is the nth pause of a ladder whose last one repeats.
func rung(ladder []time.Duration, n int) time.Duration { return ladder[min(n, len(ladder)-1)] }
