package api

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"net/http"
	"testing"
	"time"

	"cashier/api/snap"
)

// Our own work of a signed request (build, sign, classify; the network is a
// function call) beside one bare RSA-2048 signature of the same string.
func BenchmarkOwnWorkAsymmetric(b *testing.B) {
	key := testKey()
	answer := []byte(`{"responseCode":"2009000","responseMessage":"Successful","cdmReferenceId":"CDM1","cdmQrcode":"userid1","status":"ACTIVE"}`)
	client := NewClient(Endpoint{
		Name: "bench", Dialect: "paycools", BaseURL: "http://127.0.0.1:1", ClientKey: "app-1",
		PrivateKey: func() (*rsa.PrivateKey, error) { return key, nil },
		Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
		}),
	}, nil)
	client.tokens.token, client.tokens.until = "token", time.Now().Add(time.Hour)
	body := []byte(`{"partnerReferenceNo":"C261120150412K7M2RX4T9WZB","merchantId":"M1"}`)
	op := testOperation
	op.Signature = snap.Asymmetric
	var wire struct {
		Code   Exact `json:"cdmQrcode"`
		Status Text  `json:"status"`
	}
	text, _, err := snap.Parts{Kind: snap.Asymmetric, Method: "POST", Endpoint: op.Path, Timestamp: Timestamp(morning), Body: body}.StringToSign()
	if err != nil {
		b.Fatal(err)
	}
	var bare, ours time.Duration
	for b.Loop() {
		start := time.Now()
		sum := sha256.Sum256([]byte(text))
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if a := client.Do(b.Context(), Call{Operation: op, Body: body, Into: &wire}); a.Class != Done {
			b.Fatal(a.Err)
		}
		bare += middle.Sub(start)
		ours += time.Since(middle)
	}
	b.ReportMetric(float64(bare.Nanoseconds())/float64(b.N), "signature-ns/op")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ours-ns/op")
	b.ReportMetric(float64(ours)/float64(bare), "ratio")
}
