package sandbox

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api/snap"
	"cashier/qr/emv"
)

// play is what a till sees of a test customer, and what the ledger says in the
// end.
type play struct {
	pay   string // code of 60's answer; empty: none came
	first string // 61 right after it: a status, or another code
	later string // 61 ten minutes later

	debits   int
	returned bool
}

// plays are all test customers that do not decline at once, undisturbed.
var plays = map[string]play{
	"approves":             {"2006000", "00", "00", 1, false},
	"approves-after-8s":    {"2026000", "01", "00", 1, false},
	"asked":                {"2026000", "02", "02", 0, false},
	"pending":              {"2026000", "03", "03", 0, false},
	"declines-later":       {"2026000", "03", "06", 0, false},
	"gives-up":             {"2026000", "03", "05", 0, false},
	"spent-code":           {"4046001", "4046101", "4046101", 0, false},
	"answer-lost":          {"", "00", "00", 1, false},
	"answer-lost-declined": {"", "06", "06", 0, false},
	"request-lost":         {"", "4046101", "4046101", 0, false},
	"found-late":           {"", "4046101", "00", 1, false},
	"timeout-paid":         {"5046000", "03", "00", 1, false},
	"timeout-failed":       {"5046000", "03", "06", 0, false},
	"error-paid":           {"5006000", "00", "00", 1, false},
	"error-unpaid":         {"5006000", "4046101", "4046101", 0, false},
	"success-pending":      {"2006000", "03", "00", 1, false},
	"success-failed":       {"2006000", "06", "06", 0, false},
	"no-reference":         {"2006000", "00", "00", 1, false},
	"pays-while-cancelled": {"2026000", "03", "03", 0, false},
	"pays-before-cancel":   {"2026000", "03", "03", 0, false},
	"cancel-unsupported":   {"2026000", "03", "00", 1, false},
	"cancel-refused":       {"2026000", "03", "00", 1, false},
	"cancel-slow":          {"2026000", "03", "03", 0, false},
	"cancel-lost":          {"2026000", "03", "03", 0, false},
	"paid-after-cancel":    {"2026000", "03", "03", 0, false},
	"returned":             {"2006000", "00", "04", 1, true},
	"refund-refused":       {"2006000", "00", "00", 1, false},
	"refund-slow":          {"2006000", "00", "00", 1, false},
	"refund-lost":          {"2006000", "00", "00", 1, false},
	"refund-unsupported":   {"2006000", "00", "00", 1, false},
}

// declinePlays are the 403 cases that do not end a payment: see PROTOCOLS 3,
// where 403-13 and 403-16 are unknown and 403-06 may be sent again.
var declinePlays = map[string]play{
	"declined-403-04": {"4036004", "4046101", "4046101", 0, false},
	"declined-403-06": {"4036006", "4046101", "4046101", 0, false},
	"declined-403-13": {"4036013", "03", "00", 1, false},
	"declined-403-16": {"4036016", "03", "03", 0, false},
}

func TestEveryCustomer(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Customers() {
		want, ok := plays[c.ID]
		if key, declines := strings.CutPrefix(c.ID, "declined-"); declines {
			if want, ok = declinePlays[c.ID]; !ok {
				want, ok = play{key[:3] + "60" + key[4:], "06", "06", 0, false}, true
			}
		}
		if !ok {
			t.Errorf("the customer %s is in no table of this test", c.ID)
		}
		seen[c.ID] = true
		for _, scale := range []float64{1, 0.01} {
			s, p, clock := cpmPartner(t, Options{Scale: scale, Tolerance: -1, TokenLife: time.Hour})
			got := play{pay: p.tryPay(c.ID, "R1"), first: p.status("R1")}
			clock.Add(time.Duration(scale * float64(10*time.Minute)))
			got.later = p.status("R1")
			for _, entry := range s.Ledger().Payments {
				got.debits, got.returned = entry.Debits, entry.Returned
				if entry.Status != got.later || entry.Customer != c.ID || entry.Amount != idr(10000) {
					t.Errorf("%s: the ledger has %+v", c.ID, entry)
				}
			}
			if got != want {
				t.Errorf("%s at scale %g: %+v, want %+v", c.ID, scale, got, want)
			}
		}
	}
	for id := range plays {
		if !seen[id] {
			t.Errorf("there is no customer %s", id)
		}
	}
	n := 0
	for meaning := range snap.Catalogue() {
		if meaning.HTTP == 403 {
			n++
			if !seen["declined-"+meaning.Key()] {
				t.Errorf("nobody declines with %s", meaning.Key())
			}
		}
	}
	if n != 24 || len(seen) != n+len(plays) {
		t.Errorf("%d cases of 403, %d customers", n, len(seen))
	}
}

// TestCustomersCodes: every code is a payment code as specified that a till may
// charge, with an account of its own, and the same in every run.
func TestCustomersCodes(t *testing.T) {
	accounts := map[string]string{}
	for _, c := range Customers() {
		code, err := emv.DecodeCPM(c.Content)
		if err != nil || !code.Strict() {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if _, err := emv.Scan(c.Content); err != nil {
			t.Errorf("%s: a till refuses it: %v", c.ID, err)
		}
		application, _ := code.Application()
		if pan := application.PAN(); len(pan) != 19 || accounts[pan] != "" {
			t.Errorf("%s has the account of %q", c.ID, accounts[pan])
		} else {
			accounts[pan] = c.ID
		}
		if c.Outcome == "" || strings.ContainsAny(c.ID, " /") || code.Issuer() != "93600999" {
			t.Errorf("%+v, issuer %s", c, code.Issuer())
		}
	}
	// Somebody may have printed these.
	for id, number := range map[string]int{"approves": 1, "asked": 3, "declined-403-14": 114} {
		if got := customers().byID[id].number; got != number {
			t.Errorf("%s has the number %d: numbers are never given anew", id, got)
		}
	}
	if got := codeOf(t, "approves"); got != "hQVDUFYwMWEeTwegAAAGAiAgUAdRUklTQ1BNWgqTYAmZYAAAAAAf" {
		t.Errorf("approves shows %s", got)
	}
	list := Customers()
	list[0] = Customer{}
	if Customers()[0].ID == "" {
		t.Error("a caller can change the list")
	}
}

func TestForeignCodesAreRefused(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	stranger, err := emv.Card{PAN: "9360099900000000017"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := emv.Card{PAN: customers().byID["approves"].pan(), AID: "A0000000031010"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"a stranger's": stranger, "another scheme's": foreign, "half a code": codeOf(t, "approves")[:30], "a sample's": "hduvY...",
		"a merchant's": "00020101021126570011ID.DANA.WWW", "the longest": strings.Repeat("A", 512),
	} {
		body := p.payBody("approves", "R1")
		body["qrContent"] = content
		got := p.call("60", body)
		if got.code() != "4046011" || strings.Contains(string(got.raw), content) {
			t.Errorf("%s: %s %q", name, got.code(), got.message())
		}
	}
	if n := len(s.Ledger().Payments); n != 0 {
		t.Errorf("%d payments were made", n)
	}
	body := p.payBody("approves", "R1")
	body["qrContent"] = strings.TrimRight(codeOf(t, "approves"), "=")[:20] + " " + strings.TrimRight(codeOf(t, "approves"), "=")[20:]
	if got := p.call("60", body).code(); got != "2006000" {
		t.Errorf("a code as a scanner splits it: %s", got)
	}
}

// TestFreshCodes: a wallet's code is good once; a printed one again and again.
func TestFreshCodes(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	pay := func(content, reference string) string {
		body := p.payBody("approves", reference)
		body["qrContent"] = content
		return p.call("60", body).code()
	}
	fresh := func(id string, number uint64) string {
		code, err := FreshCode(id, number)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := emv.Scan(code); err != nil {
			t.Fatal(err)
		}
		return code
	}
	got := []string{
		pay(fresh("approves", 1), "R1"), pay(fresh("approves", 1), "R2"), pay(fresh("approves", 2), "R3"),
		pay(fresh("declined-403-14", 1), "R4"), pay(fresh("declined-403-14", 1), "R5"),
		pay(codeOf(t, "approves"), "R6"), pay(codeOf(t, "approves"), "R7"),
	}
	if want := []string{"2006000", "4046001", "2006000", "4036014", "4046001", "2006000", "2006000"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := len(s.Ledger().Payments); n != 5 {
		t.Errorf("%d payments", n)
	}
	if _, err := FreshCode("nobody", 1); err == nil {
		t.Error("nobody has a code")
	}
}

func TestDecisions(t *testing.T) {
	s, p, _ := cpmPartner(t, Options{})
	for _, reference := range []string{"R1", "R2", "R3", "R4"} {
		p.pay("asked", reference)
	}
	p.pay("approves", "paid")
	provider := ledgerPayment(t, s, "R3").ProviderReference
	for _, c := range []struct {
		path, body string
		status     int
		says       string // the payment or the error
	}{
		{"customers/asked/approve", "", 200, "R1"},
		{"customers/asked/decline", `{"referenceNo":"` + provider + `"}`, 200, "R3"},
		{"customers/asked/approve", `{"referenceNo":"R4"}`, 200, "R4"},
		{"customers/asked/approve", `{"referenceNo":"R4"}`, 409, "waits"},
		{"customers/asked/decline", `{}`, 200, "R2"},
		{"customers/asked/approve", "", 409, "waits"},
		{"customers/approves/decline", "", 409, "waits"},
		{"customers/nobody/approve", "", 404, "no such test customer"},
		{"customers/asked/explode", "", 404, "POST customers/ID/approve"},
		{"customers/asked/approve", "rubbish", 400, "cannot be read"},
	} {
		status, fields := control(s, "POST", c.path, c.body)
		text, _ := fields["error"].(string)
		if status == 200 {
			text, _ = fields["partnerReferenceNo"].(string)
		}
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s %s: %d %v, want %d with %q", c.path, c.body, status, fields, c.status, c.says)
		}
	}
	for reference, want := range map[string]string{"R1": "00", "R2": "06", "R3": "06", "R4": "00"} {
		if got := p.status(reference); got != want {
			t.Errorf("%s is %s, want %s", reference, got, want)
		}
	}
	_, fields := control(s, "GET", "customers", "")
	items, _ := fields["items"].([]any)
	if len(items) != len(Customers()) || items[0].(values)["qrContent"] != codeOf(t, "approves") {
		t.Errorf("%d customers are listed", len(items))
	}
}
