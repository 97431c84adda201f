package cli

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// leave FILE PATH: takes a value out of a JSON file.
func leave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: leave FILE PATH")
	}
	var root map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &root))
	at, parts := root, strings.Split(args[1], ".")
	for _, part := range parts[:len(parts)-1] {
		next, ok := at[part].(map[string]any)
		if !ok {
			ts.Fatalf("%s has no %s", args[0], args[1])
		}
		at = next
	}
	last := parts[len(parts)-1]
	if _, there := at[last]; !there {
		ts.Fatalf("%s has no %s", args[0], args[1])
	}
	delete(at, last)
	text, err := json.Marshal(root)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(text, '\n'), 0o600))
}

// codefile FILE TEXT: a secret's file, readable by nobody else.
func codefile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: codefile FILE TEXT")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[1]+"\n"), 0o600))
}
