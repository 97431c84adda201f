package cpm

import (
	"context"

	"cashier/api"
)

// refundRequest is seed 003, service 80, request body.
type refundRequest struct {
	MerchantID                 string          `json:"merchantId,omitempty" table:"O,64"`
	SubMerchantID              string          `json:"subMerchantId,omitempty" table:"O,32"`
	ExternalStoreID            string          `json:"externalStoreId,omitempty" table:"O,64"`
	OriginalPartnerReferenceNo string          `json:"originalPartnerReferenceNo" table:"M,64"`
	OriginalReferenceNo        string          `json:"originalReferenceNo,omitempty" table:"O,64"`
	OriginalExternalID         string          `json:"originalExternalId,omitempty" table:"O,32"`
	PartnerRefundNo            string          `json:"partnerRefundNo" table:"M,64"`
	RefundAmount               api.Amount      `json:"refundAmount,omitzero" table:"O"`
	Reason                     string          `json:"reason,omitempty" table:"O,256"`
	AdditionalInfo             *additionalInfo `json:"additionalInfo,omitempty" table:"O"`
}

// refundAnswer is seed 003, service 80, response body.
type refundAnswer struct {
	ResponseCode               loose           `json:"responseCode"`
	ResponseMessage            loose           `json:"responseMessage"`
	OriginalPartnerReferenceNo loose           `json:"originalPartnerReferenceNo"`
	OriginalReferenceNo        loose           `json:"originalReferenceNo"`
	OriginalExternalID         loose           `json:"originalExternalId"`
	RefundNo                   loose           `json:"refundNo"`
	PartnerRefundNo            loose           `json:"partnerRefundNo"`
	RefundAmount               api.LooseAmount `json:"refundAmount"`
	RefundTime                 loose           `json:"refundTime"`
	AdditionalInfo             extra           `json:"additionalInfo"`
}

// PrepareRefund builds the body of a refund and holds it against its table; a
// *api.FieldError names the field. The same bytes again are the same refund, so
// the caller keeps them.
func (p *Provider) PrepareRefund(key api.PaymentKey, refund api.Reference, amount api.Amount, reason string) ([]byte, error) {
	if err := checkAmount("refundAmount", amount); err != nil {
		return nil, err
	}
	e := p.client.Endpoint()
	return p.prepare(refundRequest{
		MerchantID: e.Merchant(), SubMerchantID: e.Shop.SubMerchantID, ExternalStoreID: e.Shop.StoreID,
		OriginalPartnerReferenceNo: string(key.Reference), OriginalReferenceNo: string(key.ProviderReference),
		OriginalExternalID: key.ExternalID, PartnerRefundNo: string(refund), RefundAmount: amount, Reason: reason,
		AdditionalInfo: infoOf(e.Terminal),
	})
}

// Refund sends a prepared refund once. Done is refunded: by a refund number, or,
// for the repeat of an unclear refund, because the provider recognised it; then
// the news is empty.
func (p *Provider) Refund(ctx context.Context, refund api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.RefundNews, api.Answer) {
	var sent struct {
		Original api.Reference   `json:"originalPartnerReferenceNo"`
		Amount   api.LooseAmount `json:"refundAmount"`
	}
	if err := p.client.Endpoint().Decode(body, &sent); err != nil {
		return api.RefundNews{}, unsent(err)
	}
	var wire refundAnswer
	var news api.RefundNews
	answer := p.client.Do(ctx, api.Call{
		Operation: Refund, Body: body, Tainted: tainted, Log: log, Into: &wire,
		Judge: func(a *api.Answer) {
			news = api.RefundNews{}
			a.Message = unspoken(a.Message, unknown)
			if a.Reason != "" {
				return
			}
			if foreign(wire.PartnerRefundNo, refund) || foreign(wire.OriginalPartnerReferenceNo, sent.Original) {
				a.Unclear(notOurs)
				return
			}
			if !speaks(a) {
				return
			}
			news = api.RefundNews{
				ProviderReference: api.Text(wire.OriginalReferenceNo), RefundNo: api.Text(wire.RefundNo),
				RefundTime: api.Text(wire.RefundTime), Amount: wire.RefundAmount.Amount,
			}
			switch {
			case a.Class == api.Done && wire.RefundNo == "":
				a.Unclear("the answer says success and has no refundNo")
			case wire.RefundAmount.Odd:
				a.Warn("the refundAmount of the answer cannot be read")
			case news.Amount != (api.Amount{}) && news.Amount != sent.Amount.Amount:
				a.Warn("the answer names another amount than was asked to be refunded")
			}
		},
	})
	return news, answer
}
