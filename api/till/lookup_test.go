package till

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"cashier/api"
)

// register is a provider that is asked about payments made elsewhere.
type register struct {
	name   string
	news   api.LookupNews
	answer api.Answer
	asked  int
}

func (r *register) Name() string    { return r.name }
func (r *register) Binding() string { return "https://" + r.name + ".example M1" }

func (r *register) Fits(key api.LookupKey) error {
	if r.name == "finnet" && (key.ProviderReference == "" || key.Amount.Zero()) {
		return &api.FieldError{Field: "originalReferenceNo", Missing: true}
	}
	if key.Reference == "" && key.ProviderReference == "" && key.ExternalID == "" {
		return &api.FieldError{Field: "originalReferenceNo", Missing: true}
	}
	return nil
}

func (r *register) Lookup(context.Context, api.LookupKey) (api.LookupNews, api.Answer) {
	r.asked++
	return r.news, r.answer
}

func TestLookups(t *testing.T) {
	clock := stillAt(noon)
	m := newMemory()
	paydia := &register{name: "paydia", answer: done61}
	finnet := &register{name: "finnet", answer: done61}
	till := New(Options{Journal: m, Lookups: []Lookups{paydia, finnet}, Clock: clock})
	key := api.LookupKey{Reference: "INV-1"}
	if got := till.FittingLookups(key); !slices.Equal(got, []string{"paydia"}) {
		t.Errorf("%v can be asked with our reference alone", got)
	}
	if _, _, err := till.Look(t.Context(), "finnet", key); err == nil || finnet.asked != 0 {
		t.Errorf("%v after %d questions", err, finnet.asked)
	}
	if _, _, err := till.Look(t.Context(), "nobody", key); !errors.Is(err, ErrNoProvider) {
		t.Error(err)
	}
	// An answer that says nothing leaves no record.
	paydia.answer = odd61
	if _, answer, err := till.Look(t.Context(), "paydia", key); err != nil || answer.Class != api.Unknown || len(m.records) != 0 {
		t.Errorf("%v %q %d records", err, answer.Class, len(m.records))
	}
	// Pending is asked about again by itself, and once more is the same record.
	paydia.answer, paydia.news = done61, api.LookupNews{Status: api.StatusPending, RawStatus: "03"}
	tx, _, err := till.Look(t.Context(), "paydia", key)
	if err != nil || tx.State != Pending || tx.Kind != MPM || !tx.Unsettled() {
		t.Fatalf("%+v %v", tx, err)
	}
	if again, _, err := till.Look(t.Context(), "paydia", key); err != nil || again.Reference != tx.Reference || again.Revision != 1 {
		t.Errorf("%+v %v", again, err)
	}
	_, next := till.Due(clock.Now())
	paydia.news = api.LookupNews{Status: api.StatusPaid, RawStatus: "00", Amount: api.IDR(1_200_000), PaidTime: "raw"}
	clock.set(next)
	if _, err := till.Step(t.Context(), tx.Reference); err != nil {
		t.Fatal(err)
	}
	stored, _ := m.Get(t.Context(), tx.Reference)
	if stored.State != Paid || stored.Amount != api.IDR(1_200_000) || stored.Lookup.News.PaidTime != "raw" || stored.Unsettled() {
		t.Errorf("%+v", stored)
	}
	if due, at := till.Due(clock.Now().Add(48 * time.Hour)); len(due) != 0 || !at.IsZero() {
		t.Error("a final one is asked about again")
	}
}

func TestDoubtfulNewsIsShownAndNotBelieved(t *testing.T) {
	m := newMemory()
	finnet := &register{name: "finnet", answer: done61, news: api.LookupNews{
		Status: api.StatusPaid, RawStatus: "00", Amount: api.IDR(1_234_567_800),
		Oddities: []api.Oddity{{Kind: api.OtherAmount, Have: "12345678.00", Want: "10000.00"}},
	}}
	till := New(Options{Journal: m, Lookups: []Lookups{finnet}, Clock: stillAt(noon)})
	tx, _, err := till.Look(t.Context(), "finnet", api.LookupKey{ProviderReference: "W1", Amount: api.IDR(1_000_000)})
	if err != nil || tx.State != Parked || len(tx.Lookup.News.Oddities) != 1 {
		t.Errorf("%+v %v", tx, err)
	}
}

func TestAStartGoesOnWithLookups(t *testing.T) {
	m := newMemory()
	paydia := &register{name: "paydia", answer: done61, news: api.LookupNews{Status: api.StatusPending}}
	clock := stillAt(noon)
	tx, _, err := New(Options{Journal: m, Lookups: []Lookups{paydia}, Clock: clock}).Look(t.Context(), "paydia", api.LookupKey{Reference: "INV-2"})
	if err != nil {
		t.Fatal(err)
	}
	next := New(Options{Journal: m, Lookups: []Lookups{paydia}, Clock: clock})
	if r, err := next.Resume(t.Context(), nil); err != nil || len(r.Foreign) != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	clock.set(noon.Add(time.Minute))
	if due, _ := next.Due(clock.Now()); !slices.Equal(due, []api.Reference{tx.Reference}) {
		t.Errorf("due: %v", due)
	}
	without := New(Options{Journal: m, Clock: clock})
	if r, err := without.Resume(t.Context(), nil); err != nil || len(r.Foreign) != 1 {
		t.Errorf("%+v %v", r, err)
	}
}
