package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/ui/words"
)

// servedCall is a handler that is noted when it is served.
type servedCall struct {
	handler
	served atomic.Int32
}

func (c *servedCall) serve(ctx context.Context, h *holding, args json.RawMessage, tell func(frameKind, any) error) (any, error) {
	c.served.Add(1)
	return c.handler.serve(ctx, h, args, tell)
}

// stand is a journal with its owner and a guest, both in this process: the lock
// keeps two openings apart, not two processes.
type stand struct {
	app   *app
	path  string
	owner *station
	guest *station
}

// shortName has little poll times, as a test of commands has.
const shortName = `{"profiles":{"sandbox":{"sandbox":true,"poll":` + quickPlan + `}}}`

const quickPlan = `{"payments":{
	"ask":["10ms","20ms","30ms","30ms","50ms"],"window":"600ms","expiry":"60s","noCancelBefore":"150ms",
	"cancelAgain":["50ms","100ms","300ms"],"settle":"300ms","sweep":["300ms","600ms","600ms","600ms","3s","3s","9s"],
	"recheck":["3s","36s"],"notFoundOver":"600ms","similar":"10m"}}`

func testApp(t *testing.T, folder, profiles string) *app {
	t.Helper()
	t.Setenv("HOME", folder)
	t.Setenv("XDG_STATE_HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", folder)
	file := filepath.Join(folder, "config.json")
	if err := os.WriteFile(file, []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	return &app{config: file, store: filepath.Join(folder, "till.db"), words: words.For(words.English)}
}

func newStand(t *testing.T) *stand {
	t.Helper()
	return newStandOf(t, shortName)
}

func newStandOf(t *testing.T, profiles string) *stand {
	t.Helper()
	s := &stand{app: testApp(t, t.TempDir(), profiles)}
	s.path = s.app.store
	s.owner = s.sit(t)
	s.guest = s.sit(t)
	if s.owner.seat.guest || !s.guest.seat.guest {
		t.Fatal("the first is not the owner, or the second not a guest")
	}
	return s
}

// sit opens a station that is closed at the test's end.
func (s *stand) sit(t *testing.T) *station {
	t.Helper()
	st, err := s.app.openStation(stationOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return st
}

func (s *stand) order(t *testing.T, reference api.Reference, customer string, n uint64) till.Order {
	t.Helper()
	code, err := sandbox.FreshCode(customer, n)
	if err != nil {
		t.Fatal(err)
	}
	mark, err := codeMark(code)
	if err != nil {
		t.Fatal(err)
	}
	return till.Order{Reference: reference, Amount: api.IDR(int64(1_000_000 + n)), Code: api.NewCustomerCode(code), Card: till.Card{Mark: mark}}
}

// TestEveryMethodCrossesTheSocket: a guest gets of each method what the owner
// gets; no method of the two interfaces and no call is left out.
func TestEveryMethodCrossesTheSocket(t *testing.T) {
	known := maps.Clone(handlers)
	for name, h := range known {
		handlers[name] = &servedCall{handler: h}
	}
	defer maps.Copy(handlers, known)
	s := newStand(t)
	done := map[string]bool{}
	s.tillMethods(t, done)
	s.journalMethods(t, done)
	s.machine(t)
	for _, of := range []reflect.Type{reflect.TypeFor[works](), reflect.TypeFor[journal]()} {
		for i := range of.NumMethod() {
			if name := of.Method(i).Name; !done[of.Name()+"."+name] {
				t.Errorf("no row tests %s.%s", of.Name(), name)
			}
		}
	}
	for name, h := range handlers {
		if h.(*servedCall).served.Load() == 0 {
			t.Errorf("the call %q never went over the socket", name)
		}
	}
}

func (s *stand) tillMethods(t *testing.T, done map[string]bool) {
	ctx, g := t.Context(), s.guest.till
	row := func(name string, do func() error) {
		t.Helper()
		done["works."+name] = true
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	state := func(tx till.Transaction, err error, want till.State) error {
		if err == nil && tx.State != want {
			err = fmt.Errorf("state %q, want %q", tx.State, want)
		}
		return err
	}
	is := func(err, want error) error {
		if !errors.Is(err, want) {
			return fmt.Errorf("the error is %v, want %w", err, want)
		}
		return nil
	}
	attempts := 0
	progress := func(api.Attempt) { attempts++ }
	courier := api.Courier{No: "42", Name: "Budi", Mobile: "0812", RegionNo: "1", BranchNo: "0123"}
	row("Announce", func() error { g.Announce(); return nil })
	row("NewUserID", func() error {
		tx, err := g.NewUserID(ctx, "U-1", courier, progress)
		if attempts == 0 {
			return errors.New("no attempt was told of")
		}
		if _, wrong := g.NewUserID(ctx, "", api.Courier{}, nil); !isField(wrong) {
			return fmt.Errorf("a field is missing, and the error is %v", wrong)
		}
		return state(tx, err, till.Active)
	})
	row("RepeatUserID", func() error {
		tx, err := g.RepeatUserID(ctx, "U-1", nil)
		return state(tx, err, till.Active)
	})
	row("CheckDeposits", func() error {
		tx, answer, err := g.CheckDeposits(ctx, "U-1")
		if err == nil && answer.Class != api.Done {
			err = fmt.Errorf("answered %+v", answer)
		}
		return state(tx, err, till.Active)
	})
	row("DepositsBetween", func() error {
		_, answer, err := g.DepositsBetween(ctx, "U-1", time.Now().Add(-time.Hour), time.Now())
		if err == nil && answer.Class != api.Done {
			err = fmt.Errorf("answered %+v", answer)
		}
		return err
	})
	row("WatchDeposits", func() error {
		w := g.WatchDeposits("U-1")
		updates, unsubscribe := w.Updates()
		w.CheckNow()
		w.Show(false)
		w.Show(true)
		if u := <-updates; u.Transaction.Reference != "U-1" {
			return fmt.Errorf("told of %q", u.Transaction.Reference)
		}
		unsubscribe()
		for range updates { // the end of the subscription closes it
		}
		return nil
	})
	row("Pay", func() error {
		attempts = 0
		tx, err := g.Pay(ctx, s.order(t, "P-1", "approves", 1), progress)
		if attempts != 1 {
			return fmt.Errorf("%d attempts were told of", attempts)
		}
		if _, again := g.Pay(ctx, s.order(t, "P-1", "approves", 2), nil); !errors.Is(again, till.ErrOtherRequest) {
			return fmt.Errorf("another payment of that reference: %v", again)
		}
		return state(tx, err, till.Pending)
	})
	row("Follow", func() error {
		updates, unsubscribe, err := g.Follow(ctx, "P-1")
		if err != nil {
			return err
		}
		defer unsubscribe()
		if u := <-updates; u.Transaction.Reference != "P-1" {
			return fmt.Errorf("told of %q", u.Transaction.Reference)
		}
		_, _, err = g.Follow(ctx, "NOWHERE")
		return is(err, till.ErrNotFound)
	})
	row("CheckPayment", func() error {
		tx, answer, err := g.CheckPayment(ctx, "P-1")
		if err == nil && answer.Class != api.Done {
			err = fmt.Errorf("answered %+v", answer)
		}
		return state(tx, err, till.Paid)
	})
	row("Refund", func() error {
		tx, err := g.Refund(ctx, "P-1", "F-1", api.IDR(1000), "broken")
		if err == nil && (len(tx.Refunds) != 1 || tx.Refunds[0].State != till.RefundDone) {
			err = fmt.Errorf("refunds %+v", tx.Refunds)
		}
		return err
	})
	row("ResolveRefund", func() error {
		_, err := g.ResolveRefund(ctx, "P-1", "F-1", true, "Sri", "the bank said so")
		return is(err, till.ErrEnded)
	})
	row("NewCode", func() error {
		tx, news, err := g.NewCode(ctx, "Q-1", progress)
		if err == nil && news.Code.Reveal() == "" {
			err = errors.New("the code did not come")
		}
		return state(tx, err, till.Active)
	})
	row("Cancel", func() error {
		_, err := g.Cancel(ctx, "P-1", "no")
		return is(err, till.ErrPaid)
	})
	row("Settle", func() error {
		if _, err := g.Pay(ctx, s.order(t, "P-2", "pending", 3), nil); err != nil {
			return err
		}
		tx, err := g.Settle(ctx, "P-2")
		return state(tx, err, till.Cancelled)
	})
	row("Step", func() error {
		if _, err := g.Pay(ctx, s.order(t, "P-3", "pending", 4), nil); err != nil {
			return err
		}
		next, err := g.Step(ctx, "P-3")
		if err == nil && next.IsZero() {
			err = errors.New("nothing more is due")
		}
		return err
	})
	row("Leave", func() error { g.Leave("P-3"); return nil })
	row("Park", func() error {
		tx, err := g.Park(ctx, "P-3", "Sri")
		return state(tx, err, till.Parked)
	})
	row("Accept", func() error {
		tx, err := g.Accept(ctx, "P-3", "Sri", "a receipt")
		return state(tx, err, till.Parked)
	})
	row("Hint", func() error {
		if err := g.Hint(ctx, "P-1", api.StatusPaid, "told"); err != nil {
			return err
		}
		return is(g.Hint(ctx, "NOWHERE", api.StatusPaid, "told"), till.ErrNotFound)
	})
	row("FittingLookups", func() error {
		key := api.LookupKey{ProviderReference: "2026112000000000000000000000001", Amount: api.IDR(100)}
		if a, b := g.FittingLookups(key), s.owner.till.FittingLookups(key); !slices.Equal(a, b) || len(a) == 0 {
			return fmt.Errorf("%v and %v", a, b)
		}
		return nil
	})
	row("Look", func() error {
		_, _, err := g.Look(ctx, "nobody", api.LookupKey{})
		return is(err, till.ErrNoProvider)
	})
	row("Board", func() error {
		rows, _, err := g.Board(ctx)
		if err == nil && !slices.ContainsFunc(rows, func(r till.BoardRow) bool { return r.Reference == "P-3" }) {
			err = fmt.Errorf("P-3 is not among %+v", rows)
		}
		return err
	})
	row("Pause", func() error {
		if err := g.Pause(ctx, true); err != nil {
			return err
		}
		if _, paused, err := g.Board(ctx); err != nil || !paused {
			return fmt.Errorf("not paused: %v", err)
		}
		return g.Pause(ctx, false)
	})
	row("Hurry", func() error {
		working, err := g.Hurry(ctx, "P-3")
		if err == nil && !working {
			err = errors.New("nobody works on P-3")
		}
		return err
	})
	row("CheckNow", func() error { return g.CheckNow(ctx, "P-3") })
	row("HurryAll", func() error { return g.HurryAll(ctx) })
	row("Resume", func() error {
		r, err := g.Resume(ctx, nil)
		if err == nil && !slices.Contains(r.Payments, "P-3") {
			err = fmt.Errorf("P-3 is not among %+v", r)
		}
		return err
	})
	row("Run", func() error {
		running, stop := context.WithCancel(ctx)
		defer stop()
		ended := make(chan struct{})
		go func() { defer close(ended); g.Run(running) }()
		updates, unsubscribe, err := g.Follow(ctx, "P-3")
		if err != nil {
			return err
		}
		defer unsubscribe()
		for u := range updates { // hurried before: it is asked about now
			if u.Answer.Class == api.Done {
				break
			}
		}
		stop()
		<-ended
		return nil
	})
	row("StopAll", func() error { return g.StopAll(ctx) })
}

func isField(err error) bool { _, ok := errors.AsType[*api.FieldError](err); return ok }

// journalMethods compares what a guest reads with what the owner reads.
func (s *stand) journalMethods(t *testing.T, done map[string]bool) {
	ctx := t.Context()
	both := func(name string, read func(journal) (any, error)) {
		t.Helper()
		done["journal."+name] = true
		here, err := read(s.owner.store)
		there, far := read(s.guest.store)
		if (err == nil) != (far == nil) || err != nil && err.Error() != far.Error() {
			t.Errorf("%s: the errors are %v and %v", name, err, far)
		}
		a, aErr := json.Marshal(here)
		b, bErr := json.Marshal(there)
		if aErr != nil || bErr != nil || string(a) != string(b) {
			t.Errorf("%s: %v %v\n%s\n%s", name, aErr, bErr, a, b)
		}
		if len(a) < 3 && name != "Setting" && name != "SetSetting" {
			t.Errorf("%s gives nothing to compare: %s", name, a)
		}
	}
	both("Path", func(j journal) (any, error) { return j.Path(), nil })
	both("Get", func(j journal) (any, error) { return pair(j.Get(ctx, "P-1")) })
	both("Get", func(j journal) (any, error) { return pair(j.Get(ctx, "NOWHERE")) })
	both("Events", func(j journal) (any, error) { return pair(j.Events(ctx, "P-1")) })
	both("Page", func(j journal) (any, error) { return pair(j.Page(ctx, till.Filter{Kind: till.CPM}, "", 2)) })
	both("Search", func(j journal) (any, error) { return pair(j.Search(ctx, till.Filter{Text: []string{"P-"}}, "", 2)) })
	both("Rows", func(j journal) (any, error) { return collect(j.Rows(ctx, till.Filter{})) })
	both("All", func(j journal) (any, error) { return collect(j.All(ctx, till.Filter{})) })
	both("Open", func(j journal) (any, error) { return collect(j.Open(ctx)) })
	both("Sale", func(j journal) (any, error) { return pair(j.Sale(ctx, "P-1")) })
	both("Counts", func(j journal) (any, error) {
		c, err := j.Counts(ctx)
		return [2]int{c.All.Of("", ""), c.Today.Open()}, err
	})
	both("Day", func(j journal) (any, error) {
		tally, err := j.Day(ctx, time.Now())
		sum, n, _ := tally.Paid()
		return []any{sum, n, tally.Of(till.CPM, "")}, err
	})
	both("SetSetting", func(j journal) (any, error) { return nil, j.SetSetting("colour", []byte("blue")) })
	both("Setting", func(j journal) (any, error) { return pair(j.Setting("colour")) })
	both("ClaimSetting", func(j journal) (any, error) { return pair(j.ClaimSetting("colour", []byte("red"))) })
	for i, j := range []journal{s.guest.store, s.owner.store} {
		if first, err := j.ClaimSetting("original", []byte("x")); first != (i == 0) || err != nil {
			t.Errorf("claim %d: %v, %v", i, first, err)
		}
	}
	both("Outlook", func(j journal) (any, error) { return pair(j.Outlook(ctx, 1)) })
	both("VerifyTelling", func(j journal) (any, error) { return pair(j.VerifyTelling(ctx, nil)) })
	n := 0
	both("BackupTelling", func(j journal) (any, error) {
		n++
		b, err := j.BackupTelling(ctx, filepath.Join(t.TempDir(), fmt.Sprintf("copy-%d", n)), nil)
		b.Path = "a copy"
		return b, err
	})
	both("ListSessions", func(j journal) (any, error) { return pair(j.ListSessions(ctx, 0, 5)) })
	both("CurrentSession", func(j journal) (any, error) { return pair(j.CurrentSession(ctx)) })
	both("SessionReport", func(j journal) (any, error) {
		r, err := j.SessionReport(ctx, 1)
		if r.Report != nil {
			r.Report.At = r.OpenedAt // not of the moment at which it was asked for
		}
		return r, err
	})
	// Each changes something, so only a guest does it.
	j := s.guest.store
	done["journal.OpenSession"], done["journal.CloseSession"] = true, true
	opened, err := j.OpenSession(ctx, till.Opening{Operator: "Siti", Branch: "0123"})
	if err != nil || opened.Operator != "Siti" {
		t.Errorf("OpenSession: %+v %v", opened, err)
	}
	_, err = j.OpenSession(ctx, till.Opening{Operator: "Budi", Branch: "0123"})
	if e, ok := errors.AsType[*till.SessionOpenError](err); !ok || e.Session.Number != opened.Number {
		t.Errorf("OpenSession beside an open one: %v", err)
	}
	if _, err = j.CloseSession(ctx, till.Closing{}); err != nil {
		if _, open := errors.AsType[*till.StillOpenError](err); !open {
			t.Errorf("CloseSession: %v", err)
		}
	}
}

func pair[R any](r R, err error) (any, error) { return r, err }

func collect[R any](all iter.Seq2[R, error]) (any, error) {
	var items []R
	for item, err := range all {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}
