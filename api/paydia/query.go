package paydia

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cashier/api"
)

// queryRequest is seed 002, request body. Of the three references at least one
// is there.
type queryRequest struct {
	OriginalReferenceNo        string `json:"originalReferenceNo,omitempty" table:"C,64"`
	OriginalPartnerReferenceNo string `json:"originalPartnerReferenceNo,omitempty" table:"C,64"`
	OriginalExternalID         string `json:"originalExternalId,omitempty" table:"C,32"`
	ServiceCode                string `json:"serviceCode" table:"M,2"`
}

// queryHeaders are the rows of seed 002's header table that a profile fills and
// may have left out. The length of the customer's token is not held against
// the table's 64: the sample has 411.
type queryHeaders struct {
	ChannelID     string `json:"CHANNEL-ID" table:"M,5"`
	CustomerToken string `json:"Authorization-Customer" table:"M"`
}

// queryAnswer is seed 002, response body, as it is held against its table when
// the query succeeded: then originalReferenceNo must be filled.
type queryAnswer struct {
	ResponseCode               api.LooseText   `json:"responseCode" table:"M,7-7"`
	ResponseMessage            api.LooseText   `json:"responseMessage" table:"M,150"`
	OriginalPartnerReferenceNo api.LooseText   `json:"originalPartnerReferenceNo" table:"O,64"`
	OriginalReferenceNo        api.LooseText   `json:"originalReferenceNo" table:"M,64"`
	OriginalExternalID         api.LooseText   `json:"originalExternalId" table:"O,32"`
	ServiceCode                api.LooseText   `json:"serviceCode" table:"M,2"`
	LatestTransactionStatus    api.LooseText   `json:"latestTransactionStatus" table:"M,2-2"`
	TransactionStatusDesc      api.LooseText   `json:"transactionStatusDesc" table:"O,50"`
	PaidTime                   api.LooseText   `json:"paidTime" table:"M,25-25"`
	Amount                     api.LooseAmount `json:"amount" table:"M"`
	FeeAmount                  api.LooseAmount `json:"feeAmount" table:"M"`
}

// Fits says which references are missing or too long, as a *api.FieldError; nil
// where Paydia can be asked. One of the three is enough, several are sent
// together.
func (p *Provider) Fits(key api.LookupKey) error {
	if key.ProviderReference == "" && key.Reference == "" && key.ExternalID == "" {
		return &api.FieldError{
			Field: "originalReferenceNo", Missing: true,
			Or: []string{"originalPartnerReferenceNo", "originalExternalId"},
		}
	}
	return api.Check(p.request(key))
}

func (p *Provider) request(key api.LookupKey) queryRequest {
	return queryRequest{
		OriginalReferenceNo: string(key.ProviderReference), OriginalPartnerReferenceNo: string(key.Reference),
		OriginalExternalID: key.ExternalID,
		ServiceCode:        cmp.Or(p.client.Endpoint().OriginalService, originalService),
	}
}

// checkProfile holds the profile against the header table, where it does not
// have a header set of its own.
func checkProfile(e api.Endpoint) error {
	if e.Headers[Query().Service] != nil {
		return nil
	}
	headers := queryHeaders{ChannelID: e.ChannelID}
	if e.Customer != nil || e.CustomerToken != nil {
		headers.CustomerToken = "from the profile"
	}
	return api.Check(headers)
}

// Lookup asks what became of a payment. Only an answer of class Done has a
// status: also 404-01, which says not-found. Every other answer says nothing of
// the payment.
func (p *Provider) Lookup(ctx context.Context, key api.LookupKey) (api.LookupNews, api.Answer) {
	e := p.client.Endpoint()
	request := p.request(key)
	err := cmp.Or(p.Fits(key), checkProfile(e))
	var body []byte
	if err == nil {
		body, err = e.Encode(request)
	}
	if err != nil {
		return api.LookupNews{}, api.Answer{Class: api.NotSent, Reason: api.ReasonRequest, Err: err}
	}
	var wire queryAnswer
	var news api.LookupNews
	answer := p.client.Do(ctx, api.Call{
		Operation: Query(), Body: body, Into: &wire,
		Judge: func(a *api.Answer) {
			news = api.LookupNews{}
			a.Message = api.MaskText(a.Message)
			if a.Reason != "" {
				return
			}
			a.Unlisted(listed...)
			if a.Class != api.Done {
				return
			}
			others, foreign := wire.others(key)
			if foreign {
				a.Unclear("the answer is for another reference")
				return
			}
			if a.Code.Key() == "404-01" {
				news.Status = api.StatusNotFound
				return
			}
			news = wire.news(e)
			news.Oddities = append(others, news.Oddities...)
			news.HoldAmount(key.Amount)
			if string(news.ServiceCode) != request.ServiceCode && news.ServiceCode != "" {
				news.Note(api.Oddity{Kind: api.OtherService, Field: "serviceCode", Have: string(news.ServiceCode), Want: request.ServiceCode})
			}
			switch {
			case news.RawStatus == "":
				a.Unclear("the answer has no latestTransactionStatus")
			case news.Status == api.NoStatus:
				a.Unclear("the answer's latestTransactionStatus %s is not known", news.RawStatus)
			}
		},
	})
	return news, answer
}

// others are the references that the answer names otherwise; foreign where it
// names none as it was asked for. One that is missing is not another.
func (w queryAnswer) others(key api.LookupKey) (others []api.Oddity, foreign bool) {
	same := false
	for _, r := range []struct{ field, have, want string }{
		{"originalReferenceNo", string(w.OriginalReferenceNo), string(key.ProviderReference)},
		{"originalPartnerReferenceNo", string(w.OriginalPartnerReferenceNo), string(key.Reference)},
		{"originalExternalId", string(w.OriginalExternalID), key.ExternalID},
	} {
		switch have := strings.TrimSpace(r.have); {
		case have == "" || r.want == "":
		case have == r.want:
			same = true
		default:
			others = append(others, api.Oddity{Kind: api.OtherReference, Field: r.field, Have: have, Want: r.want})
		}
	}
	return others, len(others) > 0 && !same
}

func (w queryAnswer) news(e api.Endpoint) api.LookupNews {
	n := api.LookupNews{
		Status: e.StatusOf(api.Text(w.LatestTransactionStatus)), RawStatus: api.Text(w.LatestTransactionStatus),
		Description:       api.MaskText(api.Text(w.TransactionStatusDesc)),
		ProviderReference: api.Text(w.OriginalReferenceNo), Reference: api.Text(w.OriginalPartnerReferenceNo),
		ExternalID: api.Text(w.OriginalExternalID), Amount: w.Amount.Amount, Fee: w.FeeAmount.Amount,
		PaidTime: api.Text(w.PaidTime), ServiceCode: api.Text(w.ServiceCode),
	}
	n.Hold(w)
	if n.Status != api.StatusPaid && w.PaidTime == "" {
		// The table wants it always; what is not paid has none to tell.
		n.Oddities = slices.DeleteFunc(n.Oddities, func(o api.Oddity) bool { return o.Field == "paidTime" })
	}
	if _, err := api.ParseTimestamp(string(w.PaidTime)); err != nil && w.PaidTime != "" {
		n.Note(api.Oddity{Kind: api.UnreadableField, Field: "paidTime"})
	}
	for _, f := range []struct {
		name string
		odd  bool
	}{{"amount", w.Amount.Odd}, {"feeAmount", w.FeeAmount.Odd}} {
		if f.odd {
			n.Note(api.Oddity{Kind: api.UnreadableField, Field: f.name})
		}
	}
	return n
}
