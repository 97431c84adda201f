package cli

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports is the table of DESIGN.md 1: which of our packages each package may
// import, whether it is there yet or not. A package that is not here fails the
// test; "*" is any but the test packages. Beyond the design, the providers
// that are there name signature kinds, headers and codes by api/snap's types,
// and ui/config checks them by those.
var imports = map[string][]string{
	"": {"ui/term/dark", "ui/cli"},

	"api/snap":     {},
	"api":          {"api/snap"},
	"api/paycools": {"api", "api/snap"},
	"api/cpm":      {"api", "api/snap"},
	"api/paydia":   {"api"},
	"api/finnet":   {"api"},
	"api/notify":   {"api", "api/snap"},
	"api/till":     {"api"},
	"api/sandbox":  {"api", "api/snap", "qr/emv"},
	"qr/emv":       {},
	"qr":           {},
	"store":        {"api/till", "api"},
	"ui/term/dark": {},
	"ui/term":      {},
	"ui/words":     {},
	"ui/config":    {"api", "api/snap"},
	"ui/paper":     {"api", "qr"},
	"ui/books":     {"api/till", "api"},
	"ui":           {"ui/words", "ui/term"},
	"views":        {"ui", "ui/words", "ui/paper", "ui/books", "api/till", "api", "qr", "qr/emv"},
	"ui/cli":       {"*"},

	"qr/qrtest":       {"*"},
	"ui/ptytest":      {"*"},
	"store/storetest": {"*"},
	"api/apitest":     {},
}

// testPackages serve tests alone: no file that is shipped imports them.
var testPackages = []string{"qr/qrtest", "ui/ptytest", "store/storetest", "api/apitest"}

// charm are modules that only what draws may know.
var charm = []string{"github.com/charmbracelet/", "github.com/muesli/termenv", "github.com/NimbleMarkets/"}

// charmless are the roots of the tree that draw nothing; ui/words, ui/config,
// ui/paper and ui/books neither.
var charmless = []string{"api", "qr", "store", "ui/words", "ui/config", "ui/paper", "ui/books"}

// source is one shipped file and what it imports.
type source struct {
	file, pkg string
	imports   []string
}

func shipped(t *testing.T) []source {
	t.Helper()
	const root = "../.."
	var found []source
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		s := source{file: filepath.ToSlash(relative)}
		if s.pkg = path.Dir(s.file); s.pkg == "." {
			s.pkg = ""
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, name)
		}
		found = append(found, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// forbidden says what is wrong with an import; "" when nothing is.
func forbidden(pkg, imported string) string {
	allowed, listed := imports[pkg]
	if !listed {
		return "the package is not in the table"
	}
	ours, isOurs := strings.CutPrefix(imported, "cashier/")
	switch {
	case isOurs && slices.Contains(testPackages, ours) && !slices.Contains(testPackages, pkg):
		return "it is for tests alone"
	case isOurs && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*"):
		return "the table does not allow it"
	case slices.Contains(testPackages, pkg):
		return ""
	case slices.ContainsFunc(charm, func(m string) bool { return strings.HasPrefix(imported, m) }) &&
		slices.ContainsFunc(charmless, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") }):
		return "this package draws nothing"
	case strings.HasPrefix(imported, "go.etcd.io/bbolt") && pkg != "store":
		return "only the store knows its file's format"
	case imported == "testing" || strings.HasPrefix(imported, "testing/"):
		return "it is for tests alone"
	}
	return ""
}

func TestImports(t *testing.T) {
	found := shipped(t)
	if len(found) < 100 {
		t.Fatalf("only %d files were found", len(found))
	}
	for _, s := range found {
		if _, listed := imports[s.pkg]; !listed {
			t.Errorf("%s: the package is not in the table", s.file)
		}
		for _, name := range s.imports {
			if why := forbidden(s.pkg, name); why != "" {
				t.Errorf("%s imports %s: %s", s.file, name, why)
			}
		}
	}
}

// TestForbidden proves that the check can fail.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		pkg, imported string
		wrong         bool
	}{
		{"api", "cashier/api/snap", false},
		{"api", "cashier/store", true},
		{"api/new", "fmt", true},
		{"views", "cashier/store", true},
		{"views", "go.etcd.io/bbolt", true},
		{"views", "github.com/charmbracelet/bubbletea", false},
		{"store", "github.com/charmbracelet/lipgloss", true},
		{"qr/emv", "github.com/charmbracelet/lipgloss", true},
		{"ui/cli", "cashier/views", false},
		{"ui/cli", "cashier/qr/qrtest", true},
		{"ui", "testing", true},
		{"", "cashier/api", true},
		{"store", "go.etcd.io/bbolt/errors", false},
	} {
		if got := forbidden(c.pkg, c.imported); (got != "") != c.wrong {
			t.Errorf("%q imports %s: %q", c.pkg, c.imported, got)
		}
	}
}
