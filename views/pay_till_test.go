package views

import (
	"context"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// ledger is the world's journal as a till writes it.
type ledger struct{ *world }

func (l ledger) Append(_ context.Context, c till.Change) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.Transaction.Revision != l.records[c.Transaction.Reference].Revision+1 {
		return till.ErrStale
	}
	tx := c.Transaction
	tx.Attempts, tx.Refunds = slices.Clone(tx.Attempts), slices.Clone(tx.Refunds)
	if tx.Payment != nil {
		p := *tx.Payment
		tx.Payment = &p
	}
	l.records[tx.Reference] = tx
	l.events[tx.Reference] = append(l.events[tx.Reference], c.Event)
	return nil
}

func (l ledger) Open(context.Context) iter.Seq2[till.Transaction, error] {
	return func(func(till.Transaction, error) bool) {}
}

func (l ledger) Get(ctx context.Context, reference api.Reference) (till.Transaction, error) {
	tx, err := l.world.Get(ctx, reference)
	tx.Attempts, tx.Refunds = slices.Clone(tx.Attempts), slices.Clone(tx.Refunds)
	if tx.Payment != nil {
		p := *tx.Payment
		tx.Payment = &p
	}
	return tx, err
}

func (l ledger) Sale(_ context.Context, sale api.Reference) ([]till.Transaction, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []till.Transaction
	for _, tx := range l.records {
		if tx.Sale == sale {
			out = append(out, tx)
		}
	}
	return out, nil
}

// bank is a provider that the test moves.
type bank struct {
	clock bubbleClock

	mu       sync.Mutex
	answer   api.Answer // to a payment
	status   api.PaymentStatus
	payments int
	cancels  int
	refunds  []api.Amount
}

func (*bank) Name() string    { return "bank" }
func (*bank) Binding() string { return "https://bank.example" }

func (*bank) PreparePayment(r api.PaymentRequest, _ time.Time) ([]byte, error) {
	return []byte(r.Code.Reveal()), nil
}

// attempt makes one attempt durable, as a client does.
func (b *bank) attempt(service string, log api.AttemptLog, a api.Answer) api.Answer {
	try := api.Attempt{Service: service, Number: 1, ExternalID: "1", At: b.clock.Now()}
	if err := log.Before(try); err != nil {
		return api.Answer{Class: api.NotSent, Reason: api.ReasonJournal}
	}
	log.After(try, a)
	return a
}

func (b *bank) Pay(_ context.Context, _ api.Reference, _ []byte, _ bool, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.payments++
	return api.PaymentNews{ProviderReference: "BANK1"}, b.attempt("60", log, b.answer)
}

func (b *bank) QueryPayment(context.Context, api.PaymentKey) (api.PaymentNews, api.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return api.PaymentNews{Status: b.status}, api.Answer{Class: api.Done, HTTPStatus: 200}
}

func (b *bank) CancelPayment(_ context.Context, _ api.PaymentKey, _ api.Amount, _ string, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cancels++
	b.status = api.StatusCancelled
	return api.PaymentNews{CancelTime: "t"}, b.attempt("62", log, api.Answer{Class: api.Done, HTTPStatus: 200})
}

func (*bank) PrepareRefund(_ api.PaymentKey, _ api.Reference, amount api.Amount, _ string) ([]byte, error) {
	return []byte(amount.Value()), nil
}

func (b *bank) Refund(_ context.Context, _ api.Reference, body []byte, _ bool, log api.AttemptLog) (api.RefundNews, api.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	amount, _ := api.ParseAmount(string(body), "IDR")
	b.refunds = append(b.refunds, amount)
	return api.RefundNews{RefundNo: "RF1"}, b.attempt("80", log, api.Answer{Class: api.Done, HTTPStatus: 200})
}

func (b *bank) set(status api.PaymentStatus) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// runTill plays a test with the real till between the screens and a bank.
func runTill(t *testing.T, answer api.Answer, play func(*program, *bank)) {
	t.Helper()
	b := &bank{answer: answer, status: api.StatusPending}
	runPay(t, options{deps: func(d *Deps) {
		w := d.Journal.(*world)
		b.clock = w.clock
		real := till.New(till.Options{Journal: ledger{w}, Payments: b, Clock: w.clock})
		d.Checkout.Payments = real
		go real.Run(w.life)
	}}, func(p *program, _ *fakePayments) {
		p.toReview(bcaCode)
		p.press("enter")
		p.answer("y")
		p.settle()
		defer p.press("ctrl+c", "ctrl+c") // the screens let the till go
		defer p.press("esc", "esc", "esc")
		play(p, b)
	})
}

var (
	inProgress = api.Answer{Class: api.Pending, HTTPStatus: 200}
	noAnswer   = api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout}
)

func TestTillPaysAndRefunds(t *testing.T) {
	runTill(t, inProgress, func(p *program, b *bank) {
		p.want("Waiting for the customer")
		b.set(api.StatusPaid)
		p.pass(4 * time.Second)
		p.want("✓ PAID", "Reference for the bank: BANK1")
		p.press("b", "ctrl+u")
		p.write("5000")
		p.press("enter")
		p.write("cup")
		p.press("enter")
		p.answer("y")
		p.want("✓ Refunded Rp5.000", "Left Rp7.500")
		if b.payments != 1 || len(b.refunds) != 1 || b.refunds[0] != api.IDR(5_000_00) {
			p.t.Errorf("%d payments, refunds %v", b.payments, b.refunds)
		}
	})
}

// While the cashier stands there, the window's end cancels and makes sure.
func TestTillCancelsAtTheEndOfTheWindow(t *testing.T) {
	runTill(t, noAnswer, func(p *program, b *bank) {
		p.want("Not sure yet. Do NOT charge again.", "at 1:00 we cancel and make sure")
		p.pass(58 * time.Second)
		if b.cancels != 0 {
			p.t.Fatal("cancelled too early")
		}
		p.pass(10 * time.Second)
		p.want("✗ Cancelled. The customer was not charged.")
		if b.payments != 1 || b.cancels != 1 {
			p.t.Errorf("%d payments, %d cancels", b.payments, b.cancels)
		}
	})
}

// Once the screen is left nothing is cancelled by itself; the asking goes on.
func TestTillCancelsNothingOnceLeft(t *testing.T) {
	runTill(t, noAnswer, func(p *program, b *bank) {
		p.pass(5 * time.Second)
		p.press("esc")
		p.pass(3 * time.Minute)
		p.send(Changed{})
		p.want("! still open", "··8231")
		if b.cancels != 0 {
			p.t.Fatal("cancelled although nobody stands there")
		}
		b.set(api.StatusPaid)
		p.pass(2 * time.Minute)
		p.send(Changed{})
		p.want("✓ paid")
	})
}

func TestTillCancelsForThePerson(t *testing.T) {
	runTill(t, inProgress, func(p *program, b *bank) {
		p.press("x")
		p.want("not so soon after it was sent")
		p.pass(16 * time.Second)
		p.press("x")
		p.answer("y")
		p.want("✗ Cancelled. The customer was not charged.")
		if b.cancels != 1 {
			p.t.Errorf("%d cancels", b.cancels)
		}
	})
}

func TestTillAcceptsOnProof(t *testing.T) {
	runTill(t, noAnswer, func(p *program, b *bank) {
		p.press("s")
		p.write("Ratna")
		p.press("tab")
		p.write("success page")
		p.press("enter")
		p.answer("y")
		p.want("Accepted on the customer's proof by Ratna")
		p.pass(3 * time.Minute)
		if b.cancels != 0 {
			p.t.Fatal("cancelled what was accepted")
		}
		b.set(api.StatusPaid)
		p.press("r")
		p.want("✓ PAID", "Accepted on the customer's proof by Ratna")
	})
}
