package notify_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/notify"
)

func (w *world) deposit(body string) *http.Request {
	return httptest.NewRequest(http.MethodPost, notify.DepositPath, strings.NewReader(body))
}

// item is one CdmQueryRespItem in the shape of seed 000's sample.
func item(reference string) string {
	return fmt.Sprintf(`{"latestTransactionStatus":"00","originalPartnerReferenceNo":%q,"originalReferenceNo":"777",`+
		`"cdmQrcode":"0002","machineNumber":"M1","amount":{"value":"100000.00","currency":"IDR"}}`, reference)
}

func TestReadDeposits(t *testing.T) {
	var crowd []string
	for i := range 20 {
		crowd = append(crowd, item(fmt.Sprint("R", i)))
	}
	for name, c := range map[string]struct {
		body    string
		want    []string
		missing bool
		bad     bool
	}{
		"one item":         {body: item("C1"), want: []string{"C1"}},
		"a list":           {body: `{"cdmNotifyItems":[` + item("C1") + `,` + item("C2") + `,` + item("C1") + `]}`, want: []string{"C1", "C2"}},
		"reference above":  {body: `{"originalPartnerReferenceNo":"C1","cdmNotifyItems":[{}]}`, want: []string{"C1"}},
		"odd items":        {body: `{"cdmNotifyItems":[1,null,{"originalPartnerReferenceNo":{}},` + item("C1") + `]}`, want: []string{"C1"}},
		"odd reference":    {body: `{"cdmNotifyItems":[` + item("C 1") + `,` + item("C1") + `]}`, want: []string{"C1"}},
		"a number":         {body: `{"originalPartnerReferenceNo":123}`, want: []string{"123"}},
		"a crowd":          {body: `{"cdmNotifyItems":[` + strings.Join(crowd, ",") + `]}`, want: []string{"R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"}},
		"no reference":     {body: `{"cdmNotifyItems":[]}`, missing: true},
		"null":             {body: `null`, missing: true},
		"not an object":    {body: `[]`, bad: true},
		"nothing":          {body: ``, bad: true},
		"items of no list": {body: `{"cdmNotifyItems":"x"}`, bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			notices, err := notify.ReadDeposits([]byte(c.body))
			var got []string
			for _, n := range notices {
				got = append(got, string(n.Reference))
				if n != (notify.Notice{Reference: n.Reference}) {
					t.Errorf("more than the reference was read: %+v", n)
				}
			}
			if strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("references %v, want %v", got, c.want)
			}
			w := newWorld(t, nil)
			answer := w.send(w.deposit(c.body))
			switch {
			case c.missing:
				expect(t, answer, "4009102", "Invalid Mandatory Field originalPartnerReferenceNo")
			case c.bad:
				expect(t, answer, "4009100", "Bad Request")
			default:
				expect(t, answer, "2009100", "Successful")
			}
			if c.missing || c.bad {
				if err == nil || len(w.took()) != 0 {
					t.Errorf("error %v, took %+v", err, w.took())
				}
			} else if len(w.took()) != len(c.want) {
				t.Errorf("took %+v", w.took())
			}
		})
	}
}

// TestUnsignedIsAHintAlone: whatever its decoder says, the reference is all that
// is handed over.
func TestUnsignedIsAHintAlone(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) {
		o.Sources[2].Decode = func([]byte) ([]notify.Notice, error) {
			return []notify.Notice{{
				Reference: "C1", Status: api.StatusPaid, RawStatus: "00", Amount: api.IDR(1), Customer: "6281388370001", Destination: "6281388370001",
			}}, nil
		}
	})
	expect(t, w.send(w.deposit("{}")), "2009100", "Successful")
	hints := w.took()
	if len(hints) != 1 {
		t.Fatalf("took %+v", hints)
	}
	h := hints[0]
	if h.Notice != (notify.Notice{Reference: "C1"}) || h.Verified || h.ExternalID != "" || !h.SentAt.IsZero() || h.Source != "paycools" || h.Service != "91" {
		t.Errorf("hint %+v", h)
	}
	if health := w.server.Health().Sources[2]; health.Verified || health.Count != 1 || health.Name != "paycools" {
		t.Errorf("health %+v", health)
	}
}

// TestUnsignedTellsNothing: known and unknown references get the same bytes.
func TestUnsignedTellsNothing(t *testing.T) {
	w := newWorld(t, nil)
	known := w.send(w.deposit(item("C1")))
	w.refuseWith(notify.ErrUnknown)
	if unknown := w.send(w.deposit(item("C1"))); unknown.Raw != known.Raw {
		t.Errorf("unknown: %s, known: %s", unknown.Raw, known.Raw)
	}
	w.refuseWith(errDisk)
	expect(t, w.send(w.deposit(item("C1"))), "5009100", "General Error")
}

// TestSomeUnknown: one item that is not ours hides no other, and a failure
// counts more than both.
func TestSomeUnknown(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) {
		o.Sources[0].Decode = func(body []byte) (notices []notify.Notice, err error) {
			var references []api.Reference
			err = json.Unmarshal(body, &references)
			for _, r := range references {
				notices = append(notices, notify.Notice{Reference: r})
			}
			return notices, err
		}
	})
	w.refuse = func(h notify.Hint) error {
		switch h.Reference {
		case "unknown":
			return notify.ErrUnknown
		case "broken":
			return errDisk
		}
		return nil
	}
	for i, c := range []struct{ body, code string }{
		{`["a"]`, "2007900"}, {`["unknown","b"]`, "2007900"}, {`["unknown"]`, "4047901"},
		{`["unknown","broken"]`, "5007900"}, {`["c","broken"]`, "5007900"}, {`[]`, "2007900"},
	} {
		if got := w.send(w.payment(fmt.Sprint(i), c.body).request(t)); got.Code != c.code {
			t.Errorf("%s: %s, want %s", c.body, got.Raw, c.code)
		}
	}
	if len(w.took()) != 3 {
		t.Errorf("took %+v", w.took())
	}
}

func TestUnsignedRate(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Limits = notify.Limits{} })
	for i := range 8 {
		code := "2009100"
		if i >= 5 {
			code = "4299100"
		}
		if got := w.send(w.deposit(item("C1"))); got.Code != code {
			t.Errorf("request %d: %s, want %s", i, got.Raw, code)
		}
	}
	// Signed sources are not held up by it, and time heals.
	expect(t, w.send(w.payment("1", sample(t)).request(t)), "2007900", "Successful")
	w.clock.move(200 * time.Millisecond)
	expect(t, w.send(w.deposit(item("C1"))), "2009100", "Successful")
	expect(t, w.send(w.deposit(item("C1"))), "4299100", "Too Many Requests")
}
