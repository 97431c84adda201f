package snap_test

import (
	"crypto/rsa"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"cashier/api/snap"
)

func TestDiagnoseShowsBothSides(t *testing.T) {
	have := labEvidence(t)
	have.StringToSign = symmetric("POST", "/v1.0/qr/qr-mpm-query?lang=id", labToken, labDigest, "2026-11-20T15:04:12\x1b+07:00")
	found := diagnose(t, labParts(snap.Symmetric), have)
	if len(found) < 2 || found[0].Want != labPath || found[0].Have != "/v1.0/qr/qr-mpm-query?lang=id" {
		t.Errorf("found %+v", found)
	}
	for _, f := range found {
		if strings.ContainsFunc(f.Detail+f.Want+f.Have, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("a control character came through: %+v", f)
		}
	}
}

// What is larger than any request must keep nobody waiting and bring nothing down.
func TestDiagnoseBounds(t *testing.T) {
	long := strings.Repeat("/x", 60<<10)
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	many := slices.Repeat([]string{"another-value"}, 1000)
	for name, c := range map[string]struct {
		parts snap.Parts
		have  snap.Evidence
	}{
		"a long path":      {snap.Parts{Kind: snap.Asymmetric, Method: "POST", Endpoint: long, Timestamp: labTime}, snap.Evidence{StringToSign: "x", Signature: "00"}},
		"a long string":    {labParts(snap.Symmetric), snap.Evidence{StringToSign: strings.Repeat(":", 1<<20)}},
		"separators alone": {labParts(snap.Symmetric), snap.Evidence{StringToSign: strings.Repeat(":|", 30<<10)}},
		"a deep body":      {snap.Parts{Kind: snap.Asymmetric, Method: "POST", Endpoint: "/", Timestamp: labTime, Body: []byte(deep)}, snap.Evidence{Signature: "00", Secret: []byte(labSecret)}},
		"a large body":     {snap.Parts{Kind: snap.Asymmetric, Method: "POST", Endpoint: "/", Timestamp: labTime, Body: []byte(`"` + strings.Repeat("x", 1<<20) + `"`)}, snap.Evidence{Signature: snap.Base64.Encode(make([]byte, 64)), Secret: []byte(labSecret)}},
		"many alternatives": {labParts(snap.Symmetric), snap.Evidence{Signature: snap.Base64.Encode(make([]byte, 64)), Secret: []byte(labSecret),
			Endpoints: many, Timestamps: many, AccessTokens: many, ClientKeys: many, PartnerIDs: many}},
		"a key of no use": {labParts(snap.ClientKey), snap.Evidence{Signature: snap.Base64.Encode(make([]byte, 256)), PublicKey: &rsa.PublicKey{N: big.NewInt(3233), E: 17}}},
	} {
		t.Run(name, func(t *testing.T) {
			if found := snap.Diagnose(c.parts, c.have); len(found) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// Whatever is pasted, a diagnosis comes to an end, points into the text, finds
// nothing wrong with what is right, and shows neither token nor secret.
func FuzzDiagnose(f *testing.F) {
	for _, c := range wrongRequests {
		f.Add(uint8(len(c.kind)), "POST", labPath, labToken, labClient, labTime, labBody, c.text, "AAAA", labSecret)
	}
	f.Add(uint8(0), "", "", "", "", "", []byte(nil), "\xff::|", "zz", "")
	f.Fuzz(func(t *testing.T, kind uint8, method, endpoint, token, client, timestamp string, body []byte, pasted, signature, secret string) {
		p := snap.Parts{Kind: []snap.Kind{snap.Symmetric, snap.Asymmetric, snap.ClientKey}[kind%3], Method: method, Endpoint: endpoint,
			AccessToken: token, ClientKey: client, Timestamp: timestamp, Body: body}
		have := snap.Evidence{StringToSign: pasted, Signature: signature, Secret: []byte(secret), AccessTokens: []string{pasted}, Endpoints: []string{pasted}}
		found := snap.Diagnose(p, have)
		text, _, err := p.StringToSign()
		for _, f := range found {
			if f.At < -1 || f.At > max(len(pasted), len(text)) {
				t.Fatalf("points at byte %d of %q and %q", f.At, pasted, text)
			}
			if f.Cause == "" || f.Detail == "" {
				t.Fatalf("says nothing: %+v", f)
			}
			for _, s := range []string{token, secret} {
				if len(s) >= 16 && !strings.ContainsAny(s, "… ·") && strings.Contains(f.Detail+"\n"+f.Want+"\n"+f.Have, s) {
					t.Fatalf("%q is shown: %+v", s, f)
				}
			}
		}
		if err != nil {
			return
		}
		right := snap.Evidence{StringToSign: text, Secret: []byte(secret)}
		if secret != "" && p.Kind == snap.Symmetric {
			right.Signature = snap.Base64.Encode(snap.SignHMAC([]byte(secret), text))
		}
		if found := snap.Diagnose(p, right); text != "" && len(found) != 0 {
			t.Fatalf("what is right gives %+v", found)
		}
	})
}

// BenchmarkDiagnose is the worst case: a signature that nothing explains, so
// that every variant is tried. Limit: 50 ms.
func BenchmarkDiagnose(b *testing.B) {
	large := []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(`{"name":"Kopi é <b>&/","price":{"value":"10000.00"},"n":1.50},`, 250), ",") + `]}`)
	key := sampleKey(b)
	elsewhere, err := snap.SignRSA(key, "something else")
	if err != nil {
		b.Fatal(err)
	}
	others := []string{"a-1", "b-2", "c-3", "d-4", "e-5", "f-6", "g-7", "h-8"}
	for _, c := range []struct {
		name string
		kind snap.Kind
		sig  []byte
		body []byte
	}{
		{"HMAC", snap.Symmetric, snap.SignHMAC([]byte("another"), "something else"), labBody},
		{"RSA", snap.Asymmetric, elsewhere, labBody},
		{"HMAC of 16 KiB", snap.Symmetric, snap.SignHMAC([]byte("another"), "something else"), large},
		{"RSA of 16 KiB", snap.Asymmetric, elsewhere, large},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := labParts(c.kind)
			p.Body = c.body
			have := snap.Evidence{Signature: snap.Base64.Encode(c.sig), StringToSign: strings.Repeat("POST:/x:", 100), Secret: []byte("c2VjcmV0c2VjcmV0"), PublicKey: &key.PublicKey,
				Endpoints: others, Timestamps: others, AccessTokens: others, ClientKeys: others, PartnerIDs: others, Secrets: [][]byte{[]byte("one"), []byte("two")}}
			b.ReportAllocs()
			for b.Loop() {
				found := snap.Diagnose(p, have)
				if last := found[len(found)-1].Cause; last != snap.WrongSecret && last != snap.Unexplained {
					b.Fatalf("explained by %s", last)
				}
			}
			if each := b.Elapsed() / time.Duration(b.N); each > 50*time.Millisecond {
				b.Errorf("%s a diagnosis, limit 50 ms", each)
			}
		})
	}
}
