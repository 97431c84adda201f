package finnet

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"cashier/api"
)

// queryRequest is seed 004, body request. The table writes
// originalPartnerReferanceNo; the sample's spelling, BI SNAP's own, is sent.
type queryRequest struct {
	OriginalReferenceNo        string     `json:"originalReferenceNo" table:"M,1-64"`
	OriginalPartnerReferenceNo string     `json:"originalPartnerReferenceNo,omitempty" table:"O,1-64"`
	ServiceCode                string     `json:"serviceCode" table:"M,1-2"`
	Amount                     api.Amount `json:"amount" table:"M"` // 1 to 2 members: always both
	MerchantID                 string     `json:"merchantId" table:"M,1-64"`
	SubMerchantID              string     `json:"submerchantId,omitempty" table:"O,1-32"` // subMerchantId in the sample
}

// queryAnswer is seed 004, body response, with the misspelling that the
// request's table has. Names are read without regard to case: Feeamount is
// FeeAmount in the sample.
type queryAnswer struct {
	ResponseCode               api.LooseText   `json:"responseCode" table:"M,1-7"`
	ResponseMessage            api.LooseText   `json:"responseMessage" table:"M,1-150"`
	OriginalPartnerReferenceNo api.LooseText   `json:"originalPartnerReferenceNo" table:"O,1-64"`
	OriginalPartnerReferanceNo api.LooseText   `json:"originalPartnerReferanceNo" table:"O,1-64"`
	OriginalReferenceNo        api.LooseText   `json:"originalReferenceNo" table:"M,1-64"`
	ServiceCode                api.LooseText   `json:"serviceCode" table:"M,1-2"`
	LatestTransactionStatus    api.LooseText   `json:"latestTransactionStatus" table:"M,1-2"`
	TransactionStatusDesc      api.LooseText   `json:"transactionStatusDesc" table:"M,1-50"`
	Amount                     api.LooseAmount `json:"amount" table:"O"`
	FeeAmount                  api.LooseAmount `json:"Feeamount" table:"O"`
	AdditionalInfo             api.LooseInfo   `json:"additionalInfo" table:"O"` // 1 to 14 members
}

// maxMembers is additionalInfo's greatest length: the sample has as many.
const maxMembers = 14

// Fits says what is missing or too long, each as a *api.FieldError of the
// joined error; nil where Finnet can be asked. It wants its own reference and
// the amount; it knows no external id.
func (p *Provider) Fits(key api.LookupKey) error {
	var missing []error
	if key.ProviderReference == "" {
		missing = append(missing, &api.FieldError{Field: "originalReferenceNo", Missing: true})
	}
	if err := checkAmount(key.Amount); err != nil {
		missing = append(missing, err)
	}
	if len(missing) > 0 {
		return errors.Join(missing...)
	}
	return api.Check(p.request(key))
}

// checkAmount refuses what the table cannot mean by an amount; 16 digits stand
// before the decimals (seed 003, "16,2").
func checkAmount(a api.Amount) error {
	switch n := len(a.Value()) - len(".00"); {
	case a.Minor() <= 0 || a.Currency() == "":
		return &api.FieldError{Field: "amount", Missing: true}
	case n > 16:
		return &api.FieldError{Field: "amount.value", Have: n, Max: 16}
	}
	return nil
}

func (p *Provider) request(key api.LookupKey) queryRequest {
	e := p.client.Endpoint()
	return queryRequest{
		OriginalReferenceNo: string(key.ProviderReference), OriginalPartnerReferenceNo: string(key.Reference),
		ServiceCode: cmp.Or(e.OriginalService, originalService), Amount: key.Amount,
		MerchantID: e.Merchant(), SubMerchantID: e.Shop.SubMerchantID,
	}
}

// Lookup asks what became of a payment. Only an answer of class Done has a
// status: also 404-01, which says not-found. Every other answer says nothing of
// the payment. The two references are taken in either order.
func (p *Provider) Lookup(ctx context.Context, key api.LookupKey) (api.LookupNews, api.Answer) {
	e := p.client.Endpoint()
	request := p.request(key)
	err := p.Fits(key)
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
			a.Unlisted("200-00") // of the sample: the document has no list
			if a.Class != api.Done {
				return
			}
			own, partner, swapped, ok := wire.references(key)
			if !ok {
				a.Unclear("the answer is for another reference")
				return
			}
			if a.Code.Key() == "404-01" {
				news.Status = api.StatusNotFound
				return
			}
			news = wire.news(e)
			news.ProviderReference, news.Reference = own, partner
			if swapped {
				news.Note(api.Oddity{Kind: api.SwappedReferences})
			}
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

// references are the provider's and ours, as the question had them; ok is false
// where they are another payment's. One that is missing is not another.
func (w queryAnswer) references(key api.LookupKey) (own, partner api.Text, swapped, ok bool) {
	own = trim(w.OriginalReferenceNo)
	partner = cmp.Or(trim(w.OriginalPartnerReferenceNo), trim(w.OriginalPartnerReferanceNo))
	ours := api.Text(key.Reference)
	none := func(t api.Text) bool { return t == "" }
	switch {
	case partner == key.ProviderReference && own != partner && ours != partner && (none(own) || none(ours) || own == ours),
		none(partner) && !none(ours) && own == ours && own != key.ProviderReference:
		return partner, own, true, true
	case (none(own) || own == key.ProviderReference) && (none(partner) || none(ours) || partner == ours):
		return own, partner, false, true
	}
	return own, partner, false, false
}

func trim(t api.LooseText) api.Text { return api.Text(strings.TrimSpace(string(t))) }

func (w queryAnswer) news(e api.Endpoint) api.LookupNews {
	n := api.LookupNews{
		Status: e.StatusOf(api.Text(w.LatestTransactionStatus)), RawStatus: api.Text(w.LatestTransactionStatus),
		Description: api.MaskText(api.Text(w.TransactionStatusDesc)),
		Amount:      w.Amount.Amount, Fee: w.FeeAmount.Amount, ServiceCode: api.Text(w.ServiceCode),
		PaidTime: w.AdditionalInfo.Value("paidTime"), Info: w.AdditionalInfo.Details,
	}
	n.Hold(w)
	if members := w.AdditionalInfo.Members; members > maxMembers {
		n.Note(api.Oddity{Kind: api.OddLength, Field: "additionalInfo", Have: strconv.Itoa(members), Want: "1 to 14"})
	}
	if _, err := api.ParseTimestamp(string(n.PaidTime)); err != nil && n.PaidTime != "" {
		n.Note(api.Oddity{Kind: api.UnreadableField, Field: "additionalInfo.paidTime"})
	}
	for _, f := range []struct {
		name string
		odd  bool
	}{{"amount", w.Amount.Odd}, {"Feeamount", w.FeeAmount.Odd}, {"additionalInfo", w.AdditionalInfo.Odd}} {
		if f.odd {
			n.Note(api.Oddity{Kind: api.UnreadableField, Field: f.name})
		}
	}
	return n
}
