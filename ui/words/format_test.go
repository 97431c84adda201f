package words

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRupiah(t *testing.T) {
	for minor, want := range map[int64]string{
		0:                      "Rp0",
		1:                      "Rp0,01",
		50:                     "Rp0,50",
		100:                    "Rp1",
		99_900:                 "Rp999",
		100_000:                "Rp1.000",
		6_250_000:              "Rp62.500",
		6_250_050:              "Rp62.500,50",
		481_250_000:            "Rp4.812.500",
		-6_250_000:             "-Rp62.500",
		-5:                     "-Rp0,05",
		1_000_000_000_000_0000: "Rp100.000.000.000.000",
		math.MaxInt64:          "Rp92.233.720.368.547.758,07",
		math.MinInt64:          "-Rp92.233.720.368.547.758,08",
	} {
		for _, lang := range []Lang{English, Indonesian} {
			if got := For(lang).Rupiah(minor); got != want {
				t.Errorf("%d in %s: got %s, want %s", minor, lang, got, want)
			}
		}
	}
}

var rupiahForm = regexp.MustCompile(`^-?Rp(0|[1-9]\d{0,2}(\.\d{3})*)(,\d\d)?$`)

// checkRupiah reads the text back and compares.
func checkRupiah(t *testing.T, minor int64) {
	t.Helper()
	s := For(English).Rupiah(minor)
	if !rupiahForm.MatchString(s) || strings.HasSuffix(s, ",00") {
		t.Fatalf("%d: form of %q", minor, s)
	}
	whole, sen, found := strings.Cut(strings.NewReplacer("Rp", "", ".", "").Replace(s), ",")
	if !found {
		sen = "00"
	}
	if back, err := strconv.ParseInt(whole+sen, 10, 64); err != nil || back != minor {
		t.Fatalf("%d became %q and that %d (%v)", minor, s, back, err)
	}
}

func TestRupiahReadsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		checkRupiah(t, int64(r.Uint64()>>r.IntN(64)))
	}
}

func FuzzRupiah(f *testing.F) {
	for _, n := range []int64{0, 1, 99, 100, -1, 123_456_789, math.MaxInt64, math.MinInt64} {
		f.Add(n)
	}
	f.Fuzz(checkRupiah)
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 8, 20, 20, 4, 12, 999, time.UTC) // the next day in Jakarta
	en, id := For(English), For(Indonesian)
	for _, c := range []struct{ got, want string }{
		{en.Clock(at), "03.04.12"},
		{id.Clock(at), "03.04.12"},
		{en.Date(at), "21 Aug 2026"},
		{id.Date(at), "21 Agu 2026"},
		{id.Date(time.Date(2026, 12, 31, 12, 0, 0, 0, Jakarta)), "31 Des 2026"},
		{en.Date(time.Date(2026, 5, 1, 12, 0, 0, 0, Jakarta)), "1 May 2026"},
		{en.Duration(41 * time.Second), "0:41"},
		{en.Duration(41*time.Second + 999*time.Millisecond), "0:41"},
		{en.Duration(0), "0:00"},
		{en.Duration(time.Minute), "1:00"},
		{en.Duration(59*time.Minute + 59*time.Second), "59:59"},
		{en.Duration(time.Hour + 2*time.Minute + 3*time.Second), "1:02:03"},
		{en.Duration(49 * time.Hour), "49:00:00"},
		{en.Duration(-7 * time.Second), "-0:07"},
		{en.Duration(-500 * time.Millisecond), "0:00"},
		{en.Duration(math.MinInt64), "-2562047:47:16"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	for i, m := range months {
		if len(m.en) != 3 || len(m.id) != 3 {
			t.Errorf("month %d: %q", i+1, m)
		}
	}
}
