package till

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"cashier/api"
)

// stub is a provider in a few lines: fast, and hostile.
type stub struct {
	random  *rand.Rand
	clock   *stillClock
	cut     *cutter
	calm    bool
	outcome int
	made    map[api.Reference]*stubPayment
	refunds map[api.Reference]api.Amount // partnerRefundNo -> amount
	booked  map[api.Reference]account
	// late holds requests that the network delivers after the client gave up.
	late   func()
	lateAt time.Time
}

type stubPayment struct {
	amount    int64
	at        time.Time
	debited   bool
	cancelled bool
	declined  bool
}

// What the stub's customers do.
const (
	approves = iota
	approvesLater
	declines
	neverAnswers
	paysWhileCancelled
	outcomes
)

func newStub(random *rand.Rand, clock *stillClock, cut *cutter) side {
	return &stub{
		random: random, clock: clock, cut: cut, outcome: random.IntN(outcomes), made: map[api.Reference]*stubPayment{},
		refunds: map[api.Reference]api.Amount{}, booked: map[api.Reference]account{},
	}
}

func (s *stub) payments() Payments { return s }
func (s *stub) code() string       { return "hQVDUFYwMW" }
func (s *stub) quiet()             { s.calm = true }

func (s *stub) accounts() map[api.Reference]account {
	s.deliver()
	for _, p := range s.made {
		s.advance(p)
	}
	for r, p := range s.made {
		a := s.booked[r]
		a.amount = p.amount
		if a.debits = 0; p.debited {
			a.debits = 1
		}
		s.booked[r] = a
	}
	return s.booked
}

func (s *stub) advance(p *stubPayment) {
	if p.debited || p.cancelled || p.declined {
		return
	}
	age := s.clock.Now().Sub(p.at)
	switch s.outcome {
	case approves:
		p.debited = true
	case approvesLater:
		p.debited = age >= 8*time.Second
	case declines:
		p.declined = true
	}
}

// fault says what the network does to an exchange.
func (s *stub) fault() (lostRequest, lostAnswer, late bool) {
	if s.calm {
		return false, false, false
	}
	switch s.random.IntN(9) {
	case 0:
		return true, false, false
	case 1:
		return false, true, false
	case 2:
		return false, false, s.late == nil
	}
	return false, false, false
}

func (s *stub) deliver() {
	if s.late != nil && !s.clock.Now().Before(s.lateAt) {
		serve := s.late
		s.late = nil
		serve()
	}
}

// exchange runs one request: durable first, then the network, then serve.
func (s *stub) exchange(service string, log api.AttemptLog, serve func() api.Answer) api.Answer {
	a := api.Attempt{Service: service, At: s.clock.Now(), ExternalID: "1"}
	if log != nil {
		if err := log.Before(a); err != nil {
			return api.Answer{Class: api.NotSent, Reason: api.ReasonJournal, Err: err}
		}
	}
	s.cut.point("before the bytes of", service)
	s.deliver()
	lostRequest, lostAnswer, late := s.fault()
	answer := api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout}
	switch {
	case late:
		s.late, s.lateAt = func() { serve() }, s.clock.Now().Add(time.Duration(s.random.IntN(60))*time.Second)
	case !lostRequest:
		if served := serve(); !lostAnswer {
			answer = served
		}
		s.cut.point("between debit and answer of", service)
	}
	answer.Attempt = a
	s.cut.point("after the answer of", service)
	if log != nil {
		log.After(a, answer)
	}
	return answer
}

func (s *stub) Name() string    { return "stub" }
func (s *stub) Binding() string { return "stub M1" }

func (s *stub) PreparePayment(r api.PaymentRequest, _ time.Time) ([]byte, error) {
	return []byte(r.Amount.Value()), nil
}

func (s *stub) Pay(_ context.Context, reference api.Reference, body []byte, _ bool, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	var status api.PaymentStatus
	answer := s.exchange("60", log, func() api.Answer {
		if s.made[reference] != nil {
			return mismatch60
		}
		amount, err := api.ParseAmount(string(body), "IDR")
		if err != nil {
			panic(err)
		}
		p := &stubPayment{amount: amount.Minor(), at: s.clock.Now()}
		s.made[reference] = p
		s.advance(p)
		switch {
		case p.debited:
			return done60
		case p.declined:
			return failed60
		}
		return pending60
	})
	return api.PaymentNews{Status: status}, answer
}

func (s *stub) QueryPayment(_ context.Context, key api.PaymentKey) (api.PaymentNews, api.Answer) {
	status := api.NoStatus
	answer := s.exchange("61", nil, func() api.Answer {
		p := s.made[key.Reference]
		if p == nil {
			status = api.StatusNotFound
			return done61
		}
		s.advance(p)
		switch {
		case p.debited && s.booked[key.Reference].refunded == p.amount:
			status = api.StatusRefunded
		case p.debited:
			status = api.StatusPaid
		case p.cancelled:
			status = api.StatusCancelled
		case p.declined:
			status = api.StatusFailed
		default:
			status = api.StatusPending
		}
		return done61
	})
	if answer.Class != api.Done {
		status = api.NoStatus
	}
	return api.PaymentNews{Status: status}, answer
}

func (s *stub) CancelPayment(_ context.Context, key api.PaymentKey, _ api.Amount, _ string, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	return api.PaymentNews{CancelTime: "raw"}, s.exchange("62", log, func() api.Answer {
		p := s.made[key.Reference]
		if p == nil {
			return void62
		}
		s.advance(p)
		switch {
		case p.debited, p.declined, p.cancelled:
			return settled62
		case s.outcome == paysWhileCancelled:
			p.debited = true // accepted, and the payment won
		default:
			p.cancelled = true
		}
		return done62
	})
}

func (s *stub) PrepareRefund(key api.PaymentKey, refund api.Reference, amount api.Amount, _ string) ([]byte, error) {
	return []byte(string(key.Reference) + " " + string(refund) + " " + amount.Value()), nil
}

func (s *stub) Refund(_ context.Context, _ api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.RefundNews, api.Answer) {
	return api.RefundNews{RefundNo: "1"}, s.exchange("80", log, func() api.Answer {
		f := strings.Fields(string(body))
		reference, refund := api.Reference(f[0]), api.Reference(f[1])
		amount, err := api.ParseAmount(f[2], "IDR")
		if err != nil {
			panic(err)
		}
		if known, again := s.refunds[refund]; again {
			if known == amount && tainted {
				return done80 // 409-01 on an identical repeat
			}
			return api.Answer{Class: api.Mismatch, HTTPStatus: 409, Code: code("4098001")}
		}
		p := s.made[reference]
		if p == nil || !p.debited {
			return refused80
		}
		// A provider that does not check the sum: the till must.
		s.refunds[refund] = amount
		a := s.booked[reference]
		a.refunded += amount.Minor()
		s.booked[reference] = a
		return done80
	})
}
