package paper

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const soon = 400 * time.Millisecond // a timeout that a test waits for

func stageOf(t *testing.T, err error) Stage {
	t.Helper()
	trouble, ok := errors.AsType[*Trouble](err)
	if !ok {
		t.Fatalf("the error is %v, no trouble", err)
	}
	return trouble.Stage
}

// serve is a printer at the loopback address; what it does with a connection
// is play's.
func serve(t *testing.T, play func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		play(c)
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func job(t *testing.T) []byte {
	t.Helper()
	job, err := sample().Encode(sheet(t, 58, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func TestPrinterOfTheNetwork(t *testing.T) {
	want := job(t)
	got := make(chan []byte, 1)
	read := func(c net.Conn, answer ...byte) {
		b := make([]byte, len(want)+len(askPaper))
		n, _ := io.ReadFull(c, b)
		_, _ = c.Write(answer)
		got <- b[:n]
	}
	t.Run("answers", func(t *testing.T) {
		at := serve(t, func(c net.Conn) { read(c, 0x00) })
		if err := (Printer{Address: at, Timeout: 10 * time.Second, Answers: true}).Print(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		b := <-got
		if !bytes.Equal(b, append(bytes.Clone(want), askPaper...)) {
			t.Errorf("the printer got % x", b)
		}
		if out, err := readJob(b, 32); err != nil || out.queries != 1 {
			t.Errorf("%+v, %v", out, err)
		}
	})
	t.Run("near the end of the paper", func(t *testing.T) {
		at := serve(t, func(c net.Conn) { read(c, 0x03); <-got })
		if err := (Printer{Address: at, Timeout: 10 * time.Second, Answers: true}).Print(t.Context(), want); err != nil {
			t.Error(err)
		}
	})
	t.Run("no paper", func(t *testing.T) {
		at := serve(t, func(c net.Conn) { read(c, 0x0F); <-got })
		err := (Printer{Address: at, Timeout: 10 * time.Second, Answers: true}).Print(t.Context(), want)
		if stageOf(t, err) != StageEmpty {
			t.Error(err)
		}
	})
	t.Run("says nothing and is not asked", func(t *testing.T) {
		at := serve(t, func(c net.Conn) { b, _ := io.ReadAll(c); got <- b })
		if err := (Printer{Address: at, Timeout: 10 * time.Second}).Print(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if b := <-got; !bytes.Equal(b, want) {
			t.Errorf("the printer got % x", b)
		}
	})
	t.Run("never reads", func(t *testing.T) {
		over := make(chan struct{})
		at := serve(t, func(net.Conn) { <-over })
		err := (Printer{Address: at, Timeout: soon, Answers: true}).Print(t.Context(), want)
		close(over)
		if stageOf(t, err) != StageSilent || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	t.Run("never reads a long job", func(t *testing.T) {
		over := make(chan struct{})
		at := serve(t, func(net.Conn) { <-over })
		err := (Printer{Address: at, Timeout: soon}).Print(t.Context(), bytes.Repeat(want, 40_000))
		close(over)
		if stageOf(t, err) != StageStuck {
			t.Error(err)
		}
	})
	t.Run("hangs up", func(t *testing.T) {
		at := serve(t, func(c net.Conn) { _, _ = io.ReadFull(c, make([]byte, 10)) })
		err := (Printer{Address: at, Timeout: 10 * time.Second, Answers: true}).Print(t.Context(), want)
		if s := stageOf(t, err); s != StageSilent && s != StageStuck {
			t.Error(err)
		}
	})
	t.Run("off", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at := l.Addr().String()
		l.Close()
		err = (Printer{Address: at, Timeout: 10 * time.Second, Answers: true}).Print(t.Context(), want)
		if stageOf(t, err) != StageOff || !strings.Contains(err.Error(), at+": cannot be reached") {
			t.Error(err)
		}
	})
	t.Run("given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan struct{})
		at := serve(t, func(c net.Conn) {
			_, _ = io.ReadFull(c, make([]byte, len(want)))
			cancel()
			<-over
		})
		err := (Printer{Address: at, Timeout: time.Hour, Answers: true}).Print(ctx, want)
		close(over)
		if stageOf(t, err) != StageSilent || !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestDevices(t *testing.T) {
	want := job(t)
	t.Run("a file gathers jobs", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "lp0")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := (Printer{Device: file, Timeout: 10 * time.Second}).Print(t.Context(), want); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := os.ReadFile(file); err != nil || !bytes.Equal(b, append(bytes.Clone(want), want...)) {
			t.Errorf("%d bytes, want twice %d, %v", len(b), len(want), err)
		}
	})
	t.Run("off: no device file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "lp0")
		err := (Printer{Device: file, Timeout: 10 * time.Second}).Print(t.Context(), want)
		if _, there := os.Stat(file); stageOf(t, err) != StageOff || there == nil {
			t.Errorf("%v; the device file was made: %v", err, there == nil)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		err := (Printer{Device: t.TempDir(), Timeout: 10 * time.Second}).Print(t.Context(), want)
		if stageOf(t, err) != StageOff {
			t.Error(err)
		}
	})
}

// memory is marks that can fail.
type memory struct {
	values     map[string][]byte
	read, keep error
	taken      bool // by somebody else, since it was looked at
}

func (m *memory) Setting(name string) ([]byte, error) { return m.values[name], m.read }
func (m *memory) SetSetting(name string, v []byte) error {
	if m.keep == nil {
		m.values[name] = v
	}
	return m.keep
}

func (m *memory) ClaimSetting(name string, v []byte) (bool, error) {
	if m.taken || m.values[name] != nil {
		return false, nil
	}
	return m.keep == nil, m.SetSetting(name, v)
}

func TestOneOriginal(t *testing.T) {
	kept := &memory{values: map[string][]byte{}}
	var out error
	var printed []string
	press := &Press{Sheet: sheet(t, 58, "", ""), Marks: kept, Out: func(_ context.Context, job []byte) error {
		p, err := readJob(job, 32)
		printed = append(printed, strings.Join(p.lines, "|"))
		return errors.Join(err, out)
	}}
	receipt := func(copied bool) *Document {
		if copied {
			return new(Document).Text("copy")
		}
		return new(Document).Text("original")
	}
	for _, c := range []struct {
		name, want string
		out        error
		before     func()
		reference  string
	}{
		{"off: nothing left", "original", &Trouble{Stage: StageOff}, nil, "A"},
		{"the first", "original", nil, nil, "A"},
		{"again", "copy", nil, nil, "A"},
		{"off again", "copy", &Trouble{Stage: StageOff}, nil, "A"},
		{"a copy that failed is a copy still", "copy", nil, nil, "A"},
		{"another one stops in the middle", "original", &Trouble{Stage: StageStuck}, nil, "B"},
		{"and is a copy then", "copy", nil, nil, "B"},
		{"somebody else was faster", "copy", nil, func() { kept.taken = true }, "E"},
		{"somebody else gave it back", "original", nil, func() { kept.taken = false }, "E"},
		{"not recorded", "copy", nil, func() { kept.keep = errors.New("disk full") }, "C"},
		{"not known", "copy", nil, func() { kept.keep, kept.read = nil, errors.New("damaged") }, "D"},
	} {
		if c.before != nil {
			c.before()
		}
		out = c.out
		copied, err := press.Receipt(t.Context(), c.reference, receipt)
		if (err != nil) != (c.out != nil) || copied != (c.want == "copy") || printed[len(printed)-1] != c.want {
			t.Errorf("%s: %v, %v, %q", c.name, copied, err, printed[len(printed)-1])
		}
	}
	kept.read = nil
	again := &Press{Sheet: press.Sheet, Marks: kept, Out: press.Out} // after a restart
	out = nil
	if copied, err := again.Receipt(t.Context(), "A", receipt); !copied || err != nil {
		t.Errorf("after a restart: %v, %v", copied, err)
	}
	if err := again.Print(t.Context(), new(Document).Code("")); err == nil {
		t.Error("a code of nothing is printed")
	}
}

// TestOneAtATime: jobs of one press do not mix, and one that waits can be
// given up.
func TestOneAtATime(t *testing.T) {
	inside, leave := make(chan struct{}), make(chan struct{})
	press := &Press{Sheet: sheet(t, 58, "", ""), Out: func(context.Context, []byte) error {
		inside <- struct{}{}
		<-leave
		return nil
	}}
	ended := make(chan error, 1)
	go func() { ended <- press.Print(context.Background(), sample()) }()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := press.Print(ctx, sample()); stageOf(t, err) != StageOff {
		t.Error(err)
	}
	close(leave)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
