package snap

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
)

// MinKeyBits is the shortest RSA key that is taken, as SNAP asks for.
const MinKeyBits = 2048

// What can be wrong with a key, in words for the person who supplied it. None
// carries anything of the key itself, nor of the parser's own error.
var (
	ErrKeyEmpty      = errors.New("there is no key: the text is empty")
	ErrKeyUnreadable = errors.New("this is no key that can be read: expected PEM, or the base64 of a DER key, whole and unchanged")
	ErrKeyDamaged    = errors.New("the PEM text is damaged: it needs its BEGIN and END lines, each on a line of its own, with nothing missing between them")
	ErrKeyEncrypted  = errors.New("the private key is protected by a passphrase: decrypt it first, for example with `openssl pkey -in KEY -out PLAIN`")
	ErrKeyOpenSSH    = errors.New("the key is in OpenSSH's format: convert a copy with `ssh-keygen -p -m PEM -f COPY`")
	ErrKeyNotRSA     = errors.New("the key is not a plain RSA key (it is an EC, Ed25519 or other key): SNAP signs with RSA")
	ErrKeyShort      = errors.New("the RSA key is shorter than 2048 bits: make a new one")
	ErrKeyPublic     = errors.New("this is a public key, and the private key is needed")
	ErrKeyCert       = errors.New("this is a certificate, and the private key is needed")
	ErrKeyPrivate    = errors.New("this is a private key, and the other side's public key is needed; keep this one to yourself")
)

// ParsePrivateKey reads an RSA key of 2048 bits or more: PKCS #8 or PKCS #1, as
// PEM (a file that holds certificates too is searched for the key), as the bare
// base64 of the DER that portals hand out, or as DER. PEM whose line ends are
// written as \n, as environment variables have them, is read too. Everything
// else is one of the ErrKey errors.
func ParsePrivateKey(pemOrDER []byte) (*rsa.PrivateKey, error) {
	found, err := readKey(pemOrDER, isPrivate)
	if err != nil {
		return nil, err
	}
	switch key := found.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < MinKeyBits {
			return nil, ErrKeyShort
		}
		return key, nil
	case *x509.Certificate:
		return nil, ErrKeyCert
	default:
		return nil, ErrKeyPublic
	}
}

// ParsePublicKey reads an RSA key of 2048 bits or more out of PKIX, PKCS #1 or
// a certificate, written as [ParsePrivateKey] takes them. The validity period
// and the issuer of a certificate are not looked at.
func ParsePublicKey(pemOrDER []byte) (*rsa.PublicKey, error) {
	found, err := readKey(pemOrDER, isPublic)
	if errors.Is(err, ErrKeyEncrypted) {
		return nil, ErrKeyPrivate
	}
	if err != nil {
		return nil, err
	}
	var pub any
	switch key := found.(type) {
	case *rsa.PrivateKey:
		return nil, ErrKeyPrivate
	case *x509.Certificate:
		pub = key.PublicKey
	case publicKey:
		pub = key.any
	}
	key, ok := pub.(*rsa.PublicKey)
	switch {
	case !ok:
		return nil, ErrKeyNotRSA
	case key.N.BitLen() < MinKeyBits:
		return nil, ErrKeyShort
	}
	return key, nil
}

// publicKey sets a public key of any algorithm apart from the other things a
// block may hold.
type publicKey struct{ any }

func isPrivate(found any) bool { _, ok := found.(*rsa.PrivateKey); return ok }

func isPublic(found any) bool { return !isPrivate(found) }

// readKey decodes whatever the input holds: *rsa.PrivateKey, publicKey or
// *x509.Certificate. Of several PEM blocks the first that is wanted counts.
func readKey(input []byte, wanted func(any) bool) (any, error) {
	if found, err := readDER(input); found != nil || !errors.Is(err, ErrKeyUnreadable) {
		return found, err
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(input, []byte("\xef\xbb\xbf")))
	if len(text) == 0 {
		return nil, ErrKeyEmpty
	}
	if !bytes.Contains(text, []byte("-----BEGIN")) {
		return readBase64(text)
	}
	text = bytes.ReplaceAll(text, []byte(`\r`), nil)
	text = bytes.ReplaceAll(text, []byte(`\n`), []byte("\n"))

	var first any
	firstErr := ErrKeyDamaged
	for blocks := 0; ; blocks++ {
		block, rest := pem.Decode(text)
		if block == nil {
			return first, firstErr
		}
		text = rest
		found, err := readBlock(block)
		if err == nil && wanted(found) {
			return found, nil
		}
		// A key that cannot be taken says more than a certificate beside it.
		if blocks == 0 || firstErr == nil && strings.HasSuffix(block.Type, "PRIVATE KEY") {
			first, firstErr = found, err
		}
	}
}

func readBlock(block *pem.Block) (any, error) {
	switch {
	case strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return nil, ErrKeyEncrypted
	case block.Type == "OPENSSH PRIVATE KEY":
		return nil, ErrKeyOpenSSH
	case strings.HasPrefix(block.Type, "EC "), block.Type == "DSA PRIVATE KEY":
		return nil, ErrKeyNotRSA
	}
	return readDER(block.Bytes)
}

func readBase64(text []byte) (any, error) {
	compact := strings.Join(strings.Fields(string(text)), "")
	der, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(compact, "="))
	if err != nil {
		return nil, ErrKeyUnreadable
	}
	return readDER(der)
}

// readDER goes by the content, not by a label: portals hand out PKCS #1 under
// the name of PKCS #8 and the reverse.
func readDER(der []byte) (any, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if key, ok := key.(*rsa.PrivateKey); ok {
			return key, nil
		}
		return nil, ErrKeyNotRSA
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return publicKey{key}, nil
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return publicKey{key}, nil
	}
	if cert, err := x509.ParseCertificate(der); err == nil {
		return cert, nil
	}
	return nil, refuseDER(der)
}

// refuseDER says which well-known thing a DER text is that is not taken.
func refuseDER(der []byte) error {
	if _, err := x509.ParseECPrivateKey(der); err == nil {
		return ErrKeyNotRSA
	}
	// PKCS #8, EncryptedPrivateKeyInfo: algorithm, then the cipher text.
	var encrypted struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	if rest, err := asn1.Unmarshal(der, &encrypted); err == nil && len(rest) == 0 {
		return ErrKeyEncrypted
	}
	// PKCS #8 whose algorithm x509 does not know, such as an EC key on
	// secp256k1 or an RSA-PSS key.
	var plain struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		PrivateKey []byte
	}
	rsaEncryption := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	if rest, err := asn1.Unmarshal(der, &plain); err == nil && len(rest) == 0 && !plain.Algorithm.Algorithm.Equal(rsaEncryption) {
		return ErrKeyNotRSA
	}
	return ErrKeyUnreadable
}
