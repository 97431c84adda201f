package api

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextDropsWhatATerminalWouldObey(t *testing.T) {
	for wire, want := range map[string]string{
		`"Budi\u001b[2J\u001b]52;c;aGk=\u0007"`: "Budi[2J]52;c;aGk=",
		`"a\u009b31mb"`:                         "a31mb",
		`"abc\u202edef\u200bg\ufeff"`:           "abcdefg",
		`"tab\tnew\nline\r"`:                    "tabnewline",
		`"Kopi é — 日本"`:                         "Kopi é — 日本",
		`12500`:                                 "12500",
		`true`:                                  "true",
		`null`:                                  "",
	} {
		var got Text
		if err := json.Unmarshal([]byte(wire), &got); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", wire, got, err, want)
		}
	}
	for _, wire := range []string{`{}`, `["a"]`} {
		var got Text
		if err := json.Unmarshal([]byte(wire), &got); err == nil {
			t.Errorf("%s was read as %q", wire, got)
		}
	}
	var long Text
	if err := json.Unmarshal([]byte(`"`+strings.Repeat("é", 600)+`"`), &long); err != nil || utf8.RuneCountInString(string(long)) != MaxText {
		t.Errorf("a long text became %d characters, %v", utf8.RuneCountInString(string(long)), err)
	}
}

func TestExactRefusesWhatCleaningWouldChange(t *testing.T) {
	var e Exact
	if err := json.Unmarshal([]byte(`"userid123456789"`), &e); err != nil || e != "userid123456789" {
		t.Errorf("%q, %v", e, err)
	}
	for _, wire := range []string{`"user\u001bid"`, `"` + strings.Repeat("a", 513) + `"`, `{}`} {
		if err := json.Unmarshal([]byte(wire), &e); err == nil {
			t.Errorf("%.20s… was taken", wire)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[31m", "\u009b", "\u202e", "a\xffb", strings.Repeat("x", 700)} {
		f.Add(s, 512)
	}
	f.Fuzz(func(t *testing.T, s string, most int) {
		most &= 1023
		got := Clean(s, most)
		if n := utf8.RuneCountInString(got); n > most {
			t.Fatalf("%d characters, at most %d", n, most)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%U survived", r)
			}
		}
		if Clean(got, most) != got {
			t.Fatal("cleaning twice differs from once")
		}
	})
}

func TestCheckNamesTheField(t *testing.T) {
	type inner struct {
		No string `json:"courierNo" table:"M,3"`
	}
	type request struct {
		Ref  string `json:"partnerReferenceNo" table:"M,1-5"`
		Note string `json:"note,omitempty" table:"O,2-4"`
		Info inner  `json:"additionalInfo" table:"M"`
	}
	for _, c := range []struct {
		name string
		r    request
		want string
	}{
		{"right", request{Ref: "ab", Info: inner{"1"}}, ""},
		{"five characters are not ten bytes", request{Ref: "ééééé", Info: inner{"1"}}, ""},
		{"missing", request{Info: inner{"1"}}, "partnerReferenceNo is mandatory and empty"},
		{"too long", request{Ref: "abcdef", Info: inner{"1"}}, "partnerReferenceNo is too long: 6 characters, at most 5"},
		{"too short", request{Ref: "a", Note: "n", Info: inner{"1"}}, "note is too short: 1 characters, at least 2"},
		{"inside", request{Ref: "a", Info: inner{"1234"}}, "additionalInfo.courierNo is too long: 4 characters, at most 3"},
		{"missing inside", request{Ref: "a"}, "additionalInfo is mandatory and empty"},
	} {
		got := ""
		if err := Check(c.r); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEncodeNeitherEscapesNorAppends(t *testing.T) {
	got, err := Encode(struct {
		Note string `json:"note"`
	}{"Kopi <b>&é\u2028"})
	if err != nil || string(got) != `{"note":"Kopi <b>&é\u2028"}` {
		t.Errorf("%s, %v", got, err)
	}
}
