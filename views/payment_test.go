package views

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// While a payment is unknown no key leads to another charge of it.
func TestUnknownOffersNoCharge(t *testing.T) {
	for _, state := range []till.State{till.Sent, till.Pending, till.Unknown, till.Cancelling, till.Parked} {
		t.Run(string(state), func(t *testing.T) {
			runPay(t, options{}, func(p *program, f *fakePayments) {
				p.charge(f)
				p.begun(f, f.record(state, nil), nil)
				for _, k := range strings.Split("abcdefgijklmnoptuvwyz0123456789", "") {
					p.press(k, "enter", "y")
				}
				p.pass(500 * time.Millisecond)
				if len(f.orders) != 1 {
					p.t.Fatalf("%d orders", len(f.orders))
				}
				p.want("BCA ··8231")
				p.wantNot("next payment", "try again", "How much")
			})
		})
	}
}

func TestUnknownSaysSoInAmber(t *testing.T) {
	runPay(t, options{profile: profileTrueColor}, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Unknown, nil), nil)
		p.want("! Not sure yet. Do NOT charge again.", "do not cancel, press s (supervisor)", "at 1:00 we cancel and make sure")
		for _, l := range strings.Split(p.view(), "\n") {
			if strings.Contains(l, "Do NOT charge again.") && strings.Contains(l, "38;2;224;160;48m") { // the theme's Unsure
				return
			}
		}
		p.t.Error("the words are not in the colour of what is not sure")
	})
}

func TestLeavingAnOpenPayment(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		tx := f.record(till.Pending, nil)
		p.begun(f, tx, nil)
		if len(f.subs) != 1 {
			p.t.Fatalf("%d followers", len(f.subs))
		}
		p.press("esc")
		p.want("We keep asking; it is not cancelled by itself now", "Latest", "… waiting", "··8231")
		if len(f.left) == 0 || f.left[0] != tx.Reference || len(f.cancels) != 0 || len(f.subs) != 0 {
			p.t.Errorf("left %v, cancels %v, %d followers", f.left, f.cancels, len(f.subs))
		}
	})
}

// Who leaves before the till knows of the payment has left it all the same.
func TestLeavingWhileItIsSent(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		p.press("esc")
		p.want("Latest")
		before := len(f.left)
		f.outcome <- paymentSent{tx: f.record(till.Pending, nil)}
		p.settle()
		if len(f.left) != before+1 {
			p.t.Error("the till was not told again when it could know")
		}
	})
}

func TestPaidFollowsTheTill(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		tx := f.record(till.Pending, nil)
		p.begun(f, tx, nil)
		p.want("Waiting for the customer", "Ask the customer to confirm in their app.")
		tx.State, tx.Payment.EndedAt, tx.Revision = till.Paid, p.clock.Now(), 4
		p.told(f, tx, nil)
		p.want("✓ PAID", "Reference for the bank: 2020102977770000000009")
		p.wantNot("we cancel")
		p.press("enter") // pressed before anybody has seen it
		p.want("✓ PAID", "one moment")
		p.pass(time.Second)
		p.press("enter")
		p.want("How much does the customer pay?")
	})
}

// Money at the provider that the journal could not take is never green.
func TestPaidButNotRecorded(t *testing.T) {
	for name, err := range map[string]error{"full": till.ErrFull, "other": errOdd, "named": errors.Join(till.ErrNotRecorded, till.ErrReadOnly)} {
		t.Run(name, func(t *testing.T) {
			runPay(t, options{}, func(p *program, f *fakePayments) {
				p.charge(f)
				tx := f.record(till.Pending, nil)
				p.begun(f, tx, nil)
				paid := tx // a change that fails leaves the revision as it was
				paid.State = till.Paid
				p.told(f, paid, func(u *till.Update) { u.Err = err })
				p.want("Paid at the provider, NOT recorded here. Write down Q26 1120 1502 43 K7M2 RX4T 9WZ1.")
				p.wantNot("✓", "next payment", "receipt")
				f.after = func(tx *till.Transaction) { tx.State, tx.Payment.EndedAt = till.Paid, p.clock.Now() }
				p.press("r")
				tx, _ = p.world.Get(p.t.Context(), tx.Reference)
				p.told(f, tx, nil)
				p.want("✓ PAID")
			})
		})
	}
}

// The same when the answer to the payment itself could not be recorded.
func TestSentButNotRecorded(t *testing.T) {
	for state, want := range map[till.State]string{
		till.Paid:    "Paid at the provider, NOT recorded here",
		till.Pending: "Not sure yet. Do NOT charge again.",
	} {
		runPay(t, options{}, func(p *program, f *fakePayments) {
			p.charge(f)
			f.progress(api.Attempt{Service: "60", Number: 1, At: p.clock.Now()})
			p.settle()
			kept := f.record(till.Sent, func(tx *till.Transaction) { tx.Revision = 2 }) // as the journal has it
			p.world.story(kept)
			f.outcome <- paymentSent{tx: f.record(state, func(tx *till.Transaction) { tx.Revision = 2 }), err: errors.Join(till.ErrNotRecorded, till.ErrFull)}
			p.settle()
			p.want(want, "Write down Q26 1120 1502 43 K7M2 RX4T 9WZ1", "the disk is full")
			p.wantNot("✓", "next payment", "try again", "Nothing was sent")
			p.pass(2 * time.Second)
			p.send(Changed{})
			p.want(want)
			kept.State, kept.Payment.EndedAt, kept.Revision = till.Paid, p.clock.Now(), 9
			p.told(f, kept, nil)
			p.want("✓ PAID")
		})
	}
}

func TestNothingSentIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no provider": {till.ErrNoProvider, "no provider of payments"},
		"used":        {till.ErrOtherRequest, "already belongs to another request"},
		"full":        {till.ErrFull, "the disk is full"},
		"field":       {&api.FieldError{Field: "title", Have: 300, Max: 256}, "title is empty or too long"},
	} {
		t.Run(name, func(t *testing.T) {
			runPay(t, options{}, func(p *program, f *fakePayments) {
				p.charge(f)
				f.outcome <- paymentSent{err: c.err}
				p.settle()
				p.want("✗ Nothing was sent.", c.want)
				p.press("enter")
				p.want("How much does the customer pay?")
			})
		})
	}
}

func TestCancelNotBeforeItsTime(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		tx := f.record(till.Unknown, nil)
		p.begun(f, tx, nil)
		p.press("x")
		p.want("not so soon after it was sent, in 1")
		p.pass(15 * time.Second)
		p.press("x")
		p.pass(500 * time.Millisecond)
		p.want("Cancel the payment of Rp12.500?", "success page")
		p.press("enter") // the safe choice
		if len(f.cancels) != 0 {
			p.t.Fatal("cancelled by the first choice")
		}
		f.after = func(tx *till.Transaction) { tx.State = till.Cancelling }
		p.press("x")
		p.answer("y")
		if len(f.cancels) != 1 {
			p.t.Fatalf("%d cancels", len(f.cancels))
		}
		p.want("Cancelling, making sure")
	})
}

func TestDeedsThatAreRefused(t *testing.T) {
	for err, want := range map[error]string{
		till.ErrTooEarly: "may not be cancelled so soon", till.ErrPaid: "It is paid.", till.ErrEnded: "It has ended already.",
		till.ErrNoCancels: "This provider cannot cancel", till.ErrMismatch: "belongs to something else", till.ErrAccepted: "is not cancelled any more",
		errNoWord: "Not sure yet whether it was done",
	} {
		runPay(t, options{}, func(p *program, f *fakePayments) {
			p.charge(f)
			p.begun(f, f.record(till.Unknown, nil), nil)
			p.pass(16 * time.Second)
			f.err = err
			p.press("x")
			p.answer("y")
			p.want(want)
		})
	}
}

func TestCheckNowAsks(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Unknown, nil), nil)
		f.answer = api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout}
		p.press("r")
		p.want("No answer came in time.")
		f.answer = api.Answer{Class: api.Done}
		p.press("r")
		p.want("Asked: not sure yet.")
		p.send(ui.Resumed{Gap: time.Minute}) // after a sleep the timers are stale
		if len(f.checks) != 3 {
			p.t.Errorf("%d checks, want 3", len(f.checks))
		}
	})
}

func TestSupervisorAcceptsOnProof(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Unknown, nil), nil)
		p.press("s", "enter", "enter")
		p.want("Who decides?", "A supervisor decides against the rule")
		p.write("Ibu Ratna")
		p.press("tab")
		p.write("success page")
		p.press("enter")
		p.pass(500 * time.Millisecond)
		p.want("Ibu Ratna: success page")
		if len(f.accepts) != 0 {
			p.t.Fatal("accepted before it was confirmed")
		}
		f.after = func(tx *till.Transaction) {
			tx.State = till.Parked
			tx.Payment.Proof = &till.Override{By: "Ibu Ratna", Reason: "success page", At: p.clock.Now()}
		}
		p.press("y")
		if len(f.accepts) != 1 || f.accepts[0].By != "Ibu Ratna" || f.accepts[0].Reason != "success page" {
			p.t.Fatalf("accepts %+v", f.accepts)
		}
		p.want("✗ Accepted on the customer's proof by Ibu Ratna", "The goods may be handed over")
		p.pass(20 * time.Second)
		p.press("x")
		p.want("is not cancelled any more")
		if len(f.cancels) != 0 {
			p.t.Fatal("cancelled after it was accepted")
		}
	})
}

func TestSupervisorOverridesARule(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		f.outcome <- paymentSent{err: &till.ErrNeedsSupervisor{Rule: till.RuleSimilarOpen, Other: "Q261120150112K7M2RX4T9WZB"}}
		p.settle()
		p.want("Not sent: a supervisor must allow", "Q26 1120 1501 12 K7M2 RX4T 9WZB")
		p.world.put(p.world.paymentOf("Q261120150112K7M2RX4T9WZB", till.Unknown, bca()))
		p.press("o")
		p.want("Transaction", "Q261120150112K7M2RX4T9WZB", "Not sure yet")
		p.press("esc")
		p.press("s", "esc") // looked and went back: nothing happens
		if len(f.orders) != 1 {
			p.t.Fatal("charged without a decision")
		}
		p.press("s")
		p.write("Ratna")
		p.press("tab")
		p.write("two guests")
		p.press("enter")
		p.answer("y")
		if len(f.orders) != 2 {
			p.t.Fatalf("%d orders", len(f.orders))
		}
		again := f.orders[1]
		if again.Override == nil || again.Override.By != "Ratna" || again.Override.Reason != "two guests" ||
			again.Reference != f.orders[0].Reference || again.Code.Reveal() != bcaCode {
			p.t.Errorf("second order %+v", again)
		}
		p.begun(f, f.record(till.Paid, func(tx *till.Transaction) { tx.Payment.Override = again.Override }), nil)
		p.want("✓ PAID", "✗ Allowed by Ratna against the rule")
	})
}

// A decline may be tried again as the same sale, with a fresh code.
func TestTryAgainIsTheSameSale(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Failed, nil), nil)
		p.want("✗ Declined: the balance is too low. The customer was not charged.")
		p.pass(time.Second)
		p.press("n")
		p.want("Rp12.500", "Scan the customer's code now.")
		p.scanCode(danaCode)
		p.press("enter")
		p.answer("y")
		if len(f.orders) != 2 || f.orders[1].Sale != f.orders[0].Reference || f.orders[1].Reference == f.orders[0].Reference {
			p.t.Fatalf("orders %+v", f.orders)
		}
	})
}

// The attempt's own message may come after the answer, or never: what was sent
// is never called unsent.
func TestAnErrorAfterAnAttemptIsNeverCalledUnsent(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		f.progress(api.Attempt{Service: "60", Number: 1, At: p.clock.Now()})
		f.outcome <- paymentSent{err: errOdd}
		p.settle()
		p.want("Not sure yet. Do NOT charge again.")
		p.wantNot("Nothing was sent", "next payment")
	})
}

// errNoWord is a window that has the journal and fell silent when it was asked.
var errNoWord = errors.Join(till.ErrNoWord, till.ErrBusy)

// Where nobody says what became of it, not even an attempt that was told of
// makes it unsent; once the journal has the record, that counts.
func TestNoWordIsNeverCalledUnsent(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		f.outcome <- paymentSent{err: errNoWord}
		p.settle()
		p.want("Not sure yet. Do NOT charge again.", "does not answer", "Write down Q26 1120 1502 43 K7M2 RX4T 9WZ1")
		p.wantNot("Nothing was sent", "next payment", "try again")
		p.world.story(f.record(till.Pending, func(tx *till.Transaction) { tx.Revision = 4 }))
		p.send(Changed{})
		p.want("Waiting for the customer", "of 1:00")
		p.told(f, f.record(till.Paid, func(tx *till.Transaction) { tx.Revision = 9 }), nil)
		p.want("✓ PAID")
	})
}

func TestLeavingTheProgramWithAnOpenPayment(t *testing.T) {
	runPay(t, options{}, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Unknown, nil), nil)
		p.press("ctrl+c")
		p.want("A payment is still open")
		if p.quit {
			p.t.Fatal("left at once")
		}
		p.press("ctrl+c")
		if !p.quit {
			p.t.Fatal("cannot be left")
		}
	})
}
