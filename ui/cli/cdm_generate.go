package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
)

func (a *app) cdmGenerateCommand() *cobra.Command {
	var courier api.Courier
	var reference string
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Ask for a courier's user id",
		Long: `Asks for a courier's user id. What no flag says is taken from the profile's
courier in the config. The same --reference with the same courier is the same
request: it is asked for again when it is not settled, and shown when it is.

Exit codes: 0 an active user id; 4 it ended without one (refused, inactive, or
nothing was sent); 5 not known yet, kept in the journal: repeat with the same
--reference.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	for _, flag := range courierFlags {
		f.StringVar(flag.field(&courier), flag.name, "", flag.help)
	}
	f.StringVar(&reference, "reference", "", "our `REFERENCE` for the request (default: a new one)")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		var chosen api.Reference
		if cmd.Flags().Changed("reference") {
			var err error
			if chosen, err = api.ParseReference(reference); err != nil {
				return usagef("--reference: %w", err)
			}
		}
		return a.at(cmd.Context(), func(s *station) error {
			asked := s.profile.Courier
			for _, flag := range courierFlags {
				if cmd.Flags().Changed(flag.name) {
					*flag.field(&asked) = *flag.field(&courier)
				}
			}
			return a.generate(cmd.Context(), s, chosen, asked)
		})
	})
	return cmd
}

// courierFlags are the courier's fields as flags.
var courierFlags = []struct {
	name, wire, help string
	field            func(*api.Courier) *string
}{
	{"courier-no", "courierNo", "courier's number", func(c *api.Courier) *string { return &c.No }},
	{"courier-name", "courierName", "courier's name", func(c *api.Courier) *string { return &c.Name }},
	{"courier-mobile", "courierMobile", "courier's mobile number", func(c *api.Courier) *string { return &c.Mobile }},
	{"region-no", "regionNo", "region's number", func(c *api.Courier) *string { return &c.RegionNo }},
	{"branch-no", "branchNo", "branch's number", func(c *api.Courier) *string { return &c.BranchNo }},
	{"notify-url", "notifyUrl", "where the provider may tell of deposits", func(c *api.Courier) *string { return &c.NotifyURL }},
	{"channel-code", "channelCode", "channel (default: ATM_STATIC_QR)", func(c *api.Courier) *string { return &c.Channel }},
}

// flagOf names the flag that sets a field of the request.
func flagOf(field string) string {
	for _, flag := range courierFlags {
		if strings.HasSuffix(field, "."+flag.wire) {
			return fmt.Sprintf("; set it with --%s, or as %s of the profile's courier", flag.name, flag.wire)
		}
	}
	return ""
}

func (a *app) generate(ctx context.Context, s *station, reference api.Reference, courier api.Courier) error {
	for _, flag := range courierFlags {
		if v := *flag.field(&courier); api.Clean(v, len(v)) != v {
			return usagef("--%s holds a character that cannot be shown", flag.name)
		}
	}
	if err := s.credentials(); err != nil {
		return err
	}
	tx, err := s.till.NewUserID(ctx, reference, courier, nil)
	if wrong, ok := errors.AsType[*api.FieldError](err); ok {
		return usagef("%w%s", err, flagOf(wrong.Field))
	}
	if err != nil {
		return a.notRecorded(tx, err)
	}
	if err := a.answerTransaction(ctx, s, tx); err != nil {
		return err
	}
	a.exit = settled(tx.State)
	if refusedToken(tx) {
		a.exit = exitConfig
	}
	if ctx.Err() != nil && tx.State.Open() {
		a.exit = exitInterrupted
	}
	if !a.json && tx.State == till.Active {
		a.drawCode(tx.QR)
	}
	return nil
}

// refusedToken reports whether nothing was sent because the provider does not
// take our credentials.
func refusedToken(tx till.Transaction) bool {
	return tx.State == till.Unsent && len(tx.ResponseCode) == 7 && tx.ResponseCode[:3] == "401"
}

// notRecorded is an answer that the journal could not take: what it was stands
// in the message, because nothing else knows it now.
func (a *app) notRecorded(tx till.Transaction, err error) error {
	if !errors.Is(err, till.ErrNotRecorded) {
		return err
	}
	known, encodeErr := json.Marshal(map[string]string{
		"reference": string(tx.Reference), "providerReference": string(tx.ProviderReference), "qr": tx.QR,
	})
	if encodeErr != nil {
		return errors.Join(err, encodeErr)
	}
	return &failure{
		exit: exitStore, code: "not-recorded", message: fmt.Sprintf("%v: write this down: %s", err, known), err: err,
	}
}

// drawCode shows a code below the text, on a terminal that has room for it.
func (a *app) drawCode(text string) {
	if !isTerminal(a.out) {
		return
	}
	width, height := size(a.out)
	lines, err := qr.Show(text, qr.Box{Cols: width, Rows: height - 1}, qr.Detect(os.Getenv))
	if err != nil {
		fmt.Fprintf(a.err, "The code is not drawn: %v. Save it with: cashier qr png --text %s --output FILE\n", err, shellQuote(text))
		return
	}
	fmt.Fprintln(a.out)
	for _, line := range lines {
		fmt.Fprintln(a.out, line)
	}
}
