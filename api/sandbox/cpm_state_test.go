package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cpmStory fills a sandbox with all that the QR CPM operations keep.
func cpmStory(t testing.TB, p *partner) {
	t.Helper()
	p.call("59", values{"partnerReferenceNo": "G1", "partnerTrxDate": "20261120150412"})
	made := p.call("59", values{"partnerReferenceNo": "G2", "partnerTrxDate": "20261120150412"})
	body := p.payBody("approves", "R0")
	body["qrContent"] = made.fields["qrContent"]
	p.call("60", body)
	for i, customer := range []string{"approves", "approves-after-8s", "asked", "answer-lost", "returned", "refund-slow", "paid-after-cancel", "found-late"} {
		p.tryPay(customer, fmt.Sprintf("R%d", i+1))
	}
	p.refund("R1", "A", "2500.00")
	p.refund("R6", "B", "10000.00")
	p.cancel("R7")
}

// TestCPMSurvivesReopening: what was planned happens after a restart as it would
// have happened without.
func TestCPMSurvivesReopening(t *testing.T) {
	var ledgers []Ledger
	for _, restart := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "sandbox.jsonl")
		clock := newClock()
		s := open(t, Options{Path: path, Clock: clock, Seed: 5})
		p := newPartner(t, s)
		cpmStory(t, p)
		for _, later := range []time.Duration{0, 8 * time.Second, 2 * time.Second, 3 * time.Minute} {
			clock.Add(later)
			before := s.Ledger()
			if restart {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open(t, Options{Path: path, Clock: clock, GenerateKey: noKey})
				p = newPartner(t, s)
				p.sent.Store(1000) // the ids of the story are used
			}
			after := s.Ledger()
			before.Requests, after.Requests = 0, 0
			if !reflect.DeepEqual(before, after) {
				t.Errorf("before %+v\nafter  %+v", before, after)
			}
			ledgers = append(ledgers, after)
		}
		// Nothing is done twice after all that.
		if got := p.tryPay("approves", "R1"); got != "4096001" {
			t.Errorf("paid again: %s", got)
		}
		if got := p.refund("R1", "A", "2500.00"); got != "4098001" {
			t.Errorf("refunded again: %s", got)
		}
	}
	if half := len(ledgers) / 2; !reflect.DeepEqual(ledgers[:half], ledgers[half:]) {
		t.Errorf("with and without restarts:\n%+v\n%+v", ledgers[:half], ledgers[half:])
	}
}

// TestCPMTornLog cuts the file at every line's end and within lines: the ledger
// is that of the lines that are whole, and what they say was done is not done
// again.
func TestCPMTornLog(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "whole.jsonl")
	clock := newClock()
	s := open(t, Options{Path: path, Clock: clock})
	p := newPartner(t, s)
	cpmStory(t, p)
	whole := s.Ledger()
	s.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Customers() {
		if bytes.Contains(text, []byte(c.Content)) || bytes.Contains(text, []byte(customers().byID[c.ID].pan())) {
			t.Fatalf("the state file has the code or the account of %s", c.ID)
		}
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	lines = lines[:len(lines)-1]
	for n := 2; n <= len(lines); n++ {
		kept := bytes.Join(lines[:n], nil)
		if n < len(lines) {
			kept = append(kept, lines[n][:len(lines[n])/2]...)
		}
		torn := filepath.Join(dir, "torn.jsonl")
		if err := os.WriteFile(torn, kept, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Options{Path: torn, Clock: clock, GenerateKey: noKey})
		if err != nil {
			t.Fatalf("%d lines: %v", n, err)
		}
		ledger := s.Ledger()
		debits := 0
		for i, payment := range ledger.Payments {
			if payment.Reference != whole.Payments[i].Reference || payment.ProviderReference != whole.Payments[i].ProviderReference {
				t.Errorf("%d lines: payment %d is %+v", n, i, payment)
			}
			debits += payment.Debits
		}
		p := newPartner(t, s)
		p.sent.Store(1000) // the ids of the story are used
		for _, payment := range ledger.Payments {
			if payment.Customer == "approves" && payment.Reference != "R0" {
				if got := p.pay("approves", payment.Reference).code(); got != "4096001" {
					t.Errorf("%d lines: %s again is %s", n, payment.Reference, got)
				}
			}
		}
		again := 0
		for _, payment := range s.Ledger().Payments {
			again += payment.Debits
		}
		if again != debits {
			t.Errorf("%d lines: %d debits became %d", n, debits, again)
		}
		s.Close()
	}
}

// TestCPMDamage: a line that tells what cannot be is damage, not money.
func TestCPMDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	cpmStory(t, newPartner(t, s))
	s.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := func(kind, part string) string {
		for l := range strings.Lines(string(text)) {
			if strings.Contains(l, `"kind":"`+kind+`"`) && strings.Contains(l, part) {
				return l
			}
		}
		t.Fatalf("there is no %s with %s", kind, part)
		return ""
	}
	for name, added := range map[string]string{
		"another payment under the reference": strings.Replace(line("payment", `"R1"`), `"digest":"`, `"digest":"0`, 1),
		"a referenceNo that is taken":         strings.Replace(line("payment", `"R1"`), `"partnerReferenceNo":"R1"`, `"partnerReferenceNo":"R99"`, 1),
		"a customer nobody knows":             strings.Replace(line("payment", `"R1"`), `"customer":"approves"`, `"customer":"x"`, 1),
		"a status that is none":               strings.Replace(line("payment", `"R1"`), `"status":"00"`, `"status":"99"`, 1),
		"a refund twice":                      line("refund", `"A"`),
		"a refund past the amount":            strings.NewReplacer(`"A"`, `"C"`, "2500.00", "7500.01").Replace(line("refund", `"A"`)),
		"a refund of what was not paid":       strings.NewReplacer(`"A"`, `"C"`, `"R1"`, `"R3"`).Replace(line("refund", `"A"`)),
		"a refund of nothing":                 strings.NewReplacer(`"A"`, `"C"`, `"R1"`, `"R99"`).Replace(line("refund", `"A"`)),
		"a code twice":                        line("code", `"G1"`),
		"an external id without a day":        strings.Replace(line("externalId", `"day"`), `"day":"20261120"`, `"day":""`, 1),
	} {
		if err := os.WriteFile(path, []byte(string(text)+added), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Options{Path: path, Clock: newClock()})
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
		}
	}
}

// TestPaymentWriteFailure: money that could not be written down did not move.
func TestPaymentWriteFailure(t *testing.T) {
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "sandbox.jsonl"), Clock: newClock()})
	p := newPartner(t, s)
	p.pay("approves", "R1")
	s.log.close()
	for service, body := range map[string]values{
		"59": {"partnerTrxDate": "20261120150412"}, "60": p.payBody("approves", "R2"), "80": refundBody("R1", "A", "1.00"),
	} {
		if got := p.call(service, body).code(); got != "500"+service+"01" {
			t.Errorf("%s without a file: %s", service, got)
		}
	}
	if l := s.Ledger(); len(l.Payments) != 1 || len(l.Refunds) != 0 || len(l.Codes) != 0 {
		t.Errorf("the ledger has %+v", l)
	}
}

// TestCPMCompaction: yesterday's external ids leave the file, and nothing else.
func TestCPMCompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	clock := newClock()
	s := open(t, Options{Path: path, Clock: clock})
	p := newPartner(t, s)
	cpmStory(t, p)
	for range 3 * slack {
		p.status("R1")
	}
	clock.Add(24 * time.Hour)
	before := s.Ledger()
	s.Close()
	s = open(t, Options{Path: path, Clock: clock})
	p = newPartner(t, s)
	p.status("R1")
	s.Close()
	grown, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Path: path, Clock: clock})
	after := s.Ledger()
	before.Requests, after.Requests = 0, 0
	if !reflect.DeepEqual(before, after) {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}
	s.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The sandbox, its keys, 2 codes, 9 payments, 2 refunds, one id.
	if n := bytes.Count(text, []byte("\n")); n != 16 || bytes.Count(grown, []byte("\n")) < 3*slack {
		t.Errorf("%d lines became %d:\n%.600s", bytes.Count(grown, []byte("\n")), n, text)
	}
}

// model is what a till may believe of one payment: tiny, and written down
// independently of the sandbox.
type model struct {
	customer string
	at       time.Duration // when it was paid or begun
	amount   int64
	open     bool
	paid     bool
	refunds  map[string]int64
}

func (m *model) refunded() (sum int64) {
	for _, amount := range m.refunds {
		sum += amount
	}
	return sum
}

// pass lets the customer act by the clock.
func (m *model) pass(now time.Duration) {
	if m.open && m.customer == "approves-after-8s" && now >= m.at+8*time.Second {
		m.open, m.paid = false, true
	}
}

func (m *model) status() string {
	switch {
	case m.paid && m.refunded() == m.amount:
		return "04"
	case m.paid:
		return "00"
	case m.open && m.customer == "approves-after-8s":
		return "01"
	case m.open:
		return "03"
	case m.customer == "declined-403-14":
		return "06"
	}
	return "05"
}

// TestLedgerIsExact lets random sequences of payments, repeats, cancels,
// refunds, queries, waits, lost answers and restarts run against the model.
func TestLedgerIsExact(t *testing.T) {
	kinds := []string{"approves", "pending", "approves-after-8s", "declined-403-14", "answer-lost", "pays-while-cancelled"}
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		path := filepath.Join(dir, fmt.Sprint(runs, ".jsonl"))
		clock := newClock()
		s := open(t, Options{Path: path, Clock: clock, Tolerance: -1})
		p := newPartner(t, s)
		all := map[string]*model{}
		var now time.Duration
		reference := rapid.SampledFrom([]string{"R1", "R2", "R3"})
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			name := reference.Draw(r, "reference")
			m := all[name]
			lost := rapid.IntRange(0, 5).Draw(r, "lost") == 0
			if lost {
				s.ClearFaults()
				mustFault(t, s, "*:answer-lost:1:1")
			}
			switch rapid.SampledFrom([]string{"pay", "pay", "cancel", "refund", "refund", "query", "wait", "restart"}).Draw(r, "step") {
			case "pay":
				customer := rapid.SampledFrom(kinds).Draw(r, "customer")
				if m != nil {
					customer = m.customer
				}
				p.tryPay(customer, name)
				if m == nil {
					m = &model{customer: customer, at: now, amount: 1000000, refunds: map[string]int64{}}
					m.paid = customer == "approves" || customer == "answer-lost"
					m.open = !m.paid && customer != "declined-403-14"
					all[name] = m
				}
			case "cancel":
				p.cancel(name)
				if m != nil && m.open {
					m.open, m.paid = false, m.customer == "pays-while-cancelled"
				}
			case "refund":
				number := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(r, "number")
				minor := rapid.Int64Range(1, 1200000).Draw(r, "amount")
				used := false
				for _, other := range all {
					_, there := other.refunds[number]
					used = used || there
				}
				p.refund(name, number, fmt.Sprintf("%d.%02d", minor/100, minor%100))
				if m != nil && m.paid && !used && m.refunded()+minor <= m.amount {
					m.refunds[number] = minor
				}
			case "query":
				if _, err := p.send(p.request("61", encode(t, values{"originalPartnerReferenceNo": name}))); (err != nil) != lost {
					r.Fatalf("query: %v", err)
				}
			case "wait":
				d := time.Duration(rapid.IntRange(0, 10).Draw(r, "seconds")) * time.Second
				now += d
				clock.Add(d)
				for _, m := range all {
					m.pass(now)
				}
			case "restart":
				s.Close()
				s = open(t, Options{Path: path, Clock: clock, Tolerance: -1, GenerateKey: noKey})
				sent := p.sent
				p = newPartner(t, s)
				p.sent = sent
			}
			s.ClearFaults()
			checkLedger(r, s, p, all)
		}
		s.Close()
	})
}

func checkLedger(t *rapid.T, s *Sandbox, p *partner, all map[string]*model) {
	ledger := s.Ledger()
	if len(ledger.Payments) != len(all) {
		t.Fatalf("%d payments, want %d", len(ledger.Payments), len(all))
	}
	refunds := map[string]int64{}
	for _, r := range ledger.Refunds {
		refunds[r.Payment] += r.Amount.Minor()
	}
	for _, entry := range ledger.Payments {
		m := all[entry.Reference]
		debits := 0
		if m.paid {
			debits = 1
		}
		if entry.Debits != debits || entry.Refunded.Minor() != m.refunded() || refunds[entry.Reference] != m.refunded() ||
			entry.Refunded.Minor() > entry.Amount.Minor() || entry.Status != m.status() {
			t.Fatalf("%s: the ledger has %+v, the model %+v (%s)", entry.Reference, entry, *m, m.status())
		}
		if got := p.status(entry.Reference); got != m.status() {
			t.Fatalf("%s: 61 says %s, the model %s", entry.Reference, got, m.status())
		}
	}
	if !slices.IsSortedFunc(ledger.Refunds, func(a, b LedgerRefund) int { return strings.Compare(a.CreatedAt, b.CreatedAt) }) {
		t.Fatalf("refunds are out of order: %+v", ledger.Refunds)
	}
}
