package views

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

const (
	// historyFound is how many hits a search keeps; behind them the list reads on
	// when its end is reached.
	historyFound = 300
	// historyAgain is the least time between two searches by the same filter, or
	// two counts of all, because the journal has changed.
	historyAgain = 3 * time.Second
)

// finding is a search that runs or has ended.
type finding struct {
	filter    till.Filter
	similar   bool // by similar names, since nothing has the text itself
	renews    bool // the rows before are shown until it has ended
	began     time.Time
	done      bool
	rows      []till.Row
	behind    string
	hits      int
	looked    int
	sum, came api.Amount
	reached   time.Time
}

type stretch struct {
	got till.Stretch
	err error
}

// look searches from the newest on by the filter as it is now. A search that
// runs is ended.
func (h *history) look(renew bool) tea.Cmd {
	h.load.Cancel()
	h.more.Cancel()
	h.stale = false
	h.found = finding{filter: h.filter(), renews: renew && h.read, began: h.Now()}
	return h.lookOn("")
}

func (h *history) lookOn(cursor string) tea.Cmd {
	filter, room := h.found.filter, max(0, historyFound-len(h.found.rows))
	return h.search.Start(func(ctx context.Context) tea.Msg {
		got, err := h.Journal.Search(ctx, filter, cursor, room)
		return stretch{got, err}
	})
}

// takeStretch shows what a stretch brought and goes on.
func (h *history) takeStretch(m stretch) tea.Cmd {
	f := &h.found
	if m.err != nil {
		f.done = true
		h.fault = h.trouble(m.err)
		return nil
	}
	h.fault = ""
	first := f.looked == 0 && f.hits == 0
	f.rows = append(f.rows, m.got.Rows...)
	if m.got.Behind != "" {
		f.behind = m.got.Behind
	}
	f.hits += m.got.Hits
	f.looked += m.got.Looked
	f.sum, _ = f.sum.Add(m.got.Sum) // past what is written it stays what it was
	f.came, _ = f.came.Add(m.got.Came)
	if m.got.Looked > 0 {
		f.reached = m.got.Reached
	}
	f.done = m.got.Next == ""
	h.read = true
	if f.done && f.hits == 0 && len(f.filter.Text) > 0 && !f.similar {
		similar := f.filter
		similar.Similar, similar.Text = slices.Concat(similar.Similar, typed(similar.Text)), nil
		*f = finding{filter: similar, similar: true, renews: f.renews, began: f.began}
		return h.lookOn("")
	}
	switch {
	case f.renews && !f.done:
	case f.renews || first || len(m.got.Rows) > 0, f.done && f.hits == 0:
		h.next = ""
		if f.hits > len(f.rows) || !f.done && len(f.rows) >= historyFound {
			h.next = f.behind
		}
		if first && !f.renews {
			h.list.SetRows(nil) // the cursor goes to the first
		}
		h.show(f.rows)
	case f.hits > len(f.rows) && h.next == "" && !h.more.Running() && len(h.rows) == len(f.rows):
		h.next = f.behind
		h.list.SetMore(true)
	}
	if f.done {
		return nil
	}
	return h.lookOn(m.got.Next)
}

// again searches once more when the journal has changed meanwhile and nobody
// has read on behind the first hits.
func (h *history) again() tea.Cmd {
	if !h.stale || !h.filtered() || h.search.Running() || len(h.rows) > historyFound || h.Now().Sub(h.found.began) < historyAgain {
		return nil
	}
	return h.look(true)
}

// status tells what is listed: how many, what they come to, and how far a
// search has come. What does not fit is left out from the end, never cut: half
// an amount is another one.
func (h *history) status(width int) string {
	var parts []string
	if !h.until.IsZero() {
		parts = append(parts, h.T("filter.from-day", "day", h.Words.Date(h.until.Add(-time.Nanosecond))))
	}
	f := &h.found
	switch {
	case !h.read:
		return ""
	case h.filtered():
		parts = append(parts, h.T("filter.found", "n", h.number(f.hits)))
		if !f.done && !f.reached.IsZero() {
			parts = append(parts, h.T("filter.searching", "day", h.Words.Date(f.reached), "share", min(99, 100*f.looked/max(h.total, f.looked, 1))))
		}
		if f.sum.Minor() > 0 {
			parts = append(parts, h.T("filter.sum", "sum", h.rupiah(f.sum)), h.cameIn())
		}
		if f.done {
			parts = append(parts, h.T("filter.done"))
		}
	case h.total > 0 && !h.open:
		parts = append(parts, h.T("filter.all", "n", h.number(h.total)))
	}
	line := ""
	for i, p := range parts {
		if i > 0 {
			p = line + " · " + p
		}
		if i > 0 && ansi.StringWidth(p) > width {
			break
		}
		line = p
	}
	return ui.Clip(line, width)
}

// cameIn is the part of the sum that is here.
func (h *history) cameIn() string {
	switch came := h.found.came; came.Minor() {
	case 0:
		return h.T("filter.came-none")
	case h.found.sum.Minor():
		return h.T("filter.came-all")
	default:
		return h.T("filter.came", "sum", h.rupiah(came))
	}
}

// typed are the words of a text filter as they were typed.
func typed(text []string) []string {
	out := make([]string, len(text))
	for i, t := range text {
		out[i], _, _ = strings.Cut(t, "|")
	}
	return out
}

// number is a count as amounts are written: 1.000.000.
func (d *desk) number(n int) string {
	return strings.TrimPrefix(d.Words.Rupiah(int64(n)*100), "Rp")
}

// head is what stands above the list.
func (h *history) head() []string {
	width := h.width - 4
	lines := h.line.lines(width, h.rows)
	if h.filtered() && h.found.similar && h.found.hits > 0 {
		lines = append(lines, h.Theme.Tone(ui.Unsure, ui.Clip(h.T("filter.similar", "text", strings.Join(typed(h.line.filter.Text), " ")), width)))
	}
	lines = append(lines, h.Theme.Dim(h.status(width)))
	if h.fault != "" {
		for _, l := range wrap(h.fault, width) {
			lines = append(lines, h.Theme.Tone(ui.Bad, l))
		}
	}
	return lines
}
