package term

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCleanupsRunOnceLastFirst(t *testing.T) {
	g := NewGuard(GuardOptions{})
	var order []string
	bad := errors.New("disk")
	g.Cleanup("a", func() error { order = append(order, "a"); return bad })
	g.Cleanup("b", func() error { order = append(order, "b"); panic("b") })
	g.Cleanup("c", func() error { order = append(order, "c"); return nil })
	err := g.Close()
	if !errors.Is(err, bad) || !strings.Contains(err.Error(), "closing b") {
		t.Errorf("Close gave %v", err)
	}
	if again := g.Close(); again != err {
		t.Errorf("the second Close gave %v", again)
	}
	if got := strings.Join(order, ""); got != "cba" {
		t.Errorf("ran in the order %q, want cba", got)
	}
}

func TestCleanupThatHangsIsLeft(t *testing.T) {
	g := NewGuard(GuardOptions{Wait: 20 * time.Millisecond})
	never := make(chan struct{})
	defer close(never)
	ran := false
	g.Cleanup("first", func() error { ran = true; return nil })
	g.Cleanup("stuck", func() error { <-never; return nil })
	if err := g.Close(); err == nil || !strings.Contains(err.Error(), "stuck") {
		t.Errorf("Close gave %v", err)
	}
	if !ran {
		t.Error("the one behind it did not run")
	}
}

func TestPanicInGoroutineStopsTheProgram(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "crashes")
	g := NewGuard(GuardOptions{Dir: dir, Version: "1.2.3", Redact: func(s string) string { return strings.ReplaceAll(s, "pin 1234", "pin …") }})
	defer g.Close()
	stopped := make(chan struct{})
	defer g.Hold(nil, nil, func() { close(stopped) })()
	Go(func() { panic("with pin 1234") })
	<-stopped
	var crash *Crash
	if !errors.As(g.Cause(), &crash) || crash.Path == "" {
		t.Fatalf("the cause is %v", g.Cause())
	}
	info, err := os.Stat(crash.Path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("crash file: %v, %v", info, err)
	}
	text, _ := os.ReadFile(crash.Path)
	for _, want := range []string{"cashier 1.2.3", "panic: with pin …", "guard_test.go"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the crash file lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "1234") {
		t.Errorf("the secret stands in the crash file:\n%s", text)
	}
	if ExitCode(g.Cause()) != 1 {
		t.Errorf("exit code %d", ExitCode(g.Cause()))
	}
}

func TestWithoutRedactorNoValueIsWritten(t *testing.T) {
	g := NewGuard(GuardOptions{Dir: t.TempDir()})
	defer g.Close()
	g.Crashed("pin 1234", []byte("goroutine 1 [running]:\npanic({0x1234, 0x5678})\n\t/go/panic.go:1\nmain.pay({0xc000, 0x10}, 0x3)\n\t/src/pay.go:7 +0x1\n"))
	text, err := os.ReadFile(g.Cause().(*Crash).Path)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Contains(s, "1234") || !strings.Contains(s, "panic: string") || !strings.Contains(s, "main.pay(…)") || !strings.Contains(s, "/src/pay.go:7") {
		t.Errorf("the crash file is\n%s", s)
	}
}

func TestGuardEndsAProcessThatDoesNotEnd(t *testing.T) {
	code := make(chan int, 1)
	closed := make(chan struct{})
	g := NewGuard(GuardOptions{Wait: 10 * time.Millisecond, Exit: func(c int) { code <- c }})
	g.Cleanup("journal", func() error { close(closed); return nil })
	g.Hold(nil, nil, func() {}) // stop does nothing: the program hangs
	g.Crashed("stuck", nil)
	<-closed
	if c := <-code; c != 1 {
		t.Errorf("exit code %d", c)
	}
}

func TestNoFolderForCrashes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	g := NewGuard(GuardOptions{Dir: filepath.Join(file, "crashes")})
	defer g.Close()
	g.Crashed("x", nil)
	var crash *Crash
	if !errors.As(g.Cause(), &crash) || crash.Path != "" || crash.Err == nil {
		t.Errorf("the cause is %#v", g.Cause())
	}
}
