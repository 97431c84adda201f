package finnet

import (
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/apitest"
	"cashier/api/sandbox"
)

// The sandbox reads the document's tables by a transcription of its own: what
// both sides understand is not a mistake that both share.
func TestLookupsAgainstTheSandbox(t *testing.T) {
	for _, byTable := range []bool{false, true} {
		box, err := sandbox.Open(sandbox.Options{ByTable: byTable, GenerateKey: apitest.Key})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		clientKey, key, secret := box.Partner()
		if _, err := key(); err != nil { // made before the first request is verified
			t.Fatal(err)
		}
		for name, change := range map[string]func(*api.Endpoint){
			"as printed": func(*api.Endpoint) {},
			"the sample's names": func(e *api.Endpoint) {
				e.Spellings = map[string]string{"submerchantId": "subMerchantId"}
			},
			"the table's names": func(e *api.Endpoint) {
				e.Spellings = map[string]string{"originalPartnerReferenceNo": "originalPartnerReferanceNo"}
			},
			"the newer page": func(e *api.Endpoint) { e.Paths = map[string]string{"51": "/v1.0/qr/qr-mpm-query"} },
		} {
			p := (&desk{}).provider(func(e *api.Endpoint) {
				e.ClientKey, e.MerchantID, e.PrivateKey, e.ClientSecret = clientKey, box.MerchantID(), key, secret
				e.BaseURL, e.Transport = "https://finnet.example", box.Transport()
				change(e)
			})
			for raw, want := range api.DefaultStatuses() {
				made, err := box.MPM(t.Context(), sandbox.MPMRequest{
					Provider: Dialect, Partner: "INV" + raw, Status: raw, Amount: api.IDR(10_000_00),
				})
				if err != nil {
					t.Fatal(err)
				}
				swapped := ""
				if !byTable {
					swapped = string(api.SwappedReferences)
				}
				for _, reference := range []api.Reference{"", api.Reference(made.Reference)} {
					key := api.LookupKey{ProviderReference: api.Text(made.ProviderReference), Reference: reference, Amount: api.IDR(10_000_00)}
					news, a := p.Lookup(t.Context(), key)
					if a.Class != api.Done || news.Status != want || kinds(news) != swapped || a.Warning != "" ||
						string(news.ProviderReference) != made.ProviderReference || string(news.Reference) != made.Reference || news.Fee != api.IDR(1_234_00) || len(news.Info) < 7 {
						t.Errorf("%s %s: %q %s %q %q %v %q %+v", name, raw, a.Class, a.Code, a.Message, a.Warning, a.Err, kinds(news), news)
					}
				}
				news, a := p.Lookup(t.Context(), api.LookupKey{ProviderReference: api.Text(made.ProviderReference), Amount: api.IDR(1)})
				if a.Class != api.Done || !strings.HasSuffix(kinds(news), "other-amount:amount") || !news.Doubtful() {
					t.Errorf("%s %s: another amount: %q", name, raw, kinds(news))
				}
			}
			if news, a := p.Lookup(t.Context(), api.LookupKey{ProviderReference: "none", Amount: api.IDR(1)}); a.Class != api.Done || news.Status != api.StatusNotFound {
				t.Errorf("%s: %+v %+v", name, news, a)
			}
		}
	}
}
