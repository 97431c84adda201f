package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// lookupJSON is what a provider tells of a payment made elsewhere, with its own
// names for what came as it stands. Trusted is false where the answer may be
// another payment's.
type lookupJSON struct {
	Asked             askedJSON         `json:"asked"`
	Trusted           bool              `json:"trusted"`
	Status            api.PaymentStatus `json:"status"`
	RawStatus         api.Text          `json:"latestTransactionStatus"`
	Description       api.Text          `json:"transactionStatusDesc"`
	ProviderReference api.Text          `json:"originalReferenceNo"`
	Reference         api.Text          `json:"originalPartnerReferenceNo"`
	ExternalID        api.Text          `json:"originalExternalId"`
	Service           api.Text          `json:"serviceCode"`
	Amount            *api.Amount       `json:"amount,omitempty"`
	Fee               *api.Amount       `json:"feeAmount,omitempty"`
	PaidTime          api.Text          `json:"paidTime"`
	Info              []api.Detail      `json:"additionalInfo"`
	Oddities          []oddityJSON      `json:"oddities"`
}

// askedJSON is what was asked with.
type askedJSON struct {
	ProviderReference api.Text      `json:"originalReferenceNo"`
	Reference         api.Reference `json:"originalPartnerReferenceNo"`
	ExternalID        string        `json:"originalExternalId"`
	Amount            *api.Amount   `json:"amount,omitempty"`
}

type oddityJSON struct {
	api.Oddity
	Message string `json:"message"`
}

// lookupOf is nil for what was not looked up.
func (a *app) lookupOf(tx till.Transaction) *lookupJSON {
	if tx.Lookup == nil {
		return nil
	}
	key, n := tx.Lookup.Key, tx.Lookup.News
	j := &lookupJSON{
		Asked:   askedJSON{ProviderReference: key.ProviderReference, Reference: key.Reference, ExternalID: key.ExternalID, Amount: named(key.Amount)},
		Trusted: !n.Doubtful(), Status: n.Status, RawStatus: n.RawStatus, Description: n.Description,
		ProviderReference: n.ProviderReference, Reference: n.Reference, ExternalID: n.ExternalID, Service: n.ServiceCode,
		Amount: named(n.Amount), Fee: named(n.Fee), PaidTime: n.PaidTime,
		Info: append([]api.Detail{}, n.Info...), Oddities: []oddityJSON{},
	}
	for _, o := range n.Oddities {
		j.Oddities = append(j.Oddities, oddityJSON{o, a.oddity(o)})
	}
	return j
}

// named is nil for an amount that nobody named.
func named(m api.Amount) *api.Amount {
	if m.Currency() == "" {
		return nil
	}
	return &m
}

// oddity says what is odd in plain words.
func (a *app) oddity(o api.Oddity) string {
	return a.words.T(words.Key("oddity."+string(o.Kind)), "field", o.Field, "have", o.Have, "want", o.Want)
}

// lookupAdvice says what the answer means for the money.
func (a *app) lookupAdvice(tx till.Transaction) words.Advice {
	key := words.Key("lookup.state." + string(tx.State))
	if tx.Lookup.News.Doubtful() {
		key = "lookup.doubtful"
	}
	return words.Advice{Means: a.words.T(key, "provider", tx.Provider)}
}

// lookupState is the state in a word. What is not trusted never has the colour
// of what it claims.
func (a *app) lookupState(t *ui.Theme, tx till.Transaction) string {
	n := tx.Lookup.News
	if n.Doubtful() {
		status := a.words.T(words.Key("short." + string(n.Status)))
		return t.Signed(ui.Unsure, a.words.T("lookup.doubtful-title", "status", status))
	}
	return t.Signed(stateTone(tx.State), a.words.T(words.Key("short."+string(tx.State))))
}

// showLookup writes a payment that was looked up for people: all that the
// provider told.
func (a *app) showLookup(w io.Writer, tx till.Transaction, events []till.Event) {
	t := a.theme()
	n := tx.Lookup.News
	money := func(m api.Amount) string {
		if m.Currency() == "" {
			return ""
		}
		return a.amount(m)
	}
	pairs(w, [][2]string{
		{"State", a.lookupState(t, tx)},
		{"Advice", a.lookupAdvice(tx).String()},
		{"Amount", t.Money(money(n.Amount))},
		{"Fee", money(n.Fee)},
		{"Status", strings.TrimSpace(string(n.RawStatus) + "  " + string(n.Description))},
		{"Paid at, as told", string(n.PaidTime)},
		{"Provider", tx.Provider},
		{"Provider's reference", string(n.ProviderReference)},
		{"Partner's reference", string(n.Reference)},
		{"External id", string(n.ExternalID)},
		{"Of service", string(n.ServiceCode)},
		{"Answer", strings.TrimSpace(tx.ResponseCode + "  " + string(tx.ResponseMessage))},
		{"Asked with", a.askedWith(tx.Lookup.Key)},
		{"Kept here as", string(tx.Reference)},
		{"First asked", localTime(tx.CreatedAt)},
	}...)
	if len(n.Info) > 0 {
		fmt.Fprintln(w)
		info := make([][2]string, len(n.Info))
		for i, d := range n.Info {
			info[i] = [2]string{string(d.Name), cmp.Or(string(d.Value), "–")}
		}
		pairs(w, info...)
	}
	if len(n.Oddities) > 0 {
		fmt.Fprintln(w)
		for _, o := range n.Oddities {
			fmt.Fprintln(w, t.Tone(ui.Unsure, "! "+a.oddity(o)))
		}
	}
	if len(events) > 0 {
		fmt.Fprintln(w)
		a.showEvents(w, t, tx.Kind, events)
	}
}

// askedWith is a question in one line, by the wire's names.
func (a *app) askedWith(key api.LookupKey) string {
	var parts []string
	for _, f := range [][2]string{
		{"originalReferenceNo", string(key.ProviderReference)}, {"originalPartnerReferenceNo", string(key.Reference)},
		{"originalExternalId", key.ExternalID},
	} {
		if f[1] != "" {
			parts = append(parts, f[0]+" "+f[1])
		}
	}
	if key.Amount.Currency() != "" {
		parts = append(parts, "amount "+a.amount(key.Amount))
	}
	return strings.Join(parts, ", ")
}
