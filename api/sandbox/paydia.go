package sandbox

import (
	"strings"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// Token paths of Paydia, as printed.
const (
	paydiaTokenPath    = "/snap/v1.0/access-token/b2b"
	paydiaCustomerPath = "/snap/v1.0/access-token/b2b2c"
)

// paydiaOperation is service 51 of Paydia, document "Query Payment" (seed 002).
func paydiaOperation() *operation {
	return &operation{
		provider: paydia,
		service:  "51",
		name:     "query MPM payment (Paydia)",
		path:     "/snap/v1.0/qr/qr-mpm-query",
		headers: []field{
			{name: "Content-Type", mandatory: true, max: 127, format: jsonType},
			{name: snap.HeaderAuthorization, mandatory: true, format: credential},
			// The table has 64 characters at most, its own sample 411: no length is asked.
			{name: snap.HeaderAuthorizationCustomer, mandatory: true, format: credential},
			{name: snap.HeaderTimestamp, mandatory: true, max: 25, fixed: true, format: timestamp},
			{name: snap.HeaderPartnerID, mandatory: true, max: 36},
			{name: snap.HeaderExternalID, mandatory: true, max: 36, format: digitsOnly},
			{name: snap.HeaderChannelID, mandatory: true, max: 5},
			{name: snap.HeaderSignature, mandatory: true},
		},
		body: []field{
			{name: "originalReferenceNo", max: 64},
			{name: "originalPartnerReferenceNo", max: 64},
			{name: "originalExternalId", max: 32},
			// The remark says the original transaction's, the sample 51.
			{name: "serviceCode", mandatory: true, max: 2, format: digitsOnly},
		},
		codes: []caseMessage{
			{"200-00", "Request has been processed successfully"},
			{"400-01", "Invalid Field Format"},
			{"400-02", "Invalid Mandatory Field"},
			{"401-00", "Unauthorized. [reason]"},
			{"401-01", "Invalid Token (B2B)"},
			{"404-01", "Transaction Not Found"},
			{"500-01", "Internal Server Error"},
		},
		verify: (*Sandbox).verifyPaydia,
		serve:  (*Sandbox).servePaydia,
	}
}

// verifyPaydia asks for both tokens, the clock, the partner, the symmetric
// signature over the path with /snap, and an external id that the day has not
// seen. A customer's token that is not good is 401-02: the document has no case
// for it, the catalogue of BI SNAP has.
func (s *Sandbox) verifyPaydia(x *exchange) *refusal {
	h := x.request.Header
	token, ok := bearer(h)
	if !ok || !s.tokens.good(token, x.at) {
		return &refusal{key: "401-01"}
	}
	customer := customerToken(h.Get(snap.HeaderAuthorizationCustomer))
	if customer != "" && !s.customerTokenGood(customer, x.at) { // a dialect may leave it out
		return &refusal{key: "401-02"}
	}
	if wrong := s.verifyTimestamp(x); wrong != nil {
		return wrong
	}
	if !s.knows(header(h, snap.HeaderPartnerID)) {
		return &refusal{"401-00", "Unknown Client"}
	}
	if kind, ok := s.verifyBody(x, token); !ok || kind != snap.Symmetric {
		return &refusal{"401-00", "Invalid Signature"}
	}
	return s.useExternalID(x)
}

// customerToken reads Authorization-Customer: the sample of seed 002 has the
// token alone, those of seed 003 have "Bearer " before it.
func customerToken(header string) string {
	header = strings.TrimSpace(header)
	if scheme, token, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return header
}

// servePaydia answers the payment that has each of the one to three names which
// were given.
func (s *Sandbox) servePaydia(x *exchange) (answer, *refusal) {
	var names []mpmName
	for _, f := range [][2]string{
		{"referenceNo", "originalReferenceNo"}, {"partnerReferenceNo", "originalPartnerReferenceNo"}, {"externalId", "originalExternalId"},
	} {
		if text := x.body.text(f[1]); text != "" {
			names = append(names, mpmName{paydia, f[0], text})
		}
	}
	if names == nil {
		return answer{}, missing("originalReferenceNo")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, wrong := s.findMPM(names)
	if wrong != nil {
		return answer{}, wrong
	}
	fields := []member{{"originalReferenceNo", m.Reference}}
	if m.Partner != "" {
		fields = append(fields, member{"originalPartnerReferenceNo", m.Partner})
	}
	if m.ExternalID != "" {
		fields = append(fields, member{"originalExternalId", m.ExternalID})
	}
	paid := m.PaidAt
	if paid.IsZero() {
		paid = m.CreatedAt // mandatory in the table, paid or not
	}
	return x.operation.success(append(fields,
		member{"serviceCode", x.body.text("serviceCode")},
		member{"latestTransactionStatus", m.Status},
		member{"transactionStatusDesc", m.description()},
		member{"paidTime", s.paydiaTime(paid)},
		member{"amount", m.Amount},
		member{"feeAmount", m.Fee},
	)...), nil
}

// paydiaTime writes what the sample shows of a payment that was asked for at
// 13:24: UTC digits under a +07:00 label.
func (s *Sandbox) paydiaTime(t time.Time) string {
	if s.options.ByTable {
		return api.Timestamp(t)
	}
	return t.UTC().Format(jakartaLayout)
}
