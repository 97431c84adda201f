package views

import (
	"context"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/books"
	"cashier/ui/words"
)

// Keys are the keys of every screen, for the README's table.
func Keys(w *words.Catalogue) []ui.KeyGroup {
	kit := ui.Kit{Words: w, Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: ui.SystemClock()}
	d := &desk{Kit: kit, Deps: Deps{Machine: noMachine{}, Checkout: Checkout{Payments: noPayments{}, Codes: true, Customers: noCustomers{}},
		Lookups: Lookups{Till: noLooker{}}, Board: noBoard{}, Books: noBooks{}, Sessions: noSessions{}, Lab: noLab{}, Explain: Explain{Codes: func() []CodeRow { return nil }}}}
	active := till.Transaction{Reference: "C", Kind: till.CDM, State: till.Active, QR: "id"}
	home := &home{desk: d}
	home.entries = home.menuEntries()
	record := newDetail(d, active.Reference)
	record.tx, record.read = active, true
	group := func(title words.Key, s ui.Screen) ui.KeyGroup {
		return ui.KeyGroup{Title: kit.T(title), Bindings: s.Bindings()}
	}
	over := func(state till.State) *sending {
		return &sending{desk: d, over: true, tx: till.Transaction{State: state}}
	}
	charged := till.Transaction{Reference: "Q", Kind: till.CPM, State: till.Pending, Payment: &till.Payment{}, Amount: api.IDR(100)}
	at := func(s step) *order { o := newOrder(d); o.step = s; return o }
	live := func(state till.State) *payment {
		p := newFollow(d, charged)
		p.own, p.tx.State = true, state
		return p
	}
	ruled := newPayment(d, till.Order{Reference: "Q"})
	ruled.over, ruled.err = true, &till.ErrNeedsSupervisor{}
	made := newMint(d, nil)
	made.over, made.tx.State, made.picture.text = true, till.Active, "code"
	page := newDetail(d, charged.Reference)
	page.tx, page.read = charged, true
	settled := newDetail(d, charged.Reference)
	settled.tx, settled.read = charged, true
	settled.tx.State = till.Paid
	one := newCustomers(d, nil)
	one.shown.ID = "one"
	paidTx := charged
	paidTx.State = till.Paid
	unclear := paidTx
	unclear.Refunds = []till.Refund{{State: till.RefundUnknown}}
	return append(append([]ui.KeyGroup{
		group("keys.home", home),
		group("keys.wizard", newWizard(d, api.Courier{})),
		group("keys.sending", &sending{desk: d}),
		group("keys.unsure", over(till.Unknown)),
		group("keys.refused", over(till.Failed)),
		group("keys.code", newCode(d, active)),
		group("keys.alone", &code{desk: d, tx: active, alone: true}),
		group("home.history", newHistory(d, false)),
		group("detail.title", record),
		group("home.machine", newPanel(d)),
		group("keys.deposit", newDeposit(d, active)),
	},
		group("keys.pay", at(askAmount)),
		group("keys.pay-scan", at(askCode)),
		group("keys.pay-review", at(review)),
		group("mint.title", made),
		group("keys.paying", live(till.Unknown)),
		group("keys.paid", live(till.Paid)),
		group("keys.declined", live(till.Failed)),
		group("keys.ruled", ruled),
		group("super.title", newSupervisor(d, "deed.accept-do", nil, nil)),
		group("refund.title", newRefund(d, paidTx)),
		group("keys.refund-on", newRefund(d, unclear)),
		group("receipt.title", newReceipt(d, paidTx)),
		group("report.title", newTotals(d)),
		group("slip.title", newSlip(d, charged.Reference)),
		group("keys.paid-page", page),
		group("keys.settled-page", settled),
		group("home.find", newFind(d)),
		group("customers.title", newCustomers(d, nil)),
		group("keys.customer", one),
	), append(elsewhereKeys(d, group), sessionKeys(d, group)...)...)
}

// elsewhereKeys are those of the screens about payments made elsewhere, the
// board, codes and signatures.
func elsewhereKeys(d *desk, group func(words.Key, ui.Screen) ui.KeyGroup) []ui.KeyGroup {
	whom := newLookup(d)
	whom.choosing = true
	record := newDetail(d, "L")
	record.tx, record.read = till.Transaction{Reference: "L", Kind: till.MPM, State: till.Pending, Lookup: &till.Lookup{}}, true
	answered := newInquiry(d, LookupProvider{}, api.LookupKey{}, false)
	answered.tx, answered.read = record.tx, true
	page := newExplain(d)
	page.whole = true
	signed := newSignLab(d)
	signed.made, signed.result.Digest = true, "digest"
	return []ui.KeyGroup{
		group("keys.lookup-form", newLookup(d)),
		group("keys.lookup-whom", whom),
		group("keys.lookup", answered),
		group("keys.lookup-page", record),
		group("keys.board", newBoard(d)),
		group("keys.codes-search", newExplain(d)),
		group("keys.code-page", page),
		group("home.lab", newSignLab(d)),
		group("keys.lab-result", signed),
	}
}

// noMachine stands where a table is written and nothing is done.
type (
	noMachine   struct{ Machine }
	noPayments  struct{ Payments }
	noCustomers struct{}
	noLooker    struct{ Looker }
	noBoard     struct{ Board }
	noBooks     struct{ books.Journal }
	noLab       struct{ Lab }
)

func (noLab) Sources() []LabSource                             { return nil }
func (noCustomers) Customers() []Customer                      { return nil }
func (noCustomers) Decide(context.Context, string, bool) error { return nil }
