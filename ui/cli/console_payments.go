package cli

import (
	"cmp"
	"context"
	"errors"
	"net"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/notify"
	"cashier/api/sandbox"
	"cashier/api/till"
	"cashier/store"
	"cashier/ui"
	"cashier/ui/config"
	"cashier/ui/term"
	"cashier/views"
)

// background starts what goes on behind the screens: the payments' questions,
// and the server for notifications where the profile has one. All of it ends
// with ctx; the console waits for it before the journal closes.
func (d *desk) background(ctx context.Context, guard *term.Guard) error {
	s := d.station
	d.start(guard, func() { s.till.Run(ctx) })
	if s.seat.guest {
		d.start(guard, func() { d.ask(ctx) })
	}
	if s.profile.Notify.Listen == "" {
		return nil
	}
	n, err := newNotifier(s, s.profile.Notify.Listen, nil)
	if err != nil {
		return err
	}
	d.notifier = n
	d.start(guard, func() {
		for ctx.Err() == nil {
			// Why it does not listen, or does not any more, the status bar shows.
			if l, err := n.listen(); err == nil {
				_ = n.serve(ctx, l)
			}
			if !s.seat.guest {
				return
			}
			_ = wait(ctx, listenAgain) // the owner listens there as long as it lives
		}
	})
	return nil
}

// listenAgain is how often a guest tries whether it is its turn to listen.
const listenAgain = 2 * time.Second

// notifyLink is the server as the status bar shows it: the age of the last
// notification, or since when nobody listens.
func (d *desk) notifyLink() ui.Link {
	link := ui.Link{Name: "Notify", Tone: ui.Dim, Note: "–"}
	h := d.notifier.health()
	switch last := verifiedAt(h); {
	case !h.Listening && d.station.seat.guest && d.station.seat.holding() == nil: // the owner does
	case !h.Listening && !h.ErrorAt.IsZero():
		link.Tone, link.Note = ui.Bad, d.app.words.Clock(h.ErrorAt)
	case !h.Listening: // before the first frame
	case last.IsZero():
		link.Tone = ui.Good
	default:
		age := max(time.Since(last), 0)
		link.Tone, link.Note = ui.Good, d.app.words.Duration(age)
		if age < time.Minute {
			link.Note = d.app.words.T("moment.seconds", "n", int(age.Seconds()))
		}
	}
	return link
}

// verifiedAt is when a signed notification came last: an unsigned one anybody
// may have sent.
func verifiedAt(h notify.Health) (last time.Time) {
	for _, source := range h.Sources {
		if source.Verified && source.LastAt.After(last) {
			last = source.LastAt
		}
	}
	return last
}

// checkout is what the screens of payments work with; zero where the profile
// takes none.
func (d *desk) checkout() views.Checkout {
	s := d.station
	if s.pay == nil {
		return views.Checkout{}
	}
	m := s.profile.Poll.Payments
	c := views.Checkout{
		Payments: marking{s.till}, Provider: providerTitles[cpm.Dialect], Most: api.Amount(s.profile.MaxAmount),
		Mark: func(code string) string {
			mark, _ := codeMark(code) // without one, marking refuses the payment and says why
			return mark
		},
		Window: m.Window, NoCancelBefore: m.NoCancelBefore,
		Codes: s.profile.Sandbox || s.payAt.UserAccessToken != nil,
		Shop:  s.payAt.Shop, Terminal: s.payAt.Terminal.ID, Test: s.profile.Sandbox,
	}
	if s.box != nil {
		c.Customers = customers{s.box}
	}
	return c
}

// marking is the till for screens: a code whose mark could not be made is not
// charged, since nothing would tell it from another one.
type marking struct{ works }

func (m marking) Pay(ctx context.Context, o till.Order, progress func(api.Attempt)) (till.Transaction, error) {
	if o.Card.Mark == "" {
		_, err := codeMark(o.Code.Reveal())
		return till.Transaction{}, cmp.Or(err, errors.New("the customer's code has no mark"))
	}
	return m.works.Pay(ctx, o, progress)
}

// customers are the embedded sandbox's as the screens show them.
type customers struct{ box box }

func (c customers) Customers() []views.Customer {
	all := sandbox.Customers()
	out := make([]views.Customer, len(all))
	for i, one := range all {
		out[i] = views.Customer(one)
	}
	return out
}

func (c customers) Decide(ctx context.Context, id string, approve bool) error {
	return c.box.decide(ctx, id, approve)
}

// summed is how many open transactions the first screen adds up at most: it
// must not wait for a sum.
const summed = 200

// payments are the figures of payments on the first screen. Where very many
// are open their sum is left out; the board has them all.
func (j journalView) payments(ctx context.Context, today store.Tally, c *views.Counts) {
	c.TodayPaid, c.TodayPaidCount, _ = today.Paid()
	if c.Open == 0 || c.Open > summed {
		return
	}
	var sum api.Amount
	var since time.Time
	for tx, err := range j.Rows(ctx, till.Filter{Kind: till.CPM, OpenOnly: true}) {
		if err != nil {
			return
		}
		// Sums past what an amount holds stay what they were.
		if more, err := sum.Add(tx.Amount); err == nil {
			sum = more
		}
		if since.IsZero() || tx.CreatedAt.Time().Before(since) {
			since = tx.CreatedAt.Time()
		}
	}
	c.OpenSum, c.OpenSince = sum, since
}

// notifyAddress is where a sandbox of this process tells of payments: our own
// server, when its port is known before.
func notifyAddress(p config.Profile) string {
	host, port, err := net.SplitHostPort(p.Notify.Listen)
	if err != nil || port == "0" {
		return ""
	}
	return "http://" + net.JoinHostPort(host, port) + notify.PaymentPath
}
