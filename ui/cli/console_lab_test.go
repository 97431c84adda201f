package cli

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/snap"
	"cashier/ui/words"
	"cashier/views"
)

const (
	wrongToken  = "eyJhbGciOiJSUzI1NiJ9.b2xkLXRva2Vu.c2ln"
	rightToken  = "eyJhbGciOiJSUzI1NiJ9.bmV3LXRva2Vu.c2ln"
	rightSecret = "fdppqbF5wq7vVegyvsV1CROMv646nJ7A"
	labWhen     = "2026-11-20T15:04:12+07:00"
	labWhere    = "/snap/v1.0/qr/qr-mpm-query?lang=id"
	labWhat     = "{\n  \"note\": \"Kopi a/b\",\n  \"amount\": {\"value\": 10000.50}\n}"
)

// labInput is a request that is signed right with rightSecret.
func labInput(t *testing.T) views.LabInput {
	t.Setenv("LAB_TOKEN", rightToken)
	t.Setenv("LAB_SECRET", rightSecret)
	return views.LabInput{
		Kind: "symmetric", Method: "POST", Path: labWhere, Body: labWhat, Timestamp: labWhen, TokenEnv: "LAB_TOKEN", SecretEnv: "LAB_SECRET",
	}
}

func hexSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestLabNamesWhatIsWrong: each mistake that integrators make is named, by the
// signature alone, on the screen and by the command; a string to sign that was
// pasted says the same.
func TestLabNamesWhatIsWrong(t *testing.T) {
	const minified = `{"note":"Kopi a/b","amount":{"value":10000.50}}`
	digest := hexSum(minified)
	sum, _ := hex.DecodeString(digest)
	join := func(parts ...string) string { return strings.Join(parts, ":") }
	hmac := func(text string) string { return snap.Base64.Encode(snap.SignHMAC([]byte(rightSecret), text)) }
	for _, c := range []struct {
		name, text string
		signature  string // where it is not that of the text
		cause      snap.Cause
	}{
		{name: "order", text: join("POST", labWhere, digest, rightToken, labWhen), cause: snap.WrongOrder},
		{name: "spaces", text: join("POST", labWhere, rightToken, hexSum(labWhat), labWhen), cause: snap.BodyNotMinified},
		{name: "line end", text: join("POST", labWhere, rightToken, digest, labWhen) + "\n", cause: snap.WhiteSpace},
		{name: "path prefix", text: join("POST", strings.TrimPrefix(labWhere, "/snap"), rightToken, digest, labWhen), cause: snap.PathPrefix},
		{name: "query", text: join("POST", strings.TrimSuffix(labWhere, "?lang=id"), rightToken, digest, labWhen), cause: snap.Query},
		{name: "time zone", text: join("POST", labWhere, rightToken, digest, "2026-11-20T08:04:12Z"), cause: snap.TimestampZone},
		{name: "base64 for hex", text: join("POST", labWhere, rightToken, base64.StdEncoding.EncodeToString(sum), labWhen), cause: snap.DigestEncoding},
		{
			name: "hex for base64", signature: snap.Hex.Encode(snap.SignHMAC([]byte(rightSecret), join("POST", labWhere, rightToken, digest, labWhen))),
			cause: snap.SignatureEncoding,
		},
		{name: "body serialised again", text: join("POST", labWhere, rightToken, hexSum(`{"amount":{"value":10000.5},"note":"Kopi a/b"}`), labWhen), cause: snap.BodyGo},
		{
			name: "wrong secret", signature: snap.Base64.Encode(snap.SignHMAC([]byte("another"), join("POST", labWhere, rightToken, digest, labWhen))),
			cause: snap.WrongSecret,
		},
		{name: "method", text: join("PUT", labWhere, rightToken, digest, labWhen), cause: snap.OtherMethod},
		{name: "method in small letters", text: join("post", labWhere, rightToken, digest, labWhen), cause: snap.MethodCase},
		{name: "token with its scheme", text: join("POST", labWhere, "Bearer "+rightToken, digest, labWhen), cause: snap.Bearer},
		// Only a string shows that the token is another: a signature made with
		// one that nobody has cannot tell it from another secret.
		{name: "token", text: join("POST", labWhere, wrongToken, digest, labWhen), signature: "-", cause: snap.OtherToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := labInput(t)
			l := &signLab{}
			judge := func(what string, found []views.LabFinding, err error) {
				if err != nil || len(found) == 0 || found[0].Cause != string(c.cause) {
					t.Errorf("%s: %+v, %v; want %s", what, found, err, c.cause)
				}
				for _, f := range found {
					if text := f.Detail + f.Want + f.Have; strings.Contains(text, rightToken) || strings.Contains(text, wrongToken) || strings.Contains(text, rightSecret) {
						t.Errorf("%s: a secret is shown: %+v", what, f)
					}
				}
			}
			if c.text != "" {
				found, err := l.Compare(t.Context(), in, c.text)
				judge("the string", found, err)
			}
			if c.signature == "-" {
				return
			}
			signature := c.signature
			if signature == "" {
				signature = hmac(c.text)
			}
			found, err := l.Compare(t.Context(), in, signature)
			judge("the signature", found, err)
			body := filepath.Join(t.TempDir(), "body.json")
			if err := os.WriteFile(body, []byte(labWhat), 0o600); err != nil {
				t.Fatal(err)
			}
			if c.cause == snap.SignatureEncoding || c.cause == snap.BodyNotMinified {
				return // a received signature may be hex, and made over the raw bytes
			}
			in.Signature = signature
			v, err := l.Verify(t.Context(), in)
			judge("what was received", v.Findings, err)
			out := run(t, "", "sign", "verify", "--kind", "symmetric", "--path", labWhere, "--body", body, "--timestamp", labWhen,
				"--access-token-env", "LAB_TOKEN", "--client-secret-env", "LAB_SECRET", "--signature", signature)
			if says := words.For(words.English).T(words.Key("lab.cause." + string(c.cause))); out.code != exitEnded || !strings.Contains(flat(out.stderr), says) {
				t.Errorf("exit %d, %q; want %q", out.code, out.stderr, says)
			}
		})
	}
}

// flat is a text without its line ends.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestLabVerifies: what was received is valid over the raw or the minified
// body, with a secret or with the sender's public key.
func TestLabVerifies(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "provider.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	minified, err := snap.Minify([]byte(labWhat))
	if err != nil {
		t.Fatal(err)
	}
	l := &signLab{}
	for _, c := range []struct {
		name   string
		edit   func(*views.LabInput)
		text   string
		signed string
	}{
		{"symmetric, minified", nil, snap.SymmetricStringToSign("POST", labWhere, rightToken, snap.Digest(minified), labWhen), "minified"},
		{"symmetric, raw", nil, snap.SymmetricStringToSign("POST", labWhere, rightToken, snap.Digest([]byte(labWhat)), labWhen), "raw"},
		{"pasted token", func(in *views.LabInput) { in.TokenEnv, in.Token = "", wrongToken },
			snap.SymmetricStringToSign("POST", labWhere, wrongToken, snap.Digest(minified), labWhen), "minified"},
		{"asymmetric", func(in *views.LabInput) { in.Kind = "asymmetric" },
			snap.AsymmetricStringToSign("POST", labWhere, snap.Digest(minified), labWhen), "minified"},
		{"asymmetric, no JSON", func(in *views.LabInput) { in.Kind, in.Body = "asymmetric", "a=b" },
			snap.AsymmetricStringToSign("POST", labWhere, snap.Digest([]byte("a=b")), labWhen), "raw"},
		{"client key", func(in *views.LabInput) { in.Kind, in.ClientKey = "client-key", "962489e9" }, snap.TokenStringToSign("962489e9", labWhen), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := labInput(t)
			in.KeyFile = file
			if c.edit != nil {
				c.edit(&in)
			}
			in.Signature = snap.Base64.Encode(snap.SignHMAC([]byte(rightSecret), c.text))
			if in.Kind != "symmetric" {
				made, err := snap.SignRSA(key, c.text)
				if err != nil {
					t.Fatal(err)
				}
				in.Signature = snap.Base64.Encode(made)
			}
			v, err := l.Verify(t.Context(), in)
			if err != nil || !v.Valid || v.Signed != c.signed || len(v.Findings) > 0 {
				t.Fatalf("%+v, %v", v, err)
			}
			if shown := v.StringToSign + v.Minified; strings.Contains(shown, rightToken) || strings.Contains(shown, wrongToken) {
				t.Errorf("the token is shown: %s", shown)
			}
			in.Timestamp = "2026-11-20T15:04:13+07:00"
			if v, err := l.Verify(t.Context(), in); err != nil || v.Valid || len(v.Findings) == 0 {
				t.Errorf("with another time: %+v, %v", v, err)
			}
		})
	}
	in := labInput(t)
	in.Kind, in.Signature = "asymmetric", "c2ln"
	if _, err := l.Verify(t.Context(), in); err == nil || !strings.Contains(err.Error(), "public key") {
		t.Errorf("without a key: %v", err)
	}
}

// A request of the profile is signed with its own keys; only the token is
// named.
func TestLabSignsWithTheProfile(t *testing.T) {
	t.Setenv("LAB_TOKEN", rightToken)
	e := api.Endpoint{Name: "cpm", ClientSecret: func() ([]byte, error) { return []byte(rightSecret), nil }}
	l := &signLab{sources: map[string]labSource{"cpm 60": {endpoint: e, op: cpm.Payment}}}
	in := views.LabInput{Source: "cpm 60", Kind: "symmetric", Method: "POST", Path: labWhere, Body: labWhat, Timestamp: labWhen, TokenEnv: "LAB_TOKEN"}
	r, err := l.Compose(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	minified, err := snap.Minify([]byte(labWhat))
	if err != nil {
		t.Fatal(err)
	}
	text := snap.SymmetricStringToSign("POST", labWhere, rightToken, snap.Digest(minified), labWhen)
	if want := snap.Base64.Encode(snap.SignHMAC([]byte(rightSecret), text)); r.Signature != want {
		t.Errorf("signed %s, want %s", r.Signature, want)
	}
	in.TokenEnv = ""
	if _, err := l.Compose(t.Context(), in); err == nil || !strings.Contains(err.Error(), "environment variable") {
		t.Errorf("without a token: %v", err)
	}
}
