package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/paycools"
	"cashier/api/till"
)

func (a *app) cdmQueryCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "query REFERENCE",
		Short: "Ask once for the deposits of a user id",
		Long: `Asks once for the deposits of a user id and keeps what is new in the journal.
A user id that is not settled yet is asked for again first, with the same bytes.
With --from or --to the answer holds the deposits made in that range alone; the
journal keeps all it knows.

Exit codes: 0 the provider answered; 4 there is no such user id; 5 it did not
answer, or not clearly.`,
		Args: exactly("a REFERENCE"),
	}
	cmd.Flags().StringVar(&from, "from", "", "deposits from this `TIME` (2026-11-20 or 2026-11-20T15:04:05+07:00)")
	cmd.Flags().StringVar(&to, "to", "", "deposits up to this `TIME`; a day is meant whole")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		reference, err := referenceArg(args[0])
		if err != nil {
			return err
		}
		between, err := parseSpan(from, to)
		if err != nil {
			return err
		}
		return a.at(cmd.Context(), func(s *station) error { return a.query(cmd.Context(), s, reference, between) })
	})
	return cmd
}

// span is a stretch of time; a zero end is open.
type span struct{ from, to time.Time }

func (s span) holds(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.to.IsZero() || !t.After(s.to))
}

func parseSpan(from, to string) (s span, err error) {
	if s.from, err = parseTime("--from", from, 0); err != nil {
		return s, err
	}
	if s.to, err = parseTime("--to", to, 24*time.Hour-time.Second); err != nil {
		return s, err
	}
	if !s.from.IsZero() && !s.to.IsZero() && s.to.Before(s.from) {
		return s, usagef("--to is before --from")
	}
	return s, nil
}

// parseTime reads a day in Jakarta, to which rest is added, or an instant.
func parseTime(flag, text string, rest time.Duration) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, api.Jakarta); err == nil {
		return day.Add(rest), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, usagef("%s: %q is no time; write 2026-11-20 or 2026-11-20T15:04:05+07:00", flag, text)
	}
	return t, nil
}

func (a *app) query(ctx context.Context, s *station, reference api.Reference, between span) error {
	tx, err := a.find(ctx, s, reference)
	if err != nil {
		return err
	}
	if tx.Kind != till.CDM {
		return usagef("%s is a payment; ask about it with: cashier cpm query", reference)
	}
	if err := s.credentials(); err != nil {
		return err
	}
	if tx.State.Open() {
		if tx, err = s.till.RepeatUserID(ctx, tx.Reference, nil); err != nil {
			return a.notRecorded(tx, err)
		}
	}
	if tx.State != till.Active && tx.State != till.Inactive {
		if err := a.answerTransaction(ctx, s, tx); err != nil {
			return err
		}
		a.exit = settled(tx.State)
		return nil
	}
	tx, answer, err := s.till.CheckDeposits(ctx, tx.Reference)
	if err != nil {
		return err
	}
	if between != (span{}) && answer.Class == api.Done {
		if tx, answer, err = a.queryRange(ctx, s, tx, between); err != nil {
			return err
		}
	}
	if answer.Class != api.Done {
		return a.noAnswer(answer)
	}
	if answer.Warning != "" {
		a.warn(answer.Warning)
	}
	return a.answerTransaction(ctx, s, tx)
}

// queryRange asks for a range of its own: the journal's check only asks for
// what may have changed.
func (a *app) queryRange(ctx context.Context, s *station, tx till.Transaction, between span) (till.Transaction, api.Answer, error) {
	from, to := between.from, between.to
	if from.IsZero() {
		from = tx.CreatedAt
	}
	if to.IsZero() {
		to = time.Now()
	}
	found, answer, err := s.till.DepositsBetween(ctx, tx.Reference, from, to)
	if err != nil {
		return tx, answer, err
	}
	tx.Deposits, _ = till.Merge(tx.Deposits, found, time.Now())
	kept := tx.Deposits[:0:0]
	for _, d := range tx.Deposits {
		if between.holds(d.CreatedAt) {
			kept = append(kept, d)
		}
	}
	tx.Deposits = kept
	return tx, answer, ctx.Err()
}

// noAnswer is a question that the provider left open: nothing changed.
func (a *app) noAnswer(answer api.Answer) error {
	return a.noAnswerTo(paycools.Query, answer)
}

// noPaymentAnswer is noAnswer of a payment.
func (a *app) noPaymentAnswer(answer api.Answer) error {
	return a.noAnswerTo(cpm.Query, answer)
}

func (a *app) noAnswerTo(asked api.Operation, answer api.Answer) error {
	f := &failure{exit: exitOpen, code: cmp.Or(answer.Key(), "unclear"), err: answer.Err}
	advice, _ := a.words.Advice(asked.Provider, asked.Service, answer.Key())
	f.advice = advice.String()
	switch {
	case answer.Err != nil:
		f.message = "the provider did not answer: " + api.Clean(answer.Err.Error(), 300)
	default:
		f.message = fmt.Sprintf("the provider did not say: %s %s", answer.Code, answer.Message)
	}
	if answer.Reason == api.ReasonToken || answer.Code.Service == "73" {
		f.message = "no access token: " + f.message
		if answer.Code.HTTP == 401 {
			f.exit = exitConfig
		}
	}
	return f
}
