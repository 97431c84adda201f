package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"cashier/api/till"
)

func (a *app) historyExportCommand() *cobra.Command {
	var format, output string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write all transactions as CSV or JSON lines, newest first",
		Long: `Writes all transactions, newest first. CSV has one line a transaction, its
columns never change their order; JSON has one object a line, with deposits and
timeline. --format wins over --json, which alone means --format json.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&format, "format", "", "`FORMAT`: csv or json (default: csv)")
	cmd.Flags().StringVar(&output, "output", "", "`FILE` to write, whole or not at all (default: standard output)")
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
		return a.withStore(cmd.Context(), func(s journal) error {
			write := func(w io.Writer) error { return a.export(cmd.Context(), s, format, w) }
			if output == "" {
				return write(a.out)
			}
			return writeFile(output, write)
		})
	})
	return cmd
}

func (a *app) export(ctx context.Context, s journal, format string, to io.Writer) error {
	b := bufio.NewWriter(to)
	var err error
	if format == "csv" {
		err = a.exportCSV(ctx, s, b)
	} else {
		err = a.exportJSON(ctx, s, b)
	}
	return errors.Join(err, b.Flush())
}

func (a *app) exportJSON(ctx context.Context, s journal, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for tx, err := range s.All(ctx, till.Filter{}) {
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
	}
	return nil
}

// csvColumns are the columns of an export. New ones are added at the end.
var csvColumns = []string{
	"reference", "kind", "state", "provider", "service", "amount", "currency", "bookedDeposits", "waitingDeposits", "waitingAmount",
	"responseCode", "responseMessage", "providerReference", "externalId", "courierNo", "courierName", "branchNo", "regionNo",
	"createdAt", "updatedAt",
}

func (a *app) exportCSV(ctx context.Context, s journal, to io.Writer) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true // RFC 4180
	if err := w.Write(csvColumns); err != nil {
		return err
	}
	for tx, err := range s.All(ctx, till.Filter{}) {
		if err != nil {
			return err
		}
		if err := w.Write(csvRow(tx)); err != nil {
			return err
		}
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
	for i, cell := range row {
		row[i] = harmless(cell)
	}
	return row
}

// harmless keeps a spreadsheet from taking a cell for a formula (OWASP, "CSV
// injection"): an apostrophe before what would begin one.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// writeFile writes a file whole or not at all, readable by its owner alone.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
