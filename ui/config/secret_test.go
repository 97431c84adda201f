package config

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/zalando/go-keyring"

	"cashier/api/snap"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pkcs1(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

func pkcs8(t *testing.T, key *rsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// profile loads the config of these tests out of a folder of their own, with
// a reference for each secret.
func profile(t *testing.T, privateKey, clientSecret string) (Profile, string) {
	t.Helper()
	folder := t.TempDir()
	text := fmt.Sprintf(`{"profiles":{"real":{"providers":{"cpm":{"dialect":"snap-cpm","baseUrl":"https://cpm.example",
		"clientKey":"app","merchantId":"m","channelId":"95221","privateKey":%s,"clientSecret":%s}}}}}`, privateKey, clientSecret)
	path := filepath.Join(folder, "config.json")
	write(t, path, []byte(text), 0o600)
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("")
	if err != nil {
		t.Fatal(err)
	}
	return p, folder
}

func write(t *testing.T, path string, text []byte, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, mode); err != nil {
		t.Fatal(err)
	}
	// The umask may have taken bits that the test wants.
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestSecretsComeFromEveryPlace(t *testing.T) {
	key := testKey()
	keyring.MockInit()
	if err := keyring.Set("bank/cashier", "key", string(pkcs1(key))); err != nil {
		t.Fatal(err)
	}
	if err := keyring.Set("bank/cashier", "secret", "from-the-keyring"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONFIG_TEST_KEY", strings.ReplaceAll(string(pkcs8(t, key)), "\n", `\n`))
	t.Setenv("CONFIG_TEST_SECRET", "from-the-environment")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	write(t, filepath.Join(home, "keys", "k.pem"), pkcs8(t, key), 0o600)
	absolute := filepath.Join(t.TempDir(), "k.pem")
	write(t, absolute, pkcs1(key), 0o400)
	quoted, err := json.Marshal(absolute)
	if err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct{ name, key, secret, want string }{
		{"files, PKCS #8", `{"file":"keys/8.pem"}`, `{"file":"keys/secret"}`, "from-a-file"},
		{"files, PKCS #1", `{"file":"keys/1.pem"}`, `{"file":"keys/secret"}`, "from-a-file"},
		{"environment", `{"env":"CONFIG_TEST_KEY"}`, `{"env":"CONFIG_TEST_SECRET"}`, "from-the-environment"},
		{"keyring", `{"keyring":"bank/cashier/key"}`, `{"keyring":"bank/cashier/secret"}`, "from-the-keyring"},
		{"home folder", `{"file":"~/keys/k.pem"}`, `{"file":"keys/secret"}`, "from-a-file"},
		{"absolute path", `{"file":` + string(quoted) + `}`, `{"file":"keys/secret"}`, "from-a-file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, folder := profile(t, c.key, c.secret)
			write(t, filepath.Join(folder, "keys", "8.pem"), pkcs8(t, key), 0o600)
			write(t, filepath.Join(folder, "keys", "1.pem"), pkcs1(key), 0o600)
			write(t, filepath.Join(folder, "keys", "secret"), []byte("from-a-file\r\n"), 0o600)
			e, err := p.Endpoint("cpm")
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.PrivateKey()
			if err != nil || !got.Equal(key) {
				t.Errorf("private key: %v", err)
			}
			secret, err := e.ClientSecret()
			if err != nil || string(secret) != c.want {
				t.Errorf("client secret %q, %v", secret, err)
			}
		})
	}
}

func TestSecretsAreReadLateAndOnce(t *testing.T) {
	p, folder := profile(t, `{"file":"k.pem"}`, `{"env":"CONFIG_TEST_LATE"}`)
	e, err := p.Endpoint("cpm")
	if err != nil {
		t.Fatalf("reading a config needs its secrets: %v", err)
	}
	if _, err := e.ClientSecret(); err == nil || err.Error() !=
		"profiles.real.providers.cpm.clientSecret: the environment variable CONFIG_TEST_LATE is not set; set it before cashier starts" {
		t.Errorf("a variable that is not set: %v", err)
	}
	file := filepath.Join(folder, "k.pem")
	if _, err := e.PrivateKey(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "the file "+file+" is not there; put the secret there") {
		t.Errorf("a file that is not there: %v", err)
	}
	// What was cured is seen without a restart.
	t.Setenv("CONFIG_TEST_LATE", "first-value")
	write(t, file, pkcs8(t, testKey()), 0o600)
	first, err := e.PrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := e.ClientSecret(); err != nil || string(secret) != "first-value" {
		t.Fatalf("client secret %q, %v", secret, err)
	} else {
		clear(secret) // the caller's copy is the caller's
	}
	// What was read is not read again, by another endpoint either.
	t.Setenv("CONFIG_TEST_LATE", "second-value")
	write(t, file, []byte("gone"), 0o600)
	again, err := p.Endpoint("cpm")
	if err != nil {
		t.Fatal(err)
	}
	if key, err := again.PrivateKey(); err != nil || key != first {
		t.Errorf("the key was read twice: %v", err)
	}
	if secret, err := again.ClientSecret(); err != nil || string(secret) != "first-value" {
		t.Errorf("the secret was read twice: %q, %v", secret, err)
	}
}

// TestKeyInDER: the last byte of a key may be a line end by chance.
func TestKeyInDER(t *testing.T) {
	der := x509.MarshalPKCS1PrivateKey(testKey())
	path := filepath.Join(t.TempDir(), "k.der")
	write(t, path, der, 0o600)
	if key, err := (Secret{File: path}).PrivateKey(); err != nil || !key.Equal(testKey()) {
		t.Errorf("a DER key: %v", err)
	}
	write(t, path, append([]byte("opaque"), "\r\n"...), 0o600)
	s := Secret{File: path, known: &knownSecret{}}
	if secret, err := s.Read(); err != nil || string(secret) != "opaque" {
		t.Errorf("a text: %q, %v", secret, err)
	}
	if got := string(s.known.value); got != "opaque\r\n" {
		t.Errorf("a key would be parsed from %q: its last bytes are cut off", got)
	}
}

func TestKeyFileOthersMayRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		if othersMayRead(0o666) {
			t.Error("mode bits say nothing on Windows")
		}
		return
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o620, 0o601, 0o644, 0o777} {
		p, folder := profile(t, `{"file":"the branch's key.pem"}`, `{"file":"secret"}`)
		key, secret := filepath.Join(folder, "the branch's key.pem"), filepath.Join(folder, "secret")
		write(t, key, pkcs8(t, testKey()), mode)
		write(t, secret, []byte("a-long-secret"), mode)
		e, err := p.Endpoint("cpm")
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.PrivateKey()
		var refused *FilePermissionError
		if !errors.As(err, &refused) || refused.File != key || refused.Mode.Perm() != mode {
			t.Fatalf("mode %04o: %v", mode, err)
		}
		if want := "; run: chmod 600 '" + folder + `/the branch'\''s key.pem'`; !strings.HasSuffix(err.Error(), want) {
			t.Errorf("mode %04o: %v\nlacks %s", mode, err, want)
		}
		if _, err = e.ClientSecret(); err == nil || !strings.HasSuffix(err.Error(), "; run: chmod 600 "+secret) {
			t.Errorf("mode %04o: %v", mode, err)
		}
		// The cure cures.
		write(t, key, pkcs8(t, testKey()), 0o600)
		if _, err := e.PrivateKey(); err != nil {
			t.Errorf("after chmod 600: %v", err)
		}
	}
}

func TestSecretsThatAreNone(t *testing.T) {
	const canary = "CANARY-8f2a61"
	key := testKey()
	keyring.MockInit()
	t.Setenv("CONFIG_TEST_EMPTY", "")
	t.Setenv("CONFIG_TEST_CANARY", canary)
	for _, c := range []struct {
		name, ref string
		file      []byte
		cause     error
		want      string
	}{
		{"an empty variable", `{"env":"CONFIG_TEST_EMPTY"}`, nil, nil, "environment variable CONFIG_TEST_EMPTY: is empty or shorter than 4 characters"},
		{"no key in it", `{"env":"CONFIG_TEST_CANARY"}`, nil, snap.ErrKeyUnreadable, "environment variable CONFIG_TEST_CANARY: "},
		{"a damaged key", `{"file":"k"}`, []byte("-----BEGIN PRIVATE KEY-----\n" + canary + "\n"), snap.ErrKeyDamaged, "file k: "},
		{"a public key", `{"file":"k"}`, pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)}), snap.ErrKeyPublic, "file k: "},
		{"an empty file", `{"file":"k"}`, []byte("\n"), nil, "file k: is empty"},
		{"a large file", `{"file":"k"}`, bytes.Repeat([]byte("k"), maxSecret+1), nil, "is larger than 65536 bytes"},
		{"a folder", `{"file":"."}`, nil, nil, "is not a file"},
		{"nothing in the keyring", `{"keyring":"bank/user"}`, nil, nil, "the keyring has no secret bank/user; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, folder := profile(t, c.ref, `{"env":"CONFIG_TEST_CANARY"}`)
			if c.file != nil {
				write(t, filepath.Join(folder, "k"), c.file, 0o600)
			}
			e, err := p.Endpoint("cpm")
			if err != nil {
				t.Fatal(err)
			}
			_, err = e.PrivateKey()
			if err == nil || !strings.HasPrefix(err.Error(), "profiles.real.providers.cpm.privateKey: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if c.cause != nil && !errors.Is(err, c.cause) {
				t.Errorf("got %v, want %v", err, c.cause)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("quotes the secret: %v", err)
			}
		})
	}
	keyring.MockInitWithError(errors.New("no bus"))
	if _, err := (Secret{Keyring: "bank/user"}).Read(); err == nil || err.Error() !=
		"the keyring does not answer; unlock it, or use a file or an environment variable: no bus" {
		t.Errorf("a keyring that is broken: %v", err)
	}
	keyring.MockInitWithError(keyring.ErrUnsupportedPlatform)
	if _, err := (Secret{Keyring: "bank/user"}).Read(); !errors.Is(err, keyring.ErrUnsupportedPlatform) {
		t.Errorf("no keyring at all: %v", err)
	}
	if _, err := (Secret{}).Read(); err == nil {
		t.Error("a secret that nobody named is read")
	}
}

func TestKeyringCure(t *testing.T) {
	for system, want := range map[string]string{
		"linux":   "run: secret-tool store --label=cashier service 'my bank' username me",
		"darwin":  "run: security add-generic-password -s 'my bank' -a me -w",
		"windows": "add it to the Windows credential manager as 'my bank':me",
	} {
		if got := keyringCure(system, "my bank", "me"); got != want {
			t.Errorf("%s: %s", system, got)
		}
	}
}

// TestPrintingShowsNoSecret prints a config whose secrets were read in every
// way that logs and dumps do.
func TestPrintingShowsNoSecret(t *testing.T) {
	const canary = "CANARY-5b71c9"
	t.Setenv("CONFIG_TEST_CANARY", canary)
	p, folder := profile(t, `{"file":"k.pem"}`, `{"env":"CONFIG_TEST_CANARY"}`)
	write(t, filepath.Join(folder, "k.pem"), pkcs8(t, testKey()), 0o600)
	e, err := p.Endpoint("cpm")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.PrivateKey(); err != nil {
		t.Fatal(err)
	}
	if secret, err := e.ClientSecret(); err != nil || string(secret) != canary {
		t.Fatalf("the canary is not there to be found: %q, %v", secret, err)
	}
	provider := p.Providers["cpm"]
	var out strings.Builder
	for _, v := range []any{p, &p, provider, &provider, provider.ClientSecret, &provider.ClientSecret, []Secret{provider.PrivateKey}, e, &e} {
		fmt.Fprintf(&out, "%v %+v %#v %s\n", v, v, v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
	}
	for _, v := range []any{p, provider, provider.ClientSecret} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	body := strings.Split(string(pkcs8(t, testKey())), "\n")[3]
	for _, secret := range []string{canary, body, testKey().D.String(), testKey().Primes[0].String(), fmt.Sprint([]byte(canary))} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("printed: %s", secret)
		}
	}
	for _, reference := range []string{"environment variable CONFIG_TEST_CANARY", `{"env":"CONFIG_TEST_CANARY"}`, `{"file":"k.pem"}`} {
		if !strings.Contains(out.String(), reference) {
			t.Errorf("not printed: %s", reference)
		}
	}
}
