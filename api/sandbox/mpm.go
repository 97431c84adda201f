package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"cashier/api"
)

// mpm is a payment by a merchant's code, which is there to be asked for (51):
// one a referenceNo of a provider, ever.
type mpm struct {
	Provider   string     `json:"provider"` // paydia or finnet
	Reference  string     `json:"referenceNo"`
	Partner    string     `json:"partnerReferenceNo,omitempty"`
	ExternalID string     `json:"externalId,omitempty"`
	Status     string     `json:"status"` // two digits
	Amount     api.Amount `json:"amount"`
	Fee        api.Amount `json:"fee"`
	CreatedAt  time.Time  `json:"createdAt"`
	PaidAt     time.Time  `json:"paidAt,omitzero"`

	asked int // how often it was found since the sandbox was opened
}

// mpmName is one of the three names of a payment at its provider.
type mpmName struct{ provider, field, value string }

// names are those that the payment has.
func (m *mpm) names() []mpmName {
	names := []mpmName{{m.Provider, "referenceNo", m.Reference}}
	if m.Partner != "" {
		names = append(names, mpmName{m.Provider, "partnerReferenceNo", m.Partner})
	}
	if m.ExternalID != "" {
		names = append(names, mpmName{m.Provider, "externalId", m.ExternalID})
	}
	return names
}

func (*mpm) kind() string { return "mpm" }

func (m *mpm) check(st *state) error {
	switch {
	case m.Provider != paydia && m.Provider != finnet:
		return fmt.Errorf("the provider %q has no payments to ask for", api.Clean(m.Provider, 20))
	case m.Reference == "":
		return errors.New("a payment by a merchant's code lacks its referenceNo")
	case !twoDigits(m.Status) || m.Amount.Minor() <= 0:
		return fmt.Errorf("the payment %s lacks its status or its amount", api.Clean(m.Reference, 64))
	}
	for _, name := range m.names() {
		if other := st.mpmBy[name]; other != nil && other.Reference != m.Reference {
			return fmt.Errorf("%w: %s %s", ErrMPMTaken, name.field, api.Clean(name.value, 64))
		}
	}
	known := st.mpmBy[m.names()[0]]
	if known != nil && (known.Partner != "" && known.Partner != m.Partner || known.ExternalID != "" && known.ExternalID != m.ExternalID) {
		return fmt.Errorf("%w: %s has other names already", ErrMPMTaken, api.Clean(m.Reference, 64))
	}
	return nil
}

func (m *mpm) applyTo(st *state) {
	known := st.mpmBy[m.names()[0]]
	if known == nil {
		known = &mpm{}
		st.mpm = append(st.mpm, known)
	}
	asked := known.asked
	*known = *m
	known.asked = asked
	for _, name := range known.names() {
		st.mpmBy[name] = known
	}
}

// MPMRequest is a payment by a merchant's code that a provider shall know.
type MPMRequest struct {
	Provider   string     // paydia or finnet
	Reference  string     // referenceNo; empty: that of the payment the other names are of, else a new one
	Partner    string     // partnerReferenceNo, at most 64 characters; may be empty
	ExternalID string     // at most 32 digits; may be empty
	Status     string     // latestTransactionStatus of seed 004's list, two digits; empty: as it was, of a new one 00
	Amount     api.Amount // of a new payment more than nothing; zero: as it was
}

// Errors of MPM; they may be wrapped.
var (
	ErrMPM      = errors.New("the payment is not well-formed")
	ErrMPMTaken = errors.New("another payment has that name")
)

// MPM makes a payment to be asked for by service 51, or changes one that is
// known by one of its names: its status, its amount, names that it lacked.
func (s *Sandbox) MPM(ctx context.Context, r MPMRequest) (LedgerMPM, error) {
	if err := ctx.Err(); err != nil {
		return LedgerMPM{}, err
	}
	if err := r.check(); err != nil {
		return LedgerMPM{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now().Truncate(time.Second)
	made := mpm{Provider: r.Provider, Reference: r.Reference, Status: paymentPaid, Amount: r.Amount, CreatedAt: now}
	for _, name := range (&mpm{Provider: r.Provider, Reference: r.Reference, Partner: r.Partner, ExternalID: r.ExternalID}).names() {
		if known := s.state.mpmBy[name]; known != nil && (r.Reference == "" || known.Reference == r.Reference) {
			made = *known
			break
		}
	}
	if made.Reference == "" {
		made.Reference = s.mpmReference(r.Provider)
	}
	if r.Partner != "" {
		made.Partner = r.Partner
	}
	if r.ExternalID != "" {
		made.ExternalID = r.ExternalID
	}
	if r.Status != "" {
		made.Status = r.Status
	}
	if r.Amount.Currency() != "" {
		made.Amount = r.Amount
	}
	if made.Amount.Zero() {
		return LedgerMPM{}, fmt.Errorf("%w: amount is missing or nothing", ErrMPM)
	}
	made.Fee = likeAmount(made.Amount, mpmFees[r.Provider])
	if made.PaidAt.IsZero() && made.paid() {
		made.PaidAt = now
	}
	if err := s.record(&made); err != nil {
		return LedgerMPM{}, err
	}
	return made.ledger(), nil
}

// mpmFees are those of the samples' answers, in hundredths.
var mpmFees = map[string]int64{paydia: 0, finnet: 1234_00}

func (r MPMRequest) check() error {
	if r.Provider != paydia && r.Provider != finnet {
		return fmt.Errorf("%w: provider must be %s or %s", ErrMPM, paydia, finnet)
	}
	for _, f := range []struct{ name, text string }{{"referenceNo", r.Reference}, {"partnerReferenceNo", r.Partner}} {
		if n := utf8.RuneCountInString(f.text); n > 64 || api.Clean(f.text, 64) != f.text {
			return fmt.Errorf("%w: %s must be at most 64 printable characters", ErrMPM, f.name)
		}
	}
	switch {
	case r.ExternalID != "" && (len(r.ExternalID) > 32 || !decimal(r.ExternalID)):
		return fmt.Errorf("%w: externalId must be at most 32 digits", ErrMPM)
	case r.Status != "" && !twoDigits(r.Status):
		return fmt.Errorf("%w: status must be two digits such as 00 (success) or 03 (pending)", ErrMPM)
	case r.Amount.Minor() < 0 || r.Amount.Currency() != "" && r.Amount.Zero():
		return fmt.Errorf("%w: amount must be more than nothing", ErrMPM)
	}
	return nil
}

func twoDigits(text string) bool { return len(text) == 2 && decimal(text) }

// mpmReference is a referenceNo as long as the provider's sample has it. The
// caller holds mu.
func (s *Sandbox) mpmReference(provider string) string {
	length := map[string]int{paydia: 64, finnet: 32}[provider]
	for n := len(s.state.mpm) + 1; ; n++ {
		name := s.derive(fmt.Sprintf("mpm %s %d", provider, n))[:length]
		if s.state.mpmBy[mpmName{provider, "referenceNo", name}] == nil {
			return name
		}
	}
}

// paid tells whether the customer's money was here.
func (m *mpm) paid() bool { return m.Status == paymentPaid || m.Status == paymentRefunded }

// description is transactionStatusDesc.
func (m *mpm) description() string {
	if words := statusWords[m.Status]; words != "" {
		return words
	}
	return "status " + m.Status
}

// findMPM is the payment that has every name of the request. The caller holds
// mu.
func (s *Sandbox) findMPM(names []mpmName) (*mpm, *refusal) {
	var found *mpm
	for _, name := range names {
		known := s.state.mpmBy[name]
		if known == nil || found != nil && found != known {
			return nil, &refusal{key: "404-01"}
		}
		found = known
	}
	found.asked++
	return found, nil
}

// LedgerMPM is one payment by a merchant's code. Queries counts the answers
// that told of it since the sandbox was opened.
type LedgerMPM struct {
	Provider          string     `json:"provider"`
	ProviderReference string     `json:"referenceNo"`
	Reference         string     `json:"partnerReferenceNo"`
	ExternalID        string     `json:"externalId"`
	Status            string     `json:"status"`
	Amount            api.Amount `json:"amount"`
	Fee               api.Amount `json:"feeAmount"`
	CreatedAt         string     `json:"createdAt"`
	PaidAt            string     `json:"paidAt"` // empty: it was never paid
	Queries           int        `json:"queries"`
}

func (m *mpm) ledger() LedgerMPM {
	l := LedgerMPM{
		Provider: m.Provider, ProviderReference: m.Reference, Reference: m.Partner, ExternalID: m.ExternalID,
		Status: m.Status, Amount: m.Amount, Fee: m.Fee, CreatedAt: api.Timestamp(m.CreatedAt), Queries: m.asked,
	}
	if !m.PaidAt.IsZero() {
		l.PaidAt = api.Timestamp(m.PaidAt)
	}
	return l
}

func (s *Sandbox) controlMPM(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Provider   string          `json:"provider"`
		Reference  string          `json:"referenceNo"`
		Partner    string          `json:"partnerReferenceNo"`
		ExternalID string          `json:"externalId"`
		Status     string          `json:"status"`
		Amount     json.RawMessage `json:"amount"` // as in controlDepositBody
	}
	if !readJSON(w, r, &body) {
		return
	}
	amount, err := controlAmount(body.Amount)
	if err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	made, err := s.MPM(r.Context(), MPMRequest{body.Provider, body.Reference, body.Partner, body.ExternalID, body.Status, amount})
	switch {
	case errors.Is(err, ErrMPM):
		controlError(w, http.StatusBadRequest, err)
	case errors.Is(err, ErrMPMTaken):
		controlError(w, http.StatusConflict, err)
	case err != nil:
		controlError(w, http.StatusInternalServerError, err)
	default:
		writeJSON(w, http.StatusOK, made)
	}
}
