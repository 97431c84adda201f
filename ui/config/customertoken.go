package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"cashier/api"
)

// CustomerTokens keeps customers' tokens (service 74) in a folder, a file for
// each name, readable by nobody else: one that others may read is refused as a
// *[FilePermissionError]. The folder is made when the first token is saved. Two
// processes must not share it: a refresh token is good once.
func CustomerTokens(folder string) api.TokenStore { return tokenFolder(folder) }

type tokenFolder string

var tokenName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`) })

func (f tokenFolder) path(name string) (string, error) {
	// It becomes a file's name; the endpoint makes it of a provider's.
	if !tokenName().MatchString(name) || reserved(name) {
		return "", fmt.Errorf("%q is no name for a customer's token", name)
	}
	return filepath.Join(string(f), name+".json"), nil
}

// Load reads what is kept under a name.
func (f tokenFolder) Load(_ context.Context, name string) ([]byte, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	data, err := readKeyFile(path, "secret")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Save puts the data in the place of what was there, whole or not at all. It
// does so whatever became of the question that needed the token: what was
// fetched is the only one that is good.
func (f tokenFolder) Save(_ context.Context, name string, data []byte) error {
	path, err := f.path(name)
	if err == nil {
		err = f.replace(path, data)
	}
	if err != nil {
		return fmt.Errorf("keep the customer's token: %w", err)
	}
	return nil
}

func (f tokenFolder) replace(path string, data []byte) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(string(f), ".token-*") // 0600, O_EXCL
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncFolder(string(f))
}
