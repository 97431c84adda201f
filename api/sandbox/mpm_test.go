package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

func TestMPMChanges(t *testing.T) {
	s, p, clock := mpmPartner(t, Options{})
	made := mustMPM(t, s, MPMRequest{Provider: paydia, Partner: "P1", Status: "03", Amount: idr(7)})
	if len(made.ProviderReference) != 64 || made.Status != "03" || made.PaidAt != "" || made.CreatedAt != "2026-11-20T15:04:12+07:00" {
		t.Fatalf("made %+v", made)
	}
	clock.Add(time.Minute)
	for _, c := range []struct {
		request MPMRequest
		status  string
		amount  string
		paid    string
	}{
		{MPMRequest{Partner: "P1", Status: "02"}, "02", "7.00", ""},
		{MPMRequest{Reference: made.ProviderReference, ExternalID: "77"}, "02", "7.00", ""},
		{MPMRequest{ExternalID: "77", Status: "00"}, "00", "7.00", "2026-11-20T15:05:12+07:00"},
		{MPMRequest{Partner: "P1", Status: "04", Amount: idr(8)}, "04", "8.00", "2026-11-20T15:05:12+07:00"},
		{MPMRequest{Partner: "P1", Status: "99"}, "99", "8.00", "2026-11-20T15:05:12+07:00"},
	} {
		c.request.Provider = paydia
		got := mustMPM(t, s, c.request)
		if got.ProviderReference != made.ProviderReference || got.Reference != "P1" || got.Status != c.status || got.Amount.Value() != c.amount || got.PaidAt != c.paid {
			t.Errorf("%+v made %+v", c.request, got)
		}
		if fields := p.call("51", paydiaBody(made.ProviderReference)).fields; fields["latestTransactionStatus"] != c.status {
			t.Errorf("%+v is answered with %v", c.request, fields)
		}
	}
	if n := len(s.Ledger().MPM); n != 3 {
		t.Errorf("the ledger has %d payments, want 3", n)
	}
	other := mustMPM(t, s, MPMRequest{Provider: finnet, Partner: "P1", Amount: idr(7)})
	if len(other.ProviderReference) != 32 || other.Status != "00" || other.Fee.Value() != "1234.00" {
		t.Errorf("at the other provider: %+v", other)
	}
}

func TestMPMRefusals(t *testing.T) {
	s, _, _ := mpmPartner(t, Options{})
	good := func(change func(*MPMRequest)) MPMRequest {
		r := MPMRequest{Provider: paydia, Reference: "NEW", Amount: idr(1)}
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		request MPMRequest
		want    error
	}{
		"no provider":          {good(func(r *MPMRequest) { r.Provider = "" }), ErrMPM},
		"another provider":     {good(func(r *MPMRequest) { r.Provider = snapCPM }), ErrMPM},
		"a long reference":     {good(func(r *MPMRequest) { r.Reference = strings.Repeat("x", 65) }), ErrMPM},
		"a control character":  {good(func(r *MPMRequest) { r.Partner = "a\x1b" }), ErrMPM},
		"a long external id":   {good(func(r *MPMRequest) { r.ExternalID = strings.Repeat("1", 33) }), ErrMPM},
		"letters in it":        {good(func(r *MPMRequest) { r.ExternalID = "1a" }), ErrMPM},
		"a word as status":     {good(func(r *MPMRequest) { r.Status = "paid" }), ErrMPM},
		"no amount":            {good(func(r *MPMRequest) { r.Amount = api.Amount{} }), ErrMPM},
		"nothing":              {good(func(r *MPMRequest) { r.Amount = idr(0) }), ErrMPM},
		"less than nothing":    {good(func(r *MPMRequest) { r.Amount = idr(-1) }), ErrMPM},
		"another's reference":  {good(func(r *MPMRequest) { r.Partner = "PARTNER" }), ErrMPMTaken},
		"another's id":         {good(func(r *MPMRequest) { r.ExternalID = "1725949206" }), ErrMPMTaken},
		"two of one reference": {good(func(r *MPMRequest) { r.Reference, r.Partner = "REF", "PARTNER2" }), ErrMPMTaken},
	} {
		if _, err := s.MPM(t.Context(), c.request); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if n := len(s.Ledger().MPM); n != 2 {
		t.Errorf("%d payments after refusals, want 2", n)
	}
	s.Close()
	if _, err := s.MPM(t.Context(), good(func(*MPMRequest) {})); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestControlMPM(t *testing.T) {
	s, p, _ := mpmPartner(t, Options{})
	for _, c := range []struct {
		body   string
		status int
		says   string // in the error, or the status of the payment
	}{
		{`{"provider":"paydia","referenceNo":"A","partnerReferenceNo":"B","externalId":"3","status":"01","amount":"12500.00"}`, 200, "01"},
		{`{"provider":"paydia","externalId":"3","status":"00"}`, 200, "00"},
		{`{"provider":"finnet","amount":{"value":"1.00","currency":"IDR"}}`, 200, "00"},
		{`{"provider":"finnet","amount":1}`, 200, "00"},
		{`{"provider":"cpm","amount":1}`, 400, "provider"},
		{`{"provider":"finnet"}`, 400, "amount"},
		{`{"provider":"finnet","amount":"12,5"}`, 400, "not an amount"},
		{`{"provider":"finnet","amount":1,"status":"7"}`, 400, "status"},
		{`{"provider":"paydia","referenceNo":"C","partnerReferenceNo":"B","amount":1}`, 409, "partnerReferenceNo B"},
		{`{"provider":"paydia","reference":"C"}`, 400, "unknown field"},
		{`mpm`, 400, "cannot be read"},
	} {
		status, made := control(s, "POST", "mpm", c.body)
		text := fmt.Sprint(made["error"])
		if c.status == 200 {
			text = fmt.Sprint(made["status"])
		}
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %v", c.body, status, made)
		}
	}
	if got := p.call("51", paydiaBody("A")); got.code() != "2005100" || got.fields["originalExternalId"] != "3" {
		t.Errorf("queried: %v", got.fields)
	}
	_, ledger := control(s, "GET", "ledger", "")
	list := ledger["mpm"].([]any)
	if one := list[2].(values); len(list) != 5 || one["provider"] != "paydia" || one["referenceNo"] != "A" || one["partnerReferenceNo"] != "B" ||
		one["externalId"] != "3" || one["status"] != "00" || one["queries"] != 1.0 || one["amount"].(values)["value"] != "12500.00" {
		t.Errorf("the ledger has %v", list)
	}
	s.Close()
	if status, _ := control(s, "POST", "mpm", `{"provider":"finnet","amount":1}`); status != 500 {
		t.Errorf("after Close: %d", status)
	}
}

func TestMPMSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	clock := newClock()
	s := open(t, Options{Path: path, Clock: clock})
	p := newPartner(t, s)
	mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "REF", Partner: "P", ExternalID: "5", Status: "03", Amount: idr(5)})
	mustMPM(t, s, MPMRequest{Provider: finnet, Reference: "REF", Status: "06", Amount: idr(6)})
	for range 2 * slack { // outdated lines are compacted away
		mustMPM(t, s, MPMRequest{Provider: paydia, Reference: "REF", Status: "02"})
	}
	mustMPM(t, s, MPMRequest{Provider: paydia, Partner: "P", Status: "00"})
	before, answered := s.Ledger().MPM, p.call("51", paydiaBody("REF")).fields
	for range 3 {
		s.Close()
		s = open(t, Options{Path: path, Clock: clock, GenerateKey: noKey})
		if after := s.Ledger().MPM; !reflect.DeepEqual(before, after) {
			t.Errorf("before %+v, after %+v", before, after)
		}
		sent := p.sent
		p = newPartner(t, s)
		p.sent = sent                                                                 // the day's external ids are used
		again := p.call("51", values{"originalExternalId": "5", "serviceCode": "51"}) // and another name finds it
		if !reflect.DeepEqual(again.fields, answered) {
			t.Errorf("before %v, after %v", answered, again.fields)
		}
		clock.Add(24 * time.Hour)
		if made := mustMPM(t, s, MPMRequest{Provider: paydia, Partner: "P"}); made.CreatedAt != before[0].CreatedAt || made.PaidAt != before[0].PaidAt {
			t.Errorf("a day later it is %+v", made)
		}
	}
}

// TestFaultsOfMPM: every kind of fault strikes both providers, and none spoils
// what is asked for next.
func TestFaultsOfMPM(t *testing.T) {
	for _, kind := range Kinds() {
		s, p, clock := mpmPartner(t, Options{})
		for service, body := range map[string]values{"51": paydiaBody("REF"), "finnet": p.finnetBody("REF")} {
			mustFault(t, s, "51:"+string(kind)+":1:1")
			if kind == Delay {
				go func() { <-clock.waiting; clock.release <- clock.Now() }()
			}
			got, err := p.send(p.request(service, encode(t, body)))
			switch kind {
			case AnswerLost, RequestLost, Refuse, Timeout:
				if err == nil || got.status != 0 {
					t.Errorf("%s: %v", kind, got.fields)
				}
			case ForeignReference:
				for _, name := range []string{"originalReferenceNo", "originalPartnerReferenceNo", "originalExternalId"} {
					if text, there := got.fields[name].(string); there && (text == "REF" || text == "PARTNER" || text == "1725949206") {
						t.Errorf("%s: %s is %q", kind, name, text)
					}
				}
			case TokenExpired:
				p.login()
			}
			if got := p.call(service, body); got.status != 200 {
				t.Errorf("after %s: %v", kind, got.fields)
			}
		}
	}
}

// TestRateIsAProviders: one provider's limit leaves the other alone.
func TestRateIsAProviders(t *testing.T) {
	_, p, clock := mpmPartner(t, Options{PerSecond: 2})
	var got []string
	for range 3 {
		got = append(got, p.call("51", paydiaBody("REF")).code())
	}
	for range 3 {
		got = append(got, p.call("finnet", p.finnetBody("REF")).code())
	}
	if text := strings.Join(got, " "); text != "2005100 2005100 4295100 2005300 2005300 4295300" {
		t.Error(text)
	}
	clock.Add(time.Second)
	if code := p.call("51", paydiaBody("REF")).code(); code != "2005100" {
		t.Errorf("a second later: %s", code)
	}
}
