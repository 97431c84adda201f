package config

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestMarkKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "cashier", "mark.key")
	key, err := MarkKey(path)
	if err != nil || len(key) != 32 || bytes.Equal(key, make([]byte, 32)) {
		t.Fatalf("a new key has %d bytes, %v", len(key), err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(text, key) {
		t.Fatalf("the file holds another key: %v", err)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	again, err := MarkKey(path)
	if err != nil || !bytes.Equal(again, key) {
		t.Errorf("a second time it is another key: %v", err)
	}
	clear(again) // the caller's copy is the caller's
	if third, err := MarkKey(path); err != nil || !bytes.Equal(third, key) {
		t.Errorf("a third time it is another key: %v", err)
	}
	other, err := MarkKey(filepath.Join(filepath.Dir(path), "other.key"))
	if err != nil || bytes.Equal(other, key) {
		t.Errorf("two files have one key: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	for _, spelling := range []string{string(key), hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key), fmt.Sprint(key)} {
		if got := Redact("key=" + spelling); strings.Contains(got, spelling) {
			t.Errorf("not struck out: %q", got)
		}
	}
}

// TestMarkKeyAtOnce: whoever makes it first, all have the same.
func TestMarkKeyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mark.key")
	var keys [16][]byte
	var errs [16]error
	var group sync.WaitGroup
	for i := range keys {
		group.Go(func() { keys[i], errs[i] = MarkKey(path) })
	}
	group.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Fatal("two of them have different keys")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".mark-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMarkKeyThatIsNone(t *testing.T) {
	good := bytes.Repeat([]byte{7}, 32)
	for _, c := range []struct {
		name string
		text []byte
		mode fs.FileMode
		want string // after "the key of customers' codes: "; FILE is the path
	}{
		{"cut off", good[:31], 0o600, "the file FILE is damaged; restore it from a backup, or move it away: a new one knows no code of earlier payments"},
		{"with a line end", append(good[:32:32], '\n'), 0o600, "the file FILE is damaged; restore it from a backup, or move it away: a new one knows no code of earlier payments"},
		{"empty", nil, 0o600, "the file FILE is damaged; restore it from a backup, or move it away: a new one knows no code of earlier payments"},
		{"zeros", make([]byte, 32), 0o600, "the file FILE is damaged; restore it from a backup, or move it away: a new one knows no code of earlier payments"},
		{"read by the group", good, 0o640, "the file FILE can be read by others (mode 0640); run: chmod 600 FILE"},
		{"read by all", good, 0o604, "the file FILE can be read by others (mode 0604); run: chmod 600 FILE"},
		{"written by the group", good, 0o620, "the file FILE can be read by others (mode 0620); run: chmod 600 FILE"},
	} {
		if runtime.GOOS == "windows" && c.mode != 0o600 {
			continue // mode bits say nothing there
		}
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mark.key")
			write(t, path, c.text, c.mode)
			key, err := MarkKey(path)
			if want := "the key of customers' codes: " + strings.ReplaceAll(c.want, "FILE", path); err == nil || err.Error() != want || key != nil {
				t.Errorf("\n got %v\nwant %s", err, want)
			}
			var refused *FilePermissionError
			if errors.As(err, &refused) != (c.mode != 0o600) {
				t.Errorf("mode %04o: %T", c.mode, errors.Unwrap(err))
			}
			// What was there is still there.
			if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, c.text) {
				t.Errorf("the file was changed: %x, %v", text, err)
			}
		})
	}
	folder := t.TempDir()
	if _, err := MarkKey(folder); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("a folder: %v", err)
	}
	file := filepath.Join(folder, "file")
	write(t, file, good, 0o600)
	if _, err := MarkKey(filepath.Join(file, "mark.key")); err == nil {
		t.Error("a key under a file")
	}
}
