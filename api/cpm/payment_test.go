package cpm

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

// The rows of PROTOCOLS.md 3 that the code alone does not decide.
func TestASuccessIsJudgedByItsFields(t *testing.T) {
	dana := map[string]api.PaymentStatus{"00": api.StatusPending, "02": api.StatusPaid}
	for name, c := range map[string]struct {
		code, fields string
		statuses     map[string]api.PaymentStatus
		class        api.Class
		status       api.PaymentStatus
	}{
		"no status":                {code: "2006000", fields: `"referenceNo":"P1"`, class: api.Done},
		"status 00":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"00"}`, class: api.Done, status: api.StatusPaid},
		"status 01":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"01"}`, class: api.Pending, status: api.StatusPending},
		"status 02":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"02"}`, class: api.Pending, status: api.StatusPending},
		"status 03":                {code: "2006000", fields: `"additionalInfo":{"latestTransactionStatus":"03"}`, class: api.Pending, status: api.StatusPending},
		"status 04":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"04"}`, class: api.Unknown, status: api.StatusRefunded},
		"status 05":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"05"}`, class: api.Unknown, status: api.StatusCancelled},
		"status 06":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"06"}`, class: api.Unknown, status: api.StatusFailed},
		"status 07":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"07"}`, class: api.Unknown, status: api.StatusNotFound},
		"status 08":                {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"08"}`, class: api.Unknown},
		"status of another map":    {code: "2006000", statuses: dana, fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"02"}`, class: api.Done, status: api.StatusPaid},
		"00 of another map":        {code: "2006000", statuses: dana, fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"00"}`, class: api.Pending, status: api.StatusPending},
		"status outside":           {code: "2006000", fields: `"referenceNo":"P1","latestTransactionStatus":"06"`, class: api.Unknown, status: api.StatusFailed},
		"odd status outside":       {code: "2006000", fields: `"referenceNo":"P1","latestTransactionStatus":["06"]`, class: api.Unknown},
		"two statuses":             {code: "2006000", fields: `"referenceNo":"P1","latestTransactionStatus":"06","additionalInfo":{"latestTransactionStatus":"00"}`, class: api.Unknown, status: api.StatusPaid},
		"no referenceNo":           {code: "2006000", fields: `"additionalInfo":{"latestTransactionStatus":"00"}`, class: api.Unknown, status: api.StatusPaid},
		"empty referenceNo":        {code: "2006000", fields: `"referenceNo":""`, class: api.Unknown},
		"referenceNo of no text":   {code: "2006000", fields: `"referenceNo":{}`, class: api.Unknown},
		"additionalInfo null":      {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":null`, class: api.Done},
		"additionalInfo empty":     {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":""`, class: api.Done},
		"additionalInfo of PHP":    {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":[ ]`, class: api.Done},
		"additionalInfo a number":  {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":5`, class: api.Unknown},
		"additionalInfo odd":       {code: "2006000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":{}}`, class: api.Unknown},
		"in progress":              {code: "2026000", class: api.Pending},
		"in progress, status 02":   {code: "2026000", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"02"}`, class: api.Pending, status: api.StatusPending},
		"refused, whatever status": {code: "4036014", fields: `"referenceNo":"P1","additionalInfo":{"latestTransactionStatus":"00"}`, class: api.Failed},
	} {
		d := (&desk{}).says(c.code, c.fields)
		p := d.provider(func(e *api.Endpoint) { e.Statuses = c.statuses })
		news, a := acts()["60"].do(t, p, false)
		if a.Class != c.class || news.(api.PaymentNews).Status != c.status {
			t.Errorf("%s: class %q status %q (%v), want %q %q", name, a.Class, news.(api.PaymentNews).Status, a.Err, c.class, c.status)
		}
		if a.Class == api.Done && (news.(api.PaymentNews).ProviderReference != "P1" || a.Err != nil) {
			t.Errorf("%s: %+v %v", name, news, a.Err)
		}
	}
}

func TestAQueryHasAStatusOrNone(t *testing.T) {
	for name, c := range map[string]struct {
		code, fields string
		class        api.Class
		status       api.PaymentStatus
		warned       bool
	}{
		"00":                 {code: "2006100", fields: `"latestTransactionStatus":"00"`, class: api.Done, status: api.StatusPaid},
		"01":                 {code: "2006100", fields: `"latestTransactionStatus":"01"`, class: api.Done, status: api.StatusPending},
		"02":                 {code: "2006100", fields: `"latestTransactionStatus":"02"`, class: api.Done, status: api.StatusPending},
		"03":                 {code: "2006100", fields: `"latestTransactionStatus":"03","paidTime":{}`, class: api.Done, status: api.StatusPending},
		"04":                 {code: "2006100", fields: `"latestTransactionStatus":"04"`, class: api.Done, status: api.StatusRefunded},
		"05":                 {code: "2006100", fields: `"latestTransactionStatus":"05"`, class: api.Done, status: api.StatusCancelled},
		"06":                 {code: "2006100", fields: `"latestTransactionStatus":"06"`, class: api.Done, status: api.StatusFailed},
		"07":                 {code: "2006100", fields: `"latestTransactionStatus":"07"`, class: api.Done, status: api.StatusNotFound},
		"404-01":             {code: "4046101", class: api.Done, status: api.StatusNotFound},
		"404-01 with status": {code: "4046101", fields: `"latestTransactionStatus":"00"`, class: api.Done, status: api.StatusNotFound},
		"no status":          {code: "2006100", class: api.Unknown},
		"unknown status":     {code: "2006100", fields: `"latestTransactionStatus":"0"`, class: api.Unknown},
		"odd status":         {code: "2006100", fields: `"latestTransactionStatus":["00"]`, class: api.Unknown},
		"error with status":  {code: "4036105", fields: `"latestTransactionStatus":"00"`, class: api.Unknown},
		"500 with status":    {code: "5006100", fields: `"latestTransactionStatus":"06"`, class: api.Unknown},
		"in progress":        {code: "2026100", fields: `"latestTransactionStatus":"00"`, class: api.Pending},
		"renamed":            {code: "2006100", fields: `"latestTransactionStatus":"00","originalPartnerReferenceNo":"` + string(payment) + `","originalReferenceNo":"P2"`, class: api.Done, status: api.StatusPaid, warned: true},
		"other external id":  {code: "2006100", fields: `"latestTransactionStatus":"00"," originalExternalId":"5"`, class: api.Done, status: api.StatusPaid, warned: true},
		"its external id":    {code: "2006100", fields: `"latestTransactionStatus":"00"," originalExternalId":"` + aKey.ExternalID + `"`, class: api.Done, status: api.StatusPaid},
	} {
		news, a := (&desk{}).says(c.code, c.fields).provider().QueryPayment(t.Context(), aKey)
		if a.Class != c.class || news.Status != c.status || (a.Warning != "") != c.warned {
			t.Errorf("%s: class %q status %q warning %q (%v)", name, a.Class, news.Status, a.Warning, a.Err)
		}
	}
}

func TestACancelNeedsItsProof(t *testing.T) {
	for fields, class := range map[string]api.Class{
		`"cancelTime":"2026-11-20T08:01:00+07:00","transactionDate":"20261120080100"`: api.Done,
		`"cancelTime":""`: api.Unknown, `"cancelTime":null`: api.Unknown, `"cancelTime":{}`: api.Unknown,
	} {
		news, a := (&desk{}).says("2006200", fields).provider().CancelPayment(t.Context(), aKey, api.IDR(100), "", nil)
		if a.Class != class || class == api.Done && (news.CancelTime == "" || news.TransactionDate != "20261120080100") {
			t.Errorf("%s: %q %+v", fields, a.Class, news)
		}
	}
}

func TestARefundNeedsItsNumber(t *testing.T) {
	for name, c := range map[string]struct {
		code, fields string
		tainted      bool
		class        api.Class
		warned       bool
	}{
		"number":                 {code: "2008000", fields: `"refundNo":"REF1","refundAmount":{"value":"5000.00","currency":"IDR"},"refundTime":"x"`, class: api.Done},
		"number, no more":        {code: "2008000", fields: `"refundNo":7`, class: api.Done},
		"no number":              {code: "2008000", class: api.Unknown},
		"no number, tainted":     {code: "2008000", tainted: true, class: api.Unknown},
		"another amount":         {code: "2008000", fields: `"refundNo":"REF1","refundAmount":{"Value":"5000.01"}`, class: api.Done, warned: true},
		"an odd amount":          {code: "2008000", fields: `"refundNo":"REF1","refundAmount":[]`, class: api.Done, warned: true},
		"recognised":             {code: "4048018", tainted: true, class: api.Done},
		"used before, unclear":   {code: "4098001", tainted: true, class: api.Done},
		"recognised the first":   {code: "4048018", class: api.Mismatch},
		"used before, the first": {code: "4098001", class: api.Mismatch},
	} {
		news, a := acts()["80"].do(t, (&desk{}).says(c.code, c.fields).provider(), c.tainted)
		if a.Class != c.class || (a.Warning != "") != c.warned {
			t.Errorf("%s: %q %q %+v", name, a.Class, a.Warning, news)
		}
	}
}

func TestACodeIsShownUntilItExpires(t *testing.T) {
	iso := time.Date(2026, 11, 20, 8, 5, 0, 0, api.Jakarta)
	for fields, c := range map[string]struct {
		class api.Class
		after time.Duration // from the answer; 0: until says
		until time.Time
	}{
		`"qrContent":"` + customer + `","expiryTime":"60"`:                        {class: api.Done, after: time.Minute},
		`"qrContent":"` + customer + `","expiryTime":60`:                          {class: api.Done, after: time.Minute},
		`"qrContent":"` + customer + `","expiryTime":"2026-11-20T08:05:00+07:00"`: {class: api.Done, until: iso},
		`"qrContent":"` + customer + `","expiryTime":"20261120080500"`:            {class: api.Done, until: iso},
		`"qrContent":"` + customer + `","expiryTime":"soon"`:                      {class: api.Done},
		`"qrContent":"` + customer + `"`:                                          {class: api.Done},
		`"qrUrl":"https://example.org/qr"`:                                        {class: api.Unknown},
		`"qrContent":"a\u001b[2Jb"`:                                               {class: api.Unknown},
	} {
		d := (&desk{}).says("2005900", fields)
		p := d.provider()
		news, a := p.GenerateCode(t.Context(), payment, must(p.PrepareCode(payment, morning)), nil)
		until := c.until
		if c.after > 0 {
			until = a.At.Add(a.Latency).Add(c.after)
		}
		if a.Class != c.class || !news.ExpiresAt.Equal(until) {
			t.Errorf("%s: %q until %s, want %s (%v)", fields, a.Class, news.ExpiresAt, until, a.Err)
		}
		if warned := strings.Contains(fields, "soon"); (a.Warning != "") != warned {
			t.Errorf("%s: warning %q", fields, a.Warning)
		}
		if want := map[bool]string{true: customer}[c.class == api.Done]; news.Code.Reveal() != want {
			t.Errorf("%s: the code is not the one that was sent", fields)
		}
	}
}

func TestExpiryTimeIsSpeltAsTheProfileSays(t *testing.T) {
	for spelling, want := range map[api.ExpirySpelling]string{
		"": `"2026-11-20T08:01:00+07:00"`, api.ExpiryISO: `"2026-11-20T08:01:00+07:00"`, api.ExpirySeconds: `"60"`, api.ExpiryNumber: `60`,
	} {
		p := (&desk{}).provider(func(e *api.Endpoint) { e.Expiry = spelling })
		var raw struct {
			ExpiryTime json.RawMessage `json:"expiryTime"`
		}
		body := must(p.PreparePayment(aPayment(), morning))
		if err := json.Unmarshal(body, &raw); err != nil || string(raw.ExpiryTime) != want || len(strings.Trim(want, `"`)) > 25 {
			t.Errorf("%q: %s, want %s", spelling, raw.ExpiryTime, want)
		}
	}
	r := aPayment()
	r.ExpiresAt = time.Time{}
	var e *api.FieldError
	if _, err := (&desk{}).provider().PreparePayment(r, morning); !errors.As(err, &e) || e.Field != "expiryTime" || !e.Missing {
		t.Errorf("without an end: %v", err)
	}
}

func TestItemsAreAnObjectOrAList(t *testing.T) {
	one := api.PaymentItem{ProductID: "1", ProductName: "Kopi & <teh>", Quantity: "2", Description: "panas"}
	for name, c := range map[string]struct {
		items []api.PaymentItem
		want  string
	}{
		"none":    {nil, ""},
		"nothing": {[]api.PaymentItem{{}}, ""},
		"one":     {[]api.PaymentItem{one}, `{"productId":"1","productName":"Kopi & <teh>","qty":"2","desc":"panas"}`},
		"two":     {[]api.PaymentItem{one, {ProductID: "2"}}, `[{"productId":"1","productName":"Kopi & <teh>","qty":"2","desc":"panas"},{"productId":"2"}]`},
	} {
		r := aPayment()
		r.Items = c.items
		var sent struct {
			Items json.RawMessage `json:"items"`
		}
		if err := json.Unmarshal(must((&desk{}).provider().PreparePayment(r, morning)), &sent); err != nil || string(sent.Items) != c.want {
			t.Errorf("%s: %s, want %s", name, sent.Items, c.want)
		}
	}
	r := aPayment()
	r.Items = []api.PaymentItem{one, {ProductName: strings.Repeat("x", 257)}}
	var e *api.FieldError
	if _, err := (&desk{}).provider().PreparePayment(r, morning); !errors.As(err, &e) || e.Field != "items.productName" {
		t.Errorf("an item that is too long: %v", err)
	}
}

// What a profile leaves empty is not sent.
func TestAnEmptyProfileSendsWhatIsMandatoryAlone(t *testing.T) {
	p := (&desk{}).provider(func(e *api.Endpoint) { e.Shop, e.Terminal, e.UserAccessToken = api.Shop{}, api.Terminal{}, nil })
	r := aPayment()
	r.Title = ""
	for name, c := range map[string]struct {
		body []byte
		want []string
	}{
		"payment": {must(p.PreparePayment(r, morning)), []string{"partnerReferenceNo", "qrContent", "amount", "merchantId", "expiryTime"}},
		"code":    {must(p.PrepareCode(payment, morning)), []string{"partnerReferenceNo", "merchantId", "partnerTrxDate"}},
		"refund": {must(p.PrepareRefund(api.PaymentKey{Reference: payment}, refund, api.IDR(1), "")),
			[]string{"merchantId", "originalPartnerReferenceNo", "partnerRefundNo", "refundAmount"}},
	} {
		var sent map[string]json.RawMessage
		if err := json.Unmarshal(c.body, &sent); err != nil {
			t.Fatal(err)
		}
		for _, field := range c.want {
			if _, ok := sent[field]; !ok {
				t.Errorf("%s: %s is not sent", name, field)
			}
			delete(sent, field)
		}
		for field := range maps.Keys(sent) {
			t.Errorf("%s: %s is sent", name, field)
		}
	}
}

// A request that its table forbids never leaves.
func TestNothingLeavesThatATableForbids(t *testing.T) {
	d := &desk{}
	p := d.provider(func(e *api.Endpoint) { e.Shop.StoreID = strings.Repeat("x", 65) })
	_, query := p.QueryPayment(t.Context(), aKey)
	_, cancel := p.CancelPayment(t.Context(), aKey, api.IDR(1), "", nil)
	for field, a := range map[string]api.Answer{"query": query, "cancel": cancel} {
		var e *api.FieldError
		if a.Class != api.NotSent || a.Reason != api.ReasonRequest || !errors.As(a.Err, &e) || e.Field != "externalStoreID" {
			t.Errorf("%s: %q %q %v", field, a.Class, a.Reason, a.Err)
		}
	}
	if len(d.Seen) != 0 || d.Tokens != 0 {
		t.Error("something left")
	}
	token := errors.New("the vault is closed")
	p = d.provider(func(e *api.Endpoint) { e.UserAccessToken = func() ([]byte, error) { return nil, token } })
	if _, err := p.PrepareCode(payment, morning); !errors.Is(err, token) {
		t.Errorf("%v", err)
	}
}
