package sandbox

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkExchange is one signed and verified exchange in memory, the
// partner's own signature included once a run: the client-key signature covers
// the timestamp alone, and the clock stands.
func BenchmarkExchange(b *testing.B) {
	for _, c := range []struct{ name, path string }{{"memory", ""}, {"file", "sandbox.jsonl"}} {
		if c.path != "" {
			c.path = filepath.Join(b.TempDir(), c.path)
		}
		s := open(b, Options{Clock: newClock(), Path: c.path})
		p := newPartner(b, s)
		signed := p.request("90", generateBody(p.id, "warm")).Header
		code := p.generate("watched")
		for range 3 {
			mustDeposit(b, s, DepositRequest{Code: code, Machine: "M", Amount: idr(1)})
		}
		n := 0
		b.Run("generate/"+c.name, func(b *testing.B) {
			for b.Loop() {
				n++
				p.exchange(b, signed, "90", generateBody(p.id, fmt.Sprint("R", n)))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
		b.Run("query/"+c.name, func(b *testing.B) {
			body := p.queryBody("watched")
			for b.Loop() {
				p.exchange(b, signed, "91", body)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}

// exchange sends with headers that were signed before.
func (p *partner) exchange(b *testing.B, signed http.Header, service, body string) {
	r, err := http.NewRequest(http.MethodPost, p.base+paths[service], strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header = signed
	if got := p.must(r); got.status != http.StatusOK {
		b.Fatalf("%d %s", got.status, got.raw)
	}
}

// BenchmarkPayment is a payment and its query, both signed and verified, in
// memory: what a simulation spends on the provider's side and the wire.
func BenchmarkPayment(b *testing.B) {
	for _, c := range []struct{ name, path string }{{"memory", ""}, {"file", "sandbox.jsonl"}} {
		b.Run(c.name, func(b *testing.B) {
			if c.path != "" {
				c.path = filepath.Join(b.TempDir(), c.path)
			}
			s := open(b, Options{Clock: newClock(), Path: c.path})
			p := newPartner(b, s)
			n, body := 0, encode(b, p.payBody("approves", "REFERENCE"))
			for b.Loop() {
				n++
				reference := fmt.Sprint("R", n)
				for _, exchange := range [][2]string{
					{"60", strings.Replace(body, "REFERENCE", reference, 1)},
					{"61", `{"originalPartnerReferenceNo":"` + reference + `"}`},
				} {
					if got := p.must(p.request(exchange[0], exchange[1])); got.status != http.StatusOK {
						b.Fatalf("%d %s", got.status, got.raw)
					}
				}
			}
			b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
		})
	}
}

// BenchmarkOpen is a sandbox of one simulated life, its keys at hand.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		s, err := Open(Options{Clock: newClock(), GenerateKey: testKey, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		mustKeys(b, s)
		s.Transport()
		s.Close()
	}
}
