package store_test

import (
	"slices"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/store/storetest"
)

// filterCase is a filter and whether indexes serve it.
type filterCase struct {
	name    string
	indexed bool
	filter  till.Filter
}

// filterCases are the filters that DESIGN.md 6 has numbers for: an indexed
// one gives its first page in 5 ms, any other its first hits in 50 ms and the
// whole scan in 2 s, at 1 M.
func filterCases() []filterCase {
	day := storetest.End.AddDate(-1, 0, 0).Truncate(24 * time.Hour)
	week := till.Filter{From: day, To: day.AddDate(0, 0, 7)}
	of := func(f till.Filter, edit func(*till.Filter)) till.Filter { edit(&f); return f }
	return []filterCase{
		{"day", true, till.Filter{From: day, To: day.AddDate(0, 0, 1)}},
		{"week", true, week},
		{"state-rare", true, till.Filter{State: till.Unsent}},
		{"state-common", true, till.Filter{State: till.Active}},
		{"states", true, till.Filter{States: []till.State{till.Failed, till.Unsent}}},
		{"open", true, till.Filter{OpenOnly: true}},
		{"kind", true, till.Filter{Kind: till.MPM}},
		{"kind-state-week", true, of(week, func(f *till.Filter) { f.Kind, f.State = till.CDM, till.Failed })},
		{"state-first-week", true, till.Filter{State: till.Failed, To: storetest.End.AddDate(-2, 0, 7)}},
		{"reference", true, till.Filter{Reference: "C" + day.Format("060102")}},
		{"reference-month", true, till.Filter{Reference: "C" + day.Format("0601")}},
		{"reference-state", true, till.Filter{Reference: "Q" + day.Format("0601"), State: till.Failed}},
		{"provider", false, till.Filter{Provider: "finnet"}},
		{"provider-week", false, of(week, func(f *till.Filter) { f.Provider = "Finnet" })},
		{"amount", false, till.Filter{Least: api.IDR(12_500_00), Most: api.IDR(12_500_00)}},
		{"amount-range", false, till.Filter{Least: api.IDR(2_000_000_00), Most: api.IDR(2_500_000_00)}},
		{"amount-paid", false, till.Filter{Least: api.IDR(12_500_00), Most: api.IDR(12_500_00), Kind: till.CPM, State: till.Paid}},
		{"courier-name", false, till.Filter{Courier: "siti rahma"}},
		{"courier-number", false, till.Filter{Courier: "K00017"}},
		{"courier-letter", false, till.Filter{Courier: "k"}},
		{"machine", false, till.Filter{Machine: "CDM-0417"}},
		{"text", false, till.Filter{Text: []string{"siti", "rahma"}}},
		{"text-bank", false, till.Filter{Text: []string{"bca"}, State: till.Paid}},
		{"text-nowhere", false, till.Filter{Text: []string{"nowhere at all"}}},
		{"similar", false, till.Filter{Similar: []string{"sity", "rhama"}}},
	}
}

// BenchmarkFirstPage is the first page of each filter that indexes serve.
func BenchmarkFirstPage(b *testing.B) {
	s := shared(b)
	for _, c := range filterCases() {
		if !c.indexed {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Page(b.Context(), c.filter, "", 100); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(5*time.Millisecond), "x-5ms")
		})
	}
}

// BenchmarkSearch is a search by each filter: when its first hits were told,
// and the whole of it.
func BenchmarkSearch(b *testing.B) {
	s := shared(b)
	for _, c := range filterCases() {
		b.Run(c.name, func(b *testing.B) {
			var first, longest []time.Duration
			hits := 0
			for b.Loop() {
				one := search(b, s, c.filter)
				first, longest, hits = append(first, one.first), append(longest, one.longest), one.hits
			}
			b.ReportMetric(float64(hits), "hits")
			if hits > 0 {
				b.ReportMetric(median(first)/float64(50*time.Millisecond), "first-x-50ms")
			}
			b.ReportMetric(float64(slices.Max(longest))/float64(time.Millisecond), "ms-longest-stretch")
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(2*time.Second), "whole-x-2s")
		})
	}
}

type searchTimes struct {
	first   time.Duration // until the first stretch with hits, or the end
	longest time.Duration // of one stretch: that long a new key waits at most
	hits    int
}

func search(b *testing.B, s *store.Store, f till.Filter) (t searchTimes) {
	b.Helper()
	start := time.Now()
	for cursor := ""; ; {
		began := time.Now()
		found, err := s.Search(b.Context(), f, cursor, 100)
		if err != nil {
			b.Fatal(err)
		}
		t.longest = max(t.longest, time.Since(began))
		t.hits += found.Hits
		if cursor = found.Next; t.first == 0 && (t.hits > 0 || cursor == "") {
			t.first = time.Since(start)
		}
		if cursor == "" {
			return t
		}
	}
}
