package views

import (
	"errors"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

// trouble says what an error of the till or the journal means, and what to do.
// It holds for questions and for steps that provably sent nothing.
func (d *desk) trouble(err error) string {
	var field *api.FieldError
	switch {
	case errors.As(err, &field) && field.Missing:
		return d.T("error.field-missing", "field", d.fieldLabel(field.Field))
	case errors.As(err, &field):
		return d.T("error.field-long", "field", d.fieldLabel(field.Field), "have", field.Have, "max", field.Max)
	case errors.Is(err, till.ErrNoProvider):
		return d.T("trouble.no-provider")
	case errors.Is(err, till.ErrOtherProfile):
		return d.T("trouble.other-profile")
	case errors.Is(err, till.ErrNotActive):
		return d.T("trouble.not-active")
	case errors.Is(err, till.ErrNotFound):
		return d.T("trouble.not-found")
	case errors.Is(err, till.ErrOtherRequest):
		return d.T("trouble.other-request")
	case errors.Is(err, till.ErrDamaged):
		return d.T("trouble.damaged")
	case errors.Is(err, till.ErrFull):
		return d.T("trouble.full")
	}
	return d.T("trouble.journal", "problem", d.problem(err))
}

// problem is why the journal could not do something, in a few words.
func (d *desk) problem(err error) string {
	for _, known := range []struct {
		err error
		key words.Key
	}{
		{till.ErrFull, "problem.full"}, {till.ErrReadOnly, "problem.read-only"},
		{till.ErrDamaged, "problem.damaged"}, {till.ErrStale, "problem.stale"}, {till.ErrBusy, "problem.busy"},
	} {
		if errors.Is(err, known.err) {
			return d.T(known.key)
		}
	}
	return api.Clean(err.Error(), 160)
}

// advice explains an answer's key. The three reasons that the program itself
// gives are explained here, all others by the catalogue. tainted: an attempt
// before it is unclear.
func (d *desk) advice(service, key string, tainted bool) words.Advice {
	switch key {
	case api.ReasonToken, api.ReasonJournal, api.ReasonRequest:
		return words.Advice{
			Means: d.T(words.Key("trouble." + key + ".means")),
			Money: d.T(words.Key("trouble." + key + ".money")),
			Do:    d.T(words.Key("trouble." + key + ".do")),
		}
	}
	explain := d.Words.Advice
	if tainted {
		explain = d.Words.AdviceAfterUnclear
	}
	advice, _ := explain(d.Provider, service, key)
	return advice
}

// unclearBefore reports whether an attempt before the last one may have
// arrived and never got an answer of its own.
func unclearBefore(tx till.Transaction) bool {
	for _, a := range tx.Attempts[:max(len(tx.Attempts)-1, 0)] {
		if a.Class == "" || a.Class == api.Unknown {
			return true
		}
	}
	return false
}
