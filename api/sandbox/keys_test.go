package sandbox

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"cashier/api/snap"
)

func TestKeysAreMadeOnceWhenAsked(t *testing.T) {
	var made atomic.Int32
	begin := make(chan struct{})
	s := open(t, Options{Clock: newClock(), GenerateKey: func() (*rsa.PrivateKey, error) {
		made.Add(1)
		<-begin
		return testKey()
	}})
	clientKey, key, secret := s.Partner()
	if made.Load() != 0 || len(clientKey) != 32 {
		t.Fatalf("%d keys were made before anybody asked; the client key is %q", made.Load(), clientKey)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Keys(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
	close(begin)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := key(); err != nil {
				t.Error(err)
			}
			if text, err := secret(); err != nil || len(text) != 64 {
				t.Errorf("the secret has %d characters, %v", len(text), err)
			}
		})
	}
	all.Wait()
	if n := made.Load(); n != 2 {
		t.Errorf("%d keys were made, want the partner's and the provider's", n)
	}
}

func TestKeysFailureIsToldAndTriedAgain(t *testing.T) {
	var fail atomic.Bool
	fail.Store(true)
	broken := errors.New("no entropy")
	s := open(t, Options{Clock: newClock(), GenerateKey: func() (*rsa.PrivateKey, error) {
		if fail.Load() {
			return nil, broken
		}
		return testKey()
	}})
	if _, err := s.Keys(t.Context()); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	p := &partner{t: t, transport: s.Transport(), base: "http://sandbox", now: s.now, id: s.ClientKey()}
	p.key, _ = testKey()
	if got := p.must(p.request("73", `{"grantType":"client_credentials"}`)); got.code() != "4017300" {
		t.Errorf("signed while there is no key: %v", got.fields)
	}
	fail.Store(false)
	newPartner(t, s).generate("R1")
}

func TestWriteConfig(t *testing.T) {
	s := open(t, Options{Clock: newClock()})
	file := filepath.Join(t.TempDir(), "config.json")
	if err := s.WriteConfig(file, "127.0.0.1:4242"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var config configFile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&config); err != nil {
		t.Fatal(err)
	}
	profile := config.Profiles[config.Profile]
	provider := profile.Providers["paycools"]
	if !profile.Sandbox || provider.Dialect != "paycools" || provider.BaseURL != "http://127.0.0.1:4242" ||
		profile.Courier.No == "" || profile.Merchant.ID == "" || profile.Terminal.ID == "" {
		t.Errorf("the config is %s", text)
	}
	pem, err := os.ReadFile(provider.PrivateKey.File)
	if err != nil {
		t.Fatal(err)
	}
	key, err := snap.ParsePrivateKey(pem)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := os.ReadFile(provider.ClientSecret.File)
	if err != nil || !bytes.Equal(secret, mustKeys(t, s).ClientSecret) {
		t.Errorf("the secret's file: %v", err)
	}
	customer := profile.Providers["paydia"].CustomerToken
	token, err := os.ReadFile(customer.File)
	if err != nil || string(token) != s.CustomerToken() {
		t.Errorf("the customer's token: %q %v", token, err)
	}
	for name, dialect := range map[string]string{"cpm": "snap-cpm", "paydia": "paydia", "finnet": "finnet"} {
		other := profile.Providers[name]
		want := provider
		want.Dialect, want.MerchantID, want.ChannelID = dialect, s.MerchantID(), "95221"
		if name == "paydia" {
			want.CustomerToken = customer
		}
		if other != want {
			t.Errorf("%s is %+v, want %+v", name, other, want)
		}
	}
	for _, path := range []string{file, provider.PrivateKey.File, provider.ClientSecret.File, customer.File} {
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 || !filepath.IsAbs(path) {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	p := &partner{t: t, transport: s.Transport(), base: provider.BaseURL, now: s.now, id: provider.ClientKey, key: key}
	p.login()
	p.generate("R1")
	if err := s.WriteConfig(filepath.Join(filepath.Dir(file), "missing", "config.json"), "127.0.0.1:1"); err == nil {
		t.Error("a config in a folder that is not there was written")
	}
}
