package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/config"
	"cashier/ui/words"
)

// crossed is an error as it is after the socket.
func crossed(t *testing.T, err error) error {
	t.Helper()
	text, bad := json.Marshal(sendable(err))
	if bad != nil {
		t.Fatal(bad)
	}
	var w *wireError
	if bad := json.Unmarshal(text, &w); bad != nil {
		t.Fatal(bad)
	}
	return w.received()
}

// stays are exported errors that never leave the process they come from: no
// call of the owner gives them.
var stays = map[string]string{
	"emv.ErrEmpty": "a code is read by who scanned it", "emv.ErrTruncated": "likewise", "emv.ErrMode": "likewise", "emv.ErrTag": "likewise",
	"emv.ErrLength": "likewise", "emv.ErrOrder": "likewise", "emv.Refusal": "likewise", "emv.ErrBase64": "likewise", "emv.ErrDigits": "likewise",
	"emv.ErrMissing": "likewise", "emv.ErrTooLong": "likewise",
	"qr.ErrEmpty": "drawn by who shows it", "qr.TooLarge": "likewise", "qr.TooLong": "likewise",
	"cpm.ErrNotification": "read by who listens", "config.Problem": "a part of Errors", "api.TypedError": "read by who typed it",
}

// TestErrorsCrossTheSocket: every exported error of the packages that an owner
// calls is in the registry, and is what it was at the other side: its text,
// what errors.Is and errors.As find, and the exit code.
func TestErrorsCrossTheSocket(t *testing.T) {
	a := &app{words: words.For(words.English)}
	same := func(name string, err error) {
		t.Helper()
		for _, sent := range []error{err, fmt.Errorf("record R-1: %w", err), fmt.Errorf("%w: %w", till.ErrNotRecorded, err), errors.Join(errors.New("first"), err)} {
			got := crossed(t, sent)
			if got.Error() != sent.Error() {
				t.Errorf("%s says %q, said %q", name, got, sent)
			}
			for other, sentinel := range sentinels {
				if errors.Is(got, sentinel) != errors.Is(sent, sentinel) {
					t.Errorf("%s: errors.Is %s is %v", name, other, errors.Is(got, sentinel))
				}
			}
			want, have := a.describe(sent), a.describe(got)
			if have.exit != want.exit || have.code != want.code || have.message != want.message || have.advice != want.advice {
				t.Errorf("%s is %d %s %q %q, was %d %s %q %q", name, have.exit, have.code, have.message, have.advice, want.exit, want.code, want.message, want.advice)
			}
		}
	}
	for name, err := range sentinels {
		same(name, err)
	}
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	samples := map[string]error{
		"till.ErrNeedsSupervisor": &till.ErrNeedsSupervisor{Rule: till.RuleSaleOpen, Other: "P-1"},
		"till.SessionOpenError":   &till.SessionOpenError{Session: till.Session{Number: 3, Operator: "Siti", OpenedAt: at}},
		"till.StillOpenError":     &till.StillOpenError{Items: []till.OpenItem{{Reference: "P-1", State: till.Unknown, Since: at}}},
		"till.DifferenceError":    &till.DifferenceError{Cash: api.IDR(1), Counted: api.IDR(5), Booked: api.IDR(3)},
		"api.FieldError":          &api.FieldError{Field: "additionalInfo.courierNo", Have: 40, Max: 32},
		"api.ConsentError":        &api.ConsentError{Provider: "paydia", Lack: api.CodeSpent, Ended: at, Said: "4017400"},
		"store.LockedError":       &store.LockedError{Path: "a.db", PID: 4711, Since: at, Command: "cashier"},
		"store.DamagedError":      &store.DamagedError{Path: "a.db", Reason: "cut"},
		"store.ProfileError":      &store.ProfileError{Path: "a.db", Holds: "bank", Asked: "sandbox"},
		"store.SchemaError":       &store.SchemaError{Path: "a.db", Holds: 9, Knows: 2},
		"store.ExistsError":       &store.ExistsError{Path: "copy.db"}, "store.SoundError": &store.SoundError{Path: "a.db", Transactions: 7},
		"store.SpentError":           &store.SpentError{Reference: "P-1"},
		"sandbox.DamageError":        &sandbox.DamageError{Path: "a.sandbox", Line: 3, Err: errors.New("cut")},
		"config.FilePermissionError": &config.FilePermissionError{File: "key.pem", Mode: 0o644},
		"config.Errors":              &config.Errors{File: "config.json"},
		"fs.PathError":               &fs.PathError{Op: "open", Path: "a.db", Err: fs.ErrPermission},
		"cli.usageError":             usagef("--amount is needed"), "cli.configError": configError{errors.New("no key")},
		"cli.noPayments": &noPayments{"bank"}, "cli.failure": &failure{exit: exitEnded, code: "ended", message: "it ended", advice: "look", err: till.ErrEnded},
		"cli.otherVersion": &otherVersion{4711, "1.0", "1.1"}, "cli.unsafeSocket": &unsafeSocket{"a.sock", "others may use it"},
	}
	for name := range errorShapes {
		err := samples[name]
		if err == nil {
			t.Errorf("no sample of %s", name)
			continue
		}
		same(name, err)
		content, _ := errorShapes[name].find(err)
		found := false
		var walk func(error)
		walk = func(err error) {
			if again, ok := errorShapes[name].find(err); ok && fmt.Sprintf("%+v", again) == fmt.Sprintf("%+v", content) {
				found = true
			}
			switch err := err.(type) {
			case interface{ Unwrap() error }:
				if inner := err.Unwrap(); inner != nil {
					walk(inner)
				}
			case interface{ Unwrap() []error }:
				for _, inner := range err.Unwrap() {
					walk(inner)
				}
			}
		}
		walk(crossed(t, fmt.Errorf("outside: %w", err)))
		if !found {
			t.Errorf("errors.As does not find %s with what it held", name)
		}
	}
	for _, folder := range []string{"api", "api/snap", "api/till", "api/cpm", "api/paycools", "api/paydia", "api/finnet", "api/notify", "api/sandbox", "store", "ui/config", "qr", "qr/emv"} {
		for _, name := range exportedErrors(t, folder) {
			if sentinels[name] == nil && errorShapes[name].find == nil && stays[name] == "" {
				t.Errorf("%s is not in the registry of the socket (owner_errors.go)", name)
			}
		}
	}
	if got := crossed(t, nil); got != nil {
		t.Errorf("no error became %v", got)
	}
	if !errors.Is(crossed(t, context.Cause(t.Context())), nil) {
		t.Error("no cause became one")
	}
}

// exportedErrors finds them in a package's source: variables that begin with
// Err, and types with an Error method.
func exportedErrors(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no source: %v", folder, err)
	}
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		add := func(name string) {
			if ast.IsExported(name) {
				names = append(names, parsed.Name.Name+"."+name)
			}
		}
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "Error" && d.Recv != nil {
					of := d.Recv.List[0].Type
					if star, ok := of.(*ast.StarExpr); ok {
						of = star.X
					}
					add(of.(*ast.Ident).Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					v, ok := spec.(*ast.ValueSpec)
					if !ok || d.Tok != token.VAR {
						continue
					}
					for _, name := range v.Names {
						if strings.HasPrefix(name.Name, "Err") {
							add(name.Name)
						}
					}
				}
			}
		}
	}
	slices.Sort(names)
	return names
}
