package cli

import (
	"context"
	"errors"
	"testing"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/views"
)

// machine works the owner's sandbox from a guest.
func (s *stand) machine(t *testing.T) {
	ctx, b := t.Context(), s.guest.box
	tx, err := s.guest.store.Get(ctx, "U-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Deposit(ctx, views.DepositOrder{Code: tx.QR, Machine: "M1", Amount: api.IDR(5_000_000), Waiting: true}); err != nil {
		t.Error(err)
	}
	if err := b.Book(ctx, tx.QR); err != nil {
		t.Error(err)
	}
	if err := b.Book(ctx, tx.QR); !errors.Is(err, views.ErrNothingWaits) {
		t.Errorf("a second booking: %v", err)
	}
	if l := b.Ledger(); l.Booked != 1 || l.BookedSum != api.IDR(5_000_000) {
		t.Errorf("the ledger is %+v", l)
	}
	if err := b.AddFault("60:refuse"); err != nil {
		t.Error(err)
	}
	if err := b.AddFault("nonsense"); !errors.Is(err, sandbox.ErrRule) {
		t.Errorf("a fault that is none: %v", err)
	}
	if f := b.Faults(); len(f) != 1 {
		t.Errorf("the faults are %v", f)
	}
	b.ClearFaults()
	if f := b.Faults(); len(f) != 0 {
		t.Errorf("the faults are %v", f)
	}
	if err := b.decide(ctx, "asked", true); !errors.Is(err, sandbox.ErrNothingWaits) {
		t.Errorf("nobody waits: %v", err)
	}
	here, _ := s.owner.box.providerKey()
	if there, err := b.providerKey(); err != nil || !there.Equal(here) {
		t.Errorf("the provider's key: %v", err)
	}
	if answer := s.guest.pay.CheckToken(ctx); answer.Class != api.Done { // by the guest's own client
		t.Errorf("a token for a guest: %+v", answer)
	}
	if _, err := health.do(ctx, s.guest.seat, none{}); err != nil {
		t.Error(err)
	}
	began, made := make(chan struct{}, 1), make(chan struct{})
	listening, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_ = changes.each(listening, s.guest.seat, func() none { return none{} }, func(c change) error { // stop ends it
			if c.Transaction != nil && c.Transaction.Reference == "U-2" {
				began <- struct{}{}
				return errEnough{}
			}
			if c.Begins {
				go func() {
					defer close(made)
					_, err := s.owner.till.NewUserID(ctx, "U-2", api.Courier{No: "42", Name: "Budi", Mobile: "0812", RegionNo: "1", BranchNo: "0123"}, nil)
					if err != nil {
						t.Error(err)
					}
				}()
			}
			return nil
		})
	}()
	<-began
	<-made
}
