package notify

import (
	"context"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"sync"
	"time"
)

// grace is how long Serve waits for requests and hand-overs under way.
const grace = 2 * time.Second

// Serve answers on the listener until the context ends, then lets requests and
// hand-overs under way finish, for at most two seconds each. It owns the
// listener, whose address may be any, and serves one at a time. When the context
// ended it, an error means that hand-overs are still under way: the journal they
// write to must not be closed under them.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 3 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          stdlog.New(io.Discard, "", 0), // the terminal is somebody else's
	}
	address := l.Addr().String()
	s.listening.begin(address)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(limit(l, s.limits.Connections)) }()
	select {
	case err := <-ended:
		err = fmt.Errorf("listen for notifications on %s: %w", address, err)
		s.listening.end(err, s.clock.Now())
		server.Close()
		return err
	case <-ctx.Done():
	}
	s.listening.end(nil, s.clock.Now())
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if server.Shutdown(late) != nil {
		server.Close() // who has not finished by now repeats
	}
	<-ended
	return s.hands.wait(context.WithoutCancel(ctx))
}

func (l *listening) begin(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.address = address
}

func (l *listening) end(err error, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.address = ""
	if err != nil {
		l.lastError, l.errorAt = err.Error(), now
	}
}

// hands are the hand-overs under way, each on a slot.
type hands struct{ slots chan struct{} }

func (h *hands) enter() bool {
	select {
	case h.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func (h *hands) leave() { <-h.slots }

// wait takes every slot, and gives them back.
func (h *hands) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	for taken := range cap(h.slots) {
		select {
		case h.slots <- struct{}{}:
		case <-ctx.Done():
			for range taken {
				<-h.slots
			}
			return fmt.Errorf("%d notifications are still on their way to the journal", cap(h.slots)-taken)
		}
	}
	for range cap(h.slots) {
		<-h.slots
	}
	return nil
}

// limit lets so many connections be open at a time; further ones wait for
// theirs, unaccepted.
func limit(l net.Listener, connections int) net.Listener {
	return &limited{Listener: l, slots: make(chan struct{}, connections), closed: make(chan struct{})}
}

type limited struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
	once   sync.Once
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &held{Conn: c, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// held is a connection on its slot.
type held struct {
	net.Conn
	release func()
}

func (c *held) Close() error {
	defer c.release()
	return c.Conn.Close()
}
