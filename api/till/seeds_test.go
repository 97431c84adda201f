package till

import (
	"flag"
	"testing"
)

var moreLives = flag.Int("lives", 0, "simulated lives; 0: what CI runs")

// simulated is how many lives to run: fewer under -short.
func simulated(_ *testing.T, lives int) uint64 {
	if *moreLives > 0 {
		return uint64(*moreLives)
	}
	if testing.Short() {
		return uint64(lives / 10)
	}
	return uint64(lives)
}
