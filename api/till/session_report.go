package till

import (
	"cmp"
	"slices"
	"time"

	"cashier/api"
)

// Report is what a session's events come to: an X report while it is open, its
// Z report when it is closed. Sums are rupiah; what is of another currency, or
// too large to add, stands in Others. Money counts in the session in which it
// became known, whichever session began the payment: so the reports of all
// sessions add up to what the providers have.
type Report struct {
	At time.Time `json:"at"` // when it was made

	Begun   []Begun `json:"begun,omitempty"` // transactions that were begun, by kind and state now
	Paid    Figure  `json:"paid,omitzero"`
	Late    Figure  `json:"late,omitzero"`    // paid although they had ended unpaid
	Doubled Figure  `json:"doubled,omitzero"` // another payment of the same sale is paid too

	RefundedWhole Figure `json:"refundedWhole,omitzero"`
	RefundedPart  Figure `json:"refundedPart,omitzero"`
	Elsewhere     Figure `json:"elsewhere,omitzero"` // went back without us

	Booked  Figure `json:"booked,omitzero"`  // deposits first seen booked
	Waiting Figure `json:"waiting,omitzero"` // deposits that still wait, of the user ids seen to

	Others []Other `json:"others,omitempty"`

	Open []OpenItem `json:"open,omitempty"` // of any session, oldest first

	Counted api.Amount `json:"counted,omitzero"` // Closing.Counted
	Reason  string     `json:"reason,omitempty"`
}

// Figure is a number of things and their sum.
type Figure struct {
	Count int        `json:"count"`
	Sum   api.Amount `json:"sum,omitzero"`
}

// Begun counts transactions of one kind that stand in one state. The sum of
// user ids is that of their booked deposits.
type Begun struct {
	Kind  Kind  `json:"kind"`
	State State `json:"state"`
	Figure
}

// Other is money that is in no sum; What names where it would stand: "paid",
// "late-paid", "doubled", "refunded", "elsewhere", "booked", "waiting".
type Other struct {
	What   string     `json:"what"`
	Amount api.Amount `json:"amount"`
}

// Net is the payments that came less what went back, in hundredths of rupiah;
// refunds of yesterday's payments may make it less than nought.
func (r *Report) Net() int64 {
	return r.Paid.Sum.Minor() + r.Late.Sum.Minor() + r.Doubled.Sum.Minor() -
		r.RefundedWhole.Sum.Minor() - r.RefundedPart.Sum.Minor() - r.Elsewhere.Sum.Minor()
}

// Undecided are the open ones that are neither parked nor among those that are
// carried over: they stand against a closing.
func (r *Report) Undecided(carried []api.Reference) []OpenItem {
	return slices.DeleteFunc(slices.Clone(r.Open), func(i OpenItem) bool {
		return i.Parked() || slices.Contains(carried, i.Reference)
	})
}

// CashCounted reports whether a closing said what cash was collected.
func (r *Report) CashCounted() bool { return r.Counted.Currency() != "" }

// HandlesCash reports whether it is a courier's session, with its report: cash
// was in hand at its start, or deposits are known of.
func (s Session) HandlesCash() bool {
	return !s.Cash.Zero() || s.Report.Booked.Count > 0 || s.Report.Waiting.Count > 0
}

// Difference is the cash at the session's start and the counted cash less the
// booked deposits, in hundredths of rupiah; false when nothing was counted.
func (s Session) Difference() (int64, bool) {
	if s.Report == nil || !s.Report.CashCounted() {
		return 0, false
	}
	return s.Cash.Minor() + s.Report.Counted.Minor() - s.Report.Booked.Sum.Minor(), true
}

// Movement is what one event did to money; a journal writes it with the event
// while a session is open.
type Movement struct {
	Came      api.Amount   `json:"came,omitzero"`      // the payment's amount, when it became paid
	Whole     api.Amount   `json:"whole,omitzero"`     // a refund of the whole payment that is done
	Parts     []api.Amount `json:"parts,omitempty"`    // refunds of a part that are done
	Elsewhere api.Amount   `json:"elsewhere,omitzero"` // went back without us
	Booked    []api.Amount `json:"booked,omitempty"`   // deposits first seen booked
	// Waits are the deposits that wait after the event; Deposits says that the
	// event tells of them.
	Waits    []api.Amount `json:"waits,omitempty"`
	Deposits bool         `json:"deposits,omitempty"`
}

// MayMove reports whether the record is one that money stands in at all, so
// that Moved has something to compare.
func MayMove(tx *Transaction) bool {
	switch tx.Kind {
	case CDM:
		return len(tx.Deposits) > 0
	case CPM:
		return tx.Payment != nil && (tx.State.paid() || tx.State == Refunded || len(tx.Refunds) > 0)
	}
	return false
}

// Moved compares a record before and after a change; nil when no money moved.
// Before is the zero Transaction of a new one.
func Moved(before, after *Transaction) *Movement {
	var m Movement
	switch after.Kind {
	case CDM:
		m.Booked = newlyBooked(before.Deposits, after.Deposits)
		was, is := waiting(before.Deposits), waiting(after.Deposits)
		if !slices.Equal(was, is) {
			m.Waits, m.Deposits = is, true
		}
	case CPM:
		if after.came() && !before.came() {
			m.Came = after.Amount
		}
		done := func(tx *Transaction, reference api.Reference) bool {
			return slices.ContainsFunc(tx.Refunds, func(r Refund) bool { return r.Reference == reference && r.State == RefundDone })
		}
		for _, r := range after.Refunds {
			switch {
			case r.State != RefundDone || done(before, r.Reference):
			case r.Amount == after.Amount:
				m.Whole = r.Amount
			default:
				m.Parts = append(m.Parts, r.Amount)
			}
		}
		if back := after.elsewhere(); back.Minor() > 0 && before.elsewhere().Zero() {
			m.Elsewhere = back
		}
	}
	if m.Came == (api.Amount{}) && m.Whole == (api.Amount{}) && m.Elsewhere == (api.Amount{}) &&
		len(m.Parts) == 0 && len(m.Booked) == 0 && !m.Deposits {
		return nil
	}
	return &m
}

// came reports whether the customer's money is or was here.
func (tx *Transaction) came() bool {
	return tx.Payment != nil && (tx.State.paid() || tx.State == Refunded)
}

// elsewhere is what went back of a paid payment without a refund of ours: the
// provider says the whole of it did.
func (tx *Transaction) elsewhere() api.Amount {
	if !tx.came() || !tx.Payment.Locked || tx.Payment.Status != api.StatusRefunded {
		return api.Amount{}
	}
	if tx.Amount.Currency() != "IDR" {
		return tx.Amount
	}
	sure, _ := tx.Returned()
	return api.IDR(max(tx.Amount.Minor()-sure.Minor(), 0))
}

func newlyBooked(before, after []Deposit) []api.Amount {
	var sums []api.Amount
	for _, d := range after {
		if d.State != api.DepositBooked {
			continue
		}
		known := slices.ContainsFunc(before, func(k Deposit) bool { return k.State == api.DepositBooked && same(k.Deposit, d.Deposit) })
		if !known {
			sums = append(sums, d.Amount)
		}
	}
	return sums
}

func waiting(deposits []Deposit) []api.Amount {
	var sums []api.Amount
	for _, d := range deposits {
		if d.State == api.DepositWaiting {
			sums = append(sums, d.Amount)
		}
	}
	return sums
}

// Add adds what an event did; state is the transaction's after it. Waiting
// deposits are not added: the last event of each user id counts, see AddWaiting.
func (r *Report) Add(m *Movement, state State) {
	if m.Came != (api.Amount{}) {
		switch state {
		case LatePaid:
			r.put(&r.Late, "late-paid", m.Came)
		case Doubled:
			r.put(&r.Doubled, "doubled", m.Came)
		default:
			r.put(&r.Paid, "paid", m.Came)
		}
	}
	if m.Whole != (api.Amount{}) {
		r.put(&r.RefundedWhole, "refunded", m.Whole)
	}
	for _, a := range m.Parts {
		r.put(&r.RefundedPart, "refunded", a)
	}
	if m.Elsewhere != (api.Amount{}) {
		r.put(&r.Elsewhere, "elsewhere", m.Elsewhere)
	}
	for _, a := range m.Booked {
		r.put(&r.Booked, "booked", a)
	}
}

// AddWaiting adds the deposits of a user id that wait after its last event.
func (r *Report) AddWaiting(m *Movement) {
	for _, a := range m.Waits {
		r.put(&r.Waiting, "waiting", a)
	}
}

// Begin counts a transaction that was begun in the session.
func (r *Report) Begin(kind Kind, state State, amount api.Amount) {
	i, found := slices.BinarySearchFunc(r.Begun, Begun{Kind: kind, State: state}, func(a, b Begun) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.State, b.State))
	})
	if !found {
		r.Begun = slices.Insert(r.Begun, i, Begun{Kind: kind, State: state})
	}
	f := &r.Begun[i].Figure
	f.Count++
	if sum, ok := rupiahSum(f.Sum, amount); ok {
		f.Sum = sum
	}
}

func (r *Report) put(f *Figure, what string, a api.Amount) {
	f.Count++
	if sum, ok := rupiahSum(f.Sum, a); ok {
		f.Sum = sum
		return
	}
	r.Others = append(r.Others, Other{what, a})
}

// rupiahSum adds rupiah alone, and nothing that an amount cannot hold.
func rupiahSum(sum, a api.Amount) (api.Amount, bool) {
	if c := a.Currency(); c != "IDR" && c != "" {
		return sum, false
	}
	total, err := sum.Add(a)
	return total, err == nil
}
