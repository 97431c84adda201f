package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// TestDefaultPlan pins what a profile that says nothing gets. Source:
// PROTOCOLS.md 3, "Query": every 2, 3, 5 … 15 s on the screen, 60 s
// otherwise, 15 min after a day.
func TestDefaultPlan(t *testing.T) {
	want := DepositPlan{
		First: []time.Duration{2e9, 3e9, 5e9, 8e9, 12e9}, Every: 15e9, Background: 60e9, AfterDay: 900e9, Cap: 3 * 24 * 3600e9,
	}
	if got := DefaultPoll().Deposits; !reflect.DeepEqual(got, want) {
		t.Errorf("default plan %+v, want %+v", got, want)
	}
	c, err := parse("/c.json", []byte(`{"profiles":{"a":{"sandbox":true},"b":{"sandbox":true,"poll":{"deposits":{"every":"150ms","first":["1s"]}}}},"profile":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Profiles["a"].Poll.Deposits; !reflect.DeepEqual(got, want) {
		t.Errorf("a profile that says nothing gets %+v", got)
	}
	want.First, want.Every = []time.Duration{time.Second}, 150*time.Millisecond
	if got := c.Profiles["b"].Poll.Deposits; !reflect.DeepEqual(got, want) {
		t.Errorf("a profile that says some gets %+v, want %+v", got, want)
	}
	if got := Sandbox().Profiles["sandbox"].Poll; !reflect.DeepEqual(got, DefaultPoll()) {
		t.Errorf("the built-in sandbox gets %+v", got)
	}
}

func TestExampleLoads(t *testing.T) {
	c, err := Load("../../config.example.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("")
	if err != nil || !p.Sandbox || p.Name != "sandbox" {
		t.Errorf("the default profile is %q, sandbox %v, %v", p.Name, p.Sandbox, err)
	}
	spoken := map[string]bool{}
	for _, name := range c.Names() {
		p := c.Profiles[name]
		for _, provider := range p.ProviderNames() {
			e, err := p.Endpoint(provider)
			if err != nil {
				t.Errorf("%s, %s: %v", name, provider, err)
			}
			spoken[e.Dialect] = true
			if e.ClientKey == "" || e.PrivateKey == nil || !strings.HasPrefix(e.BaseURL, "https://") || p.Sandbox {
				t.Errorf("%s, %s is no full real provider: %+v", name, provider, p.Providers[provider])
			}
		}
	}
	for name := range dialects {
		if !spoken[name] {
			t.Errorf("the example has no provider of the dialect %s", name)
		}
	}
	for _, name := range []string{"courier", "cashier"} {
		if got := c.Profiles[name].Poll; !reflect.DeepEqual(got, DefaultPoll()) {
			t.Errorf("the example shows another plan than the default: %+v", got)
		}
	}
	cashier := c.Profiles["cashier"]
	e, err := cashier.Endpoint("cpm")
	if err != nil || !reflect.DeepEqual(e.Statuses, api.DefaultStatuses()) || e.CustomerPrefix != "Bearer " || e.UserAccessToken == nil {
		t.Errorf("the example's payments are not the document's: %+v, %v", e, err)
	}
	if heard := cashier.Inbound(); len(heard) != 1 || heard[0].PublicKey == nil || heard[0].ClientSecret == nil || cashier.Notify.Listen == "" {
		t.Errorf("the example hears %+v", heard)
	}
}

func TestEndpoint(t *testing.T) {
	c, err := parse("/etc/c.json", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("real")
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Endpoint("paycools")
	if err != nil {
		t.Fatal(err)
	}
	if got.PrivateKey == nil || got.ClientSecret != nil {
		t.Error("the private key has a function and the client secret, which is not named, has none")
	}
	if got.Conceal == nil {
		t.Error("access tokens are not struck out")
	}
	got.PrivateKey, got.Conceal = nil, nil
	want := api.Endpoint{
		Name: "paycools", Dialect: "paycools", BaseURL: "https://paycools.example/gate", ClientKey: "app",
		Signature: map[string]snap.Kind{"90": snap.ClientKey}, Timeouts: map[string]time.Duration{"90": 8 * time.Second},
		Limits: map[string]int{"courierNo": 4}, RangeReading: api.RangeUTC,
		Shop: api.Shop{Name: "Toko"}, Terminal: api.Terminal{ID: "T1", DeviceIP: "203.0.113.7", Latitude: "-6.1"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	cpm, err := p.Endpoint("cpm")
	if err != nil || cpm.Encoding != snap.Hex || cpm.Paths["60"] != "/v1.0/pay" || cpm.MerchantID != "m" || cpm.ChannelID != "95221" || cpm.ClientSecret == nil {
		t.Errorf("cpm is %+v, %v", cpm, err)
	}
	if _, err := p.Endpoint("gopay"); err == nil || err.Error() != `the profile real has no provider "gopay"; it has: cpm, paycools` {
		t.Errorf("an unknown provider: %v", err)
	}
	if _, err := c.Profiles["sandbox"].Endpoint("paycools"); err == nil {
		t.Error("a profile without providers has one")
	}
	if _, err := c.Profile("prod"); err == nil || err.Error() != `there is no profile "prod"; there are: real, sandbox` {
		t.Errorf("an unknown profile: %v", err)
	}
}

// TestExampleShowsEveryField of the profile that pays, as far as a plan,
// notifications and payments go.
func TestExampleShowsEveryField(t *testing.T) {
	text, err := os.ReadFile("../../config.example.json")
	if err != nil {
		t.Fatal(err)
	}
	// Of gateways, proxies and tests; a refresh token stands in authCode's place.
	optional := []string{"signPrefix", "signedPath", "retryPause", "refreshToken", "noHeader"}
	for _, v := range []any{Profile{}, Terminal{}, Merchant{}, Provider{}, Consent{}, Poll{}, DepositPlan{}, PaymentPlan{}, Notify{}, NotifySource{}, Printer{}, Settlement{}} {
		for i := range reflect.TypeOf(v).NumField() {
			name, _, _ := strings.Cut(reflect.TypeOf(v).Field(i).Tag.Get("json"), ",")
			if name != "-" && !bytes.Contains(text, []byte(`"`+name+`":`)) && !slices.Contains(optional, name) {
				t.Errorf("%T: the example has no %s", v, name)
			}
		}
	}
}

// TestAsymmetricNeedsNoSecret is the profile of a SNAP provider that gives no
// client secret.
func TestAsymmetricNeedsNoSecret(t *testing.T) {
	text := strings.Replace(sound, `"clientSecret": {"env": "SECRET"},`,
		`"signature": {"59":"asymmetric","60":"asymmetric","61":"asymmetric","62":"asymmetric","80":"asymmetric"},`, 1)
	if _, err := parse("/c.json", []byte(text)); err != nil {
		t.Error(err)
	}
}

// TestBaseURLHasOneForm: records are bound to it, so that another spelling
// must not look like another place.
func TestBaseURLHasOneForm(t *testing.T) {
	for written, want := range map[string]string{
		"https://Pay.Example/":           "https://pay.example",
		"HTTPS://pay.example:443/gate//": "https://pay.example/gate",
		"https://pay.example:8443":       "https://pay.example:8443",
		"http://127.0.0.1:8080/":         "http://127.0.0.1:8080",
		"http://127.9.9.9":               "http://127.9.9.9",
		"http://localhost:80/x/":         "http://localhost/x",
		"http://[::1]:8080":              "http://[::1]:8080",
		"http://[::1]":                   "http://[::1]",
		"http://[::ffff:127.0.0.1]:9":    "http://[::ffff:127.0.0.1]:9",
	} {
		c, err := parse("/c.json", []byte(strings.Replace(sound, "https://paycools.example/gate", written, 1)))
		if err != nil {
			t.Errorf("%s: %v", written, err)
		} else if got := c.Profiles["real"].Providers["paycools"].BaseURL; got != want {
			t.Errorf("%s became %s, want %s", written, got, want)
		}
	}
	for _, written := range []string{
		"http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://0.0.0.0", "http://10.0.0.1", "http://[::]",
		"http://[fe80::1%25eth0]", "https://[::1%25lo]", "https://", "https:///x", "https:pay.example", "//pay.example", "https://pay.example:", "https://pay.example:0",
		"https://pay.example/%2e%2e", "https://pay.example/a b", "https://pay..example", "https://-pay.example", "https://127.0.0.1:80:80",
	} {
		if _, err := parse("/c.json", []byte(strings.Replace(sound, "https://paycools.example/gate", written, 1))); err == nil {
			t.Errorf("%s is taken", written)
		}
	}
}

func TestLoadNeedsAFile(t *testing.T) {
	folder := t.TempDir()
	if _, err := Load(filepath.Join(folder, "none.json")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "cashier config init") {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("a folder: %v", err)
	}
	large := filepath.Join(folder, "large.json")
	whole := append([]byte(sound), bytes.Repeat([]byte(" "), MaxSize-len(sound))...)
	if err := os.WriteFile(large, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(large); err != nil || c.File != large {
		t.Errorf("a file of the greatest size: %v", err)
	}
	if err := os.WriteFile(large, append(whole, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(large); err == nil || !strings.Contains(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("one byte more: %v", err)
	}
}

func TestInit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "cashier", "config.json")
	if err := Init(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.Profile(""); err != nil || p.Sandbox || !slices.Contains(p.ProviderNames(), "paycools") {
		t.Errorf("the default profile is not one to fill in: %+v, %v", p, err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Init(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("the file that was there is now %q", text)
	}
}

func TestWriteIsReadAgain(t *testing.T) {
	before, err := parse("/c.json", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, before); err != nil {
		t.Fatal(err)
	}
	after, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	// Secrets carry the folder that they are relative to: compare as written.
	if a, b := written(t, before), written(t, after); a != b {
		t.Errorf("written\n%s\nread\n%s", a, b)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	broken := *before
	broken.Default = "nobody"
	if err := Write(path, &broken); err == nil {
		t.Error("a config that cannot be read again is written")
	}
	if _, err := Load(path); err != nil {
		t.Errorf("the good file was lost: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".config-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func written(t *testing.T, c *Config) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
