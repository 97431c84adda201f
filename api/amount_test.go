package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAmount(t *testing.T) {
	for _, c := range []struct {
		value, currency string
		minor           int64
		bad             bool
	}{
		{"30000.00", "IDR", 3_000_000, false},
		{"0.50", "", 50, false},
		{"12500", "IDR", 1_250_000, false},
		{"12500.5", "IDR", 1_250_050, false},
		{"9999999999999999.99", "IDR", 999_999_999_999_999_999, false},
		{"99999999999999999.99", "IDR", 0, true}, // 17 digits
		{"", "IDR", 0, true},
		{".50", "IDR", 0, true},
		{"1.", "IDR", 0, true},
		{"1.234", "IDR", 0, true},
		{"-1.00", "IDR", 0, true},
		{"1e3", "IDR", 0, true},
		{"12,500.00", "IDR", 0, true},
		{"1.00", "idr", 0, true},
		{"1.00", "RUPIAH", 0, true},
	} {
		a, err := ParseAmount(c.value, c.currency)
		if (err != nil) != c.bad || a.Minor() != c.minor {
			t.Errorf("ParseAmount(%q, %q) = %v, %v", c.value, c.currency, a, err)
		}
		if err != nil && !errors.Is(err, ErrAmount) {
			t.Errorf("%q: the error is not ErrAmount: %v", c.value, err)
		}
	}
}

func TestParseTypedRefusesSeparators(t *testing.T) {
	for typed, offered := range map[string]string{
		"12.500": "write 12500", "12,500": "write 12500", "Rp12.500": "write 12500", "1.250.000": "write 1250000",
		"12500,50": "write 1250050", "abc": "digits only", "": "digits only", "-5": "digits only", "1.5": "write 15",
	} {
		_, err := ParseTyped(typed)
		if err == nil || !strings.Contains(err.Error(), offered) {
			t.Errorf("ParseTyped(%q): %v; want it to offer %q", typed, err, offered)
		}
	}
	for typed, minor := range map[string]int64{"12500": 1_250_000, " 12500.50 ": 1_250_050, "0": 0} {
		if a, err := ParseTyped(typed); err != nil || a.Minor() != minor {
			t.Errorf("ParseTyped(%q) = %v, %v", typed, a, err)
		}
	}
}

// Amounts survive the wire and add up exactly.
func TestAmountProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int64Range(0, maxMinor).Draw(t, "x")
		y := rapid.Int64Range(0, maxMinor).Draw(t, "y")
		wire, err := json.Marshal(IDR(x))
		if err != nil {
			t.Fatal(err)
		}
		var back Amount
		if err := json.Unmarshal(wire, &back); err != nil || back != IDR(x) {
			t.Fatalf("%s came back as %v, %v", wire, back, err)
		}
		sum, err := IDR(x).Add(IDR(y))
		if x > maxMinor-y {
			if err == nil {
				t.Fatalf("%d + %d is too large and gave %v", x, y, sum)
			}
		} else if err != nil || sum.Minor() != x+y {
			t.Fatalf("%d + %d = %v, %v", x, y, sum, err)
		}
	})
}

func TestAmountReadsTheDocumentsSpellings(t *testing.T) {
	for _, wire := range []string{
		`{"value":"30000.00","currency":"IDR"}`, `{"Value":"30000.00","Currency":"IDR"}`,
		`{"currency":"IDR","value":30000.00}`, `{"value":"30000"}`,
	} {
		var a Amount
		if err := json.Unmarshal([]byte(wire), &a); err != nil || a != IDR(3_000_000) {
			t.Errorf("%s: %v, %v", wire, a, err)
		}
	}
	for _, wire := range []string{`"30000"`, `{"value":{}}`, `{"value":"1","currency":5}`, `{}`, `{"value":"3e4","currency":"IDR"}`} {
		var a Amount
		if err := json.Unmarshal([]byte(wire), &a); err == nil {
			t.Errorf("%s was read as %v", wire, a)
		}
	}
	if _, err := IDR(1).Add(Amount{minor: 1, currency: currency{'U', 'S', 'D'}}); err == nil {
		t.Error("rupiah and dollars were added")
	}
}
