package snap_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cashier/api/snap"
)

const (
	labToken  = "gp9HjjEj813Y9JGoqwOeOPWbnt4CupvIJbU1Mmu4a11MNDZ7Sg5u9a"
	labSecret = "fdppqbF5wq7vVegyvsV1CROMv646nJ7A"
	labClient = "962489e9de5d4eddbd3a0a1f5a1d1a5d"
	labTime   = "2026-11-20T15:04:12+07:00"
	labPath   = "/snap/v1.0/qr/qr-mpm-query?lang=id"
)

var labBody = []byte("{\n  \"note\": \"Kopi é a/b <&>\",\n  \"amount\": {\"value\": 10000.50}\n}")

func labParts(kind snap.Kind) snap.Parts {
	return snap.Parts{Kind: kind, Method: "POST", Endpoint: labPath, AccessToken: labToken, ClientKey: labClient, Timestamp: labTime, Body: labBody}
}

func labEvidence(t testing.TB) snap.Evidence {
	return snap.Evidence{Secret: []byte(labSecret), PublicKey: &sampleKey(t).PublicKey, PartnerIDs: []string{"partner-77"}}
}

func sha(body string) string { sum := sha256.Sum256([]byte(body)); return hex.EncodeToString(sum[:]) }

// labDigest is the digest of labBody, minified by hand.
var labDigest = sha(`{"note":"Kopi é a/b <&>","amount":{"value":10000.50}}`)

// wrongRequests are the mistakes that integrators make. text is what they
// signed; at is where it goes wrong, as a piece of it.
var wrongRequests = []struct {
	name  string
	kind  snap.Kind
	text  string
	cause snap.Cause
	at    int
}{
	{"digest and token exchanged", snap.Symmetric, "POST:" + labPath + ":" + labDigest + ":" + labToken + ":" + labTime, snap.WrongOrder, 5 + len(labPath) + 1},
	{"timestamp first", snap.Symmetric, labTime + ":POST:" + labPath + ":" + labToken + ":" + labDigest, snap.WrongOrder, 0},
	{"line end behind", snap.Symmetric, symmetric("POST", labPath, labToken, labDigest, labTime) + "\n", snap.WhiteSpace, -1},
	{"joined by |", snap.Symmetric, strings.Join([]string{"POST", labPath, labToken, labDigest, labTime}, "|"), snap.Separator, 4},
	{"client key joined by :", snap.ClientKey, labClient + ":" + labTime, snap.Separator, len(labClient)},
	{"client key behind", snap.ClientKey, labTime + "|" + labClient, snap.WrongOrder, 0},
	{"partner id", snap.ClientKey, "partner-77|" + labTime, snap.PartnerID, 0},
	{"secret as client key", snap.ClientKey, labSecret + "|" + labTime, snap.SecretAsKey, 0},
	{"small method", snap.Symmetric, symmetric("post", labPath, labToken, labDigest, labTime), snap.MethodCase, 0},
	{"another method", snap.Asymmetric, asymmetric("GET", labPath, labDigest, labTime), snap.OtherMethod, 0},
	{"prefix left out", snap.Symmetric, symmetric("POST", "/v1.0/qr/qr-mpm-query?lang=id", labToken, labDigest, labTime), snap.PathPrefix, 6},
	{"prefix too many", snap.Asymmetric, asymmetric("POST", "/gw"+labPath, labDigest, labTime), snap.PathPrefix, 6},
	{"another prefix", snap.Asymmetric, asymmetric("POST", strings.Replace(labPath, "/snap", "/gw", 1), labDigest, labTime), snap.PathPrefix, 6},
	{"query left out", snap.Symmetric, symmetric("POST", strings.TrimSuffix(labPath, "?lang=id"), labToken, labDigest, labTime), snap.Query, 5 + len(labPath) - 8},
	{"slash at the end", snap.Symmetric, symmetric("POST", strings.Replace(labPath, "?", "/?", 1), labToken, labDigest, labTime), snap.PathSlash, 5 + len(labPath) - 8},
	{"path escaped", snap.Asymmetric, asymmetric("POST", "%2Fsnap%2Fv1.0%2Fqr%2Fqr-mpm-query%3Flang%3Did", labDigest, labTime), snap.PathEscaping, 5},
	{"UTC", snap.Symmetric, symmetric("POST", labPath, labToken, labDigest, "2026-11-20T08:04:12Z"), snap.TimestampZone, -1},
	{"same digits with Z", snap.ClientKey, labClient + "|2026-11-20T15:04:12Z", snap.TimestampZone, len(labClient) + 1 + 19},
	{"UTC's digits with +07:00", snap.ClientKey, labClient + "|2026-11-20T08:04:12+07:00", snap.TimestampZone, len(labClient) + 1 + 11},
	{"milliseconds", snap.Asymmetric, asymmetric("POST", labPath, labDigest, "2026-11-20T15:04:12.000+07:00"), snap.TimestampFormat, -1},
	{"zone without colon", snap.Symmetric, symmetric("POST", labPath, labToken, labDigest, "2026-11-20T15:04:12+0700"), snap.TimestampFormat, -1},
	{"Unix time", snap.ClientKey, labClient + "|1795161852", snap.TimestampFormat, len(labClient) + 1},
	{"a second later", snap.ClientKey, labClient + "|2026-11-20T15:04:13+07:00", snap.OtherTimestamp, len(labClient) + 1 + 18},
	{"body not minified", snap.Symmetric, symmetric("POST", labPath, labToken, sha(string(labBody)), labTime), snap.BodyNotMinified, -1},
	{"body printed by four spaces", snap.Symmetric, symmetric("POST", labPath, labToken, sha("{\n    \"note\": \"Kopi é a/b <&>\",\n    \"amount\": {\n        \"value\": 10000.50\n    }\n}"), labTime), snap.BodyNotMinified, -1},
	{"body by PHP", snap.Symmetric, symmetric("POST", labPath, labToken, sha(`{"note":"Kopi \u00e9 a\/b <&>","amount":{"value":10000.5}}`), labTime), snap.BodyPHP, -1},
	{"body by PHP, pretty", snap.Asymmetric, asymmetric("POST", labPath, sha("{\n    \"note\": \"Kopi \\u00e9 a\\/b <&>\",\n    \"amount\": {\n        \"value\": 10000.5\n    }\n}"), labTime), snap.BodyPHP, -1},
	{"body by Go's map", snap.Asymmetric, asymmetric("POST", labPath, sha(`{"amount":{"value":10000.5},"note":"Kopi é a/b \u003c\u0026\u003e"}`), labTime), snap.BodyGo, -1},
	{"body by Go's struct", snap.Symmetric, symmetric("POST", labPath, labToken, sha(`{"note":"Kopi é a/b \u003c\u0026\u003e","amount":{"value":10000.50}}`), labTime), snap.BodyGo, -1},
	{"body by Python", snap.Symmetric, symmetric("POST", labPath, labToken, sha(`{"note": "Kopi \u00e9 a/b <&>", "amount": {"value": 10000.50}}`), labTime), snap.BodyRewritten, -1},
	{"body by .NET", snap.Symmetric, symmetric("POST", labPath, labToken, sha(`{"note":"Kopi \u00E9 a/b \u003C\u0026\u003E","amount":{"value":10000.50}}`), labTime), snap.BodyRewritten, -1},
	{"every space removed", snap.Symmetric, symmetric("POST", labPath, labToken, sha(`{"note":"Kopiéa/b<&>","amount":{"value":10000.50}}`), labTime), snap.BodyRewritten, -1},
	{"digest of nothing", snap.Symmetric, symmetric("POST", labPath, labToken, sha(""), labTime), snap.BodyEmpty, -1},
	{"body itself", snap.Symmetric, symmetric("POST", labPath, labToken, `{"note":"Kopi é a/b <&>","amount":{"value":10000.50}}`, labTime), snap.BodyNotDigested, -1},
	{"digest in capitals", snap.Symmetric, symmetric("POST", labPath, labToken, strings.ToUpper(labDigest), labTime), snap.DigestCase, -1},
	{"digest as base64", snap.Asymmetric, asymmetric("POST", labPath, base64Of(labDigest), labTime), snap.DigestEncoding, -1},
	{"digest left empty", snap.Asymmetric, asymmetric("POST", labPath, "", labTime), snap.MissedPart, -1},
	{"token with Bearer", snap.Symmetric, symmetric("POST", labPath, "Bearer "+labToken, labDigest, labTime), snap.Bearer, 5 + len(labPath) + 1},
	{"asymmetric for symmetric", snap.Symmetric, asymmetric("POST", labPath, labDigest, labTime), snap.WrongKind, -1},
	{"symmetric for asymmetric", snap.Asymmetric, symmetric("POST", labPath, labToken, labDigest, labTime), snap.WrongKind, -1},
	{"client key for asymmetric", snap.Asymmetric, labClient + "|" + labTime, snap.WrongKind, 0},
	{"asymmetric for client key", snap.ClientKey, asymmetric("POST", labPath, labDigest, labTime), snap.WrongKind, 0},
}

func symmetric(parts ...string) string  { return strings.Join(parts, ":") }
func asymmetric(parts ...string) string { return strings.Join(parts, ":") }

func base64Of(digest string) string {
	b, _ := hex.DecodeString(digest)
	return base64.StdEncoding.EncodeToString(b)
}

// signed is the signature of a text with the kind's own key.
func signed(t testing.TB, kind snap.Kind, text string) string {
	t.Helper()
	if kind == snap.Symmetric {
		return snap.Base64.Encode(snap.SignHMAC([]byte(labSecret), text))
	}
	sig, err := snap.SignRSA(sampleKey(t), text)
	if err != nil {
		t.Fatal(err)
	}
	return snap.Base64.Encode(sig)
}

func TestDiagnoseStringToSign(t *testing.T) {
	for _, c := range wrongRequests {
		t.Run(c.name, func(t *testing.T) {
			have := labEvidence(t)
			have.StringToSign = c.text
			found := diagnose(t, labParts(c.kind), have)
			if len(found) != 1 || found[0].Cause != c.cause {
				t.Fatalf("found %+v, want %s alone", found, c.cause)
			}
			if at := found[0].At; at < 0 || at > len(c.text) || c.at >= 0 && at != c.at {
				t.Errorf("points at byte %d, want %d", at, c.at)
			}
		})
	}
}

func TestDiagnoseSignature(t *testing.T) {
	for _, c := range wrongRequests {
		t.Run(c.name, func(t *testing.T) {
			have := labEvidence(t)
			have.Signature = signed(t, c.kind, c.text)
			found := diagnose(t, labParts(c.kind), have)
			if len(found) != 1 || found[0].Cause != c.cause {
				t.Fatalf("found %+v, want %s alone", found, c.cause)
			}
			// Both pasted: the string's own finding says it all.
			have.StringToSign = c.text
			if found := diagnose(t, labParts(c.kind), have); len(found) != 1 || found[0].Cause != c.cause {
				t.Errorf("with its string found %+v, want %s alone", found, c.cause)
			}
		})
	}
}

func TestDiagnoseNothingWrong(t *testing.T) {
	for _, kind := range []snap.Kind{snap.Symmetric, snap.Asymmetric, snap.ClientKey} {
		text, _, err := labParts(kind).StringToSign()
		if err != nil {
			t.Fatal(err)
		}
		have := labEvidence(t)
		if found := snap.Diagnose(labParts(kind), have); found != nil {
			t.Errorf("%s: nothing pasted gives %+v", kind, found)
		}
		have.StringToSign, have.Signature = text, signed(t, kind, text)
		if found := snap.Diagnose(labParts(kind), have); len(found) != 0 {
			t.Errorf("%s: a right signature gives %+v", kind, found)
		}
		have.PrivateKey, have.PublicKey = sampleKey(t), nil
		if found := snap.Diagnose(labParts(kind), have); len(found) != 0 {
			t.Errorf("%s: a right signature gives %+v with the private key", kind, found)
		}
	}
}

// More than one mistake: all are named, in the order of their places.
func TestDiagnoseTwoMistakes(t *testing.T) {
	utc := "2026-11-20T08:04:12Z"
	for _, c := range []struct {
		name string
		kind snap.Kind
		text string
		want []snap.Cause
	}{
		{"query and body", snap.Symmetric, symmetric("POST", strings.TrimSuffix(labPath, "?lang=id"), labToken, sha(string(labBody)), labTime), []snap.Cause{snap.Query, snap.BodyNotMinified}},
		{"method and zone", snap.Asymmetric, asymmetric("post", labPath, labDigest, utc), []snap.Cause{snap.MethodCase, snap.TimestampZone}},
		{"Bearer and line end", snap.Symmetric, symmetric("POST", labPath, "Bearer "+labToken, labDigest, labTime+"\n"), []snap.Cause{snap.Bearer, snap.WhiteSpace}},
		{"partner id and zone", snap.ClientKey, "partner-77|" + utc, []snap.Cause{snap.PartnerID, snap.TimestampZone}},
		{"kind and body by PHP", snap.Symmetric, asymmetric("POST", labPath, sha(`{"note":"Kopi \u00e9 a\/b <&>","amount":{"value":10000.5}}`), labTime), []snap.Cause{snap.WrongKind, snap.BodyPHP}},
	} {
		t.Run(c.name, func(t *testing.T) {
			have := labEvidence(t)
			have.StringToSign = c.text
			if got := causes(diagnose(t, labParts(c.kind), have)); !slices.Equal(got, c.want) {
				t.Errorf("the string gives %q, want %q", got, c.want)
			}
			have.StringToSign, have.Signature = "", signed(t, c.kind, c.text)
			got := causes(diagnose(t, labParts(c.kind), have))
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("the signature gives %q, want %q", got, c.want)
			}
		})
	}
}

// What can be wrong with a pasted string alone: values that nobody can guess.
func TestDiagnoseUnknownValues(t *testing.T) {
	other := "QtPq8hN2sY5uWk1vLx7dEa3RzGm0TfJbCi4oSn6pV9DyHlUe"
	for _, c := range []struct {
		name string
		kind snap.Kind
		text string
		want []snap.Cause
	}{
		{"another token", snap.Symmetric, symmetric("POST", labPath, other, labDigest, labTime), []snap.Cause{snap.OtherToken}},
		{"a token like a digest", snap.Symmetric, symmetric("POST", labPath, sha("token"), labDigest, labTime), []snap.Cause{snap.OtherToken}},
		{"a token cut short", snap.Symmetric, symmetric("POST", labPath, labToken[:20], labDigest, labTime), []snap.Cause{snap.OtherToken}},
		{"an empty token", snap.Symmetric, symmetric("POST", labPath, "", labDigest, labTime), []snap.Cause{snap.MissedPart}},
		{"another body", snap.Symmetric, symmetric("POST", labPath, labToken, sha("{}"), labTime), []snap.Cause{snap.OtherBody}},
		{"another path", snap.Symmetric, symmetric("POST", "/v1.0/other", labToken, labDigest, labTime), []snap.Cause{snap.OtherPath}},
		{"a whole URL", snap.Symmetric, symmetric("POST", "https://api.paydia.id"+labPath, labToken, labDigest, labTime), []snap.Cause{snap.PathHost}},
		{"a URL with a port", snap.Asymmetric, asymmetric("POST", "http://127.0.0.1:8080"+labPath, labDigest, labTime), []snap.Cause{snap.PathHost}},
		{"another query", snap.Asymmetric, asymmetric("POST", strings.Replace(labPath, "id", "en", 1), labDigest, labTime), []snap.Cause{snap.Query}},
		{"another version", snap.Asymmetric, asymmetric("POST", strings.Replace(labPath, "v1.0", "v2.0", 1), labDigest, labTime), []snap.Cause{snap.PathPrefix}},
		{"another day", snap.Asymmetric, asymmetric("POST", labPath, labDigest, "2026-11-19T15:04:12+07:00"), []snap.Cause{snap.OtherTimestamp}},
		{"another client key", snap.ClientKey, other + "|" + labTime, []snap.Cause{snap.OtherClientKey}},
		{"the digest left out", snap.Symmetric, symmetric("POST", labPath, labToken, labTime), []snap.Cause{snap.MissedPart}},
		{"spaces between", snap.Asymmetric, "POST : " + labPath + " : " + labDigest + " : " + labTime, []snap.Cause{snap.WhiteSpace}},
		{"a line each", snap.Asymmetric, strings.Join([]string{"POST", labPath, labDigest, labTime}, "\n"), []snap.Cause{snap.Separator}},
		{"in quotes", snap.Asymmetric, `"` + asymmetric("POST", labPath, labDigest, labTime) + `"`, []snap.Cause{snap.WhiteSpace}},
		{"a part too many", snap.ClientKey, labClient + "|" + labTime + "|" + other, []snap.Cause{snap.ExtraPart}},
		{"nothing like it", snap.ClientKey, "?", []snap.Cause{snap.Unexplained}},
	} {
		t.Run(c.name, func(t *testing.T) {
			have := labEvidence(t)
			have.StringToSign = c.text
			found := diagnose(t, labParts(c.kind), have)
			if got := causes(found); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q: %+v", got, c.want, found)
			}
			if s := fmt.Sprintf("%+v", found); strings.Contains(s, other) || strings.Contains(s, sha("token")) {
				t.Errorf("what may be a token is shown: %s", s)
			}
		})
	}
}

func TestDiagnoseKeysAndEncodings(t *testing.T) {
	symText, _, err := labParts(snap.Symmetric).StringToSign()
	if err != nil {
		t.Fatal(err)
	}
	keyText, _, err := labParts(snap.ClientKey).StringToSign()
	if err != nil {
		t.Fatal(err)
	}
	mac := func(secret string) []byte { return snap.SignHMAC([]byte(secret), symText) }
	key := sampleKey(t)
	sum, small := sha256.Sum256([]byte(keyText)), sha1.Sum([]byte(keyText))
	must := func(sig []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	right := must(snap.SignRSA(key, keyText))
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sha256mac := hmac.New(sha256.New, []byte(labSecret))
	sha256mac.Write([]byte(symText))
	for _, c := range []struct {
		name   string
		kind   snap.Kind
		sig    string
		change func(*snap.Evidence)
		want   []snap.Cause
	}{
		{"another secret", snap.Symmetric, snap.Base64.Encode(mac("another secret")), nil, []snap.Cause{snap.WrongSecret}},
		{"one of the other secrets", snap.Symmetric, snap.Base64.Encode(mac("production")), func(e *snap.Evidence) { e.Secrets = [][]byte{[]byte("x"), []byte("production")} }, []snap.Cause{snap.WrongSecret}},
		{"a line end behind the secret", snap.Symmetric, snap.Base64.Encode(mac(labSecret + "\n")), nil, []snap.Cause{snap.SecretSpelling}},
		{"the secret here has a line end", snap.Symmetric, snap.Base64.Encode(mac(labSecret)), func(e *snap.Evidence) { e.Secret = []byte(labSecret + "\n") }, []snap.Cause{snap.SecretSpelling}},
		{"the secret decoded", snap.Symmetric, snap.Base64.Encode(mac("0123456789")), func(e *snap.Evidence) { e.Secret = []byte("MDEyMzQ1Njc4OQ==") }, []snap.Cause{snap.SecretSpelling}},
		{"no secret", snap.Symmetric, snap.Base64.Encode(mac(labSecret)), func(e *snap.Evidence) { e.Secret = nil }, []snap.Cause{snap.NoKey}},
		{"HMAC-SHA256", snap.Symmetric, snap.Base64.Encode(sha256mac.Sum(nil)), nil, []snap.Cause{snap.SignatureAlgorithm}},
		{"a part of a signature", snap.Symmetric, snap.Base64.Encode(mac(labSecret)[:50]), nil, []snap.Cause{snap.SignatureAlgorithm}},
		{"hex for base64", snap.Symmetric, snap.Hex.Encode(mac(labSecret)), nil, []snap.Cause{snap.SignatureEncoding}},
		{"hex in capitals for base64", snap.Symmetric, strings.ToUpper(snap.Hex.Encode(mac(labSecret))), nil, []snap.Cause{snap.SignatureEncoding}},
		{"base64 for hex", snap.Symmetric, snap.Base64.Encode(mac(labSecret)), func(e *snap.Evidence) { e.Encoding = snap.Hex }, []snap.Cause{snap.SignatureEncoding}},
		{"hex as asked", snap.Symmetric, snap.Hex.Encode(mac(labSecret)), func(e *snap.Evidence) { e.Encoding = snap.Hex }, nil},
		{"base64 of hex", snap.Symmetric, base64.StdEncoding.EncodeToString([]byte(snap.Hex.Encode(mac(labSecret)))), nil, []snap.Cause{snap.SignatureEncoding}},
		{"base64 for URLs", snap.Symmetric, base64.RawURLEncoding.EncodeToString(mac(labSecret)), nil, []snap.Cause{snap.SignatureEncoding}},
		{"wrapped base64", snap.ClientKey, snap.Base64.Encode(right)[:76] + "\n" + snap.Base64.Encode(right)[76:], nil, nil},
		{"no signature at all", snap.Symmetric, "¿?", nil, []snap.Cause{snap.Unreadable}},
		{"RSA where HMAC is asked", snap.Symmetric, snap.Base64.Encode(must(snap.SignRSA(key, symText))), nil, []snap.Cause{snap.WrongKind}},
		{"HMAC where RSA is asked", snap.ClientKey, snap.Base64.Encode(snap.SignHMAC([]byte(labSecret), keyText)), nil, []snap.Cause{snap.WrongKind}},
		{"another key", snap.ClientKey, snap.Base64.Encode(must(snap.SignRSA(foreign, keyText))), nil, []snap.Cause{snap.WrongKey}},
		{"another string by this key", snap.ClientKey, snap.Base64.Encode(must(snap.SignRSA(key, "hello"))), nil, []snap.Cause{snap.Unexplained}},
		{"no key", snap.ClientKey, snap.Base64.Encode(right), func(e *snap.Evidence) { e.PublicKey = nil }, []snap.Cause{snap.NoKey}},
		{"SHA1withRSA", snap.ClientKey, snap.Base64.Encode(must(rsa.SignPKCS1v15(nil, key, crypto.SHA1, small[:]))), nil, []snap.Cause{snap.SignatureAlgorithm}},
		{"RSA-PSS", snap.ClientKey, snap.Base64.Encode(must(rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil))), nil, []snap.Cause{snap.SignatureAlgorithm}},
		{"half a signature", snap.ClientKey, snap.Base64.Encode(right[:200]), nil, []snap.Cause{snap.WrongKey}},
		{"one of the other tokens", snap.Symmetric, signed(t, snap.Symmetric, symmetric("POST", labPath, "yesterdays-token", labDigest, labTime)), func(e *snap.Evidence) { e.AccessTokens = []string{"yesterdays-token"} }, []snap.Cause{snap.OtherToken}},
		{"one of the other bodies", snap.Symmetric, signed(t, snap.Symmetric, symmetric("POST", labPath, labToken, sha(`{"a":1}`), labTime)), func(e *snap.Evidence) { e.Bodies = [][]byte{[]byte(`{"a": 1}`)} }, []snap.Cause{snap.OtherBody}},
		{"one of the other times", snap.ClientKey, signed(t, snap.ClientKey, labClient+"|2026-11-20T15:04:40+07:00"), func(e *snap.Evidence) { e.Timestamps = []string{"2026-11-20T15:04:40+07:00"} }, []snap.Cause{snap.OtherTimestamp}},
		{"one of the other endpoints", snap.Asymmetric, signed(t, snap.Asymmetric, asymmetric("POST", "https://x.id"+labPath, labDigest, labTime)), func(e *snap.Evidence) { e.Endpoints = []string{"https://x.id" + labPath} }, []snap.Cause{snap.PathHost}},
		{"one of the other client keys", snap.ClientKey, signed(t, snap.ClientKey, "older-app|"+labTime), func(e *snap.Evidence) { e.ClientKeys = []string{"older-app"} }, []snap.Cause{snap.OtherClientKey}},
	} {
		t.Run(c.name, func(t *testing.T) {
			have := labEvidence(t)
			if c.change != nil {
				c.change(&have)
			}
			have.Signature = c.sig
			if found := diagnose(t, labParts(c.kind), have); !slices.Equal(causes(found), c.want) {
				t.Errorf("found %+v, want %q", found, c.want)
			}
		})
	}
}

// A string to sign that is right, beside a signature that is not, proves the
// secret wrong.
func TestDiagnoseRightStringWrongSecret(t *testing.T) {
	text, _, err := labParts(snap.Symmetric).StringToSign()
	if err != nil {
		t.Fatal(err)
	}
	found := diagnose(t, labParts(snap.Symmetric), snap.Evidence{
		StringToSign: text, Signature: snap.Base64.Encode(snap.SignHMAC([]byte("another"), text)), Secret: []byte(labSecret)})
	if len(found) != 1 || found[0].Cause != snap.WrongSecret || !strings.Contains(found[0].Detail, "the string to sign is right") {
		t.Errorf("found %+v", found)
	}
}

func TestDiagnoseIncomplete(t *testing.T) {
	parts := labParts(snap.Symmetric)
	parts.Method = ""
	found := diagnose(t, parts, snap.Evidence{StringToSign: "x"})
	if !slices.Equal(causes(found), []snap.Cause{snap.Incomplete}) || !strings.Contains(found[0].Detail, "method") {
		t.Errorf("found %+v", found)
	}
}

// diagnose runs it, and sees to it that nothing secret comes out.
func diagnose(t *testing.T, p snap.Parts, have snap.Evidence) []snap.Finding {
	t.Helper()
	found := snap.Diagnose(p, have)
	shown := fmt.Sprintf("%+v", found)
	for _, secret := range append([]string{labToken, labToken[:20], labSecret, "Kopi"}, have.AccessTokens...) {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown: %s", secret, shown)
		}
	}
	for _, f := range found {
		if f.Detail == "" || f.Cause == "" {
			t.Errorf("a finding says nothing: %+v", f)
		}
	}
	return found
}

func causes(found []snap.Finding) []snap.Cause {
	var out []snap.Cause
	for _, f := range found {
		out = append(out, f.Cause)
	}
	return out
}

// Where the body is not known, its digest stands for it.
func TestDiagnoseByDigest(t *testing.T) {
	p := labParts(snap.Symmetric)
	p.Body, p.Digest = nil, labDigest
	text, digest, err := p.StringToSign()
	if err != nil || digest != labDigest || text != symmetric("POST", labPath, labToken, labDigest, labTime) {
		t.Fatalf("%q, %q, %v", text, digest, err)
	}
	for _, c := range []struct {
		name, digest string
		causes       []snap.Cause
	}{
		{"right", labDigest, nil},
		{"capitals", strings.ToUpper(labDigest), []snap.Cause{snap.DigestCase}},
		{"of nothing", sha(""), []snap.Cause{snap.BodyEmpty}},
		{"left out", "", []snap.Cause{snap.MissedPart}},
	} {
		t.Run(c.name, func(t *testing.T) {
			have := labEvidence(t)
			have.Signature = signed(t, snap.Symmetric, symmetric("POST", labPath, labToken, c.digest, labTime))
			var causes []snap.Cause
			for _, f := range diagnose(t, p, have) {
				causes = append(causes, f.Cause)
			}
			if !slices.Equal(causes, c.causes) {
				t.Errorf("found %q, want %q", causes, c.causes)
			}
		})
	}
}
