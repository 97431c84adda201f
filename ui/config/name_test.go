package config

import (
	"regexp"
	"strings"
	"testing"
)

// The two patterns that say what validName and reserved take.
var (
	namesPattern   = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?$`)
	devicesPattern = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

func FuzzValidName(f *testing.F) {
	for _, name := range []string{
		"", "a", "9", "-", "a-", ".a", "a.b", "a_b-c.d", "A", "kasir-1", "é", "a\n", "a b", "con", "con.x", "conx", "com1", "com1.a.b", "com10", "com", "lpt9", "nul.",
		strings.Repeat("a", 40), strings.Repeat("a", 41), strings.Repeat("a", 39) + "-", "prn-1", "com1-a", "../a",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if got, want := reserved(name), devicesPattern.MatchString(name); got != want {
			t.Errorf("%q reserved: %v, want %v", name, got, want)
		}
		if got, want := validName(name), namesPattern.MatchString(name) && !devicesPattern.MatchString(name); got != want {
			t.Errorf("%q valid: %v, want %v", name, got, want)
		}
	})
}
