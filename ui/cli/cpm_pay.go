package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
)

// paySlip is what the flags of cpm pay say.
type paySlip struct {
	qr, amount, reference, sale, title string
	by, reason                         string
	noWait                             bool
}

func (a *app) cpmPayCommand() *cobra.Command {
	var slip paySlip
	cmd := &cobra.Command{
		Use:   "pay --qr -|@FILE --amount N",
		Short: "Charge a customer's code, once",
		Long: `Charges a customer's code once and waits until it is certain what became of
it: it is asked about by the profile's plan, cancelled at the window's end, and
what stays open is kept in the journal for cashier resume. Whatever the answer,
a payment is never sent twice.

The customer's code comes from standard input (--qr -; not shown on a terminal)
or from a file (--qr @FILE), never from an argument. A code that cannot be
charged is refused before anything is sent.

The same --reference with the same code and amount is the same payment: it is
settled and shown. With another code or amount nothing is sent.

Another payment of a --sale whose earlier one is not proven unpaid, and the same
card with the same amount beside an open payment, need a supervisor:
--override-by and --override-reason, both kept in the journal. Without them
nothing is sent (exit code 2) and the other payment is named.

Exit codes: 0 paid; 2 nothing was sent or recorded; 4 it ended without money;
5 not certain yet, kept in the journal; 6 the journal; 7 paid twice or late;
130 interrupted while it was open.`,
		Args: codeArgs,
	}
	f := cmd.Flags()
	f.StringVar(&slip.qr, "qr", "", "where the customer's code is read: - or `@FILE`")
	f.StringVar(&slip.amount, "amount", "", "rupiah: digits, optionally .dd (`12500`)")
	f.StringVar(&slip.reference, "reference", "", "our `REFERENCE` for the payment (default: a new one)")
	f.StringVar(&slip.sale, "sale", "", "what the customer owes, as a `REFERENCE`: only one payment of it can be paid (default: the payment's)")
	f.StringVar(&slip.title, "title", "", "what is paid for, as the customer sees it")
	f.StringVar(&slip.by, "override-by", "", "`NAME` of the supervisor who allows what a rule forbids")
	f.StringVar(&slip.reason, "override-reason", "", "and why")
	f.BoolVar(&slip.noWait, "no-wait", false, "return after the first answer and its confirming query")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		order, err := slip.order()
		if err != nil {
			return err
		}
		code, err := a.readCode(cmd.Context(), slip.qr)
		if err != nil {
			return err
		}
		if order.Code, order.Card, err = a.customer(code); err != nil {
			return err
		}
		return a.atPayments(cmd.Context(), func(s *station) error { return a.charge(cmd.Context(), s, order, !slip.noWait) })
	})
	return cmd
}

// order reads the flags, all but the code.
func (p paySlip) order() (till.Order, error) {
	var o till.Order
	var err error
	if o.Amount, err = amountFlag("--amount", p.amount); err != nil {
		return o, err
	}
	if o.Reference, err = referenceFlag("--reference", p.reference); err != nil {
		return o, err
	}
	if o.Sale, err = referenceFlag("--sale", p.sale); err != nil {
		return o, err
	}
	for _, text := range []struct{ flag, value string }{
		{"--title", p.title}, {"--override-by", p.by}, {"--override-reason", p.reason},
	} {
		if api.Clean(text.value, len(text.value)) != text.value {
			return o, usagef("%s holds a character that cannot be shown", text.flag)
		}
	}
	o.Title = p.title
	switch {
	case p.by != "" && p.reason != "":
		o.Override = &till.Override{By: p.by, Reason: p.reason, At: time.Now()}
	case p.by != "" || p.reason != "":
		return o, usagef("--override-by and --override-reason go together: who allows it, and why")
	}
	return o, nil
}

// amountFlag reads money that must be more than nothing.
func amountFlag(flag, text string) (api.Amount, error) {
	if text == "" {
		return api.Amount{}, usagef("%s is needed, such as %s 12500", flag, flag)
	}
	amount, err := api.ParseTyped(text)
	switch {
	case err != nil:
		return amount, usagef("%s: %w", flag, err)
	case amount.Zero():
		return amount, usagef("%s must be more than nothing", flag)
	}
	return amount, nil
}

// referenceFlag reads a reference that may be left out.
func referenceFlag(flag, text string) (api.Reference, error) {
	if text == "" {
		return "", nil
	}
	reference, err := api.ParseReference(text)
	if err != nil {
		return "", usagef("%s: %w", flag, err)
	}
	return reference, nil
}

func (a *app) charge(ctx context.Context, s *station, o till.Order, waits bool) error {
	if most := api.Amount(s.profile.MaxAmount); !most.Zero() && o.Amount.Minor() > most.Minor() {
		return usagef("--amount: %s Nothing was sent.", a.words.T("pay.bounds-most", "most", a.amount(most)))
	}
	o.Reference = cmp.Or(o.Reference, api.NewReference(api.PaymentReference, time.Now()))
	tx, err := s.till.Pay(ctx, o, nil)
	if rule, ok := errors.AsType[*till.ErrNeedsSupervisor](err); ok {
		return a.needsSupervisor(rule)
	}
	if wrong, ok := errors.AsType[*api.FieldError](err); ok {
		return usagef("%w; nothing was sent", wrong)
	}
	if err == nil {
		var later till.Transaction
		if later, err = a.settlePayment(ctx, s, tx, waits); err == nil {
			tx = later // else what was known before counts
		}
	}
	exit := func(tx till.Transaction) int {
		if refusedToken(tx) {
			return exitConfig
		}
		return paymentExit(tx.State)
	}
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		return a.left(ctx, s, o.Reference, exit)
	case err != nil:
		tx.Reference = o.Reference
		return a.untold(tx, err)
	}
	if err := a.answerTransaction(ctx, s, tx); err != nil {
		return err
	}
	a.exit = exit(tx)
	return nil
}

// settlePayment finds out what became of a payment that was sent: to its end,
// or by the one query that an answer of success wants.
func (a *app) settlePayment(ctx context.Context, s *station, tx till.Transaction, waits bool) (till.Transaction, error) {
	switch {
	case ctx.Err() != nil || !tx.State.Open():
		return tx, ctx.Err()
	case waits:
		defer a.follow(ctx, s, tx)()
		return s.till.Settle(ctx, tx.Reference)
	case tx.Payment.SaidDone:
		next, _, err := s.till.CheckPayment(ctx, tx.Reference)
		return next, err
	}
	return tx, nil
}

// follow tells whoever waits at a terminal how a payment stands, on standard
// error, until stop is called.
func (a *app) follow(ctx context.Context, s *station, tx till.Transaction) (stop func()) {
	if a.json || !isTerminal(a.err) {
		return func() {}
	}
	updates, unsubscribe, err := s.till.Follow(ctx, tx.Reference)
	if err != nil {
		return func() {} // the waiting itself will say what is wrong
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for shown := till.State(""); ; {
			select {
			case u := <-updates:
				if now := u.Transaction.State; now != shown {
					shown = now
					fmt.Fprintf(a.err, "%s  %s\n", a.words.Clock(time.Now()), signed(stateTone(now), a.stateSentence(u.Transaction)))
				}
			case <-over:
				return
			}
		}
	}()
	return func() {
		unsubscribe()
		close(over)
		<-ended
	}
}

// needsSupervisor names the payment that stands against this one.
func (a *app) needsSupervisor(rule *till.ErrNeedsSupervisor) error {
	t := a.words.T
	why := t("paying.rule-sale", "reference", rule.Other)
	if rule.Rule == till.RuleSimilarOpen {
		why = t("paying.rule-similar", "reference", rule.Other)
	}
	return usagef("%s (%s) %s\n%s --override-by NAME --override-reason TEXT",
		t("paying.ruled"), rule.Rule, why, signed(ui.Unsure, t("paying.rule-risk")))
}
