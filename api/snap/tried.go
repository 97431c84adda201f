package snap

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"math/big"
	"slices"
	"strings"
)

// maxVariants bounds how many strings to sign are tried for one signature.
const maxVariants = 500

// trySignature looks for the string, key and spelling that give the pasted
// signature.
func (l *lab) trySignature() []Finding {
	sig, found, err := l.readSignature()
	if err != nil {
		return []Finding{{Cause: Unreadable, Detail: err.Error(), At: -1}}
	}
	if len(l.text) > maxText {
		return append(found, Finding{Cause: Unexplained, Detail: "the string to sign is too long to try its variants", At: -1})
	}
	// The length tells how it was made, whatever was meant: HMAC-SHA512 gives
	// 64 bytes, RSA as many as the key has.
	isRSA := len(sig) >= MinKeyBits/8/2
	if isRSA == (l.parts.Kind == Symmetric) {
		f := Finding{Cause: WrongKind, At: -1, Want: string(l.parts.Kind),
			Detail: fmt.Sprintf("the signature has %d bytes: it was made by HMAC with a secret, and the request needs RSA with a private key", len(sig))}
		if isRSA {
			f.Detail = fmt.Sprintf("the signature has %d bytes: it was made by RSA with a private key, and the request needs HMAC with the client secret", len(sig))
		}
		found = append(found, f)
	}
	var test tester
	var why *Finding
	if isRSA {
		test, why = l.testRSA(sig)
	} else {
		test, why = l.testHMAC(sig)
	}
	if why != nil {
		return append(found, *why)
	}
	pasted := l.have.StringToSign
	if pasted != "" && pasted != l.text {
		if more, ok := test(pasted); ok {
			return append(found, more...) // made over the very string whose faults are named
		}
	}
	tried := 0
	for v := range l.variants() {
		tried++
		text := l.compose(v)
		more, ok := test(text)
		if !ok {
			continue
		}
		for _, e := range v {
			f := l.describe(e)
			if pasted != "" {
				f.At = -1 // the string that was signed is not the one that was pasted
			}
			found = append(found, f)
		}
		return distinct(append(found, more...))
	}
	f := Finding{Cause: WrongSecret, At: -1, Detail: fmt.Sprintf("none of %d variants of the request gives this signature with this secret: most likely it was made with another", tried)}
	switch {
	case isRSA:
		f.Cause, f.Detail = Unexplained, fmt.Sprintf("the signature was made with this key, yet over another string: none of %d variants of the request is it", tried)
	case pasted != "" && pasted == l.text:
		f.Detail = "the string to sign is right, and this secret does not give the signature: it was made with another secret"
	}
	return append(found, f)
}

// distinct drops a cause that is named twice.
func distinct(found []Finding) []Finding {
	seen := map[Cause]bool{}
	return slices.DeleteFunc(found, func(f Finding) bool {
		double := seen[f.Cause]
		seen[f.Cause] = true
		return double
	})
}

// readSignature decodes the signature in all the ways it is met with.
func (l *lab) readSignature() ([]byte, []Finding, error) {
	text := strings.TrimSpace(l.have.Signature)
	text = strings.Join(strings.Fields(text), "") // base64 that was wrapped
	wrong := func(detail string) []Finding {
		return []Finding{{Cause: SignatureEncoding, Detail: detail, At: -1}}
	}
	sig, err := DecodeSignature(text)
	if err != nil {
		plain := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
		if sig, other := base64.RawStdEncoding.DecodeString(plain); other == nil && len(sig) > 0 {
			return sig, wrong("the signature is written as base64 for URLs, or without its padding"), nil
		}
		return nil, nil, err
	}
	_, isHex := hex.DecodeString(text)
	switch {
	case isHex == nil && l.have.Encoding != Hex:
		return sig, wrong("the signature is written as hex, and base64 is asked for"), nil
	case isHex == nil:
		return sig, nil, nil
	}
	if inner, err := hex.DecodeString(string(sig)); err == nil && len(inner) > 0 {
		return inner, wrong("the signature was written as hex first, and that as base64"), nil
	}
	if l.have.Encoding == Hex {
		return sig, wrong("the signature is written as base64, and hex is asked for"), nil
	}
	return sig, nil, nil
}

// tester says whether a string gives the signature, and what else is then wrong.
type tester func(text string) ([]Finding, bool)

// testHMAC tries the secret, and the ways in which it is misread.
func (l *lab) testHMAC(sig []byte) (tester, *Finding) {
	if len(l.have.Secret) == 0 && len(l.have.Secrets) == 0 {
		return nil, &Finding{Cause: NoKey, At: -1, Detail: "the signature can be tried only with the client secret"}
	}
	made := sha512.New
	var wrong []Finding
	if len(sig) != sha512.Size {
		other := map[int]struct {
			name string
			make func() hash.Hash
		}{sha1.Size: {"SHA-1", sha1.New}, sha256.Size: {"SHA-256", sha256.New}, sha512.Size384: {"SHA-384", sha512.New384}}[len(sig)]
		if other.make == nil {
			return nil, &Finding{Cause: SignatureAlgorithm, At: -1, Detail: fmt.Sprintf("the signature has %d bytes, which no algorithm of SNAP gives: it was cut, or is something else", len(sig))}
		}
		made = other.make
		wrong = []Finding{{Cause: SignatureAlgorithm, At: -1, Detail: "the signature was made with HMAC-" + other.name + "; it has to be HMAC-SHA512"}}
	}
	type key struct {
		mac   hash.Hash
		wrong []Finding
	}
	var keys []key
	var seen [][]byte
	add := func(secret []byte, cause Cause, detail string) {
		if len(secret) == 0 || sameText(seen, secret) {
			return
		}
		seen = append(seen, secret)
		k := key{hmac.New(made, secret), wrong}
		if cause != "" {
			k.wrong = append(slices.Clone(wrong), Finding{Cause: cause, Detail: detail, At: -1})
		}
		keys = append(keys, k)
	}
	secret := l.have.Secret
	add(secret, "", "")
	add(bytes.TrimSpace(secret), SecretSpelling, "the secret given here has white space or a line end around it; the signature was made without")
	if len(secret) > 0 {
		add(append(bytes.Clone(secret), '\n'), SecretSpelling, "the signature was made with a line end behind the secret")
		add(append(bytes.Clone(secret), '\r', '\n'), SecretSpelling, "the signature was made with a line end behind the secret")
	}
	if b, err := base64.StdEncoding.DecodeString(string(secret)); err == nil {
		add(b, SecretSpelling, "the signature was made with the secret decoded from base64; its text is the key")
	}
	if b, err := hex.DecodeString(string(secret)); err == nil {
		add(b, SecretSpelling, "the signature was made with the secret decoded from hex; its text is the key")
	}
	for _, s := range l.have.Secrets {
		add(s, WrongSecret, "the signature was made with another of the secrets")
	}
	sum := make([]byte, 0, sha512.Size)
	return func(text string) ([]Finding, bool) {
		for _, k := range keys {
			k.mac.Reset()
			k.mac.Write([]byte(text))
			if sum = k.mac.Sum(sum[:0]); hmac.Equal(sum, sig) {
				return k.wrong, true
			}
		}
		return nil, false
	}, nil
}

// digestInfos begin the hash within an RSA signature (RFC 8017, 9.2, note 1).
var digestInfos = []struct {
	hash   crypto.Hash
	prefix string
}{
	{crypto.SHA256, "3031300d060960864801650304020105000420"},
	{crypto.SHA1, "3021300906052b0e03021a05000414"},
	{crypto.SHA384, "3041300d060960864801650304020205000430"},
	{crypto.SHA512, "3051300d060960864801650304020305000440"},
}

// testRSA opens the signature with the public key: what it was made over then
// lies there as a hash, so that each variant costs a hash and no RSA, and a key
// that does not fit shows for certain.
func (l *lab) testRSA(sig []byte) (tester, *Finding) {
	pub := l.have.PublicKey
	if pub == nil && l.have.PrivateKey != nil {
		pub = &l.have.PrivateKey.PublicKey
	}
	if pub == nil || pub.N == nil || pub.N.BitLen() < MinKeyBits || pub.E < 2 {
		return nil, &Finding{Cause: NoKey, At: -1, Detail: "the signature can be tried only with the signer's public key"}
	}
	other := &Finding{Cause: WrongKey, At: -1, Detail: "the signature was made with another private key than this one's"}
	if len(sig) != pub.Size() {
		other.Detail = fmt.Sprintf("the signature has %d bytes and the key %d: it was made with another private key", len(sig), pub.Size())
		return nil, other
	}
	opened := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(pub.E)), pub.N).FillBytes(make([]byte, pub.Size()))
	for _, info := range digestInfos {
		prefix, err := hex.DecodeString(info.prefix)
		if err != nil {
			continue
		}
		head := len(opened) - info.hash.Size() - len(prefix)
		padding := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, head-3)...)
		if !bytes.Equal(opened[:head], append(append(padding, 0), prefix...)[:head]) || !bytes.Equal(opened[head:head+len(prefix)], prefix) {
			continue
		}
		var wrong []Finding
		if info.hash != crypto.SHA256 {
			wrong = []Finding{{Cause: SignatureAlgorithm, At: -1, Detail: "the signature was made with " + info.hash.String() + "; it has to be SHA256withRSA"}}
		}
		sum, h := opened[len(opened)-info.hash.Size():], info.hash.New()
		return func(text string) ([]Finding, bool) {
			h.Reset()
			h.Write([]byte(text))
			return wrong, bytes.Equal(h.Sum(nil), sum)
		}, nil
	}
	sum := sha256.Sum256([]byte(l.text))
	if rsa.VerifyPSS(pub, crypto.SHA256, sum[:], sig, nil) == nil {
		return nil, &Finding{Cause: SignatureAlgorithm, At: -1, Detail: "the signature was made with RSA-PSS; it has to be PKCS #1 v1.5"}
	}
	return nil, other
}
