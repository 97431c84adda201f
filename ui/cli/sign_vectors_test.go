package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Where the vectors are: own ones are a copy (source: each vector's own
// field), public ones are read in place where they are there.
const (
	ownVectors    = "testdata/snap_signing.json"
	publicVectors = "../../../shared/vectors/public/snap_demo.json"
)

type vectorFile struct {
	Keys    map[string]string `json:"keys"`
	Vectors []vector          `json:"vectors"`
}

type vector struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Inputs struct {
		PrivateKey       string  `json:"privateKeyRef"`
		PublicKey        string  `json:"publicKeyPem"`
		Client           string  `json:"clientId"`
		Secret           string  `json:"clientSecret"`
		Method           string  `json:"method"`
		Endpoint         string  `json:"endpointUrl"`
		Token            string  `json:"accessToken"`
		BodyRaw          *string `json:"bodyRaw"`
		BodyMinified     *string `json:"bodyMinified"`
		Digest           string  `json:"bodySha256Hex"`
		Timestamp        string  `json:"timestamp"`
		StringToSign     string  `json:"stringToSign"`
		StringToSignSym  string  `json:"stringToSignSym"`
		StringToSignAsym string  `json:"stringToSignAsym"`
		Signature        string  `json:"signatureBase64"`
	} `json:"inputs"`
	Expected struct {
		Base64     string `json:"signatureBase64"`
		Hex        string `json:"signatureHex"`
		Digest     string `json:"sha256Hex"`
		SymBase64  string `json:"symBase64"`
		AsymBase64 string `json:"asymBase64"`
		Valid      *bool  `json:"valid"`
	} `json:"expected"`
}

// outcome is what one run of the program left.
type outcome struct {
	code           int
	stdout, stderr string
}

// run is Main with files for its streams.
func run(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	folder := t.TempDir()
	open := func(name, text string) *os.File {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	in, out, errs := open("in", stdin), open("out", ""), open("err", "")
	defer in.Close()
	o := outcome{code: Main(args, in, out, errs)}
	for _, f := range []struct {
		file *os.File
		text *string
	}{{out, &o.stdout}, {errs, &o.stderr}} {
		text, err := os.ReadFile(f.file.Name())
		if err != nil {
			t.Fatal(err)
		}
		*f.text = string(text)
		if err := f.file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func readVectors(t *testing.T, path string) vectorFile {
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

func TestSignVectors(t *testing.T) {
	file := readVectors(t, ownVectors)
	checkVectors(t, file, []string{
		"midtrans-docs-token", "midtrans-docs-hmac", "doku-body-digest", "empty-body-digest",
		"derived-json-compact", "derived-php-json_encode", "derived-go-json_marshal",
	})
}

func TestSignPublicVectors(t *testing.T) {
	if _, err := os.Stat(publicVectors); errors.Is(err, fs.ErrNotExist) {
		t.Log("the shared vectors are not beside this checkout: nothing to compare")
		return
	}
	file := readVectors(t, publicVectors)
	file.Keys = readVectors(t, ownVectors).Keys
	checkVectors(t, file, []string{
		"midtrans-demo-token", "midtrans-demo-hmac-qr-generate", "midtrans-demo-asym-notify-sign", "midtrans-demo-asym-notify-verify",
	})
}

func checkVectors(t *testing.T, file vectorFile, want []string) {
	var ids []string
	for _, v := range file.Vectors {
		ids = append(ids, v.ID)
		t.Run(v.ID, func(t *testing.T) { v.check(t, file.Keys) })
	}
	if !slices.Equal(ids, want) {
		t.Errorf("vectors are %q, want %q", ids, want)
	}
}

func (v vector) check(t *testing.T, keys map[string]string) {
	in, want := v.Inputs, v.Expected
	t.Setenv("TEST_SECRET", in.Secret)
	t.Setenv("TEST_TOKEN", in.Token)
	key := filepath.Join(t.TempDir(), "key.pem")
	for name, pem := range map[string]string{in.PrivateKey: keys[in.PrivateKey], "": in.PublicKey} {
		if pem == "" || name == "" && in.PublicKey == "" {
			continue
		}
		if err := os.WriteFile(key, []byte(pem), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	body := ""
	switch {
	case v.Kind == "derived" || in.BodyRaw == nil:
		if in.BodyMinified != nil {
			body = *in.BodyMinified
		}
	default:
		body = *in.BodyRaw
	}
	request := []string{"sign", "request", "--json", "--method", in.Method, "--path", in.Endpoint, "--timestamp", in.Timestamp}
	if in.BodyRaw == nil && in.BodyMinified == nil {
		request = append(request, "--body-digest", in.Digest)
	} else if body != "" {
		request = append(request, "--body", "-")
	}
	symmetric := append(slices.Clone(request), "--kind", "symmetric", "--access-token-env", "TEST_TOKEN", "--client-secret-env", "TEST_SECRET")
	asymmetric := append(slices.Clone(request), "--kind", "asymmetric", "--private-key", key)
	token := []string{"sign", "token", "--json", "--client-key", in.Client, "--private-key", key, "--timestamp", in.Timestamp}

	switch v.Kind {
	case "asym-token":
		signs(t, "", token, in.StringToSign, "", want.Base64, want.Hex)
	case "sym-transaction":
		signs(t, body, symmetric, in.StringToSign, in.Digest, want.Base64, want.Hex)
	case "asym-transaction-no-token":
		signs(t, body, asymmetric, in.StringToSign, in.Digest, want.Base64, want.Hex)
	case "body-digest":
		t.Setenv("TEST_TOKEN", "token")
		t.Setenv("TEST_SECRET", "secret")
		text := "POST:/x:token:" + want.Digest + ":T"
		digest := []string{"sign", "request", "--json", "--kind", "symmetric", "--path", "/x", "--timestamp", "T",
			"--access-token-env", "TEST_TOKEN", "--client-secret-env", "TEST_SECRET", "--body", "-"}
		signs(t, body, digest, text, want.Digest, "", "")
	case "derived":
		signs(t, body, symmetric, in.StringToSignSym, in.Digest, want.SymBase64, "")
		signs(t, body, asymmetric, in.StringToSignAsym, in.Digest, want.AsymBase64, "")
	case "asym-verify":
		verify := []string{"sign", "verify", "--json", "--kind", "asymmetric", "--method", in.Method, "--path", in.Endpoint,
			"--timestamp", in.Timestamp, "--body", "-", "--public-key", key, "--signature", in.Signature}
		code := exitEnded
		if *want.Valid {
			code = exitOK
		}
		if o := run(t, body, verify...); o.code != code || *want.Valid && !strings.Contains(o.stdout, in.StringToSign) {
			t.Errorf("verify: %+v, want code %d", o, code)
		}
		if o := run(t, body+" ", verify...); *want.Valid && o.code != exitOK && o.code != exitEnded {
			t.Errorf("verify with a space more: %+v", o)
		}
		if o := run(t, strings.Replace(body, "2", "3", 1), verify...); o.code != exitEnded {
			t.Errorf("verify another body: %+v", o)
		}
	default:
		t.Fatalf("vector kind %q has no check", v.Kind)
	}
}

// signs runs a sign command in both encodings, and with the signature that is
// expected and another.
func signs(t *testing.T, body string, args []string, text, digest, base64, hex string) {
	t.Helper()
	o := run(t, body, args...)
	var got signatureJSON
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil || o.code != exitOK {
		t.Fatalf("%v: %+v", err, o)
	}
	if got.StringToSign != text || got.BodyDigest != digest {
		t.Errorf("signs %q with digest %q,\nwant  %q with digest %q", got.StringToSign, got.BodyDigest, text, digest)
	}
	if base64 == "" {
		return
	}
	if got.Signature != base64 {
		t.Errorf("signature %s,\nwant      %s", got.Signature, base64)
	}
	o = run(t, body, append(slices.Clone(args), "--encoding", "hex")...)
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil || hex != "" && got.Signature != hex {
		t.Errorf("in hex %s (%v), want %s", got.Signature, err, hex)
	}
	if args[1] != "request" {
		return
	}
	if o := run(t, body, append(slices.Clone(args), "--expect", base64)...); o.code != exitOK {
		t.Errorf("the expected signature: %+v", o)
	}
	if o := run(t, body, append(slices.Clone(args), "--expect", got.Signature)...); o.code != exitOK {
		t.Errorf("the expected signature in hex: %+v", o)
	}
	if o := run(t, body, append(slices.Clone(args), "--path", "/other", "--expect", base64)...); o.code != exitEnded {
		t.Errorf("another signature: %+v", o)
	}
}
