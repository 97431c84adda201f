package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui/books"
	"cashier/views"
)

func (a *app) historyReportCommand() *cobra.Command {
	var by, day, format string
	var out outfile
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Totals by hour, day, machine or courier",
		Long: `Adds up the payments that were paid (by the time they were begun, those given
back since included), the refunds (by the time they were asked for) and the booked
deposits (by the machine's time). Amounts are exact and without fees; other
currencies than IDR stand apart. Payments made elsewhere and looked up are not ours
and not counted.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&by, "by", string(books.Hour), "`WHAT`: hour (of the day), day, machine or courier")
	f.StringVar(&day, "day", "today", "of this `DAY`: 2026-11-20, 2026-11, today, yesterday, 7d or 2026-11-01..2026-11-15, in Jakarta time")
	f.StringVar(&format, "format", "", "`FORMAT`: text, json or csv (default: text)")
	out.add(cmd)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if !slices.Contains(books.Bys, books.By(by)) {
			return usagef("--by: there are no totals by %q; there are: hour, day, machine, courier", by)
		}
		format, err := a.tableFormat(format)
		if err != nil {
			return err
		}
		span, fault := views.FilterTerm(till.Filter{}, "day", day, time.Now())
		if fault != nil {
			return usagef("--day: %s", fault.Error())
		}
		if err := out.check(); err != nil {
			return err
		}
		return a.withStore(cmd.Context(), func(s journal) error {
			var report books.Report
			err := a.metered(func(tell func(store.Progress)) (err error) {
				report, err = books.Make(cmd.Context(), s, books.By(by), span.From, span.To, counted(tell, stepTransactions))
				return err
			})
			if err != nil {
				return interrupted(cmd.Context(), err)
			}
			return out.write(a.out, func(w io.Writer) error {
				switch format {
				case "json":
					return writeJSON(w, totalsReport(report))
				case "csv":
					return totalsCSV(w, report)
				}
				a.totalsText(w, report)
				return nil
			})
		})
	})
	return cmd
}

// tableFormat is text, json or csv; --format wins over --json.
func (a *app) tableFormat(format string) (string, error) {
	switch format {
	case "":
		if a.json {
			return "json", nil
		}
		return "text", nil
	case "text", "json", "csv":
		return format, nil
	}
	return "", usagef("--format: there is no format %q; there are: text, json, csv", format)
}

type sumJSON struct {
	Count  int        `json:"count"`
	Amount api.Amount `json:"amount"`
}

type totalsJSON struct {
	Key      string  `json:"key"`
	Name     string  `json:"name,omitempty"`
	Payments sumJSON `json:"payments"`
	Refunds  sumJSON `json:"refunds"`
	Deposits sumJSON `json:"deposits"`
}

type currencyJSON struct {
	Currency string       `json:"currency"`
	Items    []totalsJSON `json:"items"`
	Total    totalsJSON   `json:"total"`
}

// totalsReport is one object: the totals in rupiah, and other currencies apart.
func totalsReport(r books.Report) any {
	of := func(c books.Currency) currencyJSON {
		j := currencyJSON{Currency: c.Code, Items: []totalsJSON{}, Total: totalsOf(c.Total, c.Code)}
		for _, l := range c.Lines {
			j.Items = append(j.Items, totalsOf(l, c.Code))
		}
		return j
	}
	others := []currencyJSON{}
	for _, c := range r.Currencies[1:] {
		others = append(others, of(c))
	}
	return struct {
		By   books.By `json:"by"`
		From string   `json:"from"`
		To   string   `json:"to"`
		currencyJSON
		Others []currencyJSON `json:"others"`
	}{r.By, stamp(r.From), stamp(r.To), of(r.Rupiah()), others}
}

func totalsOf(l books.Line, currency string) totalsJSON {
	sum := func(s books.Sum) sumJSON {
		if s.Amount.Currency() == "" {
			s.Amount, _ = api.ParseAmount("0", currency) // a nought of a currency that is there
		}
		return sumJSON{s.Count, s.Amount}
	}
	return totalsJSON{l.Key, l.Name, sum(l.Payments), sum(l.Refunds), sum(l.Deposits)}
}

// totalsColumns are a report's as CSV. New ones are added at the end.
var totalsColumns = []string{"key", "name", "currency", "payments", "paymentsAmount", "refunds", "refundsAmount", "deposits", "depositsAmount"}

func totalsCSV(to io.Writer, r books.Report) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true // RFC 4180
	rows := [][]string{totalsColumns}
	for _, c := range r.Currencies {
		for _, l := range c.Lines {
			t := totalsOf(l, c.Code)
			rows = append(rows, []string{
				harmless(t.Key), harmless(t.Name), c.Code, strconv.Itoa(t.Payments.Count), t.Payments.Amount.Value(),
				strconv.Itoa(t.Refunds.Count), t.Refunds.Amount.Value(), strconv.Itoa(t.Deposits.Count), t.Deposits.Amount.Value(),
			})
		}
	}
	return w.WriteAll(rows)
}

func (a *app) totalsText(w io.Writer, r books.Report) {
	for i, c := range r.Currencies {
		if i > 0 {
			fmt.Fprintf(w, "\n%s\n", c.Code)
		}
		if len(c.Lines) == 0 {
			fmt.Fprintln(w, "Nothing was paid or deposited.")
			continue
		}
		var cells [][]string
		line := func(name string, l books.Line) {
			row := []string{name}
			for _, s := range []books.Sum{l.Payments, l.Refunds, l.Deposits} {
				count, amount := "", ""
				if s.Count > 0 {
					count, amount = strconv.Itoa(s.Count), a.amount(money(s.Amount))
				}
				row = append(row, count, amount)
			}
			cells = append(cells, row)
		}
		for _, l := range c.Lines {
			line(lineName(r.By, l), l)
		}
		line("Total", c.Total)
		t := a.theme()
		last := func(row int, cell string) string {
			if row == len(cells)-1 {
				return t.Strong(cell)
			}
			return cell
		}
		title := map[books.By]string{books.Hour: "Hour", books.Day: "Day", books.Machine: "Machine", books.Courier: "Courier"}[r.By]
		table(w, t, []column{
			{title: title, style: last}, {title: "Payments", right: true, style: last}, {title: "Amount", right: true, style: last},
			{title: "Refunds", right: true, style: last}, {title: "Amount", right: true, style: last},
			{title: "Deposits", right: true, style: last}, {title: "Amount", right: true, style: last},
		}, cells)
		for _, s := range []books.Sum{c.Total.Payments, c.Total.Refunds, c.Total.Deposits} {
			if s.Past > 0 {
				fmt.Fprintf(w, "%d are not in the amounts: the sum is too large to write.\n", s.Past)
			}
		}
	}
}

// lineName is what a line is called; – is what has no machine or courier.
func lineName(by books.By, l books.Line) string {
	switch {
	case by == books.Hour:
		return l.Key + ".00"
	case l.Key == "" && l.Name == "":
		return "–"
	case l.Name != "":
		return l.Key + " " + l.Name
	}
	return l.Key
}
