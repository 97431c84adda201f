package paycools

import (
	"context"
	"strings"
	"unicode/utf8"

	"cashier/api"
)

// generateRequest is seed 001, request body.
type generateRequest struct {
	PartnerReferenceNo string         `json:"partnerReferenceNo" table:"M,50"`
	MerchantID         string         `json:"merchantId" table:"M,64"`
	AdditionalInfo     additionalInfo `json:"additionalInfo" table:"M"`
}

// additionalInfo is QrGenerateAdditionalInfo. The document gives it no table:
// the names are the sample's, the lengths the profile's.
type additionalInfo struct {
	ChannelCode   string `json:"channelCode" table:"M"`
	NotifyURL     string `json:"notifyUrl,omitempty" table:"O"`
	RegionNo      string `json:"regionNo" table:"M"`
	BranchNo      string `json:"branchNo" table:"M"`
	CourierNo     string `json:"courierNo" table:"M"`
	CourierName   string `json:"courierName" table:"M"`
	CourierMobile string `json:"courierMobile" table:"M"`
}

// defaultLimits hold where the profile sets none.
var defaultLimits = map[string]int{
	"channelCode": 64, "notifyUrl": 255, "regionNo": 64, "branchNo": 64,
	"courierNo": 64, "courierName": 64, "courierMobile": 25,
}

// limit is the longest a field of additionalInfo may be, in characters.
func (p *Provider) limit(field string) int {
	if n := p.client.Endpoint().Limits[field]; n > 0 {
		return n
	}
	return defaultLimits[field]
}

// generateAnswer is seed 001, response body.
type generateAnswer struct {
	CDMReferenceID     api.Text  `json:"cdmReferenceId"`
	CDMQRCode          api.Exact `json:"cdmQrcode"`
	Status             api.Text  `json:"status"`
	PartnerReferenceNo api.Text  `json:"partnerReferenceNo"` // not in the table; some gateways echo it
}

// PrepareUserID builds the body of a generate and holds it against seed 001's
// table and the profile's limits; a *api.FieldError names the field. Sending
// the same bytes again asks for the same user id.
func (p *Provider) PrepareUserID(reference api.Reference, courier api.Courier) ([]byte, error) {
	info := additionalInfo{
		ChannelCode: courier.Channel, NotifyURL: courier.NotifyURL, RegionNo: courier.RegionNo, BranchNo: courier.BranchNo,
		CourierNo: courier.No, CourierName: courier.Name, CourierMobile: courier.Mobile,
	}
	if info.ChannelCode == "" {
		info.ChannelCode = defaultChannel
	}
	request := generateRequest{
		PartnerReferenceNo: string(reference), MerchantID: p.client.Endpoint().Merchant(), AdditionalInfo: info,
	}
	if err := api.Check(request); err != nil {
		return nil, err
	}
	for _, f := range []struct{ name, value string }{
		{"channelCode", info.ChannelCode}, {"notifyUrl", info.NotifyURL}, {"regionNo", info.RegionNo}, {"branchNo", info.BranchNo},
		{"courierNo", info.CourierNo}, {"courierName", info.CourierName}, {"courierMobile", info.CourierMobile},
	} {
		if n, most := utf8.RuneCountInString(f.value), p.limit(f.name); n > most {
			return nil, &api.FieldError{Field: "additionalInfo." + f.name, Have: n, Max: most}
		}
	}
	return p.client.Endpoint().Encode(request)
}

// GenerateUserID sends a prepared body. Only an answer of class Done carries a
// user id; it may be an inactive one.
func (p *Provider) GenerateUserID(ctx context.Context, reference api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.UserID, api.Answer) {
	var wire generateAnswer
	answer := p.client.Do(ctx, api.Call{
		Operation: Generate, Body: body, Tainted: tainted, Log: log, Into: &wire,
		Judge: func(a *api.Answer) {
			status := strings.ToUpper(string(wire.Status))
			switch {
			case a.Class != api.Done:
			case wire.PartnerReferenceNo != "" && wire.PartnerReferenceNo != api.Text(reference):
				a.Unclear("the answer is for another reference")
			case wire.CDMReferenceID == "":
				a.Unclear("the answer has no cdmReferenceId")
			case wire.CDMQRCode == "":
				a.Unclear("the answer has no cdmQrcode")
			case status != "ACTIVE" && status != "INACTIVE":
				a.Unclear("the answer's status is neither ACTIVE nor INACTIVE")
			}
		},
	})
	if answer.Class != api.Done {
		return api.UserID{}, answer
	}
	return api.UserID{
		CDMReference: wire.CDMReferenceID, Code: wire.CDMQRCode,
		Active: strings.EqualFold(string(wire.Status), "ACTIVE"), Status: wire.Status,
	}, answer
}
