package till

import "time"

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
}

// DefaultPlan is PROTOCOLS.md 3, "Query": 2, 3, 5 … 15 s on the screen, 60 s
// otherwise, 15 min after a day.
func DefaultPlan() Plan {
	return Plan{
		First: []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second, 8 * time.Second, 12 * time.Second},
		Every: 15 * time.Second, Background: time.Minute, AfterDay: 15 * time.Minute,
		Cap: 72 * time.Hour, Flush: time.Minute, ResumeWithin: 24 * time.Hour,
	}
}

func (p Plan) orDefault() Plan {
	d := DefaultPlan()
	if len(p.First) > 0 {
		d.First = p.First
	}
	for _, f := range []struct {
		to   *time.Duration
		from time.Duration
	}{
		{&d.Every, p.Every}, {&d.Background, p.Background}, {&d.AfterDay, p.AfterDay},
		{&d.Cap, p.Cap}, {&d.Flush, p.Flush}, {&d.ResumeWithin, p.ResumeWithin},
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
