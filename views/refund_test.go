package views

import (
	"errors"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// giveBack opens the refund of the paid payment and fills it in.
func giveBack(p *program, amount, reason string) {
	p.open(paidReference)
	p.press("b")
	if amount != "" {
		p.press("ctrl+u")
		p.write(amount)
	}
	p.press("enter")
	p.write(reason)
	p.press("enter")
}

func TestRefundWholeAndInPart(t *testing.T) {
	for typed, want := range map[string]api.Amount{"": api.IDR(12_500_00), "5000": api.IDR(5_000_00)} {
		runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
			giveBack(p, typed, "broken cup")
			p.pass(500 * time.Millisecond)
			p.want("back?", "BCA ··8231")
			if len(f.refunds) != 0 {
				p.t.Fatal("sent before it was confirmed")
			}
			f.after = func(tx *till.Transaction) {
				r := f.refunds[0]
				r.State, r.At = till.RefundDone, p.clock.Now()
				tx.Refunds = append(tx.Refunds, r)
				if r.Amount == tx.Amount {
					tx.State = till.Refunded
				}
			}
			p.press("y")
			if len(f.refunds) != 1 || f.refunds[0].Amount != want || f.refunds[0].Reason != "broken cup" || f.refunds[0].Reference == "" {
				p.t.Fatalf("refunds %+v, want %v", f.refunds, want)
			}
			if typed == "" {
				p.want("✓ Refunded Rp12.500", "Nothing is left to give back.")
				return
			}
			p.want("✓ Refunded Rp5.000", "Given back Rp5.000", "Left Rp7.500")
			p.press("n")
			p.want("7.500")
		})
	}
}

func TestRefundIsBounded(t *testing.T) {
	for typed, want := range map[string]string{"0": "Type an amount.", "12501": "Rp12.500 at most."} {
		runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
			giveBack(p, typed, "x")
			p.press("ctrl+s")
			p.want(want)
			p.answer("y")
			if len(f.refunds) != 0 {
				p.t.Fatal("sent")
			}
		})
	}
	runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
		p.open(paidReference)
		p.press("b", "ctrl+s")
		p.want("A refund needs a reason.")
	})
}

// An unknown refund offers the very same one again, and no other.
func TestRefundUnknownRepeatsTheSame(t *testing.T) {
	runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
		p.open(halfReference)
		p.press("b", "n", "enter", "5", "0")
		p.want("Refund not sure yet. Do NOT refund again.", "Not sure yet Rp2.500", "Left Rp5.000")
		p.press("r")
		p.answer("y")
		if len(f.refunds) != 1 || f.refunds[0].Reference != "R261120150000VNKN0000000G" || f.refunds[0].Amount != api.IDR(2_500_00) || f.refunds[0].Reason != "sugar" {
			p.t.Fatalf("refunds %+v", f.refunds)
		}
	})
}

// A prepared refund is confirmed as it was prepared.
func TestRefundDraftIsConfirmed(t *testing.T) {
	runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
		p.open(lateReference)
		p.want("Keep it or refund it")
		p.press("b", "ctrl+u", "1", "ctrl+s") // its amount does not change
		p.answer("y")
		if len(f.refunds) != 1 || f.refunds[0].Reference != "R261120150413K7M2RX4T9WZB" || f.refunds[0].Amount != api.IDR(12_500_00) {
			p.t.Fatalf("refunds %+v", f.refunds)
		}
	})
}

func TestRefundLocked(t *testing.T) {
	runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
		p.open(lockedReference)
		p.want("✗ Money went back that was not sent from here")
		p.press("b", "enter", "ctrl+s", "r")
		p.answer("y")
		p.want("Refunds are locked")
		if len(f.refunds) != 0 {
			p.t.Fatal("sent")
		}
	})
}

func TestRefundTroubles(t *testing.T) {
	for err, want := range map[error]string{
		till.ErrRefund: "The refund does not fit", till.ErrLocked: "Refunds are locked", till.ErrNotPaid: "It is not paid",
		errors.Join(till.ErrNotRecorded, till.ErrFull): "Refunded at the provider, NOT recorded here",
		errNoWord: "Refund not sure yet. Do NOT refund again.",
	} {
		runPay(t, options{world: payDay}, func(p *program, f *fakePayments) {
			f.err = err
			giveBack(p, "", "broken cup")
			p.answer("y")
			p.want(want)
			if errors.Is(err, till.ErrNoWord) {
				p.wantNot("No refund:", "Nothing was sent")
			}
			if len(f.refunds) != 1 {
				p.t.Fatalf("%d refunds", len(f.refunds))
			}
		})
	}
}
