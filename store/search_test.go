package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// tester is a test of either sort.
type tester interface {
	Context() context.Context
	Fatal(args ...any)
}

// searched joins all stretches of a search.
func searched(t tester, s *Store, f till.Filter, limit int) till.Stretch {
	all := till.Stretch{Sum: api.IDR(0), Came: api.IDR(0)}
	for {
		found, err := s.Search(t.Context(), f, all.Next, max(limit-len(all.Rows), 0))
		if err != nil {
			t.Fatal(err)
		}
		all.Rows = append(all.Rows, found.Rows...)
		all.Hits += found.Hits
		all.Looked += found.Looked
		all.Sum, _ = all.Sum.Add(found.Sum)
		all.Came, _ = all.Came.Add(found.Came)
		if all.Next = found.Next; all.Next == "" {
			return all
		}
	}
}

// A courier's word is looked for in the courier's texts alone, a machine's in
// the machines', also where one of them is missing and another takes its place
// in the row.
func TestSearchCourierAndMachine(t *testing.T) {
	s := newStore(t)
	for i, c := range []struct {
		reference string
		courier   api.Courier
		machine   string
	}{
		{"C-whole", api.Courier{No: "K-17", Name: "Siti", Mobile: "0812"}, "M-1"},
		{"C-nomobile", api.Courier{No: "K-18", Name: "Siti"}, "M-0812"},
		{"C-noname", api.Courier{No: "K-17", Mobile: "0812"}, "M-1"},
		{"C-nonumber", api.Courier{Name: "Siti", Mobile: "0812"}, "K-17"},
		{"C-twice", api.Courier{No: "M-1", Name: "M-1", Mobile: "0812"}, "M-2"},
		{"C-siti", api.Courier{No: "1", Name: "Budi", Mobile: "2"}, "3"},
	} {
		x := intent(c.reference, noon.Add(time.Duration(i)*time.Second))
		x.Transaction.Courier = &c.courier
		mustAppend(t, s, x, after(x.Transaction, till.Active, noon.Add(time.Minute), func(t *till.Transaction) {
			t.Deposits = []till.Deposit{deposit(c.machine, 50_000_00, noon, api.DepositBooked)}
		}))
	}
	for _, c := range []struct {
		filter till.Filter
		want   []string
	}{
		{till.Filter{Courier: "siti"}, []string{"C-nonumber", "C-nomobile", "C-whole"}},
		{till.Filter{Courier: "K-17"}, []string{"C-noname", "C-whole"}},
		{till.Filter{Courier: "0812"}, []string{"C-twice", "C-nonumber", "C-noname", "C-whole"}},
		{till.Filter{Courier: "c-"}, nil},
		{till.Filter{Machine: "m-1"}, []string{"C-noname", "C-whole"}},
		{till.Filter{Machine: "0812"}, []string{"C-nomobile"}},
		{till.Filter{Machine: "k-17"}, []string{"C-nonumber"}},
		{till.Filter{Courier: "m-1"}, []string{"C-twice"}},
		{till.Filter{Courier: "0812", Machine: "m-"}, []string{"C-twice", "C-noname", "C-whole"}},
		{till.Filter{Text: []string{"siti", "m-1"}}, []string{"C-whole"}},
		{till.Filter{Similar: []string{"sity"}}, []string{"C-nonumber", "C-nomobile", "C-whole"}},
	} {
		found := searched(t, s, c.filter, 10)
		if len(found.Rows) != len(c.want) {
			t.Errorf("%+v finds %d, want %q", c.filter, len(found.Rows), c.want)
			continue
		}
		for i, r := range found.Rows {
			if string(r.Reference) != c.want[i] {
				t.Errorf("%+v finds %s, want %s", c.filter, r.Reference, c.want[i])
			}
		}
	}
}

func TestSimilar(t *testing.T) {
	for _, c := range []struct {
		word, name string
		want       bool
	}{
		{"siti", "Siti Rahma", true},
		{"rahma", "Siti Rahma", true},
		{"sity", "Siti Rahma", true},      // a wrong letter
		{"rhama", "Siti Rahma", true},     // two exchanged
		{"raahma", "Siti Rahma", true},    // one too many
		{"sitiran", "Siti Rahma", false},  // three too many
		{"strahma", "Siti Rahma", true},   // shortened
		{"sra", "Siti Rahma", false},      // too much left out
		{"wijya", "Agus Wijaya", true},    // shortened
		{"wigaja", "Agus Wijaya", false},  // two wrong in a short word
		{"hydaiat", "Budi Hidayat", true}, // two wrong in a long one
		{"xx", "Siti Rahma", false},
		{"si", "Siti Rahma", true},
		{"bcaa", "BCA ··8231", true},
		{"8231", "BCA ··8231", true},
		{"mandri", "Mandiri ··0001", true},
		{"é", "", false},
	} {
		if got := similar([]byte(c.word), []byte(c.name)); got != c.want {
			t.Errorf("similar(%q, %q) = %t", c.word, c.name, got)
		}
	}
}

func TestSearchEnds(t *testing.T) {
	s := newStore(t)
	mustAppend(t, s, intent("C1", noon))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Search(gone, till.Filter{}, "", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search gives %v", err)
	}
	if _, err := s.Search(t.Context(), till.Filter{}, "nonsense", 1); err == nil {
		t.Error("a cursor of no journal is taken")
	}
	found, err := s.Search(t.Context(), till.Filter{Text: []string{"nowhere"}}, "", 1)
	if err != nil || found.Hits != 0 || found.Looked != 1 || !found.Reached.Equal(noon) || found.Next != "" {
		t.Errorf("%+v, %v", found, err)
	}
}
