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
	ResponseCode       api.Text `json:"responseCode"`
	ResponseMessage    api.Text `json:"responseMessage"`
	ReferenceNo        loose    `json:"referenceNo"`
	PartnerReferenceNo loose    `json:"partnerReferenceNo"`
	QRContent          sealed   `json:"qrContent"`
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
	var wire answered[generateAnswer]
	answer := p.client.Do(ctx, api.Call{
		Operation: Generate, Body: body, Log: log, Into: &wire,
		Judge: func(a *api.Answer) {
			a.Message = unspoken(unspoken(a.Message, string(sent.UserAccessToken)), string(wire.fields.QRContent))
			switch {
			case a.Reason != "":
			case foreign(wire.named.Partner, ref):
				a.Unclear(notOurs)
			case a.Class == api.Done && wire.fields.QRContent == "":
				a.Unclear("the answer says success and has no qrContent")
			}
		},
	})
	if answer.Class != api.Done {
		return api.CodeNews{}, answer
	}
	w := wire.fields
	news := api.CodeNews{
		ProviderReference: api.Text(w.ReferenceNo), Code: api.NewCustomerCode(string(w.QRContent)),
		URL: api.Text(w.QRURL), RawExpiry: api.Text(w.ExpiryTime),
	}
	if until, err := api.ParseExpiry(string(w.ExpiryTime), answer.At.Add(answer.Latency)); err == nil {
		news.ExpiresAt = until
	} else if w.ExpiryTime != "" {
		answer.Warn("the expiryTime of the answer cannot be read")
	}
	return news, answer
}
