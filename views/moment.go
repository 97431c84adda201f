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

// when is a time in a list: the time of day alone for today, else the day with
// hours and minutes, of another year with its year.
func (d *desk) when(t time.Time) string {
	switch {
	case t.IsZero():
		return "–"
	case sameDay(t, d.Now()):
		return d.Words.Clock(t)
	case t.In(words.Jakarta).Year() == d.Now().In(words.Jakarta).Year():
		return d.shortDate(t) + " " + d.Words.Clock(t)[:len("15.04")]
	}
	return d.Words.Date(t) + " " + d.Words.Clock(t)[:len("15.04")]
}

// on is a time on the page of a day that its heading names: the time of day
// alone for that day, else with its date.
func (d *desk) on(day, t time.Time) string {
	switch {
	case t.IsZero():
		return "–"
	case sameDay(t, day):
		return d.Words.Clock(t)
	case t.In(words.Jakarta).Year() == day.In(words.Jakarta).Year():
		return d.shortDate(t) + " " + d.Words.Clock(t)
	}
	return d.moment(t)
}

// heading is the title of what happened from a day on; today is not named.
func (d *desk) heading(title words.Key, day time.Time) string {
	text := d.Theme.Strong(d.T(title))
	if !sameDay(day, d.Now()) {
		text += "   " + d.Theme.Dim(d.Words.Date(day))
	}
	return text
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
