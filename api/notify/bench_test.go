package notify

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// benchWorld is a server with one source, and requests for it that are well
// signed.
func benchWorld(b *testing.B, kind snap.Kind) (s *Server, src *source, body []byte, request func(externalID string) *http.Request, key *rsa.PrivateKey) {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	body, err = os.ReadFile("testdata/payment.json")
	if err != nil {
		b.Fatal(err)
	}
	secret := []byte("fdppqbF5wq7vVegyvsV1CROMv646nJ7A")
	s, err = New(Options{
		Sources: []Source{{
			Name: "bench", Kind: kind, Paths: []string{PaymentPath}, ClientKey: "client",
			PublicKey: func() (*rsa.PublicKey, error) { return &key.PublicKey, nil }, ClientSecret: func() ([]byte, error) { return secret, nil },
			Decode: func([]byte) ([]Notice, error) { return []Notice{{Reference: "R1"}}, nil },
		}},
		Hand:   func(context.Context, Hint) error { return nil },
		Limits: Limits{PerSource: 1 << 30, Total: 1 << 30},
	})
	if err != nil {
		b.Fatal(err)
	}
	src = s.sources[0]
	token := s.tokens.issue(src, time.Now())
	timestamp := api.Timestamp(time.Now())
	var signature []byte
	if kind == snap.Symmetric {
		signature = snap.SignHMAC(secret, snap.SymmetricStringToSign("POST", PaymentPath, token, snap.Digest(body), timestamp))
	} else if signature, err = snap.SignRSA(key, snap.AsymmetricStringToSign("POST", PaymentPath, snap.Digest(body), timestamp)); err != nil {
		b.Fatal(err)
	}
	request = func(externalID string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, PaymentPath, bytes.NewReader(body))
		r.Header.Set(snap.HeaderTimestamp, timestamp)
		r.Header.Set(snap.HeaderAuthorization, "Bearer "+token)
		r.Header.Set(snap.HeaderSignature, snap.Base64.Encode(signature))
		r.Header.Set(snap.HeaderExternalID, externalID)
		return r
	}
	return s, src, body, request, key
}

// beside runs ours and a bare RSA verification of a ready hash by turns, so
// that both meet the same machine, and reports the times and their ratio.
func beside(b *testing.B, key *rsa.PrivateKey, prepare func(n int), ours func() error) {
	b.Helper()
	sum := sha256.Sum256([]byte("a string to sign"))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var ourTime, bareTime time.Duration
	n := 0
	for b.Loop() {
		prepare(n)
		n++
		start := time.Now()
		err := ours()
		middle := time.Now()
		if err == nil {
			err = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
		}
		end := time.Now()
		if err != nil {
			b.Fatal(err)
		}
		ourTime += middle.Sub(start)
		bareTime += end.Sub(middle)
	}
	b.ReportMetric(float64(ourTime.Nanoseconds())/float64(n), "ours-ns")
	b.ReportMetric(float64(bareTime.Nanoseconds())/float64(n), "bare-rsa-ns")
	b.ReportMetric(float64(ourTime)/float64(bareTime), "ratio")
}

// BenchmarkVerify is all that believing a notification costs (headers, minify,
// digests, string to sign, signature) beside a bare RSA-2048 verification.
func BenchmarkVerify(b *testing.B) {
	for _, kind := range []snap.Kind{snap.Asymmetric, snap.Symmetric} {
		b.Run(string(kind), func(b *testing.B) {
			s, src, body, request, key := benchWorld(b, kind)
			r, now := request("1"), time.Now()
			beside(b, key, func(int) {}, func() error {
				if _, _, refused := s.verify(src, r, body, now); refused != nil {
					b.Fatal(refused.text())
				}
				return nil
			})
		})
	}
}

// BenchmarkNotification is the whole handler, with a journal that costs
// nothing, beside the same.
func BenchmarkNotification(b *testing.B) {
	for _, kind := range []snap.Kind{snap.Asymmetric, snap.Symmetric} {
		b.Run(string(kind), func(b *testing.B) {
			s, _, _, request, key := benchWorld(b, kind)
			handler := s.Handler()
			var r *http.Request
			var w *httptest.ResponseRecorder
			beside(b, key, func(n int) { r, w = request(strconv.Itoa(n)), httptest.NewRecorder() }, func() error {
				if handler.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Body.String())
				}
				return nil
			})
		})
	}
}
