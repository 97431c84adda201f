package notify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/notify"
	"cashier/api/snap"
)

// FuzzBody sends bodies of all kinds, well signed, so that they reach the
// decoders: world.send holds what every answer must be, and what is handed over
// is fit for a terminal and a journal.
func FuzzBody(f *testing.F) {
	for _, body := range []string{
		sample(f), item("C1"), `{"cdmNotifyItems":[` + item("C1") + `]}`, grant,
		``, `null`, `[]`, `{"":{}}`, `{"amount":{"Value":1e9}}`, `{"originalPartnerReferenceNo":"\u001b[2J","merchantId":"M"}`,
		"{\"customerNumber\":\"\xff\"}", strings.Repeat("[", 20_000), `{"additionalInfo":[[[]]]}`, `{"originalPartnerReferenceNo":[]}`,
	} {
		f.Add(body, "1")
	}
	f.Fuzz(func(t *testing.T, body, externalID string) {
		w := newWorld(t, nil)
		token := w.token()
		for _, m := range []message{w.payment(externalID, body), w.payment(externalID, body).symmetric(token)} {
			w.send(m.request(t))
		}
		w.send(w.deposit(body))
		w.send(w.tokenRequest(body))
		for _, h := range w.took() {
			for _, text := range []string{string(h.Reference), string(h.ProviderReference), string(h.RawStatus), string(h.Customer), string(h.Destination), h.ExternalID, h.Note()} {
				if api.Clean(text, api.MaxText) != text {
					t.Errorf("%q was handed over", text)
				}
			}
			if n := len([]rune(h.Customer)); n > 8 {
				t.Errorf("customer %q", h.Customer)
			}
			if h.Reference == "" && h.ProviderReference == "" {
				t.Error("a hint without a reference")
			}
		}
	})
}

// FuzzHeaders sends headers of all kinds: nothing gets in without a signature.
func FuzzHeaders(f *testing.F) {
	f.Add("2026-11-20T12:00:00+07:00", "c2ln", "1", "Bearer x", "client")
	f.Add("", "", "", "", "")
	f.Add("20261120120000", strings.Repeat("ab", 256), "\x1b", "bearer  ", clientKey)
	f.Fuzz(func(t *testing.T, timestamp, signature, externalID, authorization, client string) {
		w := newWorld(t, nil)
		for _, path := range []string{notify.PaymentPath, symmetric, notify.TokenPath} {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(grant))
			for name, value := range map[string]string{
				snap.HeaderTimestamp: timestamp, snap.HeaderSignature: signature, snap.HeaderExternalID: externalID,
				snap.HeaderAuthorization: authorization, snap.HeaderClientKey: client,
			} {
				r.Header.Set(name, value)
			}
			if got := w.send(r); strings.HasPrefix(got.Code, "2") || strings.HasPrefix(got.Code, "5") {
				t.Errorf("%s answered %s", path, got.Raw)
			}
		}
		if len(w.took()) != 0 {
			t.Errorf("took %+v", w.took())
		}
	})
}
