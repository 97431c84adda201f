package config

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// markKeySize is the length of a mark key in bytes: that of the hash it keys.
const markKeySize = 32

// MarkKey reads the key of the marks that are kept of customers' codes
// (PROTOCOLS.md 6), 32 bytes, and makes a random one when path is not there.
// The file is readable by nobody else, else *[FilePermissionError]; it appears
// whole or not at all, and processes that make it at once get the same key.
// Without it the marks of old payments match nothing: it belongs into backups,
// apart from the journal. From then on [Redact] strikes it out.
func MarkKey(path string) ([]byte, error) {
	key, err := readMarkKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeMarkKey(path); err != nil {
			return nil, fmt.Errorf("make the key of customers' codes: %w", err)
		}
		key, err = readMarkKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key of customers' codes: %w", err)
	}
	return key, nil
}

func readMarkKey(path string) ([]byte, error) {
	key, err := readKeyFile(path, "secret")
	if err != nil {
		return nil, err
	}
	// A disk that lost its power may leave zeros.
	if len(key) != markKeySize || [markKeySize]byte(key) == [markKeySize]byte{} {
		return nil, fmt.Errorf("the file %s is damaged; restore it from a backup, or move it away: a new one knows no code of earlier payments", path)
	}
	concealSecret(string(key))
	return key, nil
}

// makeMarkKey puts a new key under the name; one that is there already stays.
func makeMarkKey(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".mark-*") // 0600, O_EXCL
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	key := make([]byte, markKeySize)
	rand.Read(key)
	_, err = file.Write(key)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil {
		if _, there := os.Lstat(path); there == nil {
			return nil
		}
		// A file system without hard links.
		if err := os.Rename(file.Name(), path); err != nil {
			return err
		}
	}
	return syncFolder(folder)
}
