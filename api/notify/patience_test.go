package notify_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cashier/api/notify"
)

// pipes is a listener in memory, for synthetic time.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{calls: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.calls <- theirs
	return ours
}

// TestServeWaits: what is on its way to the journal arrives before Serve
// returns and the journal may be closed. One that hangs for good is named.
func TestServeWaits(t *testing.T) {
	providerKey()
	for name, hangs := range map[string]bool{"slow": false, "stuck": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, _, release := hang(t, nil)
				defer release()
				l := newPipes()
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- w.server.Serve(ctx, l) }()

				c := l.dial()
				if err := w.payment("1", sample(t)).request(t).Write(c); err != nil {
					t.Fatal(err)
				}
				response, err := http.ReadResponse(bufio.NewReader(c), nil)
				if err != nil {
					t.Fatal(err)
				}
				expect(t, read(t, response), "5007900", "General Error")
				cancel()
				<-time.After(time.Second)
				select {
				case err := <-ended:
					t.Fatalf("Serve returned while a hand-over was under way: %v", err)
				default:
				}
				if !hangs {
					release()
				}
				err = <-ended
				if hangs != (err != nil) {
					t.Errorf("Serve returned %v", err)
				}
				if hangs == (len(w.took()) == 1) {
					t.Errorf("took %+v", w.took())
				}
			})
		})
	}
}

// TestSilentSenders: connections that say nothing, or begin and stop, keep
// nobody else from being heard and are hung up after seconds.
func TestSilentSenders(t *testing.T) {
	providerKey()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(o *notify.Options) { o.Limits.Concurrent = 1 })
		l := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.server.Serve(ctx, l) }()

		begun := time.Now()
		longest := make(chan time.Duration)
		starts := []string{
			"", "POST ", "POST " + notify.PaymentPath + " HTTP/1.1\r\nHost: x\r\nX-A: ",
			"POST " + notify.PaymentPath + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
		}
		for _, start := range starts {
			c := l.dial()
			if _, err := io.WriteString(c, start); err != nil {
				t.Fatal(err)
			}
			go func() {
				io.Copy(io.Discard, c) // until the server hangs up
				longest <- time.Since(begun)
			}()
		}
		c := l.dial()
		if err := w.payment("1", sample(t)).request(t).Write(c); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, read(t, response), "2007900", "Successful")
		if waited := time.Since(begun); waited != 0 {
			t.Errorf("a whole request was answered after %v", waited)
		}
		for range starts {
			if after := <-longest; after < 2*time.Second || after > 6*time.Second {
				t.Errorf("a silent connection was open for %v", after)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
