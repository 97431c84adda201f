package views

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// boardLine is one row of the board. One that has ended stays for a while.
type boardLine struct {
	till.BoardRow
	asked bool      // the till asks about it by itself
	ended time.Time // when it was seen to have ended
}

const (
	// endedStay is how long an ended row stays.
	endedStay = 10 * time.Second
	// boardPage and boardMost bound what is read of the journal's open ones.
	boardPage = 500
	boardMost = 5000
)

// boardRead is one reading: what the till works on and, where it was read, what
// is open in the journal; ended are those that were there before and are not
// any more, as the journal has them now.
type boardRead struct {
	rows   []till.BoardRow
	paused bool
	open   []till.Row // nil: not read
	ended  []till.Row
	err    error
}

// readBoard asks the board, and the journal where it has changed or a row has
// gone. known are the rows of the last reading that have not ended.
func (d *desk) readBoard(ctx context.Context, known []boardLine, changed bool) boardRead {
	rows, paused, err := d.Board.Rows(ctx)
	if err != nil {
		return boardRead{err: err}
	}
	read := boardRead{rows: rows, paused: paused}
	here := make(map[api.Reference]bool, len(rows))
	for i := range rows {
		here[rows[i].Reference] = true
	}
	gone := func(l boardLine) bool { return l.asked && !here[l.Reference] }
	if !changed && !slices.ContainsFunc(known, gone) {
		return read
	}
	if read.open, read.err = d.readOpen(ctx); read.err != nil {
		return read
	}
	for i := range read.open {
		here[read.open[i].Reference] = true
	}
	for i := range known {
		if here[known[i].Reference] {
			continue
		}
		tx, err := d.Journal.Get(ctx, known[i].Reference)
		if err != nil {
			continue // it was never in the journal, or cannot be read: nothing to show
		}
		read.ended = append(read.ended, till.RowOf(tx))
	}
	return read
}

func (d *desk) readOpen(ctx context.Context) ([]till.Row, error) {
	open := []till.Row{}
	for cursor := ""; len(open) < boardMost; {
		page, err := d.Journal.Page(ctx, till.Filter{OpenOnly: true}, cursor, boardPage)
		if err != nil {
			return nil, err
		}
		open = append(open, page.Rows...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	return open, nil
}

// merge makes the new rows, oldest first: what the till works on as it stands
// there, what is open without being asked about, and what has ended within the
// last seconds.
func merge(before []boardLine, read boardRead, now time.Time) []boardLine {
	lines := make([]boardLine, 0, len(before)+8)
	here := make(map[api.Reference]bool, len(before)+8)
	for i := range read.rows {
		here[read.rows[i].Reference] = true
		lines = append(lines, boardLine{BoardRow: read.rows[i], asked: true})
	}
	put := func(l boardLine) {
		if !here[l.Reference] {
			here[l.Reference] = true
			lines = append(lines, l)
		}
	}
	for _, r := range read.open {
		put(boardLine{BoardRow: till.BoardRow{Row: r}})
	}
	ended := make(map[api.Reference]till.Row, len(read.ended))
	for _, r := range read.ended {
		ended[r.Reference] = r
	}
	for _, l := range before {
		row, over := ended[l.Reference]
		switch {
		case over:
			l.Row, l.ended, l.asked, l.Checking, l.Next = row, now, false, false, time.Time{}
			put(l)
		case !l.ended.IsZero():
			if now.Sub(l.ended) < endedStay {
				put(l)
			}
		case read.open == nil && !l.asked:
			put(l) // the journal was not read again
		}
	}
	slices.SortFunc(lines, func(a, b boardLine) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.Reference, b.Reference))
	})
	return lines
}

// openLines are those that have not ended.
func openLines(lines []boardLine) []boardLine {
	return slices.DeleteFunc(slices.Clone(lines), func(l boardLine) bool { return !l.ended.IsZero() })
}

// has reports whether a row has the text that is looked for.
func (d *desk) has(l *boardLine, text string) bool {
	for _, s := range []string{string(l.Reference), l.Label, l.Provider, string(l.Kind), d.stateWord(l.Kind, l.State)} {
		if strings.Contains(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}
