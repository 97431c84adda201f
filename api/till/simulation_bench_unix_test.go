//go:build unix

package till

import (
	"context"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"cashier/api"
)

// The least number of lives a second that one core must get through.
const (
	stubLimit = 20_000
	realLimit = 1_500
)

// BenchmarkSimulatedLivesStub is the till alone: the provider is a few lines.
func BenchmarkSimulatedLivesStub(b *testing.B) {
	defer roomy()()
	lives(b, newStub, stubLimit)
}

// BenchmarkSimulatedLivesReal is the shipped client and provider code against
// the sandbox, every exchange signed and verified. Beside it, in the same run,
// stand the bare exchanges: queries of one payment by the same code, without a
// till, faults or power cuts.
func BenchmarkSimulatedLivesReal(b *testing.B) {
	if _, err := oneKey(); err != nil {
		b.Fatal(err)
	}
	defer roomy()()
	var asked int64
	make, open := streets(), (*street)(nil)
	spent := lives(b, func(random *rand.Rand, clock *stillClock, cut *cutter) side {
		s := make(random, clock, cut)
		if r := s.(*real); r.street != open {
			if open != nil {
				asked += open.sandbox.Ledger().Requests
			}
			open = r.street
		}
		return s
	}, realLimit)
	asked += open.sandbox.Ledger().Requests
	bare := bareExchange(b)
	each := spent / time.Duration(asked)
	b.ReportMetric(float64(asked)/float64(b.N), "exchanges/life")
	b.ReportMetric(float64(each.Nanoseconds())/1000, "µs/exchange")
	b.ReportMetric(float64(bare.Nanoseconds())/1000, "bare-µs/exchange")
	b.ReportMetric(float64(each)/float64(bare), "x-bare")
}

// lives lives and reports by the time that the process spent, of the garbage
// collector's threads too: other work on the machine does not count.
func lives(b *testing.B, make func(*rand.Rand, *stillClock, *cutter) side, limit float64) (spent time.Duration) {
	seed, before := uint64(0), processTime(b)
	for b.Loop() {
		if wrong := life(seed, nil, make); wrong != "" {
			b.Fatalf("seed %d: %s", seed, wrong)
		}
		seed++
	}
	spent = processTime(b) - before
	rate := float64(seed) / spent.Seconds()
	b.ReportMetric(rate, "lives/s/core")
	b.ReportMetric(rate/limit, "x-limit")
	return spent
}

// bareExchange is what one signed and verified query in memory costs.
func bareExchange(b *testing.B) time.Duration {
	const queries = 2000
	clock := stillAt(noon)
	s := newReal(newStreet(rand.New(rand.NewPCG(1, 2)), clock), rand.New(rand.NewPCG(1, 2))).(*real)
	s.cut = &cutter{}
	s.quiet()
	p := s.payments()
	body, err := p.PreparePayment(api.PaymentRequest{
		Reference: "Q1", Code: api.NewCustomerCode(s.code()), Amount: api.IDR(100_000), ExpiresAt: noon.Add(time.Minute),
	}, noon)
	if err != nil {
		b.Fatal(err)
	}
	p.Pay(context.Background(), "Q1", body, false, nil)
	runtime.GC()
	before := processTime(b)
	for range queries {
		if _, answer := p.QueryPayment(context.Background(), api.PaymentKey{Reference: "Q1"}); answer.Class != api.Done {
			b.Fatal(answer.Class, answer.Err)
		}
	}
	return (processTime(b) - before) / queries
}

// processTime is what the process has computed so far, on all its threads.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
