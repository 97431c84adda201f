package cpm

import (
	"maps"
	"net/http"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// headers is the set of the document's samples; what a profile leaves empty is
// left out.
var headers = []string{
	snap.HeaderAuthorizationCustomer, snap.HeaderOrigin, snap.HeaderExternalID, snap.HeaderIPAddress,
	snap.HeaderDeviceID, snap.HeaderLatitude, snap.HeaderLongitude, snap.HeaderChannelID,
}

// Generate is API Generate QR CPM. No money moves.
var Generate = api.Operation{
	Provider: Dialect, Service: "59", Name: "QR CPM generate",
	Method: http.MethodPost, Path: "/v1.0/qr/qr-cpm-generate",
	Timeout: 8 * time.Second, Signature: snap.Symmetric, Headers: headers, Strict: true, Attempts: 1,
	Classes: paymentClasses,
}

// Payment is API CPM Payment. It is never repeated by itself: a second one may
// be a second charge.
var Payment = api.Operation{
	Provider: Dialect, Service: "60", Name: "QR CPM payment",
	Method: http.MethodPost, Path: "/v1.0/qr/qr-cpm-payment",
	Timeout: 8 * time.Second, Signature: snap.Symmetric, Headers: headers, Strict: true, Attempts: 1,
	Classes: paymentClasses,
}

// Query is API Query Payment. An error answer says nothing of the payment; that
// it is not found is what was asked.
var Query = api.Operation{
	Provider: Dialect, Service: "61", Name: "QR CPM query",
	Method: http.MethodPost, Path: "/v1.0/qr/qr-cpm-query",
	Timeout: 5 * time.Second, Signature: snap.Symmetric, Headers: headers, Attempts: 1,
	Classes: map[string]api.Rule{
		"200-00": api.Both(api.Done),
		"202-00": api.Both(api.Pending),
		"404-01": api.Both(api.Done),
	},
}

// Cancel is API Cancel Payment.
var Cancel = api.Operation{
	Provider: Dialect, Service: "62", Name: "QR CPM cancel",
	Method: http.MethodPost, Path: "/v1.0/qr/qr-cpm-cancel",
	Timeout: 8 * time.Second, Signature: snap.Symmetric, Headers: headers, Strict: true, Attempts: 1,
	Classes: map[string]api.Rule{
		"200-00": api.Both(api.Done),
		"404-00": api.Both(api.Settled),
		"404-01": api.Both(api.NotFound),
		"404-04": api.Both(api.Settled),
		"405-00": api.Both(api.Unsupported),
		"405-01": api.Both(api.Settled),
	},
}

// Refund is API Refund Payment.
var Refund = api.Operation{
	Provider: Dialect, Service: "80", Name: "QR CPM refund",
	Method: http.MethodPost, Path: "/v1.0/qr/qr-cpm-refund",
	Timeout: 8 * time.Second, Signature: snap.Symmetric, Headers: headers, Strict: true, Attempts: 1,
	Classes: refundClasses(),
}

// notProcessed is a refusal by the provider's own word. After an unclear
// attempt it says nothing of that one.
var notProcessed = api.Rule{Fresh: api.Failed, Tainted: api.Unknown}

// otherSale is an answer that knows our reference already: on a first attempt
// from another sale, after an unclear attempt perhaps from that one.
var otherSale = api.Rule{Fresh: api.Mismatch, Tainted: api.Unknown}

// paymentClasses is the catalogue of seed 003 as it holds for a payment. The
// codes that are named as Unknown sound like a result and are none: an OTP is
// awaited, a transaction suspended, its status odd, an external id used twice.
// 401-01 and 401-03 come here when a new token did not help. 401-02 and 401-04
// want a new customer token, which is the profile's to give.
var paymentClasses = map[string]api.Rule{
	"200-00": api.Both(api.Done),
	"202-00": api.Both(api.Pending),
	"400-00": notProcessed,
	"400-01": notProcessed,
	"400-02": notProcessed,
	"401-00": notProcessed,
	"401-01": notProcessed,
	"401-02": notProcessed,
	"401-03": notProcessed,
	"401-04": notProcessed,
	"403-01": notProcessed,
	"403-02": notProcessed,
	"403-03": notProcessed,
	"403-04": notProcessed,
	"403-05": notProcessed,
	"403-06": notProcessed,
	"403-07": notProcessed,
	"403-08": notProcessed,
	"403-09": notProcessed,
	"403-10": notProcessed,
	"403-11": notProcessed,
	"403-12": notProcessed,
	"403-13": api.Both(api.Unknown),
	"403-14": notProcessed,
	"403-15": notProcessed,
	"403-16": api.Both(api.Unknown),
	"403-17": notProcessed,
	"403-18": notProcessed,
	"403-19": notProcessed,
	"403-20": notProcessed,
	"403-21": notProcessed,
	"403-22": notProcessed,
	"403-23": notProcessed,
	"404-00": api.Both(api.Unknown),
	"404-01": notProcessed,
	"404-02": notProcessed,
	"404-03": notProcessed,
	"404-04": notProcessed,
	"404-05": notProcessed,
	"404-06": api.Both(api.Unknown),
	"404-08": notProcessed,
	"404-09": notProcessed,
	"404-10": notProcessed,
	"404-11": notProcessed,
	"404-14": otherSale,
	"404-16": notProcessed,
	"404-17": notProcessed,
	"404-18": otherSale,
	"404-19": notProcessed,
	"405-00": notProcessed,
	"405-01": notProcessed,
	"409-00": api.Both(api.Unknown),
	"409-01": otherSale,
	"429-00": notProcessed,
}

// refundClasses are those of a payment, but for four codes: an identical repeat
// that is recognised proves that the first one succeeded (seed 003, 404-18,
// "considered as success"; 409-01); the money of a cancelled payment may have
// gone back with the cancel, so that 404-04 proves no refusal; a paid bill,
// 404-14, is what every refund is for.
func refundClasses() map[string]api.Rule {
	classes := maps.Clone(paymentClasses)
	classes["404-18"] = api.Rule{Fresh: api.Mismatch, Tainted: api.Done}
	classes["409-01"] = api.Rule{Fresh: api.Mismatch, Tainted: api.Done}
	classes["404-04"] = api.Both(api.Unknown)
	classes["404-14"] = api.Both(api.Unknown)
	return classes
}
