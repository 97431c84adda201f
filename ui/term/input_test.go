package term

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestInputKnowsWhatWaits(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // nobody knows there
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	in := NewInput(r, time.Now(), nil)
	before := time.Now()
	if in.Waiting(before) {
		t.Error("an empty terminal has something")
	}
	if _, err := w.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	if !in.Waiting(before) {
		t.Error("what was typed does not wait")
	}
	if n, err := in.Read(make([]byte, 256)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if !in.Waiting(before) {
		t.Error("what was read since then is forgotten")
	}
	if in.Waiting(time.Now()) {
		t.Error("what was read before still waits")
	}
}
