package sandbox

import (
	"slices"
	"testing"
	"time"

	"cashier/api"
)

// TestRepeatedPayments: the same reference never moves money again, whatever
// became of it.
func TestRepeatedPayments(t *testing.T) {
	for _, c := range []struct {
		customer string
		again    string // the same body
		other    string // another amount
		debits   int
	}{
		{"approves", "4096001", "4046018", 1},
		{"answer-lost", "4096001", "4046018", 1},
		{"error-paid", "4096001", "4046018", 1},
		{"pending", "2026000", "4046018", 0},
		{"timeout-paid", "2026000", "4046018", 0},
		{"declined-403-14", "4036014", "4046018", 0},
		{"declined-403-13", "2026000", "4046018", 0},
		{"answer-lost-declined", "4046000", "4046018", 0},
		{"success-failed", "4046000", "4046018", 0},
		{"found-late", "", "", 0},
	} {
		s, p, _ := cpmPartner(t, Options{})
		p.tryPay(c.customer, "R1")
		for range 2 {
			if got := p.tryPay(c.customer, "R1"); got != c.again {
				t.Errorf("%s again: %q, want %q", c.customer, got, c.again)
			}
		}
		body := p.payBody(c.customer, "R1")
		body["amount"] = rupiah("1.00")
		got, err := p.send(p.request("60", encode(t, body)))
		if got.code() != c.other || (err == nil) != (c.other != "") {
			t.Errorf("%s with another amount: %q %v, want %q", c.customer, got.code(), err, c.other)
		}
		if entry := ledgerPayment(t, s, "R1"); entry.Debits != c.debits || entry.Amount != idr(10000) {
			t.Errorf("%s: %+v", c.customer, entry)
		}
	}
	_, p, _ := cpmPartner(t, Options{})
	p.pay("pending", "R1")
	p.cancel("R1")
	if got := p.tryPay("pending", "R1"); got != "4046004" {
		t.Errorf("a cancelled payment again: %s", got)
	}
	for range 2 { // the cut-off: nothing was kept, the same may come again
		if got := p.tryPay("declined-403-06", "R2"); got != "4036006" {
			t.Errorf("at the cut-off: %s", got)
		}
	}
}

// TestCancels: what a cancel is answered, what 61 says right after it and ten
// minutes later, and whether money moved.
func TestCancels(t *testing.T) {
	for _, c := range []struct {
		customer           string
		beforeCancel       time.Duration
		cancel, now, later string
		again              string // the cancel ten minutes later
		debits             int
	}{
		{customer: "pending", cancel: "2006200", now: "05", later: "05", again: "2006200"},
		{customer: "asked", cancel: "2006200", now: "05", later: "05", again: "2006200"},
		{customer: "approves-after-8s", cancel: "2006200", now: "05", later: "05", again: "2006200"},
		{customer: "timeout-paid", cancel: "2006200", now: "05", later: "05", again: "2006200"},
		{customer: "declined-403-16", cancel: "2006200", now: "05", later: "05", again: "2006200"},
		{customer: "approves-after-8s", beforeCancel: 8 * time.Second, cancel: "4046200", now: "00", later: "00", again: "4046200", debits: 1},
		{customer: "approves", cancel: "4046200", now: "00", later: "00", again: "4046200", debits: 1},
		{customer: "declined-403-14", cancel: "4046200", now: "06", later: "06", again: "4046200"},
		{customer: "gives-up", beforeCancel: 8 * time.Second, cancel: "4046204", now: "05", later: "05", again: "4046204"},
		{customer: "request-lost", cancel: "4046201", now: "4046101", later: "4046101", again: "4046201"},
		{customer: "found-late", cancel: "4046201", now: "4046101", later: "00", again: "4046200", debits: 1},
		{customer: "pays-while-cancelled", cancel: "2006200", now: "00", later: "00", again: "4046200", debits: 1},
		{customer: "pays-before-cancel", cancel: "4046200", now: "00", later: "00", again: "4046200", debits: 1},
		{customer: "cancel-unsupported", cancel: "4056200", now: "03", later: "00", again: "4046200", debits: 1},
		{customer: "cancel-refused", cancel: "4056201", now: "03", later: "00", again: "4046200", debits: 1},
		{customer: "cancel-slow", cancel: "2006200", now: "03", later: "05", again: "2006200"},
		{customer: "cancel-lost", cancel: "", now: "05", later: "05", again: "2006200"},
		{customer: "paid-after-cancel", cancel: "2006200", now: "05", later: "00", again: "4046200", debits: 1},
	} {
		s, p, clock := cpmPartner(t, Options{Tolerance: -1})
		p.tryPay(c.customer, "R1")
		clock.Add(c.beforeCancel)
		got := []string{p.cancel("R1"), p.status("R1")}
		clock.Add(10 * time.Minute)
		got = append(got, p.status("R1"), p.cancel("R1"))
		if want := []string{c.cancel, c.now, c.later, c.again}; !slices.Equal(got, want) {
			t.Errorf("%s: cancelled, 61, 61 later, cancelled again are %q, want %q", c.customer, got, want)
		}
		debits := 0
		for _, entry := range s.Ledger().Payments {
			debits += entry.Debits
		}
		if debits != c.debits {
			t.Errorf("%s: %d debits, want %d", c.customer, debits, c.debits)
		}
	}
}

// TestCancelIsProven: a repeated cancel proves the first one, not itself.
func TestCancelIsProven(t *testing.T) {
	_, p, clock := cpmPartner(t, Options{})
	p.pay("pending", "R1")
	body := cancelBody("R1")
	body["amount"] = rupiah("9999.00")
	if got := p.call("62", body).code(); got != "4046213" {
		t.Errorf("with another amount: %s", got)
	}
	clock.Add(20 * time.Second)
	body["amount"] = rupiah("10000.00")
	first := p.call("62", body)
	clock.Add(time.Minute)
	second := p.call("62", body)
	if first.fields["cancelTime"] != "2026-11-20T15:04:32+07:00" || second.fields["cancelTime"] != first.fields["cancelTime"] {
		t.Errorf("cancelled at %v, again at %v", first.fields["cancelTime"], second.fields["cancelTime"])
	}
	if first.fields["transactionDate"] != "20261120150412" {
		t.Errorf("transactionDate is %v", first.fields["transactionDate"])
	}
	if got := p.call("62", values{"originalPartnerReferenceNo": "R1", "originalReferenceNo": "other"}).code(); got != "4046201" {
		t.Errorf("with another payment's referenceNo: %s", got)
	}
}

func TestStatusByEveryName(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	r := p.request("60", encode(t, p.payBody("approves", "R1")))
	external := r.Header.Get("X-EXTERNAL-ID")
	provider := p.must(r).fields["referenceNo"].(string)
	p.pay("approves", "R2")
	for name, body := range map[string]values{
		"2006100 by our name":        {"originalPartnerReferenceNo": "R1"},
		"2006100 by theirs":          {"originalReferenceNo": provider},
		"2006100 by external id":     {"originalExternalId": external},
		"2006100 as the sample":      {"originalReferenceNo": provider, "originalPartnerReferenceNo": "R1", " originalExternalId": "10052019"},
		"4046101 of two payments":    {"originalReferenceNo": provider, "originalPartnerReferenceNo": "R2"},
		"4046101 of nobody":          {"originalPartnerReferenceNo": "R3"},
		"4046101 by another's id":    {"originalExternalId": "999"},
		"4006102 without any":        {"merchantId": p.id},
		"4006102 with empty ones":    {"originalPartnerReferenceNo": "", "originalReferenceNo": nil},
		"4046108 of another's":       {"originalPartnerReferenceNo": "R1", "merchantId": "other"},
		"4006101 with a wrong field": {"originalPartnerReferanceNo": "R1"},
	} {
		got := p.call("61", body)
		if got.code() != name[:7] {
			t.Errorf("%s: %s %q", name, got.code(), got.message())
		}
		if got.code() == "2006100" && (got.fields["originalPartnerReferenceNo"] != "R1" || got.fields["originalReferenceNo"] != provider ||
			got.fields["title"] != "Kopi" || got.fields["paidTime"] != "2026-11-20T15:04:12+07:00" || got.fields["transactionStatusDesc"] != "success") {
			t.Errorf("%s: %v", name, got.fields)
		}
	}
	p.pay("pending", "R4")
	if got := p.call("61", values{"originalPartnerReferenceNo": "R4"}); got.fields["paidTime"] != "2026-11-20T15:04:12+07:00" {
		t.Errorf("paidTime is mandatory, paid or not: %v", got.fields)
	}
	if len(s.Ledger().Payments) != 3 {
		t.Errorf("the ledger has %v", s.Ledger().Payments)
	}
}

func TestNotFoundAsStatus(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{StatusNotFound: true})
	if got := p.call("61", values{"originalPartnerReferenceNo": "R1"}); got.code() != "2006100" ||
		got.fields["latestTransactionStatus"] != "07" || got.fields["originalPartnerReferenceNo"] != "R1" || got.fields["paidTime"] == "" {
		t.Errorf("got %v", got.fields)
	}
}

// TestToldStatus: the answers to 60 that say less or more than others.
func TestToldStatus(t *testing.T) {
	_, p, _ := cpmPartner(t, Options{})
	for customer, want := range map[string]struct {
		status    any
		reference bool
	}{
		"approves": {nil, true}, "success-pending": {"03", true}, "success-failed": {"06", true}, "no-reference": {nil, false},
	} {
		got := p.pay(customer, customer)
		info, _ := got.fields["additionalInfo"].(values)
		if _, there := got.fields["referenceNo"]; info["latestTransactionStatus"] != want.status || there != want.reference {
			t.Errorf("%s: %v", customer, got.fields)
		}
	}
}

func TestRefunds(t *testing.T) {
	type step struct{ number, amount, want, status string }
	for _, c := range []struct {
		customer string
		steps    []step
		refunded int64
	}{
		{"approves", []step{{"A", "10000.00", "2008000", "04"}, {"A", "10000.00", "4098001", "04"}, {"B", "1.00", "4058001", "04"}}, 1000000},
		{"approves", []step{
			{"A", "4000.00", "2008000", "00"}, {"B", "6000.01", "4048013", "00"}, {"A", "4000.00", "4098001", "00"},
			{"A", "4000.01", "4048018", "00"}, {"B", "6000.00", "2008000", "04"},
		}, 1000000},
		{"approves", []step{{"A", "0.00", "4048013", "00"}, {"A", "10000.01", "4048013", "00"}, {"A", "0.01", "2008000", "00"}}, 1},
		{"answer-lost", []step{{"A", "10000.00", "2008000", "04"}}, 1000000},
		{"pending", []step{{"A", "1.00", "4048000", "03"}}, 0},
		{"declined-403-14", []step{{"A", "1.00", "4048000", "06"}}, 0},
		{"request-lost", []step{{"A", "1.00", "4048001", "4046101"}}, 0},
		{"found-late", []step{{"A", "1.00", "4048001", "4046101"}}, 0},
		{"refund-refused", []step{{"A", "1.00", "4058001", "00"}, {"A", "1.00", "4058001", "00"}}, 0},
		{"refund-unsupported", []step{{"A", "1.00", "4058000", "00"}}, 0},
		{"refund-lost", []step{{"A", "1.00", "", "00"}, {"A", "1.00", "4098001", "00"}, {"A", "2.00", "4048018", "00"}}, 100},
		{"refund-slow", []step{{"A", "10000.00", "2028000", "00"}, {"A", "10000.00", "2028000", "00"}, {"B", "0.01", "4048013", "00"}}, 0},
	} {
		s, p, _ := cpmPartner(t, Options{})
		p.tryPay(c.customer, "R1")
		for i, step := range c.steps {
			got, status := p.refund("R1", step.number, step.amount), p.status("R1")
			if got != step.want || status != step.status {
				t.Errorf("%s, refund %d: %q and then %s, want %q and %s", c.customer, i+1, got, status, step.want, step.status)
			}
		}
		for _, entry := range s.Ledger().Payments {
			if entry.Refunded != api.IDR(c.refunded) {
				t.Errorf("%s: refunded are %v, want %d", c.customer, entry.Refunded, c.refunded)
			}
		}
	}
}

func TestSlowRefund(t *testing.T) {
	s, p, clock := cpmPartner(t, Options{})
	p.pay("refund-slow", "R1")
	first := p.call("80", refundBody("R1", "A", "10000.00"))
	clock.Add(10 * time.Second)
	if got := p.status("R1"); got != "04" {
		t.Errorf("ten seconds later: %s", got)
	}
	if got := p.refund("R1", "A", "10000.00"); got != "4098001" {
		t.Errorf("the same refund when it is done: %s", got)
	}
	ledger := s.Ledger()
	if r := ledger.Refunds[0]; !r.Done || r.Number != first.fields["refundNo"] || r.Payment != "R1" || r.Amount != idr(10000) {
		t.Errorf("the ledger has %+v", r)
	}
	if first.fields["refundTime"] != "2026-11-20T15:04:22+07:00" {
		t.Errorf("refundTime is %v", first.fields["refundTime"])
	}
}

// TestRefundOfTheRest: without an amount, which is optional, all that is left.
func TestRefundOfTheRest(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	p.pay("approves", "R1")
	p.refund("R1", "A", "2500.00")
	got := p.call("80", values{"originalPartnerReferenceNo": "R1", "partnerRefundNo": "B"})
	amount, _ := got.fields["refundAmount"].(values)
	if got.code() != "2008000" || amount["value"] != "7500.00" || ledgerPayment(t, s, "R1").Refunded != idr(10000) {
		t.Errorf("got %v, the ledger %+v", got.fields, ledgerPayment(t, s, "R1"))
	}
	p.pay("approves", "R2")
	body := refundBody("R2", "C", "1.00")
	body["refundAmount"] = values{"value": "1.00", "currency": "USD"}
	if got := p.call("80", body).code(); got != "4048013" {
		t.Errorf("in dollars: %s", got)
	}
	if got := p.refund("R2", "B", "1.00"); got != "4048018" {
		t.Errorf("another payment under a number that was used: %s", got)
	}
}

// TestReturnedElsewhere: who got the money back from somebody else gets it once.
func TestReturnedElsewhere(t *testing.T) {
	s, p, clock := cpmPartner(t, Options{})
	p.pay("returned", "R1")
	p.pay("returned", "R2")
	if got := p.refund("R2", "A", "10000.00"); got != "2008000" {
		t.Errorf("refunded before: %s", got)
	}
	clock.Add(8 * time.Second)
	if got := p.refund("R1", "B", "1.00"); got != "4058001" {
		t.Errorf("refunded after: %s", got)
	}
	one, two := ledgerPayment(t, s, "R1"), ledgerPayment(t, s, "R2")
	if !one.Returned || one.Refunded != api.IDR(0) || two.Returned || two.Refunded != idr(10000) || one.Status != "04" || two.Status != "04" {
		t.Errorf("the ledger has %+v and %+v", one, two)
	}
}

func TestCodes(t *testing.T) {
	s, p, clock := cpmPartner(t, Options{})
	ask := func(reference, user string) response {
		return p.call("59", values{"partnerReferenceNo": reference, "userAccessToken": user, "partnerTrxDate": "2026-11-20T15:04:12+07:00"})
	}
	pay := func(content any, reference string) string {
		body := p.payBody("approves", reference)
		body["qrContent"] = content
		return p.call("60", body).code()
	}
	first := ask("G1", "token")
	if first.code() != "2005900" || first.fields["expiryTime"] != "2026-11-20T15:05:12+07:00" || len(first.fields["qrContent"].(string)) > 512 {
		t.Fatalf("got %v", first.fields)
	}
	if again := ask("G1", "token"); again.fields["qrContent"] != first.fields["qrContent"] || again.fields["referenceNo"] != first.fields["referenceNo"] {
		t.Errorf("the same request got %v and then %v", first.fields, again.fields)
	}
	if got := ask("G1", "other").code(); got != "4045918" {
		t.Errorf("another request under the reference: %s", got)
	}
	if got := []string{pay(first.fields["qrContent"], "R1"), pay(first.fields["qrContent"], "R2")}; got[0] != "2006000" || got[1] != "4046001" {
		t.Errorf("the code was paid with twice: %v", got)
	}
	if got := pay(ask("G2", "declined-403-14").fields["qrContent"], "R3"); got != "4036014" {
		t.Errorf("a code of a test customer: %s", got)
	}
	late := ask("G3", "token").fields["qrContent"]
	clock.Add(time.Minute)
	if got := pay(late, "R4"); got != "4046001" {
		t.Errorf("a code past its expiry: %s", got)
	}
	nameless := values{"partnerTrxDate": "2026-11-20T15:04:12+07:00"}
	one, two := p.call("59", nameless), p.call("59", nameless)
	if one.fields["qrContent"] == two.fields["qrContent"] || one.fields["partnerReferenceNo"] != nil {
		t.Errorf("without a reference: %v and %v", one.fields, two.fields)
	}
	_, stranger, _ := cpmPartner(t, Options{})
	foreign := stranger.call("59", nameless).fields["qrContent"]
	if got := pay(foreign, "R5"); got != "4046001" {
		t.Errorf("another sandbox's code: %s", got)
	}
	var spent []bool
	for _, c := range s.Ledger().Codes {
		spent = append(spent, c.Spent)
	}
	if !slices.Equal(spent, []bool{true, true, false, false, false}) {
		t.Errorf("spent are %v", spent)
	}
}

func TestCodesExpirySpellings(t *testing.T) {
	for spelling, want := range map[api.ExpirySpelling]any{"": "2026-11-20T15:05:12+07:00", "iso": "2026-11-20T15:05:12+07:00", "seconds": "60", "number": 60.0} {
		_, p, _ := cpmPartner(t, Options{Expiry: spelling})
		got := p.call("59", values{"partnerTrxDate": "20261120150412"})
		if got.fields["expiryTime"] != want {
			t.Errorf("%q: %v, want %v", spelling, got.fields["expiryTime"], want)
		}
	}
}
