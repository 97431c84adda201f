package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) cpmCancelCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "cancel REFERENCE",
		Short: "Cancel a payment that is still open",
		Long: `Asks once more whether a payment was paid, and if it is still open has it
cancelled; then it is asked about until that is certain. A payment that left
just now is cancelled once the profile's noCancelBefore is over (15 s): the
command waits. A paid payment is refunded, never cancelled.

Exit codes: 0 cancelled, or it ended without money anyway; 4 it was paid, or
there is no such payment; 5 not certain yet, or this provider cannot cancel;
7 paid twice or late.`,
		Args: exactly("a REFERENCE"),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the provider and the journal")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		if api.Clean(reason, len(reason)) != reason {
			return usagef("--reason holds a character that cannot be shown")
		}
		return a.atPayments(cmd.Context(), func(s *station) error { return a.cancelPayment(cmd.Context(), s, reference, reason) })
	})
	return cmd
}

// cancelExit is the exit code for whoever wanted a payment not to be.
func cancelExit(tx till.Transaction) int {
	switch exit := paymentExit(tx.State); {
	case exit == exitOK, tx.State == till.Refunded: // the money came
		return exitEnded
	case exit == exitEnded:
		return exitOK
	default:
		return exit
	}
}

func (a *app) cancelPayment(ctx context.Context, s *station, reference api.Reference, reason string) error {
	if _, err := a.findPayment(ctx, s, reference); err != nil {
		return err
	}
	tx, _, err := a.askPayment(ctx, s, reference)
	if err == nil && tx.State.Open() {
		tx, err = a.cancelOpen(ctx, s, tx, reason)
	}
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		return a.left(ctx, s, reference, cancelExit)
	case err != nil && !a.denied(err):
		tx.Reference = reference
		return a.untold(tx, err)
	case err == nil && cancelExit(tx) == exitEnded:
		a.denied(till.ErrPaid)
	}
	if err := a.answerTransaction(ctx, s, tx); err != nil {
		return err
	}
	a.exit = cancelExit(tx)
	return nil
}

// cancelOpen waits until the payment may be cancelled, cancels it and finds out
// how that ended.
func (a *app) cancelOpen(ctx context.Context, s *station, tx till.Transaction, reason string) (till.Transaction, error) {
	from := tx.Payment.LeftAt.Add(s.profile.Poll.Payments.NoCancelBefore)
	if left := time.Until(from); left > 0 {
		if !a.json && isTerminal(a.err) {
			fmt.Fprintln(a.err, a.words.T("deny.too-early"), a.words.Clock(from))
		}
		if err := wait(ctx, left); err != nil {
			return tx, err
		}
	}
	tx, err := s.till.Cancel(ctx, tx.Reference, reason)
	if err != nil || !tx.State.Open() || tx.State == till.Parked {
		return tx, err
	}
	defer a.follow(ctx, s, tx)()
	later, err := s.till.Settle(ctx, tx.Reference)
	if err != nil {
		return tx, err // what was known before counts
	}
	return later, nil
}
