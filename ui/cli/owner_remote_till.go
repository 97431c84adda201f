package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"cashier/api"
	"cashier/api/paycools"
	"cashier/api/till"
)

// seatTill is the till from a seat: each method is a call, and the function
// beside it is what the owner runs. A call may come a second time, after an
// owner died in its middle: references are chosen here, before the first.
type seatTill struct {
	seat    *seat
	fitting func(api.LookupKey) []string // of this process's own config
}

var _ works = seatTill{}

// sentAnswer is an api.Answer on the socket.
type sentAnswer struct {
	api.Answer
	Err *wireError `json:",omitempty"`
}

func sendAnswer(a api.Answer) sentAnswer { return sentAnswer{a, sendable(a.Err)} }

func (a sentAnswer) received() api.Answer {
	a.Answer.Err = a.Err.received()
	return a.Answer
}

// sentUpdate is a till.Update on the socket.
type sentUpdate struct {
	till.Update
	Answer sentAnswer
	Err    *wireError `json:",omitempty"`
}

func sendUpdate(u till.Update) sentUpdate {
	return sentUpdate{u, sendAnswer(u.Answer), sendable(u.Err)}
}

func (u sentUpdate) received() till.Update {
	u.Update.Answer, u.Update.Err = u.Answer.received(), u.Err.received()
	return u.Update
}

// queried is a record and what the provider answered.
type queried struct {
	Transaction till.Transaction
	Answer      sentAnswer
}

func (a queried) split(err error) (till.Transaction, api.Answer, error) {
	return a.Transaction, a.Answer.received(), err
}

func join(tx till.Transaction, a api.Answer, err error) (queried, error) {
	return queried{tx, sendAnswer(a)}, err
}

func (t seatTill) NewUserID(ctx context.Context, reference api.Reference, courier api.Courier, progress func(api.Attempt)) (till.Transaction, error) {
	reference = cmp.Or(reference, api.NewReference(api.UserIDReference, time.Now()))
	return newUserID.watched(ctx, t.seat, userIDArgs{reference, courier}, progress)
}

type userIDArgs struct {
	Reference api.Reference
	Courier   api.Courier
}

var newUserID = tells("new-user-id", func(ctx context.Context, h *holding, a userIDArgs, progress func(api.Attempt)) (till.Transaction, error) {
	return h.till.NewUserID(ctx, a.Reference, a.Courier, progress)
})

func (t seatTill) RepeatUserID(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, error) {
	return repeatUserID.watched(ctx, t.seat, reference, progress)
}

var repeatUserID = tells("repeat-user-id", func(ctx context.Context, h *holding, reference api.Reference, progress func(api.Attempt)) (till.Transaction, error) {
	return h.till.RepeatUserID(ctx, reference, progress)
})

func (t seatTill) CheckDeposits(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error) {
	a, err := checkDeposits.do(ctx, t.seat, reference)
	return a.split(err)
}

var checkDeposits = asks("check-deposits", func(ctx context.Context, h *holding, reference api.Reference) (queried, error) {
	return join(h.till.CheckDeposits(ctx, reference))
})

func (t seatTill) DepositsBetween(ctx context.Context, reference api.Reference, from, to time.Time) ([]api.Deposit, api.Answer, error) {
	d, err := depositsBetween.do(ctx, t.seat, betweenArgs{reference, from, to})
	return d.Deposits, d.Answer.received(), err
}

type betweenArgs struct {
	Reference api.Reference
	From, To  time.Time
}

type foundDeposits struct {
	Deposits []api.Deposit
	Answer   sentAnswer
}

var depositsBetween = asks("deposits-between", func(ctx context.Context, h *holding, a betweenArgs) (foundDeposits, error) {
	if h.providers.client == nil {
		return foundDeposits{}, till.ErrNoProvider
	}
	found, answer := paycools.New(h.providers.client).Deposits(ctx, a.Reference, a.From, a.To)
	return foundDeposits{found, sendAnswer(answer)}, nil
})

// sentOrder is an order on the socket: the one place where a customer's code
// leaves its wrapping, to be charged by the owner. It is written to no file.
type sentOrder struct {
	till.Order
	Code string
}

func (t seatTill) Pay(ctx context.Context, o till.Order, progress func(api.Attempt)) (till.Transaction, error) {
	o.Reference = cmp.Or(o.Reference, api.NewReference(api.PaymentReference, time.Now()))
	t.seat.present(ctx, o.Reference)
	return payOrder.watched(ctx, t.seat, sentOrder{o, o.Code.Reveal()}, progress)
}

var payOrder = tells("pay", func(ctx context.Context, h *holding, a sentOrder, progress func(api.Attempt)) (till.Transaction, error) {
	defer h.pays(ctx, a.Reference)()
	a.Order.Code, a.Order.Console = api.NewCustomerCode(a.Code), guestOf(ctx)
	return h.till.Pay(ctx, a.Order, progress)
})

// sentCode is a customer's code on its way to whoever queried for it.
type sentCode struct {
	Transaction till.Transaction
	News        sentNews
}

type sentNews struct {
	api.CodeNews
	Code string
}

func (t seatTill) NewCode(ctx context.Context, reference api.Reference, progress func(api.Attempt)) (till.Transaction, api.CodeNews, error) {
	reference = cmp.Or(reference, api.NewReference(api.CodeReference, time.Now()))
	c, err := newCode.watched(ctx, t.seat, reference, progress)
	c.News.CodeNews.Code = api.NewCustomerCode(c.News.Code)
	return c.Transaction, c.News.CodeNews, err
}

var newCode = tells("new-code", func(ctx context.Context, h *holding, reference api.Reference, progress func(api.Attempt)) (sentCode, error) {
	tx, news, err := h.till.NewCode(ctx, reference, progress)
	if again(ctx) && errors.Is(err, till.ErrOtherRequest) && tx.Service == "59" {
		err = nil // the code is gone with the owner that had queried for it
	}
	return sentCode{tx, sentNews{news, news.Code.Reveal()}}, err
})

func (t seatTill) CheckPayment(ctx context.Context, reference api.Reference) (till.Transaction, api.Answer, error) {
	a, err := checkPayment.do(ctx, t.seat, reference)
	return a.split(err)
}

var checkPayment = asks("check-payment", func(ctx context.Context, h *holding, reference api.Reference) (queried, error) {
	return join(h.till.CheckPayment(ctx, reference))
})

func (t seatTill) Cancel(ctx context.Context, reference api.Reference, reason string) (till.Transaction, error) {
	return cancelPayment.do(ctx, t.seat, reasonArgs{Reference: reference, Reason: reason})
}

// reasonArgs is what a person wants of a record, and why.
type reasonArgs struct {
	Reference  api.Reference
	By, Reason string
}

var cancelPayment = asks("cancel", func(ctx context.Context, h *holding, a reasonArgs) (till.Transaction, error) {
	tx, err := h.till.Cancel(ctx, a.Reference, a.Reason)
	if again(ctx) && errors.Is(err, till.ErrEnded) && tx.Payment != nil && !tx.Payment.CancelAskedAt.IsZero() {
		err = nil // the cancel at the owner that is gone was enough
	}
	return tx, err
})

func (t seatTill) Accept(ctx context.Context, reference api.Reference, by, reason string) (till.Transaction, error) {
	return acceptPayment.do(ctx, t.seat, reasonArgs{reference, by, reason})
}

var acceptPayment = asks("accept", func(ctx context.Context, h *holding, a reasonArgs) (till.Transaction, error) {
	if tx, err := h.store.Get(ctx, a.Reference); again(ctx) && err == nil && tx.Payment != nil && tx.Payment.Proof != nil &&
		tx.Payment.Proof.By == a.By && tx.Payment.Proof.Reason == a.Reason {
		return tx, nil
	}
	return h.till.Accept(ctx, a.Reference, a.By, a.Reason)
})

func (t seatTill) Park(ctx context.Context, reference api.Reference, by string) (till.Transaction, error) {
	return parkPayment.do(ctx, t.seat, reasonArgs{Reference: reference, By: by})
}

var parkPayment = asks("park", func(ctx context.Context, h *holding, a reasonArgs) (till.Transaction, error) {
	return h.till.Park(ctx, a.Reference, a.By)
})

func (t seatTill) Refund(ctx context.Context, reference, refund api.Reference, amount api.Amount, reason string) (till.Transaction, error) {
	refund = cmp.Or(refund, api.NewReference(api.RefundReference, time.Now()))
	return refundPayment.do(ctx, t.seat, refundArgs{Reference: reference, Refund: refund, Amount: amount, Reason: reason})
}

type refundArgs struct {
	Reference, Refund api.Reference
	Amount            api.Amount
	Done              bool
	By, Reason        string
}

var refundPayment = asks("refund", func(ctx context.Context, h *holding, a refundArgs) (till.Transaction, error) {
	return h.till.Refund(ctx, a.Reference, a.Refund, a.Amount, a.Reason)
})

func (t seatTill) ResolveRefund(ctx context.Context, reference, refund api.Reference, done bool, by, reason string) (till.Transaction, error) {
	return resolveRefund.do(ctx, t.seat, refundArgs{Reference: reference, Refund: refund, Done: done, By: by, Reason: reason})
}

var resolveRefund = asks("resolve-refund", func(ctx context.Context, h *holding, a refundArgs) (till.Transaction, error) {
	tx, err := h.till.ResolveRefund(ctx, a.Reference, a.Refund, a.Done, a.By, a.Reason)
	want := till.RefundRefused
	if a.Done {
		want = till.RefundDone
	}
	if again(ctx) && errors.Is(err, till.ErrEnded) && slices.ContainsFunc(tx.Refunds, func(r till.Refund) bool { return r.Reference == a.Refund && r.State == want }) {
		err = nil
	}
	return tx, err
})

func (t seatTill) Hint(ctx context.Context, reference api.Reference, told api.PaymentStatus, note string) error {
	_, err := takeHint.do(ctx, t.seat, hintArgs{reference, told, note})
	return err
}

type hintArgs struct {
	Reference api.Reference
	Told      api.PaymentStatus
	Note      string
}

var takeHint = asks("hint", func(ctx context.Context, h *holding, a hintArgs) (none, error) {
	if again(ctx) {
		if events, err := h.store.Events(ctx, a.Reference); err == nil &&
			slices.ContainsFunc(events, func(e till.Event) bool { return e.What == till.WhatHint && e.Note == a.Note }) {
			return none{}, nil
		}
	}
	return none{}, h.till.Hint(ctx, a.Reference, a.Told, a.Note)
})

func (t seatTill) Look(ctx context.Context, provider string, key api.LookupKey) (till.Transaction, api.Answer, error) {
	a, err := lookUp.do(ctx, t.seat, lookArgs{provider, key})
	return a.split(err)
}

type lookArgs struct {
	Provider string
	Key      api.LookupKey
}

var lookUp = asks("look", func(ctx context.Context, h *holding, a lookArgs) (queried, error) {
	return join(h.till.Look(ctx, a.Provider, a.Key))
})

func (t seatTill) FittingLookups(key api.LookupKey) []string { return t.fitting(key) }

func (t seatTill) Step(ctx context.Context, reference api.Reference) (time.Time, error) {
	return stepPayment.do(ctx, t.seat, reference)
}

var stepPayment = asks("step", func(ctx context.Context, h *holding, reference api.Reference) (time.Time, error) {
	return h.till.Step(ctx, reference)
})

func (t seatTill) Settle(ctx context.Context, reference api.Reference) (till.Transaction, error) {
	return settlePaid.do(ctx, t.seat, reference)
}

var settlePaid = asks("settle", func(ctx context.Context, h *holding, reference api.Reference) (till.Transaction, error) {
	return h.settle(ctx, reference)
})

func (t seatTill) Leave(reference api.Reference) {
	t.seat.absent(reference)
	if h := t.seat.holding(); h != nil {
		h.leave(context.Background(), reference)
		return
	}
	// A screen must not wait for it; when it gets lost, so does the guest's word
	// that somebody is there.
	ctx, cancel := context.WithTimeout(context.Background(), silentFor)
	go func() {
		defer cancel()
		_, _ = leavePayment.do(ctx, t.seat, reference)
	}()
}

var leavePayment = asks("leave", func(ctx context.Context, h *holding, reference api.Reference) (none, error) {
	h.leave(ctx, reference)
	return none{}, nil
})

// boardPage is the board at one moment.
type boardPage struct {
	Rows   []till.BoardRow
	Paused bool
}

func (t seatTill) Board(ctx context.Context) ([]till.BoardRow, bool, error) {
	b, err := boardNow.do(ctx, t.seat, none{})
	return b.Rows, b.Paused, err
}

var boardNow = asks("board", func(_ context.Context, h *holding, _ none) (boardPage, error) {
	return boardPage{h.till.Board(), h.till.Paused()}, nil
})

func (t seatTill) Hurry(ctx context.Context, reference api.Reference) (bool, error) {
	return hurryOne.do(ctx, t.seat, reference)
}

var hurryOne = asks("hurry", func(_ context.Context, h *holding, reference api.Reference) (bool, error) {
	return h.till.Hurry(reference), nil
})

func (t seatTill) CheckNow(ctx context.Context, reference api.Reference) error {
	_, err := checkNow.do(ctx, t.seat, reference)
	return err
}

var checkNow = asks("check-now", func(ctx context.Context, h *holding, reference api.Reference) (none, error) {
	return none{}, h.till.CheckNow(ctx, reference)
})

func (t seatTill) HurryAll(ctx context.Context) error {
	_, err := hurryAll.do(ctx, t.seat, none{})
	return err
}

var hurryAll = asks("hurry-all", func(_ context.Context, h *holding, _ none) (none, error) {
	h.till.HurryAll()
	return none{}, nil
})

func (t seatTill) Pause(ctx context.Context, paused bool) error {
	_, err := pauseAsking.do(ctx, t.seat, paused)
	return err
}

var pauseAsking = asks("pause", func(_ context.Context, h *holding, paused bool) (none, error) {
	h.till.Pause(paused)
	return none{}, nil
})

// attend says that the guest is there for as long as it is open, and at which
// payments its cashier stands. Its one item says that the owner knows.
var attend = follows("attend", func(ctx context.Context, h *holding, payments []api.Reference, send func(none) error) error {
	return h.attended(ctx, payments, func() error { return send(none{}) })
})

// sweeping has the owner see to what is due for as long as it is open. As the
// till's own Run, it ends with the steps under way.
var sweeping = finished(follows("run", func(ctx context.Context, h *holding, _ none, _ func(none) error) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	if leave := h.leaving(ctx); leave != nil {
		go func() {
			select {
			case <-leave:
				stop()
			case <-running.Done():
			}
		}()
	}
	h.run(running)
	return cmp.Or(ctx.Err(), errMoved)
}))

func (t seatTill) Run(ctx context.Context) {
	t.seat.keep(ctx, func(ctx context.Context) error {
		return sweeping.each(ctx, t.seat, func() none { return none{} }, func(none) error { return nil })
	})
}

func (t seatTill) Announce() {
	h := t.seat.holding()
	if h == nil {
		return
	}
	if _, _, err := h.connect(); err == nil { // else Resume says it
		h.announce()
	}
}

// resume loads what is open where the owner has not, and lists it. Nothing is
// begun by it: whoever queried sees to that.
var whatStands = asks("resume", func(ctx context.Context, h *holding, _ none) (till.Resumed, error) {
	return h.standing(ctx)
})

// Resume is the till's. Where what is open was loaded already, by this process
// or its owner, each of it is queried about now.
func (t seatTill) Resume(ctx context.Context, settled func(till.Transaction, error)) (till.Resumed, error) {
	if h := t.seat.holding(); h != nil {
		if _, _, err := h.connect(); err != nil {
			return till.Resumed{}, err
		}
		r, first, err := h.load(ctx, settled)
		if first || err != nil {
			return r, err
		}
		return r, t.askAbout(ctx, r, settled)
	}
	r, err := whatStands.do(ctx, t.seat, none{})
	if err != nil {
		return r, err
	}
	return r, t.askAbout(ctx, r, settled)
}

func (t seatTill) askAbout(ctx context.Context, r till.Resumed, settled func(till.Transaction, error)) error {
	for _, reference := range r.Payments {
		if _, err := t.Hurry(ctx, reference); err != nil {
			return err
		}
	}
	if len(r.Scheduled) == 0 {
		return nil
	}
	t.seat.options.begin(func() {
		for _, reference := range r.Scheduled {
			if ctx.Err() != nil {
				return
			}
			tx, err := t.RepeatUserID(ctx, reference, nil)
			if settled != nil && !errors.Is(err, context.Canceled) {
				settled(tx, err)
			}
		}
	})
	return nil
}

// StopAll ends every watch of the owner's own process, once no guest works
// there any more.
func (t seatTill) StopAll(ctx context.Context) error {
	t.seat.handOver(ctx)
	h := t.seat.holding()
	if h == nil || h.till == nil {
		return nil
	}
	return h.till.StopAll(ctx)
}
