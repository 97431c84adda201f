package views

import (
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

func TestPayChargesWhatWasReviewed(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.press("2")
		p.write("125005")
		p.want("125.005")
		p.press("backspace", "left", "0") // the cursor never stands between digits
		p.want("125.000")
		p.press("tab")
		p.write("Kopi")
		p.press("enter")
		p.scanCode(bcaCode)
		p.want("Rp125.000", "BCA ··8231", "BCA (93600014)", "Kopi")
		if len(f.orders) != 0 {
			p.t.Fatal("charged before it was confirmed")
		}
		p.press("enter")
		p.answer("y")
		want := till.Order{Reference: "Q261120150243K7M2RX4T9WZ1", Amount: api.IDR(125_000_00), Title: "Kopi",
			Card: till.Card{Issuer: "93600014", Label: "QRISCPM", LastFour: "8231", Mark: mark(bcaCode)}}
		got := f.orders[0]
		if got.Code.Reveal() != bcaCode {
			p.t.Error("another code is charged")
		}
		if got.Reference != want.Reference || got.Amount != want.Amount || got.Title != want.Title || got.Card != want.Card || got.Override != nil {
			p.t.Errorf("order %+v, want %+v", got, want)
		}
	})
}

func TestAmountBounds(t *testing.T) {
	for typed, want := range map[string]string{
		"": "Type an amount.", "0": "Type an amount.", "999": "Rp1.000 at least.", "10000001": "Rp10.000.000 at most.",
	} {
		runPay(t, options{deps: func(d *Deps) { d.Checkout.Least = api.IDR(1_000_00) }}, func(p *program, _ *fakePayments) {
			p.press("2")
			p.write(typed)
			p.press("enter")
			p.want(want, "How much does the customer pay?")
		})
	}
	for _, typed := range []string{"1000", "10000000", "0012500"} {
		runPay(t, options{deps: func(d *Deps) { d.Checkout.Least = api.IDR(1_000_00) }}, func(p *program, _ *fakePayments) {
			p.press("2")
			p.write(typed)
			p.press("enter")
			p.want("Scan the customer's code now.")
		})
	}
}

func TestThousands(t *testing.T) {
	for digits, want := range map[string]string{
		"": "", "0": "", "1": "1", "12": "12", "123": "123", "1234": "1.234", "12500": "12.500", "0012500": "12.500", "1234567": "1.234.567",
	} {
		if got := thousands(digits); got != want {
			t.Errorf("thousands(%q) = %q, want %q", digits, got, want)
		}
	}
	for text, want := range map[string]api.Amount{
		"12.500": api.IDR(12_500_00), "1": api.IDR(1_00), "": {}, "0": {}, "1.234.567.890.123": api.IDR(1_234_567_890_123_00),
	} {
		if got := typedAmount(text); got != want {
			t.Errorf("typedAmount(%q) = %v, want %v", text, got, want)
		}
	}
}

// Enter held down from the amount on charges nothing: the last question takes
// no key that was typed ahead, and its first choice is no.
func TestTypedAheadNeverCharges(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.toReview(bcaCode)
		for range 20 {
			p.press("enter")
		}
		p.pass(500 * time.Millisecond)
		p.press("enter")
		p.press("enter", "y", "y")
		if len(f.orders) != 0 {
			p.t.Fatal("keys typed ahead charged")
		}
	})
}

// Going back forgets the code; nothing can be charged without another scan.
func TestBackForgetsTheCode(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.toReview(bcaCode)
		p.press("esc")
		p.want("Scan the customer's code now.")
		p.press("esc")
		p.want("How much", "12.500")
		p.press("enter", "enter", "enter")
		p.want("Scan the customer's code now.")
		p.press("esc", "esc")
		p.want("Latest")
		if len(f.orders) != 0 {
			p.t.Fatal("charged")
		}
	})
}

func TestCodeIsMadeShownAndGone(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.mint(f)
		p.filming = true
		p.press("g")
		p.want("ACTIVE", "Valid for 1:0")
		code, err := scan(t, p.view(), 80, 24)
		if err != nil || code.Text != danaCode {
			p.t.Errorf("the code that is shown reads %v (%v)", code.Text == danaCode, err)
		}
		p.press("c")
		p.pass(50 * time.Second)
		p.want("! Valid for 0:")
		p.pass(15 * time.Second)
		p.want("The code's time is over.")
		p.wantNot("charge this code")
		p.press("enter")
		p.want("The code's time is over.")
		f.news.ExpiresAt = p.clock.Now().Add(time.Minute)
		p.press("n", "enter")
		p.want("Look once more", "DANA ··1111")
		wantUnseen(p.t, p.film, danaCode, "9360091530000001111", "")
	})
}

func TestCodeThatIsNotMade(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.mint(f)
		f.codeTx = till.Transaction{State: till.Failed, Advice: "403-05"}
		f.news = api.CodeNews{}
		p.press("g")
		p.want("✗ There is no code.", "No money moves by this.")
		p.press("enter", "esc")
		p.want("Scan the customer's code now.")
	})
}

func TestTestCustomerIsUsed(t *testing.T) {
	runPay(t, options{width: 120, height: 40}, func(p *program, f *fakePayments) {
		p.press("t", "c", "enter")
		code, err := scan(t, p.view(), 120, 40)
		if err != nil || code.Text != bcaCode {
			p.t.Errorf("the customer's code reads %v (%v)", code.Text == bcaCode, err)
		}
		p.press("y")
		p.want("approves has approved.")
		p.press("u")
		p.want("How much does the customer pay?")
		p.write("5000")
		p.press("enter")
		p.want("Look once more", "BCA ··8231", "Rp5.000")
		if len(f.orders) != 0 {
			p.t.Fatal("charged")
		}
	})
}

func TestWithoutPaymentsNothingOfThemIsThere(t *testing.T) {
	run(t, options{world: someDay}, func(p *program) {
		p.wantNot("Take a payment", "Look up", "paid 0")
		p.press("2")
		p.want("History")
		p.press("esc", "3")
		p.wantNot("test customers")
	})
}

func TestLookUp(t *testing.T) {
	runPay(t, options{world: payDay}, func(p *program, _ *fakePayments) {
		p.press("3")
		p.write("q26 1120 1445 03 park 0000 000b")
		p.press("enter")
		p.want("Transaction", parkedReference)
		p.press("esc", "3")
		p.burst(paidReference, "enter")
		p.pass(time.Second)
		p.want("Transaction", paidReference)
	})
}
