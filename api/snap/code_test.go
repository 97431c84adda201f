package snap_test

import (
	"fmt"
	"regexp"
	"testing"

	"cashier/api/snap"
)

func TestParseCode(t *testing.T) {
	code, err := snap.ParseCode("4039005")
	if err != nil || code != (snap.Code{HTTP: 403, Service: "90", Case: "05"}) {
		t.Fatalf("%+v, %v", code, err)
	}
	equal(t, "string", code.String(), "4039005")
	equal(t, "key", code.Key(), "403-05")
	if code.Zero() {
		t.Error("is zero")
	}
	for _, bad := range []string{
		"", "403900", "40390055", "403900x", " 4039005", "4039005 ", "0999000", "6000000", "9999999", "-403900", "+403900",
		"40390\x1b5", "4039\u0665", "٤٠٣٩٠٠٥", "403-9005",
	} {
		if code, err := snap.ParseCode(bad); err == nil || !code.Zero() {
			t.Errorf("ParseCode(%q) = %+v, %v", bad, code, err)
		}
	}
}

func TestZeroCode(t *testing.T) {
	var zero snap.Code
	if !zero.Zero() || zero.String() != "" || zero.Key() != "" {
		t.Errorf("zero value is %q, %q", zero.String(), zero.Key())
	}
	if !zero.Contradicts(200) {
		t.Error("an answer without a code goes with 200")
	}
	if _, ok := snap.Lookup(zero); ok {
		t.Error("an answer without a code has a meaning")
	}
}

func TestContradicts(t *testing.T) {
	for _, c := range []struct {
		code   string
		status int
		want   bool
	}{
		{"2006000", 200, false}, {"2006000", 202, true}, {"2006000", 500, true}, {"2006000", 504, true},
		{"2026000", 202, false}, {"2026000", 200, true}, {"4036014", 403, false}, {"4036014", 200, true}, {"2009000", 0, true},
	} {
		code, err := snap.ParseCode(c.code)
		if err != nil {
			t.Fatal(err)
		}
		if got := code.Contradicts(c.status); got != c.want {
			t.Errorf("%s with HTTP %d: %v", c.code, c.status, got)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"", "2009000", "4041918", "0990000", "6000000", "20090", "200900a", "٢٠٠"} {
		f.Add(s)
	}
	form := regexp.MustCompile(`\A[1-5][0-9]{6}\z`)
	f.Fuzz(func(t *testing.T, s string) {
		code, err := snap.ParseCode(s)
		if want := form.MatchString(s); want != (err == nil) {
			t.Fatalf("ParseCode(%q) gives %v", s, err)
		}
		if err != nil {
			if !code.Zero() {
				t.Fatalf("an error came with %+v", code)
			}
			return
		}
		if code.String() != s || code.Key() != s[:3]+"-"+s[5:] || fmt.Sprint(code.HTTP) != s[:3] || code.Service != s[3:5] {
			t.Fatalf("%q became %+v, %q, %q", s, code, code, code.Key())
		}
		if meaning, ok := snap.Lookup(code); ok && meaning.Key() != code.Key() {
			t.Fatalf("%q means %+v", s, meaning)
		}
	})
}
