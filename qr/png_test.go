package qr_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cashier/qr"
)

func TestPNGRefuses(t *testing.T) {
	for _, pixels := range []int{-1, 0, qr.MaxModulePixels + 1} {
		if _, err := qr.PNG("user", pixels); err == nil {
			t.Errorf("%d pixels a module are taken", pixels)
		}
	}
	if _, err := qr.PNG("", 4); !errors.Is(err, qr.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	if _, err := qr.PNG(strings.Repeat("u", 2954), 1); !errors.Is(err, qr.TooLong{Bytes: 2954, Level: qr.L}) {
		t.Errorf("too long: %v", err)
	}
	if _, err := qr.PNG(strings.Repeat("u", 2953), 1); err != nil {
		t.Errorf("a text for level L: %v", err)
	}
}

func TestWritePNG(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "code.png")
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := qr.WritePNG(path, "userid123456789", 8); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := qr.PNG("userid123456789", 8); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file differs from the image (%v)", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	wantFiles(t, dir, "code.png")
}

// TestWritePNGFails: nothing is left behind and nothing is lost.
func TestWritePNGFails(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken.png")
	if err := os.MkdirAll(filepath.Join(taken, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := qr.WritePNG(taken, "secret text", 8); err == nil || strings.Contains(err.Error(), "secret text") {
		t.Errorf("onto a folder: %v", err)
	}
	if err := qr.WritePNG(filepath.Join(dir, "none", "code.png"), "u", 8); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if err := qr.WritePNG(filepath.Join(dir, "code.png"), "", 8); !errors.Is(err, qr.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	wantFiles(t, dir, "taken.png")
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}
