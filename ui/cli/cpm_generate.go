package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/qr"
)

func (a *app) cpmGenerateCommand() *cobra.Command {
	var reference string
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Have the provider make a customer's code",
		Long: `Has the provider make a customer's code, for tests and for merchants that hold
a user token. The code stands in this answer alone, as long as it is valid; the
journal does not keep it. A --reference is used once.

Exit codes: 0 a code that can be used; 4 there is none (refused, too late, or
its answer was lost: ask again, no money moves).`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&reference, "reference", "", "our `REFERENCE` for the request (default: a new one)")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		chosen, err := referenceFlag("--reference", reference)
		if err != nil {
			return err
		}
		return a.atPayments(cmd.Context(), func(s *station) error { return a.generateCode(cmd.Context(), s, chosen) })
	})
	return cmd
}

func (a *app) generateCode(ctx context.Context, s *station, reference api.Reference) error {
	tx, news, err := s.till.NewCode(ctx, reference, nil)
	if err != nil {
		return err
	}
	code := news.Code.Reveal()
	if tx.State != till.Active || !news.ExpiresAt.IsZero() && !time.Now().Before(news.ExpiresAt) {
		code = ""
	}
	a.exit = exitEnded
	switch {
	case code != "":
		a.exit = exitOK
	case refusedToken(tx):
		a.exit = exitConfig
	case ctx.Err() != nil:
		a.exit = exitInterrupted
	}
	events, err := s.store.Events(context.WithoutCancel(ctx), tx.Reference)
	if err != nil {
		return err
	}
	if a.json {
		j := a.transactionJSON(tx, events)
		j.QR = code
		return a.printJSON(j)
	}
	a.showTransaction(a.out, tx, events)
	if code == "" {
		return nil
	}
	until := string(news.RawExpiry)
	if !news.ExpiresAt.IsZero() {
		until = localTime(news.ExpiresAt)
	}
	fmt.Fprintln(a.out)
	pairs(a.out, [2]string{"Code", code}, [2]string{"Valid until", until}, [2]string{"Page", string(news.URL)})
	a.drawSecret(code)
	return nil
}

// drawSecret shows a customer's code below the text, on a terminal that has
// room for it.
func (a *app) drawSecret(code string) {
	if !isTerminal(a.out) {
		return
	}
	width, height := size(a.out)
	lines, err := qr.Show(code, qr.Box{Cols: width, Rows: height - 1}, qr.Detect(os.Getenv))
	if err != nil {
		fmt.Fprintf(a.err, "The code is not drawn: %v\n", err)
		return
	}
	fmt.Fprintln(a.out)
	for _, line := range lines {
		fmt.Fprintln(a.out, line)
	}
}
