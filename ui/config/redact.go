package config

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Redacted stands where a secret was.
const Redacted = "[secret]"

// pemWidth is the length of a PEM body's line; minPart is the shortest line
// that is struck out by itself.
const (
	pemWidth = 64
	minPart  = 12
)

// maxTokens is how many tokens are kept to be struck out: those of most of a
// day, when each lives a quarter of an hour. A console that runs for months
// does not grow.
const maxTokens = 64

// concealed is what is struck out: every spelling of every secret of this
// process, and the latest access tokens, oldest first.
var concealed struct {
	sync.Mutex
	spellings map[string]bool
	tokens    []string
	replacer  *strings.Replacer // nil: to be built from spellings and tokens
}

// Redact strikes every secret that was read so far and the latest access tokens
// out of a text, whichever way they are spelt: plain, in base64, hex, JSON, an
// URL, as a list of bytes, and keys also by each line of their PEM form and by
// their numbers. Crash files and logs pass through it; it does not find a secret
// that is broken in two.
func Redact(s string) string {
	concealed.Lock()
	if concealed.replacer == nil {
		all := maps.Clone(concealed.spellings)
		if all == nil {
			all = map[string]bool{}
		}
		for _, token := range concealed.tokens {
			add(all, secretSpellings(token), token)
		}
		// At equal places the longest spelling goes first, so that no rest of
		// a longer one is left.
		spellings := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
			return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
		})
		pairs := make([]string, 0, 2*len(spellings))
		for _, spelling := range spellings {
			pairs = append(pairs, spelling, Redacted)
		}
		concealed.replacer = strings.NewReplacer(pairs...)
	}
	replacer := concealed.replacer
	concealed.Unlock()
	return replacer.Replace(s)
}

// Conceal adds a secret that did not come through a config, for as long as the
// process lives. Texts under four bytes are not taken.
func Conceal(secret string) { concealSecret(secret) }

// ConcealToken adds an access token. Only the latest are struck out, the older
// ones are forgotten.
func ConcealToken(token string) {
	if len(token) < minSecret {
		return
	}
	concealed.Lock()
	defer concealed.Unlock()
	if i := slices.Index(concealed.tokens, token); i >= 0 {
		concealed.tokens = slices.Delete(concealed.tokens, i, i+1)
	}
	if concealed.tokens = append(concealed.tokens, token); len(concealed.tokens) > maxTokens {
		concealed.tokens = slices.Delete(concealed.tokens, 0, 1)
	}
	concealed.replacer = nil
}

func concealSecret(secret string) {
	if len(secret) < minSecret {
		return
	}
	conceal(secretSpellings(secret), secret)
}

// secretSpellings are those of a text.
func secretSpellings(secret string) []string {
	spellings := append(byteSpellings([]byte(secret)), url.QueryEscape(secret), url.PathEscape(secret))
	if quoted, err := json.Marshal(secret); err == nil {
		spellings = append(spellings, string(quoted[1:len(quoted)-1]))
	}
	// A key out of an environment variable may have \n for its line ends.
	body := ""
	for line := range strings.FieldsFuncSeq(strings.ReplaceAll(secret, `\n`, "\n"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			body += line
			spellings = append(spellings, line)
		}
	}
	return append(spellings, body)
}

// byteSpellings are those that print verbs and encoders give any bytes,
// without what stands around them, such as 48 130, 3082, 30 82, 0x30 0x82, MII…
func byteSpellings(raw []byte) []string {
	quoted := fmt.Sprintf("%q", raw)
	decimal := strings.Trim(fmt.Sprint(raw), "[]")
	source := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte{"), "}")
	return []string{
		string(raw), quoted[1 : len(quoted)-1],
		decimal, strings.ReplaceAll(decimal, " ", ","), strings.ReplaceAll(decimal, " ", ", "),
		fmt.Sprintf("%x", raw), fmt.Sprintf("%X", raw), fmt.Sprintf("% x", raw), fmt.Sprintf("% X", raw),
		fmt.Sprintf("% #x", raw), fmt.Sprintf("% #X", raw), source,
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
}

// numberSpellings are those that print verbs give a number, without sign and
// prefix, and those of its bytes.
func numberSpellings(n *big.Int) []string {
	lower := n.Text(16)
	return append(byteSpellings(n.Bytes()), n.Text(10), lower, strings.ToUpper(lower), n.Text(8), n.Text(2))
}

// privateNumbers are those of a key that are nobody's business: D, the primes,
// and what is worked out of them for the Chinese remainders (RFC 8017, 3.2).
func privateNumbers(key *rsa.PrivateKey) []*big.Int {
	numbers := append(slices.Clone(key.Primes), key.D)
	one, before := big.NewInt(1), big.NewInt(1) // before: the product of the primes so far
	for i, prime := range key.Primes {
		exponent := new(big.Int).Sub(prime, one)
		numbers = append(numbers, exponent.Mod(key.D, exponent))
		var inverse *big.Int
		switch {
		case i == 1: // of the second prime, modulo the first
			inverse = new(big.Int).ModInverse(prime, key.Primes[0])
		case i > 1:
			inverse = new(big.Int).ModInverse(before, prime)
			numbers = append(numbers, new(big.Int).Set(before))
		}
		if inverse != nil {
			numbers = append(numbers, inverse)
		}
		before.Mul(before, prime)
	}
	return numbers
}

// concealKey strikes a key out in the forms that it was not read in.
func concealKey(key *rsa.PrivateKey) {
	var spellings []string
	for _, n := range privateNumbers(key) {
		spellings = append(spellings, numberSpellings(n)...)
	}
	ders := [][]byte{x509.MarshalPKCS1PrivateKey(key)}
	if der, err := x509.MarshalPKCS8PrivateKey(key); err == nil {
		ders = append(ders, der)
	}
	for _, der := range ders {
		spellings = append(spellings, byteSpellings(der)...)
		for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(der)), pemWidth) {
			spellings = append(spellings, string(line))
		}
	}
	conceal(spellings, "")
}

// conceal registers spellings for as long as the process lives.
func conceal(spellings []string, whole string) {
	concealed.Lock()
	defer concealed.Unlock()
	if concealed.spellings == nil {
		concealed.spellings = map[string]bool{}
	}
	add(concealed.spellings, spellings, whole)
	concealed.replacer = nil
}

// add takes spellings; those that are too short to be told from other text
// only when they are the whole secret.
func add(set map[string]bool, spellings []string, whole string) {
	for _, spelling := range spellings {
		if len(spelling) >= minPart || spelling == whole {
			set[spelling] = true
		}
	}
}
