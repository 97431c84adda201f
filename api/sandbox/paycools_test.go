package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

func idr(rupiah int64) api.Amount { return api.IDR(rupiah * 100) }

func TestGenerateIsIdempotent(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	first := p.must(p.request("90", generateBody(p.id, "R1")))
	again := p.must(p.request("90", generateBody(p.id, "R1")))
	for _, name := range []string{"responseCode", "cdmReferenceId", "cdmQrcode", "status"} {
		if first.fields[name] != again.fields[name] || first.fields[name] == "" {
			t.Errorf("%s: %v, then %v", name, first.fields[name], again.fields[name])
		}
	}
	if first.fields["status"] != "ACTIVE" {
		t.Errorf("status is %v", first.fields["status"])
	}
	if got := p.must(p.request("90", generateBodyFor(p.id, "R1", "C002", "12356"))); got.code() != "4049018" || got.message() != "Inconsistent Request" {
		t.Errorf("another courier under the same reference: %v", got.fields)
	}
	if got := p.must(p.request("90", strings.ReplaceAll(generateBody(p.id, "R1"), `":"`, `" : "`))); got.code() != "2009000" {
		t.Errorf("the same values with other white space: %v", got.fields)
	}
	ledger := s.Ledger()
	if len(ledger.UserIDs) != 1 || ledger.UserIDs[0].Requests != 3 || ledger.UserIDs[0].Reference != "R1" {
		t.Errorf("the ledger has %+v", ledger.UserIDs)
	}
	if p.generate("R2") == first.fields["cdmQrcode"] {
		t.Error("two references have one code")
	}
}

func TestGenerateOutcomes(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	for i, c := range []struct{ name, merchant, courier, region, code, message string }{
		{"unknown merchant", "somebody", "C001", "1", "4049008", "Invalid Merchant"},
		{"own merchant id", s.MerchantID(), "C001", "1", "2009000", "Successful"},
		{"amount limit", p.id, "LIMIT", "1", "4039002", "Exceeds Transaction Amount Limit"},
		{"abnormal courier", p.id, "ABNORMAL", "1", "4039005", "Do Not Honor"},
		{"closed region", p.id, "C001", "CLOSED", "4039015", "Transaction Not Permitted.[this region is closed]"},
		{"busy", p.id, "BUSY", "1", "4299000", "Too Many Requests"},
		{"general", p.id, "GENERAL", "1", "5009000", "General Error"},
		{"internal", p.id, "INTERNAL", "1", "5009001", "Internal Server Error"},
		{"inactive", p.id, "INACTIVE", "1", "2009000", "Successful"},
	} {
		got := p.must(p.request("90", generateBodyFor(c.merchant, fmt.Sprint("R", i), c.courier, c.region)))
		if got.code() != c.code || got.message() != c.message {
			t.Errorf("%s: %s %q, want %s %q", c.name, got.code(), got.message(), c.code, c.message)
		}
		if c.name == "inactive" && got.fields["status"] != "INACTIVE" {
			t.Errorf("%s: status %v", c.name, got.fields["status"])
		}
	}
	if n := len(s.Ledger().UserIDs); n != 2 {
		t.Errorf("%d user ids were made, want the 2 that were answered with 200-00", n)
	}
	// A refused reference may be asked again with other values.
	if got := p.must(p.request("90", generateBody(p.id, "R3"))); got.code() != "2009000" {
		t.Errorf("after a refusal: %v", got.fields)
	}
}

func TestVerification(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	p.generate("known")
	for _, service := range []string{"73", "90", "91"} {
		body := map[string]string{"73": `{"grantType":"client_credentials"}`, "90": generateBody(p.id, "known"), "91": p.queryBody("known")}[service]
		id := "X-PARTNER-ID"
		if service == "73" {
			id = "X-CLIENT-KEY"
		}
		for _, c := range []struct {
			name  string
			spoil func(*http.Request)
			key   string
			says  string
		}{
			{"clock 301 s behind", func(r *http.Request) { p.sign(r, clock.Now().Add(-301*time.Second)) }, "401-00", "301 s"},
			{"clock 301 s ahead", func(r *http.Request) { p.sign(r, clock.Now().Add(301*time.Second)) }, "401-00", "301 s"},
			{"UTC digits", func(r *http.Request) { r.Header.Set("X-TIMESTAMP", "2026-11-20T08:04:12+00:00") }, "400-01", "X-TIMESTAMP"},
			{"no zone", func(r *http.Request) { r.Header.Set("X-TIMESTAMP", "2026-11-20T15:04:12.00000") }, "400-01", "X-TIMESTAMP"},
			{"another's timestamp", func(r *http.Request) { r.Header.Set("X-TIMESTAMP", "2026-11-20T15:04:13+07:00") }, "401-00", "Signature"},
			{"no base64", func(r *http.Request) { r.Header.Set("X-SIGNATURE", "not a signature") }, "401-00", "Signature"},
			{"unknown client", func(r *http.Request) { r.Header.Set(id, "somebody") }, "401-00", "Unknown Client"},
			{"content type", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, "400-01", "Content-Type"},
		} {
			r := p.request(service, body)
			c.spoil(r)
			got := p.must(r)
			if want := c.key[:3] + service + c.key[4:]; got.code() != want || !strings.Contains(got.message(), c.says) {
				t.Errorf("%s %s: %s %q, want %s with %q", service, c.name, got.code(), got.message(), want, c.says)
			}
		}
		r := p.request(service, body)
		p.sign(r, clock.Now().Add(299*time.Second))
		if got := p.must(r); strings.HasPrefix(got.code(), "401") {
			t.Errorf("%s with a clock 299 s ahead: %v", service, got.fields)
		}
	}
}

func TestTokens(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	got := p.must(p.request("73", `{"grant_type":"client_credentials"}`))
	if got.code() != "2007300" || got.fields["expiresIn"] != "900" || got.fields["tokenType"] != "Bearer" {
		t.Fatalf("token: %v", got.fields)
	}
	if got.fields["accessToken"] == p.token {
		t.Error("two requests got one token")
	}
	for body, want := range map[string]string{
		`{}`:                                 "4007302",
		`{"grantType":"password"}`:           "4007301",
		`{"grantType":7}`:                    "4007301",
		`{"granttype":"client_credentials"}`: "4007301",
		`[]`:                                 "4007300",
		``:                                   "4007300",
		`{"a`:                                "4007300",
	} {
		if got := p.must(p.request("73", body)); got.code() != want {
			t.Errorf("%s: %v, want %s", body, got.fields, want)
		}
	}
	clock.Add(899 * time.Second)
	p.generate("R1")
	clock.Add(time.Second)
	if got := p.must(p.request("90", generateBody(p.id, "R1"))); got.code() != "4019001" || got.message() != "Invalid Token (B2B)" {
		t.Errorf("an expired token: %v", got.fields)
	}
	p.token = "unknown"
	if got := p.query("R1"); got.code() != "4019101" {
		t.Errorf("an unknown token: %v", got.fields)
	}
	r := p.request("91", p.queryBody("R1"))
	r.Header.Set("Authorization", "Basic abc")
	if got := p.must(r); got.code() != "4019100" {
		t.Errorf("no bearer token: %v", got.fields)
	}
}

func TestOddRequests(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	good := generateBody(p.id, "R1")
	for name, c := range map[string]struct{ body, code, says string }{
		"unknown field":        {strings.Replace(good, "{", `{"callback":"x",`, 1), "4009001", "callback"},
		"unknown inner field":  {strings.Replace(good, "courierMobile", "courierPhone", 1), "4009002", "additionalInfo.courierMobile"},
		"misspelt optional":    {strings.Replace(good, "notifyUrl", "notifyURL", 1), "4009001", "additionalInfo.notifyURL"},
		"other capitals":       {strings.Replace(good, "merchantId", "merchantID", 1), "4009002", "merchantId"},
		"a number inside":      {strings.Replace(good, `"courierNo":"C001"`, `"courierNo":1`, 1), "4009001", "additionalInfo.courierNo"},
		"a name twice":         {strings.Replace(good, "{", `{"merchantId":"x",`, 1), "4009000", ""},
		"something behind":     {good + "{}", "4009000", ""},
		"not UTF-8":            {strings.Replace(good, "Budi", "\xff", 1), "4009000", ""},
		"too deep":             {strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), "4009000", ""},
		"too large":            {`{"partnerReferenceNo":"` + strings.Repeat("x", maxBody) + `"}`, "4009000", ""},
		"an unfinished object": {good[:len(good)-3], "4009000", ""},
	} {
		got := p.must(p.request("90", c.body))
		if got.code() != c.code || !strings.HasSuffix(got.message(), c.says) {
			t.Errorf("%s: %s %q, want %s %q", name, got.code(), got.message(), c.code, c.says)
		}
	}
	if n := len(s.Ledger().UserIDs); n != 0 {
		t.Errorf("%d user ids were made", n)
	}

	r := p.request("90", good)
	r.Method = http.MethodGet
	if got := p.must(r); got.code() != "4059000" || got.status != 405 {
		t.Errorf("GET: %d %v", got.status, got.fields)
	}
	r = p.request("90", good)
	r.URL.Path = "/v9/nowhere"
	if got := p.must(r); got.code() != "4040002" || got.status != 404 {
		t.Errorf("an unknown path: %d %v", got.status, got.fields)
	}

	lenient := open(t, Options{Clock: newClock(), UnknownFields: true})
	p = newPartner(t, lenient)
	if got := p.must(p.request("90", strings.Replace(generateBody(p.id, "R1"), "{", `{"callback":"x",`, 1))); got.code() != "2009000" {
		t.Errorf("an unknown field where they may pass: %v", got.fields)
	}
}

func TestRateLimit(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock, PerSecond: 3})
	p := newPartner(t, s)
	for i := range 3 {
		p.generate(fmt.Sprint("R", i))
	}
	if got := p.must(p.request("90", generateBody(p.id, "R4"))); got.code() != "4299000" || got.status != 429 {
		t.Errorf("the fourth in a second: %v", got.fields)
	}
	if got := p.query("R0"); got.code() != "4049101" {
		t.Errorf("another service has a limit of its own: %v", got.fields)
	}
	clock.Add(time.Second)
	p.generate("R4")
}

func TestQuery(t *testing.T) {
	clock := newClock()
	s := open(t, Options{Clock: clock})
	p := newPartner(t, s)
	code := p.generate("R1")
	p.generate("R2")
	if got := p.query("R1"); got.code() != "4049101" || got.message() != "Transaction Not Found" {
		t.Errorf("no deposit yet: %v", got.fields)
	}
	if got := p.query("nothing"); got.code() != "4049101" {
		t.Errorf("no such reference: %v", got.fields)
	}
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "Kun520B40321", Amount: api.IDR(30000_50)})
	clock.Add(time.Hour)
	p.login()
	mustDeposit(t, s, DepositRequest{Code: code, Machine: "Kun520B40321", Amount: idr(5), Status: "06"})
	items := p.items("R1")
	if len(items) != 2 {
		t.Fatalf("%d items", len(items))
	}
	want := map[string]any{
		"latestTransactionStatus": "00", "originalPartnerReferenceNo": "R1", "cdmQrcode": code,
		"machineNumber": "Kun520B40321", "channelReferNo": "Kun520B40321261120D001",
	}
	for name, value := range want {
		if items[0][name] != value {
			t.Errorf("%s is %v, want %v", name, items[0][name], value)
		}
	}
	for name, value := range map[string]string{"amount": "30000.50", "feeAmount": "2000.00", "totalAmount": "30000.50"} {
		if got := items[0][name].(map[string]any); got["value"] != value || got["currency"] != "IDR" {
			t.Errorf("%s is %v, want %s IDR", name, got, value)
		}
	}
	if info := items[0]["additionalInfo"].(map[string]any); info["channelCode"] != "ATM_STATIC_QR" || info["createTime"] != "2026-11-20T15:04:12+07:00" {
		t.Errorf("additionalInfo is %v", info)
	}
	if items[1]["latestTransactionStatus"] != "06" || items[1]["channelReferNo"] != "Kun520B40321261120D002" {
		t.Errorf("the second item is %v", items[1])
	}
	if got := p.query("R2"); got.code() != "4049101" {
		t.Errorf("another user id's deposits: %v", got.fields)
	}
	body := strings.Replace(p.queryBody("R1"), `"90"`, `"47"`, 1)
	if got := p.must(p.request("91", body)); got.code() != "4009101" || !strings.HasSuffix(got.message(), "serviceCode") {
		t.Errorf("serviceCode 47: %v", got.fields)
	}
}

func TestEmptyList(t *testing.T) {
	s := open(t, Options{Clock: newClock(), EmptyList: true})
	p := newPartner(t, s)
	p.generate("R1")
	if got := p.query("R1"); got.code() != "2009100" || !strings.Contains(string(got.raw), `"cdmNotifyItems":[]`) {
		t.Errorf("no deposit: %s", got.raw)
	}
}

// TestQueryRange asks for 15:00 to 16:00 Jakarta time in the three readings.
func TestQueryRange(t *testing.T) {
	for _, c := range []struct {
		reading     api.RangeReading
		from, to    string
		wrong       string // in another reading's spelling
		wrongAnswer string
	}{
		{"", "2026-11-20T15:00:00+07:00", "2026-11-20T16:00:00+07:00", "2026-11-20T08:00:00Z", "4009101"},
		{api.RangeJakarta, "2026-11-20T15:00:00+07:00", "2026-11-20T16:00:00+07:00", "2026-11-20T16:00:00+08:00", "4009101"},
		{api.RangeUTCLabelled, "2026-11-20T08:00:00+07:00", "2026-11-20T09:00:00+07:00", "2026-11-20T08:00:00Z", "4009101"},
		{api.RangeUTC, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "2026-11-20T15:00:00+07:00", "4009101"},
	} {
		s := open(t, Options{Clock: newClock(), RangeReading: c.reading})
		p := newPartner(t, s)
		code := p.generate("R1")
		for i, at := range []string{"14:59:59", "15:00:00", "16:00:00", "16:00:01"} {
			created, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-20 "+at, api.Jakarta)
			if err != nil {
				t.Fatal(err)
			}
			mustDeposit(t, s, DepositRequest{Code: code, Machine: "M", Amount: idr(int64(i) + 1), CreatedAt: created})
		}
		ask := func(from, to string) response {
			return p.must(p.request("91", fmt.Sprintf(`{"originalPartnerReferenceNo":"R1","merchantId":%q,"serviceCode":"90","fromDateTime":%q,"toDateTime":%q}`, p.id, from, to)))
		}
		got := ask(c.from, c.to)
		var values []string
		for _, item := range got.fields["cdmNotifyItems"].([]any) {
			values = append(values, item.(map[string]any)["amount"].(map[string]any)["value"].(string))
		}
		if strings.Join(values, " ") != "2.00 3.00" {
			t.Errorf("%q: items %v, want those of 15:00:00 and 16:00:00", c.reading, values)
		}
		if got := ask(c.wrong, c.to); got.code() != c.wrongAnswer || !strings.HasSuffix(got.message(), "fromDateTime") {
			t.Errorf("%q with %s: %v", c.reading, c.wrong, got.fields)
		}
		if got := ask(c.to, c.from); got.code() != "4009101" || !strings.HasSuffix(got.message(), "toDateTime") {
			t.Errorf("%q backwards: %v", c.reading, got.fields)
		}
	}
}
