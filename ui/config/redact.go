package config

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
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

// concealed is every spelling of every secret of this process.
var concealed struct {
	sync.Mutex
	spellings map[string]bool
	replacer  *strings.Replacer // nil: to be built from spellings
}

// Redact strikes every secret that was read so far out of a text, whichever
// way it is spelt: plain, in base64, hex, JSON, an URL, as a list of bytes, and
// keys also by each line of their PEM form and by their numbers. Crash files
// and logs pass through it; it does not find a secret that is broken in two.
func Redact(s string) string {
	concealed.Lock()
	if concealed.replacer == nil {
		// At equal places the longest spelling goes first, so that no rest of
		// a longer one is left.
		spellings := slices.SortedFunc(maps.Keys(concealed.spellings), func(a, b string) int {
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

func concealSecret(secret string) {
	if len(secret) < minSecret {
		return
	}
	raw := []byte(secret)
	quoted, err := json.Marshal(secret)
	spellings := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), fmt.Sprintf("%q", secret)[1:], strings.Trim(fmt.Sprint(raw), "[]"),
		hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
	spellings[3] = strings.TrimSuffix(spellings[3], `"`)
	if err == nil {
		spellings = append(spellings, strings.Trim(string(quoted), `"`))
	}
	// A key out of an environment variable may have \n for its line ends.
	body := ""
	for line := range strings.FieldsFuncSeq(strings.ReplaceAll(secret, `\n`, "\n"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			body += line
			spellings = append(spellings, line)
		}
	}
	conceal(append(spellings, body), secret)
}

// concealKey strikes a key out in the forms that it was not read in.
func concealKey(key *rsa.PrivateKey) {
	var spellings []string
	numbers := append(slices.Clone(key.Primes), key.D)
	for _, n := range numbers {
		spellings = append(spellings, n.String(), n.Text(16), strings.ToUpper(n.Text(16)))
	}
	ders := [][]byte{x509.MarshalPKCS1PrivateKey(key)}
	if der, err := x509.MarshalPKCS8PrivateKey(key); err == nil {
		ders = append(ders, der)
	}
	for _, der := range ders {
		body := base64.StdEncoding.EncodeToString(der)
		spellings = append(spellings, body, hex.EncodeToString(der))
		for line := range slices.Chunk([]byte(body), pemWidth) {
			spellings = append(spellings, string(line))
		}
	}
	conceal(spellings, "")
}

// conceal registers spellings; those that are too short to be told from
// other text only when they are the whole secret.
func conceal(spellings []string, whole string) {
	concealed.Lock()
	defer concealed.Unlock()
	if concealed.spellings == nil {
		concealed.spellings = map[string]bool{}
	}
	for _, spelling := range spellings {
		if len(spelling) >= minPart || spelling == whole {
			concealed.spellings[spelling] = true
		}
	}
	concealed.replacer = nil
}
