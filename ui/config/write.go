package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed skeleton.json
var skeleton []byte

// Init writes a config with a profile to be filled in, readable by nobody
// else. A file that is there already is left alone: fs.ErrExist.
func Init(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write the config: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and was left as it is; move it away, or name another file with --config: %w", path, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("write the config: %w", err)
	}
	_, err = file.Write(skeleton)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the config: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Write puts a config in a file, whole or not at all, in place of one that is
// there, readable by nobody else. Secrets stay references; relative ones are
// then relative to the new file's folder. Comments are not kept.
func Write(path string, c *Config) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(c); err != nil {
		return fmt.Errorf("write the config: %w", err)
	}
	// What could not be read again must not replace what could.
	if _, err := parse(path, text.Bytes()); err != nil {
		return fmt.Errorf("write the config: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".config-*.json")
	if err != nil {
		return fmt.Errorf("write the config: %w", err)
	}
	_, err = file.Write(text.Bytes())
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the config: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}
