//go:build unix

package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/till"
)

// charge is what a process that is to die knows of a payment.
type charge struct {
	Code   string // the customer's
	Amount int64  // in hundredths of a rupiah
	Plan   till.Plan
	Refund api.Reference
	Back   int64 // of the refund, in hundredths
}

func (o order) asked() till.Order {
	return till.Order{
		Reference: o.Reference, Sale: saleOf(o.Reference), Amount: api.IDR(o.Payment.Amount),
		Code: api.NewCustomerCode(o.Payment.Code), Card: till.Card{Issuer: "93600999", LastFour: "0001", Mark: "mark of " + string(o.Reference)},
	}
}

func saleOf(reference api.Reference) api.Reference { return "SALE" + reference }

// obeyPayment does the works for payments: pay (to its end, the cashier stands
// there), cancel and refund (by a person, after a start), restart (what is open
// is found out, nobody decides anything).
func obeyPayment(ctx context.Context, o order, journal till.Journal, client *api.Client) error {
	work := till.New(till.Options{Journal: journal, Payments: cpm.New(client), Plan: o.Payment.Plan})
	if o.Work == "pay" {
		if _, err := work.Pay(ctx, o.asked(), nil); err != nil {
			return err
		}
		_, err := work.Settle(ctx, o.Reference)
		return err
	}
	resumed, err := work.Resume(ctx, nil)
	if err != nil || len(resumed.Foreign) > 0 {
		return fmt.Errorf("a start found %+v: %w", resumed, err)
	}
	switch o.Work {
	case "restart":
		return findOut(ctx, work, resumed.Payments)
	case "cancel":
		_, err = work.Cancel(ctx, o.Reference, "the customer left")
	case "refund":
		_, err = work.Refund(ctx, o.Reference, o.Payment.Refund, api.IDR(o.Payment.Back), "cold coffee")
	default:
		err = fmt.Errorf("no work is called %q", o.Work)
	}
	if err != nil {
		return err
	}
	_, err = work.Settle(ctx, o.Reference)
	return err
}

// findOut lets the till run until each payment rests or is left alone for long:
// as a console does that nobody looks at.
func findOut(ctx context.Context, work *till.Till, payments []api.Reference) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { work.Run(ctx) })
	defer running.Wait()
	defer cancel()
	for _, reference := range payments {
		updates, unsubscribe, err := work.Follow(ctx, reference)
		if err != nil {
			return err
		}
		for u := range updates {
			if u.Err != nil {
				unsubscribe()
				return u.Err
			}
			tx := u.Transaction
			settled := tx.State == till.Parked || !tx.State.Open() && !refunding(&tx)
			if !u.Checking && (settled || u.Ended || u.Next.After(time.Now().Add(time.Second))) {
				break
			}
		}
		unsubscribe()
	}
	return nil
}

// refunding reports a refund that may or may not have happened.
func refunding(tx *till.Transaction) bool {
	sure, atMost := tx.Returned()
	return sure != atMost
}

// hundredth is a plan whose durations are a hundredth of the defaults.
func hundredth() till.Plan {
	p := till.DefaultPlan()
	for _, d := range []*time.Duration{
		&p.Every, &p.Background, &p.AfterDay, &p.Cap, &p.Flush, &p.ResumeWithin, &p.Window, &p.Expiry,
		&p.NoCancelBefore, &p.Settle, &p.NotFoundOver, &p.Similar,
	} {
		*d /= 100
	}
	for _, ladder := range [][]time.Duration{p.First, p.Ask, p.CancelAgain, p.Sweep, p.Recheck} {
		for i := range ladder {
			ladder[i] /= 100
		}
	}
	return p
}

// aheadClock is the wall clock, or ahead of it: what took a child real time is
// waited for in no time once nobody real takes part.
type aheadClock struct {
	mu    sync.Mutex
	ahead time.Duration
	// silent is told of a wait of an hour or more: a provider falls silent.
	silent func()
}

func (c *aheadClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *aheadClock) After(d time.Duration) <-chan time.Time {
	if d >= time.Hour && c.silent != nil {
		c.silent()
	}
	return time.After(d)
}

// reach lets the time be t, unless it is later already.
func (c *aheadClock) reach(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := t.Sub(time.Now().Add(c.ahead)); d > 0 {
		c.ahead += d
	}
}

// pass lets the time go by that a till sleeps through, and does what is due.
func (c *aheadClock) pass(ctx context.Context, work *till.Till, d time.Duration) error {
	end := c.Now().Add(d)
	for range 2_000 {
		due, next := work.Due(c.Now())
		switch {
		case len(due) > 0:
			for _, reference := range due {
				if _, err := work.Step(ctx, reference); err != nil {
					return err
				}
			}
		case next.IsZero() || next.After(end):
			c.reach(end)
			return nil
		default:
			c.reach(next)
		}
	}
	return errors.New("the till never rested")
}
