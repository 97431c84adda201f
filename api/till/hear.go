package till

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cashier/api"
)

// hearStatus applies what a query said. An answer without a status says
// nothing and leaves everything as it was. It reports whether the record
// changed.
func (t *Till) hearStatus(ctx context.Context, tx *Transaction, r *run, news api.PaymentNews, answer api.Answer, now time.Time) (bool, error) {
	status := news.Status
	if answer.Class != api.Done || status == api.NoStatus {
		return false, nil
	}
	p := tx.Payment
	before, stateBefore, referenceBefore, refunds := *p, tx.State, tx.ProviderReference, len(tx.Refunds)
	p.Status = status
	if status == api.StatusPaid && news.PaidTime != "" {
		p.PaidTime = news.PaidTime
	}
	if tx.ProviderReference == "" {
		tx.ProviderReference = news.ProviderReference
	}
	if status == api.StatusNotFound {
		if p.NotFounds == 0 {
			p.NotFoundSince = now
		}
		p.NotFounds = min(p.NotFounds+1, 3)
	} else {
		p.NotFounds, p.NotFoundSince = 0, time.Time{}
	}
	var err error
	switch {
	case p.Mismatch: // the status may be another sale's: nothing follows from it
	case tx.State.Open():
		err = t.hearOpen(ctx, tx, r, status, now)
	case tx.State.unpaid():
		err = t.hearEnded(ctx, tx, status, now)
	default:
		tx.hearPaid(status)
	}
	changed := before != *p || stateBefore != tx.State || referenceBefore != tx.ProviderReference || refunds != len(tx.Refunds) || tx.State == Refunded
	return changed && err == nil, err
}

func (t *Till) hearOpen(ctx context.Context, tx *Transaction, r *run, status api.PaymentStatus, now time.Time) error {
	p := tx.Payment
	switch status {
	case api.StatusPaid:
		if tx.State == Cancelling && !r.won {
			r.won = true // a cancel is under way: once more, to be sure
			return nil
		}
		return t.becomePaid(ctx, tx, now)
	case api.StatusPending:
		if tx.State == Sent || tx.State == Unknown {
			tx.State = Pending
		}
	case api.StatusRefunded:
		p.MoneyBack = true
		t.end(tx, Cancelled, now)
	case api.StatusCancelled:
		t.end(tx, Cancelled, now)
	case api.StatusFailed:
		if tx.State == Cancelling {
			t.end(tx, Cancelled, now)
		} else {
			t.end(tx, Failed, now)
		}
	case api.StatusNotFound:
		if t.rules.notFound(p, t.plan, now) {
			t.end(tx, NotFound, now)
		}
	}
	return nil
}

// hearEnded: an unpaid ending is asked about again; money that came after all
// is never silent. Who asks before the plan does takes none of its questions.
func (t *Till) hearEnded(ctx context.Context, tx *Transaction, status api.PaymentStatus, now time.Time) error {
	if status == api.StatusPaid {
		return t.becomePaid(ctx, tx, now)
	}
	if status == api.StatusRefunded {
		tx.Payment.MoneyBack = true
	}
	if !now.Before(tx.Payment.RecheckAt) {
		tx.Payment.Rechecks++
		tx.Payment.RecheckAt = t.recheckAt(tx.Payment)
	}
	return nil
}

// hearPaid: a paid payment never becomes unpaid by a status. Money that went
// back without us locks further refunds; a single refund of the whole that is
// under way is proven by it.
func (tx *Transaction) hearPaid(status api.PaymentStatus) {
	if status != api.StatusRefunded || tx.State == Refunded {
		return
	}
	if i := tx.openRefund(); i >= 0 && len(tx.Refunds) == 1 && tx.Refunds[i].Amount == tx.Amount {
		tx.Refunds[i].State = RefundDone
		tx.State = Refunded
		return
	}
	if sure, _ := tx.Returned(); sure != tx.Amount {
		tx.Payment.Locked = true
	}
}

// becomePaid is the one place where a payment becomes paid: late when it had
// ended, doubled when another transaction of its sale is paid too; then the
// refund is drafted for a supervisor.
func (t *Till) becomePaid(ctx context.Context, tx *Transaction, now time.Time) error {
	p := tx.Payment
	state := Paid
	if !tx.State.Open() {
		state = LatePaid
	}
	sales, ok := t.journal.(Sales)
	if !ok {
		return fmt.Errorf("this journal keeps no sales")
	}
	siblings, err := sales.Sale(ctx, tx.Sale)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(siblings, func(s Transaction) bool { return s.Reference != tx.Reference && s.State.paid() }) {
		state = Doubled
	}
	p.Won = state == Paid && !p.CancelAskedAt.IsZero()
	p.EndedAt, p.RecheckAt = now, time.Time{}
	tx.State = state
	if state != Paid && len(tx.Refunds) == 0 {
		tx.Refunds = append(tx.Refunds, Refund{
			Reference: api.NewReference(api.RefundReference, now), Amount: tx.Amount, State: RefundDraft, At: now,
			Reason: string(state),
		})
	}
	return nil
}

// end closes a payment without money. Cancelled and not-found endings are
// asked about again, none is final before the expiry that was sent.
func (t *Till) end(tx *Transaction, state State, now time.Time) {
	tx.State, tx.Payment.EndedAt, tx.Payment.Rechecks, tx.Payment.RecheckAt = state, now, 0, time.Time{}
	if state == Cancelled || state == NotFound {
		tx.Payment.RecheckAt = t.recheckAt(tx.Payment)
	}
}

func (t *Till) recheckAt(p *Payment) time.Time {
	due := make([]time.Time, 0, 8)
	if p.ExpiresAt.After(p.EndedAt) {
		due = append(due, p.ExpiresAt)
	}
	for _, d := range t.plan.Recheck {
		due = append(due, p.EndedAt.Add(d))
	}
	slices.SortFunc(due, time.Time.Compare)
	if p.Rechecks >= len(due) {
		return time.Time{}
	}
	return due[p.Rechecks]
}
