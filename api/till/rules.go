package till

import (
	"time"

	"cashier/api"
)

// rules are the money rules as functions, so that a test can break one and
// see that the simulation notices. The shipped till has no way to change them.
type rules struct {
	// again: may a payment be sent once more after this answer?
	again func(api.Answer) bool
	// mayStart: may another transaction of the sale start beside these?
	mayStart func(earlier []Transaction) bool
	// hint: the status that a notification alone gives a payment.
	hint func(told api.PaymentStatus) api.PaymentStatus
	// sent: the state after the provider's answer to the payment itself.
	sent func(tx *Transaction, answer api.Answer) State
	// intentFirst: is the intent durable before anything leaves?
	intentFirst bool
	// refundFits: may this much more go back?
	refundFits func(tx *Transaction, amount api.Amount) bool
	// refundAs: the reference under which an unknown refund is repeated.
	refundAs func(r Refund, now time.Time) api.Reference
	// cancelled: the state after the provider's answer to a cancel.
	cancelled func(answer api.Answer) State
	// notFound: do the answers so far prove that there is no payment?
	notFound func(p *Payment, plan Plan, now time.Time) bool
}

func soundRules() rules {
	return rules{
		again:       func(api.Answer) bool { return false },
		mayStart:    everyOneUnpaid,
		hint:        func(api.PaymentStatus) api.PaymentStatus { return api.NoStatus },
		sent:        stateAfterPayment,
		intentFirst: true,
		refundFits:  refundFits,
		refundAs:    func(r Refund, _ time.Time) api.Reference { return r.Reference },
		cancelled:   func(api.Answer) State { return Cancelling },
		notFound:    provenNotFound,
	}
}

func everyOneUnpaid(earlier []Transaction) bool {
	for _, tx := range earlier {
		if !tx.State.unpaid() {
			return false
		}
	}
	return true
}

// stateAfterPayment is PROTOCOLS.md 3, payment (60). Paid never comes of the
// answer itself here: the profile decides whether one query must agree.
func stateAfterPayment(tx *Transaction, answer api.Answer) State {
	switch answer.Class {
	case api.Done, api.Pending:
		return Pending
	case api.Failed:
		return Failed
	case api.NotSent:
		if !tx.arrived() {
			return Unsent
		}
	case api.Mismatch:
		return Parked
	}
	return Unknown
}

// refundFits holds the sum of all refunds, those that may have happened
// included, within the amount.
func refundFits(tx *Transaction, amount api.Amount) bool {
	_, atMost := tx.Returned()
	sum, err := atMost.Add(amount)
	return err == nil && amount.Minor() > 0 && sum.Currency() == tx.Amount.Currency() && sum.Minor() <= tx.Amount.Minor()
}

// provenNotFound is the not-found rule: three answers in a row over a minute,
// a cancel that was accepted or found nothing, and never before the payment's
// own expiry.
func provenNotFound(p *Payment, plan Plan, now time.Time) bool {
	return p.NotFounds >= 3 && now.Sub(p.NotFoundSince) >= plan.NotFoundOver &&
		(p.CancelAccepted || p.CancelVoid) && !now.Before(p.ExpiresAt)
}
