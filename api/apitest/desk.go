// Package apitest is a provider for the tests of the client's dialects: what it
// answers, the test writes. No connection is opened.
package apitest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// Key is a 2048 bit key, the same one in all of a process: making one takes
// long.
var Key = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// Desk is an http.RoundTripper that keeps what it is sent, and answers with
// Status and Body. It hands out tokens by itself: token-1, token-2 …
type Desk struct {
	Status int
	Body   string
	Err    error // instead of an answer

	mu     sync.Mutex
	Tokens int             // handed out
	Seen   []*http.Request // but for those for tokens
	Sent   []string        // their bodies
}

// RoundTrip answers.
func (d *Desk) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := func(status int, body string) *http.Response {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	}
	if strings.HasSuffix(r.URL.Path, "/access-token/b2b") {
		d.Tokens++
		return answer(200, fmt.Sprintf(`{"responseCode":"2007300","accessToken":"token-%d","expiresIn":"900"}`, d.Tokens)), nil
	}
	d.Seen, d.Sent = append(d.Seen, r), append(d.Sent, string(sent))
	if d.Err != nil {
		return nil, d.Err
	}
	return answer(d.Status, d.Body), nil
}

// Says makes the desk answer with a response code, its HTTP status and fields;
// a nil field is left out.
func (d *Desk) Says(code string, fields map[string]any) {
	all := map[string]any{"responseCode": code, "responseMessage": "words"}
	maps.Copy(all, fields)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	body, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	d.Body = string(body)
	fmt.Sscanf(code, "%3d", &d.Status)
}
