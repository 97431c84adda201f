package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"cashier/api"
)

// control serves the calls that no provider has: to look inside, to put money
// into a machine, to decide for a customer, to notify, to make payments that
// are asked for, and to let things go wrong. A web page open on the same
// machine cannot use it: requests across origins are refused.
func (s *Sandbox) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/ledger", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.Ledger())
	})
	mux.HandleFunc("POST /_sandbox/deposits", s.controlDeposit)
	mux.HandleFunc("GET /_sandbox/customers", s.controlCustomers)
	mux.HandleFunc("POST /_sandbox/customers/{id}/approve", s.controlDecision(s.Approve))
	mux.HandleFunc("POST /_sandbox/customers/{id}/decline", s.controlDecision(s.Decline))
	mux.HandleFunc("POST /_sandbox/notify", s.controlNotify)
	mux.HandleFunc("POST /_sandbox/mpm", s.controlMPM)
	mux.HandleFunc("POST /_sandbox/consents", s.controlConsent)
	mux.HandleFunc("GET /_sandbox/faults", s.controlFaults)
	mux.HandleFunc("POST /_sandbox/faults", s.controlAddFault)
	mux.HandleFunc("DELETE /_sandbox/faults", func(w http.ResponseWriter, r *http.Request) {
		s.ClearFaults()
		s.controlFaults(w, r)
	})
	mux.HandleFunc("/_sandbox/", func(w http.ResponseWriter, r *http.Request) {
		controlError(w, http.StatusNotFound, fmt.Errorf("there is no %s %s; there are GET ledger, POST deposits, GET customers, "+
			"POST customers/ID/approve, POST customers/ID/decline, POST notify, POST mpm, POST consents and GET, POST, DELETE faults",
			api.Clean(r.Method, 20), api.Clean(r.URL.Path, 80)))
	})
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := protection.Check(r); err != nil {
			controlError(w, http.StatusForbidden, err)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// controlDepositBody is the body of POST deposits.
type controlDepositBody struct {
	Code      string          `json:"cdmQrcode"`
	Machine   string          `json:"machineNumber"`
	Amount    json.RawMessage `json:"amount"` // "30000.00", 30000, or an object with value and currency
	Status    string          `json:"status"`
	Channel   string          `json:"channelReferNo"`
	Book      bool            `json:"book"`
	CreatedAt string          `json:"createTime"`
}

func (s *Sandbox) controlDeposit(w http.ResponseWriter, r *http.Request) {
	var body controlDepositBody
	if !readJSON(w, r, &body) {
		return
	}
	request := DepositRequest{
		Code: body.Code, Machine: body.Machine, Status: body.Status, Channel: body.Channel, Book: body.Book,
	}
	var err error
	if request.Amount, err = controlAmount(body.Amount); err == nil && body.CreatedAt != "" {
		request.CreatedAt, err = time.Parse(time.RFC3339, body.CreatedAt)
	}
	if err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	item, err := s.Deposit(r.Context(), request)
	switch {
	case errors.Is(err, ErrRequest):
		controlError(w, http.StatusBadRequest, err)
	case errors.Is(err, ErrNoUserID), errors.Is(err, ErrNoDeposit):
		controlError(w, http.StatusNotFound, err)
	case errors.Is(err, ErrInactive), errors.Is(err, ErrBooked):
		controlError(w, http.StatusConflict, err)
	case err != nil:
		controlError(w, http.StatusInternalServerError, err)
	default:
		writeJSON(w, http.StatusOK, item)
	}
}

// controlAmount reads rupiah; nothing is the zero Amount.
func controlAmount(text json.RawMessage) (api.Amount, error) {
	switch {
	case len(text) == 0 || string(text) == "null":
		return api.Amount{}, nil
	case text[0] == '{':
		var a api.Amount
		err := json.Unmarshal(text, &a)
		return a, err
	case text[0] == '"':
		var value string
		if err := json.Unmarshal(text, &value); err != nil {
			return api.Amount{}, err
		}
		return api.ParseAmount(value, "")
	}
	return api.ParseAmount(string(text), "")
}

func (s *Sandbox) controlAddFault(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Rule string `json:"rule"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	if err := s.AddFault(body.Rule); err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	s.controlFaults(w, r)
}

func (s *Sandbox) controlFaults(w http.ResponseWriter, _ *http.Request) {
	rules := []string{}
	for _, rule := range s.Faults() {
		rules = append(rules, rule.String())
	}
	writeJSON(w, http.StatusOK, map[string][]string{"rules": rules})
}

// readJSON decodes a control call's body strictly; when it is false the error
// has been answered.
func readJSON(w http.ResponseWriter, r *http.Request, into any) bool {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		if err = dec.Decode(into); err == nil && dec.More() {
			err = errors.New("something follows the object")
		}
	}
	if err != nil {
		controlError(w, http.StatusBadRequest, fmt.Errorf("the body cannot be read: %w", err))
		return false
	}
	return true
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

func controlError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": api.Clean(strings.TrimSpace(err.Error()), api.MaxText)})
}
