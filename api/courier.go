package api

import "time"

// Courier is who deposits cash: what a CDM user id is made for. The wire
// names are those of seed 001, QrGenerateAdditionalInfo, which gives no
// lengths: the limits come from the profile.
type Courier struct {
	No        string `json:"courierNo"`
	Name      string `json:"courierName"`
	Mobile    string `json:"courierMobile"`
	RegionNo  string `json:"regionNo"`
	BranchNo  string `json:"branchNo"`
	NotifyURL string `json:"notifyUrl,omitempty"`
	Channel   string `json:"channelCode,omitempty"` // ATM_STATIC_QR when empty
}

// UserID is what a provider says of a CDM user id (seed 001, response body).
type UserID struct {
	CDMReference Text  // cdmReferenceId
	Code         Exact // cdmQrcode: the text of the QR code
	Active       bool  // status ACTIVE; INACTIVE otherwise
	Status       Text  // as it was spelt
}

// DepositState is what a provider says of one deposit (seed 000, partner
// action of 2009100).
type DepositState string

// States of a deposit.
const (
	DepositBooked  DepositState = "booked"  // 00: final and paid
	DepositWaiting DepositState = "waiting" // 03: waiting for payment
	DepositOther   DepositState = "other"   // anything else: shown, never counted
)

// Deposit is one cash deposit at a machine (seed 000, CdmQueryRespItem).
type Deposit struct {
	ProviderReference Text         `json:"originalReferenceNo"` // the provider's name for the user id's transaction
	ChannelReference  Text         `json:"channelReferNo"`      // the machine's name for the deposit; a waiting one may lack it
	Machine           Text         `json:"machineNumber"`
	CDMReference      Text         `json:"cdmReferenceId"`
	Channel           Text         `json:"channelCode,omitempty"`
	State             DepositState `json:"state"`
	Status            Text         `json:"latestTransactionStatus"`
	Amount            Amount       `json:"amount"`
	Fee               Amount       `json:"feeAmount"`
	Total             Amount       `json:"totalAmount"`
	CreatedAt         time.Time    `json:"createTime"`
	ReturnedAt        time.Time    `json:"returnTime,omitzero"`
	// Flag says what is odd: the same deposit came with another amount. Empty
	// when nothing is.
	Flag string `json:"flag,omitempty"`
}
