package views

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
)

// world is everything the screens ask, in memory.
type world struct {
	clock bubbleClock

	mu       sync.Mutex
	records  map[api.Reference]till.Transaction
	events   map[api.Reference][]till.Event
	settings map[string][]byte
	readErr  error
	pages    int // how many pages were read
	step     int // how many transactions a stretch of a search looks at; 0: all

	calls   []call     // of NewUserID and RepeatUserID
	outcome chan ended // what the call under way will bring
	hurry   context.CancelFunc
	life    context.Context

	watches []*fakeWatch
	checkAn api.Answer
	machine *fakeMachine
	made    int

	payments *fakePayments // nil on a console without payments
	live     *fakeLive     // nil on a console without lookups, board, codes and lab
}

// call is one request for a user id.
type call struct {
	reference api.Reference
	courier   api.Courier
	repeat    bool
	progress  func(api.Attempt)
}

func newWorld(clock bubbleClock) *world {
	w := &world{
		clock: clock, records: map[api.Reference]till.Transaction{}, events: map[api.Reference][]till.Event{},
		settings: map[string][]byte{}, outcome: make(chan ended), machine: &fakeMachine{},
	}
	w.life, w.hurry = context.WithCancel(context.Background())
	return w
}

// close lets every goroutine of the program end.
func (w *world) close() {
	w.hurry()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.watches {
		f.end()
	}
	if w.payments != nil {
		w.payments.end()
	}
	if w.live != nil {
		w.live.end()
	}
}

func (w *world) deps() Deps {
	return Deps{
		UserIDs: w, Journal: w, Settings: w, Machine: w.machine, Provider: "PayCools",
		Watch: w.watch, QR: qr.TrueColour, PNGFolder: "/nowhere",
		Courier: budi, Limit: func(field string) int { return map[string]int{"courierNo": 16, "courierMobile": 25}[field] },
		Reference: func() api.Reference {
			w.made++
			return api.Reference("C261120150243K7M2RX4T9WZ" + strconv.Itoa(w.made))
		},
	}
}

// budi is the config's courier.
var budi = api.Courier{No: "42", Name: "Budi Santoso", Mobile: "081234567890", RegionNo: "07", BranchNo: "0123"}

func (w *world) put(tx till.Transaction, events ...till.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.records[tx.Reference] = tx
	w.events[tx.Reference] = append(w.events[tx.Reference], events...)
}

func (w *world) Get(_ context.Context, reference api.Reference) (till.Transaction, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	tx, ok := w.records[reference]
	if !ok {
		return tx, fmt.Errorf("%s: %w", reference, till.ErrNotFound)
	}
	return tx, w.readErr
}

func (w *world) Events(_ context.Context, reference api.Reference) ([]till.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.events[reference]), w.readErr
}

func (w *world) Page(_ context.Context, filter till.Filter, cursor string, limit int) (till.Page, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages++
	if w.readErr != nil {
		return till.Page{}, w.readErr
	}
	all := slices.SortedFunc(maps.Values(w.records), func(a, b till.Transaction) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.Reference, a.Reference))
	})
	var rows []till.Row
	for _, tx := range all {
		if !fits(tx, filter) {
			continue
		}
		rows = append(rows, till.RowOf(tx))
	}
	from, _ := strconv.Atoi(cursor)
	to := min(from+limit, len(rows))
	page := till.Page{Rows: rows[min(from, to):to]}
	if to < len(rows) {
		page.Next = strconv.Itoa(to)
	}
	return page, nil
}

func (w *world) Counts(context.Context) (Counts, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var c Counts
	for _, tx := range w.records {
		c.Total++
		if tx.State.Open() {
			c.Open++
		}
		if tx.Kind == till.CPM {
			if tx.State.Open() {
				c.OpenSum, _ = c.OpenSum.Add(tx.Amount)
			}
			if tx.State == till.Paid {
				c.TodayPaidCount++
				c.TodayPaid, _ = c.TodayPaid.Add(tx.Amount)
			}
		}
		if tx.State.Open() && (c.OpenSince.IsZero() || tx.CreatedAt.Before(c.OpenSince)) && w.payments != nil {
			c.OpenSince = tx.CreatedAt
		}
		if tx.Kind == till.CDM && sameDay(tx.CreatedAt, w.clock.Now()) {
			c.TodayUserIDs++
			sum := till.Sum(tx.Deposits)
			c.TodayBookedCount += sum.BookedCount
			c.TodayBooked, _ = c.TodayBooked.Add(sum.Booked)
		}
	}
	return c, w.readErr
}

func (w *world) Setting(name string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.settings[name], nil
}

func (w *world) SetSetting(name string, value []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settings[name] = value
	return nil
}

func (w *world) ClaimSetting(name string, value []byte) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.settings[name] != nil {
		return false, nil
	}
	w.settings[name] = value
	return true, nil
}

// NewUserID waits until the test says what comes of it.
func (w *world) NewUserID(ctx context.Context, reference api.Reference, courier api.Courier, progress func(api.Attempt)) (till.Transaction, error) {
	return w.ask(ctx, call{reference, courier, false, progress})
}

func (w *world) RepeatUserID(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, error) {
	return w.ask(ctx, call{reference: reference, repeat: true, progress: progress})
}

func (w *world) ask(ctx context.Context, c call) (till.Transaction, error) {
	w.mu.Lock()
	w.calls = append(w.calls, c)
	w.mu.Unlock()
	select {
	case e := <-w.outcome:
		return e.tx, e.err
	case <-ctx.Done():
		return till.Transaction{}, ctx.Err()
	case <-w.life.Done():
		return till.Transaction{}, w.life.Err()
	}
}

// attempt tells of an attempt of the call that is under way.
func (w *world) attempt(number int) {
	w.mu.Lock()
	c := w.calls[len(w.calls)-1]
	w.mu.Unlock()
	c.progress(api.Attempt{Service: "90", Number: number, At: w.clock.Now()})
}

func (w *world) CheckDeposits(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error) {
	tx, err := w.Get(ctx, reference)
	return tx, w.checkAn, err
}

// fakeWatch is a watch that the test moves.
type fakeWatch struct {
	reference api.Reference
	mu        sync.Mutex
	subs      map[chan till.Update]bool
	ended     bool
	checks    int
	shown     []bool
}

func (w *world) watch(reference api.Reference) Watch {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.watches {
		if f.reference == reference && !f.ended {
			return f
		}
	}
	f := &fakeWatch{reference: reference, subs: map[chan till.Update]bool{}}
	w.watches = append(w.watches, f)
	return f
}

func (f *fakeWatch) Updates() (<-chan till.Update, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan till.Update, 1)
	f.subs[c] = true
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.subs[c] {
			delete(f.subs, c)
			close(c)
		}
	}
}

func (f *fakeWatch) tell(u till.Update) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.subs {
		select {
		case <-c:
		default:
		}
		c <- u
	}
}

// end closes the watch, as the till does at its cap.
func (f *fakeWatch) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for c := range f.subs {
		close(c)
	}
	f.subs = map[chan till.Update]bool{}
}

func (f *fakeWatch) CheckNow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checks++
}

func (f *fakeWatch) Show(shown bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shown = append(f.shown, shown)
}

// fakeMachine keeps what it was told to do.
type fakeMachine struct {
	mu     sync.Mutex
	orders []DepositOrder
	booked []string
	faults []string
	err    error
}

func (m *fakeMachine) Deposit(_ context.Context, o DepositOrder) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orders = append(m.orders, o)
	return m.err
}

func (m *fakeMachine) Book(_ context.Context, code string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.booked = append(m.booked, code)
	return m.err
}

func (m *fakeMachine) Ledger() Ledger {
	return Ledger{UserIDs: 3, Booked: 2, Waiting: 1, BookedSum: api.IDR(80_000_00), Requests: 41}
}

func (m *fakeMachine) Faults() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.faults)
}

func (m *fakeMachine) AddFault(rule string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.faults = append(m.faults, rule)
	}
	return m.err
}

func (m *fakeMachine) ClearFaults() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = nil
}

// Records of the tests' journal.

func (w *world) ago(d time.Duration) time.Time { return w.clock.Now().Add(-d) }

func (w *world) active(reference api.Reference, qr string, deposits ...till.Deposit) till.Transaction {
	c := budi
	return till.Transaction{
		Reference: reference, Kind: till.CDM, State: till.Active, Provider: "paycools", Service: "90", QR: qr,
		ProviderReference: "CDM2938845696", ResponseCode: "2009000", ResponseMessage: "Successful", Advice: "200-00",
		Courier: &c, Deposits: deposits, CreatedAt: w.ago(time.Hour), UpdatedAt: w.ago(time.Hour), Revision: 3,
		Attempts: []till.Attempt{{Class: api.Done}},
	}
}

func (w *world) deposit(ago time.Duration, machine string, rupiah int64, state api.DepositState) till.Deposit {
	return till.Deposit{Deposit: api.Deposit{
		ProviderReference: "R1", ChannelReference: api.Text("K" + strconv.FormatInt(int64(ago), 36)), Machine: api.Text(machine),
		State: state, Status: map[api.DepositState]api.Text{api.DepositBooked: "00", api.DepositWaiting: "03", api.DepositOther: "05"}[state],
		Amount: api.IDR(rupiah * 100), CreatedAt: w.ago(ago),
	}, SeenAt: w.ago(ago)}
}

// someDay fills the journal with one record of each state.
func someDay(w *world) {
	w.put(w.active("C261120140243K7M2RX4T9WZB", "userid123456789",
		w.deposit(3*time.Second, "Kun520B40321", 30_000, api.DepositBooked),
		w.deposit(20*time.Minute, "Kun520B40321", 50_000, api.DepositBooked),
		w.deposit(21*time.Minute, "Kun520B40322", 30_000, api.DepositWaiting),
	), till.Event{At: w.ago(time.Hour), State: till.Intent, What: till.WhatIntent, Service: "90"},
		till.Event{At: w.ago(time.Hour - time.Second), State: till.Sent, What: till.WhatAttempt, Service: "90"},
		till.Event{At: w.ago(time.Hour - 2*time.Second), State: till.Active, What: till.WhatAnswer, Service: "90", HTTPStatus: 200, ResponseCode: "2009000", Latency: 120 * time.Millisecond},
		till.Event{At: w.ago(21 * time.Minute), State: till.Active, What: till.WhatDeposits, Service: "91", HTTPStatus: 200, ResponseCode: "2009100", Latency: 1234 * time.Millisecond})
	siti := api.Courier{No: "A-17", Name: "Siti Rahmawati", Mobile: "+6281298765432", RegionNo: "07", BranchNo: "0123", NotifyURL: "https://example.com/cdm"}
	unknown := till.Transaction{
		Reference: "C261120145503P4Q8S2V6X0Y1", Kind: till.CDM, State: till.Unknown, Provider: "paycools", Service: "90",
		Advice: "timeout", Courier: &siti, CreatedAt: w.ago(8 * time.Minute), Attempts: []till.Attempt{{Class: api.Unknown}, {Class: api.Unknown}, {Class: api.Unknown}},
	}
	w.put(unknown,
		till.Event{At: w.ago(8 * time.Minute), State: till.Intent, What: till.WhatIntent},
		till.Event{At: w.ago(8 * time.Minute), State: till.Sent, What: till.WhatAttempt},
		till.Event{At: w.ago(7 * time.Minute), State: till.Unknown, What: till.WhatAnswer, Latency: 8 * time.Second, Note: "no answer within 8s"})
	failed := unknown
	failed.Reference, failed.State, failed.CreatedAt = "C261120131500AB12CD34EF56", till.Failed, w.ago(2*time.Hour)
	failed.ResponseCode, failed.ResponseMessage, failed.Advice = "4039005", "Do Not Honor", "403-05"
	failed.Attempts = []till.Attempt{{Class: api.Failed}}
	w.put(failed)
	inactive := w.active("C261119101500ZX12CV34BN56", "userid000000001")
	inactive.State, inactive.CreatedAt = till.Inactive, w.ago(29*time.Hour)
	w.put(inactive)
	unsent := failed
	unsent.Reference, unsent.State, unsent.CreatedAt = "C251230101500QW12ER34TY56", till.Unsent, w.ago(330*24*time.Hour)
	unsent.Advice, unsent.ResponseCode, unsent.ResponseMessage = "no-connection", "", ""
	w.put(unsent)
}
