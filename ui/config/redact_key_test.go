package config

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// middle is a piece of a spelling, long enough to stand nowhere by chance.
func middle(spelling string) string {
	return spelling[len(spelling)/2-32:][:64]
}

// found are the names of the numbers of which a piece stands in the text, in
// one of the bases that print verbs know.
func found(text string, numbers map[string]*big.Int) []string {
	var names []string
	for name, n := range numbers {
		hexadecimal := n.Text(16)
		for _, spelling := range []string{n.Text(10), hexadecimal, strings.ToUpper(hexadecimal), n.Text(8), n.Text(2)} {
			if strings.Contains(text, middle(spelling)) {
				names = append(names, name)
				break
			}
		}
	}
	slices.Sort(names)
	return names
}

// TestRedactPrintedKey prints a key with every verb that shows its numbers,
// and its DER with every one that shows its bytes.
func TestRedactPrintedKey(t *testing.T) {
	// A key of its own: what was read once is struck out until the process ends.
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]*big.Int{
		"D": key.D, "p": key.Primes[0], "q": key.Primes[1],
		"Dp": key.Precomputed.Dp, "Dq": key.Precomputed.Dq, "Qinv": key.Precomputed.Qinv,
	}
	public := map[string]*big.Int{"N": key.N}
	printed := map[string]string{}
	for _, verb := range strings.Fields("%v %+v %#v %d %+d %x %X %#x %#X %o %O %#o %b %#b %s %q %020d %z") {
		printed[verb] = fmt.Sprintf(verb, key)
		printed["value "+verb] = fmt.Sprintf(verb, *key)
		printed["within "+verb] = fmt.Sprintf(verb, []any{struct{ Key rsa.PrivateKey }{*key}, key.Precomputed, key.Primes})
	}
	text, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	printed["JSON"] = string(text)
	printed["panic"] = fmt.Sprint(fmt.Errorf("sign: %v", key))

	ders := map[string][]byte{"PKCS #1": x509.MarshalPKCS1PrivateKey(key)}
	if ders["PKCS #8"], err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		t.Fatal(err)
	}
	bytesOf := map[string]string{}
	for form, raw := range map[string][]byte{"PKCS #1": ders["PKCS #1"], "PKCS #8": ders["PKCS #8"], "D": key.D.Bytes(), "p": key.Primes[0].Bytes(), "Dq": key.Precomputed.Dq.Bytes()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%X", "%#x", "%#X", "% x", "% X", "% #x", "% #X", "%s", "%q"} {
			bytesOf[form+" "+verb] = fmt.Sprintf(verb, raw)
		}
		for name, encoding := range map[string]*base64.Encoding{
			"base64": base64.StdEncoding, "raw base64": base64.RawStdEncoding, "URL base64": base64.URLEncoding, "raw URL base64": base64.RawURLEncoding,
		} {
			bytesOf[form+" "+name] = encoding.EncodeToString(raw)
		}
		bytesOf[form+" with commas"] = strings.ReplaceAll(fmt.Sprint(raw), " ", ", ")
	}

	// The search finds what is there: nothing was read yet.
	for name, text := range printed {
		if got := found(Redact(text), secrets); len(got) != len(secrets) {
			t.Errorf("%s: a key that nobody read shows only %v", name, got)
		}
	}
	for name, text := range bytesOf {
		if !strings.Contains(Redact(text), middle(text)) {
			t.Errorf("%s: struck out before it was read", name)
		}
	}
	t.Setenv("CONFIG_TEST_REDACT_PRINTED", string(pkcs8(t, key)))
	if _, err := (Secret{Env: "CONFIG_TEST_REDACT_PRINTED"}).PrivateKey(); err != nil {
		t.Fatal(err)
	}
	for name, text := range printed {
		redacted := Redact(text)
		if got := found(redacted, secrets); len(got) != 0 {
			t.Errorf("%s shows %v: %s", name, got, redacted)
		}
		if hasPublic := len(found(text, public)) == 1; hasPublic != (len(found(redacted, public)) == 1) {
			t.Errorf("%s: the modulus is public, and struck out: %s", name, redacted)
		}
	}
	for name, text := range bytesOf {
		if redacted := Redact(text); strings.Contains(redacted, middle(text)) || len(redacted) > len("[]byte{}")+len(Redacted) {
			t.Errorf("%s: %s", name, redacted)
		}
	}
}

// The numbers of RFC 8017, 3.2, worked out by hand for the textbook's key and
// for one of three primes.
func TestPrivateNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		d      int64
		primes []int64
		want   []int64
	}{
		"two primes":   {2753, []int64{61, 53}, []int64{61, 53, 2753, 53, 49, 38}},
		"three primes": {2753, []int64{61, 53, 7}, []int64{61, 53, 7, 2753, 53, 49, 38, 5, 3233, 6}},
	} {
		key := &rsa.PrivateKey{D: big.NewInt(c.d)}
		for _, prime := range c.primes {
			key.Primes = append(key.Primes, big.NewInt(prime))
		}
		var got []int64
		for _, n := range privateNumbers(key) {
			got = append(got, n.Int64())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// BenchmarkConcealKey is what the first use of a key costs beside reading it.
func BenchmarkConcealKey(b *testing.B) {
	key := testKey()
	for b.Loop() {
		concealKey(key)
	}
}
