package paycools

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"cashier/api"
)

// FuzzReadItems: whatever a list holds, good items before and after it are
// read, what comes out is fit for a terminal, and only a status 00 is booked.
func FuzzReadItems(f *testing.F) {
	var answer struct {
		Items []json.RawMessage `json:"cdmNotifyItems"`
	}
	if err := json.Unmarshal(sample(f, "sample_000_answer.json"), &answer); err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		string(answer.Items[0]), item1(), item1("amount", `{"value":1e3}`), item1("machineNumber", `"\u001b]0;x\u0007"`),
		`{}`, `null`, `[]`, `"x"`, `0`, `{"amount":null}`, `{"latestTransactionStatus":"00"}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return // no list holds it
		}
		var items []json.RawMessage
		first, last := item1("channelReferNo", `"FIRST"`), item1("channelReferNo", `"LAST"`)
		if err := json.Unmarshal([]byte("["+first+","+text+","+last+"]"), &items); err != nil {
			t.Fatal(err)
		}
		found, odd := readItems("REF", items)
		if len(found)+odd != len(items) || found[0].ChannelReference != "FIRST" || found[len(found)-1].ChannelReference != "LAST" {
			t.Fatalf("%q: %d found and %d odd of %d", text, len(found), odd, len(items))
		}
		for _, d := range found {
			if (d.State == api.DepositBooked) != (d.Status == "00") || d.State == "" {
				t.Errorf("%q: status %q is %q", text, d.Status, d.State)
			}
			if d.Amount.Minor() < 0 || d.Fee.Minor() < 0 {
				t.Errorf("%q: amount %s, fee %s", text, d.Amount, d.Fee)
			}
			for _, s := range []api.Text{d.ProviderReference, d.ChannelReference, d.Machine, d.CDMReference, d.Channel, d.Status} {
				if strings.ContainsFunc(string(s), func(r rune) bool { return !unicode.IsPrint(r) }) || len([]rune(s)) > api.MaxText {
					t.Errorf("%q: %q is not clean", text, s)
				}
			}
		}
	})
}
