package views

import (
	"context"
	"encoding/hex"
	"errors"
	"hash/fnv"
	"strconv"
	"sync"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr/emv"
)

// fakePayments is the till's side of payments: it keeps what it was asked, and
// the test says what comes of it.
type fakePayments struct {
	w *world

	mu       sync.Mutex
	orders   []till.Order
	progress func(api.Attempt)
	outcome  chan paymentSent // of the Pay under way
	made     int
	subs     map[chan till.Update]api.Reference
	left     []api.Reference
	checks   []api.Reference
	cancels  []string
	accepts  []till.Override
	refunds  []till.Refund
	news     api.CodeNews // of NewCode
	codeTx   till.Transaction
	answer   api.Answer // of CheckPayment
	err      error      // of everything a person asks for
	after    func(*till.Transaction)
}

func newFakePayments(w *world) *fakePayments {
	f := &fakePayments{w: w, outcome: make(chan paymentSent), subs: map[chan till.Update]api.Reference{}}
	w.payments = f
	return f
}

// end lets everybody who follows go.
func (f *fakePayments) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.subs {
		close(c)
	}
	f.subs = nil
}

func (f *fakePayments) Pay(ctx context.Context, o till.Order, progress func(api.Attempt)) (till.Transaction, error) {
	f.mu.Lock()
	f.orders = append(f.orders, o)
	f.progress = progress
	f.mu.Unlock()
	select {
	case r := <-f.outcome:
		return r.tx, r.err
	case <-ctx.Done():
		return till.Transaction{}, ctx.Err()
	case <-f.w.life.Done():
		return till.Transaction{}, f.w.life.Err()
	}
}

func (f *fakePayments) NewCode(_ context.Context, reference api.Reference, _ func(api.Attempt)) (till.Transaction, api.CodeNews, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	tx := f.codeTx
	tx.Reference, tx.Kind, tx.Service = reference, till.CPM, "59"
	return tx, f.news, f.err
}

func (f *fakePayments) Follow(ctx context.Context, reference api.Reference) (<-chan till.Update, func(), error) {
	tx, err := f.w.Get(ctx, reference)
	if err != nil {
		return nil, nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan till.Update, 1)
	c <- till.Update{Transaction: tx}
	f.subs[c] = reference
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subs, c)
	}, nil
}

// tell gives an update to whoever follows.
func (f *fakePayments) tell(u till.Update) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c, reference := range f.subs {
		if reference != u.Transaction.Reference {
			continue
		}
		select {
		case <-c:
		default:
		}
		c <- u
	}
}

func (f *fakePayments) Leave(reference api.Reference) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = append(f.left, reference)
}

// change is a record after something that a person asked for.
func (f *fakePayments) change(ctx context.Context, reference api.Reference) (till.Transaction, error) {
	tx, err := f.w.Get(ctx, reference)
	if err == nil {
		err = f.err
	}
	if err == nil && f.after != nil {
		f.after(&tx)
		tx.Revision++
		f.w.put(tx)
	}
	return tx, err
}

func (f *fakePayments) CheckPayment(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checks = append(f.checks, reference)
	tx, err := f.change(ctx, reference)
	return tx, f.answer, err
}

func (f *fakePayments) Cancel(ctx context.Context, reference api.Reference, reason string) (till.Transaction, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cancels = append(f.cancels, string(reference)+" "+reason)
	return f.change(ctx, reference)
}

func (f *fakePayments) Accept(ctx context.Context, reference api.Reference, by, reason string) (till.Transaction, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accepts = append(f.accepts, till.Override{By: by, Reason: reason})
	return f.change(ctx, reference)
}

func (f *fakePayments) Refund(ctx context.Context, reference, refund api.Reference, amount api.Amount, reason string) (till.Transaction, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refunds = append(f.refunds, till.Refund{Reference: refund, Amount: amount, Reason: reason})
	return f.change(ctx, reference)
}

// testCustomers are two of the sandbox's.
type testCustomers struct {
	mu      sync.Mutex
	decided []string
	err     error
}

func (*testCustomers) Customers() []Customer {
	return []Customer{
		{ID: "approves", Outcome: "approves at once", Content: bcaCode},
		{ID: "asked", Outcome: "waits until somebody approves or declines for the customer", Content: danaCode},
		{ID: "spent-code", Outcome: "shows a code that was used before: 404-01", Content: otherCode},
	}
}

func (c *testCustomers) Decide(_ context.Context, id string, approve bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.decided = append(c.decided, id+" "+strconv.FormatBool(approve))
	return c.err
}

func cardCode(c emv.Card) string {
	code, err := c.Encode()
	if err != nil {
		panic(err)
	}
	return code
}

// Codes of invented customers. The one of BCA carries everything that must
// never be seen: PAN, name and a token.
const (
	bcaPAN  = "9360001430000008231"
	bcaName = "ANINDITA SARASWATI"
)

var (
	bcaCode   = cardCode(emv.Card{PAN: bcaPAN, Name: bcaName, Language: "iden", Token: "7712345678901234"})
	danaCode  = cardCode(emv.Card{PAN: "9360091530000001111"})
	otherCode = cardCode(emv.Card{PAN: "9360099930000002222", Label: "TESTPAY"})
)

// Texts that are no customer's code.
const (
	merchantCode = "00020101021126570011ID.DANA.WWW011893600915302259148102090225914810303UMI51440014ID.CO.QRIS.WWW0215ID10200176114730303UMI5204581253033605802ID5922Warung Sayur Bu Sugeng6010Kab. Demak610559567630458C7"
	boarding     = "M1RIYADI/BUDI MR       EABC123 CGKDPSGA 0402 324Y012A0025 100"
)

// mark stands for the keyed hash that the wiring gives.
func mark(code string) string {
	h := fnv.New64a()
	h.Write([]byte("key" + code))
	return hex.EncodeToString(h.Sum(nil))
}

// payWorld is a console with payments.
func payWorld(d *Deps, f *fakePayments) {
	d.Checkout = Checkout{
		Payments: f, Provider: "Bank", Mark: mark, Least: api.IDR(1_00), Most: api.IDR(10_000_000_00), Codes: true,
		Shop: api.Shop{Name: "Toko Maju Jaya", Location: "Jl. Melati 7, Bandung", StoreID: "S-0123"}, Terminal: "T-42",
		Customers: &testCustomers{},
		Reference: func(kind byte) api.Reference {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.made++
			return api.Reference(string(kind) + "261120150243K7M2RX4T9WZ" + strconv.Itoa(f.made%10))
		},
	}
}

// runPay plays a test on a console with payments.
func runPay(t *testing.T, o options, play func(*program, *fakePayments)) {
	t.Helper()
	var f *fakePayments
	deps := o.deps
	o.deps = func(d *Deps) {
		f = newFakePayments(d.Journal.(*world))
		payWorld(d, f)
		if deps != nil {
			deps(d)
		}
	}
	run(t, o, func(p *program) { play(p, f) })
}

// scanCode sends a code as a fast scanner does.
func (p *program) scanCode(code string) {
	p.burst(code, "enter")
	p.pass(300 * time.Millisecond)
}

// toReview types an amount and scans.
func (p *program) toReview(code string) {
	p.press("2")
	p.write("12500")
	p.press("enter")
	p.scanCode(code)
}

// charge goes on to the request that is under way.
func (p *program) charge(f *fakePayments) {
	p.toReview(bcaCode)
	p.pass(time.Second)
	p.press("enter")
	p.answer("y")
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.orders) != 1 {
		p.t.Fatalf("%d orders\n%s", len(f.orders), p.text())
	}
}

// record is the transaction of the first order in a state.
func (f *fakePayments) record(state till.State, change func(*till.Transaction)) till.Transaction {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.orders[0]
	tx := f.w.paymentOf(o.Reference, state, o.Card)
	tx.Sale = o.Sale
	if tx.Sale == "" {
		tx.Sale = o.Reference
	}
	if change != nil {
		change(&tx)
	}
	return tx
}

// paymentOf is a payment's record.
func (w *world) paymentOf(reference api.Reference, state till.State, card till.Card) till.Transaction {
	now := w.clock.Now()
	tx := till.Transaction{
		Reference: reference, Sale: reference, Kind: till.CPM, State: state, Provider: "bank", Service: "60", Operator: "Sari",
		Amount: api.IDR(12_500_00), CreatedAt: now, UpdatedAt: now, Revision: 3, ExternalID: "20261120150243504918273645091827",
		ResponseCode: "2026000", ResponseMessage: "Request In Progress", Advice: "202-00", ProviderReference: "2020102977770000000009",
		Attempts: []till.Attempt{{
			Attempt: api.Attempt{Service: "60", Number: 1, ExternalID: "20261120150243504918273645091827", At: now},
			Class:   api.Pending, HTTPStatus: 200, ResponseCode: "2026000", Latency: 420 * time.Millisecond,
		}},
		Payment: &till.Payment{Card: card, ExpiresAt: now.Add(90 * time.Second), LeftAt: now},
	}
	if !state.Open() {
		tx.Payment.EndedAt = now.Add(7 * time.Second)
	}
	switch state {
	case till.Paid:
		tx.ResponseCode, tx.ResponseMessage, tx.Advice = "2006000", "Successful", "200-00"
	case till.Failed:
		tx.ResponseCode, tx.ResponseMessage, tx.Advice = "4036014", "Insufficient Funds", "403-14"
		tx.ProviderReference = ""
	case till.Unsent:
		tx.ResponseCode, tx.ResponseMessage, tx.Advice, tx.ProviderReference, tx.ExternalID, tx.Attempts = "", "", "no-connection", "", "", nil
	}
	return tx
}

// bca is what may be kept of the first customer's card.
func bca() till.Card {
	return till.Card{Issuer: "93600014", Label: "QRISCPM", LastFour: "8231", Mark: mark(bcaCode)}
}

// story gives a payment its first events.
func (w *world) story(tx till.Transaction, more ...till.Event) till.Transaction {
	at := tx.CreatedAt
	events := []till.Event{
		{At: at, State: till.Intent, What: till.WhatIntent, Service: "60"},
		{At: at, State: till.Sent, What: till.WhatAttempt, Service: "60", ExternalID: tx.ExternalID},
	}
	w.put(tx, append(events, more...)...)
	return tx
}

// begun lets Pay return a record and the till tell of it.
func (p *program) begun(f *fakePayments, tx till.Transaction, err error) {
	f.progress(api.Attempt{Service: "60", Number: 1, At: p.clock.Now()})
	p.settle()
	answered := till.Event{At: p.clock.Now(), State: tx.State, What: till.WhatAnswer, Service: "60", HTTPStatus: 200, ResponseCode: tx.ResponseCode, Latency: 420 * time.Millisecond}
	p.world.story(tx, answered)
	f.outcome <- paymentSent{tx: tx, err: err}
	p.settle()
}

// told is an update of the till with a question answered a moment ago.
func (p *program) told(f *fakePayments, tx till.Transaction, change func(*till.Update)) {
	u := till.Update{Transaction: tx, CheckedAt: p.clock.Now().Add(-time.Second), Next: p.clock.Now().Add(2 * time.Second),
		Answer: api.Answer{Class: api.Done, HTTPStatus: 200}}
	if !tx.State.Open() {
		u.Next = time.Time{}
	}
	if change != nil {
		change(&u)
	}
	if u.Err == nil {
		p.world.put(tx)
	}
	f.tell(u)
	p.settle()
}

var errOdd = errors.New("odd\x1b[2J")
