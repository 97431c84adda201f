package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/api/till"
	"cashier/views"
)

func (a *app) sessionReportCommand() *cobra.Command {
	var number, columns int
	var paper bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "The X report of the open session, or an old Z report",
		Long: `Shows what the open session has come to so far (X). It can be asked for at any
time and changes nothing. With --number it is the report of that session: the Z
report of a closed one, marked as a copy. With --print it comes out of the
profile's receipt printer too.

Exit codes: 0 shown; 1 not printed; 3 there is no printer; 4 no session is open, or there is none of that number.`,
		Args: noArgs,
	}
	cmd.Flags().IntVar(&number, "number", 0, "of the session `N`")
	cmd.Flags().IntVar(&columns, "columns", 48, "at most `N` columns wide: 32 to 80")
	cmd.Flags().BoolVar(&paper, "print", false, "print it too")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		switch {
		case cmd.Flags().Changed("number") && number < 1:
			return usagef("--number counts from 1")
		case columns < 32 || columns > 80:
			return usagef("--columns must be 32 to 80")
		}
		return a.atSessions(cmd.Context(), func(s journal) error {
			session, err := s.SessionReport(cmd.Context(), number)
			if err != nil {
				return a.sessionTrouble(err)
			}
			if paper {
				if err := a.printSession(cmd.Context(), s, session, !session.Open()); err != nil {
					return err
				}
			}
			return a.showSession(session, columns, !session.Open())
		})
	})
	return cmd
}

// printSession prints a report on the profile's printer.
func (a *app) printSession(ctx context.Context, s journal, session till.Session, again bool) error {
	_, profile, err := a.loadProfile()
	if err != nil {
		return err
	}
	on := press(profile, s)
	if on == nil {
		return a.noPrinter(profile)
	}
	doc := views.SessionDocument(a.words, session, views.SessionPaper{Copy: again, Test: a.test, Shop: profile.Merchant.Name})
	return a.printFailure(ctx, on.Print(ctx, doc))
}

// showSession prints a report as the flags ask for.
func (a *app) showSession(s till.Session, columns int, again bool) error {
	if a.json {
		return a.printJSON(sessionAsJSON(s))
	}
	for _, line := range views.SessionText(a.words, s, views.SessionPaper{Columns: columns, Copy: again, Test: a.test}) {
		if _, err := fmt.Fprintln(a.out, line); err != nil {
			return err
		}
	}
	return nil
}

// sessionJSON is a session as scripts get it; the report is there when it is
// closed, and in answers to report. The fields without omitempty are always
// there.
type sessionJSON struct {
	Number   int         `json:"number"`
	State    string      `json:"state"` // open, closed, lost; in a list, damaged too
	Operator string      `json:"operator"`
	Branch   string      `json:"branch"`
	Auto     bool        `json:"auto"` // it opened by itself
	Cash     api.Amount  `json:"cash"`
	OpenedAt string      `json:"openedAt"`
	ClosedAt string      `json:"closedAt,omitempty"`
	Report   *reportJSON `json:"report,omitempty"`
}

type reportJSON struct {
	Kind          string      `json:"kind"` // x, z
	At            string      `json:"at"`
	Paid          figureJSON  `json:"paid"`
	Late          figureJSON  `json:"latePaid"`
	Doubled       figureJSON  `json:"doubled"`
	RefundedWhole figureJSON  `json:"refundedWhole"`
	RefundedPart  figureJSON  `json:"refundedPart"`
	Elsewhere     figureJSON  `json:"returnedElsewhere"`
	Net           api.Amount  `json:"net"`
	Booked        figureJSON  `json:"deposited"`
	Waiting       figureJSON  `json:"waiting"`
	Cash          *cashJSON   `json:"cash,omitempty"` // when it was counted
	Begun         []begunJSON `json:"begun"`
	Open          []openJSON  `json:"open"`
	Others        []otherJSON `json:"others"` // in no sum
}

type figureJSON struct {
	Count int        `json:"count"`
	Sum   api.Amount `json:"sum"`
}

type cashJSON struct {
	Start      api.Amount `json:"start"`
	Counted    api.Amount `json:"counted"`
	Deposited  api.Amount `json:"deposited"`
	Difference api.Amount `json:"difference"`
	Reason     string     `json:"reason"`
}

type begunJSON struct {
	Kind  till.Kind  `json:"kind"`
	State till.State `json:"state"`
	figureJSON
}

type openJSON struct {
	Reference api.Reference `json:"reference"`
	Kind      till.Kind     `json:"kind"`
	State     till.State    `json:"state"`
	Refunding bool          `json:"refunding"`
	Amount    api.Amount    `json:"amount"`
	Since     string        `json:"since"`
	Carried   bool          `json:"carried"`
}

type otherJSON struct {
	What   string     `json:"what"`
	Amount api.Amount `json:"amount"`
}

func figureOf(f till.Figure) figureJSON { return figureJSON{f.Count, money(f.Sum)} }

func sessionAsJSON(s till.Session) sessionJSON {
	j := sessionJSON{
		Number: s.Number, State: "open", Operator: s.Operator, Branch: s.Branch, Auto: s.Auto, Cash: money(s.Cash),
		OpenedAt: stamp(s.OpenedAt), ClosedAt: stamp(s.ClosedAt),
	}
	switch {
	case s.Damaged:
		j.State = "damaged"
	case s.Lost:
		j.State = "lost"
	case !s.Open():
		j.State = "closed"
	}
	r := s.Report
	if r == nil {
		return j
	}
	j.Report = &reportJSON{
		Kind: "z", At: stamp(r.At), Paid: figureOf(r.Paid), Late: figureOf(r.Late), Doubled: figureOf(r.Doubled),
		RefundedWhole: figureOf(r.RefundedWhole), RefundedPart: figureOf(r.RefundedPart), Elsewhere: figureOf(r.Elsewhere),
		Net: api.IDR(r.Net()), Booked: figureOf(r.Booked), Waiting: figureOf(r.Waiting),
		Begun: make([]begunJSON, len(r.Begun)), Open: openAsJSON(r.Open), Others: make([]otherJSON, len(r.Others)),
	}
	if s.Open() {
		j.Report.Kind = "x"
	}
	if difference, counted := s.Difference(); counted {
		j.Report.Cash = &cashJSON{money(s.Cash), r.Counted, money(r.Booked.Sum), api.IDR(difference), r.Reason}
	}
	for i, b := range r.Begun {
		j.Report.Begun[i] = begunJSON{b.Kind, b.State, figureOf(b.Figure)}
	}
	for i, o := range r.Others {
		j.Report.Others[i] = otherJSON(o)
	}
	return j
}

func openAsJSON(items []till.OpenItem) []openJSON {
	out := make([]openJSON, len(items))
	for i, item := range items {
		out[i] = openJSON{item.Reference, item.Kind, item.State, item.Refunding, money(item.Amount), stamp(item.Since), item.Carried}
	}
	return out
}
