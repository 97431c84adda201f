package sandbox

import (
	"cashier/api"
	"cashier/api/snap"
)

// finnetTokenPath is Finnet's token path, as printed.
const finnetTokenPath = "/oauth/v1.0/access-token/b2b"

// Paths of Finnet's query: as seed 004 prints it in both environments, and as
// a newer page of the provider has it.
var finnetPaths = []string{"/v1.0/qrqr/qr-mpm-query", "/v1.0/qr/qr-mpm-query"}

// finnetOperation is service 51 of Finnet, document "Query Payment" (seed 004).
// It has no table of headers: they are BI SNAP's, as in seed 003; nor of codes:
// they are the catalogue's.
func finnetOperation(path string) *operation {
	return &operation{
		provider: finnet,
		service:  "51",
		name:     "query MPM payment (Finnet)",
		path:     path,
		headers:  cpmHeaders(),
		body: []field{
			{name: "originalReferenceNo", mandatory: true, min: 1, max: 64},
			finnetPartnerField,
			{name: "serviceCode", mandatory: true, min: 1, max: 2, oneOf: []string{"47"}},
			{name: "amount", mandatory: true, min: 1, max: 2, object: amountFields("value", "Value", "currency", "Currency")},
			{name: "merchantId", mandatory: true, min: 1, max: 64},
			{name: "submerchantId", also: "subMerchantId", min: 1, max: 32},
		},
		codes: []caseMessage{
			{"200-00", "Request has been processed successfully"}, // the sample's
		},
		sampleService: "53",
		verify:        (*Sandbox).verifySNAP,
		serve:         (*Sandbox).serveFinnet,
	}
}

// finnetPartnerField is misspelt in the request's table and not in its sample.
var finnetPartnerField = field{name: "originalPartnerReferanceNo", also: "originalPartnerReferenceNo", min: 1, max: 64}

// serveFinnet answers the payment as it is: another amount than was asked for
// is not refused, since the document's sample answers with one.
func (s *Sandbox) serveFinnet(x *exchange) (answer, *refusal) {
	if wrong := s.merchant(x); wrong != nil {
		return answer{}, wrong
	}
	if _, wrong := amountOf(x.body, "amount"); wrong != nil {
		return answer{}, wrong
	}
	names := []mpmName{{finnet, "referenceNo", x.body.text("originalReferenceNo")}}
	if partner, _ := finnetPartnerField.of(x.body).(string); partner != "" {
		names = append(names, mpmName{finnet, "partnerReferenceNo", partner})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, wrong := s.findMPM(names)
	if wrong != nil {
		return answer{}, wrong
	}
	reference, partner, fee := m.Reference, m.Partner, "Feeamount"
	if !s.options.ByTable {
		fee = "FeeAmount"
		if partner != "" {
			reference, partner = partner, reference
		}
	}
	fields := []member{{"originalReferenceNo", reference}}
	if partner != "" {
		fields = append(fields, member{"originalPartnerReferenceNo", partner})
	}
	return x.operation.success(append(fields,
		member{"serviceCode", "47"},
		member{"latestTransactionStatus", m.Status},
		member{"transactionStatusDesc", m.description()},
		member{"amount", m.Amount},
		member{fee, m.Fee},
		member{"additionalInfo", s.finnetInfo(m, x.body.text("merchantId"))},
	)...), nil
}

// finnetInfo is the sample's additionalInfo; what is the payer's stands there
// once somebody paid. The accounts are none that a bank gave out: NNS 0999.
func (s *Sandbox) finnetInfo(m *mpm, merchant string) map[string]string {
	digits := s.digits("finnet " + m.Reference)
	info := map[string]string{
		"merchantName": "SANDBOX WARTEG", "nns_acquirer": "93600999", "mpan": "9360099930000000011",
		"nmid": "ID1000000000099", "sof_id": "qr_statis", "acquirer": "Sandbox", "merchantId": merchant,
	}
	if m.paid() {
		info["cust_name"], info["rrn"] = "CANDRA SANDBOX", digits[:12]
		info["nns_issuer"], info["issuer"] = "93600999", "SANDBOX BANK"
		info["cpan"] = "93600999" + digits[12:23]
		info["note"], info["paidTime"] = "Transaction Remark", api.Timestamp(m.PaidAt)
	}
	return info
}

// codeService is the service part of the operation's codes.
func (op *operation) codeService() string {
	if op.sampleService != "" {
		return op.sampleService
	}
	return op.service
}

// owns tells whether a code is one of the operation's.
func (op *operation) owns(code snap.Code) bool {
	return code.Service == op.service || code.Service == op.codeService()
}
