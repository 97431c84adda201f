package snap_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/hex"
	"math/big"
	"testing"

	"cashier/api/snap"
)

func TestEncode(t *testing.T) {
	sig := []byte{0xfb, 0xff, 0x00, 0x0a}
	equal(t, "zero value", snap.Encoding("").Encode(sig), "+/8ACg==")
	equal(t, "base64", snap.Base64.Encode(sig), "+/8ACg==")
	equal(t, "hex", snap.Hex.Encode(sig), "fbff000a")
}

func TestDecodeSignature(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"base64", "+/8ACg==", "fbff000a"},
		{"hex", "fbff000a", "fbff000a"},
		{"capital hex", "FBFF000A", "fbff000a"},
		{"white space around", " \tfbff000a\r\n", "fbff000a"},
		{"empty", "", ""},
		{"white space alone", " ", ""},
		{"base64url", "-_8ACg==", ""},
		{"no padding", "+/8ACg", ""},
		{"stray bits", "+/8ACh==", ""},
		{"odd hex", "fbff0", ""},
		{"words", "not a signature", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := snap.DecodeSignature(c.in)
			if (err == nil) != (c.want != "") {
				t.Fatalf("error %v", err)
			}
			equal(t, "signature", hex.EncodeToString(got), c.want)
		})
	}
}

func TestNothingVerifiesWithoutKey(t *testing.T) {
	tooSmall := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: big.NewInt(3233), E: 17}, D: big.NewInt(2753)}
	for name, key := range map[string]*rsa.PrivateKey{"no key": nil, "a toy key": tooSmall} {
		if sig, err := snap.SignRSA(key, "text"); err == nil || sig != nil {
			t.Errorf("signed with %s", name)
		}
	}
	if err := snap.VerifyRSA(nil, "text", []byte("sig")); err == nil {
		t.Error("verified without a key")
	}
	for _, secret := range [][]byte{nil, {}} {
		if snap.VerifyHMAC(secret, "text", snap.SignHMAC(secret, "text")) {
			t.Error("verified with an empty secret")
		}
	}
	secret := []byte("secret")
	sig := snap.SignHMAC(secret, "text")
	for _, bad := range [][]byte{nil, sig[:63], append(bytes.Clone(sig), 0)} {
		if snap.VerifyHMAC(secret, "text", bad) {
			t.Errorf("%d bytes verify", len(bad))
		}
	}
}

func FuzzDecodeSignature(f *testing.F) {
	for _, s := range []string{"", "fbff000a", "+/8ACg==", "abcd", "zz", "AA\n==", " 00 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sig, err := snap.DecodeSignature(s)
		if err != nil {
			if sig != nil {
				t.Fatalf("an error came with %x", sig)
			}
			return
		}
		if len(sig) == 0 {
			t.Fatalf("%q is an empty signature", s)
		}
		back, err := snap.DecodeSignature(snap.Hex.Encode(sig))
		if err != nil || !bytes.Equal(back, sig) {
			t.Fatalf("hex round trip of %x gives %x, %v", sig, back, err)
		}
		text := snap.Base64.Encode(sig)
		if _, err := hex.DecodeString(text); err == nil {
			return // short enough to look like hex, as the doc comment says
		}
		if back, err := snap.DecodeSignature(text); err != nil || !bytes.Equal(back, sig) {
			t.Fatalf("base64 round trip of %x gives %x, %v", sig, back, err)
		}
	})
}
