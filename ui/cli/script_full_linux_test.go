package cli

import (
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// full NAME: from now on, what runs beside the script can write to no file, as
// on a disk that has filled up.
func full(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: full NAME")
	}
	c := ts.Value(childrenKey{}).(map[string]*child)[args[0]]
	if c == nil {
		ts.Fatalf("%s was not started", args[0])
	}
	ts.Check(unix.Prlimit(c.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 0, Max: 0}, nil))
}
