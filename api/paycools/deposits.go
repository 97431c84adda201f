package paycools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"cashier/api"
)

// queryRequest is seed 000, request body.
type queryRequest struct {
	OriginalPartnerReferenceNo string `json:"originalPartnerReferenceNo" table:"M,50"`
	MerchantID                 string `json:"merchantId" table:"M,64"`
	ServiceCode                string `json:"serviceCode" table:"M,64"`
	FromDateTime               string `json:"fromDateTime" table:"M,25"`
	ToDateTime                 string `json:"toDateTime" table:"M,25"`
}

// queryAnswer is seed 000, response body.
type queryAnswer struct {
	OriginalPartnerReferenceNo api.Text          `json:"originalPartnerReferenceNo"`
	ServiceCode                api.Text          `json:"serviceCode"`
	CDMNotifyItems             []json.RawMessage `json:"cdmNotifyItems"`
}

// item is CdmQueryRespItem: the document gives it no table, the names are the
// sample's.
type item struct {
	LatestTransactionStatus    api.Text `json:"latestTransactionStatus"`
	OriginalPartnerReferenceNo api.Text `json:"originalPartnerReferenceNo"`
	OriginalReferenceNo        api.Text `json:"originalReferenceNo"`
	CDMQRCode                  api.Text `json:"cdmQrcode"`
	CDMReferenceID             api.Text `json:"cdmReferenceId"`
	MachineNumber              api.Text `json:"machineNumber"`
	ChannelReferNo             api.Text `json:"channelReferNo"`
	AdditionalInfo             struct {
		ChannelCode api.Text `json:"channelCode"`
		CreateTime  api.Text `json:"createTime"`
		ReturnTime  api.Text `json:"returnTime"`
	} `json:"additionalInfo"`
	Amount      api.Amount `json:"amount"`
	FeeAmount   api.Amount `json:"feeAmount"`
	TotalAmount api.Amount `json:"totalAmount"`
}

// nearlyFull is the size from which an answer may have been cut by a limit we
// cannot see (there is no paging): the range is then asked again day by day.
const nearlyFull = 900 << 10

// Deposits asks for the deposits of a user id that were made in [from, to].
// The document's range has three readings and so a day is added at both ends;
// what lies outside is dropped here. Items may repeat: merging is the
// caller's. An answer of any class but Done says nothing of the deposits.
func (p *Provider) Deposits(ctx context.Context, reference api.Reference, from, to time.Time) ([]api.Deposit, api.Answer) {
	found, answer := p.ask(ctx, reference, from.Add(-day), to.Add(day))
	if answer.Size >= nearlyFull || errors.Is(answer.Err, api.ErrTooLarge) {
		found, answer = p.askByDay(ctx, reference, from.Add(-day), to.Add(day))
	}
	kept := found[:0]
	for _, d := range found {
		if d.CreatedAt.IsZero() || !d.CreatedAt.Before(from) && !d.CreatedAt.After(to) {
			kept = append(kept, d)
		}
	}
	return kept, answer
}

const day = 24 * time.Hour

// askByDay gives up at the first day without a usable answer: half a list
// would look like a whole one.
func (p *Provider) askByDay(ctx context.Context, reference api.Reference, from, to time.Time) ([]api.Deposit, api.Answer) {
	var all []api.Deposit
	var answer api.Answer
	for start := from; start.Before(to); start = start.Add(day) {
		end := start.Add(day)
		if end.After(to) {
			end = to
		}
		var some []api.Deposit
		if some, answer = p.ask(ctx, reference, start, end); answer.Class != api.Done {
			return nil, answer
		}
		all = append(all, some...)
	}
	return all, answer
}

func (p *Provider) ask(ctx context.Context, reference api.Reference, from, to time.Time) ([]api.Deposit, api.Answer) {
	reading := p.client.Endpoint().RangeReading
	request := queryRequest{
		OriginalPartnerReferenceNo: string(reference), MerchantID: p.client.Endpoint().Merchant(),
		ServiceCode: Generate.Service, FromDateTime: reading.Format(from), ToDateTime: reading.Format(to),
	}
	if err := api.Check(request); err != nil {
		return nil, api.Answer{Class: api.NotSent, Reason: api.ReasonRequest, Err: err}
	}
	body, err := p.client.Endpoint().Encode(request)
	if err != nil {
		return nil, api.Answer{Class: api.NotSent, Reason: api.ReasonRequest, Err: err}
	}
	var wire queryAnswer
	answer := p.client.Do(ctx, api.Call{
		Operation: Query, Body: body, Into: &wire,
		Judge: func(a *api.Answer) {
			switch r := wire.OriginalPartnerReferenceNo; {
			case a.Class != api.Done:
			case r != "" && r != api.Text(reference):
				a.Unclear("the answer is for another reference")
			// Seed 000, row 17: without the field nothing is known; an empty list is
			// an answer.
			case wire.CDMNotifyItems == nil && a.Code.HTTP == http.StatusOK:
				a.Unclear("the answer has no cdmNotifyItems")
			}
		},
	})
	if answer.Class != api.Done {
		return nil, answer
	}
	found, odd := readItems(reference, wire.CDMNotifyItems)
	if odd > 0 {
		note := fmt.Sprintf("%d of %d items could not be read or belong to another reference", odd, len(wire.CDMNotifyItems))
		answer.Warning = strings.TrimPrefix(answer.Warning+"; "+note, "; ")
	}
	return found, answer
}

// readItems turns the wire's items into deposits; one that cannot be read
// hides no other.
func readItems(reference api.Reference, items []json.RawMessage) (found []api.Deposit, odd int) {
	for _, raw := range items {
		var it item
		if err := json.Unmarshal(raw, &it); err != nil || it == (item{}) {
			odd++
			continue
		}
		if r := it.OriginalPartnerReferenceNo; r != "" && r != api.Text(reference) {
			odd++
			continue
		}
		found = append(found, it.deposit())
	}
	return found, odd
}

func (it item) deposit() api.Deposit {
	d := api.Deposit{
		ProviderReference: it.OriginalReferenceNo, ChannelReference: it.ChannelReferNo, Machine: it.MachineNumber,
		CDMReference: it.CDMReferenceID, Channel: it.AdditionalInfo.ChannelCode, Status: it.LatestTransactionStatus,
		Amount: it.Amount, Fee: it.FeeAmount, Total: it.TotalAmount,
	}
	switch it.LatestTransactionStatus {
	case "00":
		d.State = api.DepositBooked
	case "03":
		d.State = api.DepositWaiting
	default:
		d.State = api.DepositOther
	}
	if t, err := api.ParseTimestamp(string(it.AdditionalInfo.CreateTime)); err == nil {
		d.CreatedAt = t
	}
	if t, err := api.ParseTimestamp(string(it.AdditionalInfo.ReturnTime)); err == nil {
		d.ReturnedAt = t
	}
	return d
}
