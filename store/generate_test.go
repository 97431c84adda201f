package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// noon is a day in the middle of a month, in Jakarta.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, api.Jakarta)

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{Profile: "test", Timeout: time.Millisecond, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newStore(t testing.TB) *Store {
	return openAt(t, filepath.Join(t.TempDir(), "test.db"))
}

// intent is the first change of a user id.
func intent(reference string, created time.Time) till.Change {
	return till.Change{
		Transaction: till.Transaction{
			Reference: api.Reference(reference), Kind: till.CDM, State: till.Intent,
			Provider: "paycools", Service: "90", Binding: "https://example.test M1",
			Request:   []byte(`{"partnerReferenceNo": "` + reference + `", "note":"<a & b>"}`),
			Courier:   &api.Courier{No: "K-17", Name: "Siti Rahma", Mobile: "628120001", RegionNo: "R1", BranchNo: "B1"},
			CreatedAt: created, UpdatedAt: created, Revision: 1,
		},
		Event: till.Event{At: created, Reference: api.Reference(reference), Service: "90", State: till.Intent, What: till.WhatIntent},
	}
}

// payment is the first change of a payment of a sale.
func payment(reference, sale string, created time.Time) till.Change {
	c := intent(reference, created)
	t := &c.Transaction
	t.Kind, t.Service, t.Sale, t.Request, t.Courier = till.CPM, "60", api.Reference(sale), nil, nil
	t.Amount = api.IDR(125_000_00)
	t.Payment = &till.Payment{Card: till.Card{Label: "BCA", LastFour: "8231"}, ExpiresAt: created.Add(time.Minute)}
	c.Event.Service = "60"
	return c
}

// recheck makes an ending one that is to be asked about again; a zero time
// makes it final.
func recheck(at time.Time) func(*till.Transaction) {
	return func(t *till.Transaction) {
		p := *t.Payment
		p.RecheckAt = at
		t.Payment = &p
	}
}

// after is the change that brings the transaction to the state.
func after(t till.Transaction, state till.State, at time.Time, edit func(*till.Transaction)) till.Change {
	t.Attempts = slices.Clone(t.Attempts)
	t.Deposits = slices.Clone(t.Deposits)
	t.State = state
	t.UpdatedAt = at
	t.Revision++
	if edit != nil {
		edit(&t)
	}
	return till.Change{Transaction: t, Event: till.Event{
		At: at, Reference: t.Reference, Service: "90", State: state, What: till.WhatAnswer,
		Note: fmt.Sprintf("revision %d", t.Revision),
	}}
}

func deposit(machine string, minor int64, at time.Time, state api.DepositState) till.Deposit {
	return till.Deposit{
		Deposit: api.Deposit{
			ProviderReference: "P1", ChannelReference: api.Text(machine + at.Format("150405")), Machine: api.Text(machine),
			State: state, Amount: api.IDR(minor), Total: api.IDR(minor), CreatedAt: at,
		},
		SeenAt: at.Add(time.Second),
	}
}

func mustAppend(t testing.TB, s *Store, changes ...till.Change) {
	t.Helper()
	for _, c := range changes {
		if err := s.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

// mustVerify fails unless the journal is sound.
func mustVerify(t testing.TB, s *Store) Report {
	t.Helper()
	report, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return report
}
