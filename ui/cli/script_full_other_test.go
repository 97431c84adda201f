//go:build !linux

package cli

import "github.com/rogpeppe/go-internal/testscript"

// full needs Linux, where the limits of another process can be set; the script
// asks for it.
func full(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("full works on Linux alone") }
