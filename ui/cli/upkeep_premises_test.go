//go:build unix

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// premises are a machine of its own for commands.
type premises struct {
	t    *testing.T
	home string
	// shell, when set, is what runs the program, as "$0" "$@".
	shell string
	// nobody runs it as a user who owns nothing, where this test is root.
	nobody bool
}

func newPremises(t *testing.T) *premises {
	t.Helper()
	p := &premises{t: t, home: t.TempDir()}
	// Another user must reach the program.
	for _, dir := range []string{filepath.Dir(p.home), p.home} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"x", "config"} {
		if err := os.Mkdir(filepath.Join(p.home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(p.home, "cashier") // by its name testscript.Main knows what to be
	if err := os.Link(self, program); err != nil {
		copyProgram(t, self, program)
	}
	return p
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func (p *premises) journal() string { return filepath.Join(p.home, "x", "cashier", "sandbox.db") }

func (p *premises) command(args ...string) *exec.Cmd {
	program := filepath.Join(p.home, "cashier")
	c := exec.CommandContext(p.t.Context(), program, args...)
	if p.shell != "" {
		c = exec.CommandContext(p.t.Context(), "sh", append([]string{"-c", p.shell + `; exec "$0" "$@"`, program}, args...)...)
	}
	c.Dir = p.home
	c.Env = append(os.Environ(), "HOME="+p.home, "XDG_STATE_HOME="+filepath.Join(p.home, "x"), "XDG_CONFIG_HOME="+filepath.Join(p.home, "config"), "LC_ALL=C", "NO_COLOR=1")
	if p.nobody && os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return c
}

// run runs a command that must end with the exit code.
func (p *premises) run(exit int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	var out, said bytes.Buffer
	c := p.command(args...)
	c.Stdout, c.Stderr = &out, &said
	err := c.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		p.t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); got != exit {
		p.t.Fatalf("%v ended with %d, want %d\n%s%s", args, got, exit, &out, &said)
	}
	return out.String(), said.String()
}

func (p *premises) generate() {
	p.t.Helper()
	p.run(0, "cdm", "generate", "--courier-no", "1", "--courier-name", "Budi", "--courier-mobile", "08", "--region-no", "1", "--branch-no", "1")
}

// files are all files of the journal's folder with their bytes, but for what a
// process writes of itself.
func (p *premises) files() map[string]string {
	p.t.Helper()
	found := map[string]string{}
	entries, err := os.ReadDir(filepath.Dir(p.journal()))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(p.journal()), e.Name()))
		if err != nil {
			p.t.Fatal(err)
		}
		found[e.Name()] = string(b)
	}
	return found
}

func want(t *testing.T, what, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("%s: %q does not say %s", what, text, pattern)
	}
}

func (p *premises) cutInHalf() {
	p.t.Helper()
	info, err := os.Stat(p.journal())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.Truncate(p.journal(), info.Size()/2); err != nil {
		p.t.Fatal(err)
	}
}

func errorCode(t *testing.T, stdout string) string {
	t.Helper()
	var e errorObject
	if err := json.Unmarshal([]byte(stdout), &e); err != nil {
		t.Fatalf("%v in %q", err, stdout)
	}
	return e.Error.Code
}

// sameFiles compares all but what is no part of the journal.
func sameFiles(t *testing.T, a, b map[string]string) bool {
	t.Helper()
	names := func(m map[string]string) (list []string) {
		for name := range m {
			if !strings.Contains(name, ".sandbox") && !strings.HasSuffix(name, ".sock") {
				list = append(list, name)
			}
		}
		slices.Sort(list)
		return list
	}
	if !slices.Equal(names(a), names(b)) {
		t.Logf("there were %v, there are %v", names(a), names(b))
		return false
	}
	for _, name := range names(a) {
		if a[name] != b[name] {
			t.Logf("%s is not as it was", name)
			return false
		}
	}
	return true
}

// awaitOpen waits until the process has bbolt's lock.
func awaitOpen(t *testing.T, path string, pid int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for deadline := time.Now().Add(20 * time.Second); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return
		}
		if err == nil {
			syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d does not open the journal", pid)
		}
	}
}
