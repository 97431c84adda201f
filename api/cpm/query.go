package cpm

import (
	"cmp"
	"context"

	"cashier/api"
)

// queryRequest is seed 003, service 61, request body.
type queryRequest struct {
	OriginalReferenceNo        string          `json:"originalReferenceNo,omitempty" table:"O,64"`
	OriginalPartnerReferenceNo string          `json:"originalPartnerReferenceNo,omitempty" table:"O,64"`
	OriginalExternalID         string          `json:"originalExternalId,omitempty" table:"O,32"`
	MerchantID                 string          `json:"merchantId,omitempty" table:"O,64"`
	SubMerchantID              string          `json:"subMerchantId,omitempty" table:"O,32"`
	ExternalStoreID            string          `json:"externalStoreID,omitempty" table:"O,64"` // externalStoreId in the sample
	AdditionalInfo             *additionalInfo `json:"additionalInfo,omitempty" table:"O"`
}

// queryAnswer is seed 003, service 61, response body. paidTime is mandatory
// there even for what is not paid: it proves nothing and is not asked for.
type queryAnswer struct {
	ResponseCode               loose `json:"responseCode"`
	ResponseMessage            loose `json:"responseMessage"`
	OriginalReferenceNo        loose `json:"originalReferenceNo"`
	OriginalPartnerReferenceNo loose `json:"originalPartnerReferenceNo"`
	OriginalExternalID         loose `json:"originalExternalId"`
	SpacedExternalID           loose `json:" originalExternalId"` // as the sample's request prints it
	Title                      loose `json:"title"`
	LatestTransactionStatus    loose `json:"latestTransactionStatus"`
	TransactionStatusDesc      loose `json:"transactionStatusDesc"`
	PaidTime                   loose `json:"paidTime"`
	AdditionalInfo             extra `json:"additionalInfo"`
}

// QueryPayment asks what became of a payment. Only an answer of class Done has a
// status: also 404-01, which says not-found. Every other answer says nothing of
// the payment, and its news has NoStatus.
func (p *Provider) QueryPayment(ctx context.Context, key api.PaymentKey) (api.PaymentNews, api.Answer) {
	e := p.client.Endpoint()
	body, err := p.prepare(queryRequest{
		OriginalReferenceNo: string(key.ProviderReference), OriginalPartnerReferenceNo: string(key.Reference),
		OriginalExternalID: key.ExternalID, MerchantID: e.Merchant(), SubMerchantID: e.Shop.SubMerchantID,
		ExternalStoreID: e.Shop.StoreID, AdditionalInfo: infoOf(e.Terminal),
	})
	if err != nil {
		return api.PaymentNews{}, unsent(err)
	}
	var wire queryAnswer
	var news api.PaymentNews
	answer := p.client.Do(ctx, api.Call{
		Operation: Query, Body: body, Into: &wire,
		Judge: func(a *api.Answer) {
			news = api.PaymentNews{}
			a.Message = unspoken(a.Message, unknown)
			if a.Reason != "" {
				return
			}
			if wire.ofAnother(key) {
				a.Unclear(notOurs)
				return
			}
			switch {
			case a.Code.Key() == "404-01":
				news.Status = api.StatusNotFound
			case a.Class == api.Done:
				news = wire.news(p.statuses())
				switch {
				case news.RawStatus == "":
					a.Unclear("the answer has no latestTransactionStatus")
				case news.Status == api.NoStatus:
					a.Unclear("the answer's latestTransactionStatus %s is not known", news.RawStatus)
				case wire.otherwise(key):
					a.Warn("the provider names the payment otherwise than before")
				}
			}
		},
	})
	return news, answer
}

// ofAnother reports an answer that names another payment: by our reference, or
// without it by the provider's.
func (w queryAnswer) ofAnother(key api.PaymentKey) bool {
	if w.OriginalPartnerReferenceNo != "" {
		return foreign(w.OriginalPartnerReferenceNo, key.Reference)
	}
	return key.ProviderReference != "" && foreign(w.OriginalReferenceNo, api.Reference(key.ProviderReference))
}

// otherwise reports that something besides our reference is not as it was.
func (w queryAnswer) otherwise(key api.PaymentKey) bool {
	external := cmp.Or(w.OriginalExternalID, w.SpacedExternalID)
	return key.ProviderReference != "" && foreign(w.OriginalReferenceNo, api.Reference(key.ProviderReference)) ||
		key.ExternalID != "" && foreign(external, api.Reference(key.ExternalID))
}

func (w queryAnswer) news(statuses map[string]api.PaymentStatus) api.PaymentNews {
	return api.PaymentNews{
		Status: statuses[string(w.LatestTransactionStatus)], RawStatus: api.Text(w.LatestTransactionStatus),
		Description: api.Text(w.TransactionStatusDesc), ProviderReference: api.Text(w.OriginalReferenceNo),
		Title: api.Text(w.Title), PaidTime: api.Text(w.PaidTime),
	}
}
