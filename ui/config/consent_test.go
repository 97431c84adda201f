package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cashier/api"
)

// asking is a sound config of providers that are asked for others' payments.
const asking = `{
  "profiles": {
    "real": {
      "providers": {
        "paydia": {
          "dialect": "paydia",
          "baseUrl": "https://paydia.example",
          "clientKey": "app",
          "channelId": "286",
          "privateKey": {"file": "key.pem"},
          "clientSecret": {"env": "SECRET"},
          "paths": {"74": "/token/customer"},
          "headers": {"51": ["Authorization-Customer", "X-EXTERNAL-ID", "CHANNEL-ID"]},
          "consent": {"authCode": {"file": "code"}, "smallGrants": true},
          "customerPrefix": "Bearer",
          "originalService": "47"
        },
        "finnet": {
          "dialect": "finnet",
          "baseUrl": "https://finnet.example",
          "clientKey": "app",
          "merchantId": "m",
          "channelId": "95221",
          "privateKey": {"file": "key.pem"},
          "clientSecret": {"env": "SECRET"},
          "consent": {"refreshToken": {"env": "REFRESH"}}
        },
        "fifth": {
          "dialect": "finnet", "baseUrl": "https://fifth.example", "clientKey": "app", "merchantId": "m",
          "privateKey": {"file": "key.pem"}, "clientSecret": {"env": "SECRET"},
          "headers": {"51": []}
        },
        "paycools": {"dialect": "paycools", "baseUrl": "https://paycools.example", "clientKey": "app", "privateKey": {"file": "key.pem"}}
      }
    }
  },
  "profile": "real"
}
`

func TestConsentProblems(t *testing.T) {
	const p = "profiles.real.providers."
	refuse(t, asking, []broken{
		{"no consent in it", `{"authCode": {"file": "code"}, "smallGrants": true}`, `{"smallGrants": true}`,
			"line 14, column 22: " + p + "paydia.consent: names no consent; write authCode, or refreshToken in its place"},
		{"both", `"smallGrants": true`, `"refreshToken": {"env": "REFRESH"}`,
			"line 14, column 69: " + p + "paydia.consent.refreshToken: stands beside authCode, which alone would be used; remove one of them"},
		{"two tokens", `"customerPrefix": "Bearer"`, `"customerToken": {"env": "TOKEN"}`,
			"line 14, column 22: " + p + "paydia.consent: stands beside customerToken, and only one token can be sent; remove one of them"},
		{"a code in the config", `{"file": "code"}`, `"CANARY"`,
			"line 14, column 35: " + p + `paydia.consent.authCode: a secret must not stand in the config; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"a word for yes", `"smallGrants": true`, `"smallGrants": "yes"`,
			"line 14, column 68: " + p + "paydia.consent.smallGrants: must be true or false, without quotes"},
		{"misspelt", `"smallGrants"`, `"smallGrant"`,
			"line 14, column 53: " + p + "paydia.consent.smallGrant: is not a field here; did you mean smallGrants?"},
		{"a text", `{"refreshToken": {"env": "REFRESH"}}`, `"CANARY"`,
			"line 26, column 22: " + p + "finnet.consent: must be an object in { }"},
		{"where no customer consents", `{"dialect": "paycools", `, `{"dialect": "paycools", "consent": {"authCode": {"env": "C"}}, `,
			"line 33, column 56: " + p + "paycools.consent: is nothing that the dialect paycools has a use for; remove it"},
		{"prefix of nothing", `"consent": {"authCode": {"file": "code"}, "smallGrants": true},
`, "\n",
			"line 15, column 29: " + p + "paydia.customerPrefix: stands before the customer's token, which is missing; add customerToken or consent, or remove this"},

		{"service in words", `"47"`, `"MPM"`,
			"line 16, column 30: " + p + `paydia.originalService: is no service; write the two digits of the one that made the payments, such as "47"`},
		{"no service", `"47"`, `""`,
			"line 16, column 30: " + p + `paydia.originalService: is no service; write the two digits of the one that made the payments, such as "47"`},
		{"where nothing is looked up", `{"dialect": "paycools", `, `{"dialect": "paycools", "originalService": "47", `,
			"line 33, column 64: " + p + "paycools.originalService: is nothing that the dialect paycools has a use for; remove it"},

		{"header misspelt", `"CHANNEL-ID"]`, `"CHANEL-ID"]`,
			"line 13, column 73: " + p + "paydia.headers.51[2]: is no header that can be chosen; did you mean CHANNEL-ID?"},
		{"header that always goes", `"CHANNEL-ID"]`, `"X-SIGNATURE"]`,
			"line 13, column 73: " + p + "paydia.headers.51[2]: is no header that can be chosen; use some of: Authorization-Customer, ORIGIN, X-EXTERNAL-ID, X-IP-ADDRESS, X-DEVICE-ID, X-LATITUDE, X-LONGITUDE, CHANNEL-ID"},
		{"header twice", `"CHANNEL-ID"]`, `"X-EXTERNAL-ID"]`,
			"line 13, column 73: " + p + "paydia.headers.51[2]: stands twice in this list; remove one"},
		{"headers of another service", `"headers": {"51": ["Auth`, `"headers": {"60": ["Auth`,
			"line 13, column 29: " + p + "paydia.headers.60: is no service of the dialect paydia that this can be said of; use one of: 51"},
		{"a header without a list", `"headers": {"51": []}`, `"headers": {"51": "CHANNEL-ID"}`,
			"line 31, column 29: " + p + "fifth.headers.51: must be a list in [ ]"},
		{"channel that the header set needs", `
          "channelId": "286",`, "",
			"line 5, column 19: " + p + "paydia.channelId: is missing; the dialect paydia sends it in every request; write what the contract says"},
		{"Finnet's channel", `
          "channelId": "95221",`, "",
			"line 18, column 19: " + p + "finnet.channelId: is missing; the dialect finnet sends it in every request; write what the contract says"},
		{"channel of a set of one's own", `"headers": {"51": []}`, `"headers": {"51": ["CHANNEL-ID"]}`,
			"line 28, column 18: " + p + "fifth.channelId: is missing; the dialect finnet sends it in every request; write what the contract says"},
	})
}

func TestConsentEndpoint(t *testing.T) {
	folder := t.TempDir()
	c, err := parse(filepath.Join(folder, "c.json"), []byte(asking))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Profiles["real"]
	paydia, err := p.Endpoint("paydia")
	if err != nil {
		t.Fatal(err)
	}
	if paydia.CustomerPrefix != "Bearer " || paydia.CustomerToken != nil || paydia.OriginalService != "47" ||
		!slices.Equal(paydia.Headers["51"], []string{"Authorization-Customer", "X-EXTERNAL-ID", "CHANNEL-ID"}) || paydia.Paths["74"] != "/token/customer" {
		t.Errorf("%+v", paydia)
	}
	consent := paydia.Customer
	if consent == nil || !consent.SmallGrants || consent.AuthCode == nil || consent.RefreshToken != nil || consent.Store != nil {
		t.Fatalf("consent %+v", consent)
	}
	// A new code counts without a restart, and none is told afterwards.
	code := filepath.Join(folder, "code")
	if _, err := consent.AuthCode(); err == nil || !strings.HasPrefix(err.Error(), "profiles.real.providers.paydia.consent.authCode: the file "+code+" is not there") {
		t.Errorf("no code: %v", err)
	}
	for _, text := range []string{"first-code", "second-code"} {
		if err := os.WriteFile(code, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := consent.AuthCode(); err != nil || string(got) != text || Redact(text) != Redacted {
			t.Errorf("%q, %v, struck out: %q", got, err, Redact(text))
		}
	}
	finnet, err := p.Endpoint("finnet")
	if err != nil || finnet.Customer == nil || finnet.Customer.AuthCode != nil || finnet.Customer.SmallGrants || finnet.CustomerPrefix != "Bearer " {
		t.Errorf("finnet: %+v, %v", finnet.Customer, err)
	}
	t.Setenv("REFRESH", "refresh-token")
	if got, err := finnet.Customer.RefreshToken(); err != nil || string(got) != "refresh-token" {
		t.Errorf("%q, %v", got, err)
	}
	fifth, err := p.Endpoint("fifth")
	if err != nil || fifth.Headers["51"] == nil || len(fifth.Headers["51"]) != 0 || fifth.Customer != nil || fifth.CustomerPrefix != "" {
		t.Errorf("fifth: %+v, %v", fifth, err)
	}

	text := written(t, c)
	after, err := parse(filepath.Join(folder, "c.json"), []byte(text))
	if err != nil || !reflect.DeepEqual(c.Profiles, after.Profiles) {
		t.Errorf("%v, written\n%s", err, text)
	}
}

// TestHeadersAreTheClients: what can be chosen is what an operation of the
// client may carry.
func TestHeadersAreTheClients(t *testing.T) {
	if got := api.LookupOperation("paydia", "", "").Headers; !reflect.DeepEqual(got, optionalHeaders()) {
		t.Errorf("the config knows %q, the client %q", optionalHeaders(), got)
	}
}
