package sandbox

import (
	"errors"
	"fmt"
	"net/http"

	"cashier/api"
)

// ErrNothingWaits says that no payment waits for the customer's decision.
var ErrNothingWaits = errors.New("no payment waits for this customer")

// Approve decides for a test customer: the money moves. It is about the payment
// with that partnerReferenceNo or referenceNo; an empty reference means the
// customer's oldest one that is open.
func (s *Sandbox) Approve(customer, reference string) (LedgerPayment, error) {
	return s.decide(customer, reference, moneyMoves)
}

// Decline is Approve the other way: the payment fails.
func (s *Sandbox) Decline(customer, reference string) (LedgerPayment, error) {
	return s.decide(customer, reference, fails)
}

func (s *Sandbox) decide(customer, reference string, e event) (LedgerPayment, error) {
	if customers().byID[customer] == nil {
		return LedgerPayment{}, fmt.Errorf("%w: %q", ErrNoCustomer, api.Clean(customer, 40))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for _, known := range s.state.payments.list {
		if known.Customer != customer || reference != "" && known.Reference != reference && known.Provider != reference {
			continue
		}
		p := known.at(now)
		if !p.open() {
			continue
		}
		p.Plan = nil
		p.happen(e, now)
		if err := s.record(&p); err != nil {
			return LedgerPayment{}, err
		}
		s.follow(p.Reference)
		return s.ledgerPayment(&p, now), nil
	}
	return LedgerPayment{}, ErrNothingWaits
}

func (s *Sandbox) controlCustomers(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string][]Customer{"items": Customers()})
}

// controlDecision is POST customers/ID/approve and decline; the body may be
// empty or name the payment.
func (s *Sandbox) controlDecision(decide func(customer, reference string) (LedgerPayment, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Reference string `json:"referenceNo"`
		}
		if r.ContentLength != 0 && !readJSON(w, r, &body) {
			return
		}
		made, err := decide(r.PathValue("id"), body.Reference)
		switch {
		case errors.Is(err, ErrNoCustomer):
			controlError(w, http.StatusNotFound, err)
		case errors.Is(err, ErrNothingWaits):
			controlError(w, http.StatusConflict, err)
		case err != nil:
			controlError(w, http.StatusInternalServerError, err)
		default:
			writeJSON(w, http.StatusOK, made)
		}
	}
}

func (s *Sandbox) controlNotify(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Reference string `json:"referenceNo"`
		URL       string `json:"url"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	receipt, err := s.Notify(r.Context(), body.Reference, body.URL)
	switch {
	case errors.Is(err, ErrReceiver):
		controlError(w, http.StatusBadRequest, err)
	case errors.Is(err, ErrNoNotice):
		controlError(w, http.StatusNotFound, err)
	case err != nil:
		controlError(w, http.StatusBadGateway, err)
	default:
		writeJSON(w, http.StatusOK, receipt)
	}
}
