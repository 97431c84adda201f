package cpm

import (
	"context"
	"fmt"
	"time"

	"cashier/api"
)

// generateRequest is seed 003, service 59, request body.
type generateRequest struct {
	PartnerReferenceNo string          `json:"partnerReferenceNo,omitempty" table:"O,64"`
	UserAccessToken    sealed          `json:"userAccessToken,omitempty" table:"O,64"`
	MerchantID         string          `json:"merchantId,omitempty" table:"O,64"`
	SubMerchantID      string          `json:"subMerchantId,omitempty" table:"O,32"`
	PartnerTrxDate     string          `json:"partnerTrxDate" table:"M,64"`
	AdditionalInfo     *additionalInfo `json:"additionalInfo,omitempty" table:"O"`
}

// generateAnswer is seed 003, service 59, response body.
type generateAnswer struct {
	ResponseCode       loose    `json:"responseCode"`
	ResponseMessage    loose    `json:"responseMessage"`
	ReferenceNo        loose    `json:"referenceNo"`
	PartnerReferenceNo loose    `json:"partnerReferenceNo"`
	QRContent          received `json:"qrContent"`
	QRURL              loose    `json:"qrUrl"`
	ExpiryTime         loose    `json:"expiryTime"` // three spellings; see api.ParseExpiry
	AdditionalInfo     extra    `json:"additionalInfo"`
}

// PrepareCode builds the body of a generate and holds it against its table; a
// *api.FieldError names the field.
//
// The bytes hold the user access token, where the profile has one: they are
// sent and kept nowhere.
func (p *Provider) PrepareCode(ref api.Reference, now time.Time) ([]byte, error) {
	e := p.client.Endpoint()
	request := generateRequest{
		PartnerReferenceNo: string(ref), MerchantID: e.Merchant(), SubMerchantID: e.Shop.SubMerchantID,
		PartnerTrxDate: api.Timestamp(now), AdditionalInfo: infoOf(e.Terminal),
	}
	if e.UserAccessToken != nil {
		token, err := e.UserAccessToken()
		if err != nil {
			return nil, fmt.Errorf("the user access token of %s: %w", e.Name, err)
		}
		request.UserAccessToken = sealed(token)
	}
	return p.prepare(request)
}

// GenerateCode sends a prepared generate. Only an answer of class Done carries a
// code, which may be shown until it expires.
func (p *Provider) GenerateCode(ctx context.Context, ref api.Reference, body []byte, log api.AttemptLog) (api.CodeNews, api.Answer) {
	var sent struct {
		UserAccessToken sealed `json:"userAccessToken"`
	}
	if err := p.client.Endpoint().Decode(body, &sent); err != nil {
		return api.CodeNews{}, unsent(err)
	}
	var wire generateAnswer
	answer := p.client.Do(ctx, api.Call{
		Operation: Generate, Body: body, Log: log, Into: &wire,
		Judge: func(a *api.Answer) {
			a.Message = unspoken(a.Message, func() string { return string(sent.UserAccessToken) })
			a.Message = unspoken(a.Message, func() string { return string(wire.QRContent) })
			switch {
			case a.Reason != "":
			case foreign(wire.PartnerReferenceNo, ref):
				a.Unclear(notOurs)
			case a.Class == api.Done && wire.QRContent == "":
				a.Unclear("the answer says success and has no qrContent")
			}
		},
	})
	if answer.Class != api.Done {
		return api.CodeNews{}, answer
	}
	news := api.CodeNews{
		ProviderReference: api.Text(wire.ReferenceNo), Code: api.NewCustomerCode(string(wire.QRContent)),
		URL: api.Text(wire.QRURL), RawExpiry: api.Text(wire.ExpiryTime),
	}
	if until, err := api.ParseExpiry(string(wire.ExpiryTime), answer.At.Add(answer.Latency)); err == nil {
		news.ExpiresAt = until
	} else if wire.ExpiryTime != "" {
		answer.Warn("the expiryTime of the answer cannot be read")
	}
	return news, answer
}
