package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// channelID is CHANNEL-ID in the document's samples.
const channelID = "95221"

// Limits of a notification.
const (
	notifyTimeout = 5 * time.Second
	maxReceipt    = 64 << 10
)

// notifyPauses are the rests between the attempts of a notification that goes
// out by itself, before Options.Scale.
var notifyPauses = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second}

// Errors of Notify; they may be wrapped.
var (
	ErrNoNotice = errors.New("there is nothing of that reference to notify")
	ErrReceiver = errors.New("a notification goes to this machine alone: http://127.0.0.1, [::1] or localhost")
)

// Receipt is what the receiver of a notification answered.
type Receipt struct {
	HTTPStatus int    `json:"httpStatus"`
	Code       string `json:"responseCode"` // empty: none came
}

// notice is the body of service 79 (seed 003, "API Payment Notify", request
// body).
type notice struct {
	Reference       string     `json:"originalPartnerReferenceNo"`
	Provider        string     `json:"originalReferenceNo"`
	Merchant        string     `json:"merchantId"`
	Store           string     `json:"externalStoreId,omitempty"`
	Amount          api.Amount `json:"amount"`
	Status          string     `json:"latestTransactionStatus"`
	Description     string     `json:"transactionStatusDesc"`
	Customer        string     `json:"customerNumber"`
	AccountType     string     `json:"accountType"`
	Destination     string     `json:"destinationNumber"`
	DestinationName string     `json:"destinationAccountName"`
	Session         string     `json:"sessionID"`
	Bank            string     `json:"bankCode"`
}

// Notify sends, or sends again, the notification of a payment (by referenceNo
// or partnerReferenceNo), or of a user id's last deposit (by the
// partnerReferenceNo of the user id or the channelReferNo of the deposit), with
// the status of now. The URL must be on this machine. Any HTTP answer is a
// Receipt; no answer is an error.
func (s *Sandbox) Notify(ctx context.Context, reference, to string) (Receipt, error) {
	target, err := loopback(to)
	if err != nil {
		return Receipt{}, err
	}
	body, err := s.noticeOf(reference)
	if err != nil {
		return Receipt{}, err
	}
	receipt, err := s.deliver(ctx, target, body)
	if err != nil {
		return Receipt{}, fmt.Errorf("notify %s: %w", api.Clean(target.String(), 200), err)
	}
	return receipt, nil
}

// loopback reads the address of a receiver on this machine.
func loopback(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, ErrReceiver
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, ErrReceiver
	}
	return u, nil
}

// noticeOf is the body that tells of what has the reference.
func (s *Sandbox) noticeOf(reference string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.state.payments.byProvider[reference]
	if known == nil {
		known = s.state.payments.byReference[reference]
	}
	if known != nil {
		now := s.now()
		p, wrong := s.settle(known, now)
		if wrong != nil {
			return nil, ErrClosed
		}
		return s.options.Dialect.speech(snapCPM).body(s.notice(&p, now))
	}
	d := s.state.byChannel[reference]
	if own := s.state.byOwner[reference]; d == nil && len(own) > 0 {
		d = own[len(own)-1]
	}
	if d == nil || reference == "" {
		return nil, fmt.Errorf("%w: %q", ErrNoNotice, api.Clean(reference, 64))
	}
	return s.options.Dialect.speech(payCools).body(s.item(d)) // the document asks for notifyUrl and does not say what comes: an item as 91 has it
}

func (s *Sandbox) notice(p *payment, now time.Time) notice {
	status := s.statusOf(p, now)
	number := strconv.Itoa(customers().byID[p.Customer].number)
	return notice{
		Reference: p.Reference, Provider: p.Provider, Merchant: p.Merchant, Store: p.Store,
		Amount: p.Amount, Status: status, Description: statusWords[status],
		Customer: "6281200000" + number, AccountType: "tabungan",
		Destination: "8370000" + number, DestinationName: "Sandbox Merchant",
		Session: s.derive("session " + p.Reference)[:15], Bank: "002",
	}
}

// deliver signs and sends a body.
func (s *Sandbox) deliver(ctx context.Context, target *url.URL, body []byte) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, notifyTimeout)
	defer cancel()
	credentials, err := s.Keys(ctx)
	if err != nil {
		return Receipt{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return Receipt{}, err
	}
	now := s.now()
	parts := snap.Parts{
		Kind: s.options.NotifySignature, Method: http.MethodPost, Endpoint: target.RequestURI(),
		Timestamp: api.Timestamp(now), Body: body,
	}
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set(snap.HeaderTimestamp, parts.Timestamp)
	h.Set(snap.HeaderPartnerID, credentials.ClientKey)
	h.Set(snap.HeaderExternalID, s.newExternalID(now, strconv.FormatInt(s.notified.Add(1), 10)+now.String()))
	h.Set(snap.HeaderChannelID, channelID)
	if parts.Kind == snap.Symmetric {
		if parts.AccessToken, err = s.receiversToken(ctx, target, credentials.ClientKey); err != nil {
			return Receipt{}, err
		}
		h.Set(snap.HeaderAuthorization, "Bearer "+parts.AccessToken)
	}
	text, _, err := parts.StringToSign()
	if err != nil {
		return Receipt{}, err
	}
	signature := snap.SignHMAC(credentials.ClientSecret, text)
	if parts.Kind == snap.Asymmetric {
		if signature, err = snap.SignRSA(s.keys.signing(), text); err != nil {
			return Receipt{}, err
		}
	}
	h.Set(snap.HeaderSignature, s.options.Dialect.speech(snapCPM).encode(signature))
	status, answered, err := s.post(request)
	if err != nil {
		return Receipt{}, err
	}
	code, _ := answered["responseCode"].(string)
	return Receipt{status, api.Clean(code, 7)}, nil
}

// receiversToken asks the receiver's own token endpoint (73), at the path that
// the QR CPM providers have, as a partner does.
func (s *Sandbox) receiversToken(ctx context.Context, target *url.URL, clientKey string) (string, error) {
	endpoint := url.URL{Scheme: target.Scheme, Host: target.Host, Path: snapTokenPath}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), bytes.NewReader([]byte(`{"grantType":"client_credentials"}`)))
	if err != nil {
		return "", err
	}
	stamp := api.Timestamp(s.now())
	signature, err := snap.SignRSA(s.keys.signing(), snap.TokenStringToSign(clientKey, stamp))
	if err != nil {
		return "", err
	}
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set(snap.HeaderTimestamp, stamp)
	h.Set(snap.HeaderClientKey, clientKey)
	h.Set(snap.HeaderSignature, snap.Base64.Encode(signature))
	status, answered, err := s.post(request)
	if err != nil {
		return "", fmt.Errorf("ask for an access token: %w", err)
	}
	token, _ := answered["accessToken"].(string)
	if token == "" {
		return "", fmt.Errorf("ask for an access token: the receiver answered HTTP %d without one", status)
	}
	return token, nil
}

// post sends and reads an object; nil where the answer is none. A redirect is
// an answer: it might lead away from this machine.
func (s *Sandbox) post(request *http.Request) (int, map[string]any, error) {
	response, err := s.options.Receiver.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxReceipt))
	if err != nil {
		return 0, nil, fmt.Errorf("read the answer: %w", err)
	}
	var answered map[string]any
	if json.Unmarshal(text, &answered) != nil {
		answered = nil
	}
	return response.StatusCode, answered, nil
}

// follow notifies Options.NotifyURL of a payment whenever it ends, until
// nothing more happens by itself. The caller holds mu.
func (s *Sandbox) follow(reference string) {
	if s.options.NotifyURL == "" || s.closed {
		return
	}
	s.senders.Go(func() {
		for {
			tell, due := s.news(reference)
			if tell {
				s.insist(reference, s.options.NotifyURL)
			}
			if due.IsZero() || !s.wait(s.life, due.Sub(s.now())) {
				return
			}
		}
	})
}

// followAll takes up the payments that had not ended when the sandbox was
// closed.
func (s *Sandbox) followAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.state.payments.list {
		if p.open() || len(p.Plan) > 0 {
			s.follow(p.Reference)
		}
	}
}

// news tells whether the payment has ended in a way that was not notified yet,
// and when something happens to it next; zero: nothing will.
func (s *Sandbox) news(reference string) (tell bool, due time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	p := s.state.payments.byReference[reference].at(now)
	status := s.statusOf(&p, now)
	if !p.open() && s.announced[reference] != status {
		s.announced[reference], tell = status, true
	}
	for _, r := range s.state.payments.refundOf[reference] {
		if now.Before(r.DoneAt) {
			due = r.DoneAt
		}
	}
	if len(p.Plan) > 0 && (due.IsZero() || p.Plan[0].At.Before(due)) {
		due = p.Plan[0].At
	}
	return tell, due
}

// insist repeats a notification until it is acknowledged with HTTP 200, some
// times.
func (s *Sandbox) insist(reference, to string) {
	for try := 0; ; try++ {
		receipt, err := s.Notify(s.life, reference, to)
		if err == nil && receipt.HTTPStatus == http.StatusOK || try == len(notifyPauses) ||
			!s.wait(s.life, s.scaled(notifyPauses[try])) {
			return
		}
	}
}

// tellOwner notifies the notifyUrl of a deposit's user id, where that is on
// this machine. The caller holds mu.
func (s *Sandbox) tellOwner(user *userID, d *deposit) {
	if _, err := loopback(user.NotifyURL); err != nil || s.closed {
		return
	}
	reference, to := d.Channel, user.NotifyURL
	if reference == "" {
		reference = user.Reference
	}
	s.senders.Go(func() { s.insist(reference, to) })
}
