package snap_test

import (
	"slices"
	"testing"

	"cashier/api/snap"
)

// The bodies that PHP and Go wrote again are told apart by the digest alone.
func TestDiagnoseVectors(t *testing.T) {
	file := readVectors(t, ownVectors)
	want := map[string][]snap.Cause{
		"derived-json-compact":    nil,
		"derived-php-json_encode": {snap.BodyPHP},
		"derived-go-json_marshal": {snap.BodyGo},
	}
	for _, v := range file.Vectors {
		if v.Kind != "derived" {
			continue
		}
		causesWanted, known := want[v.ID]
		if !known {
			t.Fatalf("nothing is wanted of %s", v.ID)
		}
		delete(want, v.ID)
		in := v.Inputs
		parts := snap.Parts{Method: in.Method, Endpoint: in.EndpointURL, AccessToken: in.AccessToken, Timestamp: in.Timestamp, Body: []byte(*in.BodyRaw)}
		for _, c := range []struct {
			kind      snap.Kind
			text, sig string
		}{{snap.Symmetric, in.StringToSignSym, v.Expected.SymBase64}, {snap.Asymmetric, in.StringToSignAsym, v.Expected.AsymBase64}} {
			parts.Kind = c.kind
			key := &parseKey(t, file, in.PrivateKeyRef).PublicKey
			for _, have := range []snap.Evidence{{StringToSign: c.text}, {Signature: c.sig}, {StringToSign: c.text, Signature: c.sig}} {
				have.Secret, have.PublicKey = []byte(in.ClientSecret), key
				if got := causes(snap.Diagnose(parts, have)); !slices.Equal(got, causesWanted) {
					t.Errorf("%s %s: %q, want %q", v.ID, c.kind, got, causesWanted)
				}
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("vectors are missing: %v", want)
	}
}

// How other programs write numbers, empty objects, names that come twice and
// characters outside the basic plane.
func TestDiagnoseRewrittenBodies(t *testing.T) {
	for _, c := range []struct{ name, body, signed, cause string }{
		{"PHP's floats", `{"a":[1.0,2.50,1e3,1e25,12345678901234567890,7,"x/"]}`, `{"a":[1,2.5,1000,1.0e+25,1.2345678901234567e+19,7,"x\/"]}`, "body-php"},
		{"PHP's empty object", `{"a":{},"b":"/"}`, `{"a":[],"b":"\/"}`, "body-php"},
		{"PHP's surrogates", `{"a":"😀"}`, `{"a":"\ud83d\ude00"}`, "body-php"},
		{"PHP unescaped slashes", `{"a":"é/"}`, `{"a":"\u00e9/"}`, "body-php"},
		{"PHP unescaped Unicode", `{"a":"é/"}`, `{"a":"é\/"}`, "body-php"},
		{"Go's floats", `{"b":1.50,"a":1e21,"c":100000000000000000000}`, `{"a":1e+21,"b":1.5,"c":100000000000000000000}`, "body-go"},
		{"Go's line separators", "{\"b\":\"\u2028\",\"a\":1}", `{"a":1,"b":"\u2028"}`, "body-go"},
		{"Go's Encoder", `{"b":1,"a":"<"}`, `{"b":1,"a":"\u003c"}` + "\n", "body-go"},
		{"a name that comes twice", `{"b":1,"a":2,"b":3}`, `{"b":3,"a":2}`, "body-rewritten"},
		{"escapes read", `{"a":"\u0041\/\t"}`, `{"a":"A/\t"}`, "body-rewritten"},
		{"sorted", `{"b":1.50,"a":{"d":1,"c":2}}`, `{"a":{"c":2,"d":1},"b":1.50}`, "body-rewritten"},
		{"Python, sorted", `{"b":1,"a":2}`, `{"a": 2, "b": 1}`, "body-rewritten"},
		{"tabs", `{"a":[1,{}]}`, "{\n\t\"a\": [\n\t\t1,\n\t\t{}\n\t]\n}", "body-not-minified"},
		{"a line end", `{"a":1}`, `{"a":1}` + "\n", "body-rewritten"},
		{"an object for nothing", ``, `{}`, "body-empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := labParts(snap.Symmetric)
			parts.Body = []byte(c.body)
			text := symmetric("POST", labPath, labToken, sha(c.signed), labTime)
			for _, have := range []snap.Evidence{{StringToSign: text}, {Signature: signed(t, snap.Symmetric, text)}} {
				have.Secret = []byte(labSecret)
				if got := causes(snap.Diagnose(parts, have)); len(got) != 1 || string(got[0]) != c.cause {
					t.Errorf("found %q, want %s", got, c.cause)
				}
			}
		})
	}
}
