package views

import (
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// sessionKeys are those of the screens about shifts.
func sessionKeys(d *desk, group func(words.Key, ui.Screen) ui.KeyGroup) []ui.KeyGroup {
	opening := newSession(d)
	opening.fillIn()
	now := till.Session{Number: 1, Auto: true, Report: &till.Report{Open: []till.OpenItem{{Reference: "Q", Kind: till.CPM, State: till.Pending}}}}
	report := newSession(d)
	report.now, report.read = now, true
	open := newClosing(d)
	open.now, open.read = now, true
	cash := newClosing(d)
	cash.now, cash.read, cash.step = now, true, closeCash
	return []ui.KeyGroup{
		group("keys.session-open", opening),
		group("keys.session", report),
		group("keys.closing", open),
		group("keys.closing-cash", cash),
		group("session.past-title", newPastSessions(d)),
		group("keys.z", newZReport(d, now, true)),
	}
}

// noSessions stands where a table is written and nothing is done.
type noSessions struct{ Sessions }
