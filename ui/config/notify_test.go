package config

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cashier/api/snap"
)

func TestNotifyProblems(t *testing.T) {
	const n = "profiles.real.notify."
	const s = n + "sources."
	const plain = `is no plain path; write it from the host on, without query and without / at its end, such as "/v1.0/qr/qr-cpm-notify"`
	const nowhere = `is no address to listen at; write "127.0.0.1:8080", or "0.0.0.0:8080" for every address of this machine`
	const noPort = `has no port from 1 to 65535; write "127.0.0.1:8080", or "0.0.0.0:8080" for every address of this machine`
	const reference = `write {"file":"KEY.pem"}, {"env":"NAME"} or {"keyring":"service/user"}`
	refuse(t, paying, []broken{
		{"port alone", `"[::1]:8080"`, `"8080"`, "line 10, column 19: " + n + "listen: " + nowhere},
		{"every address unsaid", `"[::1]:8080"`, `":8080"`, "line 10, column 19: " + n + "listen: " + nowhere},
		{"a name", `"[::1]:8080"`, `"CANARY.example:8080"`, "line 10, column 19: " + n + "listen: " + nowhere},
		{"an URL", `"[::1]:8080"`, `"http://127.0.0.1:8080"`, "line 10, column 19: " + n + "listen: " + nowhere},
		{"an interface", `"[::1]:8080"`, `"[fe80::1%eth0]:8080"`, "line 10, column 19: " + n + "listen: " + nowhere},
		{"nowhere", `"[::1]:8080"`, `""`, "line 10, column 19: " + n + "listen: " + nowhere},
		{"no port", `"[::1]:8080"`, `"127.0.0.1:"`, "line 10, column 19: " + n + "listen: " + noPort},
		{"any port", `"[::1]:8080"`, `"127.0.0.1:0"`, "line 10, column 19: " + n + "listen: " + noPort},
		{"large port", `"[::1]:8080"`, `"127.0.0.1:65536"`, "line 10, column 19: " + n + "listen: " + noPort},
		{"port's name", `"[::1]:8080"`, `"127.0.0.1:http"`, "line 10, column 19: " + n + "listen: " + noPort},
		{"a sandbox open to the network", `"127.0.0.1:0"`, `"0.0.0.0:8080"`,
			`line 3, column 55: profiles.sandbox.notify.listen: is not this machine alone, and a sandbox speaks to no other; write "127.0.0.1:8080"`},
		{"nobody to hear", paying[strings.Index(paying, `,
        "sources"`):strings.Index(paying, `
      },
      "providers"`)], ``,
			`line 9, column 17: profiles.real.notify: listens to nobody; write "sources":{…}, or remove listen`},

		{"token path", `"/token"`, `"token"`, "line 11, column 22: " + n + "tokenPath: " + plain},
		{"path with a query", `"path": "/dana"`, `"path": "/dana?x=1"`, "line 20, column 113: " + s + "dana.path: " + plain},
		{"path that ends with a slash", `"path": "/dana"`, `"path": "/dana/"`, "line 20, column 113: " + s + "dana.path: " + plain},
		{"path with dots", `"path": "/dana"`, `"path": "/x/../dana"`, "line 20, column 113: " + s + "dana.path: holds . or .. as a folder; write the path without"},
		{"empty path", `"path": "/dana"`, `"path": ""`, "line 20, column 113: " + s + "dana.path: " + plain},
		{"signed path", `"/outside/notify"`, `"https://CANARY"`, "line 18, column 27: " + s + "cpm.signedPath: " + plain},
		{"the document's path twice", `, "path": "/dana"`, ``,
			"line 20, column 19: " + s + "dana.path: is another source's path, or the token endpoint's; give each its own"},
		{"another's path", `"path": "/dana"`, `"path": "/v1.0/qr/qr-cpm-notify"`,
			"line 20, column 113: " + s + "dana.path: is another source's path, or the token endpoint's; give each its own"},
		{"the token endpoint's path", `"path": "/dana"`, `"path": "/token"`,
			"line 20, column 113: " + s + "dana.path: is another source's path, or the token endpoint's; give each its own"},

		{"no provider", `"paycools": {}
`, `"gopay": {}
`, "line 21, column 20: " + s + "gopay: is no provider of this profile; name one of: cpm, dana, paycools, paydia"},
		{"no name", `"paycools": {}
`, `"PayCools": {}
`, "line 21, column 23: " + s + "PayCools: is no name for a provider; use small letters, digits, and . _ - between them, 40 at most, and none of Windows' device names"},
		{"a provider that never notifies", `"paycools": {}
`, `"paydia": {}
`, "line 21, column 21: " + s + "paydia: is a provider whose document knows no notifications; remove it"},
		{"another provider's dialect", `"dialect": "snap-cpm", "signature"`, `"dialect": "paycools", "signature"`,
			"line 20, column 31: " + s + "dana.dialect: is not the one of this provider; remove it"},
		{"a dialect that never notifies", `"dialect": "snap-cpm", "signature"`, `"dialect": "finnet", "signature"`,
			"line 20, column 31: " + s + "dana.dialect: is no dialect that notifies; use one of: paycools, snap-cpm"},
		{"no dialect", `"dialect": "snap-cpm", "signature"`, `"dialect": "", "signature"`,
			"line 20, column 31: " + s + "dana.dialect: is empty; write one of: paycools, snap-cpm"},
		{"signature", `"asymmetric"`, `"rsa"`,
			"line 20, column 56: " + s + "dana.signature: is not a value that it can have; use one of: symmetric, asymmetric"},
		{"payments without a signature", `"asymmetric"`, `"unsigned"`,
			"line 20, column 56: " + s + "dana.signature: is not a value that it can have; use one of: symmetric, asymmetric"},
		{"signature of requests alone", `"paycools": {}
`, `"paycools": {"signature": "client-key"}
`, "line 21, column 37: " + s + "paycools.signature: is not a value that it can have; use one of: symmetric, asymmetric, unsigned"},

		{"nothing to verify with", `, "publicKey": {"file": "dana.pem"}`, ``,
			"line 20, column 19: " + s + `dana.publicKey: is missing; the provider's key verifies what it signs; write {"file":"PROVIDER.pem"}`},
		{"token requests unverified", `"clientSecret": {"env": "THEIRS"},
            "publicKey": {"file": "cpm.pem"},`, `"clientSecret": {"env": "THEIRS"},`,
			"line 13, column 18: " + s + `cpm.publicKey: is missing; the provider's key verifies what it signs; write {"file":"PROVIDER.pem"}`},
		{"no client key", `"clientKey": "theirs",`, ``,
			"line 13, column 18: " + s + "cpm.clientKey: is missing; the provider asks us for a token with it; write the one that you gave to the provider"},
		{"no secret", `"clientSecret": {"env": "THEIRS"},`, ``,
			"line 13, column 18: " + s + "cpm.clientSecret: is missing; it is shared with the provider, for symmetric signatures; " + reference},
		{"secret in the config", `{"env": "THEIRS"}`, `"CANARY"`,
			"line 16, column 29: " + s + "cpm.clientSecret: a secret must not stand in the config; " + reference},
		{"client key of a header", `"theirs"`, `"CAN ARY"`,
			"line 15, column 26: " + s + "cpm.clientKey: is sent in a header and may hold neither a space nor a letter beyond ASCII; correct it"},
		{"one client key for two", `"signature": "asymmetric"`, `"signature": "symmetric", "clientKey": "theirs", "clientSecret": {"env": "X"}`,
			"line 20, column 82: " + s + "dana.clientKey: is another source's; give each its own"},
		{"a key that verifies nothing", `"paycools": {}
`, `"paycools": {"publicKey": {"file": "p.pem"}}
`, "line 21, column 37: " + s + "paycools.publicKey: verifies nothing of a source whose signature is unsigned; write another signature, or remove this"},
		{"a secret that verifies nothing", `"signature": "asymmetric"`, `"signature": "asymmetric", "clientSecret": {"env": "X"}`,
			"line 20, column 86: " + s + "dana.clientSecret: verifies nothing of a source whose signature is asymmetric; write another signature, or remove this"},

		{"key in the config", `{"file": "cpm.pem"}`, `"-----BEGIN PUBLIC KEY----- CANARY"`,
			"line 17, column 26: " + s + `cpm.publicKey: is no reference to a key's file; write {"file":"PROVIDER.pem"}`},
		{"private key for a file's name", `"cpm.pem"`, `"-----BEGIN PRIVATE KEY----- CANARY"`,
			"line 17, column 35: " + s + `cpm.publicKey.file: a key must not stand in the config; put it in a file of its own and write {"file":"PROVIDER.pem"}`},
		{"key of a variable", `{"file": "cpm.pem"}`, `{"env": "CANARY"}`,
			"line 17, column 26: " + s + `cpm.publicKey: is no reference to a key's file; write {"file":"PROVIDER.pem"}`},
		{"file without a name", `"cpm.pem"`, `""`,
			"line 17, column 35: " + s + `cpm.publicKey.file: is empty; write {"file":"PROVIDER.pem"}`},
		{"file of a number", `"cpm.pem"`, `1`,
			"line 17, column 35: " + s + "cpm.publicKey.file: must be text in quotes"},
	})
}

// TestSourceWithoutProvider: in a sandbox the providers are built in.
func TestSourceWithoutProvider(t *testing.T) {
	const text = `{"profiles":{"s":{"sandbox":true,"notify":{"sources":{"cpm":{%s"signature":"asymmetric","publicKey":{"file":"k"}}}}}}}`
	c, err := parse("/c.json", []byte(strings.Replace(text, "%s", `"dialect":"snap-cpm",`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Profiles["s"].Inbound(); len(got) != 1 || got[0].Path != "/v1.0/qr/qr-cpm-notify" {
		t.Errorf("got %+v", got)
	}
	_, err = parse("/c.json", []byte(strings.Replace(text, "%s", "", 1)))
	if want := "profiles.s.notify.sources.cpm.dialect: is missing; write one of: paycools, snap-cpm"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("without a dialect: %v", err)
	}
}

// TestTokenEndpointsPath: the document's path is the token endpoint's only
// where one is needed.
func TestTokenEndpointsPath(t *testing.T) {
	text := strings.NewReplacer(`"tokenPath": "/token",`, "", `"path": "/dana"`, `"path": "/v1.0/access-token/b2b"`).Replace(paying)
	if _, err := parse("/c.json", []byte(text)); err == nil || !strings.Contains(err.Error(), "dana.path: is another source's path, or the token endpoint's") {
		t.Errorf("beside a symmetric source: %v", err)
	}
	begins, ends := strings.Index(text, `          "cpm": {`), strings.Index(text, `          "dana": {`)
	if _, err := parse("/c.json", []byte(text[:begins]+text[ends:])); err != nil {
		t.Errorf("without one: %v", err)
	}
}

func TestInbound(t *testing.T) {
	p := payingProfile(t, paying)
	if p.Notify.Listen != "[::1]:8080" || p.Notify.TokenPath != "/token" {
		t.Errorf("listens at %q, %q", p.Notify.Listen, p.Notify.TokenPath)
	}
	got := p.Inbound()
	for i, has := range []struct{ key, secret bool }{{true, true}, {true, false}, {false, false}} {
		if (got[i].PublicKey != nil) != has.key || (got[i].ClientSecret != nil) != has.secret {
			t.Errorf("%s: a key that is named has a function, and no other: %v, %v", got[i].Name, got[i].PublicKey != nil, got[i].ClientSecret != nil)
		}
		got[i].PublicKey, got[i].ClientSecret = nil, nil
	}
	want := []Inbound{
		{Name: "cpm", Dialect: "snap-cpm", Kind: snap.Symmetric, Path: "/v1.0/qr/qr-cpm-notify", SignedPath: "/outside/notify", ClientKey: "theirs"},
		{Name: "dana", Dialect: "snap-cpm", Kind: snap.Asymmetric, Path: "/dana"},
		{Name: "paycools", Dialect: "paycools", Kind: Unsigned, Path: "/v2.0/cdm/cdm-mpm-notify"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if got := (Profile{}).Inbound(); got != nil {
		t.Errorf("a profile that hears nobody: %v", got)
	}
	signed := payingProfile(t, strings.Replace(paying, `"paycools": {}
`, `"paycools": {"signature": "asymmetric", "publicKey": {"file": "k"}}
`, 1)).Inbound()[2]
	if signed.Kind != snap.Asymmetric || signed.PublicKey == nil {
		t.Errorf("deposits that a contract has signed: %+v", signed)
	}
}

func TestInboundKeysAreReadLate(t *testing.T) {
	folder := t.TempDir()
	c, err := parse(filepath.Join(folder, "c.json"), []byte(paying))
	if err != nil {
		t.Fatal(err)
	}
	cpm := c.Profiles["real"].Inbound()[0]
	const at = "profiles.real.notify.sources.cpm."
	if _, err := cpm.ClientSecret(); err == nil || !strings.HasPrefix(err.Error(), at+"clientSecret: the environment variable THEIRS is not set") {
		t.Errorf("a secret that is not there: %v", err)
	}
	file := filepath.Join(folder, "cpm.pem")
	_, err = cpm.PublicKey()
	if want := at + "publicKey: the file " + file + " is not there; put the key there, or correct the config"; !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("a key that is not there: %v", err)
	}
	key := testKey()
	pkix, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		text  []byte
		cause error // nil: it is a key
	}{
		{"PKIX", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix}), nil},
		{"PKCS #1", pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)}), nil},
		{"DER", pkix, nil},
		{"our own key", pkcs8(t, key), snap.ErrKeyPrivate},
		{"no key", []byte("CANARY"), snap.ErrKeyUnreadable},
		{"nothing", nil, snap.ErrKeyEmpty},
	} {
		// Anybody may read it.
		write(t, file, c.text, 0o644)
		got, err := cpm.PublicKey()
		switch {
		case c.cause == nil && (err != nil || !got.Equal(&key.PublicKey)):
			t.Errorf("%s: %v", c.name, err)
		case !errors.Is(err, c.cause):
			t.Errorf("%s: %v, want %v", c.name, err, c.cause)
		case c.cause != nil && (!strings.HasPrefix(err.Error(), at+"publicKey: file cpm.pem: ") || strings.Contains(err.Error(), "CANARY")):
			t.Errorf("%s: %v", c.name, err)
		}
	}
	write(t, file, bytes.Repeat([]byte("k"), maxSecret+1), 0o644)
	if _, err := cpm.PublicKey(); err == nil || !strings.Contains(err.Error(), "is larger than 65536 bytes; it is no key") {
		t.Errorf("a large file: %v", err)
	}
	if _, err := (PublicKey{File: folder}).Read(); err == nil || !strings.Contains(err.Error(), "is not a file; name the file that holds the key") {
		t.Errorf("a folder: %v", err)
	}
}
