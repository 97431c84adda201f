package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

// session asks what is wanted of the shifts.
func (l *linear) session(ctx context.Context) error {
	chosen, err := l.pick(ctx, []job{
		{"linear.x", l.command("session", "report")},
		{"linear.open", l.openSession},
		{"linear.close", l.closeSession},
		{"linear.z", l.oldReport},
	}, "linear.to-menu")
	switch {
	case err != nil:
		return err
	case chosen == nil:
		return errBack
	}
	return chosen(ctx)
}

// newest are the last two sessions, the newest first.
func (l *linear) newest(ctx context.Context) (list []till.Session, err error) {
	err = l.app.atSessions(ctx, func(s journal) (err error) {
		list, err = s.ListSessions(ctx, 0, 2)
		return err
	})
	return list, err
}

// noticeForgotten says at the start that a session should have been closed.
func (l *linear) noticeForgotten(ctx context.Context) error {
	list, err := l.newest(ctx)
	if len(list) > 0 && list[0].Forgotten(time.Now()) {
		l.say("session.forgotten-title", "n", list[0].Number)
		l.say("session.forgotten", "date", localTime(list[0].OpenedAt))
	}
	return err
}

func (l *linear) openSession(ctx context.Context) error {
	t := l.app.words.T
	list, err := l.newest(ctx)
	if err != nil {
		return err
	}
	var last till.Session
	if len(list) > 0 {
		last = list[0]
	}
	switch {
	case last.Number == 0 || !last.Open():
	case last.Auto:
		l.say("session.take-head", "n", last.Number, "time", localTime(last.OpenedAt))
	default:
		return l.app.sessionTrouble(&till.SessionOpenError{Session: last})
	}
	operator, err := l.ask(ctx, t("session.operator"), last.Operator)
	if err != nil {
		return err
	}
	branch, err := l.ask(ctx, t("session.branch"), last.Branch)
	if err != nil {
		return err
	}
	cash, err := l.cash(ctx, t("session.cash")+", "+t("session.cash-hint"))
	if err != nil {
		return err
	}
	o := till.Opening{Operator: operator, Branch: branch, Cash: cash}
	if err := o.Check(); err != nil {
		return usageError{err}
	}
	if err := l.sure(ctx, t("linear.opens", "operator", operator, "branch", branch, "cash", l.app.words.Rupiah(cash.Minor()))); err != nil {
		return err
	}
	return l.app.atSessions(ctx, func(s journal) error {
		opened, err := s.OpenSession(ctx, o)
		if err != nil {
			return l.app.sessionTrouble(err)
		}
		l.say("session.opened", "n", opened.Number)
		return nil
	})
}

// cash asks until rupiah can be read; nothing said is the zero Amount.
func (l *linear) cash(ctx context.Context, question string) (api.Amount, error) {
	for {
		text, err := l.ask(ctx, question, "")
		switch {
		case errors.Is(err, errBack):
			return api.Amount{}, nil
		case err != nil:
			return api.Amount{}, err
		}
		if sum, ok := l.readMoney(text); ok {
			return sum, nil
		}
	}
}

// closeSession leads to a Z report as the screen does: what is open one by one,
// the cash, a reason where it does not agree, and a last question.
func (l *linear) closeSession(ctx context.Context) error {
	a := l.app
	t := a.words.T
	if err := a.askBeforeClosing(ctx); err != nil {
		return err
	}
	now, carry, err := l.decideOpen(ctx)
	if err != nil {
		return err
	}
	c := till.Closing{Number: now.Number, Carry: carry}
	if now.HandlesCash() {
		fmt.Fprintln(a.out, t("shift.deposited")+" "+a.words.Rupiah(now.Report.Booked.Sum.Minor()))
		l.say("session.step-cash-why", "cash", a.words.Rupiah(now.Cash.Minor()))
		if c.Counted, err = l.cash(ctx, t("session.counted")); err != nil {
			return err
		}
	}
	now.Report.Counted = c.Counted
	if difference, counted := now.Difference(); counted && difference != 0 {
		key, sum := words.Key("session.more-cash"), difference
		if difference < 0 {
			key, sum = "session.less-cash", -difference
		}
		if c.Reason, err = l.ask(ctx, t(key, "sum", a.words.Rupiah(sum)), ""); err != nil {
			return err
		}
	}
	for _, item := range now.Report.Open {
		how := words.Key("shift.parked")
		if slices.Contains(carry, item.Reference) {
			how = "shift.carried"
		}
		fmt.Fprintf(a.out, "%s: %s\n", t(how), item.Reference)
	}
	if err := l.sure(ctx, t("session.confirm", "n", now.Number)+" "+t("session.confirm-body", "n", now.Number)); err != nil {
		return err
	}
	return a.atSessions(ctx, func(s journal) error { return a.closeSession(ctx, s, c, false) })
}

// decideOpen asks about each open transaction until all have a word, and is the
// session with its X report as it is then.
func (l *linear) decideOpen(ctx context.Context) (now till.Session, carry []api.Reference, err error) {
	a := l.app
	for {
		err := a.atSessions(ctx, func(s journal) (err error) {
			now, err = s.SessionReport(ctx, 0)
			return err
		})
		if err != nil {
			return now, nil, a.sessionTrouble(err)
		}
		items := now.Report.Undecided(carry)
		if len(items) == 0 {
			return now, carry, nil
		}
		item := items[0]
		l.say("session.step-open", "at", len(carry)+1, "of", len(carry)+len(items))
		pairs(a.out, a.openPairs(item)...)
		jobs := []job{
			{"linear.settle", l.command("resume", "--for", "1m")},
			{"session.carry-help", func(context.Context) error { carry = append(carry, item.Reference); return nil }},
		}
		if item.Parkable() {
			jobs = slices.Insert(jobs, 1, job{"session.park-help", func(ctx context.Context) error {
				return a.atPayments(ctx, func(s *station) error {
					_, err := s.till.Park(ctx, item.Reference, now.Operator)
					return err
				})
			}})
		}
		chosen, err := l.pick(ctx, jobs, "linear.to-menu")
		switch {
		case err != nil:
			return now, nil, err
		case chosen == nil:
			return now, nil, errBack
		}
		if err := chosen(ctx); err != nil {
			return now, nil, err
		}
	}
}

// openPairs are an open transaction for people.
func (a *app) openPairs(item till.OpenItem) [][2]string {
	t := a.words.T
	return [][2]string{
		{t("detail.reference"), string(item.Reference)}, {t("amount.label"), a.amount(item.Amount)},
		{t("history.state"), a.openWord(item)}, {t("session.item-since"), localTime(item.Since)},
	}
}

// oldReport shows a Z report once more.
func (l *linear) oldReport(ctx context.Context) error {
	list, err := l.newest(ctx)
	if err != nil {
		return err
	}
	if list = slices.DeleteFunc(list, till.Session.Open); len(list) == 0 {
		l.say("session.past-none")
		return nil
	}
	answer, err := l.ask(ctx, l.app.words.T("linear.number"), strconv.Itoa(list[0].Number))
	if err != nil {
		return err
	}
	return l.command("session", "report", "--number="+answer)(ctx)
}
