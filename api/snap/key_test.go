package snap_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cashier/api/snap"
)

// canary stands in inputs that are no keys; no error may repeat it.
const canary = "CANARYdoNotPrintMe0123456789"

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func toPEM(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func pkix(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func derOf(t testing.TB, pemText []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(pemText)
	if block == nil {
		t.Fatal("the fixture is no PEM")
	}
	return block.Bytes
}

func bare(der []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(der)) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestParsePrivateKey(t *testing.T) {
	key := sampleKey(t)
	eight, one := pkcs8(t, key), x509.MarshalPKCS1PrivateKey(key)
	wrapped := []byte("  " + strings.Join(strings.SplitAfter(string(bare(eight)), "A"), "\r\n") + "\n")
	for name, input := range map[string][]byte{
		"PKCS #8 PEM":            toPEM("PRIVATE KEY", eight),
		"PKCS #1 PEM":            toPEM("RSA PRIVATE KEY", one),
		"PKCS #1 called PKCS #8": toPEM("PRIVATE KEY", one),
		"PKCS #8 called PKCS #1": toPEM("RSA PRIVATE KEY", eight),
		"Windows line ends":      bytes.ReplaceAll(toPEM("PRIVATE KEY", eight), []byte("\n"), []byte("\r\n")),
		"written line ends":      bytes.ReplaceAll(toPEM("PRIVATE KEY", eight), []byte("\n"), []byte(`\n`)),
		"byte order mark":        join([]byte("\xef\xbb\xbf"), toPEM("PRIVATE KEY", eight)),
		"text before":            join([]byte("Bag Attributes\n  friendlyName: x\n"), toPEM("PRIVATE KEY", eight)),
		"after a certificate":    join(fixture(t, "certificate.pem"), toPEM("PRIVATE KEY", eight)),
		"after its public key":   join(toPEM("PUBLIC KEY", pkix(t, &key.PublicKey)), toPEM("RSA PRIVATE KEY", one)),
		"PKCS #8 bare base64":    bare(eight),
		"PKCS #1 bare base64":    bare(one),
		"bare without padding":   bytes.TrimRight(bare(one), "="),
		"bare in lines":          wrapped,
		"PKCS #8 DER":            eight,
		"PKCS #1 DER":            one,
		"DER and a line end":     join(eight, []byte("\n")),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := snap.ParsePrivateKey(input)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(key) {
				t.Error("another key came out")
			}
		})
	}
}

func TestParsePrivateKeyRefuses(t *testing.T) {
	key := sampleKey(t)
	eight, one := pkcs8(t, key), x509.MarshalPKCS1PrivateKey(key)
	whole := toPEM("PRIVATE KEY", eight)
	broken := bytes.Clone(one)
	broken[len(broken)/2] ^= 1
	short := fixture(t, "short_pkcs8.pem")
	_, afterParameters := pem.Decode(fixture(t, "ec_sec1.pem"))
	sec1 := derOf(t, afterParameters)
	for name, c := range map[string]struct {
		input []byte
		want  error
	}{
		"empty":             {nil, snap.ErrKeyEmpty},
		"white space":       {[]byte(" \r\n\t"), snap.ErrKeyEmpty},
		"encrypted PKCS #8": {fixture(t, "encrypted_pkcs8.pem"), snap.ErrKeyEncrypted},
		"encrypted PKCS #1": {fixture(t, "encrypted_pkcs1.pem"), snap.ErrKeyEncrypted},
		"encrypted bare":    {bare(derOf(t, fixture(t, "encrypted_pkcs8.pem"))), snap.ErrKeyEncrypted},
		"encrypted and its certificate": {
			join(fixture(t, "certificate.pem"), fixture(t, "encrypted_pkcs8.pem")), snap.ErrKeyEncrypted},
		"OpenSSH":               {fixture(t, "openssh.pem"), snap.ErrKeyOpenSSH},
		"EC SEC1":               {fixture(t, "ec_sec1.pem"), snap.ErrKeyNotRSA},
		"EC SEC1 bare":          {bare(sec1), snap.ErrKeyNotRSA},
		"EC PKCS #8":            {fixture(t, "ec_pkcs8.pem"), snap.ErrKeyNotRSA},
		"EC on secp256k1":       {fixture(t, "ec_secp256k1.pem"), snap.ErrKeyNotRSA},
		"Ed25519":               {fixture(t, "ed25519.pem"), snap.ErrKeyNotRSA},
		"RSA-PSS":               {fixture(t, "rsa_pss.pem"), snap.ErrKeyNotRSA},
		"1024 bits PKCS #8":     {short, snap.ErrKeyShort},
		"1024 bits PKCS #1":     {fixture(t, "short_pkcs1.pem"), snap.ErrKeyShort},
		"1024 bits bare":        {bare(derOf(t, short)), snap.ErrKeyShort},
		"2047 bits":             {fixture(t, "almost_2048.pem"), snap.ErrKeyShort},
		"DSA":                   {toPEM("DSA PRIVATE KEY", []byte(canary)), snap.ErrKeyNotRSA},
		"512 bits":              {fixture(t, "very_short.pem"), snap.ErrKeyShort},
		"public PKIX":           {toPEM("PUBLIC KEY", pkix(t, &key.PublicKey)), snap.ErrKeyPublic},
		"public PKCS #1":        {toPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey)), snap.ErrKeyPublic},
		"public bare":           {bare(pkix(t, &key.PublicKey)), snap.ErrKeyPublic},
		"public EC":             {fixture(t, "ec_public.pem"), snap.ErrKeyPublic},
		"certificate":           {fixture(t, "certificate.pem"), snap.ErrKeyCert},
		"PEM cut off":           {whole[:len(whole)-40], snap.ErrKeyDamaged},
		"PEM on one line":       {bytes.ReplaceAll(whole, []byte("\n"), []byte(" ")), snap.ErrKeyDamaged},
		"PEM with a line lost":  {join(whole[:28], whole[28+65:]), snap.ErrKeyUnreadable},
		"wrong numbers inside":  {toPEM("RSA PRIVATE KEY", broken), snap.ErrKeyUnreadable},
		"DER cut off":           {eight[:len(eight)-1], snap.ErrKeyUnreadable},
		"bare cut off":          {bare(eight)[:1000], snap.ErrKeyUnreadable},
		"garbage words":         {[]byte("my password is " + canary), snap.ErrKeyUnreadable},
		"garbage base64":        {bare([]byte(canary + canary)), snap.ErrKeyUnreadable},
		"garbage in PEM":        {toPEM("PRIVATE KEY", []byte(canary)), snap.ErrKeyUnreadable},
		"garbage as PEM label":  {toPEM(canary, []byte(canary)), snap.ErrKeyUnreadable},
		"BEGIN line and a word": {[]byte("-----BEGIN PRIVATE KEY-----\n" + canary), snap.ErrKeyDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := snap.ParsePrivateKey(c.input)
			if got != nil || !errors.Is(err, c.want) {
				t.Fatalf("got a key: %v, error %v, want %v", got != nil, err, c.want)
			}
			if leak := leaks(err.Error(), c.input); leak != "" {
				t.Errorf("the error repeats %q of its input", leak)
			}
		})
	}
}

func TestParsePublicKey(t *testing.T) {
	key := sampleKey(t)
	pub := &key.PublicKey
	for name, input := range map[string][]byte{
		"PKIX PEM":              toPEM("PUBLIC KEY", pkix(t, pub)),
		"PKCS #1 PEM":           toPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(pub)),
		"PKCS #1 called PKIX":   toPEM("PUBLIC KEY", x509.MarshalPKCS1PublicKey(pub)),
		"certificate":           fixture(t, "certificate.pem"),
		"certificate after key": join(toPEM("PRIVATE KEY", pkcs8(t, key)), fixture(t, "certificate.pem")),
		"PKIX bare base64":      bare(pkix(t, pub)),
		"PKCS #1 bare base64":   bare(x509.MarshalPKCS1PublicKey(pub)),
		"certificate bare":      bare(derOf(t, fixture(t, "certificate.pem"))),
		"PKIX DER":              pkix(t, pub),
		"written line ends":     bytes.ReplaceAll(toPEM("PUBLIC KEY", pkix(t, pub)), []byte("\n"), []byte(`\r\n`)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := snap.ParsePublicKey(input)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(pub) {
				t.Error("another key came out")
			}
		})
	}
}

func TestParsePublicKeyRefuses(t *testing.T) {
	key := sampleKey(t)
	whole := toPEM("PUBLIC KEY", pkix(t, &key.PublicKey))
	for name, c := range map[string]struct {
		input []byte
		want  error
	}{
		"empty":             {nil, snap.ErrKeyEmpty},
		"private PKCS #8":   {toPEM("PRIVATE KEY", pkcs8(t, key)), snap.ErrKeyPrivate},
		"private PKCS #1":   {toPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), snap.ErrKeyPrivate},
		"private bare":      {bare(pkcs8(t, key)), snap.ErrKeyPrivate},
		"private encrypted": {fixture(t, "encrypted_pkcs8.pem"), snap.ErrKeyPrivate},
		"EC public":         {fixture(t, "ec_public.pem"), snap.ErrKeyNotRSA},
		"EC certificate":    {fixture(t, "ec_certificate.pem"), snap.ErrKeyNotRSA},
		"1024 bits":         {fixture(t, "short_public.pem"), snap.ErrKeyShort},
		"PEM cut off":       {whole[:len(whole)-40], snap.ErrKeyDamaged},
		"garbage words":     {[]byte(canary + "!"), snap.ErrKeyUnreadable},
		"garbage in PEM":    {toPEM("CERTIFICATE", []byte(canary)), snap.ErrKeyUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := snap.ParsePublicKey(c.input)
			if got != nil || !errors.Is(err, c.want) {
				t.Fatalf("got a key: %v, error %v, want %v", got != nil, err, c.want)
			}
			if leak := leaks(err.Error(), c.input); leak != "" {
				t.Errorf("the error repeats %q of its input", leak)
			}
		})
	}
}

func TestKeyErrorsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, err := range []error{
		snap.ErrKeyEmpty, snap.ErrKeyUnreadable, snap.ErrKeyDamaged, snap.ErrKeyEncrypted, snap.ErrKeyOpenSSH,
		snap.ErrKeyNotRSA, snap.ErrKeyShort, snap.ErrKeyPublic, snap.ErrKeyCert, snap.ErrKeyPrivate,
	} {
		if seen[err.Error()] {
			t.Errorf("%q is said of two things", err)
		}
		seen[err.Error()] = true
	}
}

// TestLeaksFindsPlanted is the positive control of the canary check.
func TestLeaksFindsPlanted(t *testing.T) {
	input := toPEM("PRIVATE KEY", pkcs8(t, sampleKey(t)))
	lines := strings.Split(string(input), "\n")
	der := derOf(t, input)
	for _, planted := range []string{lines[5][20:32], string(der[100:112]), canary[3:12]} {
		if leaks("parse: bad key "+planted+" found", join(input, []byte(canary))) == "" {
			t.Errorf("planted %q is not found", planted)
		}
	}
	if leak := leaks("the key is too short", input); leak != "" {
		t.Errorf("%q is found in a clean message", leak)
	}
}

// leaks gives a piece of eight characters that a message shares with its input:
// with the text between the PEM lines, with what its base64 decodes to, or with
// the canary.
func leaks(message string, input []byte) string {
	var secrets []string
	var body strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(string(input), `\n`, "\n")) {
		if !strings.HasPrefix(line, "-----") {
			body.WriteString(strings.TrimSpace(line))
		}
	}
	secrets = append(secrets, body.String(), canary)
	for rest := input; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		secrets, rest = append(secrets, string(block.Bytes)), after
	}
	for _, secret := range secrets {
		for i := range len(secret) - 7 {
			if piece := secret[i : i+8]; strings.Contains(message, piece) {
				return piece
			}
		}
	}
	return ""
}

// The key readers take whatever a person pastes: they may refuse but not panic.
func FuzzParseKey(f *testing.F) {
	key := sampleKey(f)
	f.Add(toPEM("PRIVATE KEY", pkcs8(f, key)))
	f.Add(bare(x509.MarshalPKCS1PrivateKey(key)))
	f.Add(pkix(f, &key.PublicKey))
	f.Add(fixture(f, "encrypted_pkcs1.pem"))
	f.Add(fixture(f, "certificate.pem"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----"))
	f.Fuzz(func(t *testing.T, input []byte) {
		private, err := snap.ParsePrivateKey(input)
		if (private == nil) == (err == nil) {
			t.Fatalf("key %v with error %v", private != nil, err)
		}
		public, err := snap.ParsePublicKey(input)
		if (public == nil) == (err == nil) {
			t.Fatalf("key %v with error %v", public != nil, err)
		}
		for _, pub := range []*rsa.PublicKey{public, publicOf(private)} {
			if pub != nil && pub.N.BitLen() < snap.MinKeyBits {
				t.Fatalf("a key of %d bits is taken", pub.N.BitLen())
			}
		}
	})
}

func publicOf(key *rsa.PrivateKey) *rsa.PublicKey {
	if key == nil {
		return nil
	}
	return &key.PublicKey
}
