package sandbox

import (
	"time"

	"cashier/api"
)

// Ledger is what really happened at the provider: what tests compare a journal
// with. Its lists are in the order of their making and never null.
type Ledger struct {
	UserIDs  []LedgerUserID  `json:"userIds"`
	Deposits []Item          `json:"deposits"`
	Codes    []LedgerCode    `json:"codes"`
	Payments []LedgerPayment `json:"payments"`
	Refunds  []LedgerRefund  `json:"refunds"`
	MPM      []LedgerMPM     `json:"mpm"`
	// Requests counts what providers' operations were asked since the sandbox
	// was opened, spoilt ones included.
	Requests int64 `json:"requests"`
}

// LedgerUserID is one user id; Requests counts how often it was asked for.
type LedgerUserID struct {
	Reference    string `json:"partnerReferenceNo"`
	CDMReference string `json:"cdmReferenceId"`
	Code         string `json:"cdmQrcode"`
	Status       string `json:"status"`
	CourierNo    string `json:"courierNo"`
	CourierName  string `json:"courierName"`
	CreatedAt    string `json:"createdAt"`
	Requests     int    `json:"requests"`
}

// LedgerCode is one generated customer code; its content stands nowhere.
type LedgerCode struct {
	Reference         string `json:"partnerReferenceNo"` // may be empty: it is optional
	ProviderReference string `json:"referenceNo"`
	Customer          string `json:"customer"`
	Spent             bool   `json:"spent"`
	CreatedAt         string `json:"createdAt"`
	ExpiresAt         string `json:"expiresAt"`
}

// LedgerPayment is one payment as it is now, whether the till could know it or
// not. Debits counts how often the customer's money really moved; Refunded is
// what refunds gave back, Returned that somebody else gave all of it back.
type LedgerPayment struct {
	Reference         string     `json:"partnerReferenceNo"`
	ProviderReference string     `json:"referenceNo"`
	Amount            api.Amount `json:"amount"`
	Status            string     `json:"status"`
	Debits            int        `json:"debits"`
	Refunded          api.Amount `json:"refunded"`
	Returned          bool       `json:"returned"`
	Customer          string     `json:"customer"`
	Final             bool       `json:"final"` // nothing more happens by itself
	CreatedAt         string     `json:"createdAt"`
}

// LedgerRefund is one refund; Done is false while it is in progress.
type LedgerRefund struct {
	Reference string     `json:"partnerRefundNo"`
	Number    string     `json:"refundNo"`
	Payment   string     `json:"partnerReferenceNo"`
	Amount    api.Amount `json:"amount"`
	Done      bool       `json:"done"`
	CreatedAt string     `json:"createdAt"`
}

// Ledger is a copy of the present state.
func (s *Sandbox) Ledger() Ledger {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := Ledger{
		UserIDs:  make([]LedgerUserID, 0, len(s.state.users)),
		Deposits: make([]Item, 0, len(s.state.deposits)),
		Codes:    make([]LedgerCode, 0, len(s.state.payments.codes)),
		Payments: make([]LedgerPayment, 0, len(s.state.payments.list)),
		Refunds:  make([]LedgerRefund, 0, len(s.state.payments.refunds)),
		MPM:      make([]LedgerMPM, 0, len(s.state.mpm)),
		Requests: s.requests.Load(),
	}
	for _, u := range s.state.users {
		l.UserIDs = append(l.UserIDs, LedgerUserID{
			Reference: u.Reference, CDMReference: u.CDMReference, Code: u.Code, Status: u.Status,
			CourierNo: u.CourierNo, CourierName: u.CourierName,
			CreatedAt: api.Timestamp(u.CreatedAt), Requests: u.Requests,
		})
	}
	for _, d := range s.state.deposits {
		l.Deposits = append(l.Deposits, s.item(d))
	}
	now := s.now()
	for _, c := range s.state.payments.codes {
		l.Codes = append(l.Codes, LedgerCode{
			Reference: c.Reference, ProviderReference: c.Provider, Customer: c.Customer,
			Spent:     s.state.payments.spent[c.spends()],
			CreatedAt: api.Timestamp(c.CreatedAt), ExpiresAt: api.Timestamp(c.ExpiresAt),
		})
	}
	for _, p := range s.state.payments.list {
		l.Payments = append(l.Payments, s.ledgerPayment(p, now))
	}
	for _, r := range s.state.payments.refunds {
		l.Refunds = append(l.Refunds, LedgerRefund{
			Reference: r.Reference, Number: r.Number, Payment: r.Payment, Amount: r.Amount,
			Done: !now.Before(r.DoneAt), CreatedAt: api.Timestamp(r.CreatedAt),
		})
	}
	for _, m := range s.state.mpm {
		l.MPM = append(l.MPM, m.ledger())
	}
	return l
}

// Payment is the ledger's entry of one payment, by partnerReferenceNo.
func (s *Sandbox) Payment(reference string) (LedgerPayment, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.state.payments.byReference[reference]
	if known == nil {
		return LedgerPayment{}, false
	}
	return s.ledgerPayment(known, s.now()), true
}

// ledgerPayment is a payment as the ledger has it. The caller holds mu.
func (s *Sandbox) ledgerPayment(known *payment, now time.Time) LedgerPayment {
	p := known.at(now)
	return LedgerPayment{
		Reference: p.Reference, ProviderReference: p.Provider, Amount: p.Amount,
		Status: s.statusOf(&p, now), Debits: p.Debits,
		Refunded: s.refunded(&p, now), Returned: p.Returned,
		Customer: p.Customer, Final: !p.open() && len(p.Plan) == 0, CreatedAt: api.Timestamp(p.CreatedAt),
	}
}
