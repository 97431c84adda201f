package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"cashier/api/snap"
)

func TestInfoKeepsOrderAndMasks(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		want    string // name=value|…
		members int
		odd     bool
	}{
		"in order":          {`{"b":"1","a":"2"}`, "b=1|a=2", 2, false},
		"numbers and words": {`{"n":1.50,"t":true,"x":null}`, "n=1.50|t=true|x=", 3, false},
		"inner objects":     {`{"payer":{"name":"BUDI SANTOSO","pan":"9360001410190013903"},"z":"1"}`, "payer.name=B. S.|payer.pan=****3903|z=1", 2, false},
		"lists":             {`{"l":["a",{"cpan":"9360001410190013903"}],"cards":["9360001410190013903"]}`, "l.1=a|l.2.cpan=****3903|cards.1=****3903", 2, false},
		"twice":             {`{"note":"1","note":"2"}`, "note=1|note=2", 2, false},
		"escapes":           {`{"a\u001b[2J":"x\u202ey\u001b]0;"}`, "a[2J=xy]0;", 1, false},
		"none":              {`null`, "", 0, false},
		"an empty text":     {`""`, "", 0, false},
		"an empty list":     {`[ ]`, "", 0, false},
		"a list":            {`["a"]`, "", 0, true},
		"a text":            {`"a"`, "", 0, true},
		"deep":              {`{"a":{"b":{"c":{"d":{"e":{"f":{"g":"1"}}}}}}}`, "", 1, false},
	} {
		var wire struct {
			Info LooseInfo `json:"info"`
		}
		if err := json.Unmarshal([]byte(`{"info":`+c.text+`}`), &wire); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []string
		for _, d := range wire.Info.Details {
			got = append(got, string(d.Name+"="+d.Value))
		}
		if strings.Join(got, "|") != c.want || wire.Info.Members != c.members || wire.Info.Odd != c.odd {
			t.Errorf("%s: %q, %d members, odd %v", name, got, wire.Info.Members, wire.Info.Odd)
		}
	}
	var many LooseInfo
	if err := json.Unmarshal([]byte(`{`+strings.Repeat(`"a":"1",`, 500)+`"b":"`+strings.Repeat("x", 1000)+`"}`), &many); err != nil || len(many.Details) != maxDetails || many.Members != 501 {
		t.Errorf("%d details, %d members, %v", len(many.Details), many.Members, err)
	}
}

func TestFieldsAreMaskedByTheirName(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"cpan", "9360001410190013903", "****3903"},
		{"customer_pan", "936000141019", "****1019"},
		{"mpan", "9360077732302230011", "****0011"},
		{"customerNumber", "6281388370001", "****0001"},
		{"destinationNumber", "1234", "****"},
		{"phoneNo", "081388370001", "****0001"},
		{"user_id", "BUDI1234567", "****4567"},
		{"cust_name", "CANDRA GUNAWAN GAHO", "C. G. G."},
		{"payorName", "Budi", "B."},
		{"accessToken", "abc", "****"},
		{"merchantName", "BB011 WARTEG MUSTIKA", "BB011 WARTEG MUSTIKA"},
		{"rrn", "000019001390", "000019001390"},
		{"rrn", "9360001410190013903", "****3903"},
		{"nns_issuer", "93600014", "93600014"},
		{"nmid", "ID1023249949984", "ID1023249949984"},
		{"merchantId", "FM1234567700", "FM1234567700"},
		{"paidTime", "2024-06-07T10:03:54+07:00", "2024-06-07T10:03:54+07:00"},
		{"note", "card 9360001410190013903, thanks", "card ****3903, thanks"},
		{"note", "4811 1111 1111 1114", "****1114"},
		{"note", "no 12345", "no 12345"},
		{"note", "ref 20201029777700000000091234", "ref 20201029777700000000091234"},
		{"note", "", ""},
		{"issuer", "BCA", "BCA"},
	} {
		if got := MaskField(c.name, Text(c.value)); string(got) != c.want {
			t.Errorf("%s %q: %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func TestASentenceQuotesNoSecret(t *testing.T) {
	const token = "eyJ0eXAiOiJKV1Qi.eyJpc3MiOiJQYXlkaWEi.Hmj5skRUj2TtA4fC"
	for said, want := range map[string]string{
		"Invalid Token " + token + ".":           "Invalid Token ***.***.***.",
		"Invalid Token (eyJpc3MiOiJQYXlkaWEi)":   "Invalid Token (***)",
		"Invalid Token eyJpc3Mi":                 "Invalid Token eyJpc3Mi",
		"Invalid Customer Token":                 "Invalid Customer Token",
		"Bearer=short-1 is spent":                "*** is spent",
		"Unauthorized. [Signature] of the body.": "Unauthorized. [Signature] of the body.",
	} {
		if got := unquoted(Text(said), token, "", "short-1"); string(got) != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestLookupOperationHasTheWholeCatalogue(t *testing.T) {
	op := LookupOperation("x", "x", "/x")
	n := 0
	for m := range snap.Catalogue() {
		n++
		rule, ok := op.Classes[m.Key()]
		if !ok || rule.Fresh != rule.Tainted {
			t.Errorf("%s: %+v", m.Key(), rule)
		}
		done := m.Key() == "200-00" || m.Key() == "404-01"
		if (rule.Fresh == Done) != done {
			t.Errorf("%s is %q", m.Key(), rule.Fresh)
		}
	}
	if n != 63 || len(op.Classes) != 63 || op.Strict || op.Signature != snap.Symmetric {
		t.Errorf("%d of %d codes", len(op.Classes), n)
	}
}

func TestCheckAllNamesEveryField(t *testing.T) {
	type inner struct {
		Value string `json:"value" table:"M"`
	}
	value := struct {
		A string `json:"a" table:"M,2"`
		B string `json:"b" table:"O,2-3"`
		C inner  `json:"c" table:"O"`
		D string `json:"d" table:"M"`
		E *inner `json:"e" table:"O"`
	}{B: "1", A: "123", E: &inner{}}
	var got []string
	for _, e := range CheckAll(value) {
		got = append(got, e.Error())
	}
	want := "a is too long: 3 characters, at most 2|b is too short: 1 characters, at least 2|d is mandatory and empty|e.value is mandatory and empty"
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	var first *FieldError
	if err := Check(value); !errors.As(err, &first) || first.Field != "a" {
		t.Errorf("%v", err)
	}
	if Check(inner{"1"}) != nil || CheckAll(inner{"1"}) != nil {
		t.Error("a good value is refused")
	}
	any3 := &FieldError{Field: "a", Missing: true, Or: []string{"b", "c"}}
	if any3.Error() != "one of these is mandatory and all are empty: a, b, c" {
		t.Errorf("%q", any3)
	}
}

func TestOdditiesInWords(t *testing.T) {
	n := LookupNews{Amount: IDR(200)}
	n.HoldAmount(Amount{})
	n.HoldAmount(IDR(200))
	if n.Doubtful() || n.Oddities != nil {
		t.Errorf("%v", n.Oddities)
	}
	n.HoldAmount(IDR(100))
	if !n.Doubtful() || n.Oddities[0].String() != "the provider names another amount: IDR 2.00, asked for IDR 1.00" {
		t.Errorf("%v", n.Oddities)
	}
	for _, o := range []Oddity{
		{Kind: SwappedReferences}, {Kind: OtherReference, Field: "f", Have: "a", Want: "b"}, {Kind: OtherService, Field: "f", Have: "a", Want: "b"},
		{Kind: MissingField, Field: "f"}, {Kind: OddLength, Field: "f", Have: "3", Want: "1 to 2"}, {Kind: UnreadableField, Field: "f"},
	} {
		if s := o.String(); len(s) < 20 || o.Field != "" && !strings.Contains(s, "f") || o.Have != "" && !strings.Contains(s, o.Have) {
			t.Errorf("%s: %q", o.Kind, s)
		}
	}
}

func FuzzLooseInfo(f *testing.F) {
	f.Add([]byte(`{"cpan":"9360001410190013903","a":[1,{"b":null}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		var l LooseInfo
		if err := json.Unmarshal(data, &l); err != nil {
			t.Fatal(err)
		}
		for _, d := range l.Details {
			for _, s := range []Text{d.Name, d.Value} {
				if Clean(string(s), MaxText) != string(s) {
					t.Errorf("%q is not fit for a terminal", s)
				}
			}
			if strings.EqualFold(string(d.Name), "cpan") && d.Value != "" && !strings.HasPrefix(string(d.Value), "****") {
				t.Errorf("%+v is not masked", d)
			}
		}
	})
}
