package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cashier/api/till"
	"cashier/ui/config"
	"cashier/ui/paper"
)

// receiptOrder is what history receipt was asked for.
type receiptOrder struct {
	format string // text or escpos
	width  int    // of the paper in mm; 0: the printer's
	out    outfile
	print  bool
	slip   bool
}

func (a *app) historyReceiptCommand() *cobra.Command {
	var o receiptOrder
	cmd := &cobra.Command{
		Use:   "receipt REFERENCE",
		Short: "Show or print a receipt, a user id's slip or a help-desk slip",
		Long: `Shows the receipt of a payment that was paid, or the slip of a user id that can
be used, as text or as the bytes of a receipt printer (ESC/POS); --print sends it
to the printer of the profile. --slip gives the help-desk slip of anything that was sent.

Of a receipt there is one original: --print and --format escpos make it, and all
that follow say COPY. Showing the text makes none.

Exit codes: 0 done, 1 not printed (the payment stays as it is), 3 the profile has
no printer, 4 there is none: it was not paid, or not sent, 5 it is not known yet.`,
		Args: exactly("a REFERENCE"),
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "", "`FORMAT`: text or escpos (default: text)")
	f.IntVar(&o.width, "width", 0, "of the paper in `MM`: 58 or 80 (default: the printer's, else 58)")
	o.out.add(cmd)
	f.BoolVar(&o.print, "print", false, "print on the profile's printer")
	f.BoolVar(&o.slip, "slip", false, "the help-desk slip")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		if err := o.check(cmd, isTerminal(a.out)); err != nil {
			return err
		}
		_, profile, err := a.loadProfile()
		if err != nil {
			return err
		}
		if o.print && profile.Printer.IsZero() {
			return a.noPrinter(profile)
		}
		return a.withStore(cmd.Context(), func(s journal) error {
			tx, err := a.find(cmd.Context(), &station{store: s}, reference)
			if err != nil {
				return err
			}
			events, err := s.Events(cmd.Context(), reference)
			if err != nil {
				return err
			}
			return a.receipt(cmd.Context(), s, profile, o, tx, events)
		})
	})
	return cmd
}

func (o receiptOrder) check(cmd *cobra.Command, terminal bool) error {
	switch {
	case o.format != "" && o.format != "text" && o.format != "escpos":
		return usagef("--format: there is no format %q; there are: text, escpos", o.format)
	case cmd.Flags().Changed("width") && o.width != 58 && o.width != 80:
		return usagef("--width: receipt paper is 58 or 80 mm wide")
	case o.print && (o.format != "" || o.out.path != "" || o.width != 0):
		return usagef("--print goes to the printer as the config describes it; leave out --format, --width and --output")
	case o.format == "escpos" && o.out.standard() && terminal:
		return usagef("--format escpos is for a printer and not for a terminal; use --print, or --output FILE")
	}
	return o.out.check()
}

// printout is what there is to print of a transaction.
type printout struct {
	kind   string                            // receipt, user-id or slip
	single bool                              // there is one original
	make   func(copied bool) *paper.Document //
}

func (a *app) printout(p config.Profile, o receiptOrder, tx till.Transaction, events []till.Event) (printout, error) {
	papers := a.papers(p)
	if o.slip {
		if d := papers.Slip(tx, events); d != nil {
			return printout{"slip", false, func(bool) *paper.Document { return d }}, nil
		}
		return printout{}, &failure{exit: exitEnded, code: "no-slip", message: fmt.Sprintf("there is no help-desk slip of %s: nothing of it was sent", tx.Reference)}
	}
	if d := papers.Ticket(tx); d != nil {
		return printout{"user-id", false, func(bool) *paper.Document { return d }}, nil
	}
	if papers.Receipt(tx, false) != nil {
		return printout{"receipt", true, func(copied bool) *paper.Document { return papers.Receipt(tx, copied) }}, nil
	}
	f := &failure{exit: exitEnded, code: "no-receipt", message: fmt.Sprintf("there is no receipt of %s: its state is %s", tx.Reference, tx.State)}
	if tx.State.Open() {
		f.exit = exitOpen
	}
	if tx.Payment != nil {
		f.advice = a.words.T("print.no-receipt")
	}
	return printout{}, f
}

func (a *app) receipt(ctx context.Context, s journal, p config.Profile, o receiptOrder, tx till.Transaction, events []till.Event) error {
	what, err := a.printout(p, o, tx, events)
	if err != nil {
		return err
	}
	if o.print {
		return a.printOut(ctx, press(p, s), what, tx)
	}
	printer := p.Printer.Filled()
	if o.width != 0 {
		printer.Width = o.width
	}
	if o.format == "escpos" {
		copied, giveBack := false, func() {}
		if what.single {
			var first bool
			first, giveBack = paper.Claim(s, string(tx.Reference), time.Now())
			copied = !first
		}
		job, err := what.make(copied).Encode(sheet(printer))
		if err == nil {
			err = o.out.write(a.out, func(w io.Writer) error { _, err := w.Write(job); return err })
		}
		if err != nil && !o.out.standard() { // what went to standard output may have been taken
			giveBack()
		}
		return err
	}
	copied := what.single && paper.Printed(s, string(tx.Reference))
	lines := what.make(copied).Render(paper.Columns(printer.Width))
	return o.out.write(a.out, func(w io.Writer) error {
		if a.json && o.format == "" {
			return writeJSON(w, struct {
				Reference string   `json:"reference"`
				Kind      string   `json:"kind"`
				Copy      bool     `json:"copy"`
				Lines     []string `json:"lines"`
			}{string(tx.Reference), what.kind, copied, lines})
		}
		_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
		return err
	})
}

// printOut prints and says so.
func (a *app) printOut(ctx context.Context, press *paper.Press, what printout, tx till.Transaction) error {
	var copied bool
	var err error
	if what.single {
		copied, err = press.Receipt(ctx, string(tx.Reference), what.make)
	} else {
		err = press.Print(ctx, what.make(false))
	}
	if err != nil {
		return a.printFailure(ctx, err)
	}
	if a.json {
		return a.printJSON(struct {
			Reference string `json:"reference"`
			Kind      string `json:"kind"`
			Printer   string `json:"printer"`
			Copy      bool   `json:"copy"`
		}{string(tx.Reference), what.kind, press.Name, copied})
	}
	said := ""
	if copied {
		said = ", as a copy"
	}
	_, err = fmt.Fprintf(a.out, "printed on %s%s\n", press.Name, said)
	return err
}
