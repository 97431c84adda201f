package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

// states are what --state takes; open stands for all that still ask for work.
var states = []string{
	"intent", "sent", "pending", "unknown", "cancelling", "parked", "paid", "failed", "cancelled", "refunded",
	"unsent", "not-found", "late-paid", "doubled", "active", "inactive", "open",
}

var kinds = []string{string(till.CDM), string(till.CPM), string(till.MPM)}

func (a *app) historyListCommand() *cobra.Command {
	var day, state, kind, provider string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List transactions, newest first",
		Args:  noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&day, "day", "", "of this `DAY`: 2026-11-20, today or yesterday, in Jakarta time")
	f.StringVar(&state, "state", "", "in this `STATE`: "+strings.Join(states, ", "))
	f.StringVar(&kind, "kind", "", "of this `KIND`: "+strings.Join(kinds, ", "))
	f.StringVar(&provider, "provider", "", "of the provider with this `NAME` in the profile")
	f.IntVar(&limit, "limit", 100, "at most `N`")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		filter := till.Filter{Kind: till.Kind(kind), Provider: provider}
		if day != "" {
			start, err := parseDay(day, time.Now())
			if err != nil {
				return err
			}
			filter.From, filter.To = start, start.AddDate(0, 0, 1)
		}
		switch {
		case state != "" && !slices.Contains(states, state):
			return usagef("--state: there is no state %q; there are: %s", state, strings.Join(states, ", "))
		case kind != "" && !slices.Contains(kinds, kind):
			return usagef("--kind: there is no kind %q; there are: %s", kind, strings.Join(kinds, ", "))
		case limit < 1:
			return usagef("--limit must be 1 or more")
		case state == "open":
			filter.OpenOnly = true
		default:
			filter.State = till.State(state)
		}
		return a.withStore(cmd.Context(), func(s journal) error { return a.list(cmd.Context(), s, filter, limit) })
	})
	return cmd
}

func parseDay(text string, now time.Time) (time.Time, error) {
	y, m, d := now.In(api.Jakarta).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, api.Jakarta)
	switch text {
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, api.Jakarta)
	if err != nil {
		return day, usagef("--day: %q is no day; write 2026-11-20, today or yesterday", text)
	}
	return day, nil
}

// pageSize is how many rows are read at a time.
const pageSize = 100

func (a *app) list(ctx context.Context, s journal, filter till.Filter, limit int) error {
	rows := []till.Row{}
	for cursor, more := "", true; more && len(rows) < limit; {
		page, err := s.Page(ctx, filter, cursor, min(pageSize, limit-len(rows)))
		if err != nil {
			return err
		}
		rows = append(rows, page.Rows...)
		cursor, more = page.Next, page.Next != ""
	}
	if a.json {
		items := make([]rowJSON, len(rows))
		for i, r := range rows {
			items[i] = rowAsJSON(r)
		}
		return a.printJSON(itemsOf(items))
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(a.out, "Nothing in the journal fits.")
		return err
	}
	t := a.theme()
	cells := make([][]string, len(rows))
	for i, r := range rows {
		deposits := ""
		if r.Kind == till.CDM {
			deposits = strconv.Itoa(r.Deposits)
		}
		cells[i] = []string{
			localTime(r.CreatedAt), strings.ToUpper(string(r.Kind)), string(r.Reference), a.amount(money(r.Amount)), deposits,
			a.stateWord(r.State), r.Label,
		}
	}
	table(a.out, t, []column{
		{title: "Created"}, {title: "Kind"}, {title: "Reference"}, {title: "Amount", right: true}, {title: "Deposits", right: true},
		{title: "State", style: func(row int, cell string) string { return t.Tone(stateTone(rows[row].State), cell) }},
		{title: "For"},
	}, cells)
	return nil
}

// itemsOf is how lists are written: {"items":[…]}.
func itemsOf[T any](items []T) any {
	return struct {
		Items []T `json:"items"`
	}{items}
}
