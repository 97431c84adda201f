package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) cpmRefundCommand() *cobra.Command {
	var amount, refund, reason string
	cmd := &cobra.Command{
		Use:   "refund REFERENCE --amount N",
		Short: "Give money of a paid payment back",
		Long: `Gives money of a paid payment back, whole or in part. The same
--refund-reference with the same amount is the same refund: one whose answer was
lost is repeated byte for byte, a settled one is shown. The sum of all refunds,
those included that may have happened, never exceeds the payment.

Exit codes: 0 refunded; 2 it does not fit what is left of the payment, nothing
was sent; 4 refused, or the payment is not paid; 5 not certain yet, kept in the
journal: repeat with the same --refund-reference.`,
		Args: exactly("a REFERENCE"),
	}
	f := cmd.Flags()
	f.StringVar(&amount, "amount", "", "rupiah: digits, optionally .dd (`5000`)")
	f.StringVar(&refund, "refund-reference", "", "our `REFERENCE` for the refund (default: a new one)")
	f.StringVar(&reason, "reason", "", "`why`, for the provider and the journal")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		sum, err := amountFlag("--amount", amount)
		if err != nil {
			return err
		}
		as, err := referenceFlag("--refund-reference", refund)
		if err != nil {
			return err
		}
		if api.Clean(reason, len(reason)) != reason {
			return usagef("--reason holds a character that cannot be shown")
		}
		as = cmp.Or(as, api.NewReference(api.RefundReference, time.Now()))
		return a.atPayments(cmd.Context(), func(s *station) error { return a.refund(cmd.Context(), s, reference, as, sum, reason) })
	})
	return cmd
}

// refundExit is the exit code for whoever wanted that refund.
func refundExit(tx till.Transaction, refund api.Reference) int {
	i := slices.IndexFunc(tx.Refunds, func(r till.Refund) bool { return r.Reference == refund })
	switch {
	case i < 0 && tx.State.Open():
		return exitOpen
	case i < 0:
		return exitEnded
	}
	switch tx.Refunds[i].State {
	case till.RefundDone:
		return exitOK
	case till.RefundRefused, till.RefundUnsent:
		return exitEnded
	}
	return exitOpen
}

func (a *app) refund(ctx context.Context, s *station, reference, refund api.Reference, amount api.Amount, reason string) error {
	if _, err := a.findPayment(ctx, s, reference); err != nil {
		return err
	}
	tx, err := s.till.Refund(ctx, reference, refund, amount, reason)
	if err == nil && refundExit(tx, refund) == exitOpen {
		tx, err = a.settleRefund(ctx, s, tx, refund)
	}
	exit := func(tx till.Transaction) int { return refundExit(tx, refund) }
	if wrong, ok := errors.AsType[*api.FieldError](err); ok {
		return usagef("%w; nothing was sent", wrong)
	}
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		return a.left(ctx, s, reference, exit)
	case errors.Is(err, till.ErrRefund) && !refundOpen(tx):
		return usagef("--amount: %w; nothing was sent", err)
	case errors.Is(err, till.ErrRefund):
		return &failure{exit: exitOpen, code: "refund-open", message: err.Error(), advice: a.words.T("state.refund.unknown"), err: err}
	case err != nil && !a.denied(err):
		tx.Reference = reference
		return a.unrefunded(tx, refund, err)
	}
	if err := a.answerTransaction(ctx, s, tx); err != nil {
		return err
	}
	a.exit = exit(tx)
	return nil
}

// settleRefund repeats an unanswered refund by the plan as long as a cashier
// would wait for a payment; what is open then, cashier resume goes on with.
func (a *app) settleRefund(ctx context.Context, s *station, tx till.Transaction, refund api.Reference) (till.Transaction, error) {
	until := time.Now().Add(s.profile.Poll.Payments.Window)
	for {
		at, err := s.till.Step(ctx, tx.Reference)
		if err != nil {
			return tx, err
		}
		if tx, err = s.store.Get(ctx, tx.Reference); err != nil || refundExit(tx, refund) != exitOpen || at.IsZero() || at.After(until) {
			return tx, err
		}
		if err := wait(ctx, time.Until(at)); err != nil {
			return tx, err
		}
	}
}

// unrefunded is a refund that the provider made and the journal could not take.
func (a *app) unrefunded(tx till.Transaction, refund api.Reference, err error) error {
	if !errors.Is(err, till.ErrNotRecorded) {
		return err
	}
	f, _ := errors.AsType[*failure](a.notRecorded(tx, err))
	f.advice = a.words.T("refund.unrecorded", "problem", err, "reference", refund)
	return f
}
