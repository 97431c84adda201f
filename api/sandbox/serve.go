package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// Limits of the server.
const (
	maxBody    = 64 << 10
	maxHeaders = 32 << 10
	// grace is how long Serve waits for requests under way when it ends.
	grace = 2 * time.Second
)

// ErrNotLoopback says that an address can be reached from elsewhere.
var ErrNotLoopback = errors.New("the sandbox listens on this machine alone: use 127.0.0.1, [::1] or localhost")

// Listen opens a socket for Serve. Port 0 takes a free one.
func Listen(addr string) (net.Listener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", addr, err)
	}
	if !resolved.IP.IsLoopback() {
		return nil, fmt.Errorf("listen on %q: %w", addr, ErrNotLoopback)
	}
	l, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", addr, err)
	}
	return l, nil
}

// Serve answers on the listener, which must be loopback, until the context
// ends; requests under way may finish, silent ones are hung up. It owns the
// listener. The sandbox stays open.
func (s *Sandbox) Serve(ctx context.Context, l net.Listener) error {
	if addr, ok := l.Addr().(*net.TCPAddr); !ok || !addr.IP.IsLoopback() {
		l.Close()
		return fmt.Errorf("serve on %s: %w", l.Addr(), ErrNotLoopback)
	}
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaders,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          stdlog.New(io.Discard, "", 0), // the terminal is somebody else's
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(late)
	if err != nil {
		err = server.Close()
	}
	<-ended
	return err
}

// Handler is the whole sandbox: the providers' operations and the control
// calls under /_sandbox/.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/_sandbox/", s.control())
	mux.HandleFunc("/", s.serveProvider)
	return mux
}

func (s *Sandbox) serveProvider(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	op := s.operations[r.URL.Path]
	if op == nil {
		op = &operation{service: "00"}
		s.write(w, op, "", op.refuse(refusal{key: "404-02"}))
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		s.write(w, op, "", op.refuse(refusal{key: "405-00"}))
		return
	}
	kind := s.faults.strike(op.service)
	if kind == Refuse {
		hangUp(w, true)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		s.write(w, op, "", op.refuse(refusal{key: "400-00"}))
		return
	}
	s.exchange(w, &exchange{operation: op, request: r, raw: raw, at: s.now().Truncate(time.Second)}, kind)
}

// exchange processes a request, and lets it go wrong as the kind says.
func (s *Sandbox) exchange(w http.ResponseWriter, x *exchange, kind Kind) {
	op, ctx := x.operation, x.request.Context()
	if code, ok := kind.code(); ok {
		s.write(w, op, "", op.answerCode(code))
		return
	}
	switch kind {
	case RequestLost:
		hangUp(w, false)
		return
	case Timeout:
		if memory, ok := w.(*memoryWriter); ok && s.clockGiven {
			memory.timedOut = true // nobody's time passes while a simulated client waits
			return
		}
		keepOpen(w)
		s.wait(ctx, s.options.Hold)
		hangUp(w, false)
		return
	case HTTP500:
		s.send(w, gateway(http.StatusInternalServerError))
		return
	case TooMany:
		w.Header().Set("Retry-After", "1")
		s.write(w, op, "", op.refuse(refusal{key: "429-00"}))
		return
	case TokenExpired:
		if token, ok := bearer(x.request.Header); ok {
			s.tokens.revoke(token)
		}
		s.write(w, op, "", op.refuse(refusal{key: "401-01"}))
		return
	}
	result := s.process(x)
	if result.kind != "" {
		kind = result.kind
	}
	switch kind {
	case AnswerLost:
		hangUp(w, false)
		return
	case Delay:
		keepOpen(w)
		if !s.wait(ctx, s.options.Delay) {
			hangUp(w, false)
			return
		}
	}
	s.write(w, op, kind, result)
}

func (s *Sandbox) write(w http.ResponseWriter, op *operation, kind Kind, a answer) {
	r, err := op.spoil(kind, a)
	if err != nil {
		r = gateway(http.StatusInternalServerError)
	}
	s.send(w, r)
}

// send puts a reply on the wire. A body that is cut announces its whole
// length, so that the server closes the connection in the middle.
func (s *Sandbox) send(w http.ResponseWriter, r reply) {
	h := w.Header()
	h.Set("Content-Type", r.contentType)
	h.Set("Content-Length", strconv.Itoa(len(r.body)))
	if strings.HasPrefix(r.contentType, "application/json") {
		h.Set(snap.HeaderTimestamp, api.Timestamp(s.now()))
	}
	w.WriteHeader(r.status)
	if r.cut >= 0 {
		r.body = r.body[:r.cut]
	}
	w.Write(r.body)
}

// keepOpen lifts the limit for reading the request, which was read: its passing
// would look as if the client had gone. In memory there is none.
func keepOpen(w http.ResponseWriter) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		panic(http.ErrAbortHandler) // the connection is gone
	}
}

// hangUp ends the connection without an answer; reset tells the client at
// once and throws away what it sent.
func hangUp(w http.ResponseWriter, reset bool) {
	if memory, ok := w.(*memoryWriter); ok {
		memory.hungUp, memory.reset = true, reset
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the server's own way to hang up
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		tcp.SetLinger(0)
	}
	conn.Close()
}
