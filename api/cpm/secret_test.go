package cpm

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/apitest"
)

// cardDigits is the card number inside of the customer's code.
const cardDigits = "9360099913302345678"

// spellings are all in which a customer's code could be found.
func spellings(t testing.TB) []string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(customer)
	if err != nil {
		t.Fatal(err)
	}
	return []string{customer, customer[:24], customer[24:], string(raw), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), hex.EncodeToString([]byte(customer)), cardDigits}
}

func leaks(t testing.TB, text string) bool {
	t.Helper()
	for _, s := range spellings(t) {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// printed is a value under every verb that could print it, and in a log.
func printed(value any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&b, verb+"\n", value)
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("value", "value", value)
	if !encodes(value) {
		slog.New(slog.NewJSONHandler(&b, nil)).Info("value", "value", value)
	}
	return b.String()
}

// encodes reports the wire types whose JSON is the request's bytes themselves.
func encodes(value any) bool {
	switch value.(type) {
	case paymentRequest, *paymentRequest, generateRequest, sealed:
		return true
	}
	return false
}

type journal struct{ kept []string }

func (j *journal) Before(a api.Attempt) error {
	j.kept = append(j.kept, printed(a))
	return nil
}

func (j *journal) After(a api.Attempt, b api.Answer) {
	j.kept = append(j.kept, printed(a), printed(b))
}

// The customer's code is in the request's bytes and nowhere else: in no error,
// no answer, no news, no log, whatever the provider quotes of it.
func TestTheCustomersCodeIsNowhereElse(t *testing.T) {
	d := &desk{}
	p := d.provider()
	body := must(p.PreparePayment(aPayment(), morning))
	if !leaks(t, string(body)) || !leaks(t, "a card: "+cardDigits+".") {
		t.Fatal("the control is not found: this test cannot fail")
	}
	long := aPayment()
	long.Code = api.NewCustomerCode(strings.Repeat(customer, 11))
	_, tooLong := p.PreparePayment(long, morning)
	var e *api.FieldError
	if !errors.As(tooLong, &e) || e.Field != "qrContent" || e.Max != 512 {
		t.Errorf("a code past 512 characters: %v", tooLong)
	}
	none := aPayment()
	none.Code = api.CustomerCode{}
	if _, err := p.PreparePayment(none, morning); !errors.As(err, &e) || e.Field != "qrContent" || !e.Missing {
		t.Errorf("without a code: %v", err)
	}
	log := &journal{}
	found := map[string]string{
		"the refusal":       printed(tooLong),
		"a request":         printed(long),
		"the wire request":  printed(paymentRequest{QRContent: customer}),
		"a pointer to it":   printed(&paymentRequest{QRContent: customer}),
		"the wire answer":   printed(generateAnswer{QRContent: customer}),
		"the provider":      printed(p),
		"sealed":            printed(sealed(customer)),
		"a wire notice":     printed(notifyRequest{CustomerNumber: private(customer), DestinationNumber: private(cardDigits)}),
		"a code's news":     printed(api.CodeNews{Code: api.NewCustomerCode(customer)}),
		"a PaymentRequest*": printed(&long),
	}
	for name, c := range map[string]struct{ code, quoted string }{
		"quoted":          {"4006001", "Invalid Field Format {qrContent " + customer + "}"},
		"cut":             {"4006001", "Invalid Field Format qrContent: " + strings.Repeat("x ", 40) + customer},
		"a part":          {"4036005", "Do Not Honor (" + customer[5:30] + ")"},
		"the card":        {"4036007", "Card Blocked " + cardDigits},
		"unknown code":    {"4996001", customer},
		"other service":   {"4009001", customer},
		"success":         {"2006000", customer + " " + cardDigits},
		"no code at all":  {"400", customer},
		"another's token": {"4016002", "Invalid Customer Token"},
	} {
		d.says(c.code, `"referenceNo":"P1"`)
		d.Body = strings.Replace(d.Body, "words", c.quoted, 1)
		news, a := p.Pay(t.Context(), payment, body, false, log)
		found["news: "+name], found["answer: "+name] = printed(news), printed(a)
	}
	for code, fields := range map[string]string{
		"2005900": `"qrContent":"` + customer + `","expiryTime":"60"`, "2005901": `"qrContent":"` + customer + `"`, "4005901": `"qrContent":"` + customer + `"`,
		"20059": `"qrContent":"` + customer + `"`,
	} {
		d.says(code, fields)
		news, a := p.GenerateCode(t.Context(), payment, must(p.PrepareCode(payment, morning)), log)
		found["code "+code], found["code's answer "+code] = printed(news), printed(a)
	}
	found["the log"] = strings.Join(log.kept, "\n")
	if len(log.kept) < 30 {
		t.Errorf("the log kept %d entries only", len(log.kept))
	}
	for name, text := range found {
		if leaks(t, text) {
			t.Errorf("%s holds the customer's code: %.300s", name, text)
		}
	}
}

func TestTheUserAccessTokenIsNowhereElse(t *testing.T) {
	const token = "user-access-token-canary"
	d := (&desk{}).says("4015900", "")
	d.Body = strings.Replace(d.Body, "words", "Unauthorized. "+token, 1)
	p := d.provider(func(e *api.Endpoint) { e.UserAccessToken = func() ([]byte, error) { return []byte(token), nil } })
	body := must(p.PrepareCode(payment, morning))
	if !strings.Contains(string(body), token) {
		t.Fatal("the control is not found: this test cannot fail")
	}
	log := &journal{}
	news, a := p.GenerateCode(t.Context(), payment, body, log)
	all := printed(news) + printed(a) + strings.Join(log.kept, "") + printed(generateRequest{UserAccessToken: token})
	if strings.Contains(all, token) || a.Message != "Unauthorized. ***" {
		t.Errorf("%s", all)
	}
	long := d.provider(func(e *api.Endpoint) {
		e.UserAccessToken = func() ([]byte, error) { return []byte(strings.Repeat(token, 9)), nil }
	})
	var e *api.FieldError
	if _, err := long.PrepareCode(payment, morning); !errors.As(err, &e) || e.Field != "userAccessToken" || strings.Contains(printed(err), token) {
		t.Errorf("%v", err)
	}
}

func TestALongPlainSecretIsHiddenToo(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	if got := unspoken("Unauthorized "+secret, func() string { return secret }); got != "Unauthorized ***" {
		t.Errorf("%q", got)
	}
}

func TestAProvidersWordsStayReadable(t *testing.T) {
	for said, want := range map[string]string{
		"Invalid Mandatory Field {partnerReferenceNo}":                             "Invalid Mandatory Field {partnerReferenceNo}",
		"Request has been processed successfully":                                  "Request has been processed successfully",
		"Reference 2020102977770000000009 is known":                                "Reference 2020102977770000000009 is known",
		"Card 9360099913302345678 is blocked":                                      "Card ****5678 is blocked",
		"qr " + customer[:12] + " is odd":                                          "qr *** is odd",
		"the code: " + customer:                                                    "the code: ***",
		"at " + time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Format(time.RFC3339): "at 2026-11-20T08:00:00Z",
	} {
		if got := unspoken(api.Text(said), func() string { return customer }); string(got) != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// A provider that was paid with a code may quote it in whatever it answers
// afterwards, when the request has none to compare with.
func TestQuotedCodesAreUnspokenInEveryAnswer(t *testing.T) {
	quoted := "cannot read " + customer[8:] + " of 9360099913302345678"
	for service, act := range acts() {
		d := &desk{apitest.Desk{Status: 500, Body: fmt.Sprintf(`{"responseCode":"500%s00","responseMessage":%q}`, service, quoted)}}
		_, a := act.do(t, d.provider(), false)
		if a.Message != "cannot read *** of ****5678" {
			t.Errorf("%s: %q", service, a.Message)
		}
	}
	for _, plain := range []string{
		"Invalid Mandatory Field {originalPartnerReferenceNo}", "Reference Q261120150412K7M2RX4T9WZB is known",
		"transaction 3f2a9c0d-77aa-4e1b-9c55-0123456789ab", "REF20261120648669352423 was refunded",
	} {
		if got := unspoken(api.Text(plain), unknown); string(got) != plain {
			t.Errorf("%q: %q", plain, got)
		}
	}
}
