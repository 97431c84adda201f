package views

import (
	"errors"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// payScene is a screen of a console with payments.
type payScene struct {
	name  string
	world func(*world)
	play  func(*program, *fakePayments)
}

// live is a scene of a payment that was sent: its state, and what the till
// says of it some seconds later.
func live(name string, after time.Duration, state till.State, change func(*till.Transaction), update func(*till.Update)) payScene {
	return payScene{name, nil, func(p *program, f *fakePayments) {
		p.charge(f)
		tx := f.record(state, change)
		begin := tx
		if !state.Open() {
			begin = f.record(till.Pending, nil)
		}
		p.begun(f, begin, nil)
		p.pass(after)
		tx.Revision++
		p.told(f, tx, update)
		if !state.Open() {
			p.pass(endQuiet + 100*time.Millisecond)
		}
	}}
}

var payScenes = []payScene{
	{"pay-home", payDay, func(*program, *fakePayments) {}},
	{"pay-amount", nil, func(p *program, _ *fakePayments) { p.press("2"); p.write("12500") }},
	{"pay-amount-large", nil, func(p *program, _ *fakePayments) { p.press("2"); p.write("1234567890123"); p.press("enter") }},
	{"pay-scan", nil, func(p *program, _ *fakePayments) {
		p.press("2")
		p.write("12500")
		p.press("tab")
		p.write("Kopi")
		p.press("enter")
	}},
	{"pay-refused", nil, func(p *program, _ *fakePayments) { p.toReview(merchantCode) }},
	{"pay-review", nil, func(p *program, _ *fakePayments) { p.toReview(bcaCode) }},
	{"pay-second", nil, func(p *program, _ *fakePayments) {
		p.toReview(bcaCode)
		p.scanCode(danaCode)
		p.pass(500 * time.Millisecond)
	}},
	{"pay-confirm", nil, func(p *program, _ *fakePayments) {
		p.toReview(bcaCode)
		p.pass(time.Second)
		p.press("enter")
		p.pass(500 * time.Millisecond)
	}},
	{"mint", nil, func(p *program, f *fakePayments) {
		p.mint(f)
		p.press("g")
	}},
	{"mint-expired", nil, func(p *program, f *fakePayments) {
		p.mint(f)
		p.press("g")
		p.pass(62 * time.Second)
	}},
	{"paying-sent", nil, func(p *program, f *fakePayments) {
		p.charge(f)
		f.progress(api.Attempt{Service: "60", Number: 1, At: p.clock.Now()})
		p.pass(3 * time.Second)
	}},
	live("paying-pending", 7*time.Second, till.Pending, nil, nil),
	live("paying-unknown", 23*time.Second, till.Unknown, nil, nil),
	live("paying-down", 23*time.Second, till.Unknown, nil, func(u *till.Update) { u.DownSince = u.CheckedAt.Add(-8 * time.Second) }),
	live("paying-cancelling", 61*time.Second, till.Cancelling, nil, nil),
	live("paying-parked", 90*time.Second, till.Parked, func(tx *till.Transaction) { tx.Payment.ParkedAt = tx.CreatedAt.Add(80 * time.Second) }, nil),
	live("paying-mismatch", 2*time.Second, till.Parked, func(tx *till.Transaction) { tx.Payment.Mismatch = true }, nil),
	live("paying-proof", 40*time.Second, till.Parked, func(tx *till.Transaction) {
		tx.Payment.Proof = &till.Override{By: "Ibu Ratna", Reason: "success page 15.03", At: tx.CreatedAt.Add(30 * time.Second)}
	}, nil),
	live("paid", 7*time.Second, till.Paid, nil, nil),
	live("paid-won", 70*time.Second, till.Paid, func(tx *till.Transaction) { tx.Payment.Won = true }, nil),
	live("paid-override", 7*time.Second, till.Paid, func(tx *till.Transaction) {
		tx.Payment.Override = &till.Override{By: "Ibu Ratna", Reason: "two coffees, two payments", At: tx.CreatedAt}
	}, nil),
	live("failed", 2*time.Second, till.Failed, nil, nil),
	live("cancelled", 70*time.Second, till.Cancelled, nil, nil),
	live("cancelled-back", 70*time.Second, till.Cancelled, func(tx *till.Transaction) { tx.Payment.MoneyBack = true }, nil),
	live("not-found", 200*time.Second, till.NotFound, nil, nil),
	live("late-paid", 90*time.Second, till.LatePaid, drafted, nil),
	live("doubled", 90*time.Second, till.Doubled, drafted, nil),
	live("paid-unrecorded", 7*time.Second, till.Paid, nil, func(u *till.Update) { u.Err = errors.Join(errOdd, till.ErrFull) }),
	{"unsent-payment", nil, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Unsent, nil), nil)
		p.pass(endQuiet + 100*time.Millisecond)
	}},
	{"payment-not-sent", nil, func(p *program, f *fakePayments) {
		p.charge(f)
		f.outcome <- paymentSent{err: till.ErrFull}
		p.settle()
		p.pass(endQuiet + 100*time.Millisecond)
	}},
	{"code-detail", madeCode, func(p *program, _ *fakePayments) { p.press("5", "enter") }},
	{"decided-detail", decided, func(p *program, _ *fakePayments) { p.press("5", "enter", "end") }},
	{"ruled", nil, func(p *program, f *fakePayments) {
		p.charge(f)
		f.outcome <- paymentSent{err: &till.ErrNeedsSupervisor{Rule: till.RuleSimilarOpen, Other: "Q261120150112K7M2RX4T9WZB"}}
		p.settle()
	}},
	{"supervisor", nil, func(p *program, f *fakePayments) {
		p.charge(f)
		f.outcome <- paymentSent{err: &till.ErrNeedsSupervisor{Rule: till.RuleSaleOpen, Other: "Q261120150112K7M2RX4T9WZB"}}
		p.settle()
		p.press("s")
	}},
	{"cancel-confirm", nil, func(p *program, f *fakePayments) {
		p.charge(f)
		p.begun(f, f.record(till.Unknown, nil), nil)
		p.pass(16 * time.Second)
		p.press("x")
		p.pass(500 * time.Millisecond)
	}},
	{"receipt", payDay, func(p *program, _ *fakePayments) { p.open(paidReference); p.press("p") }},
	{"receipt-wide", payDay, func(p *program, _ *fakePayments) { p.open(paidReference); p.press("p", "w") }},
	{"slip", payDay, func(p *program, _ *fakePayments) { p.open(parkedReference); p.press("h") }},
	{"refund", payDay, func(p *program, _ *fakePayments) { p.open(paidReference); p.press("b") }},
	{"refund-draft", payDay, func(p *program, _ *fakePayments) { p.open(lateReference); p.press("b") }},
	{"refund-confirm", payDay, func(p *program, _ *fakePayments) {
		p.open(paidReference)
		p.press("b", "ctrl+u")
		p.write("5000")
		p.press("enter")
		p.write("broken cup")
		p.press("enter")
		p.pass(500 * time.Millisecond)
	}},
	{"refund-unknown", payDay, func(p *program, _ *fakePayments) { p.open(halfReference); p.press("b") }},
	{"refund-locked", payDay, func(p *program, _ *fakePayments) { p.open(lockedReference); p.press("b") }},
	{"payment-detail", payDay, func(p *program, _ *fakePayments) { p.open(halfReference) }},
	{"payment-detail-parked", payDay, func(p *program, _ *fakePayments) { p.open(parkedReference) }},
	{"payment-history", payDay, func(p *program, _ *fakePayments) { p.press("5") }},
	{"customers", nil, func(p *program, _ *fakePayments) { p.press("t", "c") }},
	{"customer", nil, func(p *program, _ *fakePayments) { p.press("t", "c", "enter") }},
	{"find", payDay, func(p *program, _ *fakePayments) { p.press("3"); p.write("q261120"); p.press("enter") }},
}

func drafted(tx *till.Transaction) {
	tx.Refunds = []till.Refund{{Reference: "R261120150413K7M2RX4T9WZB", Amount: tx.Amount, State: till.RefundDraft, Reason: string(tx.State), At: tx.CreatedAt}}
}

// mint goes to where a code is asked for, which will be valid for a minute.
func (p *program) mint(f *fakePayments) {
	f.codeTx = till.Transaction{State: till.Active, ProviderReference: "2020102977770000000008"}
	f.news = api.CodeNews{Code: api.NewCustomerCode(danaCode), ExpiresAt: p.clock.Now().Add(61 * time.Second)}
	p.press("2")
	p.write("12500")
	p.press("enter")
}

// References of payDay.
const (
	paidReference   = "Q261120150112PAYD0000000A"
	parkedReference = "Q261120144503PARK0000000B"
	lateReference   = "Q261120143000XATE0000000C"
	halfReference   = "Q261120142000HAXF0000000D"
	lockedReference = "Q261120141000XKCD0000000E"
)

// open goes to the page of a record.
func (p *program) open(reference string) {
	p.press("3")
	p.write(reference)
	p.press("enter")
}

// payDay is a journal with payments of all kinds, and a user id.
func payDay(w *world) {
	someDay(w)
	at := func(reference api.Reference, ago time.Duration, state till.State, change func(*till.Transaction)) {
		tx := w.paymentOf(reference, state, bca())
		tx.CreatedAt = w.ago(ago)
		tx.Payment.LeftAt, tx.Payment.ExpiresAt = tx.CreatedAt.Add(time.Second), tx.CreatedAt.Add(90*time.Second)
		tx.Attempts[0].At = tx.Payment.LeftAt
		if !state.Open() {
			tx.Payment.EndedAt = tx.CreatedAt.Add(8 * time.Second)
		}
		if change != nil {
			change(&tx)
		}
		w.story(tx, till.Event{At: tx.CreatedAt.Add(2 * time.Second), State: till.Pending, What: till.WhatAnswer, Service: "60",
			HTTPStatus: 200, ResponseCode: "2026000", Latency: 420 * time.Millisecond},
			till.Event{At: tx.CreatedAt.Add(8 * time.Second), State: state, What: till.WhatStatus, Service: "61", HTTPStatus: 200, ResponseCode: "2006100", Latency: 130 * time.Millisecond})
	}
	at(paidReference, 90*time.Second, till.Paid, func(tx *till.Transaction) { tx.Payment.Title = "Kopi susu" })
	at(parkedReference, 17*time.Minute, till.Parked, func(tx *till.Transaction) {
		tx.Payment.CancelAskedAt, tx.Payment.CancelReason = tx.CreatedAt.Add(time.Minute), "no answer in time"
		tx.Payment.Proof = &till.Override{By: "Ibu Ratna", Reason: "success page of 14.45", At: w.ago(10 * time.Minute)}
		tx.Payment.ParkedAt, tx.Checks, tx.CheckedAt = tx.CreatedAt.Add(2*time.Minute), 14, w.ago(40*time.Second)
	})
	at(lateReference, 32*time.Minute, till.LatePaid, drafted)
	at(halfReference, 42*time.Minute, till.Paid, func(tx *till.Transaction) {
		tx.Refunds = []till.Refund{
			{Reference: "R261120142500DANE0000000F", Amount: api.IDR(5_000_00), State: till.RefundDone, Reason: "one cup", RefundNo: "96194816941239812", At: w.ago(38 * time.Minute),
				Attempts: []till.Attempt{{Attempt: api.Attempt{Service: "80", Number: 1, ExternalID: "20261120142500504918273645091827", At: w.ago(38 * time.Minute)}, Class: api.Done, HTTPStatus: 200, ResponseCode: "2008000", Latency: 300 * time.Millisecond}}},
			{Reference: "R261120150000VNKN0000000G", Amount: api.IDR(2_500_00), State: till.RefundUnknown, Reason: "sugar", At: w.ago(2 * time.Minute),
				Attempts: []till.Attempt{{Attempt: api.Attempt{Service: "80", Number: 1, ExternalID: "20261120150000504918273645091827", At: w.ago(2 * time.Minute)}, Class: api.Unknown}}},
		}
	})
	at(lockedReference, 52*time.Minute, till.Paid, func(tx *till.Transaction) { tx.Payment.Locked = true })
}

// madeCode is a journal with a code that the provider made.
func madeCode(w *world) {
	w.put(till.Transaction{Reference: "G261120150112K7M2RX4T9WZB", Kind: till.CPM, State: till.Active, Provider: "bank", Service: "59",
		ResponseCode: "2005900", ResponseMessage: "Successful", Advice: "200-00", ProviderReference: "2020102977770000000008",
		CreatedAt: w.ago(90 * time.Second), Revision: 3},
		till.Event{At: w.ago(90 * time.Second), State: till.Intent, What: till.WhatIntent, Service: "59"},
		till.Event{At: w.ago(89 * time.Second), State: till.Active, What: till.WhatAnswer, Service: "59", HTTPStatus: 200, ResponseCode: "2005900", Latency: 90 * time.Millisecond})
}

// decided is a journal with a payment of which a supervisor decided twice and
// whose money came late.
func decided(w *world) {
	tx := w.paymentOf(paidReference, till.LatePaid, bca())
	tx.Payment.Override = &till.Override{By: "Ibu Ratna", Reason: "two guests", At: w.ago(3 * time.Minute)}
	tx.Payment.Proof = &till.Override{By: "Pak Joko", Reason: "success page", At: w.ago(2 * time.Minute)}
	drafted(&tx)
	tx.CreatedAt = w.ago(4 * time.Minute)
	tx.Payment.LeftAt, tx.Payment.EndedAt, tx.Attempts[0].At = tx.CreatedAt, w.ago(time.Minute), tx.CreatedAt
	w.story(tx, till.Event{At: w.ago(3 * time.Minute), State: till.Intent, What: till.WhatOverride, Service: "60", Note: "Ibu Ratna: two guests"},
		till.Event{At: w.ago(2 * time.Minute), State: till.Parked, What: till.WhatProof, Service: "60", Note: "Pak Joko: success page"},
		till.Event{At: w.ago(time.Minute), State: till.LatePaid, What: till.WhatAlarm, Service: "61", HTTPStatus: 200, ResponseCode: "2006100", Note: "paid after it had ended"})
}
