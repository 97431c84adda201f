package cli

import "testing"

// TestHarmless: no cell is a formula to a spreadsheet, and plain ones stay as
// they are.
func TestHarmless(t *testing.T) {
	for _, cell := range []string{"=1+1", "+62812", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", " \u3000＝1"} {
		if got := harmless(cell); got != "'"+cell {
			t.Errorf("%q stays %q", cell, got)
		}
	}
	for _, cell := range []string{"", " ", "12500.00", "Budi", "a=1", "'=1", "93600014 ··8231", "\xff"} {
		if got := harmless(cell); got != cell {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}
