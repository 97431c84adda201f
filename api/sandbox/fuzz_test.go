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
	for _, service := range []string{"73", "90", "91"} {
		for _, body := range []string{
			generateBody(p.id, "R1"), p.queryBody("known"), `{"grantType":"client_credentials"}`,
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
		got := p.must(r)
		code, err := snap.ParseCode(got.code())
		if err != nil || code.Service != service || code.HTTP != got.status {
			t.Errorf("%d %s (%v)", got.status, got.raw, err)
		}
		if n := len([]rune(got.message())); n == 0 || n > 150 || strings.ContainsAny(got.message(), "\x1b\r\n") {
			t.Errorf("the message is %q", got.message())
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
