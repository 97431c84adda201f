package till

import (
	"context"

	"cashier/api"
)

// attemptLog makes the attempts of one call durable before they leave. The
// last attempt's answer is written by the caller, together with what it
// means; earlier ones before the next attempt.
type attemptLog struct {
	till     *Till
	ctx      context.Context
	tx       *Transaction
	attempts *[]Attempt // of the transaction, or of one of its refunds
	service  string
	what     string // of the event that tells of an attempt
	begin    func(api.Attempt)
	progress func(api.Attempt)
	last     api.Answer // not yet filled in, where pending says so
	pending  bool
}

// EarlierExternalID is the first id under which these bytes left.
func (l *attemptLog) EarlierExternalID() string {
	for _, a := range *l.attempts {
		if a.Service == l.service {
			return a.ExternalID
		}
	}
	return ""
}

func (l *attemptLog) Before(a api.Attempt) error {
	if l.pending {
		l.fill()
		if err := l.till.append(l.ctx, l.tx, answerEvent(l.last)); err != nil {
			return err
		}
	}
	a.Number = len(*l.attempts) + 1
	*l.attempts = append(*l.attempts, Attempt{Attempt: a})
	if l.tx.ExternalID == "" {
		l.tx.ExternalID = a.ExternalID
	}
	if l.begin != nil {
		l.begin(a)
	}
	if !l.till.rules.intentFirst {
		return nil
	}
	if err := l.till.append(l.ctx, l.tx, Event{What: l.what, Service: a.Service, ExternalID: a.ExternalID}); err != nil {
		*l.attempts = (*l.attempts)[:len(*l.attempts)-1]
		return err
	}
	if l.progress != nil {
		l.progress(a)
	}
	return nil
}

func (l *attemptLog) After(_ api.Attempt, answer api.Answer) { l.last, l.pending = answer, true }

// fill writes the pending answer into its attempt.
func (l *attemptLog) fill() {
	if !l.pending || len(*l.attempts) == 0 {
		return
	}
	a := &(*l.attempts)[len(*l.attempts)-1]
	a.Class, a.HTTPStatus, a.Latency = l.last.Class, l.last.HTTPStatus, l.last.Latency
	if !l.last.Code.Zero() {
		a.ResponseCode = l.last.Code.String()
	}
	l.pending = false
}

// unclear reports whether an attempt may have arrived and was never answered
// for.
func unclear(attempts []Attempt) bool {
	for _, a := range attempts {
		if a.Class == "" || a.Class == api.Unknown {
			return true
		}
	}
	return false
}

// arrived reports whether any attempt may have reached the provider.
func arrived(attempts []Attempt) bool {
	for _, a := range attempts {
		if a.Class != api.NotSent {
			return true
		}
	}
	return false
}
