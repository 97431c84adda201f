package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
)

// longestSocket is the least of the systems' limits on a unix socket's path:
// 104 bytes on darwin, with the zero at its end.
const longestSocket = 103

// unsafeSocket is a socket that others than this user could have made or can
// use.
type unsafeSocket struct{ Path, Why string }

func (e *unsafeSocket) Error() string {
	return fmt.Sprintf("the socket %s of the journal's owner is not used: %s", e.Path, e.Why)
}

// ownerSocket is where the owner of a journal is met.
type ownerSocket struct {
	path    string
	private bool // in a folder of its own
}

// socketOf finds it: beside the journal, or where that name is too long, in a
// folder of this user's under a name that stands for the journal's path. The
// folder does not depend on the environment, so that each process finds the
// same one.
func socketOf(journal string) ownerSocket {
	if real, err := filepath.EvalSymlinks(journal); err == nil {
		journal = real // the same journal under another name
	}
	path := journal + ".sock"
	if len(makingPath(path)) <= longestSocket {
		return ownerSocket{path, false}
	}
	sum := sha256.Sum256([]byte(journal))
	return ownerSocket{filepath.Join(shortFolder(), hex.EncodeToString(sum[:8])+".sock"), true}
}

// makingPath is the name that a socket has before it is put in place: in a
// folder of its own.
func makingPath(path string) string { return filepath.Join(path+"~", "s") }

func shortFolder() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.TempDir(), "cashier")
	}
	return fmt.Sprintf("/tmp/cashier-%d", os.Getuid())
}

// dial connects to the owner.
func (o ownerSocket) dial(ctx context.Context) (net.Conn, error) {
	if o.private {
		if err := checkFolder(filepath.Dir(o.path)); err != nil {
			return nil, err
		}
	}
	if err := checkSocket(o.path); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: welcomeWithin}
	return dialer.DialContext(ctx, "unix", o.path)
}

// nobodyThere reports whether an error of dial says that no process is
// behind the socket now: there is none, or one that a dead owner left.
func nobodyThere(err error) bool {
	if _, unsafe := errors.AsType[*unsafeSocket](err); unsafe {
		return false
	}
	return !errors.Is(err, context.Canceled)
}

// listen makes the socket of a journal whose lock this process has. Only so a
// socket that is there may be replaced.
func (o ownerSocket) listen() (net.Listener, error) {
	if o.private {
		if err := makeFolder(filepath.Dir(o.path)); err != nil {
			return nil, err
		}
	}
	return bindSocket(o.path)
}

func makeFolder(folder string) error {
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return checkFolder(folder)
}

// listenAt listens and leaves the removing of the file to the one who knows
// when the lock is given up.
func listenAt(path string) (*net.UnixListener, error) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	return l, nil
}
