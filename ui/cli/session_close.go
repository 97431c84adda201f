package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
)

func (a *app) sessionCloseCommand() *cobra.Command {
	var counted, reason string
	var carry, park []string
	var paper bool
	cmd := &cobra.Command{
		Use:   "close",
		Short: "Close the open session with its Z report",
		Long: `Closes the open session and shows its Z report, which gets the session's number
and cannot be changed any more. Before that, payments that ended unpaid a short
time ago and the deposits of user ids are asked about once more; an answer that
does not come holds nothing up. What is still open in the journal must be
settled, or be named: with --park, a payment is asked about slowly from now on;
with --carry, it goes over into the next session as it is. Else nothing is closed
and what is missing is listed.

--counted is the cash that a courier collected in the session, without the cash
in hand at its start. Where both together differ from the booked deposits, a
--reason is needed.

Exit codes: 0 closed; 1 closed, but not printed; 2 the cash differs and no
reason is given; 4 no session is open; 5 something is still open. With 2, 4 and
5 nothing was closed.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&counted, "counted", "", "`rupiah` collected, as counted: digits, optionally .dd")
	f.StringVar(&reason, "reason", "", "`why` cash and deposits differ")
	f.StringArrayVar(&carry, "carry", nil, "`REFERENCE` that stays open and goes over; repeat it for each")
	f.StringArrayVar(&park, "park", nil, "`REFERENCE` of a payment to stop waiting for; repeat it for each")
	f.BoolVar(&paper, "print", false, "print the Z report too")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		c := till.Closing{Reason: reason}
		var err error
		if c.Counted, err = cashFlag("--counted", counted); err != nil {
			return err
		}
		if reason != "" && counted == "" {
			return usagef("--reason says why the counted cash differs; give --counted too")
		}
		if api.Clean(reason, till.MostReason) != reason {
			return usagef("--reason may have %d characters that can be shown", till.MostReason)
		}
		if c.Carry, err = references("--carry", carry); err != nil {
			return err
		}
		parked, err := references("--park", park)
		if err != nil {
			return err
		}
		if err := a.askBeforeClosing(cmd.Context()); err != nil {
			return err
		}
		if err := a.park(cmd.Context(), parked); err != nil {
			return err
		}
		return a.atSessions(cmd.Context(), func(s journal) error { return a.closeSession(cmd.Context(), s, c, paper) })
	})
	return cmd
}

func references(flag string, texts []string) (list []api.Reference, err error) {
	for _, text := range texts {
		reference, err := api.ParseReference(text)
		if err != nil {
			return nil, usagef("%s: %w", flag, err)
		}
		list = append(list, reference)
	}
	return list, nil
}

// park parks payments for whoever works now, before a session is closed.
func (a *app) park(ctx context.Context, list []api.Reference) error {
	if len(list) == 0 {
		return nil
	}
	return a.atPayments(ctx, func(s *station) error {
		now, err := s.store.CurrentSession(ctx)
		if err != nil {
			return a.sessionTrouble(err)
		}
		for _, reference := range list {
			if _, err := a.findPayment(ctx, s, reference); err != nil {
				return err
			}
			switch _, err := s.till.Park(ctx, reference, now.Operator); {
			case errors.Is(err, till.ErrEnded):
				a.warn(fmt.Sprintf("--park %s: it has ended or was not sent, there is nothing to park", reference))
			case err != nil:
				return err
			}
		}
		return nil
	})
}

func (a *app) closeSession(ctx context.Context, s journal, c till.Closing, paper bool) error {
	for _, reference := range c.Carry {
		tx, err := a.find(ctx, &station{store: s}, reference)
		if err != nil {
			return err
		}
		if _, open := till.OpenItemOf(tx); !open {
			a.warn(fmt.Sprintf("--carry %s: it has ended, there is nothing to carry over", reference))
		}
	}
	closed, err := s.CloseSession(ctx, c)
	if still, ok := errors.AsType[*till.StillOpenError](err); ok {
		return a.listStillOpen(still, a.sessionTrouble(err))
	}
	if err != nil {
		return a.sessionTrouble(err)
	}
	if err := a.showSession(closed, 48, false); err != nil || !paper {
		return err
	}
	// It is closed, whatever the printer does.
	if err := a.printSession(ctx, s, closed, false); err != nil {
		a.tellFailure(err)
		a.exit = exitOther
	}
	return nil
}

// listStillOpen prints what stands against a closing.
func (a *app) listStillOpen(still *till.StillOpenError, err error) error {
	if a.json {
		f := a.describe(err)
		a.exit = f.exit
		return a.printJSON(struct {
			errorObject
			Open []openJSON `json:"open"`
		}{errorObject{errorBody{f.code, f.message, f.advice}}, openAsJSON(still.Items)})
	}
	t := a.theme()
	cells := make([][]string, len(still.Items))
	for i, item := range still.Items {
		cells[i] = []string{string(item.Reference), a.amount(item.Amount), a.openWord(item), localTime(item.Since)}
	}
	table(a.out, t, []column{{title: "Still open"}, {title: "Amount", right: true}, {title: "State"}, {title: "Since"}}, cells)
	return err
}

func (a *app) openWord(item till.OpenItem) string {
	if item.Refunding {
		return signed(stateTone(till.Unknown), a.words.T("session.refund-open"))
	}
	return a.stateWord(item.Kind, item.State)
}
