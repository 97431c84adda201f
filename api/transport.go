package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// newTransport connects with bounds on every step; the operation's timeout
// bounds the whole. TLS 1.3 is the rule in Indonesia since 30 June 2026.
func newTransport(tls12 bool) *http.Transport {
	least := uint16(tls.VersionTLS13)
	if tls12 {
		least = tls.VersionTLS12
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 4 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: least},
		TLSHandshakeTimeout:   4 * time.Second,
		ResponseHeaderTimeout: 8 * time.Second,
		ExpectContinueTimeout: time.Second,
		MaxIdleConnsPerHost:   8,
		MaxConnsPerHost:       16,
		IdleConnTimeout:       60 * time.Second,
		ForceAttemptHTTP2:     true,
	}
}

// failedToDial reports whether a foreign transport's error is one that can
// only come before a request is written.
func failedToDial(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op == "dial"
	}
	var dns *net.DNSError
	return errors.As(err, &dns)
}

// plain says what went wrong without the address, in words that a person at
// a counter can pass on. The original stays in the chain.
func plain(err error, timeout time.Duration) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dns *net.DNSError
	var unknownCA x509.UnknownAuthorityError
	var host x509.HostnameError
	var expired x509.CertificateInvalidError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var timed interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("given up: %w", err)
	case errors.As(err, &dns):
		return fmt.Errorf("the provider's name is not found: %w", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("the provider refuses the connection: %w", err)
	case errors.As(err, &unknownCA), errors.As(err, &host), errors.As(err, &expired):
		return fmt.Errorf("the provider's certificate is not to be trusted: %w", err)
	case errors.As(err, &alert), errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Errorf("no safe connection could be agreed on: %w", err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timed) && timed.Timeout():
		return fmt.Errorf("no answer within %s: %w", timeout, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return fmt.Errorf("the provider hung up: %w", err)
	}
	return err
}
