package views

import (
	"strings"
	"time"

	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// timeline tells what happened to a transaction, one event a line: the time,
// what it was with the answer's code, how long that took, and the state where
// it changed.
func (d *desk) timeline(tx till.Transaction, events []till.Event, width int) []string {
	lines := []string{d.heading("detail.timeline", tx.CreatedAt)}
	if len(events) == 0 {
		return append(lines, d.Theme.Dim(d.T("detail.no-events")))
	}
	var rows []ui.Row
	attempt := 0
	var before till.State
	for _, e := range events {
		if e.What == till.WhatAttempt {
			attempt++
		}
		// What it was before the answer stands in the line before it.
		state := ui.Cell{}
		if e.What != till.WhatIntent && e.What != till.WhatAttempt && e.What != till.WhatOverride && e.State != before {
			state = d.stateCell(tx.Kind, e.State)
		}
		before = e.State
		took := ""
		if e.Latency > 0 {
			took = d.latency(e.Latency)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			ui.Toned(ui.Dim, d.on(tx.CreatedAt, e.At)), d.eventCell(e, attempt), ui.Toned(ui.Dim, took), state,
		}})
	}
	columns := []ui.Column{{}, {Flex: true}, {Right: true}, {}}
	for i, l := range d.table(width, 2, columns, rows, -1) {
		lines = append(lines, l)
		// The note is for whoever is asked for help: English, as the log has it.
		if note := events[i].Note; note != "" {
			for _, n := range wrap(note, width-4) {
				lines = append(lines, d.Theme.Dim("    "+n))
			}
		}
	}
	return lines
}

// eventCell is eventWord, red where somebody decided against a rule or where
// news contradicted what stood here.
func (d *desk) eventCell(e till.Event, attempt int) ui.Cell {
	switch word := d.eventWord(e, attempt); e.What {
	case till.WhatOverride, till.WhatProof, till.WhatAlarm:
		return ui.Toned(ui.Bad, signed(ui.Bad, word))
	default:
		return ui.Text(word)
	}
}

// eventWord is what an event tells, with the code that came where it says more
// than the word. The number is the attempt's.
func (d *desk) eventWord(e till.Event, attempt int) string {
	key := words.Key("event." + e.What)
	if !words.Has(key) {
		return e.What
	}
	if e.What == till.WhatAnswer && e.HTTPStatus == 0 && e.ResponseCode == "" {
		key = "event.no-answer"
	}
	if e.What == till.WhatStatus && strings.HasPrefix(e.ResponseCode, "404") && strings.HasSuffix(e.ResponseCode, "01") {
		key = "event.not-found" // it counts toward the not-found rule
	}
	word := d.T(key, "n", attempt)
	if e.ResponseCode != "" && (e.What == till.WhatAnswer || !strings.HasPrefix(e.ResponseCode, "200")) {
		word += " " + e.ResponseCode
	}
	return word
}

// latency is how long an answer took: "120 ms", "1,2 s".
func (d *desk) latency(l time.Duration) string {
	if l < time.Second {
		return d.T("moment.milliseconds", "n", l.Milliseconds())
	}
	tenths := l.Round(100 * time.Millisecond).Seconds()
	text := strings.TrimRight(l.Round(100*time.Millisecond).String(), "ms")
	if tenths >= 60 {
		return d.Words.Duration(l)
	}
	return d.T("moment.seconds", "n", text)
}
