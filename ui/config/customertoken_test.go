package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestCustomerTokens(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state", "real.db.tokens")
	store := CustomerTokens(folder)
	if data, err := store.Load(t.Context(), "paydia-customer"); data != nil || err != nil {
		t.Errorf("before anything was saved: %q, %v", data, err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading made the folder: %v", err)
	}
	// The question may be over by then: the tokens are kept all the same.
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, text := range []string{`{"refreshToken":"first and longer"}`, `{"refreshToken":"second"}`} {
		if err := store.Save(over, "paydia-customer", []byte(text)); err != nil {
			t.Fatal(err)
		}
		again := CustomerTokens(folder) // as after a restart
		if data, err := again.Load(t.Context(), "paydia-customer"); err != nil || string(data) != text {
			t.Errorf("%q, %v, want %q", data, err, text)
		}
	}
	if data, err := store.Load(t.Context(), "finnet-customer"); data != nil || err != nil {
		t.Errorf("another name: %q, %v", data, err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	for _, name := range []string{"", "..", "../paydia", "a/b", `a\b`, "Paydia", "con.x", ".hidden", strings.Repeat("a", 65)} {
		if err := store.Save(t.Context(), name, []byte("x")); err == nil || !strings.Contains(err.Error(), "is no name") {
			t.Errorf("saved as %q: %v", name, err)
		}
		if _, err := store.Load(t.Context(), name); err == nil {
			t.Errorf("loaded as %q", name)
		}
	}
	// The longest name that a provider can have.
	if err := store.Save(t.Context(), strings.Repeat("a", 40)+"-customer", []byte("x")); err != nil {
		t.Error(err)
	}
}

func TestCustomerTokensAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // mode bits say nothing there
	}
	folder := filepath.Join(t.TempDir(), "tokens")
	store := CustomerTokens(folder)
	if err := store.Save(t.Context(), "paydia-customer", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "paydia-customer.json")
	for name, want := range map[string]os.FileMode{path: 0o600, folder: 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := store.Load(t.Context(), "paydia-customer")
		if refused, ok := errors.AsType[*FilePermissionError](err); !ok || refused.File != path {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	// What replaces it is the owner's again.
	if err := store.Save(t.Context(), "paydia-customer", []byte("secret 2")); err != nil {
		t.Fatal(err)
	}
	if data, err := store.Load(t.Context(), "paydia-customer"); err != nil || string(data) != "secret 2" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestCustomerTokensSayWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CustomerTokens(file).Save(t.Context(), "paydia-customer", []byte("x")); err == nil || !strings.HasPrefix(err.Error(), "keep the customer's token: ") {
		t.Errorf("a folder that is a file: %v", err)
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "paydia-customer.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := CustomerTokens(folder).Save(t.Context(), "paydia-customer", []byte("x")); err == nil {
		t.Error("a file that is a folder was replaced")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestCustomerTokensAreWhole: who reads while it is replaced finds one of the
// two whole.
func TestCustomerTokensAreWhole(t *testing.T) {
	store := CustomerTokens(t.TempDir())
	texts := map[string]bool{strings.Repeat("a", 5000): true, strings.Repeat("b", 9000): true}
	var group sync.WaitGroup
	for text := range texts {
		group.Go(func() {
			for range 20 {
				if err := store.Save(t.Context(), "x", []byte(text)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Go(func() {
		for range 200 {
			if data, err := store.Load(t.Context(), "x"); err != nil || data != nil && !texts[string(data)] {
				t.Error(fmt.Sprint(len(data), " bytes"), err)
			}
		}
	})
	group.Wait()
}
