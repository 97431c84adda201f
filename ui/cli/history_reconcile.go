package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/paycools"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui"
	"cashier/ui/books"
	"cashier/ui/config"
	"cashier/views"
)

func (a *app) historyReconcileCommand() *cobra.Command {
	var provider, day, format string
	var out outfile
	cmd := &cobra.Command{
		Use:   "reconcile FILE",
		Short: "Compare a provider's settlement file (CSV) with the journal",
		Long: `Compares a provider's settlement file with what the journal has for the days that
the file's times are in (or --day): payments, or for PayCools booked deposits. It
tells what is missing here, missing there, differs in amount or status, or stands
in the file twice. Lines of earlier payments are looked up; a payment close to
midnight may stand in the neighbouring day's file.

Columns are found by their usual names, or as "settlement" of the provider in the
config describes them. Nothing is changed by this.

Exit codes: 0 all is the same, 2 the file cannot be read as it is (line and column
are named), 4 there are differences, 130 interrupted.`,
		Args: exactly("a FILE"),
	}
	f := cmd.Flags()
	f.StringVar(&provider, "provider", "", "of the provider with this `NAME` in the profile (default: the one that takes payments)")
	f.StringVar(&day, "day", "", "compare this `DAY` or range of days, whatever the file's times are: 2026-11-20, yesterday, 2026-11-01..2026-11-15")
	f.StringVar(&format, "format", "", "`FORMAT`: text, json or csv (default: text)")
	out.add(cmd)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		format, err := a.tableFormat(format)
		if err != nil {
			return err
		}
		var span till.Filter
		if day != "" {
			var fault *views.FilterFault
			if span, fault = views.FilterTerm(span, "day", day, time.Now()); fault != nil {
				return usagef("--day: %s", fault.Error())
			}
		}
		if err := out.check(); err != nil {
			return err
		}
		if info, err := os.Stat(args[0]); err != nil || !info.Mode().IsRegular() {
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				return usagef("there is no file %s", args[0])
			}
			return fmt.Errorf("settlement file: %w", err)
		}
		_, profile, err := a.loadProfile()
		if err != nil {
			return err
		}
		s, err := settlementOf(profile, provider)
		if err != nil {
			return err
		}
		s.From, s.To = span.From, span.To
		s.Open = func() (io.ReadCloser, error) { return os.Open(args[0]) }
		return a.withStore(cmd.Context(), func(j journal) error {
			s.Journal = j
			return a.metered(func(tell func(store.Progress)) error {
				s.Each = counted(tell, stepLines)
				return out.write(a.out, func(w io.Writer) error { return a.reconcile(cmd.Context(), s, args[0], format, w) })
			})
		})
	})
	return cmd
}

// settlementOf is what a provider's files are compared with. Without a name it
// is the one provider that takes payments, else the one of user ids; a sandbox
// without providers has both.
func settlementOf(p config.Profile, name string) (books.Settlement, error) {
	var of []string
	for _, dialect := range []string{cpm.Dialect, paycools.Dialect} {
		for _, n := range p.ProviderNames() {
			if p.Providers[n].Dialect == dialect && (name == "" || n == name) {
				of = append(of, n)
			}
		}
		if len(of) > 0 && name == "" {
			break
		}
	}
	switch {
	case len(p.Providers) == 0 && (name == "" || name == cpm.Dialect || name == paycools.Dialect):
		return books.Settlement{Deposits: name == paycools.Dialect}, nil
	case len(of) == 0 && name == "":
		return books.Settlement{}, usagef("profile %s has no provider whose payments or deposits are ours", p.Name)
	case len(of) == 0:
		return books.Settlement{}, usagef("--provider: profile %s has no provider %q whose payments or deposits are ours; it has: %s", p.Name, name, strings.Join(p.ProviderNames(), ", "))
	case len(of) > 1:
		return books.Settlement{}, usagef("profile %s has several providers; name one with --provider: %s", p.Name, strings.Join(of, ", "))
	}
	c := p.Providers[of[0]].Settlement
	m := books.Mapping{NoHeader: c.NoHeader, Columns: c.Columns, Layout: c.Layout(), Zone: c.Location(), Paid: c.Paid, Refunded: c.Refunded}
	if c.Separator != "" {
		m.Separator = c.Separator[0]
	}
	if c.Decimal != "" {
		m.Decimal = c.Decimal[0]
	}
	return books.Settlement{Provider: of[0], Deposits: p.Providers[of[0]].Dialect == paycools.Dialect, Mapping: m}, nil
}

// reconcile writes what differs as it is found, and what came of it at the end.
func (a *app) reconcile(ctx context.Context, s books.Settlement, file, format string, w io.Writer) error {
	report := map[string]func(io.Writer) telling{
		"text": func(w io.Writer) telling { return &findingLines{app: a, theme: a.theme(), w: w} },
		"csv":  func(w io.Writer) telling { return &findingTable{w: csv.NewWriter(w)} },
		"json": func(w io.Writer) telling { return &findingObject{w: w} },
	}[format](w)
	outcome, err := s.Compare(ctx, report.add)
	if bad, ok := errors.AsType[*books.FileError](err); ok {
		return usagef("%s: %w", file, bad)
	}
	if errors.Is(err, books.ErrNoPeriod) {
		return usagef("%s: no column with times is known; name the days with --day, or the column in settlement.columns of the provider", file)
	}
	if err != nil {
		return interrupted(ctx, err)
	}
	if err := report.end(outcome); err != nil {
		return err
	}
	if format == "csv" {
		fmt.Fprintln(a.err, outcomeLine(outcome))
	}
	if outcome.Differences() > 0 {
		a.exit = exitEnded
	}
	return nil
}

// telling is how differences are written.
type telling interface {
	add(books.Finding) error
	end(books.Outcome) error
}

// differences in the order that they are told in, with their words.
var differences = []struct {
	what books.Difference
	word string
	tone ui.Tone
}{
	{books.MissingHere, "missing here", ui.Bad}, {books.MissingThere, "missing there", ui.Bad}, {books.AmountDiffers, "amount differs", ui.Bad},
	{books.StatusDiffers, "status differs", ui.Unsure}, {books.Duplicate, "twice in the file", ui.Unsure},
}

func outcomeLine(o books.Outcome) string {
	parts := []string{fmt.Sprintf("%d matched", o.Matched)}
	for _, d := range differences {
		if n := o.Found[d.what]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, d.word))
		}
	}
	if o.NotCounted > 0 {
		parts = append(parts, fmt.Sprintf("%d of another status, as here", o.NotCounted))
	}
	if o.Keyless > 0 {
		parts = append(parts, fmt.Sprintf("%d without a reference", o.Keyless))
	}
	days := localTime(o.From)[:len(time.DateOnly)]
	if last := localTime(o.To.Add(-time.Nanosecond))[:len(time.DateOnly)]; last != days {
		days += ".." + last
	}
	return days + ": " + strings.Join(parts, ", ")
}

// findingLines is text: a line for each, and the sums.
type findingLines struct {
	app   *app
	theme *ui.Theme
	w     io.Writer
}

func (f *findingLines) add(d books.Finding) error {
	t := f.theme
	word, tone := string(d.What), ui.Plain
	for _, known := range differences {
		if known.what == d.What {
			word, tone = known.word, known.tone
		}
	}
	where := "         "
	if d.Line > 0 {
		where = fmt.Sprintf("line %-4d", d.Line)
	}
	name := string(d.Reference)
	if d.ProviderReference != "" {
		name = strings.TrimSpace(name + " " + d.ProviderReference)
	}
	side := func(s books.Side) string {
		if s.Status == "" {
			return "–"
		}
		return f.app.amount(money(s.Amount)) + " " + s.Status
	}
	_, err := fmt.Fprintf(f.w, "%s  %s  %s  here %s, there %s\n", where, t.Tone(tone, fmt.Sprintf("%-19s", signed(tone, word))), name, side(d.Here), side(d.There))
	return err
}

func (f *findingLines) end(o books.Outcome) error {
	tone := ui.Good
	if o.Differences() > 0 {
		tone = ui.Bad
	}
	_, err := fmt.Fprintln(f.w, f.theme.Tone(tone, signed(tone, outcomeLine(o))))
	return err
}

// findingColumns are the differences' as CSV. New ones are added at the end.
var findingColumns = []string{"difference", "line", "reference", "providerReference", "amountHere", "statusHere", "amountThere", "statusThere", "currency", "time"}

type findingTable struct {
	w     *csv.Writer
	begun bool
}

func (f *findingTable) begin() error {
	if f.begun {
		return nil
	}
	f.begun, f.w.UseCRLF = true, true // RFC 4180
	return f.w.Write(findingColumns)
}

func (f *findingTable) add(d books.Finding) error {
	if err := f.begin(); err != nil {
		return err
	}
	line := ""
	if d.Line > 0 {
		line = strconv.Itoa(d.Line)
	}
	value := func(s books.Side) string {
		if s.Status == "" {
			return ""
		}
		return money(s.Amount).Value()
	}
	currency := d.Here.Amount.Currency()
	if d.Here.Status == "" {
		currency = d.There.Amount.Currency()
	}
	row := []string{string(d.What), line, string(d.Reference), d.ProviderReference, value(d.Here), d.Here.Status, value(d.There), d.There.Status, currency, stamp(d.At)}
	for i, cell := range row {
		row[i] = harmless(cell)
	}
	return f.w.Write(row)
}

func (f *findingTable) end(books.Outcome) error {
	if err := f.begin(); err != nil {
		return err
	}
	f.w.Flush()
	return f.w.Error()
}

// findingObject is one JSON object whose items are written as they are found.
type findingObject struct {
	w io.Writer
	n int
}

type sideJSON struct {
	Amount api.Amount `json:"amount"`
	Status string     `json:"status"`
}

func (f *findingObject) add(d books.Finding) error {
	before := ","
	if f.n++; f.n == 1 {
		before = `{"items":[`
	}
	if _, err := io.WriteString(f.w, before); err != nil {
		return err
	}
	side := func(s books.Side) *sideJSON {
		if s.Status == "" {
			return nil
		}
		return &sideJSON{money(s.Amount), s.Status}
	}
	return writeItem(f.w, struct {
		Difference        books.Difference `json:"difference"`
		Line              int              `json:"line,omitempty"`
		Reference         api.Reference    `json:"reference"`
		ProviderReference string           `json:"providerReference"`
		Here              *sideJSON        `json:"here"`
		There             *sideJSON        `json:"there"`
		At                string           `json:"at"`
	}{d.What, d.Line, d.Reference, d.ProviderReference, side(d.Here), side(d.There), stamp(d.At)})
}

func (f *findingObject) end(o books.Outcome) error {
	before := "],"
	if f.n == 0 {
		before = `{"items":[],`
	}
	if _, err := io.WriteString(f.w, before); err != nil {
		return err
	}
	counts := map[books.Difference]int{}
	for _, d := range differences {
		counts[d.what] = o.Found[d.what]
	}
	_, err := io.WriteString(f.w, `"summary":`)
	if err == nil {
		err = writeItem(f.w, struct {
			From        string                   `json:"from"`
			To          string                   `json:"to"`
			Lines       int                      `json:"lines"`
			Matched     int                      `json:"matched"`
			Differences int                      `json:"differences"`
			NotCounted  int                      `json:"notCounted"`
			Keyless     int                      `json:"withoutReference"`
			Found       map[books.Difference]int `json:"found"`
		}{stamp(o.From), stamp(o.To), o.Lines, o.Matched, o.Differences(), o.NotCounted, o.Keyless, counts})
	}
	if err == nil {
		_, err = io.WriteString(f.w, "}\n")
	}
	return err
}

// writeItem writes a value within a line.
func writeItem(w io.Writer, v any) error {
	var b strings.Builder
	if err := writeJSON(&b, v); err != nil {
		return err
	}
	_, err := io.WriteString(w, strings.TrimSuffix(b.String(), "\n"))
	return err
}
