package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"reflect"
	"strconv"
	"sync/atomic"
	"time"

	"cashier/api/snap"
)

// maxAnswer caps an answer's body, in bytes.
const maxAnswer = 1 << 20

// ErrTooLarge is the Err of an answer past 1 MiB.
var ErrTooLarge = errors.New("the answer is larger than 1 MiB")

// Client talks to one provider: it builds, signs, sends and classifies. It is
// safe for concurrent use.
type Client struct {
	endpoint   Endpoint
	signPrefix string // before the path in what is signed
	clock      Clock
	http       *http.Client
	tokens     tokens
	customer   customer
	health     atomic.Pointer[Health]
	partner    error // what is wrong with X-PARTNER-ID
}

// NewClient makes a client for an endpoint. Nothing is read or connected yet.
func NewClient(endpoint Endpoint, clock Clock) *Client {
	if clock == nil {
		clock = WallClock{}
	}
	c := &Client{endpoint: endpoint, clock: clock, signPrefix: endpoint.signedPrefix(), partner: endpoint.checkPartner()}
	transport := endpoint.Transport
	if transport == nil {
		transport = newTransport(endpoint.TLS12)
	}
	c.http = &http.Client{
		Transport: transport,
		// A redirect would carry a signed request to a place that nobody
		// configured: the 3xx is the answer, and an unclear one.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tokens.fetch = c.fetchToken
	c.tokens.now = clock.Now
	c.customer.fetch = c.fetchCustomer
	c.customer.now = clock.Now
	return c
}

// Endpoint is what the client was made for.
func (c *Client) Endpoint() Endpoint { return c.endpoint }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Health is how the link to a provider looked last.
type Health struct {
	At      time.Time     // when the last exchange ended
	Latency time.Duration // of that exchange
	Since   time.Time     // since when there has been no connection; zero: there is one
	Skew    time.Duration // beyond SkewLimit, else 0
}

// Health reports the link; ok is false before the first exchange.
func (c *Client) Health() (h Health, ok bool) {
	p := c.health.Load()
	if p == nil {
		return Health{}, false
	}
	return *p, true
}

func (c *Client) noteHealth(a Answer) {
	next := Health{At: c.clock.Now(), Latency: a.Latency}
	if a.HTTPStatus == 0 {
		next.Since = a.At
		if before := c.health.Load(); before != nil && !before.Since.IsZero() {
			next.Since = before.Since
		}
	}
	if a.SkewKnown && a.Skew.Abs() >= SkewLimit {
		next.Skew = a.Skew
	}
	c.health.Store(&next)
}

// Do asks the provider: one attempt; another one with a new access token, and
// one with a new customer token, when an answer says that it is spent; and,
// where the operation's document allows it, the same bytes again after no
// answer or an undefined one, up to Operation.Attempts. Each attempt is shown
// to the call's log before its first byte leaves. Do always returns an answer,
// that of the last attempt; what went wrong is in Class, Reason and Err.
func (c *Client) Do(ctx context.Context, call Call) Answer {
	call.Operation = c.endpoint.override(call.Operation)
	if c.partner != nil {
		return Answer{Class: NotSent, Reason: ReasonRequest, At: c.clock.Now(), Err: c.partner}
	}
	if c.endpoint.ReuseExternalID && call.ExternalID == "" {
		if earlier, ok := call.Log.(interface{ EarlierExternalID() string }); ok {
			call.ExternalID = earlier.EarlierExternalID()
		}
		if call.ExternalID == "" {
			call.ExternalID = NewExternalID(c.clock.Now())
		}
	}
	var renewed renewals
	for number, tries := 1, 1; ; number++ {
		answer := c.attempt(ctx, call, number, renewed)
		if answer.Class == Renew {
			renewed.note(answer)
			continue
		}
		if tries >= call.Operation.Attempts || !answer.repeatable(call.Operation) || ctx.Err() != nil {
			return answer
		}
		tries++
		if answer.Class == Unknown {
			call.Tainted = true
		}
		select {
		case <-c.clock.After(c.endpoint.retryPause()):
		case <-ctx.Done():
			return answer
		}
	}
}

// repeatable reports what the documents call a total timeout, an empty or an
// undefined answer; a connection that was never had is one too.
func (a Answer) repeatable(op Operation) bool {
	switch a.Reason {
	case ReasonTimeout, ReasonNoConnection:
		return true
	case ReasonUnclear:
		return !op.RepeatSilenceOnly
	case "":
		_, defined := op.Classes[a.Code.Key()]
		return a.Class == Unknown && !defined && !op.RepeatSilenceOnly
	}
	return false
}

// renewals are the tokens that a call had renewed: each one once.
type renewals struct{ token, customer bool }

func (r *renewals) note(a Answer) {
	r.token = r.token || a.spentToken()
	r.customer = r.customer || a.spentCustomer()
}

func (a Answer) spentToken() bool {
	key := a.Code.Key()
	return key == "401-01" || key == "401-03"
}

func (a Answer) spentCustomer() bool {
	key := a.Code.Key()
	return key == "401-02" || key == "401-04"
}

func (c *Client) attempt(ctx context.Context, call Call, number int, renewed renewals) Answer {
	op := call.Operation
	now := c.clock.Now()
	token, failed := c.tokens.get(ctx)
	if failed != nil {
		failed.Class = NotSent
		return *failed
	}
	customer, failed := c.customerToken(ctx, op)
	if failed != nil {
		return *failed
	}
	attempt := Attempt{Service: op.Service, Number: number, At: now, Digest: snap.Digest(call.Body)}
	if op.carries(snap.HeaderExternalID) {
		if attempt.ExternalID = call.ExternalID; attempt.ExternalID == "" {
			attempt.ExternalID = NewExternalID(now)
		}
	}
	request, err := c.request(op, call.Body, token, customer, attempt, Timestamp(now))
	if err != nil {
		return Answer{Class: NotSent, Reason: ReasonRequest, At: now, Err: err}
	}
	if call.Log != nil {
		if err := call.Log.Before(attempt); err != nil {
			return Answer{Class: NotSent, Reason: ReasonJournal, At: now, Err: err}
		}
	}
	answer, body := c.exchange(ctx, request, op.Timeout)
	answer.Attempt = attempt
	if body != nil {
		judge(&answer, call, c.endpoint.ours(body))
	}
	// Also where the code proves nothing (after an unclear attempt, or outside
	// of the document's table), but not when the answer itself is in doubt.
	switch {
	case answer.Reason != "":
	case answer.spentToken():
		c.tokens.drop(token)
		if !renewed.token {
			answer.Class = Renew
		}
	case answer.spentCustomer() && c.endpoint.Customer != nil && customer != "":
		c.customer.drop(customer)
		if !renewed.customer {
			answer.Class = Renew
		}
	}
	answer.Message = unquoted(answer.Message, token, customer)
	if c.customer.unkept.Load() {
		answer.Warn("the customer's tokens could not be stored: they end with this program, and then the customer must consent again")
	}
	c.noteHealth(answer)
	if call.Log != nil {
		call.Log.After(attempt, answer)
	}
	return answer
}

// request builds and signs. The header names keep the documents' capitals:
// some gateways compare them letter by letter.
func (c *Client) request(op Operation, body []byte, token, customer string, attempt Attempt, timestamp string) (*http.Request, error) {
	e := c.endpoint
	signature, err := c.sign(op, body, token, timestamp)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(op.Method, e.BaseURL+op.Path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the address of %s is not usable: %w", e.Name, err)
	}
	h := request.Header
	h["Content-Type"] = []string{"application/json"}
	h["Accept"] = []string{"application/json"}
	h[snap.HeaderAuthorization] = []string{"Bearer " + token}
	h[snap.HeaderTimestamp] = []string{timestamp}
	h[snap.HeaderSignature] = []string{signature}
	h[snap.HeaderPartnerID] = []string{e.partnerID()}
	if attempt.ExternalID != "" {
		h[snap.HeaderExternalID] = []string{attempt.ExternalID}
	}
	for _, set := range []struct{ name, value string }{
		{snap.HeaderChannelID, e.ChannelID}, {snap.HeaderOrigin, e.Terminal.Origin},
		{snap.HeaderDeviceID, e.Terminal.DeviceID}, {snap.HeaderIPAddress, e.Terminal.DeviceIP},
		{snap.HeaderLatitude, e.Terminal.Latitude}, {snap.HeaderLongitude, e.Terminal.Longitude},
	} {
		if set.value != "" && op.carries(set.name) {
			h[set.name] = []string{set.value}
		}
	}
	if customer != "" {
		h[snap.HeaderAuthorizationCustomer] = []string{e.CustomerPrefix + customer}
	}
	return request, nil
}

func (c *Client) sign(op Operation, body []byte, token, timestamp string) (string, error) {
	e := c.endpoint
	text, _, err := snap.Parts{
		Kind: op.Signature, Method: op.Method, Endpoint: c.signPrefix + op.Path,
		AccessToken: token, ClientKey: e.ClientKey, Timestamp: timestamp, Body: body,
	}.StringToSign()
	if err != nil {
		return "", err
	}
	if op.Signature == snap.Symmetric {
		secret, err := e.secret()
		if err != nil {
			return "", err
		}
		return e.Encoding.Encode(snap.SignHMAC(secret, text)), nil
	}
	return e.signRSA(text)
}

// exchange sends and reads. The body is nil when there is no answer that can
// be judged; the answer then has its class and reason already.
func (c *Client) exchange(ctx context.Context, request *http.Request, timeout time.Duration) (Answer, []byte) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// With our own transport nothing can have left before a connection was
	// had; a foreign one is believed only when it failed to dial.
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	start := c.clock.Now()
	answer := Answer{At: start}
	response, err := c.http.Do(request.WithContext(httptrace.WithClientTrace(ctx, trace)))
	answer.Latency = c.clock.Now().Sub(start)
	if err != nil {
		left := connected || c.endpoint.Transport != nil && !failedToDial(err)
		answer.Class, answer.Reason, answer.Err = NotSent, ReasonNoConnection, plain(err, timeout)
		if left {
			answer.Class, answer.Reason = Unknown, ReasonTimeout
		}
		return answer, nil
	}
	defer response.Body.Close()
	body, err := readAnswer(response)
	end := c.clock.Now()
	answer.Latency, answer.HTTPStatus = end.Sub(start), response.StatusCode
	answer.skew(response.Header, start.Add(answer.Latency/2))
	if s, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && s > 0 {
		answer.RetryAfter = time.Duration(min(s, 3600)) * time.Second
	}
	switch {
	case err != nil:
		answer.Class, answer.Reason, answer.Err = Unknown, ReasonUnclear, fmt.Errorf("the answer broke off: %w", plain(err, timeout))
		return answer, nil
	case len(body) > maxAnswer || response.ContentLength > maxAnswer:
		answer.Class, answer.Reason, answer.Err = Unknown, ReasonUnclear, ErrTooLarge
		return answer, nil
	}
	answer.Size = len(body)
	return answer, body
}

// readAnswer reads at most one byte past maxAnswer, and nothing of a body that
// is announced to be longer. The bytes are never nil without an error.
func readAnswer(r *http.Response) ([]byte, error) {
	if r.ContentLength > maxAnswer {
		return []byte{}, nil
	}
	body := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 0)+bytes.MinRead))
	_, err := body.ReadFrom(io.LimitReader(r.Body, maxAnswer+1))
	return body.Bytes(), err
}

func (a *Answer) skew(h http.Header, middle time.Time) {
	at, err := ParseTimestamp(h.Get(snap.HeaderTimestamp))
	if err != nil {
		if at, err = http.ParseTime(h.Get("Date")); err != nil {
			return
		}
	}
	a.Skew, a.SkewKnown = at.Sub(middle).Round(time.Second), true
	if a.Skew.Abs() >= SkewLimit {
		a.Warn(fmt.Sprintf("the provider's clock differs from ours by %s", a.Skew))
	}
}

// envelope is what every answer of every document has.
type envelope struct {
	ResponseCode    Text `json:"responseCode"`
	ResponseMessage Text `json:"responseMessage"`
}

// judge gives an answer its class: by the operation's table, then by the
// call's own look at its fields.
func judge(answer *Answer, call Call, body []byte) {
	classify(answer, call, body)
	if call.Judge != nil {
		call.Judge(answer)
	}
}

// classify reads an answer's body by the operation's table. The code in the
// body decides together with the HTTP status: where they contradict, nothing
// is proven.
func classify(answer *Answer, call Call, body []byte) {
	op := call.Operation
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		answer.Unclear("the answer is not the JSON of the document (HTTP %d)", answer.HTTPStatus)
		return
	}
	answer.Message = Text(Clean(string(e.ResponseMessage), 150))
	code, err := snap.ParseCode(string(e.ResponseCode))
	if err != nil {
		answer.Unclear("the answer has no response code (HTTP %d)", answer.HTTPStatus)
		return
	}
	answer.Code = code
	if code.Contradicts(answer.HTTPStatus) {
		answer.Unclear("the response code %s contradicts HTTP %d", code, answer.HTTPStatus)
		return
	}
	if !op.answers(code.Service) {
		if op.Strict {
			answer.Unclear("the response code %s belongs to another service", code)
			return
		}
		answer.Warn(fmt.Sprintf("the response code %s belongs to another service", code))
	}
	rule, known := op.Classes[code.Key()]
	switch {
	case !known:
		answer.Class = Unknown
	case call.Tainted:
		answer.Class = rule.Tainted
	default:
		answer.Class = rule.Fresh
	}
	if call.Into == nil {
		return
	}
	reflect.ValueOf(call.Into).Elem().SetZero() // of what an earlier attempt's answer said
	if err := json.Unmarshal(body, call.Into); err != nil && (answer.Class == Done || answer.Class == Pending) {
		answer.Unclear("a field of the answer is not what the document says: %s", Clean(err.Error(), 200))
	}
}

// CheckToken fetches an access token, or finds the one at hand still good:
// what a doctor asks first.
func (c *Client) CheckToken(ctx context.Context) Answer {
	if _, failed := c.tokens.get(ctx); failed != nil {
		return *failed
	}
	return Answer{Class: Done, At: c.clock.Now(), Skew: c.tokens.skew(), SkewKnown: true}
}
