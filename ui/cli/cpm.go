package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

func (a *app) cpmCommand() *cobra.Command {
	return group("cpm", "QRIS payments by the customer's code",
		a.cpmGenerateCommand(), a.cpmPayCommand(), a.cpmQueryCommand(), a.cpmCancelCommand(), a.cpmRefundCommand())
}

// atPayments runs a command's work at a station that takes payments. What is
// open is loaded first, as at every start, so that no rule overlooks it; what
// has provably not left is ended. Nothing else happens by itself meanwhile.
func (a *app) atPayments(ctx context.Context, work func(*station) error) error {
	return a.at(ctx, func(s *station) error {
		if err := s.payable(); err != nil {
			return err
		}
		if err := s.seat.ready(ctx); err != nil {
			return err
		}
		return work(s)
	})
}

// findPayment is find for a payment; a customer's code that was made (59) is
// none.
func (a *app) findPayment(ctx context.Context, s *station, reference api.Reference) (till.Transaction, error) {
	tx, err := a.find(ctx, s, reference)
	switch {
	case err != nil:
		return tx, err
	case tx.Kind == till.CDM:
		return tx, usagef("%s is a CDM user id; ask about it with: cashier cdm query", reference)
	case tx.Payment == nil:
		return tx, usagef("%s is no payment", reference)
	case tx.Binding != s.payAt.Binding():
		return tx, fmt.Errorf("%s: %w", reference, till.ErrOtherProfile)
	}
	return tx, nil
}

// paymentExit is the exit code of a payment for whoever wanted it paid.
func paymentExit(s till.State) int {
	switch {
	case s == till.Paid:
		return exitOK
	case s == till.LatePaid || s == till.Doubled:
		return exitLate
	case s.Open():
		return exitOpen
	}
	return exitEnded
}

// denials are the till's refusals of what a person asked for; the words are
// the catalogue's.
var denials = []struct {
	err  error
	code string // for scripts, and "deny." before it the key of the words
}{
	{till.ErrTooEarly, "too-early"}, {till.ErrPaid, "paid"}, {till.ErrEnded, "ended"}, {till.ErrAccepted, "accepted"},
	{till.ErrMismatch, "mismatch"}, {till.ErrNotPaid, "not-paid"}, {till.ErrLocked, "locked"}, {till.ErrNoCancels, "no-cancels"},
}

// denied says why nothing was done, and reports whether err was such a
// refusal: then the record is the answer, and its exit code tells the rest.
func (a *app) denied(err error) bool {
	for _, d := range denials {
		if errors.Is(err, d.err) {
			fmt.Fprintln(a.err, "cashier: "+a.words.T(words.Key("deny."+d.code)))
			return true
		}
	}
	return false
}

// untold is what went wrong with a payment, as far as the journal could not
// take it: then the reference must not get lost, and where the payment has
// left, nobody may take the trouble for a payment that did not happen.
func (a *app) untold(tx till.Transaction, err error) error {
	t := a.words.T
	switch {
	case errors.Is(err, till.ErrNotRecorded):
		f, _ := errors.AsType[*failure](a.notRecorded(tx, err))
		f.advice = t("state.paid.unrecorded", "reference", tx.Reference)
		return f
	case len(tx.Attempts) > 0 && tx.State.Open() && (errors.Is(err, till.ErrFull) || errors.Is(err, till.ErrReadOnly)):
		f := a.describe(err)
		f.advice = sentence(t("state.unknown")) + " " + sentence(t("state.parked")) + "\n" + f.advice
		return f
	}
	return err
}

// wait is a pause that a signal ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// left is the answer to a signal: the cashier has gone, and the journal keeps
// what is open.
func (a *app) left(ctx context.Context, s *station, reference api.Reference, exit func(till.Transaction) int) error {
	s.till.Leave(reference)
	tx, err := s.store.Get(context.WithoutCancel(ctx), reference)
	if errors.Is(err, till.ErrNotFound) { // it was not even begun
		return context.Canceled
	}
	if err != nil {
		return err
	}
	if err := a.answerTransaction(ctx, s, tx); err != nil {
		return err
	}
	if a.exit = exit(tx); a.exit == exitOpen {
		a.exit = exitInterrupted
	}
	return nil
}
