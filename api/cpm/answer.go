package cpm

import (
	"bytes"
	"encoding/json"
	"strings"

	"cashier/api"
)

// answered is an answer's body, read twice: the references that it names,
// whatever else is wrong with it, and the fields of its table.
type answered[F any] struct {
	named  references
	fields F
}

// UnmarshalJSON forgets what an earlier attempt's answer said.
func (a *answered[F]) UnmarshalJSON(data []byte) error {
	*a = answered[F]{}
	if err := json.Unmarshal(data, &a.named); err != nil {
		return err
	}
	return json.Unmarshal(data, &a.fields)
}

// references are all by which an answer may say whose it is.
type references struct {
	Partner         loose `json:"partnerReferenceNo"`
	OriginalPartner loose `json:"originalPartnerReferenceNo"`
	PartnerRefund   loose `json:"partnerRefundNo"`
	Provider        loose `json:"originalReferenceNo"`
	ExternalID      loose `json:"originalExternalId"`
	SpacedID        loose `json:" originalExternalId"` // as a sample of service 61 prints it
}

// foreign reports a reference that is there and is another one. A provider may
// leave it out.
func foreign(got loose, want api.Reference) bool {
	return got != "" && strings.TrimSpace(string(got)) != string(want)
}

// ofAnother reports the answer to a query that names another payment: by our
// reference, or without it by the provider's.
func (r references) ofAnother(key api.PaymentKey) bool {
	if r.OriginalPartner != "" {
		return foreign(r.OriginalPartner, key.Reference)
	}
	return key.ProviderReference != "" && foreign(r.Provider, api.Reference(key.ProviderReference))
}

// otherwise reports that something besides our reference is not as it was.
func (r references) otherwise(key api.PaymentKey) bool {
	external := r.ExternalID
	if external == "" {
		external = r.SpacedID
	}
	return key.ProviderReference != "" && foreign(r.Provider, api.Reference(key.ProviderReference)) ||
		key.ExternalID != "" && foreign(external, api.Reference(key.ExternalID))
}

const notOurs = "the answer is for another reference"

// loose is a text where another shape counts as nothing said.
type loose api.Text

// UnmarshalJSON never fails.
func (l *loose) UnmarshalJSON(data []byte) error {
	var t api.Text
	if json.Unmarshal(data, &t) == nil {
		*l = loose(t)
	}
	return nil
}

// looseAmount is an amount of which nothing depends: an odd one is marked.
type looseAmount struct {
	api.Amount
	odd bool
}

// UnmarshalJSON never fails.
func (l *looseAmount) UnmarshalJSON(data []byte) error {
	l.odd = l.Amount.UnmarshalJSON(data) != nil
	return nil
}

// extra is an answer's additionalInfo, as far as it says something of the
// payment. Null, "" and [] are how some providers write that there is none;
// anything else that is not an object is odd.
type extra struct {
	Status      api.Text
	Description api.Text
	odd         bool
}

// UnmarshalJSON never fails.
func (e *extra) UnmarshalJSON(data []byte) error {
	*e = extra{}
	switch compact := string(bytes.Join(bytes.Fields(data), nil)); {
	case compact == "null", compact == `""`, compact == "[]":
	case data[0] != '{':
		e.odd = true
	default:
		var info struct {
			LatestTransactionStatus api.Text `json:"latestTransactionStatus"`
			TransactionStatusDesc   loose    `json:"transactionStatusDesc"`
		}
		e.odd = json.Unmarshal(data, &info) != nil
		e.Status, e.Description = info.LatestTransactionStatus, api.Text(info.TransactionStatusDesc)
	}
	return nil
}

// statuses is the profile's map of latestTransactionStatus, else the document's.
func (p *Provider) statuses() map[string]api.PaymentStatus {
	if own := p.client.Endpoint().Statuses; own != nil {
		return own
	}
	return api.DefaultStatuses()
}

// speaks reports an answer that says something of the payment: by its code,
// which nothing contradicted. An error answer says nothing.
func speaks(a *api.Answer) bool {
	key := a.Code.Key()
	return a.Reason == "" && (key == "200-00" || key == "202-00")
}
