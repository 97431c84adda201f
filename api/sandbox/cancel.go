package sandbox

import (
	"time"

	"cashier/api"
)

// find is the payment that 61, 62 or 80 asks for, by every name that the
// request gives it; a name that is another payment's finds none. The first
// attempt's external id need not be the one that arrived, so it counts only
// where it is alone. The caller holds mu.
func (s *Sandbox) find(x *exchange, now time.Time) (payment, *refusal) {
	reference, provider, external := x.body.text("originalPartnerReferenceNo"), x.body.text("originalReferenceNo"), x.originalExternalID()
	all, notFound := &s.state.payments, &refusal{key: "404-01"}
	var known *payment
	switch {
	case reference != "":
		known = all.byReference[reference]
	case provider != "":
		known = all.byProvider[provider]
	case external != "":
		known = all.byExternal[external]
	default:
		return payment{}, missing("originalPartnerReferenceNo")
	}
	if known == nil || provider != "" && known.Provider != provider {
		return payment{}, notFound
	}
	p, wrong := s.settle(known, now)
	if wrong == nil && p.hidden(now) {
		wrong = notFound
	}
	return p, wrong
}

// originalExternalID is in 61's sample under a name that begins with a space.
func (x *exchange) originalExternalID() string {
	text, _ := field{name: "originalExternalId", also: " originalExternalId"}.of(x.body).(string)
	return text
}

// originals are the names that 61, 62 and 80 answer: the external id as it was
// asked for, else the payment's.
func (x *exchange) originals(p *payment) []member {
	external := x.originalExternalID()
	if external == "" && len(p.ExternalID) <= 32 { // the header may have 36, the field 32
		external = p.ExternalID
	}
	members := []member{{"originalReferenceNo", p.Provider}, {"originalPartnerReferenceNo", p.Reference}}
	if external != "" {
		members = append(members, member{"originalExternalId", external})
	}
	return members
}

func (s *Sandbox) serveStatus(x *exchange) (answer, *refusal) {
	if wrong := s.merchant(x); wrong != nil {
		return answer{}, wrong
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	p, wrong := s.find(x, now)
	if wrong != nil && wrong.key == "404-01" && s.options.StatusNotFound {
		return x.statusNotFound(now), nil
	}
	if wrong != nil {
		return answer{}, wrong
	}
	status, paid := s.statusOf(&p, now), p.PaidAt
	if paid.IsZero() {
		paid = p.CreatedAt // mandatory in the table, paid or not
	}
	fields := x.originals(&p)
	if p.Title != "" {
		fields = append(fields, member{"title", p.Title})
	}
	fields = append(fields,
		member{"latestTransactionStatus", status},
		member{"transactionStatusDesc", statusWords[status]},
		member{"paidTime", api.Timestamp(paid)},
	)
	return x.operation.success(append(fields, x.echo()...)...), nil
}

// statusNotFound is a provider that says so with a status, not with a code.
func (x *exchange) statusNotFound(now time.Time) answer {
	var fields []member
	for _, name := range []string{"originalReferenceNo", "originalPartnerReferenceNo"} {
		if text := x.body.text(name); text != "" {
			fields = append(fields, member{name, text})
		}
	}
	return x.operation.success(append(fields,
		member{"latestTransactionStatus", paymentNotFound},
		member{"transactionStatusDesc", statusWords[paymentNotFound]},
		member{"paidTime", api.Timestamp(now)},
	)...)
}

// serveCancel ends an open payment. One that ended otherwise is 404-00, or
// 404-04 where the customer cancelled; one that the till cancelled is 2006200
// again.
func (s *Sandbox) serveCancel(x *exchange) (answer, *refusal) {
	if wrong := s.merchant(x); wrong != nil {
		return answer{}, wrong
	}
	amount, wrong := amountOf(x.body, "amount")
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
	ours := !p.CancelAt.IsZero()
	switch {
	case amount.Currency() != "" && amount != p.Amount:
		return answer{}, &refusal{key: "404-13"}
	case ours && (p.open() || p.Status == paymentCancelled):
		return x.cancelled(&p), nil
	case p.Status == paymentCancelled:
		return answer{}, &refusal{key: "404-04"}
	case !p.open():
		return answer{}, &refusal{key: "404-00"}
	}
	c := customers().byID[p.Customer]
	if wrong := s.cancel(&p, c.cancel, now); wrong != nil {
		return answer{}, wrong
	}
	if err := s.record(&p); err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	s.follow(p.Reference)
	switch c.cancel {
	case tooLate:
		return answer{}, &refusal{key: "404-00"}
	case answerLost:
		return answer{kind: AnswerLost}, nil
	}
	return x.cancelled(&p), nil
}

// cancel changes an open payment as the customer's play has it.
func (s *Sandbox) cancel(p *payment, how way, now time.Time) *refusal {
	switch how {
	case unsupported:
		return &refusal{key: "405-00"}
	case refused:
		return &refusal{key: "405-01"}
	}
	p.Plan = nil
	if how == tooLate {
		p.happen(moneyMoves, now)
		return nil
	}
	p.CancelAt = now
	switch how {
	case loses:
		p.happen(moneyMoves, now)
	case slow:
		p.Plan = s.plan([]step{{cancels, slowTime}}, now)
	case undone:
		p.happen(cancels, now)
		p.Plan = s.plan([]step{{moneyMoves, lateTime}}, now)
	default:
		p.happen(cancels, now)
	}
	return nil
}

// cancelled is 62's answer. Its transactionDate is as the table has it, that of
// 60 as the samples do.
func (x *exchange) cancelled(p *payment) answer {
	fields := append(x.originals(p),
		member{"cancelTime", api.Timestamp(p.CancelAt)},
		member{"transactionDate", p.CreatedAt.In(api.Jakarta).Format(bareLayout)},
	)
	return x.operation.success(append(fields, x.echo()...)...)
}
