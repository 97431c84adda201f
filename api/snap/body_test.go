package snap_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cashier/api/snap"
)

func TestMinify(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"all white space kinds", " \t\r\n{ \t\"a\"\r\n:\n[ 1 ,\t2 ] }\n", `{"a":[1,2]}`},
		{"white space inside strings", `{"a b" : "  x\ty  "}`, `{"a b":"  x\ty  "}`},
		{"html characters", `{"a": "<b>&'"}`, `{"a":"<b>&'"}`},
		{"line separators", "{\"a\": \"\u2028\u2029\"}", "{\"a\":\"\u2028\u2029\"}"},
		{"escapes", `{"a": "\u0041\/\u003c\ud83d\ude00\n\""}`, `{"a":"\u0041\/\u003c\ud83d\ude00\n\""}`},
		{"lone surrogate", `["\ud800"]`, `["\ud800"]`},
		{"numbers", `[1.0e5, -0.0E+10, 10000.00, 12345678901234567890.10]`, `[1.0e5,-0.0E+10,10000.00,12345678901234567890.10]`},
		{"key order and repeats", `{"b": 1, "a": 2, "b": 3}`, `{"b":1,"a":2,"b":3}`},
		{"not UTF-8", "[ \"\xff\xfe\" ]", "[\"\xff\xfe\"]"},
		{"other spaces in strings", "[ \"\u00a0\u3000\" ]", "[\"\u00a0\u3000\"]"},
		{"scalar", " null ", "null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := snap.Minify([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "minified", string(got), c.want)
		})
	}
}

func TestMinifyKeepsItsInput(t *testing.T) {
	in := []byte(`{"a":1}`)
	out, err := snap.Minify(in)
	if err != nil {
		t.Fatal(err)
	}
	out[0] = 'X'
	equal(t, "input", string(in), `{"a":1}`)
}

func TestMinifyErrors(t *testing.T) {
	for _, c := range []struct{ name, in, says string }{
		{"white space alone", " \n", "byte 2:"},
		{"value missing", `{"a":}`, "byte 6:"},
		{"ends too soon", `{"a":1`, "byte 6:"},
		{"two values", `1 2`, "byte 3:"},
		{"comma too many", "[1,]", "byte 4:"},
		{"byte order mark", "\xef\xbb\xbf{}", "byte 1:"},
		{"control character", "[\"\x1b\"]", "byte 3:"},
		{"space that JSON does not know", "[\u00a01]", "byte 2:"},
		{"leading zero", "[01]", "byte 3:"},
		{"too deep", strings.Repeat("[", 10001), "byte 10001:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := snap.Minify([]byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error %v does not say %q", err, c.says)
			}
			if out != nil {
				t.Errorf("an error came with %q", out)
			}
			if strings.ContainsRune(err.Error(), '\x1b') {
				t.Error("a control character reached the message")
			}
		})
	}
}

func TestInboundDigests(t *testing.T) {
	raw, minified := snap.Digest([]byte(`{"a": 1}`)), snap.Digest([]byte(`{"a":1}`))
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"white space", `{"a": 1}`, []string{raw, minified}},
		{"minified already", `{"a":1}`, []string{minified}},
		{"not JSON", `{"a":`, []string{snap.Digest([]byte(`{"a":`))}},
		{"empty", "", []string{snap.Digest(nil)}},
	} {
		if got := snap.InboundDigests([]byte(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzMinify(f *testing.F) {
	for _, s := range []string{
		"", " ", "null", `{"a" : [1.0e5, "<&>", {}]}`, "[\"\u2028\xff\"]", `{"a":1,"a":2}`, `{"a":}`, "1 2", `"\ud800"`, "\ufeff{}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		out, err := snap.Minify(body)
		if !bytes.Equal(body, before) {
			t.Fatal("the input was changed")
		}
		if len(body) == 0 {
			if err != nil || len(out) != 0 {
				t.Fatalf("empty gives %q, %v", out, err)
			}
			return
		}
		if valid := json.Valid(body); valid != (err == nil) {
			t.Fatalf("valid is %v, error %v", valid, err)
		}
		if err != nil {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, body); err != nil || !bytes.Equal(out, compact.Bytes()) {
			t.Fatalf("Minify %q, json.Compact %q, %v", out, compact.Bytes(), err)
		}
		if again, err := snap.Minify(out); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("not idempotent: %q then %q, %v", out, again, err)
		}
		if !reflect.DeepEqual(decode(t, body), decode(t, out)) {
			t.Fatalf("%q means something else than %q", out, body)
		}
		if want := withoutSpace(body); !bytes.Equal(out, want) {
			t.Fatalf("Minify %q, want %q", out, want)
		}
	})
}

func decode(t *testing.T, body []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// withoutSpace drops white space outside strings from valid JSON: a second
// opinion that shares nothing with encoding/json.
func withoutSpace(body []byte) []byte {
	var out []byte
	inString, escaped := false, false
	for _, b := range body {
		if !inString && strings.IndexByte(" \t\r\n", b) >= 0 {
			continue
		}
		out = append(out, b)
		switch {
		case escaped:
			escaped = false
		case inString && b == '\\':
			escaped = true
		case b == '"':
			inString = !inString
		}
	}
	return out
}
