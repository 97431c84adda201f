package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/config"
)

func (a *app) sessionCommand() *cobra.Command {
	return group("session", "An operator's shift: X report, Z report, cash against deposits",
		a.sessionOpenCommand(), a.sessionReportCommand(), a.sessionCloseCommand(), a.sessionListCommand())
}

// atSessions runs a session's command: it needs the journal alone, and is not
// told that a session was forgotten.
func (a *app) atSessions(ctx context.Context, work func(journal) error) error {
	a.shift = true
	return a.withStore(ctx, work)
}

func (a *app) sessionOpenCommand() *cobra.Command {
	var operator, branch, cash string
	cmd := &cobra.Command{
		Use:   "open --operator NAME --branch NO",
		Short: "Open a session",
		Long: `Opens the next session: all that is done from now on belongs to it, whichever
command or console does it. Something that is done while none is open opens one
by itself; opening then takes that one over, with what was done in it.

Exit codes: 0 open; 4 another session is open: close it first.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&operator, "operator", "", "`NAME` of who works")
	f.StringVar(&branch, "branch", "", "`NO` of the branch")
	f.StringVar(&cash, "cash", "", "rupiah in a courier's hand at the start: digits, optionally .dd")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		o := till.Opening{Operator: strings.TrimSpace(operator), Branch: strings.TrimSpace(branch)}
		switch {
		case o.Operator == "":
			return usagef("--operator is needed, such as --operator Siti")
		case o.Branch == "":
			return usagef("--branch is needed, such as --branch 0123")
		}
		var err error
		if o.Cash, err = cashFlag("--cash", cash); err != nil {
			return err
		}
		if err := o.Check(); err != nil {
			return usageError{err}
		}
		return a.atSessions(cmd.Context(), func(s journal) error {
			opened, err := s.OpenSession(cmd.Context(), o)
			if err != nil {
				return a.sessionTrouble(err)
			}
			if a.json {
				return a.printJSON(sessionAsJSON(opened))
			}
			_, err = fmt.Fprintln(a.out, a.words.T("session.opened", "n", opened.Number))
			return err
		})
	})
	return cmd
}

// cashFlag reads rupiah that may be nought; nothing said is the zero Amount.
func cashFlag(flag, text string) (api.Amount, error) {
	if text == "" {
		return api.Amount{}, nil
	}
	amount, err := api.ParseTyped(text)
	if err != nil {
		return amount, usagef("%s: %w", flag, err)
	}
	return amount, nil
}

// sessionTrouble gives the errors of sessions their exit codes and words.
func (a *app) sessionTrouble(err error) error {
	if e, ok := errors.AsType[*till.SessionOpenError](err); ok {
		return &failure{exit: exitEnded, code: "session-open", message: err.Error(), err: err, advice: a.words.T("session.is-open",
			"n", e.Session.Number, "operator", e.Session.Operator, "time", localTime(e.Session.OpenedAt))}
	}
	if e, ok := errors.AsType[*till.StillOpenError](err); ok {
		return &failure{exit: exitOpen, code: "still-open", message: e.Error(), advice: a.words.T("session.still-open"), err: err}
	}
	if e, ok := errors.AsType[*till.DifferenceError](err); ok {
		return &failure{exit: exitUsage, code: "difference", message: e.Error(), err: err, advice: a.words.T("session.differs", "sum", a.words.Rupiah(e.Difference()))}
	}
	if errors.Is(err, till.ErrNoSession) {
		return &failure{exit: exitEnded, code: "no-session", message: err.Error(), advice: a.words.T("session.none"), err: err}
	}
	return err
}

// unattended is who a session is put down to that opens by itself before
// anybody has opened one.
func unattended(p config.Profile) *till.Opening {
	c := p.Courier
	name := strings.TrimSpace(c.No + " " + c.Name)
	return &till.Opening{
		Operator: api.Clean(cmp.Or(name, p.Terminal.ID), till.MostNamed), Branch: api.Clean(c.BranchNo, till.MostNamed),
	}
}

// operatorOf names who works now, for what is done now; a session that opened
// by itself does not know.
func operatorOf(s till.Sessions) func() string {
	return func() string {
		if s == nil { // an examination of a journal that does not open
			return ""
		}
		now, err := s.CurrentSession(context.Background())
		if err != nil || now.Auto {
			return ""
		}
		return now.Operator
	}
}

// noticeForgotten says in one line that a session should have been closed. It
// holds nothing up.
func (a *app) noticeForgotten(ctx context.Context, s journal) {
	if a.shift {
		return
	}
	now, err := s.CurrentSession(ctx)
	if err != nil || !now.Forgotten(time.Now()) {
		return
	}
	a.warn(a.words.T("session.warn", "n", now.Number, "operator", cmp.Or(now.Operator, "–"), "date", a.words.Date(now.OpenedAt)))
}
