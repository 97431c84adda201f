package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asks reports whether a call says a sentence: Catalogue.T, a variable t that
// is one, or a method say. The arguments stand right behind the key.
func asks(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name == "T" || f.Sel.Name == "say"
	case *ast.Ident:
		return f.Name == "t"
	}
	return false
}

// unfit lists the calls whose arguments are not those of their sentence: what
// is missing stands in braces on the screen, and what is too much is not said.
func unfit(file *ast.File, files *token.FileSet) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Ellipsis.IsValid() || !asks(call) {
			return true
		}
		at := slices.IndexFunc(call.Args, func(e ast.Expr) bool { s, ok := literal(e); return ok && Has(Key(s)) })
		if at < 0 {
			return true
		}
		key, _ := literal(call.Args[at])
		var given []string
		for i := at + 1; i < len(call.Args); i += 2 {
			name, _ := literal(call.Args[i])
			given = append(given, name)
		}
		slices.Sort(given)
		for _, text := range []string{all()[Key(key)].en, all()[Key(key)].id} {
			var wanted []string
			for _, m := range placeholder.FindAllString(text, -1) {
				if !strings.Contains(m, `"`) { // a piece of JSON
					wanted = append(wanted, strings.Trim(m, "{}"))
				}
			}
			slices.Sort(wanted)
			if wanted = slices.Compact(wanted); !slices.Equal(wanted, given) {
				found = append(found, files.Position(call.Pos()).String()+": "+key+" wants ["+strings.Join(wanted, " ")+"], gets ["+strings.Join(given, " ")+"]")
				break
			}
		}
		return true
	})
	return found
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func TestSentencesGetTheirArguments(t *testing.T) {
	for _, dir := range []string{"..", "../../views"} {
		for path, text := range sourceTexts(t, dir) {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range unfit(file, files) {
				t.Error(wrong)
			}
		}
	}
}

func TestUnfitArgumentsAreFound(t *testing.T) {
	const text = `package x
func f(w *words.Catalogue) {
	w.T("linear.cancels"); w.T("linear.cancels", "reference", r); w.T("linear.cancels", "ref", r)
	l.say("linear.left", "n", 1); t("linear.left"); p.say(tone, "linear.returns", "sum", s, "reference", r); t("linear.returns", args...)
}`
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"x.go:3:2: linear.cancels wants [reference], gets []", "x.go:3:64: linear.cancels wants [reference], gets [ref]",
		"x.go:4:2: linear.left wants [], gets [n]",
	}
	if found := unfit(file, files); !slices.Equal(found, want) {
		t.Errorf("found %q", found)
	}
}
