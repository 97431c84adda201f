//go:build unix

package cli

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/paycools"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/store"
)

// The points at which a process dies, between two steps of a generate.
const (
	beforeIntent  = "before the intent's commit"
	afterIntent   = "after the intent's commit"
	beforeAttempt = "before the attempt's commit"
	afterAttempt  = "after the attempt's commit"
	beforeBytes   = "before the bytes leave"
	reached       = "the request has reached the provider"
	processed     = "the provider has processed it, its answer has not left"
	answerThere   = "the answer's first line is there"
	answerRead    = "the answer is read"
	beforeNote    = "before an unclear answer's commit"
	afterNote     = "after an unclear answer's commit"
	beforeOutcome = "before the outcome's commit"
	afterOutcome  = "after the outcome's commit"
)

// killVar tells a test binary that is started again to be the process that
// dies; its value is an order as JSON.
const killVar = "CASHIER_KILL_TEST_CHILD"

// order is what the process is to do, and where to stop for its end.
type order struct {
	Work       string // generate, resume
	Point      string
	Occurrence int // of the point, from 1
	Store      string
	Endpoint   place
	Reference  api.Reference
	Courier    api.Courier
}

// place is an endpoint as another process can be told of it.
type place struct {
	URL, ClientKey, MerchantID, KeyFile string
	Timeout                             time.Duration
}

func (p place) endpoint() api.Endpoint {
	return api.Endpoint{
		Name: "paycools", Dialect: paycools.Dialect, BaseURL: p.URL, ClientKey: p.ClientKey, MerchantID: p.MerchantID,
		PrivateKey: func() (*rsa.PrivateKey, error) {
			pem, err := os.ReadFile(p.KeyFile)
			if err != nil {
				return nil, err
			}
			return snap.ParsePrivateKey(pem)
		},
		Timeouts: map[string]time.Duration{"90": p.Timeout}, RetryPause: time.Millisecond,
	}
}

func init() {
	text := os.Getenv(killVar)
	if text == "" {
		return
	}
	if err := obey(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// obey does the work and says "end" on descriptor 3, unless a point comes
// first: then it says "at" and waits for its end.
func obey(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	w := &stop{order: o, said: os.NewFile(3, "said")}
	s, err := store.Open(o.Store, store.Options{Profile: "test"})
	if err != nil {
		return err
	}
	endpoint := o.Endpoint.endpoint()
	endpoint.Transport = stopTransport{w, &http.Transport{}}
	work := till.New(till.Options{Journal: stopJournal{s, w}, UserIDs: paycools.New(api.NewClient(endpoint, nil))})
	switch o.Work {
	case "generate":
		_, err = work.NewUserID(context.Background(), o.Reference, o.Courier, nil)
	case "resume":
		_, err = settle(context.Background(), work)
	default:
		err = fmt.Errorf("no work is called %q", o.Work)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.said, "end")
	return err
}

// settle is what a start does: everything that is open is asked for again.
func settle(ctx context.Context, t *till.Till) ([]till.Transaction, error) {
	type result struct {
		tx  till.Transaction
		err error
	}
	results := make(chan result)
	resumed, err := t.Resume(ctx, func(tx till.Transaction, err error) { results <- result{tx, err} })
	if err == nil && len(resumed.Waiting)+len(resumed.Foreign) > 0 {
		err = fmt.Errorf("not scheduled: %+v", resumed)
	}
	var settled []till.Transaction
	for range resumed.Scheduled {
		r := <-results
		settled, err = append(settled, r.tx), errors.Join(err, r.err)
	}
	return settled, err
}

// stop waits for the end when its point comes.
type stop struct {
	order
	said *os.File
	seen int
}

func (w *stop) at(point string) {
	if point != w.Point {
		return
	}
	if w.seen++; w.seen != w.Occurrence {
		return
	}
	if _, err := fmt.Fprintln(w.said, "at"); err != nil {
		os.Exit(1)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // open until the parent has killed
	os.Exit(1)
}

// stopJournal is a journal with points around its commits.
type stopJournal struct {
	till.Journal
	*stop
}

func (j stopJournal) Append(ctx context.Context, c till.Change) error {
	before, after := beforeOutcome, afterOutcome
	switch {
	case c.Event.What == till.WhatIntent:
		before, after = beforeIntent, afterIntent
	case c.Event.What == till.WhatAttempt:
		before, after = beforeAttempt, afterAttempt
	case c.Transaction.State == till.Sent: // another attempt follows
		before, after = beforeNote, afterNote
	}
	j.at(before)
	if err := j.Journal.Append(ctx, c); err != nil {
		return err
	}
	j.at(after)
	return nil
}

// stopTransport is a network with points around the exchange of a generate.
type stopTransport struct {
	*stop
	network http.RoundTripper
}

func (t stopTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/cdm-mpm-generate") {
		return t.network.RoundTrip(r)
	}
	t.at(beforeBytes)
	response, err := t.network.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	t.at(answerThere)
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	t.at(answerRead)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
