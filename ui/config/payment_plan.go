package config

import (
	"encoding/json"
	"time"
)

// PaymentPlan is when payments (60) are asked about (61) and cancelled (62) by
// themselves. The last pause of Ask and of Sweep repeats.
type PaymentPlan struct {
	// Ask are the pauses between the questions about an open payment, from its
	// answer on, until Window has passed since it left; then comes one more
	// question, and the cancel.
	Ask    []time.Duration `json:"ask"`
	Window time.Duration   `json:"window"`
	// Expiry is how long the code may be charged: the expiryTime that is sent.
	Expiry time.Duration `json:"expiry"`
	// NoCancelBefore is counted from when the payment left, for the operator too.
	NoCancelBefore time.Duration `json:"noCancelBefore"`
	// CancelAgain are the pauses before a cancel without a clear answer is
	// repeated, once each; Settle is how long an answered one is asked about.
	CancelAgain []time.Duration `json:"cancelAgain"`
	Settle      time.Duration   `json:"settle"`
	// Sweep are the pauses between the questions about a parked payment.
	Sweep []time.Duration `json:"sweep"`
	// Recheck is when an unpaid ending is asked about again, each counted from
	// that ending, once each.
	Recheck []time.Duration `json:"recheck"`
	// NotFoundOver is the least time between the first and the last of the
	// not-found answers that prove something.
	NotFoundOver time.Duration `json:"notFoundOver"`
	// Similar is for how long the same amount of the same card beside an open
	// payment asks a supervisor.
	Similar  time.Duration `json:"similar"`
	PaidWhen PaidWhen      `json:"paidWhen"`
}

// PaidWhen is what proves a payment.
type PaidWhen string

// What proves a payment. Source: PROTOCOLS.md 3, "Payment".
const (
	PaidByQuery PaidWhen = "query"   // a query that agrees with the answer
	PaidAtOnce  PaidWhen = "at-once" // the answer to the payment
)

// defaultPayments is the plan where a profile says nothing. Source:
// PROTOCOLS.md 5 and, for cancels and not-founds, 3. The times of expiry, of
// settling and of the next day's question are ours.
func defaultPayments() PaymentPlan {
	return PaymentPlan{
		Ask:            []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second, 5 * time.Second},
		Window:         60 * time.Second,
		Expiry:         90 * time.Second,
		NoCancelBefore: 15 * time.Second,
		CancelAgain:    []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second},
		Settle:         30 * time.Second,
		Sweep: []time.Duration{
			30 * time.Second, time.Minute, time.Minute, time.Minute, 5 * time.Minute, 5 * time.Minute, 15 * time.Minute,
		},
		Recheck:      []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour},
		NotFoundOver: 60 * time.Second,
		Similar:      10 * time.Minute,
		PaidWhen:     PaidByQuery,
	}
}

func (d *decoder) paymentPlan(p PaymentPlan, path string) {
	d.oneOf(path+".paidWhen", string(p.PaidWhen), string(PaidByQuery), string(PaidAtOnce))
	if d.failedWithin(path) {
		return
	}
	for i := 1; i < len(p.Recheck); i++ {
		if p.Recheck[i] <= p.Recheck[i-1] {
			d.fail(path+".recheck", "must rise, since each is counted from the payment's end; put them in order")
			break
		}
	}
	if p.NoCancelBefore > p.Window {
		const cure = "the cancel at the window's end would have to wait; make window longer or noCancelBefore shorter"
		if at := path + ".noCancelBefore"; d.has(at) {
			d.fail(at, "is longer than window: %s", cure)
		} else {
			d.fail(path+".window", "is shorter than noCancelBefore: %s", cure)
		}
	}
}

// MarshalJSON writes the durations as the config file does.
func (p PaymentPlan) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"ask":            spelt(p.Ask),
		"window":         Duration(p.Window),
		"expiry":         Duration(p.Expiry),
		"noCancelBefore": Duration(p.NoCancelBefore),
		"cancelAgain":    spelt(p.CancelAgain),
		"settle":         Duration(p.Settle),
		"sweep":          spelt(p.Sweep),
		"recheck":        spelt(p.Recheck),
		"notFoundOver":   Duration(p.NotFoundOver),
		"similar":        Duration(p.Similar),
		"paidWhen":       p.PaidWhen,
	})
}
