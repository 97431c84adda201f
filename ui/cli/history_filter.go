package cli

import (
	"time"

	"github.com/spf13/cobra"

	"cashier/api/till"
	"cashier/views"
)

// filterFlags choose transactions. Each means what its term means in the
// history screen's filter line, which --filter takes whole.
type filterFlags struct {
	line                                                                   string
	day, state, kind, provider, amount, courier, machine, reference, alike string
	text                                                                   []string
}

func (f *filterFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.day, "day", "", "of this `DAY`: 2026-11-20, 2026-11, today, yesterday, 7d or 2026-11-01..2026-11-15, in Jakarta time")
	flags.StringVar(&f.state, "state", "", "in this `STATE`, or one of several with commas between: paid, failed, cancelled, open …")
	flags.StringVar(&f.kind, "kind", "", "of this `KIND`: cdm, cpm or mpm")
	flags.StringVar(&f.provider, "provider", "", "of the provider with this `NAME` in the profile")
	flags.StringVar(&f.amount, "amount", "", "of this `AMOUNT` in rupiah: 12500, >10000, <=50rb or 10000..20000")
	flags.StringVar(&f.courier, "courier", "", "of couriers with this `TEXT` in number, name or mobile number")
	flags.StringVar(&f.machine, "machine", "", "with a deposit at machines with this `TEXT` in their number")
	flags.StringVar(&f.reference, "reference", "", "whose reference begins with this `PREFIX`")
	flags.StringArrayVar(&f.text, "text", nil, "with this `TEXT` in reference, courier, card, machine or code; may be repeated")
	flags.StringVar(&f.alike, "similar", "", "of couriers or cards with a `NAME` like this one")
	flags.StringVar(&f.line, "filter", "", "a `LINE` as the history screen takes it: 'today paid >10000 BCA'")
}

// filter reads the flags; what is wrong is a usage error.
func (f *filterFlags) filter(cmd *cobra.Command, now time.Time) (till.Filter, error) {
	filter, fault := views.ParseFilter(f.line, now)
	if fault != nil {
		return filter, usagef("--filter: %s", fault.Error())
	}
	term := func(flag, name, value string) error {
		if !cmd.Flags().Changed(flag) {
			return nil
		}
		var fault *views.FilterFault
		if filter, fault = views.FilterTerm(filter, name, value, now); fault != nil {
			return usagef("--%s: %s", flag, fault.Error())
		}
		return nil
	}
	for _, t := range []struct{ flag, name, value string }{
		{"day", "day", f.day}, {"state", "state", f.state}, {"kind", "kind", f.kind}, {"provider", "provider", f.provider},
		{"amount", "amount", f.amount}, {"courier", "courier", f.courier}, {"machine", "machine", f.machine},
		{"reference", "ref", f.reference}, {"similar", "similar", f.alike},
	} {
		if err := term(t.flag, t.name, t.value); err != nil {
			return filter, err
		}
	}
	for _, text := range f.text {
		if err := term("text", "text", text); err != nil {
			return filter, err
		}
	}
	return filter, nil
}
