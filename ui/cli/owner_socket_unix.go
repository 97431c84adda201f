//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// bindSocket makes the socket readable for this user alone from its first
// moment: in a folder of its own, then put in place of whatever was there. A
// process that was killed in between left the folder behind.
func bindSocket(path string) (net.Listener, error) {
	made := makingPath(path)
	folder := filepath.Dir(made)
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	defer os.Remove(folder)
	l, err := listenAt(made)
	if err != nil {
		return nil, err
	}
	err = os.Chmod(made, 0o600)
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close(), os.Remove(made))
	}
	return l, nil
}

// checkSocket refuses a socket that is not this user's, or open to others.
func checkSocket(path string) error {
	return ours(path, fs.ModeSocket, "socket")
}

// checkFolder refuses a folder in which others may put something.
func checkFolder(path string) error {
	return ours(path, fs.ModeDir, "folder")
}

func ours(path string, kind fs.FileMode, name string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case info.Mode().Type() != kind:
		return &unsafeSocket{path, "it is no " + name}
	case !ok || int(stat.Uid) != os.Getuid():
		return &unsafeSocket{path, "it belongs to another user"}
	case info.Mode().Perm()&0o077 != 0:
		return &unsafeSocket{path, fmt.Sprintf("others may use it (mode %04o)", info.Mode().Perm())}
	}
	return nil
}
