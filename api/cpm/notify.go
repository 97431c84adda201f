package cpm

import (
	"encoding/json"
	"errors"
	"fmt"

	"cashier/api"
)

// Notification is what a provider tells of a payment by itself (seed 003,
// service 79). It is a hint: it proves nothing until a query confirms it.
// Account data is masked as it is read; the raw body is not to be kept.
type Notification struct {
	Reference         api.Reference // originalPartnerReferenceNo; empty where only ProviderReference is named
	ProviderReference api.Text      // originalReferenceNo
	Merchant          api.Text      // merchantId
	SubMerchant       api.Text      // subMerchantId
	Store             api.Text      // externalStoreId
	Amount            api.Amount    // the zero Amount where none is named
	News              api.PaymentNews

	Customer        api.Text // customerNumber, its last four characters
	AccountType     api.Text // accountType
	Destination     api.Text // destinationNumber, its last four characters
	DestinationName api.Text // destinationAccountName, its initials
	Session         api.Text // sessionID
	Bank            api.Text // bankCode
}

// notifyRequest is seed 003, service 79, request body.
type notifyRequest struct {
	OriginalPartnerReferenceNo api.Text   `json:"originalPartnerReferenceNo" table:"O,64"`
	OriginalReferenceNo        api.Text   `json:"originalReferenceNo" table:"O,64"`
	MerchantID                 api.Text   `json:"merchantId" table:"M,64"`
	SubMerchantID              api.Text   `json:"subMerchantId" table:"O,32"`
	ExternalStoreID            api.Text   `json:"externalStoreId" table:"O,64"`
	Amount                     api.Amount `json:"amount" table:"O"`
	LatestTransactionStatus    api.Text   `json:"latestTransactionStatus" table:"M,2"`
	TransactionStatusDesc      api.Text   `json:"transactionStatusDesc" table:"O,50"`
	CustomerNumber             private    `json:"customerNumber" table:"O,64"`
	AccountType                api.Text   `json:"accountType" table:"O,25"`
	DestinationNumber          private    `json:"destinationNumber" table:"O,25"`
	DestinationAccountName     private    `json:"destinationAccountName" table:"O,25"`
	SessionID                  api.Text   `json:"sessionID" table:"O,25"`
	BankCode                   api.Text   `json:"bankCode" table:"O,8"`
	AdditionalInfo             extra      `json:"additionalInfo" table:"O"`
}

// ErrNotification says that a body is no notification; errors wrap it.
var ErrNotification = errors.New("not a payment notification")

// ReadNotification reads the body of a notification, its status by the
// document's list. A mandatory field that is missing, or a field past its
// length, is a *api.FieldError (400-02, 400-01); any other fault wraps
// ErrNotification (400-00). With a *api.FieldError the notification is filled as
// far as it goes: a hint may be followed even so. At least one of the two
// references must be there, though the table calls both optional.
func ReadNotification(body []byte) (Notification, error) {
	return readNotification(body, api.DefaultStatuses())
}

// ReadNotification is ReadNotification with the profile's field names and
// statuses.
func (p *Provider) ReadNotification(body []byte) (Notification, error) {
	var ours json.RawMessage
	if err := p.client.Endpoint().Decode(body, &ours); err != nil {
		return Notification{}, fmt.Errorf("%w: it is not JSON", ErrNotification)
	}
	return readNotification(ours, p.statuses())
}

func readNotification(body []byte, statuses map[string]api.PaymentStatus) (Notification, error) {
	var w notifyRequest
	if err := json.Unmarshal(body, &w); err != nil {
		return Notification{}, fmt.Errorf("%w: %s", ErrNotification, fault(err))
	}
	n := Notification{
		ProviderReference: w.OriginalReferenceNo,
		Merchant:          w.MerchantID, SubMerchant: w.SubMerchantID, Store: w.ExternalStoreID, Amount: w.Amount,
		News: api.PaymentNews{
			Status: statuses[string(w.LatestTransactionStatus)], RawStatus: w.LatestTransactionStatus,
			Description: w.TransactionStatusDesc, ProviderReference: w.OriginalReferenceNo,
		},
		Customer: api.Text(api.MaskNumber(string(w.CustomerNumber))), AccountType: w.AccountType,
		Destination: api.Text(api.MaskNumber(string(w.DestinationNumber))), DestinationName: api.Text(api.MaskName(string(w.DestinationAccountName))),
		Session: w.SessionID, Bank: w.BankCode,
	}
	if w.OriginalPartnerReferenceNo != "" {
		reference, err := api.ParseReference(string(w.OriginalPartnerReferenceNo))
		if err != nil && len(w.OriginalPartnerReferenceNo) <= 64 {
			return n, fmt.Errorf("%w: originalPartnerReferenceNo: %w", ErrNotification, err)
		}
		n.Reference = reference
	}
	if w.OriginalPartnerReferenceNo == "" && w.OriginalReferenceNo == "" {
		return n, &api.FieldError{Field: "originalPartnerReferenceNo", Missing: true}
	}
	return n, api.Check(w)
}

// fault names what is wrong with a body without quoting it: account numbers
// stand in it.
func fault(err error) string {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
		return api.Clean(e.Field, 64) + " has another type"
	}
	if errors.Is(err, api.ErrAmount) {
		return "amount is not an amount"
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return "it is not JSON"
	}
	return "a field is not what the document says"
}
