package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
)

// Transport talks to the sandbox without a network, for simulations and tests:
// the same requests, signatures and answers. The fault "refuse" is a refused
// connection here; other faults that hang up are a connection that ended after
// the request was sent. Where Options.Clock was given, the fault "timeout" is the
// client's own timeout, at once: what its clock says then is the simulation's
// affair. The fault "delay" waits by Options.Clock.
func (s *Sandbox) Transport() http.RoundTripper { return transport{s.Handler()} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	inbound := r.WithContext(r.Context()) // a copy of its own but for what is replaced here
	inbound.RequestURI = r.URL.RequestURI()
	inbound.Header = make(http.Header, len(r.Header)) // by canonical names, as a server reads them
	for name, values := range r.Header {
		key := canonical(name)
		inbound.Header[key] = append(inbound.Header[key], values...)
	}
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	if inbound.Host == "" {
		inbound.Host = r.URL.Host
	}
	w := &memoryWriter{header: http.Header{}}
	t.handler.ServeHTTP(w, inbound)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.timedOut {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	}
	if w.hungUp && w.reset {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	if w.hungUp {
		return nil, fmt.Errorf("read the answer: %w", io.ErrUnexpectedEOF)
	}
	return w.response(r), nil
}

// memoryWriter keeps an answer.
type memoryWriter struct {
	header        http.Header
	status        int
	body          bytes.Buffer
	hungUp, reset bool
	timedOut      bool
}

func (w *memoryWriter) Header() http.Header { return w.header }

func (w *memoryWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

func (w *memoryWriter) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	length := int64(w.body.Len())
	var body io.Reader = &w.body
	if declared, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil && declared > length {
		length, body = declared, io.MultiReader(&w.body, broken{})
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        w.header,
		Body:          io.NopCloser(body),
		ContentLength: length,
		Request:       r,
	}
}

// broken is a connection that ended in the middle of a body.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
