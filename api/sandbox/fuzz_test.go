package sandbox

import (
	"strings"
	"testing"

	"cashier/api/snap"
)

// FuzzRequest sends bodies and headers of all kinds, well signed and with a
// good token, so that they reach the decoder: the answer is always JSON with a
// code of the service whose HTTP status agrees, and short enough.
func FuzzRequest(f *testing.F) {
	s := open(f, Options{Clock: newClock(), GenerateKey: testKey})
	p := newPartner(f, s)
	p.generate("known")
	p.pay("approves", "paid")
	mustMPM(f, s, MPMRequest{Provider: paydia, Reference: "R", Amount: idr(1)})
	mustMPM(f, s, MPMRequest{Provider: finnet, Reference: "R", Amount: idr(1)})
	for _, service := range append([]string{"73", "74", "90", "91", "51", "finnet"}, cpmServices...) {
		for _, body := range []string{
			encode(f, p.payBody("pending", "P1")), encode(f, cancelBody("paid")), encode(f, refundBody("paid", "A", "1.00")),
			`{"partnerTrxDate":"20261120150412"}`, `{"items":[{}],"amount":{"value":1}}`, `{" originalExternalId":"1"}`,
			generateBody(p.id, "R1"), p.queryBody("known"), `{"grantType":"client_credentials"}`,
			encode(f, paydiaBody("R")), encode(f, p.finnetBody("R")), `{"grantType":"refresh_token","refreshToken":"a"}`,
			``, `null`, `[]`, `{"":{}}`, `{"a":1,"a":2}`, `{"additionalInfo":[[[]]]}`, "{\"a\":\"\x1b\"}", strings.Repeat("[", 200),
		} {
			f.Add(service, body, "application/json", p.id)
		}
	}
	f.Fuzz(func(t *testing.T, service, body, contentType, partnerID string) {
		if paths[service] == "" {
			service = "90"
		}
		p := *p
		p.t = t
		r := p.request(service, body)
		r.Header["Content-Type"] = []string{contentType}
		r.Header["X-Partner-Id"] = []string{partnerID}
		got, err := p.send(r)
		if err != nil && (service == "60" || service == "62" || service == "80") {
			return // a test customer whose answer is lost
		}
		if err != nil {
			t.Fatal(err)
		}
		code, err := snap.ParseCode(got.code())
		if service == "finnet" {
			service = "53"
		}
		if err != nil || code.Service != service || code.HTTP != got.status {
			t.Errorf("%d %s (%v)", got.status, got.raw, err)
		}
		if n := len([]rune(got.message())); n == 0 || n > 150 || strings.ContainsAny(got.message(), "\x1b\r\n") {
			t.Errorf("the message is %q", got.message())
		}
	})
}

// FuzzSpeech: what a fifth provider says of a document's names is read back as
// the same, at every depth.
func FuzzSpeech(f *testing.F) {
	sp := fifth().speech(snapCPM)
	for _, body := range []string{
		`{}`, `{"partnerReferenceNo":"A","referenceNo":"B"}`, `{"amount":{"value":"1.00"},"items":[{"value":1,"deviceId":[[{"value":null}]]}]}`,
		`{"":{"latestTransactionStatus":"00"}}`, `{"responseCode":1e400}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		o, err := decodeObject([]byte(body))
		if err != nil {
			return
		}
		before := encode(t, o)
		for _, theirs := range sp.Spellings {
			// A name of the provider's that is no name of the document's is one
			// already: it cannot be told apart.
			if sp.Spellings[theirs] == "" && strings.Contains(before, encode(t, theirs)) {
				return
			}
		}
		m, err := (&speech{Dialect: Dialect{Spellings: sp.Spellings}}).member(member{"x", o})
		if err != nil {
			return // deeper than a request may be
		}
		if after := encode(t, sp.document(m.value.(object))); after != before {
			t.Errorf("%s became %s", before, after)
		}
	})
}

// FuzzParseRule: what is a rule is spelt as it is read.
func FuzzParseRule(f *testing.F) {
	for _, text := range []string{"90:answer-lost:1:1", "*:escape", "73:timeout:0.25", "90:code-4039005", "90:delay:1e-9", "::::"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := ParseRule(text)
		if err != nil {
			return
		}
		if again, err := ParseRule(rule.String()); err != nil || again != rule {
			t.Errorf("%q is %+v, spelt %q, which is %+v (%v)", text, rule, rule, again, err)
		}
	})
}
