package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// spellings are the bytes by which a secret can be known again: as it is, in
// hex, in base64 wherever in a longer text it stands, as JSON, in an address, as
// a list of bytes, in UTF-16.
func spellings(secret []byte) map[string][]byte {
	digits := hex.EncodeToString(secret)
	all := map[string][]byte{
		"it is": secret, "hex": []byte(digits), "HEX": []byte(strings.ToUpper(digits)),
		"a list of bytes": []byte(strings.Trim(fmt.Sprint(secret), "[]")),
		"an address":      []byte(url.QueryEscape(string(secret))),
	}
	if text, err := json.Marshal(string(secret)); err == nil {
		all["JSON"] = bytes.Trim(text, `"`)
	}
	wide := []byte{}
	for _, unit := range utf16.Encode([]rune(string(secret))) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	all["UTF-16"] = wide
	for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of addresses": base64.RawURLEncoding} {
		for before := range 3 {
			// The characters that the secret alone decides.
			text := encoding.EncodeToString(slices.Concat(make([]byte, before), secret))
			text = text[(before*8+5)/6 : (before+len(secret))*8/6]
			all[fmt.Sprintf("%s after %d bytes", name, before)] = []byte(text)
		}
	}
	return all
}

// search gives every secret that stands in a place, with its spelling.
func search(places, secrets map[string][]byte) []string {
	var found []string
	for name, secret := range secrets {
		for spelling, text := range spellings(secret) {
			for place, content := range places {
				if bytes.Contains(content, text) {
					found = append(found, fmt.Sprintf("%s as %s in %s", name, spelling, place))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestTheSearchFinds(t *testing.T) {
	secret := []byte("s3cret-~?>with/odd+bytes\xff")
	for name, planted := range map[string]string{
		"itself":             "x" + string(secret) + "y",
		"hex":                fmt.Sprintf("%x", "ab"+string(secret)),
		"base64, begins":     base64.StdEncoding.EncodeToString(slices.Concat(secret, []byte("and more"))),
		"base64, after one":  base64.StdEncoding.EncodeToString(slices.Concat([]byte("a"), secret, []byte("b"))),
		"base64, after two":  base64.URLEncoding.EncodeToString(slices.Concat([]byte("ab"), secret)),
		"base64, after more": base64.StdEncoding.EncodeToString(slices.Concat([]byte("Basic user:"), secret)),
		"bytes":              fmt.Sprint(secret),
		"address":            "https://example.com/?q=" + url.QueryEscape(string(secret)),
	} {
		if len(search(map[string][]byte{name: []byte(planted)}, map[string][]byte{"secret": secret})) == 0 {
			t.Errorf("%s: not found in %q", name, planted)
		}
	}
	if found := search(map[string][]byte{"else": []byte("something else")}, map[string][]byte{"secret": secret}); len(found) != 0 {
		t.Errorf("found where nothing is: %v", found)
	}
}
