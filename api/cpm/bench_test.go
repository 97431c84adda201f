package cpm

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cashier/api"
)

// canned answers without a network and without keeping anything.
type canned struct {
	token, answer []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	body := c.answer
	if r.URL.Path == "/gateway/v1.0/access-token/b2b" {
		body = c.token
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

// Our own work of a payment (check, encode, sign, build, classify, judge; the
// network is a function call) beside one bare HTTP exchange of the same bytes
// over a kept loopback connection.
func BenchmarkPaymentSymmetric(b *testing.B) {
	answer := []byte(`{"responseCode":"2006000","responseMessage":"Request has been processed successfully","referenceNo":"P1","partnerReferenceNo":"` +
		string(payment) + `","transactionDate":"2020-12-23T07:54:11+07:00","additionalInfo":{"deviceId":"12345679237","channel":"mobilephone"}}`)
	p := (&desk{}).provider(func(e *api.Endpoint) {
		e.Transport = canned{token: []byte(`{"responseCode":"2007300","accessToken":"token","expiresIn":"86400"}`), answer: answer}
	})
	pay := func() []byte {
		body, err := p.PreparePayment(aPayment(), morning)
		if err != nil {
			b.Fatal(err)
		}
		if _, a := p.Pay(b.Context(), payment, body, false, nil); a.Class != api.Done {
			b.Fatal(a.Class, a.Err)
		}
		return body
	}
	body := pay()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(answer)
	}))
	defer server.Close()
	client := server.Client()
	exchange := func() {
		response, err := client.Post(server.URL, "application/json", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	exchange()
	var bare, ours time.Duration
	for b.Loop() {
		start := time.Now()
		exchange()
		middle := time.Now()
		pay()
		bare += middle.Sub(start)
		ours += time.Since(middle)
	}
	b.ReportMetric(float64(bare.Nanoseconds())/float64(b.N), "exchange-ns/op")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ours-ns/op")
	b.ReportMetric(float64(ours)/float64(bare), "ratio")
}
