package api

import (
	"fmt"
	"time"

	"cashier/api/snap"
)

// Operation is one row of data: all that the client must know of a provider's
// operation, from the provider's document. A profile may override what its
// type Endpoint lists.
type Operation struct {
	Provider  string        // the dialect: paycools, snap-cpm, paydia, finnet
	Service   string        // the BI SNAP service code: "90"
	Name      string        // English, for logs and errors: "CDM user-id generate"
	Method    string        // always POST so far
	Path      string        // after the profile's base URL, as signed and sent
	Timeout   time.Duration // the whole exchange, connecting included
	Signature snap.Kind
	Headers   []string // which of the optional headers it carries (snap.HeaderExternalID …)

	// Answers lists the service parts that an answer's code may carry beside
	// Service (Finnet answers 47 with 53).
	Answers []string
	// Strict makes an answer that names a foreign service Unknown (operations
	// that change something); without it that is a warning (queries).
	Strict bool
	// Attempts is how often the document allows the same request in all when
	// there is no answer or an undefined one; 0 and 1 both mean once.
	Attempts int
	// RepeatSilenceOnly narrows Attempts to requests that got no answer at all
	// (seed 000, rows 16 and 17: an odd answer to a query is not repeated).
	RepeatSilenceOnly bool
	// Classes is the document's code table, by snap.Code.Key ("403-05").
	// A code that is not named is Unknown.
	Classes map[string]Rule
}

// Rule is the class of a code: on an attempt whose reference cannot have
// arrived before, and on one that follows an unclear attempt (PROTOCOLS: only
// an earlier unclear attempt taints a later one).
type Rule struct{ Fresh, Tainted Class }

// Both is the rule of a code that means the same on every attempt.
func Both(c Class) Rule { return Rule{c, c} }

// Class is what an answer proves.
type Class string

// Classes of an answer.
const (
	Done     Class = "done"     // the provider did what was asked, by its own word
	Pending  Class = "pending"  // accepted, no result yet
	Failed   Class = "failed"   // refused by the provider's own word: nothing happened
	Unknown  Class = "unknown"  // may or may not have happened: ask, never assume
	NotSent  Class = "not-sent" // provably no byte of the request left
	Mismatch Class = "mismatch" // our reference belongs to something else: stop, a person decides
	// NotFound, Settled and Unsupported are answers to a cancel: there is
	// nothing to cancel; the payment is final already, a query says how; this
	// provider cannot cancel.
	NotFound    Class = "not-found"
	Settled     Class = "already-final"
	Unsupported Class = "not-supported"
	Renew       Class = "new-token" // the token is spent: renewed once and asked again, inside Do
)

// Reasons for an answer without a usable code; they are advice keys like
// snap.Code.Key.
const (
	ReasonTimeout      = "timeout"       // the request left, no answer came in time
	ReasonNoConnection = "no-connection" // refused, DNS, TLS handshake: nothing left
	ReasonUnclear      = "unclear"       // an answer that proves nothing
	ReasonToken        = "token"         // no access token was to be had: nothing left
	ReasonJournal      = "journal"       // the attempt could not be made durable: nothing left
	ReasonRequest      = "request"       // the request itself is wrong: nothing left
)

// Attempt is one HTTP request of a transaction, as it is made durable before
// its first byte leaves.
type Attempt struct {
	Service    string    `json:"service"`
	Number     int       `json:"number"`               // 1 is the first of its call
	ExternalID string    `json:"externalId,omitempty"` // X-EXTERNAL-ID, where the provider knows it
	At         time.Time `json:"at"`
	Digest     string    `json:"digest"` // lowercase hex sha256 of the body's bytes
}

// AttemptLog is told of each attempt of a call, by the goroutine that runs Do.
// One that has a method EarlierExternalID() string names the X-EXTERNAL-ID of
// an earlier call with the same bytes, for providers that take it as the
// idempotency key.
type AttemptLog interface {
	// Before makes the attempt durable. When it fails nothing is sent.
	Before(Attempt) error
	// After reports the attempt's answer, also one that says nothing.
	After(Attempt, Answer)
}

// Call is one question to a provider.
type Call struct {
	Operation Operation
	// Body is sent as it is; see Encode.
	Body []byte
	// Tainted: an earlier attempt of the same request is unclear.
	Tainted bool
	// Log may be nil where nothing moves and nothing must be durable.
	Log AttemptLog
	// Into receives the answer's body, whatever its code, when it is JSON of
	// the right shape; nil asks for the code alone. Its strings are Text or
	// Exact.
	Into any
	// Judge looks at every answer that came, once the operation's table gave it
	// its class and Into was filled, and may change it: by Answer.Unclear when
	// something in it is missing or foreign, to another class when a field
	// decides. Where Reason is set already, Into says nothing. Judge runs
	// before the log is told, so what must not be kept is cut here. May be nil.
	Judge func(*Answer)
	// ExternalID reuses an X-EXTERNAL-ID (profiles whose provider takes it as
	// the idempotency key); empty makes a new one for each attempt.
	ExternalID string
}

// Answer is what came of a call: of its last attempt.
type Answer struct {
	Class      Class
	Code       snap.Code // zero when there was none
	Message    Text      // responseMessage
	HTTPStatus int       // 0 when no answer came
	Reason     string    // one of the Reason constants where Code decides nothing, else empty
	Warning    string    // English, for the timeline: a foreign service code, a time far off …
	At         time.Time // when the attempt left
	Latency    time.Duration
	Size       int           // of the body, in bytes
	Skew       time.Duration // the provider's clock minus ours; SkewKnown says whether it told
	SkewKnown  bool
	RetryAfter time.Duration // what the provider asked us to wait (429); 0 when it did not
	Attempt    Attempt       // the last one; zero when none was made
	Err        error         // why there is no usable answer; never holds a secret
}

// Key is the advice key: of the code, else the reason.
func (a Answer) Key() string {
	if a.Reason == "" && !a.Code.Zero() {
		return a.Code.Key()
	}
	return a.Reason
}

// Unclear makes the answer one that proves nothing, and says why.
func (a *Answer) Unclear(format string, args ...any) {
	a.Class, a.Reason, a.Err = Unknown, ReasonUnclear, fmt.Errorf(format, args...)
}

// Warn adds a sentence to Warning.
func (a *Answer) Warn(s string) {
	if a.Warning != "" {
		a.Warning += "; "
	}
	a.Warning += s
}

// SkewLimit is how far the provider's clock may be off before it is told.
const SkewLimit = 30 * time.Second
