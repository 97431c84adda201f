package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cashier/api"
)

// codeLife is how long a code of service 59 is good, before Options.Scale.
const codeLife = time.Minute

// code is a customer's code that service 59 made: good once. Its content is
// composed anew when it is asked for and stands in no file.
type code struct {
	Reference string    `json:"partnerReferenceNo,omitempty"` // optional in the table
	Provider  string    `json:"referenceNo"`
	Digest    string    `json:"digest"` // of the request's values: a repeat must be the same
	Customer  string    `json:"customer"`
	Token     string    `json:"token"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (*code) kind() string { return "code" }

func (c *code) check(st *state) error {
	switch {
	case c.Provider == "" || !isCodeToken(c.Token):
		return errors.New("a code lacks its reference or its token")
	case customers().byID[c.Customer] == nil:
		return fmt.Errorf("the code %s is of a customer that is not known", api.Clean(c.Provider, 64))
	case st.payments.codeBy[c.Token] != nil, c.Reference != "" && st.payments.codeByRef[c.Reference] != nil:
		return fmt.Errorf("the code %s is there already", api.Clean(c.Provider, 64))
	}
	return nil
}

func (c *code) applyTo(st *state) {
	st.payments.codes = append(st.payments.codes, c)
	st.payments.codeBy[c.Token] = c
	if c.Reference != "" {
		st.payments.codeByRef[c.Reference] = c
	}
}

// spends is the name under which a payment spends the code.
func (c *code) spends() string { return c.Customer + " " + c.Token }

// isCodeToken tells the tokens of service 59 from those of a wallet.
func isCodeToken(token string) bool {
	rest, ok := strings.CutPrefix(token, "G")
	return ok && len(rest) == 20 && decimal(rest)
}

// serveCode makes a code of the test customer whose id the userAccessToken is,
// else of one who approves. The same request gets the same code again.
func (s *Sandbox) serveCode(x *exchange) (answer, *refusal) {
	if wrong := s.merchant(x); wrong != nil {
		return answer{}, wrong
	}
	digest, wrong := x.digest()
	if wrong != nil {
		return answer{}, wrong
	}
	reference := x.body.text("partnerReferenceNo")
	who := customers().byID[x.body.text("userAccessToken")]
	if who == nil {
		who = customers().byID["approves"]
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	made := s.state.payments.codeByRef[reference]
	switch {
	case made != nil && made.Digest != digest:
		return answer{}, &refusal{key: "404-18"}
	case made == nil:
		made = &code{
			Reference: reference, Digest: digest, Customer: who.id,
			CreatedAt: now, ExpiresAt: now.Add(s.scaled(codeLife)),
		}
		// Salted, so that a code of another sandbox is never taken for one of ours.
		digits := s.digits(fmt.Sprintf("code %d", len(s.state.payments.codes)+1))
		made.Provider, made.Token = now.Format("20060102")+digits[:14], "G"+digits[14:34]
		if err := s.record(made); err != nil {
			return answer{}, &refusal{key: "500-01"}
		}
	}
	content, err := customers().byID[made.Customer].card(made.Token).Encode()
	if err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	fields := []member{{"referenceNo", made.Provider}}
	if made.Reference != "" {
		fields = append(fields, member{"partnerReferenceNo", made.Reference})
	}
	fields = append(fields,
		member{"qrContent", content},
		member{"qrUrl", "http://sandbox.localhost/qr/" + made.Provider},
		member{"expiryTime", s.spellExpiry(made.ExpiresAt, now)},
	)
	return x.operation.success(append(fields, x.echo()...)...), nil
}

// spellExpiry writes a moment in one of the document's three ways.
func (s *Sandbox) spellExpiry(end, now time.Time) any {
	seconds := strconv.Itoa(max(int(end.Sub(now).Round(time.Second)/time.Second), 0))
	switch s.options.Expiry {
	case api.ExpirySeconds:
		return seconds
	case api.ExpiryNumber:
		return json.Number(seconds)
	}
	return api.Timestamp(end)
}
