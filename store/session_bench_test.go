package store_test

import (
	"context"
	"testing"
	"time"

	"cashier/api/till"
	"cashier/store"
	"cashier/store/storetest"
)

// busyDay is how many transactions the session of the benchmark has.
const busyDay = 2000

// daySession is a generated journal with a session of busyDay transactions
// behind all that it holds.
func daySession(b *testing.B, name string) *store.Store {
	b.Helper()
	s := private(b, name)
	s.Bolt().NoSync = true // what is timed only reads
	if _, err := s.OpenSession(b.Context(), till.Opening{Operator: "Siti", Branch: "0123"}); err != nil {
		b.Fatal(err)
	}
	for i := range busyDay {
		for _, c := range life(i) {
			if err := s.Append(b.Context(), c); err != nil {
				b.Fatal(err)
			}
		}
	}
	return s
}

// BenchmarkXReport adds up a session of 2,000 transactions; what the journal
// holds before it must not matter, so its ratio to the same session in an empty
// journal is told.
func BenchmarkXReport(b *testing.B) {
	s := daySession(b, "x.db")
	alone, err := store.Open(b.TempDir()+"/alone.db", store.Options{Profile: storetest.Profile, Now: func() time.Time { return storetest.End }})
	if err != nil {
		b.Fatal(err)
	}
	defer alone.Close()
	alone.Bolt().NoSync = true
	if _, err := alone.OpenSession(b.Context(), till.Opening{Operator: "Siti", Branch: "0123"}); err != nil {
		b.Fatal(err)
	}
	for i := range busyDay {
		for _, c := range life(i) {
			if err := alone.Append(b.Context(), c); err != nil {
				b.Fatal(err)
			}
		}
	}
	report := func(s *store.Store) till.Report {
		t, err := s.SessionReport(context.Background(), 0)
		if err != nil {
			b.Fatal(err)
		}
		return *t.Report
	}
	if x, y := report(s), report(alone); x.Net() != y.Net() || x.Booked != y.Booked || x.Paid == (till.Figure{}) || x.Booked == (till.Figure{}) {
		b.Fatalf("the reports differ: %+v, %+v", x, y)
	}
	var ours, peer []time.Duration
	for b.Loop() {
		start := time.Now()
		report(s)
		middle := time.Now()
		report(alone)
		ours, peer = append(ours, middle.Sub(start)), append(peer, time.Since(middle))
	}
	b.ReportMetric(median(ours)/1e6, "ms/report")
	b.ReportMetric(median(ours)/busyDay, "ns/transaction")
	b.ReportMetric(median(ours)/median(peer), "x-alone")
}

// BenchmarkCommitInSession is Append of a payment's end while a session is
// open, beside the same without one: what it costs to tell what money moved.
func BenchmarkCommitInSession(b *testing.B) {
	with, without := private(b, "with.db"), private(b, "without.db")
	if _, err := with.OpenSession(b.Context(), till.Opening{Operator: "Siti", Branch: "0123"}); err != nil {
		b.Fatal(err)
	}
	var ours, peer []time.Duration
	i := 0
	for b.Loop() {
		for _, c := range life(i) {
			c.Transaction.Operator = "Siti"
			timed := c.Transaction.State == till.Paid || c.Transaction.State == till.Active
			for _, one := range []struct {
				s  *store.Store
				to *[]time.Duration
			}{{with, &ours}, {without, &peer}} {
				start := time.Now()
				if err := one.s.Append(b.Context(), c); err != nil {
					b.Fatal(err)
				}
				if timed {
					*one.to = append(*one.to, time.Since(start))
				}
			}
		}
		i++
	}
	if len(ours) > 0 {
		b.ReportMetric(median(ours)/median(peer), "x-without")
	}
}
