package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) cpmQueryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "query REFERENCE",
		Short: "Ask once what became of a payment",
		Long: `Asks once what became of a payment, whatever its state, and keeps what is new
in the journal.

Exit codes: 0 the provider answered and the payment has ended, paid or not;
3 it does not take our credentials; 4 there is no such payment; 5 it did not
answer, or the payment is still open; 7 paid twice or late.`,
		Args: exactly("a REFERENCE"),
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		return a.atPayments(cmd.Context(), func(s *station) error { return a.queryPayment(cmd.Context(), s, reference) })
	})
	return cmd
}

func (a *app) queryPayment(ctx context.Context, s *station, reference api.Reference) error {
	if _, err := a.findPayment(ctx, s, reference); err != nil {
		return err
	}
	tx, answer, err := a.askPayment(ctx, s, reference)
	if err != nil {
		return a.untold(tx, err)
	}
	asked := tx.State != till.Unsent && tx.State != till.Intent // else there was nothing to ask about
	silent := asked && answer.Class != api.Done
	if silent {
		a.tellFailure(a.noPaymentAnswer(answer))
	} else if answer.Warning != "" {
		a.warn(answer.Warning)
	}
	if err := a.answerTransaction(ctx, s, tx); err != nil {
		return err
	}
	switch {
	case tx.State == till.LatePaid || tx.State == till.Doubled:
		a.exit = exitLate
	case ctx.Err() != nil && silent:
		a.exit = exitInterrupted
	case silent && answer.Code.HTTP == 401:
		a.exit = exitConfig
	case silent || tx.State.Open():
		a.exit = exitOpen
	}
	return nil
}

// askPayment is one question, or the second that "paid" wants where a cancel
// was asked for.
func (a *app) askPayment(ctx context.Context, s *station, reference api.Reference) (till.Transaction, api.Answer, error) {
	tx, answer, err := s.till.CheckPayment(ctx, reference)
	if err == nil && tx.State == till.Cancelling && tx.Payment.Status == api.StatusPaid && answer.Class == api.Done {
		return s.till.CheckPayment(ctx, reference)
	}
	return tx, answer, err
}
