package config

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestStateDir(t *testing.T) {
	for _, c := range []struct {
		system string
		env    map[string]string
		want   string // empty: an error
	}{
		{"linux", map[string]string{"HOME": "/home/a"}, "/home/a/.local/state/cashier"},
		{"linux", map[string]string{"HOME": "/home/a", "XDG_STATE_HOME": "/state"}, "/state/cashier"},
		{"freebsd", map[string]string{"HOME": "/home/a"}, "/home/a/.local/state/cashier"},
		{"darwin", map[string]string{"HOME": "/Users/a", "XDG_STATE_HOME": "/state"}, "/Users/a/Library/Application Support/cashier"},
		{"windows", map[string]string{"LocalAppData": "/AppData/Local", "HOME": "/home/a"}, "/AppData/Local/cashier"},
		{"windows", map[string]string{"HOME": "/home/a"}, ""},
		{"linux", nil, ""},
		{"darwin", nil, ""},
		{runtime.GOOS, map[string]string{"HOME": "a", "XDG_STATE_HOME": "state", "LocalAppData": "b"}, ""},
	} {
		got, err := stateDir(c.system, func(name string) string { return c.env[name] })
		if filepath.ToSlash(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s with %v: %q, %v", c.system, c.env, got, err)
		}
	}
}

func TestPaths(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "AppData", "LocalAppData"} {
		t.Setenv(name, folder)
	}
	if path, err := DefaultPath(); err != nil || !strings.HasPrefix(path, folder) || !strings.HasSuffix(filepath.ToSlash(path), "/cashier/config.json") {
		t.Errorf("config file %s, %v", path, err)
	}
	state, err := StateDir()
	if err != nil {
		t.Fatal(err)
	}
	if path, err := StorePath("real-1"); err != nil || path != filepath.Join(state, "real-1.db") {
		t.Errorf("journal %s, %v", path, err)
	}
	for _, name := range []string{"", ".", "..", "../x", "a/b", `a\b`, "A", "x.", "nul", "com1.x", "a b", strings.Repeat("a", 41)} {
		if path, err := StorePath(name); err == nil {
			t.Errorf("the profile %q has the journal %s", name, path)
		}
	}
}
