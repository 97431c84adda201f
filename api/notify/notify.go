// Package notify is the server side of what providers tell us by themselves:
// the SNAP payment notification (service 79, seed 003), the access token (73)
// that a provider with symmetric signatures asks of us first, and PayCools'
// deposit notification.
//
// A notification is a hint. It is verified, given to the hand-over, which
// journals it, and acknowledged only after that; a query confirms it elsewhere.
// What it says of the money is believed by nobody here.
//
// Answers carry the codes of seed 003's catalogue. A reference that the journal
// does not know is 404-01, "Transaction Not Found"; a journal that fails or is
// too slow is 500-00, so that the provider repeats.
//
// The server speaks plain HTTP on whatever listener it is given: TLS is the
// proxy's in front of it. A proxy that changes the path needs
// [Source.SignedPath], since the path is signed.
package notify

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// Paths as the documents print them.
const (
	PaymentPath = "/v1.0/qr/qr-cpm-notify"   // service 79 (seed 003)
	TokenPath   = "/v1.0/access-token/b2b"   // service 73
	DepositPath = "/v2.0/cdm/cdm-mpm-notify" // PayCools; ours, the document leaves it to notifyUrl
	tokenCode   = "73"                       // service part of the token endpoint's answers
	PaymentCode = "79"                       // of a payment notification's
	DepositCode = "91"                       // of a deposit notification's: undocumented, so the query's
)

// Unsigned is the kind of a source whose signature nobody documents. It may
// wake a check of a reference and nothing else: no other word of it is handed
// over, and no answer tells whether a reference exists.
const Unsigned snap.Kind = "unsigned"

// Tolerance is how far X-TIMESTAMP may be from our clock. A notification that
// is well signed and further off is handed over as stale; a token request is
// refused.
const Tolerance = 5 * time.Minute

// tokenLife is how long our access tokens last: the document's 900 s.
const tokenLife = 900 * time.Second

// ErrUnknown is what the hand-over returns for a reference that the journal
// does not have; it may be wrapped.
var ErrUnknown = errors.New("this reference is not in the journal")

// Notice is what a decoder found in a body, in our words.
type Notice struct {
	// One of the two references at least; a decoder refuses a body without.
	Reference         api.Reference // originalPartnerReferenceNo
	ProviderReference api.Text      // originalReferenceNo

	Status    api.PaymentStatus
	RawStatus api.Text // latestTransactionStatus as it came
	Amount    api.Amount
	// Account numbers, of which the hint keeps the last four characters; what is
	// masked already stays as it is.
	Customer    api.Text // customerNumber
	Destination api.Text // destinationNumber
}

// Hint is a notification as it is handed over. It holds nothing that may not
// be journalled.
type Hint struct {
	Notice
	Source     string    // the provider's name in the profile
	Service    string    // PaymentCode or DepositCode
	ExternalID string    // X-EXTERNAL-ID; empty when unsigned
	Digest     string    // lowercase hex sha256 of the minified body
	SentAt     time.Time // X-TIMESTAMP; zero when unsigned
	ReceivedAt time.Time
	Stale      bool // well signed, SentAt further off than Tolerance
	Verified   bool // false: anybody may have sent it
}

// Note is the hint in one English line for the journal, at most 200 characters.
func (h Hint) Note() string {
	parts := []string{h.Source + " notified"}
	if !h.Verified {
		parts[0] += " (unsigned)"
	}
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	add("status", string(h.RawStatus))
	if h.Amount.Currency() != "" {
		add("amount", h.Amount.String())
	}
	add("customer", string(h.Customer))
	add("destination", string(h.Destination))
	add("external id", h.ExternalID)
	if h.Stale {
		add("stale, sent", api.Timestamp(h.SentAt))
	}
	return api.Clean(strings.Join(parts, "; "), 200)
}

// Source is one provider that notifies us.
type Source struct {
	Name  string   // the provider's name in the profile
	Paths []string // where it posts; each belongs to one source alone
	// SignedPath is the path that it signs, where a proxy passes on another one;
	// empty: the path that arrives. The query string is signed as it arrives.
	SignedPath string
	Service    string // service part of our answers; empty: PaymentCode

	// Kind is snap.Symmetric (with a token of ours), snap.Asymmetric, or Unsigned.
	// Signatures are read in base64 and in hex.
	Kind snap.Kind
	// ClientKey is the X-CLIENT-KEY under which a symmetric source asks for tokens.
	ClientKey string
	// PublicKey is the provider's: of asymmetric notifications and of token
	// requests. ClientSecret is the one shared with a symmetric source. Both are
	// fetched when first needed, and again until that succeeds.
	PublicKey    func() (*rsa.PublicKey, error)
	ClientSecret func() ([]byte, error)

	// Decode reads a body whose signature is good. Errors that wrap an
	// *api.FieldError name the field and answer 400-02 or 400-01, others 400-00.
	// A body without notices is acknowledged. An error quotes nothing of the body:
	// it is shown.
	Decode func(body []byte) ([]Notice, error)
}

// Limits bound what strangers can cost us. Zero fields have the defaults that
// stand beside them.
type Limits struct {
	Body        int64         // bytes of a body: 64 KiB
	PerSource   int           // requests a second to one source, and to the token endpoint: 50
	Unsigned    int           // requests a second to one unsigned source: 5
	Total       int           // requests a second in all: 200
	Concurrent  int           // requests in work, and hand-overs under way: 64 each
	Connections int           // open at a time; further ones wait: 256
	Tokens      int           // of one source; the oldest gives way: 1,000
	Remembered  int           // acknowledged notifications; the oldest is forgotten: 10,000
	Answer      time.Duration // for the hand-over, of the 100 ms in all: 80 ms
}

// Options of a Server. Sources and Hand are needed.
type Options struct {
	Sources   []Source
	TokenPath string // of our token endpoint; empty: TokenPath
	// Hand takes one hint: it must have journalled it when it returns nil. What it
	// journals twice it must recognise itself (by Source, ExternalID and Digest):
	// the memory here is bounded and dies with the process. ErrUnknown says that
	// the reference is not ours; any other error makes the provider repeat. The
	// context ends with Limits.Answer. It is called concurrently, and never again
	// for an exact repeat of what it took.
	Hand   func(ctx context.Context, h Hint) error
	Limits Limits
	Clock  api.Clock // for timestamps, rates and lifetimes; nil: the wall clock
}

// Server answers providers. It is safe for concurrent use.
type Server struct {
	hand    func(context.Context, Hint) error
	clock   api.Clock
	limits  Limits
	sources []*source
	routes  map[string]*source
	clients map[string]*source // by ClientKey
	// tokenPath is empty where no source needs the endpoint.
	tokenPath string

	tokens    tokens
	memory    memory
	total     bucket
	asked     bucket // of the token endpoint
	working   chan struct{}
	hands     hands
	listening listening
}

type source struct {
	Source
	key    secret[*rsa.PublicKey]
	shared secret[[]byte]
	rate   bucket
	health tally
}

// New makes a server; what is wrong with the options is named.
func New(o Options) (*Server, error) {
	s := &Server{
		hand: o.Hand, clock: o.Clock, limits: o.Limits.orDefault(), tokenPath: o.TokenPath,
		routes: map[string]*source{}, clients: map[string]*source{},
	}
	if s.clock == nil {
		s.clock = api.WallClock{}
	}
	if s.tokenPath == "" {
		s.tokenPath = TokenPath
	}
	if s.hand == nil {
		return nil, errors.New("notifications: nobody takes them")
	}
	for _, one := range o.Sources {
		if err := s.add(one); err != nil {
			return nil, fmt.Errorf("notifications of %s: %w", api.Clean(one.Name, 64), err)
		}
	}
	if len(s.clients) == 0 {
		s.tokenPath = ""
	} else if s.routes[s.tokenPath] != nil {
		return nil, fmt.Errorf("notifications: the path %s is the token endpoint's", s.tokenPath)
	}
	s.total.perSecond, s.asked.perSecond = s.limits.Total, s.limits.PerSource
	s.working = make(chan struct{}, s.limits.Concurrent)
	s.hands.slots = make(chan struct{}, s.limits.Concurrent)
	s.tokens.max, s.memory.max = s.limits.Tokens, s.limits.Remembered
	return s, nil
}

func (s *Server) add(one Source) error {
	src := &source{Source: one, rate: bucket{perSecond: s.limits.PerSource}}
	src.key.fetch, src.shared.fetch = one.PublicKey, one.ClientSecret
	if src.Service == "" {
		src.Service = PaymentCode
	}
	switch {
	case one.Name == "":
		return errors.New("the source has no name")
	case one.Decode == nil:
		return errors.New("nothing reads their bodies")
	case len(one.Paths) == 0:
		return errors.New("no path is given for them")
	case len(src.Service) != 2:
		return fmt.Errorf("the service code %q is not two digits", src.Service)
	}
	switch one.Kind {
	case Unsigned:
		src.rate.perSecond = s.limits.Unsigned
	case snap.Asymmetric:
		if one.PublicKey == nil {
			return errors.New("the provider's public key is needed to verify them")
		}
	case snap.Symmetric:
		switch {
		case one.ClientSecret == nil:
			return errors.New("the client secret is needed to verify them")
		case one.PublicKey == nil || one.ClientKey == "":
			return errors.New("client key and public key are needed, since the provider asks us for a token")
		case s.clients[one.ClientKey] != nil:
			return errors.New("another source has the same client key")
		}
		s.clients[one.ClientKey] = src
	default:
		return fmt.Errorf("signature kind %q: use %s, %s or %s", one.Kind, snap.Symmetric, snap.Asymmetric, Unsigned)
	}
	for _, path := range one.Paths {
		switch {
		case !strings.HasPrefix(path, "/"):
			return fmt.Errorf(`the path %q does not begin with "/"`, path)
		case s.routes[path] != nil:
			return fmt.Errorf("the path %s is given twice: each source needs its own", path)
		}
		s.routes[path] = src
	}
	s.sources = append(s.sources, src)
	return nil
}

func (l Limits) orDefault() Limits {
	or := func(n *int, fallback int) {
		if *n <= 0 {
			*n = fallback
		}
	}
	or(&l.PerSource, 50)
	or(&l.Unsigned, 5)
	or(&l.Total, 200)
	or(&l.Concurrent, 64)
	or(&l.Connections, 256)
	or(&l.Tokens, 1000)
	or(&l.Remembered, 10_000)
	if l.Body <= 0 {
		l.Body = 64 << 10
	}
	if l.Answer <= 0 {
		l.Answer = 80 * time.Millisecond
	}
	return l
}
