package emv

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const testPAN = "9360099900000000017"

// TestCardWritesTheVectors: the writer and the invented vectors agree byte for byte.
func TestCardWritesTheVectors(t *testing.T) {
	const long = "0123456789012345678901234567890123456789012345678901234567890123"
	for id, card := range map[string]Card{
		"cpm-min":         {PAN: testPAN, Token: "01234567"},
		"cpm-short-form":  {PAN: testPAN, Name: "BUDI CONTOH", Language: "iden", URL: "tel:+62-21-000-0000", Token: long[:24]},
		"cpm-len81":       {PAN: testPAN, Name: "BUDI CONTOH", Language: "iden", URL: "mailto:budi@example.test", Token: long},
		"cpm-foreign-aid": {AID: "a0000000999999", PAN: testPAN},
	} {
		if got, err := card.Encode(); err != nil || got != own(t, id) {
			t.Errorf("%s: %v, written otherwise: %t", id, err, got != own(t, id))
		}
	}
}

func TestCardsAreReadBack(t *testing.T) {
	text := func(lo, hi int) *rapid.Generator[string] {
		return rapid.OneOf(rapid.Just(""), rapid.StringOfN(rapid.RuneFrom(nil, asciiPrintable), lo, hi, -1))
	}
	rapid.Check(t, func(t *rapid.T) {
		card := Card{
			Label: text(1, 16).Draw(t, "label"),
			PAN:   rapid.StringMatching(`9360[0-9]{9,15}`).Draw(t, "PAN"),
			Name:  text(2, 26).Draw(t, "name"),
			URL:   text(1, 120).Draw(t, "URL"),
			Token: text(1, 160).Draw(t, "token"),
		}
		payload, err := card.Encode()
		if err != nil {
			t.Fatal(err)
		}
		code, err := decodeStrictly(payload)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := code.Application()
		name, _ := a.Value(tagName)
		url, _ := a.Value(tagURL)
		token, _ := a.Value(tagToken)
		if a.PAN() != card.PAN || string(name) != card.Name || string(url) != card.URL || string(token) != card.Token ||
			card.Label != "" && a.Label() != card.Label || code.Refusal() != ReasonNone {
			t.Fatal("read back otherwise")
		}
	})
}

func TestCardRefuses(t *testing.T) {
	for _, c := range []struct {
		field string
		card  Card
		want  error
	}{
		{"AID", Card{AID: "A000", PAN: testPAN}, ErrLength},
		{"AID", Card{AID: strings.Repeat("A0", 17), PAN: testPAN}, ErrLength},
		{"AID", Card{AID: "no hex", PAN: testPAN}, ErrLength},
		{"PAN", Card{}, ErrDigits},
		{"PAN", Card{PAN: "936009990000"}, ErrDigits},
		{"PAN", Card{PAN: testPAN + "7"}, ErrDigits},
		{"PAN", Card{PAN: "936009990000000001x"}, ErrDigits},
		{"label", Card{PAN: testPAN, Label: "seventeen letters"}, ErrLength},
		{"name", Card{PAN: testPAN, Name: "x"}, ErrLength},
		{"name", Card{PAN: testPAN, Name: strings.Repeat("x", 27)}, ErrLength},
		{"name", Card{PAN: testPAN, Name: "BUDI\x1b[31m"}, ErrLength},
		{"language", Card{PAN: testPAN, Language: "ide"}, ErrLength},
		{"language", Card{PAN: testPAN, Language: "ID"}, ErrLength},
		{"language", Card{PAN: testPAN, Language: "idenzhmsja"}, ErrLength},
		{"URL", Card{PAN: testPAN, URL: "Kopi é"}, ErrLength},
		{"token", Card{PAN: testPAN, Token: "\n"}, ErrLength},
		{"payload", Card{PAN: testPAN, Token: strings.Repeat("7", 400)}, ErrTooLong},
	} {
		_, err := c.card.Encode()
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: got %v, want %v", c.field, err, c.want)
		}
	}
}
