package store_test

import (
	"testing"
	"time"

	"cashier/store"
	"cashier/store/storetest"
)

// BenchmarkDrop drops half of the journal's two years; what counts is how long
// the longest of its commits is, since an operator's own may wait for it.
func BenchmarkDrop(b *testing.B) {
	s := private(b, "drop.db")
	for b.Loop() {
		var longest time.Duration
		steps, last := 0, time.Now()
		d, err := s.Drop(b.Context(), store.MonthsBefore(storetest.End, 12), func(store.Progress) {
			longest = max(longest, time.Since(last))
			steps, last = steps+1, time.Now()
		})
		if err != nil {
			b.Fatal(err)
		}
		if steps > 0 {
			b.ReportMetric(float64(longest.Microseconds())/1e3, "ms/longest-commit")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1e3/float64(steps), "ms/commit")
			b.ReportMetric(float64(d.Transactions), "dropped")
		}
	}
}
