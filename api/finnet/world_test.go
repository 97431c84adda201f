package finnet

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/apitest"
)

// desk is a provider whose answers the test writes.
type desk struct{ apitest.Desk }

// says makes the desk answer with a code and fields; a nil field is left out.
func (d *desk) says(code string, fields map[string]any) *desk {
	d.Says(code, fields)
	return d
}

func (d *desk) endpoint() api.Endpoint {
	return api.Endpoint{
		Name: "finnet", Dialect: Dialect, BaseURL: "http://127.0.0.1:1", ClientKey: "client-1", MerchantID: "FM2007160001", ChannelID: "95221",
		PrivateKey:   apitest.Key,
		ClientSecret: func() ([]byte, error) { return []byte("secret-canary"), nil },
		Shop:         api.Shop{SubMerchantID: "FM2007160001"},
		Transport:    d,
	}
}

func (d *desk) provider(change ...func(*api.Endpoint)) *Provider {
	e := d.endpoint()
	for _, f := range change {
		f(&e)
	}
	return New(api.NewClient(e, nil))
}

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fields is a JSON object.
func fields(t testing.TB, text string) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// sample is the document's answer, with fields changed; nil leaves one out.
func sample(t testing.TB, changes ...any) map[string]any {
	t.Helper()
	all := fields(t, read(t, "answer.json"))
	delete(all, "responseCode")
	delete(all, "responseMessage")
	for i := 0; i < len(changes); i += 2 {
		all[changes[i].(string)] = changes[i+1]
	}
	return all
}

// asked is the key of the document's request.
func asked(t testing.TB) api.LookupKey {
	t.Helper()
	var body struct {
		OriginalReferenceNo        api.Text
		OriginalPartnerReferenceNo api.Reference
		Amount                     api.Amount
	}
	if err := json.Unmarshal([]byte(read(t, "request.json")), &body); err != nil {
		t.Fatal(err)
	}
	return api.LookupKey{ProviderReference: body.OriginalReferenceNo, Reference: body.OriginalPartnerReferenceNo, Amount: body.Amount}
}

// kinds are the oddities of an answer as kind:field.
func kinds(n api.LookupNews) string {
	var all []string
	for _, o := range n.Oddities {
		all = append(all, strings.TrimSuffix(string(o.Kind)+":"+o.Field, ":"))
	}
	return strings.Join(all, " ")
}

// header is one by the document's capitals, which are sent as they are.
func header(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}
