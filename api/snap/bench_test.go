package snap_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cashier/api/snap"
)

// benchBody is a payment request as the client writes it: minified already.
var benchBody = []byte(`{"partnerReferenceNo":"Q261120150412K7M2RX4T9WZB","qrContent":"` +
	string(bytes.Repeat([]byte("hQVDUFYw"), 26)) +
	`","amount":{"value":"12500.00","currency":"IDR"},"merchantId":"00007100010926","title":"Kopi susu","expiryTime":"2026-11-20T15:05:12+07:00"}`)

func benchParts(kind snap.Kind) snap.Parts {
	return snap.Parts{
		Kind: kind, Method: "POST", Endpoint: "/v1.0/qr/qr-cpm-payment",
		AccessToken: "gp9HjjEj813Y9JGoqwOeOPWbnt4CupvIJbU1Mmu4a11MNDZ7Sg5u9a",
		ClientKey:   "962489e9de5d4eddbd3a0a1f5a1d1a5d", Timestamp: "2026-11-20T15:04:12+07:00", Body: benchBody,
	}
}

// versus runs ours and peer by turns, so that both meet the same machine, and
// reports the times of each and their ratio.
func versus(b *testing.B, ours, peer func() error) {
	b.Helper()
	b.ReportAllocs()
	var ourTime, peerTime time.Duration
	for b.Loop() {
		start := time.Now()
		err := ours()
		middle := time.Now()
		if err == nil {
			err = peer()
		}
		end := time.Now()
		if err != nil {
			b.Fatal(err)
		}
		ourTime += middle.Sub(start)
		peerTime += end.Sub(middle)
	}
	b.ReportMetric(float64(ourTime.Nanoseconds())/float64(b.N), "ours-ns")
	b.ReportMetric(float64(peerTime.Nanoseconds())/float64(b.N), "peer-ns")
	b.ReportMetric(float64(ourTime)/float64(peerTime), "ratio")
}

// BenchmarkOwnWorkRSA is all that signing a request costs (minify, digest, string to sign,
// signature, encoding) against the bare RSA-2048 signature of a ready hash. Limit: 1.2.
func BenchmarkOwnWorkRSA(b *testing.B) {
	key := sampleKey(b)
	sum := sha256.Sum256(benchBody)
	raw := func() error {
		_, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		return err
	}
	for _, kind := range []snap.Kind{snap.Asymmetric, snap.ClientKey} {
		parts := benchParts(kind)
		b.Run(string(kind), func(b *testing.B) {
			versus(b, func() error {
				text, _, err := parts.StringToSign()
				if err != nil {
					return err
				}
				sig, err := snap.SignRSA(key, text)
				if snap.Base64.Encode(sig) == "" {
					b.Fatal("no signature")
				}
				return err
			}, raw)
		})
	}
}

// BenchmarkSignRSA is SignRSA alone against rsa.SignPKCS1v15.
func BenchmarkSignRSA(b *testing.B) {
	key := sampleKey(b)
	text, _, err := benchParts(snap.Asymmetric).StringToSign()
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	versus(b, func() error {
		_, err := snap.SignRSA(key, text)
		return err
	}, func() error {
		_, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		return err
	})
}

// BenchmarkOwnWorkHMAC is all that signing a request costs against one bare
// exchange of the same body over loopback. Limit: 1.
func BenchmarkOwnWorkHMAC(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	client := server.Client()
	parts, secret := benchParts(snap.Symmetric), []byte("fdppqbF5wq7vVegyvsV1CROMv646nJ7A")
	versus(b, func() error {
		text, _, err := parts.StringToSign()
		if snap.Base64.Encode(snap.SignHMAC(secret, text)) == "" {
			b.Fatal("no signature")
		}
		return err
	}, func() error {
		answer, err := client.Post(server.URL, "application/json", bytes.NewReader(benchBody))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	})
}
