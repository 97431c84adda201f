package api

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"state", "status", "day", "clientKey", "id", "hex"}
	for _, c := range []struct{ word, want string }{
		{"stat", "state"}, {"sttaus", "status"}, {"clientkey", "clientKey"}, {"CLIENTKEYS", "clientKey"}, {"dya", "day"}, {"hax", "hex"},
		{"state", "state"}, {"xy", ""}, {"i", ""}, {"", ""}, {"courier", ""}, {strings.Repeat("state", 1000), ""},
	} {
		if got := Nearest(c.word, known); got != c.want {
			t.Errorf("%.20q: %q, want %q", c.word, got, c.want)
		}
	}
	if got := Nearest("state", nil); got != "" {
		t.Errorf("of no words: %q", got)
	}
}
