package till

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cashier/api"
)

// Payments is a provider of QRIS payments by the customer's code.
type Payments interface {
	Name() string
	Binding() string
	// PreparePayment builds the request's bytes, or names the field that is
	// wrong. The bytes hold the customer's code and are kept nowhere.
	PreparePayment(r api.PaymentRequest, now time.Time) ([]byte, error)
	Pay(ctx context.Context, reference api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.PaymentNews, api.Answer)
	QueryPayment(ctx context.Context, key api.PaymentKey) (api.PaymentNews, api.Answer)
	CancelPayment(ctx context.Context, key api.PaymentKey, amount api.Amount, reason string, log api.AttemptLog) (api.PaymentNews, api.Answer)
	// PrepareRefund builds bytes that are kept and, after an unknown, sent
	// again as they are.
	PrepareRefund(key api.PaymentKey, refund api.Reference, amount api.Amount, reason string) ([]byte, error)
	Refund(ctx context.Context, refund api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.RefundNews, api.Answer)
}

// Sales finds what was tried for one sale; a journal that keeps payments is
// one.
type Sales interface {
	// Sale returns the transactions of a sale, oldest first; none is no error.
	Sale(ctx context.Context, sale api.Reference) ([]Transaction, error)
}

// Order is what a cashier asks to be paid.
type Order struct {
	Reference api.Reference // empty: a new one
	Sale      api.Reference // empty: the reference
	Amount    api.Amount
	Fee       api.Amount
	Title     string
	Items     []api.PaymentItem
	Code      api.CustomerCode
	Card      Card
	// Override is a supervisor's word to start although a rule forbids it.
	Override *Override
	// Console names the process that asks where it is another one than the
	// till's, and may outlive it: see Attend.
	Console string
}

// ErrNeedsSupervisor says which rule stands against a payment; nothing was
// sent.
type ErrNeedsSupervisor struct {
	// Rule is "sale-open": an earlier payment of this sale is not proven
	// unpaid; or "similar-open": the same card was just asked for the same
	// amount and that payment is still open.
	Rule  string
	Other api.Reference
}

// Rules of ErrNeedsSupervisor.
const (
	RuleSaleOpen    = "sale-open"
	RuleSimilarOpen = "similar-open"
)

func (e *ErrNeedsSupervisor) Error() string {
	return fmt.Sprintf("payment %s is not settled (%s): a supervisor must allow another one", e.Other, e.Rule)
}

// Pay charges a customer's code once. The intent and the attempt are durable
// before the first byte leaves, and whatever the answer, the payment is never
// sent again. Pay returns after the first answer; Run, Settle and Step find
// out the rest. The same reference with the same code and amount is the same
// payment and is returned as it stands; with another it is ErrOtherRequest.
func (t *Till) Pay(ctx context.Context, o Order, progress func(api.Attempt)) (Transaction, error) {
	if t.payments == nil {
		return Transaction{}, ErrNoProvider
	}
	if err := t.awaitLoaded(ctx); err != nil {
		return Transaction{}, err
	}
	now := t.clock.Now()
	if o.Reference == "" {
		o.Reference = api.NewReference(api.PaymentReference, now)
	}
	if o.Sale == "" {
		o.Sale = o.Reference
	}
	releaseSale, err := t.saleLocks.acquire(ctx, o.Sale)
	if err != nil {
		return Transaction{}, err
	}
	defer releaseSale()
	release, err := t.locks.acquire(ctx, o.Reference)
	if err != nil {
		return Transaction{}, err
	}
	defer release()
	switch tx, err := t.journal.Get(ctx, o.Reference); {
	case err == nil && tx.Payment != nil && tx.Payment.Card.Mark == o.Card.Mark && tx.Amount == o.Amount:
		return tx, nil
	case err == nil:
		return tx, fmt.Errorf("%s: %w", o.Reference, ErrOtherRequest)
	case !errors.Is(err, ErrNotFound):
		return Transaction{}, err
	}
	if err := t.mayPay(ctx, o, now); err != nil {
		return Transaction{}, err
	}
	expires := now.Add(t.plan.Expiry)
	body, err := t.payments.PreparePayment(api.PaymentRequest{
		Reference: o.Reference, Code: o.Code, Amount: o.Amount, Fee: o.Fee, Title: o.Title, ExpiresAt: expires, Items: o.Items,
	}, now)
	if err != nil {
		return Transaction{}, err
	}
	if r, ok := t.journal.(interface{ Reserve() error }); ok {
		if err := r.Reserve(); err != nil {
			return Transaction{}, err
		}
	}
	tx := Transaction{
		Reference: o.Reference, Sale: o.Sale, Kind: CPM, State: Intent, Provider: t.payments.Name(), Service: "60",
		Binding: t.payments.Binding(), Operator: t.operator(), Amount: o.Amount, CreatedAt: now,
		Payment: &Payment{Card: o.Card, Title: o.Title, Fee: o.Fee, ExpiresAt: expires, Override: o.Override, Console: o.Console},
	}
	if t.rules.intentFirst {
		e := Event{Service: tx.Service, What: WhatIntent}
		if o.Override != nil {
			e.What, e.Note = WhatOverride, api.Clean(o.Override.By+": "+o.Override.Reason, 200)
		}
		if err := t.append(ctx, &tx, e); err != nil {
			return Transaction{}, err
		}
	}
	return t.pay(ctx, tx, body, progress)
}

// pay sends a journalled intent; the caller holds the locks.
func (t *Till) pay(ctx context.Context, tx Transaction, body []byte, progress func(api.Attempt)) (Transaction, error) {
	r := t.track(&tx, true)
	var news api.PaymentNews
	var answer api.Answer
	for {
		log := newPaymentLog(ctx, t, &tx, progress)
		news, answer = t.payments.Pay(ctx, tx.Reference, body, tx.unclear(), log)
		log.fill()
		if !t.rules.again(answer) {
			break
		}
	}
	now := t.clock.Now()
	p := tx.Payment
	tx.hear(answer)
	if tx.ProviderReference == "" {
		tx.ProviderReference = news.ProviderReference
	}
	tx.State = t.rules.sent(&tx, answer)
	p.SaidDone = answer.Class == api.Done
	switch {
	case answer.Class == api.Mismatch:
		p.Mismatch, p.ParkedAt = true, now
	case p.SaidDone && t.plan.PaidAtOnce:
		if err := t.becomePaid(ctx, &tx, now); err != nil {
			return tx, err
		}
	case !tx.State.Open():
		p.EndedAt = now
	}
	r.begin(now)
	err := t.append(ctx, &tx, answerEvent(answer))
	t.noted(&tx, r, answer, err)
	if err != nil && tx.State.paid() {
		err = fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return tx, err
}

// mayPay holds the rules that a supervisor may override.
func (t *Till) mayPay(ctx context.Context, o Order, now time.Time) error {
	sales, ok := t.journal.(Sales)
	if !ok {
		return errors.New("this journal keeps no sales")
	}
	earlier, err := sales.Sale(ctx, o.Sale)
	if err != nil {
		return err
	}
	if o.Override != nil {
		return nil
	}
	if !t.rules.mayStart(earlier) {
		for _, tx := range earlier {
			if !tx.State.unpaid() {
				return &ErrNeedsSupervisor{Rule: RuleSaleOpen, Other: tx.Reference}
			}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.runs {
		tx := &r.update.Transaction
		if tx.Payment != nil && tx.State.Open() && tx.Amount == o.Amount && tx.Reference != o.Reference &&
			sameCard(tx.Payment.Card, o.Card) && now.Sub(tx.CreatedAt) < t.plan.Similar {
			return &ErrNeedsSupervisor{Rule: RuleSimilarOpen, Other: tx.Reference}
		}
	}
	return nil
}

// sameCard errs on the side of asking: the same code, or the same issuer and
// last four digits.
func sameCard(a, b Card) bool {
	return a.Mark != "" && a.Mark == b.Mark || a.LastFour != "" && a.LastFour == b.LastFour && a.Issuer == b.Issuer
}

// newPaymentLog notes when the first attempt left: cancels and windows count
// from there.
func newPaymentLog(ctx context.Context, t *Till, tx *Transaction, progress func(api.Attempt)) *attemptLog {
	return &attemptLog{till: t, ctx: ctx, tx: tx, attempts: &tx.Attempts, service: "60", what: WhatAttempt, progress: progress, begin: func(a api.Attempt) {
		if tx.Payment.LeftAt.IsZero() {
			tx.Payment.LeftAt = a.At
		}
		if tx.State == Intent {
			tx.State = Sent
		}
	}}
}
