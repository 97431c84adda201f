package sandbox

import (
	"fmt"
	"math/big"
	"slices"

	"cashier/api/snap"
)

// defaultChannel is the channelCode of both documents' samples.
const defaultChannel = "ATM_STATIC_QR"

// generateOperation is service 90, document "Generate ATM QRCode".
func generateOperation() *operation {
	return &operation{
		provider: payCools,
		service:  "90",
		name:     "CDM user-id generate",
		path:     "/v2.0/cdm/cdm-mpm-generate",
		headers:  snapHeaders(),
		body: []field{
			{name: "partnerReferenceNo", mandatory: true, max: 50},
			{name: "merchantId", mandatory: true, max: 64},
			{name: "additionalInfo", mandatory: true, object: []field{
				// The document has no table of these: the names are its sample's, and
				// who the courier is and where is asked for.
				{name: "channelCode"},
				{name: "notifyUrl"},
				{name: "regionNo", mandatory: true},
				{name: "branchNo", mandatory: true},
				{name: "courierNo", mandatory: true},
				{name: "courierName", mandatory: true},
				{name: "courierMobile", mandatory: true},
			}},
		},
		codes: []caseMessage{
			{"200-00", "Successful"},
			{"400-00", "Bad Request"},
			{"400-01", "Invalid Field Format"},
			{"400-02", "Invalid Mandatory Field"},
			{"401-00", "Unauthorized. [reason]"},
			{"401-01", "Invalid Token (B2B)"},
			{"403-02", "Exceeds Transaction Amount Limit"},
			{"403-05", "Do Not Honor"},
			{"403-15", "Transaction Not Permitted.[reason]"},
			{"404-08", "Invalid Merchant"},
			{"404-18", "Inconsistent Request"},
			{"429-00", "Too Many Requests"},
			{"500-00", "General Error"},
			{"500-01", "Internal Server Error"},
		},
		verify: (*Sandbox).verifyBearer,
		serve:  (*Sandbox).serveGenerate,
	}
}

// queryOperation is service 91, document "Query ATM Payment".
func queryOperation() *operation {
	return &operation{
		provider: payCools,
		service:  "91",
		name:     "CDM deposits query",
		path:     "/v2.0/cdm/cdm-mpm-query",
		headers:  snapHeaders(),
		body: []field{
			{name: "originalPartnerReferenceNo", mandatory: true, max: 50},
			{name: "merchantId", mandatory: true, max: 64},
			{name: "serviceCode", mandatory: true, max: 64, oneOf: []string{"90"}},
			{name: "fromDateTime", mandatory: true, max: 25, fixed: true, format: rangeTime},
			{name: "toDateTime", mandatory: true, max: 25, fixed: true, format: rangeTime},
		},
		codes: []caseMessage{
			{"200-00", "Successful"},
			{"400-00", "Bad Request"},
			{"400-01", "Invalid Field Format"},
			{"400-02", "Invalid Mandatory Field"},
			{"401-00", "Unauthorized. [reason]"},
			{"401-01", "Invalid Token (B2B)"},
			{"404-01", "Transaction Not Found"},
			{"429-00", "Too Many Requests"},
			{"500-00", "General Error"},
			{"500-01", "Internal Server Error"},
		},
		verify: (*Sandbox).verifyBearer,
		serve:  (*Sandbox).serveQuery,
	}
}

// verifyBearer is what 90 and 91 ask of a sender: a token of ours, the clock,
// the partner, and the client-key signature.
func (s *Sandbox) verifyBearer(x *exchange) *refusal {
	token, ok := bearer(x.request.Header)
	if !ok {
		return &refusal{"401-00", snap.HeaderAuthorization + " is not a Bearer token"}
	}
	if !s.tokens.good(token, x.at) {
		return &refusal{key: "401-01"}
	}
	if wrong := s.verifyTimestamp(x); wrong != nil {
		return wrong
	}
	if !s.knows(header(x.request.Header, snap.HeaderPartnerID)) {
		return &refusal{"401-00", "Unknown Client"}
	}
	return s.verifyClientKey(x)
}

// knows accepts both names that the documents give a merchant: an id of its
// own, or the appId.
func (s *Sandbox) knows(merchant string) bool {
	return merchant == s.ClientKey() || merchant == s.MerchantID()
}

// TestCourier is a courier or a region whose user ids end in a way of their
// own. A field that is empty may be anything.
type TestCourier struct {
	CourierNo string
	RegionNo  string
	Key       string // snap.Code.Key of service 90's answer
	Status    string // of the user id, when the answer is 200-00
}

// TestCouriers lists the special couriers, for people and for the panel.
func TestCouriers() []TestCourier {
	return []TestCourier{
		{CourierNo: "INACTIVE", Key: "200-00", Status: statusInactive},
		{CourierNo: "LIMIT", Key: "403-02"},
		{CourierNo: "ABNORMAL", Key: "403-05"},
		{RegionNo: "CLOSED", Key: "403-15"},
		{CourierNo: "BUSY", Key: "429-00"},
		{CourierNo: "GENERAL", Key: "500-00"},
		{CourierNo: "INTERNAL", Key: "500-01"},
	}
}

const (
	statusActive   = "ACTIVE"
	statusInactive = "INACTIVE"
)

// outcome is how the user id of a courier ends.
func outcome(courier, region string) TestCourier {
	for _, t := range TestCouriers() {
		if t.CourierNo != "" && t.CourierNo == courier || t.RegionNo != "" && t.RegionNo == region {
			return t
		}
	}
	return TestCourier{Key: "200-00", Status: statusActive}
}

// serveGenerate makes one user id a reference, ever. A repeat with the same
// values gets the same user id, one with others 404-18.
func (s *Sandbox) serveGenerate(x *exchange) (answer, *refusal) {
	if !s.knows(x.body.text("merchantId")) {
		return answer{}, &refusal{key: "404-08"}
	}
	values, err := x.body.MarshalJSON()
	if err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	digest, reference := snap.Digest(values), x.body.text("partnerReferenceNo")
	info := x.body.inner("additionalInfo")

	s.mu.Lock()
	defer s.mu.Unlock()
	var made userID
	if known := s.state.byReference[reference]; known != nil {
		if known.Digest != digest {
			return answer{}, &refusal{key: "404-18"}
		}
		made = *known
	} else {
		end := outcome(info.text("courierNo"), info.text("regionNo"))
		if end.Key != "200-00" {
			refused := &refusal{key: end.Key}
			if end.Key == "403-15" {
				refused.detail = "this region is closed"
			}
			return answer{}, refused
		}
		made = userID{
			Reference: reference,
			Merchant:  x.body.text("merchantId"),
			Digest:    digest,
			Status:    end.Status,
			Channel:   info.text("channelCode"),
			CourierNo: info.text("courierNo"), CourierName: info.text("courierName"), CourierMobile: info.text("courierMobile"),
			RegionNo: info.text("regionNo"), BranchNo: info.text("branchNo"), NotifyURL: info.text("notifyUrl"),
			CreatedAt: x.at,
		}
		if made.Channel == "" {
			made.Channel = defaultChannel
		}
		s.name(&made)
	}
	made.Requests++
	if err := s.record(&made); err != nil {
		return answer{}, &refusal{key: "500-01"}
	}
	return x.operation.success(
		member{"cdmReferenceId", made.CDMReference},
		member{"cdmQrcode", made.Code},
		member{"status", made.Status},
	), nil
}

// name gives a user id its three names: of the sandbox's salt and the
// reference alone, whatever else was made before it. The caller holds mu.
func (s *Sandbox) name(u *userID) {
	for try := 0; ; try++ {
		digits := s.digits(fmt.Sprintf("user id %d %s", try, u.Reference))
		u.CDMReference, u.Code, u.Original = "CDM"+digits[:10], "userid"+digits[10:22], "C"+digits[22:41]
		if s.state.byCDM[u.CDMReference] == nil && s.state.byCode[u.Code] == nil {
			return
		}
	}
}

// digits makes 60 decimal digits.
func (s *Sandbox) digits(purpose string) string {
	n, ok := new(big.Int).SetString(s.derive(purpose), 16)
	if !ok {
		panic("sandbox: derive did not answer hex digits")
	}
	text := fmt.Sprintf("%060d", n)
	return text[len(text)-60:]
}

// serveQuery lists the deposits of a user id that were made in the range, both
// ends included.
func (s *Sandbox) serveQuery(x *exchange) (answer, *refusal) {
	from, err := parseRange(s.options.RangeReading, x.body.text("fromDateTime"))
	if err != nil {
		return answer{}, invalid("fromDateTime")
	}
	to, err := parseRange(s.options.RangeReading, x.body.text("toDateTime"))
	if err != nil || to.Before(from) {
		return answer{}, invalid("toDateTime")
	}
	reference := x.body.text("originalPartnerReferenceNo")

	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.state.byReference[reference]
	if user == nil || !s.knows(x.body.text("merchantId")) {
		return answer{}, &refusal{key: "404-01"}
	}
	own := slices.Clone(s.state.byOwner[reference])
	slices.SortStableFunc(own, func(a, b *deposit) int { return a.CreatedAt.Compare(b.CreatedAt) })
	items := []Item{}
	for _, d := range own {
		if !d.CreatedAt.Before(from) && !d.CreatedAt.After(to) {
			items = append(items, s.item(d))
		}
	}
	if len(items) == 0 && !s.options.EmptyList {
		return answer{}, &refusal{key: "404-01"}
	}
	return x.operation.success(
		member{"originalPartnerReferenceNo", reference},
		member{"serviceCode", "90"},
		member{"cdmNotifyItems", items},
	), nil
}
