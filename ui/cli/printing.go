package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/config"
	"cashier/ui/paper"
	"cashier/views"
)

// press is the profile's receipt printer; nil where it has none.
func press(p config.Profile, marks paper.Marks) *paper.Press {
	if p.Printer.IsZero() {
		return nil
	}
	c := p.Printer.Filled()
	printer := paper.Printer{Device: c.Device, Address: c.Address, Timeout: time.Duration(c.Timeout), Answers: *c.Answers}
	return &paper.Press{Sheet: sheet(c), Name: printer.Name(), Out: printer.Print, Marks: marks}
}

// sheet is a printer's paper and ways; the config has checked the names.
func sheet(c config.Printer) paper.Sheet {
	letters, _ := paper.LettersOf(c.CodePage)
	return paper.Sheet{Width: c.Width, Letters: letters, Cut: paper.Cut(c.Cut)}
}

// papers makes the documents of a profile as its console does.
func (a *app) papers(p config.Profile) views.Papers {
	kit := ui.Kit{Words: a.words, Theme: a.theme(), Clock: ui.SystemClock()}
	m := p.Merchant
	shop, terminal := api.Shop{SubMerchantID: m.SubID, StoreID: m.Store, Name: m.Name, Location: m.Location, Acquirer: m.Acquirer}, api.Terminal(p.Terminal)
	if p.Sandbox && len(p.Providers) == 0 {
		shop, terminal = sandboxShop(p)
	}
	deps := views.Deps{Provider: providerTitles["paycools"], Checkout: views.Checkout{
		Provider: providerTitles["snap-cpm"], Test: p.Sandbox, Terminal: terminal.ID, Shop: shop,
	}}
	return views.NewPapers(kit, deps)
}

// printFailure is a print that failed, with what to do; the journal and the
// money are not touched by it.
func (a *app) printFailure(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	f := &failure{exit: exitOther, code: "not-printed", message: err.Error(), advice: views.PrintTrouble(a.words, err), err: err}
	if t, ok := errors.AsType[*paper.Trouble](err); ok {
		f.code = "printer-" + string(t.Stage)
	}
	f.advice += " " + a.words.T("print.money")
	return f
}

// noPrinter is a profile that names none.
func (a *app) noPrinter(p config.Profile) error {
	return &failure{exit: exitConfig, code: "no-printer", message: fmt.Sprintf("profile %s has no printer", p.Name), advice: a.words.T("print.none")}
}
