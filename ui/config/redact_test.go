package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	// What was read once is struck out until the process ends: a repeated test
	// needs another secret.
	token := rand.Text()
	secret := `sec"ret/+%<value> é` + token
	t.Setenv("CONFIG_TEST_REDACT", secret)
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	spellings := map[string]string{
		"plain":   secret,
		"go":      fmt.Sprintf("%q", secret),
		"json":    string(quoted),
		"base64":  base64.StdEncoding.EncodeToString([]byte(secret)),
		"hex":     hex.EncodeToString([]byte(secret)),
		"HEX":     fmt.Sprintf("%X", secret),
		"query":   url.QueryEscape(secret),
		"path":    url.PathEscape(secret),
		"bytes":   fmt.Sprint([]byte(secret)),
		"in text": "panic: " + secret + secret + "!",
	}
	shown := func(text string) bool {
		redacted := Redact(text)
		return !strings.Contains(redacted, Redacted) || strings.Contains(redacted, token) || strings.Contains(redacted, spellings["hex"][4:])
	}
	// The search finds what is there: nothing was read yet.
	for name, text := range spellings {
		if !shown(text) {
			t.Errorf("%s: struck out before it was read: %s", name, Redact(text))
		}
	}
	if _, err := (Secret{Env: "CONFIG_TEST_REDACT"}).Read(); err != nil {
		t.Fatal(err)
	}
	for name, text := range spellings {
		if shown(text) {
			t.Errorf("%s: %s", name, Redact(text))
		}
	}
	if got, want := Redact(spellings["in text"]), "panic: "+Redacted+Redacted+"!"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := "nothing to hide, in few words"; Redact(text) != text {
		t.Errorf("struck out too much: %s", Redact(text))
	}
}

func TestRedactPrefersTheLonger(t *testing.T) {
	Conceal("overlap-one")
	Conceal("overlap-one-and-more")
	if got, want := Redact("overlap-one-and-more overlap-one"), Redacted+" "+Redacted; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	Conceal("abc")
	if got := Redact("abcde"); got != "abcde" {
		t.Errorf("three letters strike out every text that has them: %s", got)
	}
}

// TestRedactKey looks for every line and number of a key, in the form that was
// read and in the others.
func TestRedactKey(t *testing.T) {
	key := testKey()
	t.Setenv("CONFIG_TEST_REDACT_KEY", strings.ReplaceAll(string(pkcs8(t, key)), "\n", `\n`))
	if _, err := (Secret{Env: "CONFIG_TEST_REDACT_KEY"}).PrivateKey(); err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"PKCS #1": string(pkcs1(key)), "PKCS #8": string(pkcs8(t, key))} {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		lines = lines[1 : len(lines)-1]
		if len(lines) < 20 {
			t.Fatalf("%s has %d lines", form, len(lines))
		}
		for _, line := range lines {
			if len(line) >= minPart && Redact("x "+line+" y") != "x "+Redacted+" y" {
				t.Errorf("%s: a line is left: %s", form, line)
			}
		}
		if whole := strings.Join(lines, ""); strings.Contains(Redact(whole), whole[len(whole)/2:][:pemWidth]) {
			t.Errorf("%s in one line is left", form)
		}
	}
	for _, number := range []string{key.D.String(), key.D.Text(16), key.Primes[0].String(), key.Primes[1].Text(16)} {
		if got := Redact("n=" + number); got != "n="+Redacted {
			t.Errorf("a number is left: %s", got)
		}
	}
	if n := key.N.String(); Redact(n) != n {
		t.Error("the modulus is public, and struck out")
	}
}
