package cli

import (
	"context"
	"errors"

	"cashier/api"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/views"
)

// journalView is the store as the screens read it.
type journalView struct{ journal }

func (j journalView) Counts(ctx context.Context) (views.Counts, error) {
	c, err := j.journal.Counts(ctx)
	if err != nil {
		return views.Counts{}, err
	}
	sum, booked, _ := c.Today.Booked()
	counts := views.Counts{
		Total: c.All.Of("", ""), Open: c.All.Open(), TodayUserIDs: c.Today.Of(till.CDM, ""),
		TodayBookedCount: booked, TodayBooked: sum,
	}
	j.payments(ctx, c.Today, &counts)
	return counts, nil
}

// sandboxOf is a sandbox as the panel works it.
type sandboxOf struct{ *sandbox.Sandbox }

func (b sandboxOf) Deposit(ctx context.Context, o views.DepositOrder) error {
	status := sandbox.StatusBooked
	if o.Waiting {
		status = sandbox.StatusWaiting
	}
	_, err := b.Sandbox.Deposit(ctx, sandbox.DepositRequest{Code: o.Code, Machine: o.Machine, Amount: o.Amount, Status: status})
	return err
}

func (b sandboxOf) Book(ctx context.Context, code string) error {
	_, err := b.Sandbox.Deposit(ctx, sandbox.DepositRequest{Code: code, Book: true})
	if errors.Is(err, sandbox.ErrNoDeposit) {
		return views.ErrNothingWaits
	}
	return err
}

func (b sandboxOf) Ledger() views.Ledger {
	l := b.Sandbox.Ledger()
	out := views.Ledger{UserIDs: len(l.UserIDs), Requests: l.Requests, BookedSum: api.IDR(0)}
	for _, d := range l.Deposits {
		switch d.Status {
		case sandbox.StatusBooked:
			out.Booked++
			// Sums past what an amount holds stay what they were.
			if sum, err := out.BookedSum.Add(d.Amount); err == nil {
				out.BookedSum = sum
			}
		case sandbox.StatusWaiting:
			out.Waiting++
		}
	}
	return out
}

func (b sandboxOf) Faults() []string {
	var rules []string
	for _, r := range b.Sandbox.Faults() {
		rules = append(rules, r.String())
	}
	return rules
}

func (b sandboxOf) AddFault(rule string) error { return b.Sandbox.AddFault(rule) }

func (b sandboxOf) ClearFaults() { b.Sandbox.ClearFaults() }

func (b sandboxOf) decide(_ context.Context, customer string, approve bool) error {
	decide := b.Decline
	if approve {
		decide = b.Approve
	}
	_, err := decide(customer, "")
	return err
}
