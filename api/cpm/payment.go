package cpm

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"cashier/api"
)

// paymentRequest is seed 003, service 60, request body. The table spells the
// fields of amount with a capital and those of feeAmount without; the samples
// have none, and so do we.
type paymentRequest struct {
	PartnerReferenceNo string          `json:"partnerReferenceNo" table:"M,64"`
	QRContent          sealed          `json:"qrContent" table:"M,512"`
	Amount             api.Amount      `json:"amount,omitzero" table:"O"`
	FeeAmount          api.Amount      `json:"feeAmount,omitzero" table:"O"`
	MerchantID         string          `json:"merchantId" table:"M,64"`
	SubMerchantID      string          `json:"subMerchantId,omitempty" table:"O,32"`
	Title              string          `json:"title,omitempty" table:"O,256"`
	ExpiryTime         json.RawMessage `json:"expiryTime" table:"M"` // 25; api.ExpirySpelling
	Items              items           `json:"items,omitempty" table:"O"`
	ExternalStoreID    string          `json:"externalStoreId,omitempty" table:"O,64"`
	MerchantName       string          `json:"merchantName,omitempty" table:"O,64"`
	MerchantLocation   string          `json:"merchantLocation,omitempty" table:"O,64"`
	AcquirerName       string          `json:"acquirerName,omitempty" table:"O,64"`
	TerminalID         string          `json:"terminalId,omitempty" table:"O,32"`
	ScannerInfo        *scannerInfo    `json:"scannerInfo,omitempty" table:"O"`
	AdditionalInfo     *additionalInfo `json:"additionalInfo,omitempty" table:"O"`
}

// paymentAnswer is seed 003, service 60, response body. Some providers name the
// status beside the table's fields, or in additionalInfo.
type paymentAnswer struct {
	ResponseCode            loose  `json:"responseCode"`
	ResponseMessage         loose  `json:"responseMessage"`
	ReferenceNo             loose  `json:"referenceNo"`
	PartnerReferenceNo      loose  `json:"partnerReferenceNo"`
	TransactionDate         loose  `json:"transactionDate"` // two spellings; kept as it came
	AdditionalInfo          extra  `json:"additionalInfo"`
	LatestTransactionStatus status `json:"latestTransactionStatus"` // not in the table
	TransactionStatusDesc   loose  `json:"transactionStatusDesc"`   // not in the table
}

// PreparePayment builds the body of a payment and holds it against its table; a
// *api.FieldError names the field. The amount, which the table calls optional,
// must be there. now is when the seconds of expiryTime begin, where the profile
// spells it so.
//
// The bytes hold the customer's code: they are sent and kept nowhere.
func (p *Provider) PreparePayment(r api.PaymentRequest, now time.Time) ([]byte, error) {
	e := p.client.Endpoint()
	bought, err := itemsOf(r.Items)
	if err != nil {
		return nil, err
	}
	if err := checkAmount("amount", r.Amount); err != nil {
		return nil, err
	}
	request := paymentRequest{
		PartnerReferenceNo: string(r.Reference), QRContent: sealed(r.Code.Reveal()), Amount: r.Amount,
		MerchantID: e.Merchant(), SubMerchantID: e.Shop.SubMerchantID, Title: r.Title, Items: bought,
		ExternalStoreID: e.Shop.StoreID, MerchantName: e.Shop.Name, MerchantLocation: e.Shop.Location,
		AcquirerName: e.Shop.Acquirer, TerminalID: e.Terminal.ID,
		ScannerInfo: scannerOf(e.Terminal), AdditionalInfo: infoOf(e.Terminal),
	}
	if !r.Fee.Zero() {
		if err := checkAmount("feeAmount", r.Fee); err != nil {
			return nil, err
		}
		request.FeeAmount = r.Fee
	}
	if !r.ExpiresAt.IsZero() {
		request.ExpiryTime = e.Expiry.Format(r.ExpiresAt, now)
	}
	return p.prepare(request)
}

// Pay sends a prepared payment once. Done is the provider's word that it is
// paid, with its reference in the news; whether that needs a query is the
// profile's to say. The news carries the status that the answer named, which
// most leave out.
func (p *Provider) Pay(ctx context.Context, ref api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.PaymentNews, api.Answer) {
	var wire paymentAnswer
	var news api.PaymentNews
	answer := p.client.Do(ctx, api.Call{
		Operation: Payment, Body: body, Tainted: tainted, Log: log, Into: &wire,
		Judge: func(a *api.Answer) {
			news = api.PaymentNews{}
			a.Message = unspoken(a.Message, func() string { return p.codeIn(body) })
			if a.Reason != "" {
				return
			}
			if foreign(wire.PartnerReferenceNo, ref) {
				a.Unclear(notOurs)
				return
			}
			if speaks(a) {
				news = wire.news(p.statuses())
				wire.settle(a, news)
			}
		},
	})
	return news, answer
}

// codeIn is the customer's code inside a prepared payment.
func (p *Provider) codeIn(body []byte) string {
	var sent struct {
		QRContent sealed `json:"qrContent"`
	}
	if p.client.Endpoint().Decode(body, &sent) != nil {
		return ""
	}
	return string(sent.QRContent)
}

// status is the one that the answer names, if it does.
func (w paymentAnswer) status() api.Text {
	return cmp.Or(w.AdditionalInfo.Status.Text, w.LatestTransactionStatus.Text)
}

func (w paymentAnswer) news(statuses map[string]api.PaymentStatus) api.PaymentNews {
	return api.PaymentNews{
		Status: statuses[string(w.status())], RawStatus: w.status(),
		Description:       api.Text(cmp.Or(w.AdditionalInfo.Description, w.TransactionStatusDesc)),
		ProviderReference: api.Text(w.ReferenceNo), TransactionDate: api.Text(w.TransactionDate),
	}
}

// settle lets the status decide what the code alone does not: a success that
// is none yet, or that contradicts itself.
func (w paymentAnswer) settle(a *api.Answer, news api.PaymentNews) {
	inner, outer := w.AdditionalInfo.Status.Text, w.LatestTransactionStatus.Text
	switch {
	case a.Class != api.Done:
	case w.AdditionalInfo.odd || w.LatestTransactionStatus.odd:
		a.Unclear("the answer's status cannot be read")
	case inner != "" && outer != "" && inner != outer:
		a.Unclear("the answer names two statuses, %s and %s", inner, outer)
	case news.Status == api.StatusPending:
		a.Class = api.Pending
	case news.RawStatus != "" && news.Status != api.StatusPaid:
		a.Unclear("the answer says success and status %s", news.RawStatus)
	case news.ProviderReference == "":
		a.Unclear("the answer says success and has no referenceNo")
	}
}
