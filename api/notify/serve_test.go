package notify_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"cashier/api/notify"
)

// serve runs the world's server on an address until the test ends or stop is
// called, which returns what Serve did.
func (w *world) serve(t *testing.T, address string) (at string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(ctx, l) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { stop() })
	return l.Addr().String(), stop
}

func post(t *testing.T, at string, m message) reply {
	t.Helper()
	r, err := http.NewRequest(m.method, "http://"+at+m.path, bytes.NewReader([]byte(m.body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = m.request(t).Header
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, response)
}

// TestServe: on every interface, and its health follows.
func TestServe(t *testing.T) {
	w := newWorld(t, nil)
	at, stop := w.serve(t, "0.0.0.0:0")
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, post(t, "127.0.0.1:"+port, w.payment("1", sample(t))), "2007900", "Successful")
	if h := w.server.Health(); !h.Listening || h.Address != at {
		t.Errorf("health %+v", h)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if h := w.server.Health(); h.Listening || h.Address != "" || h.Count != 1 || h.LastError != "" {
		t.Errorf("health %+v", h)
	}
	// It may listen again.
	at, _ = w.serve(t, "127.0.0.1:0")
	expect(t, post(t, at, w.payment("1", sample(t))), "2007900", "Successful")
	if len(w.took()) != 1 {
		t.Error("a repeat over another listener was handed over again")
	}
}

// TestListenerDies: it is said and seen.
func TestListenerDies(t *testing.T) {
	w := newWorld(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := w.server.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if h := w.server.Health(); h.Listening || !strings.HasPrefix(h.LastError, "listen for notifications on ") {
		t.Errorf("health %+v", h)
	}
}

// TestHugeBody is refused without being read to its end.
func TestHugeBody(t *testing.T) {
	w := newWorld(t, nil)
	at, _ := w.serve(t, "127.0.0.1:0")
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// A gigabyte is announced; a little more than the limit is sent.
	head := "POST " + notify.PaymentPath + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n"
	if _, err := io.WriteString(c, head+strings.Repeat(" ", 64<<10+1)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, read(t, response), "4007900", "Bad Request")
}

// TestConnectionsAreBounded: one over the limit waits until another ends.
func TestConnectionsAreBounded(t *testing.T) {
	w := newWorld(t, func(o *notify.Options) { o.Limits.Connections = 1 })
	at, stop := w.serve(t, "127.0.0.1:0")
	ask := func(c net.Conn) (reply, error) {
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return reply{}, err
		}
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return reply{}, err
		}
		return read(t, response), nil
	}
	first, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := ask(first); err != nil {
		t.Fatal(err)
	}
	second, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	served := make(chan error, 1)
	go func() { _, err := ask(second); served <- err }()
	// The first still works, alone.
	if _, err := ask(first); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-served:
		t.Fatalf("the second connection was served beside the first: %v", err)
	default:
	}
	first.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
	second.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}
