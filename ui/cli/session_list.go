package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) sessionListCommand() *cobra.Command {
	var limit int
	var format string
	var out outfile
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List sessions, newest first",
		Long: `Lists sessions, the newest first, with the totals of their Z reports. As CSV a
session is one row; amounts are plain digits, and what one without a Z
report cannot tell is empty.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	f.IntVar(&limit, "limit", 100, "at most `N`")
	f.StringVar(&format, "format", "", "`FORMAT`: text, json or csv (default: text)")
	out.add(cmd)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if limit < 1 {
			return usagef("--limit must be 1 or more")
		}
		format, err := a.tableFormat(format)
		if err != nil {
			return err
		}
		if err := out.check(); err != nil {
			return err
		}
		return a.atSessions(cmd.Context(), func(s journal) error {
			list, err := s.ListSessions(cmd.Context(), 0, limit)
			if err != nil {
				return err
			}
			return out.write(a.out, func(w io.Writer) error {
				switch format {
				case "json":
					return writeJSON(w, itemsOf(sessionsAsJSON(list)))
				case "csv":
					return sessionsCSV(w, list)
				}
				return a.sessionsText(w, list)
			})
		})
	})
	return cmd
}

func sessionsAsJSON(list []till.Session) []sessionJSON {
	items := make([]sessionJSON, len(list))
	for i, one := range list {
		items[i] = sessionAsJSON(one)
	}
	return items
}

func (a *app) sessionsText(w io.Writer, list []till.Session) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "There was no session yet.")
		return err
	}
	cells := make([][]string, len(list))
	for i, one := range list {
		opened, closed, net, booked := localTime(one.OpenedAt), "open", "", ""
		switch r := one.Report; {
		case one.Damaged:
			opened, closed = "", a.words.T("session.damaged")
		case one.Lost:
			closed = a.words.T("session.lost")
		case r != nil:
			closed, net, booked = localTime(one.ClosedAt), a.words.Rupiah(r.Net()), a.words.Rupiah(r.Booked.Sum.Minor())
		}
		cells[i] = []string{strconv.Itoa(one.Number), one.Operator, one.Branch, opened, closed, net, booked}
	}
	table(w, a.theme(), []column{
		{title: "Number", right: true}, {title: "Operator"}, {title: "Branch"}, {title: "Opened"}, {title: "Closed"},
		{title: "Net", right: true}, {title: "Deposited", right: true},
	}, cells)
	return nil
}

// sessionColumns are sessions as CSV. New ones are added at the end.
var sessionColumns = []string{
	"number", "state", "operator", "branch", "auto", "openedAt", "closedAt", "cash",
	"paid", "paidAmount", "latePaid", "latePaidAmount", "doubled", "doubledAmount",
	"refundedWhole", "refundedWholeAmount", "refundedPart", "refundedPartAmount", "returnedElsewhere", "returnedElsewhereAmount",
	"net", "deposited", "depositedAmount", "waiting", "waitingAmount",
	"counted", "difference", "reason", "open", "inNoSum",
}

func sessionsCSV(to io.Writer, list []till.Session) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true // RFC 4180
	rows := [][]string{sessionColumns}
	for _, s := range list {
		rows = append(rows, sessionCells(s))
	}
	return w.WriteAll(rows)
}

func sessionCells(s till.Session) []string {
	j := sessionAsJSON(s)
	row := make([]string, len(sessionColumns))
	put := row[copy(row, []string{
		strconv.Itoa(j.Number), j.State, harmless(j.Operator), harmless(j.Branch), strconv.FormatBool(j.Auto), j.OpenedAt, j.ClosedAt, j.Cash.Value(),
	}):]
	r := s.Report
	if r == nil {
		return row
	}
	next := func(cells ...string) { put = put[copy(put, cells):] }
	figures := func(list ...till.Figure) {
		for _, f := range list {
			next(strconv.Itoa(f.Count), money(f.Sum).Value())
		}
	}
	figures(r.Paid, r.Late, r.Doubled, r.RefundedWhole, r.RefundedPart, r.Elsewhere)
	next(api.IDR(r.Net()).Value())
	figures(r.Booked, r.Waiting)
	counted, difference := "", ""
	if d, told := s.Difference(); told {
		counted, difference = r.Counted.Value(), api.IDR(d).Value()
	}
	next(counted, difference, harmless(r.Reason), strconv.Itoa(len(r.Open)), strconv.Itoa(len(r.Others)))
	return row
}
