package sandbox

import (
	"errors"
	"fmt"
	"time"

	"cashier/api"
)

// payment is one transaction of service 60: one a reference, ever. What a
// test customer does later is written down when the payment is made, so that a
// restart changes nothing of it.
type payment struct {
	Reference  string     `json:"partnerReferenceNo"`
	Provider   string     `json:"referenceNo"`
	ExternalID string     `json:"externalId"` // of the request that made it
	Merchant   string     `json:"merchantId"`
	Store      string     `json:"externalStoreId,omitempty"`
	Title      string     `json:"title,omitempty"`
	Digest     string     `json:"digest"` // of the request's values: a repeat must be the same
	Customer   string     `json:"customer"`
	Token      string     `json:"token,omitempty"` // of a code that is spent by this
	Amount     api.Amount `json:"amount"`
	Status     string     `json:"status"`
	Debits     int        `json:"debits"` // how often the customer's money moved
	CreatedAt  time.Time  `json:"createdAt"`
	HiddenTill time.Time  `json:"hiddenTill,omitzero"` // nobody finds it before
	PaidAt     time.Time  `json:"paidAt,omitzero"`
	CancelAt   time.Time  `json:"cancelAt,omitzero"` // when a cancel of the till was accepted
	Returned   bool       `json:"returned,omitempty"`
	Plan       []planned  `json:"plan,omitempty"` // in the order of time
}

// planned is what will happen to a payment by itself.
type planned struct {
	Event event     `json:"event"`
	At    time.Time `json:"at"`
}

func (*payment) kind() string { return "payment" }

func (p *payment) check(st *state) error {
	known, other := st.payments.byReference[p.Reference], st.payments.byProvider[p.Provider]
	switch {
	case p.Reference == "" || p.Provider == "":
		return errors.New("a payment lacks a reference")
	case statusWords[p.Status] == "":
		return fmt.Errorf("the payment %s has no status", api.Clean(p.Reference, 64))
	case p.Amount.Minor() <= 0:
		return fmt.Errorf("the payment %s has no amount", api.Clean(p.Reference, 64))
	case other != nil && other.Reference != p.Reference:
		return fmt.Errorf("the referenceNo of %s belongs to another payment already", api.Clean(p.Reference, 64))
	case customers().byID[p.Customer] == nil:
		return fmt.Errorf("the payment %s is of a customer that is not known", api.Clean(p.Reference, 64))
	case known != nil && (known.Provider != p.Provider || known.Digest != p.Digest || known.Amount != p.Amount):
		return fmt.Errorf("the reference %s has another payment already", api.Clean(p.Reference, 64))
	}
	return nil
}

func (p *payment) applyTo(st *state) {
	known := st.payments.byReference[p.Reference]
	if known == nil {
		known = &payment{}
		st.payments.list = append(st.payments.list, known)
		st.payments.byReference[p.Reference] = known
	}
	*known = *p
	st.payments.byProvider[p.Provider] = known
	st.payments.byExternal[p.ExternalID] = known
	if p.Token != "" {
		st.payments.spent[p.Token] = true
	}
}

// payments is the part of the state that the QR CPM operations have.
type payments struct {
	list        []*payment // in the order they were made
	byReference map[string]*payment
	byProvider  map[string]*payment // referenceNo
	byExternal  map[string]*payment // X-EXTERNAL-ID of its request
	spent       map[string]bool     // tokens of codes that were paid with

	codes     []*code
	codeByRef map[string]*code // partnerReferenceNo, where there is one
	codeBy    map[string]*code // token

	refunds  []*refund
	refundBy map[string]*refund   // partnerRefundNo
	refundOf map[string][]*refund // partnerReferenceNo of the payment
}

func newPayments() payments {
	return payments{
		byReference: map[string]*payment{}, byProvider: map[string]*payment{}, byExternal: map[string]*payment{},
		spent:     map[string]bool{},
		codeByRef: map[string]*code{}, codeBy: map[string]*code{},
		refundBy: map[string]*refund{}, refundOf: map[string][]*refund{},
	}
}

// happen lets an event happen to the payment.
func (p *payment) happen(e event, at time.Time) {
	switch e {
	case moneyMoves:
		p.Debits++
		p.Status, p.PaidAt = paymentPaid, at
	case fails:
		p.Status = paymentFailed
	case cancels:
		p.Status = paymentCancelled
	case goesBack:
		p.Status, p.Returned = paymentRefunded, true
	}
}

// at is the payment as it is at a time: with everything planned until then
// done. The receiver does not change.
func (p payment) at(now time.Time) payment {
	for len(p.Plan) > 0 && !now.Before(p.Plan[0].At) {
		next := p.Plan[0]
		p.Plan = p.Plan[1:]
		p.happen(next.Event, next.At)
	}
	return p
}

func (p *payment) open() bool {
	switch p.Status {
	case paymentInitiated, paymentPaying, paymentPending:
		return true
	}
	return false
}

func (p *payment) hidden(now time.Time) bool { return now.Before(p.HiddenTill) }

// plan writes down what the steps bring, counted from a time.
func (s *Sandbox) plan(steps []step, from time.Time) []planned {
	var all []planned
	for _, next := range steps {
		from = from.Add(s.scaled(next.after))
		all = append(all, planned{next.event, from})
	}
	return all
}

// settle writes down what happened to a payment by itself, before anybody is
// told of it. The caller holds mu.
func (s *Sandbox) settle(known *payment, now time.Time) (payment, *refusal) {
	p := known.at(now)
	if len(p.Plan) != len(known.Plan) {
		if err := s.record(&p); err != nil {
			return payment{}, &refusal{key: "500-01"}
		}
	}
	return p, nil
}

// statusOf is the payment's latestTransactionStatus: paid becomes refunded
// with the last rupiah. The caller holds mu.
func (s *Sandbox) statusOf(p *payment, now time.Time) string {
	if p.Status == paymentPaid && s.refunded(p, now).Minor() >= p.Amount.Minor() {
		return paymentRefunded
	}
	return p.Status
}

func (s *Sandbox) servePayment(x *exchange) (answer, *refusal) {
	if wrong := s.merchant(x); wrong != nil {
		return answer{}, wrong
	}
	amount, wrong := amountOf(x.body, "amount")
	switch {
	case wrong != nil:
		return answer{}, wrong
	case amount.Currency() == "":
		return answer{}, missing("amount") // optional in the table, yet what a code without an amount needs
	case amount.Zero():
		return answer{}, &refusal{key: "404-13"}
	}
	digest, wrong := x.digest()
	if wrong != nil {
		return answer{}, wrong
	}
	reference := x.body.text("partnerReferenceNo")

	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if known := s.state.payments.byReference[reference]; known != nil {
		return s.repeatPayment(x, known, digest, now)
	}
	if end, err := parseExpiry(x.expiry(), now); err != nil || !now.Before(end) {
		return answer{}, &refusal{key: "403-00"}
	}
	code, ours := recognise(x.body.text("qrContent"))
	if !ours {
		return answer{}, &refusal{"404-11", "this sandbox knows its own test customers alone"}
	}
	token, wrong := s.usable(code, now)
	if wrong != nil {
		return answer{}, wrong
	}
	c := code.customer
	if c.unkept {
		return x.replyTo(c, nil)
	}
	made := &payment{
		Reference: reference, Provider: s.providerReference(reference, now), ExternalID: x.externalID(),
		Merchant: x.body.text("merchantId"), Store: x.body.text("externalStoreId"), Title: x.body.text("title"),
		Digest: digest, Customer: c.id, Token: token, Amount: amount, Status: c.open(),
		CreatedAt: now, Plan: s.plan(c.plan, now),
	}
	if c.hidden > 0 {
		made.HiddenTill = now.Add(s.scaled(c.hidden))
	}
	*made = made.at(now)
	if err := s.record(made); err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	s.follow(reference)
	return x.replyTo(c, made)
}

// expiry is the text of expiryTime, which may be a number.
func (x *exchange) expiry() string { return fmt.Sprint(x.body.values["expiryTime"]) }

// usable tells whether a code may be paid with, and which token it spends.
// The caller holds mu.
func (s *Sandbox) usable(code shown, now time.Time) (string, *refusal) {
	if code.token == "" {
		return "", nil // a printed test customer
	}
	token := code.customer.id + " " + code.token
	made := s.state.payments.codeBy[code.token]
	switch {
	case s.state.payments.spent[token],
		made == nil && isCodeToken(code.token), // of another sandbox
		made != nil && (made.Customer != code.customer.id || !now.Before(made.ExpiresAt)):
		return "", &refusal{key: "404-01"}
	}
	return token, nil
}

// repeatPayment answers a reference that is known: its money never moves
// again. The caller holds mu.
func (s *Sandbox) repeatPayment(x *exchange, known *payment, digest string, now time.Time) (answer, *refusal) {
	p, wrong := s.settle(known, now)
	if wrong != nil {
		return answer{}, wrong
	}
	c := customers().byID[p.Customer]
	switch {
	case p.hidden(now):
		return answer{kind: AnswerLost}, nil
	case p.Digest != digest:
		return answer{}, &refusal{key: "404-18"}
	case p.open():
		return x.accepted("202-00", &p, c), nil
	case p.Status == paymentCancelled:
		return answer{}, &refusal{key: "404-04"}
	case p.Status != paymentFailed:
		return answer{}, &refusal{key: "409-01"}
	case c.reply60()[0] == '4':
		return answer{}, &refusal{key: c.reply} // declined as before
	}
	return answer{}, &refusal{key: "404-00"}
}

// replyTo is 60's first answer; p is nil where the provider keeps nothing.
func (x *exchange) replyTo(c *customer, p *payment) (answer, *refusal) {
	switch key := c.reply60(); {
	case c.silent:
		return answer{kind: AnswerLost}, nil
	case key[0] == '2':
		return x.accepted(key, p, c), nil
	default:
		return answer{}, &refusal{key: key}
	}
}

// accepted is an answer with the fields of 60's response table.
func (x *exchange) accepted(key string, p *payment, c *customer) answer {
	a := x.operation.refuse(refusal{key: key})
	if !c.noReference {
		a.fields = append(a.fields, member{"referenceNo", p.Provider})
	}
	a.fields = append(a.fields,
		member{"partnerReferenceNo", p.Reference},
		member{"transactionDate", api.Timestamp(p.CreatedAt)}, // as the sample has it; see 62
	)
	var told []member
	if c.tells != "" {
		told = []member{{"latestTransactionStatus", c.tells}}
	}
	a.fields = append(a.fields, x.echo(told...)...)
	return a
}

// providerReference is like the sample's: the day and a number, of the
// sandbox's salt and the reference alone. The caller holds mu.
func (s *Sandbox) providerReference(reference string, now time.Time) string {
	for try := 0; ; try++ {
		name := now.Format("20060102") + s.digits(fmt.Sprintf("payment %d %s", try, reference))[:14]
		if s.state.payments.byProvider[name] == nil {
			return name
		}
	}
}
