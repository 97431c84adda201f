package paycools

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/sandbox"
)

func TestDefaultsAndLimitsOfTheProfile(t *testing.T) {
	p, _ := playScript(nil)
	info := func(c api.Courier, limits map[string]int) (additionalInfo, error) {
		e := p.client.Endpoint()
		e.Limits = limits
		body, err := New(api.NewClient(e, nil)).PrepareUserID("R", c)
		var request generateRequest
		if err == nil {
			if err := json.Unmarshal(body, &request); err != nil {
				t.Fatal(err)
			}
		}
		return request.AdditionalInfo, err
	}
	if got, err := info(courier, nil); err != nil || got.ChannelCode != "ATM_STATIC_QR" || got.NotifyURL != "" {
		t.Errorf("%+v %v", got, err)
	}
	chosen := courier
	chosen.Channel, chosen.NotifyURL = "OTHER", "https://example.com/n?a=1&b=<2>"
	if got, err := info(chosen, nil); err != nil || got.ChannelCode != "OTHER" || got.NotifyURL != chosen.NotifyURL {
		t.Errorf("%+v %v", got, err)
	}
	for name, set := range map[string]func(*api.Courier, string){
		"channelCode":   func(c *api.Courier, s string) { c.Channel = s },
		"notifyUrl":     func(c *api.Courier, s string) { c.NotifyURL = s },
		"regionNo":      func(c *api.Courier, s string) { c.RegionNo = s },
		"branchNo":      func(c *api.Courier, s string) { c.BranchNo = s },
		"courierNo":     func(c *api.Courier, s string) { c.No = s },
		"courierName":   func(c *api.Courier, s string) { c.Name = s },
		"courierMobile": func(c *api.Courier, s string) { c.Mobile = s },
	} {
		for _, limits := range []map[string]int{nil, {name: 300}, {name: 20}, {name: 0}} {
			most := defaultLimits[name]
			if limits[name] > 0 {
				most = limits[name]
			}
			if most == 0 {
				t.Fatalf("%s has no limit", name)
			}
			for _, n := range []int{most, most + 1} {
				c := courier
				set(&c, strings.Repeat("é", n))
				_, err := info(c, limits)
				wrong, ok := err.(*api.FieldError)
				if fits := n == most; fits != (err == nil) || !fits && (!ok || wrong.Field != "additionalInfo."+name || wrong.Max != most || wrong.Have != n) {
					t.Errorf("%s with %d characters under %v: %v", name, n, limits, err)
				}
			}
		}
	}
}

// TestRequestSample: the sample's values give the sample's body.
func TestRequestSample(t *testing.T) {
	p, _ := playScript(nil, func(e *api.Endpoint) { e.MerchantID = "cbce490e82f441f2b3162a2dd27e8fd1" })
	body, err := p.PrepareUserID("test202310457895245", api.Courier{
		No: "123456", Name: "123456", Mobile: "092838345", RegionNo: "12356", BranchNo: "123456", NotifyURL: "www.test.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, body, sample(t, "sample_001_request.json"))
	again, err := p.PrepareUserID("test202310457895245", api.Courier{
		No: "123456", Name: "123456", Mobile: "092838345", RegionNo: "12356", BranchNo: "123456", NotifyURL: "www.test.com",
	})
	if err != nil || string(again) != string(body) {
		t.Errorf("prepared twice: %s and %s, %v", body, again, err)
	}
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// same compares JSON by its values.
func same(t *testing.T, got, want []byte) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnswerSample(t *testing.T) {
	p, w := playScript(func(string, map[string]any) (int, string) { return 200, string(sample(t, "sample_001_answer.json")) })
	id, answer := generate(t, p, "test202310457895245")
	want := api.UserID{CDMReference: "CDM2938845696", Code: "userid123456789", Active: true, Status: "ACTIVE"}
	if answer.Class != api.Done || id != want || len(w.generates()) != 1 {
		t.Errorf("%+v %+v after %d requests", id, answer, len(w.generates()))
	}
}

// TestOnlyAWholeAnswerIsAUserID: each field of the answer that is missing,
// empty or foreign leaves the question open, and is asked three times.
func TestOnlyAWholeAnswerIsAUserID(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string]any)
		class  api.Class
		active bool
	}{
		"whole":               {func(map[string]any) {}, api.Done, true},
		"inactive":            {func(m map[string]any) { m["status"] = "INACTIVE" }, api.Done, false},
		"lower case":          {func(m map[string]any) { m["status"] = "Active" }, api.Done, true},
		"our reference":       {func(m map[string]any) { m["partnerReferenceNo"] = "REF" }, api.Done, true},
		"another reference":   {func(m map[string]any) { m["partnerReferenceNo"] = "REF2" }, api.Unknown, false},
		"no code":             {func(m map[string]any) { delete(m, "cdmQrcode") }, api.Unknown, false},
		"empty code":          {func(m map[string]any) { m["cdmQrcode"] = "" }, api.Unknown, false},
		"null code":           {func(m map[string]any) { m["cdmQrcode"] = nil }, api.Unknown, false},
		"list as code":        {func(m map[string]any) { m["cdmQrcode"] = []string{"x"} }, api.Unknown, false},
		"code with an escape": {func(m map[string]any) { m["cdmQrcode"] = "user\x1b[2Jid" }, api.Unknown, false},
		"code of 512":         {func(m map[string]any) { m["cdmQrcode"] = strings.Repeat("x", 512) }, api.Done, true},
		"code of 513":         {func(m map[string]any) { m["cdmQrcode"] = strings.Repeat("x", 513) }, api.Unknown, false},
		"no CDM reference":    {func(m map[string]any) { delete(m, "cdmReferenceId") }, api.Unknown, false},
		"no status":           {func(m map[string]any) { delete(m, "status") }, api.Unknown, false},
		"another status":      {func(m map[string]any) { m["status"] = "PENDING" }, api.Unknown, false},
		"no response code":    {func(m map[string]any) { delete(m, "responseCode") }, api.Unknown, false},
		"service 91's code":   {func(m map[string]any) { m["responseCode"] = "2009100" }, api.Unknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			var fields map[string]any
			if err := json.Unmarshal(sample(t, "sample_001_answer.json"), &fields); err != nil {
				t.Fatal(err)
			}
			c.change(fields)
			text, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			p, w := playScript(func(string, map[string]any) (int, string) { return 200, string(text) })
			id, answer := generate(t, p, "REF")
			attempts := map[api.Class]int{api.Done: 1, api.Unknown: 3}[c.class]
			if answer.Class != c.class || id.Active != c.active || len(w.generates()) != attempts {
				t.Errorf("%+v %+v after %d requests", id, answer, len(w.generates()))
			}
			if c.class != api.Done && (id != api.UserID{} || answer.Key() != api.ReasonUnclear) {
				t.Errorf("an unclear answer gives %+v, key %q", id, answer.Key())
			}
		})
	}
}

// TestATokenIsRenewedAfterAnUnclearAttempt: a repeat of a generate, say after a
// restart of both sides, meets a spent token.
func TestATokenIsRenewedAfterAnUnclearAttempt(t *testing.T) {
	for _, code := range []string{"token-expired", "code-4019003"} {
		box, p, w := play(t, sandbox.Options{})
		first, answer := generate(t, p, "SPENT")
		if answer.Class != api.Done {
			t.Fatalf("%+v", answer)
		}
		if err := box.AddFault("90:" + code + ":1:1"); err != nil {
			t.Fatal(err)
		}
		body, err := p.PrepareUserID("SPENT", courier)
		if err != nil {
			t.Fatal(err)
		}
		second, answer := p.GenerateUserID(t.Context(), "SPENT", body, true, nil)
		if answer.Class != api.Done || second != first || len(w.tokens()) != 2 || len(w.generates()) != 3 {
			t.Errorf("%s: %+v after %d tokens and %d requests", code, answer, len(w.tokens()), len(w.generates()))
		}
	}
}
