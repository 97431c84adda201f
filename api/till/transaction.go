package till

import (
	"encoding/json"
	"slices"
	"time"

	"cashier/api"
)

// Kind is what a transaction is about.
type Kind string

// Kinds of transactions.
const (
	CDM Kind = "cdm" // a CDM user id and the deposits made with it
	CPM Kind = "cpm" // a QRIS payment by the customer's code
	MPM Kind = "mpm" // a payment looked up by its reference
)

// Transaction is the record of one thing asked of a provider. A store keeps
// it whole; Events tell how it came here.
type Transaction struct {
	Reference api.Reference `json:"reference"`
	Sale      api.Reference `json:"sale,omitempty"` // what the customer owes; own transactions share it
	Kind      Kind          `json:"kind"`
	State     State         `json:"state"`
	Provider  string        `json:"provider"` // the profile's name for it
	Service   string        `json:"service"`  // the operation that made it: "90"
	Binding   string        `json:"binding"`  // api.Endpoint.Binding when it was made
	Operator  string        `json:"operator,omitempty"`
	Amount    api.Amount    `json:"amount,omitzero"`

	// Request is the body that was or will be sent, byte for byte: a repeat
	// sends these. A payment's is not kept: it holds the customer's code, and a
	// payment is never sent again.
	Request json.RawMessage `json:"request,omitempty"`

	Attempts   []Attempt `json:"attempts,omitempty"`
	ExternalID string    `json:"externalId,omitempty"` // the first attempt's

	// What the provider said last.
	ResponseCode      string   `json:"responseCode,omitempty"`
	ResponseMessage   api.Text `json:"responseMessage,omitempty"`
	Advice            string   `json:"advice,omitempty"` // advice key: api.Answer.Key
	ProviderReference api.Text `json:"providerReference,omitempty"`

	Courier  *api.Courier `json:"courier,omitempty"`
	QR       string       `json:"qr,omitempty"` // the code's text: cdmQrcode
	Deposits []Deposit    `json:"deposits,omitempty"`

	Payment *Payment `json:"payment,omitempty"`
	Lookup  *Lookup  `json:"lookup,omitempty"`
	Refunds []Refund `json:"refunds,omitempty"`

	// Checks counts the queries so far, CheckedAt is the last one's time.
	Checks    int       `json:"checks,omitempty"`
	CheckedAt time.Time `json:"checkedAt,omitzero"`

	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	// Revision counts the changes; a store refuses a change that does not
	// follow the one it holds. Hints counts those of them that were
	// notifications and changed nothing else.
	Revision int `json:"revision"`
	Hints    int `json:"hints,omitempty"`
}

// shown is a copy that shares nothing a later step writes in place: screens
// read it while the till goes on.
func (tx *Transaction) shown() Transaction {
	c := *tx
	c.Attempts = slices.Clone(tx.Attempts)
	if tx.Payment != nil {
		payment := *tx.Payment
		c.Payment = &payment
	}
	if tx.Lookup != nil {
		lookup := *tx.Lookup
		c.Lookup = &lookup
	}
	c.Refunds = slices.Clone(tx.Refunds)
	for i := range c.Refunds {
		c.Refunds[i].Attempts = slices.Clone(c.Refunds[i].Attempts)
	}
	return c
}

// Attempt is one HTTP request with what came of it. Class is empty while no
// answer has been journalled: such an attempt may have arrived.
type Attempt struct {
	api.Attempt
	Class        api.Class     `json:"class,omitempty"`
	HTTPStatus   int           `json:"httpStatus,omitempty"`
	ResponseCode string        `json:"responseCode,omitempty"`
	Latency      time.Duration `json:"latency,omitempty"`
}

// Deposit is a provider's item and when we first saw it in its state.
type Deposit struct {
	api.Deposit
	SeenAt time.Time `json:"seenAt"`
}

// Event is one line of a transaction's timeline. Events are append-only; the
// store numbers and chains them.
type Event struct {
	At           time.Time     `json:"at"`
	Reference    api.Reference `json:"reference"`
	Service      string        `json:"service,omitempty"`
	ExternalID   string        `json:"externalId,omitempty"`
	HTTPStatus   int           `json:"httpStatus,omitempty"`
	ResponseCode string        `json:"responseCode,omitempty"`
	State        State         `json:"state"` // after the event
	Latency      time.Duration `json:"latency,omitempty"`
	// What happened, one of the What constants; Note is free English detail.
	What string `json:"what"`
	Note string `json:"note,omitempty"`
	// Moved is what the event did to money; the journal writes it.
	Moved *Movement `json:"moved,omitempty"`
}

// What an event tells.
const (
	WhatIntent   = "intent"   // the record was made
	WhatAttempt  = "attempt"  // about to send
	WhatAnswer   = "answer"   // an answer, or the lack of one
	WhatDeposits = "deposits" // the list of deposits changed
	WhatChecked  = "checked"  // queries that changed nothing, counted
	WhatSettled  = "settled"  // found at a start, and ended
	WhatStatus   = "status"   // a query told something new of a payment
	WhatCancel   = "cancel"   // a cancel was asked for
	WhatParked   = "parked"   // still open; swept from now on
	WhatRefund   = "refund"   // a step of a refund; Note names it
	WhatOverride = "override" // a supervisor allowed what a rule forbids
	WhatProof    = "proof"    // a supervisor accepted the customer's proof
	WhatHint     = "hint"     // a notification came; it proves nothing
	WhatAlarm    = "alarm"    // news that contradicts what stands here
	WhatRestored = "restored" // a backup took the journal's place: this may have been sent since
)
