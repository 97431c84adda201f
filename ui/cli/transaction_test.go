package cli

import (
	"testing"

	"cashier/api/till"
	"cashier/ui/words"
)

// TestStateWords: a command calls a state what the screens call it.
func TestStateWords(t *testing.T) {
	a := &app{words: words.For(words.English)}
	for _, c := range []struct {
		kind  till.Kind
		state till.State
		want  string
	}{{till.CDM, till.Failed, "✗ refused"}, {till.CPM, till.Failed, "✗ declined"}, {till.CPM, till.Parked, "! still open"}, {till.MPM, till.Parked, "! not trusted"}, {till.CPM, till.Paid, "✓ paid"}} {
		if got := a.stateWord(c.kind, c.state); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.kind, c.state, got, c.want)
		}
	}
}
