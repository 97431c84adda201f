package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func control(s *Sandbox, method, path, body string) (int, map[string]any) {
	r := httptest.NewRequest(method, "/_sandbox/"+path, strings.NewReader(body))
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	var fields map[string]any
	if json.Unmarshal(w.Body.Bytes(), &fields) != nil || w.Header().Get("Content-Type") != "application/json" {
		return w.Code, nil
	}
	return w.Code, fields
}

func TestControlLedger(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	status, empty := control(s, "GET", "ledger", "")
	for _, name := range []string{"userIds", "deposits", "codes", "payments", "refunds", "mpm"} {
		if list, ok := empty[name].([]any); !ok || len(list) != 0 {
			t.Errorf("%s is %v in an empty ledger", name, empty[name])
		}
	}
	if status != 200 || empty["requests"] != 0.0 {
		t.Errorf("%d, %v requests", status, empty["requests"])
	}
	p := newPartner(t, s)
	code := p.generate("R1")
	_, made := control(s, "POST", "deposits", `{"cdmQrcode":"`+code+`","machineNumber":"M1","amount":"12500.50"}`)
	if queried := p.items("R1")[0]; encode(t, queried) != encode(t, made) {
		t.Errorf("answered %v\nqueried  %v", made, queried)
	}
	_, ledger := control(s, "GET", "ledger", "")
	if item := ledger["deposits"].([]any)[0]; encode(t, item) != encode(t, made) {
		t.Errorf("the ledger has %v", item)
	}
	user := ledger["userIds"].([]any)[0].(map[string]any)
	if user["partnerReferenceNo"] != "R1" || user["cdmQrcode"] != code || user["requests"] != 1.0 || ledger["requests"] != 3.0 {
		t.Errorf("the ledger has %v and %v requests", user, ledger["requests"])
	}
}

func TestControlDeposits(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	p := newPartner(t, s)
	code := p.generate("R1")
	inactive := p.must(p.request("90", generateBodyFor(p.id, "R2", "INACTIVE", "1"))).fields["cdmQrcode"].(string)
	with := func(text string) string { return strings.ReplaceAll(text, "CODE", code) }
	for _, c := range []struct {
		name, body string
		status     int
		says       string // in the error, or the item's amount
	}{
		{"a number", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":30000}`, 200, "30000.00"},
		{"an object", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":{"value":"5.5","currency":"IDR"}}`, 200, "5.50"},
		{"waiting", `{"cdmQrcode":"CODE","machineNumber":"M2","amount":"7.00","status":"03"}`, 200, "7.00"},
		{"booked", `{"cdmQrcode":"CODE","book":true}`, 200, "7.00"},
		{"yesterday", `{"cdmQrcode":"CODE","machineNumber":"M2","amount":"8","createTime":"2026-11-19T10:00:00+07:00"}`, 200, "8.00"},
		{"nothing waits", `{"cdmQrcode":"CODE","book":true}`, 404, "no waiting deposit"},
		{"unknown code", `{"cdmQrcode":"x","machineNumber":"M1","amount":"1"}`, 404, "no such user id"},
		{"inactive", `{"cdmQrcode":"` + inactive + `","machineNumber":"M1","amount":"1"}`, 409, "INACTIVE"},
		{"no code", `{"machineNumber":"M1","amount":"1"}`, 400, "cdmQrcode"},
		{"no machine", `{"cdmQrcode":"CODE","amount":"1"}`, 400, "machineNumber"},
		{"no amount", `{"cdmQrcode":"CODE","machineNumber":"M1"}`, 400, "amount"},
		{"negative", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":-1}`, 400, "not an amount"},
		{"exponent", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":1e3}`, 400, "not an amount"},
		{"separator", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":"12,500"}`, 400, "not an amount"},
		{"three decimals", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":"12.500"}`, 400, "not an amount"},
		{"a list", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":[1]}`, 400, "not an amount"},
		{"status", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":"1","status":"paid"}`, 400, "status"},
		{"time", `{"cdmQrcode":"CODE","machineNumber":"M1","amount":"1","createTime":"today"}`, 400, "today"},
		{"unknown field", `{"cdmQrcode":"CODE","machine":"M1","amount":"1"}`, 400, `unknown field`},
		{"no JSON", `deposit`, 400, "cannot be read"},
		{"nothing", ``, 400, "cannot be read"},
		{"two objects", `{"cdmQrcode":"CODE","book":true}{}`, 400, "follows"},
		{"too large", `{"cdmQrcode":"` + strings.Repeat("x", maxBody) + `"}`, 400, "too large"},
	} {
		status, fields := control(s, "POST", "deposits", with(c.body))
		text, _ := fields["error"].(string)
		if status == 200 {
			text, _ = fields["amount"].(map[string]any)["value"].(string)
		}
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %v, want %d with %q", c.name, status, fields, c.status, c.says)
		}
	}
	if n := len(s.Ledger().Deposits); n != 4 {
		t.Errorf("%d deposits were made, want 4", n)
	}
}

func TestControlFaults(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	rules := func(fields map[string]any) []string {
		list := []string{}
		for _, rule := range fields["rules"].([]any) {
			list = append(list, rule.(string))
		}
		return list
	}
	control(s, "POST", "faults", `{"rule":"90:answer-lost:1:1"}`)
	status, fields := control(s, "POST", "faults", `{"rule":"*:escape"}`)
	if want := []string{"90:answer-lost:1:1", "*:escape"}; status != 200 || !slices.Equal(rules(fields), want) {
		t.Errorf("%d %v", status, fields)
	}
	for _, body := range []string{`{"rule":"90:explode"}`, `{"rule":""}`, `{}`, `{"rules":[]}`, `[]`} {
		if status, fields := control(s, "POST", "faults", body); status != 400 || fields["error"] == nil {
			t.Errorf("%s: %d %v", body, status, fields)
		}
	}
	if _, fields := control(s, "GET", "faults", ""); len(rules(fields)) != 2 {
		t.Errorf("in force are %v", fields)
	}
	if status, fields := control(s, "DELETE", "faults", ""); status != 200 || len(rules(fields)) != 0 {
		t.Errorf("cleared: %d %v", status, fields)
	}
	if n := len(s.Faults()); n != 0 {
		t.Errorf("%d rules are left", n)
	}
}

func TestControlRefusals(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	for _, c := range [][2]string{{"POST", "ledger"}, {"GET", "deposits"}, {"PUT", "faults"}, {"GET", "nothing"}, {"GET", ""}} {
		if status, fields := control(s, c[0], c[1], ""); status != 404 || fields["error"] == nil {
			t.Errorf("%s %s: %d %v", c[0], c[1], status, fields)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/_sandbox/faults", strings.NewReader(`{"rule":"*:refuse"}`))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || len(s.Faults()) != 0 {
		t.Errorf("a web page's request: %d, %v", w.Code, s.Faults())
	}
	// Faults and the count of requests leave the control calls alone.
	mustFault(t, s, "*:refuse")
	if status, fields := control(s, "GET", "ledger", ""); status != 200 || fields["requests"] != 0.0 {
		t.Errorf("%d %v", status, fields)
	}
}
