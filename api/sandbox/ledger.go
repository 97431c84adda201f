package sandbox

import "cashier/api"

// Ledger is what really happened at the provider: what tests compare a journal
// with. Its lists are in the order of their making and never null.
type Ledger struct {
	UserIDs  []LedgerUserID  `json:"userIds"`
	Deposits []Item          `json:"deposits"`
	Codes    []LedgerCode    `json:"codes"`
	Payments []LedgerPayment `json:"payments"`
	Refunds  []LedgerRefund  `json:"refunds"`
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

// LedgerCode is one generated customer code.
type LedgerCode struct {
	Reference string `json:"partnerReferenceNo"`
	CreatedAt string `json:"createdAt"`
}

// LedgerPayment is one payment; Debits counts how often the customer's money
// really moved.
type LedgerPayment struct {
	Reference         string     `json:"partnerReferenceNo"`
	ProviderReference string     `json:"referenceNo"`
	Amount            api.Amount `json:"amount"`
	Status            string     `json:"status"`
	Debits            int        `json:"debits"`
	Refunded          api.Amount `json:"refunded"`
}

// LedgerRefund is one refund.
type LedgerRefund struct {
	Reference string     `json:"partnerRefundNo"`
	Payment   string     `json:"partnerReferenceNo"`
	Amount    api.Amount `json:"amount"`
}

// Ledger is a copy of the present state.
func (s *Sandbox) Ledger() Ledger {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := Ledger{
		UserIDs:  make([]LedgerUserID, 0, len(s.state.users)),
		Deposits: make([]Item, 0, len(s.state.deposits)),
		Codes:    []LedgerCode{}, Payments: []LedgerPayment{}, Refunds: []LedgerRefund{},
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
	return l
}
