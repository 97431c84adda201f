package snap

import (
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Encoding of the outer signature, the value of X-SIGNATURE. The zero value is
// base64. The body digest inside the string to sign is hex in either case.
type Encoding string

const (
	Base64 Encoding = "base64"
	Hex    Encoding = "hex"
)

// ParseEncoding reads an encoding as config and commands spell it; empty is
// base64.
func ParseEncoding(s string) (Encoding, error) {
	switch e := Encoding(s); e {
	case "":
		return Base64, nil
	case Base64, Hex:
		return e, nil
	}
	return "", fmt.Errorf("signature encoding %q is not known: use %s or %s", s, Base64, Hex)
}

// Encode writes a signature: lowercase for [Hex], standard base64 with padding
// for every other value.
func (e Encoding) Encode(sig []byte) string {
	if e == Hex {
		return hex.EncodeToString(sig)
	}
	return base64.StdEncoding.EncodeToString(sig)
}

// DecodeSignature reads a signature in either encoding; white space around it
// is ignored. A text of hex digits alone and of even length is read as hex: the
// base64 of a real signature (64 bytes and more) always has other characters
// too. Empty text and text in neither encoding are errors.
func DecodeSignature(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, errors.New("the signature is empty")
	}
	if sig, err := hex.DecodeString(s); err == nil {
		return sig, nil
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, errors.New("the signature is neither base64 nor hex")
	}
	return sig, nil
}

// SignRSA signs with SHA256withRSA, PKCS #1 v1.5. The same key and string always
// give the same signature.
func SignRSA(key *rsa.PrivateKey, stringToSign string) ([]byte, error) {
	if key == nil {
		return nil, errors.New("sign: there is no private key")
	}
	sum := sha256.Sum256([]byte(stringToSign))
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, fmt.Errorf("sign with SHA256withRSA: %w", err)
	}
	return sig, nil
}

// VerifyRSA checks a signature of [SignRSA]. A signature that does not fit is
// [rsa.ErrVerification].
func VerifyRSA(pub *rsa.PublicKey, stringToSign string, sig []byte) error {
	if pub == nil {
		return errors.New("verify: there is no public key")
	}
	sum := sha256.Sum256([]byte(stringToSign))
	if err := rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], sig); err != nil {
		return fmt.Errorf("verify SHA256withRSA: %w", err)
	}
	return nil
}

// SignHMAC signs with HMAC-SHA512: 64 bytes.
func SignHMAC(secret []byte, stringToSign string) []byte {
	mac := hmac.New(sha512.New, secret)
	mac.Write([]byte(stringToSign))
	return mac.Sum(nil)
}

// VerifyHMAC checks a signature of [SignHMAC] in constant time. With an empty
// secret nothing verifies: an unset secret must not let everybody in.
func VerifyHMAC(secret []byte, stringToSign string, sig []byte) bool {
	if len(secret) == 0 {
		return false
	}
	return hmac.Equal(SignHMAC(secret, stringToSign), sig)
}
