//go:build unix

package cli

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

// TestHangUp: a caller that gives up before it was welcomed knows whether the
// owner begins, and an owner that is not heard any more begins nothing.
func TestHangUp(t *testing.T) {
	l, err := listenAt(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, welcomed := range []bool{false, true} {
		here, err := net.Dial("unix", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer here.Close()
		there, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer there.Close()
		caller, owner := newLine(here), newLine(there)
		if err := here.SetReadDeadline(time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := caller.read(); err == nil || broken(err) != errStuck {
			t.Fatalf("before the welcome: %v", err)
		}
		if welcomed {
			if err := owner.send(frameWelcome, welcome{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := caller.hangUp(); got != welcomed {
			t.Errorf("welcomed %v, told %v", welcomed, got)
		}
		if err := owner.send(frameWelcome, welcome{}); err == nil {
			t.Error("the owner could still welcome the call, and would begin it")
		}
	}
}
