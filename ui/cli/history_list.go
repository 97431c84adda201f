package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cashier/api/till"
	"cashier/ui/words"
	"cashier/views"
)

func (a *app) historyListCommand() *cobra.Command {
	var choose filterFlags
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List transactions, newest first",
		Long: `Lists transactions, newest first. Of several flags each has to fit; their values,
days and amounts with ranges, are those of the history screen's filter line.`,
		Args: noArgs,
	}
	choose.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", 100, "at most `N`")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		filter, err := choose.filter(cmd, time.Now())
		switch {
		case err != nil:
			return err
		case limit < 1:
			return usagef("--limit must be 1 or more")
		}
		return a.withStore(cmd.Context(), func(s journal) error { return a.list(cmd.Context(), s, filter, limit) })
	})
	return cmd
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
		fmt.Fprintln(a.out, "Nothing in the journal fits.")
		if hint := views.FilterHint(words.For(words.English), filter); hint != "" {
			fmt.Fprintln(a.out, hint)
		} else if len(filter.Text) > 0 {
			fmt.Fprintln(a.out, "Names that are only similar are found with --similar NAME.")
		}
		return nil
	}
	t := a.theme()
	cells := make([][]string, len(rows))
	for i, r := range rows {
		deposits := ""
		if r.Kind == till.CDM {
			deposits = strconv.Itoa(r.Deposits)
		}
		cells[i] = []string{
			localTime(r.CreatedAt.Time()), strings.ToUpper(string(r.Kind)), string(r.Reference), a.amount(money(r.Amount)), deposits,
			a.stateWord(r.Kind, r.State), views.RowLabel(r),
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
