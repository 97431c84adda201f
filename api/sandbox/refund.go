package sandbox

import (
	"errors"
	"fmt"
	"time"

	"cashier/api"
)

// refund is money that goes back to a customer: one a partnerRefundNo, ever.
type refund struct {
	Reference string     `json:"partnerRefundNo"`
	Number    string     `json:"refundNo"`
	Payment   string     `json:"partnerReferenceNo"`
	Digest    string     `json:"digest"` // of the request's values: a repeat must be the same
	Amount    api.Amount `json:"amount"`
	CreatedAt time.Time  `json:"createdAt"`
	DoneAt    time.Time  `json:"doneAt"`
}

func (*refund) kind() string { return "refund" }

func (r *refund) check(st *state) error {
	p := st.payments.byReference[r.Payment]
	switch {
	case r.Reference == "" || r.Number == "":
		return errors.New("a refund lacks a reference")
	case st.payments.refundBy[r.Reference] != nil:
		return fmt.Errorf("the refund %s is there already", api.Clean(r.Reference, 64))
	case p == nil || p.Debits == 0:
		return fmt.Errorf("the refund %s is of nothing that was paid", api.Clean(r.Reference, 64))
	case r.Amount.Minor() <= 0 || r.Amount.Currency() != p.Amount.Currency() ||
		r.Amount.Minor() > p.Amount.Minor()-st.payments.claimed(p.Reference):
		return fmt.Errorf("the refund %s does not fit its payment", api.Clean(r.Reference, 64))
	}
	return nil
}

func (r *refund) applyTo(st *state) {
	st.payments.refunds = append(st.payments.refunds, r)
	st.payments.refundBy[r.Reference] = r
	st.payments.refundOf[r.Payment] = append(st.payments.refundOf[r.Payment], r)
}

// claimed is what all refunds of a payment come to, in hundredths, done or not.
func (p *payments) claimed(reference string) int64 {
	var sum int64
	for _, r := range p.refundOf[reference] {
		sum += r.Amount.Minor()
	}
	return sum
}

// refunded is what went back until now. The caller holds mu.
func (s *Sandbox) refunded(p *payment, now time.Time) api.Amount {
	var sum int64
	for _, r := range s.state.payments.refundOf[p.Reference] {
		if !now.Before(r.DoneAt) {
			sum += r.Amount.Minor()
		}
	}
	return likeAmount(p.Amount, sum)
}

// likeAmount is a part of an amount, or all of it, given in hundredths.
func likeAmount(whole api.Amount, minor int64) api.Amount {
	part := api.IDR(minor)
	if whole.Currency() == part.Currency() {
		return part
	}
	part, err := api.ParseAmount(part.Value(), whole.Currency())
	if err != nil {
		panic("sandbox: a part of an amount is no amount: " + err.Error()) // refund.check lets none pass
	}
	return part
}

// serveRefund gives money back. What was never paid is 404-00, what went back
// wholly 405-01, more than is left 404-13; the same refund again is 409-01 once
// it is done.
func (s *Sandbox) serveRefund(x *exchange) (answer, *refusal) {
	if wrong := s.merchant(x); wrong != nil {
		return answer{}, wrong
	}
	amount, wrong := amountOf(x.body, "refundAmount")
	if wrong != nil {
		return answer{}, wrong
	}
	digest, wrong := x.digest()
	if wrong != nil {
		return answer{}, wrong
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	p, wrong := s.find(x, now)
	if wrong != nil {
		return answer{}, wrong
	}
	if known := s.state.payments.refundBy[x.body.text("partnerRefundNo")]; known != nil {
		switch {
		case known.Digest != digest:
			return answer{}, &refusal{key: "404-18"}
		case now.Before(known.DoneAt):
			return x.refundAnswer("202-00", &p, known), nil
		}
		return answer{}, &refusal{key: "409-01"}
	}
	switch s.statusOf(&p, now) {
	case paymentPaid:
	case paymentRefunded:
		return answer{}, &refusal{key: "405-01"}
	default:
		return answer{}, &refusal{key: "404-00"}
	}
	left := p.Amount.Minor() - s.state.payments.claimed(p.Reference)
	if amount.Currency() == "" { // optional in the table: all that is left
		amount = likeAmount(p.Amount, left)
	}
	if amount.Currency() != p.Amount.Currency() || amount.Zero() || amount.Minor() > left {
		return answer{}, &refusal{key: "404-13"}
	}
	return s.refund(x, &p, amount, digest, now)
}

// refund makes one that is allowed, as the customer's play has it. The caller
// holds mu.
func (s *Sandbox) refund(x *exchange, p *payment, amount api.Amount, digest string, now time.Time) (answer, *refusal) {
	c := customers().byID[p.Customer]
	made := &refund{
		Reference: x.body.text("partnerRefundNo"), Payment: p.Reference,
		Digest: digest, Amount: amount, CreatedAt: now, DoneAt: now,
	}
	made.Number = "REF" + s.digits("refund " + made.Reference)[:20]
	key := "200-00"
	switch c.refund {
	case unsupported:
		return answer{}, &refusal{key: "405-00"}
	case refused:
		return answer{}, &refusal{key: "405-01"}
	case slow:
		key, made.DoneAt = "202-00", now.Add(s.scaled(slowTime))
	}
	if len(p.Plan) > 0 { // the money does not go back twice
		p.Plan = nil
		if err := s.record(p); err != nil {
			return answer{}, &refusal{key: "500-01"}
		}
	}
	if err := s.record(made); err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	s.follow(p.Reference)
	if c.refund == answerLost {
		return answer{kind: AnswerLost}, nil
	}
	return x.refundAnswer(key, p, made), nil
}

func (x *exchange) refundAnswer(key string, p *payment, r *refund) answer {
	a := x.operation.refuse(refusal{key: key})
	a.fields = append(x.originals(p),
		member{"refundNo", r.Number},
		member{"partnerRefundNo", r.Reference},
		member{"refundAmount", r.Amount},
		member{"refundTime", api.Timestamp(r.DoneAt)},
	)
	a.fields = append(a.fields, x.echo()...)
	return a
}
