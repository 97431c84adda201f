package views

import (
	"context"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// All and Rows make the world a journal that totals are made of.
func (w *world) All(ctx context.Context, f till.Filter) iter.Seq2[till.Transaction, error] {
	return func(yield func(till.Transaction, error) bool) {
		page, err := w.Page(ctx, till.Filter{}, "", math.MaxInt32)
		for _, r := range page.Rows {
			if r.CreatedAt.Time().Before(f.From) || !f.To.IsZero() && !r.CreatedAt.Time().Before(f.To) {
				continue
			}
			if !yield(w.Get(ctx, r.Reference)) {
				return
			}
		}
		if err != nil {
			yield(till.Transaction{}, err)
		}
	}
}

func (w *world) Rows(ctx context.Context, f till.Filter) iter.Seq2[till.Row, error] {
	return func(yield func(till.Row, error) bool) {
		for tx, err := range w.All(ctx, f) {
			if !yield(till.RowOf(tx), err) {
				return
			}
		}
	}
}

// busyDay is a day of all hours from seven on.
func busyDay(w *world) {
	payDay(w)
	for hour := 7; hour <= 14; hour++ {
		for n := range hour % 5 {
			tx := w.paymentOf(api.Reference("Q-"+strconv.Itoa(hour)+"-"+strconv.Itoa(n)), till.Paid, till.Card{})
			tx.CreatedAt = time.Date(2026, 11, 20, hour, n, 0, 0, api.Jakarta)
			tx.Amount = api.IDR(int64(hour*hour*hour) * 1_000_00)
			w.put(tx)
		}
	}
	usd, _ := api.ParseAmount("30.25", "USD")
	tx := w.paymentOf("Q-usd", till.Paid, till.Card{})
	tx.Amount = usd
	w.put(tx)
}

func withBooks(d *Deps) { d.Books = d.Journal.(*world) }

func TestTotals(t *testing.T) {
	runPay(t, options{world: busyDay, deps: withBooks}, func(p *program, _ *fakePayments) {
		p.want("r Report")
		p.press("r")
		p.want("20 Nov 2026 · today by hour", "14.00", "not in the sums: USD 1 · USD 30.25", "Deposits 2 · Rp80.000")
		p.wantFits(80, 24)
		p.press("b")
		p.want("by machine", "Kun520B40321 ▒▒▒▒▒▒▒▒▒▒", "2 · Rp80.000")
		p.press("b")
		p.want("by courier", "42 Budi Santoso")
		p.press("b")
		p.want("1 Nov to 30 Nov 2026 by day", "20 Nov")
		p.press("right")
		p.want("this is the last one")
		p.press("left")
		p.want("1 Oct to 31 Oct 2026", "Nothing was paid or deposited.")
		p.press("t", "b", "left")
		p.want("19 Nov 2026 by hour")
		p.wantNot("today by")
		p.press("right")
		p.want("· today")
		tx := p.world.paymentOf("Q-new", till.Paid, till.Card{})
		tx.Amount = api.IDR(777_777_00)
		p.world.put(tx)
		p.send(Changed{"Q-new"})
		p.wantNot("Rp790.277")
		p.pass(12 * time.Second)
		p.want("15.00", "Rp790.277") // with the one of 15.01
	})
}

// A day of payments alone has no bar of a machine or a courier.
func TestTotalsWithoutDeposits(t *testing.T) {
	runPay(t, options{deps: withBooks, world: func(w *world) {
		w.put(w.paymentOf("Q-1", till.Paid, till.Card{}))
	}}, func(p *program, _ *fakePayments) {
		p.press("r")
		p.want("15.00 ████", "Payments 1 · Rp12.500")
		p.press("b")
		p.want("by machine", "Payments 1 · Rp12.500", "Nothing was deposited. Payments belong to no machine and no courier.")
		p.press("b")
		p.want("by courier", "Nothing was deposited.")
	})
}

func TestTotalsThatCannotBeRead(t *testing.T) {
	runPay(t, options{deps: withBooks}, func(p *program, _ *fakePayments) {
		p.world.mu.Lock()
		p.world.readErr = till.ErrDamaged
		p.world.mu.Unlock()
		p.press("r")
		p.want("✗")
		p.wantFits(80, 24)
	})
}

func TestGoldenTotals(t *testing.T) {
	for _, v := range []look{
		{"en-80x24", options{}}, {"id-80x24", options{lang: words.Indonesian}}, {"en-120x40", options{width: 120, height: 40}},
		{"id-120x40", options{lang: words.Indonesian, width: 120, height: 40}}, {"ansi-80x24", options{profile: termenv.ANSI}}, {"truecolor-80x24", options{profile: profileTrueColor}},
	} {
		for name, keys := range map[string][]string{"totals": {"r"}, "totals-machine": {"r", "b"}, "totals-empty": {"r", "left"}} {
			t.Run(v.folder+"/"+name, func(t *testing.T) {
				o := v.o
				o.world, o.deps = busyDay, withBooks
				runPay(t, o, func(p *program, _ *fakePayments) {
					p.press(keys...)
					p.golden(v, name)
				})
			})
		}
	}
}

// TestChart: bars are as long as their share, to half a column, whatever the
// amounts; nothing that came is left out, and both parts are seen.
func TestChart(t *testing.T) {
	d := &desk{}
	d.Theme = ui.NewTheme(ui.ThemeOptions{NoColor: true})
	for _, c := range []struct {
		bars []bar
		want []string
	}{
		{[]bar{{0, 0}}, []string{"          "}},
		{[]bar{{100, 0}, {50, 0}, {0, 0}, {1, 0}}, []string{"██████████", "█████     ", "          ", "█         "}},
		{[]bar{{50, 50}, {0, 100}, {99, 1}}, []string{"█████▒▒▒▒▒", "▒▒▒▒▒▒▒▒▒▒", "█████████▒"}},
		{[]bar{{math.MaxInt64 / 4, math.MaxInt64 / 4}, {math.MaxInt64 / 4, 0}, {-5, 0}}, []string{"█████▒▒▒▒▒", "█████     ", "          "}},
	} {
		if got := d.chart(c.bars, 10); !slices.Equal(got, c.want) {
			t.Errorf("%v:\n got %q\nwant %q", c.bars, got, c.want)
		}
	}
}

func FuzzChart(f *testing.F) {
	f.Add(int64(1), int64(2), int64(3), 40)
	f.Add(int64(-1), int64(1e17), int64(999_999_999_999_999_999), 1)
	f.Fuzz(func(t *testing.T, a, b, c int64, width int) {
		const most = 1e18 // an amount's
		if width < 1 || width > 500 || max(a, b, c) > most || min(a, b, c) < -most {
			return
		}
		d := &desk{}
		d.Theme = ui.NewTheme(ui.ThemeOptions{NoColor: true})
		for _, l := range d.chart([]bar{{a, b}, {c, a}, {0, 0}}, width) {
			if ansi.StringWidth(l) != width || strings.Trim(l, "█▒ ") != "" {
				t.Fatalf("%d, %d, %d in %d: %q", a, b, c, width, l)
			}
		}
	})
}
