package term

import (
	"strings"
	"testing"
	"time"
)

func TestFilter(t *testing.T) {
	type read struct {
		at   time.Duration
		data string
	}
	const s = time.Second
	for _, c := range []struct {
		name    string
		reads   []read
		want    string
		answers []Background
	}{
		{"keys pass", []read{{0, "abc\r\x1b[A\x1b"}, {s, "x"}}, "abc\r\x1b[A\x1bx", nil},
		{"an answer is taken out", []read{{0, "a\x1b]11;rgb:ffff/ffff/ffff\x1b\\b"}}, "ab", []Background{Light}},
		{"with BEL", []read{{0, "\x1b]11;rgb:00/00/00\ab"}}, "b", []Background{Dark}},
		{"in pieces", []read{{0, "a\x1b]1"}, {s, "1;rgb:0000/0000"}, {2 * s, "/0000\x1b"}, {2 * s, "\\b"}}, "ab", []Background{Dark}},
		{"cut behind its ESC", []read{{0, "\x1b"}, {0, "]11;rgb:ffff/ffff/ffff\x1b\\b"}}, "\x1bb", []Background{Light}},
		{"two answers", []read{{0, "\x1b]11;rgb:0/0/0\x1b\\\x1b]11;rgb:f/f/f\x1b\\"}}, "", []Background{Dark, Light}},
		{"not an answer", []read{{0, "\x1b]q"}, {s, "\x1b]11;rgq"}}, "\x1b]q\x1b]11;rgq", nil},
		{"too long for one", []read{{0, "\x1b]11;rgb:" + strings.Repeat("f", 80)}}, "\x1b]11;rgb:" + strings.Repeat("f", 80), nil},
		{"after five seconds it is not ours", []read{{6 * s, "\x1b]11;rgb:0/0/0\x1b\\"}}, "\x1b]11;rgb:0/0/0\x1b\\", nil},
		{"a whole paste", []read{{0, "\x1b[200~a\x03b\x1b[201~c"}}, "\x1b[200~a\x03b\x1b[201~c", nil},
		{"a paste in pieces", []read{{0, "\x1b[200~a"}, {s, "b\x1b[20"}, {s, "1~"}, {9 * s, "c"}}, "\x1b[200~ab\x1b[201~c", nil},
		{"Ctrl+C ends an open paste", []read{{0, "\x1b[200~a"}, {0, "\x03"}}, "\x1b[200~a\x1b[201~\x03", nil},
		{"so does a key after a while", []read{{0, "\x1b[200~a"}, {2 * s, "q"}, {2 * s, "\r"}}, "\x1b[200~a\x1b[201~q\r", nil},
		{"an answer in a paste is text", []read{{0, "\x1b[200~\x1b]11;rgb:0/0/0\x1b\\\x1b[201~"}}, "\x1b[200~\x1b]11;rgb:0/0/0\x1b\\\x1b[201~", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Unix(0, 0)
			var answers []Background
			f := filter{until: start.Add(LateTime), last: start, report: func(b Background) { answers = append(answers, b) }}
			var got strings.Builder
			for _, r := range c.reads {
				got.Write(f.clean([]byte(r.data), start.Add(r.at)))
			}
			if got.String() != c.want {
				t.Errorf("keys %q, want %q", got.String(), c.want)
			}
			if len(answers) != len(c.answers) {
				t.Fatalf("answers %v, want %v", answers, c.answers)
			}
			for i := range answers {
				if answers[i] != c.answers[i] {
					t.Errorf("answers %v, want %v", answers, c.answers)
				}
			}
		})
	}
}

// However the bytes are cut into reads, the keys are the same.
func FuzzFilterCuts(f *testing.F) {
	f.Add([]byte("ab\x1b]11;rgb:0000/0000/0000\x1b\\cd\x1b[200~x\x1b[201~é"), uint8(3))
	f.Add([]byte("\x1b\x1b]11\x1b[200~\x1b[200~\x1b[201~"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		at := time.Unix(0, 0)
		whole := filter{last: at} // no answers are expected, so none may be lost
		want := whole.clean(data, at)
		if string(want) != string(data) {
			t.Fatalf("%q became %q", data, want)
		}
		parts := filter{last: at}
		var got []byte
		for chunk := range chunks(data, int(size)+1) {
			if len(chunk) == 1 && chunk[0] == interrupt {
				return // alone, it ends a paste
			}
			got = append(got, parts.clean(chunk, at)...)
		}
		if string(got) != string(want) {
			t.Errorf("in pieces %q, whole %q", got, want)
		}
	})
}

func chunks(data []byte, size int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(size, len(data))
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{"", 0}, {"abc", 3}, {"ab\x1b", 2}, {"ab\x1b[", 2}, {"ab\x1b[20", 2}, {"ab\x1b[200~", 8}, {"ab\x1bx", 4},
		{"abé", 4}, {"ab\xc3", 2}, {"ab\xe2\x94", 2}, {"ab\xff", 3},
	} {
		if got := whole([]byte(c.in)); got != c.want {
			t.Errorf("whole(%q) = %d, want %d", c.in, got, c.want)
		}
	}
}

func TestParseReport(t *testing.T) {
	for in, want := range map[string]Background{
		"\x1b]11;rgb:ffff/ffff/ffff\x1b\\": Light, "11;rgb:0/0/0": Dark, "]11;rgb:fdfd/f6f6/e3e3\a": Light,
		"11;rgb:0000/2b2b/3636": Dark, "11;rgba:ff/ff/ff/ff": Light,
		"11;rgb:zz/00/00": Unknown, "11;rgb:00/00": Unknown, "10;rgb:00/00/00": Unknown, "": Unknown, "11;rgb:fffff/0/0": Unknown,
	} {
		got, ok := ParseReport([]byte(in))
		if got != want || ok != (want != Unknown) {
			t.Errorf("ParseReport(%q) = %v, %v, want %v", in, got, ok, want)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		setting, env string
		want         Background
		bad          bool
	}{
		{"", "", Unknown, false}, {"auto", "", Unknown, false}, {"light", "", Light, false}, {"Dark", "", Dark, false},
		{"light", "dark", Dark, false}, {"dark", "auto", Unknown, false}, {"pink", "", Unknown, true}, {"dark", "pink", Unknown, true},
	} {
		got, err := Choose(c.setting, func(string) string { return c.env })
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("Choose(%q, env %q) = %v, %v", c.setting, c.env, got, err)
		}
	}
}
