package cpm

import (
	"context"

	"cashier/api"
)

// cancelRequest is seed 003, service 62, request body. As in a payment, the
// table spells the fields of amount with a capital.
type cancelRequest struct {
	OriginalPartnerReferenceNo string          `json:"originalPartnerReferenceNo" table:"M,64"`
	OriginalReferenceNo        string          `json:"originalReferenceNo,omitempty" table:"O,64"`
	OriginalExternalID         string          `json:"originalExternalId,omitempty" table:"O,32"`
	MerchantID                 string          `json:"merchantId,omitempty" table:"O,64"`
	SubMerchantID              string          `json:"subMerchantId,omitempty" table:"O,32"`
	ExternalStoreID            string          `json:"externalStoreID,omitempty" table:"O,64"` // externalStoreId in the sample
	Amount                     api.Amount      `json:"amount,omitzero" table:"O"`
	Reason                     string          `json:"reason,omitempty" table:"O,256"`
	AdditionalInfo             *additionalInfo `json:"additionalInfo,omitempty" table:"O"`
}

// cancelAnswer is seed 003, service 62, response body.
type cancelAnswer struct {
	ResponseCode               loose `json:"responseCode"`
	ResponseMessage            loose `json:"responseMessage"`
	OriginalPartnerReferenceNo loose `json:"originalPartnerReferenceNo"`
	OriginalReferenceNo        loose `json:"originalReferenceNo"`
	OriginalExternalID         loose `json:"originalExternalId"`
	CancelTime                 loose `json:"cancelTime"`
	TransactionDate            loose `json:"transactionDate"` // two spellings; kept as it came
	AdditionalInfo             extra `json:"additionalInfo"`
}

// CancelPayment asks for a payment to be cancelled. Done, which needs the time
// of the cancel in the news, still wants a query; NotFound, Settled and
// Unsupported are as api.Class says; all else is Unknown and may be repeated.
func (p *Provider) CancelPayment(ctx context.Context, key api.PaymentKey, amount api.Amount, reason string, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	if err := checkAmount("amount", amount); err != nil {
		return api.PaymentNews{}, unsent(err)
	}
	e := p.client.Endpoint()
	body, err := p.prepare(cancelRequest{
		OriginalPartnerReferenceNo: string(key.Reference), OriginalReferenceNo: string(key.ProviderReference),
		OriginalExternalID: key.ExternalID, MerchantID: e.Merchant(), SubMerchantID: e.Shop.SubMerchantID,
		ExternalStoreID: e.Shop.StoreID, Amount: amount, Reason: reason, AdditionalInfo: infoOf(e.Terminal),
	})
	if err != nil {
		return api.PaymentNews{}, unsent(err)
	}
	var wire cancelAnswer
	var news api.PaymentNews
	answer := p.client.Do(ctx, api.Call{
		Operation: Cancel, Body: body, Log: log, Into: &wire,
		Judge: func(a *api.Answer) {
			news = api.PaymentNews{}
			a.Message = unspoken(a.Message, unknown)
			if a.Reason != "" {
				return
			}
			if foreign(wire.OriginalPartnerReferenceNo, key.Reference) {
				a.Unclear(notOurs)
				return
			}
			if !speaks(a) {
				return
			}
			news = wire.news(p.statuses())
			if a.Class == api.Done && news.CancelTime == "" {
				a.Unclear("the answer says success and has no cancelTime")
			}
		},
	})
	return news, answer
}

func (w cancelAnswer) news(statuses map[string]api.PaymentStatus) api.PaymentNews {
	return api.PaymentNews{
		Status: statuses[string(w.AdditionalInfo.Status.Text)], RawStatus: w.AdditionalInfo.Status.Text,
		Description: api.Text(w.AdditionalInfo.Description), ProviderReference: api.Text(w.OriginalReferenceNo),
		TransactionDate: api.Text(w.TransactionDate), CancelTime: api.Text(w.CancelTime),
	}
}
