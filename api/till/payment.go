package till

import (
	"strings"
	"time"

	"cashier/api"
)

// Card is what may be kept and shown of the customer's card.
type Card struct {
	Issuer   string `json:"issuer,omitempty"` // the first digits: who issued it
	Label    string `json:"label,omitempty"`
	LastFour string `json:"lastFour,omitempty"`
	// Mark is a keyed hash of the customer's code, hex: it tells the same code
	// from another and nothing else.
	Mark string `json:"mark,omitempty"`
}

// String is what tells one card from the next: the issuer's digits, or what the
// code says where it names none, and the last four (93600014 ··8231). Screens
// know many issuers by name.
func (c Card) String() string {
	name := c.Issuer
	if name == "" {
		name = c.Label
	}
	if c.LastFour == "" {
		return name
	}
	return strings.TrimSpace(name + " ··" + c.LastFour)
}

// Payment is the part of a transaction that is a QRIS payment.
type Payment struct {
	Card      Card       `json:"card"`
	Title     string     `json:"title,omitempty"`
	Fee       api.Amount `json:"fee,omitzero"`
	ExpiresAt time.Time  `json:"expiresAt"`         // the expiryTime that was sent
	LeftAt    time.Time  `json:"leftAt,omitzero"`   // when the first attempt left
	Console   string     `json:"console,omitempty"` // the process that asked, where it was not the journal's owner

	// SaidDone: the provider's answer to the payment itself said success, and
	// no query has confirmed it yet.
	SaidDone bool              `json:"saidDone,omitempty"`
	Status   api.PaymentStatus `json:"status,omitempty"` // what a query said last
	PaidTime api.Text          `json:"paidTime,omitempty"`

	CancelAskedAt  time.Time `json:"cancelAskedAt,omitzero"`
	CancelReason   string    `json:"cancelReason,omitempty"`
	CancelAccepted bool      `json:"cancelAccepted,omitempty"` // 2006200 with a cancelTime
	CancelVoid     bool      `json:"cancelVoid,omitempty"`     // the provider found nothing to cancel
	CancelTime     api.Text  `json:"cancelTime,omitempty"`
	NoCancel       bool      `json:"noCancel,omitempty"` // this provider cannot cancel

	NotFounds     int       `json:"notFounds,omitempty"` // answers "not found" in a row
	NotFoundSince time.Time `json:"notFoundSince,omitzero"`

	ParkedAt time.Time `json:"parkedAt,omitzero"`
	EndedAt  time.Time `json:"endedAt,omitzero"`
	// Rechecks counts the later questions about an unpaid ending; RecheckAt is
	// when the next one is due, zero when none is.
	Rechecks  int       `json:"rechecks,omitempty"`
	RecheckAt time.Time `json:"recheckAt,omitzero"`

	Won       bool `json:"won,omitempty"`       // paid although a cancel was asked for
	MoneyBack bool `json:"moneyBack,omitempty"` // ended unpaid because the money went back (04)
	Mismatch  bool `json:"mismatch,omitempty"`  // our reference belongs to something else: a person decides
	Locked    bool `json:"locked,omitempty"`    // money went back without us: no refund from here

	Override *Override `json:"override,omitempty"` // why this transaction was allowed to start
	Proof    *Override `json:"proof,omitempty"`    // accepted on the customer's proof; no cancel any more
}

// Override is a supervisor's decision against a rule.
type Override struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// RefundState is where a refund stands; the payment itself stays paid until
// the whole amount is back.
type RefundState string

// States of a refund.
const (
	RefundDraft   RefundState = "draft"  // proposed; a supervisor confirms it
	RefundIntent  RefundState = "intent" // journalled, nothing sent yet
	RefundSent    RefundState = "sent"   // an attempt is durable, or the provider works on it
	RefundDone    RefundState = "refunded"
	RefundRefused RefundState = "refused"
	RefundUnknown RefundState = "unknown" // may or may not have happened
	RefundUnsent  RefundState = "unsent"  // ended; provably nothing left
)

// open reports whether the refund still asks for work.
func (s RefundState) open() bool {
	return s == RefundIntent || s == RefundSent || s == RefundUnknown
}

// Refund is money on its way back. Request is sent again byte for byte after
// an unknown, under the same Reference (partnerRefundNo).
type Refund struct {
	Reference    api.Reference `json:"reference"`
	Amount       api.Amount    `json:"amount"`
	Reason       string        `json:"reason,omitempty"`
	State        RefundState   `json:"state"`
	Request      []byte        `json:"request,omitempty"`
	Attempts     []Attempt     `json:"attempts,omitempty"`
	RefundNo     api.Text      `json:"refundNo,omitempty"`
	RefundTime   api.Text      `json:"refundTime,omitempty"`
	ResponseCode string        `json:"responseCode,omitempty"`
	Message      api.Text      `json:"message,omitempty"`
	At           time.Time     `json:"at"`
}

// openRefund is the index of the refund that is under way, or -1.
func (tx *Transaction) openRefund() int {
	for i, r := range tx.Refunds {
		if r.State.open() {
			return i
		}
	}
	return -1
}

// Returned is the sum that went back, and the sum that went back or may have.
func (tx *Transaction) Returned() (sure, atMost api.Amount) {
	for _, r := range tx.Refunds {
		switch {
		case r.State == RefundDone:
			sure, _ = sure.Add(r.Amount)
			atMost, _ = atMost.Add(r.Amount)
		case r.State.open():
			atMost, _ = atMost.Add(r.Amount)
		}
	}
	return sure, atMost
}

// Unsettled reports whether the till still has something to find out: the
// state is open, a refund is under way, or an unpaid ending is to be asked
// about again.
func (tx *Transaction) Unsettled() bool {
	return tx.State.Open() || tx.openRefund() >= 0 || tx.Payment != nil && !tx.Payment.RecheckAt.IsZero()
}
