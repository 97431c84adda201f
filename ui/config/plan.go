package config

import (
	"encoding/json"
	"time"
)

// Poll is how often providers are asked.
type Poll struct {
	Deposits DepositPlan `json:"deposits"`
	Payments PaymentPlan `json:"payments"`
}

// DepositPlan is how often the deposits of a user id (91) are asked for. The
// gaps of First are used in turn and then Every, while the code is on the
// screen; Background otherwise; AfterDay once the code is a day old; from Cap
// on only when somebody asks.
type DepositPlan struct {
	First      []time.Duration `json:"first"`
	Every      time.Duration   `json:"every"`
	Background time.Duration   `json:"background"`
	AfterDay   time.Duration   `json:"afterDay"`
	Cap        time.Duration   `json:"cap"`
}

// DefaultPoll is the plan where a profile says nothing. Source: PROTOCOLS.md 3,
// "Query", which asks for a cap (DESIGN.md 2, rule 9) and gives none: three
// days is ours.
func DefaultPoll() Poll {
	return Poll{
		Deposits: DepositPlan{
			First:      []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second, 8 * time.Second, 12 * time.Second},
			Every:      15 * time.Second,
			Background: 60 * time.Second,
			AfterDay:   15 * time.Minute,
			Cap:        72 * time.Hour,
		},
		Payments: defaultPayments(),
	}
}

func (p *Profile) setDefaults() { p.Poll = DefaultPoll() }

// MarshalJSON writes the durations as the config file does.
func (p DepositPlan) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"first":      spelt(p.First),
		"every":      Duration(p.Every),
		"background": Duration(p.Background),
		"afterDay":   Duration(p.AfterDay),
		"cap":        Duration(p.Cap),
	})
}

// poll looks at the plans. The till takes an empty list for one that was not
// given.
func (d *decoder) poll(p Poll, path string) {
	for _, list := range []struct {
		name   string
		pauses []time.Duration
	}{
		{"deposits.first", p.Deposits.First}, {"payments.ask", p.Payments.Ask}, {"payments.cancelAgain", p.Payments.CancelAgain},
		{"payments.sweep", p.Payments.Sweep}, {"payments.recheck", p.Payments.Recheck},
	} {
		if at := path + "." + list.name; len(list.pauses) == 0 && !d.failed(at) {
			d.fail(at, `is empty; write at least one duration, such as ["5s"], or leave the field out`)
		}
	}
	d.paymentPlan(p.Payments, path+".payments")
}

func spelt(pauses []time.Duration) []Duration {
	all := make([]Duration, len(pauses))
	for i, pause := range pauses {
		all[i] = Duration(pause)
	}
	return all
}
