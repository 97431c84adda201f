//go:build unix

package paper

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

func TestPipes(t *testing.T) {
	want := job(t)
	pipe := func(t *testing.T) string {
		file := filepath.Join(t.TempDir(), "lp0")
		if err := syscall.Mkfifo(file, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Run("off: nobody reads", func(t *testing.T) {
		err := (Printer{Device: pipe(t), Timeout: 10 * time.Second}).Print(t.Context(), want)
		if stageOf(t, err) != StageOff || !errors.Is(err, syscall.ENXIO) {
			t.Error(err)
		}
	})
	t.Run("prints", func(t *testing.T) {
		file := pipe(t)
		reader, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		if err := (Printer{Device: file, Timeout: 10 * time.Second}).Print(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(reader); err != nil || !bytes.Equal(b, want) {
			t.Errorf("% x, %v", b, err)
		}
	})
	t.Run("full", func(t *testing.T) {
		file := pipe(t)
		reader, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		err = (Printer{Device: file, Timeout: soon}).Print(t.Context(), bytes.Repeat(want, 2000))
		if stageOf(t, err) != StageStuck {
			t.Error(err)
		}
		err = (Printer{Device: file, Timeout: soon}).Print(t.Context(), bytes.Repeat(want, 2000))
		if err == nil {
			t.Error("a full pipe takes more")
		}
	})
}

// TestTerminal is a serial printer that answers.
func TestTerminal(t *testing.T) {
	printer, line, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer printer.Close()
	defer line.Close()
	want := []byte("ok\n") // a terminal's line discipline changes longer jobs
	go func() {
		b := make([]byte, 64)
		for got := 0; got < len(want)+1+len(askPaper); { // \n becomes \r\n
			n, err := printer.Read(b)
			if err != nil {
				return
			}
			got += n
		}
		_, _ = printer.Write([]byte{0x20, '\n'})
	}()
	if err := (Printer{Device: line.Name(), Timeout: 10 * time.Second, Answers: true}).Print(t.Context(), want); err != nil {
		t.Error(err)
	}
}

func TestSilentTerminal(t *testing.T) {
	printer, line, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer printer.Close()
	defer line.Close()
	err = (Printer{Device: line.Name(), Timeout: soon, Answers: true}).Print(t.Context(), []byte("ok\n"))
	if stageOf(t, err) != StageSilent {
		t.Error(err)
	}
}
