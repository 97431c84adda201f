package cpm

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/apitest"
	"cashier/api/snap"
)

// Classes by letter, as the expectations below write them.
var letters = map[rune]api.Class{
	'D': api.Done, 'P': api.Pending, 'F': api.Failed, 'U': api.Unknown, 'M': api.Mismatch,
	'N': api.NotFound, 'S': api.Settled, 'X': api.Unsupported,
}

// A row has a letter for each case of the catalogue, in its order.
var expected = map[string]struct{ fresh, tainted map[int]string }{
	"59": {
		fresh: map[int]string{
			200: "D", 202: "P", 400: "FFF", 401: "FFFFF", 403: "UFFFFFFFFFFFFUFFUFFFFFFF",
			404: "UFFFFFUUFFFFUUMUFFMF", 405: "FF", 409: "UM", 429: "F", 500: "UUU", 504: "U",
		},
		tainted: map[int]string{
			200: "D", 202: "P", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "UUUUUUUUUUUUUUUUUUUU", 405: "UU", 409: "UU", 429: "U", 500: "UUU", 504: "U",
		},
	},
	"60": {
		fresh: map[int]string{
			200: "D", 202: "P", 400: "FFF", 401: "FFFFF", 403: "UFFFFFFFFFFFFUFFUFFFFFFF",
			404: "UFFFFFUUFFFFUUMUFFMF", 405: "FF", 409: "UM", 429: "F", 500: "UUU", 504: "U",
		},
		tainted: map[int]string{
			200: "D", 202: "P", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "UUUUUUUUUUUUUUUUUUUU", 405: "UU", 409: "UU", 429: "U", 500: "UUU", 504: "U",
		},
	},
	"61": {
		fresh: map[int]string{
			200: "D", 202: "P", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "UDUUUUUUUUUUUUUUUUUU", 405: "UU", 409: "UU", 429: "U", 500: "UUU", 504: "U",
		},
		tainted: map[int]string{
			200: "D", 202: "P", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "UDUUUUUUUUUUUUUUUUUU", 405: "UU", 409: "UU", 429: "U", 500: "UUU", 504: "U",
		},
	},
	"62": {
		fresh: map[int]string{
			200: "D", 202: "U", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "SNUUSUUUUUUUUUUUUUUU", 405: "XS", 409: "UU", 429: "U", 500: "UUU", 504: "U",
		},
		tainted: map[int]string{
			200: "D", 202: "U", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "SNUUSUUUUUUUUUUUUUUU", 405: "XS", 409: "UU", 429: "U", 500: "UUU", 504: "U",
		},
	},
	"80": {
		fresh: map[int]string{
			200: "D", 202: "P", 400: "FFF", 401: "FFFFF", 403: "UFFFFFFFFFFFFUFFUFFFFFFF",
			404: "UFFFUFUUFFFFUUUUFFMF", 405: "FF", 409: "UM", 429: "F", 500: "UUU", 504: "U",
		},
		tainted: map[int]string{
			200: "D", 202: "P", 400: "UUU", 401: "UUUUU", 403: "UUUUUUUUUUUUUUUUUUUUUUUU",
			404: "UUUUUUUUUUUUUUUUUUDU", 405: "UU", 409: "UD", 429: "U", 500: "UUU", 504: "U",
		},
	},
}

// Every code of the catalogue, for every operation, on a first attempt and
// after an unclear one: by the client with the operation's data, and by the
// methods that the till calls.
func TestEveryCodeOfTheCatalogue(t *testing.T) {
	codes := catalogue(t)
	for service, want := range expected {
		act := acts()[service]
		d := &desk{}
		p := d.provider()
		for _, tainted := range []bool{false, true} {
			table := want.fresh
			if tainted {
				table = want.tainted
			}
			at := map[int]int{}
			for _, code := range codes {
				if at[code.HTTP] >= len(table[code.HTTP]) {
					t.Fatalf("%s: no expectation for %s", service, code.Key())
				}
				class := letters[rune(table[code.HTTP][at[code.HTTP]])]
				at[code.HTTP]++
				name := fmt.Sprintf("%s %s tainted=%t", service, code.Key(), tainted)
				wire := snap.Code{HTTP: code.HTTP, Service: service, Case: code.Case}.String()
				fields := ""
				if code.HTTP == 200 {
					fields = act.good
				}
				d.says(wire, fields).forget()
				requests := 1
				if code.HTTP == 401 && (code.Case == "01" || code.Case == "03") {
					requests = 2 // a new token, once
				}
				a := p.client.Do(t.Context(), api.Call{Operation: act.operation, Body: []byte(`{}`), Tainted: tainted})
				if a.Class != class || a.Reason != "" || a.Key() != code.Key() || len(d.Seen) != requests {
					t.Errorf("%s: class %q reason %q after %d requests, want %q after %d", name, a.Class, a.Reason, len(d.Seen), class, requests)
				}
				if tainted && service != "60" && service != "80" {
					continue // the till never says so of these
				}
				d.forget()
				if _, a := act.do(t, p, tainted); a.Class != class || a.Reason != "" || len(d.Seen) != requests {
					t.Errorf("%s: by its method class %q reason %q (%v) after %d requests, want %q after %d", name, a.Class, a.Reason, a.Err, len(d.Seen), class, requests)
				}
			}
		}
	}
}

// What the catalogue does not have proves nothing.
func TestACodeThatIsNotNamedIsUnknown(t *testing.T) {
	for service, act := range acts() {
		d := &desk{}
		p := d.provider()
		for _, code := range []string{"200SS01", "201SS00", "202SS01", "400SS03", "403SS24", "403SS99", "404SS20", "410SS00", "500SS03", "502SS00", "503SS00"} {
			d.says(strings.Replace(code, "SS", service, 1), act.good)
			if news, a := act.do(t, p, false); a.Class != api.Unknown {
				t.Errorf("%s: %q %+v", code, a.Class, news)
			}
		}
	}
}

// Nothing but an answer that agrees with itself settles anything.
func TestAnswersThatProveNothing(t *testing.T) {
	for service, act := range acts() {
		good := `{"responseCode":"200` + service + `00","responseMessage":"Successful",` + act.good + `}`
		refused := `{"responseCode":"403` + service + `05"}`
		for name, c := range map[string]struct {
			status int
			body   string
			err    error
		}{
			"success under 500":    {500, good, nil},
			"success under 202":    {202, good, nil},
			"refusal under 200":    {200, refused, nil},
			"half":                 {200, good[:len(good)/2], nil},
			"empty":                {200, "", nil},
			"a page":               {200, "<html>", nil},
			"a list":               {200, "[" + good + "]", nil},
			"no code":              {200, `{` + act.good + `}`, nil},
			"a short code":         {200, `{"responseCode":"200"}`, nil},
			"a gateway's time-out": {504, "upstream timed out", nil},
			"a gateway's refusal":  {403, "forbidden", nil},
			"lost":                 {0, "", fmt.Errorf("connection reset")},
			"code alone":           {200, `{"responseCode":"200` + service + `00"}`, nil},
		} {
			d := &desk{apitest.Desk{Status: c.status, Body: c.body, Err: c.err}}
			news, a := act.do(t, d.provider(), false)
			if a.Class != api.Unknown || len(d.Seen) != 1 {
				t.Errorf("%s %s: class %q after %d requests: %+v", service, name, a.Class, len(d.Seen), news)
			}
		}
		d := (&desk{}).says("2009000", act.good)
		_, a := act.do(t, d.provider(), false)
		if strict := a.Class == api.Unknown; strict == (service == "61") || a.Warning == "" && service == "61" {
			t.Errorf("%s: another service's success: %q %q", service, a.Class, a.Warning)
		}
	}
}

// An answer that names another transaction is not ours, whatever it says; one
// that names none may be.
func TestAnswersForAnotherReference(t *testing.T) {
	for service, fields := range map[string][]string{
		"59": {`"partnerReferenceNo":"OTHER"`},
		"60": {`"partnerReferenceNo":"OTHER"`, `"additionalInfo":3,"partnerReferenceNo":"OTHER"`, `"PartnerReferenceNo":7`},
		"61": {`"originalPartnerReferenceNo":"OTHER"`, `"originalReferenceNo":"P2"`, `"latestTransactionStatus":{},"originalPartnerReferenceNo":"OTHER"`},
		"62": {`"originalPartnerReferenceNo":"OTHER"`, `"cancelTime":{},"originalPartnerReferenceNo":"OTHER"`},
		"80": {`"originalPartnerReferenceNo":"OTHER"`, `"partnerRefundNo":"OTHER"`, `"refundNo":[],"partnerRefundNo":"OTHER"`},
	} {
		act := acts()[service]
		for _, foreign := range fields {
			for _, code := range []string{"20000", "20200", "40305", "40401", "40418", "40901", "40500", "40101"} {
				d := (&desk{}).says(code[:3]+service+code[3:], act.good+","+foreign)
				news, a := act.do(t, d.provider(), service == "80")
				if a.Class != api.Unknown || len(d.Seen) != 1 {
					t.Errorf("%s %s with %s: class %q, news %+v", service, code, foreign, a.Class, news)
				}
				if n, ok := news.(api.PaymentNews); ok && n != (api.PaymentNews{}) {
					t.Errorf("%s %s with %s: another payment's news is told: %+v", service, code, foreign, n)
				}
			}
		}
		d := (&desk{}).says("200"+service+"00", act.good+`,"partnerReferenceNo":null,"originalPartnerReferenceNo":"","partnerRefundNo":" `+string(refund)+`"`)
		if _, a := act.do(t, d.provider(), false); a.Class != api.Done {
			t.Errorf("%s without a reference: %q %v", service, a.Class, a.Err)
		}
	}
}

// A spent token costs one more request with the same bytes; a customer token
// is the profile's, and nothing is repeated for it.
func TestTokensAreRenewedWithTheSameBytes(t *testing.T) {
	for service, act := range acts() {
		for _, code := range []string{"01", "02", "03", "04"} {
			for _, tainted := range []bool{false, true} {
				d := (&desk{}).says("401"+service+code, "")
				_, a := act.do(t, d.provider(), tainted)
				want := 1
				if code == "01" || code == "03" {
					want = 2
				}
				if len(d.Sent) != want || d.Tokens != want || d.Sent[0] != d.Sent[want-1] {
					t.Errorf("%s 401-%s tainted=%t: %d requests with %d tokens, class %q", service, code, tainted, len(d.Sent), d.Tokens, a.Class)
				}
				if want == 2 && externalID(d.Seen[0]) == externalID(d.Seen[1]) {
					t.Errorf("%s: two attempts have one X-EXTERNAL-ID", service)
				}
			}
		}
	}
}

// externalID is looked up by the name as it is sent, capitals and all.
func externalID(r *http.Request) string {
	name := snap.HeaderExternalID
	return strings.Join(r.Header[name], ",")
}
