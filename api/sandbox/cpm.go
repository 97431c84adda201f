package sandbox

import (
	"slices"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// The operations of the BI SNAP QR CPM document (seed 003). Its tables give no
// lengths for headers; those of X-PARTNER-ID, X-EXTERNAL-ID and CHANNEL-ID are
// BI SNAP's (seed 002, header table). Response codes are the catalogue's.

// codeOperation is service 59, "API Generate QR CPM".
func codeOperation() *operation {
	return &operation{
		provider: snapCPM,
		service:  "59",
		name:     "generate QR CPM",
		path:     "/v1.0/qr/qr-cpm-generate",
		headers:  cpmHeaders(),
		body: []field{
			{name: "partnerReferenceNo", max: 64},
			{name: "userAccessToken", max: 64},
			{name: "merchantId", max: 64},
			{name: "subMerchantId", max: 32},
			{name: "partnerTrxDate", mandatory: true, max: 64, format: anyTime},
			{name: "additionalInfo", format: anyObject},
		},
		verify: (*Sandbox).verifySNAP,
		serve:  (*Sandbox).serveCode,
	}
}

// payOperation is service 60, "API CPM Payment".
func payOperation() *operation {
	return &operation{
		provider: snapCPM,
		service:  "60",
		name:     "CPM payment",
		path:     "/v1.0/qr/qr-cpm-payment",
		headers:  cpmHeaders(),
		body: []field{
			{name: "partnerReferenceNo", mandatory: true, max: 64},
			{name: "qrContent", mandatory: true, max: 512},
			{name: "amount", object: amountFields("Value", "value", "Currency", "currency")},
			{name: "feeAmount", object: amountFields("value", "Value", "currency", "Currency")},
			{name: "merchantId", mandatory: true, max: 64},
			{name: "subMerchantId", max: 32},
			{name: "title", max: 256},
			{name: "expiryTime", mandatory: true, max: 25, format: expiry},
			{name: "items", format: itemList},
			{name: "externalStoreId", max: 64},
			{name: "merchantName", max: 64},
			{name: "merchantLocation", max: 64},
			{name: "acquirerName", max: 64},
			{name: "terminalId", max: 32},
			{name: "scannerInfo", object: []field{
				{name: "deviceId", max: 64},
				{name: "deviceVersion", max: 128},
				{name: "deviceModel", max: 128},
				{name: "deviceIp", max: 64},
			}},
			{name: "additionalInfo", format: anyObject},
		},
		verify: (*Sandbox).verifySNAP,
		serve:  (*Sandbox).servePayment,
	}
}

// statusOperation is service 61, "API Query Payment".
func statusOperation() *operation {
	return &operation{
		provider: snapCPM,
		service:  "61",
		name:     "query CPM payment",
		path:     "/v1.0/qr/qr-cpm-query",
		headers:  cpmHeaders(),
		body: []field{
			{name: "originalReferenceNo", max: 64},
			{name: "originalPartnerReferenceNo", max: 64},
			{name: "originalExternalId", also: " originalExternalId", max: 32},
			{name: "merchantId", max: 64},
			{name: "subMerchantId", max: 32},
			{name: "externalStoreID", also: "externalStoreId", max: 64},
			{name: "additionalInfo", format: anyObject},
		},
		verify: (*Sandbox).verifySNAP,
		serve:  (*Sandbox).serveStatus,
	}
}

// cancelOperation is service 62, "API Cancel Payment".
func cancelOperation() *operation {
	return &operation{
		provider: snapCPM,
		service:  "62",
		name:     "cancel CPM payment",
		path:     "/v1.0/qr/qr-cpm-cancel",
		headers:  cpmHeaders(),
		body: []field{
			{name: "originalPartnerReferenceNo", mandatory: true, max: 64},
			{name: "originalReferenceNo", max: 64},
			{name: "originalExternalId", max: 32},
			{name: "merchantId", max: 64},
			{name: "subMerchantId", max: 32},
			{name: "externalStoreID", also: "externalStoreId", max: 64},
			{name: "amount", object: amountFields("Value", "value", "Currency", "currency")},
			{name: "reason", max: 256},
			{name: "additionalInfo", format: anyObject},
		},
		verify: (*Sandbox).verifySNAP,
		serve:  (*Sandbox).serveCancel,
	}
}

// refundOperation is service 80, "API Refund Payment".
func refundOperation() *operation {
	return &operation{
		provider: snapCPM,
		service:  "80",
		name:     "refund CPM payment",
		path:     "/v1.0/qr/qr-cpm-refund",
		headers:  cpmHeaders(),
		body: []field{
			{name: "merchantId", max: 64},
			{name: "subMerchantId", max: 32},
			{name: "externalStoreId", also: "externalStoreID", max: 64},
			{name: "originalPartnerReferenceNo", mandatory: true, max: 64},
			{name: "originalReferenceNo", max: 64},
			{name: "originalExternalId", max: 32},
			{name: "partnerRefundNo", mandatory: true, max: 64},
			{name: "refundAmount", object: amountFields("value", "Value", "currency", "Currency")},
			{name: "reason", max: 256},
			{name: "additionalInfo", format: anyObject},
		},
		verify: (*Sandbox).verifySNAP,
		serve:  (*Sandbox).serveRefund,
	}
}

// amountFields is an amount's rows. The tables spell them in two ways, the
// samples in one.
func amountFields(value, alsoValue, code, alsoCode string) []field {
	return []field{
		{name: value, also: alsoValue, mandatory: true, max: 19, format: money},
		{name: code, also: alsoCode, mandatory: true, max: 3, fixed: true, format: currency},
	}
}

// amountOf reads an amount that was checked; the zero Amount where there is
// none.
func amountOf(o object, name string) (api.Amount, *refusal) {
	in, ok := o.values[name].(object)
	if !ok {
		return api.Amount{}, nil
	}
	rows := amountFields("value", "Value", "currency", "Currency")
	value, _ := rows[0].of(in).(string)
	code, _ := rows[1].of(in).(string)
	amount, err := api.ParseAmount(value, code)
	if err != nil {
		return api.Amount{}, invalid(name + ".value")
	}
	return amount, nil
}

func cpmHeaders() []field {
	return []field{
		{name: "Content-Type", mandatory: true, max: 127, format: jsonType},
		{name: snap.HeaderTimestamp, mandatory: true, max: 25, fixed: true, format: timestamp},
		{name: snap.HeaderSignature, mandatory: true},
		{name: snap.HeaderPartnerID, mandatory: true, max: 36},
		{name: snap.HeaderExternalID, mandatory: true, max: 36, format: digitsOnly},
		{name: snap.HeaderChannelID, mandatory: true, max: 5},
	}
}

// verifySNAP is what the QR CPM operations ask of a sender: the clock, the
// partner, a signature of a kind that the partner may use, a token of ours with
// the symmetric one, and an external id that the day has not seen.
func (s *Sandbox) verifySNAP(x *exchange) *refusal {
	h := x.request.Header
	token, ok := bearer(h)
	if header(h, snap.HeaderAuthorization) != "" && (!ok || !s.tokens.good(token, x.at)) {
		return &refusal{key: "401-01"}
	}
	if wrong := s.verifyTimestamp(x); wrong != nil {
		return wrong
	}
	if !s.knows(header(h, snap.HeaderPartnerID)) {
		return &refusal{"401-00", "Unknown Client"}
	}
	kind, ok := s.verifyBody(x, token)
	switch {
	case !ok:
		return &refusal{"401-00", "Invalid Signature"}
	case kind == snap.Symmetric && token == "":
		return &refusal{key: "401-03"}
	}
	return s.useExternalID(x)
}

// verifyBody finds the signature's kind by its length and verifies it over the
// body's bytes as they came, then over the minified ones. Without a token a
// symmetric signature is taken over the empty one, so that the sender can be
// told that it lacks the token alone.
func (s *Sandbox) verifyBody(x *exchange, token string) (snap.Kind, bool) {
	signature, err := x.operation.speech.decode(header(x.request.Header, snap.HeaderSignature))
	if err != nil {
		return "", false
	}
	key, secret := s.keys.verifying()
	kind := snap.Asymmetric
	if len(signature) == hmacSize {
		kind = snap.Symmetric
	}
	if key == nil || s.options.Signature != "" && s.options.Signature != kind {
		return kind, false
	}
	stamp, endpoint := header(x.request.Header, snap.HeaderTimestamp), x.endpoint()
	fits := func(digest string) bool {
		if kind == snap.Symmetric {
			return snap.VerifyHMAC(secret, snap.SymmetricStringToSign(x.request.Method, endpoint, token, digest, stamp), signature)
		}
		return snap.VerifyRSA(key, snap.AsymmetricStringToSign(x.request.Method, endpoint, digest, stamp), signature) == nil
	}
	return kind, fits(snap.Digest(x.raw)) || slices.ContainsFunc(snap.InboundDigests(x.raw)[1:], fits)
}

// hmacSize is the length of HMAC-SHA512; an RSA signature has 256 bytes at
// least.
const hmacSize = 64

// merchant refuses a merchantId that is given and not known.
func (s *Sandbox) merchant(x *exchange) *refusal {
	if id := x.body.text("merchantId"); id != "" && !s.knows(id) {
		return &refusal{key: "404-08"}
	}
	return nil
}

// digest is of a request's values: a repeat must be the same.
func (x *exchange) digest() (string, *refusal) {
	values, err := x.body.MarshalJSON()
	if err != nil {
		return "", &refusal{key: "500-01"}
	}
	return snap.Digest(values), nil
}

// externalID is of the request itself.
func (x *exchange) externalID() string {
	return header(x.request.Header, snap.HeaderExternalID)
}

// echo is the request's additionalInfo with members of our own: the samples
// answer what was sent. nil: nothing.
func (x *exchange) echo(more ...member) []member {
	sent := x.body.inner("additionalInfo")
	if len(sent.names) == 0 && len(more) == 0 {
		return nil
	}
	info := map[string]any{}
	for name, value := range sent.values {
		info[name] = value
	}
	for _, m := range more {
		info[m.name] = m.value
	}
	return []member{{"additionalInfo", info}}
}

// scaled is a time that customers and codes take, in this sandbox.
func (s *Sandbox) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * s.options.Scale)
}
