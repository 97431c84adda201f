package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/till"
)

// shifts are the sessions as the screens work with them. The header shows what
// they heard last.
type shifts struct {
	journal
	till works
	desk *desk
}

// heard keeps the open session for the header.
func (s shifts) heard(now till.Session, err error) (till.Session, error) {
	switch {
	case err == nil && now.Open():
		s.desk.shift.Store(&now)
	case err == nil, errors.Is(err, till.ErrNoSession):
		s.desk.shift.Store(nil)
	}
	return now, err
}

func (s shifts) CurrentSession(ctx context.Context) (till.Session, error) {
	return s.heard(s.journal.CurrentSession(ctx))
}

// OpenSession and CloseSession change what home shows too.
func (s shifts) OpenSession(ctx context.Context, o till.Opening) (till.Session, error) {
	opened, err := s.journal.OpenSession(ctx, o)
	if err == nil {
		_, _ = s.heard(opened, nil)
		s.desk.news.tell("")
	}
	return opened, err
}

func (s shifts) CloseSession(ctx context.Context, c till.Closing) (till.Session, error) {
	closed, err := s.journal.CloseSession(ctx, c)
	if err == nil {
		_, _ = s.heard(closed, nil)
		s.desk.news.tell("")
	}
	return closed, err
}

func (s shifts) Park(ctx context.Context, reference api.Reference, by string) (till.Transaction, error) {
	return s.till.Park(ctx, reference, by)
}

func (s shifts) AskAgain(ctx context.Context) (unheard int, err error) {
	return askAgain(ctx, s.journal, s.till)
}

// who is the header's right side: who works here, in which branch, since when.
func (d *desk) who() string {
	c := d.courier.Load()
	t := d.app.words.T
	name, branch := c.Name, c.BranchNo
	if c.No != "" {
		name = t("header.courier", "no", c.No)
	}
	since := ""
	if s := d.shift.Load(); s != nil {
		if !s.Auto {
			name, branch = s.Operator, s.Branch
		}
		opened := d.app.words.Clock(s.OpenedAt)[:len("15.04")]
		if day := d.app.words.Date(s.OpenedAt); day != d.app.words.Date(time.Now()) {
			opened = day
		}
		since = t("session.since", "time", opened)
	}
	if branch != "" {
		branch = t("header.branch", "no", branch)
	}
	parts := slices.DeleteFunc([]string{name, branch, since}, func(p string) bool { return p == "" })
	return strings.Join(parts, " · ")
}
