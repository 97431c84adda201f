package words

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

var (
	langs     = []Lang{English, Indonesian}
	providers = []string{"", "paycools", "snap-cpm", "paydia", "finnet", "another"}
	// serviceCodes are all operations, and one that this program does not use.
	serviceCodes = []string{"47", "51", "53", "59", "60", "61", "62", "73", "74", "79", "80", "90", "91", "17"}
	specialKeys  = []string{Timeout, NoConnection, Unclear, UnknownCode}
)

// table reads the rows of a copied table, cells trimmed, without head and
// comments.
func table(t *testing.T, name string, row *regexp.Regexp) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		if !row.MatchString(line) {
			continue
		}
		var cells []string
		for c := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			cells = append(cells, strings.TrimSpace(c))
		}
		rows = append(rows, cells)
	}
	return rows
}

// catalogueKeys are the keys of seed 003's list in its order.
func catalogueKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, row := range table(t, "seed003_codes.txt", regexp.MustCompile(`^(Success|System|Message|Business) \|`)) {
		keys = append(keys, row[1]+"-"+row[3])
	}
	if len(keys) != 63 {
		t.Fatalf("the copied list has %d rows, the document 63", len(keys))
	}
	return keys
}

func TestCodesAreThoseOfTheDocument(t *testing.T) {
	want := slices.Sorted(slices.Values(append(catalogueKeys(t), specialKeys...)))
	var have []string
	for k := range codes {
		have = append(have, k)
	}
	slices.Sort(have)
	if !slices.Equal(have, want) {
		t.Errorf("codes %v, document %v", have, want)
	}
}

var bareCode = regexp.MustCompile(`\b\d{3}-\d{2}\b|\b\d{7}\b`)

// blame are words that put the fault on the reader or the customer.
var blame = regexp.MustCompile(`(?i)\b(your fault|your mistake|you failed|wrongly|careless|salah anda|kesalahan|ceroboh)\b`)

func badText(s string) string {
	switch {
	case s == "" || !strings.HasSuffix(s, "."):
		return "is no whole sentence"
	case !unicode.IsUpper([]rune(s)[0]):
		return "does not begin like a sentence"
	case strings.ContainsAny(s, "{}⟨⟩"):
		return "has a placeholder left"
	case strings.Contains(s, "  ") || strings.Contains(s, ".."):
		return "is joined badly"
	case bareCode.MatchString(s):
		return "shows a bare code"
	case blame.MatchString(s):
		return "blames"
	case len(s) > 330:
		return "is too long"
	}
	return ""
}

func TestEveryAdviceIsComplete(t *testing.T) {
	keys := append(catalogueKeys(t), specialKeys...)
	n := 0
	for _, lang := range langs {
		c, other := For(lang), For(English)
		if lang == English {
			other = For(Indonesian)
		}
		for _, provider := range providers {
			for _, service := range serviceCodes {
				for _, key := range keys {
					for name, ask := range map[string]func(*Catalogue) (Advice, bool){
						"first":         func(c *Catalogue) (Advice, bool) { return c.Advice(provider, service, key) },
						"after unclear": func(c *Catalogue) (Advice, bool) { return c.AdviceAfterUnclear(provider, service, key) },
					} {
						n++
						a, ok := ask(c)
						at := fmt.Sprintf("%s %s %s %s %s", lang, provider, service, key, name)
						if !ok {
							t.Errorf("%s: not known", at)
						}
						b, _ := ask(other)
						for part, s := range map[string][2]string{"Means": {a.Means, b.Means}, "Money": {a.Money, b.Money}, "Do": {a.Do, b.Do}} {
							if bad := badText(s[0]); bad != "" {
								t.Errorf("%s: %s %s: %q", at, part, bad, s[0])
							}
							if s[0] == s[1] {
								t.Errorf("%s: %s is the same in both languages: %q", at, part, s[0])
							}
						}
						if a.String() != a.Means+" "+a.Money+" "+a.Do {
							t.Errorf("%s: paragraph %q", at, a)
						}
					}
				}
			}
		}
	}
	if n != 2*6*14*67*2 {
		t.Errorf("%d texts were looked at", n)
	}
}

func TestBadTextIsFound(t *testing.T) {
	for _, s := range []string{"", "No end", "lower.", "Left {again}.", "Two  spaces.", "See 403-05.", "See 4039005.", "Your fault."} {
		if badText(s) == "" {
			t.Errorf("%q passed", s)
		}
	}
}

func TestUnknownKeys(t *testing.T) {
	for _, key := range []string{"418-00", "403-99", "", "4039005", "403-05 "} {
		for _, lang := range langs {
			a, ok := For(lang).Advice("snap-cpm", "60", key)
			want, _ := For(lang).Advice("snap-cpm", "60", UnknownCode)
			if ok || a != want {
				t.Errorf("%q: %v, %v", key, a, ok)
			}
		}
	}
}

// What PROTOCOLS 3 says of each code in answer to a payment (60), written out
// here and not taken from the shipped table. 401-02 and 401-04 are final, for
// the customer token is the profile's.
const (
	paymentFailed = `400-00 400-01 400-02 401-00 401-02 401-04
		403-01 403-02 403-03 403-04 403-05 403-06 403-07 403-08 403-09 403-10 403-11 403-12 403-14 403-15 403-17 403-18
		403-19 403-20 403-21 403-22 403-23
		404-01 404-02 404-03 404-04 404-05 404-08 404-09 404-10 404-11 404-16 404-17 404-19 405-00 405-01 429-00`
	paymentUnclear = `403-00 403-13 403-16 404-00 404-06 404-07 404-12 404-13 404-15 409-00 500-00 500-01 500-02 504-00
		timeout unclear unknown-code`
	paymentToken = `401-01 401-03`
	paymentClash = `404-14 404-18 409-01`
)

func TestPaymentMoney(t *testing.T) {
	never := map[Lang]string{English: "o NOT charge again", Indonesian: "JANGAN tagih ulang"}
	notCharged := map[Lang]string{English: "The customer was not charged.", Indonesian: "Pelanggan tidak terdebit."}
	maybe := map[Lang]string{English: "The customer may or may not have paid.", Indonesian: "Pelanggan mungkin sudah terdebit, mungkin belum."}
	seen := 3 // 200-00, 202-00 and no-connection, below
	for _, lang := range langs {
		c := For(lang)
		for class, list := range map[string]string{"failed": paymentFailed, "unclear": paymentUnclear, "token": paymentToken, "clash": paymentClash} {
			for _, key := range strings.Fields(list) {
				if lang == English {
					seen++
				}
				a, _ := c.Advice("snap-cpm", "60", key)
				free, warned := a.Money == notCharged[lang], strings.Contains(a.Do, never[lang])
				if free != (class == "failed") || warned == (class == "failed") {
					t.Errorf("%s %s (%s): %s", lang, key, class, a)
				}
				if (a.Money == maybe[lang]) != (class == "unclear") {
					t.Errorf("%s %s (%s): %s", lang, key, class, a)
				}
				// After an unclear attempt nothing proves that no money moved.
				b, _ := c.AdviceAfterUnclear("snap-cpm", "60", key)
				if b.Money != maybe[lang] || !strings.Contains(b.Do, never[lang]) {
					t.Errorf("%s %s after unclear: %s", lang, key, b)
				}
			}
		}
		if a, _ := c.Advice("snap-cpm", "60", "202-00"); !strings.Contains(a.Do, never[lang]) {
			t.Errorf("in progress: %s", a)
		}
		if a, _ := c.Advice("snap-cpm", "60", NoConnection); strings.Contains(a.Do, never[lang]) {
			t.Errorf("not sent: %s", a)
		}
		if a, _ := c.AdviceAfterUnclear("snap-cpm", "60", NoConnection); a.Money != maybe[lang] {
			t.Errorf("not sent after unclear: %s", a)
		}
	}
	if want := len(catalogueKeys(t)) + len(specialKeys); seen != want {
		t.Errorf("%d keys have a class in this test, there are %d", seen, want)
	}
}

func TestRefundMoney(t *testing.T) {
	never := map[Lang]string{English: "another refund", Indonesian: "pengembalian lain"}
	for _, lang := range langs {
		c := For(lang)
		for _, key := range strings.Fields(paymentUnclear + " 404-14") {
			if a, _ := c.Advice("snap-cpm", "80", key); !strings.Contains(a.Do, never[lang]) {
				t.Errorf("%s: %s", key, a)
			}
		}
		for _, key := range strings.Fields(paymentFailed) {
			a, _ := c.Advice("snap-cpm", "80", key)
			stays := map[Lang]string{English: "No money went back; the payment stays paid.", Indonesian: "Tidak ada uang yang kembali; pembayaran tetap lunas."}[lang]
			if (a.Money == stays) == (key == "404-04") {
				t.Errorf("%s: %s", key, a)
			}
			if b, _ := c.AdviceAfterUnclear("snap-cpm", "80", key); b.Money == stays {
				t.Errorf("%s after unclear: %s", key, b)
			}
		}
		// Only these two prove, on an identical repeat, that the first arrived.
		back := map[Lang]string{English: "the first refund went through", Indonesian: "pengembalian pertama berhasil"}[lang]
		for _, key := range append(catalogueKeys(t), specialKeys...) {
			proves := key == "404-18" || key == "409-01"
			if b, _ := c.AdviceAfterUnclear("snap-cpm", "80", key); strings.Contains(b.Money, back) != proves {
				t.Errorf("%s on the repeat: %s", key, b)
			}
		}
	}
}

// PROTOCOLS 3, "Cancel (62)": every answer needs a query after it, so that no
// advice may free the customer or let anybody charge again.
func TestCancelMoney(t *testing.T) {
	never := map[Lang]string{English: "do not charge again", Indonesian: "jangan tagih ulang"}
	for _, lang := range langs {
		for _, key := range append(catalogueKeys(t), specialKeys...) {
			a, _ := For(lang).Advice("snap-cpm", "62", key)
			if !strings.Contains(strings.ToLower(a.Do), never[lang]) {
				t.Errorf("%s: %s", key, a)
			}
			if strings.Contains(a.Money, map[Lang]string{English: "not charged", Indonesian: "tidak terdebit"}[lang]) {
				t.Errorf("%s: %s", key, a)
			}
		}
	}
}

func TestOperationsThatMoveNoMoney(t *testing.T) {
	for _, key := range append(catalogueKeys(t), specialKeys...) {
		for _, service := range strings.Fields("47 51 53 59 61 73 74 79 90 91") {
			for lang, want := range map[Lang]*regexp.Regexp{
				English:    regexp.MustCompile(`^(No money moves|Asking moves no money|A notification moves no money|Nothing happened to the money because of this question)`),
				Indonesian: regexp.MustCompile(`^(Tidak ada uang yang berpindah|Bertanya tidak memindahkan uang|Notifikasi tidak memindahkan uang|Tidak ada yang terjadi dengan uang karena pertanyaan ini)`),
			} {
				if a, _ := For(lang).Advice("", service, key); !want.MatchString(a.Money) {
					t.Errorf("%s %s: %q", service, key, a.Money)
				}
			}
		}
		// A user ID has no amount, so nobody is told to change one.
		for lang, wrong := range map[Lang]string{English: "adjust", Indonesian: "ubah jumlah"} {
			if a, _ := For(lang).Advice("paycools", "90", key); strings.Contains(strings.ToLower(a.Do), wrong) {
				t.Errorf("%s: %q", key, a.Do)
			}
		}
	}
}

func TestServicesAreNamed(t *testing.T) {
	for _, lang := range langs {
		for _, code := range strings.Fields("47 51 53 59 60 61 62 73 74 79 80 90 91") {
			if name, ok := For(lang).Service(code); !ok || name == "" {
				t.Errorf("%s %s has no name", lang, code)
			}
		}
		for _, code := range []string{"", "17", "90 ", "090"} {
			if name, ok := For(lang).Service(code); ok || name != "" {
				t.Errorf("%s %q is named %q", lang, code, name)
			}
		}
	}
}

// The four providers' lists: where a code is not in the provider's own, the
// meaning says so.
func TestSourceOfTheMeaningIsNamed(t *testing.T) {
	for _, c := range []struct{ provider, service, key, want string }{
		{"paydia", "51", "404-01", ""},
		{"paydia", "51", "404-08", "The list of Paydia does not have this code"},
		{"finnet", "51", "404-01", "Finnet gives no list of codes"},
		{"Finnet", "53", "500-00", "Finnet gives no list of codes"},
		{"finnet", "51", Timeout, ""},
		{"paycools", "90", "403-05", ""},
		{"", "91", "403-05", "The list of PayCools does not have this code"},
		{"paycools", "73", "401-00", ""},
		{"snap-cpm", "60", "403-05", ""},
	} {
		a, _ := For(English).Advice(c.provider, c.service, c.key)
		if c.want == "" {
			if strings.Contains(strings.ToLower(a.Means), "list") {
				t.Errorf("%v: %q", c, a.Means)
			}
		} else if !strings.Contains(a.Means, c.want) {
			t.Errorf("%v: %q", c, a.Means)
		}
	}
}

// The golden files hold every text, grouped by what they have in common, for a
// reader to judge: go test ./ui/words -run Golden -update writes them.
func TestGoldenAdvice(t *testing.T) {
	for _, lang := range langs {
		got := dump(t, For(lang))
		name := filepath.Join("testdata", "advice_"+string(lang)+".golden")
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is stale: read the change, then run with -update", name)
		}
	}
}

func dump(t *testing.T, c *Catalogue) string {
	var b strings.Builder
	for _, s := range []struct {
		provider, service string
		after             bool
	}{
		{"paycools", "90", false}, {"paycools", "90", true}, {"paycools", "91", false},
		{"snap-cpm", "59", false}, {"snap-cpm", "60", false}, {"snap-cpm", "60", true}, {"snap-cpm", "61", false},
		{"snap-cpm", "62", false}, {"snap-cpm", "80", false}, {"snap-cpm", "80", true}, {"snap-cpm", "79", false},
		{"paydia", "51", false}, {"finnet", "51", false}, {"snap-cpm", "73", false}, {"", "17", false},
	} {
		name, _ := c.Service(s.service)
		fmt.Fprintf(&b, "==== %s %s %s", s.provider, s.service, name)
		if s.after {
			b.WriteString(" (after an unclear attempt)")
		}
		b.WriteString("\n")
		var order []Advice
		keys := map[Advice][]string{}
		for _, key := range append(catalogueKeys(t), specialKeys...) {
			a, _ := c.Advice(s.provider, s.service, key)
			if s.after {
				a, _ = c.AdviceAfterUnclear(s.provider, s.service, key)
			}
			group := Advice{Money: a.Money, Do: a.Do}
			if keys[group] == nil {
				order = append(order, group)
			}
			keys[group] = append(keys[group], "  "+key+"  "+a.Means)
		}
		for _, group := range order {
			fmt.Fprintf(&b, "\nMoney: %s\nDo:    %s\n%s\n", group.Money, group.Do, strings.Join(keys[group], "\n"))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The customer token is the profile's: nobody may wait for us to renew it.
func TestCustomerTokenIsThePersons(t *testing.T) {
	for lang, want := range map[Lang]struct{ renew, ourselves string }{
		English:    {"enew the customer token in the profile, run \"cashier doctor\"", "by ourselves"},
		Indonesian: {"erbarui token pelanggan di profil, jalankan \"cashier doctor\"", "otomatis"},
	} {
		for _, key := range []string{"401-02", "401-04"} {
			for _, service := range strings.Fields("47 51 53 59 60 61 62 80") {
				a, _ := For(lang).Advice("snap-cpm", service, key)
				if !strings.Contains(a.Do, want.renew) || strings.Contains(a.Do, want.ourselves) {
					t.Errorf("%s %s %s: %q", lang, service, key, a.Do)
				}
			}
			for _, service := range []string{"60", "80"} {
				if a, _ := For(lang).AdviceAfterUnclear("snap-cpm", service, key); strings.Contains(a.String(), want.ourselves) {
					t.Errorf("%s %s %s after unclear: %q", lang, service, key, a)
				}
			}
		}
	}
}
