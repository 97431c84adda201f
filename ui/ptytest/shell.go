//go:build unix

package ptytest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	_ "cashier/ui/term/dark" // the shell must not ask the terminal anything
)

// shellEnv tells a re-executed test binary to be the shell. Its value is the
// command as JSON: path, arguments.
const shellEnv = "CASHIER_PTYTEST_SHELL"

// report is how the shell tells the test what became of its job, one JSON
// value a line on descriptor 3.
type report struct {
	Pid     int  `json:"pid,omitempty"`
	Stopped bool `json:"stopped,omitempty"`
	Exited  bool `json:"exited,omitempty"`
	Code    int  `json:"code,omitempty"`
}

func init() {
	if job := os.Getenv(shellEnv); job != "" {
		os.Exit(shell(job))
	}
}

// shell runs one job in a process group of its own and in the foreground, as
// an interactive shell does, and reports when it stops and ends. A line "fg"
// on descriptor 4 continues it.
func shell(job string) int {
	out, in := os.NewFile(3, "reports"), os.NewFile(4, "orders")
	tell := json.NewEncoder(out)
	var args []string
	if err := json.Unmarshal([]byte(job), &args); err != nil || len(args) == 0 {
		fmt.Fprintln(os.Stderr, "ptytest: no job:", err)
		return 125
	}
	// A shell must be able to take the terminal back from the background. What
	// is ignored here is ignored by the job too, so it is this one alone.
	signal.Ignore(syscall.SIGTTOU)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, e := range os.Environ() {
		if len(e) < len(shellEnv) || e[:len(shellEnv)] != shellEnv {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "ptytest: starting the job:", err)
		return 125
	}
	pid := cmd.Process.Pid
	_ = tell.Encode(report{Pid: pid})
	own := unix.Getpgrp()
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil); err == syscall.EINTR {
			continue
		} else if err != nil {
			return 125
		}
		foreground(own)
		switch {
		case status.Stopped():
			_ = tell.Encode(report{Stopped: true})
			var line [3]byte
			if _, err := in.Read(line[:]); err != nil {
				return 125
			}
			foreground(pid)
			_ = syscall.Kill(-pid, syscall.SIGCONT)
		case status.Exited():
			_ = tell.Encode(report{Exited: true, Code: status.ExitStatus()})
			return 0
		case status.Signaled():
			_ = tell.Encode(report{Exited: true, Code: 128 + int(status.Signal())})
			return 0
		}
	}
}

// foreground gives the terminal to a process group.
func foreground(group int) { _ = unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, group) }
