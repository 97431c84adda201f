package views

import (
	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// Keys are the keys of every screen, for the README's table.
func Keys(w *words.Catalogue) []ui.KeyGroup {
	kit := ui.Kit{Words: w, Theme: ui.NewTheme(ui.ThemeOptions{NoColor: true}), Clock: ui.SystemClock()}
	d := &desk{Kit: kit, Deps: Deps{Machine: noMachine{}}}
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
	return []ui.KeyGroup{
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
	}
}

// noMachine stands where a table is written and nothing is done.
type noMachine struct{ Machine }
