package till

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"cashier/api"
)

func TestForgottenSession(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, api.Jakarta)
	}
	for _, c := range []struct {
		name        string
		opened, now time.Time
		want        bool
	}{
		{"just opened", at(20, 8, 0), at(20, 8, 0), false},
		{"the evening of its day", at(20, 8, 0), at(20, 23, 59), false},
		{"a long shift of one day", at(20, 0, 30), at(20, 16, 31), true},
		{"midnight in Jakarta", at(20, 23, 59), at(21, 0, 1), true},
		{"another day in UTC alone", at(20, 6, 0), at(20, 8, 0), false},
		{"a clock that was put back", at(20, 8, 0), at(19, 8, 0), false},
	} {
		s := Session{Number: 1, OpenedAt: c.opened.UTC()}
		if got := s.Forgotten(c.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if s.ClosedAt = c.opened; s.Forgotten(c.now) {
			t.Errorf("%s: a closed one is forgotten", c.name)
		}
	}
	if (Session{}).Forgotten(at(20, 8, 0)) {
		t.Error("no session is forgotten")
	}
}

func TestOpeningIsChecked(t *testing.T) {
	good := Opening{Operator: "Siti Rahma", Branch: "0123"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	usd, _ := api.ParseAmount("1", "USD")
	for name, o := range map[string]Opening{
		"no operator": {Branch: "1"}, "no branch": {Operator: "S"}, "an escape": {Operator: "S\x1b[2J", Branch: "1"},
		"a long name": {Operator: strings.Repeat("a", MostNamed+1), Branch: "1"}, "other money": {Operator: "S", Branch: "1", Cash: usd},
		"less than nought": {Operator: "S", Branch: "1", Cash: api.IDR(-1)},
	} {
		if err := o.Check(); !errors.Is(err, ErrOpening) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSessionCloses(t *testing.T) {
	open := []OpenItem{{Reference: "Q1", State: Pending}, {Reference: "Q2", State: Parked}, {Reference: "Q3", State: Parked, Refunding: true}}
	report := Report{Open: open, Booked: Figure{Count: 1, Sum: api.IDR(100)}}
	begun := Session{Number: 1, Cash: api.IDR(30), OpenedAt: noon}

	s := begun
	var still *StillOpenError
	if err := s.Close(report, Closing{Carry: []api.Reference{"Q1"}}, noon); !errors.As(err, &still) || len(still.Items) != 1 || still.Items[0].Reference != "Q3" {
		t.Fatalf("an open refund is no parked payment: %v", err)
	}
	var differs *DifferenceError
	names := []api.Reference{"Q1", "Q3", "Q9"}
	if err := s.Close(report, Closing{Carry: names, Counted: api.IDR(60)}, noon); !errors.As(err, &differs) || differs.Difference() != -10 {
		t.Fatalf("a difference without a reason: %v", err)
	}
	if err := s.Close(report, Closing{Carry: names, Counted: api.IDR(60), Reason: "\x1b\n"}, noon); !errors.As(err, &differs) {
		t.Fatalf("a reason of which nothing can be shown: %v", err)
	}
	if !reflect.DeepEqual(s, begun) {
		t.Fatalf("a refused closing changed it: %+v", s)
	}
	if err := s.Close(report, Closing{Carry: names, Counted: api.IDR(70)}, noon); err != nil {
		t.Fatal(err)
	}
	if d, counted := s.Difference(); d != 0 || !counted || s.Open() {
		t.Errorf("closed it is %+v", s)
	}
	if got := s.Report.Open; !got[0].Carried || got[1].Carried || !got[2].Carried || open[0].Carried {
		t.Errorf("the items are %+v, those given %+v", got, open)
	}
}

// TestMoved goes through the lives of records and what each step moves.
func TestMoved(t *testing.T) {
	idr := api.IDR
	usd, _ := api.ParseAmount("5.00", "USD")
	pay := func(state State, edit func(*Transaction)) Transaction {
		tx := Transaction{Kind: CPM, State: state, Amount: idr(1000), Payment: &Payment{}}
		if edit != nil {
			edit(&tx)
		}
		return tx
	}
	refunds := func(states ...RefundState) func(*Transaction) {
		return func(tx *Transaction) {
			for i, s := range states {
				tx.Refunds = append(tx.Refunds, Refund{Reference: api.Reference("R" + string(rune('1'+i))), Amount: idr(400), State: s})
			}
		}
	}
	gone := func(tx *Transaction) { tx.Payment.Locked, tx.Payment.Status = true, api.StatusRefunded }
	id := func(deposits ...Deposit) Transaction {
		return Transaction{Kind: CDM, State: Active, Deposits: deposits}
	}
	cash := func(channel string, amount api.Amount, state api.DepositState) Deposit {
		return Deposit{Deposit: api.Deposit{ProviderReference: "P", ChannelReference: api.Text(channel), Machine: "M", Amount: amount, State: state, CreatedAt: noon}}
	}
	for _, c := range []struct {
		name          string
		before, after Transaction
		want          *Movement
	}{
		{"sent", Transaction{}, pay(Sent, nil), nil},
		{"paid", pay(Pending, nil), pay(Paid, nil), &Movement{Came: idr(1000)}},
		{"paid and told again", pay(Paid, nil), pay(Paid, nil), nil},
		{"paid late", pay(Failed, nil), pay(LatePaid, refunds(RefundDraft)), &Movement{Came: idr(1000)}},
		{"a refund on its way", pay(Paid, nil), pay(Paid, refunds(RefundUnknown)), nil},
		{"a part back", pay(Paid, refunds(RefundUnknown)), pay(Paid, refunds(RefundDone)), &Movement{Parts: []api.Amount{idr(400)}}},
		{"another part back", pay(Paid, refunds(RefundDone, RefundSent)), pay(Paid, refunds(RefundDone, RefundDone)), &Movement{Parts: []api.Amount{idr(400)}}},
		{"the whole back", pay(Paid, nil), pay(Refunded, func(tx *Transaction) { tx.Refunds = []Refund{{Reference: "R1", Amount: idr(1000), State: RefundDone}} }), &Movement{Whole: idr(1000)}},
		{"gone elsewhere", pay(Paid, refunds(RefundDone)), pay(Paid, func(tx *Transaction) { refunds(RefundDone)(tx); gone(tx) }), &Movement{Elsewhere: idr(600)}},
		{"gone elsewhere, told again", pay(Paid, gone), pay(Paid, gone), nil},
		{"cancelled after the debit", pay(Cancelling, nil), pay(Cancelled, func(tx *Transaction) { tx.Payment.MoneyBack = true }), nil},
		{"looked up", Transaction{}, Transaction{Kind: MPM, State: Paid, Amount: idr(1000), Lookup: &Lookup{}}, nil},
		{"a deposit waits", id(), id(cash("1", idr(5), api.DepositWaiting)), &Movement{Waits: []api.Amount{idr(5)}, Deposits: true}},
		{
			"booked, with another one", id(cash("1", idr(5), api.DepositWaiting)), id(cash("1", idr(5), api.DepositBooked), cash("2", usd, api.DepositBooked)),
			&Movement{Booked: []api.Amount{idr(5), usd}, Deposits: true},
		},
		{"booked before", id(cash("1", idr(5), api.DepositBooked)), id(cash("1", idr(5), api.DepositBooked)), nil},
		{"returned by the machine", id(), id(cash("1", idr(5), api.DepositOther)), nil},
	} {
		if got := Moved(&c.before, &c.after); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if c.want != nil && !MayMove(&c.after) {
			t.Errorf("%s: it is taken for a record that no money stands in", c.name)
		}
	}
}

func TestReportKeepsOtherMoneyApart(t *testing.T) {
	usd, _ := api.ParseAmount("5.00", "USD")
	huge, err := api.ParseAmount("9999999999999999.99", "IDR")
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	for _, a := range []api.Amount{api.IDR(100), usd, huge, api.IDR(50)} {
		r.Add(&Movement{Came: a}, Paid)
	}
	if r.Paid.Count != 4 || r.Paid.Sum != api.IDR(150) || r.Net() != 150 {
		t.Errorf("paid is %+v", r.Paid)
	}
	if want := []Other{{"paid", usd}, {"paid", huge}}; !reflect.DeepEqual(r.Others, want) {
		t.Errorf("in no sum: %+v", r.Others)
	}
	r.Begin(CPM, Paid, usd)
	r.Begin(CPM, Failed, api.IDR(1))
	r.Begin(CPM, Paid, api.IDR(7))
	if want := []Begun{{CPM, Failed, Figure{1, api.IDR(1)}}, {CPM, Paid, Figure{2, api.IDR(7)}}}; !reflect.DeepEqual(r.Begun, want) {
		t.Errorf("begun: %+v", r.Begun)
	}
}
