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
	"path"
	"strings"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/paycools"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/store"
)

// The points at which a process dies: between two steps of an exchange with a
// service, or of what the journal keeps of it.
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
	beforeParked  = "before the parking's commit"
	afterParked   = "after the parking's commit"
	beforeSettled = "before the commit of what a start settles"
	afterSettled  = "after the commit of what a start settles"
)

// services are those whose exchanges have points, by the end of their paths.
var services = map[string]string{
	"cdm-mpm-generate": "90", "qr-cpm-payment": "60", "qr-cpm-query": "61", "qr-cpm-cancel": "62", "qr-cpm-refund": "80",
}

func serviceOf(r *http.Request) string { return services[path.Base(r.URL.Path)] }

// killVar tells a test binary that is started again to be the process that
// dies; its value is an order as JSON.
const killVar = "CASHIER_KILL_TEST_CHILD"

// order is what the process is to do, and where to stop for its end.
type order struct {
	Work       string // generate, resume; for payments see obeyPayment
	Service    string // of the point
	Point      string // empty: nothing stops it
	Occurrence int    // of the point, from 1
	Store      string
	Endpoint   place
	Reference  api.Reference
	Courier    api.Courier
	Payment    *charge // of the works for payments
}

// place is an endpoint as another process can be told of it.
type place struct {
	Dialect, URL, ClientKey, MerchantID, KeyFile string
	Timeouts                                     map[string]time.Duration // by service
	Secret                                       []byte
	Signature                                    map[string]snap.Kind
}

func (p place) endpoint() api.Endpoint {
	return api.Endpoint{
		Name: p.Dialect, Dialect: p.Dialect, BaseURL: p.URL, ClientKey: p.ClientKey, MerchantID: p.MerchantID,
		ClientSecret: func() ([]byte, error) { return p.Secret, nil },
		PrivateKey: func() (*rsa.PrivateKey, error) {
			pem, err := os.ReadFile(p.KeyFile)
			if err != nil {
				return nil, err
			}
			return snap.ParsePrivateKey(pem)
		},
		Timeouts: p.Timeouts, RetryPause: time.Millisecond, Signature: p.Signature,
		ChannelID: "95221", Expiry: api.ExpirySeconds, // a hundredth of the plan's expiry is less than a timestamp can say
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
	client := api.NewClient(endpoint, nil)
	switch {
	case o.Payment != nil:
		err = obeyPayment(context.Background(), o, stopJournal{s, w}, client)
	case o.Work == "generate":
		work := till.New(till.Options{Journal: stopJournal{s, w}, UserIDs: paycools.New(client)})
		_, err = work.NewUserID(context.Background(), o.Reference, o.Courier, nil)
	case o.Work == "resume":
		_, err = settle(context.Background(), till.New(till.Options{Journal: stopJournal{s, w}, UserIDs: paycools.New(client)}))
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
	mu   sync.Mutex
	seen int
}

func (w *stop) at(service, point string) {
	if point != w.Point || service != w.Service {
		return
	}
	w.mu.Lock()
	w.seen++
	mine := w.seen == w.Occurrence
	w.mu.Unlock()
	if !mine {
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
	*store.Store
	*stop
}

func (j stopJournal) Append(ctx context.Context, c till.Change) error {
	before, after := commitPoints(c)
	j.at(c.Event.Service, before)
	if err := j.Store.Append(ctx, c); err != nil {
		return err
	}
	j.at(c.Event.Service, after)
	return nil
}

// commitPoints names the points around a change's commit.
func commitPoints(c till.Change) (before, after string) {
	switch e := c.Event; {
	case e.What == till.WhatIntent, e.What == till.WhatRefund && strings.HasPrefix(e.Note, "intent "):
		return beforeIntent, afterIntent
	case e.What == till.WhatAttempt, e.What == till.WhatCancel, e.What == till.WhatRefund && e.Note == "":
		return beforeAttempt, afterAttempt
	case e.What == till.WhatParked:
		return beforeParked, afterParked
	case e.What == till.WhatSettled:
		return beforeSettled, afterSettled
	case c.Transaction.State == till.Sent: // another attempt follows
		return beforeNote, afterNote
	}
	return beforeOutcome, afterOutcome
}

// stopTransport is a network with points around the exchanges of a service.
type stopTransport struct {
	*stop
	network http.RoundTripper
}

func (t stopTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	service := serviceOf(r)
	if service == "" {
		return t.network.RoundTrip(r)
	}
	t.at(service, beforeBytes)
	response, err := t.network.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	t.at(service, answerThere)
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	t.at(service, answerRead)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
