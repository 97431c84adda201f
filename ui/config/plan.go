package config

import (
	"encoding/json"
	"time"
)

// Poll is how often providers are asked.
type Poll struct {
	Deposits DepositPlan `json:"deposits"`
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
	return Poll{Deposits: DepositPlan{
		First:      []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second, 8 * time.Second, 12 * time.Second},
		Every:      15 * time.Second,
		Background: 60 * time.Second,
		AfterDay:   15 * time.Minute,
		Cap:        72 * time.Hour,
	}}
}

func (p *Profile) setDefaults() { p.Poll = DefaultPoll() }

// MarshalJSON writes the durations as the config file does.
func (p DepositPlan) MarshalJSON() ([]byte, error) {
	first := make([]Duration, len(p.First))
	for i, gap := range p.First {
		first[i] = Duration(gap)
	}
	return json.Marshal(map[string]any{
		"first":      first,
		"every":      Duration(p.Every),
		"background": Duration(p.Background),
		"afterDay":   Duration(p.AfterDay),
		"cap":        Duration(p.Cap),
	})
}
