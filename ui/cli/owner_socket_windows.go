package cli

import (
	"errors"
	"io/fs"
	"net"
	"os"
)

// bindSocket makes the socket in place of whatever was there. Who may use it is
// the folder's to say: a user's own folders are theirs alone.
func bindSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return listenAt(path)
}

func checkSocket(path string) error {
	_, err := os.Lstat(path)
	return err
}

func checkFolder(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		return &unsafeSocket{path, "it is no folder"}
	}
	return err
}
