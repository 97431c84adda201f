//go:build unix

package config

import (
	"errors"
	"os"
)

// syncFolder makes the names in a folder outlast a loss of power.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
