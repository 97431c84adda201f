package sandbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

func TestWaitingDeposit(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	code := p.generate("R1")
	waiting := mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(100), Status: StatusWaiting})
	if _, there := p.items("R1")[0]["channelReferNo"]; there {
		t.Error("the queried item has a channelReferNo")
	}
	// One that began in the same second could not be told from the first.
	second := mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(200), Status: StatusWaiting})
	if items := p.items("R1"); second.Channel == "" || items[0]["channelReferNo"] != "M1261120D001" || items[1]["channelReferNo"] != "M1261120D002" {
		t.Errorf("two of one second are %v", items)
	}
	if waiting.Channel != "" || waiting.Info.ReturnTime != "" || waiting.Status != "03" {
		t.Errorf("a waiting deposit is %+v", waiting)
	}
	clock.Add(time.Minute)
	booked := mustDeposit(t, s, DepositRequest{Code: code, Book: true, Amount: idr(200)})
	if booked.Status != "00" || booked.Channel == "" || booked.Info.CreateTime != second.Info.CreateTime ||
		booked.Info.ReturnTime != api.Timestamp(clock.Now()) {
		t.Errorf("the booked deposit is %+v", booked)
	}
	booked = mustDeposit(t, s, DepositRequest{Code: code, Book: true})
	if booked.Info.CreateTime != waiting.Info.CreateTime || booked.Amount != idr(100) {
		t.Errorf("the oldest waiting deposit was not booked: %+v", booked)
	}
	if _, err := s.Deposit(t.Context(), DepositRequest{Code: code, Book: true}); !errors.Is(err, ErrNoDeposit) {
		t.Errorf("nothing waits any more: %v", err)
	}
	if n := len(p.items("R1")); n != 2 {
		t.Errorf("%d items, want the 2 deposits", n)
	}
}

func TestBookByChannel(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("R1")
	r := DepositRequest{Code: code, Machine: "M1", Amount: idr(100), Status: StatusWaiting, Channel: "CH1"}
	mustDeposit(t, s, r)
	if _, err := s.Deposit(t.Context(), r); !errors.Is(err, ErrBooked) {
		t.Errorf("the same waiting deposit again: %v", err)
	}
	r.Status = ""
	if item := mustDeposit(t, s, r); item.Status != "00" || item.Channel != "CH1" {
		t.Errorf("booked: %+v", item)
	}
	if _, err := s.Deposit(t.Context(), r); !errors.Is(err, ErrBooked) {
		t.Errorf("booked twice: %v", err)
	}
	if n := len(s.Ledger().Deposits); n != 1 {
		t.Errorf("%d deposits", n)
	}
}

func TestDepositRefusals(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("R1")
	inactive := p.must(p.request("90", generateBodyFor(p.id, "R2", "INACTIVE", "1"))).fields["cdmQrcode"].(string)
	good := DepositRequest{Code: code, Machine: "M1", Amount: idr(1)}
	for name, c := range map[string]struct {
		change func(*DepositRequest)
		want   error
	}{
		"no code":          {func(r *DepositRequest) { r.Code = "" }, ErrRequest},
		"unknown code":     {func(r *DepositRequest) { r.Code = "userid0" }, ErrNoUserID},
		"inactive":         {func(r *DepositRequest) { r.Code = inactive }, ErrInactive},
		"no machine":       {func(r *DepositRequest) { r.Machine = "" }, ErrRequest},
		"long machine":     {func(r *DepositRequest) { r.Machine = strings.Repeat("m", 65) }, ErrRequest},
		"escape in it":     {func(r *DepositRequest) { r.Machine = "m\x1b[0m" }, ErrRequest},
		"no amount":        {func(r *DepositRequest) { r.Amount = api.Amount{} }, ErrRequest},
		"nought":           {func(r *DepositRequest) { r.Amount = idr(0) }, ErrRequest},
		"negative":         {func(r *DepositRequest) { r.Amount = idr(-1) }, ErrRequest},
		"status":           {func(r *DepositRequest) { r.Status = "0" }, ErrRequest},
		"letters":          {func(r *DepositRequest) { r.Status = "OK" }, ErrRequest},
		"book as waiting":  {func(r *DepositRequest) { r.Book, r.Status = true, StatusWaiting }, ErrRequest},
		"nothing to book":  {func(r *DepositRequest) { r.Book = true }, ErrNoDeposit},
		"unprintable name": {func(r *DepositRequest) { r.Channel = "\u202e" }, ErrRequest},
	} {
		r := good
		c.change(&r)
		if _, err := s.Deposit(t.Context(), r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Deposit(ended, good); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
	if n := len(s.Ledger().Deposits); n != 0 {
		t.Errorf("%d deposits were made", n)
	}
}

// TestNamedTwice: a channelReferNo that a request brings along may be the very
// one that another deposit is given meanwhile; nothing half-done is written.
func TestNamedTwice(t *testing.T) {
	path := t.TempDir() + "/sandbox.jsonl"
	s := open(t, Options{Path: path, Clock: newClock()})
	code := newPartner(t, s).generate("R1")
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "M1", Amount: idr(1), Status: StatusWaiting})
	item, err := s.Deposit(t.Context(), DepositRequest{Code: code, Machine: "M1", Amount: idr(2), Channel: "M1261120D001"})
	if err != nil || item.Channel != "M1261120D001" {
		t.Errorf("the deposit is %+v, %v", item, err)
	}
	s.Close()
	deposits := open(t, Options{Path: path, Clock: newClock()}).Ledger().Deposits
	if len(deposits) != 2 || deposits[0].Channel == deposits[1].Channel || deposits[0].Channel == "" {
		t.Errorf("kept are %+v", deposits)
	}
}
