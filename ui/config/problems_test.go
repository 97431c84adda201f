package config

import (
	"errors"
	"strings"
	"testing"
)

// sound is a config that the cases below break, each in one place.
const sound = `{
  "profile": "real",
  "language": "id",
  "background": "dark",
  "profiles": {
    "sandbox": {"sandbox": true},
    "real": {
      "terminal": {"id": "T1", "deviceIp": "203.0.113.7", "latitude": "-6.1"},
      "merchant": {"name": "Toko"},
      "courier": {"courierNo": "42", "notifyUrl": "www.test.com"},
      "limits": {"courierNo": 4},
      "poll": {"deposits": {"first": ["2s"], "every": "15s"}},
      "providers": {
        "paycools": {
          "dialect": "paycools",
          "baseUrl": "https://paycools.example/gate",
          "clientKey": "app",
          "privateKey": {"file": "key.pem"},
          "timeouts": {"90": "8s"},
          "signature": {"90": "client-key"},
          "rangeReading": "utc"
        },
        "cpm": {
          "dialect": "snap-cpm",
          "baseUrl": "https://cpm.example",
          "clientKey": "app",
          "merchantId": "m",
          "channelId": "95221",
          "privateKey": {"keyring": "cashier/key"},
          "clientSecret": {"env": "SECRET"},
          "encoding": "hex",
          "paths": {"60": "/v1.0/pay"}
        }
      }
    }
  }
}
`

func TestProblems(t *testing.T) {
	const p = "profiles.real.providers.paycools"
	const q = "profiles.real.providers.cpm"
	cases := []broken{
		{"http to the network", "https://paycools.example/gate", "http://paycools.example",
			"line 16, column 22: " + p + ".baseUrl: http:// is only allowed to this machine; write https://"},
		{"no scheme", "https://paycools.example/gate", "paycools.example",
			"line 16, column 22: " + p + ".baseUrl: is no address; write it as https://host or https://host/prefix"},
		{"another scheme", "https://paycools.example/gate", "ftp://paycools.example",
			"line 16, column 22: " + p + ".baseUrl: has a scheme that cashier does not speak; write https://"},
		{"credentials in the address", "https://paycools.example/gate", "https://u:CANARY@paycools.example",
			"line 16, column 22: " + p + ".baseUrl: holds a user or password; remove it and use clientKey and privateKey"},
		{"query", "paycools.example/gate", "paycools.example/?",
			"line 16, column 22: " + p + ".baseUrl: holds a query (?); remove it"},
		{"fragment", "paycools.example/gate", "paycools.example/#",
			"line 16, column 22: " + p + ".baseUrl: holds a fragment (#); remove it"},
		{"host of other letters", "paycools.example/gate", "pаycools.example",
			"line 16, column 22: " + p + ".baseUrl: has a host that is no name of letters, digits, dots and hyphens; correct it (write an international name as xn--…)"},
		{"port", "paycools.example/gate", "paycools.example:70000",
			"line 16, column 22: " + p + ".baseUrl: has a wrong port; write a number from 1 to 65535, or none"},
		{"path with dots", "paycools.example/gate", "paycools.example/a/../b",
			"line 16, column 22: " + p + ".baseUrl: has a path that is not plain; write https://host/prefix without //, . and .. and %"},
		{"a sandbox on the network", `{"sandbox": true}`, `{"sandbox": true, "providers": {"p": {"dialect": "paycools", "baseUrl": "https://p.example", "clientKey": "a", "privateKey": {"env": "K"}}}}`,
			"line 6, column 88: profiles.sandbox.providers.p" + `.baseUrl: is not this machine, and a sandbox profile moves no real money; write a loopback address, or "sandbox":false`},
		{"address missing", `"baseUrl": "https://cpm.example",`, ``,
			"line 23, column 16: " + q + ".baseUrl: is missing; write the provider's address, such as https://snap.finnet.co.id"},

		{"unknown field, near", `"clientKey": "app",
          "privateKey"`, `"clientkey": "app",
          "privateKey"`,
			"line 17, column 11: " + p + ".clientkey: is not a field here; did you mean clientKey?"},
		{"unknown field, far", `"name": "Toko"`, `"colour": "CANARY"`,
			"line 9, column 20: profiles.real.merchant.colour: is not a field here; the fields are: acquirerName, id, location, name, storeId, subMerchantId"},
		{"twice", `"language": "id"`, `"profile": "CANARY"`,
			"line 3, column 3: profile: stands twice, first on line 2; remove one"},
		{"null", `"id": "T1"`, `"id": null`,
			"line 8, column 26: profiles.real.terminal.id: is null; write a value, or leave the field out"},
		{"number for text", `"id": "T1"`, `"id": 1`,
			"line 8, column 26: profiles.real.terminal.id: must be text in quotes"},
		{"text for a number", `"courierNo": 4}`, `"courierNo": "4"}`,
			"line 11, column 31: profiles.real.limits.courierNo: must be a whole number, without quotes"},
		{"fraction", `"courierNo": 4}`, `"courierNo": 4.5}`,
			"line 11, column 31: profiles.real.limits.courierNo: must be a whole number, without quotes"},
		{"text for yes or no", `{"sandbox": true}`, `{"sandbox": "true"}`,
			"line 6, column 28: profiles.sandbox.sandbox: must be true or false, without quotes"},
		{"text for an object", `{"name": "Toko"}`, `"CANARY"`,
			"line 9, column 19: profiles.real.merchant: must be an object in { }"},
		{"text for a list", `["2s"]`, `"2s"`,
			"line 12, column 38: profiles.real.poll.deposits.first: must be a list in [ ]"},
		{"control character", `"id": "T1"`, `"id": "T\u001b[2J"`,
			"line 8, column 26: profiles.real.terminal.id: holds a character that cannot be shown (a control, invisible or damaged one); remove it"},
		{"reversed writing", `"name": "Toko"`, `"name": "To\u202eko"`,
			"line 9, column 28: profiles.real.merchant.name: holds a character that cannot be shown (a control, invisible or damaged one); remove it"},
		{"space at the end", `"name": "Toko"`, `"name": "Toko "`,
			"line 9, column 28: profiles.real.merchant.name: begins or ends with a space; remove it"},

		{"number for a duration", `"every": "15s"`, `"every": 15`,
			"line 12, column 55: profiles.real.poll.deposits.every: is not a duration; write a duration in quotes, such as \"250ms\", \"15s\", \"15m\" or \"72h\""},
		{"bad duration", `["2s"]`, `["2s","2 s"]`,
			"line 12, column 44: profiles.real.poll.deposits.first[1]: is not a duration; write a duration in quotes, such as \"250ms\", \"15s\", \"15m\" or \"72h\""},
		{"no time at all", `"every": "15s"`, `"every": "0s"`,
			"line 12, column 55: profiles.real.poll.deposits.every: is shorter than 1 ms; write a longer one, such as \"2s\""},
		{"for ever", `{"90": "8s"}`, `{"90": "9000h"}`,
			"line 19, column 30: " + p + ".timeouts.90: is longer than 90 days; write a shorter one, such as \"72h\""},

		{"dialect", `"dialect": "paycools"`, `"dialect": "CANARY"`,
			"line 15, column 22: " + p + ".dialect: is no dialect that cashier speaks; use one of: finnet, paycools, paydia, snap-cpm"},
		{"dialect missing", `"dialect": "paycools",`, ``,
			"line 14, column 21: " + p + ".dialect: is missing; write one of: finnet, paycools, paydia, snap-cpm"},
		{"encoding", `"hex"`, `"hexx"`,
			"line 31, column 23: " + q + ".encoding: is not a value that it can have; did you mean hex?"},
		{"reading of ranges", `"utc"`, `"zulu time"`,
			"line 21, column 27: " + p + ".rangeReading: is not a value that it can have; use one of: jakarta, utc-labelled, utc"},
		{"language", `"language": "id"`, `"language": "french"`,
			"line 3, column 15: language: is not a value that it can have; use one of: id, en"},
		{"signature kind", `{"90": "client-key"}`, `{"90": "rsa"}`,
			"line 20, column 31: " + p + ".signature.90: is not a value that it can have; use one of: symmetric, asymmetric, client-key"},
		{"signature of a foreign service", `{"90": "client-key"}`, `{"60": "asymmetric"}`,
			"line 20, column 31: " + p + ".signature.60: is no service of the dialect paycools that this can be said of; use one of: 90, 91"},
		{"path without slash", `"/v1.0/pay"`, `"v1.0/pay"`,
			"line 32, column 27: " + q + `.paths.60: is no path; write it from the host on, beginning with one /, such as "/v1.0/access-token/b2b"`},
		{"path of another host", `"/v1.0/pay"`, `"//evil.example/pay"`,
			"line 32, column 27: " + q + `.paths.60: is no path; write it from the host on, beginning with one /, such as "/v1.0/access-token/b2b"`},
		{"client key with a space", `"clientKey": "app",
          "privateKey"`, `"clientKey": "a b",
          "privateKey"`,
			"line 17, column 24: " + p + ".clientKey: is sent in a header and may hold neither a space nor a letter beyond ASCII; correct it"},
		{"client key empty", `"clientKey": "app",
          "privateKey"`, `"clientKey": "",
          "privateKey"`,
			"line 17, column 24: " + p + ".clientKey: is empty; write the client key (PayCools calls it appId) that the provider gave you"},
		{"merchant missing", `"merchantId": "m",`, ``,
			"line 23, column 16: " + q + ".merchantId: is missing; the dialect snap-cpm sends it in every request; write what the contract says"},
		{"channel too long", `"95221"`, `"952210"`,
			"line 28, column 24: " + q + ".channelId: is longer than the provider's table allows (5 characters); shorten it"},

		{"secret in the config", `{"env": "SECRET"}`, `"CANARY"`,
			"line 30, column 27: " + q + `.clientSecret: a secret must not stand in the config; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"secret as a field", `{"env": "SECRET"}`, `{"CANARY": "x"}`,
			"line 30, column 27: " + q + `.clientSecret: is no reference to a secret, which has exactly one of file, env, keyring; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"two references", `{"env": "SECRET"}`, `{"env": "A", "file": "B"}`,
			"line 30, column 27: " + q + `.clientSecret: is no reference to a secret, which has exactly one of file, env, keyring; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"secret for a variable's name", `{"env": "SECRET"}`, `{"env": "CANARY+/="}`,
			"line 30, column 35: " + q + ".clientSecret.env: is no name of an environment variable; write the variable's name, not the secret"},
		{"key for a file's name", `{"file": "key.pem"}`, `{"file": "-----BEGIN PRIVATE KEY-----\nCANARY"}`,
			"line 18, column 34: " + p + `.privateKey.file: a key must not stand in the config; put it in a file of its own and write {"file":"KEY.pem"}`},
		{"keyring without a user", `"cashier/key"`, `"cashier/"`,
			"line 29, column 37: " + q + `.privateKey.keyring: is no place in a keyring; write "service/user"`},
		{"empty reference", `{"env": "SECRET"}`, `{"env": ""}`,
			"line 30, column 35: " + q + `.clientSecret.env: is empty; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"secret missing", `"clientSecret": {"env": "SECRET"},`, ``,
			"line 23, column 16: " + q + `.clientSecret: is missing; service 59 is signed symmetrically; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"symmetric by the profile", `{"90": "client-key"}`, `{"90": "symmetric"}`,
			"line 14, column 21: " + p + `.clientSecret: is missing; service 90 is signed symmetrically; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},
		{"key missing", `"privateKey": {"file": "key.pem"},`, ``,
			"line 14, column 21: " + p + `.privateKey: is missing; write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`},

		{"profile unknown", `"profile": "real"`, `"profile": "CANARY"`,
			"line 2, column 14: profile: names no profile of this file; name one of: real, sandbox"},
		{"profile missing", `"profile": "real",`, ``,
			"line 1, column 1: profile: is missing, and there are several profiles; name one of: real, sandbox"},
		{"profile's name", `"sandbox": {"sandbox": true}`, `"Real": {"sandbox": true}`,
			"line 6, column 13: profiles.Real: is no name for a profile; use small letters, digits, and . _ - between them, 40 at most, and none of Windows' device names"},
		{"profile's name is a path", `"sandbox": {"sandbox": true}`, `"../x": {"sandbox": true}`,
			"line 6, column 13: profiles.\"··/x\": is no name for a profile; use small letters, digits, and . _ - between them, 40 at most, and none of Windows' device names"},
		{"profile's name is a device", `"sandbox": {"sandbox": true}`, `"nul.x": {"sandbox": true}`,
			"line 6, column 14: profiles.\"nul·x\": is no name for a profile; use small letters, digits, and . _ - between them, 40 at most, and none of Windows' device names"},
		{"nobody to speak to", `{"sandbox": true}`, `{}`,
			`line 6, column 16: profiles.sandbox: has no providers; write "providers":{…}, or "sandbox":true`},
		{"limit of no field", `"courierNo": 4}`, `"courierNr": 4}`,
			"line 11, column 31: profiles.real.limits.courierNr: is no field with a limit; did you mean courierNo?"},
		{"courier too long", `"courierNo": "42"`, `"courierNo": "424242"`,
			"line 10, column 32: profiles.real.courier.courierNo: is longer than limits.courierNo allows (4 characters); shorten it"},
		{"limit of nothing", `"courierNo": 4}`, `"courierNo": 0}`,
			"line 11, column 31: profiles.real.limits.courierNo: must be a number of characters from 1 to 1024"},
		{"password in the notification", `www.test.com`, `https://u:CANARY@www.test.com`,
			"line 10, column 51: profiles.real.courier.notifyUrl: holds a user or password; remove it"},
		{"IP address", `203.0.113.7`, `172.24.281.24`,
			`line 8, column 44: profiles.real.terminal.deviceIp: is no IP address; write one, such as "203.0.113.7"`},
		{"latitude", `"-6.1"`, `"-96.1"`,
			`line 8, column 71: profiles.real.terminal.latitude: is no number of degrees within ±90; write it as "-6.108841"`},

		{"comment", `"language": "id",`, "// CANARY",
			`line 3, column 3: JSON has no comments; write a field "comment" instead`},
		{"comma too many", `"limits": {"courierNo": 4}`, `"limits": {"courierNo": 4,}`,
			"line 11, column 32: a comma too many; remove it"},
		{"comma too few", `"language": "id",`, `"language": "id"`,
			"line 4, column 3: a comma is missing before this; add it, or close the object or list"},
		{"wrong quotes", `"language": "id"`, `"language": 'CANARY'`,
			`line 3, column 15: a wrong kind of quote; write "`},
		{"curly quotes", `"language": "id"`, `"language": “CANARY”`,
			`line 3, column 15: a wrong kind of quote; write "`},
		{"open quote", `"language": "id",`, `"language": "CANARY,`,
			"line 3, column 23: a text does not end on its line; close its quote"},
		{"a path of Windows", `"key.pem"`, `"C:\keys\CANARY"`,
			"line 18, column 38: a wrong escape in a text; write a backslash twice, or / in a path"},
		{"bare word", `"language": "id"`, `"language": CANARY`,
			"line 3, column 15: this is no JSON; texts and field names stand in double quotes"},
		{"cut off", "      }\n    }\n  }\n}\n", "",
			"line 34, column 1: the file ends too early; a quote, } or ] is missing"},
		{"two files in one", "  }\n}\n", "  }\n}\n{}",
			"line 38, column 1: the file goes on after its last }; remove the rest"},
		{"not UTF-8", "Toko", "Tok\xe9",
			"line 9, column 32: the file is not UTF-8 here; save it as UTF-8"},
	}
	refuse(t, sound, cases)
}

// broken is a sound config with one text in place of another, and the one
// problem that it then has.
type broken struct{ name, old, new, want string }

func refuse(t *testing.T, sound string, cases []broken) {
	t.Helper()
	if _, err := parse("/c.json", []byte(sound)); err != nil {
		t.Fatalf("the sound config is not: %v", err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(sound, c.old, c.new, 1)
			if text == sound {
				t.Fatal("the case breaks nothing")
			}
			_, err := parse("/c.json", []byte(text))
			if err == nil {
				t.Fatal("taken")
			}
			if strings.Contains(err.Error(), "CANARY") && !strings.Contains(c.want, "CANARY") {
				t.Errorf("quotes the value: %v", err)
			}
			if got := strings.TrimPrefix(err.Error(), "/c.json: "); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			// Line ends and a byte order mark move nothing.
			_, windows := parse("/c.json", []byte("\xef\xbb\xbf"+strings.ReplaceAll(text, "\n", "\r\n")))
			if windows == nil || windows.Error() != err.Error() {
				t.Errorf("with CRLF and a byte order mark:\n got %v\nwant %v", windows, err)
			}
		})
	}
}

func TestWholeFileProblems(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", " \r\n", "/c.json: line 1, column 1: the file is empty; `cashier config init --config OTHER` writes an example"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "/c.json: line 1, column 1: the file is not UTF-8 (it looks like UTF-16); save it as UTF-8"},
		{"a list", "\n []", "/c.json: line 2, column 2: must be an object in { }"},
		{"nothing in it", "{}", `/c.json: line 1, column 1: profiles: there is no profile; write at least one, such as "profiles":{"sandbox":{"sandbox":true}}`},
		{"no profiles", `{"profiles":{}}`, `/c.json: line 1, column 13: profiles: there is no profile; write at least one, such as "profiles":{"sandbox":{"sandbox":true}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parse("/c.json", []byte(c.text)); err == nil || err.Error() != c.want {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestProblemsAreToldTogether(t *testing.T) {
	text := strings.NewReplacer(`"language": "id"`, `"language": "xx"`, `"8s"`, `8`, "https://cpm", "http://cpm").Replace(sound)
	_, err := parse("/c.json", []byte(text))
	want := `/c.json has 3 problems:
  line 3, column 15: language: is not a value that it can have; use one of: id, en
  line 19, column 30: profiles.real.providers.paycools.timeouts.90: is not a duration; write a duration in quotes, such as "250ms", "15s", "15m" or "72h"
  line 25, column 22: profiles.real.providers.cpm.baseUrl: http:// is only allowed to this machine; write https://`
	if err == nil || err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}

	many := `{"profiles":{"s":{"sandbox":true,"limits":{` + strings.TrimSuffix(strings.Repeat(`"x":1,`, 25), ",") + `}}}}`
	_, err = parse("/c.json", []byte(many))
	var all *Errors
	if !errors.As(err, &all) || len(all.Problems) != 20 || all.More != 5 {
		t.Fatalf("25 problems: %v", err)
	}
	if got := err.Error(); !strings.HasPrefix(got, "/c.json has 25 problems:\n") || !strings.HasSuffix(got, "\n  and 5 more") {
		t.Errorf("25 problems read %s", got)
	}
}
