package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// paying is a sound config of payments and notifications, which the cases
// below break, each in one place.
const paying = `{
  "profiles": {
    "sandbox": {"sandbox": true, "notify": {"listen": "127.0.0.1:0"}},
    "real": {
      "terminal": {"id": "T1", "deviceId": "D1", "channel": "till"},
      "merchant": {"subMerchantId": "S1", "storeId": "0123", "name": "Toko", "location": "Jakarta", "acquirerName": "Bank"},
      "maxAmount": "5000000.50",
      "poll": {"payments": {"ask": ["1s", "2s"], "window": "45s", "noCancelBefore": "20s", "recheck": ["5m", "1h"], "paidWhen": "at-once"}},
      "notify": {
        "listen": "[::1]:8080",
        "tokenPath": "/token",
        "sources": {
          "cpm": {
            "signature": "symmetric",
            "clientKey": "theirs",
            "clientSecret": {"env": "THEIRS"},
            "publicKey": {"file": "cpm.pem"},
            "signedPath": "/outside/notify"
          },
          "dana": {"dialect": "snap-cpm", "signature": "asymmetric", "publicKey": {"file": "dana.pem"}, "path": "/dana"},
          "paycools": {}
        }
      },
      "providers": {
        "cpm": {
          "dialect": "snap-cpm",
          "baseUrl": "https://cpm.example",
          "clientKey": "app",
          "merchantId": "m",
          "channelId": "95221",
          "privateKey": {"file": "key.pem"},
          "clientSecret": {"env": "SECRET"},
          "statuses": {"02": "paid", "08": "not-found"},
          "spellings": {"externalStoreID": "externalStoreId"},
          "expiry": "seconds",
          "customerToken": {"env": "CUSTOMER"},
          "customerPrefix": "Token",
          "userAccessToken": {"keyring": "cashier/user"}
        },
        "dana": {
          "dialect": "snap-cpm", "baseUrl": "https://dana.example", "clientKey": "app", "merchantId": "m", "channelId": "95221",
          "privateKey": {"file": "key.pem"}, "clientSecret": {"env": "SECRET"}, "customerToken": {"env": "CUSTOMER"}
        },
        "paycools": {"dialect": "paycools", "baseUrl": "https://paycools.example", "clientKey": "app", "privateKey": {"file": "key.pem"}},
        "paydia": {
          "dialect": "paydia", "baseUrl": "https://paydia.example", "clientKey": "app", "channelId": "286",
          "privateKey": {"file": "key.pem"}, "clientSecret": {"env": "SECRET"}, "customerToken": {"env": "CUSTOMER"}
        }
      }
    }
  },
  "profile": "real"
}
`

func payingProfile(t *testing.T, text string) Profile {
	t.Helper()
	c, err := parse("/etc/c.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c.Profiles["real"]
}

func TestPaymentProblems(t *testing.T) {
	const r = "profiles.real."
	const p = r + "providers.cpm."
	refuse(t, paying, []broken{
		{"amount as a number", `"5000000.50"`, `5000000`,
			"line 7, column 20: " + r + `maxAmount: is no amount of rupiah; write digits in quotes, without separators of thousands, such as "5000000" or "5000000.50"`},
		{"amount with thousands", `"5000000.50"`, `"12.345.678"`,
			"line 7, column 20: " + r + `maxAmount: is no amount of rupiah; write digits in quotes, without separators of thousands, such as "5000000" or "5000000.50"`},
		{"amount of words", `"5000000.50"`, `"CANARY"`,
			"line 7, column 20: " + r + `maxAmount: is no amount of rupiah; write digits in quotes, without separators of thousands, such as "5000000" or "5000000.50"`},
		{"amount below nothing", `"5000000.50"`, `"-1"`,
			"line 7, column 20: " + r + `maxAmount: is no amount of rupiah; write digits in quotes, without separators of thousands, such as "5000000" or "5000000.50"`},
		{"amount past 16 digits", `"5000000.50"`, `"12345678901234567"`,
			"line 7, column 20: " + r + `maxAmount: is no amount of rupiah; write digits in quotes, without separators of thousands, such as "5000000" or "5000000.50"`},
		{"no amount", `"5000000.50"`, `"0.00"`,
			"line 7, column 20: " + r + "maxAmount: is nought: no payment could be made; write more, or leave the field out"},
		{"channel too long", `"till"`, `"` + strings.Repeat("x", 65) + `"`,
			"line 5, column 61: " + r + "terminal.channel: is longer than the provider's table allows (64 characters); shorten it"},

		{"status of one digit", `"02": "paid"`, `"2": "paid"`,
			"line 33, column 29: " + p + `statuses.2: is no status; write its two digits as the name, such as "02":"paid"`},
		{"status of letters", `"02": "paid"`, `"OK": "paid"`,
			"line 33, column 30: " + p + `statuses.OK: is no status; write its two digits as the name, such as "02":"paid"`},
		{"meaning", `"02": "paid"`, `"02": "settled"`,
			"line 33, column 30: " + p + "statuses.02: is not a value that it can have; use one of: paid, pending, refunded, cancelled, failed, not-found"},
		{"meaning misspelt", `"02": "paid"`, `"02": "canceled"`,
			"line 33, column 30: " + p + "statuses.02: is not a value that it can have; did you mean cancelled?"},
		{"no meaning", `"02": "paid"`, `"02": ""`,
			"line 33, column 30: " + p + "statuses.02: is not a value that it can have; use one of: paid, pending, refunded, cancelled, failed, not-found"},
		{"nothing means paid", `"02": "paid"`, `"00": "pending"`,
			"line 33, column 23: " + p + `statuses: leaves no status that means paid; write which one does, such as "02":"paid"`},
		{"spelling", `"externalStoreId"`, `"external store"`,
			"line 34, column 44: " + p + `spellings.externalStoreID: is no pair of field names; write the document's and then the provider's, such as "externalStoreID":"externalStoreId"`},
		{"two fields of one name", `"externalStoreId"}`, `"externalStoreId", "title": "externalStoreId"}`,
			"line 34, column 72: " + p + "spellings.title: has the provider's name of another field too; give each its own"},
		{"another field for the code", `"externalStoreId"}`, `"responseCode"}`,
			"line 34, column 44: " + p + "spellings.externalStoreID: would take another field for the responseCode; remove it"},
		{"expiry", `"seconds"`, `"minutes"`,
			"line 35, column 21: " + p + "expiry: is not a value that it can have; use one of: iso, seconds, number"},
		{"token in the config", `{"env": "CUSTOMER"},
          "customerPrefix"`, `"CANARY",
          "customerPrefix"`,
			"line 36, column 28: " + p + `customerToken: a secret must not stand in the config; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"user token in the config", `{"keyring": "cashier/user"}`, `["CANARY"]`,
			"line 38, column 30: " + p + `userAccessToken: a secret must not stand in the config; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"prefix of two words", `"Token"`, `"My Token"`,
			"line 37, column 29: " + p + `customerPrefix: is no word of 32 ASCII characters at most; write it without the space behind it, such as "Bearer"`},
		{"prefix as written in the header", `"Token"`, `"Bearer "`,
			"line 37, column 29: " + p + "customerPrefix: begins or ends with a space; remove it"},
		{"prefix without a token", `"customerToken": {"env": "CUSTOMER"},
          "customerPrefix"`, `"customerPrefix"`,
			"line 36, column 29: " + p + "customerPrefix: stands before the customer's token, which is missing; add customerToken or consent, or remove this"},
		{"prefix of null", `"Token"`, `null`,
			"line 37, column 29: " + p + "customerPrefix: is null; write a value, or leave the field out"},
		{"expiry where nothing expires", `"dialect": "paydia", `, `"dialect": "paydia", "expiry": "iso", `,
			"line 46, column 42: " + r + "providers.paydia.expiry: is nothing that the dialect paydia has a use for; remove it"},
		{"statuses where there are none", `{"dialect": "paycools", `, `{"dialect": "paycools", "statuses": {"01": "paid"}, `,
			"line 44, column 57: " + r + "providers.paycools.statuses: is nothing that the dialect paycools has a use for; remove it"},
		{"prefix where there is no header", `{"dialect": "paycools", `, `{"dialect": "paycools", "customerPrefix": "Bearer", `,
			"line 44, column 63: " + r + "providers.paycools.customerPrefix: is nothing that the dialect paycools has a use for; remove it"},
	})
}

func TestPaymentPlanProblems(t *testing.T) {
	const p = "line 8, column "
	const plan = ": profiles.real.poll.payments."
	refuse(t, paying, []broken{
		{"never asks", `["1s", "2s"]`, `[]`,
			p + "36" + plan + `ask: is empty; write at least one duration, such as ["5s"], or leave the field out`},
		{"never cancels again", `"window": "45s"`, `"cancelAgain": []`,
			p + "65" + plan + `cancelAgain: is empty; write at least one duration, such as ["5s"], or leave the field out`},
		{"never sweeps", `"window": "45s"`, `"sweep": []`,
			p + "59" + plan + `sweep: is empty; write at least one duration, such as ["5s"], or leave the field out`},
		{"never asks again", `["5m", "1h"]`, `[]`,
			p + "103" + plan + `recheck: is empty; write at least one duration, such as ["5s"], or leave the field out`},
		{"asks again backwards", `["5m", "1h"]`, `["1h", "5m"]`,
			p + "103" + plan + "recheck: must rise, since each is counted from the payment's end; put them in order"},
		{"asks again twice at once", `["5m", "1h"]`, `["1h", "60m"]`,
			p + "103" + plan + "recheck: must rise, since each is counted from the payment's end; put them in order"},
		{"asks in no time", `["1s", "2s"]`, `["1s", "0s"]`,
			p + "43" + plan + `ask[1]: is shorter than 1 ms; write a longer one, such as "2s"`},
		{"cancel after the window", `"20s"`, `"46s"`,
			p + "85" + plan + "noCancelBefore: is longer than window: the cancel at the window's end would have to wait; make window longer or noCancelBefore shorter"},
		{"window before the cancel", `"window": "45s", "noCancelBefore": "20s"`, `"window": "10s"`,
			p + "60" + plan + "window: is shorter than noCancelBefore: the cancel at the window's end would have to wait; make window longer or noCancelBefore shorter"},
		{"proof", `"at-once"`, `"now"`,
			p + "129" + plan + "paidWhen: is not a value that it can have; use one of: query, at-once"},
		{"no proof", `"at-once"`, `""`,
			p + "129" + plan + "paidWhen: is not a value that it can have; use one of: query, at-once"},
		{"settle as a number", `"window": "45s"`, `"settle": 30`,
			p + "60" + plan + `settle: is not a duration; write a duration in quotes, such as "250ms", "15s", "15m" or "72h"`},
		{"a field of the deposits", `"window": "45s"`, `"every": "45s"`,
			p + "50" + plan + "every: is not a field here; the fields are: ask, cancelAgain, expiry, noCancelBefore, notFoundOver, paidWhen, recheck, settle, similar, sweep, window"},
	})
	refuse(t, sound, []broken{
		{"never asks for deposits", `["2s"]`, `[]`,
			`line 12, column 38: profiles.real.poll.deposits.first: is empty; write at least one duration, such as ["5s"], or leave the field out`},
	})
}

// TestDefaultPaymentPlan pins what a profile that says nothing gets. Source:
// PROTOCOLS.md 5, "Our defaults": first query after 1 s, then 2, 3, 3, 5, 5 …
// until 60 s; parked ones at 30 s, 1, 1, 1, 5, 5 min, then every 15 min; again
// after 5 min, 1 h and the next day; 3: a cancel repeated at 5, 10, 30 s, not
// before 15 s; not-founds over 60 s; DESIGN.md 2: ten minutes. The numbers are
// the till's own, too, where the document has none.
func TestDefaultPaymentPlan(t *testing.T) {
	want := PaymentPlan{
		Ask:    []time.Duration{1e9, 2e9, 3e9, 3e9, 5e9},
		Window: 60e9, Expiry: 90e9, NoCancelBefore: 15e9,
		CancelAgain: []time.Duration{5e9, 10e9, 30e9}, Settle: 30e9,
		Sweep:        []time.Duration{30e9, 60e9, 60e9, 60e9, 300e9, 300e9, 900e9},
		Recheck:      []time.Duration{300e9, 3600e9, 86400e9},
		NotFoundOver: 60e9, Similar: 600e9, PaidWhen: "query",
	}
	if got := DefaultPoll().Payments; !reflect.DeepEqual(got, want) {
		t.Errorf("default plan\n got %+v\nwant %+v", got, want)
	}
	c, err := parse("/c.json", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Profiles["real"].Poll.Payments; !reflect.DeepEqual(got, want) {
		t.Errorf("a profile that says nothing of payments gets %+v", got)
	}
	want.Ask, want.Window, want.NoCancelBefore = []time.Duration{1e9, 2e9}, 45e9, 20e9
	want.Recheck, want.PaidWhen = []time.Duration{300e9, 3600e9}, PaidAtOnce
	if got := payingProfile(t, paying).Poll.Payments; !reflect.DeepEqual(got, want) {
		t.Errorf("a profile that says some gets\n%+v, want\n%+v", got, want)
	}
}

func TestPaymentEndpoint(t *testing.T) {
	p := payingProfile(t, paying)
	if got := api.Amount(p.MaxAmount); got != api.IDR(500000050) {
		t.Errorf("the largest payment is %v", got)
	}
	e, err := p.Endpoint("cpm")
	if err != nil {
		t.Fatal(err)
	}
	if want := (api.Shop{SubMerchantID: "S1", StoreID: "0123", Name: "Toko", Location: "Jakarta", Acquirer: "Bank"}); e.Shop != want {
		t.Errorf("shop %+v, want %+v", e.Shop, want)
	}
	if want := (api.Terminal{ID: "T1", DeviceID: "D1", Channel: "till"}); e.Terminal != want {
		t.Errorf("terminal %+v, want %+v", e.Terminal, want)
	}
	wantStatuses := map[string]api.PaymentStatus{
		"00": "paid", "01": "pending", "02": "paid", "03": "pending",
		"04": "refunded", "05": "cancelled", "06": "failed", "07": "not-found", "08": "not-found",
	}
	if !reflect.DeepEqual(e.Statuses, wantStatuses) {
		t.Errorf("statuses %v, want %v", e.Statuses, wantStatuses)
	}
	if e.Expiry != api.ExpirySeconds || !reflect.DeepEqual(e.Spellings, map[string]string{"externalStoreID": "externalStoreId"}) {
		t.Errorf("expiry %q, spellings %v", e.Expiry, e.Spellings)
	}
	if e.CustomerToken == nil || e.UserAccessToken == nil {
		t.Error("tokens that are named have no function")
	}
	for provider, want := range map[string]string{"cpm": "Token ", "dana": "Bearer ", "paydia": "", "paycools": ""} {
		e, err := p.Endpoint(provider)
		if err != nil || e.CustomerPrefix != want {
			t.Errorf("%s: prefix %q, %v, want %q", provider, e.CustomerPrefix, err, want)
		}
		if provider != "cpm" && (e.Statuses != nil || e.UserAccessToken != nil) {
			t.Errorf("%s has statuses %v that nobody gave, or a token", provider, e.Statuses)
		}
	}
	bare, err := payingProfile(t, strings.Replace(paying, `"Token"`, `""`, 1)).Endpoint("cpm")
	if err != nil || bare.CustomerPrefix != "" {
		t.Errorf("a prefix that is empty by the profile: %q, %v", bare.CustomerPrefix, err)
	}
}

// TestPaymentSecretsAreReadLate: the config was read without them.
func TestPaymentSecretsAreReadLate(t *testing.T) {
	e, err := payingProfile(t, strings.Replace(paying, `{"keyring": "cashier/user"}`, `{"env": "USER_TOKEN"}`, 1)).Endpoint("cpm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field, variable string
		read            func() ([]byte, error)
	}{{"customerToken", "CUSTOMER", e.CustomerToken}, {"userAccessToken", "USER_TOKEN", e.UserAccessToken}} {
		want := "profiles.real.providers.cpm." + c.field + ": the environment variable " + c.variable + " is not set; set it before cashier starts"
		if _, err := c.read(); err == nil || err.Error() != want {
			t.Errorf("%s: %v", c.field, err)
		}
		t.Setenv(c.variable, "token-of-"+c.field)
		if token, err := c.read(); err != nil || string(token) != "token-of-"+c.field {
			t.Errorf("%s: %q, %v", c.field, token, err)
		}
		if got := Redact("token-of-" + c.field); got != Redacted {
			t.Errorf("%s is not struck out: %s", c.field, got)
		}
	}
}

// TestPayingIsWrittenAsRead: every field comes back as it was.
func TestPayingIsWrittenAsRead(t *testing.T) {
	before, err := parse("/etc/c.json", []byte(paying))
	if err != nil {
		t.Fatal(err)
	}
	text := written(t, before)
	after, err := parse("/etc/c.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	// What a function reads cannot be compared, a reference can.
	if !reflect.DeepEqual(before.Profiles, after.Profiles) {
		t.Errorf("written\n%s\nread\n%s", text, written(t, after))
	}
	for _, spelt := range []string{
		`"maxAmount":"5000000.50"`, `"window":"45s"`, `"ask":["1s","2s"]`, `"paidWhen":"at-once"`, `"02":"paid"`, `"customerPrefix":"Token"`,
		`"listen":"[::1]:8080"`, `"publicKey":{"file":"cpm.pem"}`, `"signedPath":"/outside/notify"`, `"channel":"till"`,
	} {
		if !strings.Contains(text, spelt) {
			t.Errorf("%s is not in %s", spelt, text)
		}
	}
}

// TestDialectsPayAsTheirDocuments pins what the table says of customers'
// tokens and notifications.
func TestDialectsPayAsTheirDocuments(t *testing.T) {
	for name, want := range map[string]struct {
		prefix, path string
		notifies     snap.Kind
	}{
		"snap-cpm": {"Bearer", "/v1.0/qr/qr-cpm-notify", snap.Symmetric}, // seed 003, headers of its samples and API Payment Notify
		"paydia":   {"", "", ""},                                         // seed 002, its sample's header
		"finnet":   {"Bearer", "", ""},                                   // seed 004 has no header table: the set of seed 003
		"paycools": {"", "/v2.0/cdm/cdm-mpm-notify", Unsigned},           // seed 001, notifyUrl; the path is ours
	} {
		got := dialects[name]
		if got.prefix != want.prefix || got.path != want.path || got.notifies != want.notifies {
			t.Errorf("%s: prefix %q, path %q, notifies %q", name, got.prefix, got.path, got.notifies)
		}
	}
}
