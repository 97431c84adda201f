// Package sandbox is the providers' other side: an HTTP server that verifies
// requests as a provider would, keeps state (user ids, deposits, codes,
// payments, refunds) in a file, sends notifications, and goes wrong on demand.
// It decodes and validates by its own transcription of the documents' tables
// (PayCools: "Generate ATM QRCode" for service 90, "Query ATM Payment" for
// service 91; BI SNAP: "API QR CPM" for 59, 60, 61, 62, 79 and 80; Paydia and
// Finnet: "Query Payment" for 51) and shares
// with the client only the signing functions, the catalogue of response codes
// and the basic types, so that a field which is misspelt on one side cannot
// pass on both.
//
// A service is a row of the operation table; see operation.
package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// Defaults of Options.
const (
	DefaultTolerance = 5 * time.Minute
	DefaultTokenLife = 15 * time.Minute
	DefaultDelay     = 3 * time.Second
	DefaultHold      = time.Minute
	DefaultScale     = 1.0

	DefaultCustomerTokenLife = time.Hour
	DefaultRefreshTokenLife  = 30 * 24 * time.Hour
)

// Options of a sandbox; the zero value works.
type Options struct {
	// Path is the state file. Empty keeps everything in memory.
	Path string
	// Seed drives the faults and, unless it is 0 or the state file already has
	// ids of its own, the ids that are handed out.
	Seed int64
	// Clock is api.WallClock when nil.
	Clock api.Clock
	// Tolerance is how far X-TIMESTAMP may be off; negative: any distance.
	Tolerance time.Duration
	// TokenLife is how long an access token is good; whole seconds.
	TokenLife time.Duration
	// CustomerTokenLife and RefreshTokenLife are how long the tokens of service
	// 74 are good; whole seconds.
	CustomerTokenLife, RefreshTokenLife time.Duration
	// PerSecond is the most requests that a provider's service takes in a second
	// before it answers 429-00; 0: no limit.
	PerSecond int
	// Delay is what the fault "delay" waits, Hold how long a silent fault keeps
	// a connection before it hangs up.
	Delay, Hold time.Duration
	// RangeReading is how service 91 reads fromDateTime and toDateTime.
	RangeReading api.RangeReading
	// EmptyList answers service 91 with 2009100 and an empty list where there
	// is no deposit, instead of 4049101.
	EmptyList bool
	// Scale stretches or shortens what test customers, codes of service 59 and
	// repeated notifications take; 0: DefaultScale. 0.01 makes 8 seconds 80 ms.
	Scale float64
	// Signature is the kind that the QR CPM operations take; empty: symmetric
	// and asymmetric both, as they come.
	Signature snap.Kind
	// ReuseExternalID takes an X-EXTERNAL-ID again for the very same request,
	// as providers do that use it as the idempotency key.
	ReuseExternalID bool
	// StatusNotFound answers service 61 with 2006100 and status 07 where there
	// is no such payment, instead of 4046101.
	StatusNotFound bool
	// ByTable answers service 51 as the documents' tables have it. Without it
	// the answers have the faults of the documents' samples: Paydia's paidTime is
	// UTC under +07:00; Finnet's two references are exchanged, its codes say
	// service 53 and its fee is FeeAmount.
	ByTable bool
	// Dialect lets a provider differ from its document.
	Dialect Dialect
	// Expiry is how service 59 spells expiryTime; empty: ISO 8601.
	Expiry api.ExpirySpelling
	// NotifyURL gets service 79 whenever a payment ends; loopback only. Empty:
	// nothing is sent by itself.
	NotifyURL string
	// NotifySignature is how notifications are signed; empty: asymmetric.
	// Symmetric asks the receiver for an access token first.
	NotifySignature snap.Kind
	// Receiver carries notifications instead of the network, for simulations.
	Receiver http.RoundTripper
	// UnknownFields lets pass fields that are in no table. Without it they are
	// answered with 400-01, since here they are misspellings.
	UnknownFields bool
	// GenerateKey makes an RSA key; nil: 2048 bits from the system's source.
	GenerateKey func() (*rsa.PrivateKey, error)
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = api.WallClock{}
	}
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	if o.TokenLife <= 0 {
		o.TokenLife = DefaultTokenLife
	}
	if o.CustomerTokenLife <= 0 {
		o.CustomerTokenLife = DefaultCustomerTokenLife
	}
	if o.RefreshTokenLife <= 0 {
		o.RefreshTokenLife = DefaultRefreshTokenLife
	}
	if o.Delay <= 0 {
		o.Delay = DefaultDelay
	}
	if o.Hold <= 0 {
		o.Hold = DefaultHold
	}
	if o.Scale == 0 {
		o.Scale = DefaultScale
	}
	if o.NotifySignature == "" {
		o.NotifySignature = snap.Asymmetric
	}
	if o.Receiver == nil {
		o.Receiver = &http.Transport{DisableKeepAlives: true} // no proxy: it goes to this machine alone
	}
	if o.RangeReading == "" {
		o.RangeReading = api.RangeJakarta
	}
	if o.GenerateKey == nil {
		o.GenerateKey = func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }
	}
	return o
}

// check refuses what a typing error makes of an option.
func (o Options) check() error {
	switch o.RangeReading {
	case api.RangeJakarta, api.RangeUTCLabelled, api.RangeUTC:
	default:
		return fmt.Errorf("the range reading %q is not known: use %s, %s or %s",
			o.RangeReading, api.RangeJakarta, api.RangeUTCLabelled, api.RangeUTC)
	}
	switch o.Expiry {
	case "", api.ExpiryISO, api.ExpirySeconds, api.ExpiryNumber:
	default:
		return fmt.Errorf("the spelling %q of expiryTime is not known: use %s, %s or %s",
			o.Expiry, api.ExpiryISO, api.ExpirySeconds, api.ExpiryNumber)
	}
	for _, kind := range []snap.Kind{o.Signature, o.NotifySignature} {
		if kind != "" && kind != snap.Symmetric && kind != snap.Asymmetric {
			return fmt.Errorf("the signature %q cannot be used here: %s or %s", kind, snap.Symmetric, snap.Asymmetric)
		}
	}
	if err := o.Dialect.check(); err != nil {
		return err
	}
	if !(o.Scale > 0 && o.Scale <= 1000) {
		return fmt.Errorf("the scale %g is not above 0 and up to 1000", o.Scale)
	}
	if o.NotifyURL != "" {
		if _, err := loopback(o.NotifyURL); err != nil {
			return err
		}
	}
	return nil
}

// Sandbox is one provider side. Its methods may be called from any goroutine.
type Sandbox struct {
	options    Options
	operations map[string]*operation // by path
	lock       io.Closer             // nil in memory
	clockGiven bool                  // the clock is a simulation's
	clientKey  string
	merchantID string
	requests   atomic.Int64
	keys       keyring
	faults     faults
	tokens     tokens
	rates      rates

	mu     sync.Mutex // guards state and log together: what is told was written
	state  state
	log    *log // nil in memory
	closed bool

	announced map[string]string // payment -> the last status that was notified; guarded by mu
	notified  atomic.Int64      // notifications that were sent
	life      context.Context   // ends with Close
	end       context.CancelFunc
	senders   sync.WaitGroup // goroutines that notify
}

// ErrClosed is what a sandbox answers after Close.
var ErrClosed = errors.New("the sandbox is closed")

// Open opens a sandbox on its state file, or makes a new one. It neither
// generates nor reads an RSA key: see Keys. A file that another process uses is ErrInUse, one that
// cannot be read a *DamageError; the file is then left as it is.
func Open(options Options) (*Sandbox, error) {
	clockGiven := options.Clock != nil
	options = options.withDefaults()
	if err := options.check(); err != nil {
		return nil, fmt.Errorf("open the sandbox: %w", err)
	}
	s := &Sandbox{
		options: options, clockGiven: clockGiven,
		state: newState(), operations: map[string]*operation{}, announced: map[string]string{},
	}
	s.life, s.end = context.WithCancel(context.Background())
	for _, op := range operations() {
		options.Dialect.play(op)
		if options.ByTable {
			op.sampleService = ""
		}
		if other := s.operations[op.path]; other != nil && other.name != op.name {
			s.end()
			return nil, fmt.Errorf("open the sandbox: the dialect puts two services at %s", op.path)
		}
		s.operations[op.path] = op
	}
	if options.Path != "" {
		if err := s.openFile(); err != nil {
			return nil, fmt.Errorf("open the sandbox: %w", err)
		}
	}
	if s.state.salt == "" {
		if err := s.record(origin{Version: stateVersion, Salt: newSalt(options.Seed)}); err != nil {
			s.Close()
			return nil, fmt.Errorf("open the sandbox: %w", err)
		}
	}
	s.clientKey, s.merchantID = s.derive("client key")[:32], "SANDBOX"+s.derive("merchant")[:9]
	if record := s.state.keys; record != nil {
		s.keys.kept = func() (Credentials, *rsa.PrivateKey, error) {
			credentials, provider, err := record.parse()
			if err != nil {
				err = fmt.Errorf("the keys in %s cannot be used: %w; move the file away to start with an empty sandbox", options.Path, err)
			}
			credentials.ClientKey = s.ClientKey()
			return credentials, provider, err
		}
	}
	s.followAll()
	return s, nil
}

func (s *Sandbox) openFile() error {
	lock, err := lockFile(s.options.Path + ".lock")
	if err != nil {
		return err
	}
	file, err := openLog(s.options.Path, &s.state)
	if err != nil {
		lock.Close()
		return err
	}
	s.lock, s.log = lock, file
	return nil
}

// newSalt is what all ids are derived from: of the seed, so that a run can be
// repeated, or random.
func newSalt(seed int64) string {
	if seed != 0 {
		sum := sha256.Sum256(fmt.Appendf(nil, "cashier sandbox %d", seed))
		return hex.EncodeToString(sum[:16])
	}
	var salt [16]byte
	rand.Read(salt[:])
	return hex.EncodeToString(salt[:])
}

// Close waits for a key that is being made, gives up notifications under way,
// and gives the state file free. Requests that come later are answered with
// 500-01.
func (s *Sandbox) Close() error {
	s.keys.wait()
	s.end()
	defer s.senders.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	if s.log != nil {
		errs = append(errs, s.log.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// ClientKey is the partner's appId: X-CLIENT-KEY and X-PARTNER-ID.
func (s *Sandbox) ClientKey() string { return s.clientKey }

// MerchantID is the merchant that the sandbox knows beside ClientKey, which
// the documents allow as merchantId too.
func (s *Sandbox) MerchantID() string { return s.merchantID }

// derive makes 64 hex digits that are the sandbox's own and always the same
// for one purpose. The salt is written before anybody can ask.
func (s *Sandbox) derive(purpose string) string {
	sum := sha256.Sum256([]byte(s.state.salt + " " + purpose))
	return hex.EncodeToString(sum[:])
}

// record checks a record, writes it to the log and then applies it: the file
// never holds what the state would not take. The caller holds mu, except in
// Open.
func (s *Sandbox) record(r record) error {
	if s.closed {
		return ErrClosed
	}
	if err := r.check(&s.state); err != nil {
		return err
	}
	if s.log != nil {
		if err := s.log.append(r); err != nil {
			return err
		}
	}
	r.applyTo(&s.state)
	return nil
}

func (s *Sandbox) now() time.Time { return s.options.Clock.Now().In(api.Jakarta) }

// wait is false when the context ended first.
func (s *Sandbox) wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-s.options.Clock.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
