package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// owner is what the process that holds the journal tells of itself, in a file
// beside it.
type owner struct {
	PID     int       `json:"pid"`
	Since   time.Time `json:"since"`
	Command string    `json:"command"`
}

func ownerPath(store string) string { return store + ".owner" }

// tellOwner writes the file whole or not at all.
func tellOwner(store string, now time.Time) error {
	// The command's name and its subcommands only: an argument may be private.
	command := filepath.Base(os.Args[0])
	for _, arg := range os.Args[1:] {
		if strings.HasPrefix(arg, "-") || strings.Trim(arg, "abcdefghijklmnopqrstuvwxyz-") != "" {
			break
		}
		command += " " + arg
	}
	b, err := json.Marshal(owner{PID: os.Getpid(), Since: now.Truncate(time.Second), Command: command})
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(store), "."+filepath.Base(store)+".owner-*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), ownerPath(store))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// lockedBy names the owner, unless the file was left behind by a process that
// is gone.
func lockedBy(store string) *LockedError {
	e := &LockedError{Path: store}
	b, err := os.ReadFile(ownerPath(store))
	var o owner
	if err != nil || json.Unmarshal(b, &o) != nil || o.PID <= 0 || !alive(o.PID) {
		return e
	}
	e.PID, e.Since, e.Command = o.PID, o.Since, o.Command
	return e
}
