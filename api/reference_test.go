package api

import (
	"regexp"
	"testing"
	"time"
)

func TestNewReference(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 30, 5, 0, time.UTC) // the next day in Jakarta
	shape := regexp.MustCompile(`^C261121063005[0-9A-HJKMNP-TV-Z]{12}$`)
	seen := map[Reference]bool{}
	for range 10_000 {
		r := NewReference(UserIDReference, at)
		if !shape.MatchString(string(r)) {
			t.Fatalf("%q is not a kind, a Jakarta time and 12 base32 characters", r)
		}
		if seen[r] {
			t.Fatalf("%q came twice within one second", r)
		}
		seen[r] = true
	}
}

func TestNewExternalID(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, Jakarta)
	seen := map[string]bool{}
	for range 10_000 {
		id := NewExternalID(at)
		if len(id) != 32 || !digits(id) || id[:14] != "20261120080000" {
			t.Fatalf("%q is not 32 digits that begin with the time", id)
		}
		if seen[id] {
			t.Fatalf("%q came twice", id)
		}
		seen[id] = true
	}
}

func TestParseReference(t *testing.T) {
	for s, good := range map[string]bool{
		"C261120150412K7M2RX4T9WZB": true, "21df2838-c9e8-4aff-8c02-274ed4390e70": true, "a.b_c": true,
		"": false, "a b": false, "a/b": false, "a\x1b[2J": false, string(make([]byte, 65)): false, "é": false,
	} {
		if _, err := ParseReference(s); (err == nil) != good {
			t.Errorf("ParseReference(%q): %v", s, err)
		}
	}
}

func TestReferenceForPeople(t *testing.T) {
	r := Reference("Q261120150412K7M2RX4T9WZB")
	if got := r.Groups(); got != "Q26 1120 1504 12 K7M2 RX4T 9WZB" {
		t.Errorf("Groups: %q", got)
	}
	if got := r.Short(); got != "Q261120150412…" {
		t.Errorf("Short: %q", got)
	}
	if got := Reference("INV-7").Groups(); got != "INV-7" {
		t.Errorf("a foreign reference was regrouped: %q", got)
	}
}

func TestTimestamps(t *testing.T) {
	at := time.Date(2026, 11, 20, 1, 0, 0, 5, time.UTC)
	if got := Timestamp(at); got != "2026-11-20T08:00:00+07:00" || len(got) != 25 {
		t.Errorf("Timestamp: %q", got)
	}
	for s, want := range map[string]string{
		"2026-11-20T08:00:00+07:00": "2026-11-20T08:00:00+07:00", "2026-11-20T01:00:00Z": "2026-11-20T08:00:00+07:00",
		"2026-11-20T08:00:00.123+07:00": "2026-11-20T08:00:00+07:00", "20261120080000": "2026-11-20T08:00:00+07:00",
	} {
		got, err := ParseTimestamp(s)
		if err != nil || Timestamp(got) != want {
			t.Errorf("ParseTimestamp(%q) = %v, %v", s, got, err)
		}
	}
	for reading, want := range map[RangeReading]string{
		"": "2026-11-20T08:00:00+07:00", RangeUTCLabelled: "2026-11-20T01:00:00+07:00", RangeUTC: "2026-11-20T01:00:00Z",
	} {
		if got := reading.Format(at); got != want {
			t.Errorf("%q spells %q, want %q", reading, got, want)
		}
	}
}
