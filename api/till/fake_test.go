package till

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// memory is a Journal that keeps every change, and can fail.
type memory struct {
	mu      sync.Mutex
	records map[api.Reference]Transaction
	changes []Change
	fail    func(Change) error // before the commit
	after   func(Change)       // after it
	fast    bool               // keep copies, not JSON, and no changes
}

func newMemory() *memory { return &memory{records: map[api.Reference]Transaction{}} }

func (m *memory) Append(ctx context.Context, c Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(c); err != nil {
			return err
		}
	}
	if c.Transaction.Revision != m.records[c.Transaction.Reference].Revision+1 {
		return ErrStale
	}
	if m.fast {
		m.records[c.Transaction.Reference] = clone(c.Transaction)
	} else {
		kept, err := filed(c.Transaction)
		if err != nil {
			return err
		}
		m.records[kept.Reference] = kept
		m.changes = append(m.changes, c)
	}
	if m.after != nil {
		m.after(c)
	}
	return nil
}

// filed is what a file would give back.
func filed(tx Transaction) (kept Transaction, err error) {
	wire, err := json.Marshal(tx)
	if err != nil {
		return kept, err
	}
	return kept, json.Unmarshal(wire, &kept)
}

func (m *memory) Get(_ context.Context, r api.Reference) (Transaction, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx, ok := m.records[r]
	switch {
	case ok:
		return clone(tx), nil
	case m.fast:
		return Transaction{}, ErrNotFound
	}
	return Transaction{}, fmt.Errorf("%s: %w", r, ErrNotFound)
}

// clone shares nothing that a till changes.
func clone(tx Transaction) Transaction {
	tx.Attempts = slices.Clone(tx.Attempts)
	tx.Deposits = slices.Clone(tx.Deposits)
	if tx.Payment != nil {
		p := *tx.Payment
		tx.Payment = &p
	}
	tx.Refunds = slices.Clone(tx.Refunds)
	for i := range tx.Refunds {
		tx.Refunds[i].Attempts = slices.Clone(tx.Refunds[i].Attempts)
	}
	return tx
}

func (m *memory) Open(context.Context) iter.Seq2[Transaction, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	var open []Transaction
	for _, tx := range m.records {
		if tx.Unsettled() {
			open = append(open, tx)
		}
	}
	slices.SortFunc(open, func(a, b Transaction) int { return cmp.Compare(a.CreatedAt.UnixNano(), b.CreatedAt.UnixNano()) })
	return func(yield func(Transaction, error) bool) {
		for _, tx := range open {
			if !yield(tx, nil) {
				return
			}
		}
	}
}

// told is the events of a reference, as "what/state".
func (m *memory) told(r api.Reference) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, c := range m.changes {
		if c.Event.Reference == r {
			all = append(all, c.Event.What+"/"+string(c.Event.State))
		}
	}
	return all
}

// desk is a provider of user ids that answers what it is told to.
type desk struct {
	mu       sync.Mutex
	binding  string
	answers  []api.Answer // of generate, one an attempt; the last one stays
	id       api.UserID
	bodies   []string
	tainted  []bool
	deposits func(from, to time.Time) ([]api.Deposit, api.Answer)
	inFlight int
	overlap  bool
	onSend   func()
}

func (d *desk) Name() string    { return "paycools" }
func (d *desk) Binding() string { return cmp.Or(d.binding, "https://paycools.example M1") }

func (d *desk) PrepareUserID(r api.Reference, c api.Courier) ([]byte, error) {
	if c.No == "" {
		return nil, &api.FieldError{Field: "additionalInfo.courierNo", Missing: true}
	}
	return api.Encode(map[string]string{"partnerReferenceNo": string(r), "courierNo": c.No})
}

func (d *desk) GenerateUserID(_ context.Context, _ api.Reference, body []byte, tainted bool, log api.AttemptLog) (api.UserID, api.Answer) {
	d.mu.Lock()
	answers, id := d.answers, d.id
	d.mu.Unlock()
	var answer api.Answer
	for i := range answers {
		attempt := api.Attempt{Service: "90", Number: i + 1, Digest: snap.Digest(body), At: time.Now()}
		if answers[i].Reason != api.ReasonToken {
			if err := log.Before(attempt); err != nil {
				return api.UserID{}, api.Answer{Class: api.NotSent, Reason: api.ReasonJournal, Err: err}
			}
		}
		if d.onSend != nil {
			d.onSend()
		}
		d.mu.Lock()
		d.bodies = append(d.bodies, string(body))
		d.tainted = append(d.tainted, tainted)
		d.mu.Unlock()
		answer = answers[i]
		answer.Attempt = attempt
		if answers[i].Reason != api.ReasonToken {
			log.After(attempt, answer)
		}
	}
	if answer.Class != api.Done {
		return api.UserID{}, answer
	}
	return id, answer
}

func (d *desk) Deposits(_ context.Context, _ api.Reference, from, to time.Time) ([]api.Deposit, api.Answer) {
	d.mu.Lock()
	d.inFlight++
	d.overlap = d.overlap || d.inFlight > 1
	ask := d.deposits
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.inFlight--
		d.mu.Unlock()
	}()
	return ask(from, to)
}

func code(s string) snap.Code {
	c, err := snap.ParseCode(s)
	if err != nil {
		panic(err)
	}
	return c
}

var (
	courier = api.Courier{No: "42", Name: "Budi", Mobile: "0812345678", RegionNo: "12", BranchNo: "0123"}
	done90  = api.Answer{Class: api.Done, HTTPStatus: 200, Code: code("2009000"), Message: "Successful"}
	done91  = api.Answer{Class: api.Done, HTTPStatus: 200, Code: code("2009100")}
	lost    = api.Answer{Class: api.Unknown, Reason: api.ReasonTimeout, Err: errors.New("no answer within 8s")}
	refused = api.Answer{Class: api.NotSent, Reason: api.ReasonNoConnection, Err: errors.New("refused")}
	active  = api.UserID{CDMReference: "CDM1", Code: "userid1", Active: true, Status: "ACTIVE"}
)
