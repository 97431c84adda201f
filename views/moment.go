package views

import (
	"time"

	"cashier/ui/words"
)

// sameDay reports whether both times are on one day in Jakarta.
func sameDay(a, b time.Time) bool {
	a, b = a.In(words.Jakarta), b.In(words.Jakarta)
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// shortDate is a day without its year: "20 Nov".
func (d *desk) shortDate(t time.Time) string {
	long := d.Words.Date(t)
	return long[:len(long)-len(" 2006")]
}

// when is a time in a list of 12 columns: the time of day alone for today,
// else the day with hours and minutes, or with its year.
func (d *desk) when(t time.Time) string {
	now := d.Now()
	switch {
	case t.IsZero():
		return "–"
	case sameDay(t, now):
		return d.Words.Clock(t)
	case t.In(words.Jakarta).Year() == now.In(words.Jakarta).Year():
		return d.shortDate(t) + " " + d.Words.Clock(t)[:len("15.04")]
	}
	return d.Words.Date(t)
}

// moment is a time in full: "20 Nov 2026 15.04.05".
func (d *desk) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return d.Words.Date(t) + " " + d.Words.Clock(t)
}

// ago is how long ago something was, in whole seconds below a minute: "2 s",
// "1:05".
func (d *desk) ago(span time.Duration) string {
	span = max(span, 0)
	if span < time.Minute {
		return d.T("moment.seconds", "n", int(span/time.Second))
	}
	return d.Words.Duration(span)
}
