package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// pairs goes through every pair of the package with a name for messages:
// sections and the tables of the advice.
func pairs() iter.Seq2[string, pair] {
	return func(yield func(string, pair) bool) {
		each := func(name string, p pair) bool { return yield(name, p) }
		for _, s := range sections {
			for k, p := range s() {
				if !each(string(k), p) {
					return
				}
			}
		}
		for k, c := range codes {
			if !each("codes "+k, c.means) {
				return
			}
		}
		for _, seq := range []iter.Seq2[string, pair]{
			named("services", services), named("meansFor", meansFor), named("money", money), named("again", again),
			named("remedies", remedies), named("cures", cures),
			named("doForOutcome", doForOutcome), named("doForCause", doForCause), named("doForKey", doForKey),
		} {
			for n, p := range seq {
				if !each(n, p) {
					return
				}
			}
		}
		for i, p := range []pair{notifyAnswer, notListed, noList, untilCertain, cancelGoesOn, sameReference, anyParty.name} {
			if !each(fmt.Sprint("single ", i), p) {
				return
			}
		}
	}
}

func named[K comparable](table string, m map[K]pair) iter.Seq2[string, pair] {
	return func(yield func(string, pair) bool) {
		for k, p := range m {
			if !yield(fmt.Sprint(table, " ", k), p) {
				return
			}
		}
	}
}

// flaws names what is wrong with a pair.
func flaws(p pair) []string {
	var found []string
	for lang, s := range map[Lang]string{English: p.en, Indonesian: p.id} {
		if strings.TrimSpace(s) == "" {
			found = append(found, string(lang)+" is empty")
		}
		for _, r := range s {
			if !unicode.IsPrint(r) {
				found = append(found, fmt.Sprintf("%s has %U", lang, r))
			}
		}
		if rest := placeholder.ReplaceAllString(s, ""); strings.ContainsAny(rest, "{}") {
			found = append(found, string(lang)+" has a brace too many")
		}
	}
	en, id := placeholder.FindAllString(p.en, -1), placeholder.FindAllString(p.id, -1)
	slices.Sort(en)
	slices.Sort(id)
	if !slices.Equal(slices.Compact(en), slices.Compact(id)) {
		found = append(found, fmt.Sprintf("placeholders differ: %v and %v", en, id))
	}
	return found
}

func TestEveryPairIsWhole(t *testing.T) {
	n := 0
	for name, p := range pairs() {
		n++
		for _, f := range flaws(p) {
			t.Errorf("%s: %s", name, f)
		}
	}
	if n < 400 {
		t.Errorf("only %d pairs were looked at", n)
	}
}

func TestFlawsAreFound(t *testing.T) {
	for name, p := range map[string]pair{
		"no Indonesian":     {"Paid", ""},
		"no English":        {" ", "Lunas"},
		"placeholder lost":  {"Refunded {amount}", "Dikembalikan"},
		"placeholder other": {"Refunded {amount}", "Dikembalikan {jumlah}"},
		"escape":            {"Paid\x1b[31m", "Lunas"},
		"bidi":              {"Paid\u202e", "Lunas"},
		"open brace":        {"Paid {", "Lunas"},
	} {
		if len(flaws(p)) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestNoKeyStandsTwice(t *testing.T) {
	seen := map[Key]int{}
	for i, s := range sections {
		for k := range s() {
			if first, twice := seen[k]; twice {
				t.Errorf("%s stands in section %d and in section %d", k, first, i)
			}
			seen[k] = i
		}
	}
	if got := maps.Collect(All()); len(got) != len(seen) {
		t.Errorf("All has %d keys, the sections have %d", len(got), len(seen))
	}
}

// Every function of the package that returns a map[Key]pair must stand in
// sections: a forgotten line would leave a screen with ⟨keys⟩. A variable of
// that type would be made at every start.
func TestEveryTableIsListed(t *testing.T) {
	tables, listed := map[string]bool{}, map[string]bool{}
	for _, file := range sources(t, ".") {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Type.Results.NumFields() == 1 && isTable(f.Type.Results.List[0].Type) {
				tables[f.Name.Name] = true
			}
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, s := range gen.Specs {
				v := s.(*ast.ValueSpec)
				for i, value := range v.Values {
					lit, ok := value.(*ast.CompositeLit)
					if !ok {
						continue
					}
					if v.Names[i].Name == "sections" {
						for _, e := range lit.Elts {
							listed[e.(*ast.Ident).Name] = true
						}
					}
					if isTable(lit.Type) {
						t.Errorf("%s is a variable; make it a function that returns the table", v.Names[i].Name)
					}
				}
			}
		}
	}
	if len(tables) == 0 || !maps.Equal(tables, listed) {
		t.Errorf("tables %v, listed %v", slices.Sorted(maps.Keys(tables)), slices.Sorted(maps.Keys(listed)))
	}
}

func isTable(e ast.Expr) bool {
	m, ok := e.(*ast.MapType)
	return ok && isIdent(m.Key, "Key") && isIdent(m.Value, "pair")
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// sources parses the Go files of a folder that are not tests.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	for path, text := range sourceTexts(t, dir) {
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = file
	}
	return files
}

func sourceTexts(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	texts := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		texts[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// keysUsed finds the keys that a file asks for by name: the first argument of
// T and Has, conversions to words.Key, and constants and variables of that
// type. A literal that ends in a dot is a prefix that data completes.
func keysUsed(file *ast.File) []string {
	var used []string
	take := func(e ast.Expr) {
		if sum, ok := e.(*ast.BinaryExpr); ok {
			e = sum.X
		}
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				used = append(used, s)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if ok && len(n.Args) > 0 && (sel.Sel.Name == "T" || isIdent(sel.X, "words") && (sel.Sel.Name == "Key" || sel.Sel.Name == "Has")) {
				take(n.Args[0])
			}
		case *ast.ValueSpec:
			if sel, ok := n.Type.(*ast.SelectorExpr); ok && isIdent(sel.X, "words") && sel.Sel.Name == "Key" {
				for _, v := range n.Values {
					take(v)
				}
			}
		}
		return true
	})
	return used
}

func known(key string) bool {
	if !strings.HasSuffix(key, ".") {
		return Has(Key(key))
	}
	for k := range All() {
		if strings.HasPrefix(string(k), key) {
			return true
		}
	}
	return false
}

func TestNoUnknownKeyIsAskedFor(t *testing.T) {
	for _, dir := range []string{"..", "../../views"} {
		if _, err := os.Stat(dir); err != nil {
			t.Fatal(err)
		}
		for path, file := range sources(t, dir) {
			for _, key := range keysUsed(file) {
				if !known(key) {
					t.Errorf("%s asks for %q, which the catalogue does not have", path, key)
				}
			}
		}
	}
}

func TestUnknownKeysAreFound(t *testing.T) {
	const text = `package x
const a words.Key = "no.such.const"
var b = words.Key("no.such.conversion")
func f(w *words.Catalogue) { w.T("no.such.call", "n", 1); w.T("nosuch." + x); w.T("state.paid"); w.T("state." + x) }`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, k := range keysUsed(file) {
		if !known(k) {
			missing = append(missing, k)
		}
	}
	want := []string{"no.such.const", "no.such.conversion", "no.such.call", "nosuch."}
	if !slices.Equal(missing, want) {
		t.Errorf("missing %v, want %v", missing, want)
	}
}

func TestT(t *testing.T) {
	en, id := For(English), For(Indonesian)
	for _, c := range []struct{ got, want string }{
		{en.T("state.unknown"), "Not sure yet. Do NOT charge again."},
		{id.T("state.unknown"), "BELUM PASTI. Jangan tagih ulang."},
		{id.T("state.failed", "reason", "saldo kurang"), "Ditolak: saldo kurang. Pelanggan tidak terdebit."},
		{en.T("state.failed", "reason", "{reason}{time}"), "Declined: {reason}{time}. The customer was not charged."},
		{en.T("state.failed"), "Declined: {reason}. The customer was not charged."},
		{en.T("state.failed", "reason"), "Declined: {reason}. The customer was not charged."},
		{en.T("error.field-long", "field", "courierNo", "have", 51, "max", 50), "courierNo has 51 characters; the provider takes 50 at most. Nothing was sent. Shorten it and try again."},
		{en.T("no.such.key", "a", 1), "⟨no.such.key⟩"},
		{For("fr").T("state.paid"), "Paid"},
		{fill("a { b } {x", "x", "y", " b ", "c"), "a c {x"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if en.Lang() != English || id.Lang() != Indonesian {
		t.Error("a catalogue names another language than it speaks")
	}
}

// The table "Words" of the screens' description, transcribed.
func TestWordsThatMustBeRight(t *testing.T) {
	for key, want := range map[Key][2]string{
		"state.sent":               {"Waiting for the bank", "Menunggu bank"},
		"state.pending":            {"Waiting for the customer", "Menunggu pelanggan"},
		"state.unknown":            {"Not sure yet. Do NOT charge again.", "BELUM PASTI. Jangan tagih ulang."},
		"state.paid":               {"Paid", "Lunas"},
		"state.failed":             {"Declined: {reason}. The customer was not charged.", "Ditolak: {reason}. Pelanggan tidak terdebit."},
		"state.cancelling":         {"Cancelling, making sure", "Membatalkan, memastikan"},
		"state.cancelled":          {"Cancelled. The customer was not charged.", "Dibatalkan. Pelanggan tidak terdebit."},
		"state.cancelled.refunded": {"Cancelled. The money went back to the customer.", "Dibatalkan. Uang kembali ke pelanggan."},
		"state.late-paid":          {"Paid after all, at {time}. Keep it or refund it.", "Ternyata lunas, pukul {time}. Terima atau kembalikan."},
		"state.not-found":          {"The provider does not know this payment. The customer was not charged.", "Pembayaran tidak dikenal penyedia. Pelanggan tidak terdebit."},
		"state.unsent":             {"Nothing was sent.", "Tidak ada yang terkirim."},
		"state.paid.unrecorded":    {"Paid at the provider, NOT recorded here. Write down {reference}.", "Lunas di penyedia, TIDAK tercatat di sini. Catat {reference}."},
		"state.paid.won":           {"Paid before it could be cancelled", "Sudah lunas sebelum dibatalkan"},
		"state.parked":             {"Still open. Quote this reference to the help desk.", "Masih terbuka. Sebutkan referensi ini ke help desk."},
		"state.doubled":            {"Paid twice. Refund prepared.", "Terbayar dua kali. Pengembalian disiapkan."},
		"state.refunded":           {"Refunded {amount}", "Dikembalikan {amount}"},
		"state.deposit.booked":     {"Deposited", "Setoran masuk"},
		"state.deposit.waiting":    {"Waiting", "Menunggu"},
		"state.link.down":          {"No connection since {time}. Nothing is lost.", "Tidak ada koneksi sejak {time}. Tidak ada yang hilang."},
	} {
		if got := [2]string{For(English).T(key), For(Indonesian).T(key)}; got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	// Every state of the JSON contract has a sentence and a short word.
	for _, s := range strings.Fields("intent sent pending unknown cancelling parked paid failed cancelled refunded unsent not-found late-paid doubled active inactive") {
		if !Has(Key("state."+s)) || !Has(Key("short."+s)) {
			t.Errorf("%s has no words", s)
		}
	}
}

func TestLanguageChoice(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Lang
	}{
		{nil, English},
		{map[string]string{"LANG": "id_ID.UTF-8"}, Indonesian},
		{map[string]string{"LANG": "id"}, Indonesian},
		{map[string]string{"LANG": "ID-id"}, Indonesian},
		{map[string]string{"LANG": "idx_XX"}, English},
		{map[string]string{"LANG": "C.UTF-8"}, English},
		{map[string]string{"LC_ALL": "C", "LANG": "id_ID.UTF-8"}, English},
		{map[string]string{"LC_MESSAGES": "id_ID", "LANG": "en_US.UTF-8"}, Indonesian},
		{map[string]string{"LC_ALL": "id_ID", "LC_MESSAGES": "en_US"}, Indonesian},
	} {
		if got := Detect(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: got %s", c.env, got)
		}
	}
	for in, want := range map[string]Lang{"id": Indonesian, " EN ": English} {
		if got, err := ParseLang(in); err != nil || got != want {
			t.Errorf("ParseLang(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "fr", "english"} {
		if _, err := ParseLang(in); err == nil {
			t.Errorf("ParseLang(%q) was accepted", in)
		}
	}
}

func FuzzFill(f *testing.F) {
	f.Add("Refunded {amount}", "amount", "Rp5.000")
	f.Add("{{a}", "a", "{b}")
	f.Fuzz(func(t *testing.T, text, name, value string) {
		got := fill(text, name, value)
		if !strings.Contains(text, "{") && got != text {
			t.Errorf("%q became %q without a placeholder", text, got)
		}
		if plain := "<" + text + ">"; !strings.ContainsAny(text+name, "{}") {
			if got := fill(plain+"{"+name+"}"+plain, name, value); got != plain+value+plain {
				t.Errorf("fill gave %q", got)
			}
		}
	})
}

// BenchmarkMerge is the whole cost of the first sentence.
func BenchmarkMerge(b *testing.B) {
	for b.Loop() {
		merged := make(map[Key]pair, roughly)
		for _, table := range sections {
			maps.Copy(merged, table())
		}
	}
}

func BenchmarkT(b *testing.B) {
	c := For(Indonesian)
	for b.Loop() {
		c.T("state.late-paid", "time", "15.04.12")
	}
}
