package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/store"
)

func (a *app) historyExportCommand() *cobra.Command {
	var format string
	var out outfile
	var choose filterFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write all transactions, or those that fit, as CSV or JSON lines, newest first",
		Long: `Writes all transactions, newest first; the flags of history list choose some.
CSV has one line a transaction, its columns never change their order; JSON has
one object a line, with deposits and timeline. --format wins over --json, which
alone means --format json.`,
		Args: noArgs,
	}
	choose.add(cmd)
	cmd.Flags().StringVar(&format, "format", "", "`FORMAT`: csv or json (default: csv)")
	out.add(cmd)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		switch {
		case !cmd.Flags().Changed("format"):
			format = "csv"
			if a.json {
				format = "json"
			}
		case format != "csv" && format != "json":
			return usagef("--format: there is no format %q; there are: csv, json", format)
		}
		filter, err := choose.filter(cmd, time.Now())
		if err != nil {
			return err
		}
		if err := out.check(); err != nil {
			return err
		}
		return a.withStore(cmd.Context(), func(s journal) error {
			return a.metered(func(tell func(store.Progress)) error {
				return out.write(a.out, func(w io.Writer) error {
					return a.export(cmd.Context(), s, filter, format, w, counted(tell, stepTransactions))
				})
			})
		})
	})
	return cmd
}

// export writes what fits as it is read: its memory does not grow with the
// journal.
func (a *app) export(ctx context.Context, s journal, filter till.Filter, format string, to io.Writer, each func()) error {
	if format == "csv" {
		return exportCSV(ctx, s, filter, to, each)
	}
	return a.exportJSON(ctx, s, filter, to, each)
}

func (a *app) exportJSON(ctx context.Context, s journal, filter till.Filter, w io.Writer, each func()) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for tx, err := range s.All(ctx, filter) {
		if err != nil {
			return err
		}
		events, err := s.Events(ctx, tx.Reference)
		if err != nil {
			return err
		}
		if err := enc.Encode(a.transactionJSON(tx, events)); err != nil {
			return err
		}
		each()
	}
	return nil
}

// csvColumns are the columns of an export. New ones are added at the end.
var csvColumns = []string{
	"reference", "kind", "state", "provider", "service", "amount", "currency", "bookedDeposits", "waitingDeposits", "waitingAmount",
	"responseCode", "responseMessage", "providerReference", "externalId", "courierNo", "courierName", "branchNo", "regionNo",
	"createdAt", "updatedAt",
	"sale", "title", "card", "fee", "paidAt", "refundedCount", "refundedAmount", "openRefundCount", "openRefundAmount", "operator", "checks",
}

func exportCSV(ctx context.Context, s journal, filter till.Filter, to io.Writer, each func()) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true // RFC 4180
	if err := w.Write(csvColumns); err != nil {
		return err
	}
	for tx, err := range s.All(ctx, filter) {
		if err != nil {
			return err
		}
		if err := w.Write(csvRow(tx)); err != nil {
			return err
		}
		each()
	}
	w.Flush()
	return w.Error()
}

func csvRow(tx till.Transaction) []string {
	amount, sum := money(till.RowOf(tx).Amount), till.Sum(tx.Deposits)
	row := []string{
		string(tx.Reference), string(tx.Kind), string(tx.State), tx.Provider, tx.Service, amount.Value(), amount.Currency(),
		strconv.Itoa(sum.BookedCount), strconv.Itoa(sum.WaitingCount), money(sum.Waiting).Value(),
		tx.ResponseCode, string(tx.ResponseMessage), string(tx.ProviderReference), tx.ExternalID, "", "", "", "",
		stamp(tx.CreatedAt), stamp(tx.UpdatedAt),
	}
	if c := tx.Courier; c != nil {
		copy(row[14:], []string{c.No, c.Name, c.BranchNo, c.RegionNo})
	}
	row = append(row, paymentCells(tx)...)
	for i, cell := range row {
		row[i] = harmless(cell)
	}
	return row
}

// paymentCells are the columns from "sale" on.
func paymentCells(tx till.Transaction) []string {
	var title, card, fee, paidAt string
	if p := tx.Payment; p != nil {
		title, card = p.Title, p.Card.String()
		if !p.Fee.Zero() {
			fee = p.Fee.Value()
		}
		switch tx.State {
		case till.Paid, till.LatePaid, till.Doubled, till.Refunded:
			paidAt = stamp(p.EndedAt)
		}
	}
	done, open := 0, 0
	for _, r := range tx.Refunds {
		switch r.State {
		case till.RefundDone:
			done++
		case till.RefundIntent, till.RefundSent, till.RefundUnknown:
			open++
		}
	}
	back, most := tx.Returned()
	// What is under way is the rest of what may have gone back.
	underWay := api.IDR(most.Minor() - back.Minor())
	return []string{
		string(tx.Sale), title, card, fee, paidAt, strconv.Itoa(done), money(back).Value(), strconv.Itoa(open), underWay.Value(),
		tx.Operator, strconv.Itoa(tx.Checks),
	}
}

// harmless keeps a spreadsheet from taking a cell for a formula (OWASP, "CSV
// injection"): an apostrophe before what would begin one, be it behind spaces
// or of full width, as some of them read it.
func harmless(cell string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \u00a0\u3000"))
	if first != utf8.RuneError && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
