package api

import (
	"crypto/rsa"
	"net/http"
	"time"

	"cashier/api/snap"
)

// Endpoint is one provider as a profile describes it: where it is, who we are
// there, and what of its document the contract changed. It is data: another
// provider with the same operations is another Endpoint.
type Endpoint struct {
	Name       string // the provider's name in the profile: "paycools"
	Dialect    string // whose operations it speaks: paycools, snap-cpm, paydia, finnet
	BaseURL    string // https://host[/prefix]; http only to loopback
	ClientKey  string // X-CLIENT-KEY of the token request; PayCools calls it appId
	PartnerID  string // X-PARTNER-ID; empty: ClientKey
	MerchantID string // merchantId in bodies; empty: PartnerID
	ChannelID  string // CHANNEL-ID, where the header set has it

	// PrivateKey and ClientSecret fetch our secrets when they are first needed,
	// so that starting never reads a key; they are called once.
	PrivateKey   func() (*rsa.PrivateKey, error)
	ClientSecret func() ([]byte, error)

	Encoding  snap.Encoding            // of signatures; empty: base64
	TokenPath string                   // of 73; empty: the dialect's
	GrantName string                   // the token bodies' field: empty: grantType; some say grant_type
	Paths     map[string]string        // service -> path, where they differ from the document's
	Signature map[string]snap.Kind     // service -> signature kind, likewise
	Timeouts  map[string]time.Duration // service -> whole exchange
	// Headers names the optional headers that a service carries, where they
	// differ from the document's: service -> X-EXTERNAL-ID, CHANNEL-ID …
	Headers map[string][]string
	// SignPrefix stands before an operation's path in what is signed, where a
	// gateway makes it another one than the base URL's own path; empty: the
	// path is signed as it is sent.
	SignPrefix string

	// Spellings are the provider's names of fields whose document calls them
	// otherwise: the document's name -> theirs ("externalStoreID" ->
	// "externalStoreId"), at every depth, in requests and in answers.
	Spellings map[string]string

	// Limits are the longest lengths of fields for which the document has no
	// table, by their wire name ("courierName"), in characters.
	Limits map[string]int
	// RangeReading is how times are written that the document wants both with
	// +07:00 and in UTC (seed 000).
	RangeReading RangeReading
	// OriginalService is the serviceCode in the body of an MPM query: what the
	// queried transaction was made with; empty: the document's.
	OriginalService string
	// Statuses maps latestTransactionStatus; nil: DefaultStatuses.
	Statuses map[string]PaymentStatus
	Shop     Shop
	Terminal Terminal
	Expiry   ExpirySpelling
	// CustomerToken is sent as Authorization-Customer where the header set has
	// it, after CustomerPrefix ("Bearer " in seed 003, nothing in seed 002's
	// sample); nil: the header is left out.
	CustomerToken  func() ([]byte, error)
	CustomerPrefix string
	// Customer fetches and renews the token of Authorization-Customer (74)
	// instead; nil: CustomerToken is sent as it is.
	Customer *Consent
	// UserAccessToken is service 59's userAccessToken, by contract; may be nil.
	UserAccessToken func() ([]byte, error)

	// Conceal is told each access token when it arrives and before it is used,
	// so that crash files and logs can strike it out; it is called from any
	// goroutine. May be nil.
	Conceal func(secret string)

	// RetryPause is the rest before a repeat that the document allows; 0 means
	// one second.
	RetryPause time.Duration

	TLS12 bool // allow TLS 1.2 (warned of); else 1.3 is the least
	// ReuseExternalID keeps one X-EXTERNAL-ID for all attempts of a call, for a
	// provider that takes it as the idempotency key. Where a request is sent
	// again by another call (a refund), the caller gives it: Call.ExternalID.
	ReuseExternalID bool

	// Transport replaces the network, for tests; nil: the client's own.
	Transport http.RoundTripper
}

// RangeReading is one of three readings of "+07:00, in UTC".
type RangeReading string

// Readings of a range's times. The zero value is RangeJakarta.
const (
	RangeJakarta     RangeReading = "jakarta"      // the instant, in +07:00
	RangeUTCLabelled RangeReading = "utc-labelled" // UTC digits under a +07:00 label
	RangeUTC         RangeReading = "utc"          // the instant, in Z
)

// Format spells t.
func (r RangeReading) Format(t time.Time) string {
	switch r {
	case RangeUTCLabelled:
		return t.UTC().Format("2006-01-02T15:04:05") + "+07:00"
	case RangeUTC:
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return Timestamp(t)
}

func (e Endpoint) retryPause() time.Duration {
	if e.RetryPause > 0 {
		return e.RetryPause
	}
	return time.Second
}
