package sandbox

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpoiltKeysAreToldAndKept: a key that is whole and yet none is found out
// when it is first needed, is said with the file's name, and is not replaced.
func TestSpoiltKeysAreToldAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.jsonl")
	s := open(t, Options{Path: path, Clock: newClock()})
	mustKeys(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	var l line
	var keys keyRecord
	if err := json.Unmarshal(lines[1], &l); err != nil || l.Kind != keys.kind() {
		t.Fatalf("the second line is no keys: %v", err)
	}
	if err := json.Unmarshal(l.Value, &keys); err != nil {
		t.Fatal(err)
	}
	for i := range 40 { // inside the modulus
		keys.Partner[len(keys.Partner)/8+i] ^= 0x55
	}
	if lines[1], err = encodeRecord(&keys); err != nil {
		t.Fatal(err)
	}
	spoilt := bytes.Join(lines, nil)
	if err := os.WriteFile(path, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Path: path, Clock: newClock(), GenerateKey: noKey})
	for range 2 {
		if _, err := s.Keys(t.Context()); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v", err)
		}
	}
	p := &partner{t: t, transport: s.Transport(), base: "http://sandbox", now: s.now, id: s.ClientKey()}
	p.key, _ = testKey()
	if got := p.must(p.request("73", `{"grantType":"client_credentials"}`)); got.code() != "4017300" {
		t.Errorf("signed while the keys are spoilt: %v", got.fields)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, spoilt) {
		t.Errorf("the file was changed: %v", err)
	}
}
