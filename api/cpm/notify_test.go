package cpm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"cashier/api"
)

// notice is a notification with every field of the table, some changed; nil
// takes one out.
func notice(t testing.TB, change map[string]any) []byte {
	t.Helper()
	body := map[string]any{
		"originalPartnerReferenceNo": payment, "originalReferenceNo": "P1", "merchantId": "M1", "subMerchantId": "S1", "externalStoreId": "E1",
		"amount": map[string]any{"value": "12500.00", "currency": "IDR"}, "latestTransactionStatus": "00", "transactionStatusDesc": "success",
		"customerNumber": "6281388370001", "accountType": "tabungan", "destinationNumber": "8377388292", "destinationAccountName": "John Doe",
		"sessionID": "S", "bankCode": "002", "additionalInfo": map[string]any{},
	}
	for name, value := range change {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return must(json.Marshal(body))
}

// Every row of the table of 79, as a body.
func TestANotificationIsHeldAgainstItsTable(t *testing.T) {
	references := map[string]bool{"originalPartnerReferenceNo": true, "originalReferenceNo": true}
	for _, r := range tables(t)[8] {
		if r.kind == "Object" || strings.Contains(r.path, ".") {
			continue // below
		}
		var e *api.FieldError
		n, err := ReadNotification(notice(t, map[string]any{r.name: nil}))
		if r.mandatory && (!errors.As(err, &e) || e.Field != r.name || !e.Missing) || !r.mandatory && err != nil {
			t.Errorf("without %s: %v", r.name, err)
		}
		if n.Reference == "" && n.ProviderReference == "" {
			t.Errorf("without %s: a hint is lost", r.name)
		}
		if _, err := ReadNotification(notice(t, map[string]any{r.name: strings.Repeat("1", r.max)})); err != nil {
			t.Errorf("%d characters in %s: %v", r.max, r.name, err)
		}
		if _, err := ReadNotification(notice(t, map[string]any{r.name: strings.Repeat("1", r.max+1)})); !errors.As(err, &e) || e.Field != r.name || e.Max != r.max {
			t.Errorf("%d characters in %s: %v", r.max+1, r.name, err)
		}
		if _, err := ReadNotification(notice(t, map[string]any{r.name: []int{1}})); !errors.Is(err, ErrNotification) {
			t.Errorf("a list in %s: %v", r.name, err)
		}
		delete(references, r.name)
	}
	if len(references) != 0 {
		t.Errorf("the table has no %v", references)
	}
	var e *api.FieldError
	if _, err := ReadNotification(notice(t, map[string]any{"originalPartnerReferenceNo": nil, "originalReferenceNo": nil})); !errors.As(err, &e) || !e.Missing {
		t.Errorf("without any reference: %v", err)
	}
	for name, c := range map[string]struct {
		amount any
		want   api.Amount
		fits   bool
	}{
		"none": {nil, api.Amount{}, true}, "capitals": {map[string]any{"Value": "1.00", "Currency": "IDR"}, api.IDR(100), true},
		"a number": {map[string]any{"value": 1}, api.IDR(100), true}, "no value": {map[string]any{"currency": "IDR"}, api.Amount{}, false},
		"17 digits": {map[string]any{"value": "10000000000000000.00"}, api.Amount{}, false}, "a text": {"12500", api.Amount{}, false},
	} {
		n, err := ReadNotification(notice(t, map[string]any{"amount": c.amount}))
		if (err == nil) != c.fits || n.Amount != c.want || err != nil && !errors.Is(err, ErrNotification) {
			t.Errorf("amount %s: %v %v", name, n.Amount, err)
		}
	}
	for _, body := range []string{"", "null", "[]", "3", `"x"`, "{", `{"latestTransactionStatus":"00"} trailing`} {
		if n, err := ReadNotification([]byte(body)); err == nil {
			t.Errorf("%q is a notification: %+v", body, n)
		}
	}
}

func TestANotificationsReferenceIsOneOfOursInForm(t *testing.T) {
	for text, fits := range map[string]bool{string(payment): true, "2020102900000000000001": true, "a b": false, "../x": false, "é": false} {
		n, err := ReadNotification(notice(t, map[string]any{"originalPartnerReferenceNo": text}))
		if fits && (err != nil || string(n.Reference) != text) || !fits && (!errors.Is(err, api.ErrReference) || n.Reference != "") {
			t.Errorf("%q: %q %v", text, n.Reference, err)
		}
	}
}

func TestANotificationsStatusIsTheProfiles(t *testing.T) {
	body := notice(t, map[string]any{"latestTransactionStatus": "02", "merchantId": nil, "merchant": "M2"})
	p := (&desk{}).provider(func(e *api.Endpoint) {
		e.Statuses = map[string]api.PaymentStatus{"02": api.StatusPaid}
		e.Spellings = map[string]string{"merchantId": "merchant"}
	})
	if n, err := p.ReadNotification(body); err != nil || n.News.Status != api.StatusPaid || n.Merchant != "M2" {
		t.Errorf("%+v %v", n, err)
	}
	if _, err := p.ReadNotification([]byte("{")); !errors.Is(err, ErrNotification) {
		t.Errorf("%v", err)
	}
	if n, _ := ReadNotification(body); n.News.Status != api.StatusPending {
		t.Errorf("%+v", n)
	}
}

func TestAccountDataIsMasked(t *testing.T) {
	// An odd name hides no notification, and no error quotes what it could not read.
	if n, err := ReadNotification(notice(t, map[string]any{"destinationAccountName": "John\tDoe\x1b[2J", "customerNumber": 6281388370001})); err != nil || n.Customer != "****0001" {
		t.Errorf("%+v %v", n, err)
	}
	for _, change := range []map[string]any{
		{"customerNumber": "6281388370001", "destinationNumber": []string{"8377388292"}}, {"customerNumber": strings.Repeat("6281388370001", 9)},
		{"amount": map[string]any{"value": "6281388370001x"}}, {"amount": map[string]any{"currency": 6281388370001, "value": "1"}},
	} {
		n, err := ReadNotification(notice(t, change))
		if text := fmt.Sprintf("%v %+v %#v", err, n, n); err == nil || strings.Contains(text, "628138837") || strings.Contains(text, "8377388292") {
			t.Errorf("%v: %s", change, text)
		}
	}
}
