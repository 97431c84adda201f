//go:build unix

package till

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/sandbox"
)

// pollLimit is how much of a core a thousand open payments may take.
const pollLimit = 0.05

// A thousand open payments at the default plan, with the real client, signed
// and verified exchanges, and the provider in the same process: how much of a
// core a minute of asking takes, by the time that the process computed, the
// provider's side included. The raw limit beside it is the bare exchanges
// without the till.
func BenchmarkPollThousandOpen(b *testing.B) {
	for b.Loop() {
		clock := stillAt(noon)
		s, err := sandbox.Open(sandbox.Options{Clock: clock, GenerateKey: oneKey, TokenLife: 24 * time.Hour})
		if err != nil {
			b.Fatal(err)
		}
		key, private, secret := s.Partner()
		provider := cpm.New(api.NewClient(api.Endpoint{
			Name: "cpm", Dialect: "snap-cpm", BaseURL: "http://sandbox", ClientKey: key, MerchantID: s.MerchantID(), ChannelID: "95221",
			PrivateKey: private, ClientSecret: secret, Transport: s.Transport(),
		}, clock))
		journal := newMemory()
		journal.fast = true
		t := New(Options{Journal: journal, Payments: provider, Clock: clock})
		random := rand.New(rand.NewPCG(1, 2))
		for i := range 1000 {
			code, err := sandbox.FreshCode("asked", uint64(i))
			if err != nil {
				b.Fatal(err)
			}
			clock.set(clock.Now().Add(time.Duration(random.IntN(8)) * time.Millisecond))
			if _, err := t.Pay(context.Background(), Order{
				Reference: api.Reference(fmt.Sprintf("Q%04d", i)), Amount: api.IDR(int64(1+i) * 100), Code: api.NewCustomerCode(code),
				Card: Card{Issuer: "93600999", LastFour: fmt.Sprintf("%04d", i), Mark: fmt.Sprint(i)},
			}, nil); err != nil {
				b.Fatal(err)
			}
		}
		asked := s.Ledger().Requests
		began, virtual := processTime(b), clock.Now()
		for clock.Now().Sub(virtual) < 50*time.Second {
			due, next := t.Due(clock.Now())
			for _, reference := range due {
				if _, err := t.Step(context.Background(), reference); err != nil {
					b.Fatal(err)
				}
			}
			if len(due) == 0 {
				clock.set(next)
			}
		}
		used, passed := processTime(b)-began, clock.Now().Sub(virtual)
		polls := s.Ledger().Requests - asked
		// The same number of bare exchanges.
		began = processTime(b)
		for i := range polls {
			reference := api.Reference(fmt.Sprintf("Q%04d", i%1000))
			if _, answer := provider.QueryPayment(context.Background(), api.PaymentKey{Reference: reference}); answer.Class != api.Done {
				b.Fatal(answer.Err)
			}
		}
		bare := processTime(b) - began
		b.ReportMetric(100*used.Seconds()/passed.Seconds(), "%core")
		b.ReportMetric(used.Seconds()/passed.Seconds()/pollLimit, "x-limit")
		b.ReportMetric(float64(polls)/passed.Seconds(), "polls/s")
		b.ReportMetric(float64(used)/float64(bare), "ratio")
	}
}
