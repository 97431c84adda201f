package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// CustomerCode is the content of a code that a customer shows (qrContent): it
// stands for a card. It prints as a placeholder wherever it is printed, is
// written to no file, and comes out by Reveal alone.
type CustomerCode struct{ reveal func() string }

// NewCustomerCode wraps what was scanned or pasted.
func NewCustomerCode(content string) CustomerCode {
	return CustomerCode{func() string { return content }}
}

// Reveal returns the content, for the request and for nothing else.
func (c CustomerCode) Reveal() string {
	if c.reveal == nil {
		return ""
	}
	return c.reveal()
}

const hiddenCode = "[customer's code]"

// Format hides the content from every verb.
func (c CustomerCode) Format(f fmt.State, _ rune) { fmt.Fprint(f, hiddenCode) }

// LogValue hides the content from logs.
func (c CustomerCode) LogValue() slog.Value { return slog.StringValue(hiddenCode) }

// MarshalJSON refuses: a code in a document is a mistake.
func (c CustomerCode) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a customer's code is never written")
}

// PaymentRequest is what a payment says of itself (seed 003, service 60,
// request body). What is the same for every payment (merchant, store,
// terminal, scanner) is the Endpoint's.
type PaymentRequest struct {
	Reference Reference
	Code      CustomerCode
	Amount    Amount
	Fee       Amount // zero: not sent
	Title     string
	ExpiresAt time.Time // expiryTime; spelt as the profile says
	Items     []PaymentItem
}

// PaymentItem is one thing that was bought (seed 003, items).
type PaymentItem struct {
	ProductID   string `json:"productId,omitempty"`
	ProductName string `json:"productName,omitempty"`
	Quantity    string `json:"qty,omitempty"`
	Description string `json:"desc,omitempty"`
}

// PaymentKey names a payment to its provider.
type PaymentKey struct {
	Reference         Reference // originalPartnerReferenceNo
	ProviderReference Text      // originalReferenceNo, where it is known
	ExternalID        string    // originalExternalId: of the first attempt
}

// PaymentStatus is what a provider says that became of a payment, in our
// words; the wire's digits are mapped by the profile.
type PaymentStatus string

// Statuses, with the digits of seed 003.
const (
	NoStatus        PaymentStatus = ""          // nothing was said
	StatusPaid      PaymentStatus = "paid"      // 00
	StatusPending   PaymentStatus = "pending"   // 01 initiated, 02 paying, 03 pending
	StatusRefunded  PaymentStatus = "refunded"  // 04
	StatusCancelled PaymentStatus = "cancelled" // 05
	StatusFailed    PaymentStatus = "failed"    // 06
	StatusNotFound  PaymentStatus = "not-found" // 07, or 404-01 to a query
)

// DefaultStatuses is seed 003's list for latestTransactionStatus.
func DefaultStatuses() map[string]PaymentStatus {
	return map[string]PaymentStatus{
		"00": StatusPaid, "01": StatusPending, "02": StatusPending, "03": StatusPending,
		"04": StatusRefunded, "05": StatusCancelled, "06": StatusFailed, "07": StatusNotFound,
	}
}

// PaymentNews is what an answer or a notification tells of a payment.
type PaymentNews struct {
	Status            PaymentStatus
	RawStatus         Text // latestTransactionStatus as it came
	Description       Text // transactionStatusDesc
	ProviderReference Text // referenceNo, originalReferenceNo
	Title             Text
	// PaidTime and TransactionDate are kept as they came: they are labelled
	// wrongly by some providers, are shown, and order nothing.
	PaidTime        Text
	TransactionDate Text
	CancelTime      Text // 62: proof that the cancel was done
}

// RefundNews is what an answer tells of a refund (seed 003, service 80).
type RefundNews struct {
	ProviderReference Text
	RefundNo          Text // refundNo: proof
	RefundTime        Text // refundTime, as it came
	Amount            Amount
}

// CodeNews is a customer code that the provider made for us (seed 003,
// service 59).
type CodeNews struct {
	ProviderReference Text
	Code              CustomerCode // qrContent
	URL               Text         // qrUrl: shown, never opened
	ExpiresAt         time.Time    // zero where expiryTime could not be read
	RawExpiry         Text
}

// Shop is who is paid, the same in every payment (seed 003; a profile's
// values).
type Shop struct {
	SubMerchantID string // subMerchantId
	StoreID       string // externalStoreId
	Name          string // merchantName
	Location      string // merchantLocation
	Acquirer      string // acquirerName
}

// Terminal is the till's device as the documents' headers and scannerInfo
// describe it.
type Terminal struct {
	ID            string // terminalId
	DeviceID      string // X-DEVICE-ID, scannerInfo.deviceId, additionalInfo.deviceId
	DeviceVersion string
	DeviceModel   string
	DeviceIP      string // X-IP-ADDRESS, scannerInfo.deviceIp
	Origin        string // ORIGIN
	Latitude      string // X-LATITUDE
	Longitude     string // X-LONGITUDE
	Channel       string // additionalInfo.channel
}

// ExpirySpelling is how expiryTime is sent: the document calls it numeric,
// ISO-8601 and "60" at once.
type ExpirySpelling string

// Spellings of expiryTime. The zero value is ExpiryISO.
const (
	ExpiryISO     ExpirySpelling = "iso"     // 2026-11-20T15:05:12+07:00
	ExpirySeconds ExpirySpelling = "seconds" // "60", from now
	ExpiryNumber  ExpirySpelling = "number"  // 60, from now
)

// Format spells the end of a window.
func (s ExpirySpelling) Format(end, now time.Time) json.RawMessage {
	seconds := max(int64(end.Sub(now).Round(time.Second)/time.Second), 1)
	switch s {
	case ExpirySeconds:
		return fmt.Appendf(nil, `"%d"`, seconds)
	case ExpiryNumber:
		return fmt.Appendf(nil, "%d", seconds)
	}
	return fmt.Appendf(nil, `"%s"`, Timestamp(end))
}

// ParseExpiry reads expiryTime in all three spellings; seconds count from
// received.
func ParseExpiry(s string, received time.Time) (time.Time, error) {
	if s != "" && len(s) <= 8 && digits(s) {
		var n int64
		for _, d := range s {
			n = n*10 + int64(d-'0')
		}
		return received.Add(time.Duration(n) * time.Second), nil
	}
	return ParseTimestamp(s)
}
