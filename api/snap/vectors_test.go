package snap_test

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"cashier/api/snap"
)

type vectorFile struct {
	Keys    map[string]string `json:"keys"`
	Vectors []vector          `json:"vectors"`
}

type vector struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Inputs struct {
		PrivateKeyRef    string  `json:"privateKeyRef"`
		PublicKeyPem     string  `json:"publicKeyPem"`
		ClientID         string  `json:"clientId"`
		ClientSecret     string  `json:"clientSecret"`
		Method           string  `json:"method"`
		EndpointURL      string  `json:"endpointUrl"`
		AccessToken      string  `json:"accessToken"`
		BodyRaw          *string `json:"bodyRaw"`
		BodyMinified     *string `json:"bodyMinified"`
		BodySha256Hex    string  `json:"bodySha256Hex"`
		Timestamp        string  `json:"timestamp"`
		StringToSign     string  `json:"stringToSign"`
		StringToSignSym  string  `json:"stringToSignSym"`
		StringToSignAsym string  `json:"stringToSignAsym"`
		SignatureBase64  string  `json:"signatureBase64"`
	} `json:"inputs"`
	Expected struct {
		SignatureBase64 string `json:"signatureBase64"`
		SignatureHex    string `json:"signatureHex"`
		Sha256Hex       string `json:"sha256Hex"`
		SymBase64       string `json:"symBase64"`
		AsymBase64      string `json:"asymBase64"`
		Valid           *bool  `json:"valid"`
	} `json:"expected"`
}

// ownVectors is copied test data; publicVectors is read where a checkout of the
// shared folder stands beside the repository, and nowhere else.
const (
	ownVectors    = "testdata/snap_signing.json"
	publicVectors = "../../../shared/vectors/public/snap_demo.json"
)

func readVectors(t testing.TB, path string) vectorFile {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return file
}

func sampleKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	return parseKey(t, readVectors(t, ownVectors), "midtrans-docs")
}

func parseKey(t testing.TB, file vectorFile, name string) *rsa.PrivateKey {
	t.Helper()
	key, err := snap.ParsePrivateKey([]byte(file.Keys[name]))
	if err != nil {
		t.Fatalf("key %s: %v", name, err)
	}
	return key
}

func TestVectors(t *testing.T) {
	file := readVectors(t, ownVectors)
	var ids []string
	for _, v := range file.Vectors {
		ids = append(ids, v.ID)
		t.Run(v.ID, func(t *testing.T) { checkVector(t, file, v) })
	}
	want := []string{
		"midtrans-docs-token", "midtrans-docs-hmac", "doku-body-digest", "empty-body-digest",
		"derived-json-compact", "derived-php-json_encode", "derived-go-json_marshal",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("vectors are %q, want %q", ids, want)
	}
}

func TestPublicVectors(t *testing.T) {
	if _, err := os.Stat(publicVectors); errors.Is(err, fs.ErrNotExist) {
		t.Log("the shared vectors are not beside this checkout: nothing to compare")
		return
	}
	keys := readVectors(t, ownVectors).Keys
	file := readVectors(t, publicVectors)
	file.Keys = keys
	var ids []string
	for _, v := range file.Vectors {
		ids = append(ids, v.ID)
		t.Run(v.ID, func(t *testing.T) { checkVector(t, file, v) })
	}
	want := []string{"midtrans-demo-token", "midtrans-demo-hmac-qr-generate", "midtrans-demo-asym-notify-sign", "midtrans-demo-asym-notify-verify"}
	if !slices.Equal(ids, want) {
		t.Errorf("vectors are %q, want %q", ids, want)
	}
}

func checkVector(t *testing.T, file vectorFile, v vector) {
	in, want := v.Inputs, v.Expected
	parts := snap.Parts{
		Method: in.Method, Endpoint: in.EndpointURL, AccessToken: in.AccessToken,
		ClientKey: in.ClientID, Timestamp: in.Timestamp,
	}
	if in.BodyMinified != nil {
		parts.Body = []byte(*in.BodyMinified)
	}
	if in.BodyRaw != nil && v.Kind != "derived" {
		parts.Body = []byte(*in.BodyRaw)
	}
	switch v.Kind {
	case "body-digest":
		minified, err := parts.Minified()
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "minified body", string(minified), *in.BodyMinified)
		equal(t, "digest", snap.Digest(minified), want.Sha256Hex)

	case "asym-token":
		parts.Kind = snap.ClientKey
		text := compose(t, parts, in.StringToSign, "")
		checkRSA(t, parseKey(t, file, in.PrivateKeyRef), text, want.SignatureBase64, want.SignatureHex)

	case "sym-transaction":
		var text string
		if parts.Body == nil { // only the digest was published
			text = snap.SymmetricStringToSign(in.Method, in.EndpointURL, in.AccessToken, in.BodySha256Hex, in.Timestamp)
			equal(t, "string to sign", text, in.StringToSign)
		} else {
			parts.Kind = snap.Symmetric
			text = compose(t, parts, in.StringToSign, in.BodySha256Hex)
		}
		checkHMAC(t, in.ClientSecret, text, want.SignatureBase64, want.SignatureHex)

	case "asym-transaction-no-token":
		parts.Kind = snap.Asymmetric
		text := compose(t, parts, in.StringToSign, in.BodySha256Hex)
		checkRSA(t, parseKey(t, file, in.PrivateKeyRef), text, want.SignatureBase64, want.SignatureHex)

	case "asym-verify":
		parts.Kind = snap.Asymmetric
		text := compose(t, parts, in.StringToSign, in.BodySha256Hex)
		if got := snap.InboundDigests([]byte(*in.BodyRaw))[0]; got != in.BodySha256Hex {
			t.Errorf("raw digest %s, want %s", got, in.BodySha256Hex)
		}
		pub, err := snap.ParsePublicKey([]byte(in.PublicKeyPem))
		if err != nil {
			t.Fatal(err)
		}
		sig, err := snap.DecodeSignature(in.SignatureBase64)
		if err != nil {
			t.Fatal(err)
		}
		if got := snap.VerifyRSA(pub, text, sig) == nil; got != *want.Valid {
			t.Errorf("signature valid: %v, want %v", got, *want.Valid)
		}

	case "derived":
		parts.Kind = snap.Symmetric
		text := compose(t, parts, in.StringToSignSym, in.BodySha256Hex)
		checkHMAC(t, in.ClientSecret, text, want.SymBase64, "")
		parts.Kind = snap.Asymmetric
		text = compose(t, parts, in.StringToSignAsym, in.BodySha256Hex)
		checkRSA(t, parseKey(t, file, in.PrivateKeyRef), text, want.AsymBase64, "")

		// Of the three ways to write the same data only white space removal is
		// ours; what PHP and Go re-marshal must not come out of Minify.
		minified, err := snap.Minify([]byte(*in.BodyRaw))
		if err != nil {
			t.Fatal(err)
		}
		if same := string(minified) == *in.BodyMinified; same != (v.ID == "derived-json-compact") {
			t.Errorf("Minify of the raw body gives %s", minified)
		}

	default:
		t.Fatalf("vector kind %q has no check", v.Kind)
	}
}

func compose(t *testing.T, p snap.Parts, wantText, wantDigest string) string {
	t.Helper()
	text, digest, err := p.StringToSign()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "string to sign", text, wantText)
	equal(t, "digest", digest, wantDigest)
	return text
}

func checkRSA(t *testing.T, key *rsa.PrivateKey, text, wantBase64, wantHex string) {
	t.Helper()
	sig, err := snap.SignRSA(key, text)
	if err != nil {
		t.Fatal(err)
	}
	checkEncodings(t, sig, wantBase64, wantHex)
	if err := snap.VerifyRSA(&key.PublicKey, text, sig); err != nil {
		t.Errorf("own signature: %v", err)
	}
	if err := snap.VerifyRSA(&key.PublicKey, text+" ", sig); !errors.Is(err, rsa.ErrVerification) {
		t.Errorf("another string verifies: %v", err)
	}
}

func checkHMAC(t *testing.T, secret, text, wantBase64, wantHex string) {
	t.Helper()
	sig := snap.SignHMAC([]byte(secret), text)
	checkEncodings(t, sig, wantBase64, wantHex)
	if !snap.VerifyHMAC([]byte(secret), text, sig) {
		t.Error("own signature does not verify")
	}
	if snap.VerifyHMAC([]byte(secret), text+" ", sig) || snap.VerifyHMAC([]byte(secret+" "), text, sig) {
		t.Error("another string or secret verifies")
	}
}

func checkEncodings(t *testing.T, sig []byte, wantBase64, wantHex string) {
	t.Helper()
	equal(t, "base64 signature", snap.Base64.Encode(sig), wantBase64)
	if wantHex != "" {
		equal(t, "hex signature", snap.Hex.Encode(sig), wantHex)
	}
	for _, text := range []string{wantBase64, snap.Hex.Encode(sig)} {
		back, err := snap.DecodeSignature(text)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "decoded signature", string(back), string(sig))
	}
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}
