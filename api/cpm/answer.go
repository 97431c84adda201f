package cpm

import (
	"encoding/json"
	"strings"
	"sync"

	"cashier/api"
)

// foreign reports a reference that is there and is another one. A provider may
// leave it out.
func foreign(got loose, want api.Reference) bool {
	return got != "" && strings.TrimSpace(string(got)) != string(want)
}

const notOurs = "the answer is for another reference"

// loose keeps an odd field from hiding whose answer it is. A proof that is odd
// is then a proof that is missing.
type loose = api.LooseText

// status is latestTransactionStatus: one of another shape is not one that is
// missing.
type status struct {
	api.Text
	odd bool
}

// UnmarshalJSON never fails.
func (s *status) UnmarshalJSON(data []byte) error {
	s.odd = s.Text.UnmarshalJSON(data) != nil
	return nil
}

// extra is an answer's additionalInfo, as far as it says something of the
// payment. What is there and no object is odd.
type extra struct {
	Status      status
	Description loose
	odd         bool
}

// UnmarshalJSON never fails.
func (e *extra) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		e.odd = !api.NoObject(data)
		return nil
	}
	var info struct {
		LatestTransactionStatus status `json:"latestTransactionStatus"`
		TransactionStatusDesc   loose  `json:"transactionStatusDesc"`
	}
	err := json.Unmarshal(data, &info)
	e.Status, e.Description = info.LatestTransactionStatus, info.TransactionStatusDesc
	e.odd = err != nil || info.LatestTransactionStatus.odd
	return nil
}

// statuses is the profile's map of latestTransactionStatus, else the document's.
func (p *Provider) statuses() map[string]api.PaymentStatus {
	if own := p.client.Endpoint().Statuses; own != nil {
		return own
	}
	return documented()
}

// documented is read only.
var documented = sync.OnceValue(api.DefaultStatuses)

// speaks reports an answer that says something of the payment: by its code,
// which nothing contradicted. An error answer says nothing.
func speaks(a *api.Answer) bool {
	key := a.Code.Key()
	return a.Reason == "" && (key == "200-00" || key == "202-00")
}
