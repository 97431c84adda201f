//go:build unix

package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/sandbox"
	"cashier/api/snap"
	"cashier/api/till"
	"cashier/store"
)

// mortal is one payment with a provider and a journal of its own, and the
// process that dies over it.
type mortal struct {
	doorman
	row    killRow
	spot   spot
	round  int
	number int // of all

	box    *sandbox.Sandbox
	clock  *aheadClock
	order  order
	found  bool // the intent was durable
	sent   int  // how many requests of the spot's service had arrived before
	deaths int
}

const (
	charged = 50_000_00 // of every payment, in hundredths
	partly  = 20_000_00 // of a refund that is not the whole
)

// live lets the process die and the next ones find out; the error is what is
// wrong.
func (m *mortal) live(dir string, moved *atomic.Int64) (end till.State, err error) {
	dir, err = os.MkdirTemp(dir, "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	m.clock = &aheadClock{silent: m.silent}
	m.box, err = sandbox.Open(sandbox.Options{
		GenerateKey: killKey, Clock: m.clock, Scale: m.scale(), StatusNotFound: m.round%2 == 1, Delay: time.Hour, Hold: time.Hour,
	})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, m.box.Close()) }()
	server := httptest.NewServer(m.watch(m.box.Handler()))
	defer server.Close()
	if err := m.prepare(dir, server.URL); err != nil {
		return "", err
	}
	if err := m.before(); err != nil {
		return "", fmt.Errorf("before: %w", err)
	}
	if m.row.fault != "" {
		if err := m.box.AddFault(m.row.fault); err != nil {
			return "", err
		}
	}
	if err := m.die(moved); err != nil {
		return "", err
	}
	m.box.ClearFaults()
	return m.settle()
}

// scale is how much faster than life the customer is: as the plan, but not so
// that what takes them minutes is over before a process has started.
func (m *mortal) scale() float64 {
	switch m.row.customer {
	case "found-late", "cancel-unsupported", "cancel-refused", "paid-after-cancel":
		return 0.05
	}
	return 0.01
}

func (m *mortal) prepare(dir, url string) error {
	credentials, err := m.box.Keys(context.Background())
	if err != nil {
		return err
	}
	pem, err := credentials.PrivateKeyPEM()
	if err != nil {
		return err
	}
	at := place{
		Dialect: cpm.Dialect, URL: url, ClientKey: credentials.ClientKey, MerchantID: m.box.MerchantID(),
		KeyFile: filepath.Join(dir, "key.pem"), Secret: credentials.ClientSecret,
	}
	if m.number%8 == 0 {
		at.Signature = map[string]snap.Kind{"60": snap.Asymmetric, "61": snap.Asymmetric, "62": snap.Asymmetric, "80": snap.Asymmetric}
	}
	if m.row.hasty {
		at.Timeouts = map[string]time.Duration{"60": 250 * time.Millisecond}
	}
	code, err := sandbox.FreshCode(m.row.customer, uint64(m.number))
	if err != nil {
		return err
	}
	plan := hundredth()
	plan.PaidAtOnce = m.row.atOnce
	if m.row.work == "cancel" {
		plan.NoCancelBefore = time.Millisecond
	}
	back := int64(charged)
	if m.row.part {
		back = partly
	}
	now := time.Now()
	m.order = order{
		Work: m.row.work, Service: m.spot.service, Point: m.spot.point, Occurrence: 1,
		Store: filepath.Join(dir, "test.db"), Endpoint: at, Reference: api.NewReference(api.PaymentReference, now),
		Payment: &charge{Code: code, Amount: charged, Plan: plan, Refund: api.NewReference(api.RefundReference, now), Back: back},
	}
	if m.round == 2 && strings.Contains(m.row.twice, m.spot.service) && m.repeats() {
		m.order.Occurrence = 2
	}
	return os.WriteFile(at.KeyFile, pem, 0o600)
}

// repeats: the point comes again with the exchange that comes again.
func (m *mortal) repeats() bool {
	switch m.spot.point {
	case beforeBytes, reached, processed:
		return true
	case beforeAttempt, afterAttempt:
		return m.spot.service != "61"
	}
	return false
}

// before is what earlier processes did: a payment that is open for a cancel,
// paid for a refund; or one that ended in the middle.
func (m *mortal) before() error {
	if m.row.work == "pay" {
		return nil
	}
	cut := func(work, service, point string) error {
		o := m.order
		o.Work, o.Service, o.Point, o.Occurrence = work, service, point, 1
		killed, err := m.kill(o, nil)
		if err == nil && !killed {
			err = errors.New("it was not killed")
		}
		return err
	}
	if m.row.first == "an intent" {
		return cut("pay", "60", afterIntent)
	}
	err := m.with(func(ctx context.Context, _ *store.Store, work *till.Till) error {
		if _, err := work.Pay(ctx, m.order.asked(), nil); err != nil {
			return err
		}
		if m.row.first == "an unconfirmed answer" {
			return nil
		}
		work.Leave(m.order.Reference)
		tx, err := work.Settle(ctx, m.order.Reference)
		if want := map[string]till.State{"cancel": till.Parked}[m.row.work]; err == nil && want != "" && tx.State != want {
			err = fmt.Errorf("it is %s", tx.State)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case m.row.first == "a refund's intent":
		return cut("refund", "80", afterIntent)
	case m.row.first == "a refund":
		return cut("refund", "80", afterAttempt)
	}
	return nil
}

// die runs the process to its end, and in the second round the next one to
// its own.
func (m *mortal) die(moved *atomic.Int64) error {
	m.sent = m.arrived(m.spot.service, m.order.Reference)
	killed, err := m.kill(m.order, func() {
		m.deaths++
		p, ok := m.box.Payment(string(m.order.Reference))
		if m.spot.point == processed && ok && p.Debits == 1 && (m.spot.service == "60" || m.spot.service == "62") {
			moved.Add(1)
		}
	})
	if err != nil {
		return err
	}
	if !killed {
		return errors.New("the point did not come")
	}
	if err := m.afterDeath(true); err != nil || m.round != 1 {
		return err
	}
	again := secondDeaths
	if m.row.work == "refund" {
		again = secondRefundDeaths
	}
	at := again[m.number%len(again)]
	o := m.order
	o.Work, o.Service, o.Point, o.Occurrence = "restart", at.service, at.point, 1
	if _, err = m.kill(o, func() { m.deaths++ }); err != nil {
		return fmt.Errorf("the next one, %s: %w", at, err)
	}
	return m.afterDeath(false)
}

// with opens the journal as the next start does, finds it sound, and lets f
// work with it.
func (m *mortal) with(f func(context.Context, *store.Store, *till.Till) error) (err error) {
	ctx := context.Background()
	s, err := store.Open(m.order.Store, store.Options{Profile: "test"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := sound(ctx, s); err != nil {
		return err
	}
	client := api.NewClient(m.order.Endpoint.endpoint(), m.clock)
	defer client.Close()
	work := till.New(till.Options{Journal: s, Payments: cpm.New(client), Clock: m.clock, Plan: m.order.Payment.Plan})
	if err := f(ctx, s, work); err != nil {
		return err
	}
	return sound(ctx, s)
}

// settle is the next start and all that follows: the till finds out, a person
// decides what it must not decide, the days go by, and the next sale does not
// charge the same customer again.
func (m *mortal) settle() (end till.State, err error) {
	err = m.with(func(ctx context.Context, s *store.Store, work *till.Till) error {
		if m.row.customer == "asked" && m.round != 2 {
			decide := []func(string, string) (sandbox.LedgerPayment, error){m.box.Approve, m.box.Decline}[m.round%2]
			if _, err := decide("asked", string(m.order.Reference)); err != nil && !errors.Is(err, sandbox.ErrNothingWaits) {
				return err
			}
		}
		resumed, err := work.Resume(ctx, nil)
		if err != nil || len(resumed.Foreign) > 0 {
			return fmt.Errorf("a start found %+v: %w", resumed, err)
		}
		if m.round == 0 {
			if err := m.payAnother(ctx, s, work); err != nil {
				return fmt.Errorf("another payment after the start: %w", err)
			}
		}
		if err := m.clock.pass(ctx, work, 15*time.Second); err != nil {
			return err
		}
		for range 3 {
			if err := m.person(ctx, s, work); err != nil {
				return err
			}
			if err := m.clock.pass(ctx, work, 10*time.Minute); err != nil { // a hundredth of most of a day
				return err
			}
		}
		if m.round == 1 {
			if err := m.payAnother(ctx, s, work); err != nil {
				return fmt.Errorf("another payment in the end: %w", err)
			}
			if err := m.clock.pass(ctx, work, time.Minute); err != nil {
				return err
			}
		}
		if err := m.payAgain(ctx, s, work); err != nil {
			return err
		}
		if m.round == 2 {
			if err := m.refundAgain(ctx, s, work); err != nil {
				return err
			}
		}
		end, err = m.verdict(ctx, s)
		return err
	})
	return end, err
}

// person decides what is open at the end of a day: a payment is cancelled, and
// about a refund the help desk says what the ledger has.
func (m *mortal) person(ctx context.Context, s *store.Store, work *till.Till) error {
	for tx, err := range s.All(ctx, till.Filter{}) {
		if err != nil {
			return err
		}
		if tx.State.Open() {
			if _, err := work.Cancel(ctx, tx.Reference, "end of day"); err != nil && !errors.Is(err, till.ErrNoCancels) {
				return fmt.Errorf("cancel at the end of a day: %w", err)
			}
		}
		for _, r := range tx.Refunds {
			if r.State != till.RefundUnknown && r.State != till.RefundSent {
				continue
			}
			done := slices.ContainsFunc(m.box.Ledger().Refunds, func(l sandbox.LedgerRefund) bool { return l.Reference == string(r.Reference) })
			if _, err := work.ResolveRefund(ctx, tx.Reference, r.Reference, done, "Sari", "the help desk said so"); err != nil {
				return err
			}
		}
	}
	return nil
}

// payAnother is an impatient cashier who charges the sale under a new
// reference, and another card: allowed only when nothing came of the first.
func (m *mortal) payAnother(ctx context.Context, s *store.Store, work *till.Till) error {
	first, err := s.Get(ctx, m.order.Reference)
	if err != nil && !errors.Is(err, till.ErrNotFound) {
		return err
	}
	another := m.order.asked()
	another.Sale = saleOf(m.order.Reference)
	another.Reference += "X"
	code, err := sandbox.FreshCode("approves", uint64(m.number))
	if err != nil {
		return err
	}
	another.Code, another.Card.LastFour, another.Card.Mark = api.NewCustomerCode(code), "0002", "another"
	_, err = work.Pay(ctx, another, nil)
	allowed := !m.found || slices.Contains([]till.State{till.Unsent, till.Failed, till.Cancelled, till.NotFound}, first.State)
	var refused *till.ErrNeedsSupervisor
	switch {
	case allowed && err == nil, !allowed && errors.As(err, &refused) && refused.Rule == till.RuleSaleOpen:
		return nil
	case errors.As(err, &refused), err == nil:
		return fmt.Errorf("the first is %q, allowed: %v", first.State, err == nil)
	}
	return err
}

// payAgain is the same payment under the same reference: it is not sent.
func (m *mortal) payAgain(ctx context.Context, s *store.Store, work *till.Till) error {
	if !m.found {
		return nil
	}
	tx, err := s.Get(ctx, m.order.Reference)
	if err != nil {
		return err
	}
	arrived := m.arrived("60", tx.Reference)
	same, err := work.Pay(ctx, m.order.asked(), nil)
	if err == nil && (same.Revision != tx.Revision || m.arrived("60", tx.Reference) != arrived) {
		err = errors.New("the same payment again was sent again")
	}
	return err
}

// refundAgain: no more than the amount goes back, and what is left does.
func (m *mortal) refundAgain(ctx context.Context, s *store.Store, work *till.Till) error {
	tx, err := s.Get(ctx, m.order.Reference)
	if err != nil || tx.State != till.Paid || m.row.customer != "approves" {
		return nil
	}
	sure, _ := tx.Returned()
	more := api.IDR(tx.Amount.Minor() - sure.Minor() + 1_00)
	if _, err := work.Refund(ctx, tx.Reference, "", more, "too much"); !errors.Is(err, till.ErrRefund) {
		return fmt.Errorf("a refund of %s after %s: %v", more, sure, err)
	}
	rest := api.IDR(tx.Amount.Minor() - sure.Minor())
	if tx, err = work.Refund(ctx, tx.Reference, "", rest, "the rest"); err == nil && tx.State != till.Refunded {
		err = fmt.Errorf("the rest went back and it is %q", tx.State)
	}
	return err
}
