package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"cashier/api/snap"
)

// Consent is how a customer's token is had (access token B2B2C, service 74):
// by the authorization code that the customer's consent gave, once, and from
// then on by the refresh token of the last answer.
type Consent struct {
	// AuthCode is authCode; RefreshToken is a refresh token that was handed over
	// in its place. Either may be nil. They are read again when a token is
	// wanted: another value is another consent and replaces what is kept.
	AuthCode     func() ([]byte, error)
	RefreshToken func() ([]byte, error)
	// SmallGrants writes authorization_code and refresh_token where the table
	// has them in capitals.
	SmallGrants bool
	// Store keeps the tokens through restarts; nil: they end with the client, and
	// with them a consent whose code is spent.
	Store TokenStore
}

// TokenStore keeps secrets: readable by their owner alone, never in the
// journal.
type TokenStore interface {
	// Load returns what was saved under a name; nil when nothing was.
	Load(ctx context.Context, name string) ([]byte, error)
	// Save is durable when it returns; it replaces what was there as a whole.
	Save(ctx context.Context, name string, data []byte) error
}

// Lack is why no customer token is to be had.
type Lack string

// Lacks. Each of them needs a person.
const (
	NoConsent    Lack = "none"          // there is neither a code nor a refresh token
	CodeSpent    Lack = "code"          // the provider does not take the authorization code
	RefreshSpent Lack = "refresh-token" // it does not take the refresh token, or gave none
)

// ConsentError says that only a new consent of the customer helps. Nothing was
// sent of what was asked for.
type ConsentError struct {
	Provider string
	Lack     Lack
	Ended    time.Time // when the refresh token's time was up, where that is known
	Said     Text      // the provider's own code and words; empty when it was not asked
}

func (e *ConsentError) Error() string {
	what := fmt.Sprintf("there is no customer token for %s", e.Provider)
	switch e.Lack {
	case CodeSpent:
		what = fmt.Sprintf("%s does not take the authorization code: it was used already or its time is up", e.Provider)
	case RefreshSpent:
		what = fmt.Sprintf("the refresh token for %s is spent", e.Provider)
		if !e.Ended.IsZero() {
			what += ", its time was up " + e.Ended.In(Jakarta).Format("2006-01-02 15:04")
		}
	}
	if e.Said != "" {
		what += fmt.Sprintf(" (%s)", e.Said)
	}
	return what + ". Let the customer give consent again, put the new authorization code into the profile, and ask once more; nothing was sent"
}

// CustomerOperation is access token B2B2C (74) with the path of a dialect.
func CustomerOperation(dialect string) Operation {
	op := TokenOperation(dialect)
	op.Service, op.Name, op.Path = "74", "access token B2B2C", "/v1.0/access-token/b2b2c"
	if dialect == "paydia" {
		op.Path = "/snap/v1.0/access-token/b2b2c"
	}
	return op
}

// grant is the body of 74. additionalInfo, which BI SNAP leaves to the
// provider, is not sent.
type grant struct {
	GrantType    string `json:"grantType"`
	AuthCode     string `json:"authCode,omitempty"`
	RefreshToken string `json:"refreshToken,omitempty"`
}

// customerAnswer is the answer of 74. It names ends, not lifetimes; expiresIn
// is not in the table and read where it is given.
type customerAnswer struct {
	AccessToken            string `json:"accessToken"`
	AccessTokenExpiryTime  Text   `json:"accessTokenExpiryTime"`
	RefreshToken           string `json:"refreshToken"`
	RefreshTokenExpiryTime Text   `json:"refreshTokenExpiryTime"`
	ExpiresIn              Text   `json:"expiresIn"`
}

// kept is what the store holds: secrets, but for the times.
type kept struct {
	Binding      string    `json:"binding"` // base URL and client key
	Consent      string    `json:"consent"` // mark of the code or token that it began with
	AccessToken  string    `json:"accessToken"`
	IssuedAt     time.Time `json:"issuedAt"`
	AccessEnd    time.Time `json:"accessEnd"`
	RefreshToken string    `json:"refreshToken,omitempty"`
	RefreshEnd   time.Time `json:"refreshEnd,omitzero"`
}

// renewAt is when the access token is to be renewed: while a tenth of its life
// is left (30 s to a day), since one that has run out may leave a refresh token
// behind that ran out with it.
func (k kept) renewAt() time.Time {
	end := k.AccessEnd
	if !k.RefreshEnd.IsZero() && k.RefreshEnd.Before(end) {
		end = k.RefreshEnd
	}
	return end.Add(-min(max(end.Sub(k.IssuedAt)/10, tokenMargin), 24*time.Hour))
}

// life is how long from now on the token may be used without looking again,
// with the margin that the cache takes off.
func (k kept) life(now time.Time) time.Duration {
	good := k.AccessEnd.Add(-tokenMargin).Sub(now)
	return max(k.renewAt().Sub(now), min(good, time.Minute)) + tokenMargin
}

func (k kept) usable(now time.Time) bool {
	return k.AccessToken != "" && now.Before(k.AccessEnd.Add(-tokenMargin))
}

// customer keeps one customer's token.
type customer struct {
	tokens
	lock     sync.Mutex
	rejected string      // an access token that the provider no longer took
	unkept   atomic.Bool // the store failed
	// Of the one refresh that runs at a time:
	unsaved *kept     // could not be stored
	refused string    // mark of a code or token that was not taken
	until   time.Time // before that it is not tried again
	why     *ConsentError
}

// consentPause is how long a code or token that was not taken is let alone.
const consentPause = 5 * time.Minute

func (c *customer) drop(token string) {
	c.lock.Lock()
	c.rejected = token
	c.lock.Unlock()
	c.tokens.drop(token)
}

func (c *customer) isRejected(token string) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	return token != "" && c.rejected == token
}

// customerToken is the token for Authorization-Customer; empty where the header
// is left out.
func (c *Client) customerToken(ctx context.Context, op Operation) (string, *Answer) {
	e := c.endpoint
	switch {
	case !op.carries(snap.HeaderAuthorizationCustomer):
		return "", nil
	case e.Customer != nil:
		token, failed := c.customer.get(ctx)
		if failed != nil {
			failed.Class = NotSent
		}
		return token, failed
	case e.CustomerToken != nil:
		token, err := e.CustomerToken()
		if err != nil {
			return "", &Answer{Class: NotSent, Reason: ReasonRequest, At: c.clock.Now(), Err: err}
		}
		return string(token), nil
	}
	return "", nil
}

// fetchCustomer finds a token that is kept, or has a new one by the refresh
// token, else by the authorization code. What it gets is stored before it is
// used: the refresh token before it is spent by then.
func (c *Client) fetchCustomer(ctx context.Context) (string, time.Duration, Answer) {
	now := c.clock.Now()
	have, request, mark, err := c.consent(ctx)
	if err != nil {
		return "", 0, Answer{Class: NotSent, Reason: ReasonToken, At: now, Err: err}
	}
	for _, secret := range []string{have.AccessToken, request.AuthCode, request.RefreshToken} {
		c.endpoint.conceal(secret)
	}
	usable := have.usable(now) && !c.customer.isRejected(have.AccessToken)
	if usable && now.Before(have.renewAt()) {
		return have.AccessToken, have.life(now), Answer{Class: Done, At: now}
	}
	token, life, answer := c.grant(ctx, have, request, mark)
	if answer.Class != Done && usable {
		// There is still time: the next minute tries again.
		return have.AccessToken, have.life(now), Answer{Class: Done, At: now}
	}
	return token, life, answer
}

// consent is what is kept, and what to ask a token with next: of which mark is
// a name that tells nothing.
func (c *Client) consent(ctx context.Context) (have kept, next grant, mark string, err error) {
	e := c.endpoint
	if have, err = c.loadCustomer(ctx); err != nil {
		return kept{}, grant{}, "", err
	}
	code, codeErr := secretText(e.Customer.AuthCode)
	seed, seedErr := secretText(e.Customer.RefreshToken)
	if began := marked(code + "\n" + seed); code+seed != "" && codeErr == nil && seedErr == nil && began != have.Consent {
		have = kept{Consent: began}
	}
	switch {
	case have.RefreshToken != "":
		next.RefreshToken = have.RefreshToken
	case have.AccessToken != "": // it came without one
	case codeErr != nil:
		return kept{}, grant{}, "", codeErr
	case code != "":
		next.AuthCode = code
	case seedErr != nil:
		return kept{}, grant{}, "", seedErr
	default:
		next.RefreshToken = seed
	}
	return have, next, marked(next.AuthCode + "\n" + next.RefreshToken), nil
}

// grant asks for a token.
func (c *Client) grant(ctx context.Context, have kept, request grant, mark string) (string, time.Duration, Answer) {
	e, now := c.endpoint, c.clock.Now()
	lack := &ConsentError{Provider: e.Name, Lack: NoConsent, Ended: have.RefreshEnd}
	switch {
	case request.AuthCode != "":
		request.GrantType, lack.Lack = "AUTHORIZATION_CODE", CodeSpent
	case request.RefreshToken != "":
		request.GrantType, lack.Lack = "REFRESH_TOKEN", RefreshSpent
	case have.AccessToken != "":
		lack.Lack = RefreshSpent
		fallthrough
	default:
		return "", 0, Answer{Class: NotSent, Reason: ReasonToken, At: now, Err: lack}
	}
	if c.customer.refused == mark && now.Before(c.customer.until) {
		return "", 0, Answer{Class: NotSent, Reason: ReasonToken, At: now, Err: c.customer.why}
	}
	body, err := e.encodeGrant(request)
	if err != nil {
		return "", 0, Answer{Class: NotSent, Reason: ReasonRequest, At: now, Err: err}
	}
	var wire customerAnswer
	answer := c.askToken(ctx, e.override(CustomerOperation(e.Dialect)), body, &wire, func() string { return wire.AccessToken })
	answer.Message = unquoted(answer.Message, request.AuthCode, request.RefreshToken, wire.AccessToken, wire.RefreshToken)
	if answer.Class != Done {
		if answer.Reason == "" && answer.refusesGrant() {
			lack.Said = Text(answer.Code.String() + " " + string(answer.Message))
			c.customer.refused, c.customer.until, c.customer.why = mark, now.Add(consentPause), lack
			answer.Reason, answer.Err = ReasonToken, lack
		}
		return "", 0, answer
	}
	next := wire.kept(answer)
	e.conceal(next.RefreshToken)
	next.Binding, next.Consent = e.tokenBinding(), have.Consent
	if next.RefreshToken == "" && request.RefreshToken != "" {
		// One that is not replaced goes on.
		next.RefreshToken, next.RefreshEnd = request.RefreshToken, have.RefreshEnd
	}
	c.saveCustomer(ctx, next)
	return next.AccessToken, next.life(answer.At), answer
}

// refusesGrant reports a refusal of the code or token itself. The B2B token
// came by the same key just before, so that a 401 is not the signature's; a 400
// is the request's shape, a 429 or 5xx the moment's.
func (a Answer) refusesGrant() bool {
	switch a.Code.HTTP {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	}
	return false
}

func (e Endpoint) encodeGrant(g grant) ([]byte, error) {
	if e.Customer.SmallGrants {
		g.GrantType = map[string]string{"AUTHORIZATION_CODE": "authorization_code", "REFRESH_TOKEN": "refresh_token"}[g.GrantType]
	}
	if name := e.grantName(); name != "grantType" {
		named := Endpoint{Spellings: map[string]string{"grantType": name}}
		for our, their := range e.Spellings {
			named.Spellings[our] = their
		}
		return named.Encode(g)
	}
	return e.Encode(g)
}

// kept turns an answer into what is stored. An end that cannot be read, or that
// has passed as the answer comes (a label of the wrong zone), is the document's
// 900 s.
func (w customerAnswer) kept(a Answer) kept {
	end := func(s Text) time.Time {
		t, err := ParseTimestamp(string(s))
		if err != nil {
			return time.Time{}
		}
		if a.SkewKnown && a.Skew.Abs() >= SkewLimit {
			t = t.Add(-a.Skew) // it is told by the provider's clock
		}
		return t
	}
	k := kept{AccessToken: w.AccessToken, IssuedAt: a.At, RefreshToken: w.RefreshToken, RefreshEnd: end(w.RefreshTokenExpiryTime)}
	if k.AccessEnd = end(w.AccessTokenExpiryTime); !k.AccessEnd.After(a.At) {
		life, ok := seconds(w.ExpiresIn)
		if !ok {
			life = unknownLife
		}
		k.AccessEnd = a.At.Add(life)
	}
	if !k.RefreshEnd.After(a.At) {
		k.RefreshEnd = time.Time{}
	}
	if Clean(w.RefreshToken, 4096) != w.RefreshToken {
		k.RefreshToken, k.RefreshEnd = "", time.Time{}
	}
	return k
}

// tokenBinding is where a kept token belongs: it is sent nowhere else.
func (e Endpoint) tokenBinding() string { return e.BaseURL + " " + e.ClientKey }

func (e Endpoint) tokenName() string { return e.Name + "-customer" }

// loadCustomer reads what is kept. One that cannot be read as such, or that
// belongs to another place, is none.
func (c *Client) loadCustomer(ctx context.Context) (kept, error) {
	e := c.endpoint
	if c.customer.unsaved != nil {
		c.saveCustomer(ctx, *c.customer.unsaved)
		if c.customer.unsaved != nil {
			return *c.customer.unsaved, nil
		}
	}
	if e.Customer.Store == nil {
		return kept{}, nil
	}
	data, err := e.Customer.Store.Load(ctx, e.tokenName())
	if err != nil {
		return kept{}, fmt.Errorf("read the kept customer token of %s: %w", e.Name, err)
	}
	var k kept
	if json.Unmarshal(data, &k) != nil || k.Binding != e.tokenBinding() {
		return kept{}, nil
	}
	return k, nil
}

// saveCustomer stores. Where that fails, or there is no store, the tokens stay
// in memory, and the next look tries again.
func (c *Client) saveCustomer(ctx context.Context, k kept) {
	c.customer.unsaved = &k
	store := c.endpoint.Customer.Store
	if store == nil {
		return
	}
	data, err := json.Marshal(k)
	if err == nil {
		err = store.Save(ctx, c.endpoint.tokenName(), data)
	}
	if err == nil {
		c.customer.unsaved = nil
	}
	c.customer.unkept.Store(err != nil)
}

// secretText reads a secret that may not be there.
func secretText(read func() ([]byte, error)) (string, error) {
	if read == nil {
		return "", nil
	}
	secret, err := read()
	return string(secret), err
}

// marked is a name for a secret that does not tell it.
func marked(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
