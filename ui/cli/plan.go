package cli

import (
	"cashier/api/till"
	"cashier/ui/config"
)

// plan is the profile's polling as the till wants it.
func plan(p config.Poll) till.Plan {
	d, m := p.Deposits, p.Payments
	return till.Plan{
		First: d.First, Every: d.Every, Background: d.Background, AfterDay: d.AfterDay, Cap: d.Cap,

		Ask: m.Ask, Window: m.Window, Expiry: m.Expiry, NoCancelBefore: m.NoCancelBefore,
		CancelAgain: m.CancelAgain, Settle: m.Settle, Sweep: m.Sweep, Recheck: m.Recheck,
		NotFoundOver: m.NotFoundOver, Similar: m.Similar, PaidAtOnce: m.PaidWhen == config.PaidAtOnce,
	}
}
