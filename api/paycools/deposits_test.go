package paycools

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
)

// TestTheThreeReadings spells one range in each reading of seed 000's "+07:00,
// must be in UTC", with the day that is added at both ends.
func TestTheThreeReadings(t *testing.T) {
	from, to := time.Date(2026, 11, 20, 3, 4, 5, 0, api.Jakarta), time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		reading  api.RangeReading
		from, to string
	}{
		{"", "2026-11-19T03:04:05+07:00", "2026-11-22T06:00:00+07:00"},
		{api.RangeJakarta, "2026-11-19T03:04:05+07:00", "2026-11-22T06:00:00+07:00"},
		{api.RangeUTCLabelled, "2026-11-18T20:04:05+07:00", "2026-11-21T23:00:00+07:00"},
		{api.RangeUTC, "2026-11-18T20:04:05Z", "2026-11-21T23:00:00Z"},
	} {
		var bodies []map[string]any
		p, _ := playScript(func(_ string, body map[string]any) (int, string) {
			bodies = append(bodies, body)
			return 200, list("REF")
		}, func(e *api.Endpoint) { e.RangeReading = c.reading })
		if _, answer := p.Deposits(t.Context(), "REF", from, to); answer.Class != api.Done {
			t.Errorf("%q: %+v", c.reading, answer)
		}
		want := map[string]any{"originalPartnerReferenceNo": "REF", "merchantId": "M1", "serviceCode": "90", "fromDateTime": c.from, "toDateTime": c.to}
		if len(bodies) != 1 || fmt.Sprint(bodies[0]) != fmt.Sprint(want) {
			t.Errorf("%q: sent %v, want %v", c.reading, bodies, want)
		}
		if c.reading != api.RangeUTC && (len(c.from) != 25 || len(c.to) != 25) {
			t.Errorf("%q: %q is not the table's 25 characters", c.reading, c.from)
		}
	}
}

// TestAMisreadRangeHidesNothing: client and provider read the range
// differently, in all nine ways that they can spell it, and the deposit shows.
func TestAMisreadRangeHidesNothing(t *testing.T) {
	readings := []api.RangeReading{api.RangeJakarta, api.RangeUTCLabelled, api.RangeUTC}
	for _, ours := range readings {
		for _, theirs := range readings {
			if (ours == api.RangeUTC) != (theirs == api.RangeUTC) {
				continue // another format altogether: refused with the field's name, below
			}
			box, p, _ := play(t, sandbox.Options{RangeReading: theirs}, func(e *api.Endpoint) { e.RangeReading = ours })
			id, answer := generate(t, p, "REF")
			if answer.Class != api.Done {
				t.Fatalf("%+v", answer)
			}
			now := time.Now().Truncate(time.Second)
			for _, at := range []time.Duration{-3 * time.Hour, -2 * time.Hour, 0, 2 * time.Hour, 3 * time.Hour} {
				if _, err := box.Deposit(t.Context(), sandbox.DepositRequest{Code: string(id.Code), Machine: "M1", Amount: api.IDR(100), CreatedAt: now.Add(at)}); err != nil {
					t.Fatal(err)
				}
			}
			found, answer := p.Deposits(t.Context(), "REF", now.Add(-2*time.Hour), now.Add(2*time.Hour))
			var at []time.Duration
			for _, d := range found {
				at = append(at, d.CreatedAt.Sub(now))
			}
			if answer.Class != api.Done || !slices.Equal(at, []time.Duration{-2 * time.Hour, 0, 2 * time.Hour}) {
				t.Errorf("ours %s, theirs %s: %v, %+v", ours, theirs, at, answer)
			}
		}
	}
	_, p, w := play(t, sandbox.Options{}, func(e *api.Endpoint) { e.RangeReading = api.RangeUTC })
	if _, answer := p.Deposits(t.Context(), "REF", noon, noon); answer.Code.String() != "4009101" || !strings.Contains(string(answer.Message), "fromDateTime") || len(w.queries()) != 1 {
		t.Errorf("Z where +07:00 is wanted: %+v", answer)
	}
}

// item1 is an item like the sample's, with fields changed: name, JSON, name, JSON …
func item1(changes ...string) string {
	fields := map[string]any{
		"latestTransactionStatus": "00", "originalPartnerReferenceNo": "REF", "originalReferenceNo": "C1", "cdmQrcode": "userid1",
		"cdmReferenceId": "CDM1", "machineNumber": "M1", "channelReferNo": "D001",
		"additionalInfo": map[string]any{"channelCode": defaultChannel, "createTime": api.Timestamp(noon)},
		"amount":         map[string]any{"currency": "IDR", "value": "30000.00"},
	}
	for i := 0; i < len(changes); i += 2 {
		fields[changes[i]] = json.RawMessage(changes[i+1])
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func list(reference string, items ...string) string {
	return fmt.Sprintf(`{"responseCode":"2009100","responseMessage":"Successful","originalPartnerReferenceNo":%q,"serviceCode":"90","cdmNotifyItems":[%s]}`,
		reference, strings.Join(items, ","))
}

func TestAnswerSampleOfTheQuery(t *testing.T) {
	p, _ := playScript(func(string, map[string]any) (int, string) { return 200, string(sample(t, "sample_000_answer.json")) })
	found, answer := p.Deposits(t.Context(), "test402787228481568", time.Date(2023, 10, 8, 0, 0, 0, 0, api.Jakarta), noon)
	want := api.Deposit{
		ProviderReference: "C1711314284761452544", ChannelReference: "Kun520B40321240403D001", Machine: "Kun520B40321",
		CDMReference: "CDM2938845696", Channel: "ATM_STATIC_QR", State: api.DepositBooked, Status: "00",
		Amount: api.IDR(30000_00), Fee: api.IDR(2000_00), Total: api.IDR(30000_00),
		CreatedAt:  time.Date(2023, 10, 8, 17, 34, 55, 0, api.Jakarta),
		ReturnedAt: time.Date(2023, 10, 8, 18, 58, 39, 0, api.Jakarta),
	}
	// The sample repeats its item: both come through, merging is the caller's.
	if answer.Class != api.Done || answer.Warning != "" || len(found) != 2 {
		t.Fatalf("%d deposits, %+v", len(found), answer)
	}
	for _, d := range found {
		if !d.CreatedAt.Equal(want.CreatedAt) || !d.ReturnedAt.Equal(want.ReturnedAt) {
			t.Errorf("times %s %s", d.CreatedAt, d.ReturnedAt)
		}
		d.CreatedAt, d.ReturnedAt = want.CreatedAt, want.ReturnedAt
		if d != want {
			t.Errorf("got  %+v\nwant %+v", d, want)
		}
	}
}

// TestQuerySample: the sample's values give the sample's body.
func TestQuerySample(t *testing.T) {
	var sampled struct{ FromDateTime, ToDateTime string }
	if err := json.Unmarshal(sample(t, "sample_000_request.json"), &sampled); err != nil {
		t.Fatal(err)
	}
	from, err := api.ParseTimestamp(sampled.FromDateTime)
	if err != nil {
		t.Fatal(err)
	}
	to, err := api.ParseTimestamp(sampled.ToDateTime)
	if err != nil {
		t.Fatal(err)
	}
	p, w := playScript(func(string, map[string]any) (int, string) { return 200, list("test402787228481568") },
		func(e *api.Endpoint) { e.MerchantID = "cbce490e82f841f2b3162a8dd27e9fd1" })
	p.Deposits(t.Context(), "test402787228481568", from.Add(day), to.Add(-day))
	same(t, w.queries()[0].body, sample(t, "sample_000_request.json"))
}

func TestStatesOfItems(t *testing.T) {
	for status, want := range map[string]api.DepositState{
		`"00"`: api.DepositBooked, `"03"`: api.DepositWaiting, `"06"`: api.DepositOther, `"0"`: api.DepositOther, `0`: api.DepositOther,
		`" 00"`: api.DepositOther, `""`: api.DepositOther, `null`: api.DepositOther, `"SUCCESS"`: api.DepositOther,
	} {
		found, odd := readItems("REF", []json.RawMessage{json.RawMessage(item1("latestTransactionStatus", status))})
		if odd != 0 || len(found) != 1 || found[0].State != want {
			t.Errorf("%s: %+v, %d odd", status, found, odd)
		}
	}
}

// TestOddItemsHideNoOthers puts what cannot be read, and what is another's,
// between two good items.
func TestOddItemsHideNoOthers(t *testing.T) {
	for name, between := range map[string]string{
		"a text":                   `"item"`,
		"a number":                 `7`,
		"null":                     `null`,
		"a list":                   `[]`,
		"an empty object":          `{}`,
		"foreign names":            `{"status":"00"}`,
		"an object as status":      item1("latestTransactionStatus", `{}`),
		"a list as machine":        item1("machineNumber", `["M1"]`),
		"a text as amount":         item1("amount", `"30000.00"`),
		"an amount with a comma":   item1("amount", `{"value":"30000,00","currency":"IDR"}`),
		"a negative amount":        item1("amount", `{"value":"-1.00","currency":"IDR"}`),
		"three decimals":           item1("amount", `{"value":"1.000","currency":"IDR"}`),
		"17 digits":                item1("amount", `{"value":"12345678901234567.00","currency":"IDR"}`),
		"a currency in words":      item1("amount", `{"value":"1.00","currency":"rupiah"}`),
		"another reference":        item1("originalPartnerReferenceNo", `"REF2"`),
		"another case":             item1("originalPartnerReferenceNo", `"ref"`),
		"a list as additionalInfo": item1("additionalInfo", `[]`),
	} {
		first, last := item1("channelReferNo", `"FIRST"`), item1("channelReferNo", `"LAST"`)
		p, w := playScript(func(string, map[string]any) (int, string) { return 200, list("REF", first, between, last) })
		found, answer := p.Deposits(t.Context(), "REF", noon, noon)
		if answer.Class != api.Done || len(found) != 2 || found[0].ChannelReference != "FIRST" || found[1].ChannelReference != "LAST" {
			t.Errorf("%s: %+v, %+v", name, found, answer)
		}
		if !strings.Contains(answer.Warning, "1 of 3 items") || len(w.queries()) != 1 {
			t.Errorf("%s: warning %q after %d requests", name, answer.Warning, len(w.queries()))
		}
	}
}

// TestItemsMayLackWhatTheyMay: no table says which fields an item has.
func TestItemsMayLackWhatTheyMay(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want func(api.Deposit) bool
	}{
		"no channelReferNo":    {item1("channelReferNo", `null`), func(d api.Deposit) bool { return d.ChannelReference == "" && d.Amount == api.IDR(30000_00) }},
		"no reference":         {item1("originalPartnerReferenceNo", `null`), func(d api.Deposit) bool { return d.State == api.DepositBooked }},
		"no additionalInfo":    {item1("additionalInfo", `null`), func(d api.Deposit) bool { return d.CreatedAt.IsZero() && d.State == api.DepositBooked }},
		"a time that is none":  {item1("additionalInfo", `{"createTime":"yesterday"}`), func(d api.Deposit) bool { return d.CreatedAt.IsZero() }},
		"a number as value":    {item1("amount", `{"value":30000.5,"currency":"IDR"}`), func(d api.Deposit) bool { return d.Amount == api.IDR(30000_50) }},
		"capital Value":        {item1("amount", `{"Value":"1","Currency":"IDR"}`), func(d api.Deposit) bool { return d.Amount == api.IDR(100) }},
		"a number as machine":  {item1("machineNumber", `40321`), func(d api.Deposit) bool { return d.Machine == "40321" }},
		"escapes in a machine": {item1("machineNumber", `"M\u001b[2J\u202e1"`), func(d api.Deposit) bool { return d.Machine == "M[2J1" }},
		"total is not the sum": {item1("feeAmount", `{"value":"2000.00"}`, "totalAmount", `{"value":"30000.00"}`), func(d api.Deposit) bool {
			return d.Fee == api.IDR(2000_00) && d.Total == api.IDR(30000_00) && d.Amount == api.IDR(30000_00)
		}},
	} {
		found, odd := readItems("REF", []json.RawMessage{json.RawMessage(c.text)})
		if odd != 0 || len(found) != 1 || !c.want(found[0]) {
			t.Errorf("%s: %+v, %d odd", name, found, odd)
		}
	}
}

// TestAnEmptyListIsAnAnswerAndNoListIsNone: seed 000, row 17.
func TestAnEmptyListIsAnAnswerAndNoListIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		class  api.Class
	}{
		"empty list":    {200, list("REF"), api.Done},
		"not found":     {404, `{"responseCode":"4049101","responseMessage":"Transaction Not Found"}`, api.Done},
		"no list":       {200, `{"responseCode":"2009100","responseMessage":"Successful","originalPartnerReferenceNo":"REF","serviceCode":"90"}`, api.Unknown},
		"null list":     {200, `{"responseCode":"2009100","originalPartnerReferenceNo":"REF","cdmNotifyItems":null}`, api.Unknown},
		"object":        {200, `{"responseCode":"2009100","originalPartnerReferenceNo":"REF","cdmNotifyItems":{}}`, api.Unknown},
		"another's":     {200, list("REF2", item1()), api.Unknown},
		"own, unnamed":  {200, list("", item1()), api.Done},
		"47's code":     {200, strings.Replace(list("REF"), "2009100", "2004700", 1), api.Done}, // a query: a warning
		"not a success": {200, `{"responseCode":"4009100"}`, api.Unknown},
	} {
		p, w := playScript(func(string, map[string]any) (int, string) { return c.status, c.answer })
		found, answer := p.Deposits(t.Context(), "REF", noon, noon)
		if answer.Class != c.class || c.class != api.Done && len(found) != 0 || len(w.queries()) != 1 {
			t.Errorf("%s: %+v, %+v after %d requests", name, found, answer, len(w.queries()))
		}
		if (name == "47's code") != strings.Contains(answer.Warning, "another service") {
			t.Errorf("%s: warning %q", name, answer.Warning)
		}
	}
}

// bank has a deposit every six hours and answers all of a range, padded.
type bank struct {
	from, to time.Time
	padding  int // bytes an item is padded with
	broken   int // the request that is answered with 5009100; 0: none
	asked    [][2]time.Time
}

func (b *bank) answer(_ string, body map[string]any) (int, string) {
	from, _ := api.ParseTimestamp(body["fromDateTime"].(string))
	to, _ := api.ParseTimestamp(body["toDateTime"].(string))
	b.asked = append(b.asked, [2]time.Time{from, to})
	if len(b.asked) == b.broken {
		return 500, `{"responseCode":"5009100","responseMessage":"General Error"}`
	}
	var items []string
	for at := b.from; !at.After(b.to); at = at.Add(6 * time.Hour) {
		if at.Before(from) || at.After(to) {
			continue
		}
		items = append(items, item1("channelReferNo", fmt.Sprintf("%q", at.Format(time.RFC3339)),
			"padding", fmt.Sprintf("%q", strings.Repeat("x", b.padding)),
			"additionalInfo", fmt.Sprintf(`{"createTime":%q}`, api.Timestamp(at))))
	}
	if len(items) == 0 {
		return 404, `{"responseCode":"4049101","responseMessage":"Transaction Not Found"}`
	}
	return 200, list("REF", items...)
}

// TestALongAnswerIsAskedByDay: below the mark once; near 1 MiB, where a limit
// of theirs may have cut it, and past it, day by day, and nothing is missing.
func TestALongAnswerIsAskedByDay(t *testing.T) {
	const days = 5
	from, to := noon, noon.Add(days*day)
	for name, c := range map[string]struct {
		padding int
		byDay   bool
	}{"short": {100, false}, "just below": {30 << 10, false}, "near": {33 << 10, true}, "past": {80 << 10, true}} {
		b := &bank{from: noon.Add(-2 * day), to: noon.Add(8 * day), padding: c.padding}
		p, _ := playScript(b.answer)
		found, answer := p.Deposits(t.Context(), "REF", from, to)
		if answer.Class != api.Done || answer.Err != nil {
			t.Fatalf("%s: %+v", name, answer)
		}
		seen := map[api.Text]bool{}
		for _, d := range found {
			seen[d.ChannelReference] = true
			if d.CreatedAt.Before(from) || d.CreatedAt.After(to) {
				t.Errorf("%s: %s is outside of the range", name, d.CreatedAt)
			}
		}
		if len(seen) != days*4+1 {
			t.Errorf("%s: %d deposits, want %d", name, len(seen), days*4+1)
		}
		want := 1
		if c.byDay {
			want += days + 2
		}
		if len(b.asked) != want {
			t.Errorf("%s: asked %d times, want %d", name, len(b.asked), want)
		}
		if whole := b.asked[0]; !whole[0].Equal(from.Add(-day)) || !whole[1].Equal(to.Add(day)) {
			t.Errorf("%s: asked for %v", name, whole)
		}
		next := from.Add(-day)
		for _, r := range b.asked[1:] {
			if !r[0].Equal(next) || r[1].Sub(r[0]) > day {
				t.Errorf("%s: asked for %v after %s", name, r, next)
			}
			next = r[1]
		}
		if c.byDay && !next.Equal(to.Add(day)) {
			t.Errorf("%s: the days end at %s", name, next)
		}
	}
}

// TestHalfAListIsNone: one day without an answer leaves the payment as it was;
// so does a single day that is too long.
func TestHalfAListIsNone(t *testing.T) {
	b := &bank{from: noon.Add(-2 * day), to: noon.Add(8 * day), padding: 80 << 10, broken: 4}
	p, _ := playScript(b.answer)
	found, answer := p.Deposits(t.Context(), "REF", noon, noon.Add(5*day))
	if len(found) != 0 || answer.Class != api.Failed || answer.Code.String() != "5009100" || len(b.asked) != 4 {
		t.Errorf("%d deposits, %+v after %d requests", len(found), answer, len(b.asked))
	}
	b = &bank{from: noon.Add(-2 * day), to: noon.Add(8 * day), padding: 300 << 10}
	p, _ = playScript(b.answer)
	found, answer = p.Deposits(t.Context(), "REF", noon, noon)
	if len(found) != 0 || answer.Class != api.Unknown || !errors.Is(answer.Err, api.ErrTooLarge) {
		t.Errorf("%d deposits, %+v", len(found), answer)
	}
}
